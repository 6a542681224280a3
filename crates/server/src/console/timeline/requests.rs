//! What became of requests and decisions, as sentences.

use super::{Teller, Told, Tone, pairs};

impl Teller<'_> {
    pub(super) fn request(&self, what: &str) -> Option<Told> {
        let key = format!("tl-{}", what.replace('_', "-"));
        let plain = || self.t.s(&key);
        Some(match what {
            "request_asked" => (self.t.a(&key, &[("who", &self.from())]), Some(self.text("/text")), self.presses()),
            "request_taken" => (plain(), None, Some(Tone::Ok)),
            "request_handed_over" => (self.t.a(&key, &[("to", &self.person("/to"))]), None, None),
            // What came by mail was written by somebody who is not the source.
            "request_answered" if !self.text("/from/name").is_empty() => {
                (self.t.a("tl-request-written", &[("who", &self.from())]), Some(self.text("/text")), None)
            }
            "request_answered" => (plain(), Some(self.text("/text")), None),
            "request_weighed" => {
                let urgency = self.t.s(&format!("pressure-{}", self.text("/urgency").replace('_', "-")));
                (self.t.a(&key, &[("urgency", &urgency)]), None, self.presses())
            }
            "request_done" => (plain(), Some(self.text("/text")), Some(Tone::Ok)),
            "request_declined" => (plain(), Some(self.text("/text")), Some(Tone::Unknown)),
            "interrupted" | "interruption_ended" => {
                let facts = [("id", self.text("/request")), ("who", self.person("/owner"))];
                let tone = if what == "interrupted" { Tone::Warn } else { Tone::Ok };
                (self.t.a(&key, &pairs(&facts)), Some(self.text("/title")), Some(tone))
            }
            "decision_raised" => (self.t.a(&key, &[("id", &self.text("/decision"))]), Some(self.text("/title")), None),
            "decision_voiced" => {
                let choice = self.text("/choice");
                let option = self.text("/option");
                let choice = if option.is_empty() { self.t.s(&format!("choice-{choice}")) } else { option };
                (self.t.a(&key, &[("choice", &choice)]), Some(self.text("/text")), None)
            }
            "decision_closed" => {
                let facts = [("id", self.text("/decision")), ("decided", self.text("/decided"))];
                (self.t.a(&key, &pairs(&facts)), Some(self.text("/why")), Some(Tone::Ok))
            }
            _ => return None,
        })
    }

    /// Whose words these are.
    fn from(&self) -> String {
        let who = [self.text("/from/name"), self.text("/from/team")];
        who.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    fn presses(&self) -> Option<Tone> {
        (self.text("/urgency") == "interrupts").then_some(Tone::Warn)
    }
}
