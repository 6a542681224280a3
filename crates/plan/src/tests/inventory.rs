use super::{g, guest, h, host, inventory};
use crate::{Inventory, Why, check_move};

const GOOD: &str = r#"{
  "hosts": [{"id": "pve1", "cpus": 64, "memory_mib": 524288}, {"id": "pve2", "cpus": 64, "memory_mib": 524288}],
  "guests": [{"id": "101", "host": "pve1", "cpus": 4, "memory_mib": 8192}]
}"#;

fn refused(json: &str) -> String {
    Inventory::from_json(json).expect_err("a refusal").to_string()
}

#[test]
fn what_is_absent_has_the_defaults_of_the_contract() {
    let inv = Inventory::from_json(GOOD).expect("a good inventory");
    assert_eq!((inv.policy.memory_reserve_mib, inv.policy.keep_n_plus), (8_192, 1));
    assert!(inv.guests[0].running);
}

#[test]
fn the_error_names_the_path_and_what_was_found() {
    let cases = [
        (GOOD.replace("\"cpus\": 4", "\"cpus\": \"four\""), "guests[0].cpus: invalid type: string \"four\""),
        (GOOD.replace("\"cpus\": 4", "\"cpus\": -4"), "guests[0].cpus: invalid value: integer `-4`"),
        (GOOD.replace("\"cpus\": 4", "\"cpu\": 4"), "guests[0].cpu: unknown field `cpu`"),
        (GOOD.replace("\"cpus\": 4, ", ""), "guests[0]: missing field `cpus`"),
        (GOOD.replace("\"101\"", "101"), "guests[0].id: invalid type: integer `101`"),
        (GOOD.replace("\"101\"", "\"a b\""), "guests[0].id: \"a b\" cannot be an id"),
        (GOOD.replace("\"host\": \"pve1\"", "\"host\": \"pve7\""), "guests[0].host: found HostId(\"pve7\")"),
        (
            GOOD.replace("\"id\": \"pve2\"", "\"id\": \"pve1\""),
            "hosts[1].id: found \"pve1\", which hosts[0] has already",
        ),
        (GOOD.replace("8192", "0"), "guests[0].memory_mib: found 0, allowed is 1 to 2^40"),
        (GOOD.replace("8192", "18446744073709551615"), "guests[0].memory_mib: found 18446744073709551615"),
        ("{\"hosts\": []}".to_owned(), "hosts: found none"),
        ("[]".to_owned(), ".: invalid"),
        (String::new(), ".: EOF"),
        (format!("{GOOD} x"), ".: trailing characters"),
    ];
    for (json, expected) in cases {
        let found = refused(&json);
        assert!(found.starts_with(expected), "expected {expected:?}, found {found:?}");
    }
    assert!(refused("{\n  \"hosts\": 3\n}").ends_with("(line 2, column 12)"));
}

#[test]
fn a_policy_by_which_nothing_could_move_is_refused() {
    for (policy, path) in [
        (r#"{"cpu_overcommit": 0}"#, "policy.cpu_overcommit"),
        (r#"{"link_mib_s": 0}"#, "policy.link_mib_s"),
        (r#"{"parallel_per_host": 0}"#, "policy.parallel_per_host"),
        (r#"{"keep_n_plus": 9}"#, "policy.keep_n_plus"),
    ] {
        let json = GOOD.replacen('{', &format!("{{\"policy\": {policy},"), 1);
        assert!(refused(&json).starts_with(path), "{}", refused(&json));
    }
}

#[test]
fn names_are_names() {
    let mut inv = inventory(vec![host("pve1", 1)], vec![guest("101", "pve1", 1)]);
    inv.guests[0].affinity = vec![String::new()];
    assert!(inv.validate().is_err_and(|e| e.to_string().starts_with("guests[0].affinity[0]: found an empty name")));
    inv.guests[0].affinity = vec!["a".to_owned(), "a".to_owned()];
    assert!(inv.validate().is_err_and(|e| e.to_string().starts_with("guests[0].affinity[1]: found \"a\"")));
}

#[test]
fn the_check_before_a_move_refuses_what_it_does_not_know() {
    let inv = inventory(vec![host("pve1", 64), host("pve2", 64)], vec![guest("101", "pve1", 1)]);
    assert_eq!(check_move(&inv, &g("101"), &h("pve2")), Ok(()));
    assert_eq!(check_move(&inv, &g("102"), &h("pve2")), Err(Why::UnknownGuest { guest: g("102") }));
    assert_eq!(check_move(&inv, &g("101"), &h("pve3")), Err(Why::UnknownHost { host: h("pve3") }));
    assert_eq!(check_move(&inv, &g("101"), &h("pve1")), Err(Why::AlreadyThere { host: h("pve1") }));
    let empty = Inventory::default();
    assert_eq!(check_move(&empty, &g("101"), &h("pve1")).map_err(|w| w.code()), Err("inventory"));
}
