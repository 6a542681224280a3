//! Typed ids. Text ids come from operators' files and platforms; numbered ids are given by the core.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest text id in bytes. Ids stand in URLs, labels and file names.
pub const MAX_ID_BYTES: usize = 128;

/// Why a text cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} cannot be an id: allowed are 1 to {MAX_ID_BYTES} letters, digits and . _ - : / @ (found {why})")]
pub struct IdError {
    /// The text that was refused.
    pub found: String,
    /// What is wrong with it, in words.
    pub why: String,
}

/// How an id may look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A name that an operator gives: it stands in command lines, paths and addresses.
    Ours,
    /// A name that a platform gives.
    Theirs,
}

fn check(text: &str, form: Form) -> Result<(), IdError> {
    let why = if text.is_empty() {
        "nothing".to_owned()
    } else if text.len() > MAX_ID_BYTES {
        format!("{} bytes", text.len())
    } else if let Some(bad) =
        text.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '/' | '@')))
    {
        format!("the character {bad:?}")
    } else if form == Form::Ours && text.contains('/') {
        "the character '/', which names that you give may not have".to_owned()
    } else if form == Form::Ours && text.starts_with(['-', '.']) {
        format!("{:?} at its beginning", &text[..1])
    } else {
        return Ok(());
    };
    Err(IdError { found: text.to_owned(), why })
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident: $form:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Checks and takes a text as id.
            ///
            /// # Errors
            /// The text is empty, too long or carries a character that ids may not have.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                check(text.as_ref(), Form::$form)?;
                Ok(Self(text.as_ref().into()))
            }

            /// The text of the id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )+};
}

text_id! {
    /// A job that says regularly that it is alive.
    HeartbeatId: Ours,
    /// A person who can be paged.
    PersonId: Ours,
    /// A schedule: rotations that say who is on call.
    ScheduleId: Ours,
    /// An escalation policy.
    PolicyId: Ours,
    /// A route: which alerts go to which policy.
    RouteId: Ours,
    /// A platform that noout looks at or acts on: a Proxmox cluster, a Ceph cluster, the lab.
    PlatformId: Ours,
    /// A host of a platform: the machine that fails, gets repaired and comes back.
    HostId: Ours,
    /// A guest: a virtual machine or a container that runs on a host.
    GuestId: Theirs,
    /// A sensor of a host's BMC, for example `FAN3`.
    SensorId: Theirs,
    /// A customer whose guests run on a platform.
    CustomerId: Theirs,
    /// A component of the public status page.
    ComponentId: Ours,
    /// Where alerts come from: a `[[source]]`, or `loopback`.
    SourceId: Ours,
    /// Sources that may speak of each other's alerts.
    SourceGroupId: Ours,
    /// A ticket system that incidents are filed in.
    TrackerId: Ours,
    /// What lets a program elsewhere ask the API.
    TokenId: Ours,
    /// People who are told together.
    TeamId: Ours,
    /// A rule of the configuration that keeps alerts from waking people.
    RuleId: Ours,
    /// Hours of the week, for example those in which the office is there.
    HoursId: Ours,
}

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.trim_start_matches('#').parse().map(Self)
            }
        }
    )+};
}

number_id! {
    /// An incident. Numbered densely by the core, from 1.
    IncidentId,
    /// A page: noout's obligation to reach one person about one incident.
    PageId,
    /// A maintenance: one host's way out and back.
    MaintenanceId,
    /// A ticket: an incident in one ticket system. Numbered by the core, from 1.
    TicketId,
    /// A Ceph OSD's number.
    OsdId,
    /// A silence. Numbered densely by the core, from 1.
    SilenceId,
    /// A request of another team. Numbered densely by the core, from 1.
    RequestId,
    /// A question that the team decides. Numbered densely by the core, from 1.
    DecisionId,
}

/// A contact method of a person by its place in that person's list, from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContactId {
    /// Whose contact method.
    pub person: PersonId,
    /// Its place in the person's list, from 0.
    pub index: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_what_is_wrong_with_it() {
        assert_eq!(HostId::new("pve3").map(|id| id.to_string()), Ok("pve3".to_owned()));
        let err = HostId::new("pve 3").map_err(|e| e.to_string());
        assert!(err.is_err_and(|e| e.contains("' '")), "the bad character is shown");
        assert!(GuestId::new("").is_err());
        assert!(GuestId::new("x".repeat(MAX_ID_BYTES + 1)).is_err());
    }

    #[test]
    fn a_name_of_ours_is_neither_an_option_nor_a_path() {
        for bad in ["-rf", "--help", "../../etc", "/", "a/b", "..", ".hidden"] {
            assert!(HostId::new(bad).is_err() && PersonId::new(bad).is_err(), "{bad}");
        }
        for good in ["pve3", "pve-3", "pve3.example.org", "büro"] {
            assert!(HostId::new(good).is_ok(), "{good}");
        }
        assert!(GuestId::new("qemu/100").is_ok() && SensorId::new("-12V").is_ok(), "platforms name as they like");
    }

    #[test]
    fn numbers_may_be_written_with_a_hash() {
        assert_eq!("#42".parse(), Ok(IncidentId(42)));
        assert!("x".parse::<IncidentId>().is_err());
    }
}
