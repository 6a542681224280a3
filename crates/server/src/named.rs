//! What contacts name (`env:NAME`, `file:PATH`, `cred:NAME`): whether it is there where this server runs.
//!
//! A configuration is in order on any machine. Whether the variable with ana's ntfy topic is set, only the process knows that
//! pages her: it looks at its start and whenever another configuration is in force, warns, and tells the core, for which
//! such a contact is none.

use noout_core::Input;
use noout_core::config::{Config, Names};
use noout_core::contact::{ContactKey, Unusable};
use noout_types::Contact;

use crate::App;

/// Why a secret that is named cannot be used; none if it can. Without the secret.
#[must_use]
pub fn unusable(who: Names<'_>, name: &str) -> Option<String> {
    let text = match crate::secret::read(name) {
        Ok(text) => text,
        Err(why) => return Some(why),
    };
    if text.trim().is_empty() {
        return Some(format!("{name} is empty"));
    }
    let Names::Contact(contact) = who else { return None };
    let is_url = || url::Url::parse(text.trim()).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    let wants_url = !matches!(contact, Contact::Pushover { .. });
    (wants_url && !is_url()).then(|| format!("what {name} holds is no http or https URL"))
}

/// All contacts of a configuration that cannot be used here.
pub(crate) fn look(config: &Config) -> Unusable {
    let mut found = Unusable::new();
    for person in &config.people {
        for contact in person.contacts() {
            let Some(why) = contact.named().and_then(|name| unusable(Names::Contact(contact), name)) else { continue };
            tracing::warn!(
                person = %person.id,
                contact = contact.kind(),
                %why,
                "a contact cannot be used, and does not count as a way to this person"
            );
            found.entry(person.id.clone()).or_default().insert(ContactKey::of(person, contact), why);
        }
    }
    for source in &config.sources {
        if let Some(why) = unusable(Names::Source, &source.key) {
            tracing::error!(source = %source.id, %why, "the key of a source cannot be used; what it sends is refused");
        }
    }
    found
}

/// Looks, and tells the core.
pub(crate) async fn tell(app: &App) {
    let found = look(&app.read(|s| s.config.clone()));
    if let Err(why) = app.submit_patiently(Input::ContactsLooked(found)).await {
        tracing::error!(%why, "what is known of contacts could not be recorded");
    }
}
