//! What the guide shows is what the binary takes.

use crate::Room;

fn guide(file: &str) -> String {
    let path = format!("{}/../../docs/guide/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

#[test]
fn the_example_of_the_configuration_guide_is_in_order() {
    let text = guide("configuration.md");
    let example = text
        .split("```toml\n")
        .filter_map(|rest| rest.split_once("```"))
        .map(|(example, _)| example)
        .find(|example| example.starts_with("# A complete example"))
        .expect("the guide has a complete example");
    let ran = Room::with("noout.toml", example).run(&["check", "noout.toml", "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let said = ran.json();
    assert_eq!((&said["ok"], &said["errors"]), (&serde_json::json!(true), &serde_json::json!([])));
    // The example's key lies where that machine keeps it, and not on this one.
    let warnings = said["warnings"].as_array().expect("a list");
    assert!(warnings.iter().all(|w| w["message"].as_str().is_some_and(|m| m.contains("prometheus.key"))), "{said}");
}

#[test]
fn the_example_file_is_in_order() {
    let ran = Room::with("noout.toml", guide("noout.toml")).run(&["check", "noout.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
}

#[test]
fn every_configuration_of_the_guide_to_integrations_is_in_order() {
    let text = guide("integrations.md");
    let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block);
    let mut count = 0;
    for block in blocks {
        count += 1;
        let ran = Room::with("noout.toml", format!("{}\n{block}", crate::TEAM)).run(&["check", "noout.toml"]);
        assert_eq!(ran.code, 0, "{block}: {}", ran.all());
    }
    assert!(count > 2, "{count} blocks were found");
}
