//! How well the intermittent-fault detector does on a simulated fleet: `cargo run --release --example fans [SEED]`.

#[path = "../tests/sim/mod.rs"]
mod sim;

fn main() {
    let seed = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
    println!("seed {seed}: hosts of 8 fans, one year, polled each minute, deaths of 24 dropouts a day at the end");
    println!(
        "| hosts | glitch every | dying | over | caught | median ahead | earliest tenth | false per sensor-year |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (hosts, dying) in [(2, 2), (10, 5), (200, 100)] {
        for glitch_days in [90.0, 30.0, 10.0, 1.0] {
            for death_days in [7.0, 30.0] {
                let plan = sim::Plan { seed, hosts, days: 365.0, glitch_days, dying, death_days, rate_at_death: 24.0 };
                let out = sim::run(&plan);
                println!(
                    "| {hosts} | {glitch_days} d | {dying} | {death_days} d | {:.1} % | {:.1} d | {:.1} d | {:.4} ({}) |",
                    out.caught_percent(),
                    out.median_ahead(),
                    out.ahead.get(out.ahead.len() / 10).copied().unwrap_or(f64::NAN),
                    out.false_per_sensor_year(),
                    out.false_alarms,
                );
            }
        }
    }
}
