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
