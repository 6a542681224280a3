//! Ticket systems: one file a kind, one trait. Thin typed clients of their REST APIs.
//!
//! A client knows five things: find a ticket by its marker, make one, read one, write a comment, close it. [`file`],
//! [`say`] and [`close`] put them together so that doing anything twice does it once; when to try again the core decides.

mod gitlab;
mod glpi;
mod jira;
mod servicenow;
#[cfg(test)]
mod tests;
mod verify;
mod wire;
mod zammad;

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use crate::{HttpError, HttpSettings};

pub use verify::{Unverified, verify};

/// Which system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketKind {
    /// Jira Cloud or Data Center.
    Jira,
    /// ServiceNow.
    Servicenow,
    /// GLPI.
    Glpi,
    /// Zammad.
    Zammad,
    /// GitLab's issues.
    Gitlab,
}

/// How a system is reached. Which of the names a kind needs is said at the configuration's `[[tracker]]`.
#[derive(Debug, Clone)]
pub struct TicketSettings {
    /// Which system.
    pub kind: TicketKind,
    /// Its address, without the path of its API.
    pub url: Url,
    /// Project.
    pub project: Option<String>,
    /// Group, assignment group, entity.
    pub queue: Option<String>,
    /// Table, type of issue.
    pub table: Option<String>,
    /// Whose token; an application's token.
    pub user: Option<SecretString>,
    /// The token.
    pub token: SecretString,
}

/// A ticket to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketDraft {
    /// One line.
    pub title: String,
    /// Plain text.
    pub text: String,
    /// What it is found by; unlike any other's.
    pub marker: String,
    /// Whether it wakes people, for systems with an urgency.
    pub urgent: bool,
}

/// A ticket that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledTicket {
    /// What further requests call it.
    pub id: String,
    /// Its page for people.
    pub url: String,
}

/// A comment as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenComment {
    /// Its id there.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// Plain text, the marker of ours included.
    pub text: String,
    /// Written by the account whose token is used.
    pub ours: bool,
}

/// A ticket as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenTicket {
    /// Whether it is closed, solved, done.
    pub closed: bool,
    /// Its comments, oldest first.
    pub comments: Vec<SeenComment>,
}

/// Why a request did not do what was wanted. The words hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// It will never work this way: a wrong token, no such project.
    #[error("{0}")]
    Permanent(String),
    /// It may work later; nothing happened.
    #[error("{0}")]
    Transient(String),
    /// Nobody knows whether it happened.
    #[error("{0}")]
    Ambiguous(String),
}

/// A ticket system.
#[async_trait]
pub trait TicketSystem: Send + Sync {
    /// The ticket with a marker, if there is one.
    async fn find(&self, marker: &str) -> Result<Option<FiledTicket>, TicketError>;
    /// Makes a ticket. [`file`] looks whether it is there first.
    async fn create(&self, draft: &TicketDraft) -> Result<FiledTicket, TicketError>;
    /// Reads a ticket.
    async fn read(&self, ticket: &str) -> Result<SeenTicket, TicketError>;
    /// Writes a comment. [`say`] looks whether it is there first.
    async fn comment(&self, ticket: &str, text: &str, marker: &str) -> Result<(), TicketError>;
    /// Closes an open ticket.
    async fn close(&self, ticket: &str) -> Result<(), TicketError>;
}

/// The client of a system.
///
/// # Errors
/// TLS could not be set up, or a secret cannot stand in a header.
pub fn ticket_system(
    settings: &TicketSettings,
    http: &HttpSettings,
) -> Result<Box<dyn TicketSystem>, TicketSystemError> {
    let wire = wire::Wire::new(settings.url.clone(), http)?;
    system(settings, wire)
}

fn system(settings: &TicketSettings, wire: wire::Wire) -> Result<Box<dyn TicketSystem>, TicketSystemError> {
    Ok(match settings.kind {
        TicketKind::Jira => Box::new(jira::Jira::new(settings, wire)?),
        TicketKind::Servicenow => Box::new(servicenow::Servicenow::new(settings, wire)?),
        TicketKind::Glpi => Box::new(glpi::Glpi::new(settings, wire)?),
        TicketKind::Zammad => Box::new(zammad::Zammad::new(settings, wire)?),
        TicketKind::Gitlab => Box::new(gitlab::Gitlab::new(settings, wire)?),
    })
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum TicketSystemError {
    /// No HTTP client.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A secret holds characters that headers may not have.
    #[error("the token or the user cannot stand in a header")]
    Secret,
    /// Something that the kind needs is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// Makes a ticket, unless its marker is there already.
///
/// # Errors
/// As the system's.
pub async fn file(system: &dyn TicketSystem, draft: &TicketDraft) -> Result<FiledTicket, TicketError> {
    match system.find(&draft.marker).await? {
        Some(filed) => Ok(filed),
        None => system.create(draft).await,
    }
}

/// Writes a comment, unless its marker is there already.
///
/// # Errors
/// As the system's.
pub async fn say(system: &dyn TicketSystem, ticket: &str, text: &str, marker: &str) -> Result<(), TicketError> {
    let seen = system.read(ticket).await?;
    if seen.comments.iter().any(|comment| carries(&comment.text, marker)) {
        return Ok(());
    }
    system.comment(ticket, text, marker).await
}

/// Closes a ticket, unless it is.
///
/// # Errors
/// As the system's.
pub async fn close(system: &dyn TicketSystem, ticket: &str) -> Result<(), TicketError> {
    if system.read(ticket).await?.closed { Ok(()) } else { system.close(ticket).await }
}

/// Whether a text carries exactly this marker: `…-1` is not `…-12`.
fn carries(text: &str, marker: &str) -> bool {
    text.match_indices(marker).any(|(at, _)| {
        let rest = text.get(at + marker.len()..).unwrap_or_default();
        !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
    })
}

/// HTML as the text that people read: tags go, blocks become lines, the usual entities are letters again.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let Some(end) = tag.find('>') else {
            text.push_str(tag);
            rest = "";
            break;
        };
        let name = tag[1..end].trim_matches('/').to_lowercase();
        if ["br", "p", "div", "li"].iter().any(|block| name == *block || name.starts_with(&format!("{block} "))) {
            text.push('\n');
        }
        rest = &tag[end + 1..];
    }
    text.push_str(rest);
    // The ampersand last, so that what was written as `&amp;lt;` stays `&lt;`.
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    let text = entities.into_iter().fold(text, |text, (entity, letter)| text.replace(entity, letter));
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// A text as HTML in which nothing is markup.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>")
}
