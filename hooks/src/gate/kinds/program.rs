//! What the three kinds that run a program have in common.

use super::Run;
use crate::diff::What;
use crate::exec::{Cleaner, End, Program, Ran, run, variables};
use crate::gate::{Answer, Ask, Gate, Status};
use std::collections::BTreeMap;

/// How much of the end of an output stands in an answer.
const TAIL_LINES: usize = 60;
const TAIL_BYTES: usize = 6 * 1024;

/// A program that has ended, with what may be shown of it.
pub(super) struct Ended {
    pub end: End,
    pub stdout: crate::exec::Kept,
    pub all: crate::exec::Kept,
    pub clean: Cleaner,
}

/// Runs the program of a gate at the place of the ask.
pub(super) fn start(text: &str, gate: &Gate, ask: &Ask<'_>, with: Run<'_>, input: Option<&[u8]>, keep: usize) -> Ended {
    let vars = gate_variables(gate, ask, with);
    let Ran { end, stdout, all } = run(&Program { text, dir: ask.top, vars: &vars, input, limit: gate.timeout, keep });
    Ended { end, stdout, all, clean: Cleaner::new(&vars) }
}

/// The gates whose programs we run in, one a line: their ids, and where their repositories are.
const WITHIN: &str = "GATE_WITHIN";

fn name_within(gate: &Gate, ask: &Ask<'_>) -> String {
    let dir = &ask.git.paths().common_dir;
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.clone());
    format!("{} {}", gate.id, dir.display()).replace('\n', " ")
}

/// True if we run in this very gate's program.
pub fn is_within(gate: &Gate, ask: &Ask<'_>) -> bool {
    let name = name_within(gate, ask);
    ask.env.var(WITHIN).is_some_and(|all| all.lines().any(|line| line == name))
}

/// The user's variables, those of the gate, and those of a canary. What a variable of ours is not set to now is not
/// inherited from a gate that we may run in.
fn gate_variables(gate: &Gate, ask: &Ask<'_>, with: Run<'_>) -> BTreeMap<String, String> {
    let mut more = vec![
        ("GATE_ID", gate.id.clone()),
        ("GATE_WHEN", ask.when.as_str().to_owned()),
        ("GATE_TOP", ask.top.display().to_string()),
    ];
    let outer = ask.env.var(WITHIN).map(|all| format!("{all}\n")).unwrap_or_default();
    more.push((WITHIN, outer + &name_within(gate, ask)));
    if let Some(work) = &ask.git.paths().work_dir {
        more.push(("GATE_WORK_TREE", work.display().to_string()));
    }
    if let What::Range { from, to } = ask.what {
        more.extend(from.map(|from| ("GATE_BASE", from.to_string())));
        more.push(("GATE_HEAD", to.to_string()));
    }
    if let Some(bead) = ask.bead {
        more.push(("GATE_BEAD", bead.to_string()));
    }
    let mut vars = variables(ask.env, &[]);
    for name in ["GATE_BASE", "GATE_HEAD", "GATE_BEAD"] {
        vars.remove(name);
    }
    vars.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    vars.extend(with.vars.iter().map(|(name, value)| (name.clone(), value.clone())));
    vars
}

impl Ended {
    /// The exit code, or the answer where the program could not say anything.
    pub fn code(&mut self, gate: &Gate) -> Result<i32, Box<Answer>> {
        let (why, advice) = match &self.end {
            End::Exit(code @ (126 | 127)) => {
                let what = if *code == 127 { "was not found" } else { "cannot be run" };
                (format!("it exited with {code}: a program {what}"), "Install it, or mend `run`")
            }
            End::Exit(code) => return Ok(*code),
            End::Signal(signal) => (format!("it was ended by signal {signal}"), ""),
            End::TimedOut => {
                let seconds = gate.timeout.as_secs_f64();
                (
                    format!("it did not end within {seconds} s, and was ended with all that it had started"),
                    "Mend what hangs, or give it a longer `timeout`",
                )
            }
            End::NoStart(why) => (why.clone(), ""),
        };
        Err(Box::new(self.with_tail(Answer::new(Status::Error, why).advise(advice))))
    }

    /// The answer with the end of the output.
    pub fn with_tail(&mut self, mut answer: Answer) -> Answer {
        let lines = self.clean.lines(self.all.lines());
        let mut size = 0;
        let last = lines.iter().rev().take(TAIL_LINES).take_while(|line| {
            size += line.len() + 1;
            size <= TAIL_BYTES
        });
        let mut last: Vec<&str> = last.map(String::as_str).collect();
        last.reverse();
        answer.tail = last.join("\n").trim_matches('\n').to_owned();
        answer
    }

    /// A text of the program's own, as it may be shown: one line.
    pub fn shown(&mut self, text: &str) -> String {
        let line = self.clean.text(text);
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().take(500).collect()
    }
}
