//! Contact methods as they are known to work: devices enrolled for push, tests, and which test somebody confirmed.
//!
//! A contact counts as confirmed once its person followed the link of a test that was sent by it (or answered it by reply
//! or key). Ask [`State::confirmed_at`] for one contact, [`State::is_confirmed`] whether a person has any, and
//! [`State::is_reachable`] whether a person can be woken at all.

mod decide;
mod methods;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use noout_types::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};

pub use decide::{ContactCommand, MAX_DEVICES};
pub(crate) use decide::{begin, command, missing, receipt, tested};
pub use methods::{ContactKey, Method};

use crate::actor::Actor;
use crate::config::Config;
use crate::paging::{Awaited, Dispatch, Receipt, SendOutcome};

/// What happened to contact methods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactEvent {
    /// A device may be pushed to.
    Enrolled {
        /// Whose.
        person: PersonId,
        /// Its id.
        device: String,
        /// What its owner calls it.
        name: String,
        /// The subscription, encrypted by the server's key: whoever has it could push to the device.
        sealed: String,
    },
    /// A device is not pushed to any more.
    Dropped {
        /// Whose.
        person: PersonId,
        /// Its id.
        device: String,
        /// Who says so; noout itself where the push service does.
        by: Actor,
    },
    /// A contact method is to be tried.
    TestBegun {
        /// The test's number.
        test: u64,
        /// Whose.
        person: PersonId,
        /// Which.
        contact: ContactKey,
        /// Its kind and host, for people to read.
        channel: String,
        /// Who wants it.
        by: Actor,
    },
    /// The message of a test was sent, or could not be.
    TestEnded {
        /// The test.
        test: u64,
        /// Whose.
        person: PersonId,
        /// How.
        outcome: SendOutcome,
    },
    /// What came back about the message of a test.
    TestReceipt {
        /// The test.
        test: u64,
        /// Whose.
        person: PersonId,
        /// What.
        receipt: Receipt,
    },
    /// What a person's contacts name was looked at by the server that runs, and is another than before.
    Looked {
        /// Whose.
        person: PersonId,
        /// Those that cannot be used, with where it should stand and why it cannot be read; none if all can.
        unusable: BTreeMap<ContactKey, String>,
    },
    /// A person has read the message of a test: the contact works from end to end.
    Confirmed {
        /// Who.
        person: PersonId,
        /// Which.
        contact: ContactKey,
        /// Its kind and host, for people to read.
        channel: String,
        /// By which test.
        test: u64,
    },
}

impl ContactEvent {
    /// Whose contact it is about.
    #[must_use]
    pub fn person(&self) -> &PersonId {
        match self {
            Self::Enrolled { person, .. }
            | Self::Dropped { person, .. }
            | Self::TestBegun { person, .. }
            | Self::TestEnded { person, .. }
            | Self::TestReceipt { person, .. }
            | Self::Looked { person, .. }
            | Self::Confirmed { person, .. } => person,
        }
    }

    /// Whether it changes who can be reached.
    pub(crate) fn changes_reach(&self) -> bool {
        matches!(self, Self::Enrolled { .. } | Self::Dropped { .. } | Self::Confirmed { .. } | Self::Looked { .. })
    }
}

/// A browser or phone that web push goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What its owner calls it.
    pub name: String,
    /// The subscription, encrypted.
    pub sealed: String,
    /// Since when.
    pub at: Timestamp,
}

/// A message that tries a contact method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Whose contact.
    pub person: PersonId,
    /// Which.
    pub contact: ContactKey,
    /// Its kind and host.
    pub channel: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// How the sending ended; nothing as long as it is under way.
    pub outcome: Option<SendOutcome>,
    /// What came back.
    pub receipt: Option<Receipt>,
    /// The receipt that may still come.
    pub awaited: Option<Awaited>,
    /// When the person said that they have it.
    pub confirmed: Option<Timestamp>,
}

impl Test {
    /// Whether nothing more is to be expected of it without the person.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.outcome.is_some() && self.awaited.as_ref().is_none_or(|a| a.until.is_none())
    }
}

/// Contacts of which what they name cannot be read, by person, with the reason.
pub type Unusable = BTreeMap<PersonId, BTreeMap<ContactKey, String>>;

/// The live contact methods.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    devices: BTreeMap<PersonId, BTreeMap<String, Device>>,
    confirmed: BTreeMap<PersonId, BTreeMap<ContactKey, Timestamp>>,
    /// The newest test of each contact.
    tests: BTreeMap<u64, Test>,
    /// The number of the last test.
    last_test: u64,
    /// Contacts of which the server that runs cannot read what they name, and why.
    #[serde(default)]
    unusable: BTreeMap<PersonId, BTreeMap<ContactKey, String>>,
}

impl Contacts {
    /// The devices that a person enrolled for push, by id.
    pub fn devices(&self, person: &PersonId) -> impl Iterator<Item = (&str, &Device)> {
        self.devices.get(person).into_iter().flatten().map(|(id, device)| (id.as_str(), device))
    }

    /// A test.
    #[must_use]
    pub fn test(&self, number: u64) -> Option<&Test> {
        self.tests.get(&number)
    }

    /// The newest test of a contact.
    #[must_use]
    pub fn test_of(&self, person: &PersonId, contact: &ContactKey) -> Option<(u64, &Test)> {
        let mut of = self.tests.iter().rev();
        of.find(|(_, t)| t.person == *person && t.contact == *contact).map(|(number, test)| (*number, test))
    }

    /// Tests whose message must leave, by number.
    pub fn due(&self) -> impl Iterator<Item = (u64, &Test)> {
        self.tests.iter().filter(|(_, t)| t.outcome.is_none()).map(|(number, test)| (*number, test))
    }

    /// Messages of tests about which their provider can be asked.
    pub fn followed(&self) -> impl Iterator<Item = (Dispatch, &str)> {
        self.tests.iter().filter_map(|(number, test)| {
            let handle = test.awaited.as_ref()?.handle.as_deref()?;
            Some((Dispatch::Test { test: *number, person: test.person.clone() }, handle))
        })
    }

    pub(crate) fn confirmed(&self, person: &PersonId, contact: &ContactKey) -> Option<Timestamp> {
        self.confirmed.get(person)?.get(contact).copied()
    }

    /// Why what a contact names cannot be read.
    #[must_use]
    pub fn unusable(&self, person: &PersonId, contact: &ContactKey) -> Option<&str> {
        self.unusable.get(person)?.get(contact).map(String::as_str)
    }

    /// What was seen of what contacts name, as far as it is news.
    pub(crate) fn looked(&self, found: &Unusable) -> Vec<ContactEvent> {
        let nothing = BTreeMap::new();
        let people: std::collections::BTreeSet<&PersonId> = self.unusable.keys().chain(found.keys()).collect();
        let news = people
            .into_iter()
            .filter(|person| found.get(*person).unwrap_or(&nothing) != self.unusable.get(*person).unwrap_or(&nothing));
        let event = |person: &PersonId| ContactEvent::Looked {
            person: person.clone(),
            unusable: found.get(person).cloned().unwrap_or_default(),
        };
        news.map(event).collect()
    }

    /// Who can be reached by what, without tests under way: for looking at it as if.
    pub(crate) fn reach(&self) -> Self {
        Self { tests: BTreeMap::new(), ..self.clone() }
    }

    /// When the next receipt is missing.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.tests.values().filter_map(|t| t.awaited.as_ref()?.until).min()
    }

    /// What belongs to nobody in the configuration is forgotten.
    pub(crate) fn config_changed(&mut self, config: &Config) {
        self.devices.retain(|person, _| config.person(person).is_some());
        self.confirmed.retain(|person, confirmed| {
            let Some(person) = config.person(person) else { return false };
            let keys: Vec<_> = person.contacts().into_iter().map(|c| ContactKey::of(person, c)).collect();
            confirmed.retain(|key, _| keys.contains(key));
            !confirmed.is_empty()
        });
        self.tests.retain(|_, test| config.person(&test.person).is_some());
        self.unusable.retain(|person, _| config.person(person).is_some());
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &ContactEvent) {
        match event {
            ContactEvent::Enrolled { person, device, name, sealed } => {
                let enrolled = Device { name: name.clone(), sealed: sealed.clone(), at };
                self.devices.entry(person.clone()).or_default().insert(device.clone(), enrolled);
            }
            ContactEvent::Dropped { person, device, .. } => {
                if let Some(devices) = self.devices.get_mut(person) {
                    devices.remove(device);
                }
            }
            ContactEvent::TestBegun { test, person, contact, channel, .. } => {
                self.last_test = self.last_test.max(*test);
                self.tests.retain(|_, t| t.person != *person || t.contact != *contact);
                let (person, contact, channel) = (person.clone(), contact.clone(), channel.clone());
                let (outcome, receipt, awaited, confirmed) = (None, None, None, None);
                self.tests.insert(*test, Test { person, contact, channel, at, outcome, receipt, awaited, confirmed });
            }
            ContactEvent::TestEnded { test, outcome, .. } => {
                let Some(test) = self.tests.get_mut(test) else { return };
                if let SendOutcome::Accepted { handle, wait, .. } = outcome {
                    let until = Some((*wait).min(crate::paging::MAX_RECEIPT_WAIT).after(at));
                    test.awaited = Some(Awaited { contact: 0, until, arrived: false, handle: handle.clone() });
                }
                test.outcome = Some(outcome.clone());
            }
            ContactEvent::TestReceipt { test, receipt, .. } => {
                let Some(test) = self.tests.get_mut(test) else { return };
                match receipt {
                    Receipt::Refused(_) | Receipt::Arrived { last: true, .. } => test.awaited = None,
                    Receipt::Arrived { .. } | Receipt::Missing => {
                        test.awaited.iter_mut().for_each(|a| a.until = None);
                    }
                }
                test.receipt = Some(receipt.clone());
            }
            ContactEvent::Looked { person, unusable } if unusable.is_empty() => _ = self.unusable.remove(person),
            ContactEvent::Looked { person, unusable } => {
                self.unusable.insert(person.clone(), unusable.clone());
            }
            ContactEvent::Confirmed { person, contact, test, .. } => {
                self.confirmed.entry(person.clone()).or_default().insert(contact.clone(), at);
                if let Some(test) = self.tests.get_mut(test) {
                    test.confirmed = test.confirmed.or(Some(at));
                    test.awaited = None;
                }
            }
        }
    }
}
