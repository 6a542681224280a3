//! A page and a report that all tests draw.

use std::collections::BTreeMap;

use noout_types::{ComponentId, Lang, Said, Timestamp};

use crate::{
    Certainty, Change, Component, ComponentStatus, Evidence, Impact, Notice, Planned, ReportInput, ReportLine, Stage,
    StatusPage, Update, Words,
};

pub(crate) fn at(text: &str) -> Timestamp {
    format!("2026-03-{text}:00Z").parse().expect("an instant")
}

pub(crate) fn id(text: &str) -> ComponentId {
    ComponentId::new(text).expect("an id")
}

pub(crate) fn words(en: &str, fr: &str, de: &str) -> Words {
    Words::Written(BTreeMap::from([(Lang::En, en.to_owned()), (Lang::Fr, fr.to_owned()), (Lang::De, de.to_owned())]))
}

pub(crate) fn component(name: &str, status: ComponentStatus) -> Component {
    Component {
        id: id(name),
        name: Words::same(name),
        description: None,
        status,
        since: at("01T02:00"),
        created_at: at("01T00:00"),
        fresh_until: at("01T03:10"),
    }
}

fn update(id: &str, when: &str, stage: Stage, words: Words) -> Update {
    Update { id: id.to_owned(), at: at(when), stage, words, changes: Vec::new() }
}

pub(crate) fn incident() -> Notice {
    let mut first =
        update("u1", "01T02:50", Stage::Investigating, words("Web is slow.", "Le web est lent.", "Web ist langsam."));
    first.changes = vec![
        Change { component: id("web"), from: ComponentStatus::Operational, to: ComponentStatus::PartialOutage },
        Change { component: id("secret-host"), from: ComponentStatus::Operational, to: ComponentStatus::MajorOutage },
    ];
    Notice {
        id: "7".to_owned(),
        title: words("Web slow", "Web lent", "Web langsam"),
        impact: Impact::Major,
        components: vec![id("web"), id("secret-host")],
        started_at: at("01T02:47"),
        updates: vec![first, update("u2", "01T02:58", Stage::Monitoring, words("Mended.", "Réparé.", "Behoben."))],
    }
}

pub(crate) fn planned() -> Planned {
    let prepared = |key: &str| Words::Prepared { key: key.to_owned(), values: BTreeMap::new() };
    Planned {
        notice: Notice {
            id: "3".to_owned(),
            title: prepared("maintenance-title"),
            impact: Impact::None,
            components: vec![id("web")],
            started_at: at("01T02:30"),
            updates: vec![update("u3", "01T02:30", Stage::Scheduled, prepared("maintenance-scheduled"))],
        },
        scheduled_for: at("02T21:00"),
        scheduled_until: at("02T23:00"),
        sequence: 2,
    }
}

/// One component of each kind of status, one open incident, one closed, one announced maintenance.
pub(crate) fn page() -> StatusPage {
    let mut closed = incident();
    closed.id = "5".to_owned();
    closed.updates = vec![update("u0", "01T01:00", Stage::Resolved, words("Over.", "Fini.", "Vorbei."))];
    closed.started_at = at("01T00:30");
    StatusPage {
        id: "noout".to_owned(),
        name: "Acme".to_owned(),
        url: "https://status.example.org".to_owned(),
        time_zone: "Europe/Zurich".to_owned(),
        generated_at: at("01T03:00"),
        next_by: at("01T03:05"),
        components: vec![
            component("web", ComponentStatus::PartialOutage),
            component("mail", ComponentStatus::Operational),
            component("backup", ComponentStatus::UnderMaintenance),
            component("dns", ComponentStatus::MajorOutage),
            Component { fresh_until: at("01T02:59"), ..component("vpn", ComponentStatus::Operational) },
        ],
        incidents: vec![closed, incident()],
        maintenances: vec![planned()],
    }
}

pub(crate) fn calm() -> StatusPage {
    let components = vec![component("web", ComponentStatus::Operational)];
    StatusPage { components, incidents: Vec::new(), maintenances: Vec::new(), ..page() }
}

/// Texts that try to break out of whatever holds them.
pub(crate) const HOSTILE: &str =
    "</style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>]]>&amp;\u{0}\u{202e}";

/// The page with hostile texts wherever a person may write one.
pub(crate) fn hostile() -> StatusPage {
    let mut page = page();
    page.name = HOSTILE.to_owned();
    for component in &mut page.components {
        component.name = Words::same(HOSTILE);
        component.description = Some(Words::same(HOSTILE));
    }
    for notice in page.incidents.iter_mut().chain(page.maintenances.iter_mut().map(|m| &mut m.notice)) {
        notice.title = Words::same(HOSTILE);
        notice.updates.iter_mut().for_each(|u| u.words = Words::same(HOSTILE));
    }
    page
}

pub(crate) fn report() -> ReportInput {
    let said = |code: &str, values: &[(&str, &str)]| {
        values.iter().fold(Said::new(code), |said, (name, value)| said.with(name, value))
    };
    let proof = |n: u64| Evidence { label: format!("#{n}"), href: format!("/maintenance/3#e{n}") };
    let line = ReportLine::said;
    ReportInput {
        provider: "Acme".to_owned(),
        customer: Some("Globex".to_owned()),
        subject: words("Maintenance 3", "Maintenance 3", "Wartung 3"),
        from: at("01T02:47"),
        until: at("01T11:00"),
        time_zone: "Europe/Zurich".to_owned(),
        generated_at: at("01T12:00"),
        back: Some(Evidence { label: "Back".to_owned(), href: "/maintenance/3".to_owned() }),
        lines: vec![
            line(
                Certainty::Measured,
                said("report-moved-live", &[("out", "41"), ("home", "40"), ("host", "pve3")]),
                vec![proof(10), proof(11)],
            ),
            line(
                Certainty::Measured,
                said("report-pauses", &[("moves", "81"), ("median", "48"), ("longest", "192"), ("total_span", "4100")]),
                vec![proof(12)],
            ),
            line(
                Certainty::Estimated,
                said("report-had-it-died", &[("guests", "41"), ("low", "80"), ("high", "200"), ("simulated", "false")]),
                vec![proof(13)],
            ),
            line(Certainty::NotClaimed, said("report-nobody-noticed", &[]), Vec::new()),
        ],
    }
}

/// Every tag of a document, without attributes' values being taken for tags; enough for documents that escape `<` and
/// `>` in values.
pub(crate) fn tags(html: &str) -> Vec<String> {
    let name = |t: &str| t.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    html.split('<').skip(1).map(name).filter(|n| !n.is_empty()).collect()
}
