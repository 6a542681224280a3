//! The schedule page: take over, swap, be away, hand out a calendar, see who worked how much.

use noout_types::Span;

use super::House;

/// A wall-clock time of a form, so many hours from now, in Madrid: ana's zone.
fn local(house: &House, hours: u64) -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Madrid").expect("a zone");
    Span::from_hours(hours).after(house.app().now()).to_zoned(zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

async fn act(house: &House, who: &str, path: &str, fields: &[(&str, &str)]) -> u16 {
    let seat = house.sit(who);
    let token = house.csrf(&seat);
    let all: Vec<_> = [("csrf", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
    house.post(path, &seat, &all).await.status
}

fn on_call(house: &House, after: u64) -> Vec<String> {
    let at = Span::from_hours(after).after(house.app().now());
    let ops = "ops".parse().expect("an id");
    house.app().read(|s| s.on_call(&ops, at)).into_iter().map(|p| p.to_string()).collect()
}

/// Who is on call now, and who is not, of those who take turns.
fn turns(house: &House) -> (String, String) {
    turns_in(house, 0)
}

/// The same in so many hours.
fn turns_in(house: &House, hours: u64) -> (String, String) {
    let on = on_call(house, hours);
    let off = ["ana", "bo", "chi"].into_iter().find(|id| !on.contains(&(*id).to_owned())).expect("one of three is off");
    (on[0].clone(), off.to_owned())
}

#[tokio::test]
async fn the_running_shift_is_taken_over_with_one_click() {
    let house = House::new().await;
    let (_, off) = turns(&house);
    let page = house.get("/schedule", &house.sit(&off)).await;
    assert!(page.text.contains("action=\"/schedule/take\""), "{}", page.text);
    assert_eq!(act(&house, &off, "/schedule/take", &[("schedule", "ops"), ("rotation", "primary")]).await, 303);
    assert!(on_call(&house, 0).contains(&off));
    assert_eq!(
        act(&house, &off, "/schedule/take", &[("schedule", "ops"), ("rotation", "primary")]).await,
        409,
        "again"
    );
}

#[tokio::test]
async fn a_swap_is_asked_and_accepted_on_the_page() {
    let house = House::new().await;
    // Two hours in which nobody's turn ends, whenever this runs.
    let first = (1..).step_by(3).find(|h| on_call(&house, *h) == on_call(&house, h + 3)).expect("turns last longer");
    let (on, off) = turns_in(&house, first);
    let (from, to) = (local(&house, first), local(&house, first + 2));
    let fields = [("schedule", "ops"), ("from", from.as_str()), ("to", to.as_str()), ("with", off.as_str())];
    let asked = if on == "ana" {
        act(&house, &on, "/schedule/swaps", &fields).await
    } else {
        // The form's times are on the wall clock of who writes them; exact ones are the same everywhere.
        let exact = |hours| Span::from_hours(hours).after(house.app().now()).to_string();
        let (from, to) = (exact(first), exact(first + 2));
        let fields = [("schedule", "ops"), ("from", from.as_str()), ("to", to.as_str()), ("with", off.as_str())];
        act(&house, &on, "/schedule/swaps", &fields).await
    };
    assert_eq!(asked, 303);
    let page = house.get("/schedule", &house.sit(&off)).await;
    assert!(page.text.contains("/schedule/swaps/1/accept") && page.text.contains("/schedule/swaps/1/decline"));
    let mine = house.get("/schedule", &house.sit(&on)).await;
    assert!(mine.text.contains("/schedule/swaps/1/withdraw") && !mine.text.contains("/schedule/swaps/1/accept"));
    assert_eq!(act(&house, &off, "/schedule/swaps/1/accept", &[]).await, 303);
    assert!(on_call(&house, first + 1).contains(&off));
    assert_eq!(act(&house, &off, "/schedule/swaps/1/nonsense", &[]).await, 404);
}

#[tokio::test]
async fn who_is_away_stands_on_the_page_and_the_gap_with_them() {
    let house = House::new().await;
    let (on, _) = turns(&house);
    // So long that a turn of theirs is in it, whenever this runs.
    let (day, last) = (local(&house, 24)[..10].to_owned(), local(&house, 24 * 60)[..10].to_owned());
    let fields = [("person", on.as_str()), ("from", day.as_str()), ("to", last.as_str()), ("reason", "<b>Sea</b>")];
    assert_eq!(act(&house, &on, "/schedule/absences", &fields).await, 303);
    let page = house.get("/schedule", &house.sit(&on)).await;
    assert!(page.text.contains("&#60;b&#62;Sea") || page.text.contains("&lt;b&gt;Sea"), "{}", page.text);
    assert!(page.text.contains("/schedule/absences/1/remove"));
    assert!(house.app().read(|s| !s.coverage_gaps(&s.config.schedules[0], house.app().now()).is_empty()));
    assert_eq!(act(&house, &on, "/schedule/absences/1/remove", &[]).await, 303);
    assert_eq!(
        act(&house, &on, "/schedule/absences", &[("person", "nobody"), ("from", &day), ("to", &day)]).await,
        422
    );
}

#[tokio::test]
async fn a_calendar_file_tells_who_is_away() {
    let house = House::new().await;
    let (on, _) = turns(&house);
    let (from, to) = (local(&house, 24)[..10].replace('-', ""), local(&house, 72)[..10].replace('-', ""));
    let event = |uid: &str, more: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{from}\r\nDTEND;VALUE=DATE:{to}\r\nSUMMARY:Sea\r\n{more}END:VEVENT\r\n"
        )
    };
    let events = event("1", "") + &event("2", "STATUS:CANCELLED\r\n");
    let ics = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
    let send = async |ics: &str| {
        let seat = house.sit(&on);
        let fields =
            [("csrf", house.csrf(&seat)), ("person", on.clone()), ("source", "leave".into()), ("ics", ics.to_owned())];
        house.post_parts("/schedule/absences/calendar", &seat, &fields).await
    };
    let told = send(&ics).await;
    assert_eq!(told.status, 200, "{}", told.text);
    assert!(told.text.contains("One time away") && told.text.contains("do not count: 1"), "{}", told.text);
    assert!(house.get("/schedule", &house.sit(&on)).await.text.contains("Sea"));
    let wrong = send("PDF-1.4").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("BEGIN:VCALENDAR"), "{}", wrong.text);
    assert!(house.get("/schedule", &house.sit(&on)).await.text.contains("Sea"), "what was known stays");
    // Read again, it replaces what it said.
    send("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n").await;
    assert!(!house.get("/schedule", &house.sit(&on)).await.text.contains("Sea"));
}

#[tokio::test]
async fn hours_and_pay_are_read_as_a_page_and_as_csv() {
    let house = House::new().await;
    let ana = house.sit("ana");
    let page = house.get("/schedule/hours?from=2026-02-02&to=2026-02-16", &ana).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Ana Ruiz") && page.text.contains("America/Montreal"), "{}", page.text);
    let csv = house.get("/schedule/hours.csv?from=2026-02-02&to=2026-02-16", &ana).await;
    assert!(csv.text.starts_with("person,name,timezone,hours,"), "{}", csv.text);
    let days = house.get("/schedule/hours.csv?from=2026-02-02&to=2026-02-16&days=1", &ana).await;
    assert!(days.text.contains("ana,Ana Ruiz,Europe/Madrid,2026-02-02,Mon,"), "{}", days.text);
    assert_eq!(house.get("/schedule/hours?from=never", &ana).await.status, 422);
}

#[tokio::test]
async fn a_calendars_address_is_on_the_page_until_it_is_withdrawn() {
    let house = House::new().await;
    let url = |text: &str| {
        let at = text.find("/calendar/").expect("an address");
        text[at..].split('<').next().expect("its end").to_owned()
    };
    let ana = house.sit("ana");
    let first = url(&house.get("/schedule", &ana).await.text);
    assert_eq!(house.get(&first, "").await.status, 200);
    assert_eq!(act(&house, "ana", "/schedule/calendars", &[("feed", "person:ana")]).await, 303);
    assert_eq!(house.get(&first, "").await.status, 404);
    assert_eq!(house.get(&url(&house.get("/schedule", &ana).await.text), "").await.status, 200);
}
