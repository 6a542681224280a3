//! What the journal holds: every event of every noun, as versioned JSON. An old journal must always fold.

use noout_calendar::Override;
use noout_types::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::alert::AlertEvent;
use crate::config::Config;
use crate::contact::ContactEvent;
use crate::coverage::CoverageEvent;
use crate::drill::DrillEvent;
use crate::heartbeat::HeartbeatEvent;
use crate::incident::IncidentEvent;
use crate::maintenance::MaintenanceEvent;
use crate::meeting::MeetingEvent;
use crate::memo::MemoEvent;
use crate::notice::NoticeEvent;
use crate::paging::PagingEvent;
use crate::request::RequestEvent;
use crate::roster::RosterEvent;
use crate::sensor::SensorEvent;
use crate::silence::SilenceEvent;
use crate::ticket::TicketEvent;
use crate::token::TokenEvent;

/// The version that this binary writes. A reader accepts all versions up to its own.
pub const EVENT_VERSION: u16 = 1;

/// How a body of the present version begins.
const PRESENT: &str = "{\"v\":1,";

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// About alerts.
    Alert(AlertEvent),
    /// About an incident.
    Incident(IncidentEvent),
    /// About pages.
    Paging(PagingEvent),
    /// About silences.
    Silence(SilenceEvent),
    /// About sensors.
    Sensor(SensorEvent),
    /// About a maintenance.
    Maintenance(MaintenanceEvent),
    /// About what customers are told.
    Notice(NoticeEvent),
    /// About tickets in other systems.
    Ticket(TicketEvent),
    /// About how many people are on call.
    Coverage(CoverageEvent),
    /// About contact methods.
    Contact(ContactEvent),
    /// About drills.
    Drill(DrillEvent),
    /// About who is away, who swaps, who comes on duty.
    Roster(RosterEvent),
    /// About letters to people.
    Memo(MemoEvent),
    /// About heartbeats.
    Heartbeat(HeartbeatEvent),
    /// About requests of other teams.
    Request(RequestEvent),
    /// About what the team decides.
    Meeting(MeetingEvent),
    /// About tokens of programs.
    Token(TokenEvent),
    /// A configuration was applied.
    ConfigApplied {
        /// Its number, from 1.
        version: u64,
        /// Who.
        by: Actor,
        /// The file as it was.
        text: String,
        /// What it says.
        config: Box<Config>,
    },
    /// Somebody stands in for somebody.
    OverrideAdded {
        /// From when to when, for whom.
        over: Override,
        /// Who says so.
        by: Actor,
    },
    /// An override was taken back.
    OverrideRemoved {
        /// Which.
        id: u64,
        /// Who.
        by: Actor,
    },
    /// Nothing disruptive starts any more.
    Stopped {
        /// Who.
        by: Actor,
        /// Why.
        why: String,
    },
    /// It may again.
    ResumedAll {
        /// Who.
        by: Actor,
    },
    /// A person has a password now, or another one; earlier sessions end.
    PasswordSet {
        /// Who.
        person: PersonId,
        /// Its Argon2id hash in PHC format.
        hash: String,
        /// Who set it.
        by: Actor,
    },
    /// A person was given a link for setting a password.
    Invited {
        /// Who.
        person: PersonId,
        /// By whom.
        by: Actor,
    },
    /// A person signed out of one session.
    SessionEnded {
        /// Who.
        person: PersonId,
        /// Which: a digest of its token.
        session: String,
        /// Until when it would have lived.
        until: Timestamp,
    },
    /// A person's sessions all end.
    SignedOut {
        /// Who.
        person: PersonId,
    },
}

/// Why a record's body is no event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Written by a newer binary.
    #[error("the event has version {found}, this binary reads up to {EVENT_VERSION}: use the newer binary")]
    Newer {
        /// The version found.
        found: u16,
    },
    /// No event.
    #[error("the event cannot be read")]
    Garbled(#[source] serde_json::Error),
}

#[derive(Serialize)]
struct BodyOut<'a> {
    v: u16,
    e: &'a Event,
}

#[derive(Deserialize)]
struct Version {
    v: u16,
}

#[derive(Deserialize)]
struct BodyIn {
    e: Event,
}

impl Event {
    /// The event's name for people who read the journal's table.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Alert(_) => "alert",
            Self::Incident(_) => "incident",
            Self::Paging(_) => "paging",
            Self::Silence(_) => "silence",
            Self::Sensor(_) => "sensor",
            Self::Maintenance(_) => "maintenance",
            Self::Notice(_) => "notice",
            Self::Ticket(_) => "ticket",
            Self::Coverage(_) => "coverage",
            Self::Contact(_) => "contact",
            Self::Drill(_) => "drill",
            Self::Roster(_) => "roster",
            Self::Memo(_) => "memo",
            Self::Heartbeat(_) => "heartbeat",
            Self::Request(_) => "request",
            Self::Meeting(_) => "meeting",
            Self::Token(_) => "token",
            Self::ConfigApplied { .. } => "config",
            Self::OverrideAdded { .. } | Self::OverrideRemoved { .. } => "override",
            Self::Stopped { .. } | Self::ResumedAll { .. } => "stop",
            Self::PasswordSet { .. } | Self::SignedOut { .. } | Self::Invited { .. } | Self::SessionEnded { .. } => {
                "session"
            }
        }
    }

    /// The event as the journal holds it.
    ///
    /// # Errors
    /// A float that JSON cannot hold; the decision that made it is refused as a whole.
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&BodyOut { v: EVENT_VERSION, e: self })
    }

    /// The event in a record's body.
    ///
    /// # Errors
    /// The body was written by a newer binary, or is no event.
    pub fn decode(body: &str) -> Result<Self, DecodeError> {
        // What this binary writes begins so; anything else is looked at first, which reads it twice.
        if !body.starts_with(PRESENT) {
            let Version { v } = serde_json::from_str(body).map_err(DecodeError::Garbled)?;
            if v > EVENT_VERSION {
                return Err(DecodeError::Newer { found: v });
            }
        }
        serde_json::from_str::<BodyIn>(body).map(|b| b.e).map_err(DecodeError::Garbled)
    }
}

/// An event with its instant, as `apply` takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamped {
    /// When it was decided.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}
