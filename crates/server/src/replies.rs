//! What comes back: receipts of devices, words of providers, keys that people press, texts that they write.
//!
//! Each of them names a message by a signed ticket, or a person by the number or chat that it comes from.

use std::time::Duration;

use noout_core::contact::ContactCommand;
use noout_core::incident::{IncidentCommand, MAX_MANY};
use noout_core::paging::{Dispatch, Receipt};
use noout_core::{Actor, Command, Input, State};
use noout_notify::Followed;
use noout_notify::sms::Reply;
use noout_types::{IncidentId, PersonId};

use crate::{App, SubmitError, many};

/// Words by which people say yes, in the languages of pages.
const YES: [&str; 12] = ["1", "ack", "ok", "okay", "yes", "y", "ja", "j", "oui", "o", "take", "/ack"];

/// Words by which people mean everything that waits for them.
const ALL: [&str; 6] = ["all", "alle", "alles", "tout", "tous", "toutes"];

/// Incidents that an answer names; the rest is counted, so that it stays one text message.
const NUMBERS_TOLD: usize = 8;

/// How long something that came back about a message waits for the outcome of the call that handed the message over: longer than
/// any such call may take. After that the outcome is in doubt, and another way is tried in any case.
const OUTCOME_PATIENCE: Duration = Duration::from_secs(120);

/// Tells the writer what came back about a message. Carriers ring, and call back, before they have answered the request: then
/// the answer comes first, and whoever calls back does not wait for it.
pub(crate) async fn receipt(app: &App, of: &Dispatch, receipt: Receipt) {
    if !app.read(|s| s.is_under_way(of)) {
        return tell(app, of, receipt).await;
    }
    let (app, of) = (app.clone(), of.clone());
    tokio::spawn(async move {
        let mut changes = app.changes();
        let over = async { while app.read(|s| s.is_under_way(&of)) && changes.changed().await.is_ok() {} };
        // In time or not: the core knows what it is worth.
        let _in_time = tokio::time::timeout(OUTCOME_PATIENCE, over).await;
        tell(&app, &of, receipt).await;
    });
}

async fn tell(app: &App, of: &Dispatch, receipt: Receipt) {
    if let Err(why) = app.submit_patiently(Input::Receipt { of: of.clone(), receipt }).await {
        tracing::error!(%why, "a receipt could not be recorded");
    }
}

/// A receipt that says that the message reached the person.
pub(crate) async fn arrived(app: &App, of: &Dispatch, words: &str, last: bool) {
    receipt(app, of, Receipt::Arrived { words: words.to_owned(), last }).await;
}

/// What a provider said about a message.
pub(crate) async fn followed(app: &App, of: &Dispatch, followed: Followed) {
    match followed {
        Followed::Waiting => {}
        Followed::Arrived { words, last } => arrived(app, of, &words, last).await,
        Followed::Refused(words) => receipt(app, of, Receipt::Refused(words)).await,
        Followed::Acknowledged(words) => {
            arrived(app, of, &words, true).await;
            let _told_by_its_own_timeline = take(app, of).await;
        }
    }
}

/// The person of a message says yes: they have what it told, or confirm that the way works. Of a digest they have all that
/// nobody has yet. Gives the incidents; none for a test.
///
/// # Errors
/// As [`App::submit`]: it is over, or the person may not.
pub(crate) async fn take(app: &App, of: &Dispatch) -> Result<Vec<IncidentId>, SubmitError> {
    let by = Actor::Person(of.person().clone());
    let (command, taken) = match of {
        Dispatch::Page { page, incident, .. } => {
            let told = app.read(|s| s.told_by(*page));
            if told.len() > 1 {
                return Ok(many::take(app, by, told.into_iter().take(MAX_MANY).collect()).await?.taken);
            }
            (Command::Incident(IncidentCommand::Ack(*incident)), vec![*incident])
        }
        Dispatch::Test { test, .. } => (Command::Contact(ContactCommand::Confirm { test: *test }), Vec::new()),
    };
    app.submit(Input::Command { by, command }).await.map(|_| taken)
}

/// What the sender of "yes" is answered.
pub(crate) fn answer(of: &Dispatch, taken: &[IncidentId]) -> Reply {
    match of {
        Dispatch::Test { .. } => Reply::Confirmed,
        Dispatch::Page { .. } if taken.is_empty() => Reply::Nothing,
        Dispatch::Page { .. } => Reply::Taken(numbers(taken)),
    }
}

fn numbers(ids: &[IncidentId]) -> String {
    let mut numbers: Vec<String> = ids.iter().take(NUMBERS_TOLD).map(|id| id.0.to_string()).collect();
    if ids.len() > NUMBERS_TOLD {
        numbers.push(format!("+{}", ids.len() - NUMBERS_TOLD));
    }
    numbers.join(", #")
}

/// Incidents of which a person was told and which nobody has yet.
fn open_to(state: &State, person: &PersonId) -> Vec<IncidentId> {
    let told = state.paging.pages().filter(|p| p.person == *person).map(|p| p.incident);
    let open = |id: &IncidentId| state.incidents.get(*id).is_some_and(|i| i.is_triggered());
    let open: std::collections::BTreeSet<_> = told.filter(open).collect();
    open.into_iter().collect()
}

/// A text that a person wrote: a number takes that incident, "all" each that waits, a word like "ok" the only one that
/// waits, or all that one message told. Nothing where the text says none of these.
pub(crate) async fn said(app: &App, person: &PersonId, text: &str) -> Option<Reply> {
    let words: Vec<String> = text.split_whitespace().take(3).map(str::to_lowercase).collect();
    // "In 5 minutes" and "not me, 12" take nothing: a number counts alone, or behind a yes.
    let number = |word: &String| word.trim_start_matches('#').parse::<u64>().ok();
    let plain = |word: &String| word.trim_end_matches(['.', '!']).to_owned();
    let yes = words.first().is_some_and(|w| YES.contains(&plain(w).as_str()));
    let all = match words.as_slice() {
        [only] => ALL.contains(&plain(only).as_str()),
        [_, second, ..] => yes && ALL.contains(&plain(second).as_str()),
        [] => false,
    };
    let number = match words.as_slice() {
        [only] => number(only),
        [_, second, ..] if yes => number(second),
        _ => None,
    };
    let (open, test, told) = app.read(|s| {
        let waiting = if all { Some(s.waiting_for(person)) } else { s.one_message_told(person) };
        (open_to(s, person), newest_test(s, person), waiting)
    });
    if let Some(told) = told.filter(|told| all || (yes && number.is_none() && told.len() > 1)) {
        let told = told.into_iter().take(MAX_MANY).collect();
        let done = many::take(app, Actor::Person(person.clone()), told).await;
        let taken = done.map(|done| done.taken).unwrap_or_default();
        return Some(if taken.is_empty() { Reply::Nothing } else { Reply::Taken(numbers(&taken)) });
    }
    let named = number.map(IncidentId).filter(|id| open.contains(id));
    let incident = match (named, open.as_slice()) {
        (Some(id), _) => id,
        (None, _) if !yes => return None,
        (None, [one]) => *one,
        (None, []) => {
            let Some(test) = test else { return Some(Reply::Nothing) };
            let of = Dispatch::Test { test, person: person.clone() };
            return Some(take(app, &of).await.map_or(Reply::Nothing, |taken| answer(&of, &taken)));
        }
        (None, several) => {
            let numbers: Vec<String> = several.iter().map(|id| id.0.to_string()).collect();
            return Some(Reply::Which(numbers.join(", ")));
        }
    };
    let by = Actor::Person(person.clone());
    let command = Command::Incident(IncidentCommand::Ack(incident));
    let done = app.submit(Input::Command { by, command }).await;
    Some(if done.is_ok() { Reply::Taken(incident.0.to_string()) } else { Reply::Nothing })
}

/// The newest test of a person that was sent and not confirmed.
fn newest_test(state: &State, person: &PersonId) -> Option<u64> {
    let methods = state.methods(person);
    let tests = methods.iter().filter_map(|m| state.contacts.test_of(person, &m.key));
    tests.filter(|(_, test)| test.outcome.is_some() && test.confirmed.is_none()).map(|(number, _)| number).max()
}
