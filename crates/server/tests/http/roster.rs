//! Who is on call, over HTTP: times as people write them, warnings, swaps, calendars, reports.

use reqwest::Method;
use serde_json::{Value, json};

use crate::site::Site;

async fn post(site: &Site, person: &str, path: &str, body: Value) -> (u16, Value) {
    let answer = site.as_person(Some(person), Method::POST, path).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

/// Given an override that leaves one of two, when it is added with times as people write them, then it is made and a
/// warning says so; and when nobody is missing, there is none.
#[tokio::test(flavor = "multi_thread")]
async fn an_override_that_leaves_too_few_is_made_with_a_warning() {
    let three = crate::site::CONFIG.replace("role = \"viewer\"", "role = \"responder\"");
    let site = Site::start_with(tempfile::tempdir().expect("a folder"), three).await;
    let over = |person: &str| json!({ "schedule": "ops", "person": person, "replaces": "ana", "end": "8h" });
    let (status, answer) = post(&site, "bo", "/api/v1/overrides", over("bo")).await;
    assert_eq!(status, 200, "{answer}");
    let warning = answer["warnings"][0].as_str().expect("a warning");
    assert!(
        warning.starts_with("ops: 2 distinct people are promised, but from ") && warning.ends_with("only bo is ready"),
        "{warning}"
    );
    let gaps = site.get("/api/v1/coverage?schedule=ops").await;
    assert_eq!((gaps[0]["need"].as_u64(), gaps[0]["have"].clone()), (Some(2), json!(["bo"])), "{gaps}");
    let (status, answer) = post(&site, "bo", "/api/v1/overrides", over("vera")).await;
    assert_eq!((status, answer["warnings"].is_null()), (200, true), "{answer}");
    let wall = json!({ "schedule": "ops", "person": "bo", "replaces": "ana",
        "start": "2030-07-01T09:00[Asia/Tokyo]", "end": "2030-07-02" });
    assert_eq!(post(&site, "bo", "/api/v1/overrides", wall).await.0, 200);
    let all = site.get("/api/v1/overrides").await;
    let last = all.as_array().and_then(|all| all.last()).expect("three");
    assert_eq!((&last["start"], &last["end"]), (&json!("2030-07-01T00:00:00Z"), &json!("2030-07-02T00:00:00Z")));
    let (status, answer) =
        post(&site, "bo", "/api/v1/overrides", json!({ "schedule": "ops", "person": "bo", "end": "soon" })).await;
    assert_eq!(status, 422);
    assert!(answer["message"].as_str().is_some_and(|m| m.starts_with("end: \"soon\" is no time")), "{answer}");
}

/// Given somebody who may only look, then nobody puts them on call: they could not acknowledge.
#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_is_not_put_on_call() {
    let site = Site::start().await;
    let over = json!({ "schedule": "ops", "person": "vera", "replaces": "ana", "end": "8h" });
    let (status, answer) = post(&site, "bo", "/api/v1/overrides", over).await;
    assert_eq!((status, answer["code"].as_str()), (422, Some("invalid")), "{answer}");
}

/// Given a calendar of leave, when it is read twice, then the second reading replaces the first.
#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_says_when_somebody_is_away() {
    let site = Site::start().await;
    let year = jiff::Timestamp::now().strftime("%Y").to_string().parse::<i32>().expect("a year") + 1;
    let ics = |day: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:{year}{day}\r\nSUMMARY:Leave\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:2\r\nDTSTART:{year}0301T080000Z\r\nDTEND:{year}0301T090000Z\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    for (day, want) in [("0110", "01-10"), ("0112", "01-12")] {
        let body = json!({ "person": "bo", "source": "leave.ics", "ics": ics(day) });
        let (status, answer) = post(&site, "bo", "/api/v1/absences/read", body).await;
        assert_eq!((status, answer["changed"].as_bool()), (200, Some(true)), "{answer}");
        assert_eq!(answer["warnings"][0], "1 events are cancelled or marked as free and do not count");
        let found = site.get("/api/v1/absences").await;
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
        assert_eq!(found[0]["start"], format!("{year}-{want}T00:00:00Z"));
        assert_eq!((&found[0]["reason"], &found[0]["source"]), (&json!("Leave"), &json!("leave.ics")));
    }
    let (status, answer) =
        post(&site, "bo", "/api/v1/absences/read", json!({ "person": "bo", "source": "x", "ics": "<html>" })).await;
    assert_eq!(status, 422);
    assert!(answer["message"].as_str().is_some_and(|m| m.contains("this is no calendar")), "{answer}");
}

/// Given a shift, when it is offered and taken, then it is in force; and a take-over lasts until the shift ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_swap_and_a_take_over() {
    let site = Site::start().await;
    let ask = json!({ "schedule": "ops", "from": "+1h", "to": "8h", "with": "bo" });
    let (status, asked) = post(&site, "ana", "/api/v1/swaps", ask).await;
    assert_eq!((status, asked["swap"].as_u64()), (200, Some(1)), "{asked}");
    assert_eq!(post(&site, "ana", "/api/v1/swaps/1/accept", Value::Null).await.0, 409, "not with oneself");
    let (status, done) = post(&site, "bo", "/api/v1/swaps/1/accept", Value::Null).await;
    assert_eq!((status, done["override"].as_u64()), (200, Some(1)), "{done}");
    assert!(done["warnings"][0].is_string(), "bo alone is one of two");
    let swaps = site.get("/api/v1/swaps").await;
    assert_eq!((&swaps[0]["status"], &swaps[0]["overrides"]), (&json!("done"), &json!([1])));
    let (status, taken) = post(&site, "ana", "/api/v1/oncall/take", json!({ "schedule": "ops" })).await;
    assert_eq!(status, 409, "two are on together: {taken}");
    let (status, taken) =
        post(&site, "ana", "/api/v1/oncall/take", json!({ "schedule": "ops", "replaces": "bo" })).await;
    assert_eq!((status, taken["override"].as_u64()), (200, Some(2)), "{taken}");
}

/// Given the address of a calendar, when it is read without signing in, then it has the shifts; when it is withdrawn or
/// made up, there is nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_read_by_its_address_until_it_is_withdrawn() {
    let site = Site::start().await;
    let feeds: Value = site
        .as_person(Some("vera"), Method::GET, "/api/v1/feeds")
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let names: Vec<_> = feeds.as_array().expect("a list").iter().map(|f| f["feed"].as_str().expect("a name")).collect();
    assert_eq!(names, ["person:vera", "schedule:ops"], "a viewer hands out her own");
    let all = site.get("/api/v1/feeds").await;
    let of = |all: &Value, name: &str| {
        let mut feeds = all.as_array().expect("a list").iter();
        feeds.find(|f| f["feed"] == name).and_then(|f| f["url"].as_str()).expect("an address").to_owned()
    };
    let url = of(&all, "person:ana");
    let read = async |url: &str| {
        let answer = site.http.get(url).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    };
    let (status, text) = read(&url).await;
    assert_eq!(status, 200);
    assert!(text.contains("SUMMARY:ops both") && text.contains("UID:ops/both/"), "{text}");
    assert_eq!(read(&url.replace("/calendar/", "/calendar/x")).await.0, 404, "nobody guesses one");
    let (status, next) = post(&site, "ana", "/api/v1/feeds/withdraw", json!({ "feed": "person:ana" })).await;
    assert_eq!(status, 200, "{next}");
    assert_eq!(read(&url).await.0, 404);
    assert_eq!(read(next["url"].as_str().expect("an address")).await.0, 200);
    assert_eq!(read(&of(&all, "schedule:ops")).await.0, 200, "others are as they were");
}

/// Given hours on call, when a report is asked for, then operators see everybody and others themselves.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_last_week() {
    let site = Site::start().await;
    let days_ago = |n: i64| {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * n);
        at.strftime("%Y-%m-%d").to_string()
    };
    let path = format!("/api/v1/oncall/report?from={}&to={}", days_ago(8), days_ago(1));
    let report = site.get(&path).await;
    let people: Vec<_> =
        report.as_array().expect("lines").iter().map(|l| l["person"].as_str().expect("an id")).collect();
    assert_eq!(people, ["ana", "bo"], "vera is on no rotation");
    let line = &report[0];
    assert_eq!(line["seconds"]["on_call"], 7 * 24 * 3600, "{line}");
    assert_eq!(line["seconds"]["night"], 7 * 8 * 3600);
    assert_eq!(line["seconds"]["weekend"], 2 * 24 * 3600);
    assert_eq!(line["days"].as_array().map(Vec::len), Some(7));
    let own: Value =
        site.as_person(Some("vera"), Method::GET, &path).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(own, json!([]), "a viewer does not read what others worked");
    let backwards = format!("/api/v1/oncall/report?from={}&to={}", days_ago(1), days_ago(8));
    let answer = site.as_person(None, Method::GET, &backwards).send().await.expect("an answer");
    assert_eq!(answer.status(), 422);
}

/// Given an override for somebody who is not on call then, it is refused; for a part of the time, a warning says when it counts.
#[tokio::test(flavor = "multi_thread")]
async fn an_override_says_when_it_changes_nothing() {
    let three = crate::site::CONFIG.replace("role = \"viewer\"", "role = \"responder\"");
    let site = Site::start_with(tempfile::tempdir().expect("a folder"), three).await;
    let over = |person: &str, replaces: &str, start: &str, end: &str| json!({ "schedule": "ops", "person": person, "replaces": replaces, "start": start, "end": end });
    let (day, next) = ("2030-07-01T00:00:00Z", "2030-07-02T00:00:00Z");
    let (status, answer) = post(&site, "bo", "/api/v1/overrides", over("bo", "vera", day, next)).await;
    let message = answer["message"].as_str().unwrap_or_default();
    assert!(
        status == 409 && message.contains("vera is not on call in ops") && message.ends_with("ana, bo"),
        "{answer}"
    );
    assert_eq!(post(&site, "bo", "/api/v1/overrides", over("vera", "ana", day, next)).await.0, 200);
    let (status, answer) =
        post(&site, "bo", "/api/v1/overrides", over("ana", "vera", day, "2030-07-03T00:00:00Z")).await;
    let warning = answer["warnings"][0].as_str().unwrap_or_default();
    assert!(status == 200 && warning.contains(&format!("vera is on call only from {day} to {next}")), "{answer}");
}

/// Given a shift that is taken, then the answer says which, from whom and until when; a second time takes nothing. The shifts
/// of the server have it.
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_shift_is_named_and_stands_among_the_shifts() {
    let three = crate::site::CONFIG.replace("role = \"viewer\"", "role = \"responder\"");
    let site = Site::start_with(tempfile::tempdir().expect("a folder"), three).await;
    let take = json!({ "schedule": "ops", "replaces": "bo" });
    let (status, answer) = post(&site, "vera", "/api/v1/oncall/take", take).await;
    assert_eq!(status, 200, "{answer}");
    let taken = &answer["taken"];
    assert_eq!(
        (&taken["rotation"], &taken["from"], &taken["person"]),
        (&json!("both"), &json!(["bo"]), &json!("vera"))
    );
    let (status, answer) = post(&site, "vera", "/api/v1/oncall/take", json!({ "schedule": "ops" })).await;
    assert!(status == 409 && answer["message"].as_str().is_some_and(|m| m.contains("already")), "{answer}");
    let shifts = site.get("/api/v1/oncall/shifts").await;
    assert_eq!(shifts[0]["people"], json!(["ana", "vera"]), "{shifts}");
    let long = site.as_person(None, Method::GET, "/api/v1/oncall/shifts?to=4000d").send().await.expect("an answer");
    assert_eq!(long.status(), 422);
}

/// Given a contact whose variable is not set, then the server that runs does not count on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_contact_without_its_secret_is_a_gap() {
    let text = crate::site::CONFIG.replace("webhook:http://127.0.0.1:9/bo", "webhook:env:NOOUT_TEST_NEVER_SET");
    let site = Site::start_with(tempfile::tempdir().expect("a folder"), text).await;
    let methods = site.get("/api/v1/people/bo/contacts").await;
    assert!(methods[0]["lacks"].as_str().is_some_and(|why| why.contains("NOOUT_TEST_NEVER_SET")), "{methods}");
    let gaps = site.get("/api/v1/coverage?schedule=ops").await;
    assert_eq!(gaps[0]["have"], json!(["ana"]), "{gaps}");
}
