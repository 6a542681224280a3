//! Words that every room of noout shares: typed ids, labels, severity, languages and time spans.
//!
//! Nothing here decides anything. A `HostId` is not a `GuestId`: automation that once deleted the
//! wrong kind of object by a bare string is the reason why ids are types.

mod contact;
mod error;
mod id;
mod labels;
mod lang;
mod pairs;
mod pattern;
mod said;
mod severity;
mod span;

pub use contact::{Contact, ContactError, Key, MAX_DELAY, Place, SlackTo, Way, WayError};
pub use error::with_sources;
pub use id::{
    ComponentId, ContactId, CustomerId, DecisionId, GuestId, HeartbeatId, HostId, HoursId, IdError, IncidentId,
    MaintenanceId, OsdId, PageId, PersonId, PlatformId, PolicyId, RequestId, RouteId, RuleId, ScheduleId, SensorId,
    SilenceId, SourceGroupId, SourceId, TeamId, TicketId, TokenId, TrackerId,
};
pub use jiff::Timestamp;
pub use labels::{Fingerprint, Labels, MatchError, MatchOp, Matcher, Matchers};
pub use lang::Lang;
pub use pairs::Pairs;
pub use pattern::{Pattern, PatternError};
pub use said::Said;
pub use severity::{Severity, Urgency};
pub use span::{Span, SpanError};
