//! Who is connected to the mail intake, and who gives way.
//!
//! Connecting costs nothing, so places are shared by address, and whoever has not named a source's key yet gives its place to the
//! next one when all are taken. A relay that has named one keeps its place.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::listen::counted;

/// Connections at one time: relays keep few, and each may hold a whole mail.
const MAX_CONNECTIONS: usize = 64;

/// Of these, from one address.
const MAX_EACH: usize = 8;

/// Of these, from this machine: its relay speaks for many, and so does a proxy.
const MAX_HERE: usize = 32;

/// The places.
#[derive(Debug, Default)]
pub(super) struct Room(Mutex<Guests>);

#[derive(Debug, Default)]
struct Guests {
    next: u64,
    /// By when they came.
    all: BTreeMap<u64, Guest>,
}

#[derive(Debug)]
struct Guest {
    /// None is this machine.
    from: Option<IpAddr>,
    /// Whether it named a source's key.
    known: bool,
    out: Arc<Notify>,
}

/// A connection's place, given back when it goes.
#[derive(Debug)]
pub(super) struct Place {
    room: Arc<Room>,
    number: u64,
    out: Arc<Notify>,
}

impl Room {
    /// A place, if there is one or if somebody gives way.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let from = Some(peer.to_canonical()).filter(|ip| !ip.is_loopback()).map(counted);
        let mut guests = self.0.lock();
        let each = if from.is_some() { MAX_EACH } else { MAX_HERE };
        if guests.count(from) >= each {
            guests.oldest_stranger(|guest| guest.from == from).map(|number| guests.put_out(number))?;
        } else if guests.all.len() >= MAX_CONNECTIONS {
            // Of the address that holds most, so that many connections do not drive out few.
            guests.of_the_largest_crowd().map(|number| guests.put_out(number))?;
        }
        let (number, out) = (guests.next, Arc::new(Notify::new()));
        guests.next += 1;
        guests.all.insert(number, Guest { from, known: false, out: out.clone() });
        Some(Place { room: self.clone(), number, out })
    }
}

impl Guests {
    fn count(&self, from: Option<IpAddr>) -> usize {
        self.all.values().filter(|guest| guest.from == from).count()
    }

    fn oldest_stranger(&self, of: impl Fn(&Guest) -> bool) -> Option<u64> {
        self.all.iter().find(|(_, guest)| !guest.known && of(guest)).map(|(number, _)| *number)
    }

    fn of_the_largest_crowd(&self) -> Option<u64> {
        let strangers = self.all.values().filter(|guest| !guest.known);
        let largest = strangers.map(|guest| (self.count(guest.from), guest.from)).max()?;
        self.oldest_stranger(|guest| guest.from == largest.1)
    }

    fn put_out(&mut self, number: u64) {
        if let Some(guest) = self.all.remove(&number) {
            guest.out.notify_one();
        }
    }
}

impl Place {
    /// It named a source's key, and keeps its place.
    pub(super) fn is_known(&self) {
        if let Some(guest) = self.room.0.lock().all.get_mut(&self.number) {
            guest.known = true;
        }
    }

    /// Waits until it has to give way.
    pub(super) async fn gives_way(&self) {
        self.out.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.0.lock().all.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn numbers(room: &Room) -> Vec<u64> {
        room.0.lock().all.keys().copied().collect()
    }

    /// Given one address that holds all it may, then its oldest connection gives way to its next, and never another's.
    #[test]
    fn an_address_has_its_share() {
        let room = Arc::new(Room::default());
        let other = room.enter(ip("192.0.2.1")).expect("a place");
        let idle: Vec<_> = (0..MAX_EACH).map(|_| room.enter(ip("192.0.2.2")).expect("a place")).collect();
        let next = room.enter(ip("192.0.2.2")).expect("a place");
        assert!(numbers(&room).contains(&other.number) && !numbers(&room).contains(&idle[0].number));
        idle.iter().chain([&next]).for_each(Place::is_known);
        assert!(room.enter(ip("192.0.2.2")).is_none(), "who has named a key keeps its place");
        assert!(room.enter(ip("192.0.2.1")).is_some());
    }

    /// Given idle connections of strangers in every place, then a relay gets one, and keeps it.
    #[tokio::test]
    async fn idle_strangers_do_not_close_it_for_everybody() {
        let room = Arc::new(Room::default());
        let strangers = (0..MAX_CONNECTIONS).map(|n| room.enter(ip(&format!("198.51.100.{}", n / MAX_EACH))));
        let strangers: Vec<_> = strangers.map(|place| place.expect("a place")).collect();
        let relay = room.enter(ip("192.0.2.1")).expect("somebody gives way");
        assert_eq!(numbers(&room).len(), MAX_CONNECTIONS);
        let out = strangers.iter().filter(|place| !numbers(&room).contains(&place.number));
        let out: Vec<_> = out.collect();
        assert_eq!(out.len(), 1);
        tokio::time::timeout(std::time::Duration::from_secs(5), out[0].gives_way()).await.expect("it is told");
        relay.is_known();
        for n in 0..2 * MAX_CONNECTIONS {
            let _gone = room.enter(ip(&format!("203.0.113.{n}")));
        }
        assert!(numbers(&room).contains(&relay.number));
        drop((strangers, relay));
        assert!(numbers(&room).is_empty());
    }
}
