//! `bd show`

use crate::store;
use serde_json::json;

#[test]
fn an_array_even_for_one_with_whole_issues_around_it() {
    let (_sandbox, ann) = store();
    let parent = ann.create("parent", &["-t", "epic"]);
    let a = ann.create("a", &[]);
    let b = ann.create("b", &["--deps", &a, "--parent", &parent, "-l", "x"]);
    ann.bd(&["comment", &b, "a word"]).ok();
    let shown = ann.bd(&["show", &b, "--json"]).json();
    assert_eq!(shown.as_array().unwrap().len(), 1);
    let b_json = &shown[0];
    assert_eq!((&b_json["parent"], &b_json["labels"]), (&json!(parent), &json!(["x"])));
    assert_eq!(b_json["comments"][0]["text"], "a word");
    let dependencies: Vec<&str> = b_json["dependencies"].as_array().unwrap().iter().map(|d| d["title"].as_str().unwrap()).collect();
    assert_eq!(dependencies.len(), 2);
    assert_eq!(b_json["dependents"], json!([]));
    assert_eq!(ann.show(&a)["dependents"][0]["dependency_type"], "blocks");
    assert_eq!(ann.show(&a)["comments"], json!([]), "arrays are never null");
}

#[test]
fn a_short_name_is_enough_and_an_unclear_one_is_not() {
    let (_sandbox, ann) = store();
    let a = ann.create("a", &["--id", "t-abcd.1"]);
    ann.create("b", &["--id", "t-abce.1"]);
    let random = ann.create("c", &[]);
    let tail = random.strip_prefix("t-").unwrap();
    assert_eq!(ann.show(&tail[..4])["id"], json!(random));
    assert_eq!(ann.show(&random[..8])["id"], json!(random));
    assert_eq!(ann.show("abcd")["id"], json!(a));
    let unclear = ann.bd(&["show", "t-abc"]);
    unclear.fails(2);
    assert!(unclear.stderr().contains("t-abcd.1") && unclear.stderr().contains("t-abce.1"));
    let near = ann.bd(&["show", "t-abcf.1"]);
    near.fails(2);
    assert!(near.stderr().contains("t-abc"), "{near}");
    assert_eq!(near.stdout(), "");
}

#[test]
fn what_people_see() {
    let (_sandbox, ann) = store();
    let id = ann.create("Parse it", &["-d", "Line one\nLine two", "-p", "1", "--id", "t-1"]);
    ann.bd(&["claim", &id]).ok();
    let text = ann.bd(&["show", &id]).ok().to_owned();
    for part in ["t-1 P1 task Parse it [in_progress]", "held by", "epoch 1", "Description\n  Line one\n  Line two\n"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains('\u{1b}') && !text.contains("null"), "{text}");
    assert!(ann.bd(&["view", &id, "--short"]).ok().lines().count() == 1);
}
