//! Who may put up, answer and close questions.

use noout_types::{DecisionId, PersonId, Said, Span, Timestamp};

use super::{About, Choice, Decision, MeetingEvent, participants};
use crate::actor::Actor;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::memo::{self, Letter};
use crate::refusal::Refusal;
use crate::request::{line, who, words};
use crate::says;

/// Most questions that are open at one time: more of them are not decided but forgotten.
pub const MAX_OPEN: usize = 200;

/// The longest question in one line, in characters.
pub const MAX_TITLE_CHARS: usize = 200;

/// The longest text, voice, decision and reason, in characters: a few pages.
pub const MAX_TEXT_CHARS: usize = 8000;

/// Most options of one question.
pub const MAX_OPTIONS: usize = 10;

/// The longest option, in characters.
pub const MAX_OPTION_CHARS: usize = 200;

/// The furthest day on which an answer is wanted.
pub const MAX_WAIT: Span = Span::from_hours(366 * 24);

/// A question as it is put up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// The question, in one line.
    pub title: String,
    /// More words.
    pub text: String,
    /// What can be chosen; for and against if empty.
    pub options: Vec<String>,
    /// When an answer is wanted.
    pub until: Option<Timestamp>,
    /// What it is about.
    pub about: Option<About>,
}

/// What people do at the meeting's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingCommand {
    /// Puts a question up.
    Raise(Box<Question>),
    /// Says what one is for, or something else than before.
    Voice {
        /// To which question.
        id: DecisionId,
        /// What.
        choice: Choice,
        /// Why; may be empty.
        words: String,
    },
    /// Writes down what was decided.
    Close {
        /// Which.
        id: DecisionId,
        /// What was decided.
        decided: String,
        /// Why.
        why: String,
    },
}

/// Decides about a command.
pub(crate) fn command(state: &State, at: Timestamp, by: Actor, command: MeetingCommand) -> Result<Vec<Event>, Refusal> {
    match command {
        MeetingCommand::Raise(question) => raise(state, at, by, *question),
        MeetingCommand::Voice { id, choice, words } => voice(state, &by, id, choice, &words),
        MeetingCommand::Close { id, decided, why } => close(state, at, by, id, &decided, &why),
    }
}

fn raise(state: &State, at: Timestamp, by: Actor, question: Question) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let Question { title, text, options, until, about } = question;
    let options = options.iter().map(|o| line("options", o, MAX_OPTION_CHARS)).collect::<Result<Vec<_>, _>>()?;
    if options.len() == 1 || options.len() > MAX_OPTIONS {
        let allowed = format!("none, or 2 to {MAX_OPTIONS}");
        return Err(Refusal::invalid("options", options.len().to_string(), allowed));
    }
    if let Some(twice) = options.iter().enumerate().find_map(|(i, o)| options.iter().take(i).find(|p| *p == o)) {
        return Err(Refusal::invalid("options", format!("{twice:?} twice"), "each option once"));
    }
    if let Some(until) = until.filter(|until| *until <= at || *until > MAX_WAIT.after(at)) {
        return Err(Refusal::invalid("until", until.to_string(), "later than now, within a year"));
    }
    match about {
        Some(About::Incident(id)) if id.0 == 0 || id.0 >= state.next_incident => {
            return Err(Refusal::unknown("incident", id));
        }
        Some(About::Request(id)) if !state.requests.knew(id) => return Err(Refusal::unknown("request", id)),
        _ => {}
    }
    if state.decisions.open().count() >= MAX_OPEN {
        return Err(Refusal::conflict(says::too_many_decisions(MAX_OPEN)));
    }
    let decision = Decision {
        id: state.decisions.next_id(),
        title: line("title", &title, MAX_TITLE_CHARS)?,
        text: words("text", &text, MAX_TEXT_CHARS, true)?,
        options,
        until,
        about,
        by,
        at,
        asked: participants(&state.config),
        voices: std::collections::BTreeMap::new(),
        closed: None,
    };
    let mut text: Vec<Said> = until.map(says::memo_decision_until).into_iter().collect();
    text.extend((!decision.text.is_empty()).then(|| Said::words(&decision.text)));
    let said = says::memo_decision_asked(who(&decision.by), decision.id, &decision.title);
    let letters = letters(at, &decision, &said, &text);
    let event = Event::Meeting(MeetingEvent::Raised { decision: Box::new(decision) });
    Ok(std::iter::once(event).chain(memo::write(state, at, letters)).collect())
}

fn voice(state: &State, by: &Actor, id: DecisionId, choice: Choice, text: &str) -> Result<Vec<Event>, Refusal> {
    let Some(person) = by.person().cloned() else {
        let allowed = "a person whose voice it is; on the command line --as PERSON";
        return Err(Refusal::invalid("by", by.to_string(), allowed));
    };
    // Whoever was asked may answer, and whoever works here, even if nobody thought of asking.
    let asked = |d: &Decision| d.asked.contains(&person);
    if !state.decisions.get(id).is_some_and(asked) {
        state.require(by, Role::Responder)?;
    }
    let decision = open(state, id)?;
    let allowed = decision.choices();
    if !allowed.contains(&choice) {
        let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        return Err(Refusal::invalid("choice", choice.to_string(), allowed.join(", ")));
    }
    let words = words("words", text, MAX_TEXT_CHARS, true)?;
    if decision.voices.get(&person).is_some_and(|v| v.choice == choice && v.words == words) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Meeting(MeetingEvent::Voiced { id, person, choice, words })])
}

fn close(
    state: &State,
    at: Timestamp,
    by: Actor,
    id: DecisionId,
    decided: &str,
    why: &str,
) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let decision = open(state, id)?;
    let (decided, why) = (words("decided", decided, MAX_TEXT_CHARS, false)?, words("why", why, MAX_TEXT_CHARS, false)?);
    let mut told = decision.clone();
    told.by = by.clone();
    let said = says::memo_decision_closed(who(&by), id, &decision.title);
    let letters = letters(at, &told, &said, &[Said::words(&decided), Said::words(&why)]);
    let event = Event::Meeting(MeetingEvent::Closed { id, by, decided, why });
    Ok(std::iter::once(event).chain(memo::write(state, at, letters)).collect())
}

fn open(state: &State, id: DecisionId) -> Result<&Decision, Refusal> {
    state.decisions.open.get(&id).ok_or_else(|| {
        if state.decisions.knew(id) {
            Refusal::conflict(says::decision_over(id))
        } else {
            Refusal::unknown("decision", id)
        }
    })
}

/// Everybody who was asked or spoke hears of it, but for whoever says it.
fn letters(at: Timestamp, decision: &Decision, title: &Said, text: &[Said]) -> Vec<Letter> {
    let mut people: std::collections::BTreeSet<&PersonId> = decision.asked.iter().collect();
    people.extend(decision.voices.keys());
    let others = people.into_iter().filter(|person| decision.by.person() != Some(*person));
    let one = |person: &PersonId| Letter {
        person: person.clone(),
        title: title.clone(),
        text: text.to_vec(),
        link: format!("/decisions/{}", decision.id),
        until: memo::LIFE.after(at),
    };
    others.map(one).collect()
}
