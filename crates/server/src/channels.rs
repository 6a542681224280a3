//! From the configuration to accounts at services.

use std::sync::Arc;

use noout_core::config::{self, Config};
use noout_notify::{Carrier, Push, Service, Services, VapidKey};
use url::Url;

use crate::App;

/// The accounts that a configuration names.
///
/// # Errors
/// In words, without a secret: what cannot be read.
pub(crate) fn services(app: &App, config: &Config) -> Result<Services, String> {
    let optional = |found: Option<(&str, &str)>| found.map(|(url, token)| service(url, token)).transpose();
    Ok(Services {
        push: push(app, config)?.map(Arc::new),
        pushover: optional(config.pushover.as_ref().map(|s| (&*s.url, &*s.token)))?,
        slack: optional(config.slack.as_ref().map(|s| (&*s.url, &*s.token)))?,
        matrix: optional(config.matrix.as_ref().map(|s| (&*s.url, &*s.token)))?,
        telegram: optional(config.telegram.as_ref().map(|s| (&*s.url, &*s.token)))?,
        sms: config.sms.iter().map(carrier).collect::<Result<_, _>>()?,
        voice: config.voice.iter().map(carrier).collect::<Result<_, _>>()?,
    })
}

fn url(text: &str) -> Result<Url, String> {
    Url::parse(text).map_err(|why| format!("the URL of a service cannot be read ({why})"))
}

fn service(address: &str, token: &str) -> Result<Service, String> {
    Ok(Service { url: url(address)?, token: crate::secret::read(token)?.into() })
}

fn carrier(found: &config::Carrier) -> Result<Arc<Carrier>, String> {
    Ok(Arc::new(Carrier {
        id: found.id.clone(),
        url: url(&found.url)?,
        account: found.account.clone(),
        token: crate::secret::read(&found.token)?.into(),
        from: found.from.clone(),
    }))
}

fn push(app: &App, config: &Config) -> Result<Option<Push>, String> {
    // Follows from the server's own key, so that devices stay enrolled as long as that is kept.
    let Some(key) = VapidKey::derive(app.keys().derived("vapid").as_bytes()) else { return Ok(None) };
    let own = config.server.base_url();
    // RFC 8292 wants somebody who can be asked: a mailbox or a page.
    let subject = config.push.subject.clone().unwrap_or(own);
    Push::new(key, subject, config.push.allow_private).map(Some).map_err(|e| noout_types::with_sources(&e))
}
