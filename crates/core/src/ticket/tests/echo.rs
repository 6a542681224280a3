//! No loops: two noouts on one ticket of a tracker that echoes everything come to rest.

use noout_types::Span;
use proptest::prelude::*;

use super::{DOWN, asked, filing, note};
use crate::engine::Input;
use crate::testing::Run;
use crate::ticket::{Comment, RemoteComment, RemoteTicket, Saying, TicketOutcome, Work};

/// How a tracker mistreats what is written into it.
#[derive(Debug, Clone, Copy)]
struct Manners {
    /// It repeats each comment of its own accord, once, in another name.
    echoes: bool,
    /// It takes markers away.
    strips: bool,
    /// It writes something of its own around what it repeats.
    wraps: bool,
}

/// The tracker: comments with who wrote them (0 and 1 are the noouts, 2 is the echo).
#[derive(Default)]
struct Tracker {
    comments: Vec<(usize, String)>,
}

impl Tracker {
    fn write(&mut self, by: usize, text: &str, manners: Manners) {
        let kept = if manners.strips { text.split(" noout-incident-").next().unwrap_or(text) } else { text };
        self.comments.push((by, kept.to_owned()));
        if manners.echoes && by != 2 {
            let echo = if manners.wraps { format!("[bridge] {kept}") } else { kept.to_owned() };
            self.comments.push((2, echo));
        }
    }

    fn read(&self, reader: usize) -> RemoteTicket {
        let one = |(n, (by, text)): (usize, &(usize, String))| RemoteComment {
            comment: Comment { id: n.to_string(), author: format!("user {by}"), text: text.clone() },
            ours: *by == reader,
        };
        RemoteTicket { closed: false, comments: self.comments.iter().enumerate().map(one).collect() }
    }
}

/// One noout does what it is asked, reads, and waits a little; whether anything happened.
fn turn(run: &mut Run, me: usize, tracker: &mut Tracker, manners: Manners) -> bool {
    let mut busy = false;
    for (ticket, item, attempt, work) in asked(run) {
        busy = true;
        let marker = run.state.tickets.get(ticket).expect("it is asked for").marker(&me.to_string());
        let outcome = match &work {
            Work::File => TicketOutcome::Filed { id: "1".into(), url: "https://t.example.org/1".into() },
            Work::Say(Saying::Noted { text, .. }) => {
                tracker.write(me, &format!("{text} {marker}-{item}"), manners);
                TicketOutcome::Done
            }
            _ => TicketOutcome::Done,
        };
        run.when(Input::Ticketed { ticket, item, attempt, outcome }).expect("never refused");
    }
    let ticket = run.state.tickets.iter().find(|ticket| ticket.is_followed()).map(|ticket| ticket.id);
    if let Some(ticket) = ticket {
        let events = run.when(Input::TicketSeen { ticket, seen: tracker.read(me) }).expect("never refused");
        busy |= !events.is_empty();
    }
    run.advance(Span::from_secs(2));
    busy || run.state.tickets.next_deadline().is_some()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn two_noouts_and_a_tracker_that_echoes_come_to_rest(
        echoes: bool, strips: bool, wraps: bool,
        notes in proptest::collection::vec((any::<bool>(), "[a-z]{3,12}"), 0..6),
        order in proptest::collection::vec(any::<bool>(), 0..20),
    ) {
        let manners = Manners { echoes, strips, wraps };
        let mut runs = [filing(|_| {}), filing(|_| {})];
        let mut tracker = Tracker::default();
        runs.iter_mut().for_each(|run| _ = run.fires(DOWN).deliver());
        for (second, text) in &notes {
            note(&mut runs[usize::from(*second)], text);
        }
        for second in order {
            turn(&mut runs[usize::from(second)], usize::from(second), &mut tracker, manners);
        }
        let mut rounds = 0;
        while (0..2).fold(false, |busy, n| turn(&mut runs[n], n, &mut tracker, manners) | busy) {
            rounds += 1;
            prop_assert!(rounds < 40, "it goes round: {:?}", tracker.comments);
        }
        // Each note once, and once more as the tracker's own echo.
        let written = tracker.comments.iter().filter(|(by, _)| *by < 2).count();
        prop_assert_eq!(written, notes.len());
        prop_assert_eq!(tracker.comments.len(), if echoes { 2 * notes.len() } else { notes.len() });
    }
}
