//! A message whose text was taken away is gone here, on the remote, and in every clone that syncs; a stale clone brings nothing back.

use bd_tests::{Sandbox, Work};
use std::path::Path;

const SECRET: &str = "the customer is Wanda Example";

fn user(work: &Work) {
    let config = work.read(".beads/config.toml");
    work.write(".beads/config.toml", format!("{config}\n[users]\nknown = [\"ann\", \"bob\"]\n"));
    work.commit_all("Users");
    work.git(&["push", "-q", "origin", "HEAD"]).ok();
}

/// True if the text is in a file of the store that is no object of git.
fn holds(folder: &Path) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes())
    })
}

fn in_tip(work: &Work, name: &str) -> bool {
    work.git(&["grep", "-q", "-a", "-e", SECRET, name]).code() == 0
}

// goal: W12 W15 tier1
#[test]
fn the_text_of_a_message_is_taken_away_everywhere() {
    let sandbox = Sandbox::new();
    let (remote, ann, bob) = sandbox.two_clones();
    user(&ann);
    bob.git(&["pull", "-q", "origin", "main"]).ok();
    let id = ann.gt(&["mail", "send", "@bob", "-s", "About it", "-m", SECRET, "--json"]).json();
    let id = id["id"].as_str().or_else(|| id[0]["id"].as_str()).unwrap().to_owned();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    // A clone that was made in between and that has not heard of it.
    let stale = remote.clone_as("stale");
    stale.bd(&["sync"]).ok();
    assert!(bob.gt(&["mail", "read", &id]).ok().contains(SECRET) && in_tip(&bob, "refs/beads/state"));
    for work in [&ann, &bob, &stale] {
        work.gt(&["mail", "search", "--all", "Wanda"]).ok();
        assert!(holds(&work.beads_dir().join("cache")), "looks keep what they read");
    }
    let dry = bob.gt(&["mail", "redact", &id, "--dry-run"]);
    assert!(dry.ok().contains("would redact") && in_tip(&bob, "refs/beads/state"));
    bob.gt(&["mail", "redact", &id, "--reason", &format!("it said {SECRET}")]).fails(2);
    let done = bob.gt(&["mail", "redact", &id, "--reason", "it named a customer"]);
    assert!(done.ok().contains("Redacted 1 message") && done.stdout().contains("If it was a secret: change it"), "{done}");
    assert!(!holds(&bob.beads_dir()), "it is still in a file of this clone");
    let shown = bob.gt(&["mail", "read", &id]);
    assert!(shown.ok().contains("(redacted)") && !shown.stdout().contains(SECRET), "{shown}");
    assert!(!in_tip(&bob, "refs/beads/state") && !holds(&bob.beads_dir()), "it is still in a file of this clone");
    bob.bd(&["sync"]).ok();
    assert!(remote.git(&["grep", "-q", "-a", "-e", SECRET, "refs/heads/beads"]).code() != 0, "the tip of the remote has it");
    // The stale clone writes, syncs, and brings nothing back; ann's follows.
    stale.gt(&["mail", "send", "@ann", "-s", "Late", "-m", "words"]).ok();
    for work in [&stale, &ann, &bob] {
        let synced = work.bd(&["sync"]);
        assert!(synced.succeeded() && !synced.stderr().contains("lost"), "{}: nothing is lost\n{synced}", work.actor());
        assert!(!holds(&work.beads_dir()), "{} has it in a file, before any look", work.actor());
        assert!(!in_tip(work, "refs/beads/state") && !in_tip(work, "refs/remotes/origin/beads"), "{}", work.actor());
        assert!(!work.gt(&["mail", "read", &id]).stdout().contains(SECRET), "{}", work.actor());
        assert!(!holds(&work.beads_dir()), "{}", work.actor());
    }
    ann.gt(&["mail", "search", "--all", "Wanda"]).ok();
    assert!(ann.gt(&["mail", "inbox"]).ok().contains("Late"), "the others are as they were");
    // The same through bd, by the id of the event; and what is none is said.
    let other = ann.gt(&["mail", "send", "@bob", "-s", "Two", "-m", SECRET, "--json"]).json();
    let other = other["id"].as_str().or_else(|| other[0]["id"].as_str()).unwrap().to_owned();
    ann.gt(&["mail", "search", "--all", "Wanda"]).ok();
    ann.bd(&["redact", &other]).ok();
    assert!(!holds(&ann.beads_dir()), "before any look");
    assert!(!ann.gt(&["mail", "read", &other]).stdout().contains(SECRET));
    assert!(!holds(&ann.beads_dir()));
    ann.bd(&["verify"]).ok();
}
