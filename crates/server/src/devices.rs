//! Devices that are pushed to: their subscriptions are encrypted in the journal, and open only where they are used.

use noout_notify::Subscription;

use crate::App;

const PURPOSE: &str = "push subscription";

/// Encrypts a subscription.
pub(crate) fn seal(app: &App, subscription: &Subscription) -> Option<String> {
    let text = serde_json::to_string(subscription).ok()?;
    Some(app.keys().lock(PURPOSE, &text))
}

/// Opens what can be opened: with another key file nothing can, and those devices enrol anew.
pub(crate) fn open(app: &App, sealed: &[(String, String)]) -> Vec<(String, Subscription)> {
    let one = |(id, sealed): &(String, String)| {
        let text = app.keys().unlock(PURPOSE, sealed)?;
        Some((id.clone(), serde_json::from_str(&text).ok()?))
    };
    sealed.iter().filter_map(one).collect()
}
