//! How long `noout verify` takes for a journal of so many records: alerts that come and go, incidents, pages.
//!
//! `cargo run --release -p noout-store --example verify_speed [RECORDS]`

use std::time::Instant;

use noout_core::alert::{Ends, Posted};
use noout_core::journal::{Batch, Record, Snapshot};
use noout_core::projection::project;
use noout_core::{Actor, Command, Input, STATE_FORMAT, State, step_with};
use noout_store::{Journal, SqliteJournal, verify_whole};
use noout_types::{Span, Timestamp};

const TEAM: &str = r#"
[[person]]
id = "ana"
contact = ["webhook:http://127.0.0.1:9/ana"]
[[policy]]
id = "ops"
[[policy.step]]
notify = ["person:ana"]
[[route]]
policy = "ops"
"#;

fn posted(n: u64, at: Timestamp, over: bool) -> Posted {
    let label = |name: &str, value: String| (name.to_owned(), value);
    let labels = [label("alertname", format!("Disk{n}")), label("instance", format!("pve{}", n % 40))];
    let ends = if over { Ends::Resolved(Some(at)) } else { Ends::WhenResolved };
    let annotations = [label("summary", "the disk is nearly full".to_owned())].into_iter().collect();
    Posted { annotations, ..Posted::new(labels.into_iter().collect(), ends) }
}

fn main() -> anyhow::Result<()> {
    let wanted: u64 = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let folder = std::env::temp_dir().join(format!("noout-verify-speed-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let path = folder.join("speed.db");
    let mut journal = SqliteJournal::open(&path)?;
    let (mut state, mut head) = (State::new(), journal.claim()?);
    let source: noout_types::SourceId = "prometheus".parse()?;
    let config = noout_core::config::parse(TEAM).map_err(|e| anyhow::anyhow!("{e:?}"))?;
    let apply = Command::ApplyConfig { text: TEAM.to_owned(), config: Box::new(config), force: true };
    let mut inputs = vec![Input::Command { by: Actor::Local, command: apply }];
    let (mut at, mut n) = (Timestamp::UNIX_EPOCH, 0);
    while head.seq < wanted {
        let mut batch = Batch::default();
        while batch.records.len() < 1000 {
            for input in std::mem::take(&mut inputs) {
                step_with(&mut state, at, input, |state, event| {
                    let record = Record::seal(&head, at, event.kind(), event.encode().unwrap_or_default());
                    let (timeline, documents) = project(state, at, event);
                    head = record.head();
                    batch.records.push(record);
                    batch.timeline.extend(timeline);
                    batch.documents.extend(documents);
                })?;
            }
            at = Span::from_secs(1).after(at);
            let alerts = vec![posted(n, at, false), posted(n.saturating_sub(20), at, true)];
            inputs.push(Input::Alerts { source: source.clone(), alerts });
            n += 1;
        }
        journal.append(&batch)?;
    }
    journal.save_snapshot(&Snapshot { head, format: STATE_FORMAT, body: serde_json::to_string(&state)? })?;
    let begun = Instant::now();
    let whole = verify_whole(&path, Some(head.hash))?;
    let seconds = begun.elapsed().as_secs_f64();
    let (records, rows, documents) = (whole.report.records, whole.timeline, whole.documents);
    println!("{records} records, {rows} rows, {documents} documents: verified in {seconds:.1} s");
    drop(journal);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
