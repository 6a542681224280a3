//! What each silence holds back now, counted without keeping the writer waiting: silences times alerts are many comparisons.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use noout_core::silence::{Silence, Standing};
use noout_types::{Fingerprint, Labels, SilenceId, Timestamp};
use parking_lot::Mutex;

use super::alertmanager::list::{CHUNK, sift};
use crate::App;

/// What one silence holds back.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// How many alerts.
    pub alerts: u64,
    /// The first ones.
    pub named: Vec<Labels>,
}

/// What the silences that hold now hold back, and so many alerts of each by name.
pub(crate) async fn held(app: &App, now: Timestamp, most: usize) -> BTreeMap<SilenceId, Held> {
    let holds = |s: &&Silence| s.standing(now) == Standing::Active;
    let active: Vec<Silence> = app.read(|s| s.silences.live().filter(holds).cloned().collect());
    let found: Arc<Mutex<BTreeMap<SilenceId, Held>>> = Arc::default();
    let count = {
        let found = found.clone();
        Arc::new(move |labels: &Labels| {
            for silence in active.iter().filter(|s| s.matchers.matches(labels)) {
                let mut found = found.lock();
                let held = found.entry(silence.id).or_default();
                held.alerts += 1;
                if held.named.len() < most {
                    held.named.push(labels.clone());
                }
            }
            false
        })
    };
    let mut after: Option<Fingerprint> = None;
    loop {
        let chunk: Vec<(Fingerprint, Labels)> =
            app.read(|s| s.alerts.after(after).take(CHUNK).map(|(fp, a)| (fp, a.labels.clone())).collect());
        let Some((last, _)) = chunk.last() else { break };
        after = Some(*last);
        let mut left: VecDeque<Labels> = chunk.into_iter().map(|(_, labels)| labels).collect();
        while !left.is_empty() {
            sift(&mut left, count.clone()).await;
        }
    }
    std::mem::take(&mut *found.lock())
}
