//! Whom a configuration leaves.

use super::State;
use crate::actor::Actor;
use crate::config::{Config, Role};
use crate::refusal::Refusal;
use crate::says;

/// A configuration that takes away whoever applies it, the last administrator or everybody is most often a mistake: an
/// empty file, the wrong file. Afterwards nobody could put it right from where they sit.
pub(super) fn leaves_somebody(state: &State, by: &Actor, config: &Config) -> Result<(), Refusal> {
    let admins = |c: &Config| c.people.iter().filter(|p| p.role == Role::Admin).count();
    let why = if config.people.is_empty() && !state.config.people.is_empty() {
        says::config_nobody()
    } else if admins(config) == 0 && admins(&state.config) > 0 {
        says::config_no_admin()
    } else if let Some(id) = by.person().filter(|id| config.person(id).is_none()) {
        says::config_without(id)
    } else {
        return Ok(());
    };
    Err(Refusal::conflict(says::config_refused([why])))
}
