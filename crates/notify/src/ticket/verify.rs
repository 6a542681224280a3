//! Webhooks of ticket systems: is this one theirs. What they say is never taken from them: they only tell that it is
//! time to read the ticket.

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::TicketKind;

/// A webhook that is not theirs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// The header is not there.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// It does not fit the body and the secret.
    #[error("the header {0} does not fit: is the secret the same on both sides?")]
    Wrong(&'static str),
}

/// Checks a webhook, as each system signs them: `header` gives a header's value by its name.
///
/// - GitLab sends the secret itself as `X-Gitlab-Token`.
/// - Jira signs the body by HMAC-SHA256: `X-Hub-Signature: sha256=HEX`.
/// - Zammad signs the body by HMAC-SHA1: `X-Hub-Signature: sha1=HEX`.
/// - GLPI signs the body and a time behind it by HMAC-SHA256: `X-GLPI-signature: HEX`, `X-GLPI-timestamp`.
/// - ServiceNow signs nothing by itself: its outbound REST message sends the secret as `X-Noout-Token`.
///
/// # Errors
/// It is not theirs.
pub fn verify<'h>(
    kind: TicketKind,
    secret: &SecretString,
    header: impl Fn(&'static str) -> Option<&'h str>,
    body: &[u8],
) -> Result<(), Unverified> {
    let get = |name| header(name).ok_or(Unverified::Missing(name));
    let secret = secret.expose_secret();
    let (name, holds) = match kind {
        TicketKind::Gitlab => ("x-gitlab-token", same(get("x-gitlab-token")?.as_bytes(), secret.as_bytes())),
        TicketKind::Servicenow => ("x-noout-token", same(get("x-noout-token")?.as_bytes(), secret.as_bytes())),
        TicketKind::Jira => {
            ("x-hub-signature", holds::<Hmac<Sha256>>(secret, &[body], get("x-hub-signature")?, "sha256="))
        }
        TicketKind::Zammad => {
            ("x-hub-signature", holds::<Hmac<Sha1>>(secret, &[body], get("x-hub-signature")?, "sha1="))
        }
        TicketKind::Glpi => {
            let at = get("x-glpi-timestamp")?;
            ("x-glpi-signature", holds::<Hmac<Sha256>>(secret, &[body, at.as_bytes()], get("x-glpi-signature")?, ""))
        }
    };
    if holds && !secret.is_empty() { Ok(()) } else { Err(Unverified::Wrong(name)) }
}

fn same(found: &[u8], wanted: &[u8]) -> bool {
    found.ct_eq(wanted).into()
}

fn holds<M: Mac + hmac::digest::KeyInit>(secret: &str, parts: &[&[u8]], found: &str, prefix: &str) -> bool {
    let Some(Ok(tag)) = found.trim().strip_prefix(prefix).map(hex::decode) else { return false };
    let Ok(mut mac) = <M as Mac>::new_from_slice(secret.as_bytes()) else { return false };
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(&tag).is_ok()
}
