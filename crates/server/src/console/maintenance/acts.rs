//! What people do with a maintenance: the forms of the console and of a page's link alike.

use axum::extract::Path;
use axum::response::Response;
use noout_core::engine::Command;
use noout_core::journal::Digest32;
use noout_core::maintenance::{MaintenanceCommand, MaintenanceEvent};
use noout_types::MaintenanceId;

use crate::console::form::Fields;
use crate::console::http::{Answer, invalid, missing, own_path, refused, see_other};
use crate::console::page::Page;
use crate::console::seat::Post;

/// The hash of a plan as a form carries it.
fn hash(text: &str) -> Option<Digest32> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// What a form wants; nothing if it is no form of ours.
pub(crate) fn command(id: MaintenanceId, act: &str, fields: &Fields) -> Option<MaintenanceCommand> {
    let why = || fields.owned("why");
    Some(match act {
        "propose" => MaintenanceCommand::Propose { id, hash: hash(fields.get("hash"))? },
        "approve" => MaintenanceCommand::Approve {
            id,
            hash: hash(fields.get("hash"))?,
            host: fields.owned("host"),
            break_glass: None,
        },
        "break-glass" => MaintenanceCommand::Approve {
            id,
            hash: hash(fields.get("hash"))?,
            host: fields.owned("host"),
            break_glass: Some(why()),
        },
        "hold" => MaintenanceCommand::Hold { id, why: why() },
        "resume" => MaintenanceCommand::Resume(id),
        "abort" => MaintenanceCommand::Abort { id, why: why() },
        "replan" => MaintenanceCommand::Replan(id),
        "tick" => MaintenanceCommand::Tick { id, item: fields.owned("item"), done: fields.get("done") == "yes" },
        "order-note" => MaintenanceCommand::OrderNote { id, text: fields.owned("text") },
        "sign" => MaintenanceCommand::Sign { id, note: fields.owned("text") },
        _ => return None,
    })
}

pub(crate) async fn act(Path((id, act)): Path<(String, String)>, post: Post) -> Answer {
    let Post { seat, fields } = post;
    let page = || Page::new(&seat, "maintenance");
    let id: MaintenanceId = id.parse().map_err(|_| missing(page(), &id))?;
    let own = format!("/maintenance/{id}");
    let back = if fields.get("back").is_empty() { own } else { own_path(fields.get("back")).to_owned() };
    let command = command(id, &act, &fields).ok_or_else(|| invalid(page(), seat.t.s("trouble-form"), &back))?;
    seat.command(Command::Maintenance(command)).await.map_err(|why| refused(page(), &why, &back))?;
    Ok(see_other(&back))
}

/// Asks for a host to go out; the host is named as `platform host`.
pub(crate) async fn request(post: Post) -> Answer {
    let Post { seat, fields } = post;
    let page = || Page::new(&seat, "maintenance");
    let trouble = || invalid(page(), seat.t.s("trouble-form"), "/maintenance");
    let (platform, host) = fields.get("target").split_once(' ').ok_or_else(trouble)?;
    let command = MaintenanceCommand::Request {
        platform: platform.parse().map_err(|_| trouble())?,
        host: host.parse().map_err(|_| trouble())?,
        reason: fields.owned("reason"),
        incident: None,
    };
    let done = seat.command(Command::Maintenance(command)).await;
    let done = done.map_err(|why| refused(page(), &why, "/maintenance"))?;
    let made = done.events.iter().find_map(|event| match event {
        noout_core::Event::Maintenance(MaintenanceEvent::Requested { id, .. }) => Some(*id),
        _ => None,
    });
    Ok(see_other(&made.map_or_else(|| "/maintenance".to_owned(), |id| format!("/maintenance/{id}"))))
}

/// Nothing disruptive starts any more, or it may again.
pub(crate) async fn stop(post: Post) -> Result<Response, Response> {
    let Post { seat, fields } = post;
    let command =
        if fields.get("stop") == "resume" { Command::ResumeAll } else { Command::Stop { why: fields.owned("why") } };
    let done = seat.command(command).await;
    done.map_err(|why| refused(Page::new(&seat, "maintenance"), &why, "/maintenance"))?;
    Ok(see_other("/maintenance"))
}
