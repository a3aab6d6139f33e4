//! The main job on real files, by the commands that people type: import, look, edit every record, sync; and a second clone
//! that has only what was pushed.

use bd_tests::{Sandbox, Work, compat_data};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;

type Records = BTreeMap<String, Map<String, Value>>;

fn records(text: &str) -> Records {
    let parse = |line: &str| serde_json::from_str::<Map<_, _>>(line).expect("a record a line");
    text.lines().map(parse).map(|r| (r["id"].as_str().expect("an id").to_owned(), r)).collect()
}

/// The edit of the n-th record: its words, and the fields that it may change.
fn edit(n: usize, id: &str, record: &Map<String, Value>) -> (Vec<String>, &'static [&'static str]) {
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    if record.get("status").is_some_and(|s| s == "tombstone") || record.get("deleted_at").is_some_and(|d| !d.is_null()) {
        // All that can be done to a deleted bead: it is brought back.
        let fields = &["status", "deleted_at", "deleted_by", "delete_reason", "original_type", "closed_at"];
        return (words(&["restore", id]), fields);
    }
    match n % 5 {
        0 => (words(&["update", id, "--title", "Another title"]), &["title"]),
        1 => (words(&["update", id, "--priority", if record["priority"] == 4 { "3" } else { "4" }]), &["priority"]),
        2 => (words(&["comment", id, "One more comment"]), &["comments", "comment_count"]),
        3 => (words(&["label", "add", id, "edited-here"]), &["labels"]),
        _ => (words(&["update", id, "--notes", "Noted here"]), &["notes"]),
    }
}

/// Field by field: what an edit does not touch is there as it was in the file, in the file's own words.
fn compare(name: &str, before: &Records, after: &Records, edits: &BTreeMap<String, &[&str]>) {
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{name}: other records");
    for (id, old) in before {
        let new = &after[id];
        let may = edits.get(id).copied().unwrap_or_default();
        let mut changed = 0;
        for key in old.keys().chain(new.keys().filter(|k| !old.contains_key(*k))) {
            if old.get(key) != new.get(key) {
                let allowed = may.contains(&key.as_str()) || (key == "updated_at" && !may.is_empty());
                assert!(allowed, "{name}: {id}: `{key}` was {:?} and is {:?}", old.get(key), new.get(key));
                changed += usize::from(key != "updated_at");
            }
        }
        assert_eq!(changed > 0, !may.is_empty(), "{name}: {id}: {may:?} is to be changed");
        for list in ["comments", "labels"] {
            let items = |r: &Map<String, Value>| r.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
            let now = items(new);
            assert!(items(old).iter().all(|item| now.contains(item)), "{name}: {id}: {list} lost one");
        }
    }
}

/// What reads: the lists are whole, and a bead is shown with its title.
fn look(work: &Work, before: &Records) {
    let ready = work.bd(&["ready", "--json", "--limit", "0"]).json();
    let ready = ready.as_array().expect("a list");
    let is_open =
        |v: &Value| ["open", "hooked", "in_progress"].contains(&before[v["id"].as_str().unwrap()]["status"].as_str().unwrap());
    assert!(ready.iter().all(is_open), "closed or deleted beads are ready");
    for (id, record) in before.iter().step_by(before.len() / 7) {
        assert_eq!(work.show(id)["title"], record["title"], "{id}");
    }
}

/// The file of that number, if this run has the folder; a line that says so otherwise.
fn real_file(number: usize) -> Option<PathBuf> {
    let Some(folder) = compat_data().map(|d| d.join("real")) else {
        let notice = b"BD_COMPAT_DATA is not set: the main job on real files was not tried\n";
        std::io::Write::write_all(&mut std::io::stderr(), notice).unwrap();
        return None;
    };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    assert_eq!(files.len(), 3, "a test for each file: {files:?}");
    Some(files.swap_remove(number))
}

fn main_job(number: usize) {
    let Some(file) = real_file(number) else { return };
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let before = records(&std::fs::read_to_string(&file).unwrap());
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let ann = remote.clone_as("ann");
    ann.bd(&["init", "--publish", "--prefix", "bd"]).ok();
    ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
    let user = ann.user_state();
    ann.bd(&["import", &file.display().to_string()]).ok();
    compare(&name, &before, &records(ann.bd(&["export"]).ok()), &BTreeMap::new());
    look(&ann, &before);
    let (mut batch, mut edits) = (String::new(), BTreeMap::new());
    for (n, (id, record)) in before.iter().enumerate() {
        let (words, fields) = edit(n, id, record);
        edits.insert(id.clone(), fields);
        // Some as commands of their own, the others in one.
        if n % 500 == 0 {
            ann.bd(&words.iter().map(String::as_str).collect::<Vec<_>>()).ok();
        } else {
            let quoted = words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>();
            batch.extend([&quoted.join(" "), "\n"]);
        }
    }
    ann.cmd(&["batch"]).stdin(batch).run().ok();
    ann.bd(&["sync"]).ok();
    assert_eq!(ann.user_state(), user, "{name}: the user's work changed");
    let own = ann.bd(&["export"]).ok().to_owned();
    compare(&name, &before, &records(&own), &edits);
    // Nothing of the first clone is left but what was pushed.
    std::fs::remove_dir_all(ann.dir()).unwrap();
    let bob = remote.clone_as("bob");
    bob.bd(&["sync"]).ok();
    let there = bob.bd(&["export"]).ok().to_owned();
    compare(&name, &before, &records(&there), &edits);
    assert!(there == own, "{name}: two clones export other bytes");
    bob.bd(&["import", &file.display().to_string()]).ok();
    assert!(bob.bd(&["export"]).ok() == there, "{name}: the file again, untouched, undoes edits");
    let looked: Records = records(&there);
    look(&bob, &looked);
}

// goal: P4 tier1
#[test]
fn the_main_job_on_the_first_real_file_arrives_in_a_second_clone_field_by_field() {
    main_job(0);
}

// goal: P4 tier1
#[test]
fn the_main_job_on_the_second_real_file_arrives_in_a_second_clone_field_by_field() {
    main_job(1);
}

// goal: P4 tier1
#[test]
fn the_main_job_on_the_third_real_file_arrives_in_a_second_clone_field_by_field() {
    main_job(2);
}
