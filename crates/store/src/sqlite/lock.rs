//! The advisory lock that tells a second noout early that there is a first. The journal itself is protected by
//! its epoch; this protects the operator's nerves.
//!
//! It is a file of its own: closing any descriptor of the database file would drop SQLite's own locks on it.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::beside;
use super::private::options;
use crate::StoreError;

/// Held until dropped; the system gives it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

/// Longest content of a lock file that is read: a process number.
const MAX_HOLDER_BYTES: u64 = 20;

impl Lock {
    /// Takes the lock of the database at `path`, or says who has it.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let place = || path.display().to_string();
        let fail = |e: std::io::Error| StoreError::Failed { place: place(), doing: "lock", cause: e.into() };
        let name = beside(path, "-lock");
        let mut file = options().read(true).write(true).create(true).truncate(false).open(name).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let _ = file.take(MAX_HOLDER_BYTES).read_to_string(&mut text);
                return Err(StoreError::Locked { place: place(), holder: text.trim().parse().ok() });
            }
            Err(TryLockError::Error(e)) => return Err(fail(e)),
        }
        file.set_len(0).map_err(fail)?;
        file.rewind().map_err(fail)?;
        writeln!(file, "{}", std::process::id()).map_err(fail)?;
        Ok(Self(file))
    }
}
