//! Talking to the server.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args;
use noout_api::ErrorBody;
use noout_server::{Keys, key_path};
use noout_types::PersonId;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::Format;
use crate::failure::BadInput;

/// A server that does not answer within this time will not.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// A token of `noout token add`: with it a server elsewhere can be asked, where its key file is not.
const TOKEN: &str = "NOOUT_TOKEN";

/// Where the server is and who asks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
    /// Where the server listens
    #[arg(long, env = "NOOUT_URL", default_value = "http://127.0.0.1:8420", value_name = "URL")]
    pub url: String,
    /// The server's data file; the key beside it proves that you may ask
    #[arg(long, env = "NOOUT_DATA", default_value = "noout.db", value_name = "FILE")]
    pub data: PathBuf,
    /// Act as this person; as the administrator of this machine if absent
    #[arg(id = "as", long = "as", env = "NOOUT_PERSON", value_name = "PERSON")]
    pub person: Option<PersonId>,
    /// How the answer is written
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Format,
}

/// A connection to the server.
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
    /// How answers are written.
    pub output: Format,
}

impl Client {
    /// Reads the key and makes a token; nothing is sent yet.
    pub fn new(args: &ServerArgs) -> anyhow::Result<Self> {
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let token = match std::env::var(TOKEN) {
            Ok(token) if !token.is_empty() => {
                if let Some(person) = &args.person {
                    let words = format!(
                        "{TOKEN} is set, and a token speaks for itself: unset it to act as {person}, or leave out --as and NOOUT_PERSON"
                    );
                    return Err(BadInput::new(words).into());
                }
                token
            }
            _ => {
                let keys = Keys::read(&key_path(&args.data)).context("the server cannot be asked")?;
                keys.local(args.person.as_ref(), jiff::Timestamp::now())
            }
        };
        // A proxy has no business with a token of this machine.
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().redirect(reqwest::redirect::Policy::none());
        let http = http.build().context("no HTTP client")?;
        Ok(Self { http, base: args.url.trim_end_matches('/').to_owned(), token, output: args.output })
    }

    /// Asks for something.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.send(Method::GET, path, None::<&()>).await
    }

    /// Asks for something to be done.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> anyhow::Result<T> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Asks for something that needs no further words.
    pub async fn act<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.send(Method::POST, path, None::<&()>).await
    }

    /// Takes something back.
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.send(Method::DELETE, path, None::<&()>).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> anyhow::Result<T> {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| {
            format!("no server answers at {}: `noout serve` starts one, --url says where it is", self.base)
        })?;
        let status = response.status();
        let bytes = response.bytes().await.context("the answer broke off")?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).with_context(|| {
                format!("{} answered something else than expected: is it noout, and of this version?", self.base)
            });
        }
        Err(refused(status, &bytes))
    }

    /// Posts a body as a source of alerts would.
    pub async fn post_as_source(&self, path: &str, body: &impl Serialize) -> anyhow::Result<()> {
        let response = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body).send().await;
        let response = response.with_context(|| format!("no server answers at {}", self.base))?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let text = response.text().await.unwrap_or_default();
        let words = serde_json::from_str(&text).unwrap_or(text);
        Err(if status == StatusCode::BAD_REQUEST { BadInput::new(words).into() } else { anyhow!(words) })
    }
}

/// What the server says, and how the command ends: by 2 where what was given is wrong.
fn refused(status: StatusCode, bytes: &[u8]) -> anyhow::Error {
    let Ok(body) = serde_json::from_slice::<ErrorBody>(bytes) else {
        return anyhow!("the server answered {status}: is it noout?");
    };
    let mut words = body.message;
    for problem in &body.errors {
        words.push_str(&format!("\n  {problem}"));
    }
    match status {
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::NOT_FOUND => BadInput::new(words).into(),
        StatusCode::UNAUTHORIZED if std::env::var(TOKEN).is_ok_and(|token| !token.is_empty()) => {
            anyhow!("the server does not know the token in {TOKEN}: it was revoked, or is another server's")
        }
        StatusCode::UNAUTHORIZED => {
            anyhow!("the server does not know the key: --data must name the data file of the server that is asked")
        }
        _ => anyhow!(words),
    }
}
