//! ServiceNow's Table API. The marker is the record's `correlation_id`, made for this, and the last line of work notes.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::Wire;
use super::{
    FiledTicket, SeenComment, SeenTicket, TicketDraft, TicketError, TicketSettings, TicketSystem, TicketSystemError,
};

/// Resolved, closed, canceled: the numbers of the table `incident`.
const CLOSED: [&str; 3] = ["6", "7", "8"];

/// What it is set to: resolved, so that whoever it belongs to may still close it.
const RESOLVED: &str = "6";

/// Journal entries that are read of a record.
const PAGE: &str = "100";

pub(super) struct Servicenow {
    wire: Wire,
    table: String,
    group: Option<String>,
    /// Basic authentication's user, as the journal names who wrote an entry.
    me: Option<SecretString>,
}

#[derive(Deserialize)]
struct Result<T> {
    result: T,
}

#[derive(Deserialize)]
struct Record {
    sys_id: String,
    #[serde(default)]
    state: Value,
}

#[derive(Deserialize)]
struct Entry {
    sys_id: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    sys_created_by: String,
}

impl Servicenow {
    pub(super) fn new(settings: &TicketSettings, mut wire: Wire) -> std::result::Result<Self, TicketSystemError> {
        wire.authorize(settings.user.as_ref(), &settings.token)?;
        let table = settings.table.clone().unwrap_or_else(|| "incident".to_owned());
        Ok(Self { wire, table, group: settings.queue.clone(), me: settings.user.clone() })
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> url::Url {
        let all: Vec<&str> = ["api", "now", "table"].into_iter().chain(path.iter().copied()).collect();
        self.wire.url(&all, query)
    }

    fn filed(&self, sys_id: &str) -> FiledTicket {
        let uri = format!("{}.do?sys_id={sys_id}", self.table);
        FiledTicket { id: sys_id.to_owned(), url: self.wire.url(&["nav_to.do"], &[("uri", &uri)]).into() }
    }
}

#[async_trait]
impl TicketSystem for Servicenow {
    async fn find(&self, marker: &str) -> std::result::Result<Option<FiledTicket>, TicketError> {
        let query = format!("correlation_id={marker}");
        let query = [("sysparm_query", query.as_str()), ("sysparm_fields", "sys_id"), ("sysparm_limit", "1")];
        let found: Result<Vec<Record>> = self.wire.get(self.url(&[&self.table], &query)).await?.read()?;
        Ok(found.result.first().map(|record| self.filed(&record.sys_id)))
    }

    async fn create(&self, draft: &TicketDraft) -> std::result::Result<FiledTicket, TicketError> {
        let level = if draft.urgent { "1" } else { "3" };
        let mut body = json!({
            "short_description": draft.title,
            "description": draft.text,
            "correlation_id": draft.marker,
            "correlation_display": "noout",
            "urgency": level,
            "impact": level,
        });
        if let (Some(group), Some(fields)) = (&self.group, body.as_object_mut()) {
            fields.insert("assignment_group".to_owned(), group.as_str().into());
        }
        let made: Result<Record> = self.wire.post(self.url(&[&self.table], &[]), &body).await?.json()?;
        Ok(self.filed(&made.result.sys_id))
    }

    async fn read(&self, ticket: &str) -> std::result::Result<SeenTicket, TicketError> {
        let url = self.url(&[&self.table, ticket], &[("sysparm_fields", "sys_id,state")]);
        let record: Result<Record> = self.wire.get(url).await?.read()?;
        let state = match &record.result.state {
            Value::String(state) => state.clone(),
            other => other.to_string(),
        };
        let query = format!("element_id={ticket}^elementINcomments,work_notes^ORDERBYDESCsys_created_on");
        let query = [
            ("sysparm_query", query.as_str()),
            ("sysparm_fields", "sys_id,value,sys_created_by"),
            ("sysparm_limit", PAGE),
        ];
        let mut journal: Result<Vec<Entry>> = self.wire.get(self.url(&["sys_journal_field"], &query)).await?.read()?;
        journal.result.reverse();
        let me = self.me.as_ref().map(|me| me.expose_secret());
        let comments = journal.result.into_iter().map(|entry| SeenComment {
            id: entry.sys_id,
            ours: me == Some(entry.sys_created_by.as_str()),
            author: entry.sys_created_by,
            text: entry.value,
        });
        Ok(SeenTicket { closed: CLOSED.contains(&state.as_str()), comments: comments.collect() })
    }

    async fn comment(&self, ticket: &str, text: &str, marker: &str) -> std::result::Result<(), TicketError> {
        let body = json!({ "work_notes": format!("{text}\n\n[{marker}]") });
        self.wire.patch(self.url(&[&self.table, ticket], &[]), &body).await?.done()
    }

    async fn close(&self, ticket: &str) -> std::result::Result<(), TicketError> {
        // Out of the box a resolved incident needs both.
        let body =
            json!({ "state": RESOLVED, "close_code": "Solved (Permanently)", "close_notes": "resolved in noout" });
        self.wire.patch(self.url(&[&self.table, ticket], &[]), &body).await?.done()
    }
}
