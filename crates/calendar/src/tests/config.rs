//! Reading, writing and refusing.

use expect_test::expect;

use super::schedule;
use crate::{Hours, Schedule, Weekday};

#[test]
fn what_is_left_out_has_its_default() {
    let read = schedule(
        "id = 'ops'\ntimezone = 'UTC'\n[[rotation]]\nname = 'primary'\npeople = ['ana', ['bo', 'cy']]\nstart = '2026-01-05T09:00'\n",
    );
    expect![[r#"{"id":"ops","timezone":"UTC","coverage":2,"coverage_notice_days":7,"coverage_page":"12h","handoff":true,"swap_approval":false,"rotation":[{"name":"primary","people":["ana",["bo","cy"]],"unit":"week","every":1,"start":"2026-01-05T09:00:00"}]}"#]]
        .assert_eq(&serde_json::to_string(&read).expect("writes"));
}

#[test]
fn what_was_written_reads_the_same() {
    let read = schedule(
        "id = 'ops'\ntimezone = 'Europe/Madrid'\ncoverage = 3\n[[rotation]]\nname = 'n'\npeople = ['a', ['b', 'c']]\nunit = 'month'\nevery = 2\nstart = '2026-01-31 09:00:30'\nweekdays = ['mo', 'su']\nhours = '20:00-24:00'\ntimezone = 'America/Lima'\n",
    );
    assert_eq!(read.rotations[0].weekdays, [Weekday::Mo, Weekday::Su]);
    let again: Schedule = toml::from_str(&toml::to_string(&read).expect("writes")).expect("reads");
    assert_eq!(again, read);
    let again: Schedule = serde_json::from_str(&serde_json::to_string(&read).expect("writes")).expect("reads");
    assert_eq!(again, read);
}

#[test]
fn shifts_have_the_shape_of_the_contract() {
    let read = schedule(
        "id = 'ops'\ntimezone = 'Europe/Madrid'\ncoverage = 1\n[[rotation]]\nname = 'primary'\npeople = ['ana']\nstart = '2026-01-05T09:00'\n",
    );
    let shifts = read.shifts(&[], super::at("UTC", "2026-01-01T00:00"), super::at("UTC", "2026-01-06T00:00"));
    expect![[
        r#"[{"start":"2026-01-05T08:00:00Z","end":"2026-01-06T00:00:00Z","rotation":"primary","people":["ana"]}]"#
    ]]
    .assert_eq(&serde_json::to_string(&shifts).expect("writes"));
}

#[test]
fn every_problem_names_its_field() {
    let bad: Schedule = toml::from_str(
        "id = 'ops'\ntimezone = 'Europe/Madird'\ncoverage = 9\n\
         [[rotation]]\nname = 'primary'\npeople = []\nevery = 0\nstart = '1900-01-05T09:00'\n\
         [[rotation]]\nname = 'primary'\npeople = ['ana', [], ['bo', 'bo']]\nstart = '2026-01-05T09:00'\nhours = '08:00-08:00'\nweekdays = ['mo', 'mo']\ntimezone = 'vienna'\n\
         [[rotation]]\nname = ' '\npeople = ['ana']\nstart = '2026-01-05T09:00'\nhours = '00:00-00:00'\ntimezone = 'Etc/Unknown'\n",
    )
    .expect("the shape is right");
    let errors = bad.validate().expect_err("much is wrong");
    let text: String = errors.iter().map(|e| format!("{e}\n")).collect();
    expect![[r#"
        timezone: "Europe/Madird" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Madrid"?)
        coverage: coverage is 9 distinct people, but only 2 stand in the rotations: add people, or lower the coverage
        rotation[0].people: nobody stands here: name at least one person
        rotation[0].every: a turn of 0 units is not possible: allowed are 1 to 10000
        rotation[0].start: 1900-01-05T09:00:00 is out of range: a rotation starts in the years 1970 to 2200
        rotation[1].name: a rotation "primary" is already there: names of rotations are unique in a schedule
        rotation[1].people[1]: nobody stands here: name at least one person
        rotation[1].people[2]: "bo" stands twice in the same turn
        rotation[1].weekdays: a weekday is named twice
        rotation[1].hours: the hours 08:00-08:00 are empty: for the whole day write "00:00-24:00" or leave them out
        rotation[1].timezone: "vienna" is no time zone: write an IANA name, for example "Europe/Madrid" (did you mean "Europe/Vienna"?)
        rotation[2].name: a rotation needs a name, for example "primary"
        rotation[2].hours: the hours 00:00-00:00 are empty: for the whole day write "00:00-24:00" or leave them out
        rotation[2].timezone: "Etc/Unknown" is no time zone: write an IANA name, for example "Europe/Madrid"
    "#]].assert_eq(&text);
    let none: Schedule = toml::from_str("id = 'ops'\ntimezone = 'UTC'\ncoverage = 0").expect("the shape is right");
    let text: String = none.validate().expect_err("nobody").iter().map(|e| format!("{e}\n")).collect();
    expect![[r#"
        coverage: a coverage of 0 promises nobody: write at least 1, better 2
        rotation: a schedule needs at least one rotation
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_cannot_be_read_says_what_is_allowed() {
    let read = |line: &str| {
        let text = format!("id = 'ops'\ntimezone = 'UTC'\n[[rotation]]\nname = 'n'\npeople = ['a']\n{line}\n");
        toml::from_str::<Schedule>(&text).expect_err("not readable").message().to_owned()
    };
    let start = "start = '2026-01-05T09:00'\n";
    let tries = [
        "start = '2026-01-05T09:00+02:00'".to_owned(),
        "start = '2026-01-05T24:00'".to_owned(),
        "start = '2026-02-30T09:00'".to_owned(),
        "start = '2026-01-05'".to_owned(),
        format!("{start}hours = '24:00-08:00'"),
        format!("{start}hours = '8-18'"),
        format!("{start}hours = '20:00-24:01'"),
        format!("{start}weekdays = []"),
        format!("{start}weekdays = ['monday']"),
        format!("{start}unit = 'fortnight'"),
        format!("{start}evry = 2"),
    ];
    let text: String = tries.iter().map(|line| format!("{}\n", read(line).replace('\n', " "))).collect();
    expect![[r#"
            "2026-01-05T09:00+02:00" is no start: write a wall-clock time like "2026-01-05T09:00", without zone or offset
            "2026-01-05T24:00" is no start: write a wall-clock time like "2026-01-05T09:00", without zone or offset
            "2026-02-30T09:00" is no start: write a wall-clock time like "2026-01-05T09:00", without zone or offset
            "2026-01-05" is no start: write a wall-clock time like "2026-01-05T09:00", without zone or offset
            "24:00-08:00" is no range of hours: write "HH:MM-HH:MM", for example "20:00-08:00" or "16:00-24:00"
            "8-18" is no range of hours: write "HH:MM-HH:MM", for example "20:00-08:00" or "16:00-24:00"
            "20:00-24:01" is no range of hours: write "HH:MM-HH:MM", for example "20:00-08:00" or "16:00-24:00"
            no day is worked: name at least one of mo tu we th fr sa su, or leave it out for all
            unknown variant `monday`, expected one of `mo`, `tu`, `we`, `th`, `fr`, `sa`, `su`
            unknown variant `fortnight`, expected one of `hour`, `day`, `week`, `month`
            unknown field `evry`, expected one of `name`, `people`, `unit`, `every`, `start`, `weekdays`, `hours`, `timezone`, `layer`
        "#]].assert_eq(&text);
    let people = toml::from_str::<Schedule>(
        "id = 'o'\ntimezone = 'UTC'\n[[rotation]]\nname = 'n'\npeople = ['a', 7]\nstart = '2026-01-05T09:00'",
    );
    expect!["invalid type: integer `7`, expected a person's id or a list of ids that are on together"]
        .assert_eq(people.expect_err("7 is nobody").message());
}

#[test]
fn hours_read_as_they_are_written() {
    for text in ["20:00-08:00", "00:00-24:00", "08:30-17:15", "16:00-00:00"] {
        assert_eq!(text.parse::<Hours>().map(|h| h.to_string()), Ok(text.to_owned()));
    }
    for bad in [
        "",
        "-",
        "20:00",
        "8:00-17:00",
        "20:00-08:60",
        "25:00-08:00",
        "20:00-08:00-09:00",
        "+1:00-02:00",
        "２０:００-０８:００",
    ] {
        assert!(bad.parse::<Hours>().is_err(), "{bad}");
    }
    let night: Hours = "20:00-08:00".parse().expect("hours");
    assert_eq!((night.begin_minute(), night.end_minute()), (1200, (480, true)));
    let evening: Hours = "16:00-24:00".parse().expect("hours");
    assert_eq!(evening.end_minute(), (0, true), "24:00 is minute 0 of the next day");
}
