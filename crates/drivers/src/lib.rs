//! Drivers: how noout sees and touches platforms. A driver reports and obeys; it never judges.
//!
//! Each act is *ensured*: the driver reads the present state back first and acts only if the wanted
//! state is not there, so that the same call after a crash adopts what is already under way.

pub mod ipmi;
pub mod lab;
pub mod redfish;

pub mod ceph;

use async_trait::async_trait;
use noout_core::platform::{Act, ComputeView, Ensured, SensorPoll, StorageView};
use noout_types::HostId;

/// Why a platform could not be looked at. Never mistaken for an empty platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// No answer in time, or no connection.
    #[error("{platform} does not answer: {why}")]
    Unreachable {
        /// The platform's id.
        platform: String,
        /// What happened, in words.
        why: String,
    },
    /// It answered, but not with what it should.
    #[error("{platform} answered something that cannot be read: {why}")]
    Garbled {
        /// The platform's id.
        platform: String,
        /// What was found and what was expected.
        why: String,
    },
    /// It refuses us.
    #[error("{platform} refuses: {why}")]
    Denied {
        /// The platform's id.
        platform: String,
        /// Its words.
        why: String,
    },
}

/// A platform that runs guests on hosts.
#[async_trait]
pub trait Compute: Send + Sync {
    /// Everything that placement and gates need, read now.
    async fn observe(&self) -> Result<ComputeView, DriverError>;
    /// Begins an act of this platform ([`Act::MoveGuest`], [`Act::PowerOff`], [`Act::PowerOn`]), unless it is done or
    /// under way already. Returns soon: while the platform works it answers `Running`, and is probed from then on.
    async fn ensure(&self, act: &Act) -> Ensured;
    /// Looks for an act that may have begun, and begins nothing: `Done` if the wanted state is read back, `Running`
    /// while a task works on it, `Refused` if it is not so and nothing works on it, `Ambiguous` if that cannot be told.
    async fn probe(&self, act: &Act) -> Ensured;
}

/// A storage cluster that must survive a host's absence.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Health, flags, OSDs, PGs, monitors, and whether `about` may stop now.
    async fn observe(&self, about: &HostId) -> Result<StorageView, DriverError>;
    /// Brings an act of this storage about ([`Act::SetNoout`], [`Act::ClearNoout`]).
    async fn ensure(&self, act: &Act) -> Ensured;
    /// Looks for an act that may have happened, as [`Compute::probe`] does.
    async fn probe(&self, act: &Act) -> Ensured;
}

/// The sensors of one or more hosts.
#[async_trait]
pub trait Sensors: Send + Sync {
    /// One poll of each host's BMC; a host whose BMC does not answer carries the reason.
    async fn poll(&self) -> Vec<SensorPoll>;
}
