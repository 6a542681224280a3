//! Planted bugs: each breaks one invariant, and the run must say which. They stand here and not in the product: in
//! the simulated runtime, between it and the journal, or in what the core is told.

use noout_core::engine::{Command, Effect, Input, State};
use noout_core::incident::IncidentEvent;
use noout_core::maintenance::{Evidence, MaintenanceCommand, MaintenanceEvent as M, Phase, StepKind};
use noout_core::paging::{PagingEvent, SendOutcome};
use noout_core::{Actor, Event, Refusal};
use noout_types::{Said, Span, Timestamp};

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $word:literal;)+) => {
        /// A planted bug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Bug {
            $($(#[$doc])* $name,)+
        }

        impl Bug {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The number of the invariant that it breaks.
            #[must_use]
            pub fn breaks(self) -> u8 {
                match self { $(Self::$name => $number),+ }
            }

            /// Its name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

bugs! {
    /// A source is told 2xx before the commit.
    AnswersEarly = 1, "answers-early";
    /// A step is taken, and one of its people gets no page.
    DropsPage = 2, "drops-page";
    /// A worker dies with its page in flight and nobody notices.
    LosesWorker = 2, "loses-worker";
    /// Alerts are held back and nobody answers for it.
    HoldsBackForNobody = 3, "holds-back-for-nobody";
    /// Too few people are on call, and it is not said.
    HidesGap = 5, "hides-gap";
    /// The step after one is due only the next day.
    SleepsIn = 6, "sleeps-in";
    /// One person is enough where the policy wants two.
    OneTakesForTwo = 8, "one-takes-for-two";
    /// Each page leaves by itself, however many there are.
    ForgetsLimit = 9, "forgets-limit";
    /// What joins an incident long after somebody took it wakes nobody.
    TrustsOldAck = 10, "trusts-old-ack";
    /// The watchdog pings whether anybody lives or not.
    PingsFromTheGrave = 11, "pings-from-the-grave";
    /// Pages wait behind a platform that does not answer.
    WaitsForPlatform = 12, "waits-for-platform";
    /// A "resolved" is taken for the present episode, whenever it is about.
    LateResolveCloses = 4, "late-resolve-closes";
    /// A timeout after the request counts as delivered.
    TakesSilenceForYes = 7, "takes-silence-for-yes";
    /// A second host may go while the first is out.
    TwoAtOnce = 13, "two-at-once";
    /// A gate passes without having seen anything.
    NoEvidence = 14, "no-evidence";
    /// An abort forgets the flag.
    KeepsFlag = 15, "keeps-flag";
    /// A look at the platform shows no guest on the host that shall go, and says that it saw everything.
    BelievesEmpty = 16, "believes-empty";
    /// Effects begin when they are decided, not when they are committed.
    ActsBeforeCommit = 18, "acts-before-commit";
    /// After a lost reply the act is simply done again.
    RepeatsBlindly = 18, "repeats-blindly";
    /// An approval of an older plan counts for the newer one.
    ApprovesStale = 20, "approves-stale";
    /// The proposer may approve.
    OneIsEnough = 21, "one-is-enough";
    /// What was intended before `noout stop` begins after it.
    DeafToStop = 22, "deaf-to-stop";
    /// A work order that is late passes.
    SignsByTime = 23, "signs-by-time";
    /// A writer that was fenced writes all the same.
    WritesFenced = 26, "writes-fenced";
    /// The snapshot leaves something out.
    SnapshotForgets = 27, "snapshot-forgets";
    /// A bit of the journal flips.
    BitFlips = 27, "bit-flips";
}

impl std::str::FromStr for Bug {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let all = Self::ALL.iter().map(|b| b.name()).collect::<Vec<_>>().join(", ");
        let found = Self::ALL.iter().copied().find(|b| b.name() == text);
        found.ok_or_else(|| format!("{text:?} is no planted bug; there are: {all}"))
    }
}

/// What a bug makes of an input before the core sees it.
#[must_use]
pub fn hear(bug: Option<Bug>, input: Input) -> Input {
    match (bug, input) {
        (Some(Bug::LateResolveCloses), Input::Alerts { source, mut alerts }) => {
            for alert in &mut alerts {
                if let noout_core::alert::Ends::Resolved(end) = &mut alert.ends {
                    (*end, alert.starts_at) = (None, None);
                }
            }
            Input::Alerts { source, alerts }
        }
        (Some(Bug::TakesSilenceForYes), Input::Sent { page, attempt, outcome: SendOutcome::Ambiguous(why) }) => {
            Input::Sent { page, attempt, outcome: SendOutcome::Delivered(why) }
        }
        (_, input) => input,
    }
}

/// What a bug makes of a decision. Most leave it as it is.
///
/// # Errors
/// The refusal, unless the bug overrides it.
pub fn decided(
    bug: Option<Bug>,
    state: &State,
    at: Timestamp,
    input: &Input,
    decision: Result<Vec<Event>, Refusal>,
) -> Result<Vec<Event>, Refusal> {
    let Some(bug) = bug else { return decision };
    match decision {
        Ok(events) => Ok(change(bug, state, events)),
        Err(refusal) => approve_all_the_same(bug, state, at, input).map_or(Err(refusal), |event| Ok(vec![event])),
    }
}

/// Whether the bug needs each decision to be taken apart, which the runtime otherwise leaves to the core.
#[must_use]
pub fn meddles(bug: Option<Bug>) -> bool {
    use Bug as B;
    let meddlers = [
        B::HoldsBackForNobody,
        B::HidesGap,
        B::SleepsIn,
        B::OneTakesForTwo,
        B::ForgetsLimit,
        B::TrustsOldAck,
        B::DropsPage,
        B::TwoAtOnce,
        B::NoEvidence,
        B::KeepsFlag,
        B::ApprovesStale,
        B::OneIsEnough,
        B::SignsByTime,
    ];
    bug.is_some_and(|bug| meddlers.contains(&bug))
}

fn change(bug: Bug, state: &State, mut events: Vec<Event>) -> Vec<Event> {
    match bug {
        Bug::DropsPage => {
            let first = events.iter().position(|e| matches!(e, Event::Paging(PagingEvent::Opened { .. })));
            first.map(|at| events.remove(at));
        }
        Bug::HoldsBackForNobody => {
            for event in &mut events {
                if let Event::Paging(PagingEvent::HeldBack { by, .. }) = event {
                    by.author.clear();
                }
            }
        }
        Bug::HidesGap => events.retain(|e| match e {
            Event::Incident(IncidentEvent::Opened(opened)) => !opened.key.starts_with("coverage/"),
            _ => true,
        }),
        Bug::SleepsIn => {
            for event in &mut events {
                if let Event::Paging(PagingEvent::Escalated { next_at, .. }) = event {
                    *next_at = Span::from_hours(24).after(*next_at);
                }
            }
        }
        Bug::OneTakesForTwo => {
            for event in &mut events {
                if let Event::Incident(IncidentEvent::AckedByOne { incident, by, .. }) = event {
                    let (incident, by) = (*incident, Actor::Person(by.clone()));
                    *event = Event::Incident(IncidentEvent::Acked { incident, by });
                }
            }
        }
        Bug::ForgetsLimit => events = events.into_iter().flat_map(|e| each_by_itself(state, e)).collect(),
        Bug::TrustsOldAck => events.retain(|e| match e {
            Event::Incident(IncidentEvent::Raised { incident, .. }) => {
                !state.incidents.get(*incident).is_some_and(noout_core::incident::Incident::is_acked)
            }
            _ => true,
        }),
        Bug::NoEvidence => {
            for event in &mut events {
                if let Event::Maintenance(M::Intended { evidence, .. }) = event {
                    *evidence = Evidence::default();
                }
            }
        }
        Bug::KeepsFlag => {
            for event in &mut events {
                if let Event::Maintenance(M::Rerouted { steps, .. }) = event {
                    steps.retain(|s| !matches!(s, StepKind::ClearNoout | StepKind::ConfirmClean));
                }
            }
        }
        Bug::SignsByTime => {
            let late = events.iter().find_map(|e| match e {
                Event::Maintenance(M::Overdue { id, step }) => Some((*id, *step)),
                _ => None,
            });
            let human = late.filter(|(id, step)| {
                state.maintenances.get(*id).and_then(|m| m.step(*step)).is_some_and(|s| s.kind.is_human())
            });
            events.extend(human.map(|(id, step)| {
                Event::Maintenance(M::Passed { id, step, evidence: Said::words("it took long enough").into() })
            }));
        }
        _ => {}
    }
    events
}

/// A digest taken apart.
fn each_by_itself(state: &State, event: Event) -> Vec<Event> {
    let Event::Paging(PagingEvent::Sending { page, attempt, contact, channel, covers }) = event else {
        return vec![event];
    };
    let single = |page, attempt| {
        let (channel, covers) = (channel.clone(), Vec::new());
        Event::Paging(PagingEvent::Sending { page, attempt, contact, channel, covers })
    };
    let others = covers.iter().filter_map(|id| state.paging.page(*id)).map(|p| single(p.id, p.attempts + 1));
    std::iter::once(single(page, attempt)).chain(others).collect()
}

fn approve_all_the_same(bug: Bug, state: &State, at: Timestamp, input: &Input) -> Option<Event> {
    let Input::Command { by: by @ Actor::Person(_), command } = input else { return None };
    let Command::Maintenance(MaintenanceCommand::Approve { id, hash, .. }) = command else { return None };
    let m = state.maintenances.get(*id).filter(|m| m.phase == Phase::Proposed && state.stopped.is_none())?;
    let alone = m.proposed_by.as_ref() == Some(by);
    let stale = m.hash != Some(*hash);
    let other = state.maintenances.iter().any(|o| o.id != *id && o.is_running());
    let passes = match bug {
        Bug::OneIsEnough => alone && !stale && !other,
        Bug::ApprovesStale => stale && !alone && !other,
        Bug::TwoAtOnce => other && !stale && !alone,
        _ => false,
    };
    let until = Span::from_hours(1).after(at);
    passes.then(|| Event::Maintenance(M::Approved { id: *id, by: by.clone(), hash: *hash, until, break_glass: None }))
}

/// What must happen outside, as the runtime sees it.
#[must_use]
pub fn pending(bug: Option<Bug>, state: &State) -> Vec<Effect> {
    if bug == Some(Bug::DeafToStop) && state.stopped.is_some() {
        let deaf = State { stopped: None, ..state.clone() };
        return noout_core::pending(&deaf).collect();
    }
    noout_core::pending(state).collect()
}
