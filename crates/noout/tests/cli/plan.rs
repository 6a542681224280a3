//! `noout maintenance plan`.

use expect_test::expect;

use crate::{Ran, Room};

const INVENTORY: &str = r#"{
  "hosts": [
    {"id": "pve1", "cpus": 16, "memory_mib": 65536, "storage": ["rbd"]},
    {"id": "pve2", "cpus": 16, "memory_mib": 65536, "storage": ["rbd"]},
    {"id": "pve3", "cpus": 16, "memory_mib": 65536, "storage": ["rbd"]}
  ],
  "guests": [
    {"id": "101", "host": "pve3", "cpus": 4, "memory_mib": 8192, "storage": ["rbd"], "anti_affinity": ["web"]},
    {"id": "102", "host": "pve1", "cpus": 4, "memory_mib": 8192, "storage": ["rbd"], "anti_affinity": ["web"]},
    {"id": "103", "host": "pve3", "cpus": 2, "memory_mib": 4096, "pinned": "a GPU is passed through"}
  ]
}"#;

fn plan(room: &Room, host: &str, more: &[&str]) -> Ran {
    room.run(&[&["maintenance", "plan", host, "--inventory", "inventory.json"], more].concat())
}

#[test]
fn a_plan_has_the_contracts_shape() {
    let room = Room::with("inventory.json", INVENTORY);
    let ran = plan(&room, "pve3", &["-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let json = ran.json();
    let keys: Vec<_> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["blocked", "gates", "moves", "report"]);
    expect![[r#"[{"from":"pve3","guest":"101","order":1,"to":"pve2"}]"#]].assert_eq(&json["moves"].to_string());
    expect![[r#"[{"code":"pinned","guest":"103","why":"it runs and is pinned: a GPU is passed through"}]"#]]
        .assert_eq(&json["blocked"].to_string());
    expect![[r#"
        [
          {
            "gate": "host-empties",
            "ok": false,
            "text": "1 guest stays on pve3"
          },
          {
            "gate": "n-plus",
            "ok": false,
            "text": "after the plan 0 further hosts may die with all guests finding a place, the policy asks for 1"
          },
          {
            "gate": "plan-lint",
            "ok": true,
            "text": "a second check that shares no code with the planner finds every step feasible"
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(&json["gates"]).expect("writes"));
    let text = |line: &serde_json::Value| format!("{} {} {}\n", line["severity"], line["code"], line["text"]);
    let report: String = json["report"].as_array().expect("a list").iter().map(text).collect();
    expect![[r#"
        "info" "summary" "moves: 1; steps, one after the other: 1; memory to copy: 8192 MiB; containers restarted: 0; guests that stay: 1"
        "critical" "n-plus-lost" "after this plan 0 further hosts may die, the policy asks for 1; if pve1 died, there would be no place for 102"
        "info" "capacity" "pve1: 8192 → 8192 of 65536 MiB of memory, 4 → 4 virtual CPUs"
        "info" "capacity" "pve2: 0 → 8192 of 65536 MiB of memory, 0 → 4 virtual CPUs"
        "info" "capacity" "pve3: 12288 → 4096 of 65536 MiB of memory, 6 → 2 virtual CPUs"
    "#]].assert_eq(&report);
}

#[test]
fn a_pipe_gets_one_thing_a_line() {
    let room = Room::with("inventory.json", INVENTORY);
    expect![[r#"
        exit 0
        --- out
        move	1	101	pve3	pve2	-
        blocked	-	103	pve3	-	it runs and is pinned: a GPU is passed through
        gate fails	-	-	-	-	host-empties: 1 guest stays on pve3
        gate fails	-	-	-	-	n-plus: after the plan 0 further hosts may die with all guests finding a place, the policy asks for 1
        gate holds	-	-	-	-	plan-lint: a second check that shares no code with the planner finds every step feasible
        info	-	-	-	-	moves: 1; steps, one after the other: 1; memory to copy: 8192 MiB; containers restarted: 0; guests that stay: 1
        critical	-	-	-	-	after this plan 0 further hosts may die, the policy asks for 1; if pve1 died, there would be no place for 102
        info	-	-	-	-	pve1: 8192 → 8192 of 65536 MiB of memory, 4 → 4 virtual CPUs
        info	-	-	-	-	pve2: 0 → 8192 of 65536 MiB of memory, 0 → 4 virtual CPUs
        info	-	-	-	-	pve3: 12288 → 4096 of 65536 MiB of memory, 6 → 2 virtual CPUs
        --- err
    "#]].assert_eq(&plan(&room, "pve3", &[]).all());
}

#[test]
fn the_same_inventory_gives_the_same_plan() {
    let room = Room::with("inventory.json", INVENTORY);
    assert_eq!(plan(&room, "pve1", &["-o", "json"]).out, plan(&room, "pve1", &["-o", "json"]).out);
}

#[test]
fn wrong_inventories_end_with_2() {
    let room = Room::with("inventory.json", INVENTORY);
    let mut told = plan(&room, "pve9", &[]).all();
    for text in [
        "",
        "{\"hosts\": [}",
        "{\"hosts\": []}",
        "{\"hosts\": [{\"id\": \"a\", \"cpus\": 1, \"memory_mib\": 1, \"colour\": \"red\"}]}",
        "{\"hosts\": [{\"id\": \"a\", \"cpus\": \"many\", \"memory_mib\": 1}]}",
        "{\"hosts\": [{\"id\": \"pve3\", \"cpus\": 1, \"memory_mib\": 1, \"state\": \"offline\"}]}",
    ] {
        room.write("inventory.json", text);
        told.push_str(&plan(&room, "pve3", &[]).all());
    }
    std::fs::remove_file(room.path("inventory.json")).expect("it was there");
    told.push_str(&plan(&room, "pve3", &[]).all());
    expect![[r#"
        exit 2
        --- out
        --- err
        noout: there is no host pve9; the inventory has pve1, pve2, pve3
        exit 2
        --- out
        --- err
        noout: the inventory inventory.json cannot be used: .: EOF while parsing a value (line 1, column 0)
        exit 2
        --- out
        --- err
        noout: the inventory inventory.json cannot be used: hosts[0]: expected value (line 1, column 12)
        exit 2
        --- out
        --- err
        noout: the inventory inventory.json cannot be used: hosts: found none, allowed are 1 to 4096
        exit 2
        --- out
        --- err
        noout: the inventory inventory.json cannot be used: hosts[0].colour: unknown field `colour`, expected one of `id`, `failure_domain`, `cpus`, `memory_mib`, `cpu_type`, `storage`, `state`, `watts`, `rack_units` (line 1, column 59)
        exit 2
        --- out
        --- err
        noout: the inventory inventory.json cannot be used: hosts[0].cpus: invalid type: string "many", expected u32 (line 1, column 37)
        exit 2
        --- out
        --- err
        noout: pve3 is offline: its guests cannot be moved off it, only restarted elsewhere; a drain needs a host that is online or in maintenance
        exit 2
        --- out
        --- err
        noout: cannot read inventory.json: No such file or directory (os error 2)
    "#]].assert_eq(&told);
}
