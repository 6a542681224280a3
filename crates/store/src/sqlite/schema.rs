//! The tables, how a new database comes to be, and how a foreign one is told.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{beside, connect, failed, private};
use crate::StoreError;

/// Marks a database as noout's: `noou` in ASCII. `file` and SQLite show it.
pub const APPLICATION_ID: i32 = 0x6e6f_6f75;

/// The schema that this binary writes, kept in `user_version`.
pub const SCHEMA_VERSION: i32 = 1;

/// Bytes of a page: that of most file systems, so that a page is written whole.
const PAGE_BYTES: u32 = 4096;

/// Times are RFC 3339 text: exact to the nanosecond in every database, and readable in `sqlite3`.
const TABLES: &str = "
CREATE TABLE head (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    hash  BLOB NOT NULL
) STRICT;
CREATE TABLE record (
    seq   INTEGER NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    at    TEXT NOT NULL,
    kind  TEXT NOT NULL,
    body  TEXT NOT NULL,
    prev  BLOB NOT NULL,
    hash  BLOB NOT NULL
) STRICT;
CREATE TABLE snapshot (
    seq    INTEGER NOT NULL,
    format INTEGER NOT NULL,
    epoch  INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (seq, format)
) STRICT;
CREATE TABLE timeline (
    subject TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    n       INTEGER NOT NULL,
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    what    TEXT NOT NULL,
    detail  TEXT NOT NULL,
    PRIMARY KEY (subject, seq, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE document (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    open INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    at   TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX document_by_change ON document (kind, seq);
CREATE INDEX document_by_state ON document (kind, open, seq);
";

/// Creates the database at `path` if there is nothing: whole under another name first, so that a crash leaves either
/// nothing at `path` or an empty journal. The caller holds the lock.
pub(super) fn create_if_missing(path: &Path) -> Result<(), StoreError> {
    let place = path.display().to_string();
    let io = |e: std::io::Error| StoreError::Failed { place: place.clone(), doing: "create", cause: e.into() };
    match check_there(path) {
        Err(StoreError::Missing { .. }) => {}
        there => return there,
    }
    let wal = beside(path, "-wal");
    if wal.exists() {
        // SQLite would play it into the new database.
        let advice = "it is the write-ahead log of a database that is gone; bring that back, or move the log away";
        return Err(StoreError::Exists { place: wal.display().to_string(), advice });
    }
    let fresh = beside(path, ".new");
    for leftover in [beside(&fresh, "-journal"), fresh.clone()] {
        remove_if_there(&leftover).map_err(io)?;
    }
    // SQLite would make it readable for everybody; an empty file is a new database to it.
    private::make(&fresh).map_err(io)?;
    let conn = connect(&fresh, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let write = || {
        conn.pragma_update(None, "page_size", PAGE_BYTES)?;
        let tx = conn.unchecked_transaction()?;
        tx.execute_batch(TABLES)?;
        tx.execute("INSERT INTO head (id, epoch, seq, hash) VALUES (1, 0, 0, ?1)", [[0_u8; 32]])?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        tx.commit()
    };
    write().map_err(|e| failed(&place, "create", e))?;
    conn.close().map_err(|(_, e)| failed(&place, "create", e))?;
    std::fs::rename(&fresh, path).map_err(io)?;
    sync_folder(path).map_err(io)
}

/// Checks that there is a file at `path` which is long enough for a database. SQLite takes a shorter one for a new, empty
/// database; ours never is one, so that it was cut off.
pub(super) fn check_there(path: &Path) -> Result<(), StoreError> {
    let place = path.display().to_string();
    match std::fs::metadata(path) {
        Ok(found) if found.len() < u64::from(PAGE_BYTES) => {
            let cause = format!("it has {} bytes; a journal is never that short", found.len()).into();
            Err(StoreError::Damaged { place, what: "the file".to_owned(), cause })
        }
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(StoreError::Missing { place }),
        Err(e) => Err(StoreError::Failed { place, doing: "open", cause: e.into() }),
    }
}

/// Checks that a database is noout's, of a schema that this binary knows, and whole as far as its header goes.
pub(super) fn check(conn: &Connection, place: &str) -> Result<(), StoreError> {
    let number = |sql| conn.query_row(sql, [], |row| row.get::<_, i32>(0)).map_err(|e| failed(place, "read", e));
    let found = number("PRAGMA application_id")?;
    if found != APPLICATION_ID {
        return Err(StoreError::NotOurs { place: place.to_owned(), found, wanted: APPLICATION_ID });
    }
    let found = number("PRAGMA user_version")?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { place: place.to_owned(), found, known: SCHEMA_VERSION });
    }
    let head = conn.query_row("SELECT id FROM head", [], |row| row.get::<_, i64>(0)).optional();
    match head.map_err(|e| failed(place, "read", e))? {
        Some(1) => Ok(()),
        _ => Err(StoreError::Damaged {
            place: place.to_owned(),
            what: "the head row".to_owned(),
            cause: "there is none".into(),
        }),
    }
}

/// Makes a rename or a removal in the folder of `path` durable.
pub(super) fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Windows has no such thing as a folder that can be opened.
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Removes a file; that it is not there is fine.
pub(super) fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
