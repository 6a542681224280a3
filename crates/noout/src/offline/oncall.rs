//! `noout oncall`: who is on call by the file alone, and how that is written, whoever said it.

use std::path::Path;
use std::process::ExitCode;

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, Zoned};
use noout_calendar::{HORIZON_DAYS, MAX_SHIFTS, Schedule, Shift, first_instant};
use noout_core::config::Config;
use noout_types::{PersonId, ScheduleId};

use crate::cli::{Format, OncallArgs};
use crate::failure::BadInput;
use crate::{input, output};

/// How far is looked where `--to` is left out: a turn and the next one, for most teams.
const DEFAULT_DAYS: i64 = 14;

/// What a server said, which knows what people changed there: the shifts, and the zone in which they are shown.
pub type Asked = Vec<Shift>;

/// Prints the shifts: those that the server named, or those of the file.
pub fn run(args: &OncallArgs, asked: Option<Asked>) -> anyhow::Result<ExitCode> {
    let by_server = asked.is_some();
    let file = args.file();
    // The server's answer needs the file for the zone alone: without it, instants are shown in UTC.
    let schedule = match input::config(&file).and_then(|config| pick(&config, args.schedule.as_ref()).cloned()) {
        Ok(schedule) => Some(schedule),
        Err(_) if by_server => None,
        Err(why) => return Err(why.into()),
    };
    let zone = schedule.as_ref().map_or(Ok(TimeZone::UTC), |s| TimeZoneDatabase::bundled().get(&s.timezone));
    let zone = zone.unwrap_or(TimeZone::UTC);
    let (shifts, about) = match (asked, schedule) {
        (Some(shifts), _) => (shifts, "the schedule in this time".to_owned()),
        (None, Some(schedule)) => by_file(args, &file, &schedule)?,
        (None, None) => (Vec::new(), String::new()),
    };
    match args.output {
        Format::Json => output::json(&shifts)?,
        Format::Table => {
            output::table(["START", "END", "ROTATION", "PEOPLE"], shifts.iter().map(|shift| row(shift, &zone)))?;
            if shifts.is_empty() {
                eprintln!("nobody is on call in {about}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The shifts by the file alone, and what was looked at.
fn by_file(args: &OncallArgs, file: &Path, schedule: &Schedule) -> anyhow::Result<(Vec<Shift>, String)> {
    if let Err(errors) = schedule.validate() {
        let list: Vec<String> = errors.iter().map(|e| format!("\n  {e}")).collect();
        let message = format!("the schedule {} of {} cannot be used:{}", schedule.id, file.display(), list.concat());
        return Err(BadInput::new(message).into());
    }
    let zone = TimeZoneDatabase::bundled().get(&schedule.timezone)?;
    let (from, to) = range(args, &zone)?;
    let shifts = schedule.shifts(&[], from, to);
    // They live in the server: whoever reads this must not take it for the last word.
    if args.config.is_none() || file.with_file_name("noout.db").exists() {
        eprintln!("note: by {} alone: overrides and absences made on the server are not in this", file.display());
    }
    if shifts.len() >= MAX_SHIFTS {
        let message = format!("there are {MAX_SHIFTS} shifts or more from {from} to {to}: ask for a shorter time");
        return Err(BadInput::new(message).into());
    }
    Ok((shifts, format!("{} from {from} to {to}", schedule.id)))
}

fn pick<'c>(config: &'c Config, id: Option<&ScheduleId>) -> Result<&'c Schedule, BadInput> {
    let names: Vec<&str> = config.schedules.iter().map(|s| s.id.as_str()).collect();
    let names = names.join(", ");
    match (id, config.schedules.as_slice()) {
        (_, []) => Err(BadInput::new("the configuration has no [[schedule]]")),
        (None, [only]) => Ok(only),
        (None, _) => Err(BadInput::new(format!("which schedule? Say --schedule ID: there are {names}"))),
        (Some(id), _) => config
            .schedule(id)
            .ok_or_else(|| BadInput::new(format!("there is no schedule {:?}; there are: {names}", id.as_str()))),
    }
}

fn range(args: &OncallArgs, zone: &TimeZone) -> Result<(Timestamp, Timestamp), BadInput> {
    let at = |flag, text: &Option<String>| text.as_deref().map(|text| instant(flag, text, zone)).transpose();
    let from = at("--from", &args.from)?.unwrap_or_else(Timestamp::now);
    let days = |n: i64| from.checked_add(SignedDuration::from_hours(24 * n)).unwrap_or(Timestamp::MAX);
    let to = at("--to", &args.to)?.unwrap_or_else(|| days(DEFAULT_DAYS));
    if from >= to {
        return Err(BadInput::new(format!("--to must be after --from: found {from} to {to}")));
    }
    if to > days(HORIZON_DAYS) {
        return Err(BadInput::new(format!("{from} to {to} is too long: at most {HORIZON_DAYS} days are looked at")));
    }
    Ok((from, to))
}

/// An instant as people write it. A time without an offset is the schedule's wall clock.
fn instant(flag: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, BadInput> {
    let wall_clock = || text.parse::<DateTime>().ok().and_then(|civil| first_instant(zone, civil));
    let exact = || text.parse::<Zoned>().ok().map(|zoned| zoned.timestamp());
    text.parse().ok().or_else(exact).or_else(wall_clock).ok_or_else(|| {
        BadInput::new(format!(
            "{flag} {text:?} is no time: write \"2026-03-29\", \"2026-03-29T09:00\" (in the schedule's zone) or \"2026-03-29T09:00:00+02:00\""
        ))
    })
}

fn row(shift: &Shift, zone: &TimeZone) -> [String; 4] {
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    let people: Vec<&str> = shift.people.iter().map(PersonId::as_str).collect();
    [shown(shift.start), shown(shift.end), shift.rotation.clone(), people.join(", ")]
}
