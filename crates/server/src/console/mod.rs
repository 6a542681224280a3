//! The operators' console.

use axum::Router;

use crate::App;

/// The one-time token of the first sign-in.
pub struct Setup(String);

impl Setup {
    pub(crate) fn new() -> Self {
        Self(hex::encode(rand::random::<[u8; 16]>()))
    }

    pub(crate) fn token(&self) -> &str {
        &self.0
    }
}

/// The console's routes.
pub fn router() -> Router<App> {
    Router::new()
}
