//! Looks at a Ceph cluster and sets or clears a host's `noout`, by words, for drills and tests:
//!
//! ```text
//! ceph_drill [--conf FILE] [--name client.X] [--keyring FILE] [--timeout SECONDS] observe HOST
//! ceph_drill … set-noout HOST
//! ceph_drill … clear-noout HOST
//! ```
//!
//! Prints one JSON object: the view, or how the act ended, or `{"error": …}` (exit status 3).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use noout_core::platform::Act;
use noout_drivers::Storage;
use noout_drivers::ceph::{Ceph, CephSettings};
use noout_types::{HostId, PlatformId};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut settings = CephSettings::new(PlatformId::new("drill")?);
    let mut words: VecDeque<String> = std::env::args().skip(1).collect();
    while words.front().is_some_and(|w| w.starts_with("--")) {
        let option = words.pop_front().unwrap_or_default();
        let value = words.pop_front().with_context(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--conf" => settings.conf = Some(value.into()),
            "--name" => settings.name = value,
            "--keyring" => settings.keyring = Some(value.into()),
            "--timeout" => settings.timeout = Duration::try_from_secs_f64(value.parse()?)?,
            other => bail!("no option {other}; there are --conf --name --keyring --timeout"),
        }
    }
    let (Some(verb), Some(host), None) = (words.pop_front(), words.pop_front(), words.pop_front()) else {
        bail!("say what: observe HOST, set-noout HOST or clear-noout HOST");
    };
    let host = HostId::new(host)?;
    let ceph = Ceph::new(settings);
    let begin = Instant::now();
    let answer = match verb.as_str() {
        "observe" => match ceph.observe(&host).await {
            Ok(view) => serde_json::to_value(view)?,
            Err(e) => json!({ "error": e.to_string() }),
        },
        "set-noout" => serde_json::to_value(ceph.ensure(&Act::SetNoout { host }).await)?,
        "clear-noout" => serde_json::to_value(ceph.ensure(&Act::ClearNoout { host }).await)?,
        other => bail!("no verb {other}; there are observe, set-noout and clear-noout"),
    };
    print_answer(answer, begin.elapsed())
}

fn print_answer(mut answer: Value, took: Duration) -> anyhow::Result<()> {
    let failed = answer.get("error").is_some();
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("took_ms".to_owned(), json!(u64::try_from(took.as_millis())?));
    }
    println!("{answer}");
    if failed {
        std::process::exit(3);
    }
    Ok(())
}
