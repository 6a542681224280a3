//! Properties over all IANA zones of the compiled-in database, around their changes of the clocks.

use std::collections::BTreeSet;

use jiff::civil::Time;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use noout_types::ScheduleId;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use super::reference::Scan;
use super::{person, zone};
use crate::turns::Turns;
use crate::{Hours, Override, Rotation, Schedule, Shift, Turn, Unit, Weekday, first_instant};

pub(super) const ALL_WEEK: [Weekday; 7] =
    [Weekday::Mo, Weekday::Tu, Weekday::We, Weekday::Th, Weekday::Fr, Weekday::Sa, Weekday::Su];

pub(super) fn zones() -> Vec<String> {
    let names: Vec<String> = TimeZoneDatabase::bundled()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| crate::clock::zone(name).is_some())
        .collect();
    assert!(names.len() > 400, "the whole database: {}", names.len());
    names
}

/// Changes of a zone's clock in 1980 to 2040.
pub(super) fn changes(zone: &TimeZone) -> Vec<Timestamp> {
    let (from, to): (Timestamp, Timestamp) =
        ("1980-01-01T00:00Z".parse().expect("an instant"), "2040-01-01T00:00Z".parse().expect("an instant"));
    zone.following(from).map(|change| change.timestamp()).take_while(|at| *at < to).collect()
}

pub(super) fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

pub(super) fn plus(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).expect("in range")
}

/// Quarters of an hour, so that a scan by quarters meets every boundary.
fn quarter_time() -> impl Strategy<Value = Time> {
    (0..96_i8).prop_map(|q| Time::new(q / 4, q % 4 * 15, 0, 0).expect("a time"))
}

fn some_hours() -> impl Strategy<Value = Option<Hours>> {
    let range = (0..96_u16, 0..=96_u16).prop_filter_map("not empty", |(b, e)| {
        let text = format!("{:02}:{:02}-{:02}:{:02}", b / 4, b % 4 * 15, e / 4, e % 4 * 15);
        text.parse::<Hours>().ok().filter(|hours| !hours.is_empty())
    });
    prop::option::of(range)
}

/// A rotation in any zone that starts some days before a change of its clock, and that change.
fn near_a_change(restricted: bool) -> impl Strategy<Value = (Rotation, Timestamp)> {
    let unit = prop_oneof![Just(Unit::Hour), Just(Unit::Day), Just(Unit::Week), Just(Unit::Month)];
    let duty = (subsequence(ALL_WEEK.to_vec(), 1..=7), some_hours());
    let shape = (unit, 1..40_u32, quarter_time(), 0..12_i64, 1..5_usize, duty);
    (prop::sample::select(zones()), any::<Index>(), shape).prop_map(
        move |(name, pick, (unit, every, time, before, people, (weekdays, hours_on)))| {
            let zone = zone(&name);
            let changes = changes(&zone);
            let change = if changes.is_empty() {
                "2026-03-29T01:00Z".parse().expect("an instant")
            } else {
                changes[pick.index(changes.len())]
            };
            let start = zone.to_datetime(plus(change, hours(-24 * before))).date().to_datetime(time);
            let rotation = Rotation {
                name: "r".to_owned(),
                people: (0..people).map(|i| Turn(vec![person(&format!("p{i}"))])).collect(),
                unit,
                every: if unit == Unit::Hour { every } else { every % 3 + 1 },
                start,
                weekdays: if restricted { weekdays } else { Vec::new() },
                hours: hours_on.filter(|_| restricted),
                timezone: Some(name),
                layer: 0,
            };
            (rotation, change)
        },
    )
}

pub(super) fn schedule_of(rotation: &Rotation) -> Schedule {
    Schedule {
        id: ScheduleId::new("ops").expect("an id"),
        timezone: "UTC".to_owned(),
        coverage: 1,
        fallback: None,
        coverage_notice_days: 7,
        coverage_page: noout_types::Span::from_hours(12),
        handoff: true,
        swap_approval: false,
        rotations: vec![rotation.clone()],
    }
}

pub(super) fn begin(rotation: &Rotation) -> Timestamp {
    let zone = zone(rotation.timezone.as_deref().expect("its own zone"));
    first_instant(&zone, rotation.start).expect("in the calendar")
}

#[test]
fn every_change_of_every_zone_keeps_boundaries_monotonic() {
    // By half hours from 30 before to 30 after each change of the clocks in sixty years. Zones that change alike count once.
    let mut seen = BTreeSet::new();
    let half = SignedDuration::from_mins(30);
    for name in zones() {
        let zone = zone(&name);
        for change in changes(&zone) {
            let offset = |at| zone.to_offset(at).seconds();
            if !seen.insert((change, offset(plus(change, hours(-1))), offset(change))) {
                continue;
            }
            let mut civil = zone.to_datetime(plus(change, hours(-30)));
            let mut last = first_instant(&zone, civil).expect("in the calendar");
            for _ in 0..120 {
                civil = civil.checked_add(half).expect("in range");
                let next = first_instant(&zone, civil).expect("in the calendar");
                assert!(next >= last, "{name}: {civil} is {next}, before {last}");
                assert!(zone.to_datetime(next) >= civil, "{name}: at {next} the clock has not yet shown {civil}");
                let before = plus(next, SignedDuration::from_secs(-1));
                assert!(zone.to_datetime(before) < civil, "{name}: {next} is not the first instant of {civil}");
                last = next;
            }
        }
    }
    assert!(seen.len() > 1000, "{} changes", seen.len());
}

proptest! {
    #[test]
    fn a_rotation_without_hours_has_no_gap_and_no_overlap((rotation, change) in near_a_change(false), days in 1..90_i64) {
        let from = begin(&rotation).max(plus(change, hours(-72)));
        let to = plus(from, hours(24 * days));
        let shifts = schedule_of(&rotation).shifts(&[], from, to);
        prop_assert_eq!(shifts.first().map(|s| s.start), Some(from));
        prop_assert_eq!(shifts.last().map(|s| s.end), Some(to));
        for pair in shifts.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
            prop_assert_ne!(&pair[0].people, &pair[1].people, "neighbours are merged");
        }
        prop_assert!(shifts.iter().all(|s| s.start < s.end && s.people.len() == 1));
    }

    #[test]
    fn boundaries_are_monotonic_and_turns_lie_between_them((rotation, change) in near_a_change(true), after in -48..48_i64) {
        let turns = Turns::new(&rotation, "UTC").expect("a valid rotation");
        let at = begin(&rotation).max(plus(change, hours(after)));
        let (turn, end) = turns.turn_at(at);
        for n in turn.saturating_sub(30)..turn + 30 {
            prop_assert!(turns.boundary(n) <= turns.boundary(n + 1), "turn {}", n);
        }
        prop_assert!(turns.boundary(turn).is_some_and(|start| start <= at));
        prop_assert_eq!(turns.boundary(turn + 1), Some(end));
        prop_assert!(end > at);
    }

    #[test]
    fn the_arithmetic_agrees_with_counting((rotation, _) in near_a_change(true)) {
        let schedule = schedule_of(&rotation);
        let start = begin(&rotation);
        let zone = zone(rotation.timezone.as_deref().expect("its own zone"));
        let mut scan = Scan::new(&rotation, zone, start);
        let quarter = SignedDuration::from_mins(15);
        let shifts = schedule.shifts(&[], start, plus(start, hours(24 * 14)));
        let mut at = start;
        for step in 0..96 * 14 {
            scan.sees(at);
            // Every fifth quarter of an hour, which over five days meets every quarter of a day.
            if step % 5 == 0 {
                let want = scan.on_duty().then(|| format!("p{}", scan.turns() % rotation.people.len()));
                let found = shifts.iter().find(|s| s.start <= at && at < s.end).map(|s| s.people[0].to_string());
                prop_assert_eq!(found, want, "at {} ({})", at, scan.shown());
            }
            at = plus(at, quarter);
        }
    }

    #[test]
    fn shifts_agree_with_on_call_under_overrides(
        (rotation, change) in near_a_change(true),
        overrides in overrides(),
        instants in prop::collection::vec(-300_000..600_000_i64, 12),
    ) {
        let schedule = schedule_of(&rotation);
        let overrides = placed(overrides, change);
        let (from, to) = (plus(change, hours(-100)), plus(change, hours(200)));
        let shifts = schedule.shifts(&overrides, from, to);
        for seconds in instants {
            let at = plus(change, SignedDuration::from_secs(seconds));
            let by_shift: Vec<&Shift> = shifts.iter().filter(|s| s.start <= at && at < s.end).collect();
            let now = schedule.on_call(&overrides, at);
            prop_assert_eq!(by_shift.len(), now.len());
            for (shift, now) in by_shift.iter().zip(&now) {
                prop_assert_eq!(&shift.people, &now.people);
                prop_assert!(shift.end == now.until || (shift.end == to && now.until > to));
            }
            let change = schedule.next_change(&overrides, at);
            if let [now] = now.as_slice() {
                prop_assert!(change == Some(now.until) || change.is_none());
            }
            prop_assert!(change.is_none_or(|next| next > at));
        }
    }

    #[test]
    fn cutting_the_question_cuts_the_answer(
        (rotation, change) in near_a_change(true),
        overrides in overrides(),
        (a, b) in (-300_000..300_000_i64, 0..300_000_i64),
    ) {
        let schedule = schedule_of(&rotation);
        let overrides = placed(overrides, change);
        let whole = schedule.shifts(&overrides, plus(change, hours(-100)), plus(change, hours(200)));
        let from = plus(change, SignedDuration::from_secs(a));
        let to = plus(from, SignedDuration::from_secs(b));
        let cut: Vec<Shift> = whole
            .into_iter()
            .map(|s| Shift { start: s.start.max(from), end: s.end.min(to), ..s })
            .filter(|s| s.start < s.end)
            .collect();
        prop_assert_eq!(schedule.shifts(&overrides, from, to), cut);
    }

    #[test]
    fn gaps_are_where_too_few_are_on(
        (rotation, change) in near_a_change(true),
        overrides in overrides(),
        instants in prop::collection::vec(-300_000..600_000_i64, 12),
    ) {
        let schedule = schedule_of(&rotation);
        let overrides = placed(overrides, change);
        let reachable = |who: &noout_types::PersonId| who.as_str() != "p1";
        let gaps = schedule.gaps(&overrides, &[], &reachable, plus(change, hours(-100)), plus(change, hours(200)));
        for seconds in instants {
            let at = plus(change, SignedDuration::from_secs(seconds));
            let covered = schedule.on_call(&overrides, at).iter().flat_map(|on| &on.people).any(reachable);
            let gap = gaps.iter().any(|gap| gap.start <= at && at < gap.end);
            prop_assert_eq!(gap, !covered);
        }
        for pair in gaps.windows(2) {
            prop_assert!(pair[0].end < pair[1].start || pair[0].have != pair[1].have, "merged");
        }
    }
}

type Placed = (i64, i64, Option<usize>, usize, bool);

/// Start and length in seconds, whom, who, whether the rotation is named.
fn overrides() -> impl Strategy<Value = Vec<Placed>> {
    let one = (-200_000..400_000_i64, 1..300_000_i64, prop::option::of(0..6_usize), 0..6_usize, any::<bool>());
    prop::collection::vec(one, 0..6)
}

fn placed(overrides: Vec<Placed>, change: Timestamp) -> Vec<Override> {
    let numbered = overrides.into_iter().enumerate();
    numbered
        .map(|(id, (start, length, replaces, who, named))| Override {
            id: id as u64,
            schedule: ScheduleId::new("ops").expect("an id"),
            rotation: named.then(|| "r".to_owned()),
            replaces: replaces.map(|i| person(&format!("p{i}"))),
            person: person(&format!("p{who}")),
            start: plus(change, SignedDuration::from_secs(start)),
            end: plus(change, SignedDuration::from_secs(start + length)),
        })
        .collect()
}
