//! What the shape of a file cannot say: references, zones, reachability, coverage.

mod away;
mod channels;
mod coverage;
mod drill;
mod intake;
mod meeting;
mod noise;
mod pager;
mod people;
mod platforms;
mod server;
mod trackers;
mod viewers;

use std::collections::BTreeMap;

use noout_calendar::Override;
use noout_types::{Contact, Timestamp};

use super::parse::{Read, Source, capped, path, read, unknown};
use super::{Checked, Config, Problem};

/// How far coverage is checked: the promise is that the right number of people is ready at every instant of it.
pub const COVERAGE_DAYS: i64 = noout_calendar::COVERAGE_DAYS as i64;

/// Most entries of one section. A team is five to fifty people; more than this is a file that was generated wrongly.
pub const MAX_ENTRIES: usize = 1000;

/// Most contact methods of a person: each is tried in turn while somebody waits.
pub const MAX_CONTACTS: usize = 16;

/// Most steps of a policy.
pub const MAX_STEPS: usize = 32;

/// Most rounds of a policy, and most repetitions of a step.
pub const MAX_ROUNDS: u32 = 100;

/// Most people who must take an incident: more than a handful never agree in time.
pub const MAX_ACKS: u32 = 5;

/// Checks a configuration offline, as it will be from `now` on. The configuration is returned if there is no error, and
/// so may be applied.
///
/// Nothing outside of the text is looked at: whether a file or a variable that it names exists is seen at the start.
#[must_use]
pub fn check(text: &str, now: Timestamp) -> (Option<Config>, Checked) {
    check_with(text, now, &[])
}

/// Who names a secret (`env:NAME`, …).
#[derive(Debug, Clone, Copy)]
pub enum Names<'n> {
    /// A person's contact.
    Contact(&'n Contact),
    /// A source, for its key.
    Source,
}

/// Says why a secret that is named cannot be used; none if it can.
pub type Named<'n> = &'n dyn Fn(Names<'_>, &str) -> Option<String>;

/// As [`check`], on the machine on which it is to run: a contact whose secret is not there is a warning.
#[must_use]
pub fn check_here(text: &str, now: Timestamp, named: Named<'_>) -> (Option<Config>, Checked) {
    check_as(text, now, &[], false, Some(named))
}

/// As [`check`], for a server in which people already made overrides: a gap that they fill is none.
#[must_use]
pub fn check_with(text: &str, now: Timestamp, overrides: &[Override]) -> (Option<Config>, Checked) {
    check_as(text, now, overrides, false, None)
}

/// As [`check`], for a server that starts again: gaps are told, but they do not keep it from starting. They come by
/// time alone, and a pager that stays down because somebody goes on holiday in two months helps nobody.
#[must_use]
pub fn check_again(text: &str, now: Timestamp) -> (Option<Config>, Checked) {
    check_as(text, now, &[], true, None)
}

fn check_as(
    text: &str,
    now: Timestamp,
    overrides: &[Override],
    gaps_are_told: bool,
    named: Option<Named<'_>>,
) -> (Option<Config>, Checked) {
    let Read { config, source, errors: shape, left_out } = match read(text) {
        Ok(read) => read,
        Err(errors) => return (None, Checked { ok: false, errors, warnings: Vec::new() }),
    };
    let (errors, warnings) = (Vec::new(), Vec::new());
    let (source, config) = (&source, &config);
    let mut check = Check { source, config, now, overrides, gaps_are_told, named, errors, warnings };
    check.sizes();
    // What follows looks at each entry against all others: not worth the time for a file that is too large anyway.
    if check.errors.is_empty() {
        check.ids();
        server::check(&mut check);
        channels::check(&mut check);
        intake::check(&mut check);
        people::check(&mut check);
        away::check(&mut check);
        // Of people and schedules that could not be read nothing is known, so neither is a gap.
        if !left_out.touches(&["person", "schedule", "absence", "holiday", "mail", "sms", "voice"]) {
            coverage::check(&mut check);
        }
        pager::check(&mut check);
        noise::check(&mut check);
        drill::check(&mut check);
        meeting::check(&mut check);
        platforms::check(&mut check);
        trackers::check(&mut check);
        viewers::check(&mut check);
    }
    let Check { mut errors, mut warnings, .. } = check;
    errors.retain(|problem| !left_out.explains(problem));
    warnings.retain(|problem| !left_out.explains(problem));
    let ok = errors.is_empty() && shape.is_empty();
    errors.extend(shape);
    let checked = Checked { ok, errors: capped(errors), warnings: capped(warnings) };
    (checked.ok.then(|| config.clone()), checked)
}

/// A check under way.
struct Check<'a> {
    source: &'a Source<'a>,
    config: &'a Config,
    now: Timestamp,
    overrides: &'a [Override],
    /// Gaps are warnings, not errors.
    gaps_are_told: bool,
    /// Looks whether what contacts name is there.
    named: Option<Named<'a>>,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Check<'_> {
    fn problem(&self, at: &str, message: impl Into<String>) -> Problem {
        let path = path(at);
        Problem { line: self.source.line(&path), field: self.source.name(&path), message: message.into() }
    }

    fn error(&mut self, at: &str, message: impl Into<String>) {
        let problem = self.problem(at, message);
        self.errors.push(problem);
    }

    fn warn(&mut self, at: &str, message: impl Into<String>) {
        let problem = self.problem(at, message);
        self.warnings.push(problem);
    }

    fn sizes(&mut self) {
        let c = self.config;
        let sizes = [
            ("person", c.people.len()),
            ("schedule", c.schedules.len()),
            ("absence", c.absences.len()),
            ("holiday", c.holidays.len()),
            ("policy", c.policies.len()),
            ("route", c.routes.len()),
            ("team", c.teams.len()),
            ("hours", c.hours.len()),
            ("inhibit", c.inhibits.len()),
            ("mute", c.mutes.len()),
            ("source", c.sources.len()),
            ("heartbeat", c.heartbeats.len()),
            ("platform", c.platforms.len()),
            ("bmc", c.bmcs.len()),
            ("component", c.components.len()),
            ("customer", c.customers.len()),
            ("sms", c.sms.len()),
            ("voice", c.voice.len()),
            ("tracker", c.trackers.len()),
        ];
        for (section, found) in sizes.into_iter().filter(|(_, found)| *found > MAX_ENTRIES) {
            self.error(section, format!("{found} are too many: allowed are at most {MAX_ENTRIES}"));
        }
    }

    /// Each id once in its section.
    fn ids(&mut self) {
        let c = self.config;
        self.once("person", "id", c.people.iter().map(|x| x.id.as_str()));
        self.once("schedule", "id", c.schedules.iter().map(|x| x.id.as_str()));
        self.once("policy", "id", c.policies.iter().map(|x| x.id.as_str()));
        self.once("source", "id", c.sources.iter().map(|x| x.id.as_str()));
        self.once("heartbeat", "id", c.heartbeats.iter().map(|x| x.id.as_str()));
        self.once("platform", "id", c.platforms.iter().map(|x| x.id.as_str()));
        self.once("bmc", "host", c.bmcs.iter().map(|x| x.host.as_str()));
        self.once("component", "id", c.components.iter().map(|x| x.id.as_str()));
        self.once("customer", "id", c.customers.iter().map(|x| x.id.as_str()));
        self.once("tracker", "id", c.trackers.iter().map(|x| x.id.as_str()));
        self.once("team", "id", c.teams.iter().map(|x| x.id.as_str()));
        self.once("hours", "id", c.hours.iter().map(|x| x.id.as_str()));
        self.once("inhibit", "id", c.inhibits.iter().map(|x| x.id.as_str()));
        self.once("mute", "id", c.mutes.iter().map(|x| x.id.as_str()));
        // A route without an id is called by its place, and incidents are grouped by that name.
        let names: Vec<String> = (c.routes.iter().enumerate())
            .map(|(i, route)| route.id.as_ref().map_or_else(|| format!("route-{i}"), ToString::to_string))
            .collect();
        self.once("route", "id", names.iter().map(String::as_str));
    }

    fn once<'i>(&mut self, section: &str, field: &str, ids: impl Iterator<Item = &'i str>) {
        let mut seen = BTreeMap::new();
        for (i, id) in ids.enumerate() {
            if let Some(first) = seen.get(id) {
                let line = self.problem(&format!("{section}[{first}].{field}"), "").line;
                let message = format!("{id:?} is taken by the {section} of line {line}: each {field} stands once");
                self.error(&format!("{section}[{i}].{field}"), message);
            } else {
                seen.insert(id.to_owned(), i);
            }
        }
    }

    /// A reference that may be absent, and must be to something that is there.
    fn known<T>(&mut self, at: &str, section: &str, found: Option<&str>, all: &[T], id: impl Fn(&T) -> &str) {
        let Some(found) = found else { return };
        let allowed: Vec<&str> = all.iter().map(id).collect();
        if !allowed.contains(&found) {
            self.error(at, unknown(section, section, found, &allowed));
        }
    }

    fn known_person(&mut self, at: &str, found: Option<&str>) {
        self.known(at, "person", found, &self.config.people, |x| x.id.as_str());
    }

    fn known_policy(&mut self, at: &str, found: Option<&str>) {
        self.known(at, "policy", found, &self.config.policies, |x| x.id.as_str());
    }

    fn known_component(&mut self, at: &str, found: Option<&str>) {
        self.known(at, "component", found, &self.config.components, |x| x.id.as_str());
    }

    fn known_tracker(&mut self, at: &str, found: Option<&str>) {
        self.known(at, "tracker", found, &self.config.trackers, |x| x.id.as_str());
    }

    fn known_platform(&mut self, at: &str, found: Option<&str>) {
        self.known(at, "platform", found, &self.config.platforms, |x| x.id.as_str());
    }

    /// A secret that stands in the file itself is read by everybody who may read the file and its history.
    fn secret(&mut self, at: &str, found: Option<&str>) {
        let Some(found) = found else { return };
        match found.split_once(':') {
            Some((kind @ ("env" | "file" | "cred"), "")) => {
                self.error(at, format!("nothing stands behind \"{kind}:\": write for example \"{kind}:NAME\""));
            }
            Some(("env" | "file" | "cred", _)) => {}
            _ if found.is_empty() => self.error(at, "a secret may not be empty"),
            _ => self.warn(
                at,
                "the secret stands in the file in plain text: better \"env:NAME\", \"file:/path\" or \"cred:NAME\" (a systemd credential)",
            ),
        }
    }

    fn zone(&mut self, at: &str, name: &str) {
        if let Err(problem) = noout_calendar::check_zone(name) {
            self.error(at, problem.to_string());
        }
    }
}

/// `a`, `a and b`, `a, b and c`; beyond a handful the rest is counted.
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    /// More names than this make no sentence.
    const MAX: usize = 6;
    let mut parts: Vec<String> = names.iter().take(MAX).map(|n| n.as_ref().to_owned()).collect();
    if names.len() > MAX {
        parts.push(format!("{} more", names.len() - MAX));
    }
    match parts.split_last() {
        None => String::new(),
        Some((one, [])) => one.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
    }
}
