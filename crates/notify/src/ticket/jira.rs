//! Jira Cloud and Data Center, REST API 2, which both speak. The marker is a label of the issue, and an anchor in
//! comments: wiki markup that shows nothing.

use async_trait::async_trait;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OnceCell;

use super::wire::Wire;
use super::{
    FiledTicket, SeenComment, SeenTicket, TicketDraft, TicketError, TicketSettings, TicketSystem, TicketSystemError,
};

/// Comments that are read of an issue.
const PAGE: &str = "100";

pub(super) struct Jira {
    wire: Wire,
    project: String,
    issue_type: String,
    me: OnceCell<String>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    issues: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

#[derive(Deserialize)]
struct Issue {
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "statusCategory")]
    category: Category,
}

/// `new`, `indeterminate` or `done`, whatever a project calls its states.
#[derive(Deserialize)]
struct Category {
    key: String,
}

#[derive(Deserialize)]
struct Comments {
    #[serde(default)]
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
struct Comment {
    id: String,
    #[serde(default)]
    author: Option<User>,
    body: String,
}

/// Cloud has an account's id, Data Center a key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    #[serde(default)]
    account_id: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    display_name: String,
}

impl User {
    fn id(&self) -> Option<&str> {
        self.account_id.as_deref().or(self.key.as_deref())
    }
}

#[derive(Deserialize)]
struct Transitions {
    #[serde(default)]
    transitions: Vec<Transition>,
}

#[derive(Deserialize)]
struct Transition {
    id: String,
    to: Status,
}

impl Jira {
    pub(super) fn new(settings: &TicketSettings, mut wire: Wire) -> Result<Self, TicketSystemError> {
        wire.authorize(settings.user.as_ref(), &settings.token)?;
        let project = settings.project.clone().ok_or(TicketSystemError::Missing("project"))?;
        let issue_type = settings.table.clone().unwrap_or_else(|| "Task".to_owned());
        Ok(Self { wire, project, issue_type, me: OnceCell::new() })
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> url::Url {
        let all: Vec<&str> = ["rest", "api", "2"].into_iter().chain(path.iter().copied()).collect();
        self.wire.url(&all, query)
    }

    fn filed(&self, key: &str) -> FiledTicket {
        FiledTicket { id: key.to_owned(), url: self.wire.url(&["browse", key], &[]).into() }
    }

    async fn me(&self) -> Result<&String, TicketError> {
        let ask = async {
            let me: User = self.wire.get(self.url(&["myself"], &[])).await?.read()?;
            Ok(me.id().unwrap_or_default().to_owned())
        };
        self.me.get_or_try_init(|| ask).await
    }
}

#[async_trait]
impl TicketSystem for Jira {
    async fn find(&self, marker: &str) -> Result<Option<FiledTicket>, TicketError> {
        // A label holds no blanks and no quotes, so nothing can be added to the question.
        let jql = format!("labels = \"{marker}\"");
        let query = [("jql", jql.as_str()), ("fields", "key"), ("maxResults", "1")];
        // Cloud has taken /search away, Data Center never had /search/jql.
        let mut answer = self.wire.get(self.url(&["search", "jql"], &query)).await?;
        if answer.status == StatusCode::NOT_FOUND {
            answer = self.wire.get(self.url(&["search"], &query)).await?;
        }
        let found: Found = answer.read()?;
        Ok(found.issues.first().map(|issue| self.filed(&issue.key)))
    }

    async fn create(&self, draft: &TicketDraft) -> Result<FiledTicket, TicketError> {
        let fields = json!({
            "project": { "key": self.project },
            "issuetype": { "name": self.issue_type },
            "summary": draft.title,
            "description": draft.text,
            "labels": [draft.marker],
        });
        let made: Key = self.wire.post(self.url(&["issue"], &[]), &json!({ "fields": fields })).await?.json()?;
        Ok(self.filed(&made.key))
    }

    async fn read(&self, ticket: &str) -> Result<SeenTicket, TicketError> {
        let me = self.me().await?;
        let issue: Issue = self.wire.get(self.url(&["issue", ticket], &[("fields", "status")])).await?.read()?;
        let query = [("orderBy", "-created"), ("maxResults", PAGE)];
        let mut found: Comments = self.wire.get(self.url(&["issue", ticket, "comment"], &query)).await?.read()?;
        found.comments.reverse();
        let comments = found.comments.into_iter().map(|comment| SeenComment {
            id: comment.id,
            ours: comment.author.as_ref().and_then(User::id).is_some_and(|id| id == me),
            author: comment.author.map(|author| author.display_name).unwrap_or_default(),
            text: comment.body,
        });
        Ok(SeenTicket { closed: issue.fields.status.category.key == "done", comments: comments.collect() })
    }

    async fn comment(&self, ticket: &str, text: &str, marker: &str) -> Result<(), TicketError> {
        let body = json!({ "body": format!("{text}\n\n{{anchor:{marker}}}") });
        self.wire.post(self.url(&["issue", ticket, "comment"], &[]), &body).await?.done()
    }

    async fn close(&self, ticket: &str) -> Result<(), TicketError> {
        let url = self.url(&["issue", ticket, "transitions"], &[]);
        let ways: Transitions = self.wire.get(url.clone()).await?.read()?;
        let Some(way) = ways.transitions.iter().find(|way| way.to.category.key == "done") else {
            let why = "the issue's workflow has no way from here to a state that is done, for this account";
            return Err(TicketError::Permanent(why.to_owned()));
        };
        self.wire.post(url, &json!({ "transition": { "id": way.id } })).await?.done()
    }
}
