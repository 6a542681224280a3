//! One contract for all five kinds, held against small fakes that speak their documented REST shapes.

mod fake;
mod fakes;

use std::time::Duration;

use super::{
    SeenTicket, TicketDraft, TicketError, TicketKind, TicketSettings, TicketSystem, Unverified, carries, close, file,
    plain, say, system, verify, wire::Wire,
};
use crate::HttpSettings;
use crate::http::Http;
use fake::{Fake, TOKEN, USER};

const KINDS: [TicketKind; 5] =
    [TicketKind::Jira, TicketKind::Servicenow, TicketKind::Glpi, TicketKind::Zammad, TicketKind::Gitlab];

fn client(kind: TicketKind, fake: &Fake, token: &str) -> Box<dyn TicketSystem> {
    client_at(kind, fake.address, token)
}

fn client_at(kind: TicketKind, address: std::net::SocketAddr, token: &str) -> Box<dyn TicketSystem> {
    let user = match kind {
        TicketKind::Jira | TicketKind::Servicenow => Some(USER.to_owned().into()),
        TicketKind::Glpi => Some("app".to_owned().into()),
        TicketKind::Zammad | TicketKind::Gitlab => None,
    };
    let settings = TicketSettings {
        kind,
        url: format!("http://{address}").parse().expect("a URL"),
        project: Some("group/project".into()),
        queue: Some("Operations".into()),
        table: None,
        user,
        token: token.to_owned().into(),
    };
    // Far apart, so that a busy machine does not mix them up.
    let http = Http::with_limits(&HttpSettings::default(), Duration::from_secs(2), Duration::from_secs(4));
    let wire = Wire::over(settings.url.clone(), http.expect("a client"));
    system(&settings, wire).expect("a client of the system")
}

async fn both(kind: TicketKind) -> (Fake, Box<dyn TicketSystem>) {
    let fake = Fake::start(kind).await;
    let client = client(kind, &fake, TOKEN);
    (fake, client)
}

fn draft(n: u32) -> TicketDraft {
    TicketDraft {
        title: "Down on pve3".into(),
        text: "Three hosts & <one> switch\nhttps://noout.example.org/incidents/1".into(),
        marker: format!("noout-incident-ab12-{n}-{n}"),
        urgent: true,
    }
}

#[tokio::test]
async fn a_ticket_is_made_once_however_often_it_is_filed() {
    for kind in KINDS {
        let (fake, client) = both(kind).await;
        assert_eq!(client.find(&draft(1).marker).await, Ok(None), "{kind:?}");
        let first = file(&*client, &draft(1)).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"));
        assert_eq!(file(&*client, &draft(1)).await.as_ref(), Ok(&first), "{kind:?}");
        let other = file(&*client, &draft(12)).await.expect("another");
        assert_ne!(first.id, other.id, "{kind:?}: the marker of 1 is no part of that of 12");
        assert_eq!(fake.titles(), ["Down on pve3"; 2], "{kind:?}");
        assert!(first.url.contains(&fake.address.to_string()) || kind == TicketKind::Gitlab, "{kind:?}: {}", first.url);
    }
}

#[tokio::test]
async fn a_comment_is_written_once_and_read_back_as_ours() {
    for kind in KINDS {
        let (fake, client) = both(kind).await;
        let ticket = file(&*client, &draft(1)).await.expect("filed").id;
        for _ in 0..2 {
            say(&*client, &ticket, "Ana: I look at it", "noout-incident-ab12-1-1-1").await.expect("said");
        }
        say(&*client, &ticket, "Ana: a second word", "noout-incident-ab12-1-1-11").await.expect("said");
        fake.others_say("Is it back?");
        let seen = client.read(&ticket).await.expect("read");
        // Zammad's first article is the ticket's own text.
        let texts: Vec<(&str, bool)> =
            seen.comments.iter().map(|c| (c.text.lines().next().unwrap_or(""), c.ours)).collect();
        let texts = if kind == TicketKind::Zammad { &texts[1..] } else { &texts[..] };
        assert_eq!(
            texts,
            [("Ana: I look at it", true), ("Ana: a second word", true), ("Is it back?", false)],
            "{kind:?}"
        );
        assert!(seen.comments.iter().all(|c| !c.author.is_empty() || c.ours), "{kind:?}");
        assert!(!seen.closed, "{kind:?}");
    }
}

#[tokio::test]
async fn closing_is_read_back_and_done_once() {
    for kind in KINDS {
        let (fake, client) = both(kind).await;
        let ticket = file(&*client, &draft(1)).await.expect("filed").id;
        for _ in 0..2 {
            close(&*client, &ticket).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"));
        }
        assert!(client.read(&ticket).await.expect("read").closed, "{kind:?}");
        assert_eq!(fake.closings(), 1, "{kind:?}");
        assert_eq!(file(&*client, &draft(1)).await.expect("found").id, ticket, "{kind:?}: closed ones are found too");
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_and_not_repeated() {
    for kind in KINDS {
        let (fake, client) = both(kind).await;
        fake.lose_answers(true);
        let lost = file(&*client, &draft(1)).await;
        assert!(matches!(lost, Err(TicketError::Ambiguous(_))), "{kind:?}: {lost:?}");
        fake.lose_answers(false);
        file(&*client, &draft(1)).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"));
        assert_eq!(fake.titles().len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn errors_are_permanent_transient_or_ambiguous() {
    for kind in KINDS {
        let (fake, client) = both(kind).await;
        let ticket = file(&*client, &draft(1)).await.expect("filed").id;
        let wrong = client_at(kind, fake.address, "wrong");
        let refused = file(&*wrong, &draft(2)).await;
        assert!(matches!(refused, Err(TicketError::Permanent(_))), "{kind:?}: {refused:?}");
        assert!(!refused.expect_err("refused").to_string().contains("wrong"), "{kind:?}: no secret in words");
        fake.fail(Some(503));
        assert!(matches!(file(&*client, &draft(2)).await, Err(TicketError::Transient(_))), "{kind:?}");
        fake.fail(Some(429));
        assert!(matches!(client.read(&ticket).await, Err(TicketError::Transient(_))), "{kind:?}");
        fake.fail(Some(500));
        assert!(
            matches!(client.find("noout-incident-ab12-3-3").await, Err(TicketError::Transient(_))),
            "{kind:?}: it only reads"
        );
        fake.fail_writes(502);
        let unknown = client.create(&draft(2)).await;
        assert!(matches!(unknown, Err(TicketError::Ambiguous(_))), "{kind:?}: {unknown:?}");
        fake.fail(None);
        assert!(matches!(client.read("987654").await, Err(TicketError::Permanent(_))), "{kind:?}: it is gone there");
        drop(fake);
        let nobody = TicketError::Transient("the connection was refused".into());
        let away = client_at(kind, crate::testing::nobody().await, TOKEN);
        assert_eq!(file(&*away, &draft(3)).await, Err(nobody), "{kind:?}");
    }
}

#[test]
fn a_marker_is_not_found_in_a_longer_one() {
    assert!(carries("text [noout-incident-a-1-1]", "noout-incident-a-1-1"));
    assert!(carries("noout-incident-a-1-1", "noout-incident-a-1-1"));
    assert!(!carries("noout-incident-a-1-12", "noout-incident-a-1-1"));
    assert!(!carries("noout-incident-a-1-1-3", "noout-incident-a-1-1"));
}

#[test]
fn html_is_read_as_people_see_it() {
    assert_eq!(plain("<p>a &lt;b&gt; c</p><div class=\"x\">d<br/>e</div>"), "a <b> c\nd\ne");
    assert_eq!(plain("no tags & 3 < 4"), "no tags & 3 < 4");
    assert_eq!(plain("&amp;lt;"), "&lt;");
}

#[test]
fn webhooks_are_taken_only_from_who_has_the_secret() {
    let secret = "s3cret".to_owned().into();
    let body = br#"{"issue": {"key": "OPS-7"}}"#;
    // Computed with openssl: printf %s BODY | openssl dgst -sha256 -hmac s3cret
    let sha256 = fake::hmac_sha256("s3cret", &[body]);
    let sha1 = fake::hmac_sha1("s3cret", body);
    let glpi = fake::hmac_sha256("s3cret", &[body, b"1767225600"]);
    let right: [(TicketKind, Vec<(&str, String)>); 5] = [
        (TicketKind::Gitlab, vec![("x-gitlab-token", "s3cret".into())]),
        (TicketKind::Servicenow, vec![("x-noout-token", "s3cret".into())]),
        (TicketKind::Jira, vec![("x-hub-signature", format!("sha256={sha256}"))]),
        (TicketKind::Zammad, vec![("x-hub-signature", format!("sha1={sha1}"))]),
        (TicketKind::Glpi, vec![("x-glpi-signature", glpi), ("x-glpi-timestamp", "1767225600".into())]),
    ];
    for (kind, headers) in right {
        let get = |name: &str| headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str());
        assert_eq!(verify(kind, &secret, get, body), Ok(()), "{kind:?}");
        let other = "other".to_owned().into();
        assert!(matches!(verify(kind, &other, get, body), Err(Unverified::Wrong(_))), "{kind:?}");
        assert!(matches!(verify(kind, &secret, |_| None, body), Err(Unverified::Missing(_))), "{kind:?}");
        assert!(matches!(verify(kind, &secret, |_| Some("sha256=zz"), body), Err(Unverified::Wrong(_))), "{kind:?}");
        let empty = String::new().into();
        assert!(verify(kind, &empty, |_| Some(""), body).is_err(), "{kind:?}: no secret lets nobody in");
        if !matches!(kind, TicketKind::Gitlab | TicketKind::Servicenow) {
            assert!(verify(kind, &secret, get, b"{}").is_err(), "{kind:?}: another body");
        }
    }
}

#[test]
fn an_unread_ticket_is_open() {
    assert!(!SeenTicket::default().closed);
}
