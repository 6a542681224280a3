//! What Prometheus sends to Alertmanager, and what Alertmanager sends on.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use crate::error::{one_by_one, parse, shown};
use crate::field::{Annotations, LabelSet, Named, Object, When, text};
use crate::limits::{MAX_ALERTS, MAX_URL_BYTES};
use crate::{Ends, Incoming, IntakeError, Key, Parsed, Rejected};

/// Parses the body of `POST /api/v2/alerts`: an array of alerts.
///
/// As Alertmanager does, empty labels are left out, an alert without labels or one that ends before it starts is
/// rejected, and the others of the body are taken. Label names may be any UTF-8 (Alertmanager since 0.27). Unknown
/// fields are ignored, because Prometheus adds fields over time.
///
/// An alert with a field of the wrong type is rejected alone.
///
/// # Errors
/// The body is too long, no JSON, or no array of objects; nothing of it is taken then.
pub fn alertmanager_v2(body: &[u8]) -> Result<Parsed, IntakeError> {
    let alerts = match parse::<Alerts>(body) {
        Ok(Alerts(alerts)) => alerts.into_iter().map(Ok).collect(),
        Err(why) => apart(body, why, |whole| match whole {
            serde_json::Value::Array(elements) => Some(elements),
            _ => None,
        })?,
    };
    Ok(collect(alerts, 0, |alert| {
        let starts_at = alert.starts_at.check("startsAt")?;
        let ends_at = alert.ends_at.check("endsAt")?;
        if let (Some(from), Some(to)) = (starts_at, ends_at)
            && to < from
        {
            return Err(format!(".endsAt: found {to}, which is before startsAt {from}"));
        }
        Ok((starts_at, ends_at.map_or(Ends::Unknown, Ends::At)))
    }))
}

/// Parses the body of Alertmanager's webhook (version 4): a group of alerts. Each alert's own `status` decides; its
/// `endsAt` only tells since when a resolved one is over.
///
/// # Errors
/// The body is too long, no JSON, or no object with an array of objects; nothing of it is taken then.
pub fn alertmanager_webhook(body: &[u8]) -> Result<Parsed, IntakeError> {
    let (group, alerts) = match parse::<Object<Group>>(body) {
        Ok(Object(mut group)) => {
            let alerts = std::mem::take(&mut group.alerts.0);
            (group, alerts.into_iter().map(Ok).collect())
        }
        Err(why) => {
            let mut group = Group::default();
            let alerts = apart(body, why, |whole| {
                let serde_json::Value::Object(mut fields) = whole else { return None };
                let Some(serde_json::Value::Array(elements)) = fields.remove("alerts") else { return None };
                // The rest of the group must be right: its status speaks for alerts without one.
                fields.insert("alerts".to_owned(), serde_json::Value::Array(Vec::new()));
                group = serde_json::from_value(serde_json::Value::Object(fields)).ok()?;
                Some(elements)
            })?;
            (group, alerts)
        }
    };
    // A group is resolved when all of its alerts are; it is firing when one is. So for an alert without a status
    // (none of the known senders leaves it out) only the first is evidence.
    let group_status = if group.status == "resolved" { "resolved" } else { "firing" };
    Ok(collect(alerts, group.truncated_alerts.unwrap_or(0), |alert| {
        let starts_at = alert.starts_at.check("startsAt")?;
        let status = if alert.status.is_empty() { group_status } else { alert.status.as_str() };
        match status {
            "firing" => Ok((starts_at, Ends::WhenResolved)),
            // That it is over is what counts: a time that cannot be read is no reason to let it go on.
            "resolved" => Ok((starts_at, Ends::Resolved(alert.ends_at.check("endsAt").unwrap_or(None)))),
            other => Err(format!(".status: found {:?}, allowed is \"firing\" or \"resolved\"", shown(other))),
        }
    }))
}

/// An alert's times, as far as they are judged.
struct Times {
    starts_at: When,
    ends_at: When,
    status: String,
}

type Judged = Result<(Option<noout_types::Timestamp>, Ends), String>;

/// Reads the alerts of a body one by one, after it could not be read as a whole: an alert with a field of the wrong type must
/// not take the others with it. What is not even a list of objects stays an error of the whole.
fn apart(
    body: &[u8],
    why: IntakeError,
    alerts: impl FnOnce(serde_json::Value) -> Option<Vec<serde_json::Value>>,
) -> Result<Vec<Result<Alert, String>>, IntakeError> {
    if !matches!(why, IntakeError::Shape { .. }) {
        return Err(why);
    }
    let whole = serde_json::from_slice(body).unwrap_or_default();
    match alerts(whole) {
        // One alone is the whole body: then its line and column help.
        Some(elements) if (2..=MAX_ALERTS).contains(&elements.len()) => {
            Ok(one_by_one::<Object<Alert>>(elements).into_iter().map(|read| read.map(|Object(alert)| alert)).collect())
        }
        _ => Err(why),
    }
}

fn collect(alerts: Vec<Result<Alert, String>>, truncated: u64, judge: impl Fn(Times) -> Judged) -> Parsed {
    let mut parsed = Parsed { alerts: Vec::with_capacity(alerts.len()), truncated, ..Parsed::default() };
    for (index, alert) in alerts.into_iter().enumerate() {
        let alert = match alert {
            Ok(alert) => alert,
            Err(why) => {
                parsed.rejected.push(Rejected { index, why });
                continue;
            }
        };
        let times = Times { starts_at: alert.starts_at, ends_at: alert.ends_at, status: alert.status };
        match alert.labels.check().and_then(|labels| Ok((labels, judge(times)?))) {
            Ok((labels, (starts_at, ends))) => parsed.alerts.push(Incoming {
                labels,
                key: Key::Labels,
                annotations: alert.annotations.0,
                starts_at,
                ends,
                generator_url: if alert.generator_url.len() > MAX_URL_BYTES {
                    String::new()
                } else {
                    alert.generator_url
                },
            }),
            Err(why) => parsed.rejected.push(Rejected { index, why }),
        }
    }
    parsed
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    #[serde(default)]
    labels: LabelSet,
    #[serde(default)]
    annotations: Annotations,
    #[serde(default)]
    starts_at: When,
    #[serde(default)]
    ends_at: When,
    #[serde(default, rename = "generatorURL", deserialize_with = "text")]
    generator_url: String,
    /// Only in the webhook.
    #[serde(default, deserialize_with = "text")]
    status: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    alerts: Alerts,
    #[serde(default, deserialize_with = "text")]
    status: String,
    #[serde(default)]
    truncated_alerts: Option<u64>,
}

impl Named for Alert {
    const NAME: &str = "an alert as an object";
}

impl Named for Group {
    const NAME: &str = "an object with the field \"alerts\"";
}

/// A bounded list of alerts.
#[derive(Default)]
struct Alerts(Vec<Alert>);

impl<'de> Deserialize<'de> for Alerts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Alerts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of alerts")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Alerts, A::Error> {
                let mut alerts = Vec::new();
                while let Some(Object(alert)) = seq.next_element::<Object<Alert>>()? {
                    if alerts.len() >= MAX_ALERTS {
                        return Err(A::Error::custom(format_args!(
                            "found more than {MAX_ALERTS} alerts in one body, that many are allowed; send fewer at once"
                        )));
                    }
                    alerts.push(alert);
                }
                Ok(Alerts(alerts))
            }
        }
        deserializer.deserialize_seq(V)
    }
}
