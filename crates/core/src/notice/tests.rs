//! Behaviour: given, when, then. What noout posts about a maintenance is with the maintenance's path.

use std::collections::BTreeMap;

use noout_types::{IncidentId, Lang};

use super::{About, Impact, PostNotice, Stage};
use crate::engine::Command;
use crate::refusal::Refusal;
use crate::testing::Run;

fn notice(text: &str, stage: Stage) -> PostNotice {
    let english = |t: &str| BTreeMap::from([(Lang::En, t.to_owned())]);
    PostNotice {
        about: About::Incident(IncidentId(1)),
        title: english("Mail is slow"),
        impact: Impact::Minor,
        components: vec!["web".parse().expect("an id")],
        stage,
        text: english(text),
    }
}

#[test]
fn updates_of_one_thing_are_one_notice() {
    let mut run = Run::new();
    run.fires(&[("alertname", "Mail")]);
    for (text, stage) in [("We look.", Stage::Investigating), ("It is over.", Stage::Resolved)] {
        run.by("cleo", Command::Notice(notice(text, stage))).expect("posted");
    }
    let notices: Vec<_> = run.state.notices.iter().collect();
    assert_eq!(notices.len(), 1);
    assert_eq!((notices[0].updates.len(), notices[0].stage), (2, Stage::Resolved));
}

#[test]
fn what_customers_cannot_read_is_refused() {
    let mut run = Run::new();
    let about_nothing = Command::Notice(notice("We look.", Stage::Investigating));
    assert!(matches!(run.by("cleo", about_nothing), Err(Refusal::Conflict { .. })));
    run.fires(&[("alertname", "Mail")]);
    let empty = Command::Notice(notice(" ", Stage::Investigating));
    assert!(matches!(run.by("cleo", empty), Err(Refusal::Invalid { field: "text", .. })));
    let mut elsewhere = notice("We look.", Stage::Investigating);
    elsewhere.components = vec!["mainframe".parse().expect("an id")];
    assert!(matches!(run.by("cleo", Command::Notice(elsewhere)), Err(Refusal::Unknown { .. })));
    let viewer = Command::Notice(notice("We look.", Stage::Investigating));
    assert!(matches!(run.by("vera", viewer), Err(Refusal::Forbidden { .. })));
}
