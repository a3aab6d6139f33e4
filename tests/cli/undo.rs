//! `bd undo`

use crate::{events, ids, store};
use bd_tests::Work;
use serde_json::{Value, json};

/// The record without what an undo may change: when, and the number that never falls.
fn record(work: &Work, id: &str) -> Value {
    let mut shown = work.show(id);
    for key in ["updated_at", "claim"] {
        shown.as_object_mut().unwrap().remove(key);
    }
    shown
}

#[test]
fn every_kind_goes_back_to_what_was() {
    let (_sandbox, ann) = store();
    let (other, parent) = (ann.create("other", &[]), ann.create("parent", &[]));
    let id = ann.create("a", &["-d", "text", "-l", "x,y", "--notes", "n", "--metadata", r#"{"k":1}"#]);
    ann.bd(&["dep", "add", &id, &other, "-t", "related"]).ok();
    for line in [
        &["update", &id, "--title", "b", "-p", "0", "-d", "", "--add-label", "z", "--remove-label", "x"][..],
        &["update", &id, "--set-metadata", "k=2", "--unset-metadata", "k"],
        &["update", &id, "--parent", &parent, "--append-notes", "more"],
        &["label", "add", &id, "q"],
        &["label", "remove", &id, "y"],
        &["dep", "remove", &id, &other],
        &["dep", "add", &id, &parent],
        &["comment", &id, "a word"],
        &["note", &id, "a note"],
        &["claim", &id],
        &["close", &id, "-r", "works"],
        &["update", &id, "-s", "in_progress"],
        &["delete", &id, "--force", "--reason", "no"],
    ] {
        let before = record(&ann, &id);
        ann.bd(line).ok();
        let after = record(&ann, &id);
        assert_ne!(after, before, "{line:?} changed nothing");
        ann.bd(&["undo"]).ok();
        assert_eq!(record(&ann, &id), before, "undo of {line:?}");
        ann.bd(&["undo"]).ok();
        assert_eq!(record(&ann, &id)["status"], after["status"], "undo of the undo of {line:?}");
        ann.bd(&["undo"]).ok();
        assert_eq!(record(&ann, &id), before, "and back, {line:?}");
        assert_eq!(ann.bd(&["conflicts", "--json"]).json(), json!([]));
    }
    let made = ann.create("made by mistake", &[]);
    ann.bd(&["undo"]).ok();
    assert!(!ids(&ann.bd(&["list", "--all", "--json"]).json()).contains(&made));
    assert!(ann.bd(&["history", &id]).ok().contains("a word"), "nothing leaves the history");
}

#[test]
fn what_was_replaced_since_is_refused_and_nothing_is_written() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &[]);
    ann.bd(&["update", &id, "--title", "ann's", "-p", "1"]).ok();
    bob.bd(&["update", &id, "--title", "bob's"]).ok();
    let before = events(&ann);
    let out = ann.bd(&["undo"]);
    out.fails(6);
    assert!(out.stderr().contains("bob") && out.stderr().contains("title"), "{out}");
    assert_eq!(events(&ann), before);
    assert_eq!((&ann.show(&id)["title"], &ann.show(&id)["priority"]), (&json!("bob's"), &json!(1)));
    let label = ann.create("b", &["-l", "x"]);
    ann.bd(&["label", "remove", &label, "x"]).ok();
    ann.bd(&["undo", &label]).ok();
    assert_eq!(ann.show(&label)["labels"], json!(["x"]));
}

#[test]
fn one_event_can_be_named_and_a_dry_run_writes_nothing() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &[]);
    ann.bd(&["update", &id, "-p", "0"]).ok();
    ann.bd(&["update", &id, "--title", "b"]).ok();
    let event = ann.bd(&["history", &id, "--json"]).json()[1]["id"].as_str().unwrap().to_owned();
    let before = events(&ann);
    assert!(ann.bd(&["undo", &event, "--dry-run"]).ok().contains("priority"));
    assert_eq!(events(&ann), before);
    ann.bd(&["undo", &event]).ok();
    assert_eq!((&ann.show(&id)["priority"], &ann.show(&id)["title"]), (&json!(2), &json!("b")));
    ann.bd(&["undo", &event]).fails(6);
    ann.bd(&["undo", "00000000000000000000000000"]).fails(2);
    ann.acting_as("nobody").bd(&["undo"]).fails(2);
}

#[test]
fn the_fencing_number_never_falls() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &[]);
    ann.bd(&["claim", &id]).ok();
    ann.bd(&["undo"]).ok();
    assert_eq!(ann.show(&id)["status"], "open");
    ann.acting_as("bob").bd(&["claim", &id]).ok();
    assert_eq!(ann.show(&id)["claim"]["epoch"], 2);
    ann.bd(&["close", &id, "--epoch", "1"]).fails(6);
}
