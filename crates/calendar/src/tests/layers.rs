//! One rotation in the place of others.

use expect_test::expect;
use noout_types::ScheduleId;

use super::{at, on, person, schedule, shown};
use crate::{Override, Schedule};

/// Ana and bo by weeks side by side with cy; at Christmas di alone instead of all of them.
fn with_holidays() -> Schedule {
    schedule(
        "id = 'ops'\ntimezone = 'UTC'\n\
         [[rotation]]\nname = 'primary'\npeople = ['ana', 'bo']\nunit = 'week'\nstart = '2026-01-05T09:00'\n\
         [[rotation]]\nname = 'secondary'\npeople = ['cy']\nstart = '2026-01-05T09:00'\n\
         [[rotation]]\nname = 'nights'\npeople = ['di']\nstart = '2026-01-05T09:00'\nhours = '20:00-08:00'\nlayer = 1\n",
    )
}

#[test]
fn a_higher_layer_replaces_the_lower_ones_while_it_has_somebody_on() {
    expect![[r#"
        Mon 05 Jan 09:00+00:00 → Mon 05 Jan 20:00+00:00    11h primary ana
        Mon 05 Jan 09:00+00:00 → Mon 05 Jan 20:00+00:00    11h secondary cy
        Mon 05 Jan 20:00+00:00 → Tue 06 Jan 08:00+00:00    12h nights di
        Tue 06 Jan 08:00+00:00 → Tue 06 Jan 12:00+00:00     4h primary ana
        Tue 06 Jan 08:00+00:00 → Tue 06 Jan 12:00+00:00     4h secondary cy
    "#]]
    .assert_eq(&shown(&with_holidays(), &[], "2026-01-05T09:00", "2026-01-06T12:00"));
}

#[test]
fn rotations_of_one_layer_stand_side_by_side() {
    let mut flat = with_holidays();
    flat.rotations[2].layer = 0;
    assert_eq!(on(&flat, &[], at("UTC", "2026-01-05T21:00")), "ana cy di");
    flat.rotations.iter_mut().for_each(|r| r.layer = 7);
    assert_eq!(on(&flat, &[], at("UTC", "2026-01-05T21:00")), "ana cy di");
}

#[test]
fn who_was_put_on_by_hand_is_on_whatever_the_layers_say() {
    let night = Override {
        id: 1,
        schedule: ScheduleId::new("ops").expect("an id"),
        rotation: Some("primary".to_owned()),
        replaces: None,
        person: person("eva"),
        start: at("UTC", "2026-01-05T18:00"),
        end: at("UTC", "2026-01-05T22:00"),
    };
    let all = std::slice::from_ref(&night);
    assert_eq!(on(&with_holidays(), all, at("UTC", "2026-01-05T19:00")), "eva cy");
    assert_eq!(on(&with_holidays(), all, at("UTC", "2026-01-05T21:00")), "eva di");
    // Instead of somebody whom the layer above replaces anyway, there is nobody to stand in for.
    let for_ana = Override { replaces: Some(person("ana")), ..night };
    assert_eq!(on(&with_holidays(), &[for_ana], at("UTC", "2026-01-05T21:00")), "di");
}

#[test]
fn a_layer_that_has_not_begun_replaces_nobody() {
    let mut later = with_holidays();
    later.rotations[2].start = "2026-02-01T09:00".parse().expect("a time");
    assert_eq!(on(&later, &[], at("UTC", "2026-01-31T21:00")), "bo cy");
    assert_eq!(on(&later, &[], at("UTC", "2026-02-01T21:00")), "di");
}

#[test]
fn a_layer_alone_is_a_gap_where_two_are_promised() {
    let (from, to) = (at("UTC", "2026-01-05T09:00"), at("UTC", "2026-01-07T09:00"));
    let gaps = with_holidays().gaps(&[], &[], &|_| true, from, to);
    assert_eq!(gaps.len(), 2, "each night: {gaps:?}");
    assert!(gaps.iter().all(|gap| gap.have == [person("di")]));
}

#[test]
fn crews_join_all_rotations_without_gap_or_overlap() {
    let schedule = with_holidays();
    let (from, to) = (at("UTC", "2026-01-01T00:00"), at("UTC", "2026-03-01T00:00"));
    let crews = schedule.crews(&[], from, to);
    assert_eq!(crews.first().map(|c| c.start), Some(from));
    assert_eq!(crews.last().map(|c| c.end), Some(to));
    assert!(crews[0].people.is_empty(), "before the start nobody is on");
    for pair in crews.windows(2) {
        assert_eq!(pair[0].end, pair[1].start);
        assert_ne!(pair[0].people, pair[1].people, "neighbours are merged");
    }
    for crew in &crews {
        let now: Vec<_> = schedule.on_call(&[], crew.start).into_iter().flat_map(|on| on.people).collect();
        assert_eq!(crew.people, now.into_iter().collect());
    }
    assert_eq!(schedule.crews(&[], to, from), []);
}
