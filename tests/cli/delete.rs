//! `bd delete`, `bd restore`

use crate::{events, ids, store};
use serde_json::json;

#[test]
fn a_preview_changes_nothing_and_force_writes_an_event() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &["-d", "text"]);
    let other = ann.create("b", &["--deps", &id]);
    let before = events(&ann);
    let preview = ann.bd(&["delete", &id]);
    assert!(preview.ok().contains("Would delete"));
    assert!(!preview.stderr().contains("--force"));
    assert_eq!(events(&ann), before);
    let json = ann.bd(&["delete", &id, "--force", "--reason", "dup", "--json"]).json();
    assert_eq!(json, json!({"deleted": id, "dependencies_removed": 1, "references_updated": 0}));
    assert_eq!(events(&ann), before + 1);
    assert_eq!(ids(&ann.bd(&["list", "--all", "--json"]).json()), [other.clone()]);
    assert!(ids(&ann.bd(&["ready", "--json"]).json()).contains(&other), "what is deleted blocks nothing");
    let gone = ann.bd(&["update", &id, "--title", "x"]);
    gone.fails(2);
    assert!(gone.stderr().contains("deleted"));
    ann.bd(&["restore", &id]).ok();
    let shown = ann.show(&id);
    assert_eq!((&shown["status"], &shown["description"]), (&json!("open"), &json!("text")));
    assert!(!ids(&ann.bd(&["ready", "--json"]).json()).contains(&other));
}

#[test]
fn cascade_takes_what_refers_to_it_and_files_name_beads() {
    let (_sandbox, ann) = store();
    let root = ann.create("root", &[]);
    let child = ann.create("child", &["--parent", &root]);
    let grandchild = ann.create("grandchild", &["--parent", &child]);
    let stays = ann.create("stays", &[]);
    let preview = ann.bd(&["delete", &root, "--cascade", "--json"]).json();
    assert_eq!(preview["deleted_count"], 3);
    ann.write("ids", format!("# these\n{root}\n"));
    ann.bd(&["delete", "--from-file", "ids", "--cascade", "--force"]).ok();
    assert_eq!(ids(&ann.bd(&["list", "--all", "--json"]).json()), [stays]);
    ann.bd(&["undo"]).ok();
    let back = ids(&ann.bd(&["list", "--all", "--json"]).json());
    assert!(back.contains(&grandchild) && back.len() == 4, "one command, one undo");
    ann.bd(&["delete"]).fails(2);
    ann.bd(&["delete", "t-none", "--force"]).fails(2);
}
