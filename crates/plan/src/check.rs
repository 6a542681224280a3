//! The re-check right before a move.

use noout_types::{GuestId, HostId};

use crate::home::cannot_leave;
use crate::world::World;
use crate::{Inventory, Why};

/// Whether a guest may move to a host in the inventory as it is now: the guest can leave, the target is online, reaches
/// its storages, has its CPU type, has the memory and CPUs free, and carries nobody that it must not meet. Guests in
/// flight must be counted by the caller, as being on the host that they move to.
///
/// Affinity is not looked at: while a group moves, its members are apart.
///
/// # Errors
/// The first reason against the move. An inventory that makes no sense is one.
pub fn check_move(inv: &Inventory, guest: &GuestId, to: &HostId) -> Result<(), Why> {
    inv.validate().map_err(|e| Why::Inventory { what: e.to_string() })?;
    let world = World::new(inv);
    let g = world.guest(guest).ok_or_else(|| Why::UnknownGuest { guest: guest.clone() })?;
    let h = world.host(to).ok_or_else(|| Why::UnknownHost { host: to.clone() })?;
    if world.guests[g].host == h {
        return Err(Why::AlreadyThere { host: to.clone() });
    }
    match cannot_leave(&world, g).or_else(|| world.why_not(&world.start(), g, h)) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}
