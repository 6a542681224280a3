//! Why somebody is paged, as the page itself says it: a sentence that is not true costs the trust in all others.

use noout_core::State;
use noout_core::config::{Policy, Target};
use noout_core::incident::{Audience, Incident};
use noout_core::paging::{Page, Why};
use noout_notify::render::Reason;
use noout_types::{PersonId, Span, Timestamp};

/// A time shorter than this is none: a step that follows at once waited for nobody.
const AT_ONCE: Span = Span::from_secs(2);

/// Why a page goes to its person.
pub(crate) fn of(state: &State, page: &Page, incident: &Incident) -> Reason {
    let others = page.covers.iter().filter(|id| state.paging.page(**id).is_some_and(Page::is_owed)).count();
    if others > 0 {
        return Reason::Digest { pages: others as u64 + 1 };
    }
    let policy = incident.opened.policy.as_ref().and_then(|p| state.config.policy(p));
    let waited = Span::between(begun(state, page, incident), page.at);
    match page.why {
        Why::HandedOver => Reason::HandedOver,
        Why::Deadline => Reason::Deadline {
            after: policy.and_then(|p| p.resolve_deadline).unwrap_or(Span::between(incident.at, page.at)),
        },
        Why::Fallback if incident.opened.key.starts_with("coverage/") => Reason::Coverage,
        Why::Fallback if incident.opened.key == "paging/unsent" => Reason::Unsent,
        Why::Fallback => Reason::Fallback { after: Some(waited).filter(|waited| *waited > AT_ONCE) },
        Why::Step { .. } if incident.opened.audience == Audience::Everybody => Reason::Everybody,
        Why::Step { round: 1, step: 1 } if is_on_call(state, policy, page) => Reason::OnCall,
        Why::Step { round: 1, step: 1 } => Reason::First,
        Why::Step { .. } => match passed_on(state, policy, page) {
            Some(by) => Reason::PassedOn { by },
            None if waited <= AT_ONCE => Reason::Skipped,
            None => Reason::Escalated { after: waited },
        },
    }
}

/// The pages of steps about the same incident that are older than this one, the newest last.
fn before<'s>(state: &'s State, page: &Page) -> Vec<&'s Page> {
    let step = |p: &&Page| p.at < page.at && matches!(p.why, Why::Step { .. });
    let mut before: Vec<_> = state.paging.pages_of(page.incident).filter(step).collect();
    before.sort_by_key(|p| (p.at, p.id));
    before
}

/// Since when somebody was asked: since the first step, which begins anew when whoever had it fell silent.
fn begun(state: &State, page: &Page, incident: &Incident) -> Timestamp {
    let before = before(state, page);
    let first = before.iter().rev().find(|p| matches!(p.why, Why::Step { round: 1, step: 1 }));
    first.or(before.first()).map_or(incident.at, |p| p.at)
}

/// Whether the person is on call in a schedule that the policy's first step names.
fn is_on_call(state: &State, policy: Option<&Policy>, page: &Page) -> bool {
    let first = policy.or(state.config.policies.first()).and_then(|p| p.steps.first());
    first.into_iter().flat_map(|step| &step.notify).any(|target| match target {
        Target::Schedule(id) => state.on_call(id, page.at).contains(&page.person),
        _ => false,
    })
}

/// Who passed it on, if that is why the next step came before its time.
fn passed_on(state: &State, policy: Option<&Policy>, page: &Page) -> Option<String> {
    let passed = &state.paging.escalation(page.incident)?.passed;
    let before = before(state, page);
    let last = before.last()?;
    let Why::Step { step, .. } = last.why else { return None };
    let place = usize::try_from(step).ok()?.checked_sub(1)?;
    let wait = policy.map(|p| p.steps.get(place).and_then(|s| s.wait).unwrap_or(p.ack_timeout));
    let early = wait.is_some_and(|wait| Span::between(last.at, page.at) < wait);
    let asked: Vec<&PersonId> = before.iter().filter(|p| p.at == last.at).map(|p| &p.person).collect();
    if !early || !asked.iter().all(|person| passed.contains(*person)) {
        return None;
    }
    let name = |id: &&PersonId| state.config.person(id).map_or_else(|| id.to_string(), |p| p.display().to_owned());
    Some(asked.iter().map(name).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests;
