//! What sends alerts, and where they go.

use noout_core::routing::{Account, Beside, Near, Replayed, Tested};
use noout_types::{
    HeartbeatId, IncidentId, MatchOp, Matchers, PersonId, PolicyId, Severity, SourceId, Span, Timestamp, Urgency,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::HeldBack;

/// A job that says regularly that it is alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Heartbeat {
    /// Its id.
    #[schema(value_type = String)]
    pub id: HeartbeatId,
    /// `down`, `late`, `new`, `running`, `up` or `paused`.
    pub standing: String,
    /// When it is expected: `every 10m`, or a crontab's five fields.
    pub schedule: String,
    /// Where it pings; whoever knows it may. Only for those who may change things.
    pub url: Option<String>,
    /// When a sign of life is due.
    #[schema(value_type = Option<String>)]
    pub due: Option<Timestamp>,
    /// When the alarm is raised without one.
    #[schema(value_type = Option<String>)]
    pub alarm: Option<Timestamp>,
    /// The last sign of life.
    #[schema(value_type = Option<String>)]
    pub last: Option<Timestamp>,
    /// What it said: `start`, `success` or `fail`.
    pub last_signal: Option<String>,
    /// The last time that all went well.
    #[schema(value_type = Option<String>)]
    pub last_success: Option<Timestamp>,
    /// How long the last run took.
    #[schema(value_type = Option<String>)]
    pub took: Option<Span>,
    /// Since when the alarm stands.
    #[schema(value_type = Option<String>)]
    pub down_since: Option<Timestamp>,
    /// What the job said last.
    pub log: String,
}

/// A source of alerts, and what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Its id.
    #[schema(value_type = String)]
    pub id: SourceId,
    /// `alerts` or `requests` as the configuration has it; `keyless` for programs on this machine where there is no
    /// `[[source]]`, `own` for noout itself, `unlisted` for what is not in the configuration any more.
    pub kind: String,
    /// How many incidents it may open in a minute; none = no limit.
    pub rate: Option<u32>,
    /// When an alert of it was last taken, as far as that is known: since the server started, or of what fires.
    #[schema(value_type = Option<String>)]
    pub last_heard: Option<Timestamp>,
    /// Since when `accepted` and `refused` are counted: the server's start.
    #[schema(value_type = String)]
    pub since: Timestamp,
    /// Alerts that fire.
    pub firing: u64,
    /// Alerts that were taken.
    pub accepted: u64,
    /// Alerts that could not be taken because of what they say.
    pub refused: u64,
    /// Beginnings that came after their ends, and so paged nobody: those of the last lines of its timeline.
    pub late: u64,
    /// Open incidents that hold what it sent beyond its rate.
    #[schema(value_type = Vec<u64>)]
    pub overflow: Vec<IncidentId>,
}

/// Where a label set would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouteTest {
    /// The first route that matches; none = no route does, and the first policy is told.
    pub route: Option<String>,
    /// Who is told.
    #[schema(value_type = Option<String>)]
    pub policy: Option<PolicyId>,
    /// How bad.
    #[schema(value_type = String)]
    pub severity: Severity,
    /// Whether people are woken at that instant.
    #[schema(value_type = String)]
    pub urgency: Urgency,
    /// When they are, if only then.
    #[schema(value_type = Option<String>)]
    pub rises_at: Option<Timestamp>,
    /// What makes one incident: labels with their values.
    pub group: Vec<(String, String)>,
    /// Whom each step would tell.
    pub steps: Vec<RouteStep>,
    /// Later routes that match, too, and are never asked.
    pub also: Vec<String>,
    /// What would hold it back at that instant: then nobody is paged, whatever the steps say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<HeldBack>,
    /// Real alerts of late that carry all that was asked for; none without a server.
    pub exact: Option<usize>,
    /// Real alerts of late that nearly do: those that go elsewhere first.
    pub near: Vec<NearAlert>,
}

/// A step of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouteStep {
    /// As it is written.
    pub notify: Vec<String>,
    /// Whom it names at that instant.
    #[schema(value_type = Vec<String>)]
    pub people: Vec<PersonId>,
    /// How long after the first page, if nobody acknowledges.
    #[schema(value_type = String)]
    pub after: Span,
}

/// A real alert that is nearly what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NearAlert {
    /// What it carried.
    pub labels: BTreeMap<String, String>,
    /// When it came.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Where it goes.
    pub route: Option<String>,
    /// What was asked for and is otherwise: name, asked, real.
    pub differs: Vec<(String, String, String)>,
}

impl RouteTest {
    /// The answer, beside what really came in.
    #[must_use]
    pub fn new(tested: Tested, beside: Option<Beside>) -> Self {
        let Tested { route, policy, severity, urgency, rises_at, group, steps, also, held } = tested;
        let step =
            |s: noout_core::routing::TestedStep| RouteStep { notify: s.notify, people: s.people, after: s.after };
        let near =
            |n: Near| NearAlert { labels: n.labels.pairs().to_map(), at: n.at, route: n.route, differs: n.differs };
        let exact = beside.as_ref().map(|b| b.exact);
        let near = beside.map(|b| b.near.into_iter().map(near).collect()).unwrap_or_default();
        let steps = steps.into_iter().map(step).collect();
        let held_back = held.as_ref().map(HeldBack::new);
        Self { route, policy, severity, urgency, rises_at, group, steps, also, held_back, exact, near }
    }
}

/// What is to be replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// How far back.
    #[schema(value_type = String)]
    pub since: Span,
    /// The configuration to replay by; what was in force at each time, if absent.
    #[serde(default)]
    pub config: Option<String>,
}

/// What happened, and what would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Replay {
    /// From when.
    #[schema(value_type = String)]
    pub from: Timestamp,
    /// Until when.
    #[schema(value_type = String)]
    pub to: Timestamp,
    /// As it was.
    pub happened: ReplayAccount,
    /// As it would have been.
    pub would: ReplayAccount,
    /// Pages that there were and would not have been.
    pub fewer: Vec<ReplayPage>,
    /// Pages that would have been and were not.
    pub more: Vec<ReplayPage>,
}

/// What people had of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayAccount {
    /// Incidents about alerts.
    pub incidents: usize,
    /// Pages about them.
    pub pages: usize,
    /// The same by person.
    pub people: Vec<ReplayPerson>,
    /// Nights, by the date on which they began in UTC, with the pages in them.
    pub nights: BTreeMap<String, usize>,
}

/// A person's pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayPerson {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// All.
    pub pages: usize,
    /// Between ten in the evening and six, where the person lives.
    pub by_night: usize,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct ReplayPage {
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// About what.
    pub title: String,
    /// What in history no replay repeats, where that is why: `undelivered`, a message about it did not arrive at once;
    /// `maintenance`, one held it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// Hours from midnight back to when a night begins, so that its two halves have one date.
const HALF_NIGHT: Span = Span::from_hours(12);

impl ReplayAccount {
    fn new(account: &Account) -> Self {
        let person = |(person, (pages, by_night))| ReplayPerson { person, pages, by_night };
        let mut nights = BTreeMap::new();
        for page in account.pages.iter().filter(|page| page.night) {
            let date = HALF_NIGHT.before(page.at).strftime("%F").to_string();
            *nights.entry(date).or_default() += 1;
        }
        Self {
            incidents: account.incidents.len(),
            pages: account.pages.len(),
            people: account.per_person().into_iter().map(person).collect(),
            nights,
        }
    }
}

impl Replay {
    /// The two accounts, and in what they differ; at the most `limit` pages each way.
    #[must_use]
    pub fn new(replayed: &Replayed, limit: usize) -> Self {
        let Replayed { from, to, happened, would, because } = replayed;
        // The same person about the same thing: as often here as there.
        let count = |account: &Account| {
            let mut counts: BTreeMap<(PersonId, String), usize> = BTreeMap::new();
            account.pages.iter().for_each(|p| *counts.entry((p.person.clone(), p.title.clone())).or_default() += 1);
            counts
        };
        let without = |account: &Account, other: &Account| {
            let mut left = count(other);
            let beyond = account.pages.iter().filter(|p| {
                match left.get_mut(&(p.person.clone(), p.title.clone())).filter(|n| **n > 0) {
                    Some(n) => {
                        *n -= 1;
                        false
                    }
                    None => true,
                }
            });
            let page = |p: &noout_core::routing::PageTo| ReplayPage {
                at: p.at,
                person: p.person.clone(),
                title: p.title.clone(),
                because: because.get(&p.title).map(|because| because.code().to_owned()),
            };
            beyond.take(limit).map(page).collect()
        };
        Self {
            from: *from,
            to: *to,
            fewer: without(happened, would),
            more: without(would, happened),
            happened: ReplayAccount::new(happened),
            would: ReplayAccount::new(would),
        }
    }
}

/// Labels as people type them: `alertname=Disk,team="db"`.
///
/// # Errors
/// A part is no pair, in words.
pub fn labels_of(text: &str) -> Result<noout_types::Labels, String> {
    let wrong = |what: String| format!("labels: {what}, allowed is for example alertname=Disk,team=db");
    // As alerts are shown: perhaps within braces, values in quotes where they need them.
    let parts: Matchers = text.parse().map_err(|why| wrong(format!("{why}")))?;
    let mut labels = noout_types::Labels::default();
    for part in parts.0 {
        if part.op != MatchOp::Equal {
            return Err(wrong(format!("found {part}")));
        }
        if !part.value.is_empty() {
            labels.insert(part.name, part.value);
        }
    }
    Ok(labels)
}
