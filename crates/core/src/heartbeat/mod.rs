//! Heartbeats: jobs that say regularly that they are alive, and the alarm when one does not.
//!
//! A missed heartbeat is an alert like any other, of the source [`SOURCE`]: routes, silences and escalations apply, and the
//! next success resolves it. One that was never heard of alarms, too, counted from when the configuration first named it.

mod cron;
mod decide;
mod rhythm;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{HeartbeatId, Span, Timestamp};
use serde::{Deserialize, Serialize};

pub use cron::{Cron, CronError};
pub(crate) use decide::{excuse, pinged, settle};
pub use rhythm::{PingKey, PingKeyError, Rhythm, RhythmError};

use crate::config::Config;

/// The source of the alerts about heartbeats. No `[[source]]` may be called so.
pub const SOURCE: &str = "heartbeat";

/// Longest body of a ping that is kept, in bytes: the end of a job's log. The rest is cut.
pub const MAX_BODY_BYTES: usize = 10_000;

/// Longest name of a run.
pub const MAX_RUN_BYTES: usize = 64;

/// What a ping says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A run begins.
    Start,
    /// It went well.
    Success,
    /// It failed; with the program's exit code if that is known.
    Fail {
        /// 1 to 255.
        code: Option<u8>,
    },
    /// Only words: no sign of life.
    Log,
}

impl Signal {
    /// The signal of a program that ended.
    #[must_use]
    pub fn of_exit(code: u8) -> Self {
        if code == 0 { Self::Success } else { Self::Fail { code: Some(code) } }
    }

    /// Its word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Success => "success",
            Self::Fail { .. } => "fail",
            Self::Log => "log",
        }
    }
}

/// A ping as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ping {
    /// Whose.
    pub id: HeartbeatId,
    /// What it says.
    pub signal: Signal,
    /// Which run, if the job names its runs; pairs a start with its end.
    pub run: Option<String>,
    /// What the job says besides; cut to [`MAX_BODY_BYTES`].
    pub body: String,
}

/// Why an alarm is raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It was due and did not come.
    Late {
        /// When.
        due: Timestamp,
    },
    /// It never came.
    Never {
        /// When it was due first.
        due: Timestamp,
    },
    /// It came and said so.
    Failed {
        /// The exit code, if known.
        code: Option<u8>,
    },
    /// A run does not end.
    Long {
        /// How long it may take.
        allowed: Span,
    },
}

/// When a heartbeat is expected from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Which.
    pub id: HeartbeatId,
    /// The rules that this follows from; others make another watch.
    pub rules: String,
    /// When a sign of life is due; none = not watched.
    pub due: Option<Timestamp>,
    /// When the alarm is raised without one.
    pub alarm: Option<Timestamp>,
}

/// What happened to heartbeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeartbeatEvent {
    /// The configuration names others than before, or other rules for them.
    Watched {
        /// Those that are new or have new rules.
        beats: Vec<Watch>,
        /// Those that are no more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gone: Vec<HeartbeatId>,
    },
    /// A ping came.
    Pinged {
        /// Whose.
        id: HeartbeatId,
        /// What it says.
        signal: Signal,
        /// Which run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<String>,
        /// What it says besides.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        body: String,
        /// When the next one is due.
        due: Option<Timestamp>,
        /// When the alarm is raised without it.
        alarm: Option<Timestamp>,
    },
    /// The alarm is raised, or it still stands and is looked at again.
    Missed {
        /// Whose.
        id: HeartbeatId,
        /// Why.
        why: Missing,
        /// When it is looked at again.
        again: Timestamp,
    },
    /// noout was not there to hear them: they get their grace once more.
    Excused {
        /// Which, and until when.
        beats: Vec<(HeartbeatId, Timestamp)>,
    },
}

/// A heartbeat as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// The rules that its times follow from.
    rules: String,
    /// Since when it is watched.
    pub since: Timestamp,
    /// When a sign of life is due; none = paused.
    pub due: Option<Timestamp>,
    /// When something is done without one.
    pub alarm: Option<Timestamp>,
    /// The run under way: since when, and its name.
    pub running: Option<(Timestamp, Option<String>)>,
    /// The last sign of life and what it said.
    pub last: Option<(Timestamp, Signal)>,
    /// The last time that all went well.
    pub last_success: Option<Timestamp>,
    /// How long the last run took whose start was heard of.
    pub took: Option<Span>,
    /// What the job said last.
    pub body: String,
    /// Since when the alarm stands, and why.
    pub down: Option<(Timestamp, Missing)>,
    /// Pings in all.
    pub pings: u64,
    /// noout was away when it was due, and it got its grace once more.
    excused: bool,
}

/// How a heartbeat stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The alarm stands.
    Down,
    /// It is due, and its grace is not over.
    Late,
    /// Nothing was heard of it yet, and nothing is due.
    New,
    /// A run is under way.
    Running,
    /// As it should be.
    Up,
    /// Not watched.
    Paused,
}

impl Standing {
    /// All, the worst first.
    pub const ALL: [Self; 6] = [Self::Down, Self::Late, Self::New, Self::Running, Self::Up, Self::Paused];

    /// Its word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Late => "late",
            Self::New => "new",
            Self::Running => "running",
            Self::Up => "up",
            Self::Paused => "paused",
        }
    }
}

impl Beat {
    fn new(watch: &Watch, at: Timestamp) -> Self {
        Self {
            rules: watch.rules.clone(),
            since: at,
            due: watch.due,
            alarm: watch.alarm,
            running: None,
            last: None,
            last_success: None,
            took: None,
            body: String::new(),
            down: None,
            pings: 0,
            excused: false,
        }
    }

    /// How it stands at an instant.
    #[must_use]
    pub fn standing(&self, at: Timestamp) -> Standing {
        match self.due {
            None => Standing::Paused,
            Some(_) if self.down.is_some() => Standing::Down,
            Some(_) if self.running.is_some() => Standing::Running,
            Some(due) if due < at => Standing::Late,
            Some(_) if self.last.is_none() => Standing::New,
            Some(_) => Standing::Up,
        }
    }
}

/// All heartbeats that the configuration names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeats {
    beats: BTreeMap<HeartbeatId, Beat>,
    /// By when something is done, so that time looks only at those.
    alarms: BTreeSet<(Timestamp, HeartbeatId)>,
    /// The configuration changed since the watches were made.
    stale: bool,
}

impl Heartbeats {
    /// One.
    #[must_use]
    pub fn get(&self, id: &HeartbeatId) -> Option<&Beat> {
        self.beats.get(id)
    }

    /// All, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&HeartbeatId, &Beat)> {
        self.beats.iter()
    }

    /// When something is done unless a ping comes before.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.alarms.first().map(|(at, _)| *at)
    }

    fn ripe(&self, at: Timestamp) -> impl Iterator<Item = &HeartbeatId> {
        self.alarms.iter().take_while(move |(due, _)| *due <= at).map(|(_, id)| id)
    }

    /// A configuration was applied.
    pub(crate) fn configured(&mut self, config: &Config) {
        self.stale = !(config.heartbeats.is_empty() && self.beats.is_empty());
    }

    fn change(&mut self, id: &HeartbeatId, change: impl FnOnce(&mut Beat)) {
        let Some(beat) = self.beats.get_mut(id) else { return };
        let before = beat.alarm;
        change(beat);
        let now = beat.alarm;
        if let Some(before) = before {
            self.alarms.remove(&(before, id.clone()));
        }
        self.alarms.extend(now.map(|now| (now, id.clone())));
    }

    fn watch(&mut self, watch: &Watch, at: Timestamp) {
        self.beats.entry(watch.id.clone()).or_insert_with(|| Beat { alarm: None, ..Beat::new(watch, at) });
        self.change(&watch.id, |beat| {
            let paused_before = beat.due.is_none();
            (beat.due, beat.alarm) = (watch.due, watch.alarm);
            beat.rules.clone_from(&watch.rules);
            beat.excused = false;
            if watch.due.is_none() {
                (beat.down, beat.running) = (None, None);
            } else if paused_before {
                beat.since = at;
            }
        });
    }

    /// What an event does.
    pub(crate) fn apply(&mut self, at: Timestamp, event: &HeartbeatEvent) {
        match event {
            HeartbeatEvent::Watched { beats, gone } => {
                self.stale = false;
                for id in gone {
                    self.change(id, |beat| beat.alarm = None);
                    self.beats.remove(id);
                }
                beats.iter().for_each(|watch| self.watch(watch, at));
            }
            HeartbeatEvent::Pinged { id, signal, run, body, due, alarm } => self.change(id, |beat| {
                beat.pings += 1;
                if !body.is_empty() {
                    beat.body.clone_from(body);
                }
                if *signal == Signal::Log {
                    return;
                }
                (beat.due, beat.alarm, beat.excused) = (*due, *alarm, false);
                beat.last = Some((at, *signal));
                match signal {
                    Signal::Start => beat.running = Some((at, run.clone())),
                    Signal::Success | Signal::Fail { .. } => {
                        let same = |(_, started): &(Timestamp, Option<String>)| run.is_none() || started == run;
                        if let Some((from, _)) = beat.running.take_if(|running| same(running)) {
                            beat.took = Some(Span::between(from, at));
                        }
                    }
                    Signal::Log => {}
                }
                match signal {
                    Signal::Success => (beat.down, beat.last_success) = (None, Some(at)),
                    Signal::Fail { code } if due.is_some() => {
                        beat.down = beat.down.or(Some((at, Missing::Failed { code: *code })));
                    }
                    _ => {}
                }
            }),
            HeartbeatEvent::Missed { id, why, again } => self.change(id, |beat| {
                beat.down = beat.down.or(Some((at, *why)));
                beat.alarm = Some(*again);
            }),
            HeartbeatEvent::Excused { beats } => {
                for (id, until) in beats {
                    self.change(id, |beat| (beat.alarm, beat.excused) = (Some(*until), true));
                }
            }
        }
    }
}
