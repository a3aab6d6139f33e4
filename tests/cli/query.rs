//! `bd query`: docs/reference/query.md, run expression by expression.

use bd_tests::{Sandbox, Work};
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../docs/reference/query.md");
const DAY_LATER: &str = "2026-03-02T12:00:00Z";

/// The words of a line, as a shell parts them; the page quotes with `"` only.
fn words(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for (place, part) in line.split('"').enumerate() {
        if place % 2 == 1 { out.push(part) } else { out.extend(part.split_whitespace()) }
    }
    out
}

fn store() -> Work {
    let ann = Sandbox::new().repo("app");
    ann.bd(&["init", "--prefix", "app"]).ok();
    let block = PAGE.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the beads");
    for line in block.lines() {
        ann.bd(&words(line)[1..]).ok();
    }
    ann
}

/// The cells of a row.
fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`').filter(|c| !c.contains('`'))
}

// goal: X3 tier1
#[test]
fn the_page_says_what_every_expression_finds() {
    let ann = store();
    let ask = |expression: &str| ann.cmd(&["query", expression, "--json"]).now(DAY_LATER).run();
    let (mut asked, mut refused) = (0, 0);
    let mut header: Vec<&str> = Vec::new();
    for line in PAGE.lines().filter(|l| !l.starts_with("|---")) {
        if !line.starts_with('|') {
            header.clear();
            continue;
        }
        let row = cells(line);
        let Some(place) = header.iter().position(|h| *h == "expression") else {
            header = row;
            continue;
        };
        let expression = code(row[place]).unwrap_or_else(|| panic!("no expression: {line}"));
        let answer = row[row.len() - 1];
        if header.last() == Some(&"finds") {
            let output = ask(expression);
            let found: BTreeSet<String> =
                output.json().as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap().to_owned()).collect();
            let expected: BTreeSet<String> = answer.split_whitespace().map(str::to_owned).collect();
            assert_eq!(found, expected, "{expression}");
            asked += 1;
        } else {
            let said = ask(expression).fails(2).json_error()["error"].as_str().unwrap().to_owned();
            assert_eq!(said, format!("query: {answer}"), "{expression}");
            refused += 1;
        }
    }
    assert!(asked > 50 && refused > 10, "{asked} expressions, {refused} errors: the tables were not read");
}

// goal: X3 tier1
#[test]
fn the_page_has_every_field_and_no_other() {
    let fields = PAGE.split("## Fields").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the fields");
    let rows: Vec<Vec<&str>> = fields.lines().filter(|l| l.starts_with("| `")).map(cells).collect();
    let listed: BTreeSet<&str> = rows.iter().filter_map(|r| code(r[0])).collect();
    assert_eq!(listed, bd::query::QUERY_FIELDS.iter().copied().collect::<BTreeSet<_>>());
    let now = DAY_LATER.parse().unwrap();
    for row in &rows {
        let expression = code(row[3]).expect("an expression");
        let name = code(row[0]).unwrap();
        let other = code(row[1]).unwrap_or(name);
        assert!(expression.starts_with(other), "the example of `{name}` shows `{other}`");
        assert!(
            bd::query::Query::parse(&format!("{name}!=none"), now).is_ok()
                || matches!(name, "priority" | "pinned" | "ephemeral" | "template")
        );
    }
}
