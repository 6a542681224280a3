//! What people may do with contact methods, and what becomes of tests.

use noout_types::{PersonId, Span, Timestamp};

use super::{ContactEvent, ContactKey};
use crate::actor::Actor;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::paging::{Receipt, SendOutcome};
use crate::refusal::Refusal;
use crate::says;

/// Most devices of a person: each is pushed to at every page.
pub const MAX_DEVICES: usize = 10;

/// Longest name of a device in characters.
const MAX_NAME_CHARS: usize = 60;

/// Longest id and longest encrypted subscription in bytes: endpoints are some hundred bytes long.
const MAX_SEALED_BYTES: usize = 8192;

/// Between two tests of one contact: a message costs money, and a call wakes somebody.
const TEST_PAUSE: Span = Span::from_secs(10);

/// What people want with contact methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactCommand {
    /// Push to this device, too.
    Enroll {
        /// Whose.
        person: PersonId,
        /// Its id.
        device: String,
        /// What its owner calls it.
        name: String,
        /// The subscription, encrypted.
        sealed: String,
    },
    /// Push to this device no more.
    Drop {
        /// Whose.
        person: PersonId,
        /// Its id.
        device: String,
    },
    /// Try a contact method, or all of them.
    Test {
        /// Whose.
        person: PersonId,
        /// Which; all if absent.
        contact: Option<ContactKey>,
    },
    /// The message of a test was read.
    Confirm {
        /// Which test.
        test: u64,
    },
}

pub(crate) fn command(state: &State, at: Timestamp, by: Actor, command: ContactCommand) -> Result<Vec<Event>, Refusal> {
    let events = match command {
        ContactCommand::Enroll { person, device, name, sealed } => {
            own(state, &by, &person, None)?;
            vec![enroll(state, person, device, &name, sealed)?]
        }
        ContactCommand::Drop { person, device } => {
            own(state, &by, &person, Some(Role::Admin))?;
            let known = state.contacts.devices(&person).any(|(id, _)| id == device);
            known.then_some(ContactEvent::Dropped { person, device, by }).into_iter().collect()
        }
        ContactCommand::Test { person, contact } => {
            own(state, &by, &person, Some(Role::Operator))?;
            begin(state, at, &by, &person, contact.as_ref())?
        }
        ContactCommand::Confirm { test } => {
            let found = state.contacts.test(test).ok_or_else(|| Refusal::unknown("test", test))?;
            own(state, &by, &found.person, None)?;
            let (person, contact, channel) = (found.person.clone(), found.contact.clone(), found.channel.clone());
            let news = found.confirmed.is_none();
            news.then_some(ContactEvent::Confirmed { person, contact, channel, test }).into_iter().collect()
        }
    };
    Ok(events.into_iter().map(Event::Contact).collect())
}

/// A person's own business, or that of somebody with a role.
fn own(state: &State, by: &Actor, person: &PersonId, else_needs: Option<Role>) -> Result<(), Refusal> {
    match else_needs {
        _ if by.person() == Some(person) => {}
        Some(role) => state.require(by, role)?,
        None => return Err(Refusal::conflict(says::contact_own(person))),
    }
    // Whoever may not ask does not learn who there is.
    state.config.person(person).map(|_| ()).ok_or_else(|| Refusal::unknown("person", person))
}

fn enroll(
    state: &State,
    person: PersonId,
    device: String,
    name: &str,
    sealed: String,
) -> Result<ContactEvent, Refusal> {
    if device.is_empty() || device.len() + sealed.len() > MAX_SEALED_BYTES {
        let found = format!("{} bytes", device.len() + sealed.len());
        return Err(Refusal::invalid("device", found, format!("1 to {MAX_SEALED_BYTES} bytes")));
    }
    let known = state.contacts.devices(&person).any(|(id, _)| id == device);
    let count = state.contacts.devices(&person).count();
    if !known && count >= MAX_DEVICES {
        return Err(Refusal::conflict(says::contact_devices(MAX_DEVICES)));
    }
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    Ok(ContactEvent::Enrolled { person, device, name: name.trim().to_owned(), sealed })
}

/// The tests of a person's contacts, of those that are not being tried at this moment.
pub(crate) fn begin(
    state: &State,
    at: Timestamp,
    by: &Actor,
    person: &PersonId,
    which: Option<&ContactKey>,
) -> Result<Vec<ContactEvent>, Refusal> {
    let wanted = state.methods(person).into_iter().filter(|m| which.is_none_or(|key| m.key == *key));
    let wanted: Vec<_> = wanted.collect();
    if wanted.is_empty() {
        return match which {
            Some(key) => Err(Refusal::unknown("contact", key.as_str())),
            None => Err(Refusal::conflict(says::page_no_contact())),
        };
    }
    let busy =
        |key: &ContactKey| state.contacts.test_of(person, key).is_some_and(|(_, test)| TEST_PAUSE.after(test.at) > at);
    if wanted.iter().all(|m| busy(&m.key)) {
        return Err(Refusal::conflict(says::contact_tested(TEST_PAUSE.as_millis())));
    }
    let free = wanted.into_iter().filter(|m| !busy(&m.key));
    let begun = free.zip(state.contacts.last_test + 1..).map(|(method, test)| ContactEvent::TestBegun {
        test,
        person: person.clone(),
        channel: method.contact.shown(),
        contact: method.key,
        by: by.clone(),
    });
    Ok(begun.collect())
}

/// The message of a test was sent, or could not be. An outcome of a test that is over already is dropped.
pub(crate) fn tested(state: &State, number: u64, outcome: SendOutcome) -> Vec<Event> {
    let Some(test) = state.contacts.test(number).filter(|t| t.outcome.is_none()) else { return Vec::new() };
    vec![Event::Contact(ContactEvent::TestEnded { test: number, person: test.person.clone(), outcome })]
}

/// What came back about the message of a test.
pub(crate) fn receipt(state: &State, number: u64, receipt: Receipt) -> Vec<Event> {
    let Some(test) = state.contacts.test(number) else { return Vec::new() };
    let Some(awaited) = &test.awaited else { return Vec::new() };
    let news = match &receipt {
        Receipt::Arrived { last, .. } => *last || !matches!(test.receipt, Some(Receipt::Arrived { .. })),
        Receipt::Refused(_) => true,
        Receipt::Missing => awaited.until.is_some(),
    };
    let event = ContactEvent::TestReceipt { test: number, person: test.person.clone(), receipt };
    news.then_some(Event::Contact(event)).into_iter().collect()
}

/// Receipts of tests that did not come in time.
pub(crate) fn missing(state: &State, at: Timestamp) -> Vec<Event> {
    let late = |t: &super::Test| t.awaited.as_ref().and_then(|a| a.until).is_some_and(|until| until <= at);
    let tests = state.contacts.tests.iter().filter(|(_, t)| late(t));
    tests.flat_map(|(number, _)| receipt(state, *number, Receipt::Missing)).collect()
}
