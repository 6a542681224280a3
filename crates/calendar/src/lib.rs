//! On-call schedules: who is on call, until when, and where fewer people are ready than were promised.
//!
//! Pure: instants come in as arguments, time zones come from the tz database that is compiled in, so the same schedule
//! gives the same answer on every machine.
//!
//! # How a rotation reads
//! - A rotation hands over on the **wall clock** of its zone: every boundary is `start` plus so many hours, days, weeks or
//!   months of calendar, and only then looked up in the zone. 01:30 stays 01:30 through every change of the clocks.
//!   A boundary in a skipped hour moves to the first valid instant (02:30 becomes 03:00, the next is 02:30 again); in a
//!   repeated hour it is the first occurrence. See [`first_instant`].
//! - Before `start` nobody is on.
//! - Without `hours`, a day of duty begins at the time of day of `start` and lasts until the same time of the next day.
//!   With `hours`, it is the hours that *begin* on that day, also when they end on the next one.
//! - With `unit = "day"` a turn counts days of duty only; the other units count the calendar and `weekdays` hides the rest.
//! - While a turn of a higher `layer` is on, the turns of lower layers are not. Layers look at turns alone; an override stands
//!   above all of them, so that who was put on by hand is on.
//! - Hours over midnight are one piece: a handover of days, weeks or months that falls between midnight and their end
//!   waits for that end.
//!
//! # Layout
//! [`Schedule`] and what it is made of are plain data. `clock` turns wall-clock times into instants, `turns` knows
//! whose turn it is at an instant, `layers` silences the turns below a higher layer, `walk` puts overrides on top and merges,
//! `query` answers the public questions, `report` counts hours by the wall clock of whoever worked them.

mod clock;
mod layers;
mod model;
mod moment;
mod query;
mod report;
mod text;
mod turns;
mod validate;
mod walk;
mod window;

pub use clock::first_instant;
pub use model::{Absence, Crew, Gap, OnCall, Override, Rotation, Schedule, Shift, Turn, Unit, Weekday};
pub use moment::{Moment, MomentError};
pub use report::{DayHours, NIGHT_BEGIN, NIGHT_END, day_hours, is_night};
pub use text::{Hours, HoursError};
pub use validate::{OverrideError, ScheduleError, ScheduleProblem, check_zone};
pub use window::{Window, WindowError};

/// How far any question looks ahead, in days: two years and some weeks. The promise of coverage needs 90 days and a
/// yearly rotation more than 366; what is asked beyond this is cut off, so that no answer can grow without bound.
pub const HORIZON_DAYS: i64 = 800;

/// How many days ahead coverage is looked at: the promise is that enough people are ready at every instant of them.
pub const COVERAGE_DAYS: u32 = 90;

/// The longest `coverage_page`, in days: two weeks before a gap nobody needs to be woken for it.
pub const MAX_COVERAGE_PAGE_DAYS: u64 = 14;

/// Most shifts in one answer; later ones are cut off. Four rotations that hand over every hour need 76 800 for the
/// whole horizon.
pub const MAX_SHIFTS: usize = 100_000;

/// Most rotations of one schedule: each is walked for each question.
pub const MAX_ROTATIONS: usize = 32;

/// Most turns of one rotation, and most people of one turn. A team is five to fifty people.
pub const MAX_PEOPLE: usize = 500;

/// Longest turn, in units. Beyond it the number is a typing error: 10 000 hours are more than a year.
pub const MAX_EVERY: u32 = 10_000;

/// First year in which a rotation may start: before 1970 the tz database is not complete.
pub const MIN_START_YEAR: i16 = 1970;

/// Last year in which a rotation may start: keeps all arithmetic far from the end of the calendar.
pub const MAX_START_YEAR: i16 = 2200;

#[cfg(test)]
mod tests;
