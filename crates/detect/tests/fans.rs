//! The promises of the detector on a simulated fleet, with a fixed seed. `cargo run --example fans` prints more.

mod sim;

use sim::Plan;

fn plan(seed: u64) -> Plan {
    Plan { seed, hosts: 120, days: 365.0, glitch_days: 30.0, dying: 100, death_days: 30.0, rate_at_death: 24.0 }
}

#[test]
fn slow_deaths_are_caught_weeks_ahead_and_good_fans_left_alone() {
    let out = sim::run(&plan(7));
    assert!(out.caught_percent() >= 99.0, "{out:?}");
    assert!(out.median_ahead() >= 14.0, "{out:?}");
    assert!(out.false_per_sensor_year() <= 0.02, "{out:?}");
    assert!(out.false_alarms > 0, "a simulation without one false alarm in 860 sensor-years glitches too little");
}

#[test]
fn fast_deaths_are_caught_a_day_ahead() {
    let out = sim::run(&Plan { death_days: 7.0, ..plan(8) });
    assert!(out.caught_percent() >= 99.0, "{out:?}");
    assert!(out.median_ahead() >= 1.5, "{out:?}");
}

#[test]
fn a_small_site_is_served_as_well() {
    let out = sim::run(&Plan { hosts: 5, dying: 5, glitch_days: 90.0, ..plan(9) });
    assert!(out.caught_percent() >= 99.0, "{out:?}");
    assert!(out.false_per_sensor_year() <= 0.05, "{out:?}");
}

#[test]
fn a_model_that_glitches_daily_does_not_flood() {
    // Each false alarm needs an excursion of the same unlikeliness, so there are as many per glitch, not per year.
    // With a fixed rate of one in 90 days every one of these fans would be found every four days, some 90 a year.
    let out = sim::run(&Plan { hosts: 50, dying: 1, glitch_days: 1.0, ..plan(10) });
    assert!(out.false_per_sensor_year() <= 0.8, "{out:?}");
}
