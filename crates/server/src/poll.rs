//! Asks the BMCs, each at its own pace, spread in time.

use std::sync::Arc;

use noout_core::Input;
use noout_types::HostId;

use crate::app::App;
use crate::platforms::Sensing;

/// One task for each source of readings; they end when the configuration changes.
pub(crate) fn start(app: &App, tasks: &mut tokio::task::JoinSet<()>) {
    let platforms = app.platforms();
    let count = u32::try_from(platforms.sensing.len().max(1)).unwrap_or(1);
    for (place, sensing) in platforms.sensing.iter().enumerate() {
        let place = u32::try_from(place).unwrap_or(0);
        tasks.spawn(run(app.clone(), sensing.clone(), sensing.every / count * place));
    }
}

async fn run(app: App, sensing: Sensing, first: std::time::Duration) {
    tokio::time::sleep(first).await;
    let mut ticks = tokio::time::interval(sensing.every);
    // After a stall one poll is enough: the state is looked at, never a backlog.
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // A poll that hangs is a BMC that does not answer; the driver says so within its own limit.
        let polls = Arc::clone(&sensing.source).poll().await;
        for mut poll in polls.into_iter().filter(|poll| !sensing.except.contains(&poll.host)) {
            poll.platform = poll.platform.or_else(|| sensing.platform.clone());
            app.saw(&poll);
            if let Err(why) = app.submit_patiently(Input::Sensors(poll)).await {
                tracing::error!(source = sensing.name, %why, "readings could not be recorded");
                return;
            }
        }
    }
}

/// The last readings of a host, for the screens: not journaled, because most polls change nothing.
pub(crate) type LastPolls = std::collections::BTreeMap<HostId, noout_core::platform::SensorPoll>;
