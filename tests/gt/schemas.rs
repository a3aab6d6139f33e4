//! What the commands of `gt` print with `--json` is what `gt schema` says.

use crate::kit::{apdc, pour_recipe, seed};
use bd_tests::{Sandbox, Work, schema::validate};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const M: &str = "day3-refs";
const CONVOY: &str = include_str!("convoys/ledger-trail.toml");

/// The schemas, and those that were seen to hold.
struct Shapes {
    all: BTreeMap<String, Value>,
    seen: BTreeSet<String>,
}

impl Shapes {
    /// Runs a command and holds what it prints against the schema of `name`.
    fn fits(&mut self, work: &Work, name: &str, words: &[&str]) -> Value {
        let out = work.gt(&[words, &["--json"]].concat());
        let value: Value = serde_json::from_str(out.stdout()).unwrap_or_else(|e| panic!("{words:?}: {e}: {out}"));
        let schema = self.all.get(name).unwrap_or_else(|| panic!("no schema for {name}"));
        if let Err(why) = validate(schema, &value) {
            panic!("{words:?}: {why}");
        }
        self.seen.insert(name.to_owned());
        value
    }
}

// goal: X5 tier1
#[test]
fn every_command_of_gt_with_a_schema_keeps_it() {
    let sandbox = Sandbox::new();
    let wes = sandbox.repo("lone").acting_as("wes");
    seed(&wes);
    let lea = wes.acting_as("lea");
    let mut shapes = Shapes { all: gt::cli::schema::all().into_iter().collect(), seen: BTreeSet::new() };
    let s = &mut shapes;
    for (name, words) in [("molecule list", ["molecule", "list"]), ("checkpoint list", ["checkpoint", "list"])] {
        assert_eq!(s.fits(&wes, name, &words), json!([]), "an empty list is []");
    }
    desk(s, &wes);
    formulas(s, &wes);
    convoys(s, &wes);
    pour_recipe(&wes, apdc(), M, &[]);
    molecules(s, &wes, &lea);
    mails(s, &wes, &lea);
    settings(s, &wes);
    desk(s, &wes);
    let listed = wes.gt(&["schema", "--json"]).json();
    let listed: BTreeSet<String> = listed.as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, shapes.seen, "a schema without a test, or a test without a schema");
    assert_eq!(wes.gt(&["schema", "molecule", "status"]).json(), shapes.all["molecule status"]);
    wes.gt(&["schema", "no-such"]).fails(2);
}

fn desk(s: &mut Shapes, work: &Work) {
    for name in ["prime", "ready", "hook", "status", "feed", "tick", "doctor"] {
        s.fits(work, name, &[name]);
    }
}

fn formulas(s: &mut Shapes, work: &Work) {
    s.fits(work, "formula list", &["formula", "list"]);
    s.fits(work, "formula show", &["formula", "show", "bugfix"]);
    s.fits(work, "formula graph", &["formula", "graph", "bugfix"]);
    s.fits(work, "formula check", &["formula", "check"]);
    s.fits(work, "formula new", &["formula", "new", "onboarding"]);
    s.fits(work, "formula eject", &["formula", "eject", "bugfix"]);
}

fn convoys(s: &mut Shapes, work: &Work) {
    work.commit_file(".beads/convoys/ledger-trail/convoy.toml", CONVOY);
    let c = "ledger-trail";
    s.fits(work, "convoy create", &["convoy", "create", "--config", ".beads/convoys/ledger-trail/convoy.toml"]);
    let bead = work.create("In the convoy", &[]);
    s.fits(work, "convoy add", &["convoy", "add", c, &bead]);
    for name in ["list", "show", "status", "graph", "health", "render"] {
        let words: &[&str] = if name == "list" { &["convoy", "list"] } else { &["convoy", name, c] };
        s.fits(work, &format!("convoy {name}"), words);
    }
    s.fits(work, "convoy watch", &["convoy", "watch", c, "@lea"]);
    s.fits(work, "convoy unwatch", &["convoy", "unwatch", c, "@lea"]);
    s.fits(work, "convoy remove", &["convoy", "remove", c, &bead]);
    s.fits(work, "convoy edit", &["convoy", "edit", c, "set", "priority", "low"]);
    let epic = work.create("Search", &["-t", "epic"]);
    work.create("Index", &["--parent", &epic]);
    s.fits(work, "convoy stage", &["convoy", "stage", &epic]);
    s.fits(work, "convoy launch", &["convoy", "launch", "search"]);
    s.fits(work, "convoy land", &["convoy", "land", "search", "--dry-run"]);
}

fn molecules(s: &mut Shapes, wes: &Work, lea: &Work) {
    s.fits(wes, "molecule create", &["molecule", "create", "--formula", "tdd-feature", "--name", "a", "--var", "feature=search"]);
    s.fits(wes, "formula pour", &["formula", "pour", "bugfix", "--name", "b", "--var", "bug=1", "--dry-run"]);
    s.fits(wes, "formula pour", &["formula", "pour", "bugfix", "--name", "b", "--var", "bug=1"]);
    s.fits(wes, "molecule trust", &["molecule", "trust", M]);
    s.fits(wes, "molecule status", &["molecule", "status", M]);
    s.fits(wes, "molecule next", &["molecule", "next", M, "--claim"]);
    assert_eq!(s.fits(wes, "hook", &["hook"])["held"][0]["step"], "analysis");
    s.fits(wes, "checkpoint write", &["checkpoint", "write", "--notes", "half done"]);
    s.fits(wes, "checkpoint read", &["checkpoint", "read"]);
    s.fits(wes, "checkpoint clear", &["checkpoint", "clear"]);
    s.fits(wes, "molecule update", &["molecule", "update", M, "--note", "half of it"]);
    s.fits(wes, "molecule pause", &["molecule", "pause", M]);
    s.fits(wes, "molecule resume", &["molecule", "resume", M]);
    s.fits(wes, "molecule advance", &["molecule", "advance", M, "analysis", "--note", "read"]);
    let cp = [M, "analysis-checkpoint"];
    s.fits(lea, "checkpoint list", &["checkpoint", "list", M]);
    s.fits(lea, "checkpoint show", &["checkpoint", "show", cp[0], cp[1]]);
    s.fits(lea, "checkpoint comment", &["checkpoint", "comment", cp[0], cp[1], "--text", "Which?"]);
    wes.write("again.md", "This one.\n");
    s.fits(wes, "checkpoint revise", &["checkpoint", "revise", cp[0], cp[1], "--summary", "again.md"]);
    s.fits(lea, "checkpoint reject", &["checkpoint", "reject", cp[0], cp[1], "--reason", "No"]);
    s.fits(lea, "checkpoint reopen", &["checkpoint", "reopen", cp[0], cp[1], "--reason", "Yes after all"]);
    s.fits(lea, "checkpoint approve", &["checkpoint", "approve", cp[0], cp[1]]);
    let plan = wes.gt(&["molecule", "status", M, "--json"]).json()["steps"][2]["bead"].as_str().unwrap().to_owned();
    s.fits(wes, "step close", &["step", "close", &plan, "--note", "planned"]);
    let head = wes.rev("HEAD");
    wes.write("event.json", crate::review::event("approved", "fine", &head, &head).to_string());
    s.fits(lea, "checkpoint from-review", &["checkpoint", "from-review", "event.json", "--molecule", M]);
    s.fits(wes, "molecule advance", &["molecule", "advance", M, "infrastructure", "--note", "a shell"]);
    wes.write("tests/two.t", "test -f src/new.sh\n");
    s.fits(wes, "molecule advance", &["molecule", "advance", M, "do-red", "--note", "it fails"]);
    s.fits(wes, "molecule attest", &["molecule", "attest", M, "do-green", "--all", "--note", "one line"]);
    s.fits(wes, "molecule validate", &["molecule", "validate", M]);
    s.fits(wes, "molecule history", &["molecule", "history", M]);
    s.fits(wes, "molecule record", &["molecule", "record", M]);
    s.fits(wes, "log", &["log", M]);
    s.fits(wes, "compliance report", &["compliance", "report", M]);
    s.fits(wes, "compliance check", &["compliance", "check", M]);
    s.fits(wes, "compliance trace", &["compliance", "trace", M]);
    s.fits(wes, "compliance template", &["compliance", "template"]);
    // A newer version of the formula that the other one was poured from.
    wes.gt(&["formula", "eject", "tdd-feature"]).ok();
    let path = ".beads/formulas/tdd-feature.toml";
    wes.write(path, format!("# A change.\n{}", wes.read(path).replacen("version = ", "version = 9 # ", 1)));
    s.fits(wes, "molecule upgrade", &["molecule", "upgrade", "a", "--var", "feature=search"]);
    s.fits(wes, "molecule cancel", &["molecule", "cancel", "a", "--reason", "not wanted"]);
    s.fits(wes, "molecule list", &["molecule", "list"]);
}

fn mails(s: &mut Shapes, wes: &Work, lea: &Work) {
    s.fits(wes, "mail send", &["mail", "send", "@lea", "-s", "A question", "-m", "Which port?"]);
    s.fits(lea, "mail check", &["mail", "check"]);
    s.fits(lea, "mail inbox", &["mail", "inbox"]);
    s.fits(lea, "mail peek", &["mail", "peek"]);
    s.fits(lea, "mail read", &["mail", "read", "1"]);
    s.fits(lea, "mail thread", &["mail", "thread", "1"]);
    s.fits(lea, "mail reply", &["mail", "reply", "1", "-m", "443"]);
    s.fits(lea, "mail ack", &["mail", "ack", "1"]);
    s.fits(lea, "mail redact", &["mail", "redact", "1", "--dry-run"]);
    s.fits(lea, "mail archive", &["mail", "archive", "1"]);
    s.fits(wes, "mail sent", &["mail", "sent"]);
    s.fits(wes, "mail search", &["mail", "search", "port"]);
    s.fits(wes, "mail directory", &["mail", "directory"]);
}

fn settings(s: &mut Shapes, work: &Work) {
    let key = "notifications.email.address";
    s.fits(work, "config set", &["config", "set", key, "wes@example.org"]);
    s.fits(work, "config get", &["config", "get", key]);
    s.fits(work, "config list", &["config", "list"]);
    s.fits(work, "config unset", &["config", "unset", key]);
}
