use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::SensorState::{Bad, Missing, Ok as Fine};

mod csv;

const DAY: f64 = 86_400.0;

fn day(d: f64) -> Timestamp {
    Timestamp::from_millisecond(1_760_000_000_000 + (d * DAY * 1000.0) as i64).expect("within range")
}

fn host(id: &str) -> HostId {
    HostId::new(id).expect("valid")
}

fn sensor(id: &str) -> SensorId {
    SensorId::new(id).expect("valid")
}

fn key(h: &str, s: &str) -> Key {
    Key { host: host(h), sensor: sensor(s) }
}

fn sample(id: &str, state: SensorState) -> Sample {
    Sample { sensor: sensor(id), model: "R640 fan".to_owned(), state }
}

/// A fleet that is polled; each poll lists the sensors that are not OK, of the fans FAN1 to FAN8.
#[derive(Default)]
struct Bench {
    fleet: Fleet,
    journal: Vec<Changes>,
}

impl Bench {
    fn new(hosts: &[&str]) -> Self {
        let mut bench = Self::default();
        for h in hosts {
            bench.poll(h, 0.0, &[]);
        }
        bench
    }

    fn poll(&mut self, h: &str, d: f64, not_ok: &[(&str, SensorState)]) -> Vec<Finding> {
        let samples: Vec<Sample> = (1..=8)
            .map(|i| format!("FAN{i}"))
            .map(|id| {
                let state = not_ok.iter().find(|(s, _)| *s == id).map_or(Fine, |(_, state)| *state);
                sample(&id, state)
            })
            .collect();
        let changes = self.fleet.diff(&host(h), day(d), &samples);
        self.take(changes)
    }

    fn silent(&mut self, h: &str, d: f64) -> Vec<Finding> {
        let changes = self.fleet.diff_unreachable(&host(h), day(d));
        self.take(changes)
    }

    fn take(&mut self, changes: Option<Changes>) -> Vec<Finding> {
        let Some(changes) = changes else { return Vec::new() };
        let raised = self.fleet.apply(&changes);
        self.journal.push(changes);
        raised
    }

    /// Missing for one poll, back in the next.
    fn blink(&mut self, h: &str, d: f64, fans: &[&str]) -> Vec<Finding> {
        let gone: Vec<_> = fans.iter().map(|f| (*f, Missing)).collect();
        let mut raised = self.poll(h, d, &gone);
        raised.extend(self.poll(h, d + 0.001, &[]));
        raised
    }

    fn s(&self, h: &str, f: &str, d: f64) -> f64 {
        self.fleet.score(&key(h, f), day(d)).expect("known").s
    }
}

#[test]
fn the_fourth_dropout_in_four_days_is_found_and_said_in_words() {
    let mut bench = Bench::new(&["pve3"]);
    for d in [10.0, 11.0, 12.5] {
        assert_eq!(bench.blink("pve3", d, &["FAN3"]), []);
    }
    let raised = bench.blink("pve3", 13.1, &["FAN3"]);
    let [finding] = &raised[..] else { panic!("one finding, found {raised:?}") };
    assert_eq!(finding.key, key("pve3", "FAN3"));
    assert_eq!(finding.dropouts, [day(10.0), day(11.0), day(12.5), day(13.1)]);
    expect!["FAN3 of pve3 dropped out 4 times in 3 days 2 h; a sensor of this model drops out about once in 90 days"]
        .assert_eq(&finding.sentence());
    assert_eq!(bench.fleet.findings().count(), 1);
}

#[test]
fn the_same_dropouts_over_two_months_are_not_found() {
    let mut bench = Bench::new(&["pve3"]);
    for d in [10.0, 30.0, 50.0, 70.0] {
        assert_eq!(bench.blink("pve3", d, &["FAN3"]), []);
    }
}

#[test]
fn a_finding_is_raised_once_and_follows_what_happens() {
    let mut bench = Bench::new(&["pve3"]);
    let raised: usize = (0..50).map(|i| bench.blink("pve3", 10.0 + f64::from(i) * 0.1, &["FAN3"]).len()).sum();
    assert_eq!(raised, 1);
    let finding = bench.fleet.finding(&key("pve3", "FAN3")).expect("open");
    assert_eq!((finding.count, finding.last, finding.first), (50, day(14.9), day(10.0)));
    assert_eq!(finding.dropouts.len(), MAX_DROPOUTS_KEPT);
    assert_eq!(finding.dropouts.last(), Some(&day(14.9)));
}

#[test]
fn a_flapping_fan_does_not_blind_the_test_for_its_siblings() {
    let mut bench = Bench::new(&["pve3", "pve4"]);
    for i in 0..2000 {
        bench.blink("pve3", 10.0 + f64::from(i) * 0.01, &["FAN3"]);
    }
    let found: usize = [31.0, 32.0, 33.0, 34.0].iter().map(|d| bench.blink("pve4", *d, &["FAN1"]).len()).sum();
    assert_eq!(found, 1);
}

#[test]
fn staying_missing_is_one_event_and_heals_nothing() {
    let mut bench = Bench::new(&["pve3"]);
    bench.blink("pve3", 10.0, &["FAN3"]);
    bench.poll("pve3", 11.0, &[("FAN3", Missing)]);
    let s = bench.s("pve3", "FAN3", 11.0);
    for i in 0..100 {
        bench.poll("pve3", 11.0 + f64::from(i), &[("FAN3", Missing)]);
    }
    assert_eq!(bench.s("pve3", "FAN3", 200.0), s);
    assert_eq!(bench.fleet.score(&key("pve3", "FAN3"), day(200.0)).expect("known").events_in_window, 2);
    assert!(bench.poll("pve3", 200.0, &[]).is_empty());
    assert!(bench.s("pve3", "FAN3", 210.0) < s - 0.9, "back and OK, ten days take off a tenth each");
}

#[test]
fn missing_then_bad_then_ok_is_one_event() {
    let mut bench = Bench::new(&["pve3"]);
    bench.poll("pve3", 10.0, &[("FAN3", Missing)]);
    bench.poll("pve3", 10.1, &[("FAN3", Bad)]);
    bench.poll("pve3", 10.2, &[("FAN3", Missing)]);
    bench.poll("pve3", 10.3, &[]);
    assert_eq!(bench.fleet.score(&key("pve3", "FAN3"), day(10.3)).expect("known").events_in_window, 1);
}

#[test]
fn a_slot_that_was_always_empty_is_no_event() {
    let mut bench = Bench::default();
    bench.poll("pve3", 0.0, &[("FAN8", Missing)]);
    assert_eq!(bench.fleet.score(&key("pve3", "FAN8"), day(1.0)).expect("known").events_in_window, 0);
}

#[test]
fn several_sensors_at_once_charge_the_bmc() {
    let mut bench = Bench::new(&["pve3"]);
    let mut raised = Vec::new();
    for (d, also) in [(10.0, "FAN1"), (11.0, "FAN2"), (12.0, "FAN3"), (13.0, "FAN4")] {
        raised.extend(bench.blink("pve3", d, &[also, "FAN5", "FAN6"]));
    }
    assert_eq!(bench.s("pve3", "FAN5", 13.0), 0.0);
    let [finding] = &raised[..] else { panic!("one finding, found {raised:?}") };
    assert!(finding.common_cause);
    expect!["several sensors of pve3 dropped out in the same poll 4 times in 3 days, each time FAN5, FAN6; normal is about once in 90 days: look first at what these share"]
        .assert_eq(&finding.sentence());
}

#[test]
fn sensors_that_trickle_away_after_a_common_dropout_belong_to_it() {
    let mut bench = Bench::new(&["pve3"]);
    bench.poll("pve3", 10.0, &[("FAN1", Missing), ("FAN2", Missing)]);
    bench.poll("pve3", 10.1, &[("FAN1", Missing), ("FAN2", Missing), ("FAN3", Missing)]);
    assert_eq!(bench.s("pve3", "FAN3", 10.1), 0.0);
    assert_eq!(bench.fleet.score(&key("pve3", BMC), day(10.1)).expect("known").events_in_window, 1);
    // The two stay dead. The BMC is fine again all the same, and a third one's own dropouts count.
    let dead = [("FAN1", Missing), ("FAN2", Missing)];
    bench.poll("pve3", 10.2, &dead);
    bench.poll("pve3", 10.3, &[dead[0], dead[1], ("FAN3", Missing)]);
    assert!(bench.s("pve3", "FAN3", 10.3) > 2.0);
}

#[test]
fn a_bmc_with_one_sensor_charges_the_sensor() {
    let mut fleet = Fleet::default();
    let mut found = 0;
    for d in 0..5 {
        for (offset, state) in [(0.0, Fine), (0.5, Missing)] {
            if let Some(c) = fleet.diff(&host("h"), day(f64::from(d) + offset), &[sample("FAN1", state)]) {
                assert!(!c.common_cause);
                found += fleet.apply(&c).len();
            }
        }
    }
    assert_eq!(found, 1);
    assert_eq!(fleet.findings().next().map(|f| f.key.clone()), Some(key("h", "FAN1")));
}

#[test]
fn a_sensor_that_is_not_listed_is_missing_and_an_empty_poll_is_no_answer() {
    let mut bench = Bench::new(&["pve3"]);
    let changes = bench.fleet.diff(&host("pve3"), day(1.0), &[]);
    assert_eq!(changes, bench.fleet.diff_unreachable(&host("pve3"), day(1.0)));
    let seven: Vec<_> = (1..8).map(|i| sample(&format!("FAN{i}"), Fine)).collect();
    let changes = bench.fleet.diff(&host("pve3"), day(1.0), &seven);
    bench.take(changes);
    let states: Vec<_> = bench.fleet.sensors_of(&host("pve3")).filter(|(_, s, _)| *s == Missing).collect();
    assert_eq!(states, [(&sensor("FAN8"), Missing, day(1.0))]);
}

#[test]
fn a_silent_bmc_is_charged_when_it_answers_and_its_sensors_never() {
    let mut bench = Bench::new(&["pve3", "pve4"]);
    let mut raised = Vec::new();
    for d in [10.0, 11.0, 12.0, 13.0] {
        raised.extend(bench.silent("pve3", d));
        assert_eq!(bench.silent("pve3", d + 0.01), [], "still silent is no change");
        raised.extend(bench.poll("pve3", d + 0.02, &[]));
    }
    assert_eq!(bench.s("pve3", "FAN3", 13.1), 0.0);
    let [finding] = &raised[..] else { panic!("one finding, found {raised:?}") };
    expect!["the BMC of pve3 stopped answering 4 times in 3 days, each time alone; a BMC does so about once in 90 days: look at it and its cable"]
        .assert_eq(&finding.sentence());
}

#[test]
fn bmcs_that_fall_silent_together_are_not_charged() {
    let hosts = ["pve1", "pve2", "pve3"];
    let mut bench = Bench::new(&hosts);
    for d in [10.0, 10.1, 10.2, 10.3, 10.4, 10.5] {
        for (i, h) in hosts.iter().enumerate() {
            bench.silent(h, d + i as f64 * 0.001);
        }
        for h in hosts {
            assert_eq!(bench.poll(h, d + 0.05, &[]), []);
        }
    }
    assert_eq!(bench.s("pve1", BMC, 10.6), 0.0);
}

#[test]
fn while_nobody_looks_no_time_passes() {
    let mut bench = Bench::new(&["pve3"]);
    bench.blink("pve3", 10.0, &["FAN3"]);
    bench.silent("pve3", 11.0);
    let s = bench.s("pve3", "FAN3", 11.0);
    assert_eq!(bench.s("pve3", "FAN3", 40.0), s);
    bench.poll("pve3", 41.0, &[]);
    assert_eq!(bench.s("pve3", "FAN3", 41.0), s);
    assert!(bench.s("pve3", "FAN3", 51.0) < s);
}

#[test]
fn a_noisy_model_is_learned_from_its_siblings() {
    // Each of 16 fans glitches every 16 days, for a year.
    let mut bench = Bench::new(&["pve1", "pve2"]);
    let mut found = 0;
    for d in 1..365 {
        let (h, f) = (if d % 2 == 0 { "pve1" } else { "pve2" }, format!("FAN{}", d / 2 % 8 + 1));
        found += bench.blink(h, f64::from(d), &[&f]).len();
    }
    assert_eq!(found, 0);
    let score = bench.fleet.score(&key("pve2", "FAN2"), day(365.0)).expect("known");
    assert!((score.lambda0_per_day - 1.0 / 16.0).abs() < 0.01, "{score:?}");
    // And one that drops out often, by the measure of its kind, still is found.
    let hours = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0];
    let found: usize = hours.iter().map(|h| bench.blink("pve2", 366.0 + h / 24.0, &["FAN2"]).len()).sum();
    assert_eq!(found, 1);
}

#[test]
fn a_quiet_fleet_does_not_make_the_test_jumpy() {
    let hosts: Vec<String> = (0..100).map(|i| format!("h{i}")).collect();
    let mut bench = Bench::new(&hosts.iter().map(String::as_str).collect::<Vec<_>>());
    let found: usize = [700.0, 730.0, 760.0, 790.0, 820.0].iter().map(|d| bench.blink("h1", *d, &["FAN1"]).len()).sum();
    assert_eq!(found, 0);
    let score = bench.fleet.score(&key("h1", "FAN1"), day(820.1)).expect("known");
    assert!((score.lambda0_per_day - 1.0 / 90.0).abs() < 1e-6, "the floor holds: {score:?}");
}

#[test]
fn a_clock_that_goes_backwards_adds_no_time() {
    let mut bench = Bench::new(&["pve3"]);
    bench.blink("pve3", 10.0, &["FAN3"]);
    let s = bench.s("pve3", "FAN3", 10.001);
    assert_eq!(bench.s("pve3", "FAN3", 5.0), s);
    bench.blink("pve3", 5.0, &["FAN3"]);
    bench.blink("pve3", 5.1, &["FAN3"]);
    assert_eq!(bench.blink("pve3", 5.2, &["FAN3"]).len(), 1, "evidence from before the jump still counts");
}

#[test]
fn only_a_person_or_a_quiet_new_part_clears() {
    let mut bench = Bench::new(&["pve3"]);
    for d in [10.0, 10.1, 10.2, 10.3] {
        bench.blink("pve3", d, &["FAN3"]);
    }
    let fan = key("pve3", "FAN3");
    let refused = bench.fleet.clear(&fan, day(11.0), true).expect_err("the score is high");
    expect!["FAN3 of pve3 still has a score of 9.1: after a replaced part the finding ends by itself below 4.0; a person can clear it now"]
        .assert_eq(&refused.to_string());
    for i in 0..200 {
        bench.poll("pve3", 11.0 + f64::from(i), &[]);
    }
    assert_eq!(bench.fleet.findings().count(), 1, "time alone clears nothing");
    bench.fleet.clear(&fan, day(211.0), true).expect("quiet since the part was replaced");
    assert_eq!(bench.fleet.findings().count(), 0);
    let refused = bench.fleet.clear(&fan, day(212.0), false).expect_err("nothing is open");
    assert_eq!(refused.to_string(), "FAN3 of pve3 has no open finding");
    for d in [213.0, 213.1, 213.2] {
        assert_eq!(bench.blink("pve3", d, &["FAN3"]), []);
    }
    assert_eq!(bench.blink("pve3", 213.3, &["FAN3"]).len(), 1, "it can be found again");
    bench.fleet.clear(&fan, day(213.4), false).expect("a person may at any score");
}

#[test]
fn a_part_of_another_model_moves_to_its_population() {
    let mut bench = Bench::new(&["pve3"]);
    let new = Sample { sensor: sensor("FAN1"), model: "R650 fan".to_owned(), state: Fine };
    let mut all = vec![new];
    all.extend((2..=8).map(|i| sample(&format!("FAN{i}"), Fine)));
    let changes = bench.fleet.diff(&host("pve3"), day(5.0), &all).expect("the model changed");
    assert_eq!(changes.changes.len(), 1);
    bench.take(Some(changes));
    assert_eq!(bench.fleet.diff(&host("pve3"), day(6.0), &all), None);
    // A sensor that is gone says nothing about its model.
    all[0] = Sample { sensor: sensor("FAN1"), model: "unknown".to_owned(), state: Missing };
    let changes = bench.fleet.diff(&host("pve3"), day(7.0), &all).expect("it dropped out");
    assert_eq!(changes.changes[0].model, "R650 fan");
}

#[test]
fn a_bmc_that_invents_sensors_is_bounded() {
    let mut fleet = Fleet::default();
    for round in 0..5 {
        let many: Vec<_> = (0..1000).map(|i| sample(&format!("S{round}-{i}"), Fine)).collect();
        if let Some(c) = fleet.diff(&host("h"), day(f64::from(round)), &many) {
            fleet.apply(&c);
        }
    }
    assert!(fleet.sensors_of(&host("h")).count() <= MAX_SENSORS_PER_HOST + 1);
    fleet.forget_host(&host("h"), day(9.0));
    assert_eq!(fleet.sensors_of(&host("h")).count(), 0);
}

#[test]
fn models_that_do_not_fit_do_not_change_in_every_poll() {
    let mut fleet = Fleet::default();
    for h in 0..6 {
        let id = host(&format!("h{h}"));
        let many: Vec<_> = (0..900)
            .map(|i| Sample { sensor: sensor(&format!("S{i}")), model: format!("m{h}-{i}"), state: Fine })
            .collect();
        let changes = fleet.diff(&id, day(0.0), &many).expect("a new host");
        fleet.apply(&changes);
        assert_eq!(fleet.diff(&id, day(1.0), &many), None);
    }
}

#[test]
fn settings_out_of_range_are_named() {
    let err = Settings { ratio: 1.0, ..Settings::default() }.check().expect_err("ρ = 1 tests nothing");
    assert_eq!(err.to_string(), "ratio is 1: allowed is a number above 1, at the most 1000");
    assert!(Settings { threshold: f64::NAN, ..Settings::default() }.check().is_err());
}

#[derive(Debug, Clone)]
enum Op {
    Poll { host: u8, hours: f64, states: Vec<u8> },
    Silent { host: u8, hours: f64 },
    Clear { part: bool },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (0u8..3, -2.0..30.0f64, prop::collection::vec(0u8..12, 4))
            .prop_map(|(host, hours, states)| Op::Poll { host, hours, states }),
        1 => (0u8..3, 0.0..30.0f64).prop_map(|(host, hours)| Op::Silent { host, hours }),
        1 => any::<bool>().prop_map(|part| Op::Clear { part }),
    ]
}

proptest! {
    /// Given any polls, when only their changes are folded (and the fleet goes through JSON on the way), then the
    /// state is the same to the last bit.
    #[test]
    fn folding_the_changes_gives_the_same_fleet(ops in prop::collection::vec(op(), 1..150), cut in 0usize..150) {
        let (mut live, mut replayed, mut d) = (Fleet::default(), Fleet::default(), 0.0);
        for (i, op) in ops.into_iter().enumerate() {
            let changes = match op {
                Op::Poll { host: h, hours, states } => {
                    d += hours / 24.0;
                    let samples: Vec<_> = states
                        .iter()
                        .enumerate()
                        .filter(|(_, s)| **s != 1)
                        .map(|(i, s)| sample(&format!("F{i}"), match s { 0 => Missing, 2 => Bad, _ => Fine }))
                        .collect();
                    live.diff(&host(&format!("h{h}")), day(d), &samples)
                }
                Op::Silent { host: h, hours } => {
                    d += hours / 24.0;
                    live.diff_unreachable(&host(&format!("h{h}")), day(d))
                }
                Op::Clear { part } => {
                    let open = live.findings().next().map(|f| f.key.clone());
                    if let Some(key) = open {
                        prop_assert_eq!(live.clear(&key, day(d), part), replayed.clear(&key, day(d), part));
                    }
                    None
                }
            };
            if let Some(changes) = changes {
                let json = serde_json::to_string(&changes).expect("serialises");
                let again: Changes = serde_json::from_str(&json).expect("reads what it wrote");
                prop_assert_eq!(live.apply(&changes), replayed.apply(&again));
                prop_assert_eq!(live.diff_unreachable(&changes.host, day(d)), replayed.diff_unreachable(&changes.host, day(d)));
            }
            if i == cut {
                let json = serde_json::to_string(&replayed).expect("serialises");
                replayed = serde_json::from_str(&json).expect("reads what it wrote");
            }
        }
        prop_assert_eq!(&live, &replayed);
        for finding in live.findings() {
            let s = live.score(&finding.key, day(d)).expect("known").s;
            prop_assert!(s.is_finite() && s <= live.settings().ceiling());
            prop_assert!(finding.count >= 4 && !finding.sentence().is_empty());
        }
    }
}
