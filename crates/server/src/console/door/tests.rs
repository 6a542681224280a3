//! How often one may knock.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;

use super::*;

const GOOD: &str = "correct horse battery";

fn ip(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// Given many wrong passwords at the same time, then no more are checked than one after the other would be.
#[tokio::test(flavor = "multi_thread")]
async fn tries_at_once_count_as_tries() {
    let door = Arc::new(Door::new());
    let hash = door.hash(GOOD.to_owned()).await;
    let knocks: Vec<_> = (0..40)
        .map(|_| {
            let (door, hash) = (door.clone(), hash.clone());
            tokio::spawn(async move { door.knock("ana", None, at(0), hash, "wrong".into()).await })
        })
        .collect();
    let mut wrong = 0;
    for knock in knocks {
        wrong += usize::from(knock.await.expect("it ends") == Knock::Wrong);
    }
    assert_eq!(wrong, BY_PAIR);
    assert_eq!(door.knock("ana", None, at(1), hash.clone(), GOOD.into()).await, Knock::Wait, "this name waits");
    assert_eq!(door.knock("ana", None, at(61), hash, GOOD.into()).await, Knock::Right, "and not for ever");
}

/// Given more passwords than places, then the rest are told to wait and no more than two threads work; of made-up names alike.
#[tokio::test(flavor = "multi_thread")]
async fn few_are_hashed_and_few_wait() {
    for real in [true, false] {
        let door = Arc::new(Door::new());
        let hash = door.hash(GOOD.to_owned()).await.filter(|_| real);
        let lane = if real { &door.lane } else { &door.made_up };
        let held = lane.hashing.acquire_many(2).await.expect("a place");
        let knocks: Vec<_> = (0..WAITING + 10)
            .map(|n| {
                let (door, hash, from) = (door.clone(), hash.clone(), ip(&format!("192.0.2.{n}")));
                tokio::spawn(async move { door.knock(&format!("n{n}"), from, at(0), hash, "wrong".into()).await })
            })
            .collect();
        while lane.waiting.available_permits() > 0 || knocks.iter().filter(|k| k.is_finished()).count() < 10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(knocks.iter().filter(|k| k.is_finished()).count(), 10, "they need not wait to hear it");
        if !real {
            let hash = door.hash(GOOD.to_owned()).await;
            let ana = door.knock("ana", ip("198.51.100.1"), at(0), hash, GOOD.into()).await;
            assert_eq!(ana, Knock::Right, "made-up names take nobody's place");
        }
        knocks.iter().for_each(tokio::task::JoinHandle::abort);
        drop(held);
    }
}

/// Given a stranger who tries a person's name, then the person comes in from elsewhere; and from many strangers' addresses,
/// then still from where the person was seen before.
#[tokio::test]
async fn a_stranger_s_tries_do_not_keep_the_person_out() {
    let (door, home) = (Door::new(), ip("198.51.100.7"));
    let hash = door.hash(GOOD.to_owned()).await;
    for _ in 0..BY_PAIR {
        assert_eq!(door.knock("ana", ip("192.0.2.1"), at(0), hash.clone(), "wrong".into()).await, Knock::Wrong);
    }
    assert_eq!(door.knock("ana", ip("192.0.2.1"), at(1), hash.clone(), GOOD.into()).await, Knock::Wait);
    assert_eq!(door.knock("ana", home, at(1), hash.clone(), GOOD.into()).await, Knock::Right, "the first time there");
    for n in 0..BY_NAME {
        let _counted = door.count("ana", ip(&format!("203.0.113.{n}")), false, true, at(2));
    }
    let new = ip("198.51.100.8");
    assert_eq!(door.knock("ana", new, at(2), hash.clone(), GOOD.into()).await, Knock::Wait, "guessing ends somewhere");
    assert_eq!(door.knock("ana", home, at(2), hash.clone(), GOOD.into()).await, Knock::Right);
    assert_eq!(door.knock("ana", None, at(2), hash.clone(), GOOD.into()).await, Knock::Right, "on this machine");
    // A session that lives counts as much as a password that was right.
    door.met("ana", new);
    assert_eq!(door.knock("ana", new, at(2), hash.clone(), GOOD.into()).await, Knock::Right);
    for _ in 0..BY_PAIR {
        assert_ne!(door.knock("ana", home, at(3), hash.clone(), "wrong".into()).await, Knock::Right);
    }
    assert_eq!(door.knock("ana", home, at(3), hash, GOOD.into()).await, Knock::Wait, "there, too, nobody guesses on");
}

/// Given places that are all taken by strangers who know real names, then who comes from where they were seen gets one.
#[tokio::test]
async fn the_familiar_have_places_of_their_own() {
    let door = Door::new();
    let hash = door.hash(GOOD.to_owned()).await;
    let _all = door.lane.waiting.try_acquire_many(u32::try_from(WAITING).expect("few")).expect("the places");
    assert_eq!(door.knock("ana", ip("192.0.2.1"), at(0), hash.clone(), GOOD.into()).await, Knock::Wait);
    door.met("ana", ip("192.0.2.1"));
    assert_eq!(door.knock("ana", ip("192.0.2.1"), at(0), hash, GOOD.into()).await, Knock::Right);
}

/// Given made-up names, then they are told the same as a wrong password, and what is kept of them has an end.
#[tokio::test]
async fn made_up_names_are_answered_alike() {
    let door = Door::new();
    let hash = door.hash(GOOD.to_owned()).await;
    for (name, hash) in [("ana", hash), ("nobody", None)] {
        let mut told = Vec::new();
        for _ in 0..=BY_PAIR {
            told.push(door.knock(name, ip("192.0.2.1"), at(0), hash.clone(), "wrong".into()).await);
        }
        assert_eq!(told[BY_PAIR - 1..], [Knock::Wrong, Knock::Wait], "{name}");
    }
    for n in 0..2 * MADE_UP {
        let _counted = door.count(&format!("n{n}"), None, true, false, at(0));
    }
    assert_eq!(door.tries.lock().made_up.len(), MADE_UP);
}

/// Given strangers who tried made-up names, then whoever knows a password comes in.
#[tokio::test]
async fn a_right_password_passes_the_limit_on_all() {
    let door = Door::new();
    let hash = door.hash(GOOD.to_owned()).await;
    for n in 0..BY_ALL {
        let from = ip(&format!("192.0.2.{n}"));
        let counted = door.count(&format!("made-up-{n}"), from, false, false, at(0));
        assert_eq!(counted.map(|(crowded, _)| crowded), Some(false));
    }
    assert_eq!(door.knock("bo", None, at(1), hash.clone(), "wrong".into()).await, Knock::Wait);
    assert_eq!(door.knock("ana", None, at(1), hash.clone(), GOOD.into()).await, Knock::Right);
    assert_eq!(door.knock("ana", None, at(1), None, GOOD.into()).await, Knock::Wait, "who has no password");
}

/// Given one address that tries name after name, then it waits, and others do not.
#[tokio::test]
async fn an_address_has_its_own_limit() {
    let door = Door::new();
    let hash = door.hash(GOOD.to_owned()).await;
    let from = ip("198.51.100.7");
    for n in 0..BY_ADDRESS {
        assert!(door.count(&format!("n{n}"), from, false, false, at(0)).is_some());
    }
    assert_eq!(door.knock("ana", from, at(0), hash.clone(), GOOD.into()).await, Knock::Wait);
    assert_eq!(door.knock("ana", ip("198.51.100.8"), at(0), hash, GOOD.into()).await, Knock::Right);
    assert_eq!(door.count("x", from, false, false, at(60)).map(|(crowded, _)| crowded), Some(false));
}

#[test]
fn the_address_is_the_proxys_word_only_on_this_machine() {
    let of = |peer: &str, forwarded: Option<&str>| {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(ip(peer).expect("an address"), 1)));
        if let Some(line) = forwarded {
            request.headers_mut().insert("x-forwarded-for", line.parse().expect("a value"));
        }
        address(request.extensions(), request.headers())
    };
    assert_eq!(of("192.0.2.1", Some("203.0.113.9")), ip("192.0.2.1"), "a stranger says what he likes");
    assert_eq!(of("127.0.0.1", Some("10.0.0.1, 203.0.113.9")), ip("203.0.113.9"));
    assert_eq!(of("::ffff:127.0.0.1", Some("2001:db8::1:2:3:4")), ip("2001:db8::"));
    assert_eq!(of("127.0.0.1", None), None);
    assert_eq!(of("127.0.0.1", Some("127.0.0.1")), None);
}
