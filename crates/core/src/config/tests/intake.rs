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
        &expect![[""]],
    );
    case(
        "[[heartbeat]]\nid = 'a'\nschedule = 'every 5s'\ntimezone = 'Europe/Zürich'\nmax_run = '0s'\nlabels = { severity = 'x' }\nuuid = '3f1c9a526d0e4b7a9c582f6a1e0d7b34'\n[[heartbeat]]\nid = 'b'\nschedule = '0 0 31 2 *'\n",
        &expect![[""]],
    );
    case(
        "[[heartbeat]]\nid = 'a'\nschedule = 'every 5s'\nmax_run = '0s'\ntimezone = 'Europe/Zurch'\nlabels = { severity = 'x', empty = '' }\nuuid = '3f1c9a526d0e4b7a9c582f6a1e0d7b34'\n[[heartbeat]]\nid = 'b'\nschedule = 'every 1h'\nuuid = '3f1c9a52-6d0e-4b7a-9c58-2f6a1e0d7b34'\n",
        &expect![[""]],
    );
}

#[test]
fn a_source_of_mails_has_patterns_that_can_work() {
    case(
        "[[source]]\nid = 'heartbeat'\nkey = 'env:K'\nmail_dedup = 'PROBLEM: .*'\nmail_resolve = '('\n",
        &expect![[""]],
    );
    case("[[source]]\nid = 'heartbeat'\nkey = 'env:K'\nmail_dedup = 'PROBLEM: .*'\n", &expect![[""]]);
    case("[smtp_in]\nlisten = '127.0.0.1:8420'\nname = 'a b'\ncertificate = 'x.pem'\n", &expect![[""]]);
    case("[smtp_in]\nlisten = '0.0.0.0:2525'\n", &expect![[""]]);
}
