//! `[[source]]`, `[[heartbeat]]`, `[smtp_in]`.

use noout_types::{Labels, Span};

use super::{Check, server};
use crate::config::{DEFAULT_SILENCE_MOST, Heartbeat, Names, Source, SourceKind};
use crate::heartbeat::{self, Rhythm};
use crate::silence::MAX_LENGTH;

/// The most often that a sign of life may be expected: each is a record in the journal.
const SHORTEST: Span = Span::from_secs(10);

pub(super) fn check(check: &mut Check<'_>) {
    for (i, source) in check.config.sources.iter().enumerate() {
        one_source(check, &format!("source[{i}]"), source);
    }
    let keys = check.config.heartbeats.iter().map(|h| h.uuid.as_ref().map(|key| key.to_string()));
    let keys: Vec<Option<String>> = keys.collect();
    for (i, beat) in check.config.heartbeats.iter().enumerate() {
        one_heartbeat(check, &format!("heartbeat[{i}]"), beat);
        if let Some(key) = &keys[i]
            && let Some(first) = keys.iter().take(i).position(|other| other.as_ref() == Some(key))
        {
            let other = &check.config.heartbeats[first].id;
            let message = format!("it is that of {other}, too: each heartbeat needs an address of its own");
            check.error(&format!("heartbeat[{i}].uuid"), message);
        }
    }
    smtp(check);
}

fn one_source(check: &mut Check<'_>, at: &str, source: &Source) {
    check.secret(&format!("{at}.key"), Some(&source.key));
    if let Some(why) = check.named.as_ref().and_then(|named| named(Names::Source, &source.key)) {
        let message = format!("{why}: while that is so, everything that {id} sends is refused", id = source.id);
        check.warn(&format!("{at}.key"), message);
    }
    let earlier = check.config.sources.iter().take_while(|other| !std::ptr::eq(*other, source));
    if let Some(other) = earlier.into_iter().find(|other| other.key == source.key) {
        let message = format!("it is that of {}, too: each source needs a key of its own", other.id);
        check.error(&format!("{at}.key"), message);
    }
    if source.id.as_str() == heartbeat::SOURCE {
        let message =
            format!("{:?} is what noout calls the alerts of heartbeats: give it another name", source.id.as_str());
        check.error(&format!("{at}.id"), message);
    }
    if source.kind == SourceKind::Requests {
        let of_alerts = [
            ("group", source.group.is_some()),
            ("silences", source.silences),
            ("acks", source.acks),
            ("mail_resolve", source.mail_resolve.is_some()),
            ("mail_dedup", source.mail_dedup.is_some()),
        ];
        for (field, _) in of_alerts.into_iter().filter(|(_, there)| *there) {
            check.error(&format!("{at}.{field}"), "it is for alerts, and this source brings requests: leave it out");
        }
    }
    if let Some(group) = &source.group
        && check.config.sources.iter().filter(|other| other.group.as_ref() == Some(group)).count() == 1
    {
        let message = format!("no other source is in the group {group:?}: it does nothing", group = group.as_str());
        check.warn(&format!("{at}.group"), message);
    }
    silence_most(check, at, source);
    if let Some(pattern) = source.mail_dedup.as_ref().filter(|pattern| !pattern.has_key()) {
        let message = format!(
            "{:?} has no group named key, which holds what names the episode: write for example '(?:PROBLEM|RECOVERY): (?<key>.*)'",
            pattern.as_str()
        );
        check.error(&format!("{at}.mail_dedup"), message);
    }
}

fn silence_most(check: &mut Check<'_>, at: &str, source: &Source) {
    let (found, field) = (source.silence_most, format!("{at}.silence_most"));
    if found == Span::default() || found > MAX_LENGTH {
        check.error(&field, format!("{found} is not possible: write for example \"7d\", and at most a year"));
    } else if found != DEFAULT_SILENCE_MOST && !source.silences {
        check.warn(&field, "the source may not silence: without silences = true it does nothing");
    }
}

fn one_heartbeat(check: &mut Check<'_>, at: &str, beat: &Heartbeat) {
    if let Some(zone) = &beat.timezone {
        check.zone(&format!("{at}.timezone"), zone);
    }
    match &beat.schedule {
        Rhythm::Every(every) if *every < SHORTEST => {
            let message = format!("found \"every {every}\": allowed is {SHORTEST} or more");
            check.error(&format!("{at}.schedule"), message);
        }
        Rhythm::Every(_) if beat.timezone.is_some() => {
            check.warn(&format!("{at}.timezone"), "\"every …\" counts from the last sign of life, in no zone");
        }
        Rhythm::Every(_) | Rhythm::Cron(_) => {}
    }
    if beat.max_run == Some(Span::default()) {
        check.error(&format!("{at}.max_run"), "0s leaves no time to run: write for example \"2h\"");
    }
    for name in ["alertname", "heartbeat", "severity"].into_iter().filter(|name| beat.labels.pairs().contains(name)) {
        check.error(&format!("{at}.labels.{name}"), format!("the label {name:?} is noout's own here: leave it out"));
    }
    if let Some(name) = bad_label(&beat.labels) {
        let message = format!("{name:?} is no label: a name and a value are needed, without control characters");
        check.error(&format!("{at}.labels"), message);
    }
}

fn bad_label(labels: &Labels) -> Option<&str> {
    let bad = |(name, value): &(&str, &str)| name.is_empty() || value.is_empty() || name.chars().any(char::is_control);
    labels.pairs().iter().find(bad).map(|(name, _)| name)
}

fn smtp(check: &mut Check<'_>) {
    let Some(smtp) = &check.config.smtp_in else {
        for (i, source) in check.config.sources.iter().enumerate() {
            if source.mail_dedup.is_some() || source.mail_resolve.is_some() {
                check.warn(&format!("source[{i}]"), "it has rules for mails, and there is no [smtp_in] that takes any");
            }
        }
        return;
    };
    let address = server::address(check, "smtp_in.listen", &smtp.listen);
    for (field, other) in
        [("server.listen", &check.config.server.listen), ("server.status_listen", &check.config.server.status_listen)]
    {
        if let Some(address) = address
            && address.port() != 0
            && other.parse().ok() == Some(address)
        {
            check.error("smtp_in.listen", format!("{address} is the address of {field}: mail needs one of its own"));
        }
    }
    if address.is_some_and(|a| !a.ip().is_loopback()) && check.config.sources.is_empty() {
        let message =
            "mails from other machines need a key in their address, and there is no [[source]]: none is taken";
        check.warn("smtp_in.listen", message);
    }
    if smtp.certificate.is_some() != smtp.private_key.is_some() {
        let (has, lacks) =
            if smtp.certificate.is_some() { ("certificate", "private_key") } else { ("private_key", "certificate") };
        check.error(&format!("smtp_in.{has}"), format!("there is a {has}, but no {lacks}"));
    }
    if smtp.name.is_empty() || smtp.name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        check.error(
            "smtp_in.name",
            format!("{:?} is no name of a host: write for example \"noout.example.org\"", smtp.name),
        );
    }
}
