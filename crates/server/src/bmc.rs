//! BMC drivers from their configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use noout_core::config::Bmc;
use noout_core::platform::SensorKind;
use noout_drivers::Sensors;

fn needed(bmc: &Bmc) -> BTreeMap<SensorKind, u32> {
    bmc.fans_needed.map(|n| (SensorKind::Fan, n)).into_iter().collect()
}

pub(crate) fn redfish(bmc: &Bmc, _password: Option<String>) -> Result<Arc<dyn Sensors>, String> {
    let _ = needed(bmc);
    Err("Redfish".into())
}

pub(crate) fn ipmi(bmc: &Bmc, _password: Option<String>) -> Result<Arc<dyn Sensors>, String> {
    let _ = needed(bmc);
    Err("IPMI".into())
}
