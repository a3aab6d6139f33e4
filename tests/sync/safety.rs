use crate::records;
use bd_tests::{Sandbox, Work};

/// Everything below a folder but git's own: names and bytes.
fn bytes_of(work: &Work) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let mut folders = vec![work.dir().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|n| n == ".git") {
                continue;
            }
            match path.is_dir() {
                true => folders.push(path),
                false => out.push((path.display().to_string(), std::fs::read(&path).unwrap())),
            }
        }
    }
    out.sort();
    out
}

// goal: T10 tier0
#[test]
fn code_that_is_not_committed_or_not_pushed_stays_byte_for_byte() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    ann.commit_file("pushed.txt", "1\n");
    ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
    ann.git(&["switch", "--quiet", "--create", "private"]).ok();
    ann.commit_file("unpushed.txt", "mine\n");
    ann.write("staged.txt", "staged\n");
    ann.git(&["add", "staged.txt"]).ok();
    ann.write("staged.txt", "staged and changed\n");
    ann.write("untracked.txt", "untracked\n");
    ann.write("ignored.log", "ignored\n");
    ann.write(".git/info/exclude", "*.log\n");
    let id = ann.create("work", &[]);
    bob.create("bob's", &[]);
    bob.bd(&["sync"]).ok();
    let index = || std::fs::read(ann.path(".git/index")).unwrap();
    let heads =
        |w: &Work| w.git(&["for-each-ref", "refs/heads", "refs/tags", "refs/stash", "refs/remotes/origin/main"]).ok().to_owned();
    let before = (bytes_of(&ann), index(), ann.user_state(), heads(&ann));
    let there = remote.git(&["for-each-ref", "refs/heads/main", "refs/heads/private"]).ok().to_owned();
    for args in [
        &["sync"][..],
        &["sync"],
        &["claim", &id, "--push"],
        &["sync", "--no-push"],
        &["sync", "--dry-run"],
        &["status"],
        &["pack"],
        &["diff"],
    ] {
        ann.bd(args).ok();
        assert_eq!((bytes_of(&ann), index(), ann.user_state(), heads(&ann)), before, "{args:?}");
    }
    assert_eq!(remote.git(&["for-each-ref", "refs/heads/main", "refs/heads/private"]).ok(), there, "no code was pushed");
    assert_eq!(records(&ann).len(), 2);
}

#[test]
fn a_stale_clone_does_not_bring_a_redacted_text_back() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let id = ann.create("a bead", &["-d", "the key is hunter2"]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    let out = ann.bd(&["redact", &id, "--containing", "hunter2"]);
    assert!(out.ok().contains("Redacted 1 event"), "{out}");
    assert!(!ann.bd(&["show", &id]).ok().contains("hunter2"));
    bob.bd(&["comment", &id, "bob knows nothing of it"]).ok();
    ann.bd(&["sync"]).ok();
    for clone in [&bob, &ann, &bob] {
        clone.bd(&["sync"]).ok();
    }
    for clone in [&ann, &bob] {
        let state = clone.git(&["grep", "hunter2", "refs/beads/state"]);
        assert_eq!((state.code(), state.stdout()), (1, ""), "{}", clone.actor());
        let journal = std::fs::read_to_string(clone.beads_dir().join("journal")).unwrap_or_default();
        assert!(!journal.contains("hunter2"));
        assert!(!clone.bd(&["export"]).ok().contains("hunter2"));
        assert!(!clone.bd(&["history", &id]).ok().contains("hunter2"));
    }
    assert_eq!(remote.git(&["grep", "hunter2", "beads"]).code(), 1);
    let fresh = remote.clone_as("fresh");
    assert!(!fresh.bd(&["export"]).ok().contains("hunter2"));
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
}

// goal: T19 tier1
#[test]
fn redacting_a_removal_takes_the_text_and_does_not_bring_the_label_or_the_edge_back() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let id = ann.create("a bead", &["-l", "kept"]);
    let other = ann.create("another", &[]);
    ann.bd(&["label", "add", &id, "hunter2"]).ok();
    ann.bd(&["label", "remove", &id, "hunter2"]).ok();
    ann.bd(&["dep", "add", &id, &other]).ok();
    ann.bd(&["dep", "remove", &id, &other]).ok();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    let event = |kind: &str| {
        let all = ann.bd(&["history", &id, "--json"]).json();
        let list = all.as_array().cloned().unwrap_or_default();
        let found = list.iter().find(|e| e["do"] == kind || e["kind"] == kind).cloned();
        found.unwrap_or_else(|| panic!("no `{kind}` in {all}"))["id"].as_str().unwrap().to_owned()
    };
    let removals = [event("unlabel"), event("unlink")];
    for removal in &removals {
        ann.bd(&["redact", removal]).ok();
        assert_eq!(ann.show(&id)["labels"], serde_json::json!(["kept"]), "the removal of {removal} was taken away");
        assert_eq!(ann.bd(&["list", "--label", "hunter2", "--json"]).json(), serde_json::json!([]));
        assert!(ann.bd(&["ready", "--json"]).ok().contains(&id), "blocked again");
    }
    // Now the one that added it: nothing of the name is left anywhere.
    ann.bd(&["redact", &id, "--containing", "hunter2"]).ok();
    for clone in [&ann, &bob, &ann] {
        clone.bd(&["sync"]).ok();
    }
    for clone in [&ann, &bob] {
        assert_eq!(clone.show(&id)["labels"], serde_json::json!(["kept"]));
        assert_eq!(clone.git(&["grep", "hunter2", "refs/beads/state"]).code(), 1);
        assert!(!clone.bd(&["history", &id]).ok().contains("hunter2"));
    }
    assert_eq!(remote.git(&["grep", "hunter2", "beads"]).code(), 1);
    assert_eq!(records(&ann), records(&bob));
}
