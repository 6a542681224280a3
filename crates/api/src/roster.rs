//! Who is on call, beside what the schedules say: absences, swaps, take-overs, gaps, rest, reports, calendars.

use noout_types::{PersonId, ScheduleId, Timestamp, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A shift that somebody took over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenShift {
    /// In which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// In which rotation.
    pub rotation: String,
    /// Who has it now.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Who had it.
    #[schema(value_type = Vec<String>)]
    pub from: Vec<PersonId>,
    /// Until before this instant.
    #[schema(value_type = String)]
    pub until: Timestamp,
}

/// The same people on call in one rotation without a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shift {
    /// From this instant.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Until before this instant.
    #[schema(value_type = String)]
    pub end: Timestamp,
    /// The rotation.
    pub rotation: String,
    /// Who.
    #[schema(value_type = Vec<String>)]
    pub people: Vec<PersonId>,
}

/// Somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddAbsence {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// From when: a day, a wall-clock time of the person's zone, or RFC 3339; now if absent.
    #[serde(default)]
    pub from: Option<String>,
    /// Until when, likewise, or a length as `8h`; a day is included.
    pub to: String,
    /// Why, for others to read.
    #[serde(default)]
    pub reason: String,
}

/// A calendar that says when somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadAbsences {
    /// Whose.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// What the calendar is called: reading one of the same name again replaces what it said.
    pub source: String,
    /// The calendar, iCalendar text.
    pub ics: String,
}

/// When somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Absence {
    /// Its number; none if it stands in the configuration.
    pub id: Option<u64>,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// From this instant.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Until before this instant.
    #[schema(value_type = String)]
    pub end: Timestamp,
    /// Why.
    pub reason: String,
    /// The calendar that it was read from.
    pub source: Option<String>,
}

/// A shift that somebody wants to give away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSwap {
    /// In which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// In which rotation; wherever the person stands if absent.
    #[serde(default)]
    pub rotation: Option<String>,
    /// Who gives it away; who asks if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub asker: Option<PersonId>,
    /// Who is asked; anybody if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub with: Option<PersonId>,
    /// From when: RFC 3339, or a wall-clock time or day of the schedule's zone.
    pub from: String,
    /// Until when, likewise, or a length as `8h`.
    pub to: String,
    /// What is taken for it: from when.
    #[serde(default)]
    pub back_from: Option<String>,
    /// What is taken for it: until when.
    #[serde(default)]
    pub back_to: Option<String>,
}

/// A swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Swap {
    /// Its number.
    pub id: u64,
    /// In which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// In which rotation; wherever the person stands if absent.
    pub rotation: Option<String>,
    /// Who gives the shift away.
    #[schema(value_type = String)]
    pub asker: PersonId,
    /// Who is asked, or has taken it; anybody if absent.
    #[schema(value_type = Option<String>)]
    pub with: Option<PersonId>,
    /// From this instant.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Until before this instant.
    #[schema(value_type = String)]
    pub end: Timestamp,
    /// What is taken for it.
    #[schema(value_type = Option<String>)]
    pub back_start: Option<Timestamp>,
    /// What is taken for it.
    #[schema(value_type = Option<String>)]
    pub back_end: Option<Timestamp>,
    /// An answer must be there before this.
    #[schema(value_type = String)]
    pub expires: Timestamp,
    /// `asked`, `accepted` (a third person must approve), `done`, `declined`, `withdrawn`, `expired`.
    pub status: String,
    /// The overrides that stand for it.
    pub overrides: Vec<u64>,
}

/// The shift that runs now is taken over until its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeShift {
    /// In which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// In which rotation; the first in which somebody else is on if absent.
    #[serde(default)]
    pub rotation: Option<String>,
    /// From whom, where several are on together.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub replaces: Option<PersonId>,
    /// Who takes it; who asks if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonId>,
}

/// Fewer people are ready than promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gap {
    /// In which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// From this instant.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Until before this instant.
    #[schema(value_type = String)]
    pub end: Timestamp,
    /// How many distinct people are promised.
    pub need: u32,
    /// Who is ready: on call, reachable and not away.
    #[schema(value_type = Vec<String>)]
    pub have: Vec<PersonId>,
    /// Who stands in while it lasts.
    #[schema(value_type = Option<String>)]
    pub fallback: Option<PersonId>,
}

/// A person who can be paged, and whether that is known to work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Drill {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Whether the person counts for coverage: can be reached, and has not left a drill without an answer.
    pub ready: bool,
    /// When a contact that wakes was last confirmed from end to end.
    #[schema(value_type = Option<String>)]
    pub confirmed: Option<Timestamp>,
    /// When the last drill began.
    #[schema(value_type = Option<String>)]
    pub begun: Option<Timestamp>,
    /// Until when an answer is waited for; none once that is over.
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
    /// When it was answered.
    #[schema(value_type = Option<String>)]
    pub answered: Option<Timestamp>,
    /// Since when the person does not count, because nobody answered.
    #[schema(value_type = Option<String>)]
    pub missed: Option<Timestamp>,
}

/// Somebody who was woken at night is on call before eleven hours have passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rest {
    /// In which schedule.
    #[schema(value_type = String)]
    pub schedule: ScheduleId,
    /// In which rotation.
    pub rotation: String,
    /// Who was woken.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// When.
    #[schema(value_type = String)]
    pub woken_at: Timestamp,
    /// From when cover is wanted.
    #[schema(value_type = String)]
    pub start: Timestamp,
    /// Until when.
    #[schema(value_type = String)]
    pub end: Timestamp,
    /// Who could cover: an override by this person accepts the proposal. None if nobody is free.
    #[schema(value_type = Option<String>)]
    pub cover: Option<PersonId>,
}

/// Hours on call, in seconds that really passed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hours {
    /// All of them.
    pub on_call: u64,
    /// From 22:00 to 06:00 of the person's clock.
    pub night: u64,
    /// On Saturdays and Sundays.
    pub weekend: u64,
    /// On holidays.
    pub holiday: u64,
}

/// One local day of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportDay {
    /// The day, in the person's zone.
    pub date: String,
    /// The time on call.
    pub seconds: Hours,
}

/// What a person did in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportLine {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The zone whose days and nights these are.
    pub timezone: String,
    /// Time on call, all days together.
    pub seconds: Hours,
    /// Pages.
    pub pages: u32,
    /// Pages between 22:00 and 06:00.
    pub night_pages: u32,
    /// Day by day.
    pub days: Vec<ReportDay>,
}

/// A calendar that others may subscribe to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedOf {
    /// `person:ID` or `schedule:ID`.
    pub feed: String,
}

/// Its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedUrl {
    /// `person:ID` or `schedule:ID`.
    pub feed: String,
    /// The address. Whoever has it reads the calendar, without signing in, until it is withdrawn.
    pub url: String,
}

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddToken {
    /// What it is called.
    #[schema(value_type = String)]
    pub name: TokenId,
    /// What it may: `viewer` or `responder`.
    pub role: String,
}

/// A token that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is called.
    #[schema(value_type = String)]
    pub name: TokenId,
    /// What it may.
    pub role: String,
    /// The token. Nobody can read it again: noout keeps a digest of it.
    pub token: String,
}

/// A token that works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// What it is called.
    #[schema(value_type = String)]
    pub name: TokenId,
    /// What it may.
    pub role: String,
    /// Since when.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
}
