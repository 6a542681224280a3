use super::*;

#[test]
fn contacts_read_as_they_are_written() {
    for text in [
        "mail",
        "mail:ana@example.org",
        "ntfy:https://ntfy.example.org/noout-ana",
        "ntfy:http://127.0.0.1:2586/base/topic",
        "webhook:http://relay.example.org/page?team=ops",
        "push",
        "sms",
        "voice",
        "ntfy:env:ANA_NTFY",
        "webhook:file:/etc/noout/relay",
        "pushover:uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
        "pushover:cred:ana-pushover",
        "slack:#ops",
        "slack:U012AB3CD",
        "slack:https://hooks.slack.example/services/T0/B0/x",
        "slack:env:SLACK_HOOK",
        "mattermost:https://chat.example.org/hooks/key",
        "teams:env:TEAMS_WORKFLOW",
        "matrix:!abc:example.org",
        "matrix:#ops:example.org",
        "telegram:-1001234567890",
        "telegram:@ops_channel",
    ] {
        let contact: Contact = text.parse().expect("a contact of the documentation");
        assert_eq!(contact.to_string(), text);
        let json = serde_json::to_string(&contact).expect("a text");
        assert_eq!(serde_json::from_str::<Contact>(&json).expect("the same text"), contact);
    }
}

#[test]
fn a_bad_contact_says_what_is_wrong_and_what_is_allowed() {
    for (text, part) in [
        ("", "allowed are"),
        ("email", "allowed are"),
        ("pager:1", "\"pager\" is no contact method"),
        ("mail:", "no @"),
        ("mail:ana", "no @"),
        ("mail:ana@", "nothing before or behind"),
        ("mail:a@b@c", "two @"),
        ("mail:ana@example.org\r\nBcc: all@example.org", "blank"),
        ("mail:a@x,b@x", "blank or one of"),
        ("ntfy", "is missing"),
        ("ntfy:", "is missing"),
        ("ntfy:host/topic", "cannot be read"),
        ("ntfy:https://ntfy.example.org", "names no topic"),
        ("ntfy:https://ntfy.example.org/base/", "names no topic"),
        ("webhook:ftp://host/x", "allowed are http and https"),
        ("webhook:file:///etc/passwd", "allowed are http and https"),
        ("webhook:http:///", "cannot be read"),
        ("webhook:http://host/a b", "blank"),
        ("webhook:http://host/a#b", "behind #"),
        ("push:phone", "stands alone"),
        ("sms:+41790000000", "the person's phone"),
        ("voice:+41790000000", "the person's phone"),
        ("pushover:", "no key"),
        ("pushover:a b", "no key"),
        ("pushover:env:", "without the name"),
        ("slack:", "no channel"),
        ("slack:#a b", "no channel"),
        ("slack:ftp://host/x", "allowed are http and https"),
        ("teams:", "is missing"),
        ("matrix:ops", "no room"),
        ("matrix:!a b:c", "no room"),
        ("telegram:ops", "no chat"),
        ("telegram:12a", "no chat"),
    ] {
        let err = text.parse::<Contact>().expect_err(text).to_string();
        assert!(err.contains(part), "{text:?}: {err}");
    }
    let long = format!("webhook:http://host/{}", "x".repeat(MAX_CONTACT_BYTES));
    assert_eq!(long.parse::<Contact>(), Err(ContactError::Long { found: long.len() }));
}

#[test]
fn what_is_shown_holds_no_topic_token_or_address() {
    for text in [
        "ntfy:https://:tk_secret@ntfy.example.org/secret",
        "webhook:https://h.example/secret?t=secret",
        "mail:secret@x.org",
    ] {
        let contact: Contact = text.parse().expect("a contact");
        assert!(!contact.shown().contains("secret"), "{}", contact.shown());
        assert!(!format!("{contact:?}").contains("secret"), "{contact:?}");
    }
    let err = "sms:+41790000000".parse::<Contact>().expect_err("sms takes nothing").to_string();
    assert!(!err.contains("4179"), "{err}");
}

#[test]
fn a_way_has_a_delay_or_none() {
    for (text, after) in [("push", None), ("after 2m sms", Some(120)), ("after 1h30m mail:ana@example.org", Some(5400))]
    {
        let way: Way = text.parse().expect("a way");
        assert_eq!((way.to_string().as_str(), way.after), (text, after.map(crate::Span::from_secs)));
    }
    for (text, part) in [
        ("after 2m", "nothing follows"),
        ("after two sms", "no length of time"),
        ("after 0s sms", "no delay"),
        ("after 13h sms", "no delay"),
        ("after 2m pigeon", "no contact method"),
        ("aftersms", "no contact method"),
    ] {
        let err = text.parse::<Way>().expect_err(text).to_string();
        assert!(err.contains(part), "{text:?}: {err}");
    }
}
