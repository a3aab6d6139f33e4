//! `bd dep`

use crate::{events, ids, store};
use serde_json::json;

#[test]
fn add_remove_list_and_tree() {
    let (_sandbox, ann) = store();
    let (a, b, c) = (ann.create("a", &[]), ann.create("b", &[]), ann.create("c", &[]));
    let added = ann.bd(&["dep", "add", &a, &b, "--json"]).json();
    assert_eq!(added, json!({"status": "added", "issue_id": a, "depends_on_id": b, "type": "blocks"}));
    ann.bd(&["dep", "add", &b, "--blocked-by", &c, "-t", "blocks"]).ok();
    let before = events(&ann);
    assert!(ann.bd(&["dep", "add", &a, &b]).stderr().contains("already"));
    assert_eq!(events(&ann), before, "adding it again writes nothing");
    let tree = ann.bd(&["dep", "tree", &a, "--json"]).json();
    assert_eq!(ids(&tree), [a.clone(), b.clone(), c.clone()]);
    assert_eq!((&tree[2]["depth"], &tree[2]["parent_id"]), (&json!(2), &json!(b)));
    assert_eq!(ids(&ann.bd(&["dep", "list", &b, "--direction", "up", "--json"]).json()), [a.clone()]);
    let removed = ann.bd(&["dep", "remove", &a, &b, "--json"]).json();
    assert_eq!(removed, json!({"status": "removed", "issue_id": a, "depends_on_id": b}));
    assert_eq!(ann.bd(&["dep", "list", &a, "--json"]).json(), json!([]));
    ann.bd(&["dep", "remove", &a, &b]).fails(2);
}

#[test]
fn circles_and_what_is_not_there_are_refused() {
    let (_sandbox, ann) = store();
    let (a, b) = (ann.create("a", &[]), ann.create("b", &[]));
    ann.bd(&["dep", "add", &a, &b]).ok();
    let before = events(&ann);
    let out = ann.bd(&["dep", "add", &b, &a]);
    out.fails(2);
    assert!(out.stderr().contains("->"), "the circle is named: {out}");
    for line in [
        &["dep", "add", &a, &a][..],
        &["dep", "add", &a, "t-none"],
        &["dep", "add", &a, &b, "-t", "parent_child"],
        &["dep", "add", &a],
        &["dep"],
        &["dep", "add", &a, "external:x"],
    ] {
        assert_eq!(ann.bd(line).code(), 2, "{line:?}");
    }
    assert_eq!(events(&ann), before);
    assert_eq!(ann.bd(&["dep", "cycles", "--json"]).json(), json!([]));
    ann.bd(&["dep", "add", &a, "external:project:capability"]).ok();
    ann.bd(&["dep", "add", &b, &a, "-t", "related"]).ok();
}

#[test]
fn relations_go_both_ways() {
    let (_sandbox, ann) = store();
    let (a, b) = (ann.create("a", &[]), ann.create("b", &[]));
    ann.bd(&["dep", "relate", &a, &b]).ok();
    for (one, other) in [(&a, &b), (&b, &a)] {
        let list = ann.bd(&["dep", "list", one, "--json"]).json();
        assert_eq!((ids(&list), &list[0]["dependency_type"]), (vec![other.clone()], &json!("relates-to")));
    }
    assert_eq!(ann.bd(&["ready", "--json"]).json().as_array().unwrap().len(), 2, "a relation blocks nothing");
    ann.bd(&["dep", "unrelate", &b, &a]).ok();
    assert_eq!(ann.bd(&["dep", "list", &a, "--direction", "both", "--json"]).json(), json!([]));
    ann.bd(&["dep", "unrelate", &b, &a]).fails(2);
}
