//! How long it takes to plan the drain of one host of a large cluster, and whether the plan is sound.
//!
//! `cargo run --release -p noout-plan --example drain_speed [HOSTS] [GUESTS]` (200 and 5000 if not given). Prints each
//! time in milliseconds; fails if the plan for the default size takes more than a second.

use std::time::Instant;

use noout_plan::{Guest, GuestKind, Host, HostState, Inventory, Policy, drain, lint, survive};
use noout_types::{GuestId, HostId};

/// The promise for 200 hosts and 5 000 guests.
const PROMISED_MS: u128 = 1_000;

#[expect(clippy::disallowed_methods, reason = "this measures; the crate itself has no clock")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut sizes = std::env::args().skip(1);
    let hosts: usize = sizes.next().map_or(Ok(200), |n| n.parse())?;
    let guests: usize = sizes.next().map_or(Ok(5_000), |n| n.parse())?;
    let inventory = cluster(hosts, guests)?;
    let host = inventory.hosts.first().ok_or("at least one host is needed")?.id.clone();

    let start = Instant::now();
    let plan = drain(&inventory, &host)?;
    let planned = start.elapsed().as_millis();
    println!("{hosts} hosts, {guests} guests: drain of {host} planned in {planned} ms");
    println!("  {}", plan.report.first().map(ToString::to_string).unwrap_or_default());
    println!("  hosts that may die afterwards: {} of {} wanted", plan.n_plus.holds, plan.n_plus.wanted);

    let start = Instant::now();
    let found = lint(&inventory, Some(&host), &plan);
    println!("lint: {} findings in {} ms", found.len(), start.elapsed().as_millis());
    let start = Instant::now();
    let all = survive(&inventory)?;
    let ok = all.iter().filter(|s| s.ok).count();
    println!("survive: {ok} of {} hosts may die, in {} ms", all.len(), start.elapsed().as_millis());
    let same = drain(&inventory, &host)?.hash()? == plan.hash()?;
    println!("planned again: {}", if same { "byte for byte the same" } else { "DIFFERENT" });

    let slow = (hosts, guests) == (200, 5_000) && planned > PROMISED_MS;
    if slow || !same || !found.is_empty() {
        return Err("the promise is not kept".into());
    }
    Ok(())
}

/// A cluster that is three quarters full, with the usual mixture: sizes, storages, groups, a few pins.
fn cluster(hosts: usize, guests: usize) -> Result<Inventory, Box<dyn std::error::Error>> {
    let per_host = (guests / hosts.max(1)).max(1) as u64;
    // The mean guest has 7.5 GiB.
    let memory_mib = per_host * 7_680 * 4 / 3 + 8_192;
    let host = |n: usize| -> Result<Host, Box<dyn std::error::Error>> {
        Ok(Host {
            id: HostId::new(format!("pve{n:03}"))?,
            failure_domain: format!("rack{}", n / 20),
            cpus: 128,
            memory_mib,
            cpu_type: Some(if n % 5 == 4 { "xeon" } else { "epyc" }.to_owned()),
            storage: vec!["rbd".to_owned(), format!("nfs{}", n % 2)],
            state: if n % 50 == 49 { HostState::Maintenance } else { HostState::Online },
            watts: 400,
            rack_units: 1,
        })
    };
    let guest = |n: usize| -> Result<Guest, Box<dyn std::error::Error>> {
        Ok(Guest {
            id: GuestId::new(format!("{}", 100 + n))?,
            host: HostId::new(format!("pve{:03}", n % hosts))?,
            cpus: 1 + (n % 7) as u32,
            memory_mib: [2_048, 4_096, 8_192, 16_384, 7_680][n / hosts % 5],
            running: n % 20 != 7,
            kind: if n % 10 == 3 { GuestKind::Container } else { GuestKind::Vm },
            cpu_type: (n.is_multiple_of(9) && n % hosts % 5 != 4).then(|| "epyc".to_owned()),
            storage: vec!["rbd".to_owned()],
            affinity: if n / hosts < 2 { vec![format!("pair{}", n % hosts)] } else { vec![] },
            anti_affinity: if n.is_multiple_of(4) { vec![format!("tier{}", n / 12)] } else { vec![] },
            pinned: (n % 211 == 210).then(|| "a passed-through device".to_owned()),
            dirty_mib_s: (n % 60) as u32,
            customer: None,
        })
    };
    Ok(Inventory {
        hosts: (0..hosts).map(host).collect::<Result<_, _>>()?,
        guests: (0..guests).map(guest).collect::<Result<_, _>>()?,
        policy: Policy::default(),
    })
}
