//! `bd create`, `bd q`

use crate::{events, ids, store};
use serde_json::json;

#[test]
fn every_flag_lands_in_the_record() {
    let (_sandbox, ann) = store();
    let parent = ann.create("parent", &["-t", "epic"]);
    let other = ann.create("other", &[]);
    let deps = format!("discovered-from:{parent},{other}");
    let made = ann
        .bd(&[
            "create",
            "All of it",
            "-t",
            "feat",
            "-p",
            "P0",
            "-d",
            "text",
            "--design",
            "how",
            "--acceptance",
            "when",
            "--notes",
            "n",
            "-a",
            "bob",
            "-l",
            "b,a",
            "--labels",
            "c",
            "--parent",
            &parent,
            "--deps",
            &deps,
            "--external-ref",
            "gh-9",
            "--spec-id",
            "docs/x.md",
            "-e",
            "30",
            "--due",
            "2026-04-01",
            "--defer",
            "+1d",
            "--metadata",
            r#"{"k":{"n":9007199254740993}}"#,
            "--mol-type",
            "work",
            "--json",
        ])
        .json();
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("t-") && id.len() == 14, "{id}");
    for (key, value) in [
        ("title", json!("All of it")),
        ("issue_type", json!("feature")),
        ("priority", json!(0)),
        ("description", json!("text")),
        ("design", json!("how")),
        ("acceptance_criteria", json!("when")),
        ("notes", json!("n")),
        ("assignee", json!("bob")),
        ("labels", json!(["a", "b", "c"])),
        ("external_ref", json!("gh-9")),
        ("spec_id", json!("docs/x.md")),
        ("estimated_minutes", json!(30)),
        ("due_at", json!("2026-04-01T23:59:59.999Z")),
        ("mol_type", json!("work")),
        ("status", json!("open")),
        ("created_by", json!("ann")),
    ] {
        assert_eq!(made[key], value, "{key}");
    }
    assert_eq!(made["metadata"]["k"]["n"], json!(9_007_199_254_740_993_u64));
    let shown = ann.show(id);
    let kinds: Vec<&str> =
        shown["dependencies"].as_array().unwrap().iter().map(|d| d["dependency_type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 3);
    assert_eq!(shown["parent"], json!(parent));
}

#[test]
fn what_cannot_be_stored_is_refused_and_leaves_nothing() {
    let (_sandbox, ann) = store();
    ann.create("one", &[]);
    let before = events(&ann);
    let long = "x".repeat(501);
    ann.write("huge", "x".repeat((256 << 10) + 1));
    for line in [
        &["create"][..],
        &["create", ""],
        &["create", "a\nb"],
        &["create", &long],
        &["create", "x", "-p", "5"],
        &["create", "x", "-p", "high"],
        &["create", "x", "-t", "tsk"],
        &["create", "x", "--deps", "t-none"],
        &["create", "x", "--deps", "blocs:t-none"],
        &["create", "x", "--parent", "t-none"],
        &["create", "x", "--due", "someday"],
        &["create", "x", "-e", "-5"],
        &["create", "x", "--id", "../up"],
        &["create", "x", "--id", "_memory"],
        &["create", "x", "--id", "a/b"],
        &["create", "x", "--prefix", "A b"],
        &["create", "x", "--metadata", "[1]"],
        &["create", "x", "--metadata", "{"],
        &["create", "x", "--status", "closed"],
        &["create", "x", "--body-file", "huge"],
        &["create", "x", "--body-file", "no-such-file"],
        &["create", "x", "--key", " "],
    ] {
        let out = ann.bd(line);
        out.fails(2);
        assert_eq!(out.stdout(), "", "{out}");
    }
    assert!(ann.bd(&["create", "x", "-t", "tsk"]).stderr().contains("task"));
    let empty = ann.cmd(&["create", "x", "--body-file", "-"]).stdin("").run();
    empty.fails(2);
    assert!(empty.stderr().contains("empty"));
    assert_eq!(events(&ann), before);
    assert_eq!(ann.bd(&["create", "y", "-d", "- a list", "--json"]).json()["description"], "- a list");
    let piped = ann.cmd(&["create", "x", "-d", "-", "--json"]).stdin("from a pipe\n").run().json();
    assert_eq!(piped["description"], "from a pipe\n");
}

#[test]
fn a_secret_is_refused_without_showing_it_or_a_way_around() {
    let (_sandbox, ann) = store();
    let secret = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    for line in [&["create", "x", "-d", &secret][..], &["create", &secret]] {
        let out = ann.bd(line);
        out.fails(4);
        assert!(!out.stderr().contains(&secret) && !out.stderr().contains("--") && !out.stderr().contains("not-a-secret"), "{out}");
    }
    assert_eq!(ann.bd(&["list", "--json"]).json(), json!([]));
    ann.create("x", &["-d", &format!("{secret} (not-a-secret)")]);
}

#[test]
fn one_key_is_one_bead_and_a_chosen_id_is_not_taken_twice() {
    let (_sandbox, ann) = store();
    let first = ann.create("nightly", &["--key", "nightly-2026"]);
    let again = ann.create("nightly, again", &["--key", "nightly-2026"]);
    assert_eq!(first, again);
    assert_eq!(ann.show(&first)["title"], "nightly");
    assert_ne!(ann.create("x", &["--key", "another"]), first);
    assert_eq!(ann.create("chosen", &["--id", "t-mine.1"]), "t-mine.1");
    let before = events(&ann);
    ann.bd(&["create", "again", "--id", "t-mine.1"]).fails(6);
    assert_eq!(events(&ann), before);
}

#[test]
fn a_dry_run_and_a_missing_section_write_nothing() {
    let (_sandbox, ann) = store();
    assert!(ann.bd(&["create", "x", "--dry-run"]).ok().contains("Would create"));
    let out = ann.bd(&["create", "x", "-t", "bug", "--validate", "-d", "broken"]);
    out.fails(2);
    assert!(out.stderr().contains("Steps to Reproduce"));
    assert_eq!(ann.bd(&["list", "--json"]).json(), json!([]));
    let good = "## Steps to Reproduce\n1. x\n## Acceptance Criteria\nworks\n";
    ann.create("x", &["-t", "bug", "--validate", "-d", good]);
}

#[test]
fn q_and_silent_print_the_id_alone() {
    let (_sandbox, ann) = store();
    let q = ann.bd(&["q", "quick", "-p", "0"]).line();
    let silent = ann.bd(&["new", "silent", "--silent"]).line();
    assert_eq!(ids(&ann.bd(&["list", "--json"]).json()), [q.clone(), silent]);
    assert_eq!(ann.show(&q)["priority"], 0);
}

#[test]
fn an_ephemeral_bead_is_not_on_the_state_ref() {
    let (_sandbox, ann) = store();
    ann.create("shared", &[]);
    let before = ann.rev("refs/beads/state");
    let id = ann.create("only here", &["--ephemeral"]);
    assert_eq!(ann.rev("refs/beads/state"), before);
    assert_eq!(ann.show(&id)["ephemeral"], true);
    assert!(!ids(&ann.bd(&["ready", "--json"]).json()).contains(&id));
    ann.bd(&["update", &id, "--persistent"]).ok();
    assert_ne!(ann.rev("refs/beads/state"), before);
}

#[test]
fn a_plan_makes_all_of_its_beads_or_none() {
    let (_sandbox, ann) = store();
    let there = ann.create("there", &[]);
    let plan = format!(
        "# The plan\n\n## First\nPriority: 0\nLabels: x\n\nWhat and why.\n\n### Design\nHow.\n\n## Second\nType: bug\nDependencies: First, related:{there}\n\nText.\n"
    );
    let made = ann.cmd(&["create", "-f", "-", "-l", "all", "--json"]).stdin(plan).run().json();
    let ids = ids(&made);
    assert_eq!((&made[0]["priority"], &made[0]["design"], &made[0]["labels"]), (&json!(0), &json!("How."), &json!(["all", "x"])));
    let second = ann.show(&ids[1]);
    let targets: Vec<&str> = second["dependencies"].as_array().unwrap().iter().map(|d| d["id"].as_str().unwrap()).collect();
    assert!(targets.contains(&ids[0].as_str()) && targets.contains(&there.as_str()), "{second}");
    let before = events(&ann);
    assert!(ann.cmd(&["create", "-f", "-", "--dry-run"]).stdin("## Only said\n").run().ok().contains("Would create"));
    for bad in ["## A\n\nok\n\n## B\nType: tsk\n", "## A\nDependencies: t-none\n", "no bead in it\n", "## A\nDependencies: A\n"] {
        ann.write("plan.md", bad);
        let out = ann.bd(&["create", "-f", "plan.md"]);
        out.fails(2);
        assert_eq!(events(&ann), before, "{bad}");
    }
}
