//! Tokens: what lets a program on another machine ask the API. The journal has a digest of each and never the token itself.

use noout_types::{Timestamp, TokenId};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::config::Role;
use crate::engine::State;
use crate::event::Event;
use crate::refusal::Refusal;

/// Most tokens at one time: one for each program that a team runs, and room to spare.
pub const MAX_TOKENS: usize = 200;

/// What a token may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its rights, as those of a person.
    pub role: Role,
    /// A SHA-256 of the token, in hex. It has so many random bits that nothing slower is needed.
    pub digest: String,
    /// Since when.
    pub at: Timestamp,
    /// Who made it.
    pub by: Actor,
}

/// What happened to tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenEvent {
    /// One was made.
    Added {
        /// What it is called.
        name: TokenId,
        /// Its rights.
        role: Role,
        /// A SHA-256 of it, in hex.
        digest: String,
        /// Who made it.
        by: Actor,
    },
    /// One does not work any more.
    Revoked {
        /// Which.
        name: TokenId,
        /// Who says so.
        by: Actor,
    },
}

/// What people do with tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenCommand {
    /// Makes one. The same name again is refused: it would end another program's.
    Add {
        /// What it is called.
        name: TokenId,
        /// Its rights.
        role: Role,
        /// A SHA-256 of it, in hex.
        digest: String,
    },
    /// It does not work any more.
    Revoke(TokenId),
}

pub(crate) fn command(state: &State, by: Actor, command: TokenCommand) -> Result<Vec<Event>, Refusal> {
    state.require(&by, Role::Admin)?;
    let event = match command {
        TokenCommand::Add { name, role, digest } => {
            // What only a person answers for, no program does.
            if role > Role::Responder {
                return Err(Refusal::invalid("role", role.code(), "viewer or responder"));
            }
            if state.tokens.contains_key(&name) {
                return Err(Refusal::invalid("name", name.to_string(), "a name that no token has: revoke it first"));
            }
            if state.tokens.len() >= MAX_TOKENS {
                return Err(Refusal::invalid("token", MAX_TOKENS.to_string(), format!("at most {MAX_TOKENS}")));
            }
            TokenEvent::Added { name, role, digest, by }
        }
        TokenCommand::Revoke(name) => {
            if !state.tokens.contains_key(&name) {
                return Err(Refusal::unknown("token", name));
            }
            TokenEvent::Revoked { name, by }
        }
    };
    Ok(vec![Event::Token(event)])
}

impl State {
    /// The token with this digest.
    #[must_use]
    pub fn token(&self, digest: &str) -> Option<&TokenId> {
        self.tokens.iter().find(|(_, token)| token.digest == digest).map(|(name, _)| name)
    }

    pub(crate) fn apply_token(&mut self, at: Timestamp, event: &TokenEvent) {
        match event.clone() {
            TokenEvent::Added { name, role, digest, by } => {
                self.tokens.insert(name, Token { role, digest, at, by });
            }
            TokenEvent::Revoked { name, .. } => _ = self.tokens.remove(&name),
        }
    }
}

#[cfg(test)]
mod tests;
