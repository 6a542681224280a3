//! What all tools have in common, on its way to `noout.toml`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::DateTime;
use noout_calendar::{Unit, Weekday};
use noout_types::Contact;

use super::note::{Kind, Note};
use super::{Tool, zones};

/// Longest id that is made of a name: short enough for command lines, and long enough to be recognized.
const MAX_SLUG_CHARS: usize = 40;

/// A configuration under way.
pub(super) struct Draft {
    pub(super) tool: Tool,
    pub(super) people: Vec<Person>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) policies: Vec<Policy>,
    pub(super) routes: Vec<Route>,
    pub(super) sources: Vec<Source>,
    pub(super) teams: Vec<Team>,
    pub(super) notes: Vec<Note>,
    taken: BTreeSet<(&'static str, String)>,
    /// Our id of each object, by its kind and its id in the tool.
    ours: BTreeMap<(&'static str, String), String>,
}

pub(super) struct Person {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) contact: Vec<String>,
    pub(super) viewer: bool,
}

pub(super) struct Schedule {
    pub(super) id: String,
    /// How the tool calls it, for notes and comments.
    pub(super) object: String,
    pub(super) timezone: String,
    pub(super) coverage: u32,
    pub(super) rotations: Vec<Rotation>,
    /// Who is on call by the export itself.
    pub(super) claims: Vec<Claim>,
}

/// Somebody is on call, by the export.
pub(super) struct Claim {
    pub(super) person: String,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

#[derive(Clone)]
pub(super) struct Rotation {
    pub(super) name: String,
    pub(super) people: Vec<Vec<String>>,
    pub(super) unit: Unit,
    pub(super) every: u32,
    pub(super) start: DateTime,
    pub(super) weekdays: Vec<Weekday>,
    /// Minutes of the day.
    pub(super) hours: Option<(u16, u16)>,
    pub(super) timezone: Option<String>,
    /// A higher one hides what is below it.
    pub(super) layer: u32,
}

pub(super) struct Policy {
    pub(super) id: String,
    pub(super) object: String,
    pub(super) rounds: u32,
    /// Seconds after which whoever took it, and writes nothing down, does not have it any more.
    pub(super) unack_after: Option<u64>,
    pub(super) steps: Vec<Step>,
}

#[derive(Default)]
pub(super) struct Step {
    pub(super) notify: Vec<String>,
    /// Seconds until the next step; the policy's own if `None`.
    pub(super) wait: Option<u64>,
    /// One after the other, an incident each, instead of all at once.
    pub(super) in_turn: bool,
}

pub(super) struct Team {
    pub(super) id: String,
    pub(super) object: String,
    pub(super) people: Vec<String>,
}

pub(super) struct Route {
    pub(super) object: String,
    /// `None` if the condition could not be translated: written as a comment then.
    pub(super) matchers: Option<String>,
    pub(super) policy: String,
    pub(super) low: bool,
}

pub(super) struct Source {
    pub(super) id: String,
    pub(super) object: String,
}

impl Draft {
    pub(super) fn new(tool: Tool) -> Self {
        Self {
            tool,
            people: Vec::new(),
            schedules: Vec::new(),
            policies: Vec::new(),
            routes: Vec::new(),
            sources: Vec::new(),
            teams: Vec::new(),
            notes: Vec::new(),
            taken: BTreeSet::new(),
            ours: BTreeMap::new(),
        }
    }

    pub(super) fn note(
        &mut self,
        kind: Kind,
        object: impl Into<String>,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.notes.push(Note { kind, object: object.into(), found: found.into(), todo: todo.into() });
    }

    pub(super) fn lost(&mut self, object: &str, found: impl Into<String>, todo: impl Into<String>) {
        self.note(Kind::Lost, object, found, todo);
    }

    pub(super) fn changed(&mut self, object: &str, found: impl Into<String>, todo: impl Into<String>) {
        self.note(Kind::Changed, object, found, todo);
    }

    pub(super) fn todo(&mut self, object: &str, found: impl Into<String>, todo: impl Into<String>) {
        self.note(Kind::Todo, object, found, todo);
    }

    /// Gives an object of the tool an id of ours, made of a name and unlike those of its kind.
    pub(super) fn name(&mut self, kind: &'static str, theirs: &str, wish: &str) -> String {
        let slug = slug(wish);
        let base = if slug.is_empty() { kind.to_owned() } else { slug };
        let numbered = (2..).map(|n| format!("{base}-{n}"));
        let id = std::iter::once(base.clone())
            .chain(numbered)
            .find(|id| !self.taken.contains(&(kind, id.clone())))
            .unwrap_or(base);
        self.taken.insert((kind, id.clone()));
        self.ours.insert((kind, theirs.to_owned()), id.clone());
        id
    }

    /// An object of the tool goes by a second name.
    pub(super) fn ours_too(&mut self, kind: &'static str, theirs: &str, ours: &str) {
        self.ours.entry((kind, theirs.to_owned())).or_insert_with(|| ours.to_owned());
    }

    /// Our id of an object of the tool.
    pub(super) fn ours(&self, kind: &'static str, theirs: &str) -> Option<String> {
        self.ours.get(&(kind, theirs.to_owned())).cloned()
    }

    /// Our ids of people; one who is not in the export is told and left out.
    pub(super) fn known_people<'t>(&mut self, object: &str, theirs: impl IntoIterator<Item = &'t str>) -> Vec<String> {
        let mut known = Vec::new();
        for id in theirs {
            match self.ours("person", id) {
                Some(id) if known.contains(&id) => {}
                Some(id) => known.push(id),
                None => self.lost(
                    object,
                    format!("names the user {id}, who is not in the export"),
                    "add the user to the export, or the person to noout.toml, and name them there",
                ),
            }
        }
        known
    }

    /// A zone's IANA name; where it is none that is known, it is told.
    pub(super) fn zone(&mut self, object: &str, found: Option<&str>) -> Option<String> {
        let found = found.map(str::trim).filter(|zone| !zone.is_empty())?;
        let zone = zones::iana(found);
        if zone.is_none() {
            self.changed(
                object,
                format!("the time zone {found:?} is no IANA name"),
                "it became UTC: write the right zone into timezone, else shifts begin at other hours",
            );
        }
        Some(zone.unwrap_or("UTC").to_owned())
    }

    /// A way to reach a person, if noout has it and it needs no account that the export does not hold.
    pub(super) fn contact(&mut self, object: &str, contacts: &mut Vec<String>, contact: &str) {
        let needs_account = |contact: &Contact| matches!(contact, Contact::Push | Contact::Sms | Contact::Voice);
        let usable = contact.parse::<Contact>().is_ok_and(|contact| !needs_account(&contact));
        if !usable {
            self.lost(
                object,
                format!("is reached by {}", contact.split(':').next().unwrap_or(contact)),
                "set its service up first (docs/guide/channels.md), then add the word to the person's contact",
            );
        } else if !contacts.iter().any(|known| known == contact) {
            contacts.push(contact.to_owned());
        }
    }
}

/// A name as an id.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.trim().chars() {
        if c.is_alphanumeric() || matches!(c, '.' | '_') {
            slug.extend(c.to_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let cut: String = slug.chars().take(MAX_SLUG_CHARS).collect();
    cut.trim_matches(['-', '.']).to_owned()
}

/// What stands in front of an address's `@`.
pub(super) fn local_part(address: &str) -> &str {
    address.split('@').next().unwrap_or(address)
}

/// `name (id)`, or what there is of both.
pub(super) fn called(kind: &str, name: &str, id: &str) -> String {
    match (name.trim(), id.trim()) {
        ("", id) => format!("{kind} {id}"),
        (name, "") => format!("{kind} {name:?}"),
        (name, id) => format!("{kind} {name:?} ({id})"),
    }
}

/// A name that no rotation of the schedule has yet.
pub(super) fn unlike(rotations: &[Rotation], wish: &str) -> String {
    let wish = if wish.trim().is_empty() { "rotation" } else { wish.trim() };
    let numbered = (2..).map(|n| format!("{wish} {n}"));
    std::iter::once(wish.to_owned())
        .chain(numbered)
        .find(|name| rotations.iter().all(|rotation| rotation.name != *name))
        .unwrap_or_default()
}
