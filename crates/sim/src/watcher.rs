//! The watcher outside: a second noout on another machine, with one heartbeat and one person to page. It does not die here,
//! and its clock is right; what it concludes is decided by the same core.

use noout_core::heartbeat::{Ping, Signal};
use noout_core::invariants::Broken;
use noout_core::{Input, State, step};
use noout_types::{HeartbeatId, Timestamp};

use crate::people::apply;

/// Between two pings of the first one, in milliseconds: as `[watchdog] every`.
pub const PING_MS: u64 = 60_000;

/// Between two looks at it, in milliseconds.
pub const LOOK_MS: u64 = 30_000;

/// Whoever says nothing for so long is reported, in milliseconds: the heartbeat's minute and its grace, the minute in which a
/// last ping may have come, and a look.
const SILENT_MS: u64 = 60_000 + 60_000 + PING_MS + 2 * LOOK_MS;

/// Its configuration.
const ELSEWHERE: &str = r#"
[server]
fallback = ["person:far"]
[drill]
enabled = false
[[person]]
id = "far"
role = "admin"
contact = ["webhook:https://elsewhere.example.net/far"]
[[policy]]
id = "far"
[[policy.step]]
notify = ["person:far"]
[[heartbeat]]
id = "main"
schedule = "every 1m"
grace = "1m"
"#;

/// The second noout.
#[derive(Debug, Default)]
pub struct Watcher {
    state: State,
    /// Since when the first one cannot do anything, in milliseconds.
    dead_since: Option<u64>,
}

impl Watcher {
    /// It begins to watch.
    pub fn start(&mut self, at: Timestamp) {
        if let Some(command) = apply(ELSEWHERE) {
            self.hear(at, Input::Command { by: noout_core::Actor::Local, command });
        }
    }

    fn hear(&mut self, at: Timestamp, input: Input) {
        // Its own refusals would show as an alarm that is missing.
        let _events = step(&mut self.state, at, input);
    }

    /// The first one says how it is.
    pub fn pinged(&mut self, at: Timestamp, is_well: bool) {
        let Ok(id) = HeartbeatId::new("main") else { return };
        let signal = if is_well { Signal::Success } else { Signal::Fail { code: None } };
        self.hear(at, Input::Pinged(Ping { id, signal, run: None, body: String::new() }));
    }

    /// Whether somebody is being paged about the first one.
    #[must_use]
    pub fn alarmed(&self) -> bool {
        self.state.incidents.iter().any(|i| self.state.paging.pages_of(i.opened.id).next().is_some())
    }

    /// 11: time passes; whoever is dead for long is reported.
    ///
    /// # Errors
    /// Nobody outside is paged about it.
    pub fn look(&mut self, at: Timestamp, now_ms: u64, lives: bool) -> Result<(), Broken> {
        self.hear(at, Input::Tick);
        self.dead_since = if lives { None } else { self.dead_since.or(Some(now_ms)) };
        match self.dead_since {
            Some(since) if now_ms > since + SILENT_MS && !self.alarmed() => {
                let s = (now_ms - since) / 1000;
                Err(Broken::new(11, format!("noout has been dead for {s} s and nobody outside is paged")))
            }
            _ => Ok(()),
        }
    }
}
