//! The simulator's own promises: the same seed gives the same trace, each planted bug is caught by the invariant that
//! it breaks, and the interesting states are reached. Larger runs are behind the command line.

use crate::bugs::Bug;
use crate::seen::{RARE, Seen};
use crate::town::{LEAVER, TOWN, town_without_leaver};
use crate::{Options, run};

/// Things that happen in a run of a test: about an hour of simulated time.
const STEPS: u64 = 5_000;

/// Seeds in which a planted bug must be caught at the latest.
const BUG_SEEDS: u64 = 12;

/// Seeds that are played in any case, and those over which every sight must be seen at the latest: what is rare may
/// come later after a change of the core.
const LEAST_SEEDS: u64 = 7;
const SIGHT_SEEDS: u64 = 40;

fn options(seed: u64) -> Options {
    Options { seed, steps: STEPS, bug: None, print: false }
}

#[test]
fn the_same_seed_gives_the_same_trace_and_another_seed_another() {
    let play = |seed| run(&Options { steps: 1_500, ..options(seed) }).unwrap_or_else(|f| panic!("{f}"));
    let (once, twice, other) = (play(7), play(7), play(8));
    assert_eq!(once.hash, twice.hash);
    assert_eq!(once.records, twice.records);
    assert_ne!(once.hash, other.hash);
}

#[test]
fn no_invariant_breaks_and_every_interesting_state_is_reached() {
    let mut seen = Seen::default();
    for first in (1..=SIGHT_SEEDS).step_by(2) {
        // Two at a time, for the sake of whoever waits; each run is a world of its own.
        let pair = std::thread::scope(|scope| {
            let second = scope.spawn(move || run(&options(first + 1)));
            [run(&options(first)), second.join().expect("a run does not panic")]
        });
        for result in pair {
            seen.add(&result.unwrap_or_else(|failure| panic!("{failure}")).seen);
        }
        if first >= LEAST_SEEDS && seen.missing().iter().all(|sight| RARE.contains(sight)) {
            break;
        }
    }
    let missing: Vec<_> = seen.missing().into_iter().filter(|sight| !RARE.contains(sight)).collect();
    assert_eq!(missing, [""; 0], "the simulator no longer gets there: {seen:?}");
}

/// Plants a bug: some seed must find it, and by the invariant that it breaks.
fn caught(bug: Bug) {
    // What was taken long ago takes long to come about.
    let steps = if bug == Bug::TrustsOldAck { 2 * STEPS } else { STEPS };
    for seed in 1..=BUG_SEEDS {
        if let Err(failure) = run(&Options { bug: Some(bug), steps, ..options(seed) }) {
            assert_eq!(
                failure.broken.invariant,
                bug.breaks(),
                "{} was caught by another invariant: {failure}",
                bug.name()
            );
            return;
        }
    }
    panic!("{} was not caught in {BUG_SEEDS} seeds", bug.name());
}

macro_rules! planted {
    ($($name:ident = $bug:ident;)+) => {
        $(#[test] fn $name() { caught(Bug::$bug); })+

        #[test]
        fn every_planted_bug_has_its_test() {
            let tested = [$(Bug::$bug),+];
            let forgotten: Vec<_> = Bug::ALL.iter().filter(|bug| !tested.contains(bug)).collect();
            assert!(forgotten.is_empty(), "{forgotten:?}");
        }
    };
}

planted! {
    invariant_1_catches_an_answer_before_the_commit = AnswersEarly;
    invariant_2_catches_a_page_that_was_never_opened = DropsPage;
    invariant_2_catches_a_worker_that_dies_in_silence = LosesWorker;
    invariant_3_catches_what_nobody_answers_for = HoldsBackForNobody;
    invariant_5_catches_a_gap_that_is_not_told = HidesGap;
    invariant_6_catches_a_step_that_comes_tomorrow = SleepsIn;
    invariant_8_catches_one_who_takes_it_for_two = OneTakesForTwo;
    invariant_9_catches_more_messages_than_one_takes_in = ForgetsLimit;
    invariant_10_catches_an_old_acknowledgement_that_covers_the_new = TrustsOldAck;
    invariant_11_catches_pings_of_the_dead = PingsFromTheGrave;
    invariant_12_catches_pages_that_wait_for_the_platform = WaitsForPlatform;
    invariant_4_catches_a_late_end_that_closes_the_present_episode = LateResolveCloses;
    invariant_7_catches_silence_taken_for_yes = TakesSilenceForYes;
    invariant_13_catches_a_second_host_that_goes = TwoAtOnce;
    invariant_14_catches_a_gate_that_has_seen_nothing = NoEvidence;
    invariant_15_catches_a_flag_that_is_left = KeepsFlag;
    invariant_16_catches_an_empty_answer_that_is_believed = BelievesEmpty;
    invariant_18_catches_an_effect_before_its_commit = ActsBeforeCommit;
    invariant_18_catches_an_act_that_is_repeated_blindly = RepeatsBlindly;
    invariant_20_catches_a_stale_approval = ApprovesStale;
    invariant_21_catches_one_person_alone = OneIsEnough;
    invariant_22_catches_an_act_after_stop = DeafToStop;
    invariant_23_catches_a_work_order_that_passes_by_time = SignsByTime;
    invariant_26_catches_a_fenced_writer_that_writes = WritesFenced;
    invariant_27_catches_a_forgetful_snapshot = SnapshotForgets;
    invariant_27_catches_a_flipped_bit = BitFlips;
}

#[test]
fn bugs_are_named_once_and_found_by_their_names() {
    for bug in Bug::ALL {
        assert_eq!(bug.name().parse::<Bug>(), Ok(*bug));
    }
    assert!("x".parse::<Bug>().is_err_and(|why| why.contains("answers-early")), "the error lists what there is");
}

#[test]
fn both_configurations_are_clean_and_differ_by_one_person() {
    let parse = |text: &str| noout_core::config::parse(text).expect("a configuration");
    let (with, without) = (parse(TOWN), parse(&town_without_leaver()));
    assert_eq!(with.people.len(), without.people.len() + 1);
    assert!(without.people.iter().all(|p| p.id.as_str() != LEAVER));
    let now = noout_types::Timestamp::constant(1_772_419_620, 0);
    for text in [TOWN.to_owned(), town_without_leaver()] {
        let (_, checked) = noout_core::config::check(&text, now);
        assert!(checked.ok, "{:?}", checked.errors);
    }
}
