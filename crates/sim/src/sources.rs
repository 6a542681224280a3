//! What sends alerts: a Prometheus that repeats itself, an Alertmanager that says when it is over, a script that says
//! neither. They send again what was not answered, late and twice.

use std::collections::BTreeMap;

use noout_core::alert::{Ends, Posted};
use noout_types::{Fingerprint, Labels, SourceId, Span, Timestamp};

use crate::chance::Chance;

/// Conditions that a source knows. Few, so that one ends and begins again often.
const CONDITIONS: u64 = 6;

/// Alerts in a storm: enough to be a batch, few enough for a debug build.
const STORM: u64 = 40;

/// How a source says that something is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It gives an end that it moves on with each repetition.
    Prometheus,
    /// It says when it is over.
    Alertmanager,
    /// It gives no end.
    Script,
}

/// A body of alerts on its way.
#[derive(Debug, Clone)]
pub struct Body {
    /// What is sent.
    pub alerts: Vec<Posted>,
    /// What it says fires.
    pub firing: Vec<Fingerprint>,
    /// What it says ended, though a newer episode has begun since.
    pub late: Vec<Fingerprint>,
}

/// A source of alerts.
#[derive(Debug)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    manner: Manner,
    chance: Chance,
    /// Conditions that hold, with their begin.
    holds: BTreeMap<u64, Timestamp>,
    /// The episode before of each condition.
    before: BTreeMap<u64, (Timestamp, Timestamp)>,
    /// What was sent and not answered.
    unanswered: Option<Body>,
    /// Accepted bodies.
    pub accepted: u64,
}

impl Source {
    /// The three sources of a run.
    #[must_use]
    pub fn all(seed: u64) -> Vec<Self> {
        let kinds = [("prom", Manner::Prometheus), ("alertmanager", Manner::Alertmanager), ("script", Manner::Script)];
        let made = kinds.into_iter().filter_map(|(name, manner)| {
            Some(Self {
                id: SourceId::new(name).ok()?,
                manner,
                chance: Chance::stream(seed, &format!("source/{name}")),
                holds: BTreeMap::new(),
                before: BTreeMap::new(),
                unanswered: None,
                accepted: 0,
            })
        });
        made.collect()
    }

    /// What it sends now, and when it comes again, in milliseconds.
    pub fn act(&mut self, now: Timestamp) -> (Option<Body>, u64) {
        if let Some(body) = &self.unanswered {
            return (Some(body.clone()), self.chance.between(2_000, 6_000));
        }
        let pause = self.chance.between(10_000, 70_000);
        let body = match self.chance.below(20) {
            0..=4 => self.begin(now),
            5..=8 => self.end(now),
            9 | 10 => self.late(),
            11 => Some(self.storm(now)),
            12 => None,
            _ => self.repeat(now),
        };
        self.unanswered.clone_from(&body);
        (body, pause)
    }

    /// The body was answered with 2xx.
    pub fn answered(&mut self) {
        self.unanswered = None;
        self.accepted += 1;
    }

    fn begin(&mut self, now: Timestamp) -> Option<Body> {
        let which = self.chance.below(CONDITIONS);
        self.holds.entry(which).or_insert(now);
        let twice = self.chance.one_in(4);
        let mut body = self.firing(now, &[which])?;
        if twice {
            body.alerts.extend(body.alerts.clone());
        }
        Some(body)
    }

    fn repeat(&self, now: Timestamp) -> Option<Body> {
        let all: Vec<u64> = self.holds.keys().copied().collect();
        self.firing(now, &all)
    }

    fn firing(&self, now: Timestamp, which: &[u64]) -> Option<Body> {
        let ends = match self.manner {
            Manner::Prometheus => Ends::At(Span::from_mins(4).after(now)),
            Manner::Alertmanager => Ends::WhenResolved,
            Manner::Script => Ends::Unknown,
        };
        let alerts: Vec<_> =
            which.iter().filter_map(|n| Some(self.alert(*n, Some(*self.holds.get(n)?), ends))).collect();
        let firing = alerts.iter().map(|a| a.labels.fingerprint()).collect();
        (!alerts.is_empty()).then_some(Body { alerts, firing, late: Vec::new() })
    }

    fn end(&mut self, now: Timestamp) -> Option<Body> {
        let all: Vec<u64> = self.holds.keys().copied().collect();
        let which = *self.chance.pick(&all)?;
        let began = self.holds.remove(&which)?;
        self.before.insert(which, (began, now));
        if self.manner == Manner::Script {
            return None;
        }
        let alerts = vec![self.alert(which, Some(began), Ends::Resolved(Some(now)))];
        Some(Body { alerts, firing: Vec::new(), late: Vec::new() })
    }

    /// The end of an earlier episode, long on its way.
    fn late(&mut self) -> Option<Body> {
        let again: Vec<u64> = self.before.keys().copied().filter(|n| self.holds.contains_key(n)).collect();
        let which = *self.chance.pick(&again)?;
        let (began, ended) = *self.before.get(&which)?;
        let alert = self.alert(which, Some(began), Ends::Resolved(Some(ended)));
        let late = vec![alert.labels.fingerprint()];
        Some(Body { alerts: vec![alert], firing: Vec::new(), late })
    }

    fn storm(&mut self, now: Timestamp) -> Body {
        let alerts: Vec<_> =
            (0..STORM).map(|n| self.alert(100 + n, Some(now), Ends::At(Span::from_mins(2).after(now)))).collect();
        let firing = alerts.iter().map(|a| a.labels.fingerprint()).collect();
        Body { alerts, firing, late: Vec::new() }
    }

    fn alert(&self, which: u64, starts_at: Option<Timestamp>, ends: Ends) -> Posted {
        let severity = match which % 3 {
            0 => "critical",
            1 => "warning",
            _ => "info",
        };
        let name = if which >= 100 { "Storm".to_owned() } else { format!("Condition{}", which / 2) };
        let labels: Labels = [
            ("alertname", name.as_str()),
            ("source", self.id.as_str()),
            ("severity", severity),
            ("instance", format!("host{which}").as_str()),
        ]
        .into_iter()
        .collect();
        Posted { starts_at, ..Posted::new(labels, ends) }
    }
}
