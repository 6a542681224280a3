//! `[[tracker]]`: is everything there that its kind needs.

use noout_types::Span;
use url::Url;

use super::Check;
use crate::config::{Tracker, TrackerKind};

/// The shortest time between two readings of all open tickets: trackers limit how often they are asked.
const MIN_EVERY: Span = Span::from_secs(10);

/// The most requests in a minute.
const MAX_PER_MINUTE: u32 = 600;

pub(super) fn check(check: &mut Check<'_>) {
    for (i, tracker) in check.config.trackers.iter().enumerate() {
        one(check, &format!("tracker[{i}]"), tracker);
    }
}

fn one(check: &mut Check<'_>, at: &str, tracker: &Tracker) {
    let why = match Url::parse(&tracker.url) {
        Err(e) => Some(format!("cannot be read ({e})")),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Some(format!("has the scheme {:?}", url.scheme())),
        Ok(url) if url.host_str().is_none_or(str::is_empty) => Some("names no host".to_owned()),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => Some("holds a user".to_owned()),
        Ok(url) if url.query().is_some() || url.fragment().is_some() => Some("has a part behind ? or #".to_owned()),
        Ok(_) => None,
    };
    if let Some(why) = why {
        check.error(&format!("{at}.url"), format!("the URL {why}: write for example \"https://tracker.example.org\""));
    }
    check.secret(&format!("{at}.token"), Some(&tracker.token));
    check.secret(&format!("{at}.webhook_secret"), tracker.webhook_secret.as_deref());
    let (field, given, example) = match tracker.kind {
        TrackerKind::Jira => ("project", &tracker.project, "project = \"OPS\""),
        TrackerKind::Gitlab => ("project", &tracker.project, "project = \"group/project\""),
        TrackerKind::Zammad => ("queue", &tracker.queue, "queue = \"Operations\" (a group)"),
        TrackerKind::Glpi => ("user", &tracker.user, "user = \"env:GLPI_APP_TOKEN\" (the application's token)"),
        TrackerKind::Servicenow => return limits(check, at, tracker),
    };
    if given.as_deref().is_none_or(|text| text.trim().is_empty()) {
        let kind = tracker.kind.code();
        check.error(&format!("{at}.{field}"), format!("a tracker of the kind {kind:?} needs it: write {example}"));
    }
    limits(check, at, tracker);
}

fn limits(check: &mut Check<'_>, at: &str, tracker: &Tracker) {
    if tracker.every < MIN_EVERY {
        check.error(&format!("{at}.every"), format!("{} is too often: {MIN_EVERY} at the least", tracker.every));
    }
    if !(1..=MAX_PER_MINUTE).contains(&tracker.per_minute) {
        let message = format!("{} is not possible: allowed are 1 to {MAX_PER_MINUTE}", tracker.per_minute);
        check.error(&format!("{at}.per_minute"), message);
    }
}
