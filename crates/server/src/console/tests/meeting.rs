//! Requests, the agenda and decisions on their pages.

use super::House;

async fn act(house: &House, who: &str, path: &str, fields: &[(&str, &str)]) -> super::Got {
    let seat = house.sit(who);
    let token = house.csrf(&seat);
    let all: Vec<_> = [("csrf", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
    house.post(path, &seat, &all).await
}

#[tokio::test]
async fn a_request_is_asked_and_taken_with_one_click_and_nobody_is_taken_from_unseen() {
    let house = House::new().await;
    let fields =
        [("title", "The <b>invoices</b> hang"), ("urgency", "interrupts"), ("interrupts", ""), ("wanted_by", "")];
    let asked = act(&house, "ana", "/requests", &fields).await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/requests/1"), "{}", asked.text);
    let ana = house.sit("ana");
    let now = house.get("/", &ana).await.text;
    assert!(now.contains("wants to interrupt") && now.contains("/requests/1/take"), "{now}");
    assert!(!now.contains("<b>invoices</b>"), "what people write is text");
    assert_eq!(act(&house, "bo", "/requests/1/take", &[("owner", "")]).await.status, 303);
    assert_eq!(act(&house, "ana", "/requests/1/take", &[("owner", "")]).await.status, 409, "she saw nobody");
    assert!(house.get("/", &ana).await.text.contains("interrupted by request 1 (Bo"), "Now says what stands still");
    assert_eq!(act(&house, "ana", "/requests/1/take", &[("owner", "bo")]).await.status, 303, "now she knows");
    assert_eq!(act(&house, "ana", "/requests/1/answer", &[("text", "looking")]).await.status, 303);
    assert_eq!(act(&house, "ana", "/requests/1/decline", &[("text", "")]).await.status, 409, "no without a reason");
    let page = house.get("/requests/1", &ana).await.text;
    assert!(page.contains("looking") && page.contains("takes it"), "{page}");
    assert_eq!(act(&house, "ana", "/requests/1/done", &[("text", "restarted")]).await.status, 303);
    let page = house.get("/requests/1", &ana).await.text;
    assert!(page.contains("restarted") && page.contains("stood still for it"), "{page}");
    assert!(!house.get("/", &ana).await.text.contains("id=\"h-requests\""), "nothing waits, nothing is shown");
}

#[tokio::test]
async fn a_decision_is_put_up_answered_closed_and_found_again() {
    let house = House::new().await;
    let fields = [("title", "Which day?"), ("text", ""), ("options", "Monday\nFriday\n"), ("until", "")];
    assert_eq!(act(&house, "ana", "/decisions", &fields).await.location, "/decisions/1");
    let bo = house.sit("bo");
    assert!(house.get("/meeting", &bo).await.text.contains("you are asked"));
    let voice = [("choice", "2"), ("words", "fewer users")];
    assert_eq!(act(&house, "bo", "/decisions/1/voice", &voice).await.status, 303);
    assert_eq!(act(&house, "ana", "/decisions/1/voice", &[("choice", "for"), ("words", "")]).await.status, 409);
    let page = house.get("/decisions/1", &bo).await.text;
    assert!(page.contains("fewer users") && page.contains("have not said anything"), "{page}");
    let close = [("decided", "On Friday"), ("why", "nobody is against it")];
    assert_eq!(act(&house, "ana", "/decisions/1/close", &close).await.status, 303);
    assert!(house.get("/decisions?q=friday", &bo).await.text.contains("On Friday"));
    assert!(!house.get("/decisions?q=sunday", &bo).await.text.contains("On Friday"));
}

#[tokio::test]
async fn each_page_of_the_meeting_is_drawn_in_each_language() {
    let house = House::new().await;
    act(&house, "ana", "/requests", &[("title", "x"), ("urgency", "this_week")]).await;
    act(&house, "ana", "/decisions", &[("title", "y")]).await;
    house.incident("db down").await;
    let seat = house.sit("ana");
    for lang in ["en", "fr", "de"] {
        let cookie = format!("{seat}; noout_lang={lang}");
        for path in ["/requests", "/requests/1", "/meeting", "/decisions", "/decisions/1"] {
            let page = house.get(path, &cookie).await;
            assert_eq!(page.status, 200, "{path}: {}", page.text);
            assert!(page.text.contains(&format!("<html lang=\"{lang}\">")), "{path}");
        }
    }
}

#[tokio::test]
async fn somebody_of_another_team_asks_and_is_offered_nothing_that_they_may_not_do() {
    let house = House::with_viewer().await;
    act(&house, "ana", "/requests", &[("title", "x"), ("urgency", "interrupts")]).await;
    let asked = act(&house, "vera", "/requests", &[("title", "More disk"), ("urgency", "this_week")]).await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/requests/2"));
    let vera = house.sit("vera");
    for path in ["/", "/requests", "/requests/1", "/requests/2", "/meeting"] {
        let page = house.get(path, &vera).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains("/take\""), "{path} offers to take what a viewer may not take");
    }
    assert!(house.get("/requests/2", &vera).await.text.contains("action=\"/requests/2/answer\""), "it is hers");
    assert!(!house.get("/requests/1", &vera).await.text.contains("action=\"/requests/1/answer\""), "it is not hers");
    assert!(!house.get("/decisions", &vera).await.text.contains("<form method=\"post\" action=\"/decisions\""));
    assert_eq!(act(&house, "vera", "/requests/1/take", &[("owner", "")]).await.status, 403);
    assert_eq!(act(&house, "vera", "/requests/2/answer", &[("text", "2 TB")]).await.status, 303);
}
