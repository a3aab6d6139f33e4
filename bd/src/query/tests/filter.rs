use super::super::*;
use super::{NOW, row};
use crate::model::DepType;

#[test]
fn the_default_hides_what_is_over_and_what_is_no_work() {
    let f = Filter::default();
    let mut template = row("t");
    template.template = true;
    let mut gate = row("g");
    gate.issue_type = "gate".into();
    let mut gone = row("d");
    gone.deleted = true;
    assert!(f.matches_row(&row("a")) && f.matches_row(&row("p").with_status("pinned")));
    for hidden in [row("c").with_status("closed"), row("s").with_status("shipped"), template.clone(), gate.clone(), gone.clone()] {
        assert!(!f.matches_row(&hidden), "{}", hidden.id);
    }
    for shown in [row("c").with_status("closed"), template, gate.clone()] {
        assert!(Filter::all().matches_row(&shown), "{}", shown.id);
    }
    assert!(!Filter::all().matches_row(&gone) && Filter { deleted_too: true, ..Filter::default() }.matches_row(&gone));
    assert!(Filter { types: vec!["gate".into()], ..Filter::default() }.matches_row(&gate));
    assert!(Filter { status: vec!["closed".into()], ..Filter::default() }.matches_row(&row("c").with_status("closed")));
}

#[test]
fn every_part_lets_through_and_holds_back() {
    let mut r = row("a").edge(DepType::PARENT_CHILD, "p");
    r.labels = vec!["area:db".into(), "urgent".into()];
    r.assignee = Some("ann".into());
    r.due_at = Some(NOW - 5);
    r.title = "Fix the Straße".into();
    let f = Filter::default;
    let yes_no: Vec<(Filter, Filter)> = vec![
        (Filter { ids: Some(["a".into()].into()), ..f() }, Filter { ids: Some(["b".into()].into()), ..f() }),
        (Filter { labels: vec!["urgent".into()], ..f() }, Filter { labels: vec!["urgent".into(), "x".into()], ..f() }),
        (Filter { any_label: vec!["x".into(), "urgent".into()], ..f() }, Filter { any_label: vec!["x".into()], ..f() }),
        (Filter { not_labels: vec!["x".into()], ..f() }, Filter { not_labels: vec!["urgent".into()], ..f() }),
        (Filter { label_pattern: glob("area:*").ok(), ..f() }, Filter { label_pattern: glob("area").ok(), ..f() }),
        (Filter { label_regex: regex("^a.*b$").ok(), ..f() }, Filter { label_regex: regex("^b").ok(), ..f() }),
        (Filter { title: Some("fIX the".into()), ..f() }, Filter { title: Some("fix it".into()), ..f() }),
        (Filter { assignee: Some("ann".into()), ..f() }, Filter { no_assignee: true, ..f() }),
        (Filter { overdue_at: Some(NOW), ..f() }, Filter { overdue_at: Some(NOW - 5), ..f() }),
        (Filter { parent: Some("p".into()), ..f() }, Filter { no_parent: true, ..f() }),
        (Filter { priority_max: Some(2), ..f() }, Filter { priority_min: Some(3), ..f() }),
        (
            Filter { due: Span { after: Some(NOW - 9), before: Some(NOW) }, ..f() },
            Filter { defer: Span { after: None, before: Some(NOW) }, ..f() },
        ),
        (Filter { not_types: vec!["bug".into()], ..f() }, Filter { types: vec!["bug".into()], ..f() }),
        (Filter { ephemeral: Some(false), ..f() }, Filter { pinned: Some(true), ..f() }),
    ];
    for (n, (yes, no)) in yes_no.iter().enumerate() {
        assert!(yes.matches_row(&r), "{n}: {yes:?}");
        assert!(!no.matches_row(&r), "{n}: {no:?}");
    }
}

#[test]
fn a_pattern_that_is_none_says_where() {
    let error = regex("a(").unwrap_err();
    assert!(error.message.contains("unclosed group"), "{}", error.message);
    assert!(glob("a(").unwrap().is_match("a("));
    assert!(regex(&"(a{1000}){1000}".repeat(20)).is_err());
}

#[test]
fn orders_are_total() {
    let mut rows = [row("b"), row("a"), row("old"), row("hot")];
    rows[2].created_at = NOW - 100 * 3_600_000;
    rows[2].priority = 0;
    rows[3].priority = 1;
    let order = |key: SortKey| {
        let mut refs: Vec<&Row> = rows.iter().collect();
        key.sort(&mut refs, false, NOW);
        refs.iter().map(|r| r.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(order(SortKey::Priority), ["old", "hot", "a", "b"]);
    assert_eq!(order(SortKey::Hybrid), ["hot", "a", "b", "old"]);
    assert_eq!(order(SortKey::Oldest), ["old", "a", "b", "hot"]);
    assert_eq!(order(SortKey::Id), ["a", "b", "hot", "old"]);
    for (name, key) in SortKey::NAMES {
        assert_eq!(SortKey::parse(name), Some(*key));
    }
    assert_eq!(SortKey::parse("best"), None);
}
