//! One sensor's state and score.

use std::collections::BTreeSet;

use noout_types::{SensorId, Timestamp};
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Score};
use super::population::{Own, Population, SECONDS_PER_DAY, seconds};
use super::settings::{Settings, round9};
use super::{Key, MAX_DROPOUTS_KEPT};
use crate::SensorState;

/// What is known of one sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Track {
    pub(super) model: String,
    pub(super) state: SensorState,
    /// Since when it is in this state.
    pub(super) since: Timestamp,
    /// S, as of `at_risk` if that is set, else as it was when the sensor was last at risk.
    score: f64,
    /// From when time at risk has not been accounted for yet; nothing while the sensor is not OK or not watched.
    at_risk: Option<Timestamp>,
    excursion: Excursion,
    pub(super) finding: Option<Finding>,
}

/// What happened since the score last was zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Excursion {
    count: u32,
    first: Option<Timestamp>,
    recent: Vec<Timestamp>,
    /// Of the count, how often the BMC did not answer.
    unanswered: u32,
    /// The sensors that were part of every common dropout; nothing if there was none yet.
    together: Option<BTreeSet<SensorId>>,
    /// What of this the population has learned.
    own: Own,
}

/// What an event was.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// The sensor itself dropped out.
    Dropout,
    /// The BMC did not answer for a while.
    Unanswered,
    /// These sensors of the BMC dropped out in one poll.
    Together(BTreeSet<SensorId>),
}

impl Track {
    pub(super) fn new(model: String, state: SensorState, since: Timestamp) -> Self {
        Self { model, state, since, score: 0.0, at_risk: None, excursion: Excursion::default(), finding: None }
    }

    fn own(&self, at: Timestamp) -> Own {
        let mut own = self.excursion.own;
        if let (Some(from), None, true) = (self.at_risk, &self.finding, self.excursion.count > 0) {
            own.seconds = own.seconds.saturating_add(seconds(from, at));
        }
        own
    }

    fn rate(&self, population: &Population, settings: &Settings, at: Timestamp) -> f64 {
        population.rate(settings, at, self.own(at))
    }

    /// S at an instant.
    fn score_at(&self, population: &Population, settings: &Settings, at: Timestamp) -> f64 {
        let Some(from) = self.at_risk else { return self.score };
        // The clock may go backwards: then no time has passed, and the next interval begins at the new time.
        let passed = at.duration_since(from).as_secs_f64().max(0.0);
        round9((self.score - self.rate(population, settings, at) * (settings.ratio - 1.0) * passed).max(0.0))
    }

    /// Accounts for the time at risk until now.
    fn accrue(&mut self, population: &mut Population, settings: &Settings, at: Timestamp) {
        let Some(from) = self.at_risk else { return };
        self.score = self.score_at(population, settings, at);
        self.excursion.own = self.own(at);
        self.at_risk = Some(at);
        if self.finding.is_none() {
            population.stop(from, at);
            population.start(at);
            if self.score <= 0.0 {
                self.excursion = Excursion::default();
            }
        }
    }

    /// The sensor is at risk from now on, or is no longer.
    pub(super) fn expose(&mut self, population: &mut Population, settings: &Settings, at: Timestamp, at_risk: bool) {
        match (self.at_risk, at_risk) {
            (None, true) => {
                self.at_risk = Some(at);
                if self.finding.is_none() {
                    population.start(at);
                }
            }
            (Some(_), false) => {
                self.accrue(population, settings, at);
                self.at_risk = None;
                if self.finding.is_none() {
                    population.stop(at, at);
                }
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Counts an event of a sensor that is not at risk any more, and says whether the score crossed the threshold.
    pub(super) fn charge(
        &mut self,
        population: &mut Population,
        settings: &Settings,
        key: Key,
        at: Timestamp,
        event: Event,
    ) -> Option<Finding> {
        self.score = round9((self.score + settings.gain()).min(settings.ceiling()));
        let x = &mut self.excursion;
        x.count = x.count.saturating_add(1);
        x.first.get_or_insert(at);
        if x.recent.len() >= MAX_DROPOUTS_KEPT {
            x.recent.remove(0);
        }
        x.recent.push(at);
        match event {
            Event::Dropout => {}
            Event::Unanswered => x.unanswered = x.unanswered.saturating_add(1),
            Event::Together(now) => {
                x.together = Some(match x.together.take() {
                    Some(before) => before.intersection(&now).cloned().collect(),
                    None => now,
                });
            }
        }
        if let Some(finding) = &mut self.finding {
            finding.last = at;
            finding.count = x.count;
            finding.dropouts.clone_from(&x.recent);
            finding.unanswered = x.unanswered;
            finding.together = x.together.iter().flatten().cloned().collect();
            return None;
        }
        population.event();
        x.own.events = x.own.events.saturating_add(1);
        if self.score < settings.threshold {
            return None;
        }
        let finding = self.describe(key, settings, self.rate(population, settings, at), at);
        self.finding = Some(finding.clone());
        Some(finding)
    }

    fn describe(&self, key: Key, settings: &Settings, rate: f64, at: Timestamp) -> Finding {
        let x = &self.excursion;
        Finding {
            common_cause: key.sensor.as_str() == super::BMC,
            key,
            model: self.model.clone(),
            at,
            score: self.score,
            threshold: settings.threshold,
            count: x.count,
            first: x.first.unwrap_or(at),
            last: at,
            dropouts: x.recent.clone(),
            lambda0_per_day: round9(rate * SECONDS_PER_DAY),
            unanswered: x.unanswered,
            together: x.together.iter().flatten().cloned().collect(),
        }
    }

    /// The score and what it is made of.
    pub(super) fn score(&self, population: &Population, settings: &Settings, at: Timestamp) -> Score {
        let s = self.score_at(population, settings, at);
        // An excursion whose score has run down since the last event is over, although nothing was folded since.
        let over = s <= 0.0 && self.finding.is_none();
        let x = &self.excursion;
        Score {
            s,
            threshold: settings.threshold,
            events_in_window: if over { 0 } else { x.count },
            first_event: x.first.filter(|_| !over),
            last_event: x.recent.last().copied().filter(|_| !over),
            lambda0_per_day: round9(self.rate(population, settings, at) * SECONDS_PER_DAY),
            state: self.state,
        }
    }

    /// The sensor turned out to be of another model. What happened so far taught the old one.
    pub(super) fn move_to(&mut self, model: String) {
        if self.model != model {
            self.model = model;
            self.excursion.own = Own::default();
        }
    }

    /// Forgets the excursion and the finding; learning goes on.
    pub(super) fn clear(&mut self, population: &mut Population, settings: &Settings, at: Timestamp) {
        let at_risk = self.at_risk.is_some();
        self.expose(population, settings, at, false);
        self.finding = None;
        self.score = 0.0;
        self.excursion = Excursion::default();
        self.expose(population, settings, at, at_risk);
    }
}
