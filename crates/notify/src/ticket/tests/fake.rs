//! What the five fakes share: tickets in memory, and a server that misbehaves when it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, Mac as _};

use super::super::TicketKind;
use super::fakes;

pub(super) const TOKEN: &str = "right-token";
pub(super) const USER: &str = "noout@example.org";

/// The account of the token, and somebody else.
pub(super) const OURS: u64 = 7;
pub(super) const THEIRS: u64 = 9;

#[derive(Default)]
pub(super) struct Ticket {
    pub id: u64,
    pub title: String,
    pub text: String,
    /// Label, tag, correlation: where the kind keeps the marker, if not in the text.
    pub mark: String,
    pub closed: bool,
    pub comments: Vec<Comment>,
}

pub(super) struct Comment {
    pub id: u64,
    pub by: u64,
    pub subject: String,
    pub text: String,
}

#[derive(Default)]
pub(super) struct Store {
    pub tickets: Vec<Ticket>,
    pub closings: usize,
    next: u64,
    fails: Option<StatusCode>,
    fails_writes: Option<StatusCode>,
    loses: bool,
}

impl Store {
    pub(super) fn next(&mut self) -> u64 {
        self.next += 1;
        100 + self.next
    }

    pub(super) fn add(&mut self, title: &str, text: &str, mark: &str) -> u64 {
        let id = self.next();
        let (title, text, mark) = (title.to_owned(), text.to_owned(), mark.to_owned());
        self.tickets.push(Ticket { id, title, text, mark, ..Ticket::default() });
        id
    }

    pub(super) fn ticket(&mut self, id: &str) -> Option<&mut Ticket> {
        self.tickets.iter_mut().find(|ticket| ticket.id.to_string() == id)
    }

    pub(super) fn say(&mut self, ticket: &str, by: u64, subject: &str, text: &str) -> Option<u64> {
        let id = self.next();
        let comment = Comment { id, by, subject: subject.to_owned(), text: text.to_owned() };
        self.ticket(ticket)?.comments.push(comment);
        Some(id)
    }

    pub(super) fn close(&mut self, ticket: &str) -> Option<()> {
        self.ticket(ticket)?.closed = true;
        self.closings += 1;
        Some(())
    }
}

pub(super) type Shared = Arc<Mutex<Store>>;

pub(super) fn locked(store: &Shared) -> MutexGuard<'_, Store> {
    store.lock().expect("no other panic")
}

pub(super) struct Fake {
    pub address: SocketAddr,
    store: Shared,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Fake {
    pub(super) async fn start(kind: TicketKind) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let store = Shared::default();
        let router = fakes::router(kind).layer(from_fn_with_state(store.clone(), misbehave)).with_state(store.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, store, server }
    }

    pub(super) fn titles(&self) -> Vec<String> {
        locked(&self.store).tickets.iter().map(|ticket| ticket.title.clone()).collect()
    }

    pub(super) fn closings(&self) -> usize {
        locked(&self.store).closings
    }

    pub(super) fn others_say(&self, text: &str) {
        let mut store = locked(&self.store);
        let id = store.tickets[0].id.to_string();
        store.say(&id, THEIRS, "", text).expect("the ticket is there");
    }

    /// What writes is done, and its answer never comes.
    pub(super) fn lose_answers(&self, lose: bool) {
        locked(&self.store).loses = lose;
    }

    pub(super) fn fail(&self, status: Option<u16>) {
        let mut store = locked(&self.store);
        store.fails = status.map(|status| StatusCode::from_u16(status).expect("a status"));
        store.fails_writes = None;
    }

    pub(super) fn fail_writes(&self, status: u16) {
        let mut store = locked(&self.store);
        store.fails = None;
        store.fails_writes = Some(StatusCode::from_u16(status).expect("a status"));
    }
}

async fn misbehave(State(store): State<Shared>, request: Request, next: Next) -> Response {
    let writes = request.method() != Method::GET;
    let (fails, loses) = {
        let store = locked(&store);
        (store.fails.or(store.fails_writes.filter(|_| writes)), store.loses)
    };
    if let Some(status) = fails {
        return (status, "<html>a proxy</html>").into_response();
    }
    let answer = next.run(request).await;
    if loses && writes {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    answer
}

pub(super) fn hmac_sha256(secret: &str, parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    parts.iter().for_each(|part| mac.update(part));
    hex::encode(mac.finalize().into_bytes())
}

pub(super) fn hmac_sha1(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}
