//! What a gate said about one content, with everything that says for what it holds.

use super::{Action, Status, Waived};
use crate::Finding;
use crate::results::Counts;

/// The verdict of one gate (GATES). Made by the evaluator; read back from events and from the cache.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Verdict {
    /// The gate's id.
    pub gate: String,
    /// The kind of gate, as a word.
    pub kind: String,
    /// The answer, after waivers, `block_at` and `expect`.
    pub status: Status,
    /// What a `fail` or an `error` does.
    pub action: Action,
    /// Why, one sentence without a full stop.
    pub why: String,
    /// What to do; may be empty.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub advice: String,
    /// The places that stand: those that make it fail, and those below `block_at`, which only warn.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub findings: Vec<Finding>,
    /// How many findings there were beside those listed (events hold the first [`Verdict::MAX_FINDINGS`]).
    #[serde(skip_serializing_if = "is_zero", default)]
    pub more: usize,
    /// What waivers let through.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub waived: Vec<Waived>,
    /// Numbers of a test report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub counts: Option<Counts>,
    /// The end of the program's output, redacted.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub tail: String,
    /// It failed, and passed when it was run again.
    #[serde(skip_serializing_if = "is_false", default)]
    pub flaky: bool,
    /// A `fail` of a budget: exit 5 instead of 4.
    #[serde(skip_serializing_if = "is_false", default)]
    pub over_budget: bool,
    /// How long it took.
    pub seconds: f64,
    /// The digest of the gate's definition.
    pub definition: String,
    /// The digest of the judged code, `.beads/` left out; `None` where it is in no tree.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// Digest of what else the answer follows from (the judged lines); empty where that is the code alone.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub inputs: String,
    /// What found it out: our version, the platform, the rule or the program.
    pub tool: String,
    /// True if an earlier verdict with an equal key was taken instead of asking again.
    #[serde(skip_serializing_if = "is_false", default)]
    pub reused: bool,
}

impl Verdict {
    /// How many findings an event holds.
    pub const MAX_FINDINGS: usize = 20;

    /// True if nothing goes on: the gate blocks, and it did not pass (`fail` and `error` alike).
    pub fn blocks(&self) -> bool {
        self.action == Action::Block && !self.status.lets_through()
    }

    /// True if it does not stop anything and yet should be seen: a warning gate that did not pass, findings below
    /// `block_at`, a test that passed on its second run.
    pub fn warns(&self) -> bool {
        !self.blocks() && (!self.status.lets_through() || !self.findings.is_empty() || self.flaky)
    }

    /// The verdict as an event keeps it: bounded.
    #[must_use]
    pub fn bounded(&self) -> Self {
        let mut out = self.clone();
        out.more += out.findings.len().saturating_sub(Self::MAX_FINDINGS);
        out.findings.truncate(Self::MAX_FINDINGS);
        if let Some(counts) = &mut out.counts {
            counts.failures.truncate(Self::MAX_FINDINGS);
        }
        out.tail = last_bytes(&out.tail, 2048).to_owned();
        out
    }
}

/// The end of a text, at most so many bytes, cut where a character begins.
fn last_bytes(text: &str, most: usize) -> &str {
    let mut at = text.len().saturating_sub(most);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    &text[at..]
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(value: &usize) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;

    fn verdict() -> Verdict {
        serde_json::from_str(
            r#"{"gate":"g","kind":"command","status":"fail","action":"block","why":"w","seconds":1.5,"definition":"d","tool":"t"}"#,
        )
        .unwrap()
    }

    #[test]
    fn fail_and_error_block_and_nothing_else_does() {
        for status in Status::ALL {
            for action in Action::ALL {
                let v = Verdict { status: *status, action: *action, ..verdict() };
                let stops = *action == Action::Block && matches!(status, Status::Fail | Status::Error);
                assert_eq!(v.blocks(), stops, "{status} {action}");
                assert_eq!(v.warns(), !stops && matches!(status, Status::Fail | Status::Error), "{status} {action}");
            }
        }
    }

    #[test]
    fn an_event_holds_a_bounded_verdict_and_counts_what_it_leaves_out() {
        let finding = Finding {
            path: "a".into(),
            line: 1,
            column: 1,
            rule: "r".into(),
            severity: Severity::Low,
            message: String::new(),
            advice: String::new(),
            excerpt: String::new(),
        };
        let v = Verdict { findings: vec![finding; 25], tail: format!("{}é{}", "x".repeat(10), "y".repeat(2047)), ..verdict() };
        let small = v.bounded();
        assert_eq!((small.findings.len(), small.more), (20, 5));
        assert_eq!(small.tail, "y".repeat(2047), "no half character");
        let plain = serde_json::to_string(&verdict()).unwrap();
        assert!(!plain.contains("flaky") && !plain.contains("more") && !plain.contains("over_budget"), "{plain}");
        let back: Verdict = serde_json::from_str(&serde_json::to_string(&small).unwrap()).unwrap();
        assert_eq!(back, small);
    }
}
