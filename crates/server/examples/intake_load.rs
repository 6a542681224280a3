//! Posts alerts to anything that speaks Alertmanager's API v2, over connections that stay open, and tells how many were
//! accepted in a second. With `--pages ADDRESS` it is also the phone: it takes pages as webhooks and tells how many came for
//! each person and how long after their alert was accepted.
//!
//! intake_load ADDRESS --total N --batch B --connections C --groups one|each [--severity S] [--tag T] [--pages ADDRESS]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Pages that do not come within this time do not come.
const PAGE_PATIENCE: Duration = Duration::from_secs(30);

/// The phone is watched for so long after the first page: a second one for the same person would be a fault.
const QUIET: Duration = Duration::from_secs(3);

struct Settings {
    address: String,
    total: usize,
    batch: usize,
    connections: usize,
    one_group: bool,
    severity: String,
    tag: String,
    pages: Option<String>,
}

impl Settings {
    fn read() -> Result<Self, String> {
        let mut words = std::env::args().skip(1);
        let mut settings = Self {
            address: words.next().ok_or("the address is missing")?,
            total: 1000,
            batch: 1,
            connections: 64,
            one_group: true,
            severity: "info".into(),
            tag: "load".into(),
            pages: None,
        };
        while let Some(flag) = words.next() {
            let value = words.next().ok_or(format!("{flag}: the value is missing"))?;
            let number = || value.parse::<usize>().map_err(|e| format!("{flag} {value}: {e}"));
            match flag.as_str() {
                "--total" => settings.total = number()?,
                "--batch" => settings.batch = number()?.max(1),
                "--connections" => settings.connections = number()?.max(1),
                "--groups" => settings.one_group = value == "one",
                "--severity" => settings.severity = value,
                "--tag" => settings.tag = value,
                "--pages" => settings.pages = Some(value),
                other => return Err(format!("{other} is no flag")),
            }
        }
        Ok(settings)
    }

    /// One request with the alerts from `first` on.
    fn request(&self, first: usize) -> Vec<u8> {
        let tag = &self.tag;
        let alerts: Vec<Value> = (first..(first + self.batch).min(self.total))
            .map(|i| {
                let name = if self.one_group { tag.clone() } else { format!("{tag}-{i}") };
                json!({
                    "labels": { "alertname": name, "severity": self.severity, "instance": format!("host-{i}:9100"),
                        "job": "node", "cluster": "fra1", "customer": "acme" },
                    "annotations": { "summary": format!("{tag}-{i}"),
                        "description": "The file system is 93 % full and grows by 2 % an hour; it is full at five." },
                    "generatorURL": "http://prometheus.example.org:9090/graph?g0.expr=node_filesystem_avail_bytes&g0.tab=1",
                })
            })
            .collect();
        let body = Value::Array(alerts).to_string();
        let head = format!(
            "POST /api/v2/alerts HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        [head.into_bytes(), body.into_bytes()].concat()
    }
}

#[derive(Default)]
struct Seen {
    accepted: Mutex<BTreeMap<usize, Instant>>,
    took: Mutex<Vec<Duration>>,
    failed: AtomicUsize,
    pages: Mutex<Vec<(String, u64, String, Instant)>>,
}

#[tokio::main]
async fn main() -> Result<(), String> {
    let settings = Arc::new(Settings::read()?);
    let seen = Arc::new(Seen::default());
    if let Some(address) = &settings.pages {
        phone(address, seen.clone()).await?;
    }
    let requests: Vec<(usize, Vec<u8>)> =
        (0..settings.total).step_by(settings.batch).map(|first| (first, settings.request(first))).collect();
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..settings.connections {
        workers.spawn(connection(settings.clone(), seen.clone(), requests.clone(), next.clone()));
    }
    while let Some(ended) = workers.join_next().await {
        ended.map_err(|e| e.to_string())??;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let failed = seen.failed.load(Relaxed);
    let accepted = settings.total - failed;
    let mut took: Vec<f64> = seen.took.lock().iter().map(Duration::as_secs_f64).collect();
    let mut out = json!({
        "accepted": accepted, "failed": failed, "seconds": round(seconds), "per_second": (accepted as f64 / seconds).round(),
        "answer_p50_ms": round(1e3 * quantile(&mut took, 0.5)), "answer_p99_ms": round(1e3 * quantile(&mut took, 0.99)),
    });
    if settings.pages.is_some() {
        out["pages"] = wait_for_pages(&settings, &seen).await;
    }
    println!("{out}");
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * q).round() as usize).copied().unwrap_or(f64::NAN)
}

async fn connection(
    settings: Arc<Settings>,
    seen: Arc<Seen>,
    requests: Arc<Vec<(usize, Vec<u8>)>>,
    next: Arc<AtomicUsize>,
) -> Result<(), String> {
    let mut stream = TcpStream::connect(&settings.address).await.map_err(|e| format!("{}: {e}", settings.address))?;
    stream.set_nodelay(true).map_err(|e| e.to_string())?;
    let mut buffer = Vec::new();
    while let Some((first, request)) = requests.get(next.fetch_add(1, Relaxed)) {
        let begun = Instant::now();
        stream.write_all(request).await.map_err(|e| e.to_string())?;
        let status = answer(&mut stream, &mut buffer).await?;
        let now = Instant::now();
        let alerts = settings.batch.min(settings.total - first);
        if status == 200 {
            seen.took.lock().push(now - begun);
            seen.accepted.lock().extend((*first..first + alerts).map(|i| (i, now)));
        } else {
            seen.failed.fetch_add(alerts, Relaxed);
        }
    }
    Ok(())
}

/// Reads one answer and gives its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<u16, String> {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.map_err(|e| e.to_string())?;
        if read == 0 {
            return Err("the connection was closed".into());
        }
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if buffer.len() >= head + 4 + length.unwrap_or(0) {
            let status = text.split(' ').nth(1).and_then(|s| s.parse().ok());
            return status.ok_or_else(|| "no HTTP answer".to_owned());
        }
    }
}

async fn phone(address: &str, seen: Arc<Seen>) -> Result<(), String> {
    let listener = TcpListener::bind(address).await.map_err(|e| format!("{address}: {e}"))?;
    let take = move |body: axum::Json<Value>| {
        let seen = seen.clone();
        async move {
            let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            let page = body["page"].as_u64().unwrap_or_default();
            seen.pages.lock().push((text("person"), page, text("title"), Instant::now()));
            "ok"
        }
    };
    let router = axum::Router::new().fallback(axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}

/// Pages for each person, and how long after the acceptance of its alert each incident's first page came.
async fn wait_for_pages(settings: &Settings, seen: &Seen) -> Value {
    let groups = if settings.one_group { 1 } else { settings.total };
    let until = Instant::now() + PAGE_PATIENCE;
    let titles = || seen.pages.lock().iter().map(|(_, _, title, _)| title.clone()).collect::<BTreeSet<_>>().len();
    while titles() < groups && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(QUIET).await;
    let (mut per_person, mut first, mut numbers) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    for (person, page, title, at) in seen.pages.lock().iter() {
        *per_person.entry(person.clone()).or_insert(0) += 1;
        numbers.insert(*page);
        let soonest = first.entry(title.clone()).or_insert(*at);
        *soonest = (*soonest).min(*at);
    }
    let accepted = seen.accepted.lock();
    let index =
        |title: &str| title.rsplit(&format!("{}-", settings.tag)).next()?.split(' ').next()?.parse::<usize>().ok();
    let mut waits: Vec<f64> = first
        .iter()
        .filter_map(|(title, at)| Some(at.saturating_duration_since(*accepted.get(&index(title)?)?).as_secs_f64()))
        .collect();
    json!({
        "per_person": per_person, "distinct": numbers.len(), "incidents": first.len(), "measured": waits.len(),
        "accept_to_page_p50_ms": round(1e3 * quantile(&mut waits, 0.5)),
        "accept_to_page_p99_ms": round(1e3 * quantile(&mut waits, 0.99)),
    })
}
