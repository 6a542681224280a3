use std::collections::BTreeMap;

use noout_core::platform::{Reading, SensorKind, SensorPoll};
use noout_detect::SensorState;

use super::*;

fn poll(lab: &mut Bench, name: &str) -> SensorPoll {
    let all = lab.world.poll_sensors(lab.now);
    assert_eq!(all.len(), 5, "every host is told of");
    all.into_iter().find(|p| p.host.as_str() == name).expect("the host is polled")
}

fn readings(lab: &mut Bench, name: &str) -> Vec<Reading> {
    poll(lab, name).readings.expect("the BMC answers")
}

fn state(lab: &mut Bench, name: &str, sensor: &str) -> SensorState {
    readings(lab, name).into_iter().find(|r| r.sensor.as_str() == sensor).expect("the sensor is listed").state
}

#[test]
fn a_healthy_bmc_has_six_fans_of_which_five_are_needed() {
    let mut lab = Bench::new();
    let all = readings(&mut lab, "pve3");
    assert_eq!(all.iter().filter(|r| r.kind == SensorKind::Fan).count(), 6);
    assert_eq!(all.iter().filter(|r| r.kind == SensorKind::Power).count(), 2);
    assert!(all.iter().any(|r| r.kind == SensorKind::Temperature));
    assert!(all.iter().all(|r| r.state == SensorState::Ok && r.value.is_some_and(|v| v > 0.0)));
    assert_eq!(poll(&mut lab, "pve3").needed, BTreeMap::from([(SensorKind::Fan, 5), (SensorKind::Power, 1)]));
}

#[test]
fn a_loose_fan_drops_out_every_minute_and_comes_back() {
    let mut lab = Bench::new().broken("fan pve3 FAN3");
    let (mut drops, mut before) = (0, SensorState::Ok);
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..60 {
        let now = state(&mut lab, "pve3", "FAN3");
        drops += u32::from(before == SensorState::Ok && now != SensorState::Ok);
        kinds.insert(now);
        assert_eq!(state(&mut lab, "pve3", "FAN2"), SensorState::Ok);
        before = now;
        lab.after(15);
    }
    assert_eq!(drops, 15, "polled each quarter of a minute for a quarter of an hour");
    assert_eq!(kinds.len(), 3, "ok, bad and missing are all seen");
    lab.mend("fan pve3 FAN3");
    lab.after(12);
    assert_eq!(state(&mut lab, "pve3", "FAN3"), SensorState::Ok);
}

#[test]
fn a_dead_fan_reads_zero() {
    let mut lab = Bench::new().broken("fan-dead pve3 FAN5");
    let fan = readings(&mut lab, "pve3").into_iter().find(|r| r.sensor.as_str() == "FAN5").expect("it is listed");
    assert_eq!((fan.state, fan.value), (SensorState::Bad, Some(0.0)));
}

#[test]
fn a_silent_bmc_gives_a_reason_and_no_readings() {
    let mut lab = Bench::new().broken("bmc pve3");
    assert!(poll(&mut lab, "pve3").readings.is_err_and(|why| why.contains("does not answer")));
    assert!(poll(&mut lab, "pve2").readings.is_ok());
    lab.drain("pve3");
    lab.done(&off("pve3"));
    assert!(lab.refused(&on("pve3")).contains("BMC"), "nothing else can power it on");
    lab.mend("bmc pve3");
    lab.done(&on("pve3"));
}

#[test]
fn a_ghost_lasts_one_poll() {
    let mut lab = Bench::new().broken("bmc-ghost pve3");
    assert!(readings(&mut lab, "pve3").iter().all(|r| r.state == SensorState::Missing && r.value.is_none()));
    assert!(readings(&mut lab, "pve3").iter().all(|r| r.state == SensorState::Ok));
}

#[test]
fn the_fans_of_a_host_that_is_off_are_missing_not_healthy() {
    let mut lab = Bench::new();
    lab.drain("pve3");
    lab.done(&off("pve3"));
    assert_eq!(state(&mut lab, "pve3", "FAN1"), SensorState::Missing);
    assert_eq!(state(&mut lab, "pve3", "PSU1"), SensorState::Ok, "standby power is there");
}
