//! Lab time and the lab's repeatable chance.

use noout_types::Timestamp;
use serde::{Deserialize, Serialize};

/// The slowest and fastest that a lab can run: from one lab second in a hundred seconds to ten
/// thousand lab seconds in one. Outside of that nobody could watch, or all things happen at once.
const SPEED_PERMILLE: std::ops::RangeInclusive<u64> = 10..=10_000_000;

/// Lab time in milliseconds since the world began, derived from noout's clock and a speed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LabClock {
    /// Lab milliseconds in a thousand of the caller's.
    speed_permille: u64,
    /// Where the two clocks were last tied together; none until the first look.
    anchor: Option<(Timestamp, u64)>,
    /// Lab time now.
    pub now_ms: u64,
}

impl LabClock {
    pub fn new() -> Self {
        Self { speed_permille: 1000, anchor: None, now_ms: 0 }
    }

    /// The lab time at `now`. It never runs backwards: a clock that was set back stands still here.
    pub fn lab_ms_at(&mut self, now: Timestamp) -> u64 {
        let (at, lab_ms) = *self.anchor.get_or_insert((now, self.now_ms));
        let passed = u64::try_from(now.duration_since(at).as_millis()).unwrap_or(0);
        let lab = u128::from(passed) * u128::from(self.speed_permille) / 1000;
        lab_ms.saturating_add(u64::try_from(lab).unwrap_or(u64::MAX / 2)).max(self.now_ms)
    }

    /// Changes the speed from `now` on. The caller advances the world to `now` first.
    pub fn set_speed(&mut self, now: Timestamp, speed: f64) {
        let permille = (speed * 1000.0).round().max(0.0) as u64;
        self.speed_permille = permille.clamp(*SPEED_PERMILLE.start(), *SPEED_PERMILLE.end());
        self.anchor = Some((now, self.now_ms));
    }

    pub fn speed(&self) -> f64 {
        self.speed_permille as f64 / 1000.0
    }

    /// When, by the caller's clock, a lab time will be reached. None before the first look.
    pub fn real_time_of(&self, lab_ms: u64) -> Option<Timestamp> {
        let (at, anchored) = self.anchor?;
        let lab = u128::from(lab_ms.saturating_sub(anchored));
        let real = (lab * 1000).div_ceil(u128::from(self.speed_permille));
        let real = i64::try_from(real).unwrap_or(i64::MAX / 1000);
        at.checked_add(jiff::SignedDuration::from_millis(real)).ok()
    }
}

/// A number that depends on the seed and on what it is for, and on nothing else, so that one more
/// draw elsewhere does not change it.
pub(super) fn chance(seed: u64, what: &str, n: u64) -> u64 {
    // FNV-1a over the purpose, then splitmix64's finalizer: spread is all that is asked of it.
    let mut x = what.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    x = x.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// One of several, repeatably.
pub(super) fn pick<T: Copy>(seed: u64, what: &str, n: u64, of: &[T]) -> T {
    of[(chance(seed, what, n) % of.len() as u64) as usize]
}
