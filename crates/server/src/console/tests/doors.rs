//! The doors: who gets in by a password, an invitation or a link, for how long, and how many at once.

use super::*;

#[tokio::test]
async fn the_first_sign_in_works_once_and_a_new_password_ends_the_sessions_before() {
    let house = House::new().await;
    let link = house.running.setup_link.clone().expect("nobody has a password");
    let token = link.split("token=").nth(1).expect("a token").to_owned();
    let good = "correct horse battery";
    let form = |password: &'static str| {
        [("token", token.clone()), ("person", "ana".into()), ("password", password.into()), ("again", password.into())]
    };
    let fields = |form: &'_ [(&'static str, String); 4]| form.clone();
    for (password, status) in [("short", 422), (good, 303), (good, 403)] {
        let form = fields(&form(password));
        let form: Vec<_> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(house.post("/setup", "", &form).await.status, status, "{password}");
    }
    assert_eq!(house.get(&format!("/setup?token={token}"), "").await.status, 403);
    let signed = house.post("/login", "", &[("person", "ana"), ("password", good)]).await;
    assert_eq!(signed.status, 303);
    assert!(signed.cookie.contains("HttpOnly") && signed.cookie.contains("SameSite=Lax"), "{}", signed.cookie);
    let cookie = signed.cookie.split(';').next().expect("a pair").to_owned();
    assert_eq!(house.get("/", &cookie).await.status, 200);
    let next = "another long sentence";
    for (old, status) in [("", 422), ("not this one", 422), (good, 303)] {
        let token = house.csrf(&cookie);
        let change = [("csrf", token.as_str()), ("old", old), ("password", next), ("again", next)];
        assert_eq!(house.post("/people/me/password", &cookie, &change).await.status, status, "{old}");
    }
    assert_eq!(house.get("/", &cookie).await.status, 303, "the old session is over");
    // Two were wrong at the change.
    for _ in 0..3 {
        assert_eq!(house.post("/login", "", &[("person", "ana"), ("password", "wrong")]).await.status, 401);
    }
    assert_eq!(house.post("/login", "", &[("person", "ana"), ("password", next)]).await.status, 429);
    assert_eq!(house.post("/login", "", &[("person", "nobody"), ("password", next)]).await.status, 401);
}

/// What Chromium sends over plain HTTP to a name: an origin and no `Sec-Fetch-Site`.
#[tokio::test]
async fn a_form_works_over_plain_http_on_a_name() {
    let house = House::new().await;
    let ana = house.sit("ana");
    let page = house.client.get(house.url("/")).header("cookie", &ana).send().await.expect("an answer");
    // With "no-referrer" a browser calls the origin of our own forms "null".
    assert_eq!(page.headers()["referrer-policy"], "same-origin");
    let id = house.incident("db down").await;
    let send = |origin: &'static str| {
        let request = house.client.post(house.url(&format!("/incidents/{id}/ack")));
        let request = request.header("host", "noout.example.org:8420").header("origin", origin).header("cookie", &ana);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        house.send(request.body(format!("csrf={}", house.csrf(&ana))))
    };
    for foreign in ["null", "http://evil.example", "http://noout.example.org:1"] {
        assert_eq!(send(foreign).await.status, 403, "{foreign}");
    }
    assert_eq!(send("http://noout.example.org:8420").await.status, 303);
    assert!(house.is_acked(id));
}

#[tokio::test]
async fn behind_tls_the_cookie_is_this_hosts_alone() {
    let house = House::with("public_url = \"https://noout.example.org\"", None).await;
    let line = sign_in(house.app(), &person("ana"));
    assert!(
        line.starts_with("__Host-noout_session=") && line.contains("; Path=/;") && line.ends_with("; Secure"),
        "{line}"
    );
    let ana = house.sit("ana");
    assert_eq!(house.get("/people/me", &ana).await.status, 200);
    let planted = ana.replace("__Host-", "");
    assert_eq!(
        house.get("/people/me", &planted).await.status,
        303,
        "a neighbour under the same domain can set this one"
    );
}

#[tokio::test]
async fn the_demo_signs_in_whoever_asks_this_machine_and_no_name_that_leads_here() {
    let demo = crate::Demo { people: vec![person("ana")], inbox: Arc::default(), status: Arc::default() };
    let house = House::with("", Some(demo)).await;
    let front = |host: &'static str| house.send(house.client.get(house.url("/")).header("host", host));
    for own in ["localhost:8420", "127.0.0.1:8420", "192.0.2.7:8420"] {
        assert!(front(own).await.cookie.starts_with("noout_session="), "{own}");
    }
    let rebound = front("evil.example").await;
    assert_eq!((rebound.cookie.as_str(), rebound.location.starts_with("/login")), ("", true));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_no_other() {
    let house = House::new().await;
    let (one, two) = (house.sit("ana"), house.sit("ana"));
    assert_ne!(one, two);
    let id = house.incident("db down").await;
    let link = house.link("ana", id);
    assert_eq!(house.post("/logout", &one, &[("csrf", &house.csrf(&one))]).await.status, 303);
    assert_eq!(house.get("/people/me", &one).await.status, 303, "the cookie that was kept is worth nothing");
    assert_eq!(house.get("/people/me", &two).await.status, 200, "another browser goes on");
    assert_eq!(house.get(&format!("/p/{link}"), "").await.status, 200, "and so do pages");
}

#[tokio::test]
async fn signing_out_everywhere_ends_links_too() {
    let house = House::new().await;
    let id = house.incident("db down").await;
    let (ana, link) = (house.sit("ana"), house.link("ana", id));
    assert_eq!(house.post("/people/me/sign-out", &ana, &[("csrf", &house.csrf(&ana))]).await.status, 303);
    assert_eq!(house.get(&format!("/p/{link}"), "").await.status, 403);
    assert_eq!(house.post(&format!("/p/{link}/ack"), "", &[]).await.status, 403);
    assert!(!house.is_acked(id));
    let fresh = house.link("ana", id);
    assert_eq!(house.post(&format!("/p/{fresh}/ack"), "", &[]).await.status, 303, "a later page's link works");
}

#[tokio::test]
async fn an_invitation_gives_a_password_once() {
    let house = House::new().await;
    let (ana, bo) = (house.sit("ana"), house.sit("bo"));
    let invite = async |who: &str, cookie: &str| {
        let got = house.post(&format!("/people/{who}/invite"), cookie, &[("csrf", &house.csrf(cookie))]).await;
        let path = got.text.split("/invite/").nth(1).and_then(|t| t.split('<').next()).map(|t| format!("/invite/{t}"));
        (got.status, path.unwrap_or_default())
    };
    assert_eq!(invite("bo", &bo).await.0, 403, "only administrators invite");
    assert_eq!(invite("nobody", &ana).await.0, 404);
    let ((status, path), (_, second)) = (invite("bo", &ana).await, invite("bo", &ana).await);
    assert_eq!(status, 200);
    assert!(house.get(&path, "").await.text.contains("Bo Tremblay"));
    let good = "correct horse battery";
    let form = [("password", good), ("again", good)];
    assert_eq!(house.post(&path, "", &[("password", "short"), ("again", "short")]).await.status, 422);
    let done = house.post(&path, "", &form).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/"));
    let cookie = done.cookie.split(';').next().expect("a pair").to_owned();
    assert_eq!(house.get("/people/me", &cookie).await.status, 200, "signed in");
    assert_eq!(house.get("/people/me", &bo).await.status, 303, "earlier sessions ended");
    for used in [&path, &second] {
        assert_eq!(house.get(used, "").await.status, 403);
        assert_eq!(house.post(used, "", &form).await.status, 403);
    }
    assert_eq!(house.post("/login", "", &[("person", "bo"), ("password", good)]).await.status, 303);
    // Who forgot it comes back by the same way.
    let (_, again) = invite("bo", &ana).await;
    let next = "another long sentence";
    assert_eq!(house.post(&again, "", &[("password", next), ("again", next)]).await.status, 303);
    assert_eq!(house.post("/login", "", &[("person", "bo"), ("password", good)]).await.status, 401);
    let rows = house.app().reader().timeline("person/bo", 0, 10).expect("rows");
    let told: Vec<_> = rows.iter().map(|r| (r.what.as_str(), r.actor.as_str())).collect();
    let wanted = [("invited", "person/ana"), ("invited", "person/ana"), ("password_set", "person/bo")];
    assert_eq!(told[..3].iter().map(|(w, _)| *w).collect::<Vec<_>>(), wanted.map(|(w, _)| w), "{told:?}");
}

#[test]
fn an_invitation_ends() {
    let keys = crate::Keys::open(&tempfile::tempdir().expect("a folder").path().join("key"), [7; 32]).expect("a key");
    let at = |s| noout_types::Timestamp::from_second(s).expect("a time");
    let invite = crate::keys::Invite { person: person("bo"), generation: 3, until: at(100) };
    let token = keys.invite(&invite);
    assert_eq!(keys.read_invite(&token, at(99)).expect("in time"), invite);
    assert!(matches!(keys.read_invite(&token, at(100)), Err(crate::KeyError::Expired)));
    assert!(keys.read_session(&token, at(1)).is_err() && keys.read_grant(&token, at(1)).is_err(), "it is nothing else");
}

/// Given a plan and a page's link, then the link shows it, and only who is signed in decides.
#[tokio::test]
async fn a_link_alone_does_not_approve_a_plan() {
    use noout_core::maintenance::{MaintenanceCommand, Phase};
    let house = House::new().await;
    let id = house.incident("fan").await;
    let request = MaintenanceCommand::Request {
        platform: "lab".parse().expect("an id"),
        host: "pve3".parse().expect("an id"),
        reason: "a fan".into(),
        incident: Some(id),
    };
    let by = Actor::Person(person("ana"));
    house.app().submit(Input::Command { by, command: Command::Maintenance(request) }).await.expect("it is asked for");
    let drafted = async {
        loop {
            let found = house.app().read(|s| s.maintenances.all().next().map(|m| (m.id, m.phase, m.hash)));
            if let Some((m, Phase::Drafted, Some(hash))) = found {
                break (m, hash.to_string());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let (m, hash) = tokio::time::timeout(std::time::Duration::from_secs(60), drafted).await.expect("a plan");
    let phase = || house.app().read(|s| s.maintenances.get(m).map(|m| m.phase));
    let link = house.link("ana", id);
    let (plan, csrf) = (format!("/p/{link}/plan"), house.app().keys().csrf(&link));
    let shown = house.get(&plan, "").await;
    assert!(shown.status == 200 && shown.text.contains(&format!("href=\"/maintenance/{m}\"")), "{}", shown.text);
    assert!(!shown.text.contains("/propose"), "no button that does nothing");
    let form = [("csrf", csrf.as_str()), ("hash", hash.as_str())];
    let got = house.post(&format!("{plan}/propose"), "", &form).await;
    assert_eq!((got.status, got.location), (303, format!("/maintenance/{m}")));
    let got = house.post(&format!("{plan}/propose"), &house.sit("bo"), &form).await;
    assert_eq!(got.location, format!("/maintenance/{m}"), "somebody else's session does not count");
    assert_eq!(phase(), Some(Phase::Drafted));
    assert!(house.get(&plan, &house.sit("ana")).await.text.contains("/propose"));
    let got = house.post(&format!("{plan}/propose"), &house.sit("ana"), &form).await;
    assert_eq!((got.status, phase()), (303, Some(Phase::Proposed)));
}

#[tokio::test]
async fn a_session_has_a_bounded_number_of_streams() {
    let house = House::new().await;
    let ana = house.sit("ana");
    let mut open = Vec::new();
    loop {
        let stream = house.client.get(house.url("/live")).header("cookie", &ana).send().await.expect("an answer");
        if stream.status() != 200 {
            assert_eq!(stream.status().as_u16(), 429);
            break;
        }
        open.push(stream);
        assert!(open.len() < 100, "there is no end");
    }
    let bo = house.client.get(house.url("/live")).header("cookie", house.sit("bo")).send().await.expect("an answer");
    assert_eq!(bo.status().as_u16(), 200, "another's streams do not count");
    drop(open);
    let again = async {
        while house.client.get(house.url("/live")).header("cookie", &ana).send().await.expect("an answer").status()
            != 200
        {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), again).await.expect("closed ones make room");
}
