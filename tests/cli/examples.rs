//! The examples of `bd help` and of the generated reference work as they stand, and no command is without one.

use bd::cli::examples::{COMMON, EXAMPLES};
use bd_tests::{Sandbox, Work};

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
    ann.git(&["switch", "--quiet", "--create", "topic"]).ok();
    for number in 1..10 {
        ann.bd(&["create", &format!("bead {number}"), "--id", &format!("app-{number}"), "-d", "a text"]).ok();
    }
    ann.bd(&["claim", "app-2"]).ok();
    ann.write("plan.txt", "comment app-2 \"in a batch\"\n");
    // A field that was changed here and in a file is a conflict.
    for (title, code) in [("bead 2", 0), ("another title", 6)] {
        let record = format!(
            "{{\"id\":\"app-2\",\"title\":\"{title}\",\"created_at\":\"2025-01-01T00:00:00Z\",\"updated_at\":\"2025-01-01T00:00:00Z\"}}\n"
        );
        ann.write("edited.jsonl", record);
        assert_eq!(ann.bd(&["import", "edited.jsonl"]).code(), code, "{title}");
        if code == 0 {
            ann.bd(&["update", "app-2", "--title", "changed here"]).ok();
        }
    }
    ann.write("issues.jsonl", "{\"id\":\"t-in\",\"title\":\"imported\",\"created_at\":\"2025-01-01T00:00:00Z\",\"updated_at\":\"2025-01-01T00:00:00Z\"}\n");
    ann
}

// goal: X3 tier1
#[test]
fn the_example_of_every_command_works() {
    let ann = store();
    let mut gate = String::new();
    for example in EXAMPLES {
        let line = example.line.replace("app-gate", &gate);
        let output = ann.bd(&words(&line)[1..]);
        let code = u8::try_from(output.code()).unwrap_or(255);
        let known = COMMON.contains(&code) || example.codes.contains(&code);
        assert!(known, "{line}: {code} is not in its list\n{}", output.stderr());
        // A question may be answered no; whatever else is shown has to work.
        assert!(code == 0 || (code == 1 && line.contains("--check")), "{line}: {code}\n{}", output.stderr());
        if example.path == "gate create" {
            gate = ann.bd(&["gate", "list", "--json"]).json()[0]["id"].as_str().expect("a wait").to_owned();
        }
    }
}

// goal: X3 tier1
#[test]
fn the_help_of_every_command_ends_with_its_example() {
    let sandbox = Sandbox::new();
    for example in EXAMPLES {
        let line: Vec<&str> = std::iter::once("help").chain(example.path.split(' ')).collect();
        let help = sandbox.bd_in(sandbox.root(), "ann", &line).run();
        assert!(help.ok().trim_end().ends_with(example.line), "bd help {}: {}", example.path, help.ok());
        assert!(!help.ok().contains("[=<>]"), "bd help {}", example.path);
        let about = bd::cli::all().find(|v| v.name == example.path).map(|v| v.about);
        assert!(about.is_none_or(|about| help.ok().starts_with(about)), "{}: {}", example.path, help.ok());
    }
}
