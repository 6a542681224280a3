//! What the public reads, from what the core knows.

use std::collections::BTreeMap;

use noout_core::Actor;
use noout_core::notice::{Impact, Stage, Update};

use super::*;

fn notice(about: About, impact: Impact, stages: &[Stage]) -> Notice {
    let words = Words::Written(BTreeMap::from([(Lang::En, "Words for customers.".to_owned())]));
    let at = |place: usize| Timestamp::from_second(1_000 * (1 + place as i64)).expect("a time");
    let updates = stages.iter().enumerate().map(|(place, stage)| Update {
        at: at(place),
        stage: *stage,
        words: words.clone(),
        by: Actor::Person("ana".parse().expect("an id")),
    });
    Notice {
        about,
        title: words.clone(),
        impact,
        components: vec!["web".parse().expect("an id")],
        stage: *stages.last().expect("a stage"),
        updates: updates.collect(),
    }
}

const INCIDENT: About = About::Incident(noout_types::IncidentId(3));
const WORK: About = About::Maintenance(noout_types::MaintenanceId(1));

/// Given an open notice, then its impact says how its components are.
#[test]
fn the_impact_is_what_customers_feel() {
    let of = |about, impact, stage| felt(&notice(about, impact, &[stage]));
    assert_eq!(of(INCIDENT, Impact::Minor, Stage::Investigating), ComponentStatus::DegradedPerformance);
    assert_eq!(of(INCIDENT, Impact::Major, Stage::Identified), ComponentStatus::PartialOutage);
    assert_eq!(of(INCIDENT, Impact::Critical, Stage::Monitoring), ComponentStatus::MajorOutage);
    assert_eq!(of(WORK, Impact::None, Stage::Scheduled), ComponentStatus::Operational, "announced, not begun");
    assert_eq!(of(WORK, Impact::None, Stage::InProgress), ComponentStatus::UnderMaintenance);
    assert_eq!(of(WORK, Impact::Critical, Stage::InProgress), ComponentStatus::MajorOutage, "it went wrong");
}

/// Given a work that is done, then its calendar entry is as long as the work was.
#[test]
fn a_work_that_is_over_ends_when_it_did() {
    let work = planned_work(published(
        &notice(WORK, Impact::None, &[Stage::Scheduled, Stage::InProgress, Stage::Completed]),
        1,
    ));
    assert_eq!(work.scheduled_for.as_second(), 2_000);
    assert_eq!(work.scheduled_until.as_second(), 3_000);
    assert_eq!(work.sequence, 2);
}

/// Given a reader's languages, then the first that there is, else English.
#[test]
fn readers_get_their_language() {
    assert_eq!(preferred("fr-CH, fr;q=0.9, en;q=0.8"), Lang::Fr);
    assert_eq!(preferred("pt-BR,de;q=0.7"), Lang::De);
    assert_eq!(preferred(""), Lang::En);
}
