//! Reads a file of definitions (`.beads/gates.toml`, and our own `hooks/gates/built-in.toml`): every problem with its place.

use super::problem::{Problem, Problems, Wrong};
use super::read::{COMMON, Reader, of_kind};
use super::{Action, Expect, Gate, Kind, Layer, When};
use crate::Severity;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::time::Duration;
use toml_edit::{Document, Table};

/// The version of the file that this program knows.
const VERSION: i64 = 1;
/// The words for the kinds.
pub const KINDS: [&str; 7] = ["command", "scan", "scope", "judge", "budget", "human", "external"];
/// What a budget can limit.
pub const LIMITS: [&str; 3] = ["tokens", "cost", "seconds"];
/// The longest id.
pub const MAX_ID: usize = 80;

/// One `[[gate]]` before it is completed by what it overrides.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub id: String,
    pub table: Table,
    pub at: Range<usize>,
    pub digest: String,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(super) struct File<'a> {
    pub name: &'a str,
    pub text: &'a str,
    pub drafts: Vec<Draft>,
}

/// Reads a file; only what concerns one table or all of them is judged here, values are by [`complete`].
pub(super) fn read<'a>(name: &'a str, text: &'a str, warnings: &mut Vec<Problem>) -> Result<File<'a>, Problems> {
    let doc = Document::parse(text.to_owned()).map_err(|e| {
        let why = e.message().lines().collect::<Vec<_>>().join(", ");
        Problems(vec![Problem::at(name, text, e.span(), Wrong::Syntax, why)])
    })?;
    let json: serde_json::Value = toml_edit::de::from_str(text)
        .map_err(|e| Problems(vec![Problem::at(name, text, e.span(), Wrong::Syntax, e.message().to_owned())]))?;
    let mut problems = Vec::new();
    let mut drafts: Vec<Draft> = Vec::new();
    let at = |span, wrong, message: String| Problem::at(name, text, span, wrong, message);
    for (key, item) in doc.iter() {
        let span = doc.as_table().key(key).and_then(toml_edit::Key::span);
        match key {
            "version" if item.as_integer() == Some(VERSION) => {}
            "version" => problems.push(
                at(
                    item.span(),
                    Wrong::Value,
                    format!("`version` is {}; this program knows version {VERSION}", item.to_string().trim()),
                )
                .hint("Install a newer `bd-gate`"),
            ),
            "gate" => match item.as_array_of_tables() {
                Some(tables) => {
                    for (number, table) in tables.iter().enumerate() {
                        let digest = bd::ops::verdicts::definition_digest(&json["gate"][number]);
                        match draft(name, text, table, digest, &drafts) {
                            Ok(draft) => drafts.push(draft),
                            Err(problem) => problems.push(*problem),
                        }
                    }
                }
                None => problems.push(
                    at(span, Wrong::Value, "`gate` is no list of tables".to_owned()).hint("Each gate begins with `[[gate]]`"),
                ),
            },
            // How long waivers hold: `waivers::Longest`.
            "waivers" => {}
            _ => warnings.push(
                at(span, Wrong::Key, format!("`{}` means nothing here", key.escape_debug()))
                    .meant(key, ["gate", "version", "waivers"]),
            ),
        }
    }
    if problems.is_empty() { Ok(File { name, text, drafts }) } else { Err(Problems(problems)) }
}

fn draft(name: &str, text: &str, table: &Table, digest: String, before: &[Draft]) -> Result<Draft, Box<Problem>> {
    let at = table.span().unwrap_or(0..0);
    let item = table.get("id");
    let problem = |wrong, message: String, hint: &str| {
        let span = item.map_or_else(|| Some(at.clone()), toml_edit::Item::span);
        Box::new(Problem::at(name, text, span, wrong, message).hint(hint))
    };
    let Some(id) = item else {
        return Err(problem(Wrong::Missing, "this gate has no `id`".to_owned(), "Give it one, like `id = \"tests\"`"));
    };
    let id = id.as_str().ok_or_else(|| problem(Wrong::Value, "`id` is no text".to_owned(), ""))?;
    if !is_id(id) {
        let hint = format!("An id is 1 to {MAX_ID} letters, digits, `-`, `_` or `.`, and begins with a letter or digit");
        return Err(problem(Wrong::Id, format!("`{}` cannot be the id of a gate", id.escape_debug()), &hint));
    }
    if let Some(first) = before.iter().find(|d| d.id == id) {
        let line = Problem::at(name, text, Some(first.at.clone()), Wrong::Duplicate, "").line;
        let message = format!("there are two gates `{id}`; the first is in line {line}");
        return Err(problem(Wrong::Duplicate, message, "Give one of them another id"));
    }
    Ok(Draft { id: id.to_owned(), table: table.clone(), at, digest })
}

/// True for a name that can stand in a path, a shell and a report.
pub fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && !text.contains("..")
}

/// SHA-256 in hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Makes a gate of a draft and of what it overrides, key by key. A draft of another kind overrides nothing: it takes the
/// place of the other.
pub(super) fn complete(
    file: &File<'_>,
    draft: &Draft,
    base: Option<&Draft>,
    layer: Layer,
    warnings: &mut Vec<Problem>,
) -> Result<Gate, Vec<Problem>> {
    let word = |t: &Table| t.get("kind").and_then(|k| k.as_str()).map(str::to_owned);
    let base = base.filter(|base| word(&draft.table).is_none_or(|own| word(&base.table) == Some(own)));
    let mut r = Reader::new(file.name, file.text, &draft.table, base.map(|b| &b.table), draft.at.clone());
    let kind = kind(&mut r);
    let is_scan = matches!(kind, Some(Kind::Scan { .. } | Kind::Scope { .. }));
    let when = r.words("when", When::ALL, When::parse);
    if when.as_ref().is_none_or(Vec::is_empty) && !r.has_problem("when") {
        let all: Vec<&str> = When::ALL.iter().map(|w| w.as_str()).collect();
        r.problem(
            "when",
            Wrong::Missing,
            "this gate is asked at no moment: `when` is missing or empty",
            &format!("Name moments out of {}", all.join(", ")),
        );
    }
    let severities = || Severity::ALL.as_slice();
    let severity = r.word("severity", severities(), Severity::parse);
    let block_at = r.word("block_at", severities(), Severity::parse).unwrap_or(Severity::High);
    let expect = r.word("expect", &[Expect::Pass, Expect::Fail], |t| match t {
        "pass" => Some(Expect::Pass),
        "fail" => Some(Expect::Fail),
        _ => None,
    });
    let gate = Gate {
        id: draft.id.clone(),
        about: r.text("about").unwrap_or_default(),
        when: when.unwrap_or_default(),
        action: r.word("action", Action::ALL, Action::parse).unwrap_or(Action::Block),
        severity,
        block_at,
        paths: r.globs("paths"),
        needs: r.list("needs").unwrap_or_default(),
        expect: expect.unwrap_or_default(),
        canary_env: r.variables("canary_env"),
        timeout: r.duration("timeout").unwrap_or(Duration::from_secs(if is_scan { 10 } else { 600 })),
        retry: r.flag("retry"),
        layer,
        digest: draft.digest.clone(),
        kind: kind.unwrap_or(Kind::Human { who: Vec::new() }),
    };
    contradictions(&mut r, &gate);
    unknown(&mut r, gate.kind.as_str(), warnings);
    if r.problems.is_empty() { Ok(gate) } else { Err(r.problems) }
}

fn kind(r: &mut Reader<'_>) -> Option<Kind> {
    let word = r.need("kind")?;
    Some(match word.as_str() {
        "command" => {
            let (run, report) = (r.need("run").unwrap_or_default(), r.text("report"));
            if let Some(Err(why)) = report.as_deref().map(crate::results::Report::parse) {
                r.problem("report", Wrong::Value, &why, "Write it like `report = \"junit:out/*.xml\"`");
            }
            Kind::Command { run, report }
        }
        "scan" => Kind::Scan { rule: r.need("rule").unwrap_or_default() },
        "scope" => {
            let (allow, deny) = (r.globs("allow"), r.globs("deny"));
            let (max_files, max_lines) = (r.count("max_files"), r.count("max_lines"));
            if allow.is_empty() && deny.is_empty() && max_files == 0 && max_lines == 0 && r.problems.is_empty() {
                r.problem(
                    "kind",
                    Wrong::Missing,
                    "this scope allows everything",
                    "Set `allow`, `deny`, `max_files` or `max_lines`",
                );
            }
            Kind::Scope { allow, deny, max_files, max_lines }
        }
        "judge" => Kind::Judge { run: r.need("run").unwrap_or_default() },
        "external" => Kind::External { run: r.need("run").unwrap_or_default() },
        "human" => Kind::Human { who: r.list("who").unwrap_or_default() },
        "budget" => Kind::Budget { usage: r.path("usage").unwrap_or_default(), limits: r.limits("limits") },
        other => {
            r.unknown_word("kind", other, &KINDS);
            return None;
        }
    })
}

fn contradictions(r: &mut Reader<'_>, gate: &Gate) {
    let is_command = matches!(gate.kind, Kind::Command { .. });
    if gate.expect == Expect::Fail && !is_command {
        r.problem(
            "expect",
            Wrong::Contradiction,
            "only a command can be expected to fail",
            "Leave `expect` out, or make it a gate of kind command",
        );
    }
    if gate.expect == Expect::Fail && !gate.canary_env.is_empty() {
        r.problem(
            "canary_env",
            Wrong::Contradiction,
            "a gate that is expected to fail cannot be proven by a canary",
            "Leave one of them out",
        );
    }
    if gate.expect == Expect::Fail && gate.retry {
        r.problem(
            "retry",
            Wrong::Contradiction,
            "a gate that is expected to fail is not run again because it failed",
            "Leave one of them out",
        );
    }
    for key in ["retry", "canary_env"] {
        let set = if key == "retry" { gate.retry } else { !gate.canary_env.is_empty() };
        if set && gate.kind.program().is_none() {
            r.problem(
                key,
                Wrong::Contradiction,
                &format!("a gate of kind {} runs no program", gate.kind.as_str()),
                &format!("Leave `{key}` out"),
            );
        }
    }
    if gate.needs.contains(&gate.id) {
        r.problem("needs", Wrong::Circle, &format!("`{}` needs itself", gate.id), "Take it out of `needs`");
    }
}

/// Keys that mean nothing: said, and kept in the digest, so that a later version that knows them asks again.
fn unknown(r: &mut Reader<'_>, kind: &str, warnings: &mut Vec<Problem>) {
    let known: Vec<&str> = COMMON.iter().chain(of_kind(kind)).copied().collect();
    for (key, _) in r.own.iter().filter(|(key, _)| !known.contains(key)) {
        let span = r.own.key(key).and_then(toml_edit::Key::span);
        let elsewhere = KINDS.iter().find(|k| of_kind(k).contains(&key));
        let message = match elsewhere {
            Some(other) => format!("`{key}` means nothing for a gate of kind {kind}; it is a key of kind {other}"),
            None => format!("`{}` means nothing", key.escape_debug()),
        };
        let problem = Problem::at(r.file, r.text, span, Wrong::Key, message);
        warnings.push(if elsewhere.is_some() { problem } else { problem.meant(key, known.iter().copied()) });
    }
}

/// What concerns all gates together: needs that are there, no circles.
pub(super) fn check_needs(gates: &[Gate], place: &dyn Fn(&Gate, Wrong, String) -> Problem) -> Vec<Problem> {
    let by_id: BTreeMap<&str, &Gate> = gates.iter().map(|g| (g.id.as_str(), g)).collect();
    let mut problems = Vec::new();
    for gate in gates {
        for need in gate.needs.iter().filter(|n| !by_id.contains_key(n.as_str())) {
            let message = format!("`{}` needs `{}`, and there is no such gate", gate.id, need.escape_debug());
            problems.push(place(gate, Wrong::Need, message).meant(need, by_id.keys().copied()));
        }
    }
    // Found once, from the gate of the circle that comes first.
    let mut done: Vec<&str> = Vec::new();
    for gate in gates {
        let mut path: Vec<&str> = Vec::new();
        if let Some(circle) = circle(gate, &by_id, &mut path, &mut done) {
            let names: Vec<String> = circle.iter().map(|n| format!("`{n}`")).collect();
            problems.push(
                place(gate, Wrong::Circle, format!("gates need each other: {}", names.join(" needs ")))
                    .hint("Take one out of a `needs`"),
            );
        }
    }
    problems
}

fn circle<'a>(
    gate: &'a Gate,
    all: &BTreeMap<&'a str, &'a Gate>,
    path: &mut Vec<&'a str>,
    done: &mut Vec<&'a str>,
) -> Option<Vec<&'a str>> {
    if let Some(at) = path.iter().position(|id| *id == gate.id) {
        let mut found = path[at..].to_vec();
        found.push(&gate.id);
        return Some(found);
    }
    if done.contains(&gate.id.as_str()) {
        return None;
    }
    path.push(&gate.id);
    // A gate that needs itself was named already.
    let needs = gate.needs.iter().filter(|n| **n != gate.id).filter_map(|n| all.get(n.as_str()));
    let found = needs.into_iter().find_map(|need| circle(need, all, path, done));
    path.pop();
    done.push(&gate.id);
    found
}
