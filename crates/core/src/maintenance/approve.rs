//! What people may do with a maintenance. Proposer and approver are two people.

use noout_types::{HostId, IncidentId, MaintenanceId, PersonId, PlatformId, Said, Timestamp};

use super::events::MaintenanceEvent as E;
use super::model::{Maintenance, Phase};
use super::plan::StepKind;
use crate::actor::Actor;
use crate::config::{PlatformKind, Role};
use crate::engine::State;
use crate::event::Event;
use crate::incident::{Audience, OwnWords};
use crate::journal::Digest32;
use crate::refusal::Refusal;
use crate::says;

/// What people do with maintenances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaintenanceCommand {
    /// A host shall go out.
    Request {
        /// Which platform.
        platform: PlatformId,
        /// Which host.
        host: HostId,
        /// Why.
        reason: String,
        /// The incident that it mends.
        incident: Option<IncidentId>,
    },
    /// "I have read this plan and put it forward."
    Propose {
        /// Which.
        id: MaintenanceId,
        /// Which plan.
        hash: Digest32,
    },
    /// "I have read this plan too."
    Approve {
        /// Which.
        id: MaintenanceId,
        /// Which plan.
        hash: Digest32,
        /// The host's name, typed by the person.
        host: String,
        /// One person alone, for this reason.
        break_glass: Option<String>,
    },
    /// Nothing new is started.
    Hold {
        /// Which.
        id: MaintenanceId,
        /// Why.
        why: String,
    },
    /// It goes on.
    Resume(MaintenanceId),
    /// To the safest state that can be reached.
    Abort {
        /// Which.
        id: MaintenanceId,
        /// Why.
        why: String,
    },
    /// A line of the work order.
    Tick {
        /// Which.
        id: MaintenanceId,
        /// Which line.
        item: String,
        /// Done or not.
        done: bool,
    },
    /// Words on the work order.
    OrderNote {
        /// Which.
        id: MaintenanceId,
        /// The words.
        text: String,
    },
    /// The human step that is due is done.
    Sign {
        /// Which.
        id: MaintenanceId,
        /// What was found.
        note: String,
    },
    /// Look at the platform and plan again.
    Replan(MaintenanceId),
}

/// Decides about a person's command.
pub(crate) fn command(
    state: &State,
    at: Timestamp,
    by: Actor,
    command: MaintenanceCommand,
) -> Result<Vec<Event>, Refusal> {
    use MaintenanceCommand as C;
    let responder_may = matches!(command, C::Tick { .. } | C::OrderNote { .. } | C::Sign { .. } | C::Hold { .. });
    state.require(&by, if responder_may { Role::Responder } else { Role::Operator })?;
    match command {
        C::Request { platform, host, reason, incident } => {
            if reason.trim().is_empty() {
                return Err(Refusal::invalid("reason", "nothing", "why the host must go out"));
            }
            request(state, by, platform, host, Said::words(reason.trim()), incident)
        }
        C::Propose { id, hash } => propose(state, by, id, hash),
        C::Approve { id, hash, host, break_glass } => approve(state, at, by, id, hash, &host, break_glass),
        C::Hold { id, why } => {
            let m = running(state, id)?;
            one(m.hold.is_none().then(|| E::Held { id, why: Said::words(why), by }))
        }
        C::Resume(id) => {
            let m = running(state, id)?;
            one(m.hold.is_some().then_some(E::Resumed { id, by }))
        }
        C::Abort { id, why } => abort(state, by, id, why),
        C::Tick { id, item, done } => tick(state, by, id, item, done),
        C::OrderNote { id, text } => {
            let by = person(&by)?;
            live(state, id)?.order.as_ref().ok_or_else(|| Refusal::conflict(says::no_order()))?;
            let text = text.trim().to_owned();
            if text.is_empty() {
                return Err(Refusal::invalid("text", "nothing", "some words"));
            }
            one(Some(E::OrderNoted { id, by, text }))
        }
        C::Sign { id, note } => sign(state, by, id, note),
        C::Replan(id) => {
            let m = live(state, id)?;
            if m.is_running() {
                return Err(Refusal::conflict(says::under_way()));
            }
            one(Some(E::Voided { id, why: says::new_look(&by) }))
        }
    }
}

fn one(event: Option<E>) -> Result<Vec<Event>, Refusal> {
    Ok(event.map(Event::Maintenance).into_iter().collect())
}

fn person(by: &Actor) -> Result<PersonId, Refusal> {
    by.person().cloned().ok_or_else(|| Refusal::forbidden(None, Role::Responder))
}

fn live(state: &State, id: MaintenanceId) -> Result<&Maintenance, Refusal> {
    match state.maintenances.get(id) {
        Some(m) if m.phase.is_over() => Err(Refusal::conflict(says::over(id))),
        Some(m) => Ok(m),
        None if id.0 > 0 && id.0 < state.next_maintenance => Err(Refusal::conflict(says::over(id))),
        None => Err(Refusal::unknown("maintenance", id)),
    }
}

fn running(state: &State, id: MaintenanceId) -> Result<&Maintenance, Refusal> {
    let m = live(state, id)?;
    if m.is_running() { Ok(m) } else { Err(Refusal::conflict(says::not_under_way(id))) }
}

/// Asks for a maintenance; also used by noout itself after a finding.
pub(crate) fn request(
    state: &State,
    by: Actor,
    platform: PlatformId,
    host: HostId,
    reason: Said,
    incident: Option<IncidentId>,
) -> Result<Vec<Event>, Refusal> {
    let found = state.config.platform(&platform).ok_or_else(|| Refusal::unknown("platform", &platform))?;
    if found.kind == PlatformKind::Ceph {
        return Err(Refusal::conflict(says::is_storage(platform)));
    }
    if let Some(other) = state.maintenances.iter().find(|m| m.platform == platform && m.host == host) {
        return Err(Refusal::conflict(says::exists_already(other.id, host)));
    }
    let id = MaintenanceId(state.next_maintenance);
    one(Some(E::Requested { id, platform, host, reason, incident, by }))
}

fn bound(m: &Maintenance, hash: Digest32) -> Result<(), Refusal> {
    if m.hash == Some(hash) {
        return Ok(());
    }
    Err(Refusal::conflict(match m.hash {
        Some(now) => says::plan_changed(hash.short(), now.short()),
        None => says::plan_in_the_making(hash.short()),
    }))
}

fn propose(state: &State, by: Actor, id: MaintenanceId, hash: Digest32) -> Result<Vec<Event>, Refusal> {
    let m = live(state, id)?;
    person(&by)?;
    match m.phase {
        Phase::Drafted => {
            bound(m, hash)?;
            one(Some(E::Proposed { id, by, hash }))
        }
        Phase::Proposed => Err(Refusal::conflict(says::proposed_already())),
        _ => Err(Refusal::conflict(says::nothing_to_propose())),
    }
}

fn approve(
    state: &State,
    at: Timestamp,
    by: Actor,
    id: MaintenanceId,
    hash: Digest32,
    host: &str,
    break_glass: Option<String>,
) -> Result<Vec<Event>, Refusal> {
    let m = live(state, id)?;
    let approver = person(&by)?;
    if m.phase != Phase::Proposed && !(m.phase == Phase::Drafted && break_glass.is_some()) {
        return Err(Refusal::conflict(says::nothing_to_approve()));
    }
    bound(m, hash)?;
    if host != m.host.as_str() {
        return Err(Refusal::invalid("host", format!("{host:?}"), format!("the host's name, {:?}", m.host.as_str())));
    }
    if m.proposed_by.as_ref().and_then(Actor::person) == Some(&approver) && break_glass.is_none() {
        return Err(Refusal::conflict(says::second_person()));
    }
    if break_glass.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Refusal::invalid("break_glass", "no reason", "why one person alone must decide"));
    }
    if state.stopped.is_some() {
        return Err(Refusal::conflict(says::is_stopped()));
    }
    if let Some(other) = state.maintenances.iter().find(|o| o.id != id && (o.is_running() || o.has_moved())) {
        return Err(Refusal::conflict(says::another_under_way(other.id, &other.host)));
    }
    let until = state.config.maintenance.approval.after(at);
    let mut events = vec![Event::Maintenance(E::Approved { id, by, hash, until, break_glass: break_glass.clone() })];
    if let Some(reason) = break_glass {
        events.push(state.own_incident(
            IncidentId(state.next_incident),
            format!("break-glass/{id}"),
            OwnWords::new(says::page_alone(&approver, &m.host), says::page_alone_text(reason)),
            Audience::Everybody,
        ));
    }
    Ok(events)
}

fn abort(state: &State, by: Actor, id: MaintenanceId, why: String) -> Result<Vec<Event>, Refusal> {
    let m = live(state, id)?;
    if why.trim().is_empty() {
        return Err(Refusal::invalid("why", "nothing", "why it is given up"));
    }
    if m.aborted.is_some() {
        return Err(Refusal::conflict(says::on_way_back()));
    }
    if !m.is_running() && !m.has_moved() {
        let note = says::given_up_early(why);
        return one(Some(E::Finished { id, phase: Phase::Cancelled, report: None, note }));
    }
    // Guests that went by an earlier plan go home, too, although the plan after it is not approved.
    // The way back is found by `settle`, once no act is under way: what may have begun is not torn down.
    one(Some(E::Aborted { id, by, why }))
}

fn tick(state: &State, by: Actor, id: MaintenanceId, item: String, done: bool) -> Result<Vec<Event>, Refusal> {
    let by = person(&by)?;
    let m = live(state, id)?;
    let order = m.order.as_ref().ok_or_else(|| Refusal::conflict(says::no_order()))?;
    if order.signed.is_some() {
        return Err(Refusal::conflict(says::order_signed()));
    }
    let Some(line) = order.items.iter().find(|i| i.code == item) else {
        let allowed: Vec<_> = order.items.iter().map(|i| i.code.as_str()).collect();
        return Err(Refusal::invalid("item", format!("{item:?}"), allowed.join(", ")));
    };
    one((line.by.is_some() != done).then_some(E::Ticked { id, item, done, by }))
}

fn sign(state: &State, by: Actor, id: MaintenanceId, note: String) -> Result<Vec<Event>, Refusal> {
    let by = person(&by)?;
    let m = running(state, id)?;
    let step = m.current().filter(|s| s.kind.is_human()).ok_or_else(|| Refusal::conflict(says::nothing_to_sign()))?;
    if step.kind == StepKind::WorkOrder {
        let order = m.order.as_ref().ok_or_else(|| Refusal::conflict(says::no_order()))?;
        let open: Vec<_> = order.items.iter().filter(|i| i.by.is_none()).map(|i| i.code.as_str()).collect();
        if !open.is_empty() {
            return Err(Refusal::conflict(says::order_open(open.join(", "))));
        }
    }
    one(Some(E::Signed { id, step: step.number, by, note: note.trim().to_owned() }))
}
