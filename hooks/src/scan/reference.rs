//! docs/reference/rules.md, made from the rules themselves.

use super::kinds::KINDS;
use super::names::CHECK_NAMES;
use super::rule::{Example, Rule};
use std::fmt::Write as _;

const HEAD: &str = "# Rules

Generated from `hooks/rules/*.toml` (`cargo test -p bd-gate the_page_of_the_rules` fails where it is stale and says how it is made
anew). A rule looks at code: what is in a comment or in a string is passed over, except where the rule is about just that. In a
hook and for a range only added lines are judged; what stands around them is read from the whole file.

A line is let through by a comment in it, or directly above it, that names the rule and says why:
`// gate:allow no-sleep -- the driver needs 20 ms between resets`. Without a reason nothing is let through.

A project changes a rule with a file in `.beads/rules/` that has the `id` of the rule and only the keys that are different, and adds
one with an `id` of its own. The keys are those of the files in `hooks/rules/`; expressions are those of the Rust crate `regex`.
With `replace = true` nothing of the rule of the same `id` stays.

";

/// The page.
pub fn render(rules: &[Rule]) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("| rule | severity | languages | where | |\n|---|---|---|---|---|\n");
    for rule in rules {
        let _ = writeln!(
            out,
            "| [{0}](#{0}) | {1} | {2} | {3} | {4} |",
            rule.id,
            severities(rule),
            languages(rule),
            if rule.only_tests { "tests" } else { "all files" },
            rule.message
        );
    }
    out.push('\n');
    for rule in rules {
        one(&mut out, rule);
    }
    out.push_str("## What a test is\n\nA file is a test, or a helper of tests, by its path or by what its first lines import. ");
    out.push_str("In Rust and C++ a block of tests in a file of something else is one too.\n\n| language | paths |\n|---|---|\n");
    for (name, globs) in KINDS.paths() {
        let globs: Vec<String> = globs.iter().map(|g| format!("`{g}`")).collect();
        let _ = writeln!(out, "| {name} | {} |", globs.join(" "));
    }
    let _ = write!(
        out,
        "\nFiles below these are none: {}.\n\n",
        KINDS.not().iter().map(|g| format!("`{g}`")).collect::<Vec<_>>().join(" ")
    );
    out.push_str("## Names in formulas\n\n| check | rule |\n|---|---|\n");
    for (check, rule) in CHECK_NAMES {
        let _ = writeln!(out, "| `{check}` | [{rule}](#{rule}) |");
    }
    out
}

fn one(out: &mut String, rule: &Rule) {
    let _ = write!(out, "## {}\n\n{}.\n\n", rule.id, sentence(&rule.message));
    let _ = write!(
        out,
        "* Severity: {}.\n* Languages: {}; {}.\n",
        severities(rule),
        languages(rule),
        if rule.only_tests { "only tests" } else { "all files" }
    );
    if let Some(max) = rule.max_bytes {
        let _ = writeln!(out, "* Limit: {max} bytes.");
    }
    if !rule.generated {
        out.push_str("* Generated files are not judged.\n");
    }
    if rule.binary {
        out.push_str("* Files that are no text (a NUL byte in their first 8 000) are judged too.\n");
    }
    let _ = write!(out, "* Do instead: {}.\n\n", rule.advice);
    let shown = |e: &&Example| !e.finds.is_empty() && e.code.lines().count() <= 12;
    if let Some(example) = rule.examples.iter().find(shown).filter(|_| !rule.hide) {
        let lines: Vec<String> = example.finds.iter().map(u32::to_string).collect();
        let noun = if lines.len() == 1 { "line" } else { "lines" };
        let _ = write!(out, "In `{}` this is found in {noun} {}:\n\n", example.path, lines.join(", "));
        for line in example.code.lines() {
            let _ = writeln!(out, "{}", format!("    {line}").trim_end());
        }
        out.push('\n');
    }
}

fn severities(rule: &Rule) -> String {
    let others = rule.patterns.iter().filter_map(|p| p.severity).chain(rule.contexts.iter().filter_map(|c| c.severity));
    let mut others: Vec<_> = others.filter(|s| *s != rule.severity).collect();
    others.sort_unstable_by(|a, b| b.cmp(a));
    others.dedup();
    let mut out = rule.severity.to_string();
    for (i, other) in others.iter().enumerate() {
        let _ = write!(out, "{}{other}", if i == 0 { "; by its surroundings " } else { " or " });
    }
    out
}

fn languages(rule: &Rule) -> String {
    let names = rule.languages.names();
    if !names.is_empty() {
        return names.join(", ");
    }
    let mut names: Vec<&str> = Vec::new();
    for pattern in &rule.patterns {
        if pattern.languages.is_every() {
            return "all".to_owned();
        }
        names.extend(pattern.languages.names());
    }
    let mut sorted: Vec<&str> =
        crate::lang::Lang::ALL.into_iter().map(crate::lang::Lang::name).filter(|n| names.contains(n)).collect();
    if sorted.is_empty() {
        sorted.push("all");
    }
    sorted.join(", ")
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
