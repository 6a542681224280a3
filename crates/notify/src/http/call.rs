//! Requests of ticket systems over the shared client: any method, JSON both ways, longer answers.

use std::net::IpAddr;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::{Host, Url};

use super::{Http, outcome_of_error, refuse};
use crate::Outcome;
use crate::ticket::TicketError;

impl Http {
    /// Asks once. The status is the caller's to judge; an answer longer than `limit` bytes is an error.
    pub(crate) async fn call(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<&Value>,
        limit: usize,
    ) -> Result<(StatusCode, Vec<u8>), TicketError> {
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) | None => None,
        };
        if let Some(why) = literal.and_then(|ip| refuse(ip, self.allow_loopback)) {
            return Err(TicketError::Permanent(why.to_owned()));
        }
        let mut request = self.client.request(method, url).headers(headers);
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(|error| of_outcome(outcome_of_error(&error)))?;
        let status = response.status();
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() <= limit => bytes.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(TicketError::Permanent(format!("the answer is longer than {limit} bytes"))),
                Ok(None) => return Ok((status, bytes)),
                Err(_) => return Err(TicketError::Ambiguous("the answer broke off".to_owned())),
            }
        }
    }
}

fn of_outcome(outcome: Outcome) -> TicketError {
    match outcome {
        Outcome::Permanent(why) => TicketError::Permanent(why),
        Outcome::Transient(why) | Outcome::Busy { words: why, .. } => TicketError::Transient(why),
        Outcome::Ambiguous(why) | Outcome::Delivered(why) | Outcome::Accepted { words: why, .. } => {
            TicketError::Ambiguous(why)
        }
    }
}
