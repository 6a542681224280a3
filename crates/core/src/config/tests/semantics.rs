//! References, reachability, limits.

use expect_test::{Expect, expect};

use super::{TEAM, team_and, told};

fn case(more: &str, want: Expect) {
    want.assert_eq(&told(&team_and(more)));
}

#[test]
fn an_id_stands_once() {
    case(
        "[[person]]\nid = 'ana'\ncontact = ['ntfy:https://h.example.org/x']\n[[policy]]\nid = 'ops'\nstep = [{ notify = ['person:bo'] }]\n[[bmc]]\nhost = 'pve1'\nkind = 'ipmi'\naddress = 'b'\n[[bmc]]\nhost = 'pve1'\nkind = 'ipmi'\naddress = 'c'\n[[route]]\nid = 'route-1'\npolicy = 'ops'\nmatch = 'a=b'\n[[route]]\npolicy = 'ops'\n",
        expect![[r#"
            error line 29: person[ana].id: "ana" is taken by the person of line 3: each id stands once
            error line 32: policy[ops].id: "ops" is taken by the policy of line 24: each id stands once
            error line 39: bmc[pve1].host: "pve1" is taken by the bmc of line 35: each host stands once
            error line 46: route[1].id: "route-1" is taken by the route of line 43: each id stands once
        "#]],
    );
}

#[test]
fn a_reference_to_nothing_names_what_is_there() {
    case(
        "[[route]]\npolicy = 'opps'\ncomponent = 'web'\n[[policy]]\nid = 'two'\n[[policy.step]]\nnotify = ['schedule:osp', 'person:eve', 'superiors']\n[[person]]\nid = 'kim'\ncontact = ['ntfy:https://h.example.org/x']\nsuperior = 'anna'\n[[platform]]\nid = 'lab'\nkind = 'lab'\nstorage = 'ceph'\npolicy = 'x'\n[[bmc]]\nhost = 'pve1'\nplatform = 'lba'\nkind = 'ipmi'\naddress = 'b'\npolicy = 'ops'\n[server]\nfallback = ['person:ann', 'schedule:ops', 'person:eva']\n",
        expect![[r#"
            error line 29: route[0].policy: there is no policy "opps": did you mean "ops"? Allowed are "ops", "two"
            error line 30: route[0].component: there is no component "web": the file has none yet, add a [[component]]
            error line 34: policy[two].step[0].notify[0]: there is no schedule "osp": did you mean "ops"? Allowed is "ops"
            error line 34: policy[two].step[0].notify[1]: there is no person "eve": did you mean "eva"? Allowed are "ana", "bo", "eva", "kim"
            error line 38: person[kim].superior: there is no person "anna": did you mean "ana"? Allowed are "ana", "bo", "eva", "kim"
            error line 42: platform[lab].storage: there is no platform "ceph": allowed is "lab"
            error line 43: platform[lab].policy: there is no policy "x": allowed are "ops", "two"
            error line 46: bmc[pve1].platform: there is no platform "lba": did you mean "lab"? Allowed is "lab"
            error line 51: server.fallback[0]: there is no person "ann": did you mean "ana"? Allowed are "ana", "bo", "eva", "kim"
            error line 51: server.fallback[1]: "schedule:ops" is not allowed here: allowed is "person:ID"
        "#]],
    );
}

#[test]
fn routes_need_a_policy_and_people_should_have_one() {
    expect![[r#"
        error line 2: route[0].policy: there is no policy "ops": the file has none yet, add a [[policy]]
        warning there is no [[person]]: nobody can be paged
    "#]]
    .assert_eq(&told("[[route]]\npolicy = 'ops'\n"));
    expect![[r#"
        warning there is no [[policy]]: everybody is paged about everything
    "#]]
    .assert_eq(&told("[[person]]\nid = 'ana'\ncontact = ['ntfy:https://h.example.org/x']\n"));
}

#[test]
fn superiors_may_not_go_in_a_circle() {
    case(
        "[[person]]\nid = 'a'\nsuperior = 'b'\ncontact = ['ntfy:https://h.example.org/x']\n[[person]]\nid = 'b'\nsuperior = 'c'\ncontact = ['ntfy:https://h.example.org/x']\n[[person]]\nid = 'c'\nsuperior = 'b'\ncontact = ['ntfy:https://h.example.org/x']\n[[person]]\nid = 'd'\nsuperior = 'd'\ncontact = ['ntfy:https://h.example.org/x']\n",
        expect![[r#"
            error line 34: person[b].superior: superiors go in a circle: b → c → b; somebody must be at the top
            error line 42: person[d].superior: superiors go in a circle: d → d; somebody must be at the top
        "#]],
    );
}

#[test]
fn people_must_be_reachable() {
    case(
        "[[person]]\nid = 'mute'\n[[person]]\nid = 'later'\nemail = 'no address'\ntimezone = 'Europe/Madird'\ncontact = ['push', 'sms', 'sms']\n[[person]]\nid = 'mailer'\ncontact = ['mail', 'mail:m@example.org']\n[[policy]]\nid = 'two'\n[[policy.step]]\nnotify = ['person:mute', 'person:later']\n[[policy.step]]\nnotify = ['person:mute', 'person:ana']\n[server]\nfallback = ['person:later']\n",
        expect![[r#"
            error line 32: person[later].email: "no address" is no mail address (a blank or one of < > , ; " ( )): write for example "ana@example.org"
            error line 33: person[later].timezone: "Europe/Madird" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Madrid"?)
            error line 37: person[mailer].contact[0]: mail cannot be sent without a [mail] section: add one with url and from
            error line 37: person[mailer].contact[0]: mailer has no email: add one, or write "mail:ana@example.org"
            error line 37: person[mailer].contact[1]: mail cannot be sent without a [mail] section: add one with url and from
            error line 41: policy[two].step[0].notify: mute and later cannot be reached by what this version can send, and the step tells nobody else
            error line 45: server.fallback[0]: later cannot be reached by what this version can send, and is the last hope
            warning line 28: person[mute].contact: mute has no contact and can never be paged: add for example "mail"
            warning line 34: person[later].contact: later has only push and sms and cannot be reached by what stands in this file: add "mail", "ntfy:…" or "webhook:…"
            warning line 34: person[later].contact[0]: browsers enrol for push over https only: server.public_url should begin with https://
            warning line 34: person[later].contact[1]: "sms" cannot be used without a [[sms]] section: it is passed over
            warning line 34: person[later].contact[2]: "sms" cannot be used without a [[sms]] section: it is passed over
            warning line 34: person[later].contact[2]: sms stands twice
            warning line 43: policy[two].step[1].notify: mute cannot be reached by what this version can send
        "#]],
    );
}

#[test]
fn a_policy_has_steps_that_wait() {
    case(
        "[[policy]]\nid = 'none'\nrounds = 0\nack_timeout = '0s'\nresolve_deadline = '0s'\n[[policy]]\nid = 'zero'\n[[policy.step]]\nnotify = []\nwait = '0s'\n",
        expect![[r#"
            error line 28: policy[none].step: a policy needs at least one step: add a [[policy.step]] with notify
            error line 30: policy[none].rounds: 0 rounds are not possible: allowed are 1 to 100
            error line 31: policy[none].ack_timeout: 0s leaves nobody time to acknowledge: write for example "5m"
            error line 32: policy[none].resolve_deadline: 0s leaves nobody time to solve it: write for example "1h"
            error line 36: policy[zero].step[0].notify: this step tells nobody: write "schedule:ID", "person:ID", "team:ID" or "superiors"
            error line 37: policy[zero].step[0].wait: 0s leaves nobody time to answer: put both into the notify of one step, or write for example "5m"
        "#]],
    );
    let nobody_above = TEAM.replace("superior = \"eva\"", "");
    expect![[r#"
        warning line 25: policy[ops].resolve_deadline: nobody has a superior: at the deadline the fallback is told instead (server.fallback, or everybody)
        warning line 29: policy[ops].step[1].notify[0]: nobody has a superior: this tells nobody
    "#]].assert_eq(&told(&format!("{nobody_above}[[policy.step]]\nnotify = ['superiors']\n")));
}

#[test]
fn a_route_behind_one_that_takes_all_never_matches() {
    case(
        "[[route]]\nmatch = 'severity=\"critical\"'\npolicy = 'ops'\n[[route]]\nmatch = 'team=\"db\", severity=\"critical\"'\npolicy = 'ops'\n[[route]]\npolicy = 'ops'\n[[route]]\nmatch = 'team=\"web\"'\npolicy = 'ops'\n",
        expect![[r#"
            warning line 31: route[1]: this route never matches: the route of line 28 takes all these alerts first
            warning line 36: route[3]: this route never matches: the route of line 34 takes every alert first
        "#]],
    );
}

#[test]
fn addresses_and_places_can_be_read() {
    case(
        "[server]\nlisten = '0.0.0.0:8420'\n",
        expect![[r#"
        warning line 29: server.listen: acknowledgement links begin with public_url, and without one with http://0.0.0.0:8420, which no phone can open
        warning line 29: server.listen: noout listens on 0.0.0.0:8420, but alerts from other machines need a key, and there is no [[source]]: only alerts from this machine are taken
    "#]],
    );
    case(
        "[[source]]\nid = 'prom'\nkey = 'file:/run/key'\n[server]\nlisten = '10.0.0.1:8420'\nstatus_listen = '10.0.0.1:8420'\ndata = 'postgres://db/noout'\ntimezone = 'Wien'\npublic_url = 'noout.example.org'\nstatus_url = 'ftp://x'\n",
        expect![[r#"
            error line 33: server.status_listen: 10.0.0.1:8420 is the console's address: customers' pages have one of their own
            error line 34: server.data: PostgreSQL is not available in this version: write the name of a file, for example "noout.db"
            error line 35: server.timezone: "Wien" is no time zone: write an IANA name, for example "Europe/Madrid"
            error line 36: server.public_url: "noout.example.org" cannot be read (relative URL without a base): write for example "https://noout.example.org"
            error line 37: server.status_url: "ftp://x" has the scheme "ftp": write for example "https://noout.example.org"
        "#]],
    );
    case(
        "[server]\nlisten = 'localhost:8420'\nstatus_listen = '127.0.0.1'\ndata = ''\n",
        expect![[r#"
        error line 29: server.listen: "localhost:8420" is no address to listen on: write ADDRESS:PORT, for example "127.0.0.1:8420", "0.0.0.0:8420" or "[::]:8420"
        error line 30: server.status_listen: "127.0.0.1" is no address to listen on: write ADDRESS:PORT, for example "127.0.0.1:8420", "0.0.0.0:8420" or "[::]:8420"
        error line 31: server.data: a file is needed, for example "noout.db"
    "#]],
    );
}

#[test]
fn mail_is_set_up_by_url_and_sender() {
    case(
        "[mail]\nurl = 'mail.example.org'\nfrom = 'noout'\nuser = 'noout'\n",
        expect![[r#"
        error line 29: mail.url: the URL cannot be read (relative URL without a base): write for example "smtp://mail.example.org:25", "smtp+starttls://mail.example.org:587" or "smtps://mail.example.org:465"
        error line 30: mail.from: "noout" is no mail address (no @): write for example "ana@example.org"
        error line 31: mail.user: there is a user, but no password
    "#]],
    );
    case(
        "[mail]\nurl = 'smtp://u:geheim@mail.example.org'\nfrom = 'noout <noout@example.org>'\n",
        expect![[r#"
        error line 29: mail.url: the URL holds a user or a password, which belong into the fields user and password: write for example "smtp://mail.example.org:25", "smtp+starttls://mail.example.org:587" or "smtps://mail.example.org:465"
    "#]],
    );
    case(
        "[mail]\nurl = 'imap://mail.example.org'\nfrom = 'noout@example.org'\n",
        expect![[r#"
        error line 29: mail.url: found the scheme "imap": write for example "smtp://mail.example.org:25", "smtp+starttls://mail.example.org:587" or "smtps://mail.example.org:465"
    "#]],
    );
    case("[mail]\nurl = 'smtps://mail.example.org'\nfrom = 'noout@example.org'\n", expect![""]);
}

#[test]
fn platforms_of_later_versions_are_refused() {
    case(
        "[[platform]]\nid = 'pve'\nkind = 'proxmox'\nurl = 'https://pve1:8006'\ntoken = 'env:PVE'\nstorage = 'vc'\n[[platform]]\nid = 'vc'\nkind = 'vsphere'\n[[platform]]\nid = 'lab'\nkind = 'lab'\nspeed = 0.0\nkeyring = '/etc/ceph/x'\n[[platform]]\nid = 'c'\nkind = 'ceph'\nworld = 'w.json'\ncommand = ['']\n",
        expect![[r#"
            error line 30: platform[pve].kind: "proxmox" is not available in this version: allowed are "lab" and "ceph"
            error line 33: platform[pve].storage: "vc" is no storage: allowed are platforms of the kind "ceph" or "lab"
            error line 36: platform[vc].kind: "vsphere" is not available in this version: allowed are "lab" and "ceph"
            error line 40: platform[lab].speed: 0 is no speed: allowed are 0.001 to 10000 lab seconds a second
            error line 46: platform[c].command[0]: a command is needed, for example ["ssh", "mon1", "ceph"]
            warning line 41: platform[lab].keyring: a platform of the kind "lab" does not use this field
            warning line 45: platform[c].world: a platform of the kind "ceph" does not use this field
        "#]],
    );
}

#[test]
fn bmcs_are_spoken_to_in_a_way_that_works() {
    case(
        "[[bmc]]\nhost = 'a'\nkind = 'redfish'\naddress = 'http://bmc'\n[[bmc]]\nhost = 'b'\nkind = 'redfish'\naddress = 'bmc'\nevery = '10ms'\n[[bmc]]\nhost = 'c'\nkind = 'ipmi'\naddress = '-H other'\n[[bmc]]\nhost = 'd'\nkind = 'ipmi'\naddress = 'bmc:623'\n",
        expect![[r#"
            error line 35: bmc[b].address: "bmc" is no address of a Redfish service: write for example "https://pve3-bmc.example.org"
            error line 36: bmc[b].every: 10ms is too often: allowed is 1s or more, for example "30s"
            error line 40: bmc[c].address: "-H other" is no address: write HOST or HOST:PORT, for example "pve3-bmc:623"
            warning line 31: bmc[a].address: by http the password travels in plain text: better https and a fingerprint
        "#]],
    );
}

#[test]
fn a_secret_in_the_file_is_warned_of_and_never_shown() {
    let text = team_and(
        "[[source]]\nid = 'prom'\nkey = 'geheim'\n[[source]]\nid = 'x'\nkey = 'env:'\n[[source]]\nid = 'y'\nkey = ''\n[webhook]\nsecret = 'geheim'\n[mail]\nurl = 'smtps://m.example.org'\nfrom = 'n@example.org'\nuser = 'n'\npassword = 'geheim'\n[[bmc]]\nhost = 'a'\nkind = 'ipmi'\naddress = 'b'\npassword = 'geheim'\n",
    );
    let told = told(&text);
    assert!(!told.contains("geheim"), "{told}");
    expect![[r#"
        error line 33: source[x].key: nothing stands behind "env:": write for example "env:NAME"
        error line 36: source[y].key: a secret may not be empty
        warning line 30: source[prom].key: the secret stands in the file in plain text: better "env:NAME", "file:/path" or "cred:NAME" (a systemd credential)
        warning line 38: webhook.secret: the secret stands in the file in plain text: better "env:NAME", "file:/path" or "cred:NAME" (a systemd credential)
        warning line 43: mail.password: the secret stands in the file in plain text: better "env:NAME", "file:/path" or "cred:NAME" (a systemd credential)
        warning line 48: bmc[a].password: the secret stands in the file in plain text: better "env:NAME", "file:/path" or "cred:NAME" (a systemd credential)
    "#]].assert_eq(&told);
}

#[test]
fn deadlines_and_texts_are_not_empty() {
    case(
        "[[component]]\nid = 'web'\nname = ''\n[[component]]\nid = 'db'\nname = { en = 'DB', de = ' ' }\ndescription = {}\n[maintenance]\nconfirm_gap = '0s'\nnoout_deadline = '0s'\n",
        expect![[r#"
            error line 30: component[web].name: customers would read an empty text: write one, or one per language: { en = "…", de = "…" }
            error line 33: component[db].name: customers would read an empty text: write one, or one per language: { en = "…", de = "…" }
            error line 34: component[db].description: customers would read an empty text: write one, or one per language: { en = "…", de = "…" }
            error line 37: maintenance.noout_deadline: 0s is over before it begins: write for example "30m"
            warning line 36: maintenance.confirm_gap: 0s proves nothing: two looks at one instant are one look
        "#]],
    );
}

#[test]
fn generated_files_have_an_end() {
    let many: String = (0..1001).map(|i| format!("[[customer]]\nid = 'c{i}'\n")).collect();
    case(
        &many,
        expect![[r#"
        error line 28: customer: 1001 are too many: allowed are at most 1000
    "#]],
    );
    let contacts: String = (0..17).map(|i| format!("'ntfy:https://h.example.org/{i}',")).collect();
    case(
        &format!("[[person]]\nid = 'x'\ncontact = [{contacts}]\n"),
        expect![[r#"
        error line 30: person[x].contact: 17 are too many: allowed are at most 16
    "#]],
    );
}

/// Given viewers where somebody has to acknowledge, then each place is told.
#[test]
fn whoever_is_called_can_acknowledge() {
    let viewers = "[[person]]\nid = 'vera'\nrole = 'viewer'\ncontact = ['ntfy:https://h.example.org/v']\n[[person]]\nid = 'kim'\nrole = 'responder'\nsuperior = 'vera'\ncontact = ['ntfy:https://h.example.org/k']\n";
    case(
        viewers,
        expect![[r#"
        warning line 35: person[kim].superior: vera is a viewer: pages come, and vera cannot acknowledge them: write role = "responder" or more, or name somebody else
    "#]],
    );
    let more = "[[schedule]]\nid = 'two'\ntimezone = 'UTC'\ncoverage = 1\n[[schedule.rotation]]\nname = 'x'\npeople = ['kim', 'vera']\nstart = '2026-01-05T09:00'\n[[team]]\nid = 't'\npeople = ['kim', 'vera']\n[[policy]]\nid = 'p'\nstep = [{ notify = ['person:kim', 'person:vera'] }]\nresolve_deadline = '1h'\noverdue = [{ notify = ['person:vera'] }]\n[server]\nfallback = ['person:vera']\n";
    case(
        &format!("{viewers}{more}"),
        expect![[r#"
        warning line 35: person[kim].superior: vera is a viewer: pages come, and vera cannot acknowledge them: write role = "responder" or more, or name somebody else
        warning line 43: schedule[two].rotation[x].people[1]: vera is a viewer: pages come, and vera cannot acknowledge them: write role = "responder" or more, or name somebody else
        warning line 47: team[t].people[1]: vera is a viewer: pages come, and vera cannot acknowledge them: write role = "responder" or more, or name somebody else
        warning line 50: policy[p].step[0].notify[1]: vera is a viewer: pages come, and vera cannot acknowledge them: write role = "responder" or more, or name somebody else
        warning line 52: policy[p].overdue[0].notify[0]: vera is a viewer: pages come, and vera cannot acknowledge them: write role = "responder" or more, or name somebody else
        warning line 54: server.fallback[0]: vera is a viewer: pages come, and vera cannot acknowledge them: write role = "responder" or more, or name somebody else
    "#]],
    );
}

/// He mended the typing errors, pushed, and the pipeline failed again: the other errors came in the second run.
#[test]
fn what_does_not_fit_does_not_hide_what_fits_and_is_wrong() {
    let text = TEAM
        .replace("id = \"ops\"\ntimezone = \"Europe/Vienna\"", "id = \"ops\"\ncolour = 3\ntimezone = \"Europe/Vienn\"")
        .replace("superior = \"eva\"", "superior = \"evan\"");
    let told = told(&format!("{text}\n[paging]\nrate = \"many\"\n"));
    for what in ["colour", "Europe/Vienn", "evan", "paging.rate"] {
        assert!(told.contains(what), "{what} is missing in:\n{told}");
    }
}

#[test]
fn what_was_left_out_is_not_told_as_missing() {
    // Bo's entry cannot be read, so of who refers to him nothing is said, and nothing of the coverage.
    let text = TEAM.replace("id = \"bo\"\n", "id = \"bo\"\nrole = \"boss\"\n");
    let told = told(&text.replace("superior = \"eva\"", "superior = \"evan\""));
    assert!(told.contains("boss") && told.contains("evan"), "{told}");
    assert_eq!(told.lines().filter(|line| line.starts_with("error")).count(), 2, "{told}");
    let no_id = super::told(&TEAM.replace("id = \"bo\"\n", ""));
    assert_eq!(no_id.lines().filter(|line| line.starts_with("error")).count(), 1, "{no_id}");
}
