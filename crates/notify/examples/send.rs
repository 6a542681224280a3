//! Sends one page by one contact method and prints how it ended: to try a channel by hand, and for tests/real/smtp.
//!
//! ```sh
//! cargo run -p noout-notify --example send -- mail:ana@example.org --smtp mail.example.org:587
//! ```
//! Exit code: 0 delivered, 10 permanent, 11 transient, 12 ambiguous.

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use noout_notify::{
    Channels, Contact, Facts, HttpSettings, Message, Outcome, Reason, Recipient, SmtpSettings, SmtpTls, render,
};
use noout_types::{IncidentId, Lang, PageId, PersonId, Severity};

/// One page, by one contact method.
#[derive(Parser)]
struct Args {
    /// How to reach the person, as in noout.toml.
    contact: Contact,
    /// The SMTP server, HOST:PORT.
    #[arg(long)]
    smtp: Option<String>,
    /// none, starttls or tls.
    #[arg(long, default_value = "starttls")]
    tls: SmtpTls,
    /// A file with the certificates (PEM) of a private authority.
    #[arg(long)]
    ca: Option<std::path::PathBuf>,
    /// The sender.
    #[arg(long, default_value = "noout <noout@example.org>")]
    from: String,
    /// The secret that webhooks are signed with.
    #[arg(long, env = "NOOUT_WEBHOOK_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// The language of the page.
    #[arg(long, default_value = "en")]
    language: String,
    /// What broke.
    #[arg(long, default_value = "Fan 3 of pve3 drops out again and again")]
    what: String,
    /// The page's number.
    #[arg(long, default_value_t = 1)]
    page: u64,
    /// The attempt's number.
    #[arg(long, default_value_t = 1)]
    attempt: u32,
    /// Where the button leads.
    #[arg(long, default_value = "https://noout.example.org/p/example")]
    ack_url: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let smtp = args.smtp.as_deref().map(|server| -> anyhow::Result<SmtpSettings> {
        let (host, port) = server.rsplit_once(':').context("--smtp is HOST:PORT")?;
        Ok(SmtpSettings {
            host: host.to_owned(),
            port: port.parse().context("--smtp is HOST:PORT")?,
            tls: args.tls,
            login: None,
            from: args.from.clone(),
            hello: None,
            ca_pem: args.ca.as_ref().map(std::fs::read_to_string).transpose().context("--ca")?,
        })
    });
    let channels = Channels::new(&HttpSettings::default(), smtp.transpose()?, args.secret.map(Into::into))?;
    let now = jiff::Timestamp::now();
    let language = Lang::from_code(&args.language).context("--language is en, fr or de")?;
    let facts = Facts {
        what: &args.what,
        text: "",
        alerts: 1,
        labels: &[],
        incident: IncidentId(1),
        severity: Severity::Critical,
        since: now,
        time_zone: "UTC",
        hit: &[],
        done: &[],
        runbook: None,
        also: &[],
        reason: Reason::OnCall,
    };
    let words = render(&facts, language);
    let message = Message {
        page: PageId(args.page),
        attempt: args.attempt,
        incident: IncidentId(1),
        title: words.title,
        text: words.text,
        severity: Severity::Critical,
        person: PersonId::new("example")?,
        language,
        ack_url: args.ack_url,
        at: now,
        test: None,
        reply: None,
    };
    let outcome = channels.send(&args.contact, &Recipient::default(), &message).await.outcome;
    println!("{outcome:?}");
    Ok(ExitCode::from(match outcome {
        Outcome::Delivered(_) | Outcome::Accepted { .. } => 0,
        Outcome::Permanent(_) => 10,
        Outcome::Transient(_) | Outcome::Busy { .. } => 11,
        Outcome::Ambiguous(_) => 12,
    }))
}
