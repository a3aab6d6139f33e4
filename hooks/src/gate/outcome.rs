//! What all gates of one check said together.

use super::{Verdict, When};
use bd::error::ErrorKind;
use bd::git::Oid;

/// The verdicts of one check. Only the evaluator makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    verdicts: Vec<Verdict>,
    when: When,
    code: Option<Oid>,
    complete: bool,
}

impl Outcome {
    /// `complete`: every gate of the moment was asked, none was left out on request.
    pub(super) fn new(verdicts: Vec<Verdict>, when: When, code: Option<Oid>, complete: bool) -> Self {
        Self { verdicts, when, code, complete }
    }

    /// The verdicts, in the order of the definitions.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The moment.
    pub fn when(&self) -> When {
        self.when
    }

    /// True if nothing may go on.
    pub fn blocked(&self) -> bool {
        self.verdicts.iter().any(Verdict::blocks)
    }

    /// How the command ends: `None` = 0; over budget (5) where nothing but budgets blocks; else a failed gate (4).
    pub fn exit(&self) -> Option<ErrorKind> {
        let mut blocking = self.verdicts.iter().filter(|v| v.blocks()).peekable();
        blocking.peek()?;
        Some(if blocking.all(|v| v.over_budget) { ErrorKind::Budget } else { ErrorKind::Gate })
    }

    /// The proof that this content may go on: there is none where a verdict blocks, where a gate was left out, or where
    /// what was judged is in no tree that somebody could land.
    pub fn all_passed(&self) -> Option<AllGatesPassed> {
        let code = self.code.filter(|_| self.complete && !self.blocked())?;
        let gates = self.verdicts.iter().map(|v| v.gate.clone()).collect();
        Some(AllGatesPassed { when: self.when, code, gates })
    }
}

/// Every gate of a moment let one content through. There is no other way to make this value than
/// [`Outcome::all_passed`], and a landing can only be made from it (ARCHITECTURE, house rule 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllGatesPassed {
    when: When,
    code: Oid,
    gates: Vec<String>,
}

impl AllGatesPassed {
    /// The moment for which it holds.
    pub fn when(&self) -> When {
        self.when
    }

    /// The digest of the code for which it holds (see [`super::code`]): a landing compares it with what it lands.
    pub fn code(&self) -> Oid {
        self.code
    }

    /// The ids of the gates that were asked.
    pub fn gates(&self) -> &[String] {
        &self.gates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Action, Status};

    fn verdict(status: Status, action: Action, over_budget: bool) -> Verdict {
        let mut v: Verdict = serde_json::from_str(
            r#"{"gate":"g","kind":"command","status":"pass","action":"block","why":"w","seconds":0.0,"definition":"d","tool":"t"}"#,
        )
        .unwrap();
        (v.status, v.action, v.over_budget) = (status, action, over_budget);
        v
    }

    fn outcome(verdicts: Vec<Verdict>) -> Outcome {
        Outcome::new(verdicts, When::Land, Oid::from_bytes(&[1; 32]), true)
    }

    #[test]
    fn a_proof_is_made_of_nothing_but_an_outcome_that_does_not_block() {
        let pass = || verdict(Status::Pass, Action::Block, false);
        let proof = outcome(vec![pass(), verdict(Status::Fail, Action::Warn, false)]).all_passed().unwrap();
        assert_eq!((proof.when(), proof.gates().len()), (When::Land, 2));
        for status in [Status::Fail, Status::Error] {
            assert_eq!(outcome(vec![pass(), verdict(status, Action::Block, false)]).all_passed(), None);
        }
        assert_eq!(Outcome::new(vec![pass()], When::Land, None, true).all_passed(), None, "nothing that could be landed");
        assert_eq!(Outcome::new(vec![pass()], When::Land, Oid::from_bytes(&[1; 32]), false).all_passed(), None, "left out");
    }

    #[test]
    fn exit_codes() {
        assert_eq!(outcome(vec![]).exit(), None);
        assert_eq!(outcome(vec![verdict(Status::Error, Action::Warn, false)]).exit(), None);
        let over = || verdict(Status::Fail, Action::Block, true);
        assert_eq!(outcome(vec![over()]).exit(), Some(ErrorKind::Budget));
        assert_eq!(outcome(vec![over(), verdict(Status::Error, Action::Block, false)]).exit(), Some(ErrorKind::Gate));
    }
}
