//! The endpoints, each once.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::{intake as i, meeting as m, requests as q, responses as r, roster as w};

/// How an endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes something.
    Post,
    /// Takes something back.
    Delete,
}

pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;

/// A wire type's name, its schema and the schemas that it refers to.
pub(crate) struct Shape {
    pub name: fn() -> String,
    pub all: fn() -> Schemas,
    pub many: bool,
}

fn name<T: ToSchema>() -> String {
    T::name().into_owned()
}

fn all<T: ToSchema>() -> Schemas {
    let mut schemas = vec![(name::<T>(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}

const fn one<T: ToSchema + PartialSchema>() -> Shape {
    Shape { name: name::<T>, all: all::<T>, many: false }
}

const fn many<T: ToSchema + PartialSchema>() -> Shape {
    Shape { name: name::<T>, all: all::<T>, many: true }
}

/// An endpoint of `/api/v1`. All need a token.
pub struct Endpoint {
    /// How it is called.
    pub method: Method,
    /// Its path, with `{id}` where something is named.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What it understands after the `?`: names and what they mean.
    pub query: &'static [(&'static str, &'static str)],
    pub(crate) body: Option<Shape>,
    pub(crate) answer: Shape,
}

const fn get(path: &'static str, summary: &'static str, answer: Shape) -> Endpoint {
    Endpoint { method: Method::Get, path, summary, query: &[], body: None, answer }
}

const fn search(
    path: &'static str,
    summary: &'static str,
    query: &'static [(&'static str, &'static str)],
    answer: Shape,
) -> Endpoint {
    Endpoint { method: Method::Get, path, summary, query, body: None, answer }
}

const fn post(path: &'static str, summary: &'static str, body: Shape) -> Endpoint {
    Endpoint { method: Method::Post, path, summary, query: &[], body: Some(body), answer: one::<r::Accepted>() }
}

const fn act(path: &'static str, summary: &'static str) -> Endpoint {
    Endpoint { method: Method::Post, path, summary, query: &[], body: None, answer: one::<r::Accepted>() }
}

const LIST: &[(&str, &str)] = &[
    ("open", "`true` for what is open, `false` for what is closed; both if absent"),
    ("limit", "how many at the most"),
];
const AFTER: &[(&str, &str)] =
    &[("after", "only what came after this journal record"), ("limit", "how many lines at the most")];

/// All endpoints of `/api/v1`.
pub const ENDPOINTS: &[Endpoint] = &[
    get("/api/v1/status", "How the server is", one::<r::ServerStatus>()),
    search("/api/v1/incidents", "Incidents, the last changed first", LIST, many::<r::Incident>()),
    post("/api/v1/incidents", "Opens an incident by hand", one::<q::OpenIncident>()),
    get("/api/v1/incidents/{id}", "One incident", one::<r::Incident>()),
    search("/api/v1/incidents/{id}/timeline", "Its timeline, oldest first", AFTER, many::<r::TimelineEntry>()),
    act("/api/v1/incidents/{id}/ack", "\"I have it\": pages stop at once"),
    Endpoint {
        method: Method::Post,
        path: "/api/v1/incidents/ack",
        summary: "\"I have all of these\": what others have by now stays theirs",
        query: &[],
        body: Some(one::<q::AckMany>()),
        answer: one::<r::AckedMany>(),
    },
    act("/api/v1/incidents/{id}/pass-on", "\"Not me now\": whoever was paged is not paged again in this round"),
    act("/api/v1/incidents/{id}/awake", "\"I'm awake\": no further pages about the same cause for a while"),
    post("/api/v1/incidents/{id}/resolve", "\"It is over\"", one::<q::Resolve>()),
    post("/api/v1/incidents/{id}/note", "Writes something down", one::<q::Words>()),
    post("/api/v1/incidents/{id}/announce", "Says what will be done, before it is done", one::<q::Words>()),
    post("/api/v1/incidents/{id}/hand-over", "Gives it to somebody else, who is paged", one::<q::HandOver>()),
    post("/api/v1/incidents/{id}/ticket", "Files it in a ticket system", one::<q::FileTicket>()),
    search(
        "/api/v1/alerts",
        "Alerts that fire, by fingerprint",
        &[
            ("filter", "matchers that must all hold: `severity=\"critical\", service=~\"db.*\"`"),
            ("limit", "how many at the most"),
        ],
        many::<r::Alert>(),
    ),
    get("/api/v1/heartbeats", "Jobs that say that they are alive, and how they stand", many::<i::Heartbeat>()),
    search(
        "/api/v1/routes/test",
        "Where an alert with these labels would go, beside real ones that are nearly like it",
        &[("labels", "`alertname=Disk,team=db`"), ("at", "at this instant, RFC 3339; now if absent")],
        one::<i::RouteTest>(),
    ),
    Endpoint {
        method: Method::Post,
        path: "/api/v1/routes/replay",
        summary: "What would have paged whom: the alerts that really came in, by this or another configuration",
        query: &[],
        body: Some(one::<i::ReplayRequest>()),
        answer: one::<i::Replay>(),
    },
    search("/api/v1/maintenances", "Maintenances, the last changed first", LIST, many::<r::Maintenance>()),
    post("/api/v1/maintenances", "Asks for a host to be taken out; a plan is made", one::<q::RequestMaintenance>()),
    get("/api/v1/maintenances/{id}", "One maintenance with its plan and its steps", one::<r::MaintenanceDetail>()),
    search("/api/v1/maintenances/{id}/timeline", "Its timeline, oldest first", AFTER, many::<r::TimelineEntry>()),
    post("/api/v1/maintenances/{id}/propose", "Puts a plan forward", one::<q::Propose>()),
    post("/api/v1/maintenances/{id}/approve", "A second person approves the plan; it starts", one::<q::Approve>()),
    post("/api/v1/maintenances/{id}/hold", "Nothing new is started", one::<q::Why>()),
    act("/api/v1/maintenances/{id}/resume", "It goes on"),
    post("/api/v1/maintenances/{id}/abort", "To the safest state that can be reached", one::<q::Why>()),
    act("/api/v1/maintenances/{id}/replan", "Looks at the platform and plans again"),
    post("/api/v1/maintenances/{id}/tick", "A line of the work order is done, or not after all", one::<q::Tick>()),
    post("/api/v1/maintenances/{id}/note", "Words on the work order", one::<q::Words>()),
    post("/api/v1/maintenances/{id}/sign", "The human step that is due is done", one::<q::Sign>()),
    search(
        "/api/v1/oncall",
        "Who is on call",
        &[("at", "at this instant, RFC 3339; now if absent")],
        many::<r::OnCall>(),
    ),
    get("/api/v1/overrides", "Who stands in for whom", many::<r::Override>()),
    post("/api/v1/overrides", "Somebody stands in", one::<q::AddOverride>()),
    Endpoint {
        method: Method::Delete,
        path: "/api/v1/overrides/{id}",
        summary: "Takes an override back",
        query: &[],
        body: None,
        answer: one::<r::Accepted>(),
    },
    search(
        "/api/v1/silences",
        "Silences, the newest first",
        &[("all", "`true` for those that ended lately, too")],
        many::<r::Silence>(),
    ),
    post("/api/v1/silences", "Holds alerts back, or changes a silence", one::<q::SetSilence>()),
    Endpoint {
        method: Method::Delete,
        path: "/api/v1/silences/{id}",
        summary: "Ends a silence before its time",
        query: &[],
        body: None,
        answer: one::<r::Accepted>(),
    },
    get("/api/v1/absences", "Who is away", many::<w::Absence>()),
    post("/api/v1/absences", "Somebody is away", one::<w::AddAbsence>()),
    post("/api/v1/absences/read", "Takes over when somebody is away by a calendar", one::<w::ReadAbsences>()),
    Endpoint {
        method: Method::Delete,
        path: "/api/v1/absences/{id}",
        summary: "Somebody is not away after all",
        query: &[],
        body: None,
        answer: one::<r::Accepted>(),
    },
    get("/api/v1/swaps", "Swaps, the newest first", many::<w::Swap>()),
    post("/api/v1/swaps", "Somebody wants to give a shift away", one::<w::AskSwap>()),
    act("/api/v1/swaps/{id}/accept", "\"I take it\""),
    act("/api/v1/swaps/{id}/decline", "\"No\""),
    act("/api/v1/swaps/{id}/withdraw", "\"Not any more\""),
    act("/api/v1/swaps/{id}/approve", "A third person agrees"),
    search(
        "/api/v1/oncall/shifts",
        "Who is on call when in one schedule, with the overrides",
        &[
            ("schedule", "which; may be absent where there is only one"),
            ("from", "from when: a day or a wall-clock time of the schedule, or RFC 3339; now if absent"),
            ("to", "until before when, likewise; 14 days later if absent"),
        ],
        many::<w::Shift>(),
    ),
    post("/api/v1/oncall/take", "Takes the shift that runs now over until its end", one::<w::TakeShift>()),
    search(
        "/api/v1/oncall/report",
        "Hours on call, nights, weekends, holidays and pages by person",
        &[
            ("from", "from when: a day (of each person's own zone), or RFC 3339; the first of this month if absent"),
            ("to", "until before when, likewise; now if absent"),
        ],
        many::<w::ReportLine>(),
    ),
    search(
        "/api/v1/coverage",
        "Gaps of the next 90 days: where fewer people are ready than promised",
        &[("schedule", "of this schedule only")],
        many::<w::Gap>(),
    ),
    get(
        "/api/v1/rest",
        "Who was woken at night and is on call before the rest is over, and who could cover",
        many::<w::Rest>(),
    ),
    get(
        "/api/v1/drills",
        "Everybody who can be paged: whether a contact is confirmed, and what became of the last drill",
        many::<w::Drill>(),
    ),
    get("/api/v1/feeds", "The addresses of the calendars of shifts that one may hand out", many::<w::FeedUrl>()),
    Endpoint {
        method: Method::Post,
        path: "/api/v1/feeds/withdraw",
        summary: "The address does not work any more; another one does",
        query: &[],
        body: Some(one::<w::FeedOf>()),
        answer: one::<w::FeedUrl>(),
    },
    post("/api/v1/stop", "Nothing disruptive starts any more; pages go on", one::<q::Why>()),
    act("/api/v1/resume", "It may again"),
    get("/api/v1/config", "The configuration in force", one::<r::ConfigVersion>()),
    post("/api/v1/config", "Checks and applies a configuration", one::<q::ConfigText>()),
    Endpoint {
        method: Method::Post,
        path: "/api/v1/config/check",
        summary: "Checks a configuration",
        query: &[],
        body: Some(one::<q::ConfigText>()),
        answer: one::<r::Checked>(),
    },
    get(
        "/api/v1/config/versions",
        "All configurations that were applied, the newest first",
        many::<r::ConfigVersion>(),
    ),
    Endpoint {
        method: Method::Post,
        path: "/api/v1/people/{id}/invite",
        summary: "Makes a link by which a person sets a first or a new password; for administrators",
        query: &[],
        body: None,
        answer: one::<r::Invitation>(),
    },
    get(
        "/api/v1/people/{id}/contacts",
        "A person's contact methods, and which are known to work",
        many::<r::ContactMethod>(),
    ),
    post("/api/v1/people/{id}/test", "Tries contact methods of a person: from end to end", one::<q::TestContacts>()),
    search("/api/v1/sources", "Who sends alerts, and what became of them", &[], many::<i::Source>()),
    get("/api/v1/sources/{id}", "One source", one::<i::Source>()),
    search(
        "/api/v1/sources/{id}/timeline",
        "What its alerts do not show: beginnings that came after their ends, changes",
        AFTER,
        many::<r::TimelineEntry>(),
    ),
    get("/api/v1/tokens", "Tokens of programs; for administrators", many::<w::Token>()),
    Endpoint {
        method: Method::Post,
        path: "/api/v1/tokens",
        summary: "Makes a token, which is shown this once; for administrators",
        query: &[],
        body: Some(one::<w::AddToken>()),
        answer: one::<w::NewToken>(),
    },
    Endpoint {
        method: Method::Delete,
        path: "/api/v1/tokens/{id}",
        summary: "A token does not work any more",
        query: &[],
        body: None,
        answer: one::<r::Accepted>(),
    },
    post("/api/v1/config/rollback", "Applies an earlier configuration as a new version", one::<q::Rollback>()),
    get("/api/v1/findings", "Sensors that drop out more often than their like", many::<r::Finding>()),
    post("/api/v1/findings/clear", "A finding is dealt with", one::<q::ClearFinding>()),
    get("/api/v1/notices", "What customers were told", many::<r::Notice>()),
    post("/api/v1/notices", "Tells customers something", one::<q::PostNotice>()),
    search(
        "/api/v1/requests",
        "Requests of other teams, the last changed first",
        &[
            ("open", "`true` for what is open, `false` for what is closed; both if absent"),
            ("owner", "only those of this person, or of `nobody`"),
            ("limit", "how many at the most"),
        ],
        many::<m::TeamRequest>(),
    ),
    post("/api/v1/requests", "Asks for something; a viewer may, too", one::<m::AskRequest>()),
    get("/api/v1/requests/{id}", "One request", one::<m::TeamRequest>()),
    search("/api/v1/requests/{id}/timeline", "Its timeline, oldest first", AFTER, many::<r::TimelineEntry>()),
    act("/api/v1/requests/{id}/take", "\"I do it\", also where somebody else has it"),
    post("/api/v1/requests/{id}/hand-over", "Gives it to a person, whoever has it", one::<q::HandOver>()),
    post("/api/v1/requests/{id}/answer", "Says something about it", one::<q::Words>()),
    post("/api/v1/requests/{id}/weigh", "It presses more or less than was said", one::<m::WeighRequest>()),
    post("/api/v1/requests/{id}/done", "It is done", one::<m::CloseRequest>()),
    post("/api/v1/requests/{id}/decline", "It will not be done, and why", one::<m::CloseRequest>()),
    get("/api/v1/meeting/agenda", "What the next weekly meeting is about", one::<m::Agenda>()),
    search(
        "/api/v1/decisions",
        "Questions that the team decides or decided, the last changed first",
        &[
            ("open", "`true` for what is open, `false` for what is closed; both if absent"),
            ("q", "only those in which this text stands anywhere"),
            ("limit", "how many at the most"),
        ],
        many::<m::Decision>(),
    ),
    post("/api/v1/decisions", "Puts a question up for the team", one::<m::RaiseDecision>()),
    get("/api/v1/decisions/{id}", "One question with everybody's voice", one::<m::Decision>()),
    search("/api/v1/decisions/{id}/timeline", "Its timeline, oldest first", AFTER, many::<r::TimelineEntry>()),
    post("/api/v1/decisions/{id}/voice", "Says what one is for, or something else than before", one::<m::GiveVoice>()),
    post("/api/v1/decisions/{id}/close", "Writes down what was decided and why", one::<m::CloseDecision>()),
    get("/api/v1/labs", "Labs and what can be broken in them", many::<r::Lab>()),
    post("/api/v1/lab/{platform}/break", "Breaks something in a lab on purpose", one::<q::Mischief>()),
    post("/api/v1/lab/{platform}/mend", "Mends it", one::<q::Mischief>()),
];
