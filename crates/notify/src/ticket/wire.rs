//! Requests to a ticket system and what their answers mean.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{TicketError, TicketSystemError};
use crate::HttpSettings;
use crate::http::{Http, spell};

/// The longest answer that is read: a ticket with some hundred comments.
const MAX_ANSWER: usize = 4 << 20;

/// The system's address and the client.
pub(super) struct Wire {
    base: Url,
    http: Http,
    headers: HeaderMap,
}

/// An answer with a status of success, or 404.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    body: Vec<u8>,
}

impl Wire {
    pub(super) fn new(base: Url, settings: &HttpSettings) -> Result<Self, TicketSystemError> {
        Ok(Self::over(base, Http::new(settings)?))
    }

    /// Over a client with other limits.
    pub(super) fn over(base: Url, http: Http) -> Self {
        Self { base, http, headers: HeaderMap::new() }
    }

    /// Adds a header to all requests.
    pub(super) fn header(&mut self, name: &'static str, value: &str) -> Result<(), TicketSystemError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| TicketSystemError::Secret)?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(())
    }

    /// `Authorization` by user and password, or by token alone.
    pub(super) fn authorize(
        &mut self,
        user: Option<&SecretString>,
        token: &SecretString,
    ) -> Result<(), TicketSystemError> {
        use base64::Engine as _;
        let value = match user {
            Some(user) => {
                let both = format!("{}:{}", user.expose_secret(), token.expose_secret());
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(both))
            }
            None => format!("Bearer {}", token.expose_secret()),
        };
        self.header("authorization", &value)
    }

    /// An address under the system's own path. Parts are escaped, so that none of them leaves its place.
    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    pub(super) async fn get(&self, url: Url) -> Result<Answer, TicketError> {
        self.call(Method::GET, url, &HeaderMap::new(), None).await
    }

    pub(super) async fn post(&self, url: Url, body: &Value) -> Result<Answer, TicketError> {
        self.call(Method::POST, url, &HeaderMap::new(), Some(body)).await
    }

    pub(super) async fn put(&self, url: Url, body: &Value) -> Result<Answer, TicketError> {
        self.call(Method::PUT, url, &HeaderMap::new(), Some(body)).await
    }

    pub(super) async fn patch(&self, url: Url, body: &Value) -> Result<Answer, TicketError> {
        self.call(Method::PATCH, url, &HeaderMap::new(), Some(body)).await
    }

    /// One request. 404 is an answer, because some ask by it; all else that is no success is an error.
    pub(super) async fn call(
        &self,
        method: Method,
        url: Url,
        extra: &HeaderMap,
        body: Option<&Value>,
    ) -> Result<Answer, TicketError> {
        let reads = method == Method::GET;
        let mut headers = self.headers.clone();
        headers.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        headers.insert(reqwest::header::ACCEPT, HeaderValue::from_static("application/json"));
        let (status, body) = match self.http.call(method, url, headers, body, MAX_ANSWER).await {
            Ok(answer) => answer,
            // What only reads did nothing, however it ended.
            Err(TicketError::Ambiguous(why)) if reads => return Err(TicketError::Transient(why)),
            Err(error) => return Err(error),
        };
        match status.as_u16() {
            200..300 | 404 => Ok(Answer { status, body }),
            // Said of this moment, not of the request. After a 5xx of a proxy nobody knows what came behind it.
            408 | 425 | 429 | 503 => Err(TicketError::Transient(format!("answered {}", spell(status)))),
            500..600 if reads => Err(TicketError::Transient(format!("answered {}", spell(status)))),
            500..600 => Err(TicketError::Ambiguous(format!("answered {}", spell(status)))),
            _ => Err(TicketError::Permanent(format!("answered {}{}", spell(status), reason(&body)))),
        }
    }
}

/// More of a reason than this is no reason.
const REASON_CHARS: usize = 200;

/// What a system says about a refusal, in the places where the five of them say it.
fn reason(body: &[u8]) -> String {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let text = match &answer {
        // GLPI: ["ERROR_…", "words"].
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(": "),
        _ => ["/errorMessages/0", "/error/message", "/message", "/error", "/errors"]
            .into_iter()
            .find_map(|path| match answer.pointer(path)? {
                Value::String(text) => Some(text.clone()),
                Value::Object(fields) if !fields.is_empty() => {
                    let all = fields.iter().map(|(name, why)| format!("{name}: {}", why.as_str().unwrap_or("refused")));
                    Some(all.collect::<Vec<_>>().join(", "))
                }
                _ => None,
            })
            .unwrap_or_default(),
    };
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON_CHARS).collect();
    if text.is_empty() { text } else { format!(": {text}") }
}

impl Answer {
    /// The answer's body.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, TicketError> {
        if self.status == StatusCode::NOT_FOUND {
            return Err(TicketError::Permanent("answered 404 Not Found".to_owned()));
        }
        // The request was answered with success, so what it was to do is done; only its words cannot be read.
        serde_json::from_slice(&self.body)
            .map_err(|_| TicketError::Ambiguous("answered something that this kind of system never does".to_owned()))
    }

    /// As [`Answer::json`], for a request that only reads.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, TicketError> {
        self.json().map_err(|error| match error {
            TicketError::Ambiguous(why) => TicketError::Permanent(why),
            other => other,
        })
    }

    /// Nothing of the body is needed.
    pub(super) fn done(&self) -> Result<(), TicketError> {
        if self.status == StatusCode::NOT_FOUND {
            return Err(TicketError::Permanent("answered 404 Not Found".to_owned()));
        }
        Ok(())
    }
}
