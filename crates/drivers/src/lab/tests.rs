//! What the lab promises, by behaviour. Time is virtual: it begins at the epoch and moves as told.

mod chaos;
mod compute;
mod sensors;
mod shell;
mod storage;

use noout_core::platform::{Act, ActOutput, ComputeView, Ensured, StorageView};
use noout_types::{GuestId, HostId, Span, Timestamp};

use super::{Break, World};

/// Longer than anything in the lab takes by itself.
const PATIENCE_S: u64 = 900;

pub(super) struct Bench {
    pub world: World,
    pub now: Timestamp,
}

pub(super) fn host(name: &str) -> HostId {
    HostId::new(name).expect("a host's name")
}

pub(super) fn guest(name: &str) -> GuestId {
    GuestId::new(name).expect("a guest's name")
}

pub(super) fn off(name: &str) -> Act {
    Act::PowerOff { host: host(name) }
}

pub(super) fn on(name: &str) -> Act {
    Act::PowerOn { host: host(name) }
}

pub(super) fn noout(name: &str) -> Act {
    Act::SetNoout { host: host(name) }
}

pub(super) fn clear(name: &str) -> Act {
    Act::ClearNoout { host: host(name) }
}

pub(super) fn go(who: &str, from: &str, to: &str) -> Act {
    Act::MoveGuest { guest: guest(who), from: host(from), to: host(to) }
}

impl Bench {
    pub fn new() -> Self {
        let mut world = World::new(7);
        let now = Timestamp::UNIX_EPOCH;
        world.advance(now);
        Self { world, now }
    }

    pub fn after(&mut self, secs: u64) -> &mut Self {
        self.now = Span::from_secs(secs).after(self.now);
        self.world.advance(self.now);
        self
    }

    pub fn ensure(&mut self, act: &Act) -> Ensured {
        self.world.ensure(self.now, act)
    }

    pub fn broken(mut self, what: &str) -> Self {
        self.provoke(what);
        self
    }

    pub fn provoke(&mut self, what: &str) {
        let what: Break = what.parse().expect("a break in words");
        self.world.provoke(self.now, &what).expect("it can be broken");
    }

    pub fn mend(&mut self, what: &str) {
        let what: Break = what.parse().expect("a break in words");
        self.world.mend(self.now, &what).expect("it can be mended");
    }

    /// Asks once a second until the act is done.
    pub fn done(&mut self, act: &Act) -> ActOutput {
        for _ in 0..PATIENCE_S {
            match self.ensure(act) {
                Ensured::Done(out) => return out,
                Ensured::Running { .. } => self.after(1),
                other => panic!("{act:?}: {other:?}"),
            };
        }
        panic!("{act:?} is still running after {PATIENCE_S} s");
    }

    pub fn refused(&mut self, act: &Act) -> String {
        match self.ensure(act) {
            Ensured::Refused { why } => why,
            other => panic!("{act:?} was not refused: {other:?}"),
        }
    }

    pub fn compute(&mut self) -> ComputeView {
        self.world.compute_view(self.now)
    }

    pub fn storage(&mut self, about: &str) -> StorageView {
        self.world.storage_view(self.now, &host(about)).expect("the monitors have quorum")
    }

    pub fn codes(&mut self) -> Vec<String> {
        self.storage("pve1").checks.into_keys().collect()
    }

    pub fn whereabouts(&mut self, who: &str) -> String {
        self.compute().inventory.guest(&guest(who)).expect("the guest exists").host.to_string()
    }

    /// Moves every guest of a host to whichever host has the most memory left.
    pub fn drain(&mut self, name: &str) {
        let inventory = self.compute().inventory;
        for g in inventory.guests_on(&host(name)).filter(|g| g.pinned.is_none()) {
            let others = self.world.hosts.keys().filter(|h| h.as_str() != name).cloned().collect::<Vec<_>>();
            let to = others.into_iter().max_by_key(|h| self.world.memory_free(h)).expect("other hosts");
            self.done(&Act::MoveGuest { guest: g.id.clone(), from: host(name), to });
        }
    }
}
