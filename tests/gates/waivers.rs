//! Waivers from the outside: given, seen, used up, never in each other's way.

use bd_tests::{Sandbox, Work};
use serde_json::Value;

fn waive(work: &Work, words: &[&str]) -> Value {
    let line: Vec<&str> = ["gate", "waive"].iter().chain(words).copied().chain(["--json"]).collect();
    work.bd(&line).json()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().expect("an array").iter().filter_map(|w| w["id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_waiver_has_a_reason_a_giver_and_an_end() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    let bead = work.create("A bead", &[]);
    let state = work.rev("refs/beads/state");
    for bad in [
        &["no-sleep"][..],
        &["no-sleep", "--reason", "  "],
        &["no-sleep", "--reason", "..."],
        &["no-such-gate", "--reason", "x"],
        &["no-sleep", "--reason", "x", "--until", "91d"],
        &["no-sleep", "--reason", "x", "--until", "2026-02-01"],
        &["no-sleep", "--reason", "x", "--path", "a[b"],
        &["no-sleep", "--reason", "x", "--bead", "no-such-bead"],
        &["--end", "nothing"],
    ] {
        work.bd(&[&["gate", "waive"], bad].concat()).fails(2);
    }
    assert_eq!(work.rev("refs/beads/state"), state, "what was refused wrote nothing");
    assert_eq!(work.bd(&["gate", "waivers", "--json"]).json(), serde_json::json!([]));

    let given = waive(&work, &["no-sleep", "--path", "test/**", "--reason", "no event for it"]);
    let id = given["id"].as_str().expect("an id").to_owned();
    assert_eq!((given["by"].as_str(), given["state"].as_str(), given["uses"].as_u64()), (Some("lone"), Some("active"), Some(0)));
    assert!(given["until"].as_str().is_some_and(|u| u.starts_with("2026-03-15")), "14 days: {given}");
    let shown = work.bd(&["gate", "waivers"]);
    for part in ["no-sleep in test/**", "by lone", "no event for it", "until 2026-03-15"] {
        assert!(shown.stdout().contains(part), "{part}: {}", shown.stdout());
    }
    assert!(work.bd(&["gate", "show", "no-sleep"]).stdout().contains("no event for it"));
    assert!(!work.bd(&["gate", "show", "no-skip"]).stdout().contains("no event for it"));

    // Its time goes by: it is listed among those without effect, and only there.
    let late = "2026-03-16T00:00:00Z";
    assert_eq!(work.cmd(&["gate", "waivers", "--json"]).now(late).run().json(), serde_json::json!([]));
    let expired = work.cmd(&["gate", "waivers", "--expired", "--json"]).now(late).run().json();
    assert_eq!((expired[0]["id"].as_str(), expired[0]["state"].as_str()), (Some(id.as_str()), Some("expired")));
    work.cmd(&["gate", "waive", "--end", &id]).now(late).run().fails(2);

    let other = waive(&work, &["no-skip", "--reason", "flaky runner", "--until", "3w"]);
    let other = other["id"].as_str().expect("an id").to_owned();
    work.bd(&["gate", "waive", "--end", &other[..6], "--reason", "mended"]).ok();
    let ended = work.bd(&["gate", "waivers", "--expired", "--json"]).json();
    assert_eq!(ended[0]["ended"]["reason"], "mended");
    work.bd(&["gate", "waive", "--end", &other]).fails(2);
    assert_eq!(ids(&work.bd(&["gate", "waivers", "--json"]).json()), [id]);
    // The store's own beads are nobody's work.
    assert_eq!(ids(&work.bd(&["list", "--all", "--json"]).json()), [bead]);
    assert!(!work.bd(&["export"]).stdout().contains("no event for it"));
}

#[test]
fn two_clones_waive_and_end_at_once_without_a_conflict() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    let shared = waive(&ann, &["no-sleep", "--reason", "first"])["id"].as_str().expect("an id").to_owned();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    waive(&ann, &["no-sleep", "--reason", "of ann"]);
    waive(&bob, &["no-sleep", "--reason", "of bob"]);
    ann.bd(&["gate", "waive", "--end", &shared, "--reason", "one"]).ok();
    bob.bd(&["gate", "waive", "--end", &shared, "--reason", "two"]).ok();
    for work in [&ann, &bob, &ann] {
        work.bd(&["sync"]).ok();
    }
    for work in [&ann, &bob] {
        let active = work.bd(&["gate", "waivers", "--json"]).json();
        let mut reasons: Vec<&str> = active.as_array().expect("an array").iter().filter_map(|w| w["reason"].as_str()).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["of ann", "of bob"]);
        assert!(
            active.as_array().expect("an array").iter().all(|w| w["by"] == w["reason"].as_str().expect("a reason")[3..]),
            "{active}"
        );
        assert_eq!(ids(&work.bd(&["gate", "waivers", "--expired", "--json"]).json()), [shared.clone()]);
        assert_eq!(work.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
    }
}

#[test]
fn comments_in_the_code_are_listed_with_who_and_how_often() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.write(
        "a_test.go",
        "package a\n\nimport (\n\t\"testing\"\n\t\"time\"\n)\n\nfunc TestA(t *testing.T) {\n\t// gate:allow no-sleep -- the simulator has no event\n\ttime.Sleep(1)\n\tt.Log(\"gate:allow no-skip -- a string is no comment\")\n}\n",
    );
    work.write(
        "b_test.go",
        "package a\n\n// gate:allow no-skip -- nothing left here\nvar x = 1\n\n// gate:allow no-skip\nvar y = 2\n",
    );
    work.commit_all("Waived");
    let list = work.bd(&["gate", "waivers", "--json"]).json();
    let told: Vec<_> =
        list.as_array().expect("an array").iter().map(|w| (w["path"].as_str(), w["line"].as_u64(), w["uses"].as_u64())).collect();
    assert_eq!(told, [(Some("a_test.go"), Some(9), Some(1)), (Some("b_test.go"), Some(3), Some(0))]);
    assert_eq!((list[0]["by"].as_str(), list[0]["source"].as_str()), (Some("lone"), Some("code")));
    assert!(work.bd(&["gate", "waivers"]).stdout().contains("a_test.go:9 no-sleep, by lone: the simulator has no event"));
    assert_eq!(work.bd(&["gate", "waivers", "--expired", "--json"]).json(), serde_json::json!([]));
}

#[test]
fn the_project_may_ask_for_less_time() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    work.write(".beads/gates.toml", "[waivers]\nexpire = \"3d\"\nlongest = \"7d\"\n");
    work.commit_all("Short waivers");
    let given = waive(&work, &["no-sleep", "--reason", "x"]);
    assert!(given["until"].as_str().is_some_and(|u| u.starts_with("2026-03-04")), "{given}");
    work.bd(&["gate", "waive", "no-sleep", "--reason", "x", "--until", "8d"]).fails(2);
    work.write(".beads/gates.toml", "[waivers]\nlongest = \"365d\"\n");
    work.commit_all("Too long");
    work.bd(&["gate", "waive", "no-sleep", "--reason", "x"]).fails(2);
}
