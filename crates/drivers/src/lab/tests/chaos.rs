//! Whatever is asked and broken, in whatever order: the guests are conserved.

use proptest::prelude::*;

use super::super::BREAK_WORDS;
use super::*;

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Ask(Act),
    Break(Break),
    Mend(Break),
}

fn a_host() -> impl Strategy<Value = String> {
    (1u32..=5).prop_map(|n| format!("pve{n}"))
}

fn an_act() -> impl Strategy<Value = Act> {
    let guest = (101u32..=160).prop_map(|n| n.to_string());
    prop_oneof![
        4 => (guest, a_host(), a_host()).prop_map(|(g, from, to)| go(&g, &from, &to)),
        1 => a_host().prop_map(|h| off(&h)),
        2 => a_host().prop_map(|h| on(&h)),
        1 => a_host().prop_map(|h| noout(&h)),
        1 => a_host().prop_map(|h| clear(&h)),
    ]
}

fn a_break() -> impl Strategy<Value = Break> {
    (0..BREAK_WORDS.len(), a_host(), 1u32..=6, 101u32..=160, 0u32..10).prop_map(|(which, host, fan, guest, osd)| {
        // There is a monitor on every other host only.
        let host = if BREAK_WORDS[which].0 == "mon HOST" { "pve3".to_owned() } else { host };
        let words = BREAK_WORDS[which].0.replace("HOST", &host).replace("FAN", &format!("FAN{fan}"));
        let words = words.replace("GUEST", &guest.to_string()).replace("NUMBER", &osd.to_string());
        words.parse().expect("a break in words")
    })
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u64..90).prop_map(Step::Wait),
        1 => (90u64..1_500).prop_map(Step::Wait),
        6 => an_act().prop_map(Step::Ask),
        2 => a_break().prop_map(Step::Break),
        2 => a_break().prop_map(Step::Mend),
    ]
}

fn walk(bench: &mut Bench, steps: &[Step], stride: u64) {
    for step in steps {
        match step {
            Step::Wait(secs) => {
                for _ in 0..secs / stride {
                    bench.after(stride);
                }
                bench.after(secs % stride);
            }
            Step::Ask(act) => drop(bench.ensure(act)),
            Step::Break(what) => drop(bench.world.provoke(bench.now, what)),
            Step::Mend(what) => drop(bench.world.mend(bench.now, what)),
        }
        assert_eq!(bench.world.check(), Ok(()), "after {step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn guests_are_conserved(steps in prop::collection::vec(a_step(), 1..60)) {
        let mut bench = Bench::new();
        walk(&mut bench, &steps, 1_000);
        // Once everything is mended and powered on, the cluster is whole again by itself.
        drop(bench.world.mend_all(bench.now));
        drop(bench.world.mend_all(bench.now));
        bench.after(60);
        for name in ["pve1", "pve2", "pve3", "pve4", "pve5"] {
            bench.done(&on(name));
        }
        bench.after(4 * 3_600);
        prop_assert!(bench.storage("pve1").all_clean(), "{:?}", bench.storage("pve1").pgs);
        prop_assert!(bench.world.guests.values().all(|g| !g.lost));
        prop_assert_eq!(bench.world.check(), Ok(()));
    }

    #[test]
    fn in_one_step_or_in_many_and_saved_in_between_it_is_the_same_world(
        steps in prop::collection::vec(a_step(), 1..30),
        stride in 1u64..50,
        at in 0usize..30,
    ) {
        let mut whole = Bench::new();
        walk(&mut whole, &steps, 10_000);
        let mut bits = Bench::new();
        let (first, rest) = steps.split_at(at.min(steps.len()));
        walk(&mut bits, first, stride);
        let text = serde_json::to_string(&bits.world).expect("a world is JSON");
        bits.world = serde_json::from_str(&text).expect("its own JSON is a world");
        walk(&mut bits, rest, stride);
        prop_assert_eq!(whole.world, bits.world);
    }
}

#[test]
fn another_seed_is_another_world_and_the_same_seed_the_same() {
    assert_eq!(World::new(3), World::new(3));
    assert_ne!(World::new(3).compute_view(Timestamp::UNIX_EPOCH), World::new(4).compute_view(Timestamp::UNIX_EPOCH));
}

#[test]
fn a_clock_that_is_set_back_stands_still_for_the_lab() {
    let mut bench = Bench::new();
    bench.ensure(&go("103", "pve3", "pve4"));
    bench.after(600);
    let before = bench.world.clone();
    bench.world.advance(Timestamp::UNIX_EPOCH);
    assert_eq!(bench.world, before);
}

#[test]
fn the_next_event_tells_when_to_look_again() {
    let mut bench = Bench::new();
    assert_eq!(bench.world.next_event(), None, "a healthy cluster rests");
    bench.world.set_speed(bench.now, 20.0);
    let act = go("103", "pve3", "pve4");
    bench.ensure(&act);
    let at = bench.world.next_event().expect("the move's end");
    assert!(matches!(bench.world.ensure(at, &act), noout_core::platform::Ensured::Done(_)));
}
