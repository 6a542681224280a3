//! E-mail through the operator's SMTP server.
//!
//! The dialogue is led step by step, because what a failure means depends on the step: until the server has been
//! given the final dot it cannot have taken the mail, after it nobody knows until it answers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lettre::Address;
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::Error as LettreError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailCommand, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Severity as Class;
use secrecy::{ExposeSecret, SecretString};

use crate::words::clean;
use crate::{Channel, Message, Outcome};

mod letter;

/// From the connection to the server's answer to the mail. Servers that check a sender at leisure take up to about
/// twenty seconds; a page cannot wait for the minutes that RFC 5321 allows between two mail servers.
pub const SMTP_TIMEOUT: Duration = Duration::from_secs(30);

/// For one address of the server's name, so that a dead one leaves time for the next.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For the goodbye after the mail is safe: nobody needs it.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all: a relay on this machine.
    None,
    /// The connection starts plain and must change to TLS before anything else (usually port 587).
    #[default]
    Starttls,
    /// TLS from the first byte (usually port 465).
    Tls,
}

impl std::str::FromStr for SmtpTls {
    type Err = SmtpError;
    fn from_str(text: &str) -> Result<Self, SmtpError> {
        match text {
            "none" => Ok(Self::None),
            "starttls" => Ok(Self::Starttls),
            "tls" => Ok(Self::Tls),
            _ => Err(SmtpError::Tls { found: text.to_owned() }),
        }
    }
}

/// The operator's SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name or address; certificates are checked against it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// User and password, where the server wants them.
    pub login: Option<(String, SecretString)>,
    /// The sender, `noout@example.org` or `noout <noout@example.org>`.
    pub from: String,
    /// The name with which noout greets the server; this machine's name when it is absent.
    pub hello: Option<String>,
    /// Certificates (PEM) of a private authority, trusted beside the public ones.
    pub ca_pem: Option<String>,
}

/// Why SMTP settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// An unknown word for the protection.
    #[error("{found:?} is no kind of SMTP protection: allowed are \"none\", \"starttls\", \"tls\"")]
    Tls {
        /// What was found.
        found: String,
    },
    /// The sender is no mailbox.
    #[error("{found:?} is no sender: write \"noout@example.org\" or \"noout <noout@example.org>\"")]
    From {
        /// What was found.
        found: String,
    },
    /// A password would travel in the clear.
    #[error(
        "a password over a connection without TLS to {host:?} could be read by anybody: use \"starttls\" or \"tls\""
    )]
    ClearPassword {
        /// The server.
        host: String,
    },
    /// The certificates cannot be read, or the host is no name.
    #[error("TLS to {host:?} cannot be set up")]
    Certificates {
        /// The server.
        host: String,
        /// Why.
        #[source]
        source: LettreError,
    },
}

impl SmtpSettings {
    /// Checks what can be checked without the server.
    ///
    /// # Errors
    /// The sender is no mailbox, the certificates cannot be read, or a password would travel in the clear.
    pub fn check(&self) -> Result<(), SmtpError> {
        self.sender()?;
        self.tls_parameters()?;
        let here = self.host == "localhost" || self.host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if self.tls == SmtpTls::None && self.login.is_some() && !here {
            return Err(SmtpError::ClearPassword { host: self.host.clone() });
        }
        Ok(())
    }

    fn sender(&self) -> Result<Mailbox, SmtpError> {
        self.from.parse().map_err(|_| SmtpError::From { found: self.from.clone() })
    }

    fn tls_parameters(&self) -> Result<Option<TlsParameters>, SmtpError> {
        if self.tls == SmtpTls::None {
            return Ok(None);
        }
        let failed = |source| SmtpError::Certificates { host: self.host.clone(), source };
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.ca_pem {
            builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(failed)?);
        }
        builder.build().map(Some).map_err(failed)
    }
}

/// The channel to one address.
pub struct Mail {
    settings: Arc<SmtpSettings>,
    to: Address,
    timeout: Duration,
}

/// The step of the dialogue, for the words of a failure.
#[derive(Debug, Clone, Copy)]
enum Step {
    Greeting,
    Tls,
    Login,
    Sender,
    Recipient,
    Data,
}

impl Step {
    fn words(self) -> &'static str {
        match self {
            Self::Greeting => "at the greeting",
            Self::Tls => "at STARTTLS",
            Self::Login => "at the login",
            Self::Sender => "for the sender",
            Self::Recipient => "for the recipient",
            Self::Data => "before the text",
        }
    }
}

impl Mail {
    /// The channel to an address.
    ///
    /// # Errors
    /// The text is no mail address.
    pub fn new(settings: Arc<SmtpSettings>, to: &str) -> Result<Self, lettre::address::AddressError> {
        Ok(Self { settings, to: to.parse()?, timeout: SMTP_TIMEOUT })
    }

    /// Everything until the server asks for the text. Nothing is accepted before that, so nothing here is ambiguous.
    async fn prepare(&self, letter: &Letter) -> Result<AsyncSmtpConnection, Outcome> {
        let settings = &*self.settings;
        let hello = settings.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let tls = settings.tls_parameters().map_err(|e| Outcome::Permanent(e.to_string()))?;
        let implicit = tls.clone().filter(|_| settings.tls == SmtpTls::Tls);
        let server = (settings.host.as_str(), settings.port);
        let fail = |step| move |error: LettreError| self.failed(step, &error);
        let mut smtp = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_TIMEOUT), &hello, implicit, None)
            .await
            .map_err(fail(Step::Greeting))?;
        if let (SmtpTls::Starttls, Some(tls)) = (settings.tls, tls) {
            // Going on without TLS would give the page to whoever struck STARTTLS from the server's list.
            if !smtp.can_starttls() {
                smtp.abort().await;
                return Err(Outcome::Permanent("the server offers no STARTTLS, and plain is not allowed".to_owned()));
            }
            smtp.starttls(tls, &hello).await.map_err(fail(Step::Tls))?;
        }
        if let Some((user, password)) = &settings.login {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            smtp.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(fail(Step::Login))?;
        }
        let mut options = Vec::new();
        let mut addresses = letter.envelope().to().iter().chain(letter.envelope().from());
        if addresses.any(|a| !AsRef::<str>::as_ref(a).is_ascii()) {
            if !smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                smtp.abort().await;
                return Err(Outcome::Permanent("the server takes no address beyond ASCII".to_owned()));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        let sender = letter.envelope().from().cloned();
        smtp.command(MailCommand::new(sender, options)).await.map_err(fail(Step::Sender))?;
        smtp.command(Rcpt::new(self.to.clone(), vec![])).await.map_err(fail(Step::Recipient))?;
        smtp.command(Data).await.map_err(fail(Step::Data))?;
        Ok(smtp)
    }

    /// What a failure before the text means.
    fn failed(&self, step: Step, error: &LettreError) -> Outcome {
        if let Some(outcome) = self.refused(step.words(), error) {
            outcome
        } else if error.is_client() {
            // lettre's own words: no mechanism to log in with, no STARTTLS.
            Outcome::Permanent(format!("{} {}", self.cleaned(error), step.words()))
        } else if let Some(why) = tls_failure(error) {
            Outcome::Transient(format!("no TLS with the server {}: {}", step.words(), self.clean(&why)))
        } else {
            Outcome::Transient(format!("no connection to the server, or it broke, {}", step.words()))
        }
    }

    /// The server's own refusal: 4xx may pass, 5xx will not.
    fn refused(&self, place: &str, error: &LettreError) -> Option<Outcome> {
        let code = error.status()?;
        let words = format!("refused {place}: {code} {}", self.cleaned(error));
        Some(if error.is_permanent() { Outcome::Permanent(words) } else { Outcome::Transient(words) })
    }

    /// The innermost words of an error, which are the server's, without secrets.
    fn cleaned(&self, error: &LettreError) -> String {
        let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        self.clean(&words)
    }

    fn clean(&self, words: &str) -> String {
        let to = self.to.to_string();
        let mut secrets = vec![to.as_str()];
        if let Some((user, password)) = &self.settings.login {
            secrets.extend([password.expose_secret(), user]);
        }
        clean(words, &secrets)
    }

    /// Gives the server the text and hears what it says.
    async fn hand_over(&self, smtp: &mut AsyncSmtpConnection, letter: &Letter) -> Outcome {
        match smtp.message(&letter.formatted()).await {
            Ok(response) if response.code().severity == Class::PositiveCompletion => {
                let words: Vec<&str> = response.message().collect();
                Outcome::Delivered(format!("accepted: {} {}", response.code(), self.clean(&words.join(" "))))
            }
            Ok(response) => {
                Outcome::Ambiguous(format!("an answer without meaning after the text: {}", response.code()))
            }
            Err(error) => self
                .refused("after the text", &error)
                .unwrap_or_else(|| Outcome::Ambiguous("the connection broke after the text was sent".to_owned())),
        }
    }
}

/// What TLS did not like, if it was TLS: a certificate of an unknown authority, for example. It is the operator's or
/// the server's to mend, so the page is tried again.
fn tls_failure(error: &LettreError) -> Option<String> {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = source {
        // The network layer hands rustls' errors on inside an io::Error, which hides them from `source`.
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(tls) = inner.and_then(|e| e.downcast_ref::<rustls::Error>()) {
            return Some(tls.to_string());
        }
        source = cause.source();
    }
    error.is_tls().then(|| "the handshake failed".to_owned())
}

#[async_trait]
impl Channel for Mail {
    async fn send(&self, message: &Message) -> Outcome {
        let sender = match self.settings.sender() {
            Ok(sender) => sender,
            Err(error) => return Outcome::Permanent(error.to_string()),
        };
        let letter = match letter::write(message, sender, self.to.clone(), Timestamp::now()) {
            Ok(letter) => letter,
            Err(_) => return Outcome::Permanent("the mail cannot be put together".to_owned()),
        };
        let deadline = tokio::time::Instant::now() + self.timeout;
        let mut smtp = match tokio::time::timeout_at(deadline, self.prepare(&letter)).await {
            Ok(Ok(smtp)) => smtp,
            Ok(Err(outcome)) => return outcome,
            Err(_) => return Outcome::Transient("the server was too slow before the text".to_owned()),
        };
        let outcome = match tokio::time::timeout_at(deadline, self.hand_over(&mut smtp, &letter)).await {
            Ok(outcome) => outcome,
            Err(_) => return Outcome::Ambiguous("no answer in time after the text was sent".to_owned()),
        };
        let _ = tokio::time::timeout(QUIT_TIMEOUT, smtp.abort()).await;
        outcome
    }
}

#[cfg(test)]
mod tests;
