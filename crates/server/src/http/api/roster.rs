//! `/api/v1/…` for who is on call: overrides, absences, swaps, take-overs, gaps, rest, reports, calendars.

use axum::extract::{Path, Query, State};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use noout_api as wire;
use noout_calendar::{DayHours, Moment};
use noout_core::Actor;
use noout_core::config::Role;
use noout_core::engine::Command;
use noout_core::roster::{Feed, RosterCommand, Swap, SwapEnd, SwapStatus, Time, rest_covers};
use noout_types::{PersonId, ScheduleId, Span, Timestamp};
use serde::Deserialize;

use super::failure::Failure;
use super::{Answer, Caller, Sent, blocking, command, number, require};
use crate::App;
use crate::oncall;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/overrides/{id}", delete(remove_override))
        .route("/absences", get(absences).post(add_absence))
        .route("/absences/read", post(read_absences))
        .route("/absences/{id}", delete(remove_absence))
        .route("/swaps", get(swaps).post(ask_swap))
        .route("/swaps/{id}/accept", post(accept))
        .route("/swaps/{id}/decline", post(decline))
        .route("/swaps/{id}/withdraw", post(withdraw))
        .route("/swaps/{id}/approve", post(approve))
        .route("/oncall/take", post(take))
        .route("/oncall/shifts", get(shifts))
        .route("/oncall/report", get(report))
        .route("/coverage", get(coverage))
        .route("/drills", get(drills))
        .route("/rest", get(rest))
        .route("/feeds", get(feeds))
        .route("/feeds/withdraw", post(withdraw_feed))
}

fn moment(field: &str, text: &str) -> Result<Moment, Failure> {
    text.parse().map_err(|e| Failure::invalid(format!("{field}: {e}")))
}

fn outside(field: &str, text: &str) -> Failure {
    Failure::invalid(format!("{field}: {text:?} is outside of the calendar"))
}

/// Beginning and end, on the wall clock of a zone; now if no beginning is named.
fn span(
    now: Timestamp,
    zone: &str,
    (start_field, start): (&str, Option<&str>),
    (end_field, end): (&str, &str),
    whole_days: bool,
) -> Result<(Timestamp, Timestamp), Failure> {
    let begin = match start {
        Some(text) => moment(start_field, text)?.begin(zone, now).ok_or_else(|| outside(start_field, text))?,
        None => now,
    };
    let last = moment(end_field, end)?;
    let last = if whole_days { last.last(zone, begin) } else { last.end(zone, begin) };
    Ok((begin, last.ok_or_else(|| outside(end_field, end))?))
}

fn zone_of(app: &App, schedule: &ScheduleId) -> Result<String, Failure> {
    let zone = app.read(|s| s.config.schedule(schedule).map(|s| s.timezone.clone()));
    zone.ok_or_else(|| Failure::unknown("schedule", schedule.as_str()))
}

fn zone_of_person(app: &App, person: &PersonId) -> Result<String, Failure> {
    let zone = app.read(|s| s.config.person(person).map(|p| p.timezone.clone()));
    zone.ok_or_else(|| Failure::unknown("person", person.as_str()))
}

pub(super) async fn add_override(
    State(app): State<App>,
    by: Caller,
    Sent(sent): Sent<wire::AddOverride>,
) -> Answer<wire::Accepted> {
    let wire::AddOverride { schedule, rotation, replaces, person, start, end } = sent;
    let zone = zone_of(&app, &schedule)?;
    let (start, end) = span(app.now(), &zone, ("start", start.as_deref()), ("end", &end), false)?;
    command(&app, by, Command::AddOverride { schedule, rotation, replaces, person, start, end }).await
}

async fn remove_override(State(app): State<App>, by: Caller, Path(id): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::RemoveOverride(number("override", &id)?)).await
}

async fn absences(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Absence>> {
    let now = app.now();
    Ok(Json(app.read(|s| {
        let filed = s.config.absences.iter().filter_map(|a| {
            let (start, end) = s.config.times_of(a)?;
            let (person, reason) = (a.person.clone(), a.reason.clone());
            Some(wire::Absence { id: None, person, start, end, reason, source: None })
        });
        let told = s.roster.absences().map(|a| wire::Absence {
            id: Some(a.id),
            person: a.person.clone(),
            start: a.start,
            end: a.end,
            reason: a.reason.clone(),
            source: a.source.clone(),
        });
        let mut all: Vec<_> = filed.chain(told).filter(|a| a.end > now).collect();
        all.sort_by(|a, b| (a.start, &a.person).cmp(&(b.start, &b.person)));
        all
    })))
}

async fn add_absence(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::AddAbsence>) -> Answer<wire::Accepted> {
    let wire::AddAbsence { person, from, to, reason } = sent;
    let zone = zone_of_person(&app, &person)?;
    let (start, end) = span(app.now(), &zone, ("from", from.as_deref()), ("to", &to), true)?;
    let time = Time { start, end, reason };
    command(&app, by, Command::Roster(RosterCommand::AddAbsence { person, time })).await
}

async fn remove_absence(State(app): State<App>, by: Caller, Path(id): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Roster(RosterCommand::RemoveAbsence(number("absence", &id)?))).await
}

async fn read_absences(
    State(app): State<App>,
    by: Caller,
    Sent(sent): Sent<wire::ReadAbsences>,
) -> Answer<wire::Accepted> {
    let wire::ReadAbsences { person, source, ics } = sent;
    let (zone, now) = (zone_of_person(&app, &person)?, app.now());
    let read = blocking(move || oncall::read_calendar(&ics, &zone, now)).await?;
    let read = read.map_err(|e| Failure::invalid(format!("ics: {e}")))?;
    let notes = read.notes();
    let read = RosterCommand::ReadAbsences { person, source, times: read.times };
    let Json(mut accepted) = command(&app, by, Command::Roster(read)).await?;
    accepted.warnings.extend(notes);
    Ok(Json(accepted))
}

fn swap(swap: &Swap) -> wire::Swap {
    let (status, with, overrides) = match &swap.status {
        SwapStatus::Asked => ("asked", swap.other.clone(), Vec::new()),
        SwapStatus::Accepted { by } => ("accepted", Some(by.clone()), Vec::new()),
        SwapStatus::Ended { end, .. } => match end {
            SwapEnd::Done { with, overrides } => ("done", Some(with.clone()), overrides.clone()),
            SwapEnd::Declined => ("declined", swap.other.clone(), Vec::new()),
            SwapEnd::Withdrawn => ("withdrawn", swap.other.clone(), Vec::new()),
            SwapEnd::Expired => ("expired", swap.other.clone(), Vec::new()),
        },
    };
    wire::Swap {
        id: swap.id,
        schedule: swap.schedule.clone(),
        rotation: swap.rotation.clone(),
        asker: swap.asker.clone(),
        with,
        start: swap.start,
        end: swap.end,
        back_start: swap.back.map(|(start, _)| start),
        back_end: swap.back.map(|(_, end)| end),
        expires: swap.expires,
        status: status.to_owned(),
        overrides,
    }
}

async fn swaps(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Swap>> {
    Ok(Json(app.read(|s| {
        let mut all: Vec<_> = s.roster.swaps().map(swap).collect();
        all.reverse();
        all.truncate(wire::MAX_LIST);
        all
    })))
}

async fn ask_swap(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::AskSwap>) -> Answer<wire::Accepted> {
    let wire::AskSwap { schedule, rotation, asker, with, from, to, back_from, back_to } = sent;
    let (zone, now) = (zone_of(&app, &schedule)?, app.now());
    let (start, end) = span(now, &zone, ("from", Some(&from)), ("to", &to), false)?;
    let back = match (&back_from, &back_to) {
        (None, None) => None,
        (Some(from), Some(to)) => Some(span(now, &zone, ("back_from", Some(from)), ("back_to", to), false)?),
        _ => return Err(Failure::invalid("back_from and back_to go together: what is taken for the shift")),
    };
    let ask = RosterCommand::AskSwap { schedule, rotation, asker, other: with, start, end, back };
    command(&app, by, Command::Roster(ask)).await
}

async fn accept(State(app): State<App>, by: Caller, Path(id): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Roster(RosterCommand::AcceptSwap(number("swap", &id)?))).await
}

async fn decline(State(app): State<App>, by: Caller, Path(id): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Roster(RosterCommand::DeclineSwap(number("swap", &id)?))).await
}

async fn withdraw(State(app): State<App>, by: Caller, Path(id): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Roster(RosterCommand::WithdrawSwap(number("swap", &id)?))).await
}

async fn approve(State(app): State<App>, by: Caller, Path(id): Path<String>) -> Answer<wire::Accepted> {
    command(&app, by, Command::Roster(RosterCommand::ApproveSwap(number("swap", &id)?))).await
}

async fn take(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::TakeShift>) -> Answer<wire::Accepted> {
    let wire::TakeShift { schedule, rotation, replaces, person } = sent;
    let (now, id) = (app.now(), schedule.clone());
    let before = app.read(|s| s.config.schedule(&id).map(|found| found.on_call(&s.overrides_of(&id), now)));
    let take = Command::Roster(RosterCommand::Take { schedule, rotation, replaces, person });
    let Json(mut accepted) = command(&app, by, take).await?;
    let over = accepted.override_id.and_then(|id| app.read(|s| s.overrides.get(&id).cloned()));
    accepted.taken = over.and_then(|over| {
        let rotation = over.rotation?;
        let had = before.unwrap_or_default().into_iter().find(|on| on.rotation == rotation)?.people;
        let from = had.into_iter().filter(|p| over.replaces.as_ref().is_none_or(|r| r == p) && *p != over.person);
        let from = from.collect();
        let (schedule, person, until) = (over.schedule, over.person, over.end);
        Some(wire::TakenShift { schedule, rotation, person, from, until })
    });
    Ok(Json(accepted))
}

#[derive(Deserialize)]
struct Shifts {
    schedule: Option<ScheduleId>,
    from: Option<String>,
    to: Option<String>,
}

/// How far shifts are listed where no end is named: a turn and the next one, for most teams.
const DEFAULT_SHIFTS: Span = Span::from_hours(14 * 24);

async fn shifts(State(app): State<App>, _: Caller, Query(asked): Query<Shifts>) -> Answer<Vec<wire::Shift>> {
    let schedule = app.read(|s| only_schedule(&s.config, asked.schedule.as_ref()))?;
    let (now, zone) = (app.now(), schedule.timezone.clone());
    let begin = |text: &str| moment("from", text)?.begin(&zone, now).ok_or_else(|| outside("from", text));
    let from = asked.from.as_deref().map(begin).transpose()?.unwrap_or(now);
    let end = |text: &str| moment("to", text)?.end(&zone, from).ok_or_else(|| outside("to", text));
    let to = asked.to.as_deref().map(end).transpose()?.unwrap_or_else(|| DEFAULT_SHIFTS.after(from));
    if from >= to || Span::from_hours(24 * noout_calendar::HORIZON_DAYS.unsigned_abs()).after(from) < to {
        let days = noout_calendar::HORIZON_DAYS;
        return Err(Failure::invalid(format!("to: found {from} to {to}, allowed is up to {days} days")));
    }
    let shifts = blocking(move || app.read(|s| schedule.shifts(&s.overrides_of(&schedule.id), from, to))).await?;
    let one =
        |s: noout_calendar::Shift| wire::Shift { start: s.start, end: s.end, rotation: s.rotation, people: s.people };
    Ok(Json(shifts.into_iter().map(one).collect()))
}

/// The schedule that is named, or the only one.
fn only_schedule(
    config: &noout_core::config::Config,
    id: Option<&ScheduleId>,
) -> Result<noout_calendar::Schedule, Failure> {
    let names: Vec<&str> = config.schedules.iter().map(|s| s.id.as_str()).collect();
    match (id, config.schedules.as_slice()) {
        (Some(id), _) => config.schedule(id).cloned().ok_or_else(|| Failure::unknown("schedule", id.as_str())),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Failure::invalid(format!("schedule: say which, there are {}", names.join(", ")))),
    }
}

#[derive(Deserialize)]
struct Period {
    from: Option<String>,
    to: Option<String>,
}

async fn report(State(app): State<App>, by: Caller, Query(asked): Query<Period>) -> Answer<Vec<wire::ReportLine>> {
    // How much others worked is theirs and the operators' to know.
    let all = require(&app, &by.0, Role::Operator).is_ok();
    let from = asked.from.as_deref().map(|text| moment("from", text)).transpose()?;
    let to = asked.to.as_deref().map(|text| moment("to", text)).transpose()?;
    let worked = blocking(move || oncall::report(&app, from.as_ref(), to.as_ref())).await?;
    let worked = worked.map_err(Failure::invalid)?;
    let hours = |d: DayHours| wire::Hours { on_call: d.on, night: d.night, weekend: d.weekend, holiday: d.holiday };
    let mine = |person: &PersonId| all || by.0 == Actor::Person(person.clone());
    let line = |w: noout_core::roster::report::Worked| wire::ReportLine {
        seconds: hours(w.total()),
        days: w.days.iter().map(|(d, h)| wire::ReportDay { date: d.to_string(), seconds: hours(*h) }).collect(),
        person: w.person,
        name: w.name,
        timezone: w.timezone,
        pages: w.pages,
        night_pages: w.night_pages,
    };
    Ok(Json(worked.into_iter().filter(|w| mine(&w.person)).map(line).collect()))
}

#[derive(Deserialize)]
struct OfSchedule {
    schedule: Option<ScheduleId>,
}

async fn coverage(State(app): State<App>, _: Caller, Query(asked): Query<OfSchedule>) -> Answer<Vec<wire::Gap>> {
    let now = app.now();
    if let Some(id) = &asked.schedule {
        zone_of(&app, id)?;
    }
    Ok(Json(app.read(|s| {
        let wanted = |id: &ScheduleId| asked.schedule.as_ref().is_none_or(|want| want == id);
        let of = |schedule: &noout_calendar::Schedule| {
            let (id, fallback) = (schedule.id.clone(), schedule.fallback.clone());
            s.coverage_gaps(schedule, now).into_iter().map(move |gap| wire::Gap {
                schedule: id.clone(),
                start: gap.start,
                end: gap.end,
                need: gap.need,
                have: gap.have,
                fallback: fallback.clone(),
            })
        };
        s.config.schedules.iter().filter(|s| wanted(&s.id)).flat_map(of).take(wire::MAX_LIST).collect()
    })))
}

async fn drills(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Drill>> {
    let now = app.now();
    Ok(Json(app.read(|s| {
        let one = |person: &noout_core::config::Person| {
            let drill = s.drills.of(&person.id);
            wire::Drill {
                ready: s.is_ready(&person.id),
                confirmed: s.confirmed(&person.id),
                begun: drill.map(|d| d.at),
                until: drill.and_then(|d| d.until),
                answered: drill.and_then(|d| d.answered),
                missed: drill.and_then(|d| d.missed),
                person: person.id.clone(),
            }
        };
        s.pageable(now).into_iter().map(one).take(wire::MAX_LIST).collect()
    })))
}

async fn rest(State(app): State<App>, _: Caller) -> Answer<Vec<wire::Rest>> {
    let now = app.now();
    let one = |r: noout_core::roster::RestCover| wire::Rest {
        schedule: r.schedule,
        rotation: r.rotation,
        person: r.person,
        woken_at: r.woken_at,
        start: r.start,
        end: r.end,
        cover: r.cover,
    };
    Ok(Json(app.read(|s| rest_covers(s, now)).into_iter().map(one).collect()))
}

/// One's own calendar and those of the schedules; an operator may hand out everybody's.
async fn feeds(State(app): State<App>, by: Caller) -> Answer<Vec<wire::FeedUrl>> {
    let all = require(&app, &by.0, Role::Operator).is_ok();
    let feeds: Vec<Feed> = app.read(|s| {
        let people = s.config.people.iter().filter(|p| all || by.0.person() == Some(&p.id));
        let people = people.map(|p| Feed::Person(p.id.clone()));
        people.chain(s.config.schedules.iter().map(|s| Feed::Schedule(s.id.clone()))).collect()
    });
    let one = |feed: Feed| wire::FeedUrl { url: oncall::feed_url(&app, &feed), feed: feed.to_string() };
    Ok(Json(feeds.into_iter().map(one).collect()))
}

async fn withdraw_feed(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::FeedOf>) -> Answer<wire::FeedUrl> {
    let feed: Feed = sent.feed.parse().map_err(Failure::invalid)?;
    let _committed = command(&app, by, Command::Roster(RosterCommand::RenewFeed(feed.clone()))).await?;
    Ok(Json(wire::FeedUrl { url: oncall::feed_url(&app, &feed), feed: sent.feed }))
}
