//! `[meeting]` and sources of requests.

use expect_test::expect;

use super::{checked, team_and, told};

#[test]
fn a_meeting_names_what_is_there() {
    assert!(checked(&team_and("[meeting]\nweekday = \"th\"\ntime = \"08:15\"\nschedule = \"ops\"\n")).ok);
    let wrong = team_and("[meeting]\ntimezone = \"Europe/Wien\"\nteam = \"opps\"\n");
    expect![[r#"
        error line 29: meeting.timezone: "Europe/Wien" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Kiev"?)
        error line 30: meeting.team: there is no team "opps": the file has none yet, add a [[team]]
    "#]].assert_eq(&told(&wrong));
    let both = team_and("[[team]]\nid = \"t\"\npeople = [\"ana\"]\n[meeting]\nteam = \"t\"\nschedule = \"ops\"\n");
    expect![[r#"
        error line 33: meeting.schedule: both a team and a schedule are named: say only one of them
    "#]]
    .assert_eq(&told(&both));
}

#[test]
fn a_meetings_day_and_time_are_read_strictly() {
    for wrong in ["weekday = \"monday\"", "time = \"9:30\"", "time = \"24:00\"", "room = \"2\""] {
        assert!(!checked(&team_and(&format!("[meeting]\n{wrong}\n"))).ok, "{wrong}");
    }
    expect![[r#"
        error line 29: meeting.time: "9:30" is no time of a day: write "HH:MM" from 00:00 to 23:59, for example "10:00"
    "#]]
    .assert_eq(&told(&team_and("[meeting]\ntime = \"9:30\"\n")));
}

#[test]
fn a_source_of_requests_has_nothing_of_alerts() {
    let text = "[[source]]\nid = \"wishes\"\nkey = \"env:WISHES\"\nkind = \"requests\"\n";
    assert!(checked(&team_and(text)).ok);
    expect![[r#"
        error line 32: source[wishes].silences: it is for alerts, and this source brings requests: leave it out
        error line 33: source[wishes].acks: it is for alerts, and this source brings requests: leave it out
    "#]]
    .assert_eq(&told(&team_and(&format!("{text}silences = true\nacks = true\n"))));
}
