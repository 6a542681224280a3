//! From a contact method to the channel that serves it.

use std::sync::Arc;

use noout_types::{Contact, Place};
use secrecy::SecretString;

use crate::http::Http;
use crate::{Channel, HttpError, HttpSettings, Mail, Message, Ntfy, Outcome, SmtpError, SmtpSettings, Webhook};

/// Why a contact method cannot be used with these settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// No SMTP server is configured.
    #[error("mail needs an [mail] section in the configuration")]
    NoSmtp,
    /// The person has no mail address.
    #[error("mail needs the person's email, or an address behind \"mail:\"")]
    NoAddress,
    /// The address cannot be written into a mail.
    #[error("the mail address cannot be read")]
    BadAddress,
    /// A kind that noout knows and cannot send yet.
    #[error("{0:?} is not yet available: use mail, ntfy or webhook")]
    NotYet(&'static str),
}

/// All channels, over one HTTP client and one SMTP setting. Cheap to clone.
#[derive(Clone)]
pub struct Channels {
    http: Http,
    smtp: Option<Arc<SmtpSettings>>,
    webhook_secret: Option<Arc<SecretString>>,
}

impl Channels {
    /// Sets up what the channels share. Without `smtp` no mail can be sent; without `webhook_secret` webhooks go out
    /// unsigned.
    ///
    /// # Errors
    /// TLS cannot be set up, or the SMTP settings cannot be used.
    pub fn new(
        http: &HttpSettings,
        smtp: Option<SmtpSettings>,
        webhook_secret: Option<SecretString>,
    ) -> Result<Self, ChannelsError> {
        if let Some(smtp) = &smtp {
            smtp.check()?;
        }
        Ok(Self { http: Http::new(http)?, smtp: smtp.map(Arc::new), webhook_secret: webhook_secret.map(Arc::new) })
    }

    /// The channel for one contact method. `email` is the person's own address, for a plain `mail`.
    ///
    /// # Errors
    /// What is missing to use it.
    pub fn channel_for(&self, contact: &Contact, email: Option<&str>) -> Result<Arc<dyn Channel>, Unavailable> {
        match contact {
            Contact::Mail { address } => {
                let smtp = self.smtp.clone().ok_or(Unavailable::NoSmtp)?;
                let address = address.as_deref().or(email).ok_or(Unavailable::NoAddress)?;
                Ok(Arc::new(Mail::new(smtp, address).map_err(|_| Unavailable::BadAddress)?))
            }
            Contact::Ntfy { url: Place::Url(url) } => Ok(Arc::new(Ntfy::new(self.http.clone(), url.clone()))),
            Contact::Webhook { url: Place::Url(url) } => {
                Ok(Arc::new(Webhook::new(self.http.clone(), url.clone(), self.webhook_secret.clone())))
            }
            other => Err(Unavailable::NotYet(other.kind())),
        }
    }

    /// Tries once. What makes the contact unusable is a permanent failure, so that the next one is tried at once.
    pub async fn send(&self, contact: &Contact, email: Option<&str>, message: &Message) -> Outcome {
        let outcome = match self.channel_for(contact, email) {
            Ok(channel) => channel.send(message).await,
            Err(why) => Outcome::Permanent(why.to_string()),
        };
        tracing::debug!(
            page = message.page.0,
            attempt = message.attempt,
            contact = contact.shown(),
            ?outcome,
            "a page was tried"
        );
        outcome
    }
}

/// Why the channels cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ChannelsError {
    /// No HTTP client.
    #[error("outgoing HTTP cannot be set up")]
    Http(#[from] HttpError),
    /// Unusable SMTP settings.
    #[error("the SMTP settings cannot be used")]
    Smtp(#[from] SmtpError),
}
