//! From a contact method to the channel that serves it.

use std::sync::Arc;

use noout_types::{Contact, Key, Place, SlackTo};
use secrecy::SecretString;
use url::Url;

use crate::carrier::Carrier;
use crate::http::Http;
use crate::push::{Push, Subscription};
use crate::services::Services;
use crate::{
    Channel, Followed, HttpError, HttpSettings, Mail, Message, Ntfy, Outcome, SmtpError, SmtpSettings, Webhook, matrix,
    mattermost, pushover, slack, sms, teams, telegram, voice,
};

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
    /// A service without an account.
    #[error("the configuration has no {0} section")]
    NoService(&'static str),
    /// The person has no number.
    #[error("the person has no phone")]
    NoPhone,
    /// The person has no device.
    #[error("the person has enrolled no device")]
    NoDevice,
    /// What a contact names cannot be read: where it stands, and why.
    #[error("what {kind:?} names cannot be used: {why}")]
    Named {
        /// The contact's kind.
        kind: &'static str,
        /// Why, without the secret.
        why: String,
    },
}

/// What is the person's own, and not the contact's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recipient<'a> {
    /// For a plain `mail`.
    pub email: Option<&'a str>,
    /// For `sms` and `voice`, in the international form.
    pub phone: Option<&'a str>,
    /// For `push`: device ids and subscriptions.
    pub devices: &'a [(String, Subscription)],
}

/// How an attempt ended, and what it taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// How it ended.
    pub outcome: Outcome,
    /// Devices that are not there any more, by id: they are to be forgotten.
    pub gone: Vec<String>,
}

/// Reads a secret by the name under which it is kept, `env:NAME`, `file:PATH` or `cred:NAME`; errors in words without it.
pub type Resolve = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// All channels, over one HTTP client and one SMTP setting. Cheap to clone.
#[derive(Clone)]
pub struct Channels {
    http: Http,
    smtp: Option<Arc<SmtpSettings>>,
    webhook_secret: Option<Arc<SecretString>>,
    services: Services,
    resolve: Resolve,
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
        let resolve: Resolve = Arc::new(|_| Err("names of secrets are not read here".to_owned()));
        Ok(Self {
            http: Http::new(http)?,
            smtp: smtp.map(Arc::new),
            webhook_secret: webhook_secret.map(Arc::new),
            services: Services::default(),
            resolve,
        })
    }

    /// With accounts at services, and with a reader of what contacts name.
    #[must_use]
    pub fn with(self, services: Services, resolve: Resolve) -> Self {
        Self { services, resolve, ..self }
    }

    /// The account that pushes to devices.
    #[must_use]
    pub fn push(&self) -> Option<&Arc<Push>> {
        self.services.push.as_ref()
    }

    /// A carrier of text messages or calls by its id.
    #[must_use]
    pub fn carrier(&self, id: &str) -> Option<&Arc<Carrier>> {
        self.services.sms.iter().chain(&self.services.voice).find(|c| c.id == id)
    }

    /// The account of Telegram's bot, with the client to ask it by.
    #[must_use]
    pub fn telegram(&self) -> Option<telegram::Bot> {
        self.services.telegram.clone().map(|service| telegram::Bot::new(self.http.clone(), service))
    }

    fn place(&self, kind: &'static str, place: &Place) -> Result<Url, Unavailable> {
        match place {
            Place::Url(url) => Ok(url.clone()),
            Place::Named(name) => {
                let named = |why| Unavailable::Named { kind, why };
                let text = (self.resolve)(name).map_err(named)?;
                let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
                url.ok_or_else(|| named("it is no http or https URL".to_owned()))
            }
        }
    }

    /// The channel for one contact method.
    ///
    /// # Errors
    /// What is missing to use it.
    pub fn channel_for(&self, contact: &Contact, to: &Recipient<'_>) -> Result<Arc<dyn Channel>, Unavailable> {
        let http = || self.http.clone();
        let services = &self.services;
        let phone = || to.phone.map(ToOwned::to_owned).ok_or(Unavailable::NoPhone);
        Ok(match contact {
            Contact::Mail { address } => {
                let smtp = self.smtp.clone().ok_or(Unavailable::NoSmtp)?;
                let address = address.as_deref().or(to.email).ok_or(Unavailable::NoAddress)?;
                Arc::new(Mail::new(smtp, address).map_err(|_| Unavailable::BadAddress)?)
            }
            Contact::Ntfy { url } => Arc::new(Ntfy::new(http(), self.place("ntfy", url)?)),
            Contact::Webhook { url } => {
                Arc::new(Webhook::new(http(), self.place("webhook", url)?, self.webhook_secret.clone()))
            }
            Contact::Mattermost { url } => {
                Arc::new(mattermost::Mattermost { http: http(), url: self.place("mattermost", url)? })
            }
            Contact::Teams { url } => Arc::new(teams::Teams { http: http(), url: self.place("teams", url)? }),
            Contact::Slack { to: SlackTo::Hook(url) } => {
                Arc::new(slack::Hook { http: http(), url: self.place("slack", url)? })
            }
            Contact::Slack { to: SlackTo::Channel(channel) } => {
                let service = services.slack.clone().ok_or(Unavailable::NoService("[slack]"))?;
                Arc::new(slack::Bot { http: http(), service, channel: channel.clone() })
            }
            Contact::Matrix { room } => {
                let service = services.matrix.clone().ok_or(Unavailable::NoService("[matrix]"))?;
                Arc::new(matrix::Matrix { http: http(), service, room: room.clone() })
            }
            Contact::Telegram { chat } => {
                let service = services.telegram.clone().ok_or(Unavailable::NoService("[telegram]"))?;
                Arc::new(telegram::Telegram { bot: telegram::Bot::new(http(), service), chat: chat.clone() })
            }
            Contact::Pushover { user } => {
                let user = match user {
                    Key::Plain(key) => key.clone(),
                    Key::Named(name) => {
                        (self.resolve)(name).map_err(|why| Unavailable::Named { kind: "pushover", why })?
                    }
                };
                Arc::new(pushover::Pushover { http: http(), service: self.pushover()?, user })
            }
            Contact::Sms if services.sms.is_empty() => return Err(Unavailable::NoService("[[sms]]")),
            Contact::Sms => Arc::new(sms::Sms { http: http(), carriers: services.sms.clone(), phone: phone()? }),
            Contact::Voice if services.voice.is_empty() => return Err(Unavailable::NoService("[[voice]]")),
            Contact::Voice => {
                Arc::new(voice::Voice { http: http(), carriers: services.voice.clone(), phone: phone()? })
            }
            // Goes to several devices, and tells which of them are gone.
            Contact::Push => return Err(Unavailable::NoDevice),
        })
    }

    fn pushover(&self) -> Result<crate::Service, Unavailable> {
        self.services.pushover.clone().ok_or(Unavailable::NoService("[pushover]"))
    }

    /// Tries once. What makes the contact unusable is a permanent failure, so that the next one is tried at once.
    pub async fn send(&self, contact: &Contact, to: &Recipient<'_>, message: &Message) -> Sent {
        let sent = match (contact, &self.services.push) {
            (Contact::Push, Some(push)) if !to.devices.is_empty() => push.send(to.devices, message).await,
            _ => {
                let outcome = match self.channel_for(contact, to) {
                    Ok(channel) => channel.send(message).await,
                    Err(why) => Outcome::Permanent(why.to_string()),
                };
                Sent { outcome, gone: Vec::new() }
            }
        };
        let (name, outcome) = (message.name(), &sent.outcome);
        tracing::debug!(name, contact = contact.shown(), ?outcome, "a message was tried");
        sent
    }

    /// Asks the provider what became of a message that it took.
    pub async fn follow(&self, contact: &Contact, handle: &str) -> Followed {
        match contact {
            Contact::Pushover { .. } => match self.pushover() {
                Ok(service) => pushover::follow(&self.http, &service, handle).await,
                Err(why) => Followed::Refused(why.to_string()),
            },
            Contact::Sms => sms::follow(&self.http, &self.services.sms, handle).await,
            Contact::Voice => voice::follow(&self.http, &self.services.voice, handle).await,
            other => Followed::Refused(format!("{} tells nothing later", other.kind())),
        }
    }

    /// Takes back a message that rings on, where that is possible: somebody has it.
    pub async fn withdraw(&self, contact: &Contact, handle: &str) {
        match contact {
            Contact::Pushover { .. } => {
                if let Ok(service) = self.pushover() {
                    pushover::withdraw(&self.http, &service, handle).await;
                }
            }
            Contact::Voice => voice::withdraw(&self.http, &self.services.voice, handle).await,
            _ => {}
        }
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
