//! What happens to the file, and how it is told.

use noout_core::journal::ChainError;

use super::*;
use crate::conformance::batch_after;
use crate::{VerifyError, verify, verify_reader};

fn filled(folder: &Folder, records: u64) {
    let mut journal = folder.open();
    let head = journal.claim().expect("claimable");
    journal.append(&batch_after(&head, records)).expect("it follows");
}

/// Changes the first byte of the only place in the file that has this text.
fn flip(path: &Path, text: &str, bit: u8) {
    let mut bytes = std::fs::read(path).expect("readable");
    let places: Vec<_> = bytes.windows(text.len()).enumerate().filter(|(_, w)| *w == text.as_bytes()).collect();
    assert_eq!(places.len(), 1, "{text} stands once in the file");
    let at = places[0].0 + text.len() / 2;
    bytes[at] ^= bit;
    std::fs::write(path, bytes).expect("writable");
}

#[test]
fn a_flipped_bit_in_a_body_is_found_with_its_record() {
    let folder = Folder::new();
    filled(&folder, 500);
    flip(&folder.path(), r#"{"v":1,"n":316}"#, 0x01);
    let error = verify(&mut folder.open(), |_| Ok(())).expect_err("a bit is wrong");
    assert!(matches!(error, VerifyError::Chain(ChainError::Content { seq: 317, .. })), "{error}");
    assert!(error.to_string().starts_with("record 317 was changed"), "{error}");
}

#[test]
fn a_flip_that_is_no_text_any_more_is_found_with_its_record() {
    let folder = Folder::new();
    filled(&folder, 500);
    flip(&folder.path(), r#"{"v":1,"n":316}"#, 0x80);
    let reader = SqliteReader::open(folder.path()).expect("it opens");
    let error = verify_reader(&reader, |_| Ok(())).expect_err("a byte is no UTF-8");
    assert!(error.to_string().contains("is damaged: record 317 cannot be read"), "{error}");
}

#[test]
fn a_removed_or_added_record_is_found() {
    let folder = Folder::new();
    filled(&folder, 20);
    let edit = |sql: &str| {
        Connection::open(folder.path()).expect("a database").execute(sql, []).expect("writable");
        verify(&mut folder.open(), |_| Ok(())).expect_err("it was edited")
    };
    let error = edit("DELETE FROM record WHERE seq = 20");
    assert!(matches!(error, VerifyError::Head { last, .. } if last.seq == 19), "{error}");
    let error = edit("UPDATE head SET seq = 18, hash = (SELECT hash FROM record WHERE seq = 18)");
    assert!(matches!(error, VerifyError::Head { head, last } if (head.seq, last.seq) == (18, 19)), "{error}");
    let error = edit("DELETE FROM record WHERE seq = 5");
    assert!(matches!(error, VerifyError::Chain(ChainError::NotDense { after: 4, found: 6 })), "{error}");
}

#[test]
fn a_truncated_file_is_told() {
    let folder = Folder::new();
    filled(&folder, 2_000);
    let whole = std::fs::metadata(folder.path()).expect("readable").len();
    let file = || std::fs::OpenOptions::new().write(true).open(folder.path()).expect("writable");
    for length in [whole - 4096, whole / 2, 5_000, 4_096, 50, 0] {
        file().set_len(length).expect("truncatable");
        let error = SqliteJournal::open(folder.path()).err();
        let text = error.map(|e| e.to_string()).expect("a part is missing");
        assert!(text.contains("noout.db is damaged: the file cannot be read"), "{length} of {whole}: {text}");
        assert!(text.contains("restore the last backup"), "{text}");
        assert!(SqliteReader::open(folder.path()).is_err(), "{length} of {whole}");
    }
}

#[test]
fn a_full_disk_leaves_nothing_half_written_and_passes() {
    let folder = Folder::new();
    let mut journal = folder.open();
    let mut head = journal.claim().expect("claimable");
    head = journal.append(&batch_after(&head, 10)).expect("it follows");
    let pages: i64 = journal.conn.query_row("PRAGMA page_count", [], |row| row.get(0)).expect("a number");
    journal.conn.pragma_update(None, "max_page_count", pages + 3).expect("settable");

    let error = journal.append(&batch_after(&head, 5_000)).expect_err("there is no space");
    assert!(matches!(error, StoreError::Full { .. }) && error.nothing_written(), "{error:?}");
    assert_eq!(journal.head().expect("readable"), head);
    assert!(journal.records(10, 10).expect("readable").is_empty());
    head = journal.append(&batch_after(&head, 1)).expect("a small one still fits");

    journal.conn.pragma_update(None, "max_page_count", 1_000_000).expect("settable");
    head = journal.append(&batch_after(&head, 5_000)).expect("there is space again");
    drop(journal);
    assert_eq!(verify(&mut folder.open(), |_| Ok(())).expect("clean").head, head);
}

#[test]
fn a_failed_commit_is_unknown_and_closes_the_handle() {
    let folder = Folder::new();
    let mut journal = folder.open();
    let head = journal.claim().expect("claimable");
    // A commit that SQLite turns into a rollback: the store cannot tell it from one whose answer was lost.
    journal.conn.commit_hook(Some(|| true)).expect("a hook");
    let error = journal.append(&batch_after(&head, 2)).expect_err("the commit failed");
    assert!(matches!(error, StoreError::Unknown { .. }) && !error.nothing_written(), "{error:?}");
    assert!(matches!(journal.append(&batch_after(&head, 2)), Err(StoreError::Stopped { .. })));
    assert!(matches!(journal.head(), Err(StoreError::Stopped { .. })), "nothing it believes is trusted");
    assert!(matches!(journal.close(), Err(StoreError::Stopped { .. })));
    assert_eq!(folder.open().head().expect("readable"), head, "the head tells what happened");
}

#[test]
fn a_held_database_is_busy_and_nothing_is_written() {
    let folder = Folder::new();
    let mut journal = folder.open();
    journal.conn.busy_timeout(Duration::from_millis(1)).expect("settable");
    let head = journal.claim().expect("claimable");
    let other = Connection::open(folder.path()).expect("a database");
    other.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let error = journal.append(&batch_after(&head, 2)).expect_err("somebody holds it");
    assert!(matches!(error, StoreError::Busy { .. }) && error.nothing_written(), "{error:?}");
    other.execute_batch("ROLLBACK").expect("given back");
    assert_eq!(journal.append(&batch_after(&head, 2)).expect("it is free").seq, 2);
}
