//! `[[person]]`: can each be reached, and who is above whom.

use std::collections::BTreeSet;

use noout_types::{Contact, PersonId, Span, Way};

use super::server::not_an_address;
use super::{Check, MAX_CONTACTS, listed};
use crate::config::{Lacks, Names, Person};

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
        phone(check, &at, person);
        contacts(check, &at, person);
        check.known_person(&format!("{at}.superior"), person.superior.as_ref().map(PersonId::as_str));
    }
    circles(check);
}

/// Providers take numbers in one form only.
fn phone(check: &mut Check<'_>, at: &str, person: &Person) {
    let Some(phone) = &person.phone else { return };
    let digits = phone.strip_prefix('+').unwrap_or_default();
    let plain: String = digits.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    if !(7..=15).contains(&plain.len()) || !plain.chars().all(|c| c.is_ascii_digit()) {
        // The number itself is not repeated: what is said here ends in logs.
        let message = format!(
            "the phone of {} is no number in the international form: write for example \"+41 44 668 18 00\"",
            person.id
        );
        check.warn(&format!("{at}.phone"), message);
    }
}

fn contacts(check: &mut Check<'_>, at: &str, person: &Person) {
    let field = format!("{at}.contact");
    if person.contact.is_empty() {
        check.warn(&field, format!("{} has no contact and can never be paged: add for example \"mail\"", person.id));
    }
    ways(check, &field, person, &person.contact);
    ways(check, &format!("{at}.contact_low"), person, &person.contact_low);
    if !person.contact.is_empty() && !check.config.is_reachable(&person.id) {
        let kinds: BTreeSet<_> = person.contact.iter().map(|way| way.kind()).collect();
        let kinds: Vec<_> = kinds.into_iter().collect();
        let message = format!(
            "{} has only {} and cannot be reached by what stands in this file: add \"mail\", \"ntfy:…\" or \"webhook:…\"",
            person.id,
            listed(&kinds)
        );
        check.warn(&field, message);
    }
}

fn ways(check: &mut Check<'_>, field: &str, person: &Person, ways: &[Way]) {
    if ways.len() > MAX_CONTACTS {
        check.error(field, format!("{} are too many: allowed are at most {MAX_CONTACTS}", ways.len()));
    }
    let mut seen = BTreeSet::new();
    let mut before = Span::default();
    for (c, way) in ways.iter().enumerate() {
        let at = format!("{field}[{c}]");
        if !seen.insert(&way.contact) {
            check.warn(&at, format!("{} stands twice", way.kind()));
        }
        delay(check, &at, c, way, &mut before);
        lacks(check, &at, person, way);
    }
}

/// The list is gone through in its order, so a delay may not be shorter than one before it.
fn delay(check: &mut Check<'_>, at: &str, place: usize, way: &Way, before: &mut Span) {
    let Some(after) = way.after else { return };
    if place == 0 {
        check.error(at, format!("the first way begins at once: write {:?} without \"after\"", way.kind()));
    } else if after < *before {
        check.error(at, format!("{after} is shorter than the {before} of a way before it: order them by their delay"));
    }
    *before = after.max(*before);
}

/// What is missing for mail was always an error. Other ways that cannot be used are passed over, so that a file may name a
/// way before its service is set up.
fn lacks(check: &mut Check<'_>, at: &str, person: &Person, contact: &Contact) {
    if let Contact::Mail { address } = contact {
        if address.is_none() && person.email.is_none() {
            check.error(at, format!("{} has no email: add one, or write \"mail:ana@example.org\"", person.id));
        }
        if check.config.mail.is_none() {
            check.error(at, "mail cannot be sent without a [mail] section: add one with url and from");
        }
        return;
    }
    if let Some(why) = contact.named().and_then(|name| check.named.as_ref()?(Names::Contact(contact), name)) {
        let message =
            format!("{:?} of {} cannot be used on this machine, and does not count: {why}", contact.kind(), person.id);
        check.warn(at, message);
    }
    match check.config.lacks(person, contact) {
        Some(Lacks::Section(section)) => {
            let message = format!("{:?} cannot be used without a {section} section: it is passed over", contact.kind());
            check.warn(at, message);
        }
        Some(Lacks::Phone) => {
            check.warn(at, format!("{} has no phone: {:?} is passed over", person.id, contact.kind()))
        }
        Some(Lacks::Email | Lacks::Device | Lacks::Named(_)) | None => {}
    }
    if *contact == Contact::Voice && check.config.server.public_url.is_none() {
        check.warn(at, "a call needs server.public_url: the provider fetches there what is to be spoken");
    }
    if *contact == Contact::Push && !check.config.server.public_url.as_deref().is_some_and(|u| u.starts_with("https:"))
    {
        check.warn(at, "browsers enrol for push over https only: server.public_url should begin with https://");
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
