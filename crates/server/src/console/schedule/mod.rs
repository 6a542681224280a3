//! Who is on call, now and in the next two weeks; gaps; overrides; absences, swaps, rest.

mod hours;
mod roster;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::ToSpan as _;
use noout_calendar::Schedule;
use noout_core::State;
use noout_core::engine::Command;
use noout_types::{PersonId, Span, Timestamp};

use crate::App;
use crate::console::form::Fields;
use crate::console::http::{Answer, html, invalid, missing, refused, see_other};
use crate::console::marks::esc;
use crate::console::names::{name, names};
use crate::console::page::Page;
use crate::console::seat::{Post, Seat};
use crate::console::times::{Watch, When};

/// Days that are drawn.
const DAYS: u32 = 14;

/// How long "take over now" lasts unless another end is chosen.
const TAKE_OVER: Span = Span::from_hours(8);

/// Gaps and rows of other lists that are shown; the rest is counted, or is further ahead than anybody looks.
const MAX_ROWS: usize = 40;

/// The shortest piece of a strip that carries a name, in per mille of its width.
const MIN_LABEL: u64 = 45;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/schedule", get(show))
        .route("/schedule/overrides", post(add))
        .route("/schedule/overrides/{id}/remove", post(remove))
        .merge(roster::router())
        .merge(hours::router())
}

/// A strip of two weeks, drawn.
struct Strip(String);

impl std::fmt::Display for Strip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Strip {}

struct Rotation {
    name: String,
    strip: Strip,
    now: String,
    until: Option<When>,
    /// Whether who looks could take the running shift over.
    takable: bool,
    shifts: Vec<(String, When, When)>,
}

struct Gap {
    from: When,
    to: When,
    have: usize,
    need: u32,
    who: String,
}

struct Over {
    id: u64,
    person: String,
    replaces: String,
    rotation: String,
    from: When,
    to: When,
    /// When it counts, if that is only a part of its time.
    partly: Vec<(When, When)>,
}

struct Plan {
    id: String,
    zone: String,
    need: u32,
    have: usize,
    short: bool,
    days: Strip,
    rotations: Vec<Rotation>,
    gap_strip: Strip,
    gaps: Vec<Gap>,
    /// Gaps that are not listed.
    more_gaps: usize,
    fallback: String,
    /// Who has not confirmed any contact yet.
    unproven: String,
    /// Who left a drill without an answer, and does not count.
    missed: String,
    overrides: Vec<Over>,
}

#[derive(Template)]
#[template(path = "schedule.html")]
struct Screen {
    p: Page,
    plans: Vec<Plan>,
    absences: Vec<roster::AwayRow>,
    swaps: Vec<roster::SwapRow>,
    rests: Vec<roster::RestRow>,
    feeds: Vec<roster::FeedRow>,
    people: Vec<(String, String, bool)>,
    from: String,
    to: String,
}

async fn show(seat: Seat) -> Response {
    let p = Page::new(&seat, "schedule");
    let now = p.watch.now;
    let local = |at: Timestamp| at.to_zoned(p.watch.zone().clone()).strftime("%Y-%m-%dT%H:%M").to_string();
    let schedules: Vec<_> = seat.app.read(|s| s.config.schedules.iter().map(|s| s.id.clone()).collect());
    let feeds = roster::feeds(&seat, &schedules, &p.s("feed-own"));
    let screen = seat.app.read(|s| Screen {
        plans: s.config.schedules.iter().map(|schedule| plan(s, &p, schedule, &seat.who)).collect(),
        absences: roster::absences(s, &p, &seat.who),
        swaps: roster::swaps(s, &p, &seat.who),
        rests: roster::rests(s, &p),
        feeds,
        people: s
            .config
            .people
            .iter()
            .map(|person| (person.id.to_string(), person.display().to_owned(), person.id == seat.who))
            .collect(),
        from: local(now),
        to: local(TAKE_OVER.after(now)),
        p: p.clone(),
    });
    html(&screen)
}

/// The two weeks from the start of today.
struct Fortnight {
    start: Timestamp,
    end: Timestamp,
}

impl Fortnight {
    fn new(watch: &Watch) -> Self {
        let today = watch.now.to_zoned(watch.zone().clone());
        let start = today.start_of_day().map_or(watch.now, |z| z.timestamp());
        Self { start, end: Span::from_hours(24 * u64::from(DAYS)).after(start) }
    }

    /// Per mille from the left.
    fn at(&self, at: Timestamp) -> u64 {
        let whole = Span::between(self.start, self.end).as_millis().max(1);
        (Span::between(self.start, at.clamp(self.start, self.end)).as_millis() * 1000 / whole).min(1000)
    }
}

fn percent(mille: u64) -> String {
    format!("{}.{}%", mille / 10, mille % 10)
}

fn plan(s: &State, p: &Page, schedule: &Schedule, who: &PersonId) -> Plan {
    let overrides = s.overrides_of(&schedule.id);
    let frame = Fortnight::new(&p.watch);
    let now = p.watch.now;
    let ready = |id: &PersonId| s.is_ready_at(id, now);
    let gaps = s.coverage_gaps(schedule, now);
    let all = schedule.shifts(&overrides, frame.start, frame.end);
    let on = schedule.on_call(&overrides, now);
    let have = on.iter().flat_map(|on| &on.people).collect::<BTreeSet<_>>().into_iter().filter(|id| ready(id)).count();
    let people: Vec<_> = schedule.people().into_iter().cloned().collect();
    let rotation = |r: &noout_calendar::Rotation| {
        let shifts: Vec<_> = all.iter().filter(|x| x.rotation == r.name).collect();
        let present = on.iter().find(|x| x.rotation == r.name);
        Rotation {
            name: r.name.clone(),
            strip: strip(s, &frame, &p.watch, &shifts, &people),
            now: present.map(|x| names(s, &x.people)).unwrap_or_default(),
            until: present.map(|x| p.watch.when(x.until)),
            takable: present.is_some_and(|x| x.people.len() == 1 && !x.people.contains(who)),
            shifts: shifts
                .iter()
                .filter(|x| x.end > now)
                .map(|x| (names(s, &x.people), p.watch.when(x.start), p.watch.when(x.end)))
                .collect(),
        }
    };
    Plan {
        id: schedule.id.to_string(),
        zone: schedule.timezone.clone(),
        need: schedule.coverage,
        have,
        short: have < schedule.coverage as usize,
        days: days(&frame, &p.watch),
        rotations: schedule.rotations.iter().map(rotation).collect(),
        gap_strip: gap_strip(&frame, &gaps, &p.s("gap")),
        more_gaps: gaps.len().saturating_sub(MAX_ROWS),
        fallback: schedule.fallback.as_ref().map(|id| name(s, id)).unwrap_or_default(),
        unproven: names(s, people.iter().filter(|id| !s.is_confirmed(id) && s.drills.missed(id).is_none())),
        missed: names(s, people.iter().filter(|id| s.drills.missed(id).is_some())),
        gaps: gaps
            .iter()
            .take(MAX_ROWS)
            .map(|g| Gap {
                from: p.watch.when(g.start),
                to: p.watch.when(g.end),
                have: g.have.len(),
                need: g.need,
                who: names(s, &g.have),
            })
            .collect(),
        overrides: overrides
            .iter()
            .filter(|o| o.end > now)
            .map(|o| Over {
                id: o.id,
                person: name(s, &o.person),
                replaces: o.replaces.as_ref().map(|r| name(s, r)).unwrap_or_default(),
                rotation: o.rotation.clone().unwrap_or_default(),
                from: p.watch.when(o.start),
                to: p.watch.when(o.end),
                partly: partly(s, p, o),
            })
            .collect(),
    }
}

/// When an override counts, if whom it replaces is on call only in a part of its time.
fn partly(s: &State, p: &Page, over: &noout_calendar::Override) -> Vec<(When, When)> {
    let times = crate::oncall::replaced_partly(s, over).unwrap_or_default();
    times.into_iter().take(MAX_ROWS).map(|(from, to)| (p.watch.when(from), p.watch.when(to))).collect()
}

/// The days above the strips; weekends are marked.
fn days(frame: &Fortnight, watch: &Watch) -> Strip {
    let mut out = String::from("<svg class=\"days\" width=\"100%\" height=\"18\" aria-hidden=\"true\">");
    let first = frame.start.to_zoned(watch.zone().clone()).date();
    for day in 0..DAYS {
        let date = first.saturating_add(i64::from(day).days());
        let x = percent(u64::from(day) * 1000 / u64::from(DAYS));
        let weekend = matches!(date.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
        let class = if weekend { "weekend" } else { "day" };
        let _ = write!(out, "<text class=\"{class}\" x=\"{x}\" y=\"13\" dx=\"3\">{}</text>", date.day());
    }
    out.push_str("</svg>");
    Strip(out)
}

fn strip(s: &State, frame: &Fortnight, watch: &Watch, shifts: &[&noout_calendar::Shift], people: &[PersonId]) -> Strip {
    let mut out = String::from("<svg class=\"strip\" width=\"100%\" height=\"26\" aria-hidden=\"true\">");
    out.push_str("<rect class=\"nobody\" width=\"100%\" height=\"26\"/>");
    for shift in shifts {
        let (from, to) = (frame.at(shift.start), frame.at(shift.end));
        let place = shift.people.first().and_then(|p| people.iter().position(|x| x == p)).unwrap_or(people.len());
        let who = esc(&names(s, &shift.people));
        let (x, width) = (percent(from), percent(to - from));
        let _ = write!(
            out,
            "<svg x=\"{x}\" width=\"{width}\" height=\"26\"><rect class=\"turn t{}\" width=\"100%\" height=\"26\"/>\
             <rect class=\"edge\" width=\"1.5\" height=\"26\"/><title>{who} · {} – {}</title>",
            place % 6,
            esc(&watch.abs(shift.start)),
            esc(&watch.abs(shift.end)),
        );
        if to - from >= MIN_LABEL {
            let _ = write!(out, "<text x=\"8\" y=\"17\">{who}</text>");
        }
        out.push_str("</svg>");
    }
    // Ticks at the edges, so that no name is crossed out.
    let now = percent(frame.at(watch.now));
    let _ = write!(
        out,
        "<rect class=\"now\" x=\"{now}\" width=\"2\" height=\"5\"/><rect class=\"now\" x=\"{now}\" y=\"21\" width=\"2\" height=\"5\"/></svg>"
    );
    Strip(out)
}

fn gap_strip(frame: &Fortnight, gaps: &[noout_calendar::Gap], word: &str) -> Strip {
    let gaps: Vec<_> = gaps.iter().filter(|gap| gap.start < frame.end).collect();
    if gaps.is_empty() {
        return Strip(String::new());
    }
    let mut out = String::from("<svg class=\"strip gaps\" width=\"100%\" height=\"20\" aria-hidden=\"true\">");
    for gap in gaps {
        let (from, to) = (frame.at(gap.start), frame.at(gap.end));
        let (x, width) = (percent(from), percent((to - from).max(2)));
        let _ = write!(
            out,
            "<rect class=\"gap\" x=\"{x}\" width=\"{width}\" height=\"20\"/><text class=\"gap\" x=\"{x}\" dx=\"4\" y=\"14\">◆ {}</text>",
            esc(word)
        );
    }
    out.push_str("</svg>");
    Strip(out)
}

fn override_of(p: &Page, seat: &Seat, fields: &Fields) -> Option<Command> {
    let now_only = fields.get("when") == "now";
    let (start, end) = if now_only {
        (p.watch.now, TAKE_OVER.after(p.watch.now))
    } else {
        (roster::instant(p, fields.get("from"))?, roster::instant(p, fields.get("to"))?)
    };
    let person = if fields.get("person").is_empty() { seat.who.clone() } else { fields.get("person").parse().ok()? };
    let text = |name| Some(fields.owned(name)).filter(|t| !t.is_empty());
    Some(Command::AddOverride {
        schedule: fields.get("schedule").parse().ok()?,
        rotation: text("rotation"),
        replaces: text("replaces").map(|r| r.parse()).transpose().ok()?,
        person,
        start,
        end,
    })
}

async fn add(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let p = Page::new(&seat, "schedule");
    let trouble = || invalid(p.clone(), p.s("trouble-form"), "/schedule");
    let command = override_of(&p, &seat, &fields).ok_or_else(trouble)?;
    seat.command(command).await.map_err(|why| refused(p.clone(), &why, "/schedule"))?;
    Ok(see_other("/schedule"))
}

async fn remove(Path(id): Path<String>, post: Post) -> Answer {
    let seat = post.seat;
    let id = id.parse().map_err(|_| missing(Page::new(&seat, "schedule"), &id))?;
    let done = seat.command(Command::RemoveOverride(id)).await;
    done.map_err(|why| refused(Page::new(&seat, "schedule"), &why, "/schedule"))?;
    Ok(see_other("/schedule"))
}
