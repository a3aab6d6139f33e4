//! Every formula that ships is poured and driven to its end, with tests that really run.

use crate::kit::repository;
use bd_tests::{Sandbox, Work};
use serde_json::Value;

/// Values for what a formula asks for: commands run the repository's tests, everything else is a word.
fn values(work: &Work, formula: &str) -> Vec<String> {
    let shown = work.gt(&["formula", "show", formula, "--json"]).json();
    let variables = shown["variables"].as_array().cloned().unwrap_or_default();
    let mut out = Vec::new();
    for v in variables {
        let name = v["name"].as_str().unwrap_or_default().to_owned();
        let required = v["required"].as_bool() == Some(true);
        if name.contains("command") {
            let first = !out.iter().any(|o: &String| o.contains("run-tests.sh"));
            let tests = name.contains("test") && (first || required);
            let command = if tests || required { "sh run-tests.sh" } else { "" };
            out.extend(["--var".to_owned(), format!("{name}={command}")]);
        } else if required {
            let choice = v["choices"].as_array().and_then(|c| c.first()).and_then(Value::as_str).unwrap_or(if name == "version" {
                "1.2.3"
            } else {
                "search"
            });
            out.extend(["--var".to_owned(), format!("{name}={choice}")]);
        }
    }
    out
}

fn fill(work: &Work, path: &str) {
    let text = work.read(path);
    let each = |l: &str| match l {
        l if l.starts_with("<!-- JUDGE:") => format!("{l}\nRead, and it holds."),
        l if l.starts_with("recommendation = ") => "recommendation = \"APPROVE\"".to_owned(),
        l if l.starts_with("confidence = ") => "confidence = 90".to_owned(),
        l => l.to_owned(),
    };
    work.write(path, text.lines().map(each).collect::<Vec<_>>().join("\n") + "\n");
}

fn drive(work: &Work, lead: &Work, name: &str) -> usize {
    let mut commands = 0;
    for _ in 0..120 {
        let status = lead.gt(&["molecule", "status", name, "--json"]).json();
        if status["state"] == "completed" {
            return commands;
        }
        let open = status["open_steps"][0].as_str().unwrap_or_else(|| panic!("nothing is open: {status}")).to_owned();
        let steps = status["steps"].as_array().cloned().unwrap_or_default();
        let step = steps.iter().find(|s| s["id"] == open.as_str()).cloned().unwrap_or_default();
        commands += 1;
        if step["kind"] == "checkpoint" {
            work.gt(&["checkpoint", "approve", name, &open]).fails(3);
            lead.gt(&["checkpoint", "approve", name, &open]).ok();
            continue;
        }
        let seen = work.gt(&["molecule", "next", name, "--claim"]);
        let said = format!("{}{}", seen.stdout(), seen.stderr());
        if said.contains("test_fails_as_expected") {
            work.write(&format!("tests/{open}.t"), format!("test -f src/{open}.sh\n"));
            std::fs::write(work.path("red"), &open).expect("a note");
        } else if let Ok(red) = std::fs::read_to_string(work.path("red")) {
            work.write(&format!("src/{red}.sh"), "true\n");
        }
        if let Some(path) = said.lines().find_map(|l| l.split("to be judged: ").nth(1)) {
            fill(work, path.trim());
        }
        work.git(&["add", "--all"]).ok();
        work.git(&["commit", "--quiet", "--allow-empty", "--message", "Work"]).ok();
        if said.contains("to be attested") {
            work.gt(&["molecule", "attest", name, &open, "--all", "--note", "seen"]).ok();
        }
        work.gt(&["molecule", "advance", name, &open, "--note", "done"]).ok();
        let attested = work.gt(&["molecule", "status", name, "--json"]).json();
        if attested["done"] == attested["total"] && attested["state"] != "completed" {
            work.gt(&["molecule", "attest", name, "--all", "--note", "so it is"]).ok();
        }
    }
    panic!("`{name}` does not come to its end");
}

// goal: W2 W5 tier1
#[test]
fn every_formula_that_ships_comes_to_its_end() {
    let names: Vec<&str> = gt::formula::Library::built_in_names().collect();
    assert!(names.len() >= 5, "{names:?}");
    for formula in names {
        let sandbox = Sandbox::new();
        let lead = repository(&sandbox, "lone").acting_as("lea");
        let work = lead.acting_as("wes");
        let values = values(&lead, formula);
        let mut args = vec!["formula", "pour", formula, "--name", "m", "--owner", "@lea"];
        args.extend(values.iter().map(String::as_str));
        let poured = lead.gt(&args);
        assert!(poured.succeeded(), "{formula}: {}", poured.stderr());
        lead.gt(&["molecule", "trust", "m"]).ok();
        let commands = drive(&work, &lead, "m");
        assert!(commands > 2, "{formula} was over after {commands} commands");
        // What is over stays over, and its records are what the events say.
        work.gt(&["molecule", "cancel", "m", "--reason", "x"]).fails(3);
        // Where the last word was an approval, the worker's tree has still to hear of it.
        if work.gt(&["doctor"]).code() == 1 {
            work.gt(&["molecule", "record", "m", "--commit"]).ok();
        }
        let doctor = work.gt(&["doctor"]);
        assert!(doctor.succeeded(), "{formula}: {}", doctor.stdout());
        assert!(work.exists(".beads/molecules/m/M_COMPLETE.md"), "{formula}");
        assert_eq!(work.git(&["status", "--porcelain", "--", ".beads"]).stdout(), "", "{formula}");
    }
}
