//! Asks one BMC over IPMI and prints its poll as JSON.
//!
//! `IPMI_PASSWORD=… sensors HOST ADDRESS PORT USER [CIPHER]`; exit 1 if the BMC does not answer.

use std::collections::BTreeMap;
use std::process::ExitCode;

use noout_core::platform::SensorKind;
use noout_drivers::Sensors as _;
use noout_drivers::ipmi::{Bmc, Ipmi};
use noout_types::{HostId, Timestamp};

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [host, address, port, user, rest @ ..] = args.as_slice() else {
        anyhow::bail!("usage: IPMI_PASSWORD=… sensors HOST ADDRESS PORT USER [CIPHER]");
    };
    let bmc = Bmc {
        host: HostId::new(host)?,
        address: address.clone(),
        port: port.parse()?,
        user: user.clone(),
        password: std::env::var("IPMI_PASSWORD")?,
        cipher: rest.first().map_or(Ok(17), |c| c.parse())?,
        needed: BTreeMap::from([(SensorKind::Fan, 4)]),
        model: "unknown".to_owned(),
    };
    let polls = Ipmi::new(vec![bmc], Timestamp::now).poll().await;
    println!("{}", serde_json::to_string(&polls)?);
    let answered = polls.iter().all(|p| p.readings.is_ok());
    Ok(if answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
