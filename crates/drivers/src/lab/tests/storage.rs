use expect_test::expect;
use noout_core::platform::{Ensured, Health, Verdict};

use super::*;

/// What an operator reads off `ceph status` and `ceph health`.
fn phase(lab: &mut Bench) -> String {
    let view = lab.storage("pve3");
    let mut text = format!("{:?}\n", view.health);
    for (code, check) in &view.checks {
        text.push_str(&format!("  {code}: {}\n", check.summary));
    }
    for (state, n) in &view.pgs {
        text.push_str(&format!("  {n} {state}\n"));
    }
    let osds: Vec<_> = view.osds_of(&host("pve3")).map(|o| (o.id.0, o.up, o.is_in)).collect();
    text.push_str(&format!("  pve3's OSDs (id, up, in): {osds:?}\n"));
    text
}

#[test]
fn each_phase_of_a_maintenance_shows_what_a_real_cluster_shows() {
    let mut lab = Bench::new();
    lab.drain("pve3");
    let mut story = format!("before: {}", phase(&mut lab));
    lab.done(&noout("pve3"));
    story.push_str(&format!("noout set: {}", phase(&mut lab)));
    lab.done(&off("pve3"));
    story.push_str(&format!("off: {}", phase(&mut lab)));
    lab.after(7_200);
    story.push_str(&format!("two hours later: {}", phase(&mut lab)));
    lab.done(&on("pve3"));
    lab.after(5);
    story.push_str(&format!("first OSD up: {}", phase(&mut lab)));
    lab.after(8);
    story.push_str(&format!("recovering: {}", phase(&mut lab)));
    lab.after(60);
    story.push_str(&format!("recovered: {}", phase(&mut lab)));
    lab.done(&clear("pve3"));
    story.push_str(&format!("noout cleared: {}", phase(&mut lab)));
    expect![[r#"
        before: Ok
          65 active+clean
          pve3's OSDs (id, up, in): [(4, true, true), (5, true, true)]
        noout set: Warn
          OSD_FLAGS: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set
          65 active+clean
          pve3's OSDs (id, up, in): [(4, true, true), (5, true, true)]
        off: Warn
          MON_DOWN: 1/3 mons down, quorum pve1,pve5
          OSD_DOWN: 2 osds down
          OSD_FLAGS: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set
          OSD_HOST_DOWN: 1 host (2 osds) down
          PG_DEGRADED: Degraded data redundancy: 1000/5640 objects degraded (17.730%), 25 pgs degraded
          30 active+clean
          10 active+undersized
          25 active+undersized+degraded
          pve3's OSDs (id, up, in): [(4, false, true), (5, false, true)]
        two hours later: Warn
          MON_DOWN: 1/3 mons down, quorum pve1,pve5
          OSD_DOWN: 2 osds down
          OSD_FLAGS: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set
          OSD_HOST_DOWN: 1 host (2 osds) down
          PG_DEGRADED: Degraded data redundancy: 1000/5640 objects degraded (17.730%), 25 pgs degraded
          30 active+clean
          10 active+undersized
          25 active+undersized+degraded
          pve3's OSDs (id, up, in): [(4, false, true), (5, false, true)]
        first OSD up: Warn
          OSD_DOWN: 1 osds down
          OSD_FLAGS: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set
          PG_AVAILABILITY: Reduced data availability: 17 pgs inactive, 17 pgs peering
          PG_DEGRADED: Degraded data redundancy: 1000/5640 objects degraded (17.730%), 12 pgs degraded
          30 active+clean
          6 active+undersized
          12 active+undersized+degraded
          17 peering
          pve3's OSDs (id, up, in): [(4, true, true), (5, false, true)]
        recovering: Warn
          OSD_FLAGS: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set
          PG_DEGRADED: Degraded data redundancy: 520/5640 objects degraded (9.220%), 13 pgs degraded
          52 active+clean
          13 active+recovering+degraded
          pve3's OSDs (id, up, in): [(4, true, true), (5, true, true)]
        recovered: Warn
          OSD_FLAGS: 1 OSDs or CRUSH {nodes, device-classes} have {NOUP,NODOWN,NOIN,NOOUT} flags set
          65 active+clean
          pve3's OSDs (id, up, in): [(4, true, true), (5, true, true)]
        noout cleared: Ok
          65 active+clean
          pve3's OSDs (id, up, in): [(4, true, true), (5, true, true)]
    "#]]
    .assert_eq(&story);
    assert_eq!(lab.world.pgs_copied, 0, "that is what noout is for");
    assert_eq!(lab.world.guests_interrupted, 0);
}

#[test]
fn without_noout_the_data_is_copied_elsewhere_after_the_interval() {
    let mut lab = Bench::new();
    lab.drain("pve3");
    lab.done(&off("pve3"));
    lab.after(500);
    assert!(lab.codes().contains(&"OSD_DOWN".to_owned()));
    lab.after(200);
    assert!(lab.storage("pve3").osds_of(&host("pve3")).all(|o| !o.up && !o.is_in));
    assert!(lab.world.pgs_copied > 0);
    assert!(!lab.codes().contains(&"OSD_DOWN".to_owned()), "seen so on real clusters: nobody misses them any more");
    assert!(lab.storage("pve3").pgs.keys().any(|s| s.contains("backfilling")));
    assert!(lab.storage("pve3").all_active());
    lab.after(3_600);
    assert!(lab.storage("pve3").all_clean() || lab.storage("pve3").pgs.keys().all(|s| s.starts_with("active")));
    assert_eq!(lab.world.check(), Ok(()));
    // Back again: the data comes home, and is served from its stand-ins meanwhile.
    lab.done(&on("pve3"));
    lab.after(30);
    assert!(lab.storage("pve3").osds.iter().all(|o| o.up && o.is_in));
    assert!(lab.storage("pve3").all_active());
    lab.after(3_600);
    assert!(lab.storage("pve3").all_clean(), "{:?}", lab.storage("pve3").pgs);
}

#[test]
fn clearing_noout_while_osds_are_down_marks_them_out_soon() {
    let mut lab = Bench::new();
    lab.drain("pve3");
    lab.done(&noout("pve3"));
    lab.done(&off("pve3"));
    lab.after(3_600);
    assert!(lab.storage("pve3").osds_of(&host("pve3")).all(|o| o.is_in));
    lab.done(&clear("pve3"));
    lab.after(30);
    assert!(lab.storage("pve3").osds_of(&host("pve3")).all(|o| !o.is_in));
}

#[test]
fn one_host_may_stop_and_a_second_may_not() {
    let mut lab = Bench::new();
    for name in ["pve1", "pve2", "pve3", "pve4", "pve5"] {
        assert_eq!(lab.storage(name).osds_ok_to_stop, Verdict::Safe, "{name}");
        assert_eq!(lab.storage(name).mons_ok_to_stop, Verdict::Safe, "{name}");
    }
    lab.drain("pve3");
    lab.done(&off("pve3"));
    let Verdict::Unsafe { why } = lab.storage("pve4").osds_ok_to_stop else { panic!("a second host") };
    assert!(
        why.starts_with("unsafe to stop osd(s) at this time (") && why.ends_with("PGs are or would become offline)")
    );
    let Verdict::Unsafe { why } = lab.storage("pve1").mons_ok_to_stop else { panic!("a second monitor") };
    assert_eq!(why, "not enough monitors would be available (pve5) after stopping mons [pve1]");
    assert_eq!(lab.storage("pve2").mons_ok_to_stop, Verdict::Safe, "it has none");
}

#[test]
fn two_hosts_down_stop_some_placement_groups() {
    let mut lab = Bench::new().broken("host pve3").broken("host pve4");
    lab.after(60);
    let view = lab.storage("pve1");
    assert!(!view.all_active());
    assert!(view.checks.contains_key("PG_AVAILABILITY"));
    lab.mend("host pve3");
    lab.mend("host pve4");
    lab.after(600);
    assert!(lab.storage("pve1").all_clean(), "{:?}", lab.storage("pve1").pgs);
}

#[test]
fn a_crash_is_noticed_late_and_an_orderly_shutdown_at_once() {
    let mut lab = Bench::new().broken("host pve3");
    assert!(lab.storage("pve1").osds.iter().all(|o| o.up), "nobody knows yet");
    lab.after(10);
    assert_eq!(lab.codes(), ["MON_DOWN"]);
    lab.after(15);
    assert!(lab.codes().contains(&"OSD_HOST_DOWN".to_owned()));
}

#[test]
fn flags_are_idempotent_and_logged_once() {
    let mut lab = Bench::new();
    assert!(lab.done(&clear("pve3")).already, "it was never set");
    for _ in 0..50 {
        assert!(matches!(lab.ensure(&noout("pve3")), Ensured::Done(_)));
    }
    assert_eq!(lab.world.times_accepted(&noout("pve3")), 1);
    assert!(!lab.done(&noout("pve3")).already, "it was us");
    assert!(lab.refused(&noout("pve9")).contains("(22)"));
    assert!(lab.storage("pve3").has_host_noout(&host("pve3")));
    lab.done(&clear("pve3"));
    assert_eq!(lab.storage("pve3").health, Health::Ok);
}

#[test]
fn somebody_elses_flags_are_seen_as_theirs() {
    let mut lab = Bench::new().broken("cluster-noout").broken("host-noout pve1");
    assert_eq!(lab.codes(), ["OSDMAP_FLAGS", "OSD_FLAGS"]);
    assert!(lab.storage("pve1").cluster_flags.contains("noout"));
    assert!(lab.done(&noout("pve1")).already);
    lab.mend("cluster-noout");
    lab.mend("host-noout pve1");
    assert!(lab.codes().is_empty());
}

#[test]
fn a_flag_whose_reply_was_lost_is_read_back() {
    let mut lab = Bench::new().broken("lost-reply");
    assert!(matches!(lab.ensure(&noout("pve3")), Ensured::Ambiguous { .. }));
    assert!(!lab.done(&noout("pve3")).already);
    assert_eq!(lab.world.times_accepted(&noout("pve3")), 1);
    lab.provoke("lost-request");
    assert!(matches!(lab.ensure(&clear("pve3")), Ensured::Ambiguous { .. }));
    assert!(lab.storage("pve3").has_host_noout(&host("pve3")), "it never arrived");
}

#[test]
fn an_osd_that_dies_degrades_and_recovers() {
    let mut lab = Bench::new().broken("osd 4");
    lab.after(30);
    assert_eq!(lab.codes(), ["OSD_DOWN", "PG_DEGRADED"], "the host's other OSD is up");
    lab.mend("osd 4");
    lab.after(60);
    assert!(lab.storage("pve1").all_clean());
}

#[test]
fn an_osd_that_flaps_leaves_no_placement_group_behind() {
    let mut lab = Bench::new();
    for up in 1..12 {
        lab.provoke("osd 4");
        lab.after(22);
        lab.mend("osd 4");
        lab.after(5 + up % 4);
    }
    lab.after(120);
    assert!(lab.storage("pve1").all_clean(), "{:?}", lab.storage("pve1").pgs);
}

#[test]
fn without_a_manager_nobody_knows_what_may_stop() {
    let mut lab = Bench::new().broken("mgr");
    let view = lab.storage("pve2");
    assert!(matches!(view.osds_ok_to_stop, Verdict::Unknown { .. }));
    assert_eq!((view.active_mgr, view.standby_mgrs), (false, 0));
    assert!(view.checks.contains_key("MGR_DOWN"));
    lab.mend("mgr");
    lab.after(1);
    assert_eq!((lab.storage("pve2").active_mgr, lab.storage("pve2").standby_mgrs), (true, 1));
}

#[test]
fn the_standby_manager_takes_over() {
    let mut lab = Bench::new().broken("host pve1");
    assert!(!lab.storage("pve2").active_mgr);
    lab.after(40);
    assert_eq!((lab.storage("pve2").active_mgr, lab.storage("pve2").standby_mgrs), (true, 0));
    lab.mend("host pve1");
    lab.after(60);
    assert_eq!(lab.storage("pve2").standby_mgrs, 1);
}

#[test]
fn without_monitors_there_is_no_answer_and_no_act() {
    let mut lab = Bench::new().broken("mon pve1").broken("mon pve5");
    lab.after(10);
    assert_eq!(lab.world.storage_view(lab.now, &host("pve2")), None);
    assert!(matches!(lab.ensure(&noout("pve3")), Ensured::Ambiguous { .. }));
    lab.mend("mon pve1");
    lab.after(10);
    assert_eq!(lab.codes(), ["MON_DOWN"]);
    lab.done(&noout("pve3"));
    assert_eq!(lab.world.times_accepted(&noout("pve3")), 1);
}

#[test]
fn nearfull_and_an_inactive_group_show_their_codes() {
    let mut lab = Bench::new().broken("nearfull");
    assert_eq!(lab.codes(), ["OSD_NEARFULL", "POOL_NEARFULL"]);
    lab.mend("nearfull");
    lab.provoke("pg-inactive");
    assert!(!lab.storage("pve2").all_active());
    assert_eq!(lab.codes(), ["PG_AVAILABILITY", "PG_DEGRADED"]);
    assert!(matches!(lab.storage("pve2").osds_ok_to_stop, Verdict::Unsafe { .. }));
    lab.mend("pg-inactive");
    assert!(lab.storage("pve2").all_clean());
}
