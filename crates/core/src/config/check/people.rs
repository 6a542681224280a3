//! `[[person]]`: can each be reached, and who is above whom.

use std::collections::BTreeSet;

use noout_types::{Contact, PersonId};

use super::server::not_an_address;
use super::{Check, MAX_CONTACTS, listed};
use crate::config::Person;

pub(super) fn check(check: &mut Check<'_>) {
    if check.config.people.is_empty() {
        check.warn("", "there is no [[person]]: nobody can be paged");
    }
    for (i, person) in check.config.people.iter().enumerate() {
        let at = format!("person[{i}]");
        check.zone(&format!("{at}.timezone"), &person.timezone);
        if let Some(why) = person.email.as_deref().and_then(not_an_address) {
            check.error(&format!("{at}.email"), why);
        }
        contacts(check, &at, person);
        check.known_person(&format!("{at}.superior"), person.superior.as_ref().map(PersonId::as_str));
    }
    circles(check);
}

fn contacts(check: &mut Check<'_>, at: &str, person: &Person) {
    let field = format!("{at}.contact");
    if person.contact.is_empty() {
        check.warn(&field, format!("{} has no contact and can never be paged: add for example \"mail\"", person.id));
    }
    if person.contact.len() > MAX_CONTACTS {
        check.error(&field, format!("{} are too many: allowed are at most {MAX_CONTACTS}", person.contact.len()));
    }
    let mut seen = BTreeSet::new();
    for (c, contact) in person.contact.iter().enumerate() {
        let at = format!("{field}[{c}]");
        if !seen.insert(contact) {
            check.warn(&at, format!("{} stands twice", contact.kind()));
        }
        if let Contact::Mail { address } = contact {
            if address.is_none() && person.email.is_none() {
                check.error(&at, format!("{} has no email: add one, or write \"mail:ana@example.org\"", person.id));
            }
            if check.config.mail.is_none() {
                check.error(&at, "mail cannot be sent without a [mail] section: add one with url and from");
            }
        }
        if !contact.is_available() {
            check.warn(&at, format!("{:?} is not available yet in this version: it is passed over", contact.kind()));
        }
        if matches!(contact, Contact::Sms) && person.phone.is_none() {
            check.warn(&at, format!("{} has no phone", person.id));
        }
    }
    if !person.contact.is_empty() && !person.contact.iter().any(Contact::is_available) {
        let kinds: BTreeSet<_> = person.contact.iter().map(Contact::kind).collect();
        let kinds: Vec<_> = kinds.into_iter().collect();
        check.warn(
            &field,
            format!(
                "{} has only {} and cannot be reached by this version: add \"mail\", \"ntfy:…\" or \"webhook:…\"",
                person.id,
                listed(&kinds)
            ),
        );
    }
}

/// Superiors must end somewhere: each circle is told once, where it begins in the file.
fn circles(check: &mut Check<'_>) {
    let mut told: BTreeSet<&PersonId> = BTreeSet::new();
    for (i, person) in check.config.people.iter().enumerate() {
        let mut way = vec![&person.id];
        let mut above = person.superior.as_ref();
        while let Some(next) = above {
            if *next == person.id {
                if told.is_disjoint(&way.iter().copied().collect()) {
                    let names: Vec<&str> = way.iter().chain([&next]).map(|id| id.as_str()).collect();
                    let message =
                        format!("superiors go in a circle: {}; somebody must be at the top", names.join(" → "));
                    check.error(&format!("person[{i}].superior"), message);
                    told.extend(way);
                }
                break;
            }
            // A circle that this person only leads into belongs to those who are in it.
            if way.contains(&next) {
                break;
            }
            way.push(next);
            above = check.config.person(next).and_then(|p| p.superior.as_ref());
        }
    }
}
