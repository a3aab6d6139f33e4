//! `gt doctor` and records that nobody has rendered: missed by who holds the molecule, wherever in the clone they may be.

use crate::kit::repository;
use bd_tests::{Sandbox, Work};

const TWO: &str = "formula = \"g\"\nversion = 1\n[[steps]]\nid = \"first\"\ntitle = \"First\"\n[[steps]]\nid = \"last\"\ntitle = \"Last\"\nneeds = [\"first\"]\n";
const FOLDER: &str = ".beads/molecules/m";
const RECORD: &str = ".beads/molecules/m/molecule.toml";

/// A molecule of which the first step is done, with its records in the working tree.
fn begun(sandbox: &Sandbox) -> Work {
    let wes = repository(sandbox, "lone").acting_as("wes");
    wes.write(".beads/formulas/g.toml", TWO);
    wes.commit_all("A formula");
    wes.gt(&["formula", "pour", "g", "--name", "m"]).ok();
    wes.gt(&["molecule", "trust", "m"]).ok();
    wes.gt(&["molecule", "advance", "m", "first", "--note", "x"]).ok();
    assert!(wes.path(RECORD).is_file());
    wes
}

fn lose(wes: &Work) {
    std::fs::remove_dir_all(wes.path(FOLDER)).expect("records");
}

/// Commits what stands in the folder on a branch of its own, and goes back.
fn commit_on(wes: &Work, branch: &str) {
    wes.git(&["switch", "-q", "--create", branch]).ok();
    wes.git(&["add", "-f", FOLDER]).ok();
    wes.git(&["commit", "-q", "-m", branch]).ok();
    wes.git(&["switch", "-q", "main"]).ok();
}

#[track_caller]
fn misses(wes: &Work) {
    let said = wes.gt(&["doctor"]);
    said.fails(1);
    assert!(said.stdout().contains("m: its records are in no branch and no working tree"), "{said}");
}

#[test]
fn records_that_nobody_has_are_missed_and_rendered_again() {
    let sandbox = Sandbox::new();
    let wes = begun(&sandbox);
    wes.gt(&["doctor"]).ok();
    lose(&wes);
    misses(&wes);
    // Only the holder misses them, and only he writes them.
    let ann = wes.acting_as("ann");
    ann.gt(&["doctor"]).ok();
    ann.gt(&["doctor", "--fix"]).ok();
    assert!(!wes.path(FOLDER).exists());
    let fixed = wes.gt(&["doctor", "--fix"]).ok().to_owned();
    assert!(fixed.contains(&format!("Rendered {FOLDER}/molecule.toml")), "{fixed}");
    wes.gt(&["doctor"]).ok();
    assert!(wes.path(RECORD).is_file());
}

#[test]
fn records_of_another_branch_or_working_tree_are_not_missed() {
    let sandbox = Sandbox::new();
    let wes = begun(&sandbox);
    commit_on(&wes, "work");
    assert!(!wes.path(FOLDER).exists());
    wes.gt(&["doctor"]).ok();
    // The branch of another clone does as well.
    wes.git(&["update-ref", "refs/remotes/origin/work", "work"]).ok();
    wes.git(&["branch", "-q", "-D", "work"]).ok();
    wes.gt(&["doctor"]).ok();
    wes.git(&["update-ref", "-d", "refs/remotes/origin/work"]).ok();
    misses(&wes);
    // What is no commit has no records, and hides those of no other place.
    wes.git(&["tag", "--annotate", "-m", "t", "t", "main"]).ok();
    for (name, what) in [("tag", "refs/tags/t"), ("blob", "main:README.md")] {
        wes.git(&["update-ref", &format!("refs/remotes/o/{name}"), &wes.rev(what)]).ok();
        misses(&wes);
    }
    // A folder of the name without the record is none.
    wes.write(&format!("{FOLDER}/other.txt"), "x");
    commit_on(&wes, "other");
    misses(&wes);
    let beside = sandbox.path("beside");
    wes.git(&["worktree", "add", "-q", "--detach", beside.to_str().expect("text")]).ok();
    misses(&wes);
    std::fs::create_dir_all(beside.join(FOLDER)).expect("a folder");
    std::fs::write(beside.join(FOLDER).join("molecule.toml"), "x").expect("a record");
    wes.gt(&["doctor"]).ok();
}

#[test]
fn of_many_branches_the_latest_are_asked() {
    let sandbox = Sandbox::new();
    let wes = begun(&sandbox);
    commit_on(&wes, "work");
    let hundred = |names: &str, seconds: u64| -> String {
        (0..100)
            .map(|n| format!("commit refs/heads/{names}{n}\ncommitter A <a@example.com> {seconds} +0000\ndata 2\n{n:02}\n"))
            .collect()
    };
    wes.git_cmd(&["fast-import", "--quiet"]).stdin(hundred("older", 1_000_000_000)).run().ok();
    wes.gt(&["doctor"]).ok();
    wes.git_cmd(&["fast-import", "--quiet"]).stdin(hundred("newer", 2_100_000_000)).run().ok();
    misses(&wes);
}
