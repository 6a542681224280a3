//! Goldens of each phase of a host's absence on a real cluster, odd trees, and garbage.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::super::tests::{Phase, host};
use super::*;

fn answers(phase: &Phase) -> Answers {
    Answers {
        health_detail: phase.text("health detail"),
        osd_dump: phase.text("osd dump"),
        osd_tree: phase.text("osd tree"),
        quorum_status: phase.text("quorum_status"),
        mon_metadata: phase.text("mon metadata"),
        mgr_dump: phase.text("mgr dump"),
    }
}

fn view(phase: &Phase) -> StorageView {
    let map = answers(phase).parse().expect("a recorded phase");
    let pgs = phase.0["pg stat"].is_object().then(|| parse_pgs(&phase.text("pg stat")).expect("recorded"));
    let osds = osd_verdict(&map.tree.hosts["pve1"], &phase.reply("osd ok-to-stop 0 1"));
    let mons = mon_verdict(&phase.reply("mon ok-to-stop pve1"));
    map.into_view(Timestamp::UNIX_EPOCH, pgs, osds, mons)
}

/// A view in few lines.
fn brief(view: &StorageView) -> String {
    let mut text = format!("{:?}\n", view.health);
    for (code, check) in &view.checks {
        let _ = writeln!(
            text,
            "  {code} {:?}{}: {}",
            check.severity,
            if check.muted { " muted" } else { "" },
            check.summary
        );
    }
    let _ = writeln!(text, "flags {:?} {:?} {:?}", view.cluster_flags, view.host_flags, view.osd_flags);
    for osd in &view.osds {
        let (up, is_in) = (if osd.up { "up" } else { "down" }, if osd.is_in { "in" } else { "out" });
        let _ = writeln!(text, "osd.{} {} {up} {is_in}", osd.id, osd.host);
    }
    for mon in &view.mons {
        let host = mon.host.as_ref().map_or("?", HostId::as_str);
        let _ = writeln!(text, "mon.{} {host} {}", mon.name, if mon.in_quorum { "in quorum" } else { "out of quorum" });
    }
    let _ = writeln!(text, "pgs {:?} clean={} active={}", view.pgs, view.all_clean(), view.all_active());
    let _ = writeln!(text, "mgr active={} standbys={}", view.active_mgr, view.standby_mgrs);
    let _ = writeln!(text, "osds of pve1 {:?}\nmons of pve1 {:?}", view.osds_ok_to_stop, view.mons_ok_to_stop);
    text
}

fn check(phase: &str, expected: &Expect) {
    expected.assert_eq(&brief(&view(&Phase::load(phase))));
}

#[test]
fn healthy() {
    check(
        "healthy",
        &expect![[r#"
        Ok
        flags {} {} {}
        osd.0 pve1 up in
        osd.1 pve1 up in
        osd.2 pve2 up in
        osd.3 pve2 up in
        osd.4 pve3 up in
        osd.5 pve3 up in
        mon.pve1 pve1 in quorum
        mon.pve2 pve2 in quorum
        mon.pve3 pve3 in quorum
        pgs {"active+clean": 33} clean=true active=true
        mgr active=true standbys=1
        osds of pve1 Safe
        mons of pve1 Safe
    "#]],
    );
}

#[test]
fn noout_of_one_host() {
    check(
        "host-noout",
        &expect![[r#"
        Warn
          OSD_FLAGS Warn: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set (host pve1 has flags noout)
        flags {} {HostId("pve1"): {"noout"}} {}
        osd.0 pve1 up in
        osd.1 pve1 up in
        osd.2 pve2 up in
        osd.3 pve2 up in
        osd.4 pve3 up in
        osd.5 pve3 up in
        mon.pve1 pve1 in quorum
        mon.pve2 pve2 in quorum
        mon.pve3 pve3 in quorum
        pgs {"active+clean": 33} clean=true active=true
        mgr active=true standbys=1
        osds of pve1 Safe
        mons of pve1 Safe
    "#]],
    );
}

#[test]
fn flags_of_others_on_cluster_root_and_osd() {
    check(
        "foreign-flags",
        &expect![[r#"
        Warn
          OSDMAP_FLAGS Warn: noout flag(s) set
          OSD_FLAGS Warn: 3 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set (osd.5 has flags noin; host pve1 has flags noout; root default has flags nodown)
        flags {"noout"} {HostId("pve1"): {"noout"}} {0: {"nodown"}, 1: {"nodown"}, 2: {"nodown"}, 3: {"nodown"}, 4: {"nodown"}, 5: {"nodown", "noin"}}
        osd.0 pve1 up in
        osd.1 pve1 up in
        osd.2 pve2 up in
        osd.3 pve2 up in
        osd.4 pve3 up in
        osd.5 pve3 up in
        mon.pve1 pve1 in quorum
        mon.pve2 pve2 in quorum
        mon.pve3 pve3 in quorum
        pgs {"active+clean": 33} clean=true active=true
        mgr active=true standbys=1
        osds of pve1 Safe
        mons of pve1 Safe
    "#]],
    );
}

#[test]
fn host_down() {
    check(
        "host-down",
        &expect![[r#"
        Warn
          MON_DOWN Warn: 1/3 mons down, quorum pve2,pve3 (mon.pve1 (rank 0) addr [v2:127.0.17.1:3300/0,v1:127.0.17.1:6789/0] is down (out of quorum))
          OSD_DOWN Warn: 2 osds down (osd.0 (root=default,host=pve1) is down; osd.1 (root=default,host=pve1) is down)
          OSD_FLAGS Warn: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set (host pve1 has flags noout)
          OSD_HOST_DOWN Warn: 1 host (2 osds) down (host pve1 (root=default) (2 osds) is down)
        flags {} {HostId("pve1"): {"noout"}} {}
        osd.0 pve1 down in
        osd.1 pve1 down in
        osd.2 pve2 up in
        osd.3 pve2 up in
        osd.4 pve3 up in
        osd.5 pve3 up in
        mon.pve1 pve1 out of quorum
        mon.pve2 pve2 in quorum
        mon.pve3 pve3 in quorum
        pgs {"active+undersized": 33} clean=false active=true
        mgr active=true standbys=1
        osds of pve1 Safe
        mons of pve1 Safe
    "#]],
    );
}

#[test]
fn host_down_and_marked_out_is_no_longer_called_down_by_health() {
    check(
        "marked-out",
        &expect![[r#"
        Warn
          MON_DOWN Warn: 1/3 mons down, quorum pve2,pve3 (mon.pve1 (rank 0) addr [v2:127.0.17.1:3300/0,v1:127.0.17.1:6789/0] is down (out of quorum))
          PG_DEGRADED Warn: Degraded data redundancy: 400/1200 objects degraded (33.333%), 32 pgs degraded (pg 2.0 is active+undersized+degraded, acting [5,3]; pg 2.1 is active+undersized+degraded, acting [3,4]; pg 2.2 is active+undersized+degraded, acting [5,2]; and 2 more)
        flags {} {} {}
        osd.0 pve1 down out
        osd.1 pve1 down out
        osd.2 pve2 up in
        osd.3 pve2 up in
        osd.4 pve3 up in
        osd.5 pve3 up in
        mon.pve1 pve1 out of quorum
        mon.pve2 pve2 in quorum
        mon.pve3 pve3 in quorum
        pgs {"active+undersized": 1, "active+undersized+degraded": 32} clean=false active=true
        mgr active=true standbys=1
        osds of pve1 Safe
        mons of pve1 Safe
    "#]],
    );
    let view = view(&Phase::load("marked-out"));
    assert!(!view.checks.contains_key("OSD_DOWN") && !view.checks.contains_key("OSD_HOST_DOWN"));
    assert!(view.osds_of(&host("pve1")).all(|o| !o.up && !o.is_in));
}

#[test]
fn recovering() {
    check(
        "recovering",
        &expect![[r#"
        Warn
          OSD_FLAGS Warn: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set (host pve1 has flags noout)
          PG_DEGRADED Warn: Degraded data redundancy: 399/1200 objects degraded (33.250%), 32 pgs degraded (pg 2.0 is active+recovery_wait+degraded, acting [5,3,0]; pg 2.1 is active+undersized+degraded, acting [3,4]; pg 2.2 is active+recovery_wait+degraded, acting [5,1,2]; and 2 more)
        flags {} {HostId("pve1"): {"noout"}} {}
        osd.0 pve1 up in
        osd.1 pve1 up in
        osd.2 pve2 up in
        osd.3 pve2 up in
        osd.4 pve3 up in
        osd.5 pve3 up in
        mon.pve1 pve1 in quorum
        mon.pve2 pve2 in quorum
        mon.pve3 pve3 in quorum
        pgs {"active+clean": 5, "active+recovering+degraded": 1, "active+recovery_wait+degraded": 27} clean=false active=true
        mgr active=true standbys=1
        osds of pve1 Safe
        mons of pve1 Safe
    "#]],
    );
}

#[test]
fn manager_just_died() {
    check(
        "mgr-just-died",
        &expect![[r#"
            Ok
            flags {} {} {}
            osd.0 pve1 up in
            osd.1 pve1 up in
            osd.2 pve2 up in
            osd.3 pve2 up in
            osd.4 pve3 up in
            osd.5 pve3 up in
            mon.pve1 pve1 in quorum
            mon.pve2 pve2 in quorum
            mon.pve3 pve3 in quorum
            pgs {} clean=false active=false
            mgr active=false standbys=1
            osds of pve1 Unknown { why: "ended with 124: without a word" }
            mons of pve1 Safe
        "#]],
    );
}

fn reply(rc: i32, stdout: &str, stderr: &str) -> Reply {
    Reply { rc, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
}

#[test]
fn verdicts_by_exit_status() {
    let asked = BTreeSet::from([0, 1]);
    let yes = r#"{"ok_to_stop":true,"osds":[0,1]}"#;
    let mut text = String::new();
    for r in [
        reply(0, yes, ""),
        reply(0, r#"{"ok_to_stop":true,"osds":[0,1,4]}"#, ""),
        reply(0, r#"{"ok_to_stop":false,"osds":[0,1]}"#, ""),
        reply(0, r#"{"ok_to_stop":true,"osds":[0]}"#, ""),
        reply(0, "", ""),
        reply(16, yes, "Error EBUSY: unsafe to stop osd(s) at this time (33 PGs are or would become offline)\n"),
        reply(11, yes, "Error EAGAIN: 3 pgs have unknown state; cannot draw any conclusions\n"),
        reply(110, yes, ""),
    ] {
        let _ = writeln!(text, "{} {} → {:?}", r.rc, r.stdout, osd_verdict(&asked, &r));
    }
    expect![[r#"
        0 {"ok_to_stop":true,"osds":[0,1]} → Safe
        0 {"ok_to_stop":true,"osds":[0,1,4]} → Safe
        0 {"ok_to_stop":false,"osds":[0,1]} → Unknown { why: "`osd ok-to-stop` does not say yes to all the OSDs asked about" }
        0 {"ok_to_stop":true,"osds":[0]} → Unknown { why: "`osd ok-to-stop` does not say yes to all the OSDs asked about" }
        0  → Unknown { why: "the answer to `osd ok-to-stop`: EOF while parsing a value at line 1 column 0" }
        16 {"ok_to_stop":true,"osds":[0,1]} → Unsafe { why: "unsafe to stop osd(s) at this time (33 PGs are or would become offline)" }
        11 {"ok_to_stop":true,"osds":[0,1]} → Unknown { why: "3 pgs have unknown state; cannot draw any conclusions" }
        110 {"ok_to_stop":true,"osds":[0,1]} → Unknown { why: "ended with 110: without a word" }
    "#]].assert_eq(&text);
    assert_eq!(mon_verdict(&reply(0, "", "quorum should be preserved (b,c) after stopping [a]\n")), Verdict::Safe);
    let no = reply(16, "", "Error EBUSY: not enough monitors would be available (c) after stopping mons [a,b]\n");
    let why = "not enough monitors would be available (c) after stopping mons [a,b]".to_owned();
    assert_eq!(mon_verdict(&no), Verdict::Unsafe { why });
}

fn node(id: i64, kind: &str, name: &str, children: &[i64]) -> String {
    format!(r#"{{"id":{id},"name":"{name}","type":"{kind}","children":{children:?}}}"#)
}

fn tree(nodes: &[String], stray: &[String]) -> Result<Tree, String> {
    Tree::parse(&format!(r#"{{"nodes":[{}],"stray":[{}]}}"#, nodes.join(","), stray.join(",")))
}

fn osd(id: i64) -> String {
    format!(r#"{{"id":{id},"name":"osd.{id}","type":"osd","device_class":"ssd","exists":1}}"#)
}

fn dump(osds: &[u64], extra: &str) -> Dump {
    let osds: Vec<String> =
        osds.iter().map(|n| format!(r#"{{"osd":{n},"up":1,"in":1,"state":["exists","up","noin"]}}"#)).collect();
    let text = format!(r#"{{"flags_set":["noout","sortbitwise"],"osds":[{}],{extra}}}"#, osds.join(","));
    Dump::parse(&text).expect("a dump")
}

#[test]
fn flags_of_racks_and_classes_hold_for_their_osds_but_are_no_hosts() {
    let nodes = [
        node(-1, "root", "default", &[-2]),
        node(-2, "rack", "r1", &[-3, 9]),
        node(-3, "host", "a", &[7]),
        osd(7),
        osd(9),
    ];
    let tree = tree(&nodes, &[osd(8)]).expect("a tree");
    let dump =
        dump(&[7, 8, 9], r#""crush_node_flags":{"r1":["noout"],"a":["nodown"]},"device_class_flags":{"ssd":["noup"]}"#);
    tree.check_against(&dump).expect("the same OSDs");
    assert_eq!(tree.hosts, BTreeMap::from([(host("a"), BTreeSet::from([7]))]));
    assert_eq!(tree.host_flags(&dump), BTreeMap::from([(host("a"), Flags::from(["nodown".to_owned()]))]));
    expect![[r#"{7: {"noin", "noout", "noup"}, 8: {"noin", "noup"}, 9: {"noin", "noout", "noup"}}"#]]
        .assert_eq(&format!("{:?}", tree.osd_flags(&dump)));
    let hosts: Vec<String> = tree.osds(&dump).iter().map(|o| format!("osd.{} {}", o.id, o.host)).collect();
    assert_eq!(hosts, ["osd.7 a", "osd.8 no-crush-host", "osd.9 r1"]);
    assert_eq!(dump.cluster_flags, Flags::from(["noout".to_owned()]));
}

#[test]
fn a_tree_that_bites_its_tail_ends() {
    let nodes = [node(-1, "root", "x", &[-2]), node(-2, "rack", "y", &[-1, 0]), osd(0)];
    assert_eq!(tree(&nodes, &[]).expect("a tree").osds.len(), 1);
}

#[test]
fn tree_and_dump_of_different_instants_are_refused() {
    let known = tree(&[node(-3, "host", "a", &[7]), osd(7)], &[]).expect("a tree");
    let error = known.check_against(&dump(&[7, 8], r#""crush_node_flags":{}"#)).expect_err("osd.8 is new");
    assert_eq!(error, "`osd tree` and `osd dump` disagree whether osd.8 exists");
    assert!(known.check_against(&dump(&[], r#""crush_node_flags":{}"#)).is_err());
}

#[test]
fn monitors_find_their_host_by_what_they_say_then_by_their_name() {
    let tree = tree(&[node(-2, "host", "pve1", &[]), node(-3, "host", "b.example.net", &[])], &[]).expect("a tree");
    let names = ["a", "b", "c", "pve1", "e"];
    let mons: Vec<String> = names.iter().map(|n| format!(r#"{{"name":"{n}"}}"#)).collect();
    let quorum = format!(r#"{{"quorum_names":["a","b"],"monmap":{{"mons":[{}]}}}}"#, mons.join(","));
    let metadata = r#"[{"name":"a","hostname":"pve1.example.net"},{"name":"b","hostname":"b.example.net"},
                      {"name":"c","hostname":"elsewhere"},{"name":"pve1"},{"name":"e","hostname":""}]"#;
    let mons = parse_mons(&quorum, metadata, &tree).expect("monitors");
    let found: Vec<_> = mons.iter().map(|m| (m.host.as_ref().map_or("?", HostId::as_str), m.in_quorum)).collect();
    assert_eq!(found, [("pve1", true), ("b.example.net", true), ("elsewhere", false), ("pve1", false), ("?", false)]);
}

#[test]
fn placement_groups_that_no_state_counts_are_unknown() {
    let text = r#"{"pg_ready":false,"pg_summary":{"num_pgs":5,"num_pg_by_state":[{"name":"active+clean","num":3}]}}"#;
    let pgs = parse_pgs(text).expect("numbers");
    assert_eq!(pgs, BTreeMap::from([("active+clean".to_owned(), 3), ("unknown".to_owned(), 2)]));
}

const COMMANDS: [&str; 7] =
    ["health detail", "osd dump", "osd tree", "quorum_status", "mon metadata", "mgr dump", "pg stat"];

/// Puts one answer in the place of the recorded one and parses everything.
fn parse_with(command: &str, text: &str) -> Result<(), String> {
    let mut answers = answers(&Phase::load("host-down"));
    match command {
        "health detail" => answers.health_detail = text.to_owned(),
        "osd dump" => answers.osd_dump = text.to_owned(),
        "osd tree" => answers.osd_tree = text.to_owned(),
        "quorum_status" => answers.quorum_status = text.to_owned(),
        "mon metadata" => answers.mon_metadata = text.to_owned(),
        "mgr dump" => answers.mgr_dump = text.to_owned(),
        _ => return parse_pgs(text).map(drop),
    }
    answers.parse().map(drop)
}

proptest! {
    #[test]
    fn garbage_is_an_error(which in 0..COMMANDS.len(), text in ".{0,200}") {
        prop_assert!(parse_with(COMMANDS[which], &text).is_err());
    }

    #[test]
    fn half_an_answer_is_an_error(which in 0..COMMANDS.len(), part in 0.0..1.0_f64) {
        let whole = Phase::load("host-down").text(COMMANDS[which]);
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let half = whole.get(..(whole.len() as f64 * part) as usize).unwrap_or_default();
        prop_assert!(parse_with(COMMANDS[which], half).is_err());
        prop_assert!(parse_with(COMMANDS[which], &whole).is_ok());
    }

    #[test]
    fn a_changed_byte_never_panics(which in 0..COMMANDS.len(), at in any::<prop::sample::Index>(), byte in 32_u8..127) {
        let mut bytes = Phase::load("host-down").text(COMMANDS[which]).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = parse_with(COMMANDS[which], &String::from_utf8_lossy(&bytes));
    }
}
