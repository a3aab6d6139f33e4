//! The command line, verb by verb: one file for each, named as in `bd/src/cli`.

mod cases;
mod claim;
mod close;
mod comment;
mod conflicts;
mod counts;
mod create;
mod delete;
mod dep;
mod examples;
mod framework;
mod history;
mod init;
mod label;
mod list;
mod query;
mod ready;
mod show;
mod terminal;
mod undo;
mod update;

use bd_tests::{Sandbox, Work};

/// A lone repository with a store whose beads begin with `t`.
fn store() -> (Sandbox, Work) {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("ann");
    work.bd(&["init", "--prefix", "t", "--quiet"]).ok();
    (sandbox, work)
}

/// The ids of a JSON array.
fn ids(json: &serde_json::Value) -> Vec<String> {
    let rows = json.as_array().expect("an array");
    rows.iter().map(|r| r["id"].as_str().expect("an id").to_owned()).collect()
}

/// How many events the state ref holds.
fn events(work: &Work) -> usize {
    let files = work.git(&["ls-tree", "-r", "--name-only", "refs/beads/state"]).ok().to_owned();
    files.lines().map(|f| work.git(&["show", &format!("refs/beads/state:{f}")]).ok().lines().count()).sum()
}
