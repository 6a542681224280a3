//! The drivers that the configuration names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use noout_core::config::{Bmc, BmcKind, Config, Platform, PlatformKind};
use noout_core::platform::{Act, ComputeView, Ensured};
use noout_drivers::ceph::{Ceph, CephSettings};
use noout_drivers::lab::Lab;
use noout_drivers::{Compute, DriverError, Sensors, Storage};
use noout_types::{HostId, PlatformId};

use crate::app::Clock;

/// The seed of a lab's world where none exists: every new lab is the same.
const LAB_SEED: u64 = 1;

/// A program that switches what belongs to a lab host may take this long.
const HOOK_LIMIT: Duration = Duration::from_secs(110);

/// How often a lab's BMCs are asked, in lab time.
const LAB_POLL: Duration = Duration::from_secs(15);

/// A lab's BMCs are not asked more often than this in real time, however fast its clock.
const LAB_POLL_MIN: Duration = Duration::from_millis(200);

/// Why a platform cannot be driven.
#[derive(Debug, thiserror::Error)]
#[error("platform {id}: {why}")]
pub struct PlatformError {
    /// Which.
    pub id: String,
    /// Why, in words.
    pub why: String,
}

/// A source of sensor readings and how often it is asked.
#[derive(Clone)]
pub(crate) struct Sensing {
    pub name: String,
    /// The platform that the hosts belong to, where all of them do.
    pub platform: Option<PlatformId>,
    pub every: Duration,
    /// Hosts whose readings from here are passed over, because a BMC of their own is asked.
    pub except: BTreeSet<HostId>,
    pub source: Arc<dyn Sensors>,
}

/// The hosts of a lab that have a `[[bmc]]` of their own: it takes the place of the simulated one, for two
/// BMCs of one host would each call the other's sensors missing.
fn with_own_bmc(bmcs: &[Bmc], lab: &PlatformId) -> BTreeSet<HostId> {
    let here = |bmc: &&Bmc| bmc.platform.as_ref().is_none_or(|p| p == lab);
    bmcs.iter().filter(here).map(|bmc| bmc.host.clone()).collect()
}

/// The drivers by platform.
#[derive(Default)]
pub struct Platforms {
    compute: BTreeMap<PlatformId, Arc<dyn Compute>>,
    storage: BTreeMap<PlatformId, Arc<dyn Storage>>,
    labs: BTreeMap<PlatformId, Lab>,
    pub(crate) sensing: Vec<Sensing>,
}

impl Platforms {
    /// Makes the drivers of a configuration. Nothing is connected yet. A platform that cannot be made is
    /// left out and told: the others must go on.
    #[must_use]
    pub fn new(config: &Config, dir: &Path, clock: &Clock) -> (Self, Vec<PlatformError>) {
        let (mut made, mut errors) = (Self::default(), Vec::new());
        for platform in &config.platforms {
            if let Err(why) = made.add(platform, &config.bmcs, dir, clock) {
                errors.push(PlatformError { id: platform.id.to_string(), why });
            }
        }
        for bmc in &config.bmcs {
            match sensing(bmc) {
                Ok(sensing) => made.sensing.push(sensing),
                Err(why) => errors.push(PlatformError { id: format!("bmc of {}", bmc.host), why }),
            }
        }
        (made, errors)
    }

    fn add(&mut self, platform: &Platform, bmcs: &[Bmc], dir: &Path, clock: &Clock) -> Result<(), String> {
        let id = platform.id.clone();
        match platform.kind {
            PlatformKind::Lab => {
                let file = platform.world.clone().unwrap_or_else(|| format!("{id}.lab"));
                let now = clock.clone();
                let lab = Lab::open(dir.join(file), LAB_SEED, Arc::new(move || now()), platform.speed)
                    .map_err(|e| e.to_string())?;
                let compute: Arc<dyn Compute> = match &platform.power_hook {
                    Some(hook) => Arc::new(Hooked { lab: lab.clone(), hook: hook.clone() }),
                    None => Arc::new(lab.clone()),
                };
                let every = LAB_POLL.div_f64(platform.speed.max(0.001)).max(LAB_POLL_MIN);
                let sensing = Sensing {
                    name: id.to_string(),
                    platform: Some(id.clone()),
                    every,
                    except: with_own_bmc(bmcs, &id),
                    source: Arc::new(lab.clone()),
                };
                self.sensing.push(sensing);
                self.compute.insert(id.clone(), compute);
                self.storage.insert(id.clone(), Arc::new(lab.clone()));
                self.labs.insert(id, lab);
            }
            PlatformKind::Ceph => {
                let mut settings = CephSettings::new(id.clone());
                settings.conf = platform.conf.clone().map(Into::into);
                settings.keyring = platform.keyring.clone().map(Into::into);
                if let Some(name) = &platform.client {
                    settings.name.clone_from(name);
                }
                if !platform.command.is_empty() {
                    settings.command.clone_from(&platform.command);
                }
                self.storage.insert(id, Arc::new(Ceph::new(settings)));
            }
            other @ (PlatformKind::Proxmox | PlatformKind::Libvirt | PlatformKind::Vsphere) => {
                return Err(format!("the kind {other:?} cannot be driven by this version yet"));
            }
        }
        Ok(())
    }

    /// The compute driver of a platform.
    #[must_use]
    pub fn compute(&self, id: &PlatformId) -> Option<Arc<dyn Compute>> {
        self.compute.get(id).cloned()
    }

    /// The storage driver of a platform.
    #[must_use]
    pub fn storage(&self, id: &PlatformId) -> Option<Arc<dyn Storage>> {
        self.storage.get(id).cloned()
    }

    /// A lab, to break things in it.
    #[must_use]
    pub fn lab(&self, id: &PlatformId) -> Option<&Lab> {
        self.labs.get(id)
    }

    /// All labs.
    pub fn labs(&self) -> impl Iterator<Item = (&PlatformId, &Lab)> {
        self.labs.iter()
    }
}

fn sensing(bmc: &Bmc) -> Result<Sensing, String> {
    let password = bmc.password.as_deref().map(crate::secret::read).transpose()?;
    let source: Arc<dyn Sensors> = match bmc.kind {
        BmcKind::Redfish => crate::bmc::redfish(bmc, password)?,
        BmcKind::Ipmi => crate::bmc::ipmi(bmc, password)?,
    };
    let (name, platform) = (bmc.host.to_string(), bmc.platform.clone());
    Ok(Sensing { name, platform, every: bmc.every.std(), except: BTreeSet::new(), source })
}

/// A lab whose hosts take something real along when they lose and get power: in tests and drills, the
/// daemons of a real storage cluster.
struct Hooked {
    lab: Lab,
    hook: String,
}

#[async_trait]
impl Compute for Hooked {
    async fn observe(&self) -> Result<ComputeView, DriverError> {
        Compute::observe(&self.lab).await
    }

    async fn ensure(&self, act: &Act) -> Ensured {
        self.along(act, Compute::ensure(&self.lab, act).await).await
    }

    async fn probe(&self, act: &Act) -> Ensured {
        self.along(act, Compute::probe(&self.lab, act).await).await
    }
}

impl Hooked {
    /// Once the lab is done, what is real follows.
    async fn along(&self, act: &Act, ensured: Ensured) -> Ensured {
        let (word, host) = match act {
            Act::PowerOff { host } => ("off", host),
            Act::PowerOn { host } => ("on", host),
            Act::MoveGuest { .. } | Act::SetNoout { .. } | Act::ClearNoout { .. } => return ensured,
        };
        if !matches!(ensured, Ensured::Done(_)) {
            return ensured;
        }
        // The lab is done, so the call may come again until the hook is done too: hooks are idempotent.
        let run = tokio::process::Command::new(&self.hook).arg(word).arg(host.as_str()).kill_on_drop(true).output();
        match tokio::time::timeout(HOOK_LIMIT, run).await {
            Ok(Ok(output)) if output.status.success() => ensured,
            Ok(Ok(output)) => Ensured::Ambiguous { why: format!("{} {word} {host}: {}", self.hook, output.status) },
            Ok(Err(why)) => Ensured::Refused { why: format!("{}: {why}", self.hook) },
            Err(_elapsed) => Ensured::Ambiguous { why: format!("{} {word} {host} takes too long", self.hook) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bmc_of_its_own_takes_the_place_of_the_simulated_one() {
        let bmc = |host: &str, platform: Option<&str>| -> Bmc {
            let written =
                serde_json::json!({"host": host, "platform": platform, "kind": "ipmi", "address": "127.0.0.1"});
            serde_json::from_value(written).expect("a [[bmc]]")
        };
        let bmcs = [bmc("pve3", Some("lab")), bmc("pve4", None), bmc("pve5", Some("other"))];
        let lab = "lab".parse().expect("an id");
        let except: Vec<_> = with_own_bmc(&bmcs, &lab).iter().map(ToString::to_string).collect();
        assert_eq!(except, ["pve3", "pve4"]);
    }
}
