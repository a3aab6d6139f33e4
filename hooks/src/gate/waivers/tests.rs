use super::*;
use crate::gate::{Gate, Kind as GateKind, Layer, Waivers, When};
use crate::{Finding, Severity};
use std::collections::BTreeMap;

fn waiver(gate: &str, by: &str, path: Option<&str>) -> Waiver {
    Waiver {
        id: format!("{gate}-{by}"),
        gate: gate.to_owned(),
        path: path.map(str::to_owned),
        bead: None,
        reason: "because".to_owned(),
        by: by.to_owned(),
        at: "2026-03-01T09:00:00.000Z".to_owned(),
        until: "2026-03-15T09:00:00.000Z".to_owned(),
        ended: None,
        contested: false,
    }
}

fn gate(id: &str) -> Gate {
    Gate {
        id: id.to_owned(),
        about: String::new(),
        kind: GateKind::Scan { rule: "no-sleep".to_owned() },
        when: vec![When::Commit],
        action: crate::gate::Action::Block,
        severity: None,
        block_at: Severity::High,
        paths: Vec::new(),
        needs: Vec::new(),
        expect: crate::gate::Expect::Pass,
        canary_env: BTreeMap::new(),
        timeout: std::time::Duration::from_secs(10),
        retry: false,
        layer: Layer::BuiltIn,
        digest: String::new(),
    }
}

fn finding(path: &str) -> Finding {
    Finding {
        path: path.to_owned(),
        line: 3,
        column: 1,
        rule: "no-sleep".to_owned(),
        severity: Severity::Critical,
        message: String::new(),
        advice: String::new(),
        excerpt: String::new(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn held(known: &[Waiver], when: When, authors: &[&str], now: &str) -> Held {
    let authors: Vec<String> = authors.iter().map(|a| (*a).to_owned()).collect();
    Held::choose(known.to_vec(), when, None, &authors, at(now))
}

#[test]
fn a_waiver_lets_through_its_gate_or_rule_in_its_paths_until_its_time() {
    let known = [waiver("sleepy", "ann", Some("test/*.go"))];
    let now = held(&known, When::Commit, &["ann"], "2026-03-02T00:00:00Z");
    let used = now.waives(&gate("sleepy"), Some(&finding("test/a.go"))).unwrap();
    assert_eq!((used.by.as_str(), used.place.as_str(), used.reason.as_str()), ("ann", "sleepy-ann", "because"));
    assert!(now.waives(&gate("sleepy"), Some(&finding("test/deep/a.go"))).is_none());
    assert!(now.waives(&gate("sleepy"), None).is_none(), "a path never waives the gate as a whole");
    assert!(now.waives(&gate("other"), Some(&finding("test/a.go"))).is_none());
    let by_rule = held(&[waiver("no-sleep", "ann", None)], When::Commit, &[], "2026-03-02T00:00:00Z");
    assert!(by_rule.waives(&gate("sleepy"), Some(&finding("x"))).is_some(), "the rule names it too");
    assert!(by_rule.waives(&gate("sleepy"), None).is_none());
    let late = held(&known, When::Commit, &[], "2026-03-15T09:00:00Z");
    assert!(late.waives(&gate("sleepy"), Some(&finding("test/a.go"))).is_none());
    assert_eq!(late.without_effect[0].1, "it has expired");
}

#[test]
fn nobody_waives_for_himself_at_land() {
    let known = [waiver("g", "Ann ", None)];
    for (when, author, counts) in [(When::Land, "ann", false), (When::Land, "bob", true), (When::Push, "ann", true)] {
        let held = held(&known, when, &[author], "2026-03-02T00:00:00Z");
        assert_eq!(held.waives(&gate("g"), None).is_some(), counts, "{when} {author}");
        assert_eq!(held.without_effect.is_empty(), counts);
    }
}

#[test]
fn what_is_for_another_bead_ended_or_contested_has_no_effect() {
    let ended = Ended { by: "bob".to_owned(), at: String::new(), reason: String::new() };
    let known = [
        Waiver { bead: Some("bd-2".to_owned()), ..waiver("g", "ann", None) },
        Waiver { ended: Some(ended), ..waiver("g", "bob", None) },
        Waiver { contested: true, ..waiver("g", "eve", None) },
    ];
    let held = |bead| Held::choose(known.to_vec(), When::Commit, bead, &[], at("2026-03-02T00:00:00Z"));
    assert!(held(None).waives(&gate("g"), None).is_none() && held(Some("bd-1")).waives(&gate("g"), None).is_none());
    assert!(held(Some("bd-2")).waives(&gate("g"), None).is_some());
    assert_eq!(waiver("g", "a", None).state(at("1999-01-01T00:00:00Z")), State::Active);
    let unread = Waiver { until: "some day".to_owned(), ..waiver("g", "a", None) };
    assert_eq!(unread.state(at("1999-01-01T00:00:00Z")), State::Expired, "nothing is waived for ever");
}

#[test]
fn ends_are_bounded() {
    let now = at("2026-03-01T09:00:00Z");
    let usual = Longest::default();
    assert_eq!(until(None, usual, now).unwrap(), at("2026-03-15T09:00:00Z"));
    assert_eq!(until(Some("3w"), usual, now).unwrap(), at("2026-03-22T09:00:00Z"));
    assert_eq!(until(Some("2026-03-04"), usual, now).unwrap().to_string().get(..10), Some("2026-03-04"));
    for bad in ["91d", "2027-01-01", "2026-02-01", "0d", "some day", "999999999w"] {
        assert!(until(Some(bad), usual, now).is_err(), "{bad}");
    }
    let short = Longest { most: jiff::SignedDuration::from_hours(48), ..usual };
    assert!(until(Some("3d"), short, now).unwrap_err().message.contains("at most 2 days"));
    assert_eq!(until(Some("2d"), short, now).unwrap(), at("2026-03-03T09:00:00Z"), "the last moment that is allowed");
    // A length of time comes first: as a date it would be thirty months.
    assert_eq!(until(Some("30m"), usual, now).unwrap(), at("2026-03-01T09:30:00Z"));
}
