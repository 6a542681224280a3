//! Posts alerts to anything that speaks Alertmanager's API v2, over connections that stay open, and tells how many were
//! accepted in a second. Prints one line of JSON; the scripts under `bench/` make tables of it.
//!
//! ```text
//! intake_load ADDRESS --total N --batch B --connections C [--groups one|each|G] [--severity S] [--tag T]
//!     [--rate R]        alerts a second, evenly; as fast as it goes without
//!     [--same N]        episodes of N alerts: they fire, resolve, fire, … instead of being distinct
//!     [--lasts SECONDS] an `endsAt` so far ahead; none without
//!     [--pages ADDRESS] be the phone, too: takes pages as webhooks, of noout or of Alertmanager
//!     [--probes N --probe-every MS --probe-people P] critical alerts beside the load, each its own group: from the answer
//!                       that it was accepted to its first page. The label `probe` goes round from 0 to P - 1.
//!     [--health PATH]   asks for this beside the load, every 100 ms, on a connection of its own
//!     [--until-dead]    a broken connection ends the load and is no error; --accepted FILE keeps what was answered with 200
//!     [--key KEY --probe-key KEY]  bearer tokens
//! intake_load ADDRESS --list PATH [--times N] [--accepted FILE] [--tag T]
//!     reads a list N times; with a file, counts which accepted alerts are not in it
//! ```

mod beside;
mod list;
mod phone;
mod post;
mod wire;

use std::time::Duration;

use serde_json::json;

/// What the command line says.
pub(crate) struct Settings {
    pub(crate) address: String,
    pub(crate) key: Option<String>,
    pub(crate) probe_key: Option<String>,
    pub(crate) total: usize,
    pub(crate) batch: usize,
    pub(crate) connections: usize,
    pub(crate) groups: Groups,
    pub(crate) severity: String,
    pub(crate) tag: String,
    pub(crate) rate: usize,
    pub(crate) same: Option<usize>,
    pub(crate) lasts: Option<Duration>,
    pub(crate) pages: Option<String>,
    pub(crate) probes: usize,
    pub(crate) probe_every: Duration,
    pub(crate) probe_people: usize,
    pub(crate) health: Option<String>,
    pub(crate) until_dead: bool,
    pub(crate) accepted: Option<String>,
    pub(crate) list: Option<String>,
    pub(crate) times: usize,
}

/// How many groups the alerts are of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Groups {
    Each,
    Some(usize),
}

impl Settings {
    fn read() -> Result<Self, String> {
        let mut words = std::env::args().skip(1);
        let mut settings = Self {
            address: words.next().ok_or("the address is missing")?,
            key: None,
            probe_key: None,
            total: 1000,
            batch: 1,
            connections: 64,
            groups: Groups::Some(1),
            severity: "info".into(),
            tag: "load".into(),
            rate: 0,
            same: None,
            lasts: None,
            pages: None,
            probes: 0,
            probe_every: Duration::from_secs(1),
            probe_people: 100,
            health: None,
            until_dead: false,
            accepted: None,
            list: None,
            times: 5,
        };
        while let Some(flag) = words.next() {
            if flag == "--until-dead" {
                settings.until_dead = true;
                continue;
            }
            let value = words.next().ok_or(format!("{flag}: the value is missing"))?;
            settings.set(&flag, value)?;
        }
        Ok(settings)
    }

    fn set(&mut self, flag: &str, value: String) -> Result<(), String> {
        let number = || value.parse::<usize>().map_err(|e| format!("{flag} {value}: {e}"));
        match flag {
            "--total" => self.total = number()?,
            "--batch" => self.batch = number()?.max(1),
            "--connections" => self.connections = number()?.max(1),
            "--groups" if value == "one" => self.groups = Groups::Some(1),
            "--groups" if value == "each" => self.groups = Groups::Each,
            "--groups" => self.groups = Groups::Some(number()?.max(1)),
            "--rate" => self.rate = number()?,
            "--same" => self.same = Some(number()?.max(1)),
            "--lasts" => self.lasts = Some(Duration::from_secs(number()? as u64)),
            "--probes" => self.probes = number()?,
            "--probe-every" => self.probe_every = Duration::from_millis(number()? as u64),
            "--probe-people" => self.probe_people = number()?.max(1),
            "--times" => self.times = number()?.max(1),
            "--key" => self.key = Some(value),
            "--probe-key" => self.probe_key = Some(value),
            "--severity" => self.severity = value,
            "--tag" => self.tag = value,
            "--pages" => self.pages = Some(value),
            "--health" => self.health = Some(value),
            "--accepted" => self.accepted = Some(value),
            "--list" => self.list = Some(value),
            other => return Err(format!("{other} is no flag")),
        }
        Ok(())
    }

    /// The name of an alert's group.
    pub(crate) fn group(&self, alert: usize) -> String {
        match self.groups {
            Groups::Some(1) => self.tag.clone(),
            Groups::Some(groups) => format!("{}-{}", self.tag, alert % groups),
            Groups::Each => format!("{}-{alert}", self.tag),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), String> {
    let settings: &'static Settings = Box::leak(Box::new(Settings::read()?));
    if settings.list.is_some() {
        println!("{}", list::read(settings).await?);
        return Ok(());
    }
    let phone: &'static phone::Phone = Box::leak(Box::default());
    if let Some(address) = &settings.pages {
        phone.listen(address).await?;
    }
    let health = settings.health.as_ref().map(|path| tokio::spawn(beside::health(settings, path)));
    let probes = (settings.probes > 0).then(|| tokio::spawn(beside::probes(settings)));
    let (mut out, accepted) = post::all(settings).await?;
    let mut probed = Vec::new();
    if let Some(probes) = probes {
        probed = probes.await.map_err(|e| e.to_string())?;
    }
    if settings.pages.is_some() {
        phone.wait(settings, &probed).await;
        out["pages"] = phone.told(settings, &accepted);
        if settings.probes > 0 {
            out["probes"] = phone.probed(&probed);
        }
    }
    if let Some(health) = health {
        health.abort();
        out["health"] = beside::health_told();
    }
    println!("{out}");
    Ok(())
}

/// Two digits after the point.
pub(crate) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Median, 90th and 99th part of a hundred and the greatest, in milliseconds.
pub(crate) fn spread(seconds: &mut [f64]) -> serde_json::Value {
    seconds.sort_by(f64::total_cmp);
    let at = |q: f64| {
        let last = seconds.len().saturating_sub(1);
        round(1e3 * seconds.get((last as f64 * q).round() as usize).copied().unwrap_or(f64::NAN))
    };
    json!({ "count": seconds.len(), "p50_ms": at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99), "max_ms": at(1.0) })
}
