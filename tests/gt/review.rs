//! A review of a pull request as the answer to a checkpoint: `gt checkpoint from-review`, with the event that GitHub sends.

use crate::kit::{apdc, pour_recipe, repository, state, step};
use bd_tests::{Sandbox, Work};
use serde_json::{Value, json};

const M: &str = "day3-refs";

/// The recorded event: a review of a pull request, with its ids put in.
pub fn event(verdict: &str, body: &str, head: &str, base: &str) -> Value {
    let text = include_str!("review/event.json");
    let mut event: Value = serde_json::from_str(text).expect("a JSON file");
    event["review"]["state"] = json!(verdict);
    event["review"]["body"] = json!(body);
    event["review"]["commit_id"] = json!(head);
    event["pull_request"]["head"]["sha"] = json!(head);
    event["pull_request"]["base"]["sha"] = json!(base);
    event
}

/// A branch of wes's that names its molecule, with the checkpoint after `analysis` open; the target's commit.
fn branch(sandbox: &Sandbox) -> (Work, String) {
    let wes = repository(sandbox, "lone").acting_as("wes");
    let base = wes.rev("HEAD");
    pour_recipe(&wes, apdc(), M, &[]);
    wes.git(&["switch", "--quiet", "--create", "day3"]).ok();
    wes.gt(&["molecule", "advance", M, "analysis", "--note", "read"]).ok();
    wes.gt(&["molecule", "record", M, "--commit"]).ok();
    (wes, base)
}

fn review(ci: &Work, event: &Value, more: &[&str]) -> bd_tests::Output {
    ci.write("event.json", event.to_string());
    ci.gt(&[&["checkpoint", "from-review", "event.json"], more].concat())
}

// goal: W3 tier1
#[test]
fn an_approving_review_approves_in_the_reviewers_name_and_once() {
    let sandbox = Sandbox::new();
    let (wes, base) = branch(&sandbox);
    let ci = wes.acting_as("ci");
    let event = event("approved", "The port is right.", &wes.rev("HEAD"), &base);
    let out = review(&ci, &event, &["--person", "octo-lea=lea"]);
    assert!(out.ok().contains("Approved: day3-refs/analysis-checkpoint by lea"), "{}", out.stdout());
    let shown = ci.gt(&["checkpoint", "list", M, "--json"]).json();
    assert_eq!((shown[0]["by"].as_str(), shown[0]["reason"].as_str()), (Some("lea"), Some("The port is right.")));
    // The same event again, with the next checkpoint open: it says nothing about that one.
    wes.gt(&["molecule", "advance", M, "plan", "--note", "planned"]).ok();
    let before = ci.bd(&["status", "--json"]).json()["events"].clone();
    let again = review(&ci, &event, &["--person", "octo-lea=lea"]);
    assert!(again.ok().contains(M) && again.stderr().contains("was recorded before"), "{again}");
    assert_eq!(step(&wes, M, "plan-checkpoint").1, "open");
    assert_eq!(ci.bd(&["status", "--json"]).json()["events"], before, "nothing was written");
}

// goal: W3 W6 tier1
#[test]
fn a_review_that_asks_for_changes_rejects_with_its_text() {
    let sandbox = Sandbox::new();
    let (wes, base) = branch(&sandbox);
    let ci = wes.acting_as("ci");
    let head = wes.rev("HEAD");
    let silent = review(&ci, &event("changes_requested", "", &head, &base), &[]);
    assert!(silent.fails(3).stderr().contains("does not say which"), "{silent}");
    review(&ci, &event("changes_requested", "Which port?", &head, &base), &[]).ok();
    assert_eq!(state(&wes, M), "needs_fix");
    let shown = ci.gt(&["checkpoint", "list", M, "--json"]).json();
    assert_eq!(shown[0]["state"], "rejected");
    assert_eq!((shown[0]["by"].as_str(), shown[0]["reason"].as_str()), (Some("octo-lea"), Some("Which port?")));
}

// goal: W3 tier1
#[test]
fn what_is_no_answer_changes_nothing() {
    let sandbox = Sandbox::new();
    let (wes, base) = branch(&sandbox);
    let ci = wes.acting_as("ci");
    let head = wes.rev("HEAD");
    let good = event("approved", "", &head, &base);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut event = good.clone();
        change(&mut event);
        event
    };
    let older = event("approved", "", &base, &base);
    let mut moved = good.clone();
    moved["review"]["commit_id"] = json!(base);
    let cases: [(Value, &[&str], i32, &str); 10] = [
        (with(&|e| e["review"]["state"] = json!("commented")), &[], 3, "decides nothing"),
        (with(&|e| e["action"] = json!("dismissed")), &[], 3, "decides nothing"),
        (with(&|e| e["review"]["author_association"] = json!("NONE")), &[], 3, "no owner, member or collaborator"),
        (with(&|e| e["review"]["user"]["type"] = json!("Bot")), &[], 3, "is a program"),
        (with(&|e| e["pull_request"]["head"]["repo"]["full_name"] = json!("x/y")), &[], 3, "another repository"),
        (with(&|e| e["review"]["submitted_at"] = json!("2000-01-01T00:00:00Z")), &[], 3, "opened after the review"),
        (moved, &[], 6, "has moved"),
        (older, &[], 2, "names a molecule"),
        (good.clone(), &["--person", "octo-lea=wes"], 3, "wes worked on"),
        (good.clone(), &["--actor", "lea"], 2, "the review says who decides"),
    ];
    for (event, more, code, said) in cases {
        let out = review(&ci, &event, more);
        assert!(out.fails(code).stderr().contains(said), "{said}: {out}");
        assert_eq!(step(&wes, M, "analysis-checkpoint").1, "open", "{said}");
    }
    ci.write("event.json", "{");
    ci.gt(&["checkpoint", "from-review", "event.json"]).fails(2);
    // Nothing waits any more.
    wes.acting_as("lea").gt(&["checkpoint", "approve", M, "analysis-checkpoint"]).ok();
    assert!(review(&ci, &good, &[]).fails(3).stderr().contains("no checkpoint of `day3-refs` waits"));
}

/// The script that the recipe for GitHub runs, as it stands there.
fn script() -> String {
    let recipe = include_str!("../../docs/ci/approve-from-review.yml");
    let start = recipe.find("# script").expect("the script's first line");
    let lines = recipe[start..].lines().take_while(|l| l.is_empty() || l.starts_with("          ") || l.starts_with("# script"));
    lines.map(|l| l.trim_start_matches("          ")).collect::<Vec<_>>().join("\n")
}

// goal: W3 W15 tier1
#[test]
fn the_recipe_for_a_forge_approves_and_publishes() {
    let sandbox = Sandbox::new();
    let (_remote, wes, ci) = sandbox.two_clones();
    let wes = wes.acting_as("wes");
    let base = wes.rev("HEAD");
    pour_recipe(&wes, apdc(), M, &[]);
    wes.git(&["switch", "--quiet", "--create", "day3"]).ok();
    wes.gt(&["molecule", "advance", M, "analysis", "--note", "read"]).ok();
    wes.gt(&["molecule", "record", M, "--commit"]).ok();
    wes.git(&["push", "--quiet", "origin", "day3"]).ok();
    wes.bd(&["sync"]).ok();
    ci.git(&["fetch", "--quiet", "origin"]).ok();
    let event = event("approved", "Fine; \"$(exit 9)\" `exit 9`", &wes.rev("HEAD"), &base);
    ci.write("event.json", event.to_string());
    let event = ci.dir().join("event.json");
    let shell = std::path::Path::new("/bin/sh");
    let run = sandbox.program_in(shell, ci.dir(), "ci", &["-c", &script()]).env("GITHUB_EVENT_PATH", &event).run();
    assert!(run.ok().contains("Approved: day3-refs/analysis-checkpoint by octo-lea"), "{run}");
    wes.bd(&["sync"]).ok();
    assert_eq!(step(&wes, M, "analysis-checkpoint").1, "approved", "the worker has it");
    assert_eq!(ci.rev("HEAD"), base, "no branch of the code was touched");
}
