use super::*;
use crate::conformance::{Place, batch_after};
use crate::{VerifyError, verify};
use noout_core::journal::ChainError;

impl Place for MemoryJournal {
    fn open(&self) -> Box<dyn Journal> {
        Box::new(self.reopen())
    }
    fn reader(&self) -> Box<dyn Reader> {
        Box::new(self.clone())
    }
}

crate::conformance_suite!(MemoryJournal::new());

/// Claims, writes two records, and lets the append of three more fail in the given way.
fn failed_append(fault: Fault) -> (MemoryJournal, Head, StoreError) {
    let mut journal = MemoryJournal::new();
    let head = journal.claim().expect("claimable");
    let head = journal.append(&batch_after(&head, 2)).expect("it follows");
    journal.fail_next(fault);
    let error = journal.append(&batch_after(&head, 3)).expect_err("it was asked to fail");
    (journal, head, error)
}

#[test]
fn a_death_before_the_commit_leaves_nothing_and_closes_the_handle() {
    for fault in [Fault::BeforeCommit, Fault::Torn] {
        let (mut journal, head, error) = failed_append(fault);
        assert!(!error.nothing_written(), "the caller cannot know: {error:?}");
        assert!(matches!(journal.append(&batch_after(&head, 3)), Err(StoreError::Stopped { .. })));
        assert!(matches!(journal.claim(), Err(StoreError::Stopped { .. })));
        let mut again = journal.reopen();
        assert_eq!(Journal::head(&mut again).expect("readable"), head);
        let claimed = again.claim().expect("claimable");
        again.append(&batch_after(&claimed, 1)).expect("it goes on");
        assert_eq!(verify(&mut again, |_| Ok(())).expect("clean").records, 3);
    }
}

#[test]
fn a_lost_reply_leaves_the_batch() {
    let (journal, head, error) = failed_append(Fault::AfterCommit);
    assert!(matches!(error, StoreError::Unknown { .. }));
    let mut again = journal.reopen();
    assert_eq!(Journal::head(&mut again).expect("readable").seq, head.seq + 3);
    verify(&mut again, |_| Ok(())).expect("clean");
}

#[test]
fn a_full_disk_is_told_and_passes() {
    let (mut journal, head, error) = failed_append(Fault::Full);
    assert!(matches!(error, StoreError::Full { .. }) && error.nothing_written());
    assert_eq!(journal.append(&batch_after(&head, 3)).expect("there is space again").seq, 5);
}

#[test]
fn verify_finds_each_kind_of_damage() {
    let damaged = |change: fn(&mut Record)| {
        let mut journal = MemoryJournal::new();
        let head = journal.claim().expect("claimable");
        journal.append(&batch_after(&head, 9)).expect("it follows");
        assert!(journal.damage(4, change));
        verify(&mut journal, |_| Ok(())).expect_err("it is damaged")
    };
    let body = damaged(|r| r.body.push(' '));
    assert!(matches!(body, VerifyError::Chain(ChainError::Content { seq: 4, .. })), "{body}");
    let kind = damaged(|r| r.kind.push('x'));
    assert!(matches!(kind, VerifyError::Chain(ChainError::Content { seq: 4, .. })), "{kind}");
    let link = damaged(|r| r.prev.0[0] ^= 1);
    assert!(matches!(link, VerifyError::Chain(ChainError::Link { seq: 4, .. })), "{link}");
    let number = damaged(|r| r.seq = 5);
    assert!(matches!(number, VerifyError::Chain(ChainError::NotDense { after: 3, found: 5 })), "{number}");
    let epoch = damaged(|r| r.epoch = 0);
    assert!(matches!(epoch, VerifyError::Chain(ChainError::Content { .. } | ChainError::Epoch { .. })), "{epoch}");
}

#[test]
fn verify_compares_the_head_row() {
    let mut journal = MemoryJournal::new();
    let head = journal.claim().expect("claimable");
    journal.append(&batch_after(&head, 3)).expect("it follows");
    let honest = journal.disk().head;
    for head in [
        Head { seq: 4, ..honest },
        Head { seq: 2, ..honest },
        Head { epoch: 0, ..honest },
        Head { hash: Digest32::default(), ..honest },
    ] {
        journal.disk().head = head;
        assert!(matches!(verify(&mut journal, |_| Ok(())), Err(VerifyError::Head { .. })), "{head:?}");
    }
}

#[test]
fn the_callers_check_stops_the_verification() {
    let mut journal = MemoryJournal::new();
    let head = journal.claim().expect("claimable");
    journal.append(&batch_after(&head, 5)).expect("it follows");
    let mut seen = Vec::new();
    let error = verify(&mut journal, |r| {
        seen.push(r.seq);
        if r.seq == 3 { Err("it does not fold".to_owned()) } else { Ok(()) }
    })
    .expect_err("record 3 is refused");
    assert_eq!(error.to_string(), "record 3 is refused: it does not fold");
    assert_eq!(seen, [1, 2, 3]);
}
