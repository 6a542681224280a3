//! `[[tracker]]`.

use expect_test::expect;

use super::super::check;

/// The problems of a file with a tracker, one a line.
fn problems(tracker: &str) -> String {
    let text = format!(
        "[[person]]\nid = \"ana\"\ncontact = [\"ntfy:https://ntfy.example.org/ana\"]\n[[policy]]\nid = \"ops\"\ntracker = \"jira\"\n[[policy.step]]\nnotify = [\"person:ana\"]\n[[tracker]]\nid = \"jira\"\n{tracker}"
    );
    let (_, checked) = check(&text, "2026-03-02T12:00:00Z".parse().expect("a time"));
    let lines: Vec<String> = checked.errors.iter().chain(&checked.warnings).map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn a_tracker_in_order_has_no_problems() {
    for rest in [
        "kind = \"jira\"\nproject = \"OPS\"\nuser = \"env:U\"",
        "kind = \"gitlab\"\nproject = \"a/b\"\nwhen = 'team=\"db\"'\nurgency = \"high\"\nwebhook_secret = \"env:S\"",
        "kind = \"zammad\"\nqueue = \"Users\"\nlanguage = \"de\"",
        "kind = \"glpi\"\nuser = \"cred:app\"",
        "kind = \"servicenow\"\ntable = \"incident\"\nclose = true\nresolve_on_close = true\nevery = \"30s\"\nper_minute = 60",
    ] {
        assert_eq!(problems(&format!("url = \"https://t.example.org\"\ntoken = \"env:T\"\n{rest}\n")), "", "{rest}");
    }
}

#[test]
fn what_a_kind_needs_and_does_not_have_is_told() {
    expect![[r#"
        line 9: tracker[jira].project: a tracker of the kind "jira" needs it: write project = "OPS"
        line 11: tracker[jira].url: the URL has the scheme "ftp": write for example "https://tracker.example.org"
        line 14: tracker[jira].every: 1s is too often: 10s at the least
        line 15: tracker[jira].per_minute: 0 is not possible: allowed are 1 to 600
        line 12: tracker[jira].token: the secret stands in the file in plain text: better "env:NAME", "file:/path" or "cred:NAME" (a systemd credential)"#]]
    .assert_eq(&problems("url = \"ftp://t\"\ntoken = \"plain\"\nkind = \"jira\"\nevery = \"1s\"\nper_minute = 0\n"));
    expect![[r#"line 13: tracker[jira].kind: "redmine" is not allowed here: allowed are "jira", "servicenow", "glpi", "zammad", "gitlab""#]]
        .assert_eq(&problems("url = \"https://t\"\ntoken = \"env:T\"\nkind = \"redmine\"\n"));
}
