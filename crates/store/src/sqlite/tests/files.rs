//! Opening, locking, checkpoints, backup and restore.

use noout_core::journal::Document;

use super::*;
use crate::conformance::batch_after;
use crate::{VerifyReport, verify};

/// A journal with so many records, closed.
fn filled(folder: &Folder, records: u64) -> Head {
    let mut journal = folder.open();
    let head = journal.claim().expect("claimable");
    let head = journal.append(&batch_after(&head, records)).expect("it follows");
    journal.close().expect("it closes");
    head
}

fn verified(path: &Path) -> VerifyReport {
    let mut journal = SqliteJournal::open(path).expect("it opens");
    verify(&mut journal, |_| Ok(())).expect("clean")
}

#[test]
fn a_second_noout_is_refused_and_told_who_is_there() {
    let folder = Folder::new();
    let first = folder.open();
    let error = SqliteJournal::open(folder.path()).expect_err("the first is there");
    let text = error.to_string();
    assert!(text.contains(&format!("in use by another noout (process {})", std::process::id())), "{text}");
    let link = folder.0.path().join("link.db");
    std::os::unix::fs::symlink(folder.path(), &link).expect("a link");
    assert!(matches!(SqliteJournal::open(link), Err(StoreError::Locked { .. })), "another name is the same file");
    SqliteReader::open(folder.path()).expect("readers are welcome");
    drop(first);
    folder.open();
}

#[test]
fn closing_leaves_one_file_and_the_lock() {
    let folder = Folder::new();
    filled(&folder, 10);
    let names = std::fs::read_dir(folder.0.path()).expect("readable").map(|e| e.expect("readable").file_name());
    let mut names: Vec<_> = names.map(|n| n.into_string().expect("UTF-8")).collect();
    names.sort();
    assert_eq!(names, ["noout.db", "noout.db-lock"]);
}

#[test]
fn a_file_of_something_else_is_refused() {
    let folder = Folder::new();
    let other = Connection::open(folder.path()).expect("a database");
    other.execute_batch("CREATE TABLE recipes (id INTEGER PRIMARY KEY)").expect("a table");
    drop(other);
    let error = SqliteJournal::open(folder.path()).expect_err("it is not ours");
    assert!(error.to_string().contains("is not a noout journal"), "{error}");
    std::fs::write(folder.path(), "# Shopping list\n".repeat(100)).expect("writable");
    let error = SqliteJournal::open(folder.path()).expect_err("it is a text");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_newer_schema_is_refused_with_both_versions() {
    let folder = Folder::new();
    drop(folder.open());
    let conn = Connection::open(folder.path()).expect("a database");
    conn.pragma_update(None, "user_version", 7).expect("writable");
    drop(conn);
    let error = SqliteJournal::open(folder.path()).expect_err("it is newer");
    assert!(error.to_string().contains("its schema is version 7, this one reads up to 1"), "{error}");
    assert!(matches!(SqliteReader::open(folder.path()), Err(StoreError::Newer { .. })));
}

#[test]
fn a_missing_folder_or_journal_is_named() {
    let folder = Folder::new();
    let lost = folder.0.path().join("nowhere/noout.db");
    let error = SqliteJournal::open(&lost).expect_err("the folder is missing");
    assert!(error.to_string().contains("nowhere/noout.db"), "{error}");
    assert!(matches!(SqliteReader::open(&lost), Err(StoreError::Missing { .. })));
    assert!(!folder.path().exists(), "a reader creates nothing");
}

#[test]
fn a_crash_while_creating_is_no_obstacle() {
    let folder = Folder::new();
    std::fs::write(folder.0.path().join("noout.db.new"), "half a page").expect("writable");
    std::fs::write(folder.0.path().join("noout.db.new-journal"), "half a journal").expect("writable");
    assert_eq!(folder.open().head().expect("readable"), Head::default());
}

#[test]
fn a_log_without_its_database_is_not_played_into_a_new_one() {
    let folder = Folder::new();
    let log = folder.0.path().join("noout.db-wal");
    std::fs::write(&log, "frames").expect("writable");
    let error = SqliteJournal::open(folder.path()).expect_err("there is a log");
    assert!(matches!(error, StoreError::Exists { .. }) && log.exists(), "{error:?}");
}

#[test]
fn the_writer_checkpoints_so_that_the_log_stays_short() {
    let folder = Folder::new();
    let mut journal = folder.open();
    journal.checkpoint_every(50);
    let mut head = journal.claim().expect("claimable");
    let log = folder.0.path().join("noout.db-wal");
    let mut longest = 0;
    for _ in 0..100 {
        head = journal.append(&batch_after(&head, 20)).expect("it follows");
        longest = longest.max(std::fs::metadata(&log).expect("there is a log").len());
    }
    assert!(longest < 100 * 4120, "50 pages and one batch's, not {longest} bytes");
    assert_eq!(journal.wal_pages.load(Ordering::Relaxed) / 100, 0);
}

#[test]
fn readers_see_commits_while_the_writer_writes() {
    let folder = Folder::new();
    let mut journal = folder.open();
    let reader = journal.reader().expect("it opens");
    let mut head = journal.claim().expect("claimable");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        // More threads than connections: they share, and nobody is turned away.
        let readers: Vec<_> = (0..MAX_READERS * 2)
            .map(|_| {
                scope.spawn(|| {
                    let mut last = 0;
                    while !done.load(Ordering::Relaxed) {
                        let d = reader.document("config", "1").expect("readable");
                        let seq = d.map_or(0, |d| d.seq);
                        assert!(seq >= last, "a reader never goes back");
                        last = seq;
                    }
                })
            })
            .collect();
        for _ in 0..30 {
            let mut batch = batch_after(&head, 3);
            let (kind, id) = ("config".to_owned(), "1".to_owned());
            let (seq, at) = (head.seq + 3, batch.records[2].at);
            batch.documents.push(Document { kind, id, open: true, seq, at, body: "{}".to_owned() });
            head = journal.append(&batch).expect("readers are not in the way");
        }
        done.store(true, Ordering::Relaxed);
        readers.into_iter().for_each(|r| r.join().expect("the reader saw nothing wrong"));
    });
    assert!(reader.idle() <= MAX_READERS, "the connections are capped");
    assert_eq!(reader.document("config", "1").expect("readable").map(|d| d.seq), Some(90));
    reader.integrity().expect("whole");
}

#[test]
fn a_backup_is_one_state_while_the_writer_goes_on() {
    let folder = Folder::new();
    let mut journal = folder.open();
    let mut head = journal.claim().expect("claimable");
    head = journal.append(&batch_after(&head, 2_000)).expect("it follows");
    let (src, dst) = (folder.path(), folder.0.path().join("copy.db"));
    let report = std::thread::scope(|scope| {
        let copy = scope.spawn(|| backup(&src, &dst));
        while !copy.is_finished() {
            head = journal.append(&batch_after(&head, 5)).expect("the copy is not in the way");
        }
        copy.join().expect("no panic")
    })
    .expect("it copies");
    assert!(report.records >= 2_000 && report.records <= head.seq, "{report:?}");
    assert_eq!(SqliteReader::open(&dst).expect("it opens").head().expect("readable"), report.head);
    assert!(!beside(&dst, "-wal").exists() && !beside(&dst, ".partial").exists(), "the copy is one file");
    let again = backup(&src, &dst).expect_err("it is there already");
    assert!(matches!(again, BackupError::Store(StoreError::Exists { .. })), "{again:?}");
}

#[test]
fn a_restored_journal_goes_on_and_fences_older_writers() {
    let folder = Folder::new();
    let copy = folder.0.path().join("copy.db");
    let then = filled(&folder, 10);
    backup(&folder.path(), &copy).expect("it copies");
    let mut old = SqliteJournal::open_with(&folder.path(), false).expect("it opens");
    let lived_on = old.claim().expect("claimable");
    let lived_on = old.append(&batch_after(&lived_on, 5)).expect("it follows");

    let refused = restore(&copy, &folder.path(), Overwrite::Refuse).expect_err("it is there");
    assert!(matches!(refused, BackupError::Store(StoreError::Exists { .. })), "{refused:?}");
    let report = restore(&copy, &folder.path(), Overwrite::MoveAside).expect("it restores");
    assert_eq!((report.head.seq, report.head.hash), (then.seq, then.hash));
    assert!(report.head.epoch > lived_on.epoch);
    drop(old);

    assert_eq!(verified(&folder.path()).records, 10);
    let replaced = folder.0.path().join("noout.db.replaced");
    assert_eq!(verified(&replaced).records, 15, "what was replaced is kept, with its log");
    let mut journal = folder.open();
    let head = journal.claim().expect("claimable");
    assert_eq!(journal.append(&batch_after(&head, 1)).expect("it goes on").seq, 11);
    drop(journal);

    let refused = restore(&copy, &folder.path(), Overwrite::MoveAside).expect_err("one is kept already");
    assert!(refused.to_string().contains("noout.db.replaced"), "{refused}");
    assert_eq!(verified(&folder.path()).records, 11, "it stays as it was");
    assert!(!folder.0.path().join("noout.db.partial").exists());
}

#[test]
fn a_writer_of_a_copied_file_is_fenced_by_the_restored_epoch() {
    let folder = Folder::new();
    let copy = folder.0.path().join("copy.db");
    let head = filled(&folder, 3);
    backup(&folder.path(), &copy).expect("it copies");
    let restored = folder.0.path().join("restored.db");
    let report = restore(&copy, &restored, Overwrite::Refuse).expect("there is nothing");
    assert!(report.head.epoch > head.epoch + 1, "the next writers' epochs are skipped");
}

#[test]
fn a_restore_is_refused_while_noout_runs_or_the_backup_is_bad() {
    let folder = Folder::new();
    let copy = folder.0.path().join("copy.db");
    filled(&folder, 200);
    backup(&folder.path(), &copy).expect("it copies");
    let running = folder.open();
    let refused = restore(&copy, &folder.path(), Overwrite::MoveAside).expect_err("noout runs");
    assert!(matches!(refused, BackupError::Store(StoreError::Locked { .. })), "{refused:?}");
    drop(running);

    let conn = Connection::open(&copy).expect("a database");
    conn.execute("UPDATE record SET body = '{}' WHERE seq = 77", []).expect("writable");
    drop(conn);
    let other = folder.0.path().join("other.db");
    let refused = restore(&copy, &other, Overwrite::Refuse).expect_err("a record was changed");
    let cause = std::error::Error::source(&refused).map(ToString::to_string).unwrap_or_default();
    assert!(cause.contains("record 77 was changed"), "{refused}: {cause}");
    assert!(!other.exists() && !beside(&other, ".partial").exists());
    let lost = restore(&folder.0.path().join("none.db"), &other, Overwrite::Refuse).expect_err("there is none");
    assert!(matches!(lost, BackupError::Store(StoreError::Missing { .. })), "{lost:?}");
}
