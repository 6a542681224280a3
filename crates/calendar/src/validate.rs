//! What is wrong with a schedule, said so that the operator finds the line.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::tz::TimeZoneDatabase;

use crate::model::{Override, Rotation, Schedule};
use crate::text::Hours;
use crate::{
    COVERAGE_DAYS, MAX_COVERAGE_PAGE_DAYS, MAX_EVERY, MAX_PEOPLE, MAX_ROTATIONS, MAX_START_YEAR, MIN_START_YEAR, clock,
};

/// One thing that is wrong, and in which field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct ScheduleError {
    /// The field within the schedule, as a path: `timezone`, `rotation[1].hours`, `rotation[0].people[2]`; places count from 0.
    pub field: String,
    /// What is wrong. Its text stands alone.
    pub problem: ScheduleProblem,
}

/// What can be wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleProblem {
    /// The name is not in the tz database.
    #[error(
        "{found:?} is no time zone: write an IANA name, for example \"Europe/Madrid\"{}",
        hint.as_ref().map(|name| format!(" (did you mean {name:?}?)")).unwrap_or_default()
    )]
    UnknownZone {
        /// What was found.
        found: String,
        /// A name that differs by a few letters.
        hint: Option<String>,
    },
    /// The coverage is zero: no promise at all.
    #[error("a coverage of 0 promises nobody: write at least 1, better 2")]
    NoCoverage,
    /// The people of all rotations together are fewer than the coverage.
    #[error(
        "coverage is {need} distinct people, but only {have} stand in the rotations: add people, or lower the coverage"
    )]
    TooFewPeople {
        /// The coverage.
        need: u32,
        /// Distinct people in all rotations.
        have: usize,
    },
    /// There are no rotations.
    #[error("a schedule needs at least one rotation")]
    NoRotations,
    /// A rotation has no name.
    #[error("a rotation needs a name, for example \"primary\"")]
    NoName,
    /// Two rotations have the same name, so that overrides could not tell them apart.
    #[error("a rotation {found:?} is already there: names of rotations are unique in a schedule")]
    NameTaken {
        /// The name.
        found: String,
    },
    /// Nobody stands in the rotation or in the turn.
    #[error("nobody stands here: name at least one person")]
    NoPeople,
    /// A person stands twice in the same turn.
    #[error("{found:?} stands twice in the same turn")]
    PersonTwice {
        /// The person.
        found: String,
    },
    /// A turn lasts nothing, or longer than can be meant.
    #[error("a turn of {found} units is not possible: allowed are 1 to {MAX_EVERY}")]
    Every {
        /// What was found.
        found: u32,
    },
    /// The start is out of range.
    #[error("{found} is out of range: a rotation starts in the years {MIN_START_YEAR} to {MAX_START_YEAR}")]
    Start {
        /// What was found.
        found: DateTime,
    },
    /// A weekday is named twice.
    #[error("a weekday is named twice")]
    WeekdayTwice,
    /// The hours begin and end at the same time.
    #[error("the hours {found} are empty: for the whole day write \"00:00-24:00\" or leave them out")]
    EmptyHours {
        /// What was found.
        found: Hours,
    },
    /// A gap is mailed earlier than coverage is looked at.
    #[error("{found} days are too many: coverage is looked at {COVERAGE_DAYS} days ahead")]
    NoticeDays {
        /// What was found.
        found: u32,
    },
    /// People would be paged about a gap long before it is mailed.
    #[error("{found} is too long: allowed is at most {MAX_COVERAGE_PAGE_DAYS}d, before that a gap is mailed")]
    CoveragePage {
        /// What was found.
        found: noout_types::Span,
    },
    /// There are more of something than noout takes.
    #[error("{found} are too many: allowed are at most {max}")]
    TooMany {
        /// How many were found.
        found: usize,
        /// How many are allowed.
        max: usize,
    },
}

use ScheduleProblem as P;

impl Schedule {
    /// Checks everything that a single schedule can be checked for; coverage over time is [`Schedule::gaps`].
    ///
    /// # Errors
    /// All problems, in the order of the file.
    pub fn validate(&self) -> Result<(), Vec<ScheduleError>> {
        let mut errors = Vec::new();
        let mut add = |field: String, problem: P| errors.push(ScheduleError { field, problem });
        if let Err(problem) = check_zone(&self.timezone) {
            add("timezone".to_owned(), problem);
        }
        let have = self.people().len();
        if self.coverage == 0 {
            add("coverage".to_owned(), P::NoCoverage);
        } else if have > 0 && have < self.coverage as usize {
            add("coverage".to_owned(), P::TooFewPeople { need: self.coverage, have });
        }
        if self.rotations.is_empty() {
            add("rotation".to_owned(), P::NoRotations);
        } else if self.rotations.len() > MAX_ROTATIONS {
            add("rotation".to_owned(), P::TooMany { found: self.rotations.len(), max: MAX_ROTATIONS });
        }
        if self.coverage_notice_days > COVERAGE_DAYS {
            add("coverage_notice_days".to_owned(), P::NoticeDays { found: self.coverage_notice_days });
        }
        if self.coverage_page > noout_types::Span::from_hours(24 * MAX_COVERAGE_PAGE_DAYS) {
            add("coverage_page".to_owned(), P::CoveragePage { found: self.coverage_page });
        }
        let mut names = BTreeSet::new();
        for (i, rotation) in self.rotations.iter().enumerate() {
            let mut add = |field: &str, problem| add(format!("rotation[{i}].{field}"), problem);
            if rotation.name.trim().is_empty() {
                add("name", P::NoName);
            } else if !names.insert(&rotation.name) {
                add("name", P::NameTaken { found: rotation.name.clone() });
            }
            check_people(rotation, &mut add);
            check_times(rotation, &mut add);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

fn check_people(rotation: &Rotation, add: &mut impl FnMut(&str, P)) {
    if rotation.people.is_empty() {
        add("people", P::NoPeople);
    } else if rotation.people.len() > MAX_PEOPLE {
        add("people", P::TooMany { found: rotation.people.len(), max: MAX_PEOPLE });
    }
    for (t, turn) in rotation.people.iter().enumerate().take(MAX_PEOPLE) {
        let field = format!("people[{t}]");
        if turn.0.is_empty() {
            add(&field, P::NoPeople);
        } else if turn.0.len() > MAX_PEOPLE {
            add(&field, P::TooMany { found: turn.0.len(), max: MAX_PEOPLE });
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = turn.0.iter().find(|person| !seen.insert(*person)) {
            add(&field, P::PersonTwice { found: twice.to_string() });
        }
    }
}

fn check_times(rotation: &Rotation, add: &mut impl FnMut(&str, P)) {
    if !(1..=MAX_EVERY).contains(&rotation.every) {
        add("every", P::Every { found: rotation.every });
    }
    if !(MIN_START_YEAR..=MAX_START_YEAR).contains(&rotation.start.year()) {
        add("start", P::Start { found: rotation.start });
    }
    let days: BTreeSet<_> = rotation.weekdays.iter().collect();
    if days.len() < rotation.weekdays.len() {
        add("weekdays", P::WeekdayTwice);
    }
    if let Some(found) = rotation.hours.filter(|hours| hours.is_empty()) {
        add("hours", P::EmptyHours { found });
    }
    if let Some(Err(problem)) = rotation.timezone.as_deref().map(check_zone) {
        add("timezone", problem);
    }
}

/// Whether a name is a time zone's, by the tz database that is compiled in.
///
/// # Errors
/// [`ScheduleProblem::UnknownZone`], with the name that was probably meant.
pub fn check_zone(name: &str) -> Result<(), ScheduleProblem> {
    if clock::zone(name).is_some() {
        return Ok(());
    }
    /// More letters than this are not a slip of the fingers.
    const SLIP: usize = 3;
    let wanted = name.to_ascii_lowercase().replace(' ', "_");
    let distance = |known: &str| -> usize {
        let known = known.to_ascii_lowercase();
        // The city alone is what people remember.
        let city = known.rsplit('/').next().unwrap_or(&known);
        if !city.is_empty() && city == wanted { 0 } else { edits(&wanted, &known) }
    };
    let hint = if name.len() > 64 {
        None
    } else {
        TimeZoneDatabase::bundled()
            .available()
            .map(|known| (distance(known.as_str()), known.as_str().to_owned()))
            // Two letters of three must be right: "Mars" does not mean "Eire".
            .filter(|(edits, _)| *edits <= SLIP && *edits * 3 <= wanted.len())
            .min()
            .map(|(_, known)| known)
    };
    Err(P::UnknownZone { found: name.to_owned(), hint })
}

/// Letters to add, drop or change to come from one text to the other.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// Why an override does not fit its schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// It is for another schedule.
    #[error("the override is for the schedule {found:?}, not for {want:?}")]
    OtherSchedule {
        /// The override's.
        found: String,
        /// The schedule that was asked.
        want: String,
    },
    /// It ends before it begins.
    #[error("an override must end after it begins: found {start} to {end}")]
    Empty {
        /// Its start.
        start: jiff::Timestamp,
        /// Its end.
        end: jiff::Timestamp,
    },
    /// There is no such rotation.
    #[error("there is no rotation {found:?}: allowed are {}", allowed.join(", "))]
    NoRotation {
        /// What was found.
        found: String,
        /// The schedule's rotations.
        allowed: Vec<String>,
    },
    /// It would put one person into every rotation at once.
    #[error("say which rotation, or who is replaced: else {person} would stand alone in all {rotations} rotations")]
    Everything {
        /// Who would stand alone.
        person: String,
        /// How many rotations there are.
        rotations: usize,
    },
}

impl Override {
    /// Checks an override before it is taken. Whether it leaves too few people is [`Schedule::gaps`].
    ///
    /// # Errors
    /// It is for another schedule, empty, for an unknown rotation, or would put one person into every rotation.
    pub fn validate(&self, schedule: &Schedule) -> Result<(), OverrideError> {
        if self.schedule != schedule.id {
            let (found, want) = (self.schedule.to_string(), schedule.id.to_string());
            return Err(OverrideError::OtherSchedule { found, want });
        }
        if self.start >= self.end {
            return Err(OverrideError::Empty { start: self.start, end: self.end });
        }
        if let Some(found) = &self.rotation
            && !schedule.rotations.iter().any(|rotation| rotation.name == *found)
        {
            let allowed = schedule.rotations.iter().map(|rotation| rotation.name.clone()).collect();
            return Err(OverrideError::NoRotation { found: found.clone(), allowed });
        }
        if self.rotation.is_none() && self.replaces.is_none() && schedule.rotations.len() > 1 {
            return Err(OverrideError::Everything {
                person: self.person.to_string(),
                rotations: schedule.rotations.len(),
            });
        }
        Ok(())
    }
}
