//! `[[absence]]` and `[[holiday]]`: people who are there, times that end after they begin.

use noout_calendar::Moment;
use noout_types::PersonId;

use super::Check;

pub(super) fn check(check: &mut Check<'_>) {
    let config = check.config;
    for (i, away) in config.absences.iter().enumerate() {
        let at = format!("absence[{i}]");
        check.known_person(&format!("{at}.person"), Some(away.person.as_str()));
        if let Moment::After(span) = away.from {
            check.error(
                &format!("{at}.from"),
                format!("\"{span}\" is a length: write a day or a time, for example \"2026-12-24\""),
            );
        } else if config.times_of(away).is_none() {
            let message = format!("an absence must end after it begins: found {} to {}", away.from, away.to);
            check.error(&format!("{at}.to"), message);
        } else if config.times_of(away).is_some_and(|(_, end)| end <= check.now) {
            check.warn(&format!("{at}.to"), "this absence is over: it may be left out");
        }
    }
    for (i, holiday) in config.holidays.iter().enumerate() {
        for (p, person) in holiday.people.iter().enumerate() {
            check.known_person(&format!("holiday[{i}].people[{p}]"), Some(person.as_str()));
        }
    }
    for (i, schedule) in config.schedules.iter().enumerate() {
        let at = format!("schedule[{i}].fallback");
        check.known_person(&at, schedule.fallback.as_ref().map(PersonId::as_str));
        if let Some(fallback) = &schedule.fallback
            && config.person(fallback).is_some()
            && !config.is_reachable(fallback)
        {
            check.warn(&at, format!("{fallback} has no contact that this version can use, and so fills no gap"));
        }
    }
}
