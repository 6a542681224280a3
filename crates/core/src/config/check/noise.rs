//! `[[team]]`, `[[hours]]`, `[[inhibit]]`, `[[mute]]`, `[paging]`: what keeps people from being woken for nothing.

use noout_calendar::Window;
use noout_types::Matchers;

use super::Check;
use crate::config::PagingRules;
use crate::paging::MAX_RATE;

pub(super) fn check(check: &mut Check<'_>) {
    let config = check.config;
    for (i, team) in config.teams.iter().enumerate() {
        let at = format!("team[{i}].people");
        if team.people.is_empty() {
            check.error(&at, "a team of nobody is told nothing: name at least one person");
        }
        for (n, person) in team.people.iter().enumerate() {
            check.known_person(&format!("{at}[{n}]"), Some(person.as_str()));
        }
    }
    for (i, hours) in config.hours.iter().enumerate() {
        window(check, &format!("hours[{i}]"), &hours.window());
    }
    for (i, rule) in config.inhibits.iter().enumerate() {
        let at = format!("inhibit[{i}]");
        selects(check, &format!("{at}.source"), &rule.source);
        selects(check, &format!("{at}.target"), &rule.target);
        if rule.source == rule.target {
            check.error(&format!("{at}.target"), "source and target are the same: an alert does not explain itself");
        }
    }
    for (i, rule) in config.mutes.iter().enumerate() {
        let at = format!("mute[{i}]");
        selects(check, &format!("{at}.match"), &rule.matchers);
        window(check, &at, &rule.window());
        check.known_person(&format!("{at}.author"), Some(rule.author.as_str()));
        if rule.until <= check.now {
            let message = format!("the rule ended at {}: it holds nothing back any more", rule.until);
            check.warn(&format!("{at}.until"), message);
        }
    }
    paging(check, &config.paging);
}

/// A rule that selects everything would keep everybody asleep.
fn selects(check: &mut Check<'_>, at: &str, matchers: &Matchers) {
    if !matchers.selects() {
        check.error(
            at,
            "this selects every alert: write at least one condition that an alert without labels does not fulfil, for example 'severity=\"warning\"'",
        );
    }
}

fn window(check: &mut Check<'_>, at: &str, window: &Window) {
    check.zone(&format!("{at}.timezone"), &window.timezone);
    if let Err(problem) = window.validate() {
        check.error(&format!("{at}.hours"), problem.to_string());
    }
}

fn paging(check: &mut Check<'_>, rules: &PagingRules) {
    if rules.rate as usize > MAX_RATE {
        check.error(
            "paging.rate",
            format!("{} are too many: allowed are at most {MAX_RATE}, and 0 for no limit", rules.rate),
        );
    }
    let zeros = [("window", rules.window), ("awake", rules.awake), ("unsent", rules.unsent)];
    for (field, _) in zeros.into_iter().filter(|(_, span)| span.as_millis() == 0) {
        check.error(&format!("paging.{field}"), "0s is no time: write for example \"5m\"");
    }
}
