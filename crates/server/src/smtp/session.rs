//! One connection: RFC 5321, as much of it as a sender of alerts needs.

use std::net::SocketAddr;
use std::time::Duration;

use smtp_proto::request::receiver::{DataReceiver, RequestReceiver};
use smtp_proto::{Error, Request};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::room::Place;
use super::{NotTaken, Post, Recipient};

/// Longest mail in bytes. Alerts are texts; a picture may hang on one.
const MAX_MAIL_BYTES: usize = 1 << 20;

/// Most sources that one mail is for.
const MAX_RECIPIENTS: usize = 16;

/// Mails and mistakes of one connection.
const MAX_MAILS: usize = 100;
const MAX_ERRORS: usize = 10;

/// Whoever says nothing for so long is put out.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same for who has not named a source's key yet: a relay says at once what it wants.
const STRANGERS_PATIENCE: Duration = Duration::from_secs(15);

/// Whoever has not named one after this long is put out, however much it says.
const STRANGERS_LIFE: Duration = Duration::from_secs(60);

/// Bytes that are read at once.
const CHUNK: usize = 16 << 10;

/// How a conversation ends.
enum End {
    Closed,
    StartTls,
}

/// Talks to one sender until it leaves.
pub(super) async fn connection(
    mut stream: TcpStream,
    peer: SocketAddr,
    post: &Post,
    place: &Place,
) -> std::io::Result<()> {
    let until = Instant::now() + STRANGERS_LIFE;
    let greeting = format!("220 {} ESMTP noout\r\n", post.name);
    stream.write_all(greeting.as_bytes()).await?;
    let mut talk = Talk::new(post, peer, place, until, post.tls.is_some());
    match talk.run(&mut stream).await? {
        End::Closed => Ok(()),
        End::StartTls => {
            let Some(tls) = &post.tls else { return Ok(()) };
            let accepted = tokio::time::timeout(STRANGERS_PATIENCE, tls.accept(stream)).await;
            let mut stream = accepted.map_err(|_| std::io::ErrorKind::TimedOut)??;
            // What was said in the clear does not count any more.
            Talk::new(post, peer, place, until, false).run(&mut stream).await?;
            stream.shutdown().await
        }
    }
}

/// What was said so far.
struct Talk<'p> {
    post: &'p Post,
    peer: SocketAddr,
    place: &'p Place,
    /// Until when it has to name a source's key; none once it did.
    stranger_until: Option<Instant>,
    offers_tls: bool,
    greeted: bool,
    from: bool,
    to: Vec<Recipient>,
    /// The mail that is being sent, and whether it is longer than is kept.
    data: Option<Data>,
    mails: usize,
    errors: usize,
}

struct Data {
    receiver: DataReceiver,
    kept: Vec<u8>,
    too_long: bool,
}

/// What follows from a command.
enum Next {
    Say(String),
    SayAndEnd(String, End),
}

fn say(line: impl Into<String>) -> Next {
    Next::Say(line.into())
}

impl<'p> Talk<'p> {
    fn new(post: &'p Post, peer: SocketAddr, place: &'p Place, until: Instant, offers_tls: bool) -> Self {
        let (greeted, from, to, data, stranger_until) = (false, false, Vec::new(), None, Some(until));
        Self { post, peer, place, stranger_until, offers_tls, greeted, from, to, data, mails: 0, errors: 0 }
    }

    /// How long it may say nothing.
    fn patience(&self) -> Duration {
        let left = |until: Instant| until.saturating_duration_since(Instant::now()).min(STRANGERS_PATIENCE);
        self.stranger_until.map_or(PATIENCE, left)
    }

    async fn run<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> std::io::Result<End> {
        let mut receiver = RequestReceiver::default();
        let mut buffer = vec![0; CHUNK];
        loop {
            let Ok(read) = tokio::time::timeout(self.patience(), stream.read(&mut buffer)).await else {
                stream.write_all(b"421 4.4.2 nothing was said for too long\r\n").await?;
                return Ok(End::Closed);
            };
            let read = read?;
            if read == 0 {
                return Ok(End::Closed);
            }
            let mut bytes = buffer[..read].iter();
            let mut out = String::new();
            while !bytes.as_slice().is_empty() {
                let next = if self.data.is_some() {
                    match self.receive(&mut bytes) {
                        Some(data) => self.mail(data).await,
                        None => break,
                    }
                } else {
                    match receiver.ingest(&mut bytes) {
                        Ok(request) => self.command(request.into_owned()),
                        Err(Error::NeedsMoreData { .. }) => break,
                        Err(why) => self.mistake(&why),
                    }
                };
                match next {
                    Next::Say(line) => out.push_str(&line),
                    Next::SayAndEnd(line, end) => {
                        out.push_str(&line);
                        stream.write_all(out.as_bytes()).await?;
                        return Ok(end);
                    }
                }
                if self.errors > MAX_ERRORS {
                    out.push_str("421 4.7.0 too many mistakes\r\n");
                    stream.write_all(out.as_bytes()).await?;
                    return Ok(End::Closed);
                }
            }
            stream.write_all(out.as_bytes()).await?;
        }
    }

    fn mistake(&mut self, why: &Error) -> Next {
        self.errors += 1;
        say(match why {
            Error::UnknownCommand => "500 5.5.1 there is no such command\r\n",
            Error::InvalidSenderAddress => "501 5.1.7 the sender's address cannot be read\r\n",
            Error::InvalidRecipientAddress => "501 5.1.3 the recipient's address cannot be read\r\n",
            Error::ResponseTooLong => "500 5.5.6 the line is too long\r\n",
            _ => "501 5.5.4 the command cannot be read\r\n",
        })
    }

    fn command(&mut self, request: Request<String>) -> Next {
        match request {
            Request::Ehlo { host } => {
                self.reset();
                self.greeted = true;
                let tls = if self.offers_tls { "250-STARTTLS\r\n" } else { "" };
                let name = &self.post.name;
                let _said = host;
                say(format!(
                    "250-{name}\r\n250-SIZE {MAX_MAIL_BYTES}\r\n250-8BITMIME\r\n250-PIPELINING\r\n{tls}250 ENHANCEDSTATUSCODES\r\n"
                ))
            }
            Request::Helo { .. } => {
                self.reset();
                self.greeted = true;
                say(format!("250 {}\r\n", self.post.name))
            }
            Request::Mail { from } => self.sender(from.size),
            Request::Rcpt { to } => self.recipient(&to.address),
            Request::Data if self.to.is_empty() => self.out_of_order("554 5.5.1 there is no valid recipient\r\n"),
            Request::Data => {
                self.data = Some(Data { receiver: DataReceiver::new(), kept: Vec::new(), too_long: false });
                say("354 go on, a dot on a line of its own ends it\r\n")
            }
            Request::StartTls if self.offers_tls => Next::SayAndEnd("220 2.0.0 go on\r\n".to_owned(), End::StartTls),
            Request::Rset => {
                self.reset();
                say("250 2.0.0 forgotten\r\n")
            }
            Request::Noop { .. } => say("250 2.0.0 yes\r\n"),
            Request::Quit => Next::SayAndEnd("221 2.0.0 good night\r\n".to_owned(), End::Closed),
            Request::Vrfy { .. } | Request::Expn { .. } => say("252 2.5.2 send it and see\r\n"),
            other => {
                self.errors += 1;
                say(format!("502 5.5.1 {} is not done here\r\n", other.name()))
            }
        }
    }

    fn reset(&mut self) {
        (self.from, self.data) = (false, None);
        self.to.clear();
    }

    fn out_of_order(&mut self, words: &str) -> Next {
        self.errors += 1;
        say(words)
    }

    fn sender(&mut self, size: usize) -> Next {
        if !self.greeted {
            return self.out_of_order("503 5.5.1 say EHLO first\r\n");
        }
        if size > MAX_MAIL_BYTES {
            return say(format!("552 5.3.4 {size} bytes are too many: allowed are {MAX_MAIL_BYTES}\r\n"));
        }
        if self.mails >= MAX_MAILS {
            return Next::SayAndEnd("421 4.7.0 enough mails for one connection\r\n".to_owned(), End::Closed);
        }
        self.reset();
        self.from = true;
        say("250 2.1.0 yes\r\n")
    }

    fn recipient(&mut self, address: &str) -> Next {
        if !self.from {
            return self.out_of_order("503 5.5.1 say MAIL FROM first\r\n");
        }
        if self.to.len() >= MAX_RECIPIENTS {
            return say("452 4.5.3 too many recipients\r\n");
        }
        match self.post.source_of(address, self.peer) {
            Some(source) => {
                self.stranger_until = None;
                self.place.is_known();
                if !self.to.contains(&source) {
                    self.to.push(source);
                }
                say("250 2.1.5 yes\r\n")
            }
            None => self.out_of_order("550 5.1.1 no source has this key\r\n"),
        }
    }

    /// Takes in a part of the mail; gives it when it is whole.
    fn receive(&mut self, bytes: &mut std::slice::Iter<'_, u8>) -> Option<Data> {
        let data = self.data.as_mut()?;
        if !data.receiver.ingest(bytes, &mut data.kept) {
            if data.kept.len() > MAX_MAIL_BYTES {
                // Read to its end, so that the sender hears why; not kept.
                data.too_long = true;
                data.kept.clear();
            }
            return None;
        }
        self.data.take()
    }

    async fn mail(&mut self, data: Data) -> Next {
        let sources = std::mem::take(&mut self.to);
        self.from = false;
        self.mails += 1;
        if data.too_long || data.kept.len() > MAX_MAIL_BYTES {
            return say(format!("552 5.3.4 the mail is too long: allowed are {MAX_MAIL_BYTES} bytes\r\n"));
        }
        match self.post.take(&sources, &data.kept).await {
            Ok(()) => say("250 2.0.0 it is in the journal\r\n"),
            Err(NotTaken::Later(why)) => say(format!("451 4.3.2 {why}\r\n")),
            Err(NotTaken::Never(why)) => {
                let why: String = why.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
                say(format!("554 5.6.0 {why}\r\n"))
            }
        }
    }
}
