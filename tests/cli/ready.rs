//! `bd ready`

use crate::{ids, store};
use serde_json::json;

#[test]
fn most_urgent_first_and_nothing_that_waits() {
    let (_sandbox, ann) = store();
    let low = ann.create("low", &["-p", "3"]);
    let high = ann.create("high", &["-p", "0"]);
    let waits = ann.create("waits", &["-p", "0", "--deps", &low]);
    let later = ann.create("later", &["--defer", "2027-01-01"]);
    assert_eq!(ids(&ann.bd(&["ready", "--json"]).json()), [high.clone(), low.clone()]);
    assert_eq!(ids(&ann.bd(&["ready", "--json", "-n", "1"]).json()), [high.clone()]);
    assert!(ids(&ann.bd(&["ready", "--json", "--include-deferred"]).json()).contains(&later));
    let soon = ann.cmd(&["ready", "--json"]).now("2027-02-01T00:00:00Z").run().json();
    assert!(ids(&soon).contains(&later));
    ann.bd(&["close", &low]).ok();
    assert_eq!(ids(&ann.bd(&["ready", "--json"]).json()), [high, waits]);
}

#[test]
fn explain_names_the_rule_and_the_bead() {
    let (_sandbox, ann) = store();
    let a = ann.create("a", &[]);
    let b = ann.create("b", &["--deps", &a]);
    let child = ann.create("child", &["--parent", &b]);
    let why = ann.bd(&["ready", "--explain", &a, &b, &child, "--json"]).json();
    assert_eq!((&why[0]["ready"], &why[0]["rule"]), (&json!(true), &json!("ready")));
    assert_eq!((&why[1]["ready"], &why[1]["rule"], &why[1]["by"]), (&json!(false), &json!("blocks"), &json!(a)));
    assert_eq!((&why[2]["by"], &why[2]["via"]), (&json!(a), &json!(b)));
    assert!(ann.bd(&["ready", "--explain", &b]).ok().contains("not ready"));
    ann.bd(&["ready", "--explain", "t-none"]).fails(2);
    assert_eq!(ids(&ann.bd(&["ready", "--json"]).json()), [a]);
}
