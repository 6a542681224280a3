//! Every route of the console, and who may take it.

use std::collections::BTreeSet;

use super::{House, after, tree};

/// Every route: its path with something for each variable, and whether it is open to nobody in particular.
const ROUTES: [(&str, &str, &str); 68] = [
    ("/", "GET", "session"),
    ("/incidents", "GET POST", "session"),
    ("/incidents/{id}", "GET", "session"),
    ("/incidents/{id}/{act}", "POST", "session"),
    ("/incidents/{id}/notice", "GET POST", "session"),
    ("/maintenance", "GET POST", "session"),
    ("/maintenance/stop", "POST", "session"),
    ("/maintenance/{id}", "GET", "session"),
    ("/maintenance/{id}/{act}", "POST", "session"),
    ("/maintenance/{id}/notice", "GET POST", "session"),
    ("/maintenance/{id}/report", "GET", "session"),
    ("/orders/{maintenance}", "GET", "session"),
    ("/schedule", "GET", "session"),
    ("/requests", "GET POST", "session"),
    ("/requests/{id}", "GET", "session"),
    ("/requests/{id}/{act}", "POST", "session"),
    ("/meeting", "GET", "session"),
    ("/decisions", "GET POST", "session"),
    ("/decisions/{id}", "GET", "session"),
    ("/decisions/{id}/{act}", "POST", "session"),
    ("/routes", "GET", "session"),
    ("/silences", "GET", "session"),
    ("/silences/set", "POST", "session"),
    ("/silences/{id}/end", "POST", "session"),
    ("/schedule/overrides", "POST", "session"),
    ("/schedule/overrides/{id}/remove", "POST", "session"),
    ("/schedule/take", "POST", "session"),
    ("/schedule/absences", "POST", "session"),
    ("/schedule/absences/calendar", "POST", "session"),
    ("/schedule/absences/{id}/remove", "POST", "session"),
    ("/schedule/swaps", "POST", "session"),
    ("/schedule/swaps/{id}/{answer}", "POST", "session"),
    ("/schedule/calendars", "POST", "session"),
    ("/schedule/hours", "GET", "session"),
    ("/schedule/hours.csv", "GET", "session"),
    ("/fleet", "GET", "session"),
    ("/heartbeats", "GET", "session"),
    ("/lab/{platform}", "GET", "session"),
    ("/lab/{platform}/{act}", "POST", "session"),
    ("/people/me", "GET", "session"),
    ("/people/me/keys", "POST", "session"),
    ("/people/me/password", "POST", "session"),
    ("/people/me/sign-out", "POST", "session"),
    ("/people/me/test", "POST", "session"),
    ("/people/me/devices", "POST", "session"),
    ("/people/me/devices/drop", "POST", "session"),
    ("/t/{token}", "GET POST", "link"),
    ("/sw.js", "GET", "open"),
    ("/manifest.webmanifest", "GET", "open"),
    ("/people/{person}/invite", "POST", "session"),
    ("/invite/{token}", "GET POST", "link"),
    ("/demo/be/{person}", "POST", "session"),
    ("/live", "GET", "session"),
    ("/logout", "POST", "session"),
    ("/p/{token}", "GET", "link"),
    ("/p/{token}/{act}", "POST", "link"),
    ("/p/{token}/all", "GET POST", "link"),
    ("/sources", "GET", "session"),
    ("/sources/{source}", "GET", "session"),
    ("/p/{token}/plan", "GET", "link"),
    ("/p/{token}/plan/{act}", "POST", "link"),
    ("/p/{token}/order", "GET", "link"),
    ("/p/{token}/order/{act}", "POST", "link"),
    ("/p/{token}/live", "GET", "link"),
    ("/setup", "GET POST", "token"),
    ("/login", "GET POST", "open"),
    ("/language", "POST", "open"),
    ("/static/{file}", "GET", "open"),
];

#[tokio::test]
async fn nobody_sees_or_does_anything_without_session_or_link() {
    let house = House::new().await;
    for (path, methods, guard) in ROUTES {
        let path = path.replace("{token}", "forged.token").replace(['{', '}'], "");
        for method in methods.split_whitespace() {
            let got = match method {
                "GET" => house.get(&path, "").await,
                _ => house.post(&path, "", &[("csrf", "x")]).await,
            };
            match (guard, method) {
                ("session", "GET") => {
                    assert_eq!((got.status, &got.location[..7.min(got.location.len())]), (303, "/login?"), "{path}");
                }
                ("session", _) => assert_eq!(got.status, 401, "{method} {path}"),
                ("link" | "token", _) => assert_eq!(got.status, 403, "{method} {path}"),
                _ => assert!(got.status != 500, "{method} {path}"),
            }
        }
    }
}

#[test]
fn the_table_above_names_every_route() {
    let named: BTreeSet<_> = ROUTES.iter().map(|(path, ..)| (*path).to_owned()).collect();
    let sources = tree("src/console");
    let found: BTreeSet<_> = sources.iter().flat_map(|text| after(text, ".route(\"")).map(str::to_owned).collect();
    let forgotten: Vec<_> = found.difference(&named).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}
