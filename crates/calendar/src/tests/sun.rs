//! Follow the sun: three offices, each on duty by day on its own wall clock.

use expect_test::expect;

use super::{at, schedule, shown};
use crate::Schedule;

/// Madrid, Montreal and Auckland hand the day around. Each stays a little longer than the next needs, for when clocks change on
/// different dates the hours between offices grow and shrink.
fn offices() -> Schedule {
    schedule(
        "id = 'ops'\ntimezone = 'UTC'\ncoverage = 1\n\
         [[rotation]]\nname = 'madrid'\ntimezone = 'Europe/Madrid'\npeople = ['ana', 'bo']\nstart = '2026-01-05T08:00'\nhours = '08:00-17:00'\n\
         [[rotation]]\nname = 'montreal'\ntimezone = 'America/Montreal'\npeople = ['cy', 'di']\nstart = '2026-01-05T08:00'\nhours = '09:00-19:00'\n\
         [[rotation]]\nname = 'auckland'\ntimezone = 'Pacific/Auckland'\npeople = ['eva', 'fay']\nstart = '2026-01-05T08:00'\nhours = '09:00-21:00'\n",
    )
}

#[test]
fn follow_the_sun_hands_the_day_around() {
    expect![[r#"
        Tue 13 Jan 00:00+00:00 → Tue 13 Jan 08:00+00:00     8h auckland fay
        Tue 13 Jan 07:00+00:00 → Tue 13 Jan 16:00+00:00     9h madrid bo
        Tue 13 Jan 14:00+00:00 → Wed 14 Jan 00:00+00:00    10h montreal di
        Tue 13 Jan 20:00+00:00 → Wed 14 Jan 00:00+00:00     4h auckland fay
    "#]]
    .assert_eq(&shown(&offices(), &[], "2026-01-13T00:00", "2026-01-14T00:00"));
}

#[test]
fn follow_the_sun_has_no_gap_in_two_years_of_changing_clocks() {
    let (from, to) = (at("UTC", "2026-01-13T00:00"), at("UTC", "2028-01-13T00:00"));
    assert_eq!(offices().gaps(&[], &[], &|_| true, from, to), []);
}
