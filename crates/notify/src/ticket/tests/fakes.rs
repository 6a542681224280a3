//! The five systems, as far as their documentation says what a client of ours sees of them.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use base64::Engine as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::super::TicketKind;
use super::fake::{OURS, Shared, TOKEN, USER, locked};

type Answer = Result<(StatusCode, Json<Value>), (StatusCode, Json<Value>)>;
type Asked = Query<BTreeMap<String, String>>;

pub(super) fn router(kind: TicketKind) -> Router<Shared> {
    match kind {
        TicketKind::Jira => jira(),
        TicketKind::Servicenow => servicenow(),
        TicketKind::Glpi => glpi(),
        TicketKind::Zammad => zammad(),
        TicketKind::Gitlab => gitlab(),
    }
}

fn ok(body: Value) -> Answer {
    Ok((StatusCode::OK, Json(body)))
}

fn made(body: Value) -> Answer {
    Ok((StatusCode::CREATED, Json(body)))
}

fn gone() -> (StatusCode, Json<Value>) {
    (StatusCode::NOT_FOUND, Json(json!({ "message": "404 Not Found" })))
}

fn has(headers: &HeaderMap, name: &str, wanted: &str) -> Result<(), (StatusCode, Json<Value>)> {
    let found = headers.get(name).and_then(|value| value.to_str().ok());
    if found == Some(wanted) {
        return Ok(());
    }
    // As some do: the answer repeats what it was sent.
    Err((StatusCode::UNAUTHORIZED, Json(json!({ "message": "401 Unauthorized", "sent": found }))))
}

fn basic(headers: &HeaderMap) -> Result<(), (StatusCode, Json<Value>)> {
    let both = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{TOKEN}"));
    has(headers, "authorization", &format!("Basic {both}"))
}

fn text<'v>(body: &'v Value, path: &str) -> &'v str {
    body.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} in {body}"))
}

// GitLab, API v4.

fn gitlab() -> Router<Shared> {
    let auth = |headers: &HeaderMap| has(headers, "private-token", TOKEN);
    let issue = |id: u64, closed: bool, text: &str| {
        json!({ "id": 5000 + id, "iid": id, "state": if closed { "closed" } else { "opened" }, "description": text,
            "web_url": format!("https://gitlab.example.org/group/project/-/issues/{id}") })
    };
    Router::new()
        .route("/api/v4/user", get(async move |h: HeaderMap| -> Answer {
            auth(&h)?;
            ok(json!({ "id": OURS, "username": "noout", "name": "noout" }))
        }))
        .route("/api/v4/projects/{project}/issues", get(async move |State(s): State<Shared>, Path(p): Path<String>, Query(q): Asked, h: HeaderMap| -> Answer {
            auth(&h)?;
            assert_eq!((p.as_str(), q["in"].as_str(), q["scope"].as_str()), ("group/project", "description", "all"));
            let store = locked(&s);
            ok(store.tickets.iter().filter(|t| t.text.contains(&q["search"])).map(|t| issue(t.id, t.closed, &t.text)).collect())
        }).post(async move |State(s): State<Shared>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            auth(&h)?;
            let id = locked(&s).add(text(&b, "/title"), text(&b, "/description"), "");
            made(issue(id, false, ""))
        }))
        .route("/api/v4/projects/{project}/issues/{id}", get(async move |State(s): State<Shared>, Path((_, id)): Path<(String, String)>, h: HeaderMap| -> Answer {
            auth(&h)?;
            let mut store = locked(&s);
            let t = store.ticket(&id).ok_or_else(gone)?;
            ok(issue(t.id, t.closed, &t.text))
        }).put(async move |State(s): State<Shared>, Path((_, id)): Path<(String, String)>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            auth(&h)?;
            assert_eq!(text(&b, "/state_event"), "close");
            locked(&s).close(&id).ok_or_else(gone)?;
            ok(json!({}))
        }))
        .route("/api/v4/projects/{project}/issues/{id}/notes", get(async move |State(s): State<Shared>, Path((_, id)): Path<(String, String)>, h: HeaderMap| -> Answer {
            auth(&h)?;
            let mut store = locked(&s);
            let t = store.ticket(&id).ok_or_else(gone)?;
            let mut notes: Vec<Value> = t.comments.iter().map(|c| json!({ "id": c.id, "body": c.text, "system": false,
                "author": { "id": c.by, "name": format!("User {}", c.by) } })).collect();
            notes.push(json!({ "id": 1, "body": "changed the description", "system": true, "author": { "id": 1, "name": "x" } }));
            notes.reverse();
            ok(notes.into())
        }).post(async move |State(s): State<Shared>, Path((_, id)): Path<(String, String)>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            auth(&h)?;
            let id = locked(&s).say(&id, OURS, "", text(&b, "/body")).ok_or_else(gone)?;
            made(json!({ "id": id }))
        }))
}

// Jira, REST API 2 of Data Center: there is no /search/jql.

fn jira() -> Router<Shared> {
    let key = |id: &str| id.strip_prefix("OPS-").unwrap_or(id).to_owned();
    Router::new()
        .route("/rest/api/2/myself", get(async move |h: HeaderMap| -> Answer {
            basic(&h)?;
            ok(json!({ "key": format!("user-{OURS}"), "name": "noout", "displayName": "noout" }))
        }))
        .route("/rest/api/2/search", get(async move |State(s): State<Shared>, Query(q): Asked, h: HeaderMap| -> Answer {
            basic(&h)?;
            let label = q["jql"].strip_prefix("labels = \"").and_then(|l| l.strip_suffix('"')).expect("a question");
            let store = locked(&s);
            let found: Vec<Value> = store.tickets.iter().filter(|t| t.mark == label).map(|t| json!({ "key": format!("OPS-{}", t.id) })).collect();
            ok(json!({ "issues": found, "total": found.len() }))
        }))
        .route("/rest/api/2/issue", post(async move |State(s): State<Shared>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            basic(&h)?;
            assert_eq!((text(&b, "/fields/project/key"), text(&b, "/fields/issuetype/name")), ("group/project", "Task"));
            let id = locked(&s).add(text(&b, "/fields/summary"), text(&b, "/fields/description"), text(&b, "/fields/labels/0"));
            made(json!({ "id": "1", "key": format!("OPS-{id}"), "self": "x" }))
        }))
        .route("/rest/api/2/issue/{id}", get(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap| -> Answer {
            basic(&h)?;
            let mut store = locked(&s);
            let t = store.ticket(&key(&id)).ok_or_else(gone)?;
            let category = if t.closed { "done" } else { "new" };
            ok(json!({ "key": id, "fields": { "status": { "name": "Offen", "statusCategory": { "key": category } } } }))
        }))
        .route("/rest/api/2/issue/{id}/comment", get(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap| -> Answer {
            basic(&h)?;
            let mut store = locked(&s);
            let t = store.ticket(&key(&id)).ok_or_else(gone)?;
            let all: Vec<Value> = t.comments.iter().rev().map(|c| json!({ "id": c.id.to_string(), "body": c.text,
                "author": { "key": format!("user-{}", c.by), "displayName": format!("User {}", c.by) } })).collect();
            ok(json!({ "comments": all, "total": all.len() }))
        }).post(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            basic(&h)?;
            let id = locked(&s).say(&key(&id), OURS, "", text(&b, "/body")).ok_or_else(gone)?;
            made(json!({ "id": id.to_string() }))
        }))
        .route("/rest/api/2/issue/{id}/transitions", get(async move |h: HeaderMap| -> Answer {
            basic(&h)?;
            ok(json!({ "transitions": [
                { "id": "11", "to": { "statusCategory": { "key": "indeterminate" } } },
                { "id": "31", "to": { "statusCategory": { "key": "done" } } }] }))
        }).post(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            basic(&h)?;
            assert_eq!(text(&b, "/transition/id"), "31");
            locked(&s).close(&key(&id)).ok_or_else(gone)?;
            Ok((StatusCode::NO_CONTENT, Json(Value::Null)))
        }))
}

// Zammad.

fn zammad() -> Router<Shared> {
    let auth = |headers: &HeaderMap| has(headers, "authorization", &format!("Token token={TOKEN}"));
    Router::new()
        .route("/api/v1/users/me", get(async move |h: HeaderMap| -> Answer {
            auth(&h)?;
            ok(json!({ "id": OURS, "email": "noout@example.org" }))
        }))
        .route("/api/v1/tickets/search", get(async move |State(s): State<Shared>, Query(q): Asked, h: HeaderMap| -> Answer {
            auth(&h)?;
            let tag = q["query"].strip_prefix("tags:\"").and_then(|l| l.strip_suffix('"')).expect("a question");
            let store = locked(&s);
            ok(store.tickets.iter().filter(|t| t.mark == tag).map(|t| json!({ "id": t.id, "title": t.title })).collect())
        }))
        .route("/api/v1/tickets", post(async move |State(s): State<Shared>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            auth(&h)?;
            assert_eq!((text(&b, "/group"), text(&b, "/customer")), ("Operations", "noout@example.org"));
            let mut store = locked(&s);
            let id = store.add(text(&b, "/title"), text(&b, "/article/body"), text(&b, "/tags"));
            store.say(&id.to_string(), OURS, text(&b, "/article/subject"), text(&b, "/article/body"));
            made(json!({ "id": id, "number": "2201" }))
        }))
        .route("/api/v1/tickets/{id}", get(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap| -> Answer {
            auth(&h)?;
            let mut store = locked(&s);
            let t = store.ticket(&id).ok_or_else(gone)?;
            ok(json!({ "id": t.id, "state": if t.closed { "closed" } else { "new" } }))
        }).put(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            auth(&h)?;
            assert_eq!(text(&b, "/state"), "closed");
            locked(&s).close(&id).ok_or_else(gone)?;
            ok(json!({ "id": 1 }))
        }))
        .route("/api/v1/ticket_articles/by_ticket/{id}", get(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap| -> Answer {
            auth(&h)?;
            let mut store = locked(&s);
            let t = store.ticket(&id).ok_or_else(gone)?;
            let mut all: Vec<Value> = t.comments.iter().map(|c| json!({ "id": c.id, "subject": c.subject, "from": format!("User {}", c.by),
                "body": if c.by == OURS { c.text.clone() } else { format!("<div>{}</div>", c.text) },
                "content_type": if c.by == OURS { "text/plain" } else { "text/html" },
                "created_by_id": c.by, "sender": "Agent" })).collect();
            all.push(json!({ "id": 1, "body": "trigger", "content_type": "text/plain", "created_by_id": 1, "sender": "System" }));
            ok(all.into())
        }))
        .route("/api/v1/ticket_articles", post(async move |State(s): State<Shared>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
            auth(&h)?;
            let ticket = b["ticket_id"].as_u64().expect("a number").to_string();
            let id = locked(&s).say(&ticket, OURS, text(&b, "/subject"), text(&b, "/body")).ok_or_else(gone)?;
            made(json!({ "id": id }))
        }))
}

// ServiceNow's Table API.

fn servicenow() -> Router<Shared> {
    Router::new()
        .route(
            "/api/now/table/incident",
            get(async move |State(s): State<Shared>, Query(q): Asked, h: HeaderMap| -> Answer {
                basic(&h)?;
                let mark = q["sysparm_query"].strip_prefix("correlation_id=").expect("a question");
                let store = locked(&s);
                let found: Vec<Value> = store
                    .tickets
                    .iter()
                    .filter(|t| t.mark == mark)
                    .map(|t| json!({ "sys_id": t.id.to_string() }))
                    .collect();
                ok(json!({ "result": found }))
            })
            .post(async move |State(s): State<Shared>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
                basic(&h)?;
                assert_eq!((text(&b, "/urgency"), text(&b, "/assignment_group")), ("1", "Operations"));
                let id = locked(&s).add(
                    text(&b, "/short_description"),
                    text(&b, "/description"),
                    text(&b, "/correlation_id"),
                );
                made(json!({ "result": { "sys_id": id.to_string(), "number": "INC001", "state": "1" } }))
            }),
        )
        .route(
            "/api/now/table/incident/{id}",
            get(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap| -> Answer {
                basic(&h)?;
                let mut store = locked(&s);
                let t = store.ticket(&id).ok_or_else(gone)?;
                ok(json!({ "result": { "sys_id": id, "state": if t.closed { "6" } else { "2" } } }))
            })
            .patch(
                async move |State(s): State<Shared>,
                            Path(id): Path<String>,
                            h: HeaderMap,
                            Json(b): Json<Value>|
                            -> Answer {
                    basic(&h)?;
                    let mut store = locked(&s);
                    if let Some(note) = b.get("work_notes").and_then(Value::as_str) {
                        store.say(&id, OURS, "", note).ok_or_else(gone)?;
                    } else {
                        assert_eq!(text(&b, "/state"), "6");
                        store.close(&id).ok_or_else(gone)?;
                    }
                    ok(json!({ "result": { "sys_id": id } }))
                },
            ),
        )
        .route(
            "/api/now/table/sys_journal_field",
            get(async move |State(s): State<Shared>, Query(q): Asked, h: HeaderMap| -> Answer {
                basic(&h)?;
                let id = q["sysparm_query"]
                    .strip_prefix("element_id=")
                    .and_then(|q| q.split('^').next())
                    .expect("a question");
                let mut store = locked(&s);
                let t = store.ticket(id).ok_or_else(gone)?;
                let all: Vec<Value> = t
                    .comments
                    .iter()
                    .rev()
                    .map(|c| {
                        json!({ "sys_id": c.id.to_string(), "value": c.text,
                "sys_created_by": if c.by == OURS { USER.to_owned() } else { format!("user{}", c.by) } })
                    })
                    .collect();
                ok(json!({ "result": all }))
            }),
        )
}

// GLPI's REST API.

const SESSION: &str = "session-1";

fn glpi() -> Router<Shared> {
    let auth =
        |headers: &HeaderMap| has(headers, "app-token", "app").and_then(|()| has(headers, "session-token", SESSION));
    Router::new()
        .route(
            "/apirest.php/initSession",
            get(async move |h: HeaderMap| -> Answer {
                has(&h, "app-token", "app")?;
                let found = has(&h, "authorization", &format!("user_token {TOKEN}"));
                found.map_err(|(status, _)| {
                    (status, Json(json!(["ERROR_GLPI_LOGIN_USER_TOKEN", "user_token is not valid"])))
                })?;
                ok(json!({ "session_token": SESSION }))
            }),
        )
        .route(
            "/apirest.php/killSession",
            get(async move |h: HeaderMap| -> Answer {
                auth(&h)?;
                ok(json!(true))
            }),
        )
        .route(
            "/apirest.php/getFullSession",
            get(async move |h: HeaderMap| -> Answer {
                auth(&h)?;
                ok(json!({ "session": { "glpiID": OURS, "glpiname": "noout" } }))
            }),
        )
        .route(
            "/apirest.php/search/Ticket",
            get(async move |State(s): State<Shared>, Query(q): Asked, h: HeaderMap| -> Answer {
                auth(&h)?;
                assert_eq!(
                    (q["criteria[0][field]"].as_str(), q["criteria[0][searchtype]"].as_str()),
                    ("21", "contains")
                );
                let store = locked(&s);
                let found: Vec<Value> = store
                    .tickets
                    .iter()
                    .filter(|t| t.text.contains(&q["criteria[0][value]"]))
                    .map(|t| json!({ "2": t.id }))
                    .collect();
                // Nothing found has no data at all.
                ok(if found.is_empty() {
                    json!({ "totalcount": 0 })
                } else {
                    json!({ "totalcount": found.len(), "data": found })
                })
            }),
        )
        .route(
            "/apirest.php/Ticket",
            post(async move |State(s): State<Shared>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
                auth(&h)?;
                let id = locked(&s).add(text(&b, "/input/name"), text(&b, "/input/content"), "");
                made(json!({ "id": id, "message": "" }))
            }),
        )
        .route(
            "/apirest.php/Ticket/{id}",
            get(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap| -> Answer {
                auth(&h)?;
                let mut store = locked(&s);
                let t = store.ticket(&id).ok_or_else(gone)?;
                ok(json!({ "id": t.id, "status": if t.closed { 5 } else { 1 } }))
            }),
        )
        .route(
            "/apirest.php/Ticket/{id}",
            put(
                async move |State(s): State<Shared>,
                            Path(id): Path<String>,
                            h: HeaderMap,
                            Json(b): Json<Value>|
                            -> Answer {
                    auth(&h)?;
                    assert_eq!(b.pointer("/input/status"), Some(&json!(5)));
                    locked(&s).close(&id).ok_or_else(gone)?;
                    ok(json!([{ id: true }]))
                },
            ),
        )
        .route(
            "/apirest.php/Ticket/{id}/ITILFollowup",
            get(async move |State(s): State<Shared>, Path(id): Path<String>, h: HeaderMap| -> Answer {
                auth(&h)?;
                let mut store = locked(&s);
                let t = store.ticket(&id).ok_or_else(gone)?;
                // Stored with its tags escaped once, as GLPI 10 does.
                let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                ok(t.comments
                    .iter()
                    .map(|c| json!({ "id": c.id, "content": escaped(&c.text), "users_id": c.by }))
                    .collect())
            }),
        )
        .route(
            "/apirest.php/ITILFollowup",
            post(async move |State(s): State<Shared>, h: HeaderMap, Json(b): Json<Value>| -> Answer {
                auth(&h)?;
                let id = locked(&s)
                    .say(text(&b, "/input/items_id"), OURS, "", text(&b, "/input/content"))
                    .ok_or_else(gone)?;
                made(json!({ "id": id }))
            }),
        )
}
