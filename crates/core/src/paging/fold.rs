//! What an event does to the live pages and escalations.

use std::collections::{BTreeMap, BTreeSet};

use noout_types::{IncidentId, PageId, PersonId, Timestamp};

use super::{
    Awaited, Escalation, MAX_RATE, MAX_RECEIPT_WAIT, MAX_RETRY_AFTER, Page, PageState, Paging, PagingEvent,
    SendOutcome, Why,
};

impl Paging {
    /// Changes an escalation; the indexes follow.
    fn change(&mut self, incident: IncidentId, change: impl FnOnce(&mut Escalation)) {
        let Some(e) = self.escalations.get_mut(&incident) else { return };
        if let Some(before) = e.next_at {
            self.due.remove(&(before, incident));
        }
        if let Some(held) = &e.held {
            self.held.remove(&(held.until, incident));
        }
        change(e);
        self.due.extend(e.next_at.map(|at| (at, incident)));
        self.held.extend(e.held.as_ref().map(|held| (held.until, incident)));
        if e.superiors_due || e.handed_to.is_some() {
            self.to_tell.insert(incident);
        } else {
            self.to_tell.remove(&incident);
        }
    }

    /// Changes a page; the indexes follow.
    pub(super) fn change_page(&mut self, id: PageId, change: impl FnOnce(&mut Page)) {
        let Some(page) = self.pages.get_mut(&id) else { return };
        match page.state {
            PageState::Waiting { at, .. } => _ = self.waiting.remove(&(at, id)),
            PageState::Sending { .. } => _ = self.sending.remove(&id),
            PageState::Covered { .. } => _ = self.covered.remove(&id),
            _ => {}
        }
        if let Some(due) = page.receipt_due() {
            self.receipts.remove(&(due, id));
        }
        if let Some(since) = page.unsent_since() {
            self.unsent.remove(&(since, id));
        }
        change(page);
        if matches!(page.state, PageState::Over { .. } | PageState::Failed) {
            page.awaited.clear();
        }
        self.receipts.extend(page.receipt_due().map(|due| (due, id)));
        self.unsent.extend(page.unsent_since().map(|since| (since, id)));
        match page.state {
            PageState::Waiting { at, .. } => _ = self.waiting.insert((at, id)),
            PageState::Sending { .. } => _ = self.sending.insert(id),
            PageState::Covered { .. } => _ = self.covered.insert(id),
            _ => {}
        }
    }

    fn remove_page(&mut self, id: PageId, at: Timestamp) {
        self.end(id, PageState::Over { at });
        self.pages.remove(&id);
    }

    /// A page needs nothing more. Whatever its message was to tell besides is told by another one.
    fn end(&mut self, id: PageId, state: PageState) {
        let Some(page) = self.pages.get(&id) else { return };
        let at = match state {
            PageState::Over { at } => at,
            _ => page.at,
        };
        let leg = matches!(page.state, PageState::Waiting { .. }).then(|| page.state.clone());
        if let PageState::Covered { lead } = page.state
            && let Some(lead) = self.pages.get_mut(&lead)
        {
            lead.covers.remove(&id);
        }
        // Whoever has read of it is told again only when the next way would have joined in.
        self.set(id, state);
        for covered in self.covers_of(id) {
            let told = self.pages.get(&covered).and_then(|p| p.reached);
            let told = told.map(|(contact, at)| PageState::Delivered { contact, at });
            let next = told.map(|told| leg.clone().unwrap_or(told));
            self.set(covered, next.unwrap_or(PageState::Waiting { contact: 0, at }));
        }
    }

    /// The pages that a page's message tells, and that are still to be told.
    fn covers_of(&self, lead: PageId) -> Vec<PageId> {
        let told = |id: &PageId| self.pages.get(id).is_some_and(|p| p.state == PageState::Covered { lead });
        let covers = self.pages.get(&lead).map(|p| &p.covers);
        covers.into_iter().flatten().copied().filter(told).collect()
    }

    /// An incident opened: its first step is due at once if people are to be woken.
    pub(crate) fn begin(&mut self, incident: IncidentId, due: Option<Timestamp>) {
        self.escalations.insert(incident, Escalation::default());
        self.change(incident, |e| e.next_at = due);
    }

    /// People are to be woken about an incident that was only a ticket, or, `anew` from the first
    /// step, about one that somebody had.
    pub(crate) fn wake(&mut self, incident: IncidentId, at: Timestamp, anew: bool) {
        self.change(incident, |e| {
            if anew {
                (e.done, e.exhausted, e.next_at) = (0, false, Some(at));
                e.passed.clear();
                e.awake.clear();
            }
            e.next_at = e.next_at.or(Some(at));
        });
    }

    /// Somebody has it: pages stop at once. Superiors who are told of a passed deadline are told
    /// nevertheless, unless it is they who have it now.
    pub(crate) fn ack(&mut self, incident: IncidentId, by: Option<&PersonId>, at: Timestamp) {
        self.change(incident, |e| (e.next_at, e.handed_to) = (None, None));
        let over = |p: &Page| p.is_owed() && (p.why != Why::Deadline || Some(&p.person) == by);
        let ended: Vec<_> = self.pages_of(incident).filter(|p| over(p)).map(|p| p.id).collect();
        for id in ended {
            self.end(id, PageState::Over { at });
        }
        // What was delivered is not asked after any more, and withdrawn where that is possible.
        let told = |p: &&Page| !p.is_owed() && (p.why != Why::Deadline || Some(&p.person) == by);
        let told: Vec<_> = self.pages_of(incident).filter(told).map(|p| p.id).collect();
        for id in told {
            self.change_page(id, |page| page.awaited.clear());
            self.settle_failed(id, at);
        }
    }

    /// Nobody needs a page any more that could not be sent.
    fn settle_failed(&mut self, id: PageId, at: Timestamp) {
        if self.pages.get(&id).is_some_and(|p| p.state == PageState::Failed) {
            self.set(id, PageState::Over { at });
        }
    }

    /// A person has it, and others must have it, too: this one is not told any more.
    pub(crate) fn ack_one(&mut self, incident: IncidentId, by: &PersonId, at: Timestamp) {
        let ends = |p: &&Page| (p.is_owed() || p.state == PageState::Failed) && p.person == *by;
        let of_person: Vec<_> = self.pages_of(incident).filter(ends).map(|p| p.id).collect();
        for id in of_person {
            self.end(id, PageState::Over { at });
        }
    }

    /// A person is reached in other ways now: what earlier ways said does not count any more.
    pub(crate) fn contacts_changed(&mut self, person: &PersonId) {
        for id in self.owed_to(person) {
            self.change_page(id, |page| {
                page.dead.clear();
                page.not_before.clear();
                if let PageState::Waiting { contact, .. } = &mut page.state {
                    (*contact, page.tries) = (0, 0);
                }
            });
        }
    }

    /// A person is not there any more: what is owed to them is looked at now, and fails.
    pub(crate) fn person_gone(&mut self, person: &PersonId, now: Timestamp) {
        for id in self.owed_to(person) {
            self.change_page(id, |page| {
                if let PageState::Waiting { contact, .. } | PageState::Sending { contact, .. } = page.state {
                    page.state = PageState::Waiting { contact, at: now };
                }
            });
        }
    }

    /// The incident wakes people now, or no more: its pages go by other contacts.
    pub(crate) fn urgency_changed(&mut self, incident: IncidentId) {
        let people: Vec<_> = self.pages_of(incident).filter(|p| p.is_owed()).map(|p| p.person.clone()).collect();
        people.iter().for_each(|person| self.contacts_changed(person));
    }

    fn owed_to(&self, person: &PersonId) -> Vec<PageId> {
        self.owed().filter(|p| p.person == *person).map(|p| p.id).collect()
    }

    /// The incident is over: nothing about it is kept live.
    pub(crate) fn forget(&mut self, incident: IncidentId, at: Timestamp) {
        self.change(incident, |e| (e.next_at, e.handed_to, e.superiors_due, e.held) = (None, None, false, None));
        self.escalations.remove(&incident);
        for id in self.by_incident.remove(&incident).unwrap_or_default() {
            self.remove_page(id, at);
        }
    }

    pub(crate) fn superiors_due(&mut self, incident: IncidentId, step: u32) {
        self.change(incident, |e| (e.superiors_due, e.overdue_step) = (true, step));
    }

    /// The receiver is paged; who does not say yes in time may be asleep, and it begins anew from the first step.
    pub(crate) fn hand_over(&mut self, incident: IncidentId, to: &PersonId, anew_at: Option<Timestamp>) {
        self.change(incident, |e| {
            (e.handed_to, e.next_at) = (Some(to.clone()), anew_at);
            (e.done, e.exhausted) = (0, false);
        });
    }

    fn set(&mut self, id: PageId, state: PageState) {
        self.change_page(id, |page| page.state = state);
    }

    pub(crate) fn apply(&mut self, at: Timestamp, event: &PagingEvent) {
        match event {
            PagingEvent::Escalated { incident, round, people, skipped, next_at, turn, .. } => {
                self.turns.extend(turn.clone());
                self.change(*incident, |e| {
                    // Who passed it on is asked again in the next round.
                    if e.round != *round {
                        e.passed.clear();
                        e.round = *round;
                    }
                    e.done += 1 + u32::try_from(skipped.len()).unwrap_or(0);
                    e.next_at = Some(*next_at);
                    e.named = people.iter().cloned().collect();
                });
            }
            PagingEvent::Exhausted { incident, people, next_at } => self.change(*incident, |e| {
                (e.exhausted, e.next_at) = (true, Some(*next_at));
                e.named = people.iter().cloned().collect();
                e.passed.clear();
            }),
            PagingEvent::Opened { page, incident, person, why } => self.open(at, *page, *incident, person, why),
            PagingEvent::Sending { page, attempt, contact, covers, .. } => {
                self.begins(at, *page, *attempt, *contact, covers);
            }
            PagingEvent::Deferred { pages, until, .. } => {
                for page in pages {
                    self.change_page(*page, |p| {
                        if let PageState::Waiting { at, .. } = &mut p.state {
                            *at = *until;
                        }
                    });
                }
            }
            PagingEvent::HeldBack { incident, by } => {
                self.change(*incident, |e| (e.next_at, e.held) = (None, Some(by.clone())));
                let ends = |p: &&Page| (p.is_owed() || p.state == PageState::Failed) && p.why != Why::HandedOver;
                let ended: Vec<_> = self.pages_of(*incident).filter(ends).map(|p| p.id).collect();
                ended.into_iter().for_each(|id| self.end(id, PageState::Over { at }));
            }
            PagingEvent::LetGo { incident, next_at } => self.change(*incident, |e| {
                // It may have been raised in the same moment, which wakes people in any case.
                (e.held, e.next_at, e.done, e.exhausted) = (None, next_at.or(e.next_at), 0, false);
                e.passed.clear();
            }),
            PagingEvent::PassedOn { incident, person, next_at } => {
                self.change(*incident, |e| {
                    e.passed.insert(person.clone());
                    e.next_at = next_at.or(e.next_at);
                });
                self.ack_one(*incident, person, at);
            }
            PagingEvent::Awake { incident, person, causes, until, next_at } => {
                self.change(*incident, |e| {
                    e.awake.insert(person.clone());
                    e.next_at = next_at.or(e.next_at);
                });
                self.ack_one(*incident, person, at);
                self.wakes_for(at, person, causes, *until);
            }
            PagingEvent::Spared { .. } => {}
            PagingEvent::Attempted { page, attempt, outcome, next, .. } => {
                self.attempted(at, *page, *attempt, outcome, *next);
            }
            PagingEvent::Receipt { page, attempt, receipt, next, .. } => {
                self.receipted(at, *page, *attempt, receipt, *next);
            }
            PagingEvent::Failed { page, .. } => {
                // There is nobody, or no way, that could be stuck: that is a gap of coverage.
                self.change_page(*page, |page| page.begun = None);
                self.fail(at, *page);
            }
        }
    }

    /// A page that can reach nobody. If it was the last hope of its step, the next step is due at once.
    fn fail(&mut self, at: Timestamp, id: PageId) {
        // A later way that could not be used takes nothing away from the one that could.
        if let Some((contact, at)) = self.pages.get(&id).and_then(|p| p.reached) {
            let delivered = PageState::Delivered { contact, at };
            for covered in self.covers_of(id) {
                self.set(covered, delivered.clone());
            }
            return self.set(id, delivered);
        }
        for covered in self.covers_of(id) {
            self.fail_one(at, covered);
        }
        self.fail_one(at, id);
    }

    fn fail_one(&mut self, at: Timestamp, id: PageId) {
        self.end(id, PageState::Failed);
        let Some((incident, why)) = self.pages.get(&id).map(|p| (p.incident, p.why.clone())) else { return };
        let delivered = |p: &Page| p.why == why && matches!(p.state, PageState::Delivered { .. });
        let hope = self.pages_of(incident).any(|p| p.is_owed() || delivered(p));
        if !hope {
            let waits = |e: &Escalation| !e.exhausted && e.next_at.is_some();
            self.change(incident, |e| e.next_at = if waits(e) { Some(at) } else { e.next_at });
        }
    }

    fn open(&mut self, at: Timestamp, id: PageId, incident: IncidentId, person: &PersonId, why: &Why) {
        self.change(incident, |e| {
            e.paged.insert(person.clone());
            match why {
                Why::Deadline => e.superiors_due = false,
                Why::HandedOver => e.handed_to = None,
                Why::Step { .. } | Why::Fallback => {}
            }
        });
        // The newest page to a person stands for all before it: one is under way at the most, and an
        // incident that nobody takes for a month does not grow.
        let earlier: Vec<_> = self.pages_of(incident).filter(|p| p.person == *person).map(|p| p.id).collect();
        // Steps add: a call that is pending "after five minutes" is not put off by a page that takes its place.
        let pending = |p: &&Page| p.is_owed() || p.state == PageState::Over { at };
        let since = |id: &PageId| self.pages.get(id).filter(pending).map(|p| p.since.unwrap_or(p.at));
        let since = earlier.iter().filter_map(since).min();
        // Nor is one younger that nobody could be reached by.
        let lost = |p: &&Page| (p.is_owed() || p.state == PageState::Failed) && p.reached.is_none();
        let begun = earlier.iter().filter_map(|id| self.pages.get(id).filter(lost)?.begun).min();
        for page in &earlier {
            self.remove_page(*page, at);
        }
        let pages = self.by_incident.entry(incident).or_default();
        pages.retain(|page| !earlier.contains(page));
        pages.insert(id);
        let (person, why, state) = (person.clone(), why.clone(), PageState::Failed);
        let (dead, covers) = (BTreeSet::new(), BTreeSet::new());
        let (attempts, tries, reached) = (0, 0, None);
        let (awaited, not_before) = (BTreeMap::new(), BTreeMap::new());
        let page = Page {
            id,
            incident,
            person,
            why,
            at,
            state,
            attempts,
            tries,
            dead,
            covers,
            since,
            begun,
            reached,
            awaited,
            not_before,
        };
        self.pages.insert(id, page);
        self.set(id, PageState::Waiting { contact: 0, at });
    }

    fn attempted(
        &mut self,
        at: Timestamp,
        id: PageId,
        attempt: u32,
        outcome: &SendOutcome,
        next: Option<(u16, Timestamp)>,
    ) {
        let Some(page) = self.pages.get_mut(&id) else { return };
        let PageState::Sending { contact, .. } = page.state else { return };
        match outcome {
            SendOutcome::Permanent(_) => _ = page.dead.insert(contact),
            SendOutcome::Delivered(_) => self.reach(id, contact, at),
            SendOutcome::Busy { retry_after, .. } => {
                page.not_before.insert(contact, (*retry_after).min(MAX_RETRY_AFTER).after(at));
            }
            SendOutcome::Accepted { handle, wait, .. } => {
                let until = Some((*wait).min(MAX_RECEIPT_WAIT).after(at));
                let awaited = Awaited { contact, until, arrived: false, handle: handle.clone() };
                self.change_page(id, |p| _ = p.awaited.insert(attempt, awaited));
            }
            SendOutcome::Transient(_) | SendOutcome::Ambiguous(_) => {}
        }
        self.go_on(at, id, contact, next);
    }

    /// A message reached the person, and tells what it stands for, too.
    pub(super) fn reach(&mut self, id: PageId, contact: u16, at: Timestamp) {
        for id in self.covers_of(id).into_iter().chain([id]) {
            self.change_page(id, |page| page.reached = page.reached.or(Some((contact, at))));
        }
    }

    /// The next attempt of a page, or its end.
    pub(super) fn go_on(&mut self, at: Timestamp, id: PageId, contact: u16, next: Option<(u16, Timestamp)>) {
        let Some((next, due)) = next else { return self.fail(at, id) };
        self.change_page(id, |page| {
            if next != contact {
                page.tries = 0;
            }
            page.state = PageState::Waiting { contact: next, at: due };
        });
    }

    /// A message begins. The first one of a page counts towards what a person takes in.
    fn begins(&mut self, at: Timestamp, id: PageId, attempt: u32, contact: u16, covers: &[PageId]) {
        let Some(page) = self.pages.get_mut(&id) else { return };
        page.covers.extend(covers.iter().copied());
        if page.attempts == 0 {
            let begun = self.begun.entry(page.person.clone()).or_default();
            begun.push(at);
            let over = begun.len().saturating_sub(MAX_RATE);
            begun.drain(..over);
        }
        self.change_page(id, |p| {
            p.attempts = attempt;
            p.begun = p.begun.or(Some(at));
            p.tries += 1;
            p.state = PageState::Sending { contact, since: at };
        });
        for covered in covers {
            self.set(*covered, PageState::Covered { lead: id });
        }
    }

    fn wakes_for(&mut self, at: Timestamp, person: &PersonId, causes: &[String], until: Timestamp) {
        let awake = self.awake.entry(person.clone()).or_default();
        awake.retain(|_, until| *until > at);
        awake.extend(causes.iter().map(|cause| (cause.clone(), until)));
    }
}
