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
    let all = ann.bd(&["schema", "--json"]).json();
    let all: BTreeSet<String> = all.as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect();
    assert_eq!(all, seen, "a schema without a test, or a test without a schema");
}
