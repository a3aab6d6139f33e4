use super::super::*;
use super::{NOW, row};
use crate::model::{DepType, Outcome};
use jiff::Timestamp;

fn now() -> Timestamp {
    Timestamp::from_millisecond(NOW).unwrap()
}

fn bead() -> crate::fold::Bead {
    let mut state = crate::fold::State::new();
    let line = r#"{"v":1,"id":"00000000000000000000000001","at":"2026-01-01T00:00:00.000Z","by":"ann","bead":"bd-1","do":"create","set":{"title":"x","description":"It LEAKS","spec_id":"spec/a.md"}}"#;
    state.add(crate::model::Event::parse(line).unwrap());
    state.beads().remove(0)
}

fn asks(text: &str) -> bool {
    let mut r = row("bd-1").edge(DepType::PARENT_CHILD, "bd-0");
    r.labels = vec!["area:db".into(), "urgent".into()];
    r.assignee = Some("ann".into());
    r.title = "Fix the Login page".into();
    r.priority = 1;
    r.created_at = NOW - 10 * 86_400_000;
    r.updated_at = NOW - 3_600_000;
    let query = Query::parse(text, now()).unwrap_or_else(|e| panic!("{text}: {e}"));
    query.matches(&r, &mut || Some(bead()))
}

#[test]
fn terms_and_words() {
    for yes in [
        "status=open",
        "STATUS = open",
        "status!=closed",
        "priority<=1",
        "priority=P1",
        "priority>0 and priority<2",
        "type=task",
        "assignee=ann",
        "owner=none",
        "assignee!=none",
        "label=urgent",
        "label=area:*",
        "label!=x",
        "title=login",
        "title='the login'",
        "title=F*page",
        "description=leaks",
        "notes=none",
        "id=bd-*",
        "spec=spec/*",
        "mol_type=none",
        "pinned=false",
        "parent=bd-0",
        "created>7d",
        "updated<7d",
        "updated>=30d OR updated<1d",
        "created<2026-01-01",
        "created>2025-12-01",
        "created=2025-12-22",
        "closed=none",
        "due!=2026-01-01",
        "outcome=none",
        "NOT status=closed",
        "not (status=closed or status=blocked) AND label=urgent",
        "status=closed AND type=bug OR label=urgent",
        "((((status=open))))",
        "not not status=open",
        "status==open",
        "created_at<=2025-12-22",
        "created>=2025-12-22",
    ] {
        assert!(asks(yes), "{yes}");
    }
    for no in [
        "status=Open",
        "status='o*'",
        "priority>1",
        "label=area",
        "label=none",
        "title=logout",
        "title=z*page",
        "id=d-1",
        "assignee=none",
        "created<7d",
        "updated>7d",
        "created>2025-12-22",
        "closed<2026-01-01",
        "status=open AND NOT label=urgent",
        "type=bug AND label=urgent OR status=closed",
        "ephemeral=yes",
        "parent=none",
        "description='leaks*'",
    ] {
        assert!(!asks(no), "{no}");
    }
}

#[test]
fn errors_say_where() {
    for (bad, column, why) in [
        ("", 1, "expected a field"),
        ("status", 7, "expected an operator"),
        ("status=", 8, "expected a value"),
        ("status=open status=closed", 13, "expected AND, OR"),
        ("(status=open", 13, "expected `)`"),
        ("status=open)", 12, "expected AND, OR"),
        ("stauts=open", 1, "no field"),
        ("priority=high", 10, "no priority"),
        ("title>x", 6, "only = and !="),
        ("updated>soon", 9, "no date"),
        ("pinned=maybe", 8, "yes or no"),
        ("title='x", 7, "not closed"),
        ("!status=open", 1, "write NOT"),
        ("ä=1 ", 1, "no field"),
        ("label=ä AND x=1", 13, "no field"),
        ("status=open AND", 16, "expected a field"),
        ("closed>none", 7, "only = and !="),
        ("= = =", 1, "expected a field"),
    ] {
        let error = Query::parse(bad, now()).expect_err(bad).message;
        assert!(error.contains(why) && error.ends_with(&format!("at column {column}")), "{bad}: {error}");
    }
    let near = Query::parse("stauts=open", now()).unwrap_err();
    assert!(near.hints.iter().any(|h| h.contains("status")));
    for deep in ["(".repeat(100_000), "not ".repeat(100_000)] {
        assert!(Query::parse(&deep, now()).unwrap_err().message.contains("too deep"));
    }
    let long = vec!["status=open"; 50_000].join(" AND ");
    assert!(Query::parse(&long, now()).is_ok());
}

#[test]
fn the_bead_is_asked_only_where_the_row_does_not_decide() {
    let query = Query::parse("status=closed AND description=x", now()).unwrap();
    assert!(query.needs_bead() && query.mentions_status());
    assert!(!query.matches(&row("a"), &mut || panic!("the status decides")));
    let rows_only = Query::parse("outcome=failed OR priority=0", now()).unwrap();
    assert!(!rows_only.needs_bead() && rows_only.mentions_status());
    assert!(!Query::parse("priority=0", now()).unwrap().mentions_status());
    let mut failed = row("f").with_status("closed");
    failed.outcome = Some(Outcome::Failed);
    assert!(rows_only.matches(&failed, &mut || None));
}
