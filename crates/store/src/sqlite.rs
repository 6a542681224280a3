//! The journal in one SQLite file.
//!
//! WAL with `synchronous=FULL`: a commit is one append to the write-ahead log and one fsync. The writer's connection
//! owns the checkpoints; readers have connections of their own and never wait for it. Next to `noout.db` lie
//! SQLite's `noout.db-wal` and `noout.db-shm`, which belong to it, and `noout.db-lock`, which only tells a second noout
//! that there is a first.

mod backup;
mod lock;
mod private;
mod reader;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use noout_core::journal::{Batch, Head, Record, Snapshot};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

pub use backup::{BackupError, Overwrite, backup, restore};
pub use reader::{MAX_READERS, SqliteReader};
pub use schema::{APPLICATION_ID, SCHEMA_VERSION};
pub use whole::{Whole, verify_whole};

use crate::journal::{check_batch, check_snapshot};
use crate::{Journal, SNAPSHOTS_KEPT, StoreError};
use lock::Lock;

/// How long a connection waits for another one. Only `sqlite3` in a person's hands, or a backup that starts, holds a lock.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the last connection waits for readers when it closes: the log is truncated only for tidiness.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// Pages in the write-ahead log from which on a commit is followed by a checkpoint: 8 MiB. A checkpoint costs two
/// fsyncs and the random writes, so that it should be rare; recovery reads the log once, so that it should be short.
pub const CHECKPOINT_PAGES: u32 = 2_000;

/// Statements that a connection keeps prepared; more than there are in this file.
const STATEMENTS: usize = 32;

/// The writer's handle on a SQLite journal.
#[derive(Debug)]
pub struct SqliteJournal {
    conn: Connection,
    path: PathBuf,
    place: String,
    claimed: Option<Head>,
    /// A write ended without a clear answer: nothing that this connection believes is trusted any more.
    stopped: bool,
    wal_pages: Arc<AtomicU32>,
    checkpoint_pages: u32,
    /// Declared last, so that it is given back after the connection is closed.
    _lock: Option<Lock>,
}

/// Why a transaction did not come about: SQLite's reason or ours.
enum Stop {
    Sql(rusqlite::Error),
    Ours(StoreError),
}

impl From<rusqlite::Error> for Stop {
    fn from(e: rusqlite::Error) -> Self {
        Self::Sql(e)
    }
}

impl From<StoreError> for Stop {
    fn from(e: StoreError) -> Self {
        Self::Ours(e)
    }
}

impl SqliteJournal {
    /// Opens the journal at `path` for writing, and creates it if there is nothing. The folder must exist.
    ///
    /// What a crash left in the write-ahead log is copied to the database and synced before this returns: after a failed
    /// fsync the log may be in the page cache only, and what is read from there must not be taken for durable.
    ///
    /// # Errors
    /// Another noout has it open, it is something else's, from a newer noout, damaged, or the system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path.as_ref(), true)
    }

    fn open_with(path: &Path, exclusive: bool) -> Result<Self, StoreError> {
        let path = resolve(path)?;
        let place = path.display().to_string();
        let lock = if exclusive { Some(Lock::take(&path)?) } else { None };
        schema::create_if_missing(&path)?;
        let mut conn = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::check(&conn, &place)?;
        private::close(&path)?;
        let wal_pages = set_up_writer(&mut conn, &place)?;
        let journal = Self {
            conn,
            path,
            place,
            claimed: None,
            stopped: false,
            wal_pages,
            checkpoint_pages: CHECKPOINT_PAGES,
            _lock: lock,
        };
        journal.checkpoint("TRUNCATE").map_err(|e| failed(&journal.place, "bring up to date", e))?;
        Ok(journal)
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A reader of the same file.
    ///
    /// # Errors
    /// The file cannot be opened a second time.
    pub fn reader(&self) -> Result<SqliteReader, StoreError> {
        SqliteReader::open(&self.path)
    }

    /// Sets how many pages the write-ahead log may have before a commit is followed by a checkpoint.
    pub fn checkpoint_every(&mut self, pages: u32) {
        self.checkpoint_pages = pages.max(1);
    }

    /// Closes the journal and leaves a single file behind if no reader is in it. Dropping does the same, silently.
    ///
    /// # Errors
    /// The last checkpoint failed. What was acknowledged is durable all the same, in the write-ahead log.
    pub fn close(self) -> Result<(), StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped { place: self.place.clone() });
        }
        self.truncate().map_err(|e| failed(&self.place, "tidy up", e))
    }

    fn truncate(&self) -> rusqlite::Result<()> {
        self.conn.busy_timeout(CLOSE_TIMEOUT)?;
        self.checkpoint("TRUNCATE")
    }

    fn checkpoint(&self, mode: &str) -> rusqlite::Result<()> {
        let busy = self.conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0));
        match busy {
            Ok(0) => self.wal_pages.store(0, Ordering::Relaxed),
            // A reader is in the way: the next commit tries again.
            Ok(_) => {}
            Err(e) if passing(&e) => {}
            Err(e) => return Err(e),
        }
        Ok(())
    }

    /// Copies the log into the database when it has grown long. The commit before is durable whatever happens here, so
    /// that a failure only closes this handle: the next call says so.
    fn checkpoint_if_due(&mut self) {
        if self.wal_pages.load(Ordering::Relaxed) >= self.checkpoint_pages && self.checkpoint("PASSIVE").is_err() {
            self.stopped = true;
        }
    }

    fn usable(&self) -> Result<(), StoreError> {
        if self.stopped { Err(StoreError::Stopped { place: self.place.clone() }) } else { Ok(()) }
    }

    /// Runs `work` in one transaction that holds the write lock from its beginning.
    fn transact<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Stop>,
    ) -> Result<T, StoreError> {
        self.usable()?;
        let mut committing = false;
        let run = || {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let out = work(&tx)?;
            committing = true;
            tx.commit()?;
            Ok(out)
        };
        match run() {
            Ok(out) => Ok(out),
            Err(Stop::Ours(e)) => Err(e),
            Err(Stop::Sql(e)) => {
                let code = if committing { None } else { e.sqlite_error_code() };
                let place = self.place.clone();
                Err(match code {
                    Some(ErrorCode::DiskFull) => StoreError::Full { place, cause: e.into() },
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { place },
                    _ => {
                        self.stopped = true;
                        StoreError::Unknown { place, doing, cause: e.into() }
                    }
                })
            }
        }
    }
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        if !self.stopped {
            // Nobody is left to tell, and nothing acknowledged depends on it.
            let _ = self.truncate();
        }
    }
}

impl Journal for SqliteJournal {
    fn claim(&mut self) -> Result<Head, StoreError> {
        let place = self.place.clone();
        let head = self.transact("the claim", |tx| {
            tx.prepare_cached("UPDATE head SET epoch = epoch + 1 WHERE id = 1")?.execute([])?;
            Ok(rows::head(tx, &place)?)
        })?;
        self.claimed = Some(head);
        Ok(head)
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        self.usable()?;
        rows::head(&self.conn, &self.place)
    }

    fn append(&mut self, batch: &Batch) -> Result<Head, StoreError> {
        self.usable()?;
        let ours = self.claimed.ok_or(StoreError::NotClaimed)?;
        let next = check_batch(&ours, batch)?;
        let place = self.place.clone();
        self.transact("a batch", |tx| {
            if !rows::move_head(tx, &ours, &next)? {
                return Err(StoreError::Fenced { ours, found: rows::head(tx, &place)? }.into());
            }
            rows::insert_records(tx, &batch.records)?;
            rows::upsert_timeline(tx, &batch.timeline)?;
            rows::upsert_documents(tx, &batch.documents)?;
            Ok(())
        })?;
        self.claimed = Some(next);
        self.checkpoint_if_due();
        Ok(next)
    }

    fn records(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.usable()?;
        rows::records(&self.conn, &self.place, after, limit)
    }

    fn save_snapshot(&mut self, s: &Snapshot) -> Result<(), StoreError> {
        self.usable()?;
        let ours = self.claimed.ok_or(StoreError::NotClaimed)?;
        let place = self.place.clone();
        self.transact("a snapshot", |tx| {
            let found = rows::head(tx, &place)?;
            if found != ours {
                return Err(StoreError::Fenced { ours, found }.into());
            }
            check_snapshot(s, rows::hash_of(tx, &place, s.head.seq)?)?;
            rows::save_snapshot(tx, s, SNAPSHOTS_KEPT)?;
            Ok(())
        })?;
        self.checkpoint_if_due();
        Ok(())
    }

    fn snapshot(&mut self, format: u32) -> Result<Option<Snapshot>, StoreError> {
        self.usable()?;
        rows::snapshot(&self.conn, &self.place, format)
    }
}

/// The database's path without links and dots, so that two names of one file meet at one lock.
fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    let place = || path.display().to_string();
    let fail = |e: std::io::Error| StoreError::Failed { place: place(), doing: "find the folder of", cause: e.into() };
    if path.exists() {
        return path.canonicalize().map_err(fail);
    }
    let name = path.file_name().ok_or_else(|| StoreError::Missing { place: place() })?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.canonicalize().map_err(fail)?.join(name))
}

/// The path with an ending put to its name, as SQLite names what lies beside a database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let place = path.display().to_string();
    // Without SQLITE_OPEN_URI: a path is a path, whatever characters it has. One thread at a time uses a connection.
    let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|e| failed(&place, "open", e))?;
    let set_up = || {
        conn.busy_timeout(BUSY_TIMEOUT)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        conn.pragma_update(None, "trusted_schema", false)?;
        conn.pragma_update(None, "cell_size_check", true)
    };
    set_up().map_err(|e| failed(&place, "open", e))?;
    Ok(conn)
}

/// Makes a connection the writer's, and gives the counter of the log's pages that each commit updates.
fn set_up_writer(conn: &mut Connection, place: &str) -> Result<Arc<AtomicU32>, StoreError> {
    let wal_pages = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&wal_pages);
    let set_up = || {
        let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        // Only macOS knows it: there a plain fsync leaves the data in the drive's cache.
        conn.pragma_update(None, "fullfsync", true)?;
        conn.pragma_update(None, "wal_autocheckpoint", 0)?;
        conn.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            counter.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let sync: i64 = conn.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        Ok((mode, sync))
    };
    let (mode, sync) = set_up().map_err(|e| failed(place, "set up", e))?;
    // SQLite answers with the old mode where it cannot do it, for example without shared memory.
    if mode != "wal" || sync != 2 {
        return Err(StoreError::Refused {
            what: "the database's way of writing",
            found: format!("journal_mode={mode}, synchronous={sync} at {place}"),
            allowed: "journal_mode=wal, synchronous=2: a local file system with shared memory".to_owned(),
        });
    }
    Ok(wal_pages)
}

/// Errors of a checkpoint that pass by themselves: the log stays, and is copied later.
fn passing(e: &rusqlite::Error) -> bool {
    matches!(e.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull))
}

/// Sorts what SQLite said when something was read or opened.
fn failed(place: &str, doing: &'static str, e: rusqlite::Error) -> StoreError {
    let place = place.to_owned();
    match e.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { place, what: "the file".to_owned(), cause: e.into() }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { place },
        _ => StoreError::Failed { place, doing, cause: e.into() },
    }
}
