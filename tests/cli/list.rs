//! `bd list`, `bd children`, `bd blocked`

use crate::{ids, store};
use serde_json::json;

#[test]
fn filters_orders_and_limits() {
    let (_sandbox, ann) = store();
    let a = ann.create("alpha", &["-p", "0", "-l", "x", "-t", "bug"]);
    let b = ann.create("beta", &["-p", "1", "-l", "x,y", "-a", "bob"]);
    let c = ann.create("gamma", &["-p", "2", "-d", "needle"]);
    ann.bd(&["close", &c]).ok();
    let list = |args: &[&str]| ids(&ann.bd(&[&["list", "--json"], args].concat()).json());
    assert_eq!(list(&[]), [a.clone(), b.clone()]);
    assert_eq!(list(&["--all"]), [a.clone(), b.clone(), c.clone()]);
    assert_eq!(list(&["-s", "closed"]), [c.clone()]);
    assert_eq!(list(&["-l", "x,y"]), [b.clone()]);
    assert_eq!(list(&["--label-any", "x,y", "-r"]), [b.clone(), a.clone()]);
    assert_eq!(list(&["-t", "bug"]), [a.clone()]);
    assert_eq!(list(&["-a", "bob"]), [b.clone()]);
    assert_eq!(list(&["--no-assignee"]), [a.clone()]);
    assert_eq!(list(&["--desc-contains", "NEEDLE", "--all"]), [c]);
    assert_eq!(list(&["--sort", "title", "-n", "1"]), [a.clone()]);
    assert_eq!(list(&["--title", "bet"]), [b]);
    assert_eq!(list(&["--created-after", "2027-01-01"]), Vec::<String>::new());
    assert_eq!(list(&["--id", &a]), [a]);
    for bad in [
        &["-s", "finishd"][..],
        &["-t", "tsk"],
        &["--sort", "mood"],
        &["--label-regex", "("],
        &["--created-after", "someday"],
        &["-p", "9"],
    ] {
        let out = ann.bd(&[&["list"], bad].concat());
        out.fails(2);
        assert_eq!(out.stdout(), "");
    }
}

#[test]
fn lists_are_bounded_and_say_so() {
    let (_sandbox, ann) = store();
    let batch: String = (0..60).map(|n| format!("create \"bead number {n}\"\n")).collect();
    ann.cmd(&["batch", "-"]).stdin(batch).run().ok();
    let out = ann.bd(&["list"]).ok().to_owned();
    assert_eq!(out.lines().count(), 21);
    assert!(out.contains("40 more"), "{out}");
    assert_eq!(ann.bd(&["list", "-n", "0"]).ok().lines().count(), 60);
    let json = ann.bd(&["list", "--json"]);
    assert_eq!(ids(&json.json()).len(), 50);
    assert!(json.stderr().contains("10 more"), "a cut list of JSON says so on stderr");
    assert!(ann.bd(&["ready"]).ok().contains("40 more"));
    assert!(!ann.bd(&["list", "-n", "60"]).ok().contains("more"));
}

#[test]
fn an_empty_list_is_an_empty_array_and_exit_0() {
    let (_sandbox, ann) = store();
    for verb in ["list", "ready", "blocked", "conflicts"] {
        assert_eq!(ann.bd(&[verb, "--json"]).json(), json!([]), "{verb}");
        assert_eq!(ann.bd(&[verb]).ok(), "", "{verb}: words about nothing are talk");
    }
}

#[test]
fn blocked_names_what_it_waits_for() {
    let (_sandbox, ann) = store();
    let a = ann.create("a", &[]);
    let b = ann.create("b", &["--deps", &a]);
    let child = ann.create("child", &["--parent", &b]);
    let json = ann.bd(&["blocked", "--json"]).json();
    let rows: Vec<(String, Vec<String>)> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            (
                r["id"].as_str().unwrap().to_owned(),
                r["blocked_by"].as_array().unwrap().iter().map(|b| b.as_str().unwrap().to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(rows, [(b, vec![a.clone()]), (child, vec![a.clone()])]);
    assert_eq!(json[0]["blocked_by_count"], 1);
    ann.bd(&["close", &a]).ok();
    assert_eq!(ann.bd(&["blocked", "--json"]).json(), json!([]));
}

#[test]
fn a_tree_shows_every_row_once() {
    let (_sandbox, ann) = store();
    let a = ann.create("root", &["-p", "3"]);
    let b = ann.create("child", &["--parent", &a, "-p", "0"]);
    ann.create("grandchild", &["--parent", &b]);
    ann.create("alone", &["-p", "4"]);
    let out = ann.bd(&["list", "--tree"]).ok().to_owned();
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with('○') && lines[0].contains("root"), "{out}");
    assert!(lines[1].starts_with("└─ ") && lines[1].contains("child"), "{out}");
    assert!(lines[2].starts_with("   └─ ") && lines[3].contains("alone") && lines.len() == 4, "{out}");
    assert_eq!(ann.bd(&["list", "--tree=false", "--json"]).json().as_array().unwrap().len(), 4);
}
