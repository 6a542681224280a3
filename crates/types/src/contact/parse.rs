//! From a text to a contact method.

use std::str::FromStr;

use url::Url;

use super::{Contact, ContactError, Key, MAX_CONTACT_BYTES, Place, SlackTo};

/// Longest mail address in bytes (RFC 5321's limit on a path, without its brackets).
const MAX_ADDRESS_BYTES: usize = 254;

const NTFY: &str = "ntfy:https://ntfy.example.org/topic";
const WEBHOOK: &str = "webhook:https://relay.example.org/page";
const PUSHOVER: &str = "pushover:env:ANA_PUSHOVER";
const SLACK: &str = "slack:#ops";
const MATTERMOST: &str = "mattermost:https://chat.example.org/hooks/key";
const TEAMS: &str = "teams:env:TEAMS_WORKFLOW";
const MATRIX: &str = "matrix:!room:example.org";
const TELEGRAM: &str = "telegram:123456789";

impl FromStr for Contact {
    type Err = ContactError;
    fn from_str(text: &str) -> Result<Self, ContactError> {
        if text.len() > MAX_CONTACT_BYTES {
            return Err(ContactError::Long { found: text.len() });
        }
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest)),
            None => (text, None),
        };
        let to = rest.unwrap_or_default();
        match (kind, rest) {
            ("mail", None) => Ok(Self::Mail { address: None }),
            ("mail", Some(address)) => Ok(Self::Mail { address: Some(check_address(address)?) }),
            ("ntfy", _) => ntfy(to),
            ("webhook", _) => Ok(Self::Webhook { url: place("webhook", to, WEBHOOK)? }),
            ("push", None) => Ok(Self::Push),
            ("push", Some(_)) => Err(ContactError::Alone { kind: "push", hint: "devices enrol themselves" }),
            ("sms", None) => Ok(Self::Sms),
            ("sms", Some(_)) => Err(ContactError::Alone { kind: "sms", hint: "the number is the person's phone" }),
            ("voice", None) => Ok(Self::Voice),
            ("voice", Some(_)) => Err(ContactError::Alone { kind: "voice", hint: "the number is the person's phone" }),
            ("pushover", _) => Ok(Self::Pushover { user: pushover(to)? }),
            ("slack", _) => Ok(Self::Slack { to: slack(to)? }),
            ("mattermost", _) => Ok(Self::Mattermost { url: place("mattermost", to, MATTERMOST)? }),
            ("teams", _) => Ok(Self::Teams { url: place("teams", to, TEAMS)? }),
            ("matrix", _) => Ok(Self::Matrix { room: matrix(to)? }),
            ("telegram", _) => Ok(Self::Telegram { chat: telegram(to)? }),
            (kind, _) => Err(ContactError::Kind { found: kind.to_owned() }),
        }
    }
}

/// `env:NAME`, `file:PATH`, `cred:NAME`.
fn named(text: &str) -> Option<&str> {
    let (scheme, name) = text.split_once(':')?;
    (matches!(scheme, "env" | "cred") || (scheme == "file" && !name.starts_with("//"))).then_some(name)
}

fn check_name(kind: &'static str, text: &str, example: &'static str) -> Result<String, ContactError> {
    let bad = |why| Err(ContactError::Name { kind, why, example });
    match named(text) {
        Some("") => bad("is a name of a secret without the name"),
        _ if text.chars().any(char::is_control) => bad("has a control character in it"),
        _ => Ok(text.to_owned()),
    }
}

fn place(kind: &'static str, text: &str, example: &'static str) -> Result<Place, ContactError> {
    if named(text).is_some() {
        return check_name(kind, text, example).map(Place::Named);
    }
    parse_url(kind, text, example).map(Place::Url)
}

fn parse_url(kind: &'static str, text: &str, example: &'static str) -> Result<Url, ContactError> {
    let bad = |why: String| ContactError::Url { kind, why, example };
    if text.is_empty() {
        return Err(bad("is missing".to_owned()));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(bad("has a blank in it".to_owned()));
    }
    let url = Url::parse(text).map_err(|e| bad(format!("cannot be read ({e})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad(format!("has the scheme {:?}, allowed are http and https", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(bad("names no host".to_owned()));
    }
    if url.fragment().is_some() {
        return Err(bad("has a part behind #, which is never sent".to_owned()));
    }
    Ok(url)
}

fn ntfy(text: &str) -> Result<Contact, ContactError> {
    let url = place("ntfy", text, NTFY)?;
    if let Place::Url(url) = &url
        && url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().is_empty()
    {
        let why = "names no topic: the last part of its path".to_owned();
        return Err(ContactError::Url { kind: "ntfy", why, example: NTFY });
    }
    Ok(Contact::Ntfy { url })
}

fn check_address(text: &str) -> Result<String, ContactError> {
    let bad = |why| Err(ContactError::Address { found: text.to_owned(), why });
    if text.len() > MAX_ADDRESS_BYTES {
        return bad("longer than 254 bytes");
    }
    // A line break or a comma would smuggle in headers or further recipients.
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')'))
    {
        return bad("a blank or one of < > , ; \" ( )");
    }
    match text.rsplit_once('@') {
        None => bad("no @"),
        Some((local, domain)) if local.is_empty() || domain.is_empty() => bad("nothing before or behind the @"),
        Some((local, _)) if local.contains('@') => bad("two @"),
        Some(_) => Ok(text.to_owned()),
    }
}

fn pushover(text: &str) -> Result<Key, ContactError> {
    if named(text).is_some() {
        return check_name("pushover", text, PUSHOVER).map(Key::Named);
    }
    let holds = (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric());
    let bad = ContactError::Name { kind: "pushover", why: "is no key of letters and digits", example: PUSHOVER };
    if holds { Ok(Key::Plain(text.to_owned())) } else { Err(bad) }
}

fn slack(text: &str) -> Result<SlackTo, ContactError> {
    if text.contains("://") || named(text).is_some() {
        return place("slack", text, SLACK).map(SlackTo::Hook);
    }
    let name = text.strip_prefix(['#', '@']).unwrap_or(text);
    let holds = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let why = "is no channel, no member's id and no webhook";
    if holds {
        Ok(SlackTo::Channel(text.to_owned()))
    } else {
        Err(ContactError::Name { kind: "slack", why, example: SLACK })
    }
}

fn matrix(text: &str) -> Result<String, ContactError> {
    let room = text.strip_prefix(['!', '#']).and_then(|rest| rest.split_once(':').or(Some((rest, "-"))));
    let plain = |c: char| c.is_ascii_graphic() && c != '/';
    let holds = room.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) && text.chars().all(plain);
    let why = "is no room: an id begins with !, an alias with #";
    if holds { Ok(text.to_owned()) } else { Err(ContactError::Name { kind: "matrix", why, example: MATRIX }) }
}

fn telegram(text: &str) -> Result<String, ContactError> {
    let number = text.strip_prefix('-').unwrap_or(text);
    let holds = match text.strip_prefix('@') {
        Some(name) => name.len() >= 4 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
        None => (1..=20).contains(&number.len()) && number.chars().all(|c| c.is_ascii_digit()),
    };
    let why = "is no chat: a number, or the @name of a public channel";
    if holds { Ok(text.to_owned()) } else { Err(ContactError::Name { kind: "telegram", why, example: TELEGRAM }) }
}
