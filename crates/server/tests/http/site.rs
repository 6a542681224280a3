//! A server of one test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::MockConnectInfo;
use noout_core::{Event, config};
use noout_server::{Keys, Pace, Running, Settings, key_path};
use noout_store::{Reader as _, SqliteReader};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// Nobody listens on port 9: pages stay owed, and no test waits for them.
pub const CONFIG: &str = r#"
[server]
name = "Example Hosting"
[[person]]
id = "ana"
role = "admin"
contact = ["webhook:http://127.0.0.1:9/ana"]
[[person]]
id = "bo"
contact = ["webhook:http://127.0.0.1:9/bo"]
[[person]]
id = "vera"
role = "viewer"
contact = ["webhook:http://127.0.0.1:9/vera"]
[[schedule]]
id = "ops"
timezone = "UTC"
coverage = 2
[[schedule.rotation]]
name = "both"
people = [["ana", "bo"]]
unit = "week"
start = "2026-01-05T09:00"
[[policy]]
id = "ops"
[[policy.step]]
notify = ["schedule:ops"]
[[route]]
policy = "ops"
[[platform]]
id = "lab"
kind = "lab"
component = "web"
[[component]]
id = "web"
name = { en = "Web hosting", fr = "Hébergement web" }
"#;

/// A source with a key, for [`Site::with_source`].
pub const SOURCE: &str = "[[source]]\nid = \"prom\"\nkey = \"a-key-of-a-test-that-is-long-enough\"\n";

pub const KEY: &str = "a-key-of-a-test-that-is-long-enough";

pub struct Site {
    pub running: Running,
    pub dir: tempfile::TempDir,
    pub http: reqwest::Client,
}

impl Site {
    pub async fn start() -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder")).await
    }

    pub async fn start_in(dir: tempfile::TempDir) -> Self {
        Self::start_with(dir, CONFIG.to_owned()).await
    }

    /// One that knows a source by its key.
    pub async fn with_source() -> Self {
        Self::start_with(tempfile::tempdir().expect("a folder"), format!("{CONFIG}{SOURCE}")).await
    }

    /// One whose configuration says more.
    pub async fn with(more: &str) -> Self {
        Self::start_with(tempfile::tempdir().expect("a folder"), format!("{CONFIG}{more}")).await
    }

    /// The same in a folder that is there.
    pub async fn start_in_with(dir: tempfile::TempDir, more: &str) -> Self {
        Self::start_with(dir, format!("{CONFIG}{more}")).await
    }

    pub async fn start_with(dir: tempfile::TempDir, text: String) -> Self {
        let (parsed, checked) = config::check(&text, jiff::Timestamp::now());
        let settings = Settings {
            data: dir.path().join("noout.db"),
            config: Some((text, parsed.unwrap_or_else(|| panic!("the configuration: {checked:?}")))),
            dir: dir.path().to_owned(),
            listen: Some("127.0.0.1:0".into()),
            status_listen: Some("127.0.0.1:0".into()),
            clock: Arc::new(jiff::Timestamp::now),
            pace: Pace::default(),
            demo: None,
        };
        let running = noout_server::start(settings).await.expect("the server starts");
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        Self { running, dir, http: http.expect("a client") }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("noout.db")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.console)
    }

    pub fn status_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.status)
    }

    /// A request with the token of the command line.
    pub fn as_person(&self, person: Option<&str>, method: Method, path: &str) -> RequestBuilder {
        let keys = Keys::read(&key_path(&self.data())).expect("the key");
        let person = person.map(|p| p.parse().expect("an id"));
        self.http.request(method, self.url(path)).bearer_auth(keys.local(person.as_ref(), jiff::Timestamp::now()))
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.as_person(None, Method::GET, path).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("JSON")
    }

    pub async fn post_alerts(&self, body: &Value) -> reqwest::Response {
        self.http.post(self.url("/api/v2/alerts")).json(body).send().await.expect("an answer")
    }

    /// A second listener whose callers all seem to come from this address.
    pub async fn seen_from(&self, peer: &str) -> SocketAddr {
        let peer: SocketAddr = peer.parse().expect("an address");
        let router = noout_server::http::console_router(self.running.app.clone()).layer(MockConnectInfo(peer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// Stops it as SIGTERM does.
    pub async fn stop(self) -> tempfile::TempDir {
        self.running.stopper().stop();
        let ended = tokio::time::timeout(Duration::from_secs(20), self.running.ended()).await;
        ended.expect("it ends in time").expect("without an error");
        self.dir
    }
}

/// What the journal on disk says fired, read by somebody else than the server.
pub fn alerts_on_disk(data: &Path) -> Vec<String> {
    let reader = SqliteReader::open(data).expect("a journal");
    let records = reader.records(0, 10_000).expect("records");
    let mut names = Vec::new();
    for record in records {
        if let Event::Alert(noout_core::alert::AlertEvent::Received { firing, .. }) =
            Event::decode(&record.body).expect("an event")
        {
            names.extend(firing.iter().map(|(_, alert)| alert.labels.get("alertname").to_owned()));
        }
    }
    names
}
