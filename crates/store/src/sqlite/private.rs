//! Who may read the files: their owner. They hold every alert, every contact and every password's hash.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use super::beside;
use crate::StoreError;

/// Reading and writing for the owner, nothing for anybody else. SQLite gives its log and its shared memory the mode of the
/// database.
const OWNER_ONLY: u32 = 0o600;

/// How a file of ours is opened where it may be made.
pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(OWNER_ONLY);
    options
}

/// Makes an empty file that must not be there yet.
pub(super) fn make(path: &Path) -> std::io::Result<File> {
    options().write(true).create_new(true).open(path)
}

/// Takes away what others may do with a database and with what lies beside it. They were made by an earlier noout, or by
/// hand.
///
/// # Errors
/// The files belong to somebody else, who could take the right back at any time.
pub(super) fn close(path: &Path) -> Result<(), StoreError> {
    for ending in ["", "-wal", "-shm", "-lock"] {
        let file = beside(path, ending);
        let found = match std::fs::metadata(&file) {
            Ok(found) => found.permissions().mode(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => return Err(failed(&file, e)),
        };
        if found & 0o077 != 0 {
            std::fs::set_permissions(&file, Permissions::from_mode(found & 0o700)).map_err(|e| failed(&file, e))?;
        }
    }
    Ok(())
}

fn failed(file: &Path, e: std::io::Error) -> StoreError {
    StoreError::Failed { place: file.display().to_string(), doing: "take others' rights from", cause: e.into() }
}
