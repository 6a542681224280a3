//! The addresses of heartbeats.

use noout_core::config::Heartbeat;
use noout_core::heartbeat::PingKey;

use crate::App;

impl App {
    /// The last part of a heartbeat's address: what the configuration says, else made from its id and the server's own
    /// key, so that it stays the same and nobody can guess it.
    #[must_use]
    pub fn ping_key(&self, beat: &Heartbeat) -> PingKey {
        beat.uuid.unwrap_or_else(|| {
            let hex = self.keys().derived(&format!("heartbeat/{}", beat.id));
            // A digest's first 128 bits; it is hexadecimal by its making.
            PingKey::from_bits(u128::from_str_radix(&hex[..32], 16).unwrap_or_default())
        })
    }
}
