//! The lab's shell: a world in a file or in memory, shown as a platform.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use noout_core::platform::{Act, ComputeView, Ensured, SensorPoll, StorageView, Verdict};
use noout_types::{HostId, Timestamp};

use super::mischief::{Break, Mischief};
use super::world::{FORMAT, World};
use crate::{Compute, DriverError, Sensors, Storage};

/// Where the lab takes the time from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the lab is called where a platform's name is needed.
const PLATFORM: &str = "lab";
/// How long, in lab time, `ok-to-stop` hangs without a manager before the caller gives up.
const HANGS: Duration = Duration::from_secs(5);
/// The largest file that is read as a world. A world has about 100 kB, with a full log of acts 3 MB.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Why the lab's world could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// A file operation failed.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{} holds no lab of this version: {found}; move it away to begin a new lab", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it, in words.
        found: String,
    },
    /// It cannot be broken or mended.
    #[error(transparent)]
    Mischief(#[from] Mischief),
}

/// A simulated cluster behind the traits of a real one. Clones show the same world.
#[derive(Clone)]
pub struct Lab {
    shell: Arc<Shell>,
}

struct Shell {
    clock: Clock,
    /// None for a lab in memory.
    path: Option<PathBuf>,
    /// The world as this process knows it, and the file that it was read from.
    held: Mutex<Option<(World, Option<Stamp>)>>,
}

/// Tells one saved world from the next: the count of saves, and the file's time and length.
type Stamp = (u64, SystemTime, u64);

impl Lab {
    /// A lab in memory. One lab second lasts `1/speed` seconds of the clock.
    #[must_use]
    pub fn in_memory(seed: u64, clock: Clock, speed: f64) -> Self {
        let mut world = World::new(seed);
        world.set_speed(clock(), speed);
        Self { shell: Arc::new(Shell { clock, path: None, held: Mutex::new(Some((world, None))) }) }
    }

    /// A lab in a file, begun from `seed` if the file is not there. Several processes may have it
    /// open. The speed is set in either case.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds something else.
    pub fn open(path: impl Into<PathBuf>, seed: u64, clock: Clock, speed: f64) -> Result<Self, LabError> {
        let lab = Self::at(path.into(), clock);
        lab.shell.with(Some(seed), |world, now| {
            world.set_speed(now, speed);
            ((), true)
        })?;
        Ok(lab)
    }

    /// A lab in a file that somebody else began, at its speed.
    ///
    /// # Errors
    /// There is no such file, or it holds something else.
    pub fn attach(path: impl Into<PathBuf>, clock: Clock) -> Result<Self, LabError> {
        let lab = Self::at(path.into(), clock);
        lab.shell.with(None, |_, _| ((), false))?;
        Ok(lab)
    }

    fn at(path: PathBuf, clock: Clock) -> Self {
        Self { shell: Arc::new(Shell { clock, path: Some(path), held: Mutex::new(None) }) }
    }

    /// Breaks something.
    ///
    /// # Errors
    /// It cannot be broken, or the world not be kept.
    pub fn provoke(&self, what: &Break) -> Result<(), LabError> {
        self.change(|world, now| world.provoke(now, what))
    }

    /// Mends what was broken.
    ///
    /// # Errors
    /// It cannot be mended, or the world not be kept.
    pub fn mend(&self, what: &Break) -> Result<(), LabError> {
        self.change(|world, now| world.mend(now, what))
    }

    /// Mends everything.
    ///
    /// # Errors
    /// Something cannot be mended, or the world not be kept.
    pub fn mend_all(&self) -> Result<(), LabError> {
        self.change(|world, now| world.mend_all(now))
    }

    /// A copy of the world as it is now.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn world(&self) -> Result<World, LabError> {
        self.shell.with(None, |world, _| (world.clone(), false))
    }

    fn change(&self, how: impl FnOnce(&mut World, Timestamp) -> Result<(), Mischief>) -> Result<(), LabError> {
        Ok(self.shell.with(None, |world, now| (how(world, now), true))??)
    }

    /// Runs on a thread that may block: another process may hold the lock for some milliseconds.
    async fn look<T: Send + 'static>(
        &self,
        with: impl FnOnce(&mut World, Timestamp) -> (T, bool) + Send + 'static,
    ) -> Result<T, String> {
        let shell = Arc::clone(&self.shell);
        let done = tokio::task::spawn_blocking(move || shell.with(None, with)).await;
        done.map_err(|e| e.to_string())?.map_err(|e| match std::error::Error::source(&e) {
            Some(source) => format!("{e}: {source}"),
            None => e.to_string(),
        })
    }

    async fn ensure_now(&self, act: &Act) -> Ensured {
        self.act_now(act, World::ensure).await
    }

    async fn probe_now(&self, act: &Act) -> Ensured {
        self.act_now(act, World::probe).await
    }

    async fn act_now(&self, act: &Act, how: fn(&mut World, Timestamp, &Act) -> Ensured) -> Ensured {
        let act = act.clone();
        let done = self.look(move |world, now| (how(world, now, &act), true)).await;
        // The world may have moved without being kept: nobody knows.
        done.unwrap_or_else(|why| Ensured::Ambiguous { why })
    }
}

impl Shell {
    /// Locks, loads what others changed, lets time pass, acts, and keeps the outcome if it says that
    /// it changed something. Time alone is not kept: it can always be let pass again.
    fn with<T>(&self, begin: Option<u64>, f: impl FnOnce(&mut World, Timestamp) -> (T, bool)) -> Result<T, LabError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = self.path.as_deref().map(Lock::take).transpose()?;
        let mut world = match &lock {
            Some(lock) => lock.load(begin, held.take())?,
            // In memory it is put back at the end of each call; only a panic in `f` loses it.
            None => held.take().map(|(world, _)| world).unwrap_or_else(|| World::new(0)),
        };
        let now = (self.clock)();
        world.advance(now);
        let (out, changed) = f(&mut world, now);
        let stamp = match &lock {
            Some(lock) if changed => Some(lock.save(&world)?),
            Some(lock) => lock.stamp()?,
            None => None,
        };
        *held = Some((world, stamp));
        drop(lock);
        Ok(out)
    }
}

/// The right to look at the world's file and to replace it. The lock lies beside it, because the
/// world's own file is replaced at each save. The operating system frees it when its holder dies.
struct Lock<'a> {
    path: &'a Path,
    /// Holds the count of saves, by which others see that the world has changed.
    file: File,
}

impl<'a> Lock<'a> {
    fn take(path: &'a Path) -> Result<Self, LabError> {
        let beside = path.with_extension("lock");
        let fail = |doing, source| LabError::File { doing, path: beside.clone(), source };
        let file = File::options().create(true).truncate(false).read(true).write(true).open(&beside);
        let file = file.map_err(|e| fail("open", e))?;
        file.lock().map_err(|e| fail("lock", e))?;
        Ok(Self { path, file })
    }

    fn load(&self, begin: Option<u64>, held: Option<(World, Option<Stamp>)>) -> Result<World, LabError> {
        let stamp = self.stamp()?;
        match (held, stamp, begin) {
            (Some((world, known)), Some(_), _) if known == stamp => Ok(world),
            (_, None, Some(seed)) => Ok(World::new(seed)),
            _ => read(self.path),
        }
    }

    fn saves(&self) -> u64 {
        let mut bytes = [0; 8];
        match (&self.file).seek(SeekFrom::Start(0)).and_then(|_| (&self.file).read_exact(&mut bytes)) {
            Ok(()) => u64::from_le_bytes(bytes),
            // A new lock file is empty: nobody has saved yet.
            Err(_) => 0,
        }
    }

    /// None if there is no world yet.
    fn stamp(&self) -> Result<Option<Stamp>, LabError> {
        let fail = |source| LabError::File { doing: "look at", path: self.path.to_owned(), source };
        match std::fs::metadata(self.path) {
            Ok(meta) => Ok(Some((self.saves(), meta.modified().map_err(fail)?, meta.len()))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(fail(e)),
        }
    }

    /// Whoever reads finds the old world or the new one, never half of one. It is not forced to
    /// disk: the lab must survive its users' deaths, not the loss of power.
    fn save(&self, world: &World) -> Result<Stamp, LabError> {
        let fail = |doing, source| LabError::File { doing, path: self.path.to_owned(), source };
        let foreign = |found: String| LabError::Foreign { path: self.path.to_owned(), found };
        let text = serde_json::to_vec(world).map_err(|e| foreign(e.to_string()))?;
        let temp = self.path.with_extension("tmp");
        std::fs::write(&temp, &text).map_err(|e| fail("write", e))?;
        // Counted first: killed in between, others read the file once more than they need to.
        let saves = self.saves().wrapping_add(1).to_le_bytes();
        let counted = (&self.file).seek(SeekFrom::Start(0)).and_then(|_| (&self.file).write_all(&saves));
        counted.map_err(|e| fail("count a save of", e))?;
        std::fs::rename(&temp, self.path).map_err(|e| fail("replace", e))?;
        self.stamp()?.ok_or_else(|| foreign("nothing, right after it was written".to_owned()))
    }
}

fn read(path: &Path) -> Result<World, LabError> {
    let fail = |source| LabError::File { doing: "read", path: path.to_owned(), source };
    let foreign = |found: String| LabError::Foreign { path: path.to_owned(), found };
    let size = std::fs::metadata(path).map_err(fail)?.len();
    if size > MAX_FILE_BYTES {
        return Err(foreign(format!("{size} bytes")));
    }
    let bytes = std::fs::read(path).map_err(fail)?;
    let world: World = serde_json::from_slice(&bytes).map_err(|e| foreign(e.to_string()))?;
    if world.format != FORMAT {
        return Err(foreign(format!("format {}, expected {FORMAT}", world.format)));
    }
    Ok(world)
}

fn unreachable(why: String) -> DriverError {
    DriverError::Unreachable { platform: PLATFORM.to_owned(), why }
}

#[async_trait]
impl Compute for Lab {
    async fn observe(&self) -> Result<ComputeView, DriverError> {
        self.look(|world, now| (world.compute_view(now), false)).await.map_err(unreachable)
    }

    async fn ensure(&self, act: &Act) -> Ensured {
        match act {
            Act::MoveGuest { .. } | Act::PowerOff { .. } | Act::PowerOn { .. } => self.ensure_now(act).await,
            Act::SetNoout { .. } | Act::ClearNoout { .. } => {
                Ensured::Refused { why: "flags are the storage's, not the hosts'".to_owned() }
            }
        }
    }

    async fn probe(&self, act: &Act) -> Ensured {
        self.probe_now(act).await
    }
}

#[async_trait]
impl Storage for Lab {
    async fn observe(&self, about: &HostId) -> Result<StorageView, DriverError> {
        let about = about.clone();
        let seen = self.look(move |world, now| ((world.storage_view(now, &about), world.speed()), false)).await;
        let (view, speed) = seen.map_err(unreachable)?;
        let silent = || unreachable("no answer within the timeout: the monitors have no quorum".to_owned());
        let asks_in_vain = view.as_ref().is_none_or(|v| matches!(v.osds_ok_to_stop, Verdict::Unknown { .. }));
        if asks_in_vain {
            tokio::time::sleep(HANGS.div_f64(speed)).await;
        }
        view.ok_or_else(silent)
    }

    async fn ensure(&self, act: &Act) -> Ensured {
        match act {
            Act::SetNoout { .. } | Act::ClearNoout { .. } => self.ensure_now(act).await,
            Act::MoveGuest { .. } | Act::PowerOff { .. } | Act::PowerOn { .. } => {
                Ensured::Refused { why: "guests and power are the hosts', not the storage's".to_owned() }
            }
        }
    }

    async fn probe(&self, act: &Act) -> Ensured {
        self.probe_now(act).await
    }
}

#[async_trait]
impl Sensors for Lab {
    async fn poll(&self) -> Vec<SensorPoll> {
        // A ghost poll is used up by being seen, so that must be kept.
        let polls = self.look(|world, now| {
            let ghosts = world.has_ghosts();
            (world.poll_sensors(now), ghosts)
        });
        polls.await.unwrap_or_else(|why| {
            tracing::error!(why, "the lab's BMCs cannot be asked");
            Vec::new()
        })
    }
}
