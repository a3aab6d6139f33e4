//! `bd label`

use crate::store;
use serde_json::json;

#[test]
fn several_beads_several_labels() {
    let (_sandbox, ann) = store();
    let (a, b) = (ann.create("a", &[]), ann.create("b", &["-l", "x"]));
    let added = ann.bd(&["label", "add", &a, &b, "x,y", "--json"]).json();
    assert_eq!(added.as_array().unwrap().len(), 4);
    assert_eq!(added[0], json!({"status": "added", "issue_id": a, "label": "x"}));
    assert_eq!(ann.bd(&["label", "list", &b, "--json"]).json(), json!(["x", "y"]));
    assert_eq!(ann.bd(&["label", "list-all", "--json"]).json(), json!([{"label": "x", "count": 2}, {"label": "y", "count": 2}]));
    ann.bd(&["label", "remove", &a, "x"]).ok();
    assert_eq!(ann.show(&a)["labels"], json!(["y"]));
    assert_eq!(ann.show(&b)["labels"], json!(["x", "y"]), "the other bead keeps its own");
    ann.bd(&["label", "add", &a, "two\nlines"]).fails(2);
    ann.bd(&["label", "add", &a]).fails(2);
    ann.bd(&["label", "add", "t-none", "x"]).fails(2);
}
