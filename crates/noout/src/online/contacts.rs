//! How people are reached: list, and try.

use std::time::Duration;

use anyhow::Result;
use noout_api as wire;
use noout_types::PersonId;

use super::client::Client;
use crate::cli::Format;
use crate::output;

/// How long a test is watched: shorter than the command line's token lives.
const PATIENCE: Duration = Duration::from_secs(50);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(700);

fn path(person: &PersonId, what: &str) -> String {
    format!("/api/v1/people/{person}/{what}")
}

/// `noout person contacts`.
pub async fn list(client: &Client, person: &PersonId) -> Result<()> {
    let found: Vec<wire::ContactMethod> = client.get(&path(person, "contacts")).await?;
    show(client, &found)
}

fn show(client: &Client, found: &[wire::ContactMethod]) -> Result<()> {
    if client.output == Format::Json {
        return output::json(&found);
    }
    let row = |m: &wire::ContactMethod| {
        let confirmed = match (&m.lacks, m.confirmed) {
            (Some(lacks), _) => lacks.clone(),
            (None, Some(at)) => at.to_string(),
            (None, None) => "never".to_owned(),
        };
        let (state, words) = m.test.as_ref().map_or(("-", "-"), |t| (t.state.as_str(), t.words.as_str()));
        [m.contact.clone(), m.key.clone(), confirmed, state.to_owned(), words.to_owned()]
    };
    output::table(["CONTACT", "KEY", "CONFIRMED", "LAST TEST", "WORDS"], found.iter().map(row))
}

/// `noout person test`.
pub async fn test(client: &Client, person: &PersonId, contact: Option<String>, no_wait: bool) -> Result<()> {
    let _accepted: wire::Accepted = client.post(&path(person, "test"), &wire::TestContacts { contact }).await?;
    let begun = std::time::Instant::now();
    loop {
        let found: Vec<wire::ContactMethod> = client.get(&path(person, "contacts")).await?;
        let over = found.iter().filter_map(|m| m.test.as_ref()).all(|t| t.is_over || t.state == "confirmed");
        if over || no_wait || begun.elapsed() > PATIENCE {
            eprintln!("a contact counts as confirmed once {person} follows the link in its message");
            return show(client, &found);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
