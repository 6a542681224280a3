//! What could be written and not read again.

use noout_core::engine::Command;
use noout_core::silence::SilenceCommand;
use noout_core::{Actor, Input};
use noout_server::SubmitError;
use noout_types::{MatchOp, Matcher, Matchers, Span};
use serde_json::json;

use crate::site::{Site, alerts_on_disk};

/// Given an input whose event could be written and not read back, then it is refused, nothing of it is in the journal or in the
/// state, what came with it is committed, and the next start reads all.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_read_is_never_written() {
    let site = Site::start().await;
    let app = site.running.app.clone();
    let mut matcher = Matcher::new("host", MatchOp::Equal, "db1").expect("a matcher");
    // No way of making one leads here any more; the next such defect will be another one.
    matcher.name = "no name".into();
    let (starts_at, ends_at) = (jiff::Timestamp::now(), Span::from_hours(1).after(jiff::Timestamp::now()));
    let (matchers, author, comment) = (Matchers(vec![matcher]), Some("ana".into()), String::new());
    let set = SilenceCommand::Set { id: None, matchers, starts_at, ends_at, author, comment };
    let input = Input::Command { by: Actor::Local, command: Command::Silence(set) };
    let refused = app.submit(input).await.expect_err("refused");
    assert!(matches!(&refused, SubmitError::Unreadable(_)), "{refused:?}");
    assert!(refused.to_string().contains("nothing was accepted"), "{refused}");
    assert_eq!(app.read(|s| s.silences.all().count()), 0);
    let records = app.reader().records(0, 1000).expect("the journal");
    assert!(!records.is_empty() && records.iter().all(|r| !r.body.contains("no name")));
    let alert = json!([{ "labels": { "alertname": "Fine" } }]);
    assert_eq!(site.post_alerts(&alert).await.status(), 200, "noout goes on");
    assert_eq!(alerts_on_disk(&site.data()), ["Fine"]);
    let again = Site::start_in(site.stop().await).await;
    assert_eq!(again.get("/api/v1/status").await["alerts"], 1);
}
