//! What is known of each contact method.

use noout_types::{Contact, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::config::{Config, Lacks, Person};
use crate::engine::State;

/// Bytes of a key: enough that no two contacts share one.
const KEY_BYTES: usize = 12;

/// A contact method by a digest: it says the same address again, and does not tell it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactKey(String);

impl ContactKey {
    /// The key of a person's contact. A new address or number is another contact, though the word for it is the same.
    #[must_use]
    pub fn of(person: &Person, contact: &Contact) -> Self {
        let own = match contact {
            Contact::Mail { address: None } => person.email.as_deref(),
            Contact::Sms | Contact::Voice => person.phone.as_deref(),
            _ => None,
        };
        let text = format!("{}\0{contact}\0{}", person.id, own.unwrap_or_default());
        Self(hex::encode(&Sha256::digest(text.as_bytes())[..KEY_BYTES]))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A contact method of a person and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The method.
    pub contact: Contact,
    /// Its key.
    pub key: ContactKey,
    /// Why nothing can be sent by it.
    pub lacks: Option<Lacks>,
    /// Since when it is known to work.
    pub confirmed: Option<Timestamp>,
}

impl State {
    /// The contact methods of a person, each once.
    #[must_use]
    pub fn methods(&self, person: &PersonId) -> Vec<Method> {
        let Some(person) = self.config.person(person) else { return Vec::new() };
        let one = |contact: &Contact| {
            let key = ContactKey::of(person, contact);
            let confirmed = self.contacts.confirmed(&person.id, &key);
            Method { contact: contact.clone(), lacks: self.lacks(&self.config, person, contact), confirmed, key }
        };
        person.contacts().into_iter().map(one).collect()
    }

    fn lacks(&self, config: &Config, person: &Person, contact: &Contact) -> Option<Lacks> {
        let enrolled = self.contacts.devices(&person.id).next().is_some();
        let device = (*contact == Contact::Push && !enrolled).then_some(Lacks::Device);
        let named = || {
            contact.named()?;
            self.contacts.unusable(&person.id, &ContactKey::of(person, contact)).map(|why| Lacks::Named(why.to_owned()))
        };
        config.lacks(person, contact).or(device).or_else(named)
    }

    /// When a contact method of a person was last confirmed from end to end.
    #[must_use]
    pub fn confirmed_at(&self, person: &PersonId, contact: &Contact) -> Option<Timestamp> {
        let person = self.config.person(person)?;
        self.contacts.confirmed(&person.id, &ContactKey::of(person, contact))
    }

    /// When a person last confirmed a contact method that wakes and can be used now.
    #[must_use]
    pub fn confirmed(&self, person: &PersonId) -> Option<Timestamp> {
        let person = self.config.person(person)?;
        let usable = person.contact.iter().filter(|way| self.lacks(&self.config, person, way).is_none());
        usable.filter_map(|way| self.contacts.confirmed(&person.id, &ContactKey::of(person, way))).max()
    }

    /// Whether a person can be woken and has confirmed at least one contact method that can be used now.
    #[must_use]
    pub fn is_confirmed(&self, person: &PersonId) -> bool {
        self.confirmed(person).is_some()
    }

    /// Whether a person can be woken: as [`Config::is_reachable`], and push counts once a device is enrolled.
    #[must_use]
    pub fn is_reachable(&self, person: &PersonId) -> bool {
        let Some(person) = self.config.person(person) else { return false };
        person.contact.iter().any(|way| self.lacks(&self.config, person, way).is_none())
    }
}
