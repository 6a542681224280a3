use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use noout_core::platform::Ensured;

use super::super::{BREAK_WORDS, Clock, Lab, LabError, Mischief};
use super::*;
use crate::{Compute, DriverError, Sensors, Storage};

/// A clock that the test turns by hand.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn clock(&self) -> Clock {
        let ms = Arc::clone(&self.0);
        Arc::new(move || Timestamp::from_millisecond(ms.load(Ordering::SeqCst)).expect("within time"))
    }

    fn turn(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

fn breaks(words: &str) -> Break {
    words.parse().expect("a break in words")
}

#[tokio::test]
async fn the_world_in_a_file_outlives_whoever_looks_at_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("lab.json");
    let hand = Hand::default();
    let act = go("103", "pve3", "pve4");
    {
        let lab = Lab::open(&path, 7, hand.clock(), 1.0).expect("a new lab");
        assert!(matches!(Compute::ensure(&lab, &act).await, Ensured::Running { .. }));
        assert!(matches!(Storage::ensure(&lab, &noout("pve3")).await, Ensured::Done(_)));
    }
    hand.turn(600_000);
    let lab = Lab::open(&path, 99, hand.clock(), 1.0).expect("the same lab");
    let out = Compute::ensure(&lab, &act).await;
    assert!(matches!(&out, Ensured::Done(out) if out.pause_ms.is_some() && !out.already), "{out:?}");
    let world = lab.world().expect("the world");
    assert_eq!((world.seed(), world.times_accepted(&act), world.times_accepted(&noout("pve3"))), (7, 1, 1));
}

#[tokio::test]
async fn two_labs_with_one_file_are_one_world() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("lab.json");
    let hand = Hand::default();
    assert!(matches!(Lab::attach(&path, hand.clock()), Err(LabError::File { .. })), "nobody has begun it");
    let server = Lab::open(&path, 7, hand.clock(), 20.0).expect("a new lab");
    let cli = Lab::attach(&path, hand.clock()).expect("the same lab");
    cli.provoke(&breaks("bmc pve3")).expect("it breaks");
    let silent = server.poll().await.into_iter().filter(|p| p.readings.is_err()).count();
    assert_eq!(silent, 1);
    cli.mend(&breaks("bmc pve3")).expect("it is mended");
    assert!(server.poll().await.iter().all(|p| p.readings.is_ok()));
    assert!((cli.world().expect("the world").speed() - 20.0).abs() < f64::EPSILON);
    assert!(matches!(cli.mend(&breaks("bmc pve3")), Err(LabError::Mischief(Mischief::NotBroken { .. }))));
}

#[test]
fn many_hands_at_one_file_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("lab.json");
    let hand = Hand::default();
    Lab::open(&path, 7, hand.clock(), 1.0).expect("a new lab");
    std::thread::scope(|s| {
        for n in 1..=6 {
            let (path, clock) = (&path, hand.clock());
            s.spawn(move || {
                let lab = Lab::attach(path, clock).expect("the same lab");
                for host in 1..=5 {
                    lab.provoke(&breaks(&format!("fan-dead pve{host} FAN{n}"))).expect("it breaks");
                }
            });
        }
    });
    let world = Lab::attach(&path, hand.clock()).expect("the same lab").world().expect("the world");
    assert_eq!(world.broken().count(), 30);
}

#[tokio::test]
async fn speed_shortens_everything() {
    let hand = Hand::default();
    let lab = Lab::in_memory(7, hand.clock(), 20.0);
    for moved in ["103", "113"] {
        Compute::ensure(&lab, &go(moved, "pve3", "pve4")).await;
    }
    hand.turn(4_000);
    let out = Compute::ensure(&lab, &go("103", "pve3", "pve4")).await;
    assert!(matches!(out, Ensured::Done(_)), "80 lab seconds are over: {out:?}");
}

#[tokio::test]
async fn without_monitors_the_storage_does_not_answer() {
    let hand = Hand::default();
    let lab = Lab::in_memory(7, hand.clock(), 1_000.0);
    for mon in ["mon pve1", "mon pve3"] {
        lab.provoke(&breaks(mon)).expect("it breaks");
    }
    hand.turn(1_000);
    let seen = Storage::observe(&lab, &host("pve2")).await;
    assert!(matches!(seen, Err(DriverError::Unreachable { .. })), "{seen:?}");
    assert!(Compute::observe(&lab).await.is_ok());
}

#[tokio::test]
async fn each_half_refuses_the_others_acts() {
    let lab = Lab::in_memory(7, Hand::default().clock(), 1.0);
    assert!(matches!(Compute::ensure(&lab, &noout("pve3")).await, Ensured::Refused { .. }));
    assert!(matches!(Storage::ensure(&lab, &off("pve3")).await, Ensured::Refused { .. }));
    assert!(lab.world().expect("the world").acts.is_empty());
}

#[test]
fn a_file_that_holds_something_else_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("lab.json");
    std::fs::write(&path, "{\"people\": 3}").expect("a file");
    let refused = Lab::open(&path, 7, Hand::default().clock(), 1.0);
    assert!(matches!(refused, Err(LabError::Foreign { .. })));
    assert_eq!(std::fs::read_to_string(&path).expect("it is still there"), "{\"people\": 3}");
}

#[test]
fn every_break_reads_as_it_is_written() {
    for (usage, _) in BREAK_WORDS {
        let words = usage.replace("HOST", "pve3").replace("FAN", "FAN3").replace("GUEST", "103").replace("NUMBER", "4");
        let parsed = breaks(&words);
        assert_eq!(parsed.to_string(), words);
    }
    for bad in ["", "fan", "fan pve3", "fan pve3 FAN3 now", "explode", "osd four"] {
        let err = bad.parse::<Break>().expect_err(bad);
        assert!(err.to_string().contains("fan HOST FAN"), "{err}");
    }
}

#[test]
fn what_the_lab_does_not_have_cannot_be_broken() {
    let lab = Lab::in_memory(7, Hand::default().clock(), 1.0);
    for (words, has) in [
        ("fan pve9 FAN3", "pve1, pve2"),
        ("fan pve3 FAN7", "FAN1 to FAN6"),
        ("osd 10", "0 to 9"),
        ("mon pve2", "pve1, pve3, pve5"),
        ("backup 999", "101 to 160"),
    ] {
        let err = lab.provoke(&breaks(words)).expect_err(words).to_string();
        assert!(err.contains(has), "{err}");
    }
}

#[test]
fn everything_that_can_be_broken_can_be_mended() {
    let mut lab = Bench::new();
    for (usage, _) in BREAK_WORDS {
        let words = usage.replace("HOST", "pve3").replace("FAN", "FAN3").replace("GUEST", "102").replace("NUMBER", "8");
        if words.starts_with("hand-move") || words.starts_with("backup") || words == "quorum" {
            continue; // A guest cannot be moved to a host that is down, and those two forbid it.
        }
        lab.provoke(&words);
    }
    lab.after(200);
    lab.world.mend_all(lab.now).expect("all is mended");
    lab.after(3_600);
    assert_eq!(lab.world.broken().count(), 0);
    assert_eq!(lab.codes(), Vec::<String>::new());
    assert!(lab.compute().inventory.hosts.iter().all(|h| h.state == noout_plan::HostState::Online));
    assert!(lab.storage("pve1").all_clean());
}
