//! What an assignment costs, by the rules as the contest writes them: every sum anew, nothing kept.

use std::collections::BTreeSet;

use super::Model;

/// The first rule that an assignment breaks. Numbers are places in the files, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Not one machine per process.
    #[error("{found} processes have a machine, there are {processes}")]
    Length {
        /// How many machines are given.
        found: usize,
        /// How many processes there are.
        processes: usize,
    },
    /// No such machine.
    #[error("process {process} is on machine {machine}, which is none of them")]
    NoMachine {
        /// The process.
        process: usize,
        /// Where it is said to be.
        machine: usize,
    },
    /// A machine has too little of a resource, moves in both directions counted where they need it twice.
    #[error("machine {machine} has {capacity} of resource {resource}, its processes need {needed}")]
    Capacity {
        /// The machine.
        machine: usize,
        /// The resource.
        resource: usize,
        /// What there is.
        capacity: i64,
        /// What would be used.
        needed: i64,
    },
    /// Two processes of a service share a machine.
    #[error("two processes of service {service} are on machine {machine}")]
    Conflict {
        /// The service.
        service: usize,
        /// The machine.
        machine: usize,
    },
    /// A service is in too few locations.
    #[error("service {service} is in {found} locations, {least} are needed")]
    Spread {
        /// The service.
        service: usize,
        /// In how many locations it is.
        found: usize,
        /// In how many it must be.
        least: usize,
    },
    /// A process has no process of a service that it depends on in its neighbourhood.
    #[error("process {process} has no process of service {needs} in its neighbourhood")]
    Dependency {
        /// The process.
        process: usize,
        /// What it depends on.
        needs: usize,
    },
}

/// What an assignment costs, when processes were where `first` says.
///
/// # Errors
/// The first rule that it breaks.
pub fn evaluate(model: &Model, first: &[usize], now: &[usize]) -> Result<i64, Broken> {
    for list in [first, now] {
        if list.len() != model.processes {
            return Err(Broken::Length { found: list.len(), processes: model.processes });
        }
        if let Some(process) = list.iter().position(|&m| m >= model.machines) {
            return Err(Broken::NoMachine { process, machine: list[process] });
        }
    }
    services_hold(model, now)?;
    let r = model.resources.len();
    let (mut used, mut needed) = (vec![0; model.machines * r], vec![0; model.machines * r]);
    for process in 0..model.processes {
        let (from, to) = (first[process], now[process]);
        for (n, need) in model.need_of(process).iter().enumerate() {
            used[to * r + n] += need;
            needed[to * r + n] += need;
            if from != to && model.resources[n].transient {
                needed[from * r + n] += need;
            }
        }
    }
    let mut cost = moves(model, first, now);
    for machine in 0..model.machines {
        let at = |n: usize| machine * r + n;
        for (n, resource) in model.resources.iter().enumerate() {
            let (capacity, needed) = (model.capacity[at(n)], needed[at(n)]);
            if needed > capacity {
                return Err(Broken::Capacity { machine, resource: n, capacity, needed });
            }
            cost += resource.weight * (used[at(n)] - model.safety[at(n)]).max(0);
        }
        let free = |n: usize| model.capacity[at(n)] - used[at(n)];
        for b in &model.balances {
            cost += b.weight * (b.target * free(b.first) - free(b.second)).max(0);
        }
    }
    Ok(cost)
}

fn services_hold(model: &Model, now: &[usize]) -> Result<(), Broken> {
    let mut on = BTreeSet::new();
    let mut locations = vec![BTreeSet::new(); model.services];
    let mut hoods = vec![BTreeSet::new(); model.services];
    for (process, &machine) in now.iter().enumerate() {
        let service = model.service[process];
        if !on.insert((service, machine)) {
            return Err(Broken::Conflict { service, machine });
        }
        locations[service].insert(model.location[machine]);
        hoods[service].insert(model.hood[machine]);
    }
    for (service, &least) in model.spread.iter().enumerate() {
        let found = locations[service].len();
        if found < least {
            return Err(Broken::Spread { service, found, least });
        }
    }
    for (process, &machine) in now.iter().enumerate() {
        let lacks = |on: &&usize| !hoods[**on].contains(&model.hood[machine]);
        if let Some(&needs) = model.needs[model.service[process]].iter().find(lacks) {
            return Err(Broken::Dependency { process, needs });
        }
    }
    Ok(())
}

fn moves(model: &Model, first: &[usize], now: &[usize]) -> i64 {
    let mut moved = vec![0; model.services];
    let mut cost = 0;
    for (process, (&from, &to)) in first.iter().zip(now).enumerate() {
        moved[model.service[process]] += i64::from(from != to);
        cost += model.move_cost(process, from, to);
    }
    cost + model.weight_service_move * moved.into_iter().max().unwrap_or(0)
}
