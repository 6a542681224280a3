//! The server: the one writer, the workers for effects, the listeners. Everything that has a clock,
//! randomness or a socket is here or below `noout`; every judgement is in the core.

mod app;
mod bmc;
mod boot;
mod channels;
pub mod console;
mod devices;
mod effects;
mod heartbeat;
pub mod http;
mod keys;
mod listen;
mod many;
mod meeting;
mod message;
mod named;
mod oncall;
mod platforms;
mod poll;
mod reason;
mod replies;
mod routing;
mod secret;
mod smtp;
mod sources;
mod telegram;
mod tickets;
mod watchdog;
mod writer;

pub use app::{App, Clock, Committed, SubmitError};
pub use boot::{BootError, Demo, DemoPage, Running, STOP_LIMIT, Settings, Stopper, start};
pub use effects::Pace;
pub use keys::{Grant, KeyError, Keys, key_path};
pub use named::unusable;
pub use platforms::{PlatformError, Platforms};
pub use writer::{RecoverError, WriteError};
