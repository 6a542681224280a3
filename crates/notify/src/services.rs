//! What channels need beside a person's own address: accounts at services.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::carrier::Carrier;
use crate::push::Push;

/// An account at a service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Where its API answers.
    pub url: Url,
    /// What proves that we may use it.
    pub token: SecretString,
}

impl Service {
    /// A path below the service's URL; `parts` are encoded as path segments.
    pub(crate) fn at(&self, parts: &[&str]) -> Url {
        below(&self.url, parts)
    }

    pub(crate) fn token(&self) -> &str {
        self.token.expose_secret()
    }
}

/// A path below a URL. What cannot be a base stays as it is, and the request fails as one that cannot be built.
pub(crate) fn below(base: &Url, parts: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    url
}

/// All accounts; what is absent cannot be used.
#[derive(Clone, Default)]
pub struct Services {
    /// Web push.
    pub push: Option<Arc<Push>>,
    /// Pushover.
    pub pushover: Option<Service>,
    /// Slack, for messages by a bot.
    pub slack: Option<Service>,
    /// Matrix.
    pub matrix: Option<Service>,
    /// Telegram.
    pub telegram: Option<Service>,
    /// Who carries text messages, in order.
    pub sms: Vec<Arc<Carrier>>,
    /// Who carries calls, in order.
    pub voice: Vec<Arc<Carrier>>,
}
