use bd_tests::Sandbox;
use serde_json::json;

#[test]
fn a_branch_says_what_it_did_in_text_markdown_and_json() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    let id = ann.create("Fix <b>it</b> @bob", &["-p", "2"]);
    ann.bd(&["ride", &id]).ok();
    ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
    ann.git(&["switch", "--quiet", "--create", "feature"]).ok();
    ann.git(&["commit", "--quiet", "--allow-empty", "-m", &format!("Fix\n\nBead: {id}")]).ok();
    ann.bd(&["update", &id, "--priority", "0", "--add-label", "urgent"]).ok();
    let child = ann.create("Found on the way", &["--deps", &format!("discovered-from:{id}")]);
    ann.bd(&["comment", &id, "see #1\nsecond line"]).ok();
    ann.bd(&["close", &id, "--reason", "done and tested"]).ok();
    let waiting = ann.bd(&["diff", "--json"]).json();
    assert_eq!(waiting["events"], waiting["pending"], "nothing rides yet");
    assert!(waiting["events"].as_u64() > Some(3), "{waiting}");
    ann.bd(&["ride"]).ok();
    let here = ann.bd(&["diff", "--json"]).json();
    assert_eq!((&here["pending"], &here["events"]), (&json!(0), &waiting["events"]));
    ann.git(&["push", "--quiet", "origin", "feature"]).ok();

    // The reviewer has the branch and nothing else of it.
    bob.git(&["fetch", "--quiet", "origin"]).ok();
    let range = "origin/main...origin/feature";
    let there = bob.bd(&["diff", range, "--json"]).json();
    assert_eq!(there["beads"].as_array().map(Vec::len), Some(2), "{there}");
    let (new, old) = (&there["beads"][0], &there["beads"][1]);
    assert_eq!((new["id"].as_str(), new["created"].as_bool()), (Some(child.as_str()), Some(true)));
    assert_eq!(
        (old["id"].as_str(), old["created"].as_bool(), old["reason"].as_str()),
        (Some(id.as_str()), Some(false), Some("done and tested"))
    );
    let priority = old["changes"].as_array().unwrap().iter().find(|c| c["field"] == "priority").unwrap();
    assert_eq!((&priority["old"], &priority["new"]), (&json!(2), &json!(0)));
    assert_eq!(old["labels"], json!(["urgent"]));
    assert!(bob.bd(&["show", &child]).code() != 0, "a branch that is only read by name decides nothing here");
    let text = bob.bd(&["diff", range]);
    assert!(text.ok().contains("priority: 2 -> 0") && text.ok().contains("+ label urgent"), "{text}");
    let markdown = bob.bd(&["diff", range, "--format", "markdown"]);
    let markdown = markdown.ok();
    assert!(markdown.starts_with("### Work: ") && markdown.contains("Fix &lt;b&gt;it&lt;/b&gt; &#64;bob"), "{markdown}");
    assert!(!markdown.contains("@bob") && !markdown.contains("<b>") && !markdown.contains("see #1"), "{markdown}");
    // Landed: the default branch says it now, and the branch nothing more.
    remote.forge().squash("main", "feature").unwrap();
    bob.git(&["fetch", "--quiet", "origin"]).ok();
    assert_eq!(bob.bd(&["diff", "origin/main", "origin/feature", "--json"]).json()["events"], 0);
    bob.bd(&["diff", "nowhere..HEAD"]).fails(2);
    assert_eq!(bob.bd(&["diff", "origin/main", "origin/feature", "--fail-empty"]).code(), 1);
}

#[test]
fn verify_finds_what_was_removed_changed_and_forged() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    let id = ann.create("one", &[]);
    ann.bd(&["ride", &id]).ok();
    ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
    ann.bd(&["sync"]).ok();
    let well = ann.bd(&["verify", "--json"]).json();
    assert_eq!((&well["ok"], &well["events"], &well["signatures"]["unsigned"]), (&json!(true), &json!(1), &json!(1)));
    ann.bd(&["verify", "HEAD"]).ok();
    assert_eq!(ann.bd(&["verify", "--require-signed"]).code(), 1);
    // A branch that takes a ride away, and one that changes it.
    ann.git(&["switch", "--quiet", "--create", "thief"]).ok();
    let ride = ann.git(&["ls-files", ".beads/events"]).line();
    ann.git(&["rm", "--quiet", &ride]).ok();
    ann.git(&["commit", "--quiet", "-m", "Clean up"]).ok();
    let out = ann.bd(&["verify", "thief", "--json"]);
    assert_eq!(out.code(), 1, "{out}");
    assert!(out.stdout().contains("\"missing\""));
    assert_eq!(ann.bd(&["verify", "main..thief"]).code(), 1);
    ann.git(&["switch", "--quiet", "--create", "forger", "main"]).ok();
    let text = ann.read(&ride).replace("one", "two");
    ann.write(&ride, text);
    ann.git(&["commit", "--quiet", "-a", "-m", "Improve"]).ok();
    ann.bd(&["verify", "forger"]).fails(9);
    ann.bd(&["verify", "refs/beads/state"]).ok();
    ann.bd(&["verify", "nowhere"]).fails(2);
    // Reading another branch's damage by name is no damage here.
    ann.bd(&["update", &id, "--priority", "1"]).ok();
    assert_eq!(ann.show(&id)["title"], "one");
}

#[test]
fn status_says_what_is_not_shared_and_what_does_not_ride() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    ann.bd(&["status", "--check"]).ok();
    let id = ann.create("mine", &[]);
    ann.git(&["switch", "--quiet", "--create", "feature"]).ok();
    ann.bd(&["claim", &id]).ok();
    let status = ann.bd(&["status", "--json"]).json();
    assert_eq!((&status["store"]["unpublished"], &status["store"]["not_riding"]), (&json!(2), &json!(2)), "{status}");
    assert_eq!(status["summary"]["total_issues"], 1, "upstream's counts are there as well");
    assert_eq!(ann.bd(&["status", "--check"]).code(), 1);
    let text = ann.bd(&["status"]);
    assert!(text.ok().contains("2 events not published") && text.ok().contains("2 events not riding on feature"), "{text}");
    ann.bd(&["ride"]).ok();
    ann.bd(&["sync"]).ok();
    let status = ann.bd(&["status", "--json"]).json();
    assert_eq!((&status["store"]["unpublished"], &status["store"]["not_riding"]), (&json!(0), &json!(0)));
    ann.bd(&["status", "--check"]).ok();
    // A deleted state ref is made again, and said.
    ann.git(&["update-ref", "-d", "refs/beads/state"]).ok();
    let out = ann.bd(&["status"]);
    assert!(out.ok().contains("committed in this clone") && out.stderr().contains("was missing"), "{out}");
    assert_eq!(ann.show(&id)["status"], "in_progress");
}
