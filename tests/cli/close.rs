//! `bd close`, `bd reopen`

use crate::{events, ids, store};
use serde_json::json;

#[test]
fn outcome_reason_and_the_claim_ends() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &[]);
    ann.bd(&["claim", &id]).ok();
    let json = ann.bd(&["close", &id, "-r", "did not work", "--outcome", "failed", "--json"]).json();
    assert_eq!(
        (&json[0]["status"], &json[0]["outcome"], &json[0]["close_reason"]),
        (&json!("closed"), &json!("failed"), &json!("did not work"))
    );
    assert!(json[0]["closed_at"].is_string() && json[0].get("assignee").is_none(), "{json}");
    let before = events(&ann);
    ann.bd(&["close", &id]).ok();
    assert_eq!(events(&ann), before, "closing what is closed changes nothing");
    ann.bd(&["close", &id, "--outcome", "sort-of"]).fails(2);
    ann.bd(&["reopen", &id]).ok();
    let shown = ann.show(&id);
    assert!(shown["status"] == "open" && shown.get("outcome").is_none() && shown.get("close_reason").is_none(), "{shown}");
}

#[test]
fn blockers_children_pins_and_templates_speak_against_it() {
    let (_sandbox, ann) = store();
    let blocker = ann.create("blocker", &[]);
    let blocked = ann.create("blocked", &["--deps", &blocker]);
    let parent = ann.create("parent", &["-t", "epic"]);
    let child = ann.create("child", &["--parent", &parent]);
    let pinned = ann.create("pinned", &[]);
    ann.bd(&["update", &pinned, "--pin"]).ok();
    for (id, word) in [(&blocked, "blocker"), (&parent, "children"), (&pinned, "pinned")] {
        let out = ann.bd(&["close", id]);
        out.fails(3);
        assert!(out.stderr().contains(word) && !out.stderr().contains("--force"), "{out}");
        assert_eq!(ann.show(id)["status"], "open");
    }
    ann.bd(&["close", &blocked, "--outcome", "cancelled"]).ok();
    // Child and parent in one command are one step, in either order of naming only where it makes sense.
    ann.bd(&["close", &child, &parent]).ok();
    let forced = ann.bd(&["close", &pinned, "--force"]);
    forced.ok();
    assert!(forced.stderr().contains("although"));
    assert!(ann.bd(&["history", &pinned]).ok().contains("forced"), "the event records it");
}

#[test]
fn what_comes_next() {
    let (_sandbox, ann) = store();
    let first = ann.create("first", &["-p", "0"]);
    let next = ann.create("next", &["--deps", &first]);
    let other = ann.create("other", &["-p", "3"]);
    let json = ann.bd(&["close", &first, "--suggest-next", "--json"]).json();
    assert_eq!((ids(&json["closed"]), ids(&json["unblocked"])), (vec![first], vec![next.clone()]));
    let json = ann.bd(&["close", &next, "--claim-next", "--json"]).json();
    assert_eq!(json["claimed"]["id"], json!(other));
    assert_eq!(ann.show(&other)["assignee"], "ann");
}

#[test]
fn continue_walks_through_a_molecule() {
    let (_sandbox, ann) = store();
    let molecule = ann.create("molecule", &["-t", "molecule"]);
    let one = ann.create("one", &["-t", "step", "--parent", &molecule]);
    let two = ann.create("two", &["-t", "step", "--parent", &molecule, "--deps", &one]);
    let json = ann.bd(&["close", &one, "--continue", "--json"]).json();
    assert_eq!(json["continue"]["next_step"]["id"], json!(two));
    assert_eq!(json["continue"]["auto_advanced"], true);
    assert_eq!(ann.show(&two)["status"], "in_progress");
    let json = ann.bd(&["close", &two, "--continue", "--json"]).json();
    assert_eq!((&json["continue"]["molecule_complete"], &json["continue"]["molecule_id"]), (&json!(true), &json!(molecule)));
    assert_eq!(ann.show(&molecule)["status"], "open", "the molecule itself is for its owner to close");
}
