//! `bd update`

use crate::{events, store};
use serde_json::json;

#[test]
fn one_command_is_one_event_and_nothing_changed_is_none() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &["-l", "old,keep", "-d", "text"]);
    let before = events(&ann);
    ann.bd(&[
        "update",
        &id,
        "--title",
        "b",
        "-p",
        "0",
        "--add-label",
        "new",
        "--remove-label",
        "old",
        "-t",
        "bug",
        "--due",
        "+2d",
        "-e",
        "5",
    ])
    .ok();
    assert_eq!(events(&ann), before + 1);
    let shown = ann.show(&id);
    assert_eq!((&shown["title"], &shown["priority"], &shown["issue_type"]), (&json!("b"), &json!(0), &json!("bug")));
    assert_eq!(shown["labels"], json!(["keep", "new"]));
    let out = ann.bd(&["update", &id, "--title", "b", "-p", "0", "--add-label", "new", "--remove-label", "old"]);
    assert!(out.ok().contains("Unchanged"));
    assert_eq!(events(&ann), before + 1);
    ann.bd(&["update", &id, "--description", "", "--due", "", "--set-labels", "only"]).ok();
    let shown = ann.show(&id);
    assert!(shown.get("description").is_none() && shown.get("due_at").is_none());
    assert_eq!(shown["labels"], json!(["only"]));
}

#[test]
fn metadata_by_key_and_as_a_whole() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &["--metadata", r#"{"z":1,"y":[2]}"#]);
    ann.bd(&["update", &id, "--set-metadata", "k=v", "--set-metadata", "n=3", "--unset-metadata", "z"]).ok();
    assert_eq!(ann.show(&id)["metadata"], json!({"y": [2], "k": "v", "n": 3}));
    assert_eq!(ann.bd(&["list", "--metadata-field", "k=v", "--json"]).json().as_array().unwrap().len(), 1);
    assert_eq!(ann.bd(&["list", "--has-metadata-key", "z", "--json"]).json(), json!([]));
    ann.bd(&["update", &id, "--metadata", r#"{"new":true}"#]).ok();
    assert_eq!(ann.show(&id)["metadata"], json!({"new": true}));
    assert!(!ann.bd(&["show", &id, "--json"]).ok().contains("metadata."), "keys are one object in the record");
    ann.bd(&["update", &id, "--set-metadata", "novalue"]).fails(2);
}

#[test]
fn status_by_update_follows_the_rules_of_close_and_reopen() {
    let (_sandbox, ann) = store();
    let blocker = ann.create("blocker", &[]);
    let id = ann.create("a", &["--deps", &blocker]);
    ann.bd(&["update", &id, "-s", "closed"]).fails(3);
    assert_eq!(ann.show(&id)["status"], "open");
    ann.bd(&["update", &blocker, "-s", "closed"]).ok();
    ann.bd(&["update", &id, "-s", "closed"]).ok();
    assert_eq!(ann.show(&id)["outcome"], "done");
    ann.bd(&["update", &id, "-s", "in_progress"]).ok();
    let shown = ann.show(&id);
    assert!(shown["status"] == "in_progress" && shown.get("outcome").is_none() && shown.get("closed_at").is_none(), "{shown}");
    let unknown = ann.bd(&["update", &id, "-s", "finishd"]);
    unknown.fails(2);
    assert!(unknown.stderr().contains("in_progress") && unknown.stderr().contains("config.toml"));
    ann.bd(&["update", &id, "-s", "tombstone"]).fails(2);
}

#[test]
fn a_claim_goes_with_its_holders_assignment_and_stays_under_anothers() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &[]);
    assert_eq!(ann.bd(&["update", &id, "--claim", "--json"]).json()[0]["assignee"], "ann");
    bob.bd(&["update", &id, "--claim"]).fails(6);
    let out = bob.bd(&["update", &id, "--assignee", "carol"]);
    out.ok();
    assert!(out.stderr().contains("ann still holds it"));
    assert_eq!(ann.show(&id)["assignee"], "ann");
    ann.bd(&["update", &id, "--assignee", "bob", "-s", "open"]).ok();
    assert_eq!(ann.show(&id)["assignee"], "bob");
    bob.bd(&["claim", &id]).ok();
    bob.bd(&["update", &id, "-s", "open"]).ok();
    ann.bd(&["update", &id, "--epoch", "1", "--title", "late"]).fails(6);
    assert_eq!(ann.show(&id)["title"], "a");
}

#[test]
fn another_actors_text_is_named_or_refused_and_notes_add_up() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &["-d", "ann's words"]);
    let out = bob.bd(&["update", &id, "-d", "bob's words"]);
    out.ok();
    assert!(out.stderr().contains("ann wrote"), "{out}");
    assert!(!bob.bd(&["update", &id, "-d", "bob's words, again"]).stderr().contains("wrote"));
    ann.bd(&["update", &id, "--append-notes", "one"]).ok();
    bob.bd(&["update", &id, "--append-notes", "two"]).ok();
    assert_eq!(ann.show(&id)["notes"], "one\ntwo");
    let out = ann.bd(&["update", &id, "--notes", "instead"]);
    assert!(out.stderr().contains("bob"), "the notes of others count as their text: {out}");
    assert_eq!(ann.show(&id)["notes"], "instead");
    ann.write(".beads/config.toml", format!("{}\n[guard]\nreplace = \"refuse\"\n", ann.read(".beads/config.toml")));
    ann.commit_all("guard");
    let refused = ann.bd(&["update", &id, "-d", "mine again"]);
    refused.fails(6);
    assert_eq!(ann.show(&id)["description"], "bob's words, again");
    assert!(ann.bd(&["history", &id]).ok().contains("ann's words"), "nothing is out of reach");
    ann.bd(&["update", &id, "-d", "mine again", "--replace"]).ok();
}

#[test]
fn a_parent_is_replaced_and_circles_are_refused() {
    let (_sandbox, ann) = store();
    let (one, two) = (ann.create("one", &[]), ann.create("two", &[]));
    let id = ann.create("child", &["--parent", &one]);
    ann.bd(&["update", &id, "--parent", &two]).ok();
    assert_eq!(ann.show(&id)["parent"], json!(two));
    assert_eq!(ann.bd(&["children", &one, "--json"]).json(), json!([]));
    let out = ann.bd(&["update", &two, "--parent", &id]);
    out.fails(2);
    assert!(out.stderr().contains("circle"));
    ann.bd(&["update", &id, "--parent", ""]).ok();
    assert!(ann.show(&id).get("parent").is_none());
}

#[test]
fn several_ids_are_judged_one_by_one_in_one_commit() {
    let (_sandbox, ann) = store();
    let (one, two) = (ann.create("one", &[]), ann.create("two", &[]));
    let before = ann.git(&["rev-list", "--count", "refs/beads/state"]).line();
    let out = ann.bd(&["update", &one, "t-none", &two, "-p", "0", "--json"]);
    out.fails(2);
    assert_eq!(out.json_error()["id"], "t-none");
    let done: serde_json::Value = serde_json::from_str(out.stdout()).unwrap();
    assert_eq!(crate::ids(&done), [one, two]);
    let after = ann.git(&["rev-list", "--count", "refs/beads/state"]).line();
    assert_eq!(after.parse::<u32>().unwrap(), before.parse::<u32>().unwrap() + 1);
}
