//! Bad input of every kind: a clear error, the code from the table, nothing changed.

use crate::records;
use bd_tests::{Options, Sandbox, Work};
use std::os::unix::fs::PermissionsExt;

fn store() -> Work {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    ann
}

/// Everything that a command could have changed.
fn all(work: &Work) -> (String, String, Vec<u8>) {
    let refs = work.git(&["for-each-ref"]).ok().to_owned();
    (work.user_state(), refs, std::fs::read(work.beads_dir().join("journal")).unwrap_or_default())
}

// goal: X2 tier1
#[test]
fn malformed_records_are_named_by_line_and_none_is_taken() {
    let ann = store();
    ann.create("there before", &[]);
    let good = r#"{"id":"t-good","title":"good","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z"}"#;
    for (bad, say) in [
        ("{\"id\":\"t-x\",\"title\":}", "line 2, column 21"),
        ("{\"id\":\"t-x\",\"title\":", "line 2"),
        ("<<<<<<< HEAD", "line 2"),
        ("{\"id\":\"../../etc/passwd\",\"title\":\"x\"}", "line 2"),
        ("{\"id\":\"t/x\",\"title\":\"x\"}", "line 2"),
        ("[1,2]", "line 2"),
    ] {
        ann.write("in.jsonl", format!("{good}\n{bad}\n"));
        let before = all(&ann);
        let out = ann.bd(&["import", "in.jsonl"]);
        out.fails(2);
        assert!(out.stderr().contains(say), "{bad}: {}", out.stderr());
        assert_eq!(all(&ann), before, "{bad}: all or nothing");
    }
    ann.bd(&["import", "no-such-file"]).fails(2);
}

// goal: X2 tier1
#[test]
fn a_malformed_configuration_is_named_by_line_and_nothing_is_written() {
    let ann = store();
    let id = ann.create("a bead", &[]);
    for (text, say) in [
        ("version = 1\nprefix = \n", "line 2"),
        ("version = 99\n", "version 99"),
        ("[claim]\nlease = \"soon\"\n", "claim.lease"),
        ("[status]\nreview = \"asleep\"\n", "review"),
        ("prefix = \"../x\"\n", "prefix"),
    ] {
        ann.write(".beads/config.toml", text);
        ann.commit_all("a broken configuration");
        let before = all(&ann);
        let out = ann.bd(&["update", &id, "--priority", "1"]);
        out.fails(2);
        assert!(out.stderr().contains(say), "{text}: {}", out.stderr());
        assert_eq!(all(&ann), before);
    }
    // An unknown key is a warning of the doctor, not an error.
    ann.write(".beads/config.toml", "version = 1\nprefix = \"t\"\nfuture = true\n");
    ann.commit_all("from the future");
    assert!(ann.bd(&["doctor"]).ok().contains("future"));
}

// goal: X2 tier1
#[test]
fn unsafe_and_oversized_words_are_refused() {
    let ann = store();
    let id = ann.create("a bead", &[]);
    let huge = "x".repeat(1 << 20);
    ann.write("huge.txt", &huge);
    let before = all(&ann);
    for words in [
        &["create", "x", "--id", "../evil"][..],
        &["create", "x", "--id", "t/evil"],
        &["create", "x", "--id", "t-..-evil"],
        &["create", "x", "--id", "-evil"],
        &["create", "two\nlines"],
        &["create", ""],
        &["create", "x", "-p", "9"],
        &["create", "x", "-p", "high"],
        &["create", "x", "-t", "nonsense-type"],
        &["create", "x", "--due", "someday"],
        &["create", "x", "--body-file", "huge.txt"],
        &["create", "x", "--parent", "t-none"],
        &["create", "x", "--deps", "blocks:t-none"],
        &["update", &id, "--status", "sleeping"],
        &["update", &id, "--metadata", "{broken"],
        &["update", &id, "--body-file", "huge.txt"],
        &["update", &id, "--body-file", "no-such-file"],
        &["label", "add", &id, "bad\u{7}label"],
        &["dep", "add", &id, &id],
        &["comment", &id, ""],
        &["close", &id, "--outcome", "maybe"],
        &["list", "--no-such-flag"],
        &["query", "status="],
        &["--db", "/elsewhere/.beads/beads.db", "list"],
    ] {
        let out = ann.bd(words);
        let shown: Vec<&str> = words.iter().map(|w| &w[..w.len().min(40)]).collect();
        assert_eq!(out.code(), 2, "{shown:?}: {}{}", out.stdout(), out.stderr());
        assert!(!out.stderr().is_empty() && out.stderr().len() < 2000, "{shown:?} says what, shortly: {}", out.stderr());
        assert!(!out.stderr().contains('\u{1b}') && !out.stderr().contains("panicked"), "{shown:?}");
        assert_eq!(all(&ann), before, "{shown:?} changed something");
    }
}

// goal: X2 tier1
#[test]
fn places_that_are_no_place_for_beads() {
    let sandbox = Sandbox::new();
    let nowhere = sandbox.path("nowhere");
    std::fs::create_dir(&nowhere).unwrap();
    let out = sandbox.bd_in(&nowhere, "ann", &["list"]).run();
    out.fails(2);
    assert!(out.stderr().contains("git"), "{}", out.stderr());
    assert_eq!(std::fs::read_dir(&nowhere).unwrap().count(), 0);

    let bare_store = sandbox.repo("no-store");
    let out = bare_store.bd(&["list"]);
    out.fails(2);
    assert!(out.stderr().contains("bd init"));

    // Without any commit everything but rides works.
    let empty = sandbox.empty_repo("empty");
    empty.bd(&["init", "--prefix", "e"]).ok();
    let id = empty.create("in a repository without commits", &[]);
    empty.bd(&["close", &id]).ok();
    empty.bd(&["sync"]).ok();
    empty.bd(&["ride", "--all"]).fails(2);
    assert!(empty.try_rev("HEAD").is_none(), "no commit was made on the user's branch");
    assert_eq!(records(&empty)[&id]["status"], "closed");
}

// goal: X2 tier1
#[test]
fn no_git_no_identity_no_home() {
    let sandbox = Sandbox::with(Options::default());
    let ann = sandbox.repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let id = ann.create("a bead", &[]);
    // Without git on the PATH everything but the network works, and what does not says so.
    let empty = sandbox.path("empty-path");
    std::fs::create_dir(&empty).unwrap();
    let out = ann.cmd(&["list", "--json"]).env("PATH", &empty).run();
    assert!(out.succeeded() || out.stderr().contains("git"), "{}", out.stderr());
    // Nobody said who they are.
    let nobody = ann
        .cmd(&["comment", &id, "by whom?"])
        .env_remove("BD_ACTOR")
        .env_remove("USER")
        .config_remove("user.name")
        .config_remove("user.email");
    nobody.env_remove("GIT_AUTHOR_NAME").run().ok();
    let show = ann.show(&id);
    assert!(!show["comments"][0]["author"].as_str().unwrap().contains('@'), "never an address");
    ann.cmd(&["list"]).env_remove("HOME").run().ok();
}

// goal: X2 tier1
#[test]
fn a_disk_that_does_not_take_it() {
    let ann = store();
    let id = ann.create("a bead", &[]);
    let before = records(&ann);
    // Tests may run as root, for whom nothing is read-only: a folder where the journal should be refuses everybody.
    let journal = ann.beads_dir().join("journal");
    let kept = ann.beads_dir().join("journal.kept");
    std::fs::rename(&journal, &kept).unwrap();
    std::fs::create_dir(&journal).unwrap();
    let tip = ann.rev("refs/beads/state");
    for words in [&["create", "x"][..], &["update", &id, "--priority", "1"], &["close", &id]] {
        let out = ann.bd(words);
        assert_ne!(out.code(), 0, "{words:?}");
        assert!(out.stderr().contains("journal"), "it says where: {}", out.stderr());
    }
    assert_eq!(ann.rev("refs/beads/state"), tip);
    std::fs::remove_dir(&journal).unwrap();
    std::fs::rename(&kept, &journal).unwrap();
    assert_eq!(records(&ann), before);
    // A cache that cannot be written slows down and changes nothing.
    let cache = ann.beads_dir().join("cache");
    let _ = std::fs::remove_dir_all(&cache);
    std::fs::write(&cache, "in the way").unwrap();
    assert_eq!(records(&ann), before);
    ann.bd(&["update", &id, "--priority", "0"]).ok();
    assert_eq!(ann.show(&id)["priority"], 0);
    let _ = std::fs::set_permissions(ann.beads_dir(), std::fs::Permissions::from_mode(0o755));
}

// goal: X2 tier1
#[test]
fn a_clock_in_1970_or_in_2040_spoils_nothing() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let id = ann.create("a bead", &[]);
    for (now, title) in
        [("2040-01-01T00:00:00Z", "from 2040"), ("1970-01-01T00:00:00Z", "from 1970"), ("2026-04-01T00:00:00Z", "from today")]
    {
        // Whoever saw a value replaces it, whatever the clocks say.
        ann.cmd(&["update", &id, "--title", title]).now(now).run().ok();
        assert_eq!(ann.show(&id)["title"], title);
        ann.cmd(&["create", &format!("made {title}")]).now(now).run().ok();
        ann.cmd(&["sync"]).now(now).run().ok();
        bob.bd(&["sync"]).ok();
        assert_eq!(bob.show(&id)["title"], title);
    }
    assert_eq!(records(&ann), records(&bob));
    assert_eq!(records(&ann).len(), 4);
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), serde_json::json!([]), "a wrong clock is no conflict");
    ann.bd(&["doctor"]).ok();
}

// goal: X2 tier1
#[test]
fn what_is_unknown_is_kept_and_what_controls_a_terminal_is_not_sent_to_it() {
    let ann = store();
    let record = r#"{"id":"t-odd","title":"a\u0007b\u001b[31mc","created_at":"2025-01-01T00:00:00Z","schema_version":99,"zz":{"v":[1,2.50]}}"#;
    ann.write("in.jsonl", format!("{record}\n"));
    ann.bd(&["import", "in.jsonl"]).ok();
    assert!(ann.bd(&["export"]).ok().contains(r#""schema_version":99,"zz":{"v":[1,2.50]}"#), "kept byte for byte");
    for words in [&["show", "t-odd"][..], &["list"], &["ready"], &["history", "t-odd"], &["search", "a"]] {
        let out = ann.bd(words);
        assert!(!out.ok().contains(['\u{7}', '\u{1b}']), "{words:?} sends control characters: {out}");
    }
    // A remote needs git; without it the sync says so and the rest goes on.
    ann.git(&["remote", "add", "origin", "file:///nowhere"]).ok();
    let empty = ann.sandbox().path("empty");
    let before = all(&ann);
    let out = ann.cmd(&["sync"]).env("PATH", &empty).run();
    out.fails(2);
    assert!(out.stderr().contains("git") && out.stderr().contains("PATH"), "{out}");
    assert_eq!(all(&ann), before);
    ann.cmd(&["create", "without git"]).env("PATH", &empty).run().ok();
}

// goal: X1 tier1
#[test]
fn each_code_of_the_table_has_a_way_to_it() {
    let (remote, ann, bob) = Sandbox::new().two_clones();
    let id = ann.create("first", &[]);
    let blocked = ann.create("second", &["--deps", &id]);
    assert_eq!(ann.bd(&["list", "--status", "closed", "--json"]).json(), serde_json::json!([]), "an empty list is done");
    ann.bd(&["setup", "agents", "--check"]).fails(1);
    ann.bd(&["show", "t-none"]).fails(2);
    ann.bd(&["close", &blocked]).fails(3);
    ann.bd(&["create", "x", "-d", &format!("key {}", "AKIA".to_owned() + "IOSFODNN7EXAMPLQ")]).fails(4);
    crate::exchange(&[&ann, &bob]);
    ann.bd(&["claim", &id]).ok();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    bob.bd(&["claim", &id]).fails(6);
    let lock = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(ann.beads_dir().join("lock")).unwrap();
    lock.lock().unwrap();
    ann.cmd(&["create", "x"]).env("BD_LOCK_TIMEOUT", "0").run().fails(7);
    lock.unlock().unwrap();
    std::fs::rename(remote.path(), remote.path().with_extension("gone")).unwrap();
    ann.bd(&["sync"]).fails(8);
    ann.bd(&["show", &id, "t-none", "--json"]).fails(2);
}
