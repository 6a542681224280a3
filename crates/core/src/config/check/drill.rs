//! `[drill]` and `[watchdog]`.

use noout_types::Span;

use super::Check;
use super::server::web_url;

/// An outside watcher that hears less often than this notices nothing during a night.
const MOST_BETWEEN_PINGS: Span = Span::from_hours(1);

/// More often is noise to the watcher, and a load.
const LEAST_BETWEEN_PINGS: Span = Span::from_secs(1);

/// Watchers are told one after the other; three places are more than anybody needs.
const MAX_WATCHERS: usize = 8;

pub(super) fn check(check: &mut Check<'_>) {
    let rules = &check.config.drill;
    if rules.every < rules.before {
        let message = format!(
            "{} is shorter than before = {}: a shift would never be without a drill",
            rules.every, rules.before
        );
        check.error("drill.every", message);
    }
    for (field, span) in [("every", rules.every), ("before", rules.before), ("answer", rules.answer)] {
        if span < Span::from_mins(1) {
            check.error(&format!("drill.{field}"), format!("{span} is too short: write for example \"12h\""));
        }
    }
    if rules.enabled && rules.answer > rules.before {
        let message = format!(
            "an answer is waited for {} and a drill begins {} before a shift: nobody would know before the shift",
            rules.answer, rules.before
        );
        check.warn("drill.answer", message);
    }
    watchdog(check);
}

fn watchdog(check: &mut Check<'_>) {
    let rules = &check.config.watchdog;
    if !(LEAST_BETWEEN_PINGS..=MOST_BETWEEN_PINGS).contains(&rules.every) {
        let message = format!("{} is not from {LEAST_BETWEEN_PINGS} to {MOST_BETWEEN_PINGS}", rules.every);
        check.error("watchdog.every", message);
    }
    if rules.urls.len() > MAX_WATCHERS {
        check.error("watchdog.urls", format!("{} are too many: allowed are at most {MAX_WATCHERS}", rules.urls.len()));
    }
    for (i, url) in rules.urls.iter().enumerate() {
        let at = format!("watchdog.urls[{i}]");
        match url.split_once(':') {
            Some(("env" | "file" | "cred", _)) => check.secret(&at, Some(url)),
            _ => web_url(check, &at, Some(url)),
        }
    }
}
