//! Deletion, removal, poverty, obedience, repair.

use crate::{exchange, ids, records};
use bd_tests::Sandbox;

// goal: T14 tier0
#[test]
fn t14_a_zombie_clone_brings_nothing_back() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let doomed = ann.create("doomed", &[]);
    exchange(&[&ann, &bob]);
    let zombie = remote.clone_as("zombie");
    zombie.bd(&["list"]).ok();
    // Sixty days pass: the bead is deleted, everything is packed.
    ann.cmd(&["delete", &doomed, "--force"]).now("2026-03-01T00:00:00Z").run().ok();
    ann.bd(&["sync"]).ok();
    ann.bd(&["pack"]).ok();
    ann.bd(&["sync"]).ok();
    zombie.bd(&["update", &doomed, "--title", "edited without knowing"]).ok();
    zombie.bd(&["sync"]).ok();
    exchange(&[&ann, &bob]);
    for work in [&ann, &bob, &zombie] {
        assert!(!ids(&work.bd(&["list", "--all", "-n", "0", "--json"]).json()).contains(&doomed), "it does not come back");
        assert_eq!(records(work)[&doomed]["status"], "tombstone");
        let conflicts = work.bd(&["conflicts", "--json"]).json().to_string();
        assert!(
            conflicts.contains(&doomed) && conflicts.contains("edited without knowing"),
            "the edit is kept, visibly: {conflicts}"
        );
    }
}

// goal: T15 tier0
#[test]
fn t15_a_removed_edge_stays_removed() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let x = ann.create("x", &[]);
    let y = ann.create("y", &[]);
    ann.bd(&["dep", "add", &x, &y]).ok();
    exchange(&[&ann, &bob]);
    ann.bd(&["dep", "remove", &x, &y]).ok();
    bob.bd(&["update", &x, "--title", "x, renamed"]).ok();
    for order in [[&ann, &bob], [&bob, &ann], [&ann, &bob]] {
        exchange(&order);
        for work in order {
            let record = records(work)[&x].clone();
            assert_eq!(record["title"], "x, renamed");
            assert!(record.get("dependencies").is_none_or(|d| d.as_array().is_some_and(Vec::is_empty)), "{record}");
        }
        assert_eq!(records(&ann), records(&bob));
    }
    assert!(ids(&bob.bd(&["ready", "--json"]).json()).contains(&x), "and blocks no more");
}

// goal: T16 tier0
#[test]
fn t16_no_server_no_home_no_network() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let home = sandbox.path("read-only-home");
    std::fs::create_dir(&home).unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o555)).unwrap();
    let one = sandbox.repo("one/project");
    let two = sandbox.repo("two/project");
    let mut seen = Vec::new();
    for work in [&one, &two] {
        let run = |words: &[&str]| work.cmd(words).env("HOME", &home).run();
        run(&["init"]).ok();
        let id = run(&["create", "a bead", "--json"]).json()["id"].as_str().unwrap().to_owned();
        run(&["claim", &id]).ok();
        run(&["comment", &id, "text"]).ok();
        run(&["close", &id]).ok();
        run(&["sync"]).ok();
        run(&["doctor"]).ok();
        // No HOME at all.
        work.cmd(&["list", "--all"]).env_remove("HOME").run().ok();
        seen.push(records(work).into_keys().collect::<Vec<_>>());
    }
    assert!(seen[0].iter().all(|id| !seen[1].contains(id)), "two projects of one name never see each other: {seen:?}");
    assert_eq!(std::fs::read_dir(&home).unwrap().count(), 0, "nothing was written into HOME");
}

// goal: T18 tier0
#[test]
fn t18_repair_quarantines_and_can_be_undone() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let good: Vec<String> = (0..3).map(|n| ann.create(&format!("good {n}"), &[])).collect();
    type Spoil = fn(&str) -> Vec<u8>;
    let spoils: [(&str, Spoil); 6] = [
        ("cut last line", |t| t.as_bytes()[..t.len() - 9].to_vec()),
        ("bad UTF-8", |t| [t.as_bytes(), b"\xff\xfe\n"].concat()),
        ("a line of another format", |t| format!("{t}{{\"hello\":1}}\n").into_bytes()),
        ("conflict markers", |t| format!("<<<<<<< a\n{t}>>>>>>> b\n").into_bytes()),
        ("a changed value", |t| t.replace("good", "evil").into_bytes()),
        ("CRLF", |t| t.replace('\n', "\r\n").into_bytes()),
    ];
    for (how, spoil) in spoils {
        // Somebody edits one of our files on the state ref by hand.
        let tip = ann.rev("refs/beads/state");
        let path = ann.git(&["ls-tree", "-r", "--name-only", &tip]).ok().lines().next().unwrap().to_owned();
        let text = ann.git(&["show", &format!("{tip}:{path}")]).ok().to_owned();
        ann.write("spoiled", spoil(&text));
        let blob = ann.git(&["hash-object", "-w", "--no-filters", "spoiled"]).line();
        let index = ann.path("index.tmp");
        let with = |words: &[&str]| ann.git_cmd(words).env("GIT_INDEX_FILE", &index).run();
        with(&["read-tree", &tip]).ok();
        with(&["update-index", "--cacheinfo", &format!("100644,{blob},{path}")]).ok();
        let tree = with(&["write-tree"]).line();
        let commit = ann.git(&["commit-tree", "-m", "by hand", "-p", &tip, &tree]).line();
        ann.git(&["update-ref", "refs/beads/state", &commit]).ok();

        ann.bd(&["update", &good[0], "--priority", "1"]).fails(9);
        let head = ann.rev("HEAD");
        let repaired = ann.bd(&["doctor", "--fix"]);
        repaired.ok();
        assert_eq!(ann.rev("HEAD"), head, "{how}: no branch is moved");
        assert!(!ann.rev("refs/beads/state").is_empty());
        let bytes: Vec<Vec<u8>> = walk(&ann.beads_dir().join("quarantine"));
        assert!(bytes.iter().any(|b| *b == spoil(&text)), "{how}: the bytes are kept");
        let once = ann.rev("refs/beads/state");
        ann.bd(&["doctor", "--fix"]).ok();
        assert_eq!(ann.rev("refs/beads/state"), once, "{how}: twice is once");
        let seen = records(&ann);
        assert!(good.iter().all(|id| seen.contains_key(id)), "{how}: the journal still has what the file lost");
        assert!(!seen.values().any(|r| r["title"].as_str().is_some_and(|t| t.contains("evil"))) || how == "a changed value");
        // The way back: the bytes are where they were, damaged; and forth again.
        ann.bd(&["undo", "--quarantine"]).ok();
        ann.bd(&["update", &good[0], "--priority", "1"]).fails(9);
        assert_eq!(ann.rev("HEAD"), head, "{how}: no branch is moved");
        ann.bd(&["doctor", "--fix"]).ok();
        assert_eq!(records(&ann), seen, "{how}");
        ann.bd(&["update", &good[0], "--append-notes", how]).ok();
    }
}

fn walk(dir: &std::path::Path) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(walk(&path));
        } else {
            out.push(std::fs::read(path).unwrap());
        }
    }
    out
}

#[test]
fn a_damaged_log_of_this_clone_is_set_aside_and_writing_goes_on() {
    for log in ["local", "journal"] {
        let sandbox = Sandbox::new();
        let ann = sandbox.repo("ann");
        ann.bd(&["init", "--prefix", "t", "--quiet"]).ok();
        for n in 0..3 {
            ann.create(&format!("Ephemeral {n}"), &["--ephemeral"]);
            ann.create(&format!("Shared {n}"), &[]);
        }
        let path = ann.beads_dir().join(log);
        let mut bytes = std::fs::read(&path).expect("the log");
        // The first byte of its first record.
        bytes[0] = b'#';
        std::fs::write(&path, &bytes).expect("it can be written");
        std::fs::remove_dir_all(ann.beads_dir().join("cache")).expect("a cache");
        ann.bd(&["create", "Refused"]).fails(9);
        assert_eq!(std::fs::read(&path).expect("the log"), bytes, "{log}: nothing was cut");
        ann.bd(&["doctor", "--fix"]).ok();
        ann.bd(&["create", "Goes on"]).ok();
        ann.bd(&["create", "Goes on too", "--ephemeral"]).ok();
        let list = ann.bd(&["list", "--all", "--json"]).ok().to_owned();
        for n in 1..3 {
            assert!(list.contains(&format!("Ephemeral {n}")) && list.contains(&format!("Shared {n}")), "{log} {n}: {list}");
        }
        assert_eq!(list.contains("Ephemeral 0"), log == "journal", "{log}: the record that is damaged has no second copy");
        let kept = std::fs::read_dir(ann.beads_dir().join("quarantine")).expect("a quarantine").flatten();
        let kept: Vec<_> = kept.filter(|e| e.file_name().to_string_lossy().starts_with(log)).collect();
        assert_eq!(kept.len(), 1);
        assert_eq!(std::fs::read(kept[0].path()).expect("what is kept"), bytes, "every byte is kept");
    }
}
