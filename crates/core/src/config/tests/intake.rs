//! `[[source]]`, `[[heartbeat]]`, `[smtp_in]`.

use expect_test::{Expect, expect};

use super::{team_and, told};

fn case(more: &str, want: &Expect) {
    want.assert_eq(&told(&team_and(more)));
}

#[test]
fn sources_heartbeats_and_mail_are_as_the_guide_shows_them() {
    case(
        "[smtp_in]\n[[source]]\nid = 'nas'\nkey = 'env:NAS'\nrate = 0\nacks = true\nmail_dedup = '(?:PROBLEM|RECOVERY): (?<key>.*)'\nmail_resolve = 'RECOVERY: .*'\n[[heartbeat]]\nid = 'backup'\nschedule = '30 2 * * mon-fri'\ntimezone = 'Europe/Zurich'\ngrace = '1h'\nmax_run = '3h'\nseverity = 'critical'\nlabels = { team = 'storage' }\n[[heartbeat]]\nid = 'sync'\nschedule = 'every 10m'\nuuid = '3f1c9a52-6d0e-4b7a-9c58-2f6a1e0d7b34'\n",
        &expect![[""]],
    );
}

#[test]
fn a_heartbeat_says_when_and_where() {
    case(
        "[[heartbeat]]\nid = 'a'\nschedule = 'sometimes'\n[[heartbeat]]\nid = 'b'\nschedule = 'every 5s'\nuuid = 'b'\n",
        &expect![[r#"
            error line 30: heartbeat[a].schedule: neither "every 10m" nor a crontab's five fields: found 1 fields: allowed are five, minute hour day month weekday, for example "30 2 * * *"
            error line 34: heartbeat[b].uuid: "b" is no UUID: write 32 hexadecimal digits, for example 3f1c9a52-6d0e-4b7a-9c58-2f6a1e0d7b34 (uuidgen makes one)
        "#]],
    );
    case(
        "[[heartbeat]]\nid = 'a'\nschedule = 'every 5s'\ntimezone = 'Europe/Zürich'\nmax_run = '0s'\nlabels = { severity = 'x' }\nuuid = '3f1c9a526d0e4b7a9c582f6a1e0d7b34'\n[[heartbeat]]\nid = 'b'\nschedule = '0 0 31 2 *'\n",
        &expect![[r#"
            error line 30: heartbeat[a].schedule: found "every 5s": allowed is 10s or more
            error line 31: heartbeat[a].timezone: "Europe/Zürich" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Zurich"?)
            error line 32: heartbeat[a].max_run: 0s leaves no time to run: write for example "2h"
            error line 33: heartbeat[a].labels.severity: the label "severity" is noout's own here: leave it out
            error line 37: heartbeat[b].schedule: neither "every 10m" nor a crontab's five fields: "0 0 31 2 *" never comes: no month has such a day
        "#]],
    );
    case(
        "[[heartbeat]]\nid = 'a'\nschedule = 'every 5s'\nmax_run = '0s'\ntimezone = 'Europe/Zurch'\nlabels = { severity = 'x', empty = '' }\nuuid = '3f1c9a526d0e4b7a9c582f6a1e0d7b34'\n[[heartbeat]]\nid = 'b'\nschedule = 'every 1h'\nuuid = '3f1c9a52-6d0e-4b7a-9c58-2f6a1e0d7b34'\n",
        &expect![[r#"
            error line 30: heartbeat[a].schedule: found "every 5s": allowed is 10s or more
            error line 31: heartbeat[a].max_run: 0s leaves no time to run: write for example "2h"
            error line 32: heartbeat[a].timezone: "Europe/Zurch" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Zurich"?)
            error line 33: heartbeat[a].labels: "empty" is no label: a name and a value are needed, without control characters
            error line 33: heartbeat[a].labels.severity: the label "severity" is noout's own here: leave it out
            error line 38: heartbeat[b].uuid: it is that of a, too: each heartbeat needs an address of its own
        "#]],
    );
}

#[test]
fn two_sources_with_one_key_could_not_be_told_apart() {
    case(
        "[[source]]\nid = 'a'\nkey = 'env:K'\n[[source]]\nid = 'b'\nkey = 'env:K'\n",
        &expect![[r#"
            error line 33: source[b].key: it is that of a, too: each source needs a key of its own
        "#]],
    );
}

#[test]
fn a_source_of_mails_has_patterns_that_can_work() {
    case(
        "[[source]]\nid = 'heartbeat'\nkey = 'env:K'\nmail_dedup = 'PROBLEM: .*'\nmail_resolve = '('\n",
        &expect![[r#"
            error line 31: source[heartbeat].mail_dedup: "PROBLEM: .*" has no group named key, which holds what names the episode: write for example '(?:PROBLEM|RECOVERY): (?<key>.*)'
            error line 32: source[heartbeat].mail_resolve: the regular expression "(" does not compile: error: unclosed group
        "#]],
    );
    case(
        "[[source]]\nid = 'heartbeat'\nkey = 'env:K'\nmail_dedup = 'PROBLEM: .*'\n",
        &expect![[r#"
        error line 29: source[heartbeat].id: "heartbeat" is what noout calls the alerts of heartbeats: give it another name
        error line 31: source[heartbeat].mail_dedup: "PROBLEM: .*" has no group named key, which holds what names the episode: write for example '(?:PROBLEM|RECOVERY): (?<key>.*)'
        warning line 28: source[heartbeat]: it has rules for mails, and there is no [smtp_in] that takes any
    "#]],
    );
    case(
        "[smtp_in]\nlisten = '127.0.0.1:8420'\nname = 'a b'\ncertificate = 'x.pem'\n",
        &expect![[r#"
        error line 29: smtp_in.listen: 127.0.0.1:8420 is the address of server.listen: mail needs one of its own
        error line 30: smtp_in.name: "a b" is no name of a host: write for example "noout.example.org"
        error line 31: smtp_in.certificate: there is a certificate, but no private_key
    "#]],
    );
    case(
        "[smtp_in]\nlisten = '0.0.0.0:2525'\n",
        &expect![[r#"
        warning line 29: smtp_in.listen: mails from other machines need a key in their address, and there is no [[source]]: none is taken
    "#]],
    );
}

#[test]
fn a_group_is_of_several_and_a_long_silence_of_who_may() {
    case(
        "[[source]]\nid = 'one'\nkey = 'env:A'\ngroup = 'ha'\n[[source]]\nid = 'two'\nkey = 'env:B'\ngroup = 'ha'\nsilences = true\nsilence_most = '30d'\n",
        &expect![[""]],
    );
    case(
        "[[source]]\nid = 'one'\nkey = 'env:A'\ngroup = 'ha'\n[[source]]\nid = 'two'\nkey = 'env:B'\nsilence_most = '30d'\n[[source]]\nid = 'three'\nkey = 'env:C'\nsilences = true\nsilence_most = '400d'\n[[source]]\nid = 'four'\nkey = 'env:D'\nkind = 'requests'\ngroup = 'ha2'\n",
        &expect![[r#"
            error line 40: source[three].silence_most: 400d is not possible: write for example "7d", and at most a year
            error line 45: source[four].group: it is for alerts, and this source brings requests: leave it out
            warning line 31: source[one].group: no other source is in the group "ha": it does nothing
            warning line 35: source[two].silence_most: the source may not silence: without silences = true it does nothing
            warning line 45: source[four].group: no other source is in the group "ha2": it does nothing
        "#]],
    );
}
