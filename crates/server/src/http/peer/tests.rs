//! Who is heard without a key.

use axum::http::HeaderMap;

use super::*;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect()
}

fn judge(pairs: &[(&'static str, &'static str)]) -> Result<(), Denied> {
    same_machine(&headers(pairs), Needs::Json)
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn a_program_on_this_machine_is_heard() {
    for host in ["localhost:8420", "127.0.0.1:8420", "[::1]:8420", "127.9.9.9", "am.localhost"] {
        assert_eq!(judge(&[("host", host), JSON]), Ok(()), "{host}");
    }
    assert_eq!(judge(&[JSON]), Ok(()), "HTTP/1.0 has no host");
}

#[test]
fn a_page_of_strangers_is_not() {
    let rebound = [("host", "evil.example:8420"), JSON];
    assert_eq!(judge(&rebound), Err(Denied::ForeignHost), "DNS rebinding");
    let public = [("host", "noout.example.org"), JSON];
    assert_eq!(judge(&public), Err(Denied::ForeignHost), "the name by which others reach it, through a proxy perhaps");
    let own = ("host", "127.0.0.1:8420");
    assert_eq!(judge(&[own, ("origin", "https://evil.example"), JSON]), Err(Denied::ForeignOrigin));
    assert_eq!(judge(&[own, ("origin", "http://127.0.0.1:3000"), JSON]), Err(Denied::ForeignOrigin), "another port");
    assert_eq!(judge(&[own, ("origin", "null"), JSON]), Err(Denied::ForeignOrigin), "a sandboxed frame");
    assert_eq!(judge(&[own, ("sec-fetch-site", "same-site"), JSON]), Err(Denied::ForeignOrigin));
    assert_eq!(judge(&[own, ("content-type", "text/plain")]), Err(Denied::NotJson), "a form needs no preflight");
    assert_eq!(judge(&[own]), Err(Denied::NotJson));
    assert_eq!(judge(&[own, ("origin", "http://127.0.0.1:8420"), JSON]), Ok(()), "our own page");
}

#[test]
fn a_key_comes_as_bearer_or_as_password() {
    assert_eq!(header_key(&headers(&[("authorization", "Bearer abc")])).as_deref(), Some("abc"));
    assert_eq!(header_key(&headers(&[("authorization", "Basic cHJvbTphOmI=")])).as_deref(), Some("a:b"));
    assert_eq!(header_key(&headers(&[("authorization", "Digest x")])), None);
    assert_eq!(header_key(&headers(&[])), None);
}

#[test]
fn a_name_is_not_a_bare_address() {
    for own in ["localhost:8420", "127.0.0.1", "[::1]:8420", "192.0.2.7:8420", "[2001:db8::1]"] {
        assert!(is_plain_host(own), "{own}");
    }
    for foreign in ["evil.example", "127.0.0.1.evil.example:8420", "", "localhost.evil.example"] {
        assert!(!is_plain_host(foreign), "{foreign}");
    }
}

#[test]
fn loopback_is_known_in_every_writing() {
    for here in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
        assert!(is_here(here.parse().expect("an address")), "{here}");
    }
    for elsewhere in ["10.0.0.1", "0.0.0.0", "fd00::1", "::ffff:10.0.0.1"] {
        assert!(!is_here(elsewhere.parse().expect("an address")), "{elsewhere}");
    }
}
