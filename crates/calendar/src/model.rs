//! What a schedule is made of, as it is written in `noout.toml`, and what it answers.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use noout_types::{PersonId, ScheduleId, Span};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::text::{self, Hours};

/// A schedule: rotations that together keep `coverage` distinct people ready at every instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its name in policies (`schedule:ops`).
    pub id: ScheduleId,
    /// IANA name of the zone whose wall clock the rotations follow, for example `Europe/Madrid`.
    pub timezone: String,
    /// How many distinct people must be on call at every instant, over all rotations together.
    #[serde(default = "default_coverage")]
    pub coverage: u32,
    /// Who is on call besides, while fewer people are ready than `coverage` promises. It fills a gap; it never hides one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<PersonId>,
    /// So many days before a gap begins it is mailed.
    #[serde(default = "default_notice_days")]
    pub coverage_notice_days: u32,
    /// So long before a gap begins people are paged about it.
    #[serde(default = "default_coverage_page")]
    pub coverage_page: Span,
    /// Whether who comes on duty is sent the open incidents and who was on before.
    #[serde(default = "yes")]
    pub handoff: bool,
    /// Whether a third person must approve a swap that two agreed upon.
    #[serde(default)]
    pub swap_approval: bool,
    /// The rotations, each with at the most one turn on call at an instant.
    #[serde(default, rename = "rotation")]
    pub rotations: Vec<Rotation>,
}

/// Two people are ready, always: one may be on a bicycle.
fn default_coverage() -> u32 {
    2
}

/// A week: time to ask around before anybody has to be woken for it.
fn default_notice_days() -> u32 {
    7
}

/// Half a day: still time to find somebody, late enough that nobody is woken for what is being mended.
fn default_coverage_page() -> Span {
    Span::from_hours(12)
}

fn yes() -> bool {
    true
}

impl Schedule {
    /// Everybody who stands in a rotation.
    #[must_use]
    pub fn people(&self) -> BTreeSet<&PersonId> {
        self.rotations.iter().flat_map(|r| &r.people).flat_map(|turn| &turn.0).collect()
    }
}

/// Turns that follow each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Its name in shifts and overrides, for example `primary`.
    pub name: String,
    /// The turns in their order; after the last comes the first.
    pub people: Vec<Turn>,
    /// In what the length of a turn is counted.
    #[serde(default)]
    pub unit: Unit,
    /// The length of a turn in units.
    #[serde(default = "default_every")]
    pub every: u32,
    /// When the first turn begins, and at which time of day turns pass, by the wall clock of the zone.
    #[serde(with = "text::start")]
    pub start: DateTime,
    /// The days on duty; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "some_weekday")]
    pub weekdays: Vec<Weekday>,
    /// The hours on duty of each such day; `None` means the whole day, from the time of `start` to the same time of the next day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// IANA name of a zone of its own, instead of the schedule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// While the turns of a higher layer have somebody on, those of lower ones have nobody. Rotations of one layer stand side
    /// by side. Overrides are above all layers.
    #[serde(default, skip_serializing_if = "is_ground")]
    pub layer: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_ground(layer: &u32) -> bool {
    *layer == 0
}

fn default_every() -> u32 {
    1
}

/// An explicit empty list says "nobody ever works", and reading it as "all days" would be the opposite: it is refused.
fn some_weekday<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Weekday>, D::Error> {
    let days = Vec::deserialize(from)?;
    if days.is_empty() {
        return Err(de::Error::custom(
            "no day is worked: name at least one of mo tu we th fr sa su, or leave it out for all",
        ));
    }
    Ok(days)
}

/// The people who are on call together in one turn: `"ana"` or `["ana", "bo"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn(pub Vec<PersonId>);

impl Serialize for Turn {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(to),
            several => several.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Turn {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct PeopleVisitor;

        impl<'de> de::Visitor<'de> for PeopleVisitor {
            type Value = Turn;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a person's id or a list of ids that are on together")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Turn, E> {
                PersonId::new(text).map(|id| Turn(vec![id])).map_err(E::custom)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Turn, A::Error> {
                let mut people = Vec::new();
                while let Some(id) = list.next_element()? {
                    people.push(id);
                }
                Ok(Turn(people))
            }
        }

        from.deserialize_any(PeopleVisitor)
    }
}

/// In what the length of a turn is counted. All of them step on the wall clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Hours of the wall clock.
    Hour,
    /// Days of duty.
    Day,
    /// Weeks.
    #[default]
    Week,
    /// Months; a start on the 31st falls on the last day of shorter months and returns to the 31st.
    Month,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Mo,
    /// Tuesday.
    Tu,
    /// Wednesday.
    We,
    /// Thursday.
    Th,
    /// Friday.
    Fr,
    /// Saturday.
    Sa,
    /// Sunday.
    Su,
}

impl Weekday {
    /// Days since Monday, 0 to 6.
    pub(crate) fn since_monday(self) -> usize {
        self as usize
    }
}

/// One person stands in for others for a while. Overrides apply in the order of their ids, so the newest has the last word.
///
/// With `replaces` it changes only the places where that person stands, either by schedule or by an earlier override.
/// Without it the person takes the whole rotation from `start` to `end`, also where nobody is on duty: so a gap is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Given by the core, growing.
    pub id: u64,
    /// The schedule that is changed; all others ignore this override.
    pub schedule: ScheduleId,
    /// The rotation that is changed; `None` means all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<String>,
    /// Who is replaced; `None` means whoever is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<PersonId>,
    /// Who is on instead.
    pub person: PersonId,
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
}

/// A person is away: still on the schedule, but not counted as ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub person: PersonId,
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
}

/// The same people on call in one rotation without a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// From this instant, RFC 3339 in UTC.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
    /// The rotation's name.
    pub rotation: String,
    /// Who, never empty, nobody twice.
    pub people: Vec<PersonId>,
}

/// Who is on call in one rotation at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCall {
    /// The rotation's name.
    pub rotation: String,
    /// Who, never empty, nobody twice.
    pub people: Vec<PersonId>,
    /// Until before this instant, at the most [`crate::HORIZON_DAYS`] ahead.
    pub until: Timestamp,
}

/// The same people on call over all rotations together, without a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
    /// Who, perhaps nobody.
    pub people: BTreeSet<PersonId>,
}

/// Too few people are ready, with the same people all the while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// From this instant.
    pub start: Timestamp,
    /// Until before this instant.
    pub end: Timestamp,
    /// How many distinct people are promised.
    pub need: u32,
    /// Who is ready, sorted; fewer than `need`.
    pub have: Vec<PersonId>,
}
