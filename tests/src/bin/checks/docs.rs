//! Documents that point at something: every relative link leads to a file, every heading that a link names is there, and
//! every line `bd …` or `gt …` in a block or a sentence can be typed.

use crate::Findings;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What every checkout must have (issue 2, part 8).
const NEEDED: &[&str] = &[
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "AGENTS.md",
    "SECURITY.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "docs/goals.md",
    "docs/traceability.md",
    "docs/benchmarks.md",
    "docs/design/events.md",
    "docs/design/histories.md",
];

/// Pages whose command lines are meant to be wrong, or upstream's.
const UNREAD: &[&str] = &["docs/compat.md", "tests/cli/cases/errors.md"];

pub fn check(root: &Path) -> Findings {
    let mut found = Findings::default();
    let missing = NEEDED.iter().filter(|f| !root.join(f).is_file());
    found.wrong.extend(missing.map(|f| format!("{f} is missing")));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap_or_default();
    if !readme.contains("cargo test --workspace") {
        found.wrong.push("README.md does not name the test command that .ci/run runs".to_owned());
    }
    let mut pages = Vec::new();
    collect(root, &mut pages);
    let mut links = 0;
    for page in &pages {
        links += check_page(root, page, &mut found);
    }
    let mut lines = 0;
    for page in pages.iter().filter(|p| !UNREAD.iter().any(|u| p.ends_with(u))) {
        lines += check_lines(root, page, &mut found);
    }
    found.report.push(format!("{} pages, {links} links, {lines} command lines", pages.len()));
    found
}

fn check_page(root: &Path, page: &Path, found: &mut Findings) -> usize {
    let text = std::fs::read_to_string(page).unwrap_or_default();
    let link = Regex::new(r"\[[^\]\n]*\]\(([^()\s]+)\)").expect("a valid expression");
    let mut count = 0;
    for (number, line) in outside_code(&text) {
        for target in link.captures_iter(line).map(|c| c.get(1).map_or("", |m| m.as_str())) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            count += 1;
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { page.to_owned() } else { page.parent().unwrap_or(root).join(path) };
            let place = || format!("{}:{number}", page.strip_prefix(root).unwrap_or(page).display());
            if !file.exists() {
                found.wrong.push(format!("{}: the link `{target}` leads nowhere", place()));
            } else if !heading.is_empty() && file.extension().is_some_and(|e| e == "md") && !headings(&file).contains(heading) {
                found.wrong.push(format!("{}: there is no heading `#{heading}` in {}", place(), file.display()));
            }
        }
    }
    count
}

/// Holds the command lines of a page against the command line itself: those of blocks have to be whole, those in
/// sentences may leave out what is meant by itself.
fn check_lines(root: &Path, page: &Path, found: &mut Findings) -> usize {
    let text = std::fs::read_to_string(page).unwrap_or_default();
    let span = Regex::new(r"`((?:bd|gt)(?: [^`\n]+)?)`").expect("a valid expression");
    let mut count = 0;
    let mut hold = |number: usize, line: &str, whole: bool| {
        let line = line.replace(" …", "");
        // A form with a placeholder for the command itself, or with choices, is no line.
        let program = line.split(' ').next().unwrap_or_default();
        if ["<", "[", "COMMAND"].iter().any(|form| line.starts_with(&format!("{program} {form}"))) || line == program {
            return;
        }
        count += 1;
        if let Err(e) = understands(&line, whole) {
            let place = page.strip_prefix(root).unwrap_or(page).display();
            found.wrong.push(format!("{place}:{number}: `{line}`: {e}"));
        }
    };
    let mut fence: Option<&str> = None;
    for (n, line) in text.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(language) };
            continue;
        }
        match fence {
            None => span.captures_iter(line).for_each(|c| hold(n + 1, &c[1], false)),
            Some("sh" | "console") => {
                let line = line.trim_start().trim_start_matches("$ ");
                if line.starts_with("bd ") || line.starts_with("gt ") {
                    hold(n + 1, line.split(" #").next().unwrap_or(line).trim_end(), true);
                }
            }
            Some(_) => {}
        }
    }
    count
}

/// Reads a line as `gt` or `bd` does, or, where `bd` would hand it over, as the plugin does.
fn understands(line: &str, whole: bool) -> bd::error::Result<()> {
    if line.starts_with("gt ") {
        return gt::cli::understands(line, whole);
    }
    match bd_gate::cli::understands(line, whole) {
        Some(read) => read,
        None => bd::cli::understands(line, whole),
    }
}

/// Lines with their numbers, fenced blocks and inline code left out.
fn outside_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(n, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((n + 1, line))
    })
}

/// The anchors of a page, as forges make them: lower case, spaces to `-`, other punctuation away.
fn headings(page: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(page).unwrap_or_default();
    let anchor = |title: &str| -> String {
        let kept = title.trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    outside_code(&text).filter(|(_, l)| l.starts_with('#')).map(|(_, l)| anchor(l.trim_start_matches('#'))).collect()
}

fn collect(dir: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "target" && name != "node_modules" && !name.to_string_lossy().starts_with('.') {
                collect(&path, pages);
            }
        } else if path.extension().is_some_and(|e| e == "md") {
            pages.push(path);
        }
    }
}
