//! The timeline's rows as sentences.

mod requests;

use noout_core::State;
use noout_core::journal::TimelineRow;
use noout_types::Said;
use serde::Deserialize;
use serde_json::Value;

use super::marks::{Mark, Shape, Tone};
use super::names::{actor_text, name};
use super::times::{Watch, When};
use super::words::T;
use crate::App;

/// Rows that a page shows; older ones are counted.
pub(super) const MAX_ROWS: usize = 400;

/// One line of a timeline.
pub(super) struct Line {
    pub seq: u64,
    pub at: When,
    /// The second, for lines that follow each other.
    pub clock: String,
    pub who: String,
    /// Done by a person, not by a machine.
    pub human: bool,
    pub shape: Option<Shape>,
    pub text: String,
    /// What somebody wrote.
    pub quote: Option<String>,
}

/// Reads the last rows of a subject.
pub(super) async fn rows(app: &App, subject: String) -> Vec<TimelineRow> {
    let app = app.clone();
    let read = tokio::task::spawn_blocking(move || app.reader().timeline_latest(&subject, MAX_ROWS)).await;
    match read {
        Ok(Ok(rows)) => rows,
        Ok(Err(why)) => {
            tracing::error!(%why, "a timeline cannot be read");
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

/// The lines that people read, newest last. What a later row says as well is left out, and so is what the
/// page says above them already.
pub(super) fn lines(state: &State, t: T, watch: &Watch, rows: &[TimelineRow], lead: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let detail: Value = serde_json::from_str(&row.detail).unwrap_or(Value::Null);
        let later = rows.get(at + 1..).unwrap_or_default();
        if is_noise(row, &detail, later) {
            continue;
        }
        let (text, quote, tone) = Teller { state, t, watch, detail: &detail }.tell(&row.what);
        lines.push(Line {
            seq: row.seq,
            at: watch.when(row.at),
            clock: watch.clock(row.at),
            who: actor_text(state, t, &row.actor),
            human: row.actor.starts_with("person:") || row.actor == "local",
            shape: tone.map(|tone| Mark::new(tone, String::new()).shape()),
            text,
            quote: quote.filter(|q| !q.is_empty() && !lead.contains(q.as_str())),
        });
    }
    lines
}

/// A page that was opened and sent shows as how that ended; an intent as what came of it.
fn is_noise(row: &TimelineRow, detail: &Value, later: &[TimelineRow]) -> bool {
    let same = |key: &str, other: &TimelineRow| {
        let other: Value = serde_json::from_str(&other.detail).unwrap_or(Value::Null);
        other.get(key) == detail.get(key)
    };
    match row.what.as_str() {
        "page_opened" => true,
        "page_sending" => later.iter().any(|l| l.what == "page_attempted" && same("page", l)),
        "intended" | "seen" => later.iter().any(|l| matches!(l.what.as_str(), "acted" | "passed") && same("step", l)),
        "acted" => {
            detail.pointer("/outcome/result").and_then(Value::as_str) == Some("running")
                && later.iter().any(|l| l.what == "acted" && same("step", l))
        }
        "waiting" => later.iter().any(|l| l.what == "waiting" && same("step", l)),
        "watch_cleared" | "watch_raised" => false,
        _ => false,
    }
}

struct Teller<'a> {
    state: &'a State,
    t: T,
    watch: &'a Watch,
    detail: &'a Value,
}

type Told = (String, Option<String>, Option<Tone>);

impl Teller<'_> {
    /// A fact as it is, or what noout said as a sentence.
    fn text(&self, path: &str) -> String {
        match self.detail.pointer(path) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(n)) => n.to_string(),
            Some(said) => Said::deserialize(said).map(|said| self.watch.say(&said)).unwrap_or_default(),
            None => String::new(),
        }
    }

    fn person(&self, path: &str) -> String {
        let id = self.text(path);
        id.parse().map_or(id, |id| name(self.state, &id))
    }

    fn people(&self, path: &str) -> String {
        let list = self.detail.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let names = list.iter().filter_map(Value::as_str).filter_map(|id| id.parse().ok());
        names.map(|id| name(self.state, &id)).collect::<Vec<_>>().join(", ")
    }

    fn tell(&self, what: &str) -> Told {
        let plain = |tone| {
            let key = format!("tl-{}", what.replace('_', "-"));
            (if self.t.has(&key) { self.t.s(&key) } else { what.replace('_', " ") }, None, tone)
        };
        let quoted = |key: &str, path: &str| (self.t.s(key), Some(self.text(path)), None);
        match what {
            "opened" => {
                let own = self.detail.pointer("/words/title").is_some();
                let text = self.text(if own { "/words/text" } else { "/text" });
                (self.t.s("tl-opened"), Some(text), Some(Tone::Critical))
            }
            "raised" => {
                let severity = self.t.s(&format!("severity-{}", self.text("/severity")));
                (self.t.a("tl-raised", &[("severity", &severity)]), Some(self.text("/why")), Some(Tone::Warn))
            }
            "acked" => plain(Some(Tone::Ok)),
            "resolved" => (self.t.s("tl-resolved"), Some(self.text("/note")), Some(Tone::Ok)),
            "noted" => quoted("tl-noted", "/text"),
            "acked_at_source" => {
                let who = self.text("/who");
                let key = if who.is_empty() { "tl-acked-at-source-somebody" } else { "tl-acked-at-source" };
                (self.t.a(key, &[("who", &who)]), Some(self.text("/text")), None)
            }
            "announced" => (self.t.s("tl-announced"), Some(self.text("/text")), Some(Tone::Maintenance)),
            "handed_over" => (self.t.a("tl-handed-over", &[("to", &self.person("/to"))]), None, None),
            "deadline_passed" => plain(Some(Tone::Critical)),
            "fell_silent" => plain(Some(Tone::Warn)),
            "alert_late" => (self.t.a("tl-alert-late", &[("what", &self.alert())]), None, None),
            "change" => (self.t.s("tl-change"), Some(self.text("/summary")), None),
            "alert_fired" => (self.t.a("tl-alert-fired", &[("what", &self.alert())]), self.summary(), Some(Tone::Warn)),
            "told_customers" => {
                let stage = self.t.s(&format!("stage-{}", self.text("/stage").replace('_', "-")));
                let words = self.text(&format!("/words/written/{}", self.t.0.code()));
                let words = if words.is_empty() { self.text("/words/written/en") } else { words };
                (self.t.a("tl-told-customers", &[("stage", &stage)]), Some(words), Some(Tone::Maintenance))
            }
            _ => self
                .paging(what)
                .or_else(|| self.ticket(what))
                .or_else(|| self.request(what))
                .or_else(|| self.maintenance(what))
                .unwrap_or_else(|| plain(None)),
        }
    }

    fn alert(&self) -> String {
        let labels = self.detail.get("labels");
        let name = labels.and_then(|l| l.get("alertname")).and_then(Value::as_str).unwrap_or_default();
        let at = ["instance", "host"].into_iter().find_map(|l| labels?.get(l)?.as_str());
        at.map_or_else(|| name.to_owned(), |at| format!("{name} ({at})"))
    }

    fn summary(&self) -> Option<String> {
        let text = self.detail.get("annotations")?;
        let found = ["summary", "description"].into_iter().find_map(|k| text.get(k)?.as_str());
        found.map(str::to_owned)
    }

    fn paging(&self, what: &str) -> Option<Told> {
        Some(match what {
            "escalated" => {
                let (round, step) = (self.text("/round"), self.text("/step"));
                let people = self.people("/people");
                let values = [("people", people.as_str()), ("step", &step), ("round", &round)];
                let key = if step == "1" && round == "1" { "tl-called" } else { "tl-escalated" };
                (self.t.a(key, &values), None, None)
            }
            "exhausted" => {
                (self.t.a("tl-exhausted", &[("people", &self.people("/people"))]), None, Some(Tone::Critical))
            }
            "page_sending" => {
                let values = [("person", self.person("/person")), ("channel", self.text("/channel"))];
                (self.t.a("tl-page-sending", &pairs(&values)), None, None)
            }
            "page_attempted" => {
                let outcome = self.detail.get("outcome").and_then(Value::as_object)?;
                let (result, why) = outcome.iter().next()?;
                let values = [("person", self.person("/person"))];
                let tone = if result == "delivered" { None } else { Some(Tone::Warn) };
                let key = format!("tl-page-{result}");
                let tone = if result == "accepted" { None } else { tone };
                let why = why.as_str().or_else(|| why.get("words")?.as_str());
                (self.t.a(&key, &pairs(&values)), why.map(str::to_owned).filter(|_| tone.is_some()), tone)
            }
            "page_receipt" => {
                let receipt = self.detail.get("receipt")?;
                let (result, why) = match receipt.as_object().and_then(|o| o.iter().next()) {
                    Some((result, why)) => (result.as_str(), why.as_str().or_else(|| why.get("words")?.as_str())),
                    None => (receipt.as_str()?, None),
                };
                let tone = if result == "arrived" { None } else { Some(Tone::Warn) };
                let text = self.t.a(&format!("tl-receipt-{result}"), &[("person", &self.person("/person"))]);
                (text, why.map(str::to_owned), tone)
            }
            "page_deferred" => {
                let text = self.t.a("tl-page-deferred", &[("person", &self.person("/person"))]);
                (text, None, Some(Tone::Warn))
            }
            "page_spared" => (self.t.a("tl-page-spared", &[("person", &self.person("/person"))]), None, None),
            "held_back" => {
                let author = self.text("/author");
                let who = author.strip_prefix("person:").unwrap_or(&author);
                (self.t.a("tl-held-back", &[("rule", &self.rule()), ("who", who)]), None, Some(Tone::Warn))
            }
            "unacked" => (self.t.a("tl-unacked", &[("who", &self.person("/owner"))]), None, Some(Tone::Critical)),
            "page_failed" => {
                let text = self.t.a("tl-page-failed", &[("person", &self.person("/person"))]);
                (text, Some(self.text("/why")), Some(Tone::Critical))
            }
            _ => return None,
        })
    }

    /// What holds it back, by name.
    fn rule(&self) -> String {
        let kinds = ["silence", "mute", "inhibit", "maintenance"];
        let kind = kinds.into_iter().find(|kind| self.detail.pointer(&format!("/rule/{kind}")).is_some());
        kind.map_or_else(String::new, |kind| {
            self.t.a(&format!("rule-{kind}"), &[("id", &self.text(&format!("/rule/{kind}/id")))])
        })
    }

    fn ticket(&self, what: &str) -> Option<Told> {
        let key = format!("tl-{}", what.replace('_', "-"));
        let facts =
            [("tracker", self.text("/tracker")), ("ticket", self.text("/ticket")), ("author", self.text("/author"))];
        let text = || self.t.a(&key, &pairs(&facts));
        Some(match what {
            "ticket_wanted" | "ticket_filed" | "ticket_reopened_there" => (text(), None, None),
            "ticket_heard" => (text(), Some(self.text("/text")), None),
            "ticket_failed" => (text(), Some(self.text("/why")), Some(Tone::Warn)),
            "ticket_closed_there" => (text(), None, Some(Tone::Ok)),
            _ => return None,
        })
    }

    fn maintenance(&self, what: &str) -> Option<Told> {
        let step = || self.step();
        let with_step = |key: &str| self.t.a(key, &[("step", &step())]);
        let why = || Some(self.text("/why"));
        Some(match what {
            "maintenance_requested" => {
                let text = self.t.a("tl-maintenance-requested", &[("host", &self.text("/host"))]);
                (text, Some(self.text("/reason")), Some(Tone::Maintenance))
            }
            "not_plannable" => (self.t.s("tl-not-plannable"), why(), Some(Tone::Warn)),
            "proposed" => (self.t.a("tl-proposed", &[("hash", &self.short_hash())]), None, Some(Tone::Maintenance)),
            "approved" => {
                let glass = self.detail.get("break_glass").and_then(Value::as_str).map(str::to_owned);
                let key = if glass.is_some() { "tl-approved-alone" } else { "tl-approved" };
                (self.t.a(key, &[("hash", &self.short_hash())]), glass, Some(Tone::Maintenance))
            }
            "voided" => (self.t.s("tl-voided"), why(), Some(Tone::Warn)),
            "waiting" => (with_step("tl-waiting"), why(), None),
            "seen" => (with_step("tl-seen"), None, None),
            "unseen" => (with_step("tl-unseen"), why(), None),
            "intended" => (with_step("tl-intended"), None, None),
            "passed" => (with_step("tl-passed"), self.evidence(), None),
            "acted" => self.acted(),
            "rerouted" => (self.t.s("tl-rerouted"), why(), None),
            "held" => (self.t.s("tl-held"), why(), Some(Tone::Warn)),
            "aborted" => (self.t.s("tl-aborted"), why(), Some(Tone::Warn)),
            "watch_raised" => (self.t.s("tl-watch-raised"), Some(self.text("/text")), Some(Tone::Critical)),
            "watch_cleared" => (self.t.s("tl-watch-cleared"), Some(self.text("/code")), Some(Tone::Ok)),
            "overdue" if self.text("/step") == "0" => (self.t.s("tl-overdue-flag"), None, Some(Tone::Critical)),
            "overdue" => (with_step("tl-overdue"), None, Some(Tone::Critical)),
            "ticked" => {
                let key = if self.detail.get("done") == Some(&Value::Bool(true)) { "tl-ticked" } else { "tl-unticked" };
                (
                    self.t.a(key, &[("item", &self.t.s(&format!("item-{}", self.text("/item").replace('_', "-"))))]),
                    None,
                    None,
                )
            }
            "order_noted" => (self.t.s("tl-order-noted"), Some(self.text("/text")), None),
            "signed" => (self.t.s("tl-signed"), Some(self.text("/note")), Some(Tone::Ok)),
            "finished" => {
                let done = self.text("/phase") == "done";
                let key = if done { "tl-finished" } else { "tl-cancelled" };
                (self.t.s(key), Some(self.text("/note")), Some(if done { Tone::Ok } else { Tone::Unknown }))
            }
            _ => return None,
        })
    }

    fn acted(&self) -> Told {
        let result = self.text("/outcome/result");
        let values = [("step", self.step()), ("pause", self.text("/outcome/output/pause_ms"))];
        let key = match result.as_str() {
            "done" if !values[1].1.is_empty() => "tl-acted-paused",
            "done" => "tl-acted-done",
            "running" => "tl-acted-running",
            "refused" => "tl-acted-refused",
            _ => "tl-acted-ambiguous",
        };
        let why = self.text("/outcome/why");
        let tone = if why.is_empty() { None } else { Some(Tone::Warn) };
        (self.t.a(key, &pairs(&values)), Some(why), tone)
    }

    fn evidence(&self) -> Option<String> {
        let seen = self.detail.pointer("/evidence/seen")?;
        let seen: Vec<Said> = Deserialize::deserialize(seen).ok()?;
        Some(seen.iter().map(|said| self.watch.say(said)).collect::<Vec<_>>().join("; "))
    }

    fn short_hash(&self) -> String {
        self.text("/hash").chars().take(8).collect()
    }

    fn step(&self) -> String {
        let kind = self.detail.get("kind").cloned().unwrap_or(Value::Null);
        serde_json::from_value::<noout_core::maintenance::StepKind>(kind)
            .map_or_else(|_| self.text("/step"), |kind| super::maintenance::step_words(self.t, &kind))
    }
}

fn pairs<'a, const N: usize>(values: &'a [(&'a str, String); N]) -> [(&'a str, &'a str); N] {
    std::array::from_fn(|at| (values[at].0, values[at].1.as_str()))
}
