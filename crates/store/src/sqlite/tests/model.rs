//! Any course of calls gives the same on SQLite and in memory.

use noout_core::journal::{Document, TimelineRow};
use proptest::prelude::*;

use super::*;
use crate::conformance::batch_after;
use crate::{MemoryJournal, verify};

#[derive(Debug, Clone)]
enum Call {
    Append {
        records: u64,
        subjects: Vec<u8>,
        documents: Vec<(u8, bool)>,
    },
    /// By a writer that believes in an older head.
    Stale,
    Snapshot {
        format: u32,
    },
    Reopen,
    Read {
        subject: u8,
        after: u64,
        limit: usize,
        open: Option<bool>,
    },
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let append =
        (0..4_u64, prop::collection::vec(0..3_u8, 0..4), prop::collection::vec((0..4_u8, any::<bool>()), 0..4))
            .prop_map(|(records, subjects, documents)| Call::Append { records, subjects, documents });
    let read = (0..3_u8, 0..12_u64, 0..5_usize, any::<Option<bool>>())
        .prop_map(|(subject, after, limit, open)| Call::Read { subject, after, limit, open });
    let call = prop_oneof![
        6 => append,
        1 => Just(Call::Stale),
        1 => (1..3_u32).prop_map(|format| Call::Snapshot { format }),
        1 => Just(Call::Reopen),
        6 => read,
    ];
    prop::collection::vec(call, 1..40)
}

fn batch(head: &Head, records: u64, subjects: &[u8], documents: &[(u8, bool)]) -> Batch {
    let mut batch = batch_after(head, records);
    let seq = head.seq + records;
    let at = noout_types::Timestamp::UNIX_EPOCH;
    batch.timeline.extend(subjects.iter().enumerate().map(|(n, s)| TimelineRow {
        subject: format!("incident/{s}"),
        seq: seq.saturating_sub(n as u64 % 2).max(1),
        at,
        actor: "noout".to_owned(),
        what: format!("noted {n}"),
        detail: "{}".to_owned(),
    }));
    batch.documents.extend(documents.iter().enumerate().map(|(n, (id, open))| Document {
        kind: "incident".to_owned(),
        id: id.to_string(),
        open: *open,
        seq: seq.saturating_sub(n as u64 % 3).max(1),
        at,
        body: n.to_string(),
    }));
    batch
}

/// What a call gave, for comparison: values as they are, errors by their kind.
fn outcome<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{error:?}").chars().take_while(|c| c.is_alphanumeric()).collect(),
    }
}

fn run(call: &Call, head: Head, journal: &mut dyn Journal, reader: &dyn Reader) -> Vec<String> {
    match call {
        Call::Append { records, subjects, documents } => {
            vec![outcome(journal.append(&batch(&head, *records, subjects, documents)))]
        }
        Call::Stale => vec![outcome(journal.append(&batch_after(&Head { seq: head.seq + 1, ..head }, 1)))],
        Call::Snapshot { format } => {
            let saved = outcome(journal.save_snapshot(&Snapshot { head, format: *format, body: "{}".to_owned() }));
            vec![saved, outcome(journal.snapshot(1)), outcome(journal.snapshot(2))]
        }
        Call::Reopen => vec![outcome(journal.claim())],
        Call::Read { subject, after, limit, open } => {
            let subject = format!("incident/{subject}");
            vec![
                outcome(reader.timeline(&subject, *after, *limit)),
                outcome(reader.timeline_latest(&subject, *limit)),
                outcome(reader.documents("incident", *open, Some(*after).filter(|n| *n > 0), *limit)),
                outcome(reader.document("incident", "1")),
                outcome(reader.records(*after, *limit)),
            ]
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_and_memory_agree(calls in calls()) {
        let folder = Folder::new();
        let mut sqlite = SqliteJournal::open_with(&folder.path(), false).expect("it opens");
        // The disk's speed is not what is tested here.
        sqlite.conn.pragma_update(None, "synchronous", "OFF").expect("settable");
        sqlite.checkpoint_every(10);
        let reader = sqlite.reader().expect("it opens");
        let mut memory = MemoryJournal::new();
        prop_assert_eq!(outcome(sqlite.claim()), outcome(memory.claim()));
        for call in &calls {
            let head = sqlite.head().expect("readable");
            let by_sqlite = run(call, head, &mut sqlite, &reader);
            let memory_reader = memory.clone();
            prop_assert_eq!(by_sqlite, run(call, head, &mut memory, &memory_reader), "{:?}", call);
        }
        let (a, b) = (verify(&mut sqlite, |_| Ok(())), verify(&mut memory, |_| Ok(())));
        prop_assert_eq!(a.expect("clean"), b.expect("clean"));
        reader.integrity().expect("whole");
    }
}
