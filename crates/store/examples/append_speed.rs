//! How fast durable appends are, beside a raw file with fdatasync, in one run.
//!
//! `cargo run --release -p noout-store --example append_speed [FOLDER]`; the folder should lie on the disk that the
//! journal will lie on. The two are measured in turns, so that both meet the same neighbours on the machine.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use noout_core::journal::{Batch, Head, Record};
use noout_store::{Journal, SqliteJournal};
use noout_types::Timestamp;

/// Turns that each side gets for a batch size, and how long a turn is.
const TURNS: u32 = 4;
const TURN: Duration = Duration::from_millis(750);

/// A body of the size of a usual alert event.
fn body(n: u64) -> String {
    format!(
        r#"{{"v":1,"fingerprint":"{n:016x}","labels":{{"alertname":"HostDown","instance":"pve{}:9100","job":"node","severity":"critical"}},"starts_at":"2027-01-15T02:47:00Z","annotations":{{"summary":"the host does not answer"}}}}"#,
        n % 40
    )
}

fn batch_after(head: &Head, count: usize) -> Batch {
    let mut end = *head;
    let seal = |_| {
        let record = Record::seal(&end, Timestamp::UNIX_EPOCH, "alert_fired", body(end.seq));
        end = record.head();
        record
    };
    Batch { records: (0..count).map(seal).collect(), ..Batch::default() }
}

/// Events, and the time that they took.
#[derive(Default)]
struct Tally(u64, Duration);

impl Tally {
    fn run(&mut self, mut append: impl FnMut() -> anyhow::Result<u64>) -> anyhow::Result<()> {
        let start = Instant::now();
        while start.elapsed() < TURN {
            self.0 += append()?;
        }
        self.1 += start.elapsed();
        Ok(())
    }

    fn rate(&self) -> f64 {
        self.0 as f64 / self.1.as_secs_f64()
    }
}

fn measure(folder: &Path, size: usize) -> anyhow::Result<(f64, f64)> {
    let mut journal = SqliteJournal::open(folder.join(format!("speed-{size}.db")))?;
    let mut head = journal.claim()?;
    let mut raw = File::create(folder.join(format!("speed-{size}.raw")))?;
    let mut raw_head = head;
    let (mut ours, mut theirs) = (Tally::default(), Tally::default());
    for _ in 0..TURNS {
        ours.run(|| {
            head = journal.append(&batch_after(&head, size))?;
            Ok(size as u64)
        })?;
        // The same records, sealed as well, as lines in one write and one fdatasync.
        theirs.run(|| {
            let mut lines = Vec::new();
            for r in batch_after(&raw_head, size).records {
                raw_head = r.head();
                writeln!(lines, "{} {} {} {} {} {}", r.seq, r.epoch, r.at, r.kind, r.body, r.hash)?;
            }
            raw.write_all(&lines)?;
            raw.sync_data()?;
            Ok(size as u64)
        })?;
    }
    Ok((ours.rate(), theirs.rate()))
}

fn main() -> anyhow::Result<()> {
    let scratch = match std::env::args().nth(1) {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    println!("{:>6} {:>16} {:>22} {:>6}", "batch", "journal events/s", "raw fdatasync events/s", "ratio");
    for size in [1, 10, 100, 1_000] {
        let (ours, raw) = measure(scratch.path(), size)?;
        println!("{size:>6} {ours:>16.0} {raw:>22.0} {:>6.2}", ours / raw);
    }
    Ok(())
}
