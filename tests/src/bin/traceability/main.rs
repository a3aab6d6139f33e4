//! docs/traceability.md from docs/goals.md and the marks above tests: `// goal: T05 tier0` (several: `// goal: T05 L6 tier0`,
//! a test that may be unlucky: `// goal: P3 tier1 flake=medium`; in shell scripts `# goal: …`).
//!
//! `traceability` writes the page, `--check` fails where it is stale or a goal has no test, `--tier0` prints the
//! arguments of `cargo test` and the names that the flake gate runs.

use bd_tests::traceability::{Map, render, tier0};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = bd_tests::repository_root();
    let page = root.join("docs/traceability.md");
    let map = Map::read(&root);
    let mut out = std::io::stdout().lock();
    let mut good = map.wrong.is_empty();
    for wrong in &map.wrong {
        let _closed = writeln!(out, "{wrong}");
    }
    match std::env::args().nth(1).as_deref() {
        Some("--check") => {
            if std::fs::read_to_string(&page).unwrap_or_default() != render(&map) {
                let _closed = writeln!(out, "docs/traceability.md is stale: run `cargo run -p bd-tests --bin traceability`");
                good = false;
            }
        }
        Some("--tier0") => {
            for line in tier0(&map) {
                let _closed = writeln!(out, "{line}");
            }
            good = true;
        }
        _ => {
            if let Err(e) = std::fs::write(&page, render(&map)) {
                let _closed = writeln!(out, "{}: {e}", page.display());
                good = false;
            }
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
