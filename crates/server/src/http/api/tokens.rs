//! `/api/v1/tokens…`: what lets programs elsewhere ask.

use axum::extract::{Path, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use noout_api as wire;
use noout_core::Input;
use noout_core::config::Role;
use noout_core::engine::Command;
use noout_core::token::TokenCommand;
use noout_types::TokenId;
use sha2::{Digest as _, Sha256};

use super::failure::Failure;
use super::{Answer, Caller, Sent, command, require};
use crate::App;

/// Random bytes of a token: nobody guesses one, and nothing slower than one SHA-256 is needed to keep it.
const TOKEN_BYTES: usize = 32;

/// How a token begins, so that whoever finds one knows what it opens.
const PREFIX: &str = "noout_";

pub(super) fn router() -> Router<App> {
    Router::new().route("/tokens", get(list).post(add)).route("/tokens/{id}", delete(revoke))
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Whose token it is, if it is one.
pub(super) fn of(app: &App, token: &str) -> Option<TokenId> {
    if !token.starts_with(PREFIX) {
        return None;
    }
    let digest = digest(token);
    app.read(|s| s.token(&digest).cloned())
}

async fn list(State(app): State<App>, by: Caller) -> Answer<Vec<wire::Token>> {
    require(&app, &by.0, Role::Admin)?;
    Ok(Json(app.read(|s| {
        let one = |(name, token): (&TokenId, &noout_core::token::Token)| wire::Token {
            name: name.clone(),
            role: token.role.code().to_owned(),
            at: token.at,
            by: token.by.to_string(),
        };
        s.tokens.iter().map(one).collect()
    })))
}

async fn add(State(app): State<App>, by: Caller, Sent(sent): Sent<wire::AddToken>) -> Answer<wire::NewToken> {
    let wire::AddToken { name, role: word } = sent;
    let role = serde_json::from_value::<Role>(word.as_str().into());
    let role = role.map_err(|_| Failure::invalid(format!("role: found {word:?}, allowed are viewer and responder")))?;
    let bytes: [u8; TOKEN_BYTES] = rand::random();
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
    let made = TokenCommand::Add { name: name.clone(), role, digest: digest(&token) };
    app.submit(Input::Command { by: by.0, command: Command::Token(made) }).await?;
    Ok(Json(wire::NewToken { name, role: word, token }))
}

async fn revoke(State(app): State<App>, by: Caller, Path(text): Path<String>) -> Answer<wire::Accepted> {
    let name = text.parse().map_err(|_| Failure::unknown("token", &text))?;
    command(&app, by, Command::Token(TokenCommand::Revoke(name))).await
}
