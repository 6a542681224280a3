//! The console as a browser meets it: over HTTP, against a whole server on a lab.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use noout_core::engine::Command;
use noout_core::incident::{IncidentCommand, Status};
use noout_core::{Actor, Input};
use noout_types::{IncidentId, Lang, PersonId, Severity, Span};

use super::http::own_path;
use super::seat::{sign_in, url_escape};
use super::words::sources;
use crate::keys::Grant;
use crate::{App, Running, Settings};

mod contacts;
mod doors;
mod meeting;
mod roster;
mod routes;

struct House {
    running: Running,
    client: reqwest::Client,
    _dir: tempfile::TempDir,
}

struct Got {
    status: u16,
    location: String,
    cookie: String,
    text: String,
}

impl House {
    async fn new() -> Self {
        Self::with("", None).await
    }

    /// With more lines in `[server]`, or as a demo.
    async fn with(server: &str, demo: Option<crate::Demo>) -> Self {
        let text = include_str!("../../examples/console_preview.toml").replacen(
            "[server]\n",
            &format!("[server]\n{server}\n"),
            1,
        );
        Self::of(&text, demo).await
    }

    /// With vera besides, who looks on.
    async fn with_viewer() -> Self {
        let vera = "\n[[person]]\nid = \"vera\"\nname = \"Vera Lang\"\nrole = \"viewer\"\ncontact = [\"webhook:http://PHONE/page\"]\n";
        Self::of(&format!("{}{vera}", include_str!("../../examples/console_preview.toml")), None).await
    }

    async fn of(text: &str, demo: Option<crate::Demo>) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let text = text.replace("PHONE", "127.0.0.1:9");
        let config = noout_core::config::parse(&text).expect("the configuration is right");
        let settings = Settings {
            data: dir.path().join("noout.db"),
            config: Some((text, config)),
            dir: dir.path().to_owned(),
            listen: Some("127.0.0.1:0".into()),
            status_listen: Some("127.0.0.1:0".into()),
            clock: Arc::new(noout_types::Timestamp::now),
            pace: crate::Pace::default(),
            demo,
        };
        let running = crate::start(settings).await.expect("it starts");
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { running, client, _dir: dir }
    }

    fn app(&self) -> &App {
        &self.running.app
    }

    /// The cookie pair of a signed-in person.
    fn sit(&self, who: &str) -> String {
        let line = sign_in(self.app(), &person(who));
        line.split(';').next().expect("a pair").to_owned()
    }

    fn csrf(&self, cookie: &str) -> String {
        self.app().keys().csrf(cookie.split_once('=').expect("a value").1)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Got {
        let answer = request.send().await.expect("an answer");
        let header =
            |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let (status, location, cookie) = (answer.status().as_u16(), header("location"), header("set-cookie"));
        Got { status, location, cookie, text: answer.text().await.expect("a text") }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.console)
    }

    async fn get(&self, path: &str, cookie: &str) -> Got {
        self.send(self.client.get(self.url(path)).header("cookie", cookie)).await
    }

    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Got {
        let pairs: Vec<_> = fields.iter().map(|(k, v)| format!("{k}={}", url_escape(v))).collect();
        let request = self
            .client
            .post(self.url(path))
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"));
        self.send(request).await
    }

    /// Sends a form with a file, as browsers do.
    async fn post_parts(&self, path: &str, cookie: &str, fields: &[(&str, String)]) -> Got {
        let part = |(k, v): &(&str, String)| {
            format!("--limit\r\nContent-Disposition: form-data; name=\"{k}\"; filename=\"f\"\r\n\r\n{v}\r\n")
        };
        let body = fields.iter().map(part).collect::<String>() + "--limit--\r\n";
        let kind = "multipart/form-data; boundary=limit";
        let request = self.client.post(self.url(path)).header("cookie", cookie).header("content-type", kind);
        self.send(request.body(body)).await
    }

    /// Opens an incident and gives its number.
    async fn incident(&self, title: &str) -> IncidentId {
        let (title, text) = (title.to_owned(), title.to_owned());
        let command = IncidentCommand::Open { title, text, severity: Severity::Critical, policy: None };
        let by = Actor::Person(person("ana"));
        let id = self.app().read(|s| s.next_incident);
        self.app().submit(Input::Command { by, command: Command::Incident(command) }).await.expect("it opens");
        IncidentId(id)
    }

    fn link(&self, who: &str, incident: IncidentId) -> String {
        let until = Span::from_hours(1).after(self.app().now());
        let generation = super::seat::generation(self.app(), &person(who));
        self.app().keys().grant(&Grant { person: person(who), incident, until, generation })
    }

    fn is_acked(&self, id: IncidentId) -> bool {
        self.app().read(|s| s.incidents.get(id).is_some_and(|i| matches!(i.status, Status::Acked { .. })))
    }
}

fn person(id: &str) -> PersonId {
    id.parse().expect("an id")
}

fn files(folder: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.file_stem().is_some_and(|n| n != "tests") {
            out.push(std::fs::read_to_string(&path).expect("a text"));
        }
    }
}

fn tree(folder: &str) -> Vec<String> {
    let mut out = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut out);
    out
}

/// What stands in quotes right after a word.
fn after<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(word).filter_map(move |(at, _)| text[at + word.len()..].split('"').next())
}

#[tokio::test]
async fn a_form_counts_only_with_its_token_and_from_our_own_pages() {
    let house = House::new().await;
    let id = house.incident("disk full").await;
    let (path, ana) = (format!("/incidents/{id}/ack"), house.sit("ana"));
    assert_eq!(house.post(&path, &ana, &[]).await.status, 403);
    assert_eq!(house.post(&path, &ana, &[("csrf", &house.csrf(&house.sit("bo")))]).await.status, 403, "another's");
    assert!(!house.is_acked(id));
    let token = house.csrf(&ana);
    let foreign = house
        .client
        .post(house.url(&path))
        .header("cookie", &ana)
        .header("origin", "https://evil.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("csrf={token}"));
    assert_eq!(house.send(foreign).await.status, 403);
    assert!(!house.is_acked(id));
    let got = house.post(&path, &ana, &[("csrf", &token), ("back", "//evil.example/")]).await;
    assert_eq!((got.status, got.location.as_str()), (303, "/"));
    assert!(house.is_acked(id));
}

#[tokio::test]
async fn a_pages_link_answers_its_own_incident_and_looking_does_nothing() {
    let house = House::new().await;
    let (mine, other) = (house.incident("db down").await, house.incident("dns down").await);
    let link = house.link("bo", mine);
    let page = house.get(&format!("/p/{link}"), "").await;
    assert_eq!(page.status, 200);
    assert!(!house.is_acked(mine), "a scanner that follows links acknowledges nothing");
    let csrf = house.app().keys().csrf(&link);
    let pass = [("csrf", "x"), ("to", "ana")];
    assert_eq!(house.post(&format!("/p/{link}/pass-on"), "", &pass).await.status, 403);
    for act in ["resolve", "note", "announce"] {
        assert_eq!(house.post(&format!("/p/{link}/{act}"), "", &[("csrf", &csrf)]).await.status, 422, "{act}");
    }
    for act in ["plan/approve", "plan/abort", "order/sign", "order/approve"] {
        let got = house.post(&format!("/p/{link}/{act}"), "", &[("csrf", &csrf), ("host", "pve3")]).await;
        assert_eq!(got.status, 422, "{act}");
    }
    // A notification's button sends no form: the link is the permission.
    assert_eq!(house.post(&format!("/p/{link}/ack"), "", &[]).await.status, 303);
    assert!(house.is_acked(mine) && !house.is_acked(other));
    let owner = house.app().read(|s| s.incidents.get(mine).and_then(|i| i.owner.clone()));
    assert_eq!(owner, Some(person("bo")));
    assert!(house.get(&format!("/p/{link}"), "").await.text.contains("answer ok"));
    let until = Span::from_secs(5).before(house.app().now());
    let old = house.app().keys().grant(&Grant { person: person("bo"), incident: mine, until, generation: 0 });
    assert_eq!(house.get(&format!("/p/{old}"), "").await.status, 403);
}

/// One message stood for sixty incidents, and its link took one.
#[tokio::test]
async fn a_pages_link_takes_all_that_its_person_was_paged_about_and_says_what() {
    let house = House::new().await;
    let paged = |who: &str| house.app().read(|s| s.waiting_for(&person(who)));
    let mut ids = Vec::new();
    for title in ["db down", "dns down", "disk full"] {
        ids.push(house.incident(title).await);
    }
    for _ in 0..200 {
        if paged("ana").len() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(paged("ana").len(), 3, "ana is on call");
    let link = house.link("ana", ids[0]);
    let path = format!("/p/{link}/all");
    let page = house.get(&format!("/p/{link}"), "").await.text;
    assert!(page.contains("Acknowledge all 3") && page.contains("dns down") && page.contains("disk full"), "{page}");
    // One is taken by somebody else before the button is pressed, and one comes that the page did not show.
    let by = Actor::Person(person("bo"));
    let ack = Command::Incident(IncidentCommand::Ack(ids[1]));
    house.app().submit(Input::Command { by, command: ack }).await.expect("bo takes it");
    let late = house.incident("new meanwhile").await;
    let listed = ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",");
    let broken = house.client.post(house.url(&path)).header("content-type", "multipart/form-data; boundary=limit");
    assert_eq!(house.send(broken.body("--limit\r\nContent-Disposition: form")).await.status, 400);
    assert!(!house.is_acked(ids[0]), "a form that broke off takes nothing");
    let got = house.post(&path, "", &[("incidents", &listed)]).await;
    assert_eq!((got.status, got.location.as_str()), (303, path.as_str()));
    assert!(house.is_acked(ids[0]) && house.is_acked(ids[2]) && !house.is_acked(late));
    assert_eq!(house.app().read(|s| s.incidents.get(ids[1]).and_then(|i| i.owner.clone())), Some(person("bo")));
    let told = house.get(&path, "").await.text;
    assert!(told.contains("2 are yours") && told.contains("One was taken by somebody else"), "{told}");
    // A program that holds the link takes the rest without a form, and reads what came of it.
    let request = house.client.post(house.url(&path)).header("accept", "application/json");
    let got = house.send(request).await;
    let json: serde_json::Value = serde_json::from_str(&got.text).expect("JSON");
    assert!(json["taken"].as_array().is_some_and(|taken| taken.len() <= 1), "{json}");
    let foreign = house.link("ana", ids[0]);
    let others = house.post(&format!("/p/{foreign}/all"), "", &[("incidents", "9999")]).await;
    assert_eq!(others.status, 303, "what the person was not told of is passed over");
}

#[tokio::test]
async fn nobody_takes_over_from_somebody_they_did_not_see() {
    let house = House::new().await;
    let id = house.incident("disk full").await;
    let (ana, bo) = (house.sit("ana"), house.sit("bo"));
    let (path, page) = (format!("/incidents/{id}/ack"), format!("/incidents/{id}"));
    let ack =
        async |who: &str, owner: &str| house.post(&path, who, &[("csrf", &house.csrf(who)), ("owner", owner)]).await;
    let owner = || house.app().read(|s| s.incidents.get(id).and_then(|i| i.owner.clone()));
    assert!(house.get(&page, &ana).await.text.contains("name=\"owner\" value=\"\""), "the form says whom it showed");
    assert_eq!(ack(&bo, "").await.status, 303);
    let late = ack(&ana, "").await;
    assert_eq!((late.status, owner()), (409, Some(person("bo"))), "Ana saw nobody");
    assert!(late.text.contains("Bo"), "the answer says who has it: {}", late.text);
    assert!(house.get(&page, &ana).await.text.contains("name=\"owner\" value=\"bo\""));
    assert_eq!(ack(&ana, "bo").await.status, 303);
    assert_eq!(owner(), Some(person("ana")), "taking over from whom one saw is an act of its own");
    let link = house.link("bo", id);
    assert_eq!(house.post(&format!("/p/{link}/ack"), "", &[("owner", "bo")]).await.status, 409);
    assert_eq!(owner(), Some(person("ana")));
}

#[tokio::test]
async fn whoever_passed_an_incident_on_does_not_have_it_any_more() {
    let house = House::new().await;
    let id = house.incident("disk full").await;
    let (mine, link) = (house.sit("ana"), house.link("ana", id));
    assert_eq!(house.post(&format!("/p/{link}/ack"), "", &[]).await.status, 303);
    assert!(house.get(&format!("/p/{link}"), "").await.text.contains("You have it since"));
    let to = [("csrf", house.csrf(&mine)), ("to", "bo".to_owned())];
    let to: Vec<_> = to.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(house.post(&format!("/incidents/{id}/hand-over"), &mine, &to).await.status, 303);
    let text = house.get(&format!("/p/{link}"), "").await.text;
    assert!(!text.contains("You have it") && text.contains("is asked"), "{text}");
    let theirs = format!("/p/{}", house.link("bo", id));
    assert!(house.get(&theirs, "").await.text.contains("<button class=\"ack\""), "whoever is asked has to say yes");
    assert!(!house.get(&format!("/incidents/{id}"), &mine).await.text.contains("Bo Tremblay has it"));
    assert_eq!(house.post(&format!("{theirs}/ack"), "", &[("owner", "bo")]).await.status, 303);
    assert!(house.get(&theirs, "").await.text.contains("You have it since"));
    let text = house.get(&format!("/p/{link}"), "").await.text;
    assert!(!text.contains("You have it") && text.contains("has it since"), "{text}");
}

#[tokio::test]
async fn an_incident_that_closed_long_ago_can_still_be_read() {
    let house = House::new().await;
    let first = house.incident("the first of many").await;
    let by = || Actor::Person(person("ana"));
    let note = IncidentCommand::Note { incident: first, text: "a worn cable".into() };
    house.app().submit(Input::Command { by: by(), command: Command::Incident(note) }).await.expect("it is noted");
    // The state keeps the last 100.
    for n in 0..=100 {
        let id = if n == 0 { first } else { house.incident("another").await };
        let command = Command::Incident(IncidentCommand::Resolve { incident: id, note: "done".into() });
        house.app().submit(Input::Command { by: by(), command }).await.expect("it is resolved");
    }
    assert!(house.app().read(|s| s.incident(first).is_none()), "it is out of the state");
    let got = house.get(&format!("/incidents/{first}"), &house.sit("bo")).await;
    assert_eq!(got.status, 200);
    for words in ["the first of many", "a worn cable", "Resolved by"] {
        assert!(got.text.contains(words), "{words}: {}", got.text);
    }
    assert!(!got.text.contains("/ack\""), "what is over cannot be acknowledged");
}

#[tokio::test]
async fn where_there_is_nothing_there_are_words_and_the_policy() {
    let house = House::new().await;
    let ana = house.sit("ana");
    let browse = |path: &str, cookie: &str| {
        house.client.get(house.url(path)).header("cookie", cookie).header("accept", "text/html").send()
    };
    for (path, cookie, status, way) in [
        ("/nope", ana.as_str(), 404, "href=\"/\""),
        ("/nope", "", 404, "href=\"/\""),
        ("/incidents/7/ack", &ana, 405, "href=\"/incidents/7\""),
        ("/incidents/999", &ana, 404, "href=\"/\""),
    ] {
        let answer = browse(path, cookie).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert!(answer.headers().contains_key("content-security-policy"), "{path}");
        let text = answer.text().await.expect("a text");
        assert!(text.contains("<h1>") && text.contains(way), "{path}: {text}");
        assert!(!text.contains("sse-connect"), "{path}: it would ask for itself again and again");
    }
    let program = house.get("/nope", &ana).await;
    assert_eq!((program.status, program.text.as_str()), (404, "there is nothing here\n"));
}

#[tokio::test]
async fn hostile_texts_stay_texts_on_every_screen() {
    let house = House::new().await;
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}";
    let id = house.incident(hostile).await;
    let ana = house.sit("ana");
    let note = [("csrf", house.csrf(&ana)), ("text", hostile.to_owned())];
    let note: Vec<_> = note.iter().map(|(k, v)| (*k, v.as_str())).collect();
    assert_eq!(house.post(&format!("/incidents/{id}/note"), &ana, &note).await.status, 303);
    let link = house.link("bo", id);
    let incident = format!("/incidents/{id}");
    let (notice, phone) = (format!("{incident}/notice"), format!("/p/{link}"));
    for path in ["/", "/incidents", &incident, &notice, &phone, "/login?next=%22%3E%3Cscript%3Ealert(1)"] {
        let got = house.get(path, &ana).await;
        assert_eq!(got.status, 200, "{path}");
        assert!(!got.text.contains("<script>alert") && !got.text.contains("<img src=x"), "{path}");
    }
    assert!(house.get(&incident, &ana).await.text.contains("&#60;script&#62;"), "the text is shown");
}

#[tokio::test]
async fn all_screens_are_there_in_all_languages_and_carry_the_policy() {
    let house = House::new().await;
    let id = house.incident("db down").await;
    let ana = house.sit("ana");
    let incident = format!("/incidents/{id}");
    for lang in Lang::ALL {
        let cookie = format!("{ana}; noout_lang={lang}");
        for path in [
            "/",
            "/incidents",
            &incident,
            "/maintenance",
            "/schedule",
            "/schedule/hours",
            "/fleet",
            "/lab/lab",
            "/people/me",
        ] {
            let answer = house.client.get(house.url(path)).header("cookie", &cookie).send().await.expect("an answer");
            assert_eq!(answer.status().as_u16(), 200, "{path} {lang}");
            let policy = answer.headers()["content-security-policy"].to_str().expect("a text").to_owned();
            assert!(!policy.contains("unsafe"), "{policy}");
            let text = answer.text().await.expect("a text");
            assert!(text.contains(&format!("<html lang=\"{lang}\"")), "{path} {lang}");
            assert!(!text.contains(" style=\"") && !text.contains(" onclick="), "{path}: inline");
        }
    }
    assert_eq!(house.post("/demo/be/bo", &ana, &[("csrf", &house.csrf(&ana))]).await.status, 404, "this is no demo");
    assert_eq!(house.get("/incidents/99", &ana).await.status, 404);
    assert_eq!(house.get("/incidents/x", &ana).await.status, 404);
}

#[test]
fn a_link_back_leads_to_ourselves_only() {
    for (asked, given) in [
        ("/incidents/3?x=1", "/incidents/3?x=1"),
        ("", "/"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        assert_eq!(own_path(asked), given, "{asked}");
    }
}

#[test]
fn every_text_that_a_screen_asks_for_exists_in_every_language() {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for text in tree("src/console").iter().chain(&tree("templates")) {
        for word in [".s(\"", ".n(\"", ".v(\"", ".a(\""] {
            used.extend(after(text, word).map(str::to_owned));
        }
    }
    for lang in Lang::ALL {
        let keys: BTreeSet<String> = sources(lang)
            .iter()
            .flat_map(|text| text.lines())
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key.to_owned())
            .collect();
        let missing: Vec<_> = used.difference(&keys).filter(|k| !k.contains('{')).collect();
        assert!(missing.is_empty(), "{lang}: {missing:?}");
        for source in sources(lang) {
            assert!(fluent_bundle::FluentResource::try_new(source.to_owned()).is_ok(), "{lang}: a file does not parse");
        }
    }
}

#[test]
fn files_are_named_by_what_they_hold() {
    for name in
        ["console.css", "phone.css", "console.js", "phone.js", "htmx.js", "inter.woff2", "mono.woff2", "icon.svg"]
    {
        let url = super::assets::url(name);
        assert!(url.starts_with("/static/") && url.len() > "/static/".len() + name.len() + 12, "{url}");
    }
}

/// One fan turns in a host that needs three, as its BMC shows it.
fn too_few_fans(now: noout_types::Timestamp) -> noout_core::platform::SensorPoll {
    use noout_core::platform::{Reading, SensorKind, SensorPoll};
    let reading = Reading {
        sensor: "FAN1".parse().expect("an id"),
        kind: SensorKind::Fan,
        model: "R640 fan".to_owned(),
        state: noout_detect::SensorState::Ok,
        value: Some(4200.0),
        unit: "RPM".to_owned(),
    };
    SensorPoll {
        host: "pve9".parse().expect("an id"),
        taken_at: now,
        readings: Ok(vec![reading]),
        needed: std::collections::BTreeMap::from([(SensorKind::Fan, 3)]),
        platform: None,
    }
}

#[tokio::test]
async fn what_noout_says_itself_is_in_the_readers_language_on_pages_and_in_messages() {
    let house = House::new().await;
    let incident = house.app().read(|s| IncidentId(s.next_incident));
    let poll = too_few_fans(house.app().now());
    house.app().submit(Input::Sensors(poll)).await.expect("it is taken");
    let hand = Command::Incident(IncidentCommand::HandOver { incident, to: person("eva") });
    let by = Actor::Person(person("ana"));
    house.app().submit(Input::Command { by, command: hand }).await.expect("handed over");
    let (title, text) = ("pve9: zu wenige Lüfter laufen", "Es laufen 2 Lüfter weniger, als pve9 braucht.");
    let eva = house.sit("eva");
    for path in ["/".to_owned(), format!("/incidents/{incident}"), format!("/p/{}", house.link("eva", incident))] {
        let got = house.get(&path, &eva).await.text;
        assert!(got.contains(title) && (path == "/" || got.contains(text)), "{path}: {got}");
        assert!(!got.contains("too few"), "{path}: {got}");
    }
    let app = house.app();
    let message = app
        .read(|s| {
            let page = s.paging.pages_of(incident).find(|page| page.person == person("eva"))?.id;
            crate::message::prepare(s, app, page, 1, 0, "http://127.0.0.1:9")
        })
        .expect("a page for Eva")
        .message;
    assert_eq!(message.title, title);
    let lines: Vec<_> = message.text.lines().collect();
    assert_eq!(lines[..2], ["Das wurde Ihnen übergeben; bis Sie übernehmen, hat es niemand.", text]);
    assert!(!message.text.contains("erledigt"), "noout did nothing yet: {}", message.text);
    let english = app.read(|s| s.incidents.get(incident).map(|i| i.opened.title.clone()));
    assert_eq!(english.as_deref(), Some("pve9: too few fans work"), "for scripts and searches");
}
