//! Asks the gates of a moment: which ones, in which order, what their answers mean. One evaluator for hooks, CI, workflow
//! steps and landings (GATES). Nothing here turns an `error` into a pass.

use super::cache::{self, Key, Seen};
use super::kinds::{self, Run};
use super::schedule;
use super::{Action, Answer, Ask, Definitions, Expect, Gate, Globs, Kind, Layer, Outcome, Status, Verdict, Waivers, When};
use bd::error::{Error, Result};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// How gates are asked.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What may be let through.
    pub waivers: &'a dyn Waivers,
    /// The caller vouches for the project's programs: CI says so by a flag, where nobody trusts by hand.
    pub trust_commands: bool,
    /// Only these gates and what they need; empty = all gates of the moment.
    pub only: &'a [String],
    /// If an earlier pass with an equal key counts.
    pub reuse: bool,
}

/// Asks the gates of `ask.when` and returns a verdict for each, in the order of the definitions.
///
/// # Errors
/// `only` names a gate that is not there or is off (exit 2). Whatever goes wrong with a gate is its verdict.
pub fn evaluate(definitions: &Definitions, ask: &Ask<'_>, options: &Options<'_>) -> Result<Outcome> {
    evaluate_with(definitions, ask, options, &|gates, ask, run| kinds::answers(gates, ask, run, &definitions.rules))
}

/// Asks some gates once: an answer for each. More than one only where they are scans.
pub(super) type Asker<'a> = &'a (dyn Fn(&[&Gate], &Ask<'_>, Run<'_>) -> Vec<Answer> + Sync);

/// The same with other kinds: for tests of what is the same for all of them.
pub(super) fn evaluate_with(definitions: &Definitions, ask: &Ask<'_>, options: &Options<'_>, asker: Asker<'_>) -> Result<Outcome> {
    let selected = select(definitions, ask.when, options.only)?;
    let seen = Seen::of(ask, definitions);
    let work = Work { definitions, ask, options, asker, trusted: trusted(&selected, ask, options), seen };
    let verdicts = schedule::run(&selected, |gates, before| work.verdicts(gates, before));
    let outcome = Outcome::new(verdicts, ask.when, ask.code, options.only.is_empty());
    cache::remember(ask.git, &outcome);
    Ok(outcome)
}

/// The gates that are asked: those of the moment (or those that were named), and those that they need, whose own moment does
/// not matter then. What is off is never asked.
pub(crate) fn select<'a>(definitions: &'a Definitions, when: When, only: &[String]) -> Result<Vec<&'a Gate>> {
    let all = &definitions.gates;
    let mut wanted: Vec<&str> = Vec::new();
    for id in only {
        let gate = definitions.must(id)?;
        if gate.action == Action::Off {
            return Err(Error::usage(format!("the gate `{id}` is off")).hint(format!("`bd gate show {id}` says where")));
        }
        wanted.push(&gate.id);
    }
    if only.is_empty() {
        wanted.extend(all.iter().filter(|g| g.action != Action::Off && g.when.contains(&when)).map(|g| g.id.as_str()));
    }
    let mut at = 0;
    while let Some(gate) = wanted.get(at).and_then(|id| definitions.gate(id)) {
        for need in gate.needs.iter().filter_map(|id| definitions.gate(id)).filter(|g| g.action != Action::Off) {
            if !wanted.contains(&need.id.as_str()) {
                wanted.push(&need.id);
            }
        }
        at += 1;
    }
    Ok(all.iter().filter(|g| wanted.contains(&g.id.as_str())).collect())
}

/// For each file with programs if this clone's user trusted it as it is at the target; asked once.
fn trusted(gates: &[&Gate], ask: &Ask<'_>, options: &Options<'_>) -> BTreeMap<String, std::result::Result<bool, String>> {
    let mut out = BTreeMap::new();
    for gate in gates.iter().filter(|g| g.kind.program().is_some()) {
        if let Layer::Project { file, file_digest, .. } = &gate.layer {
            out.entry(file_digest.clone()).or_insert_with(|| match ask.store {
                _ if options.trust_commands => Ok(true),
                Some(store) => bd::ops::trust::is_trusted_digest(store, file, file_digest).map_err(|e| e.to_string()),
                None => Ok(false),
            });
        }
    }
    out
}

struct Work<'a> {
    definitions: &'a Definitions,
    ask: &'a Ask<'a>,
    options: &'a Options<'a>,
    asker: Asker<'a>,
    trusted: BTreeMap<String, std::result::Result<bool, String>>,
    seen: Seen,
}

impl Work<'_> {
    /// The verdicts of gates that are asked together; `before` are those that they need.
    fn verdicts(&self, gates: &[&Gate], before: &[Verdict]) -> Vec<Verdict> {
        let began = Instant::now();
        let keys: Vec<Key> = gates.iter().map(|gate| Key::of(gate, self.ask, &self.seen)).collect();
        let mut found: Vec<Found> = gates.iter().zip(&keys).map(|(gate, key)| self.known(gate, before, key)).collect();
        let open: Vec<usize> = (0..gates.len()).filter(|i| matches!(found[*i], Found::Nothing)).collect();
        let asked: Vec<&Gate> = open.iter().map(|i| gates[*i]).collect();
        for (i, answer) in open.into_iter().zip(self.asked_together(&asked)) {
            found[i] = Found::Now(Box::new(answer));
        }
        let seconds = began.elapsed().as_secs_f64();
        let verdict = |((gate, key), found): ((&&Gate, &Key), Found)| {
            let answer = match found {
                Found::Earlier(verdict) => return *verdict,
                Found::Now(answer) => *answer,
                Found::Nothing => Answer::new(Status::Error, "it gave no answer"),
            };
            let verdict = settle(gate, answer, key, self.options.waivers, seconds);
            cache::keep(self.ask, gate, key, &verdict);
            verdict
        };
        gates.iter().zip(&keys).zip(found).map(verdict).collect()
    }

    /// What breaks down in one gate must not take the others with it, and is no pass.
    fn asked_together(&self, gates: &[&Gate]) -> Vec<Answer> {
        if let [gate] = gates {
            let answer = catch_unwind(AssertUnwindSafe(|| self.asked(gate)));
            return vec![answer.unwrap_or_else(|panic| broken(&*panic))];
        }
        let run = Run { vars: &BTreeMap::new() };
        let all = catch_unwind(AssertUnwindSafe(|| (self.asker)(gates, self.ask, run)));
        // One by one, so that only the one that breaks down is left without an answer.
        all.unwrap_or_else(|_| gates.iter().flat_map(|gate| self.asked_together(&[gate])).collect())
    }

    fn known(&self, gate: &Gate, before: &[Verdict], key: &Key) -> Found {
        if let Some(answer) = self.without_asking(gate, before) {
            return Found::Now(Box::new(answer));
        }
        let earlier = if self.options.reuse { cache::earlier(self.ask, gate, key) } else { None };
        earlier.map_or(Found::Nothing, |verdict| Found::Earlier(Box::new(verdict)))
    }

    fn once(&self, gate: &Gate, vars: &BTreeMap<String, String>) -> Answer {
        let answer = (self.asker)(&[gate], self.ask, Run { vars }).pop();
        answer.unwrap_or_else(|| Answer::new(Status::Error, "it gave no answer"))
    }

    /// The answer where the gate need not, or must not, be asked.
    fn without_asking(&self, gate: &Gate, before: &[Verdict]) -> Option<Answer> {
        if !gate.paths.is_empty() {
            let touched = |globs: Globs| {
                let files = self.ask.files.iter();
                files.flat_map(|f| [Some(&f.path), f.old_path.as_ref()]).flatten().any(|path| globs.has(path))
            };
            match Globs::new(&gate.paths).map(touched) {
                Ok(true) => {}
                Ok(false) => return Some(Answer::new(Status::Skip, "nothing that it looks at was changed")),
                Err((_, why)) => return Some(Answer::new(Status::Error, format!("its paths cannot be used: {why}"))),
            }
        }
        for need in &gate.needs {
            let why = match before.iter().find(|v| v.gate == *need) {
                Some(verdict) if verdict.status.lets_through() => continue,
                Some(verdict) => format!("it needs `{need}`, which says {}", verdict.status),
                // What is needed is asked with it, unless it is off.
                None => format!("it needs `{need}`, which is off"),
            };
            return Some(Answer::new(Status::Error, why));
        }
        if gate.kind.program().is_some() && kinds::is_within(gate, self.ask) {
            let why = "its own program asks it again, and that would never end";
            return Some(
                Answer::new(Status::Error, why).advise("Let the program commit, push or ask gates in a repository of its own"),
            );
        }
        self.distrust(gate)
    }

    fn distrust(&self, gate: &Gate) -> Option<Answer> {
        gate.kind.program()?;
        let Layer::Project { file, file_digest, .. } = &gate.layer else { return None };
        match self.trusted.get(file_digest) {
            Some(Ok(true)) => None,
            Some(Err(why)) => Some(Answer::new(Status::Error, format!("what this clone trusts cannot be read: {why}"))),
            Some(Ok(false)) | None => {
                let why = format!("nobody trusted the commands of {file} as they are now in this clone");
                let origin = self.definitions.origin.as_deref().unwrap_or("the target");
                let advice = format!("Read the file as it is at {origin}, then `bd trust {file}`");
                Some(Answer::new(Status::Error, why).advise(advice))
            }
        }
    }

    /// Asks it: the canary first, a failed program once more where that is wanted.
    fn asked(&self, gate: &Gate) -> Answer {
        let none = BTreeMap::new();
        if !gate.canary_env.is_empty() {
            let canary = self.once(gate, &gate.canary_env);
            let names: Vec<&str> = gate.canary_env.keys().map(String::as_str).collect();
            let with = format!("with {} set", names.join(", "));
            let dead = match canary.status {
                Status::Fail => None,
                Status::Pass | Status::Skip => {
                    Some((format!("the gate is dead: it passes {with} too"), "Mend the gate, or its `canary_env`"))
                }
                Status::Error => Some((format!("its canary could not run: {}", canary.why), "The program has to run and to fail")),
            };
            if let Some((why, advice)) = dead {
                return Answer { tail: canary.tail, ..Answer::new(Status::Error, why).advise(advice) };
            }
        }
        let first = self.once(gate, &none);
        if !(gate.retry && first.status == Status::Fail) {
            return expected(gate, first);
        }
        let second = self.once(gate, &none);
        match second.status {
            Status::Pass => Answer { flaky: true, why: format!("{}, on its second run", second.why), ..second },
            _ => first,
        }
    }
}

enum Found {
    /// A verdict that still holds.
    Earlier(Box<Verdict>),
    /// An answer.
    Now(Box<Answer>),
    /// Nothing yet: it has to be asked.
    Nothing,
}

fn broken(panic: &(dyn std::any::Any + Send)) -> Answer {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Answer::new(Status::Error, format!("the gate broke down: {}", said.unwrap_or("no reason was given")))
        .advise("This is a mistake in `bd-gate`; please report it")
}

/// The red step: the tests must fail, by failing and not by being unable to run. Only a report can tell the two apart.
fn expected(gate: &Gate, answer: Answer) -> Answer {
    if gate.expect == Expect::Pass {
        return answer;
    }
    let failed = answer.counts.as_ref().filter(|c| !c.exit_code_only).map(|c| c.failed.saturating_sub(c.broken));
    match (answer.status, failed) {
        (Status::Pass, _) => {
            Answer { status: Status::Fail, why: format!("it was expected to fail, and passed: {}", answer.why), ..answer }
                .advise("Write the test that fails before the code that makes it pass")
        }
        (Status::Fail, Some(n)) if n > 0 => Answer { status: Status::Pass, why: format!("{n} tests fail, as expected"), ..answer },
        (Status::Fail, Some(_)) => Answer {
            status: Status::Error,
            why: format!("it was expected to fail by a failing test, and no test failed: {}", answer.why),
            ..answer
        },
        (Status::Fail, None) => Answer {
            status: Status::Error,
            why: "it failed, and no report says that it was by a failing test".to_owned(),
            ..answer
        }
        .advise("Name its report, like `report = \"junit:out/*.xml\"`"),
        (Status::Error | Status::Skip, _) => answer,
    }
}

/// What an answer means: waivers, severities, `block_at`.
fn settle(gate: &Gate, answer: Answer, key: &Key, waivers: &dyn Waivers, seconds: f64) -> Verdict {
    let Answer { mut status, mut why, advice, mut findings, mut waived, counts, tail, flaky, over_budget } = answer;
    let by_findings = matches!(gate.kind, Kind::Scan { .. } | Kind::Scope { .. });
    if by_findings && status == Status::Fail {
        if let Some(severity) = gate.severity {
            findings.iter_mut().for_each(|f| f.severity = severity);
        }
        findings.retain(|finding| match waivers.waives(gate, Some(finding)) {
            Some(by) => {
                waived.push(by);
                false
            }
            None => true,
        });
        let stand = findings.iter().filter(|f| f.severity >= gate.block_at).count();
        let low = findings.len() - stand;
        if stand == 0 {
            status = Status::Pass;
            why = match (low, waived.len()) {
                (0, n) => format!("nothing stands that is not waived ({n})"),
                (n, _) => format!("{n} below {} that only warn", gate.block_at),
            };
        } else if !waived.is_empty() || low > 0 {
            why = format!("{stand} from {} upwards, {low} below, {} waived", gate.block_at, waived.len());
        }
    }
    // Only a `fail`: what could not be found out is not known, and so cannot be waived.
    if status == Status::Fail {
        if let Some(by) = waivers.waives(gate, None) {
            status = Status::Pass;
            why = format!("{why}; waived by {}: {}", by.by, by.reason);
            waived.push(by);
        }
    }
    Verdict {
        gate: gate.id.clone(),
        kind: gate.kind.as_str().to_owned(),
        status,
        action: gate.action,
        why,
        advice,
        findings,
        more: 0,
        waived,
        counts,
        tail,
        flaky,
        over_budget: over_budget && status == Status::Fail,
        seconds,
        definition: key.definition.clone(),
        code: key.code.clone(),
        inputs: key.inputs.clone(),
        tool: key.tool.clone(),
        reused: false,
    }
}
