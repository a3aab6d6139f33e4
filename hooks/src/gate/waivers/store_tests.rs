//! Waivers in a real store, and marks in real code.

use super::*;
use crate::gate::lab::Lab;
use crate::gate::{Outcome, Verdict, Waived, When, record};
use crate::scan::RuleSet;
use bd::model::Kind;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn give(store: &Store, new: &NewWaiver) -> Result<Waiver> {
    store.write(|tx| waive(tx, new))
}

fn new(gate: &str) -> NewWaiver {
    NewWaiver { gate: gate.into(), reason: " the port is taken ".into(), until: at("2099-01-02T03:04:05Z"), ..NewWaiver::default() }
}

#[test]
fn a_waiver_is_given_read_back_and_ended_once() {
    let lab = Lab::new();
    let store = lab.store();
    assert_eq!(load(&store).unwrap(), []);
    let first = give(&store, &new("no-skip")).unwrap();
    assert_eq!(
        (first.gate.as_str(), first.reason.as_str(), first.by.as_str(), first.id.len()),
        ("no-skip", "the port is taken", "ann", 10)
    );
    assert!(first.until.starts_with("2099-01-02T03:04:05") && !first.contested && first.ended.is_none());
    let later = lab.store_with(&[("BD_ACTOR", "ann"), ("BD_NOW", "2098-12-01T00:00:00Z")]);
    let second = give(&later, &NewWaiver { path: Some("test/**".into()), ..new("no-sleep") }).unwrap();
    assert_eq!(second.gate, "no-sleep", "the one that was given now");
    assert_eq!(load(&store).unwrap(), [first.clone(), second.clone()], "the oldest first");
    assert_eq!(first.to_string(), "no-skip until 2099-01-02, by ann: the port is taken");
    assert_eq!(
        Waiver { bead: Some("bd-1".into()), ..second.clone() }.to_string(),
        "no-sleep in test/** for bd-1 until 2099-01-02, by ann: the port is taken"
    );

    let stop = |id: &str| store.write(|tx| end(tx, id, " done "));
    let ended = stop(&second.id[..3]).unwrap();
    assert_eq!(ended.id, second.id, "by the beginning of its name");
    let how = ended.ended.as_ref().unwrap();
    assert_eq!((how.by.as_str(), how.reason.as_str(), ended.state(store.now())), ("ann", "done", State::Ended));
    let again = stop(&second.id).unwrap_err();
    assert!(again.kind.exit_code() == 2 && again.message.ends_with("has ended already"), "{again}");
    for id in [&first.id[..2], "nobody", ""] {
        let none = stop(id).unwrap_err();
        assert!(none.message.starts_with("there is no waiver") && none.kind.exit_code() == 2, "{none}");
    }
    assert_eq!(stop(&first.id).unwrap().id, first.id);
}

#[test]
fn what_has_no_effect_any_more_cannot_be_ended_and_two_that_fit_are_named() {
    let lab = Lab::new();
    let store = lab.store();
    let past = give(&store, &NewWaiver { until: at("2001-01-01T00:00:00Z"), ..new("g") }).unwrap();
    let over = store.write(|tx| end(tx, &past.id, "")).unwrap_err();
    assert!(over.message.ends_with("has expired already"), "{over}");
    // Written twice: nobody knows who gave what, and anybody may still end it.
    let by_hand = |id: &str, reason: &str| {
        let payload =
            Payload { gate: "g".into(), path: None, bead: None, reason: reason.into(), until: "2099-01-01T00:00:00Z".into() };
        store
            .write(|tx| {
                let event = tx.event(&gates_bead()?, Kind::WAIVE)?;
                tx.push(event.setting(&format!("{FIELD}{id}"), bd::model::Value::of(&payload)));
                Ok(())
            })
            .unwrap();
    };
    by_hand("abcd1", "one");
    by_hand("abcd2", "two");
    let many = store.write(|tx| end(tx, "abcd", "")).unwrap_err();
    assert!(many.message.ends_with("names several waivers: abcd1, abcd2"), "{many}");
    // No reason or no gate, no waiver.
    by_hand("abcd3", "  ");
    assert!(load(&store).unwrap().iter().all(|w| w.id != "abcd3" && !w.contested));
    let words = [State::Active, State::Expired, State::Ended, State::Contested].map(State::as_str);
    assert_eq!(words, ["active", "expired", "ended", "contested"]);
}

#[test]
fn a_waiver_needs_a_reason_a_glob_that_is_one_and_a_bead_that_is_there() {
    let lab = Lab::new();
    let store = lab.store();
    for (bad, why) in [
        (NewWaiver { reason: " ... ".into(), ..new("g") }, "needs a reason"),
        (NewWaiver { path: Some("a[".into()), ..new("g") }, "is no glob"),
        (NewWaiver { bead: Some("nobody".into()), ..new("g") }, "nobody"),
    ] {
        let error = give(&store, &bad).unwrap_err();
        assert!(error.kind.exit_code() == 2 && error.message.contains(why), "{error}");
    }
    assert_eq!(load(&store).unwrap(), [], "nothing was written");
}

#[test]
fn a_project_says_how_long_waivers_hold() {
    let lab = Lab::new();
    let hours = |of: &Lab| Longest::of(&of.store()).map(|l| (l.usual.as_hours() / 24, l.most.as_hours() / 24));
    assert_eq!(hours(&lab).unwrap(), (14, 90));
    for (text, days) in [
        ("expire = \"3d\"\nlongest = \"30d\"", (3, 30)),
        ("longest = \"7d\"", (7, 7)),
        ("longest = \"90d\"", (14, 90)),
        ("expire = \"20d\"\nlongest = \"7d\"", (7, 7)),
        ("", (14, 90)),
    ] {
        lab.commit(".beads/gates.toml", &format!("# {text:?}\n[waivers]\n{text}\n"));
        assert_eq!(hours(&lab).unwrap(), days, "{text}");
    }
    for text in ["longest = \"91d\"", "expire = \"0d\"", "expire = 3", "longest = \"soon\""] {
        lab.commit(".beads/gates.toml", &format!("[waivers]\n{text}\n"));
        let error = hours(&lab).unwrap_err();
        assert!(error.kind.exit_code() == 2 && error.message.contains("no length of time of at most 90 days"), "{text}: {error}");
    }
    lab.commit(".beads/gates.toml", "[waivers\n");
    assert!(hours(&lab).is_err());
    assert!(
        super::super::parse(
            Some(&crate::gate::Found {
                tree: crate::gate::Tree::Working("/nowhere".into()),
                text: "[waivers]\nexpire = \"3d\"\n".into()
            }),
            Vec::new()
        )
        .unwrap()
        .warnings
        .is_empty()
    );
}

#[test]
fn uses_are_counted_over_all_beads_that_can_have_any() {
    let lab = Lab::new();
    let store = lab.store();
    let waiver = give(&store, &new("no-skip")).unwrap();
    let bead = store
        .write(|tx| bd::ops::create::create(tx, &bd::ops::create::NewBead { title: "work".into(), ..Default::default() }))
        .unwrap();
    let verdict: Verdict = serde_json::from_str(
        r#"{"gate":"no-skip","kind":"scan","status":"pass","action":"block","why":"w","seconds":0.0,"definition":"d","tool":"t","code":"c"}"#,
    )
    .unwrap();
    let used = |place: &str| Waived { finding: None, reason: "r".into(), by: "ann".into(), until: None, place: place.into() };
    let verdict = Verdict { waived: vec![used(&waiver.id), used("elsewhere")], ..verdict };
    let outcome = Outcome::new(vec![verdict], When::Push, None, true);
    let of = |known: &[Waiver]| uses(&store.snapshot().unwrap(), known).unwrap();
    assert!(of(&[waiver.clone()]).is_empty());
    record(&store, None, &outcome).unwrap();
    record(&store, None, &outcome).unwrap();
    assert_eq!(of(&[waiver.clone()])[&waiver.id], 2);
    let id = bead.bead.id.clone();
    record(&store, Some(&id), &outcome).unwrap();
    let all = of(&[waiver.clone()]);
    assert_eq!((all[&waiver.id], all["elsewhere"], all.len()), (3, 3, 2));
    assert!(of(&[]).is_empty(), "no waiver, nothing to look for");
    // Beads that did not change since the waiver was given have no use of it.
    let later = Waiver { at: "2098-01-01T00:00:00.000Z".into(), ..waiver.clone() };
    assert_eq!(of(&[later])[&waiver.id], 2);
}

#[test]
fn marks_in_the_code_are_listed_with_who_wrote_them_and_what_they_let_through() {
    let lab = Lab::new();
    let env = lab.env_with(&[]);
    let of = || marks(&*lab.git, &env, &RuleSet::built_in()).unwrap();
    assert_eq!(of(), []);
    lab.commit("plain.go", "package a\n");
    lab.commit(
        "a_test.go",
        "package a\n\nfunc TestA(t *testing.T) {\n\t// gate:allow no-skip -- later\n\tt.Skip(\"a\")\n\tx() // gate:allow no-sleep -- unused\n\ttime.Sleep(1) // gate:allow no-sleep, no-skip -- used\n}\n",
    );
    lab.write("new_test.go", "package a\n\nfunc TestB(t *testing.T) {\n\tt.Skip() // gate:allow no-skip -- new\n}\n");
    lab.run(&["add", "new_test.go"]);
    lab.write("untracked_test.go", "package a\n// gate:allow no-skip -- nobody's\n");
    let told: Vec<_> = of().into_iter().map(|m| (m.path, m.line, m.rules.join(" "), m.reason, m.by, m.uses)).collect();
    let row = |path: &str, line, rules: &str, reason: &str, by: Option<&str>, uses| {
        (path.to_owned(), line, rules.to_owned(), reason.to_owned(), by.map(str::to_owned), uses)
    };
    assert_eq!(
        told,
        [
            row("a_test.go", 4, "no-skip", "later", Some("Ann"), 1),
            row("a_test.go", 6, "no-sleep", "unused", Some("Ann"), 0),
            row("a_test.go", 7, "no-sleep no-skip", "used", Some("Ann"), 1),
            row("new_test.go", 4, "no-skip", "new", None, 1),
        ]
    );
}
