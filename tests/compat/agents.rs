//! What an agent types that has read upstream's documentation: its loop, its flags, its ways of reading the answers.

use bd_tests::{Sandbox, Work};
use serde_json::Value;

/// Types a line as upstream's documentation has it and reads the answer as `jq` would.
fn jq(work: &Work, line: &[&str]) -> Value {
    let out = work.bd(line);
    assert!(out.succeeded(), "{line:?}: {}", out.stderr());
    assert_eq!(
        out.stdout().trim_start().chars().next().map(|c| "[{".contains(c)),
        Some(true),
        "{line:?} is no JSON alone: {}",
        out.stdout()
    );
    out.json()
}

/// `jq -r '.[].id'`.
fn ids(value: &Value) -> Vec<&str> {
    value.as_array().expect("an array").iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

#[test]
fn the_documented_loop() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    // "Nothing is ready" is an empty list and success.
    assert_eq!(jq(&ann, &["ready", "--json"]), serde_json::json!([]));

    let first = jq(&ann, &["create", "Set up the database", "-t", "task", "-p", "1", "-d", "- schema\n- seed", "--json"]);
    let first = first["id"].as_str().expect("an id").to_owned();
    let second =
        jq(&ann, &["create", "Create the API", "-t", "feature", "-p", "P2", "--deps", &format!("blocks:{first}"), "--json"]);
    let second = second["id"].as_str().expect("an id").to_owned();

    let ready = jq(&ann, &["ready", "--json", "--limit", "5"]);
    assert_eq!(ids(&ready), [first.as_str()], "the blocked one is not ready");
    assert_eq!(ready[0]["dependent_count"], 1);

    let claimed = jq(&ann, &["update", &first, "--claim", "--json"]);
    assert_eq!((claimed[0]["status"].as_str(), claimed[0]["assignee"].as_str()), (Some("in_progress"), Some("ann")));
    let lost = ann.acting_as("zoe").bd(&["update", &first, "--claim", "--json"]);
    assert!(!lost.succeeded() && lost.stderr().contains("ann"), "{}", lost.stderr());
    assert_eq!(ann.show(&first)["assignee"], "ann", "a lost claim takes nothing");
    assert!(ids(&jq(&ann, &["ready", "--json"])).is_empty(), "what is held is not offered");

    let deps = format!("discovered-from:{first}");
    let found = jq(&ann, &["create", "Found a bug", "-t", "bug", "-p", "1", "--deps", &deps, "--json"]);
    let found = found["id"].as_str().expect("an id").to_owned();
    assert_eq!(ann.show(&found)["dependencies"][0]["dependency_type"], "discovered-from");

    let closed = jq(&ann, &["close", &first, "--reason", "Done, with tests", "--json"]);
    assert_eq!((closed[0]["status"].as_str(), closed[0]["close_reason"].as_str()), (Some("closed"), Some("Done, with tests")));
    let ready = jq(&ann, &["ready", "--json"]);
    assert_eq!(ids(&ready), [found.as_str(), second.as_str()], "by priority, and no closed bead");

    ann.bd(&["sync"]).ok();
    bob.git(&["pull", "--quiet"]).ok();
    bob.bd(&["sync"]).ok();
    assert_eq!(ids(&jq(&bob, &["ready", "--json"])), [found.as_str(), second.as_str()]);
    assert_eq!(bob.show(&first)["status"], "closed");
}

#[test]
fn upstreams_flags_names_and_variables_work() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    work.bd(&["init", "--prefix", "bd", "--quiet", "--skip-hooks", "--skip-merge-driver"]).ok();
    let one = jq(&work, &["new", "One", "--no-daemon", "--no-auto-flush", "--json"])["id"].as_str().expect("an id").to_owned();
    let two = jq(&work, &["--json", "--no-daemon", "create", "Two"])["id"].as_str().expect("an id").to_owned();
    let three = work.bd(&["q", "Three"]).line();

    for line in [
        vec!["sync", "--flush-only"],
        vec!["sync", "--flush-only", "--no-daemon"],
        vec!["sync", "--status"],
        vec!["daemon", "--start", "--interval", "5s"],
        vec!["daemon", "stop"],
        vec!["daemons", "killall"],
        vec!["migrate"],
        vec!["quickstart"],
        vec!["prime"],
        vec!["onboard"],
        vec!["human"],
        vec!["info"],
        vec!["where"],
        vec!["types"],
        vec!["doctor"],
        vec!["--sandbox", "list"],
        vec!["list", "--no-auto-import", "--lock-timeout", "5s"],
        vec!["list", "--allow-stale", "--no-db"],
        vec!["view", &one],
        vec!["show", &one, "--local-time"],
    ] {
        let out = work.bd(&line);
        assert!(out.succeeded(), "{line:?}: {}", out.stderr());
    }
    let blocks = jq(&work, &["dep", &one, "--blocks", &two, "--json"]);
    assert_eq!((blocks["blocker_id"].as_str(), blocks["blocked_id"].as_str()), (Some(one.as_str()), Some(two.as_str())));
    assert_eq!(ids(&jq(&work, &["blocked", "--json"])), [two.as_str()]);
    assert_eq!(jq(&work, &["dep", "add", &three, "--depends-on", &two, "--json"])["status"], "added");

    jq(&work, &["tag", &one, "net", "--json"]);
    jq(&work, &["assign", &one, "ann", "--json"]);
    jq(&work, &["priority", &one, "0", "--json"]);
    let shown = work.show(&one);
    assert_eq!(
        (shown["labels"][0].as_str(), shown["assignee"].as_str(), shown["priority"].as_i64()),
        (Some("net"), Some("ann"), Some(0))
    );

    let deferred = jq(&work, &["defer", &two, "--until", "+2d", "--reason", "waits for the release", "--json"]);
    assert_eq!(deferred[0]["status"], "deferred");
    let back = jq(&work, &["undefer", &two, "--json"]);
    assert_eq!((back[0]["status"].as_str(), back[0].get("defer_until")), (Some("open"), None));

    let schema = jq(&work, &["info", "--schema", "--json"]);
    assert_eq!(schema["schema"]["detected_prefix"], "bd");
    assert_eq!(jq(&work, &["stats", "--json"])["summary"]["total_issues"], 3);
    assert_eq!(jq(&work, &["count", "--by-status", "--json"])["total"], 3);
    assert!(jq(&work, &["stale", "--days", "30", "--json"]).as_array().is_some_and(Vec::is_empty));
    for line in [
        vec!["validate", "--json"],
        vec!["repair-deps", "--json"],
        vec!["detect-pollution", "--json"],
        vec!["migrate", "--inspect", "--json"],
        vec!["doctor", "--check=validate", "--json"],
        vec!["doctor", "--check=pollution", "--json"],
        vec!["lint", "--json"],
        vec!["duplicates", "--json"],
        vec!["types", "--json"],
        vec!["statuses", "--json"],
        vec!["where", "--json"],
        vec!["daemon", "--json"],
    ] {
        assert!(jq(&work, &line).is_object(), "{line:?}");
    }
    let by = work.cmd(&["comments", "add", &one, "hello", "--json"]).env("BD_ACTOR", "mayor").run();
    assert_eq!(by.json()["author"], "mayor");
    let beads = work.path(".beads");
    assert_eq!(
        work.below("").cmd(&["show", &one, "--json"]).env("BEADS_DIR", &beads).env("BEADS_NO_DAEMON", "1").run().json()[0]["id"],
        one.as_str()
    );
    let elsewhere = sandbox.repo("elsewhere");
    let refused = work.cmd(&["list"]).env("BEADS_DIR", elsewhere.path(".beads")).run();
    refused.fails(2);
    assert!(refused.stdout().is_empty(), "another repository's store was taken for this one");
}

#[test]
fn what_ends_because_another_stands_for_it() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    work.bd(&["init", "--prefix", "bd"]).ok();
    let old = work.create("Same", &[]);
    let new = work.create("Same", &[]);
    let kept = work.create("The second plan", &[]);
    let groups = jq(&work, &["duplicates", "--json"]);
    assert_eq!(
        (groups["duplicate_groups"].as_u64(), groups["groups"][0]["suggested_target"].as_str()),
        (Some(1), Some(old.as_str()))
    );
    assert_eq!(work.show(&new)["status"], "open", "looking merges nothing");
    let done = jq(&work, &["duplicate", &new, "--of", &old, "--json"]);
    assert_eq!(
        (done[0]["status"].as_str(), done[0]["close_reason"].as_str().map(|r| r.contains(&old))),
        (Some("closed"), Some(true))
    );
    jq(&work, &["supersede", &old, "--with", &kept, "--json"]);
    assert_eq!(work.show(&kept)["dependencies"][0]["dependency_type"], "supersedes");
    assert_eq!(ids(&jq(&work, &["ready", "--json"])), [kept.as_str()]);
    work.bd(&["duplicate", &kept, "--of", &kept]).fails(2);
    assert_eq!(work.show(&kept)["status"], "open");
}
