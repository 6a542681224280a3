//! The frame that stands around each screen.

use noout_core::State;
use noout_core::config::PlatformKind;
use noout_types::Lang;

use super::assets;
use super::demo::{Guide, guide};
use super::names::name;
use super::now::waiting;
use super::seat::Seat;
use super::times::Watch;
use super::words::T;
use crate::App;

/// Who looks.
#[derive(Debug, Clone)]
pub(super) struct Me {
    pub id: String,
    pub name: String,
}

/// What the frame shows, and the words for the screen within it.
#[derive(Clone)]
pub(super) struct Page {
    pub t: T,
    pub watch: Watch,
    pub title: String,
    /// Path and query of this page.
    pub path: String,
    /// Which place of the navigation is lit.
    pub nav: &'static str,
    pub me: Option<Me>,
    pub csrf: String,
    pub keys_off: bool,
    /// Things that wait for a person.
    pub waiting: usize,
    /// Why nothing disruptive starts.
    pub stopped: Option<String>,
    pub labs: Vec<String>,
    /// Whether the configuration names heartbeats.
    pub beats: bool,
    pub guide: Option<Guide>,
    pub site: String,
    pub zone: String,
    /// Whether the page looks again when something changed.
    pub is_live: bool,
    /// The journal's end when the page was drawn.
    pub seq: u64,
}

/// The hidden field that proves a form to be ours.
pub(super) struct Token<'a>(&'a str);

impl std::fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<input type=\"hidden\" name=\"csrf\" value=\"{}\">", super::marks::esc(self.0))
    }
}

impl askama::filters::HtmlSafe for Token<'_> {}

impl Page {
    pub fn token(&self) -> Token<'_> {
        Token(&self.csrf)
    }

    /// The frame for a signed-in person.
    pub fn new(seat: &Seat, nav: &'static str) -> Self {
        let now = seat.app.now();
        seat.app.read(|s| {
            let person = s.config.person(&seat.who);
            let zone = person.map_or("UTC", |p| p.timezone.as_str());
            let labs = s.config.platforms.iter().filter(|p| p.kind == PlatformKind::Lab);
            Self {
                t: seat.t,
                watch: Watch::new(now, zone, seat.t),
                title: seat.t.s(&format!("nav-{nav}")),
                path: seat.path.clone(),
                nav,
                me: Some(Me { id: seat.who.to_string(), name: name(s, &seat.who) }),
                csrf: seat.csrf.clone(),
                keys_off: seat.keys_off,
                waiting: waiting(s, now).len(),
                stopped: s.stopped.as_ref().map(|(_, by, why)| stop_line(s, seat.t, by, why)),
                labs: labs.map(|p| p.id.to_string()).collect(),
                beats: !s.config.heartbeats.is_empty(),
                guide: seat.app.demo().map(|d| guide(s, d, seat)),
                site: s.config.server.name.clone(),
                zone: zone.to_owned(),
                is_live: true,
                seq: s.seq,
            }
        })
    }

    /// The frame for somebody who is not signed in: no navigation.
    pub fn outside(app: &App, lang: Lang, path: &str, title: &str) -> Self {
        let (zone, site, seq) = app.read(|s| (s.config.server.timezone.clone(), s.config.server.name.clone(), s.seq));
        let t = T(lang);
        Self {
            t,
            watch: Watch::new(app.now(), &zone, t),
            title: t.s(title),
            path: path.to_owned(),
            nav: "",
            me: None,
            csrf: String::new(),
            keys_off: true,
            waiting: 0,
            stopped: None,
            labs: Vec::new(),
            beats: false,
            guide: None,
            site,
            zone,
            is_live: false,
            seq,
        }
    }

    pub fn titled(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    pub fn s(&self, key: &str) -> String {
        self.t.s(key)
    }

    pub fn n(&self, key: &str, n: impl std::borrow::Borrow<usize>) -> String {
        self.t.n(key, *n.borrow())
    }

    /// A text with one variable.
    pub fn v(&self, key: &str, name: &str, value: &str) -> String {
        self.t.a(key, &[(name, value)])
    }

    pub fn lang(&self) -> &'static str {
        self.t.0.code()
    }

    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// `page` where this place of the navigation is the present one.
    pub fn here(&self, nav: &str) -> &'static str {
        if self.nav == nav { "page" } else { "false" }
    }

    /// The other languages, for switching.
    pub fn languages(&self) -> Vec<(&'static str, &'static str)> {
        Lang::ALL.into_iter().filter(|l| *l != self.t.0).map(|l| (l.code(), l.name())).collect()
    }
}

fn stop_line(state: &State, t: T, by: &noout_core::Actor, why: &str) -> String {
    t.a("stopped-by", &[("who", &super::names::actor(state, t, by)), ("why", why)])
}
