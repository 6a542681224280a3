//! Who may do what with a request.

use jiff::civil::Date;
use noout_types::{MaintenanceId, PersonId, RequestId, Timestamp};

use super::letters::{letter, to_both, to_those_on_call, to_who_had_it, with};
use super::{Asker, Pressure, Request, RequestEvent, Status};
use crate::actor::Actor;
use crate::alert::one_line;
use crate::config::{Role, SourceKind};
use crate::engine::State;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::says;

/// Most requests that wait at one time. A team that has more of them needs another tool than a list.
pub const MAX_OPEN: usize = 1000;

/// Most requests of one source that wait at one time, so that a mail loop leaves room for everybody else.
pub const MAX_OPEN_OF_SOURCE: usize = 200;

/// The longest title, in characters: a line of a list.
pub const MAX_TITLE_CHARS: usize = 200;

/// The longest text and the longest answer, in characters: a few pages.
pub const MAX_TEXT_CHARS: usize = 8000;

/// The longest name, team, address and key, in characters. Addresses may have 254.
pub const MAX_NAME_CHARS: usize = 254;

/// Most answers of one request: what takes more of them is talked about elsewhere.
pub const MAX_ANSWERS: u32 = 500;

/// A request as it comes in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// What is wanted, in one line.
    pub title: String,
    /// More words.
    pub text: String,
    /// Who wants it; what is empty is filled from the person who hands it in.
    pub from: Asker,
    /// By which day.
    pub wanted_by: Option<Date>,
    /// How much it presses.
    pub urgency: Pressure,
    /// The maintenance that it interrupts.
    pub interrupts: Option<MaintenanceId>,
    /// How the source calls it: the same again changes nothing.
    pub key: Option<String>,
    /// What it answers to, as the source calls those: with an open request among them it is no new one.
    pub follows: Vec<String>,
}

/// What people do with requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestCommand {
    /// Something is wanted.
    Ask(Box<Ask>),
    /// "I do it", also where somebody else has it.
    Take(RequestId),
    /// Gives it to a person, whoever has it.
    HandOver {
        /// Which.
        id: RequestId,
        /// To whom.
        to: PersonId,
    },
    /// Says something about it.
    Answer {
        /// Which.
        id: RequestId,
        /// What.
        text: String,
    },
    /// It presses more or less, or interrupts something else.
    Weigh {
        /// Which.
        id: RequestId,
        /// How much it presses.
        urgency: Pressure,
        /// The maintenance that it interrupts.
        interrupts: Option<MaintenanceId>,
    },
    /// It is done.
    Done {
        /// Which.
        id: RequestId,
        /// What was done; may be empty.
        words: String,
    },
    /// It will not be done.
    Decline {
        /// Which.
        id: RequestId,
        /// Why not.
        words: String,
    },
}

/// Decides about a command.
pub(crate) fn command(state: &State, at: Timestamp, by: Actor, command: RequestCommand) -> Result<Vec<Event>, Refusal> {
    match command {
        RequestCommand::Ask(asked) => ask(state, at, by, *asked),
        RequestCommand::Take(id) => take(state, at, &by, id),
        RequestCommand::HandOver { id, to } => hand_over(state, at, by, id, to),
        RequestCommand::Answer { id, text } => {
            // Who asked may say more about it, whatever their role; others without one learn not even what there is.
            let asker = state.requests.get(id).and_then(|r| r.from.person.as_ref());
            if asker.is_none() || by.person() != asker {
                state.require(&by, Role::Responder)?;
            }
            let request = open(state, id)?;
            if request.answers >= MAX_ANSWERS {
                return Err(Refusal::invalid("text", format!("{} answers", request.answers), "no further one"));
            }
            let text = words("text", &text, MAX_TEXT_CHARS, false)?;
            let said = says::memo_request_answered(who(&by), id, &request.title);
            let letters = to_both(state, at, request, &by, said, &text);
            Ok(with(state, at, RequestEvent::Answered { id, by, text, from: None, key: None }, letters))
        }
        RequestCommand::Weigh { id, urgency, interrupts } => {
            state.require(&by, Role::Responder)?;
            let request = open(state, id)?;
            may_interrupt(state, urgency, interrupts)?;
            if (request.urgency, request.interrupts) == (urgency, interrupts) {
                return Ok(Vec::new());
            }
            Ok(vec![Event::Request(RequestEvent::Weighed { id, by, urgency, interrupts })])
        }
        RequestCommand::Done { id, words: text } => {
            state.require(&by, Role::Responder)?;
            let request = open(state, id)?;
            let text = words("text", &text, MAX_TEXT_CHARS, true)?;
            let said = says::memo_request_done(who(&by), id, &request.title);
            let letters = to_both(state, at, request, &by, said, &text);
            Ok(with(state, at, RequestEvent::Done { id, by, words: text }, letters))
        }
        RequestCommand::Decline { id, words: text } => {
            state.require(&by, Role::Responder)?;
            let request = open(state, id)?;
            // Nobody is told "no" without a reason.
            let text = words("text", &text, MAX_TEXT_CHARS, false)?;
            let said = says::memo_request_declined(who(&by), id, &request.title);
            let letters = to_both(state, at, request, &by, said, &text);
            Ok(with(state, at, RequestEvent::Declined { id, by, words: text }, letters))
        }
    }
}

fn ask(state: &State, at: Timestamp, by: Actor, asked: Ask) -> Result<Vec<Event>, Refusal> {
    may_ask(state, &by)?;
    let key = asked.key.as_deref().map(|key| words("key", key, MAX_NAME_CHARS, false)).transpose()?;
    if key.as_ref().is_some_and(|key| state.requests.by_key(&by, key).is_some()) {
        return Ok(Vec::new());
    }
    let mut followed = asked.follows.iter().filter_map(|name| state.requests.by_key(&by, name));
    if let Some(request) = followed.find(|r| r.is_open() && r.answers < MAX_ANSWERS) {
        return follow_up(state, at, by, request, key, &asked);
    }
    may_interrupt(state, asked.urgency, asked.interrupts)?;
    let of_source = || state.requests.open().filter(|r| r.by == by).count();
    let limit = if matches!(by, Actor::Source(_)) { MAX_OPEN_OF_SOURCE } else { MAX_OPEN };
    if state.requests.open().count() >= MAX_OPEN || (limit < MAX_OPEN && of_source() >= limit) {
        return Err(Refusal::conflict(says::too_many_requests(limit)));
    }
    let request = Request {
        id: state.requests.next_id(),
        title: line("title", &asked.title, MAX_TITLE_CHARS)?,
        text: words("text", &asked.text, MAX_TEXT_CHARS, true)?,
        from: asker(state, &by, &asked.from)?,
        wanted_by: asked.wanted_by,
        urgency: asked.urgency,
        interrupts: asked.interrupts,
        by,
        at,
        key,
        status: Status::Open,
        owner: None,
        owned_at: None,
        taken_at: None,
        interrupted: Vec::new(),
        answers: 0,
        heard: Vec::new(),
    };
    let letters = to_those_on_call(state, at, &request);
    Ok(with(state, at, RequestEvent::Asked { request: Box::new(request) }, letters))
}

/// What answers to an open request is no second request, but words for whoever works on the first.
fn follow_up(
    state: &State,
    at: Timestamp,
    by: Actor,
    request: &Request,
    key: Option<String>,
    asked: &Ask,
) -> Result<Vec<Event>, Refusal> {
    let from = asker(state, &by, &asked.from)?;
    let text = if asked.text.trim().is_empty() { asked.title.trim() } else { new_words(&asked.text) };
    let text = words("text", text, MAX_TEXT_CHARS, false)?;
    let said = says::memo_request_answered(&from, request.id, &request.title);
    let mut letters = to_both(state, at, request, &by, said, &text);
    letters.retain(|letter| from.person.as_ref() != Some(&letter.person));
    Ok(with(state, at, RequestEvent::Answered { id: request.id, by, text, from: Some(from), key }, letters))
}

/// A mail's text up to what it cites at its end, if it says anything before.
fn new_words(text: &str) -> &str {
    let text = text.trim();
    let cites = |line: &&str| line.starts_with('>') || line.trim().is_empty();
    let cited: usize = text.split_inclusive('\n').rev().take_while(cites).map(str::len).sum();
    match text.get(..text.len() - cited).map(str::trim_end) {
        Some(new) if !new.is_empty() => new,
        _ => text,
    }
}

/// Whoever is signed in may ask, and of sources those which are for it.
fn may_ask(state: &State, by: &Actor) -> Result<(), Refusal> {
    let Actor::Source(id) = by else { return state.require(by, Role::Viewer) };
    // A source that the configuration does not name is this machine, where no source is configured at all.
    let found = state.config.sources.iter().find(|s| s.id == *id);
    let allowed = found.is_none_or(|s| s.kind == SourceKind::Requests);
    if allowed { Ok(()) } else { Err(Refusal::conflict(says::source_requests(id))) }
}

/// Only what interrupts names what it interrupts, and only what is not over can be interrupted.
fn may_interrupt(state: &State, urgency: Pressure, maintenance: Option<MaintenanceId>) -> Result<(), Refusal> {
    let Some(id) = maintenance else { return Ok(()) };
    if urgency != Pressure::Interrupts {
        return Err(Refusal::invalid(
            "interrupts",
            format!("maintenance {id}"),
            "nothing, unless urgency is interrupts",
        ));
    }
    match state.maintenances.get(id) {
        None => Err(Refusal::unknown("maintenance", id)),
        Some(m) if m.phase.is_over() => Err(Refusal::conflict(says::over(id))),
        Some(_) => Ok(()),
    }
}

/// Who asks: as was said, and what was not said as the configuration knows the person.
fn asker(state: &State, by: &Actor, said: &Asker) -> Result<Asker, Refusal> {
    let name = words("from.name", &one_line(&said.name, usize::MAX), MAX_NAME_CHARS, true)?;
    let team = words("from.team", &one_line(&said.team, usize::MAX), MAX_NAME_CHARS, true)?;
    let mail = words("from.mail", &one_line(&said.mail, usize::MAX), MAX_NAME_CHARS, true)?;
    if !mail.is_empty() && !is_address(&mail) {
        return Err(Refusal::invalid("from.mail", mail, "an address like anna@example.org"));
    }
    let known_by_mail = || {
        let has = |p: &&crate::config::Person| p.email.as_ref().is_some_and(|m| m.eq_ignore_ascii_case(&mail));
        state.config.people.iter().find(has).filter(|_| !mail.is_empty())
    };
    // Who hands in for somebody else says so by a name; then it is not the person who types.
    let own = by.person().filter(|_| name.is_empty()).and_then(|id| state.config.person(id));
    let person = own.or_else(known_by_mail);
    let name = match (name, person) {
        (name, _) if !name.is_empty() => name,
        (_, Some(person)) => person.display().to_owned(),
        _ => mail.clone(),
    };
    if name.is_empty() {
        return Err(Refusal::invalid("from", "nobody", "a name or a mail address of who wants it"));
    }
    let mail = if mail.is_empty() { own.and_then(|p| p.email.clone()).unwrap_or_default() } else { mail };
    Ok(Asker { name, team, mail, person: person.map(|p| p.id.clone()) })
}

/// Whether a request may name it as the address of who wants it. It becomes a link to write to: nothing in it may be more
/// than an address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '"' | '?' | ',' | ';');
    text.chars().all(plain)
        && text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn take(state: &State, at: Timestamp, by: &Actor, id: RequestId) -> Result<Vec<Event>, Refusal> {
    state.require(by, Role::Responder)?;
    let request = open(state, id)?;
    let allowed = "a person who takes it; on the command line --as PERSON";
    let person = by.person().cloned().ok_or_else(|| Refusal::invalid("by", by.to_string(), allowed))?;
    if request.owner.as_ref() == Some(&person) {
        return Ok(Vec::new());
    }
    let letters = to_who_had_it(state, at, request, by, &person);
    Ok(with(state, at, RequestEvent::Taken { id, by: person }, letters))
}

fn hand_over(state: &State, at: Timestamp, by: Actor, id: RequestId, to: PersonId) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Responder)?;
    let request = open(state, id)?;
    let person = state.config.person(&to).ok_or_else(|| Refusal::unknown("person", &to))?;
    if person.role < Role::Responder {
        return Err(Refusal::invalid("to", to.as_str(), "a person with the role responder or higher"));
    }
    if request.owner.as_ref() == Some(&to) {
        return Ok(Vec::new());
    }
    let given = says::memo_request_given(who(&by), id, &request.title);
    let mut letters = Vec::new();
    if by.person() != Some(&to) {
        letters.push(letter(at, request, to.clone(), given, &request.text));
    }
    letters.extend(to_who_had_it(state, at, request, &by, &to));
    Ok(with(state, at, RequestEvent::HandedOver { id, by, to }, letters))
}

fn open(state: &State, id: RequestId) -> Result<&Request, Refusal> {
    state.requests.open.get(&id).ok_or_else(|| {
        if state.requests.knew(id) {
            Refusal::conflict(says::request_over(id))
        } else {
            Refusal::unknown("request", id)
        }
    })
}

/// A text of people, without white space around it.
pub(crate) fn words(field: &'static str, text: &str, most: usize, may_be_empty: bool) -> Result<String, Refusal> {
    let text = text.trim();
    let chars = text.chars().count();
    let allowed = format!("1 to {most} characters");
    if chars > most {
        return Err(Refusal::invalid(field, format!("{chars} characters"), allowed));
    }
    if chars == 0 && !may_be_empty {
        return Err(Refusal::invalid(field, "nothing", allowed));
    }
    Ok(text.to_owned())
}

/// The same in one line.
pub(crate) fn line(field: &'static str, text: &str, most: usize) -> Result<String, Refusal> {
    words(field, &one_line(text, usize::MAX), most, false)
}

/// Who does something, as letters call them.
pub(crate) fn who(by: &Actor) -> String {
    by.person().map_or_else(|| by.to_string(), ToString::to_string)
}
