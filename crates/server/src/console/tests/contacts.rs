//! Devices, and tests of contact methods, as their owner meets them.

use noout_core::contact::ContactCommand;
use noout_core::paging::{Dispatch, Receipt, SendOutcome};

use super::*;
use crate::keys::Ticket;

/// A key and a secret as a browser gives them.
const KEY: &str = "BLn9b-VR0ca83knDNZ32dCHGyjJp-1riX9ZTN40MqV8K_LpQmLqxC_DoHvqvFXO_nGdAB4W9dogZb_sM-uV4JbY";
const AUTH: &str = "_ordMnz7uTCmrpBTeUV4Bw";

async fn enrol(house: &House, who: &str, endpoint: &str) -> u16 {
    let cookie = house.sit(who);
    let csrf = house.csrf(&cookie);
    let fields = [("csrf", csrf.as_str()), ("endpoint", endpoint), ("p256dh", KEY), ("auth", AUTH), ("name", "Phone")];
    house.post("/people/me/devices", &cookie, &fields).await.status
}

#[tokio::test]
async fn a_device_is_enrolled_by_its_owner_and_its_subscription_is_nobody_elses_to_read() {
    let house = House::new().await;
    let endpoint = "https://push.example.org/send/secretEndpoint";
    assert_eq!(enrol(&house, "ana", endpoint).await, 303);
    assert_eq!(enrol(&house, "ana", "http://127.0.0.1/x").await, 422, "no address of our own network");
    assert_eq!(enrol(&house, "ana", "https:/\\x").await, 303, "another push service");
    let (text, sealed) = house.app().read(|s| {
        let sealed: Vec<_> =
            s.contacts.devices(&person("ana")).map(|(id, d)| (id.to_owned(), d.sealed.clone())).collect();
        (serde_json::to_string(s).expect("a snapshot"), sealed)
    });
    assert!(!text.contains("secretEndpoint") && !text.contains(KEY), "encrypted in journal and snapshot");
    let opened = crate::devices::open(house.app(), &sealed);
    assert!(opened.iter().any(|(_, s)| s.endpoint.as_str() == endpoint));
    let page = house.get("/people/me", &house.sit("ana")).await.text;
    assert!(page.contains("Phone") && !page.contains("secretEndpoint"), "{page}");
    let (cookie, id) = (house.sit("ana"), sealed[0].0.clone());
    let csrf = house.csrf(&cookie);
    house.post("/people/me/devices/drop", &cookie, &[("csrf", &csrf), ("device", &id)]).await;
    assert_eq!(house.app().read(|s| s.contacts.devices(&person("ana")).count()), sealed.len() - 1);
}

#[tokio::test]
async fn a_receipt_is_the_devices_and_cannot_be_made_up() {
    let house = House::new().await;
    let begin = Command::Contact(ContactCommand::Test { person: person("ana"), contact: None });
    let by = Actor::Person(person("ana"));
    house.app().submit(Input::Command { by, command: begin }).await.expect("a test");
    let outcome = SendOutcome::Accepted { words: "201".into(), handle: None, wait: Span::from_secs(60) };
    house.app().submit(Input::Tested { test: 1, outcome }).await.expect("an outcome");
    let of = Dispatch::Test { test: 1, person: person("ana") };
    let until = Span::from_hours(1).after(house.app().now());
    let ticket = house.app().keys().ticket(&Ticket { of: of.clone(), until });
    let grant = house.link("ana", IncidentId(1));
    for forged in ["x", "x.y", &grant, &ticket[..ticket.len() - 2]] {
        assert_eq!(house.post(&format!("/callback/{forged}/push"), "", &[]).await.status, 403, "{forged}");
    }
    let old = house.app().keys().ticket(&Ticket { of, until: Span::from_secs(1).before(house.app().now()) });
    assert_eq!(house.post(&format!("/callback/{old}/push"), "", &[]).await.status, 403);
    let receipt = || house.app().read(|s| s.contacts.test(1).and_then(|t| t.receipt.clone()));
    assert_eq!(receipt(), None);
    assert_eq!(house.post(&format!("/callback/{ticket}/push"), "", &[]).await.status, 204);
    // The worker tries the test, too, and may have been first; then nothing was accepted and no receipt is awaited.
    let outcome = house.app().read(|s| s.contacts.test(1).and_then(|t| t.outcome.clone()));
    let awaited = matches!(outcome, Some(SendOutcome::Accepted { .. }));
    assert_eq!(matches!(receipt(), Some(Receipt::Arrived { .. })), awaited, "{outcome:?}");
}

#[test]
fn what_is_locked_opens_with_its_own_key_and_purpose_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let keys = |n: u8| crate::Keys::open(&dir.path().join(n.to_string()), [n; 32]).expect("keys");
    let locked = keys(1).lock("a", "secret");
    assert!(!locked.contains("secret"));
    assert_eq!(keys(1).unlock("a", &locked).as_deref(), Some("secret"));
    assert_ne!(keys(1).lock("a", "secret"), locked, "a new nonce each time");
    assert_eq!(keys(1).unlock("b", &locked), None);
    assert_eq!(keys(2).unlock("a", &locked), None);
    assert_eq!(keys(1).unlock("a", &locked[1..]), None);
    assert_eq!(keys(1).unlock("a", ""), None);
}
