//! The lengths of source files: small files can be read whole (ARCHITECTURE, House rules 6).

use crate::Findings;
use std::path::{Path, PathBuf};

/// No file may be longer.
const MAX: usize = 800;
/// Half of the files may not be longer.
const MEDIAN: usize = 200;
/// One in twenty may be longer.
const P95: usize = 500;

pub fn check(root: &Path) -> Findings {
    let mut found = Findings::default();
    let mut files: Vec<(usize, PathBuf)> = Vec::new();
    for folder in ["bd", "gt", "hooks", "tests"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let Some(last) = files.last() else {
        found.wrong.push("no source files".to_owned());
        return found;
    };
    let (median, p95) = (files[files.len() / 2].0, files[files.len() * 95 / 100].0);
    found.report.push(format!("{} files: median {median}, p95 {p95}, longest {} lines", files.len(), last.0));
    let over = [("median", median, MEDIAN), ("p95", p95, P95)];
    found
        .report
        .extend(over.iter().filter(|o| o.1 > o.2).map(|(n, is, goal)| format!("note: {n} {is} is over the goal of {goal}")));
    for (lines, path) in files.iter().filter(|(lines, _)| *lines > MAX) {
        found
            .wrong
            .push(format!("{}: {lines} lines, at most {MAX} are allowed", path.strip_prefix(root).unwrap_or(path).display()));
    }
    found
}

fn collect(dir: &Path, files: &mut Vec<(usize, PathBuf)>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|n| n != "target") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            let lines = std::fs::read_to_string(&path).map_or(0, |t| t.lines().count());
            files.push((lines, path));
        }
    }
}
