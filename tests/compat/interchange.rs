//! Every record of the real files through import, fold and export, at the library level.

use bd::fold::State;
use bd::interchange::export::{ExportOptions, export};
use bd::interchange::import::{ImportOptions, ImportPlan, lookup_in, plan};
use bd::model::{Actor, Event, EventId, Kind, Value};
use bd_tests::compat_data;
use std::collections::BTreeMap;
use std::path::PathBuf;

const FILES: [(&str, usize); 3] = [
    ("beads-2025-11-20.beads.jsonl", 3007),
    ("beads-2026-01-21.issues.jsonl", 5722),
    ("gastown-2026-03-04.backup-issues.jsonl", 2268),
];

/// The folder, or nothing and a line that says so.
fn real() -> Option<PathBuf> {
    let folder = compat_data().map(|d| d.join("real"));
    if folder.is_none() {
        let notice = "BD_COMPAT_DATA is not set: the real files were not tried";
        std::io::Write::write_all(&mut std::io::stderr(), format!("{notice}\n").as_bytes()).unwrap();
    }
    folder
}

fn import(state: &mut State, bytes: &[u8]) -> ImportPlan {
    let planned = plan(bytes, ImportOptions::default(), &lookup_in(state)).unwrap();
    for event in &planned.events {
        // Through the line, as the store does it.
        state.add(Event::parse(&event.to_line().unwrap()).unwrap());
    }
    planned
}

fn export_text(state: &State) -> String {
    let mut out = Vec::new();
    export(state.beads(), ExportOptions::default(), &|_| true, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

type Records = BTreeMap<String, serde_json::Map<String, serde_json::Value>>;

fn records(text: &str) -> Records {
    let parse = |line: &str| serde_json::from_str::<serde_json::Map<_, _>>(line).unwrap();
    text.lines().map(parse).map(|r| (r["id"].as_str().unwrap().to_owned(), r)).collect()
}

// goal: P4 tier1
#[test]
fn real_records_come_back_field_by_field_and_a_second_import_says_nothing() {
    let Some(folder) = real() else { return };
    for (name, count) in FILES {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let mut state = State::new();
        let first = import(&mut state, &bytes);
        assert_eq!(
            (first.created.len(), first.updated.len(), first.conflicts.len(), first.skipped.len()),
            (count, 0, 0, 0),
            "{name}"
        );
        let text = export_text(&state);
        let (before, after) = (records(std::str::from_utf8(&bytes).unwrap()), records(&text));
        assert_eq!(after.len(), count);
        for (id, record) in &before {
            assert_eq!(after.get(id), Some(record), "{name}: {id}");
        }
        assert_eq!(export_text(&state), text, "an export of the same state has the same bytes");
        let escapes = text.replace("\\\\", "");
        assert!(!escapes.contains("\\u003c") && !escapes.contains("\\u0026"), "escapes of another writer");
        let again = import(&mut state, &bytes);
        assert_eq!((again.events.len(), again.unchanged.len()), (0, count), "{name}");
        let own = import(&mut state, text.as_bytes());
        assert_eq!(own.events, [], "{name}: an export of ours says nothing new");
        let mut other = State::new();
        let lines = |p: &ImportPlan| p.events.iter().map(|e| e.to_line().unwrap()).collect::<Vec<_>>();
        assert_eq!(lines(&import(&mut other, &bytes)), lines(&first), "{name}: two clones write the same lines");
    }
}

// goal: P4 tier1
#[test]
fn an_edit_of_every_real_record_changes_that_field_only() {
    let Some(folder) = real() else { return };
    for (name, count) in FILES {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let mut state = State::new();
        import(&mut state, &bytes);
        let before = records(&export_text(&state));
        let beads = state.beads();
        for (n, bead) in beads.iter().enumerate() {
            let (key, value) = match n % 3 {
                0 => ("title", Value::text("another title")),
                1 => ("priority", Value::of(&7)),
                _ => ("x_new", Value::from_json("{\"n\":9007199254740993}").unwrap()),
            };
            let id = EventId::new(1_800_000_000_000, (n as u128).to_be_bytes()[6..].try_into().unwrap());
            let mut event = Event::new(id, "2027-01-01T00:00:00.000Z".into(), Actor::new("ann"), bead.id.clone(), Kind::SET);
            event.on = bead.heads([key]);
            event.set.set(key, value);
            state.add(event);
        }
        let after = records(&export_text(&state));
        let mut edits = 0;
        for (id, old) in before {
            let new = &after[&id];
            for key in old.keys().chain(new.keys()) {
                if old.get(key) != new.get(key) {
                    assert!(["title", "priority", "x_new", "updated_at"].contains(&key.as_str()), "{name}: {id}: {key}");
                    edits += usize::from(key != "updated_at" && old.get(key).is_some()) + usize::from(key == "x_new");
                }
            }
            assert_eq!(new["updated_at"], "2027-01-01T00:00:00.000Z");
        }
        assert!(edits >= count, "{edits}");
        // The file again, untouched: it brings nothing back.
        let again = import(&mut state, &bytes);
        assert_eq!(again.events, [], "{name}");
        assert!(again.conflicts.is_empty());
    }
}
