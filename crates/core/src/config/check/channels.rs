//! What pages are sent with, beside mail: `[push]`, `[pushover]`, `[slack]`, `[matrix]`, `[telegram]`, `[[sms]]`, `[[voice]]`.

use super::Check;
use super::server::web_url;
use crate::config::Carrier;

pub(super) fn check(check: &mut Check<'_>) {
    let config = check.config;
    if let Some(subject) = &config.push.subject
        && !subject.starts_with("mailto:")
        && !subject.starts_with("https://")
    {
        let message = format!("{subject:?} says nobody whom to ask: write \"mailto:noc@example.org\" or an https URL");
        check.error("push.subject", message);
    }
    let services = [
        ("pushover", config.pushover.as_ref().map(|s| (&s.url, &s.token))),
        ("slack", config.slack.as_ref().map(|s| (&s.url, &s.token))),
        ("matrix", config.matrix.as_ref().map(|s| (&s.url, &s.token))),
        ("telegram", config.telegram.as_ref().map(|s| (&s.url, &s.token))),
    ];
    for (section, service) in services {
        let Some((url, token)) = service else { continue };
        web_url(check, &format!("{section}.url"), Some(url));
        check.secret(&format!("{section}.token"), Some(token));
    }
    carriers(check, "sms", &config.sms);
    carriers(check, "voice", &config.voice);
}

fn carriers(check: &mut Check<'_>, section: &str, carriers: &[Carrier]) {
    check.once(section, "id", carriers.iter().map(|c| c.id.as_str()));
    for (i, carrier) in carriers.iter().enumerate() {
        let at = format!("{section}[{i}]");
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if carrier.id.is_empty() || carrier.id.len() > 32 || !carrier.id.chars().all(plain) {
            let message = format!("{:?} cannot be an id here: allowed are 1 to 32 of a-z A-Z 0-9 - _", carrier.id);
            check.error(&format!("{at}.id"), message);
        }
        if carrier.account.is_empty() || !carrier.account.chars().all(plain) {
            check.error(&format!("{at}.account"), "the account is no id of letters and digits");
        }
        if carrier.from.trim().is_empty() {
            check.error(
                &format!("{at}.from"),
                "a sender is needed: a number of the account, for example \"+41446681800\"",
            );
        }
        web_url(check, &format!("{at}.url"), Some(&carrier.url));
        check.secret(&format!("{at}.token"), Some(&carrier.token));
    }
}
