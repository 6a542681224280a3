//! Behaviour of contact methods: enrolled, tried, confirmed.

use noout_types::{Contact, Span};

use super::{ContactCommand, ContactKey, MAX_DEVICES};
use crate::config::Role;
use crate::engine::{Command, Effect, Input, pending};
use crate::paging::{Dispatch, Receipt, SendOutcome};
use crate::refusal::Refusal;
use crate::testing::{Run, person_id};

fn enroll(run: &mut Run, by: &str, person: &str, device: &str) -> Result<(), Refusal> {
    let (device, name, sealed) = (device.to_owned(), "phone".to_owned(), "sealed".to_owned());
    let command = ContactCommand::Enroll { person: person_id(person), device, name, sealed };
    run.by(by, Command::Contact(command)).map(|_| ())
}

fn begin(run: &mut Run, by: &str, person: &str) -> Result<usize, Refusal> {
    let command = ContactCommand::Test { person: person_id(person), contact: None };
    run.by(by, Command::Contact(command)).map(|events| events.len())
}

fn key(run: &Run, person: &str, contact: &str) -> ContactKey {
    let contact: Contact = contact.parse().expect("a contact");
    ContactKey::of(run.state.config.person(&person_id(person)).expect("a person"), &contact)
}

#[test]
fn a_contact_is_confirmed_by_whoever_read_its_test() {
    let mut run = Run::new();
    let ana = person_id("ana");
    assert_eq!(begin(&mut run, "ana", "ana"), Ok(2));
    assert_eq!(pending(&run.state).collect::<Vec<_>>(), [Effect::Try { test: 1 }, Effect::Try { test: 2 }]);
    for test in [1, 2] {
        run.when(Input::Tested { test, outcome: SendOutcome::Delivered("250".into()) }).expect("an outcome");
    }
    assert!(pending(&run.state).next().is_none());
    assert!(!run.state.is_confirmed(&ana), "sent is not read");
    assert!(run.by("bo", Command::Contact(ContactCommand::Confirm { test: 2 })).is_err(), "nobody else can say so");
    run.by("ana", Command::Contact(ContactCommand::Confirm { test: 2 })).expect("hers");
    assert!(run.state.is_confirmed(&ana));
    let at = |run: &Run, text: &str| run.state.confirmed_at(&ana, &text.parse().expect("a contact"));
    assert_eq!(at(&run, "mail:ana@example.org"), Some(run.now));
    assert_eq!(at(&run, "ntfy:https://ntfy.example/ana"), None);
    let again = run.by("ana", Command::Contact(ContactCommand::Confirm { test: 2 })).expect("once more");
    assert!(again.is_empty());
}

#[test]
fn another_address_is_another_contact() {
    let mut run = Run::with(|c| {
        c.people[0].contact = vec!["sms".parse().expect("a way")];
        c.people[0].phone = Some("+41 44 668 18 00".into());
        c.sms = vec![toml::from_str("id='a'\naccount='x'\ntoken='env:T'\nfrom='+1'").expect("a carrier")];
    });
    begin(&mut run, "ana", "ana").expect("a test");
    run.by("ana", Command::Contact(ContactCommand::Confirm { test: 1 })).expect("hers");
    assert!(run.state.is_confirmed(&person_id("ana")));
    run.configure(|c| c.people[0].phone = Some("+41 44 668 18 01".into()));
    assert!(!run.state.is_confirmed(&person_id("ana")), "the new number was never tried");
    let text = serde_json::to_string(&run.state.contacts).expect("a snapshot");
    assert!(!text.contains("668"), "{text}");
}

#[test]
fn push_reaches_once_a_device_is_enrolled_and_no_more_when_it_is_gone() {
    let mut run = Run::with(|c| c.people[1].contact = vec!["push".parse().expect("a way")]);
    let bo = person_id("bo");
    assert!(!run.state.is_reachable(&bo));
    assert!(run.incident_of("coverage/").is_some(), "a gap that is near is paged");
    assert!(enroll(&mut run, "ana", "bo", "d1").is_err(), "nobody enrols a device for another person");
    enroll(&mut run, "bo", "bo", "d1").expect("his");
    assert!(run.state.is_reachable(&bo));
    assert!(run.incident_of("coverage/").is_none(), "and mended by the device");
    let gone = Command::Contact(ContactCommand::Drop { person: bo.clone(), device: "d1".into() });
    run.when(Input::Command { by: crate::Actor::Noout, command: gone }).expect("410");
    assert!(!run.state.is_reachable(&bo));
}

#[test]
fn a_person_has_so_many_devices_and_no_more() {
    let mut run = Run::new();
    for n in 0..MAX_DEVICES {
        enroll(&mut run, "ana", "ana", &format!("d{n}")).expect("a device");
    }
    assert!(enroll(&mut run, "ana", "ana", "more").is_err());
    enroll(&mut run, "ana", "ana", "d0").expect("the same again");
    assert!(enroll(&mut run, "bo", "bo", "").is_err());
}

#[test]
fn tests_are_for_oneself_and_for_operators_and_not_too_often() {
    let mut run = Run::with(|c| c.people.iter_mut().for_each(|p| p.role = Role::Responder));
    assert!(begin(&mut run, "bo", "ana").is_err());
    run.configure(|c| c.people[1].role = Role::Operator);
    assert_eq!(begin(&mut run, "bo", "ana"), Ok(2));
    assert!(begin(&mut run, "ana", "ana").is_err(), "just now");
    run.advance(Span::from_secs(10));
    assert_eq!(begin(&mut run, "ana", "ana"), Ok(2));
    assert_eq!(run.state.contacts.due().map(|(n, _)| n).collect::<Vec<_>>(), [3, 4], "one test of a contact is kept");
    let unknown = ContactCommand::Test { person: person_id("ana"), contact: Some(key(&run, "bo", "mail")) };
    assert!(matches!(run.by("ana", Command::Contact(unknown)), Err(Refusal::Unknown { .. })));
}

#[test]
fn a_test_waits_for_its_receipt_and_no_longer() {
    let mut run = Run::new();
    begin(&mut run, "dora", "dora").expect("a test");
    let outcome = SendOutcome::Accepted { words: "201".into(), handle: None, wait: Span::from_secs(20) };
    run.when(Input::Tested { test: 1, outcome }).expect("an outcome");
    run.advance(Span::from_secs(19));
    assert!(!run.state.contacts.test(1).expect("the test").is_over());
    run.advance(Span::from_secs(1));
    let test = run.state.contacts.test(1).expect("the test");
    assert!(test.is_over());
    assert_eq!(test.receipt, Some(Receipt::Missing));
    let of = Dispatch::Test { test: 1, person: person_id("dora") };
    run.receipt(of, Receipt::Arrived { words: "late".into(), last: true });
    assert!(matches!(run.state.contacts.test(1).and_then(|t| t.receipt.clone()), Some(Receipt::Arrived { .. })));
}

#[test]
fn who_leaves_takes_everything_along() {
    let mut run = Run::new();
    enroll(&mut run, "cleo", "cleo", "d").expect("a device");
    begin(&mut run, "cleo", "cleo").expect("a test");
    run.by("cleo", Command::Contact(ContactCommand::Confirm { test: 1 })).expect("hers");
    run.configure(|c| {
        c.people.retain(|p| p.id.as_str() != "cleo");
        c.policies[1].steps[0].notify = vec![crate::config::Target::Person(person_id("dora"))];
    });
    let text = serde_json::to_string(&run.state.contacts).expect("a snapshot");
    assert!(!text.contains("cleo"), "{text}");
}

/// The variable was missing in the unit file. The configuration was in order, coverage was promised, and the only way to
/// ana led nowhere.
#[test]
fn a_contact_whose_secret_cannot_be_read_counts_for_nobody() {
    let mut run = Run::with(|c| c.people[0].contact = vec!["ntfy:env:ANA_NTFY".parse().expect("a way")]);
    let ana = person_id("ana");
    assert!(run.state.is_reachable(&ana), "the file alone does not tell");
    let why = "the environment has no variable ANA_NTFY".to_owned();
    let found = super::Unusable::from([(ana.clone(), [(key(&run, "ana", "ntfy:env:ANA_NTFY"), why.clone())].into())]);
    run.when(Input::ContactsLooked(found.clone())).expect("a look");
    assert!(!run.state.is_reachable(&ana));
    assert_eq!(run.state.methods(&ana)[0].lacks, Some(crate::config::Lacks::Named(why)));
    assert_eq!(run.incident().opened.key, "coverage/ops", "the gap is told at once");
    assert_eq!(run.when(Input::ContactsLooked(found)).expect("a look"), [], "the same is no news");
    run.when(Input::ContactsLooked(super::Unusable::new())).expect("a look");
    assert!(run.state.is_reachable(&ana));
    assert!(run.open().is_empty(), "mended");
}
