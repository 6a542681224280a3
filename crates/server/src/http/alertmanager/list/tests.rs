//! How long the writer waits for whoever asks.

use std::sync::atomic::{AtomicUsize, Ordering};

use noout_core::alert::{Ends, Posted};
use noout_core::engine::Command;
use noout_core::silence::SilenceCommand;
use noout_core::{Actor, Input, step};
use noout_types::{SourceId, Span};

use super::*;

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a time")
}

/// A state in which so many alerts fire, three an incident.
fn firing(count: usize) -> Core {
    let mut state = Core::new();
    let alert = |n: usize| {
        let labels = [("alertname", format!("A{}", n / 3)), ("instance", format!("db{n}"))];
        Posted::new(labels.into_iter().collect(), Ends::WhenResolved)
    };
    let source = SourceId::new("prom").expect("an id");
    // Within the usual rate of a source.
    for (minute, begin) in (0..count).step_by(500).enumerate() {
        let at = Span::from_mins(minute as u64).after(now());
        let alerts = (begin..count.min(begin + 500)).map(alert).collect();
        step(&mut state, at, Input::Alerts { source: source.clone(), alerts }).expect("never refused");
    }
    state
}

fn wanted(query: &str) -> Wanted {
    Wanted::read(Some(query)).expect("a question")
}

/// All that is listed, and in how many looks of each kind.
fn listed(state: &Core, order: Order, wanted: &Wanted) -> (serde_json::Value, usize, usize) {
    let (mut place, mut list, mut out) = (Place::new(order), List::new(order), b"[".to_vec());
    let (mut more, mut gathered, mut written) = (true, 0, 0);
    while more {
        let (found, further) = place.gather(state, wanted.compares());
        assert!(found.len() <= CHUNK, "one look gathers no more than a chunk");
        (more, gathered) = (further, gathered + 1);
        let passes = |c: &Candidate| c.compared.as_ref().is_none_or(|(labels, r)| wanted.takes(labels, r));
        let taken: Vec<_> = found.into_iter().filter(passes).collect();
        let mut taken = taken.as_slice();
        while !taken.is_empty() {
            let before = taken.len();
            taken = list.write(state, now(), wanted, taken, &mut out);
            let looked = before - taken.len();
            assert!(looked <= CHUNK && looked * rules(state) <= CHUNK_RULES.max(rules(state)), "{looked}");
            written += 1;
        }
    }
    list.end(&mut out);
    out.push(b']');
    (serde_json::from_slice(&out).expect("JSON"), gathered, written)
}

#[test]
fn each_look_is_bounded_and_the_list_whole() {
    let state = firing(2500);
    for (query, count) in [("", 2500), ("filter=instance=~\"db1.*\"", 1111), ("receiver=nobody", 0)] {
        let (all, gathered, _) = listed(&state, Order::Alerts, &wanted(query));
        assert_eq!((all.as_array().map(Vec::len), gathered), (Some(count), 3), "{query}");
        let (groups, gathered, _) = listed(&state, Order::Groups, &wanted(query));
        assert!(gathered <= 4, "{query}: {gathered}");
        let groups = groups.as_array().expect("groups").clone();
        let of = |group: &serde_json::Value| group["alerts"].as_array().map_or(0, Vec::len);
        assert_eq!(groups.iter().map(of).sum::<usize>(), count, "{query}");
        assert!(groups.iter().all(|g| (1..=3).contains(&of(g)) && g["labels"]["alertname"].is_string()));
    }
    assert_eq!(listed(&state, Order::Groups, &wanted("")).0.as_array().map(Vec::len), Some(834));
}

#[test]
fn many_silences_make_a_look_shorter() {
    let mut state = firing(300);
    for n in 0..600 {
        let matchers = format!("instance=\"none{n}\"").parse().expect("matchers");
        let (starts_at, ends_at) = (now(), Span::from_hours(9).after(now()));
        let (author, comment) = (Some("ana".into()), String::new());
        let set = SilenceCommand::Set { id: None, matchers, starts_at, ends_at, author, comment };
        let input = Input::Command { by: Actor::Local, command: Command::Silence(set) };
        step(&mut state, now(), input).expect("a silence");
    }
    let (all, _, looks) = listed(&state, Order::Alerts, &wanted(""));
    assert_eq!(all.as_array().map(Vec::len), Some(300));
    assert!(looks >= 300 * 600 / CHUNK_RULES, "{looks}");
}

/// Given a comparison that takes long, then one turn ends all the same, and the next goes on where it was.
#[tokio::test]
async fn comparing_gives_way() {
    let (compared, mut items) = (Arc::new(AtomicUsize::new(0)), VecDeque::from_iter(0..12));
    let count = compared.clone();
    let passes = Arc::new(move |n: &i32| {
        count.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(TURN);
        n % 2 == 0
    });
    let (mut kept, mut turns) = (Vec::new(), 0);
    while !items.is_empty() {
        let before = compared.load(Ordering::Relaxed);
        kept.extend(sift(&mut items, passes.clone()).await);
        assert_eq!(compared.load(Ordering::Relaxed), before + 1, "a turn is over after one of these");
        turns += 1;
    }
    assert_eq!((kept, turns), (vec![0, 2, 4, 6, 8, 10], 12));
}

#[test]
fn a_question_is_bounded() {
    let many = |n: usize| vec!["filter=a%3D~%22b.*%22"; n].join("&");
    assert!(Wanted::read(Some(&many(super::super::MAX_MATCHERS))).is_ok());
    let why = |query: &str| Wanted::read(Some(query)).err().unwrap_or_default();
    assert!(why(&many(33)).contains("allowed are at most 32"), "{}", why(&many(33)));
    let in_one = format!("filter={}", vec!["a%3Db"; 33].join(","));
    assert!(why(&in_one).contains("found 33 matchers"), "{}", why(&in_one));
    assert!(why("filter=a%3D~%22%5Cw%7B15%7D%22").contains("size limit"));
    assert!(why("receiver=%5Cw%7B15%7D").contains("size limit"));
    assert!(why(&"filter=&".repeat(40)).contains("at most 32"), "empty ones count, too");
    assert!(why(&"x=y&".repeat(5000)).contains("bytes"));
}
