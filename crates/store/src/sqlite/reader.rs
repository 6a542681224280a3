//! Read-only connections to the database, a few, shared by everybody who asks.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use noout_core::journal::{Document, Head, Record, TimelineRow};
use rusqlite::{Connection, OpenFlags};

use super::{BUSY_TIMEOUT, connect, failed, resolve, rows, schema};
use crate::{Reader, StoreError};

/// Connections that read at the same time. Reads are short; more would only crowd the disk and hold up checkpoints.
pub const MAX_READERS: usize = 4;

/// Reads the database while the writer writes. Calls block: an async caller puts them on a thread that may.
#[derive(Debug)]
pub struct SqliteReader {
    path: PathBuf,
    place: String,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Connection>,
    busy: usize,
}

impl SqliteReader {
    /// Opens a journal that exists. It takes no lock: it works beside a running noout, and without one.
    ///
    /// # Errors
    /// There is none, it is something else's, from a newer noout, or damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        schema::check_there(path.as_ref())?;
        let path = resolve(path.as_ref())?;
        let conn = open_read_only(&path)?;
        let place = path.display().to_string();
        Ok(Self { path, place, pool: Mutex::new(Pool { idle: vec![conn], busy: 0 }), returned: Condvar::new() })
    }

    /// Lets SQLite check the whole file: pages, indexes, constraints. Takes as long as reading it.
    ///
    /// # Errors
    /// The file is damaged; the first things found are in the cause.
    pub fn integrity(&self) -> Result<(), StoreError> {
        self.with(|conn| integrity(conn, &self.place))
    }

    /// Connections that are open and not lent.
    #[cfg(test)]
    pub(super) fn idle(&self) -> usize {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).idle.len()
    }

    fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let lent = self.lend()?;
        let conn = match lent.conn.as_ref() {
            Some(conn) => conn,
            None => return Err(StoreError::Busy { place: self.place.clone() }),
        };
        read(conn)
    }

    fn lend(&self) -> Result<Lent<'_>, StoreError> {
        let pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut pool, timeout) = self
            .returned
            .wait_timeout_while(pool, BUSY_TIMEOUT, |pool| pool.busy >= MAX_READERS)
            .unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() && pool.busy >= MAX_READERS {
            return Err(StoreError::Busy { place: self.place.clone() });
        }
        pool.busy += 1;
        let idle = pool.idle.pop();
        drop(pool);
        // From here on the place in the pool is given back by `Lent`, also when opening fails or a read panics.
        let mut lent = Lent { reader: self, conn: idle };
        if lent.conn.is_none() {
            lent.conn = Some(open_read_only(&self.path)?);
        }
        Ok(lent)
    }
}

struct Lent<'a> {
    reader: &'a SqliteReader,
    conn: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut pool = self.reader.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.busy -= 1;
        pool.idle.extend(self.conn.take());
        drop(pool);
        self.reader.returned.notify_one();
    }
}

/// Opens a database for reading only and checks that it is a journal.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    schema::check_there(path)?;
    let place = path.display().to_string();
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    schema::check(&conn, &place)?;
    Ok(conn)
}

/// Findings of a damaged file that are shown: the first ones tell which part it is.
const MAX_FINDINGS: u32 = 5;

/// SQLite's own check of the whole file.
pub(super) fn integrity(conn: &Connection, place: &str) -> Result<(), StoreError> {
    let check = || {
        let mut statement = conn.prepare(&format!("PRAGMA integrity_check({MAX_FINDINGS})"))?;
        statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
    };
    let found = check().map_err(|e| failed(place, "check", e))?;
    if found == ["ok"] {
        return Ok(());
    }
    let cause = found.join("; ").into();
    Err(StoreError::Damaged { place: place.to_owned(), what: "the file".to_owned(), cause })
}

impl Reader for SqliteReader {
    fn head(&self) -> Result<Head, StoreError> {
        self.with(|conn| rows::head(conn, &self.place))
    }

    fn timeline(&self, subject: &str, after_seq: u64, limit: usize) -> Result<Vec<TimelineRow>, StoreError> {
        self.with(|conn| rows::timeline(conn, &self.place, subject, after_seq, limit))
    }

    fn timeline_latest(&self, subject: &str, limit: usize) -> Result<Vec<TimelineRow>, StoreError> {
        self.with(|conn| rows::timeline_latest(conn, &self.place, subject, limit))
    }

    fn document(&self, kind: &str, id: &str) -> Result<Option<Document>, StoreError> {
        self.with(|conn| rows::document(conn, &self.place, kind, id))
    }

    fn documents(
        &self,
        kind: &str,
        open: Option<bool>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Document>, StoreError> {
        self.with(|conn| rows::documents(conn, &self.place, kind, open, before_seq, limit))
    }

    fn records(&self, after: u64, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.with(|conn| rows::records(conn, &self.place, after, limit))
    }
}
