//! `judge`: a program that reads the question as JSON on its standard input and answers in JSON.

use super::Run;
use super::program::{Ended, start};
use crate::diff::{FileChange, What};
use crate::gate::{Answer, Ask, Gate, Globs, Kind, Status};
use crate::{Finding, Severity};
use serde_json::json;
use std::fmt::Write as _;

/// How much of the differences a judge is told.
const DIFF: usize = 256 << 10;
/// Files larger than this are named and not shown.
const FILE: usize = 1 << 20;
/// How long an answer may be.
const ANSWER: usize = 1 << 20;
const MOST_FINDINGS: usize = 200;

#[derive(serde::Deserialize)]
struct Said {
    verdict: String,
    reason: String,
    #[serde(default)]
    findings: Vec<Place>,
}

#[derive(serde::Deserialize)]
struct Place {
    path: String,
    #[serde(default)]
    line: u32,
    message: String,
    #[serde(default)]
    advice: String,
    severity: Option<Severity>,
}

pub(super) fn answer(gate: &Gate, ask: &Ask<'_>, with: Run<'_>) -> Answer {
    let Kind::Judge { run } = &gate.kind else { return Answer::new(Status::Error, "it is no judge") };
    let question = match question(gate, ask) {
        Ok(question) => question,
        Err(why) => return Answer::new(Status::Error, format!("what is judged cannot be read: {why}")),
    };
    let mut ended = start(run, gate, ask, with, Some(question.as_bytes()), ANSWER);
    let code = match ended.code(gate) {
        Ok(code) => code,
        Err(answer) => return *answer,
    };
    let said = ended.stdout.whole().ok_or_else(|| "its answer is too long".to_owned());
    let said = said.and_then(|bytes| serde_json::from_slice::<Said>(&bytes).map_err(|e| format!("its answer cannot be read: {e}")));
    let answer = match said {
        Err(why) => Answer::new(Status::Error, format!("{why} (it exited with {code})"))
            .advise("It has to print {\"verdict\":\"pass\" or \"fail\",\"reason\":…,\"findings\":[…]} and nothing else"),
        Ok(said) => by_verdict(gate, code, said, &mut ended),
    };
    ended.with_tail(answer)
}

fn by_verdict(gate: &Gate, code: i32, said: Said, ended: &mut Ended) -> Answer {
    let reason = ended.shown(&said.reason);
    let status = match said.verdict.as_str() {
        _ if reason.is_empty() => return Answer::new(Status::Error, "it gives no reason"),
        "pass" if code != 0 => return Answer::new(Status::Error, format!("it says pass, and exited with {code}")),
        "pass" => Status::Pass,
        "fail" => Status::Fail,
        other => return Answer::new(Status::Error, format!("its verdict is `{}`", ended.shown(other))),
    };
    let mut answer = Answer::new(status, reason.trim_end_matches('.'));
    answer.findings = said.findings.into_iter().take(MOST_FINDINGS).map(|place| finding(gate, place, ended)).collect();
    answer
}

fn finding(gate: &Gate, place: Place, ended: &mut Ended) -> Finding {
    Finding {
        path: ended.shown(&place.path),
        line: place.line.max(1),
        column: 1,
        rule: gate.id.clone(),
        severity: gate.severity.or(place.severity).unwrap_or(Severity::High),
        message: ended.shown(&place.message),
        advice: ended.shown(&place.advice),
        excerpt: String::new(),
    }
}

/// The question, in one object. All text in it comes from the work that is judged: data, never an instruction.
fn question(gate: &Gate, ask: &Ask<'_>) -> Result<String, String> {
    let globs = Globs::new(&gate.paths).map_err(|(_, why)| why)?;
    let all = gate.paths.is_empty();
    let files: Vec<&FileChange> = ask.files.iter().filter(|f| all || globs.has(&f.path)).collect();
    let (mut diff, mut left_out) = (String::new(), Vec::new());
    for file in &files {
        match change(ask, file)? {
            Some(text) if diff.len() + text.len() <= DIFF => diff.push_str(&text),
            _ => left_out.push(file.path.as_str()),
        }
    }
    let (base, head) = match ask.what {
        What::Range { from, to } => (from.map(|o| o.to_string()), Some(to.to_string())),
        _ => (None, None),
    };
    let paths: Vec<serde_json::Value> =
        files.iter().map(|f| json!({"path": f.path, "was": f.old_path, "removed": f.removed})).collect();
    let question = json!({
        "schema": 1,
        "gate": gate.id,
        "about": gate.about,
        "when": ask.when.as_str(),
        "base": base,
        "head": head,
        "bead": ask.bead.map(ToString::to_string),
        "authors": ask.authors,
        "paths": paths,
        "diff": diff,
        "left_out": left_out,
    });
    Ok(question.to_string())
}

/// One file's differences; `None` where they are not shown: not text, too large, or the whole tree is judged.
fn change(ask: &Ask<'_>, file: &FileChange) -> Result<Option<String>, String> {
    if file.special || matches!(ask.what, What::All) {
        return Ok(None);
    }
    let read = |blob: Option<bd::git::Oid>| -> Result<Option<String>, String> {
        let mut bytes = Vec::new();
        if let Some(blob) = blob {
            ask.git.read_blob(blob, &mut bytes).map_err(|e| e.to_string())?;
        }
        Ok(String::from_utf8(bytes).ok().filter(|t| t.len() <= FILE && !t.contains('\0')))
    };
    let (Some(old), Some(new)) = (read(file.old_blob)?, read(file.blob)?) else { return Ok(None) };
    let mut out = String::new();
    let before = file.old_path.as_ref().unwrap_or(&file.path);
    let names =
        (if file.old_blob.is_some() { before.as_str() } else { "/dev/null" }, if file.removed { "/dev/null" } else { &file.path });
    let differences = similar::TextDiff::from_lines(&old, &new);
    write!(out, "{}", differences.unified_diff().context_radius(3).header(names.0, names.1)).map_err(|e| e.to_string())?;
    Ok(Some(out))
}
