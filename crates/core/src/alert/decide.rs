//! What a body of alerts means: which episodes begin, go on or end, and which incidents they open.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{Fingerprint, IncidentId, Labels, Pairs, PolicyId, Severity, SourceId, Span, Timestamp, Urgency};

use super::identity::Speaker;
use super::{Alert, AlertEvent, Ends, Posted, RESOLVE_TIMEOUT, Refreshed};
use crate::config::{Config, DEFAULT_RATE, Route, urgency_of};
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, Cause, Incident, IncidentEvent, Opened, OwnWords, Status};
use crate::paging::PagingEvent;
use crate::{heartbeat, says, silence};

/// A title longer than this is cut: about twelve words, what a lock screen shows.
const TITLE_CHARS: usize = 90;

/// At the most so many alerts expire in one event; the rest follow in the next.
const EXPIRE_BATCH: usize = 1000;

/// An acknowledgement covers what joins the incident within this time: the storm that it belongs to. Whoever works on the
/// first dead host does not look at the list when a second one dies an hour later, and must be told.
pub const ACK_COVERS: Span = Span::from_mins(30);

/// A person said that it is over, and the alert goes on: after this time it opens a new incident. Sources
/// that say again and again what fires need some minutes to see that something is mended.
const RESOLVED_COVERS: Span = RESOLVE_TIMEOUT;

/// Beginning of the keys of incidents that hold what a source sends beyond its rate.
const OVERFLOW: &str = "overflow/";

/// How long an acknowledgement covers what joins such an incident: no longer than its page is read. A storm that goes on pages
/// once more a minute after each acknowledgement.
const OVERFLOW_ACK_COVERS: Span = Span::from_mins(1);

/// The label that most sources name their alerts by.
const ALERTNAME: &str = "alertname";

/// Decides about a body of alerts from one source.
pub(crate) fn receive(state: &State, at: Timestamp, source: SourceId, posted: Vec<Posted>) -> Vec<Event> {
    let mut intake = Intake::new(state, at, &source);
    let speaker = Speaker::new(state, &source);
    let (mut firing, mut refreshed, mut resolved) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let (mut ended, mut late) = (BTreeMap::new(), BTreeMap::new());
    // Firing goes before resolved: a body that carries both for one alert, in whatever order, means
    // that the newer episode fires.
    for alert in posted {
        let fp = speaker.identity(&alert);
        let known = state.alerts.get(fp);
        let until = match alert.ends {
            Ends::Resolved(end) => {
                if let Some(known) = known.filter(|known| ends_this_episode(known, alert.starts_at, end)) {
                    resolved.insert(fp, end.unwrap_or(at).max(known.starts_at));
                }
                // What ends a known episode is remembered only where a repeated beginning can be told from a new one.
                let told_apart = alert.key.is_some() && end.is_some();
                let memory = speaker.memory(&alert);
                if (known.is_none() || told_apart) && !state.alerts.ended.knows(memory, end, at) {
                    ended.insert(fp, (memory, end));
                }
                continue;
            }
            Ends::At(end) if end <= at => {
                if known.is_some_and(|known| ends_this_episode(known, alert.starts_at, Some(end))) {
                    resolved.insert(fp, end);
                }
                continue;
            }
            Ends::Unknown => Some(RESOLVE_TIMEOUT.after(at)),
            Ends::At(end) => Some(end),
            Ends::WhenResolved => None,
        };
        // Only what comes once can be overtaken: a source that repeats what fires says so again.
        let once = alert.ends == Ends::WhenResolved && known.is_none();
        if once {
            let memory = speaker.memory(&alert);
            if state.alerts.ended.overtook(memory, alert.starts_at, alert.key.is_some(), at) {
                late.insert(memory, alert.labels);
                continue;
            }
        }
        match known.filter(|known| intake.is_known_to_people(known, &alert)) {
            Some(known) if known.key.is_some() && known.says_otherwise(&alert) => {
                let alert = intake.change(known, alert, until);
                firing.insert(fp, alert);
            }
            Some(known) => {
                let starts_at = alert.starts_at.filter(|s| *s > known.starts_at);
                refreshed.insert(fp, Refreshed { fingerprint: fp, until, starts_at });
            }
            None => {
                let alert = intake.begin(fp, alert, until);
                firing.insert(fp, alert);
            }
        }
    }
    resolved.retain(|fp, _| !firing.contains_key(fp) && !refreshed.contains_key(fp));
    ended.retain(|fp, _| !firing.contains_key(fp) && !refreshed.contains_key(fp));
    let mut events = intake.events;
    let nothing = firing.is_empty() && refreshed.is_empty() && resolved.is_empty();
    if !(nothing && ended.is_empty() && late.is_empty()) {
        let event = AlertEvent::Received {
            source,
            firing: firing.into_iter().collect(),
            refreshed: refreshed.into_values().collect(),
            resolved: resolved.into_iter().collect(),
            ended: ended.into_values().collect(),
            late: late.into_iter().collect(),
        };
        events.push(Event::Alert(event));
    }
    events
}

/// A "resolved" that belongs to an earlier episode, arriving late, closes nothing newer. Of two sources
/// that watch the same, one may have seen the beginning earlier: its end counts if it is later than ours began.
fn ends_this_episode(known: &Alert, starts_at: Option<Timestamp>, end: Option<Timestamp>) -> bool {
    let same = starts_at.is_some_and(|s| s >= known.starts_at);
    match end {
        Some(end) if starts_at.is_some() => same || end > known.starts_at,
        Some(end) => end >= known.starts_at,
        None => same || starts_at.is_none(),
    }
}

impl Alert {
    /// Whether its source says something else about it than before.
    fn says_otherwise(&self, posted: &Posted) -> bool {
        self.labels != posted.labels || self.annotations != posted.annotations
    }
}

struct Intake<'a> {
    state: &'a State,
    at: Timestamp,
    source: &'a SourceId,
    /// Incidents that this body opens, by their key.
    opened: BTreeMap<String, IncidentId>,
    /// How bad the incidents are that alerts of this body open or join.
    level: BTreeMap<IncidentId, (Severity, Urgency)>,
    /// Incidents that were held back, and that an alert of this body lets go.
    let_go: BTreeSet<IncidentId>,
    next: u64,
    /// How many incidents the source may still open in this minute; none = without limit.
    room: Option<u64>,
    events: Vec<Event>,
}

impl<'a> Intake<'a> {
    fn new(state: &'a State, at: Timestamp, source: &'a SourceId) -> Self {
        let (level, let_go) = (BTreeMap::new(), BTreeSet::new());
        let rate = rate_of(&state.config, source).map(u64::from);
        let opened = state.alerts.rates.get(source).map_or(0, |rate| rate.opened(at));
        let room = rate.filter(|rate| *rate > 0).map(|rate| rate.saturating_sub(opened));
        Self {
            state,
            at,
            source,
            opened: BTreeMap::new(),
            level,
            let_go,
            next: state.next_incident,
            room,
            events: Vec::new(),
        }
    }

    /// Whether the alert's incident is open, or a person has just said that it is over. What is worse than they knew, and
    /// what a source says once and says again after that, they cannot have meant.
    fn is_known_to_people(&self, known: &Alert, posted: &Posted) -> bool {
        let covered = |closed: Timestamp| {
            let repeats = posted.ends != Ends::WhenResolved || posted.starts_at.is_some_and(|began| began <= closed);
            let worse = Severity::from_label(posted.labels.get("severity")) > known.severity;
            RESOLVED_COVERS.after(closed) > self.at && repeats && !worse
        };
        self.state.incident(known.incident).is_some_and(|i| match i.status {
            Status::Resolved { at, .. } => covered(at),
            _ => true,
        })
    }

    fn begin(&mut self, fp: Fingerprint, posted: Posted, until: Option<Timestamp>) -> Alert {
        let severity = Severity::from_label(posted.labels.get("severity"));
        let route = route_of(&self.state.config, &posted.labels);
        let key = key_of(route, fp, &posted);
        let (key, open) = match self.open_of(&key) {
            // More than the source's rate: what would have opened further incidents stands in one, told as that.
            None if self.room == Some(0) => {
                let key = self.overflow_of(route);
                let open = self.open_of(&key);
                (key, open)
            }
            open => (key, open),
        };
        let incident = match open {
            Some(id) => {
                let (urgency, _) = self.urgency(route.map(|(_, r)| r), severity);
                self.join(id, severity, urgency, &posted);
                self.lets_go(id, fp, &posted);
                id
            }
            None => self.open(key, fp, route, severity, &posted),
        };
        Alert {
            starts_at: posted.starts_at.unwrap_or(self.at),
            labels: posted.labels,
            key: posted.key,
            annotations: posted.annotations,
            until,
            received_at: self.at,
            updated_at: self.at,
            generator_url: posted.generator_url,
            source: self.source.clone(),
            incident,
            severity,
        }
    }

    fn open_of(&self, key: &str) -> Option<IncidentId> {
        self.state.incidents.by_key(key).or_else(|| self.opened.get(key).copied())
    }

    /// One per policy, so that each team is told of what is its own.
    fn overflow_of(&self, route: Option<(usize, &Route)>) -> String {
        let policy = policy_of(&self.state.config, route);
        let policy = policy.as_ref().map_or("", PolicyId::as_str);
        format!("{OVERFLOW}{}/{policy}", self.source)
    }

    /// The source says something else about an episode that it named before. It stays in its incident; if it is worse now,
    /// people are told.
    fn change(&mut self, known: &Alert, posted: Posted, until: Option<Timestamp>) -> Alert {
        let severity = Severity::from_label(posted.labels.get("severity"));
        if severity > known.severity {
            let route = route_of(&self.state.config, &posted.labels).map(|(_, r)| r);
            let (urgency, _) = self.urgency(route, severity);
            self.join(known.incident, severity, urgency, &posted);
        }
        Alert {
            labels: posted.labels,
            annotations: posted.annotations,
            generator_url: posted.generator_url,
            until,
            updated_at: self.at,
            severity,
            ..known.clone()
        }
    }

    /// An alert joins an incident: if it is worse than what people know, or if long after somebody took
    /// it, people are told.
    fn join(&mut self, id: IncidentId, severity: Severity, urgency: Urgency, posted: &Posted) {
        let joined = self.state.incidents.get(id);
        let overflows = joined.is_some_and(|i| i.opened.key.starts_with(OVERFLOW));
        let stale = joined.filter(|_| !self.level.contains_key(&id)).is_some_and(|i| match i.status {
            Status::Acked { at, .. } => {
                // What overflows has nothing in common: whoever took it took what stood there then.
                let covers = if overflows { OVERFLOW_ACK_COVERS } else { ACK_COVERS };
                covers.after(at) <= self.at
            }
            _ => false,
        });
        let before = self.level.get(&id).copied();
        let before = before.or(joined.map(|i| (i.opened.severity, i.opened.urgency))).unwrap_or((severity, urgency));
        let now = (before.0.max(severity), before.1.max(urgency));
        self.level.insert(id, now);
        if now != before || stale {
            let why = if now == before { says::raised_later() } else { says::raised_worse() };
            let (severity, urgency) = now;
            self.events.push(Event::Incident(IncidentEvent::Raised {
                incident: id,
                severity,
                urgency,
                why,
                // Its first words name what somebody saw already.
                words: overflows.then(|| self.overflow_words(posted)),
            }));
        }
    }

    fn open(
        &mut self,
        key: String,
        fp: Fingerprint,
        route: Option<(usize, &Route)>,
        severity: Severity,
        posted: &Posted,
    ) -> IncidentId {
        let id = IncidentId(self.next);
        self.next += 1;
        self.room = self.room.map(|room| room.saturating_sub(1));
        let policy = policy_of(&self.state.config, route);
        let (urgency, rises_at) = self.urgency(route.map(|(_, r)| r), severity);
        self.opened.insert(key.clone(), id);
        self.level.insert(id, (severity, urgency));
        let words = match key.strip_prefix(OVERFLOW) {
            Some(_) => Some(self.overflow_words(posted)),
            None => posted.words.clone(),
        };
        let (title, text) = match &words {
            Some(words) => words.english(),
            None => told(&posted.labels, &posted.annotations),
        };
        self.events.push(Event::Incident(IncidentEvent::Opened(Box::new(Opened {
            id,
            key,
            title,
            text,
            words,
            severity,
            urgency,
            policy,
            component: route.and_then(|(_, r)| r.component.clone()),
            cause: Cause::Alert { fingerprint: fp, source: self.source.clone() },
            runbook: first_of(&posted.annotations, &["runbook_url", "runbook"]).to_owned(),
            audience: Audience::Policy,
            rises_at,
        }))));
        id
    }

    fn overflow_words(&self, posted: &Posted) -> OwnWords {
        let rate = rate_of(&self.state.config, self.source).unwrap_or_default();
        let title = says::page_overflow(self.source, rate);
        OwnWords::new(title, says::page_overflow_text(self.source, title_of(posted)))
    }

    fn urgency(&self, route: Option<&Route>, severity: Severity) -> (Urgency, Option<Timestamp>) {
        urgency_at(&self.state.config, self.at, route, severity)
    }

    /// An alert that nothing holds back joins an incident that is held back.
    fn lets_go(&mut self, id: IncidentId, fp: Fingerprint, posted: &Posted) {
        let held = self.state.paging.held_back(id).is_some() && !self.let_go.contains(&id);
        if held && silence::of_alert(self.state, self.at, fp, &posted.labels).is_none() {
            self.let_go.insert(id);
            let incident = self.state.incidents.get(id);
            let wakes = incident.is_some_and(|i| i.is_triggered() && i.opened.urgency == Urgency::High);
            self.events.push(Event::Paging(PagingEvent::LetGo { incident: id, next_at: wakes.then_some(self.at) }));
        }
    }
}

/// How many incidents a source may open in a minute. Who needs no `[[source]]` has the usual rate; what
/// noout says itself has none.
fn rate_of(config: &Config, source: &SourceId) -> Option<u32> {
    let configured = config.sources.iter().find(|s| s.id == *source).map(|s| s.rate);
    configured.or_else(|| (source.as_str() != heartbeat::SOURCE).then_some(DEFAULT_RATE))
}

/// Whether people are woken, and when they are if not now: a route may wake people in their hours of work only.
pub(crate) fn urgency_at(
    config: &Config,
    at: Timestamp,
    route: Option<&Route>,
    severity: Severity,
) -> (Urgency, Option<Timestamp>) {
    let urgency = urgency_of(route, severity);
    let hours = route.and_then(|r| r.hours.as_ref()).and_then(|id| config.business_hours(id));
    match hours.map(|h| h.window()).filter(|w| urgency == Urgency::High && w.end_at(at).is_none()) {
        // Hours that never come would hide it for ever: paging fails open.
        Some(window) => window.next_begin(at).map_or((urgency, None), |begin| (Urgency::Low, Some(begin))),
        None => (urgency, None),
    }
}

/// Paging fails open: what no route matches goes to the first policy.
fn policy_of(config: &Config, route: Option<(usize, &Route)>) -> Option<PolicyId> {
    route.map(|(_, r)| r.policy.clone()).or_else(|| config.policies.first().map(|p| p.id.clone()))
}

/// The route that takes an alert, and its place: the first that matches.
pub(crate) fn route_of<'c>(config: &'c Config, labels: &Labels) -> Option<(usize, &'c Route)> {
    config.routes.iter().enumerate().find(|(_, r)| r.matchers.matches(labels))
}

/// One incident per route and group: `route-0/alertname=InstanceDown`. What its source calls by a key of its own is an
/// incident of its own, unless the route groups by something else than the name that it has.
fn key_of(route: Option<(usize, &Route)>, fp: Fingerprint, posted: &Posted) -> String {
    let mut key = match route {
        Some((_, Route { id: Some(id), .. })) => id.to_string(),
        Some((place, _)) => format!("route-{place}"),
        None => "no-route".to_owned(),
    };
    let alertname = [ALERTNAME.to_owned()];
    let group_by = route.map_or(&alertname[..], |(_, r)| &r.group_by);
    let says_more = |name: &String| name != ALERTNAME && !posted.labels.get(name).is_empty();
    if posted.key.is_some() && !group_by.is_empty() && !group_by.iter().any(says_more) {
        return format!("{key}/{fp}");
    }
    for name in group_by {
        key.push('/');
        key.push_str(name);
        key.push('=');
        key.push_str(posted.labels.get(name));
    }
    key
}

fn first_of<'a>(texts: &'a Pairs, names: &[&str]) -> &'a str {
    names.iter().find_map(|name| texts.get(name)).unwrap_or_default()
}

fn title_of(posted: &Posted) -> String {
    title(&posted.labels, &posted.annotations)
}

/// Title and text of what an alert says.
pub(crate) fn told(labels: &Labels, annotations: &Pairs) -> (String, String) {
    (title(labels, annotations), first_of(annotations, &["description", "message"]).to_owned())
}

fn title(labels: &Labels, annotations: &Pairs) -> String {
    let said = first_of(annotations, &["summary", "title"]);
    let title = if said.is_empty() {
        let name = labels.get("alertname");
        let place = ["instance", "host", "service", "job"].into_iter().map(|l| labels.get(l)).find(|v| !v.is_empty());
        match (name, place) {
            ("", None) => labels.to_string(),
            ("", Some(place)) => place.to_owned(),
            (name, None) => name.to_owned(),
            (name, Some(place)) => format!("{name}: {place}"),
        }
    } else {
        said.to_owned()
    };
    one_line(&title, TITLE_CHARS)
}

/// A text in one line without control characters, cut with an ellipsis.
pub(crate) fn one_line(text: &str, chars: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.chars().count() <= chars {
        return clean;
    }
    clean.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}

/// Alerts whose end passed.
pub(crate) fn expire(state: &State, at: Timestamp) -> Option<Event> {
    let fingerprints: BTreeSet<_> = state.alerts.expired(at).take(EXPIRE_BATCH).collect();
    if fingerprints.is_empty() {
        return None;
    }
    let of = |fp: &Fingerprint| state.alerts.get(*fp).map(|a| a.incident);
    let incidents: BTreeSet<IncidentId> = fingerprints.iter().filter_map(of).collect();
    let told = |i: &Incident| i.opened.urgency == Urgency::High && state.paging.held_back(i.opened.id).is_none();
    let nobody_has = |i: &&Incident| i.is_triggered() && told(i);
    let lost_all = |i: &&Incident| i.alerts.is_subset(&fingerprints);
    let open = incidents.into_iter().filter_map(|id| state.incidents.get(id));
    let silent = open.filter(nobody_has).filter(lost_all).map(|i| i.opened.id).collect();
    Some(Event::Alert(AlertEvent::Expired { fingerprints: fingerprints.into_iter().collect(), silent }))
}
