//! The console on a lab, to click through while working on it: `cargo run -p noout-server --example console_preview`.
//! A fan starts to drop out at once. Pages go to a receiver in this process, and are printed.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use noout_server::{Demo, DemoPage, Pace, Settings};
use parking_lot::Mutex;
use serde_json::Value;

const CONFIG: &str = include_str!("console_preview.toml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::temp_dir().join(format!("noout-preview-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let inbox = Arc::new(Mutex::new(Vec::new()));
    let phone = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let text = CONFIG.replace("PHONE", &phone.local_addr()?.to_string());
    let config = noout_core::config::parse(&text).map_err(|problems| format!("{problems:?}"))?;
    let people: Vec<_> = config.people.iter().map(|p| p.id.clone()).collect();
    let taken = inbox.clone();
    let receiver = axum::Router::new().route(
        "/page",
        axum::routing::post(move |Json(body): Json<Value>| async move {
            println!("page {}", body["ack_url"]);
            taken.lock().extend(page(&body));
        }),
    );
    tokio::spawn(async move { axum::serve(phone, receiver).await });
    let running = noout_server::start(Settings {
        data: dir.join("noout.db"),
        config: Some((text, config)),
        dir: dir.clone(),
        listen: Some(std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".into())),
        status_listen: Some("127.0.0.1:0".into()),
        clock: Arc::new(noout_types::Timestamp::now),
        pace: Pace { act: Duration::from_millis(300), look: Duration::from_millis(700) },
        demo: Some(Demo { people, inbox, status: Arc::default() }),
    })
    .await?;
    println!("console http://{}/", running.console);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let platforms = running.app.platforms();
    for (_, lab) in platforms.labs() {
        lab.provoke(&"fan pve3 FAN3".parse()?)?;
    }
    tokio::spawn(technician(running.app.clone()));
    running.ended().await?;
    Ok(())
}

/// Whoever signs a work order has repaired what was broken.
async fn technician(app: noout_server::App) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let signed = app.read(|s| s.maintenances.iter().any(|m| m.order.as_ref().is_some_and(|o| o.signed.is_some())));
        if signed {
            for (_, lab) in app.platforms().labs() {
                lab.mend_all().ok();
            }
            return;
        }
    }
}

fn page(body: &Value) -> Option<DemoPage> {
    Some(DemoPage {
        page: noout_types::PageId(body["page"].as_u64()?),
        incident: noout_types::IncidentId(body["incident"].as_u64()?),
        person: body["person"].as_str()?.parse().ok()?,
        title: body["title"].as_str()?.to_owned(),
        text: body["text"].as_str()?.to_owned(),
        ack_url: body["ack_url"].as_str()?.to_owned(),
        at: body["at"].as_str()?.parse().ok()?,
    })
}
