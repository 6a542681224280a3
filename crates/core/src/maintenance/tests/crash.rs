//! A crash at every record of the way.

use super::approved;
use crate::maintenance::Phase;

#[test]
fn at_every_record_it_goes_on_to_the_same_end_with_no_act_done_twice() {
    let mut whole = approved();
    let start = whole.journal.len();
    // The world at each record: what was done until then is known by how many acts there were.
    let mut worlds = vec![(start, whole.cluster.clone(), whole.now)];
    while !whole.maintenance().phase.is_over() {
        whole.advance(noout_types::Span::from_secs(5));
        whole.perform(|_| false);
        if whole.is_at("work_order") {
            whole.sign("cleo");
        }
        worlds.push((whole.journal.len(), whole.cluster.clone(), whole.now));
    }
    for records in start..whole.journal.len() {
        let mut run = whole.cut(records);
        // The world did not crash: it is as the outcome that was lost had left it.
        let (_, cluster, now) = worlds.iter().find(|(n, ..)| *n >= records).expect("a world");
        (run.cluster, run.now) = (cluster.clone(), run.now.max(*now));
        run.when(crate::Input::Tick).expect("a tick");
        run.to_the_end();
        assert_eq!(run.maintenance().phase, Phase::Done, "cut at {records}");
        assert_eq!(run.cluster.acts, whole.cluster.acts, "cut at {records}");
        assert_eq!(run.cluster.places(), whole.cluster.places(), "cut at {records}");
        assert_eq!(run.open(), [], "cut at {records}");
    }
}
