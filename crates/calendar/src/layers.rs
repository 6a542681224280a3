//! Layers: a rotation's turns, silent while a higher layer has somebody on.

use jiff::Timestamp;

use crate::model::{Rotation, Schedule};
use crate::turns::{Standing, Turns};

/// The turns of a rotation and of those above it.
pub(crate) struct Layered<'a> {
    /// `None` when the rotation is not valid: nobody is on but by override.
    own: Option<Kept<'a>>,
    above: Vec<Kept<'a>>,
}

impl<'a> Layered<'a> {
    pub(crate) fn new(schedule: &'a Schedule, rotation: &'a Rotation) -> Self {
        let turns = |rotation| Turns::new(rotation, &schedule.timezone).map(Kept::new);
        let above = schedule.rotations.iter().filter(|other| other.layer > rotation.layer);
        Self { own: turns(rotation), above: above.filter_map(turns).collect() }
    }

    /// Who is on at an instant by the rotations alone, and until when that surely stands. Instants are asked in order.
    pub(crate) fn at(&mut self, at: Timestamp) -> Standing<'a> {
        let Some(own) = &mut self.own else { return Standing { turn: None, until: Timestamp::MAX } };
        let mut standing = own.at(at);
        for above in &mut self.above {
            let over = above.at(at);
            if over.turn.is_some() {
                standing.turn = None;
            }
            standing.until = standing.until.min(over.until);
        }
        standing
    }
}

/// Turns whose last answer is kept while it stands.
struct Kept<'a> {
    turns: Turns<'a>,
    standing: Option<Standing<'a>>,
}

impl<'a> Kept<'a> {
    fn new(turns: Turns<'a>) -> Self {
        Self { turns, standing: None }
    }

    fn at(&mut self, at: Timestamp) -> Standing<'a> {
        match self.standing {
            Some(standing) if standing.until > at => standing,
            _ => *self.standing.insert(self.turns.at(at)),
        }
    }
}
