//! `bd history`

use crate::store;
use serde_json::json;

#[test]
fn every_event_with_what_it_changed_from_what() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let other = ann.create("other", &[]);
    let id = ann.create("a", &["-l", "x"]);
    bob.bd(&["update", &id, "--title", "b", "-p", "0"]).ok();
    ann.bd(&["claim", &id]).ok();
    ann.bd(&["comment", &id, "a word"]).ok();
    ann.bd(&["dep", "add", &id, &other, "-t", "related"]).ok();
    ann.bd(&["close", &id, "-r", "works"]).ok();
    let all = ann.bd(&["history", &id, "--json"]).json();
    let all = all.as_array().unwrap();
    let kinds: Vec<&str> = all.iter().map(|e| e["do"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["create", "set", "claim", "comment", "link", "close"]);
    assert_eq!(all[1]["changes"][0], json!({"field": "title", "old": "a", "new": "b"}));
    assert_eq!((&all[1]["by"], &all[3]["text"]), (&json!("bob"), &json!("a word")));
    let text = ann.bd(&["history", &id]).ok().to_owned();
    assert!(text.contains("title: a -> b") && text.contains("bob changed") && text.contains("works"), "{text}");
    assert!(!text.contains("other"), "other beads' events are theirs");
    assert_eq!(ann.bd(&["history", &id, "-n", "2", "--json"]).json().as_array().unwrap().len(), 2);
    ann.bd(&["history", "t-none"]).fails(2);
}

#[test]
fn a_long_text_that_changed_is_shown_by_its_changed_lines() {
    let (_sandbox, ann) = store();
    let lines = |third: &str| format!("one\ntwo\n{third}\nfour\nfive\nsix\nseven\n\neight");
    let id = ann.create("a", &["-d", &lines("three")]);
    ann.bd(&["update", &id, "-d", &lines("drei")]).ok();
    let text = ann.bd(&["history", &id]).ok().to_owned();
    let changed = text.split("changed").nth(1).unwrap_or_default();
    for line in ["- three", "+ drei", "  two", "  five"] {
        assert!(changed.contains(&format!("      {line}\n")), "{line} in {text}");
    }
    assert!(!changed.contains("seven") && !changed.contains("- one"), "what did not change is shown again: {text}");
}
