//! Which steps follow: out, back, and back from wherever an abort finds it.

use noout_plan::Move;

use super::model::Maintenance;
use super::plan::StepKind;

/// The lines of a work order for a fan, in the order in which hands do them. The texts are in the
/// console's languages. Later issues bring a list per kind of fault.
pub const WORK_ORDER_ITEMS: [&str; 6] =
    ["locate_host", "clean_fans", "check_fan_bus", "reseat_connectors", "replace_worn_parts", "close_and_cable"];

/// Out and back, for a host whose guests go by these moves; with the care for its OSDs if it has storage.
pub(super) fn out_and_back(moves: impl IntoIterator<Item = Move>, storage: bool) -> Vec<StepKind> {
    let mut steps = vec![StepKind::Entry];
    steps.extend(moves.into_iter().map(StepKind::Move));
    steps.extend([
        StepKind::ConfirmEmpty,
        StepKind::SetNoout,
        StepKind::PowerOff,
        StepKind::ConfirmAway,
        StepKind::WorkOrder,
        StepKind::PowerOn,
        StepKind::ConfirmBack,
        StepKind::ProveHealthy,
        StepKind::ClearNoout,
        StepKind::ConfirmClean,
        StepKind::PlanHome,
    ]);
    let of_storage = |s: &StepKind| matches!(s, StepKind::SetNoout | StepKind::ClearNoout | StepKind::ConfirmClean);
    steps.retain(|s| storage || !of_storage(s));
    steps
}

/// The way to the safest state that can be reached from here. Never a blind reverse: while the
/// host's OSDs are down, `noout` stays until they are up and in again.
pub(super) fn way_back(m: &Maintenance) -> Vec<StepKind> {
    let mut steps = Vec::new();
    if m.host_is_away() {
        if m.may_have_hands_in() {
            // Power comes back only when a person says so.
            steps.push(StepKind::HandsOff);
        }
        steps.extend([StepKind::PowerOn, StepKind::ConfirmBack]);
    } else if m.noout.is_ours() {
        steps.push(StepKind::ConfirmBack);
    }
    if m.noout.is_ours() {
        steps.extend([StepKind::ClearNoout, StepKind::ConfirmClean]);
    }
    steps.push(StepKind::PlanHome);
    steps
}
