//! What a ping means, and what its absence does.

use std::collections::BTreeMap;

use noout_types::{HeartbeatId, Labels, SourceId, Span, Timestamp};

use super::{Beat, HeartbeatEvent, MAX_BODY_BYTES, MAX_RUN_BYTES, Missing, Ping, SOURCE, Signal, Watch};
use crate::alert::{self, Ends, Posted};
use crate::config::{Config, Heartbeat};
use crate::engine::State;
use crate::event::Event;
use crate::incident::OwnWords;
use crate::refusal::Refusal;
use crate::says;

/// A job whose clock is a little ahead of ours says that it is done before it was due: that is the sign of life that was due.
const CLOCKS_DIFFER: Span = Span::from_secs(30);

/// An alarm that stands is looked at again after this long: a person who closed its incident did not mend the job.
const AGAIN: Span = Span::from_hours(1);

/// The shortest grace after noout itself was away: a job needs a moment to find it again.
const SHORTEST_EXCUSE: Span = Span::from_mins(1);

/// As much of what the job said stands in the alert.
const SHOWN_CHARS: usize = 1000;

fn zone<'c>(config: &'c Config, beat: &'c Heartbeat) -> &'c str {
    beat.timezone.as_deref().unwrap_or(&config.server.timezone)
}

fn rules(config: &Config, beat: &Heartbeat) -> String {
    let paused = if beat.paused { "paused" } else { "" };
    format!("{}|{}|{}|{}|{paused}", beat.schedule, zone(config, beat), beat.grace, beat.longest_run())
}

/// When the next sign of life is due after one at `at`.
fn next_due(config: &Config, beat: &Heartbeat, at: Timestamp) -> Timestamp {
    let zone = zone(config, beat);
    let due = beat.schedule.due(at, zone);
    match beat.schedule {
        super::Rhythm::Cron(_) if due <= CLOCKS_DIFFER.after(at) => beat.schedule.due(due, zone),
        _ => due,
    }
}

/// Decides about a ping.
pub(crate) fn pinged(state: &State, at: Timestamp, ping: Ping) -> Result<Vec<Event>, Refusal> {
    let Ping { id, signal, run, mut body } = ping;
    let config = &state.config;
    let rules = config.heartbeats.iter().find(|h| h.id == id).ok_or_else(|| Refusal::unknown("heartbeat", &id))?;
    let beat = state.heartbeats.get(&id).ok_or_else(|| Refusal::unknown("heartbeat", &id))?;
    body.truncate(body.floor_char_boundary(MAX_BODY_BYTES));
    let run = run.map(|mut run| {
        run.truncate(run.floor_char_boundary(MAX_RUN_BYTES));
        run
    });
    let watched = !rules.paused;
    let (due, alarm) = match signal {
        Signal::Log => (beat.due, beat.alarm),
        // An alarm that stands is ended by a success only.
        Signal::Start if beat.down.is_some() => (beat.due, beat.alarm),
        Signal::Start => (beat.due, Some(rules.longest_run().after(at)).filter(|_| watched)),
        Signal::Success => {
            let due = next_due(config, rules, at);
            (Some(due).filter(|_| watched), Some(rules.grace.after(due)).filter(|_| watched))
        }
        Signal::Fail { .. } => {
            (Some(next_due(config, rules, at)).filter(|_| watched), Some(AGAIN.after(at)).filter(|_| watched))
        }
    };
    let said = body.clone();
    let mut events = vec![Event::Heartbeat(HeartbeatEvent::Pinged { id, signal, run, body, due, alarm })];
    match signal {
        Signal::Success if beat.down.is_some() => events.extend(tell(state, at, vec![over(&rules.id)])),
        Signal::Fail { code } if watched => {
            let beat = Beat { body: said, ..beat.clone() };
            events.extend(tell(state, at, vec![alarm_of(at, rules, &beat, Missing::Failed { code })]));
        }
        _ => {}
    }
    Ok(events)
}

fn tell(state: &State, at: Timestamp, alerts: Vec<Posted>) -> Vec<Event> {
    match SourceId::new(SOURCE) {
        Ok(source) if !alerts.is_empty() => alert::receive(state, at, source, alerts),
        _ => Vec::new(),
    }
}

/// That there is nothing to be alarmed about any more.
fn over(id: &HeartbeatId) -> Posted {
    Posted { key: Some(id.to_string()), ..Posted::new(Labels::default(), Ends::Resolved(None)) }
}

fn alarm_of(at: Timestamp, rules: &Heartbeat, beat: &Beat, why: Missing) -> Posted {
    let id = &rules.id;
    let title = match why {
        Missing::Late { due } => says::page_beat_missed(id, due),
        Missing::Never { due } => says::page_beat_never(id, due),
        Missing::Failed { code } => says::page_beat_failed(id, code.map_or("none".to_owned(), |c| c.to_string())),
        Missing::Long { allowed } => says::page_beat_long(id, allowed.as_millis()),
    };
    let text = match beat.last {
        Some((last, _)) => says::page_beat_text(&rules.schedule, last),
        None => says::page_beat_text_never(&rules.schedule, beat.since),
    };
    let words = OwnWords::new(title, text);
    let (title, text) = words.english();
    let mut annotations = BTreeMap::from([("summary".to_owned(), title), ("description".to_owned(), text)]);
    if !beat.body.is_empty() {
        // The end of a log tells what went wrong.
        let skip = beat.body.chars().count().saturating_sub(SHOWN_CHARS);
        annotations.insert("log".to_owned(), beat.body.chars().skip(skip).collect());
    }
    annotations.extend(rules.runbook.iter().map(|url| ("runbook_url".to_owned(), url.clone())));
    let own = [("alertname", "HeartbeatMissed"), ("heartbeat", id.as_str()), ("severity", rules.severity.as_str())];
    let mut labels = rules.labels.clone();
    own.into_iter().for_each(|(name, value)| labels.insert(name, value));
    Posted {
        labels,
        key: Some(id.to_string()),
        annotations: annotations.into(),
        starts_at: Some(at),
        ends: Ends::WhenResolved,
        generator_url: String::new(),
        words: Some(words),
    }
}

/// What the configuration and time do.
pub(crate) fn settle(state: &State, at: Timestamp) -> Vec<Event> {
    if state.heartbeats.stale {
        return watch(state, at);
    }
    let mut events = Vec::new();
    let mut alarms = Vec::new();
    for id in state.heartbeats.ripe(at) {
        let rules = state.config.heartbeats.iter().find(|h| h.id == *id);
        let (Some(rules), Some(beat)) = (rules, state.heartbeats.get(id)) else { continue };
        let why = match (beat.down, &beat.running, beat.due) {
            (Some((_, why)), _, _) => why,
            (None, Some(_), _) => Missing::Long { allowed: rules.longest_run() },
            (None, None, Some(due)) if beat.last.is_none() => Missing::Never { due },
            (None, None, due) => Missing::Late { due: due.unwrap_or(at) },
        };
        events.push(Event::Heartbeat(HeartbeatEvent::Missed { id: id.clone(), why, again: AGAIN.after(at) }));
        alarms.push(alarm_of(at, rules, beat, why));
    }
    events.extend(tell(state, at, alarms));
    events
}

fn watch(state: &State, at: Timestamp) -> Vec<Event> {
    let config = &state.config;
    let is_named = |id: &HeartbeatId| config.heartbeats.iter().any(|h| h.id == *id);
    let gone: Vec<_> = state.heartbeats.iter().map(|(id, _)| id).filter(|id| !is_named(id)).cloned().collect();
    let changed = config.heartbeats.iter().filter(|h| {
        let known = state.heartbeats.get(&h.id);
        known.is_none_or(|beat| beat.rules != rules(config, h))
    });
    let new = |h: &Heartbeat| {
        // Counted from now on: under other rules than it was promised nothing is late.
        let due = Some(h.schedule.due(at, zone(config, h))).filter(|_| !h.paused);
        let down = state.heartbeats.get(&h.id).is_some_and(|beat| beat.down.is_some());
        let alarm = due.map(|due| if down { AGAIN.after(at) } else { h.grace.after(due) });
        Watch { id: h.id.clone(), rules: rules(config, h), due, alarm }
    };
    let beats: Vec<_> = changed.map(new).collect();
    let paused = beats.iter().filter(|watch| watch.due.is_none()).map(|watch| &watch.id);
    let was_down = |id: &&HeartbeatId| state.heartbeats.get(id).is_some_and(|beat| beat.down.is_some());
    let ended: Vec<_> = gone.iter().chain(paused).filter(was_down).map(over).collect();
    let mut events = vec![Event::Heartbeat(HeartbeatEvent::Watched { beats, gone })];
    events.extend(tell(state, at, ended));
    events
}

/// noout was not there, so nobody could be heard: what became due meanwhile gets its grace once more. Once only, so
/// that a noout which restarts again and again does not hide what is missing.
pub(crate) fn excuse(state: &State, at: Timestamp) -> Vec<Event> {
    let due = state.heartbeats.ripe(at).filter_map(|id| {
        let rules = state.config.heartbeats.iter().find(|h| h.id == *id)?;
        let beat = state.heartbeats.get(id).filter(|beat| beat.down.is_none() && !beat.excused)?;
        let grace = if beat.running.is_some() { rules.longest_run() } else { rules.grace };
        Some((id.clone(), grace.max(SHORTEST_EXCUSE).after(at)))
    });
    let beats: Vec<_> = due.collect();
    if beats.is_empty() { Vec::new() } else { vec![Event::Heartbeat(HeartbeatEvent::Excused { beats })] }
}
