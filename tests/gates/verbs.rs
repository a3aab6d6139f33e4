//! The verbs of `bd gate` that look and that write: what they say, and that their JSON is what their schema says.

use bd_tests::schema::validate;
use bd_tests::{Sandbox, Work};
use serde_json::Value;

const GATES: &str = "# What decides here.\n[[gate]]\nid = \"tests\" # all of them\nkind = \"command\"\nrun = \"make test\"\nwhen = [\"push\"]\n\n[[gate]]\nid = \"no-sleep\"\naction = \"warn\"\n\n[[gate]]\nid = \"review\"\nkind = \"human\"\nwho = [\"bob\"]\nwhen = [\"land\"]\n";

const SLEEPS: &str = "package a\n\nimport (\n\t\"testing\"\n\t\"time\"\n)\n\nfunc TestA(t *testing.T) {\n\ttime.Sleep(time.Second)\n\tif x() != 1 {\n\t\tt.Fatal(\"x\")\n\t}\n}\n";

fn work(sandbox: &Sandbox) -> Work {
    let work = sandbox.repo("lone");
    work.bd(&["init", "--prefix", "app"]).ok();
    work.write(".beads/gates.toml", GATES);
    work.write("a_test.go", SLEEPS);
    work.commit_all("Gates");
    work
}

/// Runs a verb with `--json` and holds the output against `bd gate schema`.
fn fits(work: &Work, line: &[&str]) -> Value {
    let value = work.bd(&[&["gate"], line, &["--json"]].concat()).json();
    let schema = work.bd(&["gate", "schema", line[0]]).json();
    validate(&schema, &value).unwrap_or_else(|why| panic!("{line:?}: {why}"));
    value
}

#[test]
fn every_verb_prints_what_its_schema_says() {
    let sandbox = Sandbox::new();
    let work = work(&sandbox);
    let id = work.create("A bead", &[]);
    let mut seen: Vec<String> = Vec::new();
    let other = work.acting_as("bob");
    for (who, line) in [
        (&work, vec!["list", "--rules"]),
        (&work, vec!["show", "tests"]),
        (&work, vec!["explain"]),
        (&work, vec!["explain", "no-sleep", "--when", "land"]),
        (&work, vec!["explain", "a_test.go:9"]),
        (&work, vec!["rules"]),
        (&work, vec!["new", "lint", "--kind", "command", "--run", "make lint"]),
        (&work, vec!["waive", "no-sleep", "--reason", "no event"]),
        (&work, vec!["waivers"]),
        (&work, vec!["require", &id, "tests"]),
        (&work, vec!["require", &id]),
        (&other, vec!["accept", "review", "--bead", &id]),
        (&other, vec!["reject", "review", "--reason", "no"]),
        (&work, vec!["verdicts", "--bead", &id]),
    ] {
        fits(who, &line);
        seen.push(line[0].to_owned());
    }
    let shaped = work.bd(&["gate", "schema", "--json"]).json();
    let ours = shaped.as_array().expect("names").iter().filter_map(Value::as_str);
    let missing: Vec<&str> = ours.filter(|n| !n.starts_with("hooks ") && *n != "check" && !seen.iter().any(|s| s == n)).collect();
    assert_eq!(missing, [] as [&str; 0], "verbs with a schema that no test holds against their output");
}

#[test]
fn list_and_explain_tell_layers_overrides_trust_and_reasons() {
    let sandbox = Sandbox::new();
    let work = work(&sandbox);
    let list = fits(&work, &["list", "--rules"]);
    let gate = |id: &str| list.as_array().expect("an array").iter().find(|g| g["id"] == id).cloned().expect("the gate");
    assert_eq!((gate("no-skip")["layer"].as_str(), gate("no-sleep")["layer"].as_str()), (Some("built-in"), Some("project")));
    assert_eq!((gate("no-sleep")["action"].as_str(), gate("no-sleep")["rule"].as_str()), (Some("warn"), Some("no-sleep")));
    assert_eq!((gate("tests")["trusted"].as_bool(), gate("tests")["line"].as_u64()), (Some(false), Some(2)));
    work.bd(&["trust", ".beads/gates.toml"]).ok();
    assert_eq!(fits(&work, &["show", "tests"])["trusted"], true);

    let one = |line: &[&str]| fits(&work, line)["gates"][0].clone();
    let tests = one(&["explain", "tests"]);
    assert_eq!((tests["asked"].as_bool(), tests["overrides"].as_bool()), (Some(false), Some(false)));
    assert!(tests["because"][0].as_str().is_some_and(|b| b.contains("push, not at commit")), "{tests}");
    assert_eq!(one(&["explain", "tests", "--when", "push"])["asked"], true);
    assert_eq!(one(&["explain", "no-sleep"])["overrides"], true);
    work.bd(&["gate", "explain", "no-such-gate"]).fails(2);
    work.bd(&["gate", "explain", "../outside.go:1"]).fails(2);
    work.bd(&["gate", "explain", "--when", "never"]).fails(2);

    let found = fits(&work, &["explain", "a_test.go:9"]);
    let finding = &found["findings"][0];
    assert_eq!(
        (finding["rule"].as_str(), finding["line"].as_u64(), finding["gates"][0].as_str()),
        (Some("no-sleep"), Some(9), Some("no-sleep"))
    );
    assert!(
        finding["patterns"].as_array().is_some_and(|p| !p.is_empty()) && finding["advice"].as_str().is_some_and(|a| !a.is_empty()),
        "{finding}"
    );
    assert_eq!(fits(&work, &["explain", "a_test.go:10"])["findings"], serde_json::json!([]));
    let people = work.bd(&["gate", "explain", "a_test.go:9"]);
    for part in ["a_test.go:9", "time.Sleep(time.Second)", "instead:", "over the one that is built in"] {
        assert!(people.stdout().contains(part), "{part}: {}", people.stdout());
    }
}

#[test]
fn new_keeps_the_file_and_refuses_what_is_there_or_no_gate() {
    let sandbox = Sandbox::new();
    let work = work(&sandbox);
    let before = work.read(".beads/gates.toml");
    for bad in [
        &["tests", "--kind", "scan", "--rule", "no-skip"][..],
        &["x", "--kind", "nonsense"],
        &["x", "--kind", "command"],
        &["x", "--kind", "scan", "--rule", "no-skip", "--when", "never"],
        &["x y", "--kind", "human"],
        &["x", "--kind", "budget", "--usage", "u", "--limit", "tokens"],
    ] {
        work.bd(&[&["gate", "new"], bad].concat()).fails(2);
        assert_eq!(work.read(".beads/gates.toml"), before, "{bad:?}");
    }
    work.bd(&["--readonly", "gate", "new", "x", "--kind", "human"]).fails(2);
    work.bd(&["gate", "new", "scope", "--kind", "scope", "--deny", "infra/**", "--when", "submit,land"]).ok();
    let after = work.read(".beads/gates.toml");
    assert!(after.starts_with(&before) && after.contains("deny = [\"infra/**\"]"), "{after}");
    // The target's tree decides, not the working tree.
    work.bd(&["gate", "show", "scope"]).fails(2);
    work.commit_all("One more");
    assert!(work.bd(&["gate", "show", "scope"]).stdout().contains("infra/**"));
}

#[test]
fn a_person_answers_about_one_code_and_not_about_his_own_work() {
    let sandbox = Sandbox::new();
    let work = work(&sandbox);
    let id = work.create("A bead", &[]);
    let state = work.rev("refs/beads/state");
    work.bd(&["gate", "accept", "review", "--bead", &id]).fails(3);
    work.bd(&["gate", "accept", "tests"]).fails(2);
    work.acting_as("bob").bd(&["gate", "reject", "review", "--bead", &id]).fails(2);
    assert_eq!(work.rev("refs/beads/state"), state, "nothing was recorded");
    let said = work.acting_as("bob").bd(&["gate", "accept", "review", "--bead", &id, "--json"]).json();
    assert_eq!((said["status"].as_str(), said["by"].as_str()), (Some("pass"), Some("bob")));
    // A requirement is met by the gate's verdict, into which the answer goes, and not by the answer alone.
    work.bd(&["gate", "require", &id, "review"]).ok();
    work.bd(&["close", &id]).fails(4);
    assert_eq!(work.show(&id)["status"], "open");
}
