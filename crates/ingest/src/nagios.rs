//! Nagios and Icinga: the environment of a notification command as fields, and Icinga Notifications' own events.

#[cfg(test)]
mod tests;

use crate::draft::Draft;
use crate::error::shown;
use crate::fields::Fields;
use crate::{Acked, Ends, IntakeError, Key, Parsed};

/// Each fact under the names that Nagios, Icinga 2 and their scripts give it.
const KIND: &[&str] = &["NOTIFICATIONTYPE", "notification_type", "type"];
const HOST: &[&str] = &["HOSTNAME", "host_name", "HOSTALIAS", "host"];
const SERVICE: &[&str] = &["SERVICEDESC", "service_name", "SERVICENAME", "service"];
const STATE: &[&str] = &["SERVICESTATE", "service_state", "HOSTSTATE", "host_state", "state"];
const OUTPUT: &[&str] = &["SERVICEOUTPUT", "service_output", "HOSTOUTPUT", "host_output", "output"];
const LONG: &[&str] = &["LONGSERVICEOUTPUT", "LONGHOSTOUTPUT", "long_output"];
const AUTHOR: &[&str] = &["NOTIFICATIONAUTHOR", "NOTIFICATIONAUTHORNAME", "notification_author", "author", "username"];
const COMMENT: &[&str] = &["NOTIFICATIONCOMMENT", "notification_comment", "comment", "message"];
const ADDRESS: &[&str] = &["HOSTADDRESS", "host_address", "address"];
const TIME: &[&str] = &["TIMET", "timet", "timestamp"];
const LINK: &[&str] = &["SERVICENOTESURL", "HOSTNOTESURL", "notes_url", "url"];
const GROUPS: &[&str] = &["HOSTGROUPNAME", "host_group"];

/// Parses a notification.
///
/// # Errors
/// The body is no object or form, names no host, or its type or state is none that is known.
pub fn nagios(body: &[u8], content_type: &str) -> Result<Parsed, IntakeError> {
    let fields = Fields::read(body, content_type)?;
    if fields.0.contains_key("tags") && fields.0.contains_key("severity") {
        return icinga_notifications(&fields);
    }
    let (host, service) = (fields.first(HOST), fields.first(SERVICE));
    if host.is_empty() {
        return Err(IntakeError::content(["host_name (or HOSTNAME): is missing".to_owned()]));
    }
    let id = if service.is_empty() { host.clone() } else { format!("{host}!{service}") };
    let state = fields.first(STATE).to_ascii_uppercase();
    match fields.first(KIND).to_ascii_uppercase().as_str() {
        "RECOVERY" => Ok(Parsed::one(Draft::over(id, &fields.first(TIME)))),
        "PROBLEM" | "" if matches!(state.as_str(), "OK" | "UP") => {
            Ok(Parsed::one(Draft::over(id, &fields.first(TIME))))
        }
        "PROBLEM" | "" => {
            let severity = severity_of(&state).ok_or_else(|| unknown_state(&state))?;
            let mut draft = Draft::default();
            draft.label("severity", severity).label("host", host).label("state", state);
            draft.label("alertname", if service.is_empty() { "HostDown".to_owned() } else { service.clone() });
            draft.label("service", service).label("hostgroup", fields.first(GROUPS));
            draft.say("summary", summary(&id, &fields.first(OUTPUT))).say("description", fields.first(LONG));
            draft.say("address", fields.first(ADDRESS)).say("check_command", fields.text("check_command"));
            draft.link(fields.first(LINK)).since(&fields.first(TIME));
            Ok(Parsed::one(draft.build(Key::Named(id), Ends::WhenResolved)))
        }
        "ACKNOWLEDGEMENT" => Ok(Parsed::ack(Acked { key: id, who: fields.first(AUTHOR), text: fields.first(COMMENT) })),
        // Notes about notifications: they neither begin nor end anything.
        "FLAPPINGSTART" | "FLAPPINGSTOP" | "FLAPPINGEND" | "FLAPPINGDISABLED" | "DOWNTIMESTART" | "DOWNTIMEEND"
        | "DOWNTIMECANCELLED" | "DOWNTIMEREMOVED" | "CUSTOM" => Ok(Parsed::default()),
        other => Err(IntakeError::content([format!(
            "notification_type: found {:?}, allowed are PROBLEM, RECOVERY, ACKNOWLEDGEMENT, FLAPPING…, DOWNTIME… and CUSTOM",
            shown(other)
        )])),
    }
}

fn summary(id: &str, output: &str) -> String {
    let name = id.replace('!', " ");
    if output.is_empty() { name } else { format!("{name}: {output}") }
}

fn severity_of(state: &str) -> Option<&'static str> {
    match state {
        "CRITICAL" | "DOWN" | "UNREACHABLE" => Some("critical"),
        "WARNING" | "UNKNOWN" => Some("warning"),
        _ => None,
    }
}

fn unknown_state(state: &str) -> IntakeError {
    IntakeError::content([format!(
        "service_state (or host_state): found {:?}, allowed are OK, WARNING, CRITICAL, UNKNOWN, UP, DOWN and UNREACHABLE",
        shown(state)
    )])
}

/// `{"name", "url", "tags": {"host", "service"}, "type": "state", "severity": "crit", "message"}`.
fn icinga_notifications(fields: &Fields) -> Result<Parsed, IntakeError> {
    let tags = fields.object("tags");
    let (host, service) = (tags.text("host"), tags.text("service"));
    let id = match (host.as_str(), service.as_str()) {
        ("", "") => fields.text("name"),
        (host, "") => host.to_owned(),
        (host, service) => format!("{host}!{service}"),
    };
    if id.is_empty() {
        return Err(IntakeError::content(["tags.host: is missing".to_owned()]));
    }
    match fields.text("type").as_str() {
        "state" | "" => {}
        "acknowledgement-set" => {
            return Ok(Parsed::ack(Acked { key: id, who: fields.text("username"), text: fields.text("message") }));
        }
        // Downtimes, flapping, custom notes.
        _ => return Ok(Parsed::default()),
    }
    let severity = match fields.text("severity").as_str() {
        "ok" => return Ok(Parsed::one(Draft::over(id, ""))),
        "crit" | "emerg" | "alert" | "err" => "critical",
        "warning" => "warning",
        "notice" | "info" | "debug" => "info",
        other => {
            let why = format!(
                "severity: found {:?}, allowed are ok, debug, info, notice, warning, err, crit, alert and emerg",
                shown(other)
            );
            return Err(IntakeError::content([why]));
        }
    };
    let mut draft = Draft::default();
    draft.labels(&tags).label("severity", severity);
    draft.label("alertname", if service.is_empty() { "HostDown".to_owned() } else { service });
    draft.say("summary", summary(&fields.text("name"), &fields.text("message"))).link(fields.text("url"));
    Ok(Parsed::one(draft.build(Key::Named(id), Ends::WhenResolved)))
}
