//! The API changes only where somebody sees it.

use std::collections::BTreeSet;

/// Given the list of endpoints, when the document is made of it, then it is the one that is checked in.
#[test]
fn the_document_is_the_one_that_is_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let made = noout_api::openapi_json();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &made).expect("the document can be written");
    }
    let kept = std::fs::read_to_string(path).expect("openapi.json is checked in");
    assert!(made == kept, "the API has changed: look at it, then `UPDATE_OPENAPI=1 cargo test -p noout-api`");
}

/// Given the document, when references are followed, then each leads somewhere, and no two operations share an id.
#[test]
fn every_reference_leads_somewhere() {
    let document: serde_json::Value = serde_json::from_str(&noout_api::openapi_json()).expect("it is JSON");
    let known: BTreeSet<_> = document["components"]["schemas"].as_object().expect("schemas").keys().cloned().collect();
    let (mut refs, mut ids) = (BTreeSet::new(), Vec::new());
    walk(&document, &mut |key, value| {
        if let (Some(name), "$ref") = (value.as_str(), key) {
            refs.insert(name.trim_start_matches("#/components/schemas/").to_owned());
        }
        if let (Some(id), "operationId") = (value.as_str(), key) {
            ids.push(id.to_owned());
        }
    });
    assert!(!refs.is_empty());
    assert_eq!(refs.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(ids.len(), noout_api::ENDPOINTS.len());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

fn walk(value: &serde_json::Value, seen: &mut dyn FnMut(&str, &serde_json::Value)) {
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, inner)| {
            seen(key, inner);
            walk(inner, seen);
        }),
        serde_json::Value::Array(list) => list.iter().for_each(|inner| walk(inner, seen)),
        _ => {}
    }
}
