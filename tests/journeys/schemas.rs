//! What commands print with `--json` is what `bd schema` says.

use bd_tests::{Sandbox, Work, schema::validate};
use serde_json::Value;
use std::collections::BTreeSet;

fn fits(work: &Work, name: &str, words: &[&str], seen: &mut BTreeSet<String>) -> Value {
    let mut line: Vec<&str> = words.to_vec();
    line.push("--json");
    let value = work.bd(&line).json();
    let mut ask = vec!["schema"];
    ask.extend(name.split(' '));
    let schema = work.bd(&ask).json();
    if let Err(why) = validate(&schema, &value) {
        panic!("{words:?}: {why}");
    }
    seen.insert(name.to_owned());
    value
}

// goal: X5 tier1
#[test]
fn every_command_with_a_schema_keeps_it() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    ann.write("in.jsonl", "{\"id\":\"t-in\",\"title\":\"imported\",\"priority\":1,\"created_at\":\"2025-01-01T00:00:00Z\",\"updated_at\":\"2025-01-01T00:00:00Z\"}\n");
    let mut seen = BTreeSet::new();
    let s = &mut seen;
    for name in ["list", "ready", "blocked"] {
        assert_eq!(fits(&ann, name, &[name], s), serde_json::json!([]), "an empty list is []");
    }
    let a =
        fits(&ann, "create", &["create", "one", "-l", "x,y", "-d", "text", "--due", "+2d"], s)["id"].as_str().unwrap().to_owned();
    let b = fits(&ann, "create", &["create", "two", "--parent", &a], s)["id"].as_str().unwrap().to_owned();
    let c = fits(&ann, "create", &["create", "three"], s)["id"].as_str().unwrap().to_owned();
    fits(&ann, "dep add", &["dep", "add", &c, &b], s);
    fits(&ann, "blocked", &["blocked"], s);
    fits(&ann, "list", &["list"], s);
    fits(&ann, "ready", &["ready"], s);
    fits(&ann, "search", &["search", "two"], s);
    fits(&ann, "query", &["query", "status=open"], s);
    fits(&ann, "children", &["children", &a], s);
    fits(&ann, "update", &["update", &a, "--priority", "0", "--set-metadata", "k=v"], s);
    fits(&ann, "claim", &["claim", &b], s);
    fits(&ann, "release", &["release", &b], s);
    fits(&ann, "comment", &["comment", &a, "hello"], s);
    fits(&ann, "comments", &["comments", &a], s);
    fits(&ann, "show", &["show", &a, &b, &c], s);
    fits(&ann, "dep list", &["dep", "list", &c], s);
    fits(&ann, "dep tree", &["dep", "tree", &c], s);
    fits(&ann, "dep cycles", &["dep", "cycles"], s);
    fits(&ann, "dep remove", &["dep", "remove", &c, &b], s);
    fits(&ann, "label add", &["label", "add", &a, "z"], s);
    fits(&ann, "label remove", &["label", "remove", &a, "z"], s);
    fits(&ann, "label list", &["label", "list", &a], s);
    fits(&ann, "label list-all", &["label", "list-all"], s);
    fits(&ann, "close", &["close", &c, "--reason", "done"], s);
    fits(&ann, "reopen", &["reopen", &c], s);
    fits(&ann, "history", &["history", &a], s);
    fits(&ann, "conflicts", &["conflicts"], s);
    fits(&ann, "stats", &["stats"], s);
    fits(&ann, "count", &["count"], s);
    fits(&ann, "count", &["count", "--by-status"], s);
    fits(&ann, "remember", &["remember", "a text", "--key", "k"], s);
    fits(&ann, "recall", &["recall", "k"], s);
    fits(&ann, "memories", &["memories"], s);
    ann.write("batch", "create \"in a batch\"\n");
    fits(&ann, "batch", &["batch", "batch"], s);
    fits(&ann, "import", &["import", "in.jsonl"], s);
    fits(&ann, "doctor", &["doctor"], s);
    the_smaller_ones(&ann, s);
    let all = ann.bd(&["schema", "--json"]).json();
    let all: BTreeSet<String> = all.as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect();
    assert_eq!(all, seen, "a schema without a test, or a test without a schema");
}

fn the_smaller_ones(ann: &Work, s: &mut BTreeSet<String>) {
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let d = id(&fits(ann, "q", &["q", "four"], s));
    fits(ann, "note", &["note", &d, "a note"], s);
    fits(ann, "delete", &["delete", &d, "--force"], s);
    fits(ann, "restore", &["restore", &d], s);
    let undone = fits(ann, "undo", &["undo"], s);
    assert_eq!(undone[0]["conflicts"], Value::Null, "an undone restore is a deletion, not a conflict");
    fits(ann, "restore", &["restore", &d], s);
    fits(ann, "init", &["init"], s);
    fits(ann, "status", &["status"], s);
    fits(ann, "verify", &["verify"], s);
    fits(ann, "sync", &["sync"], s);
    fits(ann, "pack", &["pack"], s);
    ann.git(&["add", "--all"]).ok();
    ann.git(&["commit", "--quiet", "--allow-empty", "--message", "A commit"]).ok();
    ann.git(&["switch", "--quiet", "--create", "topic"]).ok();
    fits(ann, "ride", &["ride", "--all"], s);
    fits(ann, "diff", &["diff"], s);
    fits(ann, "setup", &["setup", "--list"], s);
    fits(ann, "config get", &["config", "get", "prefix"], s);
    fits(ann, "config list", &["config", "list"], s);
    fits(ann, "prime", &["prime"], s);
    fits(ann, "version", &["version"], s);
    let epic = id(&ann.bd(&["create", "An epic", "--type", "epic", "--json"]).json());
    let child = id(&ann.bd(&["create", "Its child", "--parent", &epic, "--json"]).json());
    fits(ann, "epic status", &["epic", "status"], s);
    ann.bd(&["close", &child]).ok();
    assert_eq!(fits(ann, "epic close-eligible", &["epic", "close-eligible"], s)["closed"][0], epic.as_str());
    fits(ann, "defer", &["defer", &d, "--until", "+1d"], s);
    fits(ann, "undefer", &["undefer", &d], s);
    let e = id(&ann.bd(&["create", "four", "--json"]).json());
    let f = id(&ann.bd(&["create", "five", "--json"]).json());
    fits(ann, "duplicates", &["duplicates"], s);
    fits(ann, "duplicate", &["duplicate", &e, "--of", &d], s);
    fits(ann, "supersede", &["supersede", &d, "--with", &f], s);
    fits(ann, "stale", &["stale", "--days", "0"], s);
    fits(ann, "lint", &["lint"], s);
    let wait = id(&fits(ann, "gate create", &["gate", "create", "--blocks", &f], s));
    fits(ann, "gate list", &["gate", "list"], s);
    fits(ann, "gate check", &["gate", "check"], s);
    fits(ann, "gate resolve", &["gate", "resolve", &wait], s);
    the_settings(ann, s, &f);
    for name in
        ["types", "statuses", "info", "where", "validate", "repair-deps", "detect-pollution", "migrate", "daemon", "quickstart"]
    {
        fits(ann, name, &[name], s);
    }
}

fn the_settings(ann: &Work, s: &mut BTreeSet<String>, f: &str) {
    let wait = ann.bd(&["gate", "create", "--blocks", f, "--json"]).json();
    let wait = wait["id"].as_str().unwrap();
    fits(ann, "gate show", &["gate", "show", wait], s);
    fits(ann, "gate add-waiter", &["gate", "add-waiter", wait, "bob"], s);
    fits(ann, "comments add", &["comments", "add", f, "a text"], s);
    let other = ann.bd(&["create", "six", "-d", "a text to redact", "--json"]).json();
    let other = other["id"].as_str().unwrap();
    fits(ann, "dep relate", &["dep", "relate", f, other], s);
    fits(ann, "dep unrelate", &["dep", "unrelate", f, other], s);
    fits(ann, "conflicts list", &["conflicts", "list"], s);
    // A field that was changed here and in a file is a conflict.
    ann.bd(&["update", "t-in", "--title", "changed here"]).ok();
    ann.write("in.jsonl", ann.read("in.jsonl").replace("imported", "changed there"));
    ann.bd(&["import", "in.jsonl"]).fails(6);
    fits(ann, "conflicts resolve", &["conflicts", "resolve", "t-in", "title", "--value", "settled"], s);
    fits(ann, "forget", &["forget", "k"], s);
    fits(ann, "config set", &["config", "set", "claim.lease", "8h"], s);
    fits(ann, "config unset", &["config", "unset", "claim.lease"], s);
    fits(ann, "config validate", &["config", "validate"], s);
    ann.write(".beads/gates.toml", "version = 1\n");
    let files = fits(ann, "trust", &["trust"], s);
    assert_eq!(files[0]["trusted"], false, "nobody trusted it");
    let dry = fits(ann, "redact", &["redact", other, "--field", "description", "--dry-run"], s);
    assert_eq!(dry["redacted"], serde_json::json!([]), "a dry run redacts nothing");
    fits(ann, "redact", &["redact", other, "--field", "description"], s);
}

/// The leaves of the command line: what can be run.
fn leaves(command: &clap::Command, path: &str, out: &mut Vec<String>) {
    let subs: Vec<_> = command.get_subcommands().filter(|c| c.get_name() != "help" && !c.is_hide_set()).collect();
    if subs.is_empty() {
        out.push(path.to_owned());
    }
    for sub in subs {
        leaves(sub, format!("{path} {}", sub.get_name()).trim(), out);
    }
}

// goal: X5 tier1
#[test]
fn every_command_has_a_schema() {
    let mut all = Vec::new();
    leaves(&bd::cli::whole_command(), "", &mut all);
    assert!(all.len() > 70, "{} commands", all.len());
    let shaped: BTreeSet<&str> = bd::cli::SHAPES.iter().map(|(name, _)| *name).collect();
    let unshaped: BTreeSet<&str> = bd::cli::UNSHAPED.iter().map(|(name, _)| *name).collect();
    let without: Vec<&String> = all.iter().filter(|n| !shaped.contains(n.as_str()) && !unshaped.contains(n.as_str())).collect();
    assert!(without.is_empty(), "no schema: {without:?}");
    assert!(shaped.is_disjoint(&unshaped), "a schema for what has none");
}
