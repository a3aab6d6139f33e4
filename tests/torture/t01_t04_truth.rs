//! The committed events are the only truth.

use crate::{ids, records};
use bd_tests::Sandbox;
use serde_json::json;

// goal: T01 tier0
#[test]
fn t01_a_stale_cache_never_writes() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let shared = ann.create("known to both", &[]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    bob.bd(&["list"]).ok();
    let foreign = ann.create("newer than bob's cache", &[]);
    ann.bd(&["sync"]).ok();
    // Bob gets it by git alone: no command of ours has seen it.
    bob.git(&["fetch"]).ok();
    let before = bob.git(&["rev-parse", "refs/beads/state"]).line();
    bob.bd(&["update", &shared, "--priority", "0"]).ok();
    bob.bd(&["note", &shared, "still here"]).ok();
    bob.bd(&["close", &shared]).ok();
    let diff = bob.git(&["diff", "--name-status", &before, "refs/beads/state"]).ok().to_owned();
    assert!(diff.lines().all(|l| l.starts_with("A\t")), "a mutation only ever adds: {diff}");
    assert_eq!(diff.lines().count(), 3, "one file a command: {diff}");
    bob.bd(&["sync"]).ok();
    assert!(records(&bob).contains_key(&foreign), "the foreign bead was not written away");
    ann.bd(&["sync"]).ok();
    assert_eq!(records(&ann), records(&bob));
}

// goal: T02 tier0
#[test]
fn t02_an_empty_or_unreadable_cache_loses_nothing() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    let made: Vec<String> = (0..5).map(|n| ann.create(&format!("bead {n}"), &[])).collect();
    ann.bd(&["ready"]).ok();
    let mut before = records(&ann);
    let cache = ann.beads_dir().join("cache");
    type Spoil = fn(&std::path::Path);
    let spoils: [(&str, Spoil); 5] = [
        ("deleted", |f| std::fs::remove_file(f).unwrap()),
        ("emptied", |f| std::fs::write(f, b"").unwrap()),
        ("cut", |f| {
            let bytes = std::fs::read(f).unwrap();
            std::fs::write(f, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("zeroed", |f| {
            let len = std::fs::metadata(f).unwrap().len() as usize;
            std::fs::write(f, vec![0; len]).unwrap();
        }),
        ("one byte changed", |f| {
            let mut bytes = std::fs::read(f).unwrap();
            let middle = bytes.len() / 2;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 0xff;
            }
            std::fs::write(f, bytes).unwrap();
        }),
    ];
    for (round, (how, spoil)) in spoils.into_iter().enumerate() {
        for entry in std::fs::read_dir(&cache).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                spoil(&path);
            }
        }
        assert_eq!(records(&ann), before, "{how}");
        let id = &made[round % made.len()];
        let old = ann.show(id)["priority"].clone();
        ann.bd(&["update", id, "--priority", "1"]).ok();
        let mut now = records(&ann);
        assert_eq!(now.len(), before.len(), "{how}: a bead is gone");
        assert_ne!(old, json!(1), "{how}: the test did not change anything");
        ann.bd(&["undo"]).ok();
        now = records(&ann);
        assert_eq!(now.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{how}");
        assert_eq!(now[id]["priority"], old, "{how}: undone");
        before = now;
    }
}

// goal: T03 tier0
#[test]
fn t03_an_unknown_verb_prints_nothing_on_stdout() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    ann.create("the only one", &[]);
    for words in [&["sycn"][..], &["exportt", "--all"], &["creat", "x"], &["--nonsense"]] {
        let out = ann.bd(words);
        out.fails(2);
        assert_eq!(out.stdout(), "", "a redirect of {words:?} would have written this into a file");
    }
    assert_eq!(records(&ann).len(), 1);
}

// goal: T04 tier0
#[test]
fn t04_unknown_fields_survive() {
    let (_remote, ann, bob) = Sandbox::new().two_clones();
    let line = r#"{"zz":{"deep":[1,{"x":null}],"big":9007199254740993},"id":"t-odd","title":"odd 😀","priority":0,"future":[],"created_at":"2025-01-02T03:04:05.123456789+11:00","updated_at":"2025-01-02T03:04:05.123456789+11:00","sparse":null}"#;
    let other = r#"{"id":"t-other","title":"other","status":"open","priority":2,"issue_type":"task","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z","x_y":"kept"}"#;
    ann.write("in.jsonl", format!("{line}\n{other}\n"));
    ann.bd(&["import", "in.jsonl"]).ok();
    let first = ann.bd(&["export"]).ok().to_owned();
    ann.bd(&["update", "t-other", "--title", "changed"]).ok();
    let second = ann.bd(&["export"]).ok().to_owned();
    let odd = |text: &str| text.lines().find(|l| l.contains("t-odd")).map(str::to_owned);
    assert_eq!(odd(&first), odd(&second), "an untouched record changed its bytes");
    assert!(odd(&second).unwrap().contains("9007199254740993"));
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    // Both change the record itself, offline.
    ann.bd(&["update", "t-odd", "--priority", "1"]).ok();
    bob.bd(&["update", "t-odd", "--title", "even"]).ok();
    crate::exchange(&[&ann, &bob]);
    let record = records(&bob)["t-odd"].clone();
    assert_eq!(record["zz"], json!({"deep": [1, {"x": null}], "big": 9_007_199_254_740_993_u64}));
    assert_eq!((&record["future"], &record["sparse"]), (&json!([]), &json!(null)));
    assert_eq!((&record["priority"], &record["title"]), (&json!(1), &json!("even")));
    assert_eq!(records(&ann)["t-odd"], record);
    assert_eq!(ids(&ann.bd(&["list", "--json", "--all", "-n", "0"]).json()).len(), 2, "no second bead came of it");
}
