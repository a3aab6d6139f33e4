//! The session in README.md is what `bd` really prints. Ids, times and commits differ from run to run; everything else is
//! compared to the letter.

use bd_tests::Sandbox;
use regex::Regex;
use std::collections::HashMap;

/// The commands of one console block, counted from 1, with what follows each.
fn session(readme: &str, number: usize) -> Vec<(String, String)> {
    let block = readme.split("```console\n").nth(number).and_then(|rest| rest.split("```").next()).expect("a console block");
    let mut out: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), out.last_mut()) {
            (Some(command), _) => out.push((command.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => panic!("output before the first command: {line}"),
        }
    }
    out
}

/// Words as a shell parts them; the README quotes with `"` only.
fn words(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (place, part) in line.split('"').enumerate() {
        if place % 2 == 1 {
            out.push(part.to_owned());
        } else {
            out.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    out
}

// goal: X3 tier1
#[test]
fn the_session_in_the_readme_is_real() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("README.md");
    let id = Regex::new(r"app-[0-9a-z]{4,12}\b").unwrap();
    let rest = Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\dZ|\([0-9a-f]{10}\)").unwrap();
    let ann = Sandbox::new().repo("app").acting_as("ann");
    // The README's short name of a bead, and the real one.
    let mut real: HashMap<String, String> = HashMap::new();
    let commands = session(&readme, 1);
    assert!(commands.len() >= 8, "the session shows the main path");
    for (command, expected) in commands {
        let line = id.replace_all(&command, |found: &regex::Captures<'_>| {
            real.get(&found[0]).unwrap_or_else(|| panic!("`{}` stands in a command before it was created", &found[0])).clone()
        });
        let line = words(&line);
        let args: Vec<&str> = line.iter().skip(1).map(String::as_str).collect();
        let output = ann.bd(&args);
        let actual = output.ok().to_owned();
        if let (Some(shown), Some(made)) = (id.find(&expected), id.find(&actual)) {
            if actual.starts_with("Created ") {
                real.insert(shown.as_str().to_owned(), made.as_str().to_owned());
            }
        }
        let plain = |text: &str, names: &dyn Fn(&str) -> String| {
            let text = rest.replace_all(text, "(varies)");
            id.replace_all(&text, |found: &regex::Captures<'_>| names(&found[0])).trim_end().to_owned()
        };
        // A whole id in place of a short one is the same bead.
        let by_real = |name: &str| {
            let shown = real.iter().find(|(_, made)| name.starts_with(made.as_str()));
            shown.map_or_else(|| name.to_owned(), |(shown, _)| shown.clone())
        };
        let by_shown = |name: &str| {
            let shown = real.keys().find(|shown| name.starts_with(shown.as_str()));
            shown.map_or_else(|| name.to_owned(), Clone::clone)
        };
        assert_eq!(plain(&actual, &by_real), plain(&expected, &by_shown), "$ {command}\nin the README is not what is printed");
    }
}

/// What the README's second session stands on: a test that skips, sleeps and is staged.
const QUEUE: &str = r#"package queue

import (
	"testing"
	"time"
)

func TestDrains(t *testing.T) {
	q := New()
	go q.Drain()
	if testing.Short() {
		t.Skip("flaky")
	}

	time.Sleep(50 * time.Millisecond)
	if q.Len() != 0 {
		t.Fatal("left over")
	}
}
"#;

// goal: G1 tier1
#[test]
fn the_gates_of_the_readme_are_real() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("README.md");
    let ann = Sandbox::new().repo("app").acting_as("ann");
    ann.write("queue/queue_test.go", QUEUE);
    ann.git(&["add", "--all"]).ok();
    let before = ann.rev("HEAD");
    for (command, expected) in session(&readme, 2) {
        let line = words(&command);
        let args: Vec<&str> = line.iter().skip(1).map(String::as_str).collect();
        let output = if line[0] == "git" { ann.git(&args) } else { ann.bd(&args) };
        assert_eq!(output.succeeded(), line[0] != "git", "$ {command}\n{output}");
        let shown = format!("{}{}", output.stdout(), output.stderr());
        assert_eq!(shown.trim_end(), expected.trim_end(), "$ {command}\nin the README is not what is printed");
    }
    assert_eq!(ann.rev("HEAD"), before, "what a gate refuses is no commit");
}
