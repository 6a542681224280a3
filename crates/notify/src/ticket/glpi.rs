//! GLPI's REST API (`apirest.php`). Each request runs in a session that is opened for it and closed behind it. The marker
//! is the last line of texts: GLPI cleans its HTML of everything that could hide it.

use async_trait::async_trait;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::wire::{Answer, Wire};
use super::{
    FiledTicket, SeenComment, SeenTicket, TicketDraft, TicketError, TicketSettings, TicketSystem, TicketSystemError,
    html, plain,
};

/// The number of a ticket's description among its search options, and of its id.
const CONTENT: &str = "21";
const ID: &str = "2";

/// Solved and closed.
const CLOSED: [u64; 2] = [5, 6];

/// What it is set to: solved, so that whoever it belongs to may still close it.
const SOLVED: u64 = 5;

pub(super) struct Glpi {
    wire: Wire,
    token: SecretString,
    entity: Option<u64>,
}

#[derive(Deserialize)]
struct Session {
    session_token: String,
}

#[derive(Deserialize)]
struct Whole {
    session: WholeSession,
}

#[derive(Deserialize)]
struct WholeSession {
    #[serde(rename = "glpiID", default)]
    user: u64,
}

#[derive(Deserialize)]
struct Made {
    id: u64,
}

#[derive(Deserialize)]
struct Ticket {
    status: u64,
}

#[derive(Deserialize)]
struct Followup {
    id: u64,
    #[serde(default)]
    content: String,
    #[serde(default)]
    users_id: u64,
}

impl Glpi {
    pub(super) fn new(settings: &TicketSettings, mut wire: Wire) -> Result<Self, TicketSystemError> {
        let app = settings.user.as_ref().ok_or(TicketSystemError::Missing("user (the application's token)"))?;
        wire.header("app-token", app.expose_secret())?;
        let entity = settings.queue.as_deref().and_then(|queue| queue.trim().parse().ok());
        Ok(Self { wire, token: settings.token.clone(), entity })
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let all: Vec<&str> = ["apirest.php"].into_iter().chain(path.iter().copied()).collect();
        self.wire.url(&all, query)
    }

    fn filed(&self, id: u64) -> FiledTicket {
        let number = id.to_string();
        let url = self.wire.url(&["front", "ticket.form.php"], &[("id", &number)]);
        FiledTicket { id: number, url: url.into() }
    }

    /// Headers of a new session.
    async fn open(&self) -> Result<HeaderMap, TicketError> {
        let secret = |text: &str| {
            let mut value = HeaderValue::from_str(text).map_err(|_| TicketError::Permanent("no header".to_owned()))?;
            value.set_sensitive(true);
            Ok::<_, TicketError>(value)
        };
        let mut headers = HeaderMap::new();
        headers.insert("authorization", secret(&format!("user_token {}", self.token.expose_secret()))?);
        let url = self.url(&["initSession"], &[]);
        let session: Session = self.wire.call(Method::GET, url, &headers, None).await?.read()?;
        let mut headers = HeaderMap::new();
        headers.insert("session-token", secret(&session.session_token)?);
        Ok(headers)
    }

    /// Sessions end by themselves; one that cannot be closed is no reason to fail.
    async fn shut(&self, session: &HeaderMap) {
        let _ended = self.wire.call(Method::GET, self.url(&["killSession"], &[]), session, None).await;
    }

    async fn once(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Answer, TicketError> {
        let session = self.open().await?;
        let answer = self.wire.call(method, url, &session, body).await;
        self.shut(&session).await;
        answer
    }

    async fn read_in(&self, session: &HeaderMap, ticket: &str) -> Result<SeenTicket, TicketError> {
        let get = async |url| self.wire.call(Method::GET, url, session, None).await;
        let me: Whole = get(self.url(&["getFullSession"], &[])).await?.read()?;
        let found: Ticket = get(self.url(&["Ticket", ticket], &[])).await?.read()?;
        let range = [("range", "0-199"), ("sort", "id"), ("order", "ASC")];
        let followups: Vec<Followup> = get(self.url(&["Ticket", ticket, "ITILFollowup"], &range)).await?.read()?;
        let comments = followups.into_iter().map(|followup| SeenComment {
            id: followup.id.to_string(),
            author: format!("GLPI {}", followup.users_id),
            // Stored once or twice escaped, by version.
            text: plain(&plain(&followup.content)),
            ours: followup.users_id == me.session.user,
        });
        Ok(SeenTicket { closed: CLOSED.contains(&found.status), comments: comments.collect() })
    }
}

fn marked(text: &str, marker: &str) -> String {
    format!("<p>{}</p><p>[{marker}]</p>", html(text))
}

#[async_trait]
impl TicketSystem for Glpi {
    async fn find(&self, marker: &str) -> Result<Option<FiledTicket>, TicketError> {
        let query = [
            ("criteria[0][field]", CONTENT),
            ("criteria[0][searchtype]", "contains"),
            // With its bracket, so that the marker of ticket 1 is not found in that of ticket 12.
            ("criteria[0][value]", &format!("[{marker}]")),
            ("forcedisplay[0]", ID),
            ("range", "0-0"),
        ];
        let found: Value = self.once(Method::GET, self.url(&["search", "Ticket"], &query), None).await?.read()?;
        let id = found.pointer(&format!("/data/0/{ID}"));
        Ok(id.and_then(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok())).map(|id| self.filed(id)))
    }

    async fn create(&self, draft: &TicketDraft) -> Result<FiledTicket, TicketError> {
        let level = if draft.urgent { 5 } else { 3 };
        // Type 1 is an incident.
        let mut input = json!({
            "name": draft.title, "content": marked(&draft.text, &draft.marker), "type": 1, "urgency": level,
        });
        if let (Some(entity), Some(fields)) = (self.entity, input.as_object_mut()) {
            fields.insert("entities_id".to_owned(), entity.into());
        }
        let url = self.url(&["Ticket"], &[]);
        let made: Made = self.once(Method::POST, url, Some(&json!({ "input": input }))).await?.json()?;
        Ok(self.filed(made.id))
    }

    async fn read(&self, ticket: &str) -> Result<SeenTicket, TicketError> {
        let session = self.open().await?;
        let seen = self.read_in(&session, ticket).await;
        self.shut(&session).await;
        seen
    }

    async fn comment(&self, ticket: &str, text: &str, marker: &str) -> Result<(), TicketError> {
        let input = json!({ "itemtype": "Ticket", "items_id": ticket, "content": marked(text, marker) });
        let url = self.url(&["ITILFollowup"], &[]);
        self.once(Method::POST, url, Some(&json!({ "input": input }))).await?.done()
    }

    async fn close(&self, ticket: &str) -> Result<(), TicketError> {
        let url = self.url(&["Ticket", ticket], &[]);
        self.once(Method::PUT, url, Some(&json!({ "input": { "status": SOLVED } }))).await?.done()
    }
}
