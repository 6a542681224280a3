//! What comes to a process, and who waits for an answer.

use noout_core::Input;
use noout_types::{Fingerprint, HostId};

/// An input and its sender.
#[derive(Debug, Clone)]
pub struct Mail {
    /// What.
    pub input: Input,
    /// Who.
    pub from: Sender,
}

/// Who waits for an answer.
#[derive(Debug, Clone)]
pub enum Sender {
    /// A source of alerts, by its place; it sends again what was not answered.
    Source {
        /// Which source.
        which: usize,
        /// What it says fires, in this body.
        firing: Vec<Fingerprint>,
        /// What it says ended, though a newer episode has begun since.
        late: Vec<Fingerprint>,
    },
    /// A person, who looks at the screen anyway.
    Person,
    /// The worker of an effect that is over with this.
    Worker {
        /// The effect's id.
        effect: String,
    },
    /// The worker of an act on which the platform still works.
    StillRunning {
        /// The effect's id.
        effect: String,
    },
    /// The worker that looks at the platform, with what was true when it looked.
    Look {
        /// The effect's id.
        effect: String,
        /// The truth behind the view.
        truth: Truth,
    },
    /// The poll of the BMCs.
    Poll,
    /// The start itself: the configuration.
    Start,
}

/// What was true of the platform at a look, whatever the view says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// Guests that ran on the host that shall go.
    pub running_there: usize,
    /// Other hosts that were not online.
    pub others_away: Vec<HostId>,
}
