//! BMC drivers from their configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use noout_core::config::Bmc;
use noout_core::platform::SensorKind;
use noout_drivers::redfish::Trust;
use noout_drivers::{Sensors, ipmi, redfish};
use noout_types::Timestamp;

/// IPMI's own port.
const IPMI_PORT: u16 = 623;

/// The cipher suite of new BMCs. There is no falling back to a weaker one: whoever stands between could ask for it.
const IPMI_CIPHER: u8 = 17;

fn needed(bmc: &Bmc) -> BTreeMap<SensorKind, u32> {
    bmc.fans_needed.map(|n| (SensorKind::Fan, n)).into_iter().collect()
}

fn now() -> Timestamp {
    Timestamp::now()
}

pub(crate) fn redfish(bmc: &Bmc, password: Option<String>) -> Result<Arc<dyn Sensors>, String> {
    let trust = match &bmc.fingerprint {
        Some(text) => Trust::Pinned(text.parse().map_err(|e: redfish::FingerprintError| e.to_string())?),
        None if bmc.address.starts_with("http://") => Trust::Plain,
        None => {
            return Err(format!(
                "{} has no `fingerprint`: give the SHA-256 of its certificate, so that nobody else gets its password",
                bmc.address
            ));
        }
    };
    let found = redfish::Bmc {
        host: bmc.host.clone(),
        url: bmc.address.trim_end_matches('/').to_owned(),
        user: bmc.user.clone().unwrap_or_default(),
        password: password.unwrap_or_default(),
        trust,
        needed: needed(bmc),
    };
    match redfish::Redfish::new(vec![found], now) {
        Ok(driver) => Ok(Arc::new(driver)),
        Err(why) => Err(why.to_string()),
    }
}

pub(crate) fn ipmi(bmc: &Bmc, password: Option<String>) -> Result<Arc<dyn Sensors>, String> {
    let (address, port) = host_and_port(&bmc.address)?;
    let found = ipmi::Bmc {
        host: bmc.host.clone(),
        address,
        port,
        user: bmc.user.clone().unwrap_or_default(),
        password: password.unwrap_or_default(),
        cipher: bmc.cipher.unwrap_or(IPMI_CIPHER),
        needed: needed(bmc),
        model: "ipmi".to_owned(),
    };
    Ok(Arc::new(ipmi::Ipmi::new(vec![found], now)))
}

/// `bmc3.example.org`, `10.0.0.13:9623`, `[fd00::3]:623`, `fd00::3`.
fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let bad = |port: &str| format!("{text:?}: {port:?} is no port, allowed is `host` or `host:port`");
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or_else(|| format!("{text:?}: the ] is missing"))?;
        let port = rest.strip_prefix(':').map(|p| p.parse().map_err(|_| bad(p))).transpose()?;
        return Ok((host.to_owned(), port.unwrap_or(IPMI_PORT)));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => Ok((host.to_owned(), port.parse().map_err(|_| bad(port))?)),
        _ => Ok((text.to_owned(), IPMI_PORT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_carry_its_port() {
        assert_eq!(host_and_port("bmc3"), Ok(("bmc3".to_owned(), 623)));
        assert_eq!(host_and_port("127.0.0.1:9623"), Ok(("127.0.0.1".to_owned(), 9623)));
        assert_eq!(host_and_port("[fd00::3]:9623"), Ok(("fd00::3".to_owned(), 9623)));
        assert_eq!(host_and_port("fd00::3"), Ok(("fd00::3".to_owned(), 623)));
        assert!(host_and_port("bmc3:many").is_err_and(|e| e.contains("many")));
    }
}
