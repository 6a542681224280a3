//! Reading lists.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Settings, round, wire};

/// Reads a list once to count what is in it, and then again and again with a clock.
pub(crate) async fn read(settings: &Settings) -> Result<Value, String> {
    let path = settings.list.as_deref().unwrap_or("/api/v2/alerts");
    let mut body = Vec::new();
    let counted = wire::get(settings, path, |piece| body.extend_from_slice(piece)).await?;
    let text = String::from_utf8_lossy(&body);
    let mut out =
        json!({ "status": counted.status, "bytes": counted.bytes, "alerts": text.matches("\"fingerprint\":").count() });
    if let Some(file) = &settings.accepted {
        let listed: BTreeSet<usize> = text
            .split("\"instance\":\"host-")
            .skip(1)
            .filter_map(|rest| rest.split(':').next()?.parse().ok())
            .collect();
        let accepted = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
        let accepted: BTreeSet<usize> = accepted.lines().filter_map(|line| line.parse().ok()).collect();
        out["accepted"] = json!(accepted.len());
        out["distinct"] = json!(listed.len());
        out["missing"] = json!(accepted.difference(&listed).count());
    }
    drop(body);
    let (mut first, mut total) = (Vec::new(), Vec::new());
    for _ in 0..settings.times {
        let whole = wire::get(settings, path, |_| {}).await?;
        first.push(whole.first);
        total.push(whole.total);
    }
    first.sort();
    total.sort();
    let ms = |times: &[Duration], place: usize| round(times[place].as_secs_f64() * 1e3);
    out["first_byte_ms"] = json!(ms(&first, first.len() / 2));
    out["median_ms"] = json!(ms(&total, total.len() / 2));
    out["worst_ms"] = json!(ms(&total, total.len() - 1));
    Ok(out)
}
