//! Every way in which git makes commits: ours and theirs run once where git asks, judge what is new, and lose nothing.

use crate::kit::{Kit, program};
use crate::untouched::{BAD, GOOD};
use bd_tests::Sandbox;

const COMMIT: [&str; 3] = ["pre-commit", "prepare-commit-msg", "commit-msg"];

fn kit(sandbox: &Sandbox) -> Kit {
    let kit = Kit::with_foreign(sandbox, "lone", ".git/hooks");
    kit.work.write("a_test.go", GOOD);
    kit.work.write("b.txt", "b\n");
    kit.work.git(&["add", "--all"]).ok();
    kit.work.git(&["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--message", "Start"]).ok();
    kit.install();
    kit
}

/// `git commit -a`, `-- path`, `--include`, `--amend`, `-p`: each judges its own index, and refuses without a trace.
// goal: G1 tier1
#[test]
fn every_form_of_commit_is_judged_by_its_own_index() {
    let sandbox = Sandbox::new();
    let kit = kit(&sandbox);
    let forms: [&[&str]; 5] = [
        &["commit", "--quiet", "-m", "M", "--all"],
        &["commit", "--quiet", "-m", "M", "--", "a_test.go"],
        &["commit", "--quiet", "-m", "M", "--include", "a_test.go"],
        &["commit", "--quiet", "-m", "M", "--amend", "--all"],
        &["commit", "--quiet", "-m", "M", "--amend", "--", "a_test.go"],
    ];
    for (n, form) in forms.into_iter().enumerate() {
        kit.work.write("b.txt", format!("{n}\n"));
        kit.work.write("a_test.go", format!("{GOOD}{}", BAD.trim_start_matches("package a\n\nimport \"testing\"\n")));
        let state = kit.work.user_state();
        let out = kit.git(form);
        assert!(out.fails(1).stderr().contains("a_test.go:12"), "{form:?}: {out}");
        assert_eq!(kit.count(&["pre-commit", "commit-msg"]), [(1, 1), (0, 0)], "{form:?}");
        assert_eq!(kit.work.user_state(), state, "{form:?}");
        kit.work.write("a_test.go", format!("{GOOD}// {n}\n"));
        kit.git(form).ok();
        assert_eq!(kit.count(&COMMIT), [(1, 1); 3], "{form:?}");
    }
    // Hunk by hunk, from a script.
    let lines: Vec<String> = (1..=30).map(|n| format!("// {n}\n")).collect();
    kit.work.write("a_test.go", format!("{GOOD}{}", lines.concat()));
    kit.git(&["commit", "--quiet", "--all", "-m", "Room"]).ok();
    let body = format!("{GOOD}// first\n{}{}", lines.concat(), BAD.trim_start_matches("package a\n\nimport \"testing\"\n"));
    kit.work.write("a_test.go", &body);
    let _so_far = kit.ran();
    let state = kit.work.user_state();
    let out = kit.git_cmd(&["commit", "--quiet", "-m", "The skip", "-p"]).stdin("n\ny\n").run();
    assert!(out.fails(1).stderr().contains("t.Skip"), "{out}");
    assert_eq!(kit.work.user_state(), state);
    kit.git_cmd(&["commit", "--quiet", "-m", "The first", "-p"]).stdin("y\nn\n").run().ok();
    assert_eq!(kit.count(&["pre-commit", "commit-msg"]), [(2, 2), (1, 1)]);
    assert_eq!(kit.work.read("a_test.go"), body, "the skip is still there, not committed");
}

// goal: G1 tier1
#[test]
fn a_merge_is_judged_by_what_neither_side_has() {
    let sandbox = Sandbox::new();
    let kit = kit(&sandbox);
    let off = |args: &[&str]| {
        let args: Vec<&str> = ["-c", "core.hooksPath=/dev/null"].iter().chain(args).copied().collect();
        kit.work.git(&args).ok();
    };
    // The side has a skip from before the gates.
    kit.work.git(&["switch", "--quiet", "--create", "side"]).ok();
    kit.work.write("old_test.go", BAD);
    kit.work.write("b.txt", "side\n");
    off(&["add", "--all"]);
    off(&["commit", "--quiet", "-m", "Side"]);
    off(&["switch", "--quiet", "main"]);
    let _so_far = kit.ran();
    // Without a conflict git asks no pre-commit at all.
    kit.git(&["merge", "--quiet", "--no-edit", "--no-ff", "side"]).ok();
    assert_eq!(kit.count(&["pre-commit", "commit-msg", "post-merge"]), [(0, 0), (1, 1), (1, 1)]);
    off(&["reset", "--quiet", "--hard", "HEAD~1"]);
    kit.work.write("b.txt", "main\n");
    kit.git(&["commit", "--quiet", "--all", "-m", "Main"]).ok();
    let _so_far = kit.ran();
    assert_eq!(kit.git(&["merge", "--quiet", "--no-edit", "side"]).code(), 1);
    let conflicted = kit.git(&["commit", "--quiet", "--no-edit"]);
    assert_ne!(conflicted.code(), 0);
    // A resolution that brings a skip of its own is refused; the old one is nobody's news.
    kit.work.write("b.txt", "both\n");
    kit.work.write("new_test.go", BAD);
    kit.work.git(&["add", "--all"]).ok();
    let _so_far = kit.ran();
    let state = kit.work.user_state();
    let out = kit.git(&["commit", "--quiet", "--no-edit"]);
    assert!(out.fails(1).stderr().contains("new_test.go:6") && !out.stderr().contains("old_test.go"), "{out}");
    assert_eq!(kit.work.user_state(), state);
    assert!(kit.work.exists(".git/MERGE_HEAD"), "the merge is still under way");
    kit.work.write("new_test.go", GOOD);
    kit.work.git(&["add", "--all"]).ok();
    kit.git(&["commit", "--quiet", "--no-edit"]).ok();
    assert_eq!(kit.count(&["pre-commit", "commit-msg"]), [(2, 2), (1, 1)]);
}

// goal: G1, T11 tier1
#[test]
fn thirty_commits_are_rebased_by_hand_and_nothing_stands_in_the_way() {
    let sandbox = Sandbox::new();
    let kit = kit(&sandbox);
    for n in 0..30 {
        kit.work.write(&format!("f{n}"), format!("{n}\n"));
        kit.work.git(&["add", "--all"]).ok();
        kit.work.git(&["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", &format!("Step {n}")]).ok();
    }
    let tree = kit.work.rev("HEAD^{tree}");
    let editor = sandbox.path("editor");
    // Two melt, one is worded anew, two change places, the rest is picked again.
    program(
        &editor,
        "#!/bin/sh\nsed -i -e '5s/^pick/squash/' -e '20s/^pick/fixup/' -e '10s/^pick/reword/' -e '12{h;d}' -e '13{G}' \"$1\"\n",
    );
    let _so_far = kit.ran();
    let out = kit.git_cmd(&["rebase", "--interactive", "--force-rebase", "HEAD~30"]).env("GIT_SEQUENCE_EDITOR", &editor).run();
    out.ok();
    let (theirs, ours) = kit.ran();
    for hook in ["prepare-commit-msg", "commit-msg", "pre-commit", "post-rewrite"] {
        let mine = theirs.iter().filter(|l| l.starts_with(&format!("{hook} "))).count();
        assert_eq!(ours.iter().filter(|o| *o == hook).count(), mine, "{hook}");
    }
    assert!(ours.iter().any(|o| o == "post-rewrite"));
    assert_eq!(kit.work.rev("HEAD^{tree}"), tree);
    assert_eq!(kit.work.git(&["rev-list", "--count", "HEAD"]).line(), "30", "two of 32 are molten");
    assert_eq!(kit.work.git(&["status", "--porcelain"]).ok(), "");
}

// goal: G1, T11 tier1
#[test]
fn bisect_stash_cherry_pick_and_revert_go_through() {
    let sandbox = Sandbox::new();
    let kit = kit(&sandbox);
    for n in 0..8 {
        kit.work.write("count", format!("{n}\n"));
        kit.work.git(&["add", "--all"]).ok();
        kit.git(&["commit", "--quiet", "-m", &format!("Step {n}")]).ok();
    }
    let check = sandbox.path("check");
    program(&check, "#!/bin/sh\n[ \"$(cat count)\" -lt 5 ]\n");
    kit.git(&["bisect", "start", "HEAD", "HEAD~7"]).ok();
    let out = kit.git(&["bisect", "run", &check.display().to_string()]);
    assert!(out.ok().contains("is the first bad commit"), "{out}");
    kit.git(&["bisect", "reset"]).ok();
    assert_eq!(kit.work.git(&["status", "--porcelain"]).ok(), "");
    // Stashed work is nobody's commit.
    kit.work.write("a_test.go", BAD);
    kit.work.write("new_test.go", BAD);
    let state = kit.work.user_state();
    kit.git(&["stash", "push", "--quiet", "--include-untracked"]).ok();
    kit.git(&["stash", "pop", "--quiet"]).ok();
    assert_eq!(kit.work.user_state(), state);
    kit.work.git(&["checkout", "--quiet", "--", "a_test.go"]).ok();
    std::fs::remove_file(kit.work.path("new_test.go")).unwrap();
    // Picks and reverts, one of them after a conflict.
    let last = kit.work.rev("HEAD");
    kit.git(&["revert", "--no-edit", "HEAD"]).ok();
    kit.git(&["switch", "--quiet", "--create", "side", "HEAD~2"]).ok();
    let _so_far = kit.ran();
    kit.git(&["cherry-pick", &last]).ok();
    kit.work.write("count", "other\n");
    kit.git(&["commit", "--quiet", "--all", "-m", "Other"]).ok();
    let _so_far = kit.ran();
    assert_eq!(kit.git(&["cherry-pick", &kit.work.rev("main~3")]).code(), 1);
    kit.work.write("count", "resolved\n");
    kit.work.write("new_test.go", BAD);
    kit.work.git(&["add", "--all"]).ok();
    let out = kit.git(&["cherry-pick", "--continue"]);
    assert!(!out.succeeded() && out.stderr().contains("new_test.go:6"), "{out}");
    assert!(kit.work.exists(".git/CHERRY_PICK_HEAD"));
    kit.work.git(&["rm", "--quiet", "--force", "new_test.go"]).ok();
    let _so_far = kit.ran();
    kit.git(&["cherry-pick", "--continue"]).ok();
    assert_eq!(kit.count(&["pre-commit"]), [(1, 1)]);
}

// goal: G1 tier1
#[test]
fn a_pull_with_rebase_brings_what_others_did_and_judges_nothing_of_it() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let (ann, bob) = (remote.clone_as("ann"), remote.clone_as("bob"));
    bob.write("old_test.go", BAD);
    bob.commit_all("A skip of bob's, who has no hooks");
    bob.git(&["push", "--quiet", "origin", "main"]).ok();
    let kit = Kit::new(&ann);
    kit.foreign(&ann.path(".git/hooks/post-rewrite"), "");
    kit.foreign(&ann.path(".git/hooks/pre-commit"), "");
    kit.install();
    for n in 0..3 {
        ann.write(&format!("ann{n}"), "x\n");
        ann.git(&["add", "--all"]).ok();
        kit.git(&["commit", "--quiet", "-m", &format!("Ann {n}")]).ok();
    }
    ann.write("ann0", "not committed\n");
    let _so_far = kit.ran();
    kit.git(&["pull", "--quiet", "--rebase", "--autostash"]).ok();
    assert_eq!(kit.count(&["post-rewrite", "pre-commit"]), [(1, 1), (0, 0)]);
    assert_eq!(ann.read("ann0"), "not committed\n");
    assert!(ann.exists("old_test.go"));
    // What the push brings is ann's: bob's skip is on the remote already.
    let out = kit.git(&["push", "--quiet", "origin", "main"]);
    assert_eq!(out.ok(), "", "{out}");
    assert_eq!(remote.tip("main"), Some(ann.rev("main")));
    // What got past the commit is found by the push.
    ann.write("new_test.go", BAD);
    ann.git(&["add", "new_test.go"]).ok();
    kit.git(&["commit", "--quiet", "--no-verify", "-m", "Past the hook"]).ok();
    let tip = remote.tip("main");
    let out = kit.git(&["push", "--quiet", "origin", "main"]);
    assert!(out.fails(1).stderr().contains("new_test.go:6"), "{out}");
    assert_eq!(remote.tip("main"), tip);
}
