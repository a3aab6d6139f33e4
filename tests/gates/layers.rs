//! A branch is judged by its target's gates and rules, never by its own.

use super::judged::{SKIPS, check};
use bd_tests::Sandbox;

const OFF: &str = "[[gate]]\nid = \"no-skip\"\naction = \"off\"\n";
const WARN: &str = "[[gate]]\nid = \"no-skip\"\naction = \"warn\"\n";
const BLIND: &str = "id = \"no-skip\"\nexclude = [\"**\"]\n";

#[test]
fn a_branch_cannot_turn_off_what_it_is_judged_by() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    ann.write(".beads/gates.toml", "[[gate]]\nid = \"no-skip\"\nabout = \"Ours\"\n");
    ann.commit_all("Gates");
    ann.git(&["push", "--quiet", "origin", "main"]).ok();

    bob.git(&["pull", "--quiet", "--rebase", "origin", "main"]).ok();
    bob.git(&["switch", "--quiet", "--create", "feature"]).ok();
    bob.write(".beads/gates.toml", OFF);
    bob.write(".beads/rules/no-skip.toml", BLIND);
    bob.write("a_test.go", SKIPS);
    bob.commit_all("A skip, and nothing that would see it");
    let range = check(&bob, &["origin/main..HEAD"]);
    assert_eq!((range.code, range.status("no-skip")), (4, "fail"));
    assert_eq!(range.verdict("no-skip")["findings"][0]["path"], "a_test.go");
    assert_eq!(check(&bob, &["--all"]).code, 4, "in the working tree neither");

    // Whoever has the branch as the target is judged by it: no verdict at all, and no failure.
    let named = check(&bob, &["origin/main..HEAD", "--target", "HEAD"]);
    assert!(named.code == 0 && named.find("no-skip").is_none());
    // A commit that has none has ours, whatever lies in the working tree.
    let before = bob.rev("origin/main~1");
    let strict = check(&bob, &["origin/main..HEAD", "--target", &before]);
    assert_eq!((strict.code, strict.status("no-skip")), (4, "fail"));
}

#[test]
fn the_working_tree_decides_only_while_no_branch_does() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.write("a_test.go", SKIPS);
    work.git(&["add", "a_test.go"]).ok();
    assert_eq!(check(&work, &["--staged"]).code, 4, "ours hold without any file");
    work.write(".beads/gates.toml", WARN);
    let warns = check(&work, &["--staged"]);
    assert_eq!((warns.code, warns.status("no-skip")), (0, "fail"));
    work.git(&["add", ".beads"]).ok();
    work.git(&["commit", "--quiet", "--message", "Gates"]).ok();
    work.write(".beads/gates.toml", OFF);
    let judged = check(&work, &["--all"]);
    assert_eq!((judged.code, judged.status("no-skip")), (0, "fail"), "the commit warns; the file that turns it off is not read");
}

#[test]
fn a_link_in_place_of_the_definitions_is_no_way_around_them() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.write("other.toml", OFF);
    std::fs::create_dir_all(work.path(".beads")).unwrap();
    std::os::unix::fs::symlink("../other.toml", work.path(".beads/gates.toml")).unwrap();
    work.write("a_test.go", SKIPS);
    let out = work.gate_cmd(&["gate", "check", "--all"]).run();
    out.fails(2);
    assert!(out.stderr().contains("no plain file"), "{}", out.stderr());
}
