//! Fixtures of every generation and quirk, typed by hand.

use super::*;
use crate::interchange::{RecordOptions, record_line};
use crate::model::{Actor, Claim, EventId, Kind};

fn add(state: &mut State, events: &[Event]) {
    for event in events {
        state.add(Event::parse(&event.to_line().unwrap()).unwrap());
    }
}

fn planned(state: &State, text: &str) -> ImportPlan {
    plan(text.as_bytes(), ImportOptions::default(), &lookup_in(state)).unwrap()
}

fn import(state: &mut State, text: &str) -> ImportPlan {
    let planned = planned(state, text);
    add(state, &planned.events);
    assert_eq!(self::planned(state, text).events, [], "importing the same twice makes events");
    planned
}

fn imported(text: &str) -> State {
    let mut state = State::new();
    import(&mut state, text);
    state
}

fn problems(text: &str) -> Vec<String> {
    let state = State::new();
    let error = plan(text.as_bytes(), ImportOptions::default(), &lookup_in(&state)).unwrap_err();
    error.problems.iter().map(ToString::to_string).collect()
}

fn bead(state: &State, id: &str) -> Bead {
    state.bead(&BeadId::new(id).unwrap()).unwrap()
}

fn line(state: &State, id: &str) -> String {
    record_line(&bead(state, id), RecordOptions::EXPORT)
}

fn tree(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// A local change, at a time when everything imported was there.
fn local(state: &mut State, id: &str, n: u8, kind: Kind, fields: &[(&str, Value)]) -> Event {
    let on = state.bead(&BeadId::new(id).unwrap()).map(|b| b.heads(fields.iter().map(|(k, _)| *k))).unwrap_or_default();
    let at = format!("2026-06-01T00:00:{n:02}.000Z");
    let time = crate::model::parse_time(&at).unwrap();
    let mut event = Event::new(EventId::new(time.as_millisecond(), [n; 10]), at, Actor::new("ann"), BeadId::new(id).unwrap(), kind);
    event.on = on;
    for (key, value) in fields {
        event.set.set(key, value.clone());
    }
    add(state, std::slice::from_ref(&event));
    event
}

fn conflicts(state: &State, id: &str) -> Vec<String> {
    bead(state, id).conflicts().into_iter().map(|c| c.field).collect()
}

const BASE: &str = r#"{"id":"t-1","title":"one","description":"d","status":"open","priority":1,"issue_type":"bug","assignee":"bob","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-02T00:00:00Z","labels":["a","b"],"dependencies":[{"issue_id":"t-1","depends_on_id":"t-2","type":"blocks","created_at":"2026-01-01T00:00:00Z"}]}"#;

mod generations {
    use super::*;

    #[track_caller]
    fn comes_back(text: &str) -> State {
        let state = imported(text);
        for line in text.lines().filter(|l| !l.trim().is_empty()) {
            let before = tree(line);
            let id = before["id"].as_str().unwrap();
            assert_eq!(tree(&super::line(&state, id)), before);
        }
        state
    }

    #[test]
    fn the_first_with_sequential_ids_and_the_second_with_hashes() {
        comes_back(concat!(
            r#"{"id":"t-7","title":"old","description":"","status":"closed","priority":0,"issue_type":"chore","created_at":"2025-10-16T20:46:08.971822-07:00","updated_at":"2025-10-16T20:46:08.971822-07:00","closed_at":"2025-10-17T00:00:00Z"}"#,
            "\n",
            r#"{"id":"t-8","content_hash":"00ff","title":"hashed","description":"","status":"open","priority":2,"issue_type":"task","created_at":"2025-11-01T00:00:00+11:00","updated_at":"2025-11-01T00:00:00+11:00","source_repo":".","wisp":true}"#,
        ));
    }

    #[test]
    fn v1_lines_with_types_counters_and_text_ids_of_comments() {
        let state = comes_back(
            r#"{"_type":"issue","id":"t-1","title":"t","status":"open","priority":2,"issue_type":"spike","created_at":"2026-04-20T00:00:00Z","updated_at":"2026-04-20T00:00:00Z","started_at":"2026-04-20T01:00:00Z","dependency_count":3,"dependent_count":0,"comment_count":1,"parent":"t-0","comments":[{"id":"0c7e-uuid","issue_id":"t-1","author":"ann@example.org","text":"hi","created_at":"2026-04-20T00:00:00Z"}]}"#,
        );
        assert_eq!(bead(&state, "t-1").comments[0].by.as_str(), "ann", "an event never holds an address");
        assert_eq!(bead(&state, "t-1").issue_type(), "spike");
    }

    #[test]
    fn a_table_dump_with_nulls_and_zeros_whose_silence_removes_nothing() {
        let dump = r#"{"acceptance_criteria":"","assignee":null,"closed_at":null,"compaction_level":0,"created_at":"2026-01-01T00:00:00Z","due_at":null,"ephemeral":1,"id":"t-1","metadata":"{}","pinned":0,"priority":1,"status":"open","timeout_ns":0,"title":"t","updated_at":"2026-01-01T00:00:00Z","waiters":"","x":null}"#;
        let mut state = comes_back(dump);
        assert!(bead(&state, "t-1").flag("ephemeral") && bead(&state, "t-1").assignee().is_none());
        let parts = concat!(
            r#"{"issue_id":"t-1","label":"p0"}"#,
            "\n",
            r#"{"created_at":"2026-01-01T00:00:00Z","depends_on_id":"t-2","issue_id":"t-1","metadata":"{}","type":"tracks"}"#,
            "\n",
            r#"{"author":"bob","created_at":"2026-01-01T00:00:00Z","id":3,"issue_id":"t-1","text":"said"}"#,
        );
        let plan = import(&mut state, parts);
        assert_eq!((plan.updated.len(), plan.created.len()), (1, 0));
        let after = import(&mut state, dump);
        assert_eq!(after.events, []);
        let found = bead(&state, "t-1");
        assert_eq!((found.labels.len(), found.edges.len(), found.comments.len()), (1, 1, 1));
        // The whole dump at once gives the same bead.
        let whole = imported(&format!("{dump}\n{parts}"));
        assert_eq!(tree(&line(&whole, "t-1")), tree(&line(&state, "t-1")));
        assert_eq!(problems(parts).len(), 3, "parts of a bead that nobody knows");
    }

    #[test]
    fn tombstones_deletions_and_markers() {
        let state = comes_back(
            r#"{"id":"t-1","title":"gone","status":"tombstone","priority":2,"issue_type":"task","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-02T00:00:00Z","deleted_at":"2026-01-02T00:00:00Z","deleted_by":"batch delete","delete_reason":"batch delete","original_type":"epic"}"#,
        );
        assert!(bead(&state, "t-1").is_deleted());
        let mut state = imported(concat!(
            r#"{"id":"t-2","ts":"2025-12-14T10:00:00Z","by":"ann","reason":"dup"}"#,
            "\n",
            r#"{"id":"t-2","ts":"2025-12-13T10:00:00Z","by":"bob","reason":"older"}"#,
            "\n",
            r#"{"id":"t-3","_deleted":true,"_deleted_at":"2025-12-14T10:00:00Z"}"#,
        ));
        assert!(bead(&state, "t-2").is_deleted() && bead(&state, "t-3").is_deleted());
        let record = tree(&line(&state, "t-2"));
        assert_eq!(
            (&record["status"], &record["deleted_by"], &record["delete_reason"]),
            (&"tombstone".into(), &"ann".into(), &"dup".into())
        );
        // A closed issue that still says when it was deleted is not deleted.
        comes_back(r#"{"id":"t-4","title":"t","status":"closed","deleted_at":"2026-01-01T00:00:00Z"}"#);
        // A deletion does not reach a bead that was changed after it; one that comes after the last change does.
        import(&mut state, BASE);
        let plan = import(&mut state, r#"{"id":"t-1","ts":"2026-01-01T12:00:00Z"}"#);
        assert_eq!((plan.skipped.len(), bead(&state, "t-1").is_deleted()), (1, false));
        import(&mut state, r#"{"id":"t-1","ts":"2026-01-03T00:00:00Z","by":"bob"}"#);
        assert!(bead(&state, "t-1").is_deleted());
        assert_eq!(bead(&state, "t-1").title(), "one", "a deletion takes no text away");
        let plan = plan_deletions(BASE);
        assert_eq!(plan.events[0].set.get("status").unwrap().json(), "\"tombstone\"");
    }

    fn plan_deletions(text: &str) -> ImportPlan {
        let state = State::new();
        plan(text.as_bytes(), ImportOptions { deletions: true, ..ImportOptions::default() }, &lookup_in(&state)).unwrap()
    }

    #[test]
    fn odd_types_statuses_prefixes_and_shapes() {
        let state = comes_back(
            &[
                r#"{"id":"beads_rust-hn1o","title":"t","status":"hooked","issue_type":"not_a_real_type","priority":9}"#,
                r#"{"id":"hq-cv-1.gate-x","title":"","status":"","priority":null,"labels":[],"dependencies":null,"comments":[]}"#,
                r#"{"id":"t-1","title":"t","labels":["z","a",5,"a"],"dependencies":[{"depends_on_id":"t-9","type":"parent_child"},{"depends_on_id":"t-2","type":"blocked-by","issue_id":"t-1"},"odd",{"type":"blocks"}],"comments":[{"text":"b","created_at":"2026-01-02T00:00:00Z"},{"text":"a","created_at":"2026-01-01T00:00:00Z"},{"author":"x"},{"text":"b","created_at":"2026-01-02T00:00:00Z"}]}"#,
                r#"{"id":"t-2","status":"open","labels":"a,b","title":{"not":"a text"},"deleted":false,"claim":"no claim of ours"}"#,
            ]
            .join("\n"),
        );
        let found = bead(&state, "t-1");
        assert_eq!((found.labels.len(), found.edges.len(), found.comments.len()), (2, 2, 3));
        assert!(!found.edges.iter().any(|e| e.edge.kind.affects_ready()), "a typo never blocks");
        assert!(!bead(&state, "t-2").is_deleted() && bead(&state, "t-2").assignee().is_none());
    }

    #[test]
    fn crlf_bom_blank_lines_escapes_and_arrays() {
        let text = "\u{feff}\r\n{\"id\":\"t-1\",\"title\":\"\\u003cb\\u003e \\ud83d\\ude00\"}\r\n\r\n   \n\u{feff}{ \"id\" : \"t-2\", \"title\" : \"x\", \"m\" : { \"a\" : 1 } }";
        let state = imported(text);
        assert_eq!(line(&state, "t-1"), "{\"id\":\"t-1\",\"title\":\"<b> 😀\"}");
        assert_eq!(line(&state, "t-2"), r#"{"id":"t-2","title":"x","m":{"a":1}}"#);
        // Another writer's spelling of the same gives the same events.
        let plain = "{\"id\":\"t-1\",\"title\":\"<b> 😀\"}\n{\"id\":\"t-2\",\"title\":\"x\",\"m\":{\"a\":1}}\n";
        assert_eq!(planned(&State::new(), text).events, planned(&State::new(), plain).events);
        let array = "[\n {\"id\":\"t-1\",\n  \"title\":\"a\"},\n {\"id\":\"t-2\",\"title\":\"b\"}\n]\n";
        assert_eq!(imported(array).ids().count(), 2);
        assert_eq!(problems("[\n {\"id\":\"t-1\"},\n {\"id\":\"a/b\",\"title\":\"b\"}\n]").len(), 2);
        assert_eq!(imported("").ids().count(), 0);
    }

    #[test]
    fn long_lines_and_records_over_a_line_of_the_store() {
        let long = "x".repeat(53 << 10);
        comes_back(&format!(r#"{{"id":"t-1","title":"t","description":"{long}"}}"#));
        let most = "y".repeat(250 << 10);
        let text = format!(
            r#"{{"id":"t-1","title":"t","description":"{most}","design":"{most}","notes":"{most}","acceptance_criteria":"{most}","close_reason":"{most}","labels":["l"],"dependencies":[{{"depends_on_id":"t-2","type":"blocks"}}]}}"#
        );
        let state = comes_back(&text);
        assert!(state.events(&BeadId::new("t-1").unwrap()).count() > 1);
        let found = problems(&format!(r#"{{"id":"t-1","title":"t","description":"{most}{most}"}}"#));
        assert!(found[0].starts_with("line 1: t-1: `description` has"), "{found:?}");
    }

    #[test]
    fn times_before_1970_and_none_at_all() {
        let state = comes_back(
            "{\"id\":\"t-1\",\"title\":\"t\",\"created_at\":\"0001-01-01T00:00:00Z\"}\n{\"id\":\"t-2\",\"title\":\"t\",\"updated_at\":\"soon\"}",
        );
        assert_eq!(bead(&state, "t-1").events[0].millis(), 0);
    }
}

mod input {
    use super::*;

    #[test]
    fn every_problem_is_named_with_its_place_and_nothing_is_imported() {
        let text = concat!(
            "{\"id\":\"t-1\",\"title\":\"fine\"}\n",
            "<<<<<<< HEAD\n",
            "{\"id\":\"t-2\",\"title\":\"cut\n",
            "=======\n",
            "[1]\n",
            "{\"id\":\"../x\",\"title\":\"t\"}\n",
            "{\"title\":\"no id\"}\n",
            "{\"id\":7,\"title\":\"t\"}\n",
            "{\"id\":\"t-9\"}\n",
            "{\"id\":\"_memory\",\"title\":\"t\"}\n",
            "{\"id\":\"t-3\",\"title\":\"t\"} extra\n",
        );
        let found = problems(text);
        assert_eq!(found.len(), 10, "{found:#?}");
        assert_eq!(found[0], "line 2: a conflict marker of an unfinished merge");
        assert!(found[1].starts_with("line 3, column 24: not JSON: EOF"), "{}", found[1]);
        assert!(found[4].contains("line 6") && found[4].contains(".."));
        assert!(found[9].starts_with("line 11, column"));
    }

    #[test]
    fn bytes_that_are_no_text() {
        let state = State::new();
        for (bytes, place) in [(&b"{}\n\xff"[..], (2, Some(1))), (b"\xff\xfe{\0", (1, None)), (b"[\n\xff]", (2, None))] {
            let error = plan(bytes, ImportOptions::default(), &lookup_in(&state)).unwrap_err();
            let last = error.problems.last().unwrap();
            assert_eq!((last.line, last.column), place);
        }
    }

    #[test]
    fn markers_inside_a_text_are_text() {
        let state = imported(r#"{"id":"t-1","title":"t","description":"<<<<<<< HEAD\n=======\n>>>>>>>"}"#);
        assert!(line(&state, "t-1").contains("<<<<<<< HEAD"));
    }

    #[test]
    fn of_two_records_of_one_id_the_later_change_counts_and_the_other_is_history() {
        let new = r#"{"id":"t-1","title":"new","status":"open","labels":["x"],"updated_at":"2026-02-01T00:00:00Z"}"#;
        let old = r#"{"id":"t-1","title":"old","status":"closed","design":"only here","labels":["y"],"updated_at":"2026-01-01T00:00:00Z"}"#;
        let state = imported(&format!("{new}\n{old}\n{new}"));
        assert_eq!(tree(&line(&state, "t-1")), tree(new));
        assert!(conflicts(&state, "t-1").is_empty());
        let kept =
            state.events(&BeadId::new("t-1").unwrap()).any(|e| e.set.get("design").is_some_and(|v| v.json() == "\"only here\""));
        assert!(kept, "the older record is kept in the history");
        let plan = planned(&State::new(), &format!("{new}\n{old}\n{new}"));
        assert_eq!((plan.skipped.len(), plan.warnings.len(), plan.created.len()), (1, 1, 1));
    }

    #[test]
    fn memories() {
        let mut state = imported(
            "{\"_type\":\"memory\",\"key\":\"k\",\"value\":\"v\"}\n{\"_type\":\"memory\",\"key\":\"title\",\"value\":\"w\"}",
        );
        assert_eq!(bead(&state, MEMORY_BEAD).text("k").as_deref(), Some("v"));
        local(&mut state, MEMORY_BEAD, 1, Kind::REMEMBER, &[("k", Value::text("mine"))]);
        let plan = import(&mut state, r#"{"_type":"memory","key":"k","value":"theirs"}"#);
        assert_eq!((plan.memories, plan.conflicts.len()), (1, 1));
        assert_eq!(conflicts(&state, MEMORY_BEAD), ["k"]);
        assert!(problems(r#"{"_type":"memory","key":"k"}"#)[0].contains("`value`"));
    }

    // goal: T04 tier0
    #[test]
    fn t04_unknown_fields_survive() {
        let odd = r#"{"zz":{"deep":[1,{"x":null}],"big":9007199254740993},"id":"t-1","title":"😀","future":[],"sparse":null,"array":[{"a":1e400}],"priority":0}"#;
        let mut state = imported(&format!("{odd}\n{BASE}").replace("t-1\",\"title\":\"one", "t-3\",\"title\":\"one"));
        let untouched = line(&state, "t-1");
        // Another record changes: these bytes do not.
        local(&mut state, "t-3", 1, Kind::SET, &[("title", Value::text("changed"))]);
        assert_eq!(line(&state, "t-1"), untouched);
        // Two clones change the record itself, apart, and meet.
        let mut other = state.clone();
        local(&mut state, "t-1", 2, Kind::SET, &[("priority", Value::of(&1))]);
        local(&mut other, "t-1", 3, Kind::SET, &[("title", Value::text("even"))]);
        for event in other.events(&BeadId::new("t-1").unwrap()).cloned().collect::<Vec<_>>() {
            state.add(event);
        }
        let after = line(&state, "t-1");
        for kept in [
            r#""zz":{"deep":[1,{"x":null}],"big":9007199254740993}"#,
            r#""future":[]"#,
            r#""sparse":null"#,
            r#""array":[{"a":1e400}]"#,
        ] {
            assert!(after.contains(kept), "{kept} in {after}");
        }
        assert!(after.contains(r#""title":"even""#) && after.contains(r#""priority":1"#) && !after.contains("conflict"));
        // A writer that does not know the keys drops them from its file: that says nothing about them.
        import(&mut state, r#"{"id":"t-1","title":"renamed","priority":0}"#);
        assert!(line(&state, "t-1").contains("9007199254740993"));
    }
}

mod again {
    use super::*;

    #[test]
    fn what_only_the_file_changed_is_taken() {
        let mut state = imported(BASE);
        let next = BASE
            .replace("\"d\"", "\"more\"")
            .replace(r#""assignee":"bob","#, "")
            .replace(r#"["a","b"]"#, r#"["b","c"]"#)
            .replace("t-2", "t-3");
        let plan = import(&mut state, &next);
        assert_eq!((plan.updated.len(), plan.conflicts.len()), (1, 0));
        assert_eq!(tree(&line(&state, "t-1")), tree(&next));
        assert!(conflicts(&state, "t-1").is_empty());
        // And back again.
        import(&mut state, BASE);
        assert_eq!(tree(&line(&state, "t-1")), tree(BASE));
    }

    #[test]
    fn what_only_we_changed_stays() {
        let mut state = imported(BASE);
        local(&mut state, "t-1", 1, Kind::SET, &[("title", Value::text("ours")), ("description", Value::null())]);
        let plan = import(&mut state, BASE);
        assert_eq!((plan.events.len(), plan.unchanged.len()), (0, 1));
        assert_eq!(bead(&state, "t-1").title(), "ours");
    }

    #[test]
    fn what_both_changed_is_a_visible_conflict_and_the_rest_is_merged() {
        let mut state = imported(BASE);
        local(&mut state, "t-1", 1, Kind::SET, &[("title", Value::text("ours"))]);
        let next = BASE.replace("\"one\"", "\"theirs\"").replace("\"priority\":1", "\"priority\":0");
        let plan = import(&mut state, &next);
        assert_eq!(
            plan.conflicts,
            [Clash {
                id: BeadId::new("t-1").unwrap(),
                field: "title".into(),
                ours: Some(Value::text("ours")),
                theirs: Some(Value::text("theirs")),
            }]
        );
        assert_eq!(conflicts(&state, "t-1"), ["title"]);
        assert_eq!(bead(&state, "t-1").priority(), 0);
        // A person decides; the file does not ask again.
        local(&mut state, "t-1", 2, Kind::SET, &[("title", Value::text("both"))]);
        assert_eq!(import(&mut state, &next).events, []);
        assert!(conflicts(&state, "t-1").is_empty());
    }

    #[test]
    fn absence_of_a_record_deletes_nothing_and_ours_are_not_touched() {
        let mut state = imported(BASE);
        local(&mut state, "t-8", 1, Kind::CREATE, &[("title", Value::text("local"))]);
        let plan = import(&mut state, r#"{"id":"t-5","title":"other"}"#);
        assert_eq!(plan.events.len(), 1);
        assert_eq!(state.beads().iter().filter(|b| !b.is_deleted()).count(), 3);
    }

    #[test]
    fn labels_and_edges_that_we_removed_or_added_stay_so() {
        let mut state = imported(BASE);
        let first = bead(&state, "t-1");
        let mut event = local(&mut state, "t-1", 1, Kind::UNLABEL, &[]);
        event.id = EventId::new(1_790_000_000_000, [1; 10]);
        event.unlabels = vec!["a".into()];
        event.labels = vec!["ours".into()];
        event.on = first.all_heads();
        event.unlinks = vec![first.edges[0].edge.clone()];
        add(&mut state, &[event]);
        import(&mut state, BASE);
        let found = bead(&state, "t-1");
        assert_eq!(found.labels.keys().collect::<Vec<_>>(), ["b", "ours"]);
        assert!(found.edges.is_empty());
        // The file takes one away that we still have, and adds one.
        import(&mut state, &BASE.replace(r#"["a","b"]"#, r#"["a","new"]"#));
        assert_eq!(bead(&state, "t-1").labels.keys().collect::<Vec<_>>(), ["new", "ours"]);
    }

    #[test]
    fn an_export_of_ours_says_nothing_and_an_old_one_takes_nothing_back() {
        let mut state = imported(BASE);
        local(&mut state, "t-8", 1, Kind::CREATE, &[("title", Value::text("a title of ours"))]);
        local(&mut state, "t-8", 2, Kind::SET, &[("status", Value::text("in_progress")), ("design", Value::text("a long text"))]);
        let old = line(&state, "t-8");
        assert_eq!(import(&mut state, &old).events, []);
        local(&mut state, "t-8", 3, Kind::CLOSE, &[("status", Value::text("closed")), ("close_reason", Value::text("done"))]);
        local(&mut state, "t-8", 4, Kind::SET, &[("design", Value::text("a newer text"))]);
        let plan = import(&mut state, &old);
        assert_eq!((plan.events.len(), plan.conflicts.len()), (0, 0));
        assert_eq!(plan.skipped[0].what, "design, status: older than what stands here, not taken");
        // A foreign edit of what stands now is an edit.
        let edited = line(&state, "t-8").replace("a newer text", "an edited text").replace("00:00:04.000Z", "00:09:00Z");
        let plan = import(&mut state, &edited);
        assert_eq!((plan.updated.len(), plan.conflicts.len()), (1, 1), "nothing proves that the writer saw the newer text");
        assert_eq!(conflicts(&state, "t-8"), ["design"]);
    }

    #[test]
    fn with_the_export_known_a_foreign_edit_is_exact() {
        let mut state = State::new();
        local(&mut state, "t-8", 1, Kind::CREATE, &[("title", Value::text("a title of ours"))]);
        local(&mut state, "t-8", 2, Kind::SET, &[("title", Value::text("another one"))]);
        let exported = bead(&state, "t-8");
        let text = line(&state, "t-8");
        local(&mut state, "t-8", 3, Kind::SET, &[("priority", Value::of(&0))]);
        let base = |_: &BeadId| Some(exported.clone());
        let options = ImportOptions { exported: Some(&base), ..ImportOptions::default() };
        let edited = text.replace("another one", "a title of ours").replace(r#""priority":2"#, r#""priority":3"#);
        let plan = plan(edited.as_bytes(), options, &lookup_in(&state)).unwrap();
        add(&mut state, &plan.events);
        assert_eq!(bead(&state, "t-8").title(), "a title of ours", "going back is an edit as well");
        assert_eq!(plan.conflicts.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["priority"]);
        assert!(!conflicts(&state, "t-8").contains(&"title".to_owned()));
    }

    #[test]
    fn a_bead_of_ours_with_the_same_id_stands_beside() {
        let mut state = State::new();
        local(&mut state, "t-1", 1, Kind::CREATE, &[("title", Value::text("ours")), ("status", Value::text("open"))]);
        let plan = import(&mut state, BASE);
        assert_eq!(plan.warnings.len(), 1);
        assert!(plan.conflicts.iter().any(|c| c.field == "title") && !plan.conflicts.iter().any(|c| c.field == "status"));
        assert_eq!(conflicts(&state, "t-1"), ["title"]);
        assert_eq!(bead(&state, "t-1").text("description").as_deref(), Some("d"));
    }

    #[test]
    fn status_takes_its_companions_along() {
        let mut state = imported(BASE);
        let closed =
            BASE.replace(r#""status":"open""#, r#""status":"closed","closed_at":"2026-03-01T00:00:00Z","close_reason":"ok""#);
        import(&mut state, &closed);
        assert_eq!(bead(&state, "t-1").closed_at().as_deref(), Some("2026-03-01T00:00:00Z"));
        import(&mut state, BASE);
        let found = bead(&state, "t-1");
        assert_eq!((found.closed_at(), found.text("close_reason")), (None, None));
        assert!(!line(&state, "t-1").contains("close"), "{}", line(&state, "t-1"));
    }

    #[test]
    fn a_deletion_in_the_file_stays_visible_beside_what_was_done_here() {
        let dead = BASE.replace(r#""status":"open""#, r#""status":"tombstone","deleted_at":"2026-03-01T00:00:00Z""#);
        let mut calm = imported(BASE);
        import(&mut calm, &dead);
        assert!(bead(&calm, "t-1").is_deleted() && conflicts(&calm, "t-1").is_empty());
        assert_eq!(tree(&line(&calm, "t-1")), tree(&dead));
        let mut state = imported(BASE);
        local(&mut state, "t-1", 1, Kind::SET, &[("title", Value::text("worked on"))]);
        import(&mut state, &dead);
        assert!(bead(&state, "t-1").is_deleted());
        assert_eq!(conflicts(&state, "t-1"), ["deleted"]);
        // The file takes the deletion back.
        import(&mut state, BASE);
        assert!(!bead(&state, "t-1").is_deleted());
        assert_eq!(bead(&state, "t-1").title(), "worked on");
    }

    #[test]
    fn a_claim_made_here_answers_the_files_assignee() {
        let claim = |who: &str| Value::of(&Claim { holder: Some(Actor::new(who)), epoch: 1, until: None });
        let unassigned = BASE.replace(r#""assignee":"bob","#, "");
        let mut state = imported(&unassigned);
        local(&mut state, "t-1", 1, Kind::CLAIM, &[("claim", claim("ann"))]);
        assert_eq!(import(&mut state, &unassigned).events, []);
        import(&mut state, BASE);
        let found = bead(&state, "t-1");
        assert!(matches!(found.holding(), crate::fold::Holding::Contested(_)), "{:?}", found.holding());
        // Where the claim was made of the assignee that the file had, the file may reassign.
        let mut state = imported(BASE);
        local(&mut state, "t-1", 1, Kind::CLAIM, &[("claim", claim("bob"))]);
        import(&mut state, &BASE.replace("\"bob\"", "\"cid\""));
        assert_eq!(bead(&state, "t-1").assignee().as_deref(), Some("cid"));
        assert!(!line(&state, "t-1").contains("bob"));
    }

    #[test]
    fn comments_are_joined_and_never_doubled() {
        let comment = |text: &str, id: u64| {
            format!(r#"{{"id":{id},"issue_id":"t-1","author":"bob","text":"{text}","created_at":"2026-01-05T00:00:00Z"}}"#)
        };
        let with = |list: &[String]| BASE.replace(r#","labels""#, &format!(r#","comments":[{}],"labels""#, list.join(",")));
        let mut state = imported(&with(&[comment("hi", 1)]));
        let mut ours = local(&mut state, "t-1", 1, Kind::COMMENT, &[]);
        ours.id = EventId(ours.id.0 + 1);
        ours.text = Some("secret".into());
        add(&mut state, &[ours.clone()]);
        let exported = line(&state, "t-1");
        // Numbers of another database: the same comment under another number.
        import(&mut state, &with(&[comment("hi", 9), comment("new", 1)]));
        assert_eq!(bead(&state, "t-1").comments.len(), 3);
        // What was redacted here does not come back with an old export.
        let mut redact = local(&mut state, "t-1", 2, Kind::REDACT, &[]);
        redact.ids = vec![ours.id];
        redact.id = EventId(redact.id.0 + 1);
        add(&mut state, &[redact]);
        let plan = import(&mut state, &exported);
        assert!(!line(&state, "t-1").contains("secret"), "{plan:?}");
        assert_eq!(bead(&state, "t-1").comments.len(), 2);
    }

    #[test]
    fn a_redacted_text_does_not_come_back() {
        let mut state = imported(BASE);
        let secret = local(&mut state, "t-1", 1, Kind::SET, &[("design", Value::text("the secret"))]);
        let exported = line(&state, "t-1");
        let mut redact = local(&mut state, "t-1", 2, Kind::REDACT, &[]);
        redact.ids = vec![secret.id];
        redact.id = EventId(redact.id.0 + 1);
        add(&mut state, &[redact]);
        let plan = import(&mut state, &exported);
        assert_eq!(plan.skipped.len(), 1);
        assert!(!line(&state, "t-1").contains("secret"));
        let stubbed: Vec<Event> = state
            .beads()
            .iter()
            .flat_map(|b| state.events(&b.id).cloned().collect::<Vec<_>>())
            .map(|e| if e.id == secret.id { crate::fold::stub(&e, &e.to_line().unwrap()) } else { e })
            .collect();
        let mut clean = State::new();
        add(&mut clean, &stubbed);
        assert_eq!(import(&mut clean, &exported).skipped.len(), 1, "also where only the stub is left");
        assert!(!line(&clean, "t-1").contains("secret"));
    }
}
