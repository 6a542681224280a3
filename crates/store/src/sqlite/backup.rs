//! Copies of the journal: made while the writer runs, verified before they count, and put back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use noout_core::journal::Head;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::lock::Lock;
use super::reader::{integrity, open_read_only};
use super::schema::{remove_if_there, sync_folder};
use super::{SqliteReader, beside, connect, failed, private, resolve, rows};
use crate::{Reader, StoreError, VerifyError, VerifyReport, verify_reader};

/// How far a restored journal's epoch jumps. The writers that came after the backup are unknown; none of them may
/// have the epoch that the restored journal goes on with, and nobody restarts noout this often between two backups.
const RESTORE_EPOCH_STEP: u64 = 1_000;

/// How often a copy that finds the database locked (while a crashed writer's log is recovered) tries again, and
/// how long it waits each time.
const COPY_TRIES: u32 = 50;
const COPY_WAIT: Duration = Duration::from_millis(100);

/// What happens to a database that is already where a backup is restored to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// It stays and the restore is refused.
    Refuse,
    /// It is moved aside, to the same name with `.replaced`.
    MoveAside,
}

/// Why a backup or a restore did not come about. No half copy is left under the wanted name.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The source, the destination or the copying failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database that should be copied does not verify.
    #[error("{place} does not verify")]
    Verify {
        /// Which file.
        place: String,
        /// What was found.
        #[source]
        cause: Box<VerifyError>,
    },
}

/// Copies the journal at `src` to the new file `dst`: one consistent state, while the writer goes on writing. The copy is
/// a single file, synced and verified before it gets its name.
///
/// # Errors
/// `dst` exists, `src` is no journal or is damaged, or the system refuses.
pub fn backup(src: &Path, dst: &Path) -> Result<VerifyReport, BackupError> {
    let report = copy_to(src, dst, |_| Ok(()))?;
    publish(&partial(dst), dst)?;
    Ok(report)
}

/// Puts the backup at `backup` back as the database `dst`. The backup is verified first, and the restored journal
/// starts in an epoch that no earlier writer had.
///
/// # Errors
/// `dst` exists and must not be replaced, a noout runs on it, the backup does not verify, or the system refuses.
pub fn restore(backup: &Path, dst: &Path, overwrite: Overwrite) -> Result<VerifyReport, BackupError> {
    let dst = resolve(dst)?;
    let _lock = Lock::take(&dst)?;
    let there = dst.exists() || beside(&dst, "-wal").exists();
    if there && overwrite == Overwrite::Refuse {
        let advice = "restore to another path, or say that it shall be replaced";
        return Err(StoreError::Exists { place: dst.display().to_string(), advice }.into());
    }
    verify_file(backup)?;
    // A database that cannot be read is the reason why one restores, so that its epoch may be unknown.
    let old = SqliteReader::open(&dst).and_then(|r| r.head()).unwrap_or_default();
    let report = copy_to(backup, &dst, |conn| raise_epoch(conn, &dst, &old))?;
    if there {
        move_aside(&dst)?;
    }
    publish(&partial(&dst), &dst)?;
    Ok(report)
}

fn partial(dst: &Path) -> PathBuf {
    beside(dst, ".partial")
}

fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
    let place = path.display().to_string();
    move |e| StoreError::Failed { place, doing, cause: e.into() }
}

/// Makes a verified single-file copy under the partial name of `dst`.
fn copy_to(
    src: &Path,
    dst: &Path,
    change: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<VerifyReport, BackupError> {
    let from = open_read_only(&resolve(src)?)?;
    let copy = partial(dst);
    reserve(dst, &copy)?;
    let made = fill(&from, &copy, change).map_err(BackupError::from).and_then(|()| verify_file(&copy));
    if made.is_err() {
        // The error that is already there matters more than a leftover.
        let _ = remove_if_there(&copy);
    }
    made
}

/// Reserves the partial name, so that two copies to one place do not mix.
fn reserve(dst: &Path, copy: &Path) -> Result<(), StoreError> {
    match private::make(copy) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            let advice = "it is from a copy that runs or was interrupted; remove it if none runs";
            Err(StoreError::Exists { place: copy.display().to_string(), advice })
        }
        Err(e) => Err(io(dst, "create")(e)),
    }
}

fn fill(
    from: &Connection,
    copy: &Path,
    change: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let place = copy.display().to_string();
    let fail = |e| failed(&place, "write", e);
    let mut to = connect(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    {
        let run = Backup::new(from, &mut to).map_err(fail)?;
        let mut tries = 0;
        // All pages in one step: one read transaction, so that the copy is one state however fast the writer is.
        while run.step(-1).map_err(fail)? != StepResult::Done {
            tries += 1;
            if tries == COPY_TRIES {
                return Err(StoreError::Busy { place: place.clone() });
            }
            std::thread::sleep(COPY_WAIT);
        }
    }
    to.close().map_err(|(_, e)| fail(e))?;
    // Opened again, because the copied header says WAL and this connection does not know it yet. Without a log the copy
    // is one file, which can be moved and read from anywhere.
    let to = connect(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mode: String = to.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(fail)?;
    if mode != "delete" {
        return Err(StoreError::Busy { place });
    }
    change(&to)?;
    to.close().map_err(|(_, e)| fail(e))?;
    std::fs::File::open(copy).and_then(|file| file.sync_all()).map_err(io(copy, "sync"))
}

fn verify_file(path: &Path) -> Result<VerifyReport, BackupError> {
    let place = path.display().to_string();
    let check = || {
        let conn = open_read_only(&resolve(path)?)?;
        integrity(&conn, &place)?;
        drop(conn);
        verify_reader(&SqliteReader::open(path)?, |_| Ok(()))
    };
    match check() {
        Ok(report) => Ok(report),
        // That there is no such file, or that it is something else, speaks for itself.
        Err(VerifyError::Store(
            e @ (StoreError::Missing { .. } | StoreError::NotOurs { .. } | StoreError::Newer { .. }),
        )) => Err(e.into()),
        Err(e) => Err(BackupError::Verify { place, cause: Box::new(e) }),
    }
}

fn raise_epoch(conn: &Connection, dst: &Path, old: &Head) -> Result<(), StoreError> {
    let place = dst.display().to_string();
    let now = rows::head(conn, &place)?;
    let epoch = now.epoch.saturating_add(RESTORE_EPOCH_STEP).max(old.epoch.saturating_add(1));
    let epoch = i64::try_from(epoch).unwrap_or(i64::MAX);
    conn.execute("UPDATE head SET epoch = ?1 WHERE id = 1", [epoch]).map_err(|e| failed(&place, "write", e))?;
    Ok(())
}

/// Moves a database away together with its log, which may hold its last commits.
fn move_aside(dst: &Path) -> Result<(), StoreError> {
    let aside = beside(dst, ".replaced");
    for taken in [aside.clone(), beside(&aside, "-wal")] {
        if taken.exists() {
            let advice = "it is what an earlier restore replaced; move it away first";
            let _ = remove_if_there(&partial(dst));
            return Err(StoreError::Exists { place: taken.display().to_string(), advice });
        }
    }
    private::close(dst)?;
    // The log first: if the machine dies between the two, the next restore finds the database and moves it after.
    for ending in ["-wal", ""] {
        let (from, to) = (beside(dst, ending), beside(&aside, ending));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(io(dst, "move aside"))?;
        }
    }
    remove_if_there(&beside(dst, "-shm")).map_err(io(dst, "move aside"))?;
    sync_folder(dst).map_err(io(dst, "move aside"))
}

/// Gives a finished copy its name, if nothing has taken it meanwhile.
fn publish(copy: &Path, dst: &Path) -> Result<(), StoreError> {
    for taken in [dst.to_owned(), beside(dst, "-wal")] {
        if taken.exists() {
            let _ = remove_if_there(copy);
            let advice = "name another file";
            return Err(StoreError::Exists { place: taken.display().to_string(), advice });
        }
    }
    std::fs::rename(copy, dst).map_err(io(dst, "name"))?;
    sync_folder(dst).map_err(io(dst, "name"))
}
