//! The outbound heartbeat: somebody outside hears regularly that paging works, and notices when nothing is heard.

use reqwest::Method;
use url::Url;

use crate::http::{Call, Http, HttpError, HttpSettings};

/// Tells watchers outside how noout is.
#[derive(Debug, Clone)]
pub struct Watchdog {
    http: Http,
}

impl Watchdog {
    /// With the same rules for addresses as all channels have.
    ///
    /// # Errors
    /// TLS could not be set up.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpError> {
        Ok(Self { http: Http::new(settings)? })
    }

    /// Asks for the address, or for `/fail` behind it when paging does not work: as services for heartbeats understand it.
    ///
    /// # Errors
    /// In words, without the address, which may be a secret: why it was not heard.
    pub async fn tell(&self, url: &str, is_well: bool) -> Result<(), String> {
        let mut url = Url::parse(url).map_err(|why| format!("the address cannot be read ({why})"))?;
        if !is_well && let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("fail");
        }
        match self.http.exchange(Call::new(Method::GET, url, &[])).await {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(answer.words()),
            Err(outcome) => Err(outcome.words().to_owned()),
        }
    }
}
