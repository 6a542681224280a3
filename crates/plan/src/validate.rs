//! Reading an inventory and refusing one that makes no sense, with the place and what was found there.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::HostId;

use crate::{Inventory, Policy};

/// Most hosts in one inventory. N+1 looks at each pair of hosts; beyond this it would not end in seconds.
pub const MAX_HOSTS: usize = 4_096;
/// Most guests in one inventory: thirty times the largest cluster that the planner is measured on.
pub const MAX_GUESTS: usize = 150_000;
/// Most hosts dying together that a policy may ask for. Combinations grow too fast to say anything true beyond it.
pub const MAX_KEEP_N_PLUS: u32 = 8;
/// Most names in one list of a guest or host (storages, affinities): a longer one is a mistake, not a wish.
pub const MAX_NAMES: usize = 1_024;

/// Why an inventory cannot be planned on. Paths are those of the JSON, for example `guests[3].host`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    /// The text is not the JSON of an inventory.
    #[error("{path}: {found} (line {line}, column {column})")]
    Json {
        /// Where in the document; `.` is its top.
        path: String,
        /// What was found there and what is allowed.
        found: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// There is not one host.
    #[error("hosts: found none, allowed are 1 to {MAX_HOSTS}")]
    NoHosts,
    /// More entries than the planner takes.
    #[error("{path}: found {found} entries, allowed are at most {allowed}")]
    TooMany {
        /// Where.
        path: String,
        /// How many there are.
        found: usize,
        /// How many there may be.
        allowed: usize,
    },
    /// An id stands twice.
    #[error("{path}: found {id:?}, which {first} has already; each id may stand once")]
    Duplicate {
        /// The second place.
        path: String,
        /// The first place.
        first: String,
        /// The id.
        id: String,
    },
    /// A guest is on a host that the inventory does not have.
    #[error("{path}: found {host:?}, which is not one of the {hosts} hosts of this inventory")]
    UnknownHost {
        /// Where.
        path: String,
        /// The host named there.
        host: HostId,
        /// How many hosts there are.
        hosts: usize,
    },
    /// A value that no cluster has.
    #[error("{path}: found {found}, allowed is {allowed}")]
    Value {
        /// Where.
        path: String,
        /// What was found.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
}

impl Inventory {
    /// Reads the JSON contract and validates it.
    ///
    /// # Errors
    /// The text is not such a JSON, or [`Inventory::validate`] refuses it. The error names the path.
    pub fn from_json(text: &str) -> Result<Self, InventoryError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let inventory: Self = serde_path_to_error::deserialize(&mut json).map_err(|e| {
            let path = e.path().to_string();
            json_error(path, e.inner())
        })?;
        json.end().map_err(|e| json_error(".".to_owned(), &e))?;
        inventory.validate()?;
        Ok(inventory)
    }

    /// Checks what the JSON's shape cannot say: ids once, guests on known hosts, sizes above zero, a usable policy.
    ///
    /// # Errors
    /// The first thing found wrong, with its path.
    pub fn validate(&self) -> Result<(), InventoryError> {
        if self.hosts.is_empty() {
            return Err(InventoryError::NoHosts);
        }
        at_most("hosts", self.hosts.len(), MAX_HOSTS)?;
        at_most("guests", self.guests.len(), MAX_GUESTS)?;
        policy(&self.policy)?;
        let mut hosts = BTreeMap::new();
        for (i, host) in self.hosts.iter().enumerate() {
            let at = format!("hosts[{i}]");
            once(&mut hosts, host.id.as_str(), "hosts", i)?;
            positive(&at, "cpus", u64::from(host.cpus))?;
            positive(&at, "memory_mib", host.memory_mib)?;
            names(&at, "storage", &host.storage)?;
        }
        let mut guests = BTreeMap::new();
        for (i, guest) in self.guests.iter().enumerate() {
            let at = format!("guests[{i}]");
            once(&mut guests, guest.id.as_str(), "guests", i)?;
            if !hosts.contains_key(guest.host.as_str()) {
                let (host, hosts) = (guest.host.clone(), self.hosts.len());
                return Err(InventoryError::UnknownHost { path: format!("{at}.host"), host, hosts });
            }
            positive(&at, "cpus", u64::from(guest.cpus))?;
            positive(&at, "memory_mib", guest.memory_mib)?;
            names(&at, "storage", &guest.storage)?;
            names(&at, "affinity", &guest.affinity)?;
            names(&at, "anti_affinity", &guest.anti_affinity)?;
        }
        Ok(())
    }
}

fn json_error(path: String, error: &serde_json::Error) -> InventoryError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    // serde_json ends its text with the place, which the error carries in fields of its own.
    let found = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text).to_owned();
    InventoryError::Json { path, found, line, column }
}

fn policy(policy: &Policy) -> Result<(), InventoryError> {
    let value = |field: &str, found: String, allowed| {
        Err(InventoryError::Value { path: format!("policy.{field}"), found, allowed })
    };
    let ratio = policy.cpu_overcommit;
    if !(ratio.is_finite() && ratio > 0.0 && ratio <= 1_000.0) {
        return value("cpu_overcommit", ratio.to_string(), "a number above 0, at most 1000");
    }
    if policy.link_mib_s == 0 {
        return value("link_mib_s", "0".to_owned(), "1 or more MiB/s: without a link nothing moves");
    }
    if policy.parallel_per_host == 0 {
        return value("parallel_per_host", "0".to_owned(), "1 or more: with 0 nothing moves");
    }
    if policy.keep_n_plus > MAX_KEEP_N_PLUS {
        return value("keep_n_plus", policy.keep_n_plus.to_string(), "0 to 8 hosts dying together");
    }
    Ok(())
}

fn at_most(path: &str, found: usize, allowed: usize) -> Result<(), InventoryError> {
    if found <= allowed {
        return Ok(());
    }
    Err(InventoryError::TooMany { path: path.to_owned(), found, allowed })
}

fn once<'a>(seen: &mut BTreeMap<&'a str, usize>, id: &'a str, list: &str, index: usize) -> Result<(), InventoryError> {
    match seen.insert(id, index) {
        None => Ok(()),
        Some(first) => Err(InventoryError::Duplicate {
            path: format!("{list}[{index}].id"),
            first: format!("{list}[{first}]"),
            id: id.to_owned(),
        }),
    }
}

fn positive(at: &str, field: &str, found: u64) -> Result<(), InventoryError> {
    // The upper end keeps sums over a whole cluster far away from the end of the type.
    if (1..=1 << 40).contains(&found) {
        return Ok(());
    }
    Err(InventoryError::Value { path: format!("{at}.{field}"), found: found.to_string(), allowed: "1 to 2^40" })
}

fn names(at: &str, field: &str, list: &[String]) -> Result<(), InventoryError> {
    at_most(&format!("{at}.{field}"), list.len(), MAX_NAMES)?;
    let mut seen = BTreeSet::new();
    for (i, name) in list.iter().enumerate() {
        let path = format!("{at}.{field}[{i}]");
        if name.is_empty() {
            return Err(InventoryError::Value { path, found: "an empty name".to_owned(), allowed: "a name" });
        }
        if !seen.insert(name) {
            return Err(InventoryError::Duplicate { path, first: format!("{at}.{field}"), id: name.clone() });
        }
    }
    Ok(())
}
