//! `[server]`, `[mail]`, `[webhook]`, `[[source]]`.

use std::net::SocketAddr;

use noout_types::Contact;
use url::Url;

use super::Check;
use crate::config::Target;

/// Schemes of `mail.url`.
const MAIL_SCHEMES: [&str; 3] = ["smtp", "smtp+starttls", "smtps"];

pub(super) fn check(check: &mut Check<'_>) {
    let server = &check.config.server;
    check.zone("server.timezone", &server.timezone);
    let listen = address(check, "server.listen", &server.listen);
    let status = address(check, "server.status_listen", &server.status_listen);
    if let (Some(listen), Some(status)) = (listen, status)
        && listen == status
        && listen.port() != 0
    {
        check.error(
            "server.status_listen",
            format!("{status} is the console's address: customers' pages have one of their own"),
        );
    }
    if let Some(listen) = listen.filter(|address| !address.ip().is_loopback()) {
        if check.config.sources.is_empty() {
            let message = format!(
                "noout listens on {listen}, but alerts from other machines need a key, and there is no [[source]]: only alerts from this machine are taken"
            );
            check.warn("server.listen", message);
        }
        if server.public_url.is_none() && listen.ip().is_unspecified() {
            let message = format!(
                "acknowledgement links begin with public_url, and without one with http://{listen}, which no phone can open"
            );
            check.warn("server.listen", message);
        }
    }
    web_url(check, "server.public_url", server.public_url.as_deref());
    web_url(check, "server.status_url", server.status_url.as_deref());
    data(check);
    fallback(check);
    mail(check);
    check.secret("webhook.secret", check.config.webhook.secret.as_deref());
}

pub(super) fn address(check: &mut Check<'_>, at: &str, text: &str) -> Option<SocketAddr> {
    let parsed = text.parse().ok();
    if parsed.is_none() {
        let message = format!(
            "{text:?} is no address to listen on: write ADDRESS:PORT, for example \"127.0.0.1:8420\", \"0.0.0.0:8420\" or \"[::]:8420\""
        );
        check.error(at, message);
    }
    parsed
}

pub(super) fn web_url(check: &mut Check<'_>, at: &str, text: Option<&str>) {
    let Some(text) = text else { return };
    let why = match Url::parse(text) {
        Err(e) => format!("cannot be read ({e})"),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => format!("has the scheme {:?}", url.scheme()),
        Ok(url) if url.host_str().is_none_or(str::is_empty) => "names no host".to_owned(),
        Ok(url) if url.query().is_some() || url.fragment().is_some() => "has a part behind ? or #".to_owned(),
        Ok(_) => return,
    };
    check.error(at, format!("{text:?} {why}: write for example \"https://noout.example.org\""));
}

fn data(check: &mut Check<'_>) {
    let data = &check.config.server.data;
    let message = match data.split_once("://") {
        Some(("postgres" | "postgresql", _)) => {
            "PostgreSQL is not available in this version: write the name of a file, for example \"noout.db\"".to_owned()
        }
        Some((scheme, _)) => {
            format!("{scheme:?} is no place for data: write the name of a file, for example \"noout.db\"")
        }
        None if data.trim().is_empty() => "a file is needed, for example \"noout.db\"".to_owned(),
        None => return,
    };
    check.error("server.data", message);
}

fn fallback(check: &mut Check<'_>) {
    for (i, target) in check.config.server.fallback.iter().enumerate() {
        let at = format!("server.fallback[{i}]");
        match target {
            Target::Person(id) => {
                check.known_person(&at, Some(id.as_str()));
                if check.config.person(id).is_some() && !check.config.is_reachable(id) {
                    check.error(
                        &at,
                        format!("{id} cannot be reached by what this version can send, and is the last hope"),
                    );
                }
            }
            other => {
                let other = String::from(other.clone());
                check.error(&at, format!("{other:?} is not allowed here: allowed is \"person:ID\""));
            }
        }
    }
}

fn mail(check: &mut Check<'_>) {
    let Some(mail) = &check.config.mail else { return };
    check.secret("mail.password", mail.password.as_deref());
    let example = "write for example \"smtp://mail.example.org:25\", \"smtp+starttls://mail.example.org:587\" or \"smtps://mail.example.org:465\"";
    let why = match Url::parse(&mail.url) {
        // The text itself is not shown: people put passwords into URLs.
        Err(e) => Some(format!("the URL cannot be read ({e})")),
        Ok(url) if !MAIL_SCHEMES.contains(&url.scheme()) => Some(format!("found the scheme {:?}", url.scheme())),
        Ok(url) if url.host_str().is_none_or(str::is_empty) => Some("the URL names no host".to_owned()),
        Ok(url) if url.password().is_some() || !url.username().is_empty() => {
            Some("the URL holds a user or a password, which belong into the fields user and password".to_owned())
        }
        Ok(url) if !matches!(url.path(), "" | "/") || url.query().is_some() => {
            Some("the URL has something behind the port".to_owned())
        }
        Ok(_) => None,
    };
    if let Some(why) = why {
        check.error("mail.url", format!("{why}: {example}"));
    }
    if let Some(why) = not_an_address(sender(&mail.from)) {
        check.error("mail.from", why);
    }
    if mail.user.is_some() != mail.password.is_some() {
        let (has, lacks) = if mail.user.is_some() { ("user", "password") } else { ("password", "user") };
        check.error(&format!("mail.{has}"), format!("there is a {has}, but no {lacks}"));
    }
}

/// The address in `noout <noout@example.org>`, or the whole text.
fn sender(text: &str) -> &str {
    text.split_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(text)
}

/// Why a text is no mail address, by the rule for contacts.
pub(super) fn not_an_address(text: &str) -> Option<String> {
    match format!("mail:{text}").parse::<Contact>() {
        Ok(_) => None,
        Err(noout_types::ContactError::Address { found, why }) => {
            Some(format!("{found:?} is no mail address ({why}): write for example \"ana@example.org\""))
        }
        Err(other) => Some(other.to_string()),
    }
}
