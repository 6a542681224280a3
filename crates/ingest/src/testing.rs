//! What tests of several formats need.

use crate::{Ends, Incoming, IntakeError, Key, Parsed};

/// An alert in a few lines.
pub(crate) fn shown(parsed: &Parsed) -> String {
    let alert = |a: &Incoming| {
        let key = match &a.key {
            Key::Labels => "by labels".to_owned(),
            Key::Named(name) => format!("named {name:?}"),
            Key::Fresh => "new each time".to_owned(),
        };
        let mut lines = vec![format!("{key} {}", a.labels)];
        lines.extend(a.annotations.iter().map(|(n, t)| format!("  {n}: {t}")));
        lines.extend(a.starts_at.map(|at| format!("  since {at}")));
        lines.extend((!a.generator_url.is_empty()).then(|| format!("  at {}", a.generator_url)));
        lines.push(match a.ends {
            Ends::Unknown => "  until its time is over".to_owned(),
            Ends::At(at) => format!("  until {at}"),
            Ends::WhenResolved => "  until it is resolved".to_owned(),
            Ends::Resolved(None) => "  over".to_owned(),
            Ends::Resolved(Some(at)) => format!("  over since {at}"),
        });
        lines.join("\n") + "\n"
    };
    let acks = parsed.acks.iter().map(|a| format!("ack {:?} by {:?}: {:?}\n", a.key, a.who, a.text));
    let rejected = parsed.rejected.iter().map(|r| format!("rejected {r}\n"));
    parsed.alerts.iter().map(alert).chain(acks).chain(rejected).collect()
}

/// The same of what came of a body.
pub(crate) fn told(parsed: Result<Parsed, IntakeError>) -> String {
    match parsed {
        Ok(parsed) => shown(&parsed),
        Err(why) => format!("error: {why}\n"),
    }
}
