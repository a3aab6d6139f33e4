//! What a look reads less of is the same: lists, ready steps and what is held, beside everything read in full.

use crate::kit::{apdc, pour_recipe, repository, store};
use bd::query::{Filter, SortKey};
use bd_tests::Sandbox;
use gt::molecule::{Shelf, StepState, load_all, load_open};
use gt::rows;
use std::collections::BTreeSet;

#[test]
fn looks_that_read_little_say_what_everything_says() {
    let sandbox = Sandbox::new();
    let work = repository(&sandbox, "looks").acting_as("wes");
    for name in ["alpha", "beta", "gamma"] {
        pour_recipe(&work, apdc(), name, &[]);
    }
    work.bd(&["create", "A plain bead"]).ok();
    work.gt(&["molecule", "next", "beta", "--claim"]).ok();
    work.gt(&["molecule", "advance", "alpha", "analysis", "--note", "done"]).ok();
    work.gt(&["molecule", "cancel", "gamma", "--reason", "not needed"]).ok();
    let store = store(&work);
    let (snapshot, now) = (store.snapshot().expect("a snapshot"), store.now());
    let at = now.as_millisecond();
    let in_full = |filter: &Filter| {
        let rows = snapshot.list_page(filter, (SortKey::Priority, false), 0, at, false).expect("rows").rows;
        rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>()
    };
    for closed_too in [false, true] {
        let filter = Filter { types: vec!["molecule".to_owned()], closed_too, ..Filter::default() };
        let names = |rows: Vec<bd::query::Row>| rows.into_iter().map(|r| r.id).collect::<BTreeSet<_>>();
        assert_eq!(names(rows::not_work(&snapshot, &filter).expect("rows")), names(in_full(&filter)), "{closed_too}");
    }
    let mine = Filter { assignee: Some("wes".to_owned()), ..Filter::default() };
    assert_eq!(gt::views::assigned(&snapshot, "wes", 20, at).expect("rows"), in_full(&mine));
    assert!(!in_full(&mine).is_empty());
    let all = Shelf::all(&snapshot, now);
    let views = all.views_of(|_| true).expect("views");
    assert_eq!(format!("{views:?}"), format!("{:?}", load_all(&snapshot, now).expect("views")));
    for (place, view) in views.iter().enumerate() {
        let over = matches!(view.state, gt::molecule::MoleculeState::Completed | gt::molecule::MoleculeState::Cancelled);
        assert_eq!(Shelf::all(&snapshot, now).is_over(place).expect("a state"), over, "{}", view.name);
    }
    let open = Shelf::open(&snapshot, now);
    let views = load_open(&snapshot, now).expect("views");
    let mut steps = 0;
    for row in in_full(&Filter { closed_too: true, ..Filter::default() }) {
        let wanted = views.iter().find_map(|v| Some((v, v.steps.iter().find(|s| s.bead.as_str() == row.id)?)));
        let wanted = wanted.map(|(v, s)| (v.name.clone(), s.def.id.clone()));
        let found = open.step_of(&row).expect("an answer").map(|(place, step)| (open.name(place).expect("a name"), step));
        assert_eq!(found, wanted, "{}", row.title);
        steps += usize::from(found.is_some());
    }
    assert_eq!(steps, views.iter().map(|v| v.steps.len()).sum::<usize>());
    assert!(views.iter().any(|v| v.steps.iter().any(|s| s.state == StepState::InProgress)));
}
