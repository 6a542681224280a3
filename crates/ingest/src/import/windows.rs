//! Stretches of the week as days and hours on duty.

use noout_calendar::Weekday;

/// Minutes of a day.
pub(super) const DAY: u32 = 24 * 60;

/// The days in their order.
pub(super) const DAYS: [Weekday; 7] =
    [Weekday::Mo, Weekday::Tu, Weekday::We, Weekday::Th, Weekday::Fr, Weekday::Sa, Weekday::Su];

/// A stretch of each week.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// The day on which it begins, 0 for Monday.
    pub(super) day: usize,
    /// The minute of that day.
    pub(super) begin: u32,
    /// How long it lasts, in minutes.
    pub(super) minutes: u32,
}

impl Window {
    /// The same hours on each day.
    pub(super) fn daily(begin: u32, minutes: u32) -> impl Iterator<Item = Self> {
        (0..DAYS.len()).map(move |day| Self { day, begin, minutes })
    }
}

/// Hours of some days, as a rotation has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Duty {
    /// Empty for all.
    pub(super) weekdays: Vec<Weekday>,
    /// Minutes of the day; `None` for all of them.
    pub(super) hours: Option<(u16, u16)>,
}

/// The fewest rotations' worth of days and hours that are these windows: days with the same hours go together. Stretches of
/// more than a day are cut at midnight, because hours belong to the day on which they begin.
pub(super) fn duties(windows: impl IntoIterator<Item = Window>) -> Vec<Duty> {
    let mut pieces: Vec<((u32, u32), Vec<usize>)> = Vec::new();
    let mut add = |day: usize, begin: u32, end: u32| {
        let day = day % DAYS.len();
        match pieces.iter_mut().find(|(hours, _)| *hours == (begin, end)) {
            Some((_, days)) if days.contains(&day) => {}
            Some((_, days)) => days.push(day),
            None => pieces.push(((begin, end), vec![day])),
        }
    };
    for Window { mut day, begin, minutes } in windows {
        // Nothing lasts longer than the week in which it comes back.
        let mut left = minutes.min(7 * DAY);
        let mut begin = begin % DAY;
        if left < DAY {
            // Less than a day stays in one piece, over midnight too.
            let end = if (begin + left) == DAY { DAY } else { (begin + left) % DAY };
            if left > 0 {
                add(day, begin, end);
            }
            continue;
        }
        while left > 0 {
            let end = DAY.min(begin + left);
            add(day, begin, end);
            left -= end - begin;
            (day, begin) = (day + 1, 0);
        }
    }
    pieces
        .into_iter()
        .map(|((begin, end), mut days)| {
            days.sort_unstable();
            let all = days.len() == DAYS.len();
            let minute = |minute: u32| u16::try_from(minute).unwrap_or_default();
            Duty {
                weekdays: if all {
                    Vec::new()
                } else {
                    days.iter().filter_map(|day| DAYS.get(*day).copied()).collect()
                },
                hours: if all && (begin, end) == (0, DAY) { None } else { Some((minute(begin), minute(end))) },
            }
        })
        .collect()
}

/// The minute of a text like `09:30`, `09:30:00` or `09:30:00Z`.
pub(super) fn minute_of(text: &str) -> Option<u32> {
    let mut parts = text.trim().split(':');
    let (hour, minute): (u32, u32) = (parts.next()?.parse().ok()?, parts.next()?.get(..2)?.parse().ok()?);
    (hour <= 24 && minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

/// The place of a day in the week by its name in English, or the first two letters of it; 0 for Monday.
pub(super) fn day_of(name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .iter()
        .position(|day| *day == name || name.len() == 2 && day.starts_with(&name))
}
