//! Beside the turns: who is away, who swaps, who should rest, who takes over; and the calendars' addresses.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::post;
use noout_calendar::Moment;
use noout_core::State;
use noout_core::config::Role;
use noout_core::engine::Command;
use noout_core::roster::{Feed, RosterCommand, Swap, SwapStatus, Time, rest_covers};
use noout_types::{PersonId, ScheduleId, Timestamp};

use crate::App;
use crate::console::form::Fields;
use crate::console::http::{Answer, invalid, missing, refused, see_other, trouble};
use crate::console::names::name;
use crate::console::page::Page;
use crate::console::seat::{Post, Seat};
use crate::console::times::When;

/// What a calendar is called that nobody named: reading it again replaces what it said.
const CALENDAR: &str = "calendar";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/schedule/take", post(take))
        .route("/schedule/absences", post(add_absence))
        .route("/schedule/absences/calendar", post(read_absences))
        .route("/schedule/absences/{id}/remove", post(remove_absence))
        .route("/schedule/swaps", post(ask_swap))
        .route("/schedule/swaps/{id}/{answer}", post(answer_swap))
        .route("/schedule/calendars", post(withdraw))
}

pub(super) struct AwayRow {
    /// None for those of the file.
    pub id: Option<u64>,
    pub person: String,
    pub from: When,
    pub to: When,
    pub reason: String,
    /// Whether who looks may take it back.
    pub mine: bool,
}

pub(super) struct SwapRow {
    pub id: u64,
    pub schedule: String,
    pub asker: String,
    pub with: String,
    pub from: When,
    pub to: When,
    pub back: Option<(When, When)>,
    pub expires: When,
    /// Waits for a third person.
    pub accepted: bool,
    /// What who looks may say.
    pub answers: Vec<&'static str>,
}

pub(super) struct RestRow {
    pub schedule: String,
    pub rotation: String,
    pub person: String,
    pub person_id: String,
    pub woken: When,
    pub from: When,
    pub to: When,
    pub cover: Option<(String, String)>,
}

pub(super) struct FeedRow {
    pub feed: String,
    pub label: String,
    pub url: String,
    /// Whether who looks may withdraw it.
    pub mine: bool,
}

fn role(s: &State, who: &PersonId) -> Role {
    s.config.person(who).map_or(Role::Viewer, |p| p.role)
}

pub(super) fn absences(s: &State, p: &Page, who: &PersonId) -> Vec<AwayRow> {
    let role = role(s, who);
    let may = |person: &PersonId| role >= Role::Operator || (person == who && role >= Role::Responder);
    let filed = s.config.absences.iter().filter_map(|a| {
        let (start, end) = s.config.times_of(a)?;
        Some((None, a.person.clone(), start, end, a.reason.clone()))
    });
    let told = s.roster.absences().map(|a| (Some(a.id), a.person.clone(), a.start, a.end, a.reason.clone()));
    let mut all: Vec<_> = filed.chain(told).filter(|(_, _, _, end, _)| *end > p.watch.now).collect();
    all.sort_by_key(|(_, _, start, _, _)| *start);
    let row = |(id, person, start, end, reason): (Option<u64>, PersonId, Timestamp, Timestamp, String)| AwayRow {
        id,
        person: name(s, &person),
        from: p.watch.when(start),
        to: p.watch.when(end),
        reason,
        mine: may(&person),
    };
    all.into_iter().take(super::MAX_ROWS).map(row).collect()
}

fn answers(s: &State, swap: &Swap, who: &PersonId) -> Vec<&'static str> {
    let role = role(s, who);
    match &swap.status {
        SwapStatus::Asked if swap.asker == *who => vec!["withdraw"],
        SwapStatus::Asked if role < Role::Responder => Vec::new(),
        SwapStatus::Asked if swap.other.as_ref() == Some(who) => vec!["accept", "decline"],
        SwapStatus::Asked if swap.other.is_none() => vec!["accept"],
        SwapStatus::Accepted { .. } if swap.asker == *who => vec!["withdraw"],
        SwapStatus::Accepted { by } if by != who && role >= Role::Operator => vec!["approve", "decline"],
        _ => Vec::new(),
    }
}

pub(super) fn swaps(s: &State, p: &Page, who: &PersonId) -> Vec<SwapRow> {
    let row = |swap: &Swap| {
        let with = match &swap.status {
            SwapStatus::Accepted { by } => Some(by),
            _ => swap.other.as_ref(),
        };
        SwapRow {
            id: swap.id,
            schedule: swap.schedule.to_string(),
            asker: name(s, &swap.asker),
            with: with.map(|id| name(s, id)).unwrap_or_default(),
            from: p.watch.when(swap.start),
            to: p.watch.when(swap.end),
            back: swap.back.map(|(start, end)| (p.watch.when(start), p.watch.when(end))),
            expires: p.watch.when(swap.expires),
            accepted: matches!(swap.status, SwapStatus::Accepted { .. }),
            answers: answers(s, swap, who),
        }
    };
    s.roster.swaps().filter(|swap| swap.is_open()).take(super::MAX_ROWS).map(row).collect()
}

pub(super) fn rests(s: &State, p: &Page) -> Vec<RestRow> {
    let row = |r: noout_core::roster::RestCover| RestRow {
        schedule: r.schedule.to_string(),
        rotation: r.rotation,
        person: name(s, &r.person),
        person_id: r.person.to_string(),
        woken: p.watch.when(r.woken_at),
        from: p.watch.when(r.start),
        to: p.watch.when(r.end),
        cover: r.cover.map(|id| (id.to_string(), name(s, &id))),
    };
    rest_covers(s, p.watch.now).into_iter().map(row).collect()
}

/// One's own calendar, and those of all schedules.
pub(super) fn feeds(seat: &Seat, schedules: &[ScheduleId], own: &str) -> Vec<FeedRow> {
    let operates = seat.app.read(|s| role(s, &seat.who) >= Role::Operator);
    let mine = (Feed::Person(seat.who.clone()), own.to_owned(), true);
    let all = schedules.iter().map(|id| (Feed::Schedule(id.clone()), id.to_string(), operates));
    let row = |(feed, label, mine): (Feed, String, bool)| {
        let url = crate::oncall::feed_url(&seat.app, &feed);
        FeedRow { feed: feed.to_string(), label, url, mine }
    };
    [mine].into_iter().chain(all).map(row).collect()
}

/// A time of a form: exact, or on the wall clock of the one who wrote it.
fn moment(p: &Page, text: &str) -> Option<(Moment, Timestamp)> {
    let moment: Moment = text.parse().ok()?;
    let at = moment.begin(&p.zone, p.watch.now)?;
    Some((moment, at))
}

pub(super) fn instant(p: &Page, text: &str) -> Option<Timestamp> {
    moment(p, text).map(|(_, at)| at)
}

async fn done(seat: &Seat, command: RosterCommand) -> Answer {
    let done = seat.command(Command::Roster(command)).await;
    done.map_err(|why| refused(Page::new(seat, "schedule"), &why, "/schedule"))?;
    Ok(see_other("/schedule"))
}

fn form<T>(seat: &Seat, found: Option<T>) -> Result<T, axum::response::Response> {
    let p = Page::new(seat, "schedule");
    found.ok_or_else(|| invalid(p.clone(), p.s("trouble-form"), "/schedule"))
}

fn text(fields: &Fields, name: &str) -> Option<String> {
    Some(fields.owned(name)).filter(|text| !text.is_empty())
}

async fn take(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let schedule = form(&seat, fields.get("schedule").parse().ok())?;
    let replaces =
        form(&seat, text(&fields, "replaces").map(|id| id.parse().ok()).map_or(Some(None), |id| id.map(Some)))?;
    let rotation = text(&fields, "rotation");
    done(&seat, RosterCommand::Take { schedule, rotation, replaces, person: None }).await
}

fn absence_of(seat: &Seat, fields: &Fields) -> Option<RosterCommand> {
    let p = Page::new(seat, "schedule");
    let person: PersonId = fields.get("person").parse().ok()?;
    // A day is a day of whoever is away.
    let zone = seat.app.read(|s| s.config.person(&person).map(|p| p.timezone.clone()))?;
    let from: Moment = fields.get("from").parse().ok()?;
    let to: Moment = fields.get("to").parse().ok()?;
    let start = from.begin(&zone, p.watch.now)?;
    let time = Time { start, end: to.last(&zone, start)?, reason: fields.owned("reason") };
    Some(RosterCommand::AddAbsence { person, time })
}

async fn add_absence(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let command = form(&seat, absence_of(&seat, &fields))?;
    done(&seat, command).await
}

async fn read_absences(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let page = || Page::new(&seat, "schedule");
    let person: PersonId = form(&seat, fields.get("person").parse().ok())?;
    let zone = form(&seat, seat.app.read(|s| s.config.person(&person).map(|p| p.timezone.clone())))?;
    let (now, ics) = (page().watch.now, fields.owned("ics"));
    let read = tokio::task::spawn_blocking(move || crate::oncall::read_calendar(&ics, &zone, now)).await;
    let read = form(&seat, read.ok())?.map_err(|why| invalid(page(), why.to_string(), "/schedule"))?;
    let p = page();
    let mut told = vec![p.t.n("calendar-read", read.times.len())];
    let left_out = [
        ("calendar-unread", read.unread),
        ("calendar-passed-over", read.passed_over),
        ("calendar-too-long", read.too_long),
    ];
    told.extend(left_out.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| p.t.n(key, n)));
    let source = text(&fields, "source").unwrap_or_else(|| CALENDAR.to_owned());
    let command = RosterCommand::ReadAbsences { person, source, times: read.times };
    done(&seat, command).await?;
    Ok(trouble(p.clone(), StatusCode::OK, p.s("absences"), told.join(" "), "/schedule"))
}

async fn remove_absence(Path(id): Path<String>, post: Post) -> Answer {
    let seat = post.seat;
    let id = id.parse().map_err(|_| missing(Page::new(&seat, "schedule"), &id))?;
    done(&seat, RosterCommand::RemoveAbsence(id)).await
}

fn swap_of(seat: &Seat, fields: &Fields) -> Option<RosterCommand> {
    let p = Page::new(seat, "schedule");
    let other = match text(fields, "with") {
        Some(id) => Some(id.parse().ok()?),
        None => None,
    };
    let back = match (text(fields, "back-from"), text(fields, "back-to")) {
        (Some(from), Some(to)) => Some((instant(&p, &from)?, instant(&p, &to)?)),
        (None, None) => None,
        _ => return None,
    };
    Some(RosterCommand::AskSwap {
        schedule: fields.get("schedule").parse().ok()?,
        rotation: text(fields, "rotation"),
        asker: Some(seat.who.clone()),
        other,
        start: instant(&p, fields.get("from"))?,
        end: instant(&p, fields.get("to"))?,
        back,
    })
}

async fn ask_swap(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let command = form(&seat, swap_of(&seat, &fields))?;
    done(&seat, command).await
}

async fn answer_swap(Path((id, answer)): Path<(String, String)>, post: Post) -> Answer {
    let seat = post.seat;
    let nothing = || missing(Page::new(&seat, "schedule"), &id);
    let number = id.parse().map_err(|_| nothing())?;
    let command = match answer.as_str() {
        "accept" => RosterCommand::AcceptSwap(number),
        "decline" => RosterCommand::DeclineSwap(number),
        "withdraw" => RosterCommand::WithdrawSwap(number),
        "approve" => RosterCommand::ApproveSwap(number),
        _ => return Err(nothing()),
    };
    done(&seat, command).await
}

async fn withdraw(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let feed = form(&seat, fields.get("feed").parse().ok())?;
    done(&seat, RosterCommand::RenewFeed(feed)).await
}
