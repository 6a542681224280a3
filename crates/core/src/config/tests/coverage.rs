//! N distinct people who can be reached, at every instant.

use expect_test::{Expect, expect};

use super::{TEAM, told};

fn case(text: &str, want: Expect) {
    want.assert_eq(&told(text));
}

#[test]
fn one_person_cannot_be_two() {
    case(
        "[[person]]\nid = 'ana'\ncontact = ['ntfy:https://h.example.org/a']\n[[schedule]]\nid = 'ops'\ntimezone = 'Europe/Vienna'\n[[schedule.rotation]]\nname = 'primary'\npeople = ['ana']\nstart = '2026-01-05T09:00'\n[[policy]]\nid = 'p'\nstep = [{ notify = ['schedule:ops'] }]\n",
        expect![[r#"
            error line 4: schedule[ops].coverage: coverage is 2 distinct people, but ana is the only one in the file: add a second [[person]] to the rotations, or write coverage = 1 and nobody stands in for ana
        "#]],
    );
    let alone = "[[person]]\nid = 'ana'\ncontact = ['ntfy:https://h.example.org/a']\n[[schedule]]\nid = 'ops'\ntimezone = 'Europe/Vienna'\ncoverage = 1\n[[schedule.rotation]]\nname = 'primary'\npeople = ['ana']\nstart = '2026-01-05T09:00'\n[[policy]]\nid = 'p'\nstep = [{ notify = ['schedule:ops'] }]\n";
    case(alone, expect![""]);
}

#[test]
fn a_rotation_that_leaves_a_gap_says_when_and_who() {
    // The second rotation is off at night; the clocks change on 2026-03-29.
    let night = TEAM.replace("name = \"secondary\"\n", "name = \"secondary\"\nhours = \"06:00-22:00\"\n");
    case(
        &night,
        expect![[r#"
        error line 12: schedule[ops].coverage: 2 distinct people must be ready at every instant of the next 90 days, but from 2026-03-02 22:00 to 2026-03-03 06:00 only ana is ready; from 2026-03-03 22:00 to 2026-03-04 06:00 only ana is ready; from 2026-03-04 22:00 to 2026-03-05 06:00 only ana is ready; and 87 more times (times of Europe/Vienna)
    "#]],
    );
    let weekend = TEAM.replace(
        "name = \"secondary\"\n",
        "name = \"secondary\"\nweekdays = [\"mo\", \"tu\", \"we\", \"th\", \"fr\", \"sa\"]\n",
    );
    case(
        &weekend,
        expect![[r#"
        error line 12: schedule[ops].coverage: 2 distinct people must be ready at every instant of the next 90 days, but from 2026-03-08 09:00 to 2026-03-09 09:00 only ana is ready; from 2026-03-15 09:00 to 2026-03-16 09:00 only bo is ready; from 2026-03-22 09:00 to 2026-03-23 09:00 only ana is ready; and 10 more times (times of Europe/Vienna)
    "#]],
    );
}

#[test]
fn a_rotation_that_starts_later_leaves_a_gap_until_then() {
    let late = TEAM
        .replace("timezone = \"Europe/Vienna\"", "timezone = \"Europe/Vienna\"\ncoverage = 2")
        .replace("2026-01-05T09:00", "2026-03-09T09:00");
    case(
        &late,
        expect![[r#"
        error line 15: schedule[ops].coverage: 2 distinct people must be ready at every instant of the next 90 days, but from now to 2026-03-09 09:00 nobody is ready (times of Europe/Vienna)
    "#]],
    );
}

#[test]
fn the_same_person_in_both_rotations_is_one() {
    let twice = TEAM.replace("people = [\"bo\", \"ana\"]", "people = [\"ana\", \"bo\"]");
    case(
        &twice,
        expect![[r#"
        error line 12: schedule[ops].coverage: 2 distinct people must be ready at every instant of the next 90 days, but from now to 2026-03-09 09:00 only ana is ready; from 2026-03-09 09:00 to 2026-03-16 09:00 only bo is ready; from 2026-03-16 09:00 to 2026-03-23 09:00 only ana is ready; and 10 more times (times of Europe/Vienna)
    "#]],
    );
}

#[test]
fn who_cannot_be_reached_is_not_ready() {
    let mute = TEAM.replace("ntfy:https://ntfy.example.org/bo", "push");
    case(
        &mute,
        expect![[r#"
            error line 12: schedule[ops].coverage: 2 distinct people must be ready at every instant of the next 90 days, but from now to the end only ana is ready (bo is on call without a contact that this version can use) (times of Europe/Vienna)
            warning line 8: person[bo].contact: bo has only push and cannot be reached by what stands in this file: add "mail", "ntfy:…" or "webhook:…"
            warning line 8: person[bo].contact[0]: browsers enrol for push over https only: server.public_url should begin with https://
        "#]],
    );
}

#[test]
fn a_misspelt_person_is_told_once_and_not_as_a_gap() {
    let text = TEAM.replace("people = [\"ana\", \"bo\"]", "people = [\"anna\", [\"bo\", \"cy\"]]");
    case(
        &text,
        expect![[r#"
        error line 17: schedule[ops].rotation[primary].people[0]: there is no person "anna": did you mean "ana"? Allowed are "ana", "bo", "eva"
        error line 17: schedule[ops].rotation[primary].people[1][1]: there is no person "cy": allowed are "ana", "bo", "eva"
    "#]],
    );
}

#[test]
fn an_unknown_zone_is_told_with_the_one_that_was_meant() {
    let text = TEAM.replace("Europe/Vienna", "Europe/Wienna");
    case(
        &text,
        expect![[r#"
        error line 14: schedule[ops].timezone: "Europe/Wienna" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Vienna"?)
    "#]],
    );
}

#[test]
fn a_schedule_without_rotations_promises_nothing() {
    case(
        "[[schedule]]\nid = 'ops'\ntimezone = 'UTC'\n[[schedule]]\nid = 'two'\ntimezone = 'UTC'\ncoverage = 0\n[[schedule.rotation]]\nname = ''\npeople = []\nevery = 0\nstart = '2026-01-05T09:00'\nhours = '08:00-08:00'\n",
        expect![[r#"
            error line 1: schedule[ops].rotation: a schedule needs at least one rotation
            error line 7: schedule[two].coverage: a coverage of 0 promises nobody: write at least 1, better 2
            error line 9: schedule[two].rotation[0].name: a rotation needs a name, for example "primary"
            error line 10: schedule[two].rotation[0].people: nobody stands here: name at least one person
            error line 11: schedule[two].rotation[0].every: a turn of 0 units is not possible: allowed are 1 to 10000
            error line 13: schedule[two].rotation[0].hours: the hours 08:00-08:00 are empty: for the whole day write "00:00-24:00" or leave them out
            warning there is no [[person]]: nobody can be paged
        "#]],
    );
}

const AWAY: &str = "[[absence]]\nperson = \"ana\"\nfrom = \"2026-04-02\"\nto = \"2026-04-05\"\nreason = \"Easter\"\n";

#[test]
fn an_absence_that_leaves_a_gap_says_who_is_away() {
    case(
        &format!("{TEAM}{AWAY}"),
        expect![[r#"
        error line 12: schedule[ops].coverage: 2 distinct people must be ready at every instant of the next 90 days, but from 2026-04-02 02:00 to 2026-04-06 02:00 only bo is ready (ana is on call and away) (times of Europe/Vienna)
    "#]],
    );
}

#[test]
fn an_absence_that_somebody_covers_already_may_be_applied() {
    let now = super::now();
    let text = format!("{TEAM}{AWAY}");
    assert!(!crate::config::check(&text, now).1.ok);
    let cover = noout_calendar::Override {
        id: 1,
        schedule: "ops".parse().expect("an id"),
        rotation: None,
        replaces: Some("ana".parse().expect("an id")),
        person: "cy".parse().expect("an id"),
        start: "2026-04-01T00:00:00Z".parse().expect("an instant"),
        end: "2026-04-07T00:00:00Z".parse().expect("an instant"),
    };
    let with_cy = text
        .replace("[[schedule]]", "[[person]]\nid = \"cy\"\ncontact = [\"ntfy:https://h.example.org/c\"]\n[[schedule]]");
    assert!(crate::config::check_with(&with_cy, now, &[cover]).1.ok);
    // A server that starts again says so and starts.
    let (config, checked) = crate::config::check_again(&text, now);
    assert!(
        config.is_some()
            && checked.ok
            && checked.warnings.iter().any(|w| w.message.contains("ana is on call and away"))
    );
}

#[test]
fn absences_holidays_and_fallbacks_are_checked() {
    case(
        &format!(
            "{TEAM}[[absence]]\nperson = \"anna\"\nfrom = \"2026-04-02\"\nto = \"2026-04-05\"\n\
             [[absence]]\nperson = \"ana\"\nfrom = \"2026-04-05\"\nto = \"2026-04-02\"\n\
             [[absence]]\nperson = \"ana\"\nfrom = \"8h\"\nto = \"2026-04-02\"\n\
             [[absence]]\nperson = \"ana\"\nfrom = \"2026-01-05\"\nto = \"2026-01-06\"\n\
             [[holiday]]\ndate = \"2026-12-25\"\npeople = [\"boo\"]\n"
        )
        .replace("[[schedule]]\n", "[[schedule]]\nfallback = \"nobody\"\n"),
        expect![[r#"
            error line 13: schedule[ops].fallback: there is no person "nobody": allowed are "ana", "bo", "eva"
            error line 30: absence[0].person: there is no person "anna": did you mean "ana"? Allowed are "ana", "bo", "eva"
            error line 36: absence[1].to: an absence must end after it begins: found 2026-04-05 to 2026-04-02
            error line 39: absence[2].from: "8h" is a length: write a day or a time, for example "2026-12-24"
            error line 47: holiday[0].people[0]: there is no person "boo": did you mean "bo"? Allowed are "ana", "bo", "eva"
            warning line 44: absence[3].to: this absence is over: it may be left out
        "#]],
    );
    case(
        &format!("{TEAM}[[absence]]\nperson = \"ana\"\nfrom = \"tomorrow\"\nto = \"2026-04-05\"\n"),
        expect![[r#"
        error line 30: absence[0].from: "tomorrow" is no time: write "2026-12-24", "2026-12-24T09:00" (the wall clock of the zone), "2026-12-24T09:00[Europe/Madrid]", "2026-12-24T09:00:00+01:00", or a length like "8h"
    "#]],
    );
}
