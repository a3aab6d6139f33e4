//! `bd conflicts`

use bd_tests::Sandbox;
use serde_json::json;

/// Two clones that changed one title without having seen each other.
fn torn() -> (Sandbox, bd_tests::Work, String) {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let id = ann.create("a", &[]);
    let before = ann.rev("refs/beads/state");
    ann.bd(&["update", &id, "--title", "ann's"]).ok();
    let mine = ann.rev("refs/beads/state");
    // Bob's clone: a copy of the state before, with its own journal.
    let bob = sandbox.path("bob");
    ann.git(&["clone", "-q", ".", &bob.display().to_string()]).ok();
    let bob = bd_tests::Work::new(sandbox.clone(), bob, "bob");
    bob.git(&["fetch", "-q", "origin", &format!("{before}:refs/beads/state")]).ok();
    bob.bd(&["update", &id, "--title", "bob's", "-p", "0"]).ok();
    ann.git(&["fetch", "-q", &bob.dir().display().to_string(), "+refs/beads/state:refs/heads/theirs"]).ok();
    // Both sets on one ref: what a sync makes of them.
    let index = ann.sandbox().path("index");
    let with = |words: &[&str]| ann.git_cmd(words).env("GIT_INDEX_FILE", &index).run();
    with(&["read-tree", &mine]).ok();
    for line in ann.git(&["ls-tree", "-r", "theirs"]).lines() {
        let (head, path) = line.split_once('\t').unwrap();
        let oid = head.split(' ').nth(2).unwrap();
        with(&["update-index", "--add", "--cacheinfo", &format!("100644,{oid},{path}")]).ok();
    }
    let tree = with(&["write-tree"]).line();
    let commit = ann.git(&["commit-tree", "-m", "both", "-p", &mine, &tree]).line();
    ann.git(&["update-ref", "refs/beads/state", &commit]).ok();
    (sandbox, ann, id)
}

#[test]
fn both_values_are_seen_until_somebody_chooses() {
    let (_sandbox, ann, id) = torn();
    let all = ann.bd(&["conflicts", "--json"]).json();
    assert_eq!((&all[0]["id"], &all[0]["conflicts"][0]["field"]), (&json!(id), &json!("title")));
    let text = ann.bd(&["conflicts"]).ok().to_owned();
    assert!(text.contains("ann's") && text.contains("bob's"), "{text}");
    assert_eq!(ann.show(&id)["conflicts"], json!(["title"]));
    assert!(ann.bd(&["list"]).ok().contains("[conflict]"));
    assert_eq!(ann.show(&id)["priority"], 0, "what only one changed is no conflict");
    let taken = all[0]["conflicts"][0]["others"][0]["event"].as_str().unwrap();
    let value = all[0]["conflicts"][0]["others"][0]["value"].clone();
    ann.bd(&["conflicts", "resolve", &id, "title", "--take", taken]).ok();
    assert_eq!(ann.show(&id)["title"], value);
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), json!([]));
    ann.bd(&["undo"]).ok();
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), json!([]), "an undo writes one value, it does not tear again");
}

#[test]
fn a_value_of_ones_own_and_what_is_refused() {
    let (_sandbox, ann, id) = torn();
    ann.bd(&["conflicts", "resolve", &id, "priority", "--value", "1"]).fails(2);
    ann.bd(&["conflicts", "resolve", &id, "title", "--take", "00000000000000000000000000"]).fails(2);
    ann.bd(&["conflicts", "resolve", &id, "title", "--value", ""]).fails(2);
    ann.bd(&["conflicts", "resolve", &id, "title"]).fails(2);
    assert_eq!(ann.bd(&["conflicts", "--json"]).json().as_array().unwrap().len(), 1);
    ann.bd(&["conflicts", "resolve", &id, "title", "--value", "ours"]).ok();
    assert_eq!(ann.show(&id)["title"], "ours");
}
