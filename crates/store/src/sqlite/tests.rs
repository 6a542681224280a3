use super::*;
use crate::Reader;
use crate::conformance::Place;

mod damage;
mod files;
mod model;
mod whole;

/// A journal's path in a folder that goes away with it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("noout.db")
    }

    fn open(&self) -> SqliteJournal {
        SqliteJournal::open(self.path()).expect("it opens")
    }
}

impl Place for Folder {
    /// Without the lock: that two writers are open at the same time is what fencing is tested with.
    fn open(&self) -> Box<dyn Journal> {
        Box::new(SqliteJournal::open_with(&self.path(), false).expect("it opens"))
    }

    fn reader(&self) -> Box<dyn Reader> {
        if !self.path().exists() {
            drop(Place::open(self));
        }
        Box::new(SqliteReader::open(self.path()).expect("it opens"))
    }
}

mod conformance {
    use super::Folder;

    crate::conformance_suite!(Folder::new());
}
