//! docs/reference/commands.md and the pages below it. `reference` writes them, `--check` fails where one is stale.

use bd_tests::reference::render;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = bd_tests::repository_root();
    let check = std::env::args().nth(1).as_deref() == Some("--check");
    let (pages, mut wrong) = render();
    for (path, text) in pages {
        let page = root.join(&path);
        if check {
            if std::fs::read_to_string(&page).unwrap_or_default() != text {
                wrong.push(format!("{path} is stale: run `cargo run -p bd-tests --bin reference`"));
            }
            continue;
        }
        let written = page.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&page, text));
        if let Err(e) = written {
            wrong.push(format!("{path}: {e}"));
        }
    }
    let mut out = std::io::stdout().lock();
    for line in &wrong {
        let _closed = writeln!(out, "{line}");
    }
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
