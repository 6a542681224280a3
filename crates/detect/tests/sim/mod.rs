//! A simulated fleet: hosts with eight fans each, most of them good with rare glitches, some of them dying.
//!
//! Everything is drawn from one seed. Each sensor's dropouts are drawn by thinning a Poisson process, and the fleet is
//! polled at every minute at which something changed (polls that change nothing change nothing, by definition).

use std::collections::BTreeMap;

use noout_detect::SensorState;
use noout_detect::intermittent::{Fleet, Key, Sample, Settings};
use noout_types::{HostId, SensorId, Timestamp};

const FANS_PER_HOST: usize = 8;
const MINUTE: f64 = 1.0 / 1440.0;

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub hosts: usize,
    pub days: f64,
    /// A good fan glitches once in so many days.
    pub glitch_days: f64,
    /// So many fans die, each on another host.
    pub dying: usize,
    /// From the first symptom to the last breath. The rate of dropouts grows exponentially.
    pub death_days: f64,
    /// The rate at death, dropouts a day. It starts at one in ten days.
    pub rate_at_death: f64,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub dying: usize,
    /// Found after the first symptom and before death.
    pub caught: usize,
    /// Days from the finding to death, sorted.
    pub ahead: Vec<f64>,
    /// Findings on good fans and BMCs.
    pub false_alarms: usize,
    pub good_sensor_years: f64,
}

impl Outcome {
    pub fn caught_percent(&self) -> f64 {
        100.0 * self.caught as f64 / self.dying.max(1) as f64
    }

    pub fn false_per_sensor_year(&self) -> f64 {
        self.false_alarms as f64 / self.good_sensor_years
    }

    pub fn median_ahead(&self) -> f64 {
        self.ahead.get(self.ahead.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// SplitMix64: small, seeded, good enough to draw exponentials.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In (0, 1].
    pub fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.unit().ln()
    }
}

struct Dying {
    host: usize,
    fan: usize,
    from: f64,
    death: f64,
}

/// The state of every fan that changes, by poll (minutes since the start) and host.
type Polls = BTreeMap<(u64, usize), BTreeMap<usize, SensorState>>;

/// Runs a plan.
pub fn run(plan: &Plan) -> Outcome {
    let mut rng = Rng::new(plan.seed);
    let dying = draw_dying(plan, &mut rng);
    let polls = draw_polls(plan, &dying, &mut rng);
    let hosts: Vec<HostId> = (0..plan.hosts).map(|h| HostId::new(format!("h{h}")).expect("valid")).collect();
    let fans: Vec<SensorId> = (0..FANS_PER_HOST).map(|f| SensorId::new(format!("FAN{f}")).expect("valid")).collect();
    let start = Timestamp::from_second(1_700_000_000).expect("valid");
    let at = |minute: u64| Timestamp::from_second(start.as_second() + minute as i64 * 60).expect("valid");
    let sample = |f: usize, state| Sample { sensor: fans[f].clone(), model: "R640 fan".to_owned(), state };

    let mut fleet = Fleet::new(Settings::default());
    let mut now: Vec<Vec<SensorState>> = vec![vec![SensorState::Ok; FANS_PER_HOST]; plan.hosts];
    for host in &hosts {
        let all: Vec<Sample> = (0..FANS_PER_HOST).map(|f| sample(f, SensorState::Ok)).collect();
        let changes = fleet.diff(host, at(0), &all).expect("a new host is a change");
        fleet.apply(&changes);
    }
    let mut found: BTreeMap<Key, f64> = BTreeMap::new();
    let mut false_alarms = 0;
    for ((minute, h), changed) in polls {
        for (fan, state) in changed {
            now[h][fan] = state;
        }
        let samples: Vec<Sample> = now[h].iter().enumerate().map(|(f, s)| sample(f, *s)).collect();
        let Some(changes) = fleet.diff(&hosts[h], at(minute), &samples) else { continue };
        for finding in fleet.apply(&changes) {
            let day = minute as f64 * MINUTE;
            let dies = dying
                .iter()
                .any(|d| hosts[d.host] == finding.key.host && fans[d.fan] == finding.key.sensor && day >= d.from);
            if dies {
                found.insert(finding.key.clone(), day);
            } else {
                // A person looks, finds nothing and clears it, so that it can be found again.
                false_alarms += 1;
                fleet.clear(&finding.key, at(minute), false).expect("it was just raised");
            }
        }
    }
    Outcome { false_alarms, ..score(plan, &dying, &hosts, &fans, &found) }
}

fn draw_dying(plan: &Plan, rng: &mut Rng) -> Vec<Dying> {
    (0..plan.dying)
        .map(|i| {
            let room = plan.days - plan.death_days;
            let from = rng.unit() * room;
            let fan = (rng.next() % FANS_PER_HOST as u64) as usize;
            Dying { host: i * plan.hosts / plan.dying, fan, from, death: from + plan.death_days }
        })
        .collect()
}

fn draw_polls(plan: &Plan, dying: &[Dying], rng: &mut Rng) -> Polls {
    let mut polls = Polls::new();
    for host in 0..plan.hosts {
        for fan in 0..FANS_PER_HOST {
            let fate = dying.iter().find(|d| d.host == host && d.fan == fan);
            let end = fate.map_or(plan.days, |d| d.death);
            let mut t = 0.0;
            loop {
                t += next_dropout(plan, fate, t, rng);
                if t >= end {
                    break;
                }
                let back = (t + rng.exponential(10.0 * MINUTE)).max(t + MINUTE);
                polls.entry(((t / MINUTE) as u64 + 1, host)).or_default().insert(fan, SensorState::Missing);
                polls.entry(((back / MINUTE) as u64 + 1, host)).or_default().insert(fan, SensorState::Ok);
                t = back + MINUTE;
            }
            if let Some(d) = fate {
                polls.entry(((d.death / MINUTE) as u64 + 2, host)).or_default().insert(fan, SensorState::Missing);
            }
        }
    }
    polls
}

fn next_dropout(plan: &Plan, fate: Option<&Dying>, t: f64, rng: &mut Rng) -> f64 {
    let base = 1.0 / plan.glitch_days;
    let Some(d) = fate else { return rng.exponential(1.0 / base) };
    let first = 0.1_f64.max(base);
    let rate = |t: f64| {
        if t < d.from {
            base
        } else {
            first * (plan.rate_at_death / first).powf(((t - d.from) / plan.death_days).min(1.0))
        }
    };
    let most = plan.rate_at_death.max(base);
    let mut wait = 0.0;
    loop {
        wait += rng.exponential(1.0 / most);
        if rng.unit() * most <= rate(t + wait) {
            return wait;
        }
        if t + wait > d.death {
            return wait;
        }
    }
}

fn score(plan: &Plan, dying: &[Dying], hosts: &[HostId], fans: &[SensorId], found: &BTreeMap<Key, f64>) -> Outcome {
    let mut out = Outcome { dying: dying.len(), ..Outcome::default() };
    for d in dying {
        let key = Key { host: hosts[d.host].clone(), sensor: fans[d.fan].clone() };
        if let Some(day) = found.get(&key).filter(|day| **day < d.death) {
            out.caught += 1;
            out.ahead.push(d.death - day);
        }
    }
    out.ahead.sort_by(f64::total_cmp);
    out.good_sensor_years = (plan.hosts * FANS_PER_HOST - dying.len()) as f64 * plan.days / 365.0;
    out
}
