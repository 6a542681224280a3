//! What is no TOML, or not the TOML of noout.

use expect_test::{Expect, expect};

use super::{checked, now, told};
use crate::config::{MAX_FILE_BYTES, MAX_PROBLEMS, check, parse};

fn case(text: &str, want: Expect) {
    want.assert_eq(&told(text));
}

#[test]
fn what_is_no_toml_names_its_line() {
    case(
        "[server\nlisten = 'x'\n",
        expect![[r#"
        error line 1: this is no TOML: unclosed table, expected `]`
    "#]],
    );
    case(
        "[server]\nlisten = \n",
        expect![[r#"
        error line 2: this is no TOML: string values must be quoted, expected literal string
    "#]],
    );
    case(
        "[server]\nlisten = 'a'\nlisten = 'b'\n",
        expect![[r#"
        error line 3: this is no TOML: duplicate key
    "#]],
    );
    case(
        "[server]\nlisten = 'a\n\n[mail\nurl = 5 6\n",
        expect![[r#"
        error line 2: this is no TOML: invalid literal string, expected `'`
        error line 4: this is no TOML: unclosed table, expected `]`
    "#]],
    );
    case(
        "\u{0}\u{1}\u{fffd}PK\u{3}\u{4} garbage = = =",
        expect![[r#"
        error line 1: this is no TOML: key with no value, expected `=`
    "#]],
    );
}

#[test]
fn an_unknown_field_names_the_one_that_was_meant() {
    case(
        "[[person]]\nid = 'ana'\nemial = 'ana@example.org'\n",
        expect![[r#"
            error line 3: person[ana].emial: there is no field "emial" here: did you mean "email"? Allowed are "id", "name", "email", "phone", "timezone", "language", "contact", "contact_low", "superior", "role"
            warning there is no [[policy]]: everybody is paged about everything
        "#]],
    );
    case(
        "[[persons]]\nid = 'ana'\n",
        expect![[r#"
            error line 1: persons: there is no section "persons" here: did you mean "person"? Allowed are "server", "person", "schedule", "absence", "holiday", "policy", "team", "route", "hours", "inhibit", "mute", "paging", "drill", "watchdog", "source", "heartbeat", 17 more
            warning there is no [[person]]: nobody can be paged
        "#]],
    );
    case(
        "[[probe]]\nurl = 'x'\n[smtp]\nhost = 'x'\n[nonsense]\n",
        expect![[r#"
            error line 1: probe: the section "probe" is not available in this version: leave it out
            error line 3: smtp: there is no section "smtp": mail is set up in [mail]
            error line 5: nonsense: there is no section "nonsense" here: allowed are "server", "person", "schedule", "absence", "holiday", "policy", "team", "route", "hours", "inhibit", "mute", "paging", "drill", "watchdog", "source", "heartbeat", 17 more
            warning there is no [[person]]: nobody can be paged
        "#]],
    );
    case(
        "[[schedule]]\nid = 's'\ntimezone = 'UTC'\n[[schedule.rotation]]\nname = 'n'\npeople = ['a']\nstart = '2026-01-05T09:00'\nhour = '09:00-17:00'\n",
        expect![[r#"
            error line 8: schedule[s].rotation[n].hour: there is no field "hour" here: did you mean "hours"? Allowed are "name", "people", "unit", "every", "start", "weekdays", "hours", "timezone", "layer"
            warning there is no [[person]]: nobody can be paged
        "#]],
    );
}

#[test]
fn every_wrong_place_is_told_in_one_run() {
    case(
        r#"[server]
listen = 8420
[[person]]
name = "who?"
[[person]]
id = "bo bo"
contact = ["mail", "pigeon:loft", "ntfy:http://"]
language = "es"
[[schedule]]
id = "ops"
timezone = "UTC"
[[schedule.rotation]]
name = "primary"
people = ["ana", 7]
start = 2026-01-05T09:00:00
hours = "9-5"
every = -1
unit = "weeks"
[[policy]]
id = "p"
ack_timeout = "soon"
[[policy.step]]
notify = ["schedule", "team:x"]
[[policy.step]]
wait = "5m"
[[route]]
match = 'severity=~"("'
policy = "p"
urgency = "hihg"
[[platform]]
id = "lab"
kind = "vmware"
[[component]]
id = "web"
name = 3
[[component]]
id = "db"
name = { en = "Database", es = "Base" }
[mail]
from = "noout@example.org"
[maintenance]
prove = 5
"#,
        expect![[r#"
            error line 2: server.listen: found integer 8420, expected a text in quotes
            error line 3: person[who?].id: "id" is missing
            error line 6: person[1].id: "bo bo" cannot be an id: allowed are 1 to 128 letters, digits and . _ - : / @ (found the character ' ')
            error line 7: person[1].contact[1]: "pigeon" is no contact method: allowed are "push", "mail", "mail:ana@example.org", "sms", "voice", "ntfy:https://host/topic", "pushover:KEY", "slack:#channel", "mattermost:https://host/hooks/…", "teams:https://…", "matrix:!room:host", "telegram:CHAT", "webhook:https://host/path"; for a URL or KEY also "env:NAME", "file:PATH", "cred:NAME"
            error line 7: person[1].contact[2]: the URL of "ntfy" cannot be read (empty host): write for example "ntfy:https://ntfy.example.org/topic"
            error line 8: person[1].language: "es" is not allowed here: allowed are "en", "fr", "de"
            error line 14: schedule[ops].rotation[primary].people[1]: found integer 7, expected a person's id or a list of ids that are on together
            error line 15: schedule[ops].rotation[primary].start: found a date of TOML's own, expected a text: put it in quotes
            error line 16: schedule[ops].rotation[primary].hours: "9-5" is no range of hours: write "HH:MM-HH:MM", for example "20:00-08:00" or "16:00-24:00"
            error line 17: schedule[ops].rotation[primary].every: found integer -1, expected a whole number from 0 to 4294967295
            error line 18: schedule[ops].rotation[primary].unit: "weeks" is not allowed here: did you mean "week"? Allowed are "hour", "day", "week", "month"
            error line 21: policy[p].ack_timeout: "soon" is no length of time: write for example "30s", "5m", "1h30m", "14d"
            error line 23: policy[p].step[0].notify[0]: "schedule" is nobody: allowed are "schedule:ID", "person:ID", "team:ID" and "superiors"
            error line 23: policy[p].step[0].notify[1]: there is no team "x": the file has none yet, add a [[team]]
            error line 24: policy[p].step[1].notify: "notify" is missing
            error line 27: route[0].match: the regular expression "(" does not compile: error: unclosed group
            error line 29: route[0].urgency: "hihg" is not allowed here: did you mean "high"? Allowed are "low", "high"
            error line 32: platform[lab].kind: "vmware" is not allowed here: allowed are "lab", "ceph", "proxmox", "libvirt", "vsphere"
            error line 35: component[web].name: found integer 3, expected a text in quotes, or one per language: { en = "…", fr = "…", de = "…" }
            error line 38: component[db].name: "es" is not allowed here: allowed are "en", "fr", "de"
            error line 39: mail.url: "url" is missing
            error line 42: maintenance.prove: found integer 5, expected a text in quotes
        "#]],
    );
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    case(
        &"#".repeat(MAX_FILE_BYTES + 1),
        expect![[r#"
        error the file has 1048577 bytes: allowed are at most 1048576
    "#]],
    );
}

#[test]
fn many_errors_are_cut() {
    let text = "[[person]]\nid = 'a b'\n".repeat(MAX_PROBLEMS + 50);
    let errors = parse(&text).expect_err("all are wrong");
    assert_eq!(errors.len(), MAX_PROBLEMS + 1);
    assert_eq!(
        errors.last().map(|p| (p.line, p.message.as_str())),
        Some((0, "there are more: only the first 100 are listed"))
    );
    assert!(check(&text, now()).0.is_none());
}

#[test]
fn places_count_in_the_file_also_behind_a_wrong_one() {
    let checked = checked("[[route]]\npolicy = 'a'\n[[route]]\n[[route]]\npolicy = 7\n");
    let fields: Vec<_> = checked.errors.iter().map(|p| (p.line, p.field.as_str())).collect();
    assert_eq!(fields, [(2, "route[0].policy"), (3, "route[1].policy"), (5, "route[2].policy")]);
}
