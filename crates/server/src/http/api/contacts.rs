//! How people are reached, and whether it works.

use axum::Json;
use axum::extract::{Path, State};
use noout_api as wire;
use noout_core::config::Role;
use noout_core::contact::{ContactCommand, Method, Test};
use noout_core::engine::Command;
use noout_core::paging::{Receipt, SendOutcome};
use noout_types::PersonId;

use super::failure::Failure;
use super::{Answer, Caller, Sent, command, require};
use crate::App;

/// The person whose contacts are asked for. Who may not ask learns not even whether there is such a person.
fn person(app: &App, by: &Caller, text: &str) -> Result<PersonId, Failure> {
    let id: Option<PersonId> = text.parse().ok();
    if id.is_none() || by.0.person() != id.as_ref() {
        require(app, &by.0, Role::Operator)?;
    }
    let known = id.filter(|id| app.read(|s| s.config.person(id).is_some()));
    known.ok_or_else(|| Failure::unknown("person", text))
}

pub(super) async fn list(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
) -> Answer<Vec<wire::ContactMethod>> {
    let id = person(&app, &by, &text)?;
    Ok(Json(app.read(|s| {
        let one = |m: Method| wire::ContactMethod {
            key: m.key.as_str().to_owned(),
            contact: m.contact.shown(),
            lacks: m.lacks.map(|lacks| lacks.to_string()),
            confirmed: m.confirmed,
            test: s.contacts.test_of(&id, &m.key).map(|(number, test)| told(number, test)),
        };
        s.methods(&id).into_iter().map(one).collect()
    })))
}

fn told(number: u64, test: &Test) -> wire::ContactTest {
    let (state, words) = match (&test.outcome, &test.receipt) {
        _ if test.confirmed.is_some() => ("confirmed", ""),
        (_, Some(Receipt::Arrived { words, .. })) => ("arrived", words.as_str()),
        (_, Some(Receipt::Refused(words))) => ("refused", words.as_str()),
        (_, Some(Receipt::Missing)) => ("missing", "no receipt came in time"),
        (None, None) => ("sending", ""),
        (Some(SendOutcome::Delivered(words)), None) => ("delivered", words.as_str()),
        (Some(SendOutcome::Accepted { words, .. }), None) => ("accepted", words.as_str()),
        (Some(SendOutcome::Permanent(words)), None) => ("permanent", words.as_str()),
        (Some(SendOutcome::Transient(words)), None) => ("transient", words.as_str()),
        (Some(SendOutcome::Busy { words, .. }), None) => ("busy", words.as_str()),
        (Some(SendOutcome::Ambiguous(words)), None) => ("ambiguous", words.as_str()),
    };
    let (state, words) = (state.to_owned(), words.to_owned());
    wire::ContactTest { test: number, at: test.at, state, words, is_over: test.is_over() }
}

pub(super) async fn test(
    State(app): State<App>,
    by: Caller,
    Path(text): Path<String>,
    Sent(sent): Sent<wire::TestContacts>,
) -> Answer<wire::Accepted> {
    let id = person(&app, &by, &text)?;
    let key = match &sent.contact {
        None => None,
        Some(wanted) => {
            let fits = |m: &Method| m.key.as_str() == wanted || m.contact.kind() == wanted;
            let found = app.read(|s| s.methods(&id).into_iter().find(fits).map(|m| m.key));
            Some(found.ok_or_else(|| Failure::unknown("contact", wanted))?)
        }
    };
    command(&app, by, Command::Contact(ContactCommand::Test { person: id, contact: key })).await
}
