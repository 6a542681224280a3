//! GitLab's issues, API v4. The marker hides in a comment of the Markdown.

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OnceCell;

use super::wire::Wire;
use super::{
    FiledTicket, SeenComment, SeenTicket, TicketDraft, TicketError, TicketSettings, TicketSystem, TicketSystemError,
    carries,
};

/// Notes that are read of an issue: GitLab's longest page. Newest first, because old ones were read before.
const PAGE: &str = "100";

pub(super) struct Gitlab {
    wire: Wire,
    project: String,
    me: OnceCell<u64>,
}

#[derive(Deserialize)]
struct Issue {
    iid: u64,
    web_url: String,
    state: String,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Deserialize)]
struct Note {
    id: u64,
    body: String,
    author: User,
    /// GitLab's own remarks: "closed", "changed the description".
    #[serde(default)]
    system: bool,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    #[serde(default)]
    name: String,
}

impl Gitlab {
    pub(super) fn new(settings: &TicketSettings, mut wire: Wire) -> Result<Self, TicketSystemError> {
        wire.header("private-token", settings.token.expose_secret())?;
        let project = settings.project.clone().ok_or(TicketSystemError::Missing("project"))?;
        Ok(Self { wire, project, me: OnceCell::new() })
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> url::Url {
        let all: Vec<&str> = ["api", "v4", "projects", &self.project].into_iter().chain(path.iter().copied()).collect();
        self.wire.url(&all, query)
    }

    async fn me(&self) -> Result<u64, TicketError> {
        let ask = async { Ok(self.wire.get(self.wire.url(&["api", "v4", "user"], &[])).await?.read::<User>()?.id) };
        self.me.get_or_try_init(|| ask).await.copied()
    }
}

impl From<Issue> for FiledTicket {
    fn from(issue: Issue) -> Self {
        Self { id: issue.iid.to_string(), url: issue.web_url }
    }
}

/// What people do not see and a search finds.
fn hidden(text: &str, marker: &str) -> String {
    format!("{text}\n\n<!-- {marker} -->")
}

#[async_trait]
impl TicketSystem for Gitlab {
    async fn find(&self, marker: &str) -> Result<Option<FiledTicket>, TicketError> {
        let query = [("search", marker), ("in", "description"), ("scope", "all")];
        let found: Vec<Issue> = self.wire.get(self.url(&["issues"], &query)).await?.read()?;
        // The search finds parts of words too.
        let ours = |issue: &Issue| issue.description.as_deref().is_some_and(|text| carries(text, marker));
        Ok(found.into_iter().find(ours).map(Into::into))
    }

    async fn create(&self, draft: &TicketDraft) -> Result<FiledTicket, TicketError> {
        let body = json!({ "title": draft.title, "description": hidden(&draft.text, &draft.marker) });
        let issue: Issue = self.wire.post(self.url(&["issues"], &[]), &body).await?.json()?;
        Ok(issue.into())
    }

    async fn read(&self, ticket: &str) -> Result<SeenTicket, TicketError> {
        let me = self.me().await?;
        let issue: Issue = self.wire.get(self.url(&["issues", ticket], &[])).await?.read()?;
        let query = [("sort", "desc"), ("order_by", "created_at"), ("per_page", PAGE)];
        let mut notes: Vec<Note> = self.wire.get(self.url(&["issues", ticket, "notes"], &query)).await?.read()?;
        notes.reverse();
        let comments = notes.into_iter().filter(|note| !note.system).map(|note| SeenComment {
            id: note.id.to_string(),
            ours: note.author.id == me,
            author: note.author.name,
            text: note.body,
        });
        Ok(SeenTicket { closed: issue.state == "closed", comments: comments.collect() })
    }

    async fn comment(&self, ticket: &str, text: &str, marker: &str) -> Result<(), TicketError> {
        let url = self.url(&["issues", ticket, "notes"], &[]);
        self.wire.post(url, &json!({ "body": hidden(text, marker) })).await?.done()
    }

    async fn close(&self, ticket: &str) -> Result<(), TicketError> {
        self.wire.put(self.url(&["issues", ticket], &[]), &json!({ "state_event": "close" })).await?.done()
    }
}
