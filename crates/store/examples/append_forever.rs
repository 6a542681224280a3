//! Appends to the journal at the given path for ever and prints each acknowledged record's number, for tests that kill
//! it. Each batch also writes a document and a timeline row, so that a test sees whether they go together.

use std::io::Write;

use noout_core::journal::{Batch, Document, Record, TimelineRow};
use noout_store::{Journal, SqliteJournal};
use noout_types::Timestamp;

/// Pages of log between checkpoints: few, so that a kill often falls into one.
const CHECKPOINT_PAGES: u32 = 20;

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| anyhow::anyhow!("usage: append_forever PATH"))?;
    let mut journal = SqliteJournal::open(path)?;
    journal.checkpoint_every(CHECKPOINT_PAGES);
    let mut head = journal.claim()?;
    let mut out = std::io::stdout().lock();
    for round in 0_u64.. {
        let mut batch = Batch::default();
        let mut end = head;
        for _ in 0..=(round * 7 % 12) {
            let record = Record::seal(&end, Timestamp::UNIX_EPOCH, "noted", format!(r#"{{"v":1,"round":{round}}}"#));
            end = record.head();
            batch.records.push(record);
        }
        let (seq, at, detail) = (end.seq, Timestamp::UNIX_EPOCH, "{}".to_owned());
        batch.documents.push(Document {
            kind: "counter".to_owned(),
            id: "last".to_owned(),
            open: true,
            seq,
            at,
            body: seq.to_string(),
        });
        let (subject, actor, what) = ("server".to_owned(), "noout".to_owned(), "counted".to_owned());
        batch.timeline.push(TimelineRow { subject, seq, at, actor, what, detail });
        head = journal.append(&batch)?;
        writeln!(out, "{}", head.seq)?;
        out.flush()?;
    }
    Ok(())
}
