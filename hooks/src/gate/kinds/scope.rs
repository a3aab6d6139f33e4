//! Kind `scope`: which paths a change may touch, and how much of them.

use super::super::{Answer, Ask, Gate, Globs, Kind, Status};
use crate::diff::FileChange;
use crate::{Finding, Severity};

/// Sealed event files are transport, not work: they are in nobody's scope and everybody's change. What else is under
/// `.beads/` counts like any file.
const RIDES: &str = ".beads/events/";

/// Judges the files of the change.
pub fn answer(gate: &Gate, ask: &Ask<'_>) -> Answer {
    let Kind::Scope { allow, deny, max_files, max_lines } = &gate.kind else {
        return Answer::new(Status::Error, "this is no scope");
    };
    let (allowed, denied) = match (Globs::new(allow), Globs::new(deny)) {
        (Ok(allowed), Ok(denied)) => (allowed, denied),
        (Err((_, why)), _) | (_, Err((_, why))) => return Answer::new(Status::Error, format!("a glob cannot be used: {why}")),
    };
    let finding = |path: &str, message: String, advice: &str| Finding {
        path: path.to_owned(),
        line: 1,
        column: 1,
        rule: gate.id.clone(),
        severity: gate.severity.unwrap_or(Severity::High),
        message,
        advice: advice.to_owned(),
        excerpt: String::new(),
    };
    let mut findings = Vec::new();
    for file in ask.files {
        // A file that was moved is touched where it was as well.
        for path in [Some(&file.path), file.old_path.as_ref()].into_iter().flatten() {
            if denied.has(path) {
                findings.push(finding(path, "this path is closed to the change".to_owned(), "Take it out of the change"));
            } else if !allow.is_empty() && !allowed.has(path) && !path.starts_with(RIDES) {
                let message = "this path is outside of what the change may touch".to_owned();
                findings.push(finding(path, message, "Take it out of the change, or have its scope widened"));
            }
        }
    }
    let counted: Vec<&FileChange> = ask.files.iter().filter(|f| !f.path.starts_with(RIDES)).collect();
    if *max_files > 0 && counted.len() > *max_files {
        let message = format!("the change touches {} files; at most {max_files} are allowed", counted.len());
        findings.push(finding(&counted[*max_files].path, message, "Hand it in in parts"));
    }
    if *max_lines > 0 {
        match added(ask, &counted) {
            Ok(lines) if lines > *max_lines as u64 => {
                let path = counted.first().map_or("", |f| f.path.as_str());
                let message = format!("the change adds {lines} lines; at most {max_lines} are allowed");
                findings.push(finding(path, message, "Hand it in in parts"));
            }
            Ok(_) => {}
            Err(why) => return Answer::new(Status::Error, format!("the added lines cannot be counted: {why}")),
        }
    }
    let mut out = match findings.len() {
        0 => Answer::new(Status::Pass, format!("{} files, all of them in scope", counted.len())),
        n => Answer::new(Status::Fail, format!("{n} places outside of the scope")),
    };
    out.findings = findings;
    out
}

/// How many lines the change adds.
fn added(ask: &Ask<'_>, files: &[&FileChange]) -> Result<u64, String> {
    let mut total = 0;
    for file in files.iter().filter(|f| !f.removed && !f.special) {
        total += match file.lines.count() {
            Some(count) => count,
            None => lines_of(&super::content(ask, file)?),
        };
    }
    Ok(total)
}

fn lines_of(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', bytes).count() as u64;
    ends + u64::from(bytes.last().is_some_and(|b| *b != b'\n'))
}
