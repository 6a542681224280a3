//! What goes wrong, and when. Each run has only some kinds of trouble: all at once, nothing would ever get far.

use noout_drivers::lab::Break;
use noout_store::Fault;
use noout_types::{GuestId, HostId, OsdId, SensorId};

use crate::bugs::Bug;
use crate::chance::Chance;
use crate::network::Weather;
use crate::runtime::Crash;

/// Something that goes wrong now.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// The process is killed this instant, whatever is in flight.
    Kill,
    /// The machine is off for so many milliseconds.
    Dark(u64),
    /// The process dies at its next commit.
    CrashAt(Crash),
    /// The disk fails the next append.
    Disk(Fault),
    /// The process stands still for so many milliseconds.
    Freeze(u64),
    /// The wall clock is stepped by so many milliseconds.
    Clock(i64),
    /// A second process claims the journal while the first stands still for so many milliseconds.
    Rival(u64),
    /// The platform misbehaves, for so many milliseconds.
    Break(Break, u64),
    /// The platform cannot be seen for so many milliseconds.
    Blind(u64),
    /// The providers are like this now.
    Weather(Weather),
    /// Somebody moves a guest by hand.
    HandMove,
}

/// The trouble of a run.
#[derive(Debug)]
pub struct Chaos {
    chance: Chance,
    kinds: Vec<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kill,
    Dark,
    Crash,
    Disk,
    Freeze,
    Clock,
    Rival,
    Break,
    Blind,
    Weather,
    HandMove,
}

const KINDS: [Kind; 11] = [
    Kind::Kill,
    Kind::Dark,
    Kind::Crash,
    Kind::Disk,
    Kind::Freeze,
    Kind::Clock,
    Kind::Rival,
    Kind::Break,
    Kind::Blind,
    Kind::Weather,
    Kind::HandMove,
];

impl Chaos {
    /// The trouble of a seed. Where a bug is planted that shows only in one kind of trouble, there is that kind.
    #[must_use]
    pub fn new(seed: u64, bug: Option<Bug>) -> Self {
        let mut swarm = Chance::stream(seed, "swarm");
        let mut kinds: Vec<_> = KINDS.into_iter().filter(|_| swarm.one_in(3)).collect();
        let needed = match bug {
            Some(Bug::AnswersEarly) => Some(Kind::Crash),
            Some(Bug::SnapshotForgets) => Some(Kind::Kill),
            Some(Bug::PingsFromTheGrave) => Some(Kind::Dark),
            Some(Bug::WaitsForPlatform) => Some(Kind::Blind),
            Some(Bug::RepeatsBlindly) => Some(Kind::Break),
            Some(Bug::WritesFenced) => Some(Kind::Rival),
            Some(Bug::TakesSilenceForYes) => Some(Kind::Weather),
            _ => None,
        };
        kinds.extend(needed.into_iter().flat_map(|kind| [kind; 3]));
        if kinds.contains(&Kind::Break) {
            // There are as many ways for a platform to misbehave as for all else together.
            kinds.extend([Kind::Break; 3]);
        }
        Self { chance: Chance::stream(seed, "chaos"), kinds }
    }

    /// What goes wrong now, and when to ask again, in milliseconds. `focus` is the host that is being taken out.
    pub fn act(&mut self, focus: Option<&HostId>) -> (Option<Trouble>, u64) {
        let pause = self.chance.between(10_000, 150_000);
        let Some(kind) = self.chance.pick(&self.kinds).copied() else { return (None, pause) };
        let c = &mut self.chance;
        let trouble = match kind {
            Kind::Kill => Some(Trouble::Kill),
            // Not each time: a run that is dark for long sees little else.
            Kind::Dark => c.one_in(3).then(|| Trouble::Dark(c.between(120_000, 900_000))),
            Kind::Crash => {
                c.pick(&[Crash::BeforeAppend, Crash::AfterAppend, Crash::AfterReply]).copied().map(Trouble::CrashAt)
            }
            Kind::Disk => {
                let faults = [Fault::BeforeCommit, Fault::AfterCommit, Fault::Torn, Fault::Full];
                c.pick(&faults).copied().map(Trouble::Disk)
            }
            Kind::Freeze => Some(Trouble::Freeze(c.between(1_000, 180_000))),
            Kind::Clock => c.pick(&[3_600_000, -3_600_000, 30_000, -30_000]).copied().map(Trouble::Clock),
            Kind::Rival => Some(Trouble::Rival(c.between(5_000, 60_000))),
            Kind::Break => {
                let lasts = c.between(20_000, 240_000);
                self.breakage(focus).map(|what| {
                    let once = matches!(what, Break::HollowMove { .. } | Break::LostReply | Break::LostRequest);
                    let long = once || matches!(what, Break::FanFlap { .. });
                    Trouble::Break(what, if long { 900_000 } else { lasts })
                })
            }
            Kind::Blind => Some(Trouble::Blind(c.between(5_000, 150_000))),
            Kind::Weather => {
                c.pick(&[Weather::Fine, Weather::Mixed, Weather::Mixed, Weather::Storm]).copied().map(Trouble::Weather)
            }
            Kind::HandMove => Some(Trouble::HandMove),
        };
        (trouble, pause)
    }

    fn breakage(&mut self, focus: Option<&HostId>) -> Option<Break> {
        let c = &mut self.chance;
        let host = c.between(1, 5);
        // The lab deals its guests out to its hosts in turn: these live on the host that matters.
        let home = focus.and_then(|f| f.as_str().strip_prefix("pve")?.parse().ok()).unwrap_or(host);
        let guest = GuestId::new((100 + home + 5 * c.below(12)).to_string()).ok()?;
        let host = HostId::new(format!("pve{}", if c.one_in(3) { home } else { host })).ok()?;
        let fan = SensorId::new(format!("FAN{}", c.between(1, 6))).ok()?;
        Some(match c.below(26) {
            0..=3 => Break::FanFlap { host, fan },
            4 => Break::FanDead { host, fan },
            5 => Break::BmcDown { host },
            6 => Break::BmcGhost { host },
            7 => Break::HostCrash { host },
            8 => Break::StuckBoot { host },
            9 => Break::OsdDown { osd: OsdId(c.below(10)) },
            10 => Break::MonDown { host },
            11 => Break::MgrGone,
            12..=14 => Break::HollowMove { guest },
            15 => Break::EndlessMove { guest },
            16..=19 => Break::LostReply,
            20 => Break::LostRequest,
            21 => Break::FilteredView,
            22 => Break::ClusterNoout,
            23 => Break::HostNoout { host },
            24 => Break::Backup { guest },
            _ => c.pick(&[Break::PgInactive, Break::Nearfull, Break::QuorumLost])?.clone(),
        })
    }
}
