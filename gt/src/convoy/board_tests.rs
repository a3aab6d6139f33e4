use super::super::{Planned, parse};
use super::*;
use crate::formula::{Estimate, Step};
use crate::molecule::{CheckpointView, StepState, StepView, Validation, View};
use bd::model::{BeadId, Outcome};
use bd::query::Rule;

const LEDGER: &str = include_str!("../../../tests/gt/convoys/ledger-trail.toml");

fn now() -> Timestamp {
    "2026-01-06T08:00:00Z".parse().unwrap()
}

/// A board, which the tally of the same members agrees with.
fn board(facts: Facts, file: Option<&ConvoyFile>, members: &Members, now: Timestamp) -> Board {
    let out = super::board(facts, file, members, now);
    let poured: Vec<Poured<'_>> = members.molecules.iter().map(Poured::from).collect();
    let t = tally(file, &poured, &members.plain);
    assert_eq!((t.done, t.total, t.unit, t.blocking), (out.done, out.total, out.unit, out.blocking));
    out
}

fn facts(teams: usize) -> Facts {
    Facts {
        id: "ledger-trail".into(),
        name: "Ledger trail".into(),
        owner: None,
        state: State::Open,
        proven: true,
        teams: (0..teams).map(|n| format!("team-{n}")).collect(),
    }
}

/// analysis (15 m) -> analysis-checkpoint -> do-green (45 m) -> check
fn view(name: &str, state: MoleculeState, done: usize) -> View {
    let steps = ["analysis", "analysis-checkpoint", "do-green", "check"].iter().enumerate().map(|(n, id)| {
        let checkpoint = (n == 1).then(CheckpointView::default);
        let estimate = [Some(15), None, Some(45), None][n].map(|max| Estimate { min: 5, max });
        StepView {
            bead: BeadId::new(&format!("t-{name}-{id}")).unwrap(),
            def: Step { id: (*id).into(), estimate, ..Step::default() },
            state: if n < done { StepState::Done } else { StepState::Ready },
            attempt: 1,
            holder: None,
            checkpoint,
            ticked: Vec::new(),
            workers: Vec::new(),
        }
    });
    View {
        bead: BeadId::new(&format!("t-{name}")).unwrap(),
        name: name.into(),
        convoy: Some("ledger-trail".into()),
        recipe: crate::formula::Recipe::default(),
        owner: None,
        team: None,
        state,
        steps: steps.collect(),
        open: vec![done.min(3)],
        fix: None,
        validation: None,
        infrastructure: Vec::new(),
        missing: Vec::new(),
        note: None,
        waits_for: Vec::new(),
        why: None,
        poured: None,
        completed: None,
    }
}

fn with(views: Vec<View>) -> Board {
    let file = parse("c", LEDGER).unwrap();
    board(facts(7), Some(&file), &Members { molecules: views, plain: Vec::new() }, now())
}

#[test]
fn before_anything_is_poured() {
    let lines = with(Vec::new()).show_lines();
    let expected = "Convoy: ledger-trail
Status: In Progress (Day 2 Complete)
Progress: 2/8 days (25%)
Teams: 7 service teams involved
Blocking Issues: 0

Molecules:
✅ day1-intake-fields (complete, 100% pass)
✅ day2-rates-from-two-sides (complete, 100% pass)
⏳ day3-settlement-refs (ready to start)
⏳ day4-5-failures (blocked by day3)
⏳ day6-limits (blocked by day4-5)
⏳ day7-8-whole-story (blocked by day3, day4-5, day6)

Next: Launch day3-settlement-refs molecule";
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn a_molecule_goes_its_way() {
    let third = |b: &Board| b.molecules[2].text();
    let b = with(vec![view("day3-settlement-refs", MoleculeState::InProgress, 0)]);
    assert_eq!(third(&b), "🔄 day3-settlement-refs (analysis, 0%)");
    assert_eq!(b.show_lines().last().unwrap(), "Next Checkpoint: day3-settlement-refs analysis-checkpoint (ETA: 2026-01-06 08:15)");
    assert!(b.launch.is_none(), "what is blocked is not launched");

    let mut waits = view("day3-settlement-refs", MoleculeState::AwaitingCheckpoint, 1);
    let checkpoint = waits.steps[1].checkpoint.as_mut().unwrap();
    (checkpoint.state, checkpoint.deadline) = (CheckpointState::Open, Some("2026-01-06T10:00:00Z".parse().unwrap()));
    let b = with(vec![waits.clone()]);
    assert_eq!(third(&b), "⏸ day3-settlement-refs (awaiting analysis-checkpoint)");
    assert_eq!(
        b.next_checkpoint.as_ref().unwrap().text(),
        "day3-settlement-refs analysis-checkpoint (open, until 2026-01-06 10:00)"
    );
    assert_eq!(b.blocking, 0);
    waits.steps[1].checkpoint.as_mut().unwrap().state = CheckpointState::Contested;
    assert_eq!(with(vec![waits]).blocking, 1);

    let mut fix = view("day3-settlement-refs", MoleculeState::NeedsFix, 2);
    assert_eq!(third(&with(vec![fix.clone()])), "🚨 day3-settlement-refs (blocked: needs_fix)");
    fix.validation = Some(Validation { counted: true, total: 35, ok: 32, failed: 3, ..Validation::default() });
    let b = with(vec![fix]);
    assert_eq!((third(&b).as_str(), b.blocking), ("🚨 day3-settlement-refs (blocked: needs_fix, 91.4% pass)", 1));

    let mut done = view("day3-settlement-refs", MoleculeState::Completed, 4);
    done.validation = Some(Validation { passed: true, counted: true, total: 3, ok: 3, ..Validation::default() });
    let b = with(vec![done]);
    assert_eq!(third(&b), "✅ day3-settlement-refs (complete, 100% pass)");
    assert_eq!(b.progress_text(), "3/8 days (37.5%)");
    assert_eq!(b.status, "In Progress (Day 3 Complete)");
    assert_eq!(b.launch.as_deref(), Some("day4-5-failures"));
    assert_eq!(b.molecules[3].text(), "⏳ day4-5-failures (ready to start)");
}

#[test]
fn a_poured_molecule_says_itself_what_it_is_whatever_the_file_says() {
    let b = with(vec![view("day2-rates-from-two-sides", MoleculeState::InProgress, 2)]);
    assert_eq!(b.molecules[1].text(), "🔄 day2-rates-from-two-sides (do-green, 50%)");
    assert_eq!(b.progress_text(), "1/8 days (12.5%)");
    assert_eq!(b.molecules[2].text(), "⏳ day3-settlement-refs (blocked by day2)");
    let mut rests = view("day9-extra", MoleculeState::Paused, 1);
    rests.team = Some("archive".into());
    let b = with(vec![rests]);
    assert_eq!(b.molecules[6].text(), "⏸ day9-extra (paused at analysis-checkpoint)");
    assert_eq!(
        (b.blocking, b.molecules[6].team.as_deref(), b.molecules[2].team.as_deref()),
        (1, Some("archive"), Some("settlement"))
    );
}

#[test]
fn days_never_come_to_more_than_there_are() {
    let done = |id: &str| Planned { id: id.into(), status: Some("completed".into()), ..Planned::default() };
    let mut file = ConvoyFile { molecules: vec![done("day1-9-all"), done("more")], ..ConvoyFile::default() };
    file.timeline.total_days = Some(4);
    let b = board(facts(0), Some(&file), &Members::default(), now());
    assert_eq!((b.progress_text().as_str(), b.status.as_str()), ("4/4 days (100%)", "Complete (not landed)"));
    assert!(!b.show_lines().iter().any(|l| l.starts_with("Teams:")));
    file.timeline.total_days = None;
    file.molecules.push(Planned { id: "last".into(), ..Planned::default() });
    let b = board(facts(0), Some(&file), &Members::default(), now());
    assert_eq!(b.progress_text(), "2/3 molecules (66.7%)");
    assert_eq!(b.molecules[2].text(), "⏳ last (planned, not started)");
    assert!(!b.is_complete());
}

fn plain(id: &str, rule: Rule) -> Plain {
    Plain {
        id: format!("t-{id}"),
        short: id.into(),
        title: format!("The {id}"),
        rule,
        holder: None,
        blocked_by: Vec::new(),
        outcome: None,
        lapsed: None,
        conflict: false,
    }
}

#[test]
fn plain_beads() {
    let mut held = plain("held", Rule::Claimed);
    held.holder = Some("ann".into());
    let mut waits = plain("waits", Rule::Blocks);
    waits.blocked_by = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
    let dropped = Plain { outcome: Some(Outcome::Cancelled), ..plain("dropped", Rule::Closed) };
    let all = vec![
        plain("done", Rule::Closed),
        dropped,
        held,
        waits,
        plain("free", Rule::Ready),
        plain("two", Rule::Contested),
        plain("gone", Rule::Deleted),
    ];
    let b = board(facts(0), None, &Members { molecules: Vec::new(), plain: all }, now());
    let texts: Vec<String> = b.beads.iter().map(Line::text).collect();
    assert_eq!(
        texts,
        [
            "✅ done The done (closed)",
            "✖ dropped The dropped (closed: cancelled)",
            "🔄 held The held (in progress, ann)",
            "⏳ waits The waits (blocked by a, b, c and 2 more)",
            "⏳ free The free (ready)",
            "🚨 two The two (several hold it)",
            "🚨 gone The gone (deleted)",
        ]
    );
    assert_eq!(b.progress_text(), "1/6 beads (16.7%)");
    assert_eq!((b.blocking, b.status.as_str()), (2, "In Progress"));
    let empty = board(facts(0), None, &Members::default(), now());
    assert_eq!((empty.progress_text().as_str(), empty.status.as_str()), ("0/0 molecules (0%)", "Empty"));
    assert!(!empty.is_complete(), "an empty convoy is not complete");
}

#[test]
fn states_of_the_convoy_itself() {
    for (state, words) in [
        (State::Closed, "Landed"),
        (State::StagedReady, "Staged (ready to launch)"),
        (State::StagedWarnings, "Staged (with warnings)"),
    ] {
        let b = board(Facts { state, ..facts(1) }, None, &Members::default(), now());
        assert_eq!(b.status, words);
    }
    let by_hand = Facts { state: State::Closed, proven: false, ..facts(1) };
    assert_eq!(board(by_hand, None, &Members::default(), now()).status, "Closed (by hand, nothing proven)");
}

#[test]
fn what_creation_says() {
    let b = with(Vec::new());
    assert_eq!(
        b.created_lines(Some(".beads/convoys/ledger-trail/convoy.toml")),
        [
            "✅ Convoy created: ledger-trail",
            "📊 Progress: 2/8 days complete (25%)",
            "📁 Configuration: .beads/convoys/ledger-trail/convoy.toml",
            "🎯 Next Molecule: day3-settlement-refs",
        ]
    );
}
