//! What people answer to the Telegram bot, fetched by long polling while a bot is configured.

use std::time::Duration;

use noout_core::paging::Dispatch;
use noout_notify::telegram::{Bot, Heard};
use noout_types::{Contact, IncidentId, PageId, PersonId};

use crate::{App, replies};

/// After a question that failed, and while there is no bot.
const PAUSE: Duration = Duration::from_secs(10);

/// Asks for news for ever.
pub(crate) async fn listen(app: App) {
    let mut offset = 0;
    loop {
        let Some(bot) = app.channels().and_then(|c| c.telegram()) else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        match bot.news(offset).await {
            Ok((heard, next)) => {
                offset = next;
                for heard in heard {
                    hear(&app, &bot, heard).await;
                }
            }
            Err(why) => {
                tracing::debug!(why, "Telegram gave no news");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The person whose chat it is.
fn person_of(app: &App, chat: &str) -> Option<PersonId> {
    app.read(|s| {
        let has = |c: &&Contact| matches!(c, Contact::Telegram { chat: own } if own == chat);
        s.config.people.iter().find(|p| p.contacts().iter().any(has)).map(|p| p.id.clone())
    })
}

/// The message with this name, as far as it is this person's.
fn dispatch(app: &App, person: &PersonId, name: &str) -> Option<Dispatch> {
    let rest = name.strip_prefix("noout-")?;
    if let Some(test) = rest.strip_prefix("test-") {
        let test = test.parse().ok()?;
        let theirs = app.read(|s| s.contacts.test(test).is_some_and(|t| t.person == *person));
        return theirs.then(|| Dispatch::Test { test, person: person.clone() });
    }
    let (page, attempt) = rest.split_once('-')?;
    let (page, attempt) = (PageId(page.parse().ok()?), attempt.parse().ok()?);
    let incident: IncidentId = app.read(|s| s.paging.page(page).filter(|p| p.person == *person).map(|p| p.incident))?;
    Some(Dispatch::Page { page, attempt, incident, person: person.clone() })
}

async fn hear(app: &App, bot: &Bot, heard: Heard) {
    use noout_notify::sms::Reply;
    let (Heard::Pressed { chat, .. } | Heard::Said { chat, .. }) = &heard;
    let Some(person) = person_of(app, chat) else { return };
    let language = app.read(|s| s.config.person(&person).map(|p| p.language)).unwrap_or_default();
    match &heard {
        Heard::Pressed { press, message, .. } => {
            let reply = match dispatch(app, &person, message) {
                Some(of) => replies::take(app, &of).await.map_or(Reply::Nothing, |taken| replies::answer(&of, &taken)),
                None => Reply::Nothing,
            };
            bot.answer_press(press, &reply.words(language)).await;
        }
        Heard::Said { chat, text } => {
            if let Some(reply) = replies::said(app, &person, text).await {
                bot.say(chat, &reply.words(language)).await;
            }
        }
    }
}
