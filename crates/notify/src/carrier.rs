//! A carrier of text messages and calls that speaks Twilio's API (Twilio itself, and the many that copied it).
//!
//! Requests are forms with basic authentication; callbacks carry a signature made with the account's token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use noout_types::Span;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use url::Url;

use crate::http::{Answer, Call, Http};
use crate::services::below;
use crate::{Followed, Outcome};

/// Header of a callback with its signature.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";

/// Longest name of a message that is kept: theirs have 34 letters.
const MAX_SID: usize = 64;

/// An account at a carrier.
#[derive(Debug, Clone)]
pub struct Carrier {
    /// The operator's name for it.
    pub id: String,
    /// Where its API answers.
    pub url: Url,
    /// The account.
    pub account: String,
    /// The account's token.
    pub token: SecretString,
    /// The sender's number, name or messaging service.
    pub from: String,
}

impl Carrier {
    /// Whether a callback was signed by this carrier: its URL as the carrier was given it, and its form's fields.
    #[must_use]
    pub fn signed(&self, url: &str, fields: &[(String, String)], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let Some(mac) = self.mac(url, fields) else { return false };
        mac.verify_slice(&signature).is_ok()
    }

    /// The signature of a callback, as the carrier makes it: for tests and for what imitates a carrier.
    #[must_use]
    pub fn signature(&self, url: &str, fields: &[(String, String)]) -> String {
        self.mac(url, fields).map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default()
    }

    fn mac(&self, url: &str, fields: &[(String, String)]) -> Option<Hmac<Sha1>> {
        let mut mac = Hmac::<Sha1>::new_from_slice(self.token.expose_secret().as_bytes()).ok()?;
        mac.update(url.as_bytes());
        let mut sorted: Vec<_> = fields.iter().collect();
        sorted.sort();
        for (name, value) in sorted {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        Some(mac)
    }

    fn at(&self, parts: &[&str]) -> Url {
        let mut path = vec!["2010-04-01", "Accounts", &self.account];
        path.extend(parts);
        below(&self.url, &path)
    }

    async fn ask(
        &self,
        http: &Http,
        method: Method,
        parts: &[&str],
        form: Option<&[(&str, &str)]>,
    ) -> Result<Answer, Outcome> {
        let token = self.token.expose_secret();
        let secrets = [token, &self.account];
        let call = Call::new(method, self.at(parts), &secrets).basic(&self.account, token);
        http.exchange(match form {
            Some(fields) => call.form(fields),
            None => call,
        })
        .await
    }

    /// Hands a message or call over. The handle names this carrier, too.
    pub(crate) async fn create(&self, http: &Http, what: &str, fields: &[(&str, &str)], wait: Span) -> Outcome {
        let answer = match self.ask(http, Method::POST, &[what], Some(fields)).await {
            Ok(answer) if answer.status.is_success() => answer,
            Ok(answer) => return answer.outcome(),
            Err(outcome) => return outcome,
        };
        let said = answer.json();
        let sid =
            said["sid"].as_str().filter(|sid| sid.len() <= MAX_SID && sid.chars().all(|c| c.is_ascii_alphanumeric()));
        match sid {
            Some(sid) => {
                let (words, handle) = (format!("{} {}", self.id, answer.words()), Some(format!("{}:{sid}", self.id)));
                Outcome::Accepted { words, handle, wait }
            }
            None => Outcome::Ambiguous(format!("{} answered without the message's id", self.id)),
        }
    }

    /// The carrier's word for the state of a message or call; nothing where it did not say.
    pub(crate) async fn state(&self, http: &Http, what: &str, sid: &str) -> Option<String> {
        let answer = self.ask(http, Method::GET, &[what, &format!("{sid}.json")], None).await.ok()?;
        answer.json()["status"].as_str().map(str::to_owned)
    }

    /// Ends a call that still rings; one that somebody took goes on to its end.
    pub(crate) async fn hang_up(&self, http: &Http, sid: &str) {
        let path = ["Calls", &format!("{sid}.json")];
        let _ended_by_itself = self.ask(http, Method::POST, &path, Some(&[("Status", "canceled")])).await;
    }
}

/// Carriers that did not take a message, in the order in which they were tried.
#[derive(Default)]
pub(crate) struct Failures {
    outcomes: Vec<Outcome>,
    words: Vec<String>,
}

impl Failures {
    /// Ends the search if the carrier took it; else the next one is to be tried.
    pub(crate) fn or_taken(&mut self, carrier: &Carrier, outcome: Outcome) -> Option<Outcome> {
        if matches!(outcome, Outcome::Accepted { .. } | Outcome::Delivered(_)) {
            return Some(outcome);
        }
        self.words.push(format!("{}: {}", carrier.id, outcome.words()));
        self.outcomes.push(outcome);
        None
    }

    /// No carrier took it: what most likely helps later counts.
    pub(crate) fn outcome(self) -> Outcome {
        let words = self.words.join("; ");
        let busy = self.outcomes.iter().filter_map(|o| match o {
            Outcome::Busy { retry_after, .. } => Some(*retry_after),
            _ => None,
        });
        if self.outcomes.iter().any(|o| matches!(o, Outcome::Ambiguous(_))) {
            Outcome::Ambiguous(words)
        } else if self.outcomes.iter().any(|o| matches!(o, Outcome::Transient(_))) {
            Outcome::Transient(words)
        } else if let Some(retry_after) = busy.min() {
            Outcome::Busy { words, retry_after }
        } else {
            Outcome::Permanent(words)
        }
    }
}

/// The carrier and the message behind a handle.
pub(crate) fn behind<'a, 'h>(
    carriers: &'a [std::sync::Arc<Carrier>],
    handle: &'h str,
) -> Option<(&'a Carrier, &'h str)> {
    let (id, sid) = handle.split_once(':')?;
    carriers.iter().find(|c| c.id == id).map(|c| (&**c, sid))
}

/// Nobody can be asked any more.
pub(crate) fn unknown() -> Followed {
    Followed::Refused("its carrier is not in the configuration any more".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_documentation() {
        // The example of Twilio's "Validating Signatures from Twilio".
        let carrier = Carrier {
            id: "t".to_owned(),
            url: Url::parse("https://api.twilio.com").expect("a URL"),
            account: "AC1".to_owned(),
            token: "12345".to_owned().into(),
            from: "+1".to_owned(),
        };
        let fields = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+12349013030"),
            ("Digits", "1234"),
            ("From", "+12349013030"),
            ("To", "+18005551212"),
        ];
        let mut fields: Vec<_> = fields.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec();
        fields.reverse();
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        assert_eq!(carrier.signature(url, &fields), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
        assert!(carrier.signed(url, &fields, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
        assert!(!carrier.signed(url, &fields[1..], "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
        assert!(!carrier.signed(url, &fields, "") && !carrier.signed(url, &fields, "not base64"));
    }
}
