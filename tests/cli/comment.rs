//! `bd comment`, `bd comments`, `bd note`

use crate::store;

#[test]
fn comments_add_up_and_keep_their_text() {
    let (_sandbox, ann) = store();
    let bob = ann.acting_as("bob");
    let id = ann.create("a", &[]);
    let one = ann.bd(&["comment", &id, "first line\nsecond  line", "--json"]).json();
    assert_eq!((&one["text"], &one["author"]), (&"first line\nsecond  line".into(), &"ann".into()));
    bob.cmd(&["comments", "add", &id, "-f", "-"]).stdin("from a pipe\n").run().ok();
    ann.bd(&["comment", &id, "several", "words"]).ok();
    let all = ann.bd(&["comments", &id, "--json"]).json();
    let texts: Vec<&str> = all.as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["first line\nsecond  line", "from a pipe", "several words"]);
    for line in [&["comment", &id, " "][..], &["comment", &id], &["comment", "t-none", "x"]] {
        ann.bd(line).fails(2);
    }
    ann.cmd(&["comment", &id, "-"]).stdin("").run().fails(2);
    assert_eq!(ann.bd(&["comments", &id, "--json"]).json().as_array().unwrap().len(), 3);
}

#[test]
fn notes_stand_below_the_field_and_replace_nothing() {
    let (_sandbox, ann) = store();
    let id = ann.create("a", &["--notes", "zero"]);
    ann.bd(&["note", &id, "one"]).ok();
    ann.acting_as("bob").bd(&["note", &id, "two"]).ok();
    assert_eq!(ann.show(&id)["notes"], "zero\none\ntwo");
    ann.bd(&["note", &id, ""]).fails(2);
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
}
