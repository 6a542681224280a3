//! The draft as `noout.toml`: as a person would have written it, defaults left out.

use std::fmt::Write;

use noout_calendar::{Unit, Weekday};
use noout_types::Span;

use super::draft::{Draft, Person, Policy, Rotation, Route, Schedule, Source, Team};

/// Pages by mail go through the machine's own mail server until the operator names another.
const MAIL: &str = "\n[mail]\nurl = \"smtp://localhost:25\"   # the server that takes mail from this machine\nfrom = \"noout <noout@localhost>\"\n";

/// The whole file.
pub(super) fn write(draft: &Draft) -> String {
    let mut to = format!("# Imported from {}. Check it with: noout check noout.toml\n", draft.tool.name());
    if draft.people.iter().flat_map(|person| &person.contact).any(|contact| contact.starts_with("mail")) {
        to.push_str(MAIL);
    }
    draft.people.iter().for_each(|person| write_person(&mut to, person));
    draft.schedules.iter().for_each(|schedule| write_schedule(&mut to, schedule));
    draft.teams.iter().for_each(|team| write_team(&mut to, team));
    draft.policies.iter().for_each(|policy| write_policy(&mut to, policy));
    draft.routes.iter().for_each(|route| write_route(&mut to, route));
    draft.sources.iter().for_each(|source| write_source(&mut to, source));
    to
}

/// A text of TOML, quoted and escaped.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list<T: AsRef<str>>(texts: &[T]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text.as_ref())).collect();
    format!("[{}]", texts.join(", "))
}

/// Writing into a text cannot fail; the macro keeps the lines readable.
macro_rules! line {
    ($to:expr, $($arg:tt)*) => {{
        let _ = writeln!($to, $($arg)*);
    }};
}

/// A comment stays one line, whatever the tool's names are.
fn comment(to: &mut String, text: &str) {
    line!(to, "# {}", text.replace(char::is_control, " "));
}

fn write_person(to: &mut String, person: &Person) {
    line!(to, "\n[[person]]\nid = {}", quoted(&person.id));
    if !person.name.is_empty() && person.name != person.id {
        line!(to, "name = {}", quoted(&person.name));
    }
    for (key, value) in [("email", &person.email), ("phone", &person.phone), ("timezone", &person.timezone)] {
        if let Some(value) = value {
            line!(to, "{key} = {}", quoted(value));
        }
    }
    line!(to, "contact = {}", list(&person.contact));
    if person.viewer {
        line!(to, "role = \"viewer\"");
    }
}

fn write_schedule(to: &mut String, schedule: &Schedule) {
    to.push('\n');
    comment(to, &schedule.object);
    line!(to, "[[schedule]]\nid = {}", quoted(&schedule.id));
    line!(to, "timezone = {}\ncoverage = {}", quoted(&schedule.timezone), schedule.coverage);
    schedule.rotations.iter().for_each(|rotation| write_rotation(to, rotation));
}

fn write_rotation(to: &mut String, rotation: &Rotation) {
    let turns: Vec<String> = (rotation.people.iter())
        .map(|turn| match turn.as_slice() {
            [one] => quoted(one),
            several => list(several),
        })
        .collect();
    line!(to, "\n[[schedule.rotation]]\nname = {}\npeople = [{}]", quoted(&rotation.name), turns.join(", "));
    let unit = match rotation.unit {
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
    };
    line!(to, "unit = \"{unit}\"");
    if rotation.every != 1 {
        line!(to, "every = {}", rotation.every);
    }
    line!(to, "start = \"{}\"", rotation.start.strftime("%Y-%m-%dT%H:%M:%S"));
    if !rotation.weekdays.is_empty() {
        let days: Vec<&str> = rotation.weekdays.iter().map(|day| weekday(*day)).collect();
        line!(to, "weekdays = {}", list(&days));
    }
    if let Some((begin, end)) = rotation.hours {
        line!(to, "hours = \"{:02}:{:02}-{:02}:{:02}\"", begin / 60, begin % 60, end / 60, end % 60);
    }
    if rotation.layer > 0 {
        line!(to, "layer = {}", rotation.layer);
    }
    if let Some(zone) = &rotation.timezone {
        line!(to, "timezone = {}", quoted(zone));
    }
}

pub(super) fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mo => "mo",
        Weekday::Tu => "tu",
        Weekday::We => "we",
        Weekday::Th => "th",
        Weekday::Fr => "fr",
        Weekday::Sa => "sa",
        Weekday::Su => "su",
    }
}

fn write_team(to: &mut String, team: &Team) {
    to.push('\n');
    comment(to, &team.object);
    line!(to, "[[team]]\nid = {}\npeople = {}", quoted(&team.id), list(&team.people));
}

fn write_policy(to: &mut String, policy: &Policy) {
    to.push('\n');
    comment(to, &policy.object);
    line!(to, "[[policy]]\nid = {}\nrounds = {}", quoted(&policy.id), policy.rounds);
    if let Some(after) = policy.unack_after {
        line!(to, "unack_after = \"{}\"", Span::from_secs(after));
    }
    for step in &policy.steps {
        line!(to, "\n[[policy.step]]\nnotify = {}", list(&step.notify));
        if let Some(wait) = step.wait {
            line!(to, "wait = \"{}\"", Span::from_secs(wait));
        }
        if step.in_turn {
            line!(to, "pick = \"next\"");
        }
    }
}

fn write_route(to: &mut String, route: &Route) {
    to.push('\n');
    comment(to, &route.object);
    let Some(matchers) = &route.matchers else {
        comment(to, "Write its condition on labels into match, and take the # away:");
        line!(to, "# [[route]]\n# match = 'label=\"value\"'\n# policy = {}", quoted(&route.policy));
        return;
    };
    line!(to, "[[route]]");
    if !matchers.is_empty() {
        line!(to, "match = {}", quoted(matchers));
    }
    line!(to, "policy = {}", quoted(&route.policy));
    if route.low {
        line!(to, "urgency = \"low\"");
    }
}

fn write_source(to: &mut String, source: &Source) {
    to.push('\n');
    comment(to, &source.object);
    line!(to, "[[source]]\nid = {}\nkey = {}", quoted(&source.id), quoted(&key(&source.id)));
}

/// Where a source's key is looked for.
pub(super) fn key(id: &str) -> String {
    let name: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("env:NOOUT_KEY_{name}")
}
