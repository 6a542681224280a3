//! Alerts and other teams' requests by mail: a small SMTP server. `KEY@anything` is the source with that key.
//!
//! A mail is answered by 250 after the journal's commit and never before: until then it is the sending server's, which tries
//! again for days. An address whose key nobody has is refused at once (550), so that the sender hears of it. From this
//! machine, as long as no `[[source]]` is configured, any address will do, as in the intake by HTTP.

mod room;
mod session;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use noout_core::config::{SmtpIn, SourceKind};
use noout_core::engine::Command;
use noout_core::request::{Ask, Asker, MAX_TEXT_CHARS, MAX_TITLE_CHARS, RequestCommand, is_address};
use noout_core::{Actor, Input};
use noout_ingest::{Mail, MailError};
use noout_types::{Pattern, SourceId};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::http::{SourceKeys, is_here, own, posted};
use crate::{App, SubmitError};

/// A connection lives this long.
const LIFE: Duration = Duration::from_secs(600);

/// When nothing can be accepted, the next try waits this long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What every connection needs.
struct Post {
    app: App,
    keys: SourceKeys,
    name: String,
    tls: Option<TlsAcceptor>,
}

/// Why a mail is not taken.
#[derive(Debug)]
enum NotTaken {
    /// Try again later.
    Later(SubmitError),
    /// It never will be.
    Never(String),
}

/// Makes what serves: reads the certificate, if there is one.
///
/// # Errors
/// The certificate or its key cannot be read or used, in words.
pub(crate) fn prepare(app: &App, config: &SmtpIn, dir: &std::path::Path) -> Result<Server, String> {
    let tls = match (&config.certificate, &config.private_key) {
        (Some(certificate), Some(key)) => Some(tls::acceptor(&dir.join(certificate), &dir.join(key))?),
        _ => None,
    };
    let post = Post { app: app.clone(), keys: SourceKeys::new(app), name: config.name.clone(), tls };
    Ok(Server(Arc::new(post)))
}

/// Takes mails.
pub(crate) struct Server(Arc<Post>);

impl Server {
    /// Serves for good.
    pub(crate) async fn serve(self, listener: TcpListener) {
        let room = Arc::new(room::Room::default());
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(why) => {
                    tracing::warn!(%why, "a connection for mail could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            // Beyond the limit the connection is closed at once; a relay tries again.
            let Some(place) = room.enter(peer.ip()) else { continue };
            let post = self.0.clone();
            tokio::spawn(async move {
                tokio::select! {
                    _ended = tokio::time::timeout(LIFE, session::connection(stream, peer, &post, &place)) => {}
                    () = place.gives_way() => {}
                }
            });
        }
    }
}

/// Whom a mail is for: a source, and what it is for.
type Recipient = (SourceId, SourceKind);

/// The rules of a source's mails.
fn rules_of(app: &App, source: &SourceId) -> (Option<Pattern>, Option<Pattern>) {
    app.read(|s| {
        let found = s.config.sources.iter().find(|x| x.id == *source);
        found.map(|x| (x.mail_dedup.clone(), x.mail_resolve.clone())).unwrap_or_default()
    })
}

impl Post {
    /// The source that an address names.
    fn source_of(&self, address: &str, peer: SocketAddr) -> Option<Recipient> {
        let (key, _) = address.rsplit_once('@')?;
        if self.keys.keyless(&self.app) {
            return own().ok().filter(|_| is_here(peer.ip())).map(|source| (source, SourceKind::Alerts));
        }
        self.keys.find(&self.app, key)
    }

    /// Commits a mail for each source that it was sent to.
    async fn take(&self, sources: &[Recipient], raw: &[u8]) -> Result<(), NotTaken> {
        for (source, kind) in sources {
            if *kind == SourceKind::Requests {
                self.ask(source, raw).await?;
                continue;
            }
            let (dedup, resolve) = rules_of(&self.app, source);
            let rules = Mail { dedup: dedup.as_ref(), resolve: resolve.as_ref() };
            let parsed = noout_ingest::mail(raw, &rules).map_err(|why: MailError| NotTaken::Never(why.to_string()))?;
            let alerts: Vec<_> = parsed.alerts.into_iter().map(|alert| posted(source, alert)).collect();
            let count = alerts.len();
            match self.app.submit(Input::Alerts { source: source.clone(), alerts }).await {
                Ok(_committed) => self.app.metrics().accepted(source, count, self.app.now()),
                Err(SubmitError::Refused(why)) => return Err(NotTaken::Never(why.to_string())),
                Err(why) => {
                    self.app.metrics().shed();
                    return Err(NotTaken::Later(why));
                }
            }
        }
        Ok(())
    }

    /// A mail to a source of requests is a request, or words for one that it answers to. One that comes twice is one: its
    /// sender could not know that the first was taken.
    async fn ask(&self, source: &SourceId, raw: &[u8]) -> Result<(), NotTaken> {
        let letter = noout_ingest::letter(raw, MAX_TITLE_CHARS, MAX_TEXT_CHARS);
        let letter = letter.map_err(|why| NotTaken::Never(why.to_string()))?;
        // A sender that nobody can write to is still somebody who wants something.
        let from = match letter.address {
            mail if is_address(&mail) => Asker { name: letter.name, mail, ..Asker::default() },
            mail if letter.name.is_empty() => Asker { name: mail, ..Asker::default() },
            _ => Asker { name: letter.name, ..Asker::default() },
        };
        let (title, text, key, follows) = (letter.subject, letter.text, letter.id, letter.follows);
        let ask = Ask { title, text, from, key, follows, ..Ask::default() };
        let command = Command::Request(RequestCommand::Ask(Box::new(ask)));
        match self.app.submit(Input::Command { by: Actor::Source(source.clone()), command }).await {
            Ok(_committed) => Ok(()),
            Err(SubmitError::Refused(why)) => Err(NotTaken::Never(why.to_string())),
            Err(why) => Err(NotTaken::Later(why)),
        }
    }
}
