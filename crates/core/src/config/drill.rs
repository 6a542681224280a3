//! `[drill]` and `[watchdog]`: whether paging itself works, tried by schedule and watched from outside.

use noout_types::Span;
use serde::{Deserialize, Serialize};

use super::WallTime;

/// `[drill]`: everybody's contacts are tried from end to end, by day and before a shift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DrillRules {
    /// Whether contacts are tried by themselves. Without, people try them when they think of it.
    pub enabled: bool,
    /// At which time of each person's wall clock: a drill wakes nobody.
    pub at: WallTime,
    /// For how long a confirmed contact counts as known to work.
    pub every: Span,
    /// How long before a shift its people are tried, if what is known of their contacts is older than `every` by then.
    pub before: Span,
    /// How long an answer is waited for; who has not confirmed any contact by then counts as not reachable.
    pub answer: Span,
}

impl Default for DrillRules {
    fn default() -> Self {
        Self {
            enabled: true,
            at: WallTime::TEN,
            every: Span::from_hours(24 * 30),
            before: Span::from_hours(48),
            answer: Span::from_hours(12),
        }
    }
}

/// `[watchdog]`: who outside notices that noout is dead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watchdog {
    /// Addresses that are asked for (`GET`) as long as paging works, and with `/fail` behind them when it does not: another
    /// noout's `/ping/…`, or any service of that kind. May be `env:NAME`, `file:PATH` or `cred:NAME`.
    pub urls: Vec<String>,
    /// How often.
    pub every: Span,
}

impl Default for Watchdog {
    fn default() -> Self {
        Self { urls: Vec::new(), every: Span::from_mins(1) }
    }
}
