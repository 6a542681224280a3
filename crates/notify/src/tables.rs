//! Each channel's error table: what a service answers, and what that means. The servers are small fakes that are written
//! here; they answer as the services' documentations say.

use std::sync::Arc;

use noout_types::{Contact, Span};
use url::Url;

use crate::channels::{Channels, Recipient};
use crate::testing::{Manner, answer, message, nobody, server};
use crate::{Carrier, Followed, HttpSettings, Message, Outcome, Service, Services};

/// What an outcome is, without its words.
#[derive(Debug, PartialEq, Eq)]
enum Is {
    Delivered,
    Accepted,
    Permanent,
    Transient,
    Busy(u64),
    Ambiguous,
}

fn is(outcome: &Outcome) -> Is {
    match outcome {
        Outcome::Delivered(_) => Is::Delivered,
        Outcome::Accepted { .. } => Is::Accepted,
        Outcome::Permanent(_) => Is::Permanent,
        Outcome::Transient(_) => Is::Transient,
        Outcome::Busy { retry_after, .. } => Is::Busy(retry_after.as_millis() / 1000),
        Outcome::Ambiguous(_) => Is::Ambiguous,
    }
}

const PHONE: &str = "+41 44 668 18 00";
const SECRET: &str = "aTokenThatNobodyMaySee";

fn carrier(id: &str, url: &Url) -> Arc<Carrier> {
    let (id, account, token) = (id.to_owned(), "AC42".to_owned(), SECRET.to_owned().into());
    Arc::new(Carrier { id, url: url.clone(), account, token, from: "+41446681801".to_owned() })
}

/// All services at one address, and a second carrier at another.
fn channels(first: &Url, second: &Url) -> Channels {
    let service = || Some(Service { url: first.clone(), token: SECRET.to_owned().into() });
    let carriers = || vec![carrier("one", first), carrier("two", second)];
    let services = Services {
        push: None,
        pushover: service(),
        slack: service(),
        matrix: service(),
        telegram: service(),
        sms: carriers(),
        voice: carriers(),
    };
    let hook = first.join("/hooks/aHookThatNobodyMaySee").expect("a URL").to_string();
    let resolve = move |name: &str| if name == "env:HOOK" { Ok(hook.clone()) } else { Err("no variable".to_owned()) };
    let channels = Channels::new(&HttpSettings::default(), None, None).expect("channels");
    channels.with(services, Arc::new(resolve))
}

async fn sends(contact: &str, first: Manner, second: Manner, message: &Message) -> (Outcome, Vec<String>, Vec<String>) {
    let ((one, seen), (two, seen_too)) = (server(first).await, server(second).await);
    let url = |address| Url::parse(&format!("http://{address}")).expect("a URL");
    let contact: Contact = contact.parse().expect("a contact");
    let to = Recipient { email: None, phone: Some(PHONE), devices: &[] };
    let sent = channels(&url(one), &url(two)).send(&contact, &to, message).await;
    let words = sent.outcome.words();
    for secret in [SECRET, "NobodyMaySee", "668", "tokenThat"] {
        assert!(!words.contains(secret), "{words}");
    }
    let log = |seen: crate::testing::Seen| seen.lock().expect("no panic").clone();
    (sent.outcome, log(seen), log(seen_too))
}

async fn table(contact: &str, rows: &[(Manner, Is)]) {
    for (manner, expected) in rows {
        let (outcome, ..) = sends(contact, manner.clone(), manner.clone(), &message()).await;
        assert_eq!(is(&outcome), *expected, "{contact}: {manner:?} gave {outcome:?}");
    }
}

fn with(status: &str, header: &str, body: &str) -> Manner {
    let length = body.len();
    Manner::Answer(format!(
        "HTTP/1.1 {status}\r\n{header}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    ))
}

fn later(seconds: u64) -> Manner {
    with("429 Too Many Requests", &format!("retry-after: {seconds}"), "{}")
}

#[tokio::test]
async fn pushover() {
    let taken = answer("200 OK", r#"{"status":1,"request":"q","receipt":"r3c31pt"}"#);
    let rows = [
        (taken, Is::Accepted),
        (answer("200 OK", r#"{"status":1,"request":"q"}"#), Is::Ambiguous),
        (answer("400 Bad Request", r#"{"status":0,"errors":["user identifier is invalid"]}"#), Is::Permanent),
        (answer("429 Too Many Requests", r#"{"status":0}"#), Is::Transient),
        (later(40), Is::Busy(40)),
        (answer("500 Internal Server Error", ""), Is::Transient),
        (Manner::CloseAfterRequest, Is::Ambiguous),
    ];
    table("pushover:uUserKey", &rows).await;
}

#[tokio::test]
async fn an_emergency_rings_until_it_is_acknowledged_and_a_notice_does_not() {
    let taken = || answer("200 OK", r#"{"status":1,"receipt":"r3c31pt"}"#);
    let (outcome, seen, _) = sends("pushover:uUserKey", taken(), taken(), &message()).await;
    assert!(matches!(outcome, Outcome::Accepted { handle: Some(ref h), .. } if h == "r3c31pt"), "{outcome:?}");
    let request = &seen[0];
    for part in ["POST /1/messages.json", "priority=2", "retry=60", "expire=1800", "callback=https"] {
        assert!(request.contains(part), "{part} in {request}");
    }
    let quiet = Message { severity: noout_types::Severity::Info, ..message() };
    let (outcome, seen, _) = sends("pushover:uUserKey", answer("200 OK", r#"{"status":1}"#), taken(), &quiet).await;
    assert_eq!(is(&outcome), Is::Delivered);
    assert!(!seen[0].contains("priority"), "{}", seen[0]);
}

#[tokio::test]
async fn what_a_provider_says_later() {
    let waiting = Followed::Waiting;
    let arrived = |last| move |f: &Followed| matches!(f, Followed::Arrived { last: l, .. } if *l == last);
    let refused = |f: &Followed| matches!(f, Followed::Refused(_));
    let acked = |f: &Followed| matches!(f, Followed::Acknowledged(_));
    let waits = |f: &Followed| *f == waiting;
    type Check<'a> = &'a dyn Fn(&Followed) -> bool;
    let (not_last, last) = (arrived(false), arrived(true));
    let rows: [(&str, &str, &str, Check<'_>); 14] = [
        ("pushover:u", "200 OK", r#"{"acknowledged":1,"last_delivered_at":5}"#, &acked),
        ("pushover:u", "200 OK", r#"{"acknowledged":0,"last_delivered_at":5}"#, &not_last),
        ("pushover:u", "200 OK", r#"{"acknowledged":0,"last_delivered_at":0}"#, &waits),
        ("pushover:u", "200 OK", r#"{"acknowledged":0,"last_delivered_at":5,"expired":1}"#, &refused),
        ("pushover:u", "404 Not Found", "{}", &refused),
        ("pushover:u", "500 Oops", "{}", &waits),
        ("sms", "200 OK", r#"{"status":"queued"}"#, &waits),
        ("sms", "200 OK", r#"{"status":"sent"}"#, &waits),
        ("sms", "200 OK", r#"{"status":"delivered"}"#, &last),
        ("sms", "200 OK", r#"{"status":"undelivered"}"#, &refused),
        ("voice", "200 OK", r#"{"status":"in-progress"}"#, &waits),
        ("voice", "200 OK", r#"{"status":"no-answer"}"#, &refused),
        ("voice", "200 OK", r#"{"status":"completed"}"#, &refused),
        ("mail", "200 OK", "{}", &refused),
    ];
    for (contact, status, body, holds) in rows {
        let (address, _) = server(answer(status, body)).await;
        let url = Url::parse(&format!("http://{address}")).expect("a URL");
        let handle = if contact.starts_with("pushover") { "r3c31pt" } else { "one:SM1" };
        let found = channels(&url, &url).follow(&contact.parse().expect("a contact"), handle).await;
        assert!(holds(&found), "{contact} {status} {body}: {found:?}");
    }
    let url = Url::parse(&format!("http://{}", nobody().await)).expect("a URL");
    let sms = "sms".parse().expect("a contact");
    assert_eq!(channels(&url, &url).follow(&sms, "one:SM1").await, Followed::Waiting);
    assert!(matches!(channels(&url, &url).follow(&sms, "gone:SM1").await, Followed::Refused(_)));
}

#[tokio::test]
async fn slack_by_a_bot() {
    let said = |error: &str| answer("200 OK", &format!(r#"{{"ok":false,"error":"{error}"}}"#));
    let rows = [
        (answer("200 OK", r#"{"ok":true,"ts":"1.2"}"#), Is::Delivered),
        (said("channel_not_found"), Is::Permanent),
        (said("not_in_channel"), Is::Permanent),
        (said("is_archived"), Is::Permanent),
        (said("invalid_auth"), Is::Permanent),
        (said("token_revoked"), Is::Permanent),
        (said("internal_error"), Is::Transient),
        (said("a_new_error_of_next_year"), Is::Transient),
        (with("200 OK", "retry-after: 7", r#"{"ok":false,"error":"ratelimited"}"#), Is::Busy(7)),
        (later(9), Is::Busy(9)),
        (answer("200 OK", "<html>a proxy's page"), Is::Ambiguous),
        (answer("503 Service Unavailable", ""), Is::Transient),
        (Manner::CloseAfterRequest, Is::Ambiguous),
    ];
    table("slack:#ops", &rows).await;
    let taken = || answer("200 OK", r#"{"ok":true}"#);
    let hostile = Message { title: "<!channel> & co".to_owned(), ..message() };
    let (_, seen, _) = sends("slack:#ops", taken(), taken(), &hostile).await;
    assert!(seen[0].contains("POST /chat.postMessage") && seen[0].contains("&lt;!channel&gt;"), "{}", seen[0]);
    assert!(seen[0].contains(&format!("authorization: Bearer {SECRET}")));
}

#[tokio::test]
async fn webhooks_of_chats() {
    for contact in ["slack:env:HOOK", "mattermost:env:HOOK", "teams:env:HOOK", "ntfy:env:HOOK", "webhook:env:HOOK"] {
        let rows = [
            (answer("200 OK", "ok"), Is::Delivered),
            (answer("202 Accepted", ""), Is::Delivered),
            (answer("400 Bad Request", "invalid_payload"), Is::Permanent),
            (answer("403 Forbidden", "action_prohibited"), Is::Permanent),
            (answer("404 Not Found", "no_service"), Is::Permanent),
            (answer("410 Gone", "channel_is_archived"), Is::Permanent),
            (with("302 Found", "location: http://127.0.0.1/", ""), Is::Permanent),
            (answer("500 Internal Server Error", ""), Is::Transient),
            (Manner::CloseAfterRequest, Is::Ambiguous),
        ];
        table(contact, &rows).await;
    }
    let (outcome, seen, _) = sends("teams:env:MISSING", answer("200 OK", ""), answer("200 OK", ""), &message()).await;
    assert!(is(&outcome) == Is::Permanent && seen.is_empty(), "{outcome:?}");
}

#[tokio::test]
async fn a_service_that_says_when_is_left_alone_until_then() {
    for contact in ["slack:env:HOOK", "mattermost:env:HOOK", "teams:env:HOOK", "telegram:7", "matrix:!r:h"] {
        let (outcome, ..) = sends(contact, later(33), later(33), &message()).await;
        assert_eq!(
            outcome,
            Outcome::Busy { words: outcome.words().to_owned(), retry_after: Span::from_secs(33) },
            "{contact}"
        );
    }
}

#[tokio::test]
async fn matrix() {
    let said = |status: &str, code: &str| answer(status, &format!(r#"{{"errcode":"{code}","error":"words"}}"#));
    let rows = [
        (answer("200 OK", r#"{"event_id":"$e"}"#), Is::Delivered),
        (said("403 Forbidden", "M_FORBIDDEN"), Is::Permanent),
        (said("401 Unauthorized", "M_UNKNOWN_TOKEN"), Is::Permanent),
        (said("404 Not Found", "M_NOT_FOUND"), Is::Permanent),
        (answer("429 Slow", r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}"#), Is::Busy(2)),
        (said("429 Slow", "M_LIMIT_EXCEEDED"), Is::Transient),
        (said("500 Oops", "M_UNKNOWN"), Is::Transient),
        (Manner::CloseAfterRequest, Is::Ambiguous),
    ];
    table("matrix:!room:example.org", &rows).await;
    // Asked twice, for nobody knew how the first went; it is one event all the same.
    let lost = || Manner::CloseAfterRequest;
    let (_, seen, _) = sends("matrix:!room:example.org", lost(), lost(), &message()).await;
    let lines: Vec<_> = seen.iter().filter_map(|request| request.lines().next()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0], lines[1]);
    assert!(lines[0].contains("/send/m.room.message/noout-42-2-"), "{lines:?}");
    let again = Message { attempt: 3, ..message() };
    let (_, seen, _) = sends("matrix:!room:example.org", answer("200 OK", "{}"), lost(), &again).await;
    assert!(seen[0].contains("noout-42-3-"), "{}", seen[0]);
}

#[tokio::test]
async fn telegram() {
    let said = |status: &str, text: &str| answer(status, &format!(r#"{{"ok":false,"description":"{text}"}}"#));
    let rows = [
        (answer("200 OK", r#"{"ok":true,"result":{}}"#), Is::Delivered),
        (answer("200 OK", "hm"), Is::Ambiguous),
        (said("400 Bad Request", "Bad Request: chat not found"), Is::Permanent),
        (said("403 Forbidden", "Forbidden: bot was blocked by the user"), Is::Permanent),
        (said("401 Unauthorized", "Unauthorized"), Is::Permanent),
        (answer("429 Slow", r#"{"ok":false,"parameters":{"retry_after":12}}"#), Is::Busy(12)),
        (said("502 Bad Gateway", ""), Is::Transient),
        (Manner::CloseAfterRequest, Is::Ambiguous),
    ];
    table("telegram:123456", &rows).await;
    let taken = || answer("200 OK", r#"{"ok":true}"#);
    let (_, seen, _) = sends("telegram:123456", taken(), taken(), &message()).await;
    assert!(seen[0].contains(r#""callback_data":"take:noout-42-2""#), "{}", seen[0]);
    let (_, seen, _) = sends("telegram:-100123", taken(), taken(), &message()).await;
    assert!(!seen[0].contains("callback_data"), "in a group nobody knows who pressed: {}", seen[0]);
}

#[tokio::test]
async fn telegram_hears_single_people_only() {
    let updates = r#"{"ok":true,"result":[
        {"update_id":5,"message":{"chat":{"id":7},"text":"/ack"}},
        {"update_id":6,"message":{"chat":{"id":-7},"text":"/ack"}},
        {"update_id":7,"callback_query":{"id":"p","data":"take:noout-1-1","message":{"chat":{"id":7}}}},
        {"update_id":8,"callback_query":{"id":"p","data":"other","message":{"chat":{"id":7}}}}]}"#;
    let (address, _) = server(answer("200 OK", updates)).await;
    let url = Url::parse(&format!("http://{address}")).expect("a URL");
    let bot = channels(&url, &url).telegram().expect("a bot");
    let (heard, next) = bot.news(0).await.expect("news");
    assert_eq!((heard.len(), next), (2, 9));
}

#[tokio::test]
async fn carriers() {
    for contact in ["sms", "voice"] {
        let taken = || answer("201 Created", r#"{"sid":"SM0123456789","status":"queued"}"#);
        let no =
            || answer("400 Bad Request", r#"{"code":21211,"message":"The 'To' number +41446681800 is not valid"}"#);
        let down = || answer("500 Internal Server Error", "");
        let lost = || Manner::CloseAfterRequest;
        let rows = [
            ((taken(), lost()), Is::Accepted, 0),
            ((no(), taken()), Is::Accepted, 1),
            ((down(), taken()), Is::Accepted, 1),
            ((lost(), taken()), Is::Accepted, 1),
            ((no(), no()), Is::Permanent, 1),
            ((no(), down()), Is::Transient, 1),
            ((down(), lost()), Is::Ambiguous, 1),
            ((no(), later(20)), Is::Busy(20), 1),
            ((answer("201 Created", "{}"), no()), Is::Ambiguous, 1),
        ];
        for ((first, second), expected, to_second) in rows {
            let name = format!("{contact}: {first:?}, {second:?}");
            let (outcome, seen, seen_too) = sends(contact, first, second, &message()).await;
            assert_eq!(is(&outcome), expected, "{name} gave {outcome:?}");
            assert_eq!((seen.len(), seen_too.len()), (1, to_second), "{name}");
        }
    }
}

#[tokio::test]
async fn a_call_and_a_text_message_as_a_carrier_receives_them() {
    let taken = || answer("201 Created", r#"{"sid":"CA01"}"#);
    let (outcome, seen, _) = sends("voice", taken(), taken(), &message()).await;
    assert!(matches!(outcome, Outcome::Accepted { handle: Some(ref h), .. } if h == "one:CA01"), "{outcome:?}");
    for part in
        ["POST /2010-04-01/Accounts/AC42/Calls.json", "To=%2B41446681800", "%2Fone%2Fcall&", "MachineDetection=Enable"]
    {
        assert!(seen[0].contains(part), "{part} in {}", seen[0]);
    }
    let (_, seen, _) = sends("sms", taken(), taken(), &message()).await;
    for part in ["Messages.json", "To=%2B41446681800", "Antworten+Sie+7", "StatusCallback=https"] {
        assert!(seen[0].contains(part), "{part} in {}", seen[0]);
    }
    let deaf = Message { reply: None, ..message() };
    let (outcome, seen, _) = sends("voice", taken(), taken(), &deaf).await;
    assert!(is(&outcome) == Is::Permanent && seen.is_empty());
}

#[test]
fn what_a_call_says_is_text_and_never_markup() {
    use crate::voice::{Spoken, document};
    let page = Spoken::Page("<Dial>900</Dial> & \"co\"", "https://h/k?a=1&b=2");
    let text = document(noout_types::Lang::De, &page);
    assert!(text.contains("&lt;Dial&gt;") && !text.contains("<Dial>"), "{text}");
    assert!(text.contains("de-DE") && text.contains("a=1&amp;b=2"), "{text}");
    assert_eq!(text.matches("<Gather").count(), 3);
    assert!(crate::voice::is_machine("machine_start") && crate::voice::is_machine("fax"));
    assert!(!crate::voice::is_machine("human") && !crate::voice::is_machine("unknown"));
}
