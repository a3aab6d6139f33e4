//! The checks of `.ci/run` that are neither tests nor cargo's own: `checks deps|sizes|docs`.

mod deps;
mod docs;
mod sizes;

use std::io::Write;
use std::process::ExitCode;

/// What a check has to say: a report for people, and what is wrong.
#[derive(Default)]
pub struct Findings {
    /// Printed in any case.
    pub report: Vec<String>,
    /// Each one fails the check.
    pub wrong: Vec<String>,
}

fn main() -> ExitCode {
    let root = bd_tests::repository_root();
    let which = std::env::args().nth(1).unwrap_or_default();
    let found = match which.as_str() {
        "deps" => deps::check(&root),
        "sizes" => sizes::check(&root),
        "docs" => docs::check(&root),
        _ => Findings { wrong: vec!["usage: checks deps|sizes|docs".to_owned()], ..Findings::default() },
    };
    let mut out = std::io::stdout().lock();
    for line in found.report.iter().chain(found.wrong.iter()) {
        let _closed = writeln!(out, "{line}");
    }
    if found.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
