//! Zammad. The marker is a tag of the ticket, and the subject of an internal note, which people do not see.

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::wire::Wire;
use super::{
    FiledTicket, SeenComment, SeenTicket, TicketDraft, TicketError, TicketSettings, TicketSystem, TicketSystemError,
    plain,
};

/// States in which nobody works on a ticket any more.
const CLOSED: [&str; 2] = ["closed", "merged"];

pub(super) struct Zammad {
    wire: Wire,
    group: String,
    me: OnceCell<User>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    #[serde(default)]
    email: String,
}

#[derive(Deserialize)]
struct Ticket {
    id: u64,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
struct Article {
    id: u64,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    content_type: String,
    #[serde(default)]
    created_by_id: u64,
    /// `Agent`, `Customer` or `System`.
    #[serde(default)]
    sender: String,
}

impl Zammad {
    pub(super) fn new(settings: &TicketSettings, mut wire: Wire) -> Result<Self, TicketSystemError> {
        wire.header("authorization", &format!("Token token={}", settings.token.expose_secret()))?;
        let group = settings.queue.clone().ok_or(TicketSystemError::Missing("queue"))?;
        Ok(Self { wire, group, me: OnceCell::new() })
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> url::Url {
        let all: Vec<&str> = ["api", "v1"].into_iter().chain(path.iter().copied()).collect();
        self.wire.url(&all, query)
    }

    fn filed(&self, id: u64) -> FiledTicket {
        let mut url = self.wire.url(&[], &[]);
        url.set_fragment(Some(&format!("ticket/zoom/{id}")));
        FiledTicket { id: id.to_string(), url: url.into() }
    }

    async fn me(&self) -> Result<&User, TicketError> {
        let ask = async { self.wire.get(self.url(&["users", "me"], &[])).await?.read::<User>() };
        self.me.get_or_try_init(|| ask).await
    }
}

/// Versions answer a search with the tickets, with their ids, or with both in `assets`.
fn first_id(answer: &Value) -> Option<u64> {
    match answer {
        Value::Array(tickets) => tickets.first()?.get("id")?.as_u64(),
        _ => answer.get("tickets")?.as_array()?.first().and_then(|t| t.as_u64().or_else(|| t.get("id")?.as_u64())),
    }
}

#[async_trait]
impl TicketSystem for Zammad {
    async fn find(&self, marker: &str) -> Result<Option<FiledTicket>, TicketError> {
        let query = format!("tags:\"{marker}\"");
        let url = self.url(&["tickets", "search"], &[("query", &query), ("limit", "1"), ("expand", "true")]);
        let found: Value = self.wire.get(url).await?.read()?;
        Ok(first_id(&found).map(|id| self.filed(id)))
    }

    async fn create(&self, draft: &TicketDraft) -> Result<FiledTicket, TicketError> {
        let me = self.me().await?;
        let body = json!({
            "title": draft.title,
            "group": self.group,
            "customer": me.email,
            "tags": draft.marker,
            "article": {
                "subject": draft.marker, "body": draft.text, "type": "note", "internal": true, "content_type": "text/plain",
            },
        });
        let made: Ticket = self.wire.post(self.url(&["tickets"], &[]), &body).await?.json()?;
        Ok(self.filed(made.id))
    }

    async fn read(&self, ticket: &str) -> Result<SeenTicket, TicketError> {
        let me = self.me().await?.id;
        let found: Ticket = self.wire.get(self.url(&["tickets", ticket], &[("expand", "true")])).await?.read()?;
        let url = self.url(&["ticket_articles", "by_ticket", ticket], &[]);
        let articles: Vec<Article> = self.wire.get(url).await?.read()?;
        let comments = articles.into_iter().filter(|article| article.sender != "System").map(|article| {
            let body = if article.content_type == "text/html" { plain(&article.body) } else { article.body };
            let marker = article.subject.filter(|subject| subject.starts_with("noout-incident-"));
            SeenComment {
                id: article.id.to_string(),
                author: article.from.unwrap_or_default(),
                text: marker.map_or_else(|| body.clone(), |marker| format!("{body}\n{marker}")),
                ours: article.created_by_id == me,
            }
        });
        Ok(SeenTicket { closed: CLOSED.contains(&found.state.as_str()), comments: comments.collect() })
    }

    async fn comment(&self, ticket: &str, text: &str, marker: &str) -> Result<(), TicketError> {
        let number: u64 = ticket.parse().map_err(|_| TicketError::Permanent("the ticket has no number".to_owned()))?;
        let body = json!({
            "ticket_id": number, "subject": marker, "body": text, "content_type": "text/plain", "type": "note",
            "internal": true,
        });
        self.wire.post(self.url(&["ticket_articles"], &[]), &body).await?.done()
    }

    async fn close(&self, ticket: &str) -> Result<(), TicketError> {
        self.wire.put(self.url(&["tickets", ticket], &[]), &json!({ "state": "closed" })).await?.done()
    }
}
