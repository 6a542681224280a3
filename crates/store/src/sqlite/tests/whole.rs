//! Everything in the file is checked against its records.

use noout_core::journal::{Batch, Digest32};
use noout_core::projection::project;
use noout_core::{Actor, Event, State, apply};
use noout_types::Timestamp;

use super::*;
use crate::{VerifyError, verify_whole};

const TEAM: &str = "[[person]]\nid = \"vera\"\nrole = \"viewer\"\n[[person]]\nid = \"chief\"\nrole = \"admin\"\n";

/// A journal as the server writes it: a configuration, then stop and go, with read tables and two snapshots on the way.
fn lived(folder: &Folder, records: u64) -> Head {
    let mut journal = folder.open();
    let mut head = journal.claim().expect("claimable");
    let (mut state, by) = (State::new(), Actor::Local);
    let config = noout_core::config::parse(TEAM).expect("a configuration");
    for n in 0..records {
        let at = Timestamp::from_second(n.try_into().expect("small")).expect("a time");
        let event = match n {
            0 => {
                Event::ConfigApplied { version: 1, by: by.clone(), text: TEAM.into(), config: Box::new(config.clone()) }
            }
            n if n % 2 == 1 => Event::Stopped { by: by.clone(), why: format!("reason {n}") },
            _ => Event::ResumedAll { by: by.clone() },
        };
        let record = Record::seal(&head, at, event.kind(), event.encode().expect("JSON"));
        apply(&mut state, at, &event);
        let (timeline, documents) = project(&state, at, &event);
        head = journal.append(&Batch { records: vec![record], timeline, documents }).expect("it follows");
        if n == records / 2 || n == records - 2 {
            let body = serde_json::to_string(&state).expect("JSON");
            journal.save_snapshot(&Snapshot { head, format: STATE, body }).expect("it stands in the chain");
        }
    }
    head
}

const STATE: u32 = noout_core::engine::STATE_FORMAT;

fn edit(folder: &Folder, sql: &str) {
    let conn = Connection::open(folder.path()).expect("a database");
    assert!(conn.execute_batch(sql).is_ok() && conn.changes() > 0, "{sql}: nothing was changed");
}

fn found(folder: &Folder, kept: Option<Digest32>) -> String {
    match verify_whole(&folder.path(), kept) {
        Ok(whole) => format!("whole: {} records", whole.report.records),
        Err(e) => e.to_string(),
    }
}

#[test]
fn a_journal_as_it_was_written_is_whole() {
    let folder = Folder::new();
    let head = lived(&folder, 60);
    let whole = verify_whole(&folder.path(), Some(head.hash)).expect("whole");
    assert_eq!((whole.report.head, whole.snapshots, whole.documents), (head, 2, 1));
    assert_eq!((whole.timeline, whole.state.seq), (60, 60));
}

/// Given a snapshot in which a viewer became an administrator, then it is found: a start would believe it.
#[test]
fn an_edited_snapshot_is_found() {
    let folder = Folder::new();
    lived(&folder, 60);
    edit(&folder, "UPDATE snapshot SET body = replace(body, '\"viewer\"', '\"admin\"') WHERE seq = 59");
    assert_eq!(found(&folder, None), "the snapshot at record 59 is not what the records up to there give");
    edit(&folder, "UPDATE snapshot SET body = '{' WHERE seq = 59");
    assert!(found(&folder, None).starts_with("the snapshot at record 59 cannot be read"), "{}", found(&folder, None));
    edit(&folder, "DELETE FROM snapshot WHERE seq = 59; UPDATE snapshot SET hash = zeroblob(32)");
    assert_eq!(found(&folder, None), "the snapshot at record 31 carries another hash than the record");
    edit(&folder, "UPDATE snapshot SET seq = 99");
    assert_eq!(found(&folder, None), "the snapshot at record 99 stands at no record");
}

/// Given read tables that tell something else than the records, then the first such subject is named.
#[test]
fn edited_read_tables_are_found() {
    let changed = "the timeline of server is not what the records give: rows were changed, added or removed";
    for (sql, words) in [
        ("UPDATE timeline SET detail = '{}' WHERE seq = 20", changed),
        ("UPDATE timeline SET actor = 'person/bo' WHERE seq = 20", changed),
        ("UPDATE timeline SET at = '2020-01-01T00:00:00Z' WHERE seq = 20", changed),
        ("DELETE FROM timeline WHERE seq = 20", changed),
        (
            "INSERT INTO timeline SELECT subject, seq, n + 1, at, actor, what, detail FROM timeline WHERE seq = 20",
            changed,
        ),
        ("DELETE FROM timeline", "the timeline of server is gone, the records give it"),
        (
            "UPDATE timeline SET subject = 'incident/1' WHERE seq = 20",
            "the timeline of incident/1 stands in the table, the records do not give it",
        ),
        (
            "UPDATE document SET body = replace(body, 'vera', 'eve')",
            "the document config/1 is not what the records give",
        ),
        ("UPDATE document SET open = 1", "the document config/1 is not what the records give"),
        ("DELETE FROM document", "the document config/1 is gone, the records give it"),
        ("UPDATE document SET id = '2'", "the document config/2 stands in the table, the records do not give it"),
    ] {
        let folder = Folder::new();
        lived(&folder, 60);
        edit(&folder, sql);
        assert_eq!(found(&folder, None), words, "{sql}");
    }
}

/// Given a journal whose end was cut off so that the rest is whole in itself, then only a hash kept elsewhere tells.
#[test]
fn a_cut_end_is_told_by_a_hash_that_was_kept() {
    let folder = Folder::new();
    let head = lived(&folder, 60);
    edit(
        &folder,
        "DELETE FROM record WHERE seq > 40; DELETE FROM timeline WHERE seq > 40; DELETE FROM snapshot WHERE seq > 40;
         UPDATE head SET seq = 40, hash = (SELECT hash FROM record WHERE seq = 40)",
    );
    assert_eq!(found(&folder, None), "whole: 40 records", "nothing in the file tells it");
    let error = verify_whole(&folder.path(), Some(head.hash)).expect_err("the end is missing");
    assert!(
        matches!(error, VerifyError::Cut { wanted, head: found } if wanted == head.hash && found.seq == 40),
        "{error}"
    );
}

/// Given a hash that was kept a while ago, then a journal that went on since has it still.
#[test]
fn a_hash_of_long_ago_is_still_there() {
    let folder = Folder::new();
    let head = lived(&folder, 60);
    let mut journal = folder.open();
    let end = journal.claim().expect("claimable");
    let event = Event::ResumedAll { by: Actor::Local };
    let at = Timestamp::from_second(99).expect("a time");
    let record = Record::seal(&end, at, event.kind(), event.encode().expect("JSON"));
    let mut state = verify_whole(&folder.path(), None).expect("whole").state;
    apply(&mut state, at, &event);
    let (timeline, documents) = project(&state, at, &event);
    journal.append(&Batch { records: vec![record], timeline, documents }).expect("it follows");
    assert_eq!(found(&folder, Some(head.hash)), "whole: 61 records", "and while a writer has it open");
}

#[test]
fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let modes = || {
        let all = std::fs::read_dir(folder.0.path()).expect("readable").map(|e| e.expect("readable"));
        let mode = |e: &std::fs::DirEntry| e.metadata().expect("readable").permissions().mode() & 0o777;
        let mut modes: Vec<_> = all.map(|e| (e.file_name().into_string().expect("UTF-8"), mode(&e))).collect();
        modes.sort();
        modes
    };
    let private = |names: &[&str]| names.iter().map(|n| ((*n).to_owned(), 0o600)).collect::<Vec<_>>();
    let mut journal = folder.open();
    let head = journal.claim().expect("claimable");
    journal.append(&crate::conformance::batch_after(&head, 3)).expect("it follows");
    assert_eq!(modes(), private(&["noout.db", "noout.db-lock", "noout.db-shm", "noout.db-wal"]));
    let copy = folder.0.path().join("copy.db");
    backup(&folder.path(), &copy).expect("a backup");
    drop(journal);
    let back = folder.0.path().join("back.db");
    restore(&copy, &back, Overwrite::Refuse).expect("restored");
    assert_eq!(modes(), private(&["back.db", "back.db-lock", "copy.db", "noout.db", "noout.db-lock"]));
    // As an earlier noout left them.
    for (name, _) in modes() {
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(folder.0.path().join(name), open).expect("ours");
    }
    let journal = folder.open();
    for (name, mode) in modes().iter().filter(|(name, _)| name.starts_with("noout.db")) {
        assert_eq!(*mode, 0o600, "{name}");
    }
    drop(journal);
    restore(&copy, &back, Overwrite::MoveAside).expect("restored");
    let aside = modes().into_iter().find(|(name, _)| name == "back.db.replaced");
    assert_eq!(aside.map(|(_, mode)| mode), Some(0o600));
}
