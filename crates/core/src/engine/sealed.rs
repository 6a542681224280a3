//! A step whose events are what can be read back.
//!
//! A record that can be written but not read poisons a journal: everything goes well until the next start, which then never
//! comes. So each event is turned into what will be written, read back from it, and what was read is applied: the state is
//! the fold of the journal because it is nothing else.

use noout_types::Timestamp;

use super::{Input, MAX_SETTLE_ROUNDS, State, apply, decide, settle};
use crate::event::Event;
use crate::refusal::Refusal;

/// Why there was no step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unstepped<E> {
    /// The core refuses; the state is as before.
    Refused(Refusal),
    /// What was decided cannot be read back; the state is as before.
    Unreadable(E),
    /// What follows from it cannot be read back; the state is ahead of what can be written.
    Halfway(E),
}

/// As [`step_with`](super::step_with). `seal` turns an event into what will be written and gives what can be read back from it.
///
/// # Errors
/// A command is refused, or something decided cannot be read back.
pub fn step_sealed<S, E>(
    state: &mut State,
    at: Timestamp,
    input: Input,
    mut seal: impl FnMut(&Event) -> Result<(Event, S), E>,
    mut applied: impl FnMut(&State, &Event, S),
) -> Result<(), Unstepped<E>> {
    let mut events = decide(state, at, input).map_err(Unstepped::Refused)?;
    let mut begun = false;
    for _ in 0..MAX_SETTLE_ROUNDS {
        // All of a round are read back before the first one is applied.
        let sealed: Result<Vec<_>, E> = events.drain(..).map(|event| seal(&event)).collect();
        let sealed = sealed.map_err(|why| if begun { Unstepped::Halfway(why) } else { Unstepped::Unreadable(why) })?;
        for (event, written) in sealed {
            begun = true;
            apply(state, at, &event);
            applied(state, &event, written);
        }
        events = settle(state, at);
        if events.is_empty() {
            break;
        }
    }
    Ok(())
}
