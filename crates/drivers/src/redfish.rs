//! Sensors over Redfish: HTTPS with the certificate pinned by its SHA-256, basic authentication.
//!
//! Old BMCs have one `Thermal` resource a chassis, newer ones `ThermalSubsystem/Fans` and
//! `ThermalMetrics`; both are read. The judgement of a reading is pure and stands in [`parse`].

mod parse;
mod pin;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use noout_core::platform::{Reading, SensorKind, SensorPoll};
use noout_types::{HostId, Timestamp};
use serde_json::Value;

pub use parse::{QUIRKS, Quirk, fans, power_supplies, thermal, thermal_metrics};
pub use pin::{Fingerprint, FingerprintError};

use crate::Sensors;

/// Chassis of one BMC that are read: blades and their enclosure, not a data centre.
const MAX_CHASSIS: usize = 8;
/// Fans that are fetched one by one from a collection.
const MAX_FANS: usize = 64;
/// Bytes of one answer. The largest real `Thermal` at hand has 38 kB.
const MAX_ANSWER_BYTES: usize = 4 << 20;
/// BMCs are slow computers; ten seconds for one resource is seen on loaded ones.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How the BMC proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Its certificate has this SHA-256; nothing else about it is looked at.
    Pinned(Fingerprint),
    /// No TLS at all: `http://`, for a BMC behind a tunnel and for tests.
    Plain,
}

/// Where a BMC is and how to get in.
#[derive(Clone)]
pub struct Bmc {
    /// The host that it belongs to.
    pub host: HostId,
    /// `https://10.0.0.13`, without a path.
    pub url: String,
    /// A user that may read.
    pub user: String,
    /// The user's password.
    pub password: String,
    /// How the BMC proves who it is.
    pub trust: Trust,
    /// How many fans and power supplies must work for the host to be safe.
    pub needed: BTreeMap<SensorKind, u32>,
}

impl std::fmt::Debug for Bmc {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bmc({} at {} of {})", self.user, self.url, self.host)
    }
}

/// Why BMCs cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum RedfishError {
    /// The scheme and the trust do not fit together.
    #[error("{url} cannot be used: pinned BMCs begin with https://, plain ones with http://")]
    Scheme {
        /// The address that was given.
        url: String,
    },
    /// The HTTP client could not be made.
    #[error("no HTTP client for {url}")]
    Client {
        /// For which BMC.
        url: String,
        /// Why not.
        #[source]
        source: reqwest::Error,
    },
    /// The TLS set-up could not be made.
    #[error("no TLS for {url}")]
    Tls {
        /// For which BMC.
        url: String,
        /// Why not.
        #[source]
        source: rustls::Error,
    },
}

/// The sensors of some BMCs, over Redfish.
pub struct Redfish {
    bmcs: Vec<(Bmc, reqwest::Client)>,
    clock: fn() -> Timestamp,
}

impl Redfish {
    /// Sensors of these BMCs; `clock` stamps the polls.
    ///
    /// # Errors
    /// An address does not fit its trust, or no client can be made.
    pub fn new(bmcs: Vec<Bmc>, clock: fn() -> Timestamp) -> Result<Self, RedfishError> {
        let with_client = |bmc: Bmc| client(&bmc).map(|client| (bmc, client));
        Ok(Self { bmcs: bmcs.into_iter().map(with_client).collect::<Result<_, _>>()?, clock })
    }
}

fn client(bmc: &Bmc) -> Result<reqwest::Client, RedfishError> {
    let fits = match bmc.trust {
        Trust::Pinned(_) => bmc.url.starts_with("https://"),
        Trust::Plain => bmc.url.starts_with("http://"),
    };
    if !fits {
        return Err(RedfishError::Scheme { url: bmc.url.clone() });
    }
    // A BMC has no business in sending us elsewhere with its password.
    let builder = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).no_proxy();
    // Without TLS nothing is verified either; the same empty set-up serves, because a client wants one.
    let pin = match &bmc.trust {
        Trust::Pinned(fingerprint) => fingerprint.clone(),
        Trust::Plain => Fingerprint::nobody(),
    };
    let tls = pin::config(pin).map_err(|source| RedfishError::Tls { url: bmc.url.clone(), source })?;
    let built = builder.tls_backend_preconfigured(tls).build();
    built.map_err(|source| RedfishError::Client { url: bmc.url.clone(), source })
}

struct Session<'a> {
    bmc: &'a Bmc,
    client: &'a reqwest::Client,
}

impl Session<'_> {
    /// One resource, or `None` where the BMC has no such thing (404).
    async fn get(&self, path: &str) -> Result<Option<Value>, String> {
        // Paths come from the BMC's own answers; anything but a path of this BMC is refused.
        if !path.starts_with('/') || path.starts_with("//") {
            return Err(format!("the BMC points to {path:?}, which is not a path of its own"));
        }
        let url = format!("{}{path}", self.bmc.url.trim_end_matches('/'));
        let request = self.client.get(url).basic_auth(&self.bmc.user, Some(&self.bmc.password));
        let mut answer = request.send().await.map_err(|e| chain(&e))?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            401 | 403 => return Err(format!("the BMC refuses the user ({})", answer.status())),
            _ => return Err(format!("{path}: {}", answer.status())),
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| chain(&e))? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER_BYTES {
                return Err(format!("{path}: more than {MAX_ANSWER_BYTES} bytes"));
            }
        }
        serde_json::from_slice(&body).map(Some).map_err(|e| format!("{path}: no JSON: {e}"))
    }

    async fn members(&self, path: &str, limit: usize) -> Result<Option<Vec<String>>, String> {
        let Some(collection) = self.get(path).await? else { return Ok(None) };
        Ok(Some(parse::member_paths(&collection).into_iter().take(limit).collect()))
    }

    async fn readings(&self) -> Result<Vec<Reading>, String> {
        let chassis = self.members("/redfish/v1/Chassis", MAX_CHASSIS).await?;
        let chassis = chassis.ok_or("no /redfish/v1/Chassis: is this a Redfish service?")?;
        let mut all = Vec::new();
        for path in &chassis {
            all.extend(self.of_chassis(path).await?);
        }
        if all.is_empty() {
            return Err(format!("no sensor in any of {} chassis", chassis.len()));
        }
        Ok(parse::with_distinct_ids(all))
    }

    async fn of_chassis(&self, path: &str) -> Result<Vec<Reading>, String> {
        let Some(chassis) = self.get(path).await? else { return Ok(Vec::new()) };
        let model = parse::model_of(&chassis);
        let mut found = Vec::new();
        // What a chassis does not link to, it does not have; guessing paths upsets some BMCs.
        let link = |name: &str| chassis[name]["@odata.id"].as_str().map(str::to_owned);
        match (link("ThermalSubsystem"), link("Thermal")) {
            (Some(subsystem), _) => {
                let fans = self.members(&format!("{subsystem}/Fans"), MAX_FANS).await?.unwrap_or_default();
                let mut resources = Vec::with_capacity(fans.len());
                for fan in &fans {
                    resources.extend(self.get(fan).await?);
                }
                found.extend(parse::fans(&resources, &model));
                if let Some(metrics) = self.get(&format!("{subsystem}/ThermalMetrics")).await? {
                    found.extend(parse::thermal_metrics(&metrics, &model));
                }
            }
            (None, Some(thermal)) => {
                found.extend(self.get(&thermal).await?.iter().flat_map(|t| parse::thermal(t, &model)));
            }
            (None, None) => {}
        }
        if let Some(power) = link("Power") {
            found.extend(self.get(&power).await?.iter().flat_map(|p| parse::power_supplies(p, &model)));
        }
        Ok(found)
    }
}

/// An error of the client with all its causes; the address is in it, the password never.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |e| e.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[async_trait]
impl Sensors for Redfish {
    async fn poll(&self) -> Vec<SensorPoll> {
        let mut polls = Vec::with_capacity(self.bmcs.len());
        for (bmc, client) in &self.bmcs {
            let readings = Session { bmc, client }.readings().await;
            let needed = bmc.needed.clone();
            polls.push(SensorPoll {
                host: bmc.host.clone(),
                taken_at: (self.clock)(),
                readings,
                needed,
                platform: None,
            });
        }
        polls
    }
}

#[cfg(test)]
mod tests;
