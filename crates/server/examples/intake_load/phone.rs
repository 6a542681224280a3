//! The phone: takes pages as noout's or Alertmanager's webhook sends them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::{Groups, Settings, spread};

/// Pages that do not come within this time do not come.
const PATIENCE: Duration = Duration::from_secs(30);

/// The phone is watched for so long after what it waited for: a second page for the same person would be a fault.
const QUIET: Duration = Duration::from_secs(3);

/// The longest body: what Alertmanager sends of a group is as long as the group.
const MAX_BODY_BYTES: usize = 1 << 30;

struct Rang {
    person: String,
    page: u64,
    title: String,
    at: Instant,
}

#[derive(Default)]
pub(crate) struct Phone {
    rang: Mutex<Vec<Rang>>,
}

impl Phone {
    pub(crate) async fn listen(&'static self, address: &str) -> Result<(), String> {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|e| format!("{address}: {e}"))?;
        let take = move |body: axum::Json<Value>| async move {
            let at = Instant::now();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            // Alertmanager's webhook names its receiver and the group; it has no numbers.
            let is_theirs = !body["receiver"].is_null();
            let person = text(&body[if is_theirs { "receiver" } else { "person" }]);
            let title = text(if is_theirs { &body["groupLabels"]["alertname"] } else { &body["title"] });
            self.rang.lock().push(Rang { person, page: body["page"].as_u64().unwrap_or_default(), title, at });
            "ok"
        };
        let limit = axum::extract::DefaultBodyLimit::max(MAX_BODY_BYTES);
        let router = axum::Router::new().fallback(axum::routing::post(take)).layer(limit);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(())
    }

    /// Waits until each probe and each group of the load came, or nothing more will.
    pub(crate) async fn wait(&self, settings: &Settings, probed: &[(usize, Instant)]) {
        let groups = match (settings.groups, settings.total) {
            (_, 0) => 0,
            (Groups::Some(groups), _) => groups.min(settings.total),
            (Groups::Each, total) => total,
        };
        let groups = if settings.severity == "critical" { groups } else { 0 };
        let until = Instant::now() + PATIENCE;
        let missing = || {
            let first = self.first(&settings.tag);
            first.len() < groups || self.first("probe").len() < probed.len()
        };
        while missing() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(QUIET).await;
    }

    /// When the first page about each numbered thing came.
    fn first(&self, tag: &str) -> BTreeMap<usize, Instant> {
        let mut first = BTreeMap::new();
        for rang in self.rang.lock().iter() {
            let Some(number) = number(&rang.title, tag) else { continue };
            let soonest = first.entry(number).or_insert(rang.at);
            *soonest = rang.at.min(*soonest);
        }
        first
    }

    /// Messages for each person of the load, and how long after the acceptance of its alert each incident's first page came.
    pub(crate) fn told(&self, settings: &Settings, accepted: &BTreeMap<usize, Instant>) -> Value {
        let (mut per_person, mut numbers) = (BTreeMap::new(), BTreeSet::new());
        for rang in self.rang.lock().iter().filter(|rang| number(&rang.title, "probe").is_none()) {
            *per_person.entry(rang.person.clone()).or_insert(0) += 1;
            numbers.insert((rang.person.clone(), rang.page));
        }
        let first = self.first(&settings.tag);
        let wait =
            |(number, at): (&usize, &Instant)| Some(at.saturating_duration_since(*accepted.get(number)?).as_secs_f64());
        let mut waits: Vec<f64> = first.iter().filter_map(wait).collect();
        let waits = spread(&mut waits);
        json!({
            "per_person": per_person, "distinct": numbers.len(), "incidents": first.len(), "measured": waits["count"],
            "accept_to_page_p50_ms": waits["p50_ms"], "accept_to_page_p99_ms": waits["p99_ms"],
        })
    }

    /// From the acceptance of each probe to its first page; those that never came are counted.
    pub(crate) fn probed(&self, probed: &[(usize, Instant)]) -> Value {
        let first = self.first("probe");
        let wait = |(number, accepted): &(usize, Instant)| {
            Some(first.get(number)?.saturating_duration_since(*accepted).as_secs_f64())
        };
        let mut waits: Vec<f64> = probed.iter().filter_map(wait).collect();
        let mut out = spread(&mut waits);
        out["missing"] = json!(probed.len() - waits.len());
        out
    }
}

/// The number behind a tag in a page's title: `probe-17`. The tag alone is 0.
fn number(title: &str, tag: &str) -> Option<usize> {
    let (_, rest) = title.split_once(tag)?;
    let digits = rest.strip_prefix('-').unwrap_or_default();
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}
