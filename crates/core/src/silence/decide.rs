//! Who may set a silence, and what time does to it.

use noout_types::{Matchers, SilenceId, SourceId, Span, Timestamp};

use super::{Scope, Silence, SilenceEvent};
use crate::actor::Actor;
use crate::alert::one_line;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::paging;
use crate::refusal::Refusal;
use crate::says;

/// Most silences that are pending or active: each is compared with each alert that may wake somebody.
pub const MAX_SILENCES: usize = 1000;

/// The longest silence. What shall be quiet for longer is a rule, or an alert that nobody needs.
pub const MAX_LENGTH: Span = Span::from_hours(366 * 24);

/// Most matchers of a silence.
pub const MAX_MATCHERS: usize = 64;

/// The longest comment and the longest author, in characters.
pub const MAX_COMMENT_CHARS: usize = 1000;

/// What people do with silences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SilenceCommand {
    /// Holds alerts back, or changes a silence.
    Set {
        /// Which one is changed; a new one if absent.
        id: Option<SilenceId>,
        /// Which alerts.
        matchers: Matchers,
        /// From when on; from now on if that has passed.
        starts_at: Timestamp,
        /// Until when.
        ends_at: Timestamp,
        /// Who answers for it, where it is not whoever sets it.
        author: Option<String>,
        /// Why.
        comment: String,
    },
    /// Ends one before its time.
    End(SilenceId),
}

/// Decides about a command.
pub(crate) fn command(state: &State, at: Timestamp, by: Actor, command: SilenceCommand) -> Result<Vec<Event>, Refusal> {
    let most = may(state, &by)?;
    match command {
        SilenceCommand::Set { id, matchers, starts_at, ends_at, author, comment } => {
            // A silence without an author is nobody's.
            let author = match (author, by.person()) {
                (Some(author), _) if !author.trim().is_empty() => author.trim().to_owned(),
                (_, Some(person)) => person.to_string(),
                (_, None) => return Err(Refusal::invalid("author", "nobody", "the name of who answers for it")),
            };
            let silence = Silence {
                id: state.silences.next_id(),
                matchers,
                starts_at: starts_at.max(at),
                ends_at,
                author,
                by,
                comment: comment.trim().to_owned(),
                updated_at: at,
            };
            if let Some((source, most)) = most.filter(|(_, most)| silence.ends_at > most.after(at)) {
                let allowed = format!("at the most {most} from now, as silence_most of the source {source} says");
                return Err(Refusal::invalid("ends_at", silence.ends_at.to_string(), allowed));
            }
            set(state, at, id, silence)
        }
        SilenceCommand::End(id) => match state.silences.get(id) {
            None => Err(Refusal::unknown("silence", id)),
            Some(silence) if silence.ends_at <= at => Ok(Vec::new()),
            Some(_) => Ok(vec![Event::Silence(SilenceEvent::Ended { id, by })]),
        },
    }
}

/// Whoever may acknowledge may silence; of sources those which the configuration allows it, and so far ahead.
fn may(state: &State, by: &Actor) -> Result<Option<(SourceId, Span)>, Refusal> {
    let Actor::Source(id) = by else { return state.require(by, Role::Responder).map(|()| None) };
    match state.config.sources.iter().find(|s| s.id == *id) {
        Some(source) if source.silences => Ok(Some((id.clone(), source.silence_most))),
        Some(_) => Err(Refusal::conflict(says::source_silences(id))),
        // A source that the configuration does not name is this machine, where no source is configured at all.
        None => Ok(None),
    }
}

/// Whether comparing them with each alert takes no longer than it may: the writer does so.
fn are_light(matchers: &Matchers) -> Result<(), Refusal> {
    if matchers.0.len() > MAX_MATCHERS {
        let found = format!("{} matchers", matchers.0.len());
        return Err(Refusal::invalid("matchers", found, format!("at the most {MAX_MATCHERS}")));
    }
    match matchers.0.iter().find(|m| !m.is_light()) {
        Some(heavy) => {
            let found = one_line(&heavy.to_string(), MAX_COMMENT_CHARS);
            Err(Refusal::invalid("matchers", found, "a shorter regular expression: this one takes too long to compare"))
        }
        None => Ok(()),
    }
}

fn set(state: &State, at: Timestamp, id: Option<SilenceId>, mut silence: Silence) -> Result<Vec<Event>, Refusal> {
    if !silence.matchers.selects() {
        let found = if silence.matchers.0.is_empty() { "no matcher".to_owned() } else { silence.matchers.to_string() };
        return Err(Refusal::invalid("matchers", found, "at least one that an alert without labels does not fulfil"));
    }
    are_light(&silence.matchers)?;
    if silence.ends_at <= silence.starts_at {
        return Err(Refusal::invalid("ends_at", silence.ends_at.to_string(), format!("after {}", silence.starts_at)));
    }
    if silence.ends_at > MAX_LENGTH.after(silence.starts_at) {
        return Err(Refusal::invalid("ends_at", silence.ends_at.to_string(), "at the most a year after it begins"));
    }
    for (field, text) in [("comment", &silence.comment), ("author", &silence.author)] {
        let chars = text.chars().count();
        if chars > MAX_COMMENT_CHARS {
            let allowed = format!("at the most {MAX_COMMENT_CHARS}");
            return Err(Refusal::invalid(field, format!("{chars} characters"), allowed));
        }
    }
    let mut events = Vec::new();
    if let Some(id) = id {
        let known = state.silences.get(id).ok_or_else(|| Refusal::unknown("silence", id))?;
        // Other matchers are another silence, and so is one that is over: what was held back by which stays readable.
        if known.matchers == silence.matchers && known.ends_at > at {
            (silence.id, silence.starts_at) = (id, silence.starts_at.min(known.starts_at.max(silence.starts_at)));
        } else if known.ends_at > at {
            events.push(Event::Silence(SilenceEvent::Ended { id, by: silence.by.clone() }));
        }
    }
    let new = state.silences.get(silence.id).is_none();
    if new && state.silences.live().count() >= MAX_SILENCES {
        return Err(Refusal::conflict(says::too_many_silences(MAX_SILENCES)));
    }
    events.push(Event::Silence(SilenceEvent::Set { silence: Box::new(silence) }));
    Ok(events)
}

/// What time does: silences end, and whom the rules hold back is looked at after each change.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    let over = state.silences.live().filter(|s| s.ends_at <= at).map(|s| s.id);
    let ids: Vec<_> = over.collect();
    if !ids.is_empty() {
        return vec![Event::Silence(SilenceEvent::Expired { ids })];
    }
    let Some(scope) = state.silences.to_look() else { return Vec::new() };
    let mut events = paging::look(state, at, scope == Scope::All);
    events.push(Event::Silence(SilenceEvent::Looked));
    events
}
