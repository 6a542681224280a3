//! What every store must do, run over each of them alike.
//!
//! Each case gets a place with an empty journal. `conformance_suite!` makes a test of each case.

use noout_core::journal::{Batch, Document, Head, Record, Snapshot, TimelineRow};
use noout_types::Timestamp;

use crate::{Journal, MAX_PAGE_ROWS, Reader, StoreError, verify, verify_reader};

/// Somewhere a journal lies. Handles may be opened beside each other: fencing is what keeps them apart.
pub trait Place {
    /// A writer's handle, as of a process that starts.
    fn open(&self) -> Box<dyn Journal>;
    /// A reader's handle.
    fn reader(&self) -> Box<dyn Reader>;
}

/// Makes a test of each case. The argument is an expression that gives a new [`Place`].
#[macro_export]
macro_rules! conformance_suite {
    ($place:expr) => {
        $crate::conformance_suite!(@cases $place,
            starts_empty, numbers_are_dense, older_writer_is_fenced, fenced_by_a_claim_without_records, refuses_unclaimed,
            refuses_what_does_not_follow, failing_batch_leaves_nothing, survives_reopening, snapshots_keep_two,
            snapshots_must_fit_the_chain, timeline_pages, documents_are_replaced, documents_pages, big_batch,
            empty_batch_checks_the_fence, any_text_comes_back);
    };
    (@cases $place:expr, $($case:ident),+ $(,)?) => {
        $(#[test] fn $case() { $crate::conformance::$case(&$place); })+
    };
}

/// An instant for a record: a second for each number, with nanoseconds that must not be lost.
fn at(n: u64) -> Timestamp {
    Timestamp::new(1_800_000_000 + i64::try_from(n).expect("small"), 123_456_789).expect("in range")
}

/// So many records that follow `head`.
#[must_use]
pub fn records_after(head: &Head, count: u64) -> Vec<Record> {
    let mut head = *head;
    let mut seal = |n| {
        let record = Record::seal(&head, at(head.seq + 1), "noted", format!(r#"{{"v":1,"n":{n}}}"#));
        head = record.head();
        record
    };
    (0..count).map(&mut seal).collect()
}

/// A batch of so many records that follow `head`.
#[must_use]
pub fn batch_after(head: &Head, count: u64) -> Batch {
    Batch { records: records_after(head, count), ..Batch::default() }
}

fn row(subject: &str, seq: u64, what: &str) -> TimelineRow {
    TimelineRow {
        subject: subject.to_owned(),
        seq,
        at: at(seq),
        actor: "noout".to_owned(),
        what: what.to_owned(),
        detail: r#"{"why":"test"}"#.to_owned(),
    }
}

fn document(id: &str, open: bool, seq: u64) -> Document {
    Document {
        kind: "incident".to_owned(),
        id: id.to_owned(),
        open,
        seq,
        at: at(seq),
        body: format!(r#"{{"id":"{id}","seq":{seq}}}"#),
    }
}

fn claimed(place: &dyn Place) -> (Box<dyn Journal>, Head) {
    let mut journal = place.open();
    let head = journal.claim().expect("a journal can be claimed");
    (journal, head)
}

fn clean(place: &dyn Place) -> Head {
    let by_writer = verify(&mut *place.open(), |_| Ok(())).expect("the chain verifies");
    let by_reader = verify_reader(&*place.reader(), |_| Ok(())).expect("the chain verifies through a reader");
    assert_eq!(by_writer, by_reader);
    by_writer.head
}

/// A new journal has the empty head, and each claim is an epoch.
pub fn starts_empty(place: &dyn Place) {
    assert_eq!(place.open().head().expect("readable"), Head::default());
    assert_eq!(place.reader().head().expect("readable"), Head::default());
    for epoch in 1..=3 {
        assert_eq!(claimed(place).1, Head { epoch, ..Head::default() });
    }
    assert!(place.open().records(0, 10).expect("readable").is_empty());
    assert_eq!(clean(place).epoch, 3);
}

/// Records come back as they were written, in order, in pages.
pub fn numbers_are_dense(place: &dyn Place) {
    let (mut journal, mut head) = claimed(place);
    let mut written = Vec::new();
    for count in [1, 3, 7] {
        let batch = batch_after(&head, count);
        head = journal.append(&batch).expect("it follows");
        assert_eq!(Some(head), batch.records.last().map(Record::head));
        written.extend(batch.records);
    }
    assert_eq!(head.seq, 11);
    assert_eq!(journal.head().expect("readable"), head);
    assert_eq!(journal.records(0, 100).expect("readable"), written);
    assert_eq!(journal.records(4, 3).expect("readable"), written[4..7]);
    assert_eq!(place.reader().records(4, 3).expect("readable"), written[4..7]);
    assert!(journal.records(11, 5).expect("readable").is_empty());
    assert!(journal.records(u64::MAX, 5).expect("readable").is_empty());
    assert!(journal.records(0, 0).expect("readable").is_empty());
    assert_eq!(clean(place), head);
}

/// A writer that another one has overtaken can write nothing any more.
pub fn older_writer_is_fenced(place: &dyn Place) {
    let (mut old, head) = claimed(place);
    let head = old.append(&batch_after(&head, 2)).expect("nobody else is there");
    let (mut new, newer) = claimed(place);
    assert_eq!((newer.seq, newer.hash, newer.epoch), (head.seq, head.hash, head.epoch + 1));
    let newer = new.append(&batch_after(&newer, 1)).expect("it is the writer now");

    let refused = old.append(&batch_after(&head, 1)).expect_err("it was overtaken");
    assert!(matches!(refused, StoreError::Fenced { ours, found } if ours == head && found == newer), "{refused:?}");
    assert!(refused.nothing_written());
    let snapshot = Snapshot { head, format: 1, body: "{}".to_owned() };
    assert!(matches!(old.save_snapshot(&snapshot), Err(StoreError::Fenced { .. })));
    assert_eq!(clean(place), newer);
}

/// The claim alone fences: the older writer's batch would have the right number and hash.
pub fn fenced_by_a_claim_without_records(place: &dyn Place) {
    let (mut old, head) = claimed(place);
    let (_new, newer) = claimed(place);
    assert!(matches!(old.append(&batch_after(&head, 1)), Err(StoreError::Fenced { .. })));
    assert_eq!(clean(place), newer);
}

/// Without a claim nothing is written.
pub fn refuses_unclaimed(place: &dyn Place) {
    let mut journal = place.open();
    assert!(matches!(journal.append(&batch_after(&Head::default(), 1)), Err(StoreError::NotClaimed)));
    let snapshot = Snapshot { head: Head::default(), format: 1, body: "{}".to_owned() };
    assert!(matches!(journal.save_snapshot(&snapshot), Err(StoreError::NotClaimed)));
    assert_eq!(clean(place), Head::default());
}

/// Batches that do not follow the head are refused and the writer goes on.
pub fn refuses_what_does_not_follow(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let first = batch_after(&head, 2);
    let head = journal.append(&first).expect("it follows");
    let blind_retry = journal.append(&first).expect_err("it is there already");
    assert!(matches!(blind_retry, StoreError::Chain(_)) && blind_retry.nothing_written(), "{blind_retry:?}");

    let mut gap = batch_after(&head, 3);
    gap.records.remove(1);
    let mut changed = batch_after(&head, 1);
    changed.records[0].body.push(' ');
    let foreign = batch_after(&Head { epoch: head.epoch + 1, ..head }, 1);
    let mut row_ahead = batch_after(&head, 1);
    row_ahead.timeline.push(row("server", head.seq + 2, "started"));
    let mut row_of_nothing = batch_after(&head, 1);
    row_of_nothing.documents.push(document("1", true, 0));
    for (name, batch) in [
        ("a gap", gap),
        ("a changed body", changed),
        ("another epoch", foreign),
        ("a row ahead of the records", row_ahead),
        ("a row of no record", row_of_nothing),
    ] {
        let error = journal.append(&batch).expect_err(name);
        assert!(matches!(error, StoreError::Chain(_) | StoreError::Refused { .. }), "{name}: {error:?}");
    }
    let head = journal.append(&batch_after(&head, 1)).expect("the writer goes on");
    assert_eq!(clean(place), head);
}

/// One bad row, and neither the head nor any row of the batch has changed.
pub fn failing_batch_leaves_nothing(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let mut first = batch_after(&head, 1);
    first.documents.push(document("1", true, 1));
    first.timeline.push(row("incident/1", 1, "opened"));
    let head = journal.append(&first).expect("it follows");

    let mut bad = batch_after(&head, 50);
    bad.documents.push(document("1", false, head.seq + 1));
    bad.timeline.push(row("incident/1", head.seq + 1, "closed"));
    bad.records[40].hash.0[7] ^= 1;
    journal.append(&bad).expect_err("a hash is wrong");

    let reader = place.reader();
    assert_eq!(reader.head().expect("readable"), head);
    assert_eq!(reader.document("incident", "1").expect("readable"), Some(document("1", true, 1)));
    assert_eq!(reader.timeline("incident/1", 0, 10).expect("readable"), first.timeline);
    assert_eq!(clean(place), head);
}

/// What was acknowledged is there for the next process.
pub fn survives_reopening(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let mut batch = batch_after(&head, 5);
    batch.timeline.push(row("server", 5, "started"));
    batch.documents.push(document("7", true, 5));
    let head = journal.append(&batch).expect("it follows");
    journal.save_snapshot(&Snapshot { head, format: 1, body: "five".to_owned() }).expect("it fits");
    drop(journal);

    let mut again = place.open();
    assert_eq!(again.head().expect("readable"), head);
    assert_eq!(again.records(0, 10).expect("readable"), batch.records);
    assert_eq!(again.snapshot(1).expect("readable").map(|s| s.body), Some("five".to_owned()));
    let reader = place.reader();
    assert_eq!(reader.timeline("server", 0, 10).expect("readable"), batch.timeline);
    assert_eq!(reader.document("incident", "7").expect("readable").as_ref(), batch.documents.first());
    let head = again.claim().expect("claimable");
    again.append(&batch_after(&head, 1)).expect("it goes on");
    assert_eq!(clean(place).seq, 6);
}

/// The newest two are kept, each under its format; saving one again replaces it.
pub fn snapshots_keep_two(place: &dyn Place) {
    let (mut journal, mut head) = claimed(place);
    assert_eq!(journal.snapshot(1).expect("readable"), None);
    for n in 1..=4 {
        head = journal.append(&batch_after(&head, 1)).expect("it follows");
        let format = if n == 3 { 2 } else { 1 };
        let snapshot = Snapshot { head, format, body: format!("state {n}") };
        journal.save_snapshot(&snapshot).expect("it fits");
        journal.save_snapshot(&snapshot).expect("once more is no harm");
        assert_eq!(journal.snapshot(format).expect("readable"), Some(snapshot));
    }
    assert_eq!(journal.snapshot(2).expect("readable").map(|s| s.head.seq), Some(3));
    assert_eq!(journal.snapshot(1).expect("readable").map(|s| s.head.seq), Some(4));
    assert_eq!(journal.snapshot(3).expect("readable"), None, "another binary's format is not ours");
    for _ in 0..2 {
        head = journal.append(&batch_after(&head, 1)).expect("it follows");
        journal.save_snapshot(&Snapshot { head, format: 1, body: String::new() }).expect("it fits");
    }
    assert_eq!(journal.snapshot(2).expect("readable"), None, "only the newest two are kept");
}

/// A snapshot of a head that the journal never had is neither saved nor given.
pub fn snapshots_must_fit_the_chain(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let head = journal.append(&batch_after(&head, 3)).expect("it follows");
    let mut elsewhere = head;
    elsewhere.hash.0[0] ^= 1;
    let ahead = Head { seq: head.seq + 1, ..head };
    for head in [elsewhere, ahead, Head::default()] {
        let snapshot = Snapshot { head, format: 1, body: "{}".to_owned() };
        let error = journal.save_snapshot(&snapshot).expect_err("it is of no record");
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
    }
    assert_eq!(journal.snapshot(1).expect("readable"), None);
    // Right after a claim the head's epoch is ahead of its record's: number and hash decide.
    drop(journal);
    let (mut journal, head) = claimed(place);
    journal.save_snapshot(&Snapshot { head, format: 1, body: "{}".to_owned() }).expect("it fits");
    assert_eq!(journal.snapshot(1).expect("readable").map(|s| s.head), Some(head));
}

/// Timelines are read in pages that hold whole records, forwards and from the end.
pub fn timeline_pages(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let mut batch = batch_after(&head, 6);
    for seq in 1..=6 {
        batch.timeline.push(row("incident/1", seq, "noted"));
        batch.timeline.push(row("incident/10", seq, "noted"));
    }
    batch.timeline.push(row("incident/1", 3, "paged ana"));
    batch.timeline.push(row("incident/1", 3, "paged bo"));
    journal.append(&batch).expect("it follows");

    let reader = place.reader();
    let seqs = |rows: Vec<TimelineRow>| rows.iter().map(|r| r.seq).collect::<Vec<_>>();
    let page = |after, limit| seqs(reader.timeline("incident/1", after, limit).expect("readable"));
    assert_eq!(page(0, 100), [1, 2, 3, 3, 3, 4, 5, 6]);
    assert_eq!(page(0, 2), [1, 2]);
    assert_eq!(page(0, 3), [1, 2, 3, 3, 3], "a page does not end inside a record");
    assert_eq!(page(3, 2), [4, 5]);
    assert_eq!(page(6, 2), [0; 0]);
    assert_eq!(page(0, 0), [0; 0]);
    assert_eq!(page(u64::MAX, 1), [0; 0]);
    let latest = |limit| seqs(reader.timeline_latest("incident/1", limit).expect("readable"));
    assert_eq!(latest(2), [5, 6]);
    assert_eq!(latest(4), [3, 3, 3, 4, 5, 6], "ascending, and whole records");
    assert_eq!(latest(100), [1, 2, 3, 3, 3, 4, 5, 6]);
    assert_eq!(latest(0), [0; 0]);
    let three: Vec<_> = reader.timeline("incident/1", 2, 1).expect("readable").into_iter().map(|r| r.what).collect();
    assert_eq!(three, ["noted", "paged ana", "paged bo"], "in the order of the batch");
    assert!(reader.timeline("incident/2", 0, 5).expect("readable").is_empty());
    assert!(reader.timeline_latest("incident/2", 5).expect("readable").is_empty());
}

/// A document is what the last record made of it, also when a batch carries it twice or a late row comes.
pub fn documents_are_replaced(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let mut batch = batch_after(&head, 2);
    batch.documents = vec![document("1", true, 1), document("1", false, 2)];
    let head = journal.append(&batch).expect("it follows");
    let reader = place.reader();
    let read = || reader.document("incident", "1").expect("readable");
    assert_eq!(read(), Some(document("1", false, 2)));

    let mut late = batch_after(&head, 1);
    late.documents = vec![document("1", true, 1)];
    let head = journal.append(&late).expect("it follows");
    assert_eq!(read(), Some(document("1", false, 2)), "a row of an earlier record changes nothing");

    let mut next = batch_after(&head, 1);
    next.documents = vec![document("1", true, 4)];
    journal.append(&next).expect("it follows");
    assert_eq!(read(), Some(document("1", true, 4)));
    assert_eq!(reader.document("plan", "1").expect("readable"), None);
    assert_eq!(reader.document("incident", "2").expect("readable"), None);
}

/// Lists give the last changed first, by state, in pages that hold whole records.
pub fn documents_pages(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let mut batch = batch_after(&head, 6);
    batch.documents = (1..=6).map(|n| document(&n.to_string(), n % 2 == 0, n)).collect();
    batch.documents.push(document("4b", true, 4));
    batch.documents.push(document("4a", false, 4));
    batch.documents.push(Document { kind: "plan".to_owned(), ..document("p", true, 6) });
    journal.append(&batch).expect("it follows");

    let reader = place.reader();
    let list = |open, before, limit| {
        let found = reader.documents("incident", open, before, limit).expect("readable");
        found.into_iter().map(|d| d.id).collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, 100), ["6", "5", "4", "4a", "4b", "3", "2", "1"]);
    assert_eq!(list(Some(true), None, 100), ["6", "4", "4b", "2"]);
    assert_eq!(list(Some(false), None, 100), ["5", "4a", "3", "1"]);
    assert_eq!(list(None, None, 3), ["6", "5", "4", "4a", "4b"], "a page does not end inside a record");
    assert_eq!(list(None, Some(4), 2), ["3", "2"]);
    assert_eq!(list(Some(true), Some(6), 1), ["4", "4b"]);
    assert_eq!(list(None, Some(1), 5), [""; 0]);
    assert_eq!(list(None, Some(u64::MAX), 1), ["6"]);
    assert_eq!(list(None, None, 0), [""; 0]);
}

/// A batch of thousands is one commit, and no read gives more than a page.
pub fn big_batch(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let count = u64::try_from(MAX_PAGE_ROWS).expect("small") + 500;
    let mut batch = batch_after(&head, count);
    batch.timeline = (1..=count).map(|seq| row("server", seq, "noted")).collect();
    let head = journal.append(&batch).expect("it follows");
    assert_eq!(head.seq, count);
    let reader = place.reader();
    assert_eq!(reader.records(0, usize::MAX).expect("readable").len(), MAX_PAGE_ROWS);
    assert_eq!(reader.timeline("server", 0, usize::MAX).expect("readable").len(), MAX_PAGE_ROWS);
    let latest = reader.timeline_latest("server", usize::MAX).expect("readable");
    assert_eq!((latest.len(), latest.last().map(|r| r.seq)), (MAX_PAGE_ROWS, Some(count)));
    assert_eq!(clean(place), head);
}

/// A batch without records may correct the read tables; it never passes the fence.
pub fn empty_batch_checks_the_fence(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let head = journal.append(&batch_after(&head, 1)).expect("it follows");
    let rows = Batch { timeline: vec![row("server", 1, "started")], ..Batch::default() };
    assert_eq!(journal.append(&rows).expect("the row belongs to a record"), head);
    assert_eq!(journal.append(&rows).expect("it replaces itself"), head);
    assert_eq!(place.reader().timeline("server", 0, 9).expect("readable"), rows.timeline);
    claimed(place);
    assert!(matches!(journal.append(&Batch::default()), Err(StoreError::Fenced { .. })));
}

/// Bodies are bytes to the store: quotes, newlines, NUL and any script come back as they were.
pub fn any_text_comes_back(place: &dyn Place) {
    let (mut journal, head) = claimed(place);
    let text = "{\"v\":1,\"t\":\"it's – \\u0000 \u{0} \n 日本 🚨 %s ?1 \"}";
    let record = Record::seal(&head, Timestamp::MIN, "noted", text.to_owned());
    let last = Record::seal(&record.head(), Timestamp::MAX, "noted", String::new());
    let mut written = row("person/ana'; --", 1, text);
    written.detail = text.to_owned();
    let mut kept = document(text, true, 2);
    kept.body = text.to_owned();
    let batch = Batch { records: vec![record, last], timeline: vec![written], documents: vec![kept] };
    journal.append(&batch).expect("it follows");
    let reader = place.reader();
    assert_eq!(reader.records(0, 9).expect("readable"), batch.records);
    assert_eq!(reader.timeline("person/ana'; --", 0, 9).expect("readable"), batch.timeline);
    assert_eq!(reader.documents("incident", None, None, 9).expect("readable"), batch.documents);
    clean(place);
}
