//! How the API says no.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noout_api::ErrorBody;
use noout_core::Refusal;
use noout_core::config::Problem;
use noout_store::StoreError;

use crate::SubmitError;

/// An answer that is no.
pub(super) struct Failure {
    status: StatusCode,
    body: Box<ErrorBody>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let body = ErrorBody { code: code.to_owned(), message: message.into(), errors: Vec::new() };
        Self { status, body: Box::new(body) }
    }

    pub(super) fn unauthorized() -> Self {
        let words = "a token is needed: `Authorization: Bearer TOKEN`; on this machine `noout` makes one by itself";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", words)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
    }

    pub(super) fn unknown(what: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown", format!("there is no {what} {id:?}"))
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    /// A configuration with errors.
    pub(super) fn config(errors: Vec<Problem>) -> Self {
        let mut failure = Self::invalid(format!("the configuration has {} errors and was not applied", errors.len()));
        failure.body.errors = errors;
        failure
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        let words = error.to_string();
        match error {
            SubmitError::Refused(Refusal::Unknown { .. }) => Self::new(StatusCode::NOT_FOUND, "unknown", words),
            SubmitError::Refused(Refusal::Forbidden { .. }) => Self::new(StatusCode::FORBIDDEN, "forbidden", words),
            SubmitError::Refused(Refusal::Conflict { .. }) => Self::conflict(words),
            SubmitError::Refused(Refusal::Invalid { .. }) => Self::invalid(words),
            SubmitError::Busy => Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", words),
            SubmitError::Unreadable(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "unreadable", words),
            SubmitError::Gone => Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", words),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the read tables cannot be read");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "the read tables cannot be read; noout's log says why",
        )
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(*self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
