//! `human`: a person says yes (`bd gate accept`) or no (`bd gate reject`), about exactly this code and this definition.

use crate::gate::{Answer, Ask, Gate, Kind, Status};
use bd::model::Kind as EventKind;
use bd::ops::verdicts::{Recorded, list};

pub(super) fn answer(gate: &Gate, ask: &Ask<'_>) -> Answer {
    let Kind::Human { who } = &gate.kind else { return Answer::new(Status::Error, "no person is asked") };
    let Some(code) = ask.code else {
        return Answer::new(Status::Error, "the working tree has changes that are in no commit, and nobody can decide on them")
            .advise("Commit first, then ask for a decision");
    };
    let Some(store) = ask.store else {
        return Answer::new(Status::Error, "decisions are events, and this repository has no store").advise("`bd init` makes one");
    };
    let decisions = store.snapshot().and_then(|snapshot| {
        let mut all = list(&snapshot, None)?;
        if ask.bead.is_some() {
            all.extend(list(&snapshot, ask.bead)?);
        }
        Ok(all)
    });
    match decisions {
        Ok(decisions) => {
            let about = ask.bead.map(|bead| format!(" --bead {bead}")).unwrap_or_default();
            decide(gate, who, &code.to_string(), ask.authors, decisions, &about)
        }
        Err(e) => Answer::new(Status::Error, format!("the decisions cannot be read: {e}")),
    }
}

/// `about` is the flag with which a decision is recorded on the bead.
fn decide(gate: &Gate, who: &[String], code: &str, authors: &[String], mut decisions: Vec<Recorded>, about: &str) -> Answer {
    decisions.retain(|d| d.verdict.gate == gate.id && (d.kind == EventKind::ACCEPT || d.kind == EventKind::REJECT));
    decisions.sort_by(|a, b| a.at.cmp(&b.at));
    let asked = decisions.len();
    decisions.retain(|d| d.verdict.code == code && d.verdict.definition == gate.digest);
    let fits = decisions.len();
    // A no may come from anybody; a yes only from somebody who may, and never from an author.
    let may = |by: &str| (who.is_empty() || who.iter().any(|w| w == by)) && !authors.iter().any(|a| same(a, by));
    let last = decisions.iter().rfind(|d| d.kind == EventKind::REJECT || may(&d.by));
    let people = if who.is_empty() { "anybody who did not work on it".to_owned() } else { who.join(", ") };
    match last {
        Some(d) if d.kind == EventKind::ACCEPT => Answer::new(Status::Pass, format!("{} accepted it{}", d.by, because(d))),
        Some(d) => Answer::new(Status::Fail, format!("{} rejected it{}", d.by, because(d)))
            .advise("Change what the reason says, and ask again"),
        None => {
            let why = match (asked, fits) {
                (_, 1..) => "it waits for a person: those who accepted it may not decide on it",
                (1.., 0) => "it waits for a person: the decisions so far are about another code or definition",
                _ => "it waits for a person",
            };
            Answer::new(Status::Fail, why)
                .advise(format!("`bd gate accept {id}{about}` or `bd gate reject {id}{about}`, by {people}", id = gate.id))
        }
    }
}

fn because(decision: &Recorded) -> String {
    if decision.verdict.why.is_empty() { String::new() } else { format!(": {}", decision.verdict.why) }
}

/// Names and addresses of authors are written in either case.
fn same(author: &str, by: &str) -> bool {
    author.to_lowercase() == by.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;
    use crate::gate::{Action, Expect, Layer};
    use bd::model::EventId;
    use bd::ops::verdicts::Verdict;
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn gate() -> Gate {
        Gate {
            id: "review".into(),
            about: String::new(),
            kind: Kind::Human { who: Vec::new() },
            when: Vec::new(),
            action: Action::Block,
            severity: None,
            block_at: Severity::High,
            paths: Vec::new(),
            needs: Vec::new(),
            expect: Expect::Pass,
            canary_env: BTreeMap::new(),
            timeout: Duration::from_secs(1),
            retry: false,
            layer: Layer::BuiltIn,
            digest: "d".into(),
        }
    }

    fn said(kind: EventKind, by: &str, at: u32, code: &str, definition: &str) -> Recorded {
        let verdict = Verdict {
            gate: "review".into(),
            code: code.into(),
            definition: definition.into(),
            why: "w".into(),
            ..Verdict::default()
        };
        let at = format!("2026-03-01T09:00:{at:02}Z");
        Recorded { verdict, kind, bead: None, by: by.into(), at, event: EventId::new(0, [0; 10]) }
    }

    #[test]
    fn the_last_word_on_this_code_by_somebody_who_may_counts() {
        use Status::{Fail, Pass};
        let yes = |by: &str, at| said(EventKind::ACCEPT, by, at, "c", "d");
        let no = |by: &str, at| said(EventKind::REJECT, by, at, "c", "d");
        let ask = |who: &[&str], decisions: &[Recorded]| {
            let who: Vec<String> = who.iter().map(|w| (*w).to_owned()).collect();
            decide(&gate(), &who, "c", &["Ann".to_owned(), "ann@example.test".to_owned()], decisions.to_vec(), " --bead app-1")
        };
        assert_eq!(ask(&[], &[yes("bob", 1)]).status, Pass);
        assert_eq!(ask(&[], &[yes("bob", 1), no("cid", 2)]).status, Fail);
        assert_eq!(ask(&[], &[no("cid", 2), yes("bob", 3)]).status, Pass);
        assert_eq!(ask(&[], &[yes("bob", 3), no("cid", 2)]).status, Pass, "by time, not by place");
        assert_eq!(ask(&["bob"], &[yes("cid", 1)]).status, Fail, "not asked");
        assert_eq!(ask(&["bob"], &[yes("bob", 1), no("cid", 2)]).status, Fail, "a no is anybody's");
        assert_eq!(ask(&[], &[said(EventKind::ACCEPT, "bob", 1, "x", "d")]).status, Fail, "another code");
        assert_eq!(ask(&[], &[said(EventKind::ACCEPT, "bob", 1, "c", "x")]).status, Fail, "another definition");
        assert_eq!(ask(&[], &[said(EventKind::VERDICT, "bob", 1, "c", "d")]).status, Fail, "no person");
        for own in ["Ann", "ann", "ANN@example.test"] {
            let answer = ask(&["ann", "Ann"], &[yes(own, 1)]);
            assert_eq!(answer.status, Fail, "nobody decides for himself: {own}");
            assert!(answer.why.contains("may not decide"), "{}", answer.why);
        }
        let other = ask(&[], &[said(EventKind::ACCEPT, "bob", 1, "x", "d")]);
        assert!(other.why.ends_with("about another code or definition"), "{}", other.why);
        assert_eq!(ask(&[], &[yes("bob", 1)]).why, "bob accepted it: w");
        assert_eq!(ask(&[], &[no("bob", 1)]).why, "bob rejected it: w");
        // About another code or another definition: neither alone is enough.
        assert!(ask(&[], &[said(EventKind::REJECT, "bob", 1, "c", "x")]).why.ends_with("another code or definition"));
        let waits = ask(&[], &[]);
        assert!(waits.why == "it waits for a person" && waits.advice.contains("`bd gate accept review --bead app-1`"), "{waits:?}");
    }
}
