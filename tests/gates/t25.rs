//! T25: hooks of others and ours live together, and what was let past is found.

use crate::kit::{Kit, program};
use crate::untouched::{BAD, GOOD};
use bd_tests::{Sandbox, Work};
use std::path::Path;

/// What husky 9 generates beside each hook (its behaviour, in our words): it runs the tracked file of the hook's own name.
const HUSKY_9: &str =
    "n=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\nexit $?\n";
/// What a tracked hook of husky 8 sources: it starts itself once more, by its own path.
const HUSKY_8: &str = "if [ -z \"$again\" ]; then\n  again=1; export again\n  sh -e \"$0\" \"$@\"\n  exit $?\nfi\n";

/// A manager of hooks: its name, and how it is set up in a clone.
type Manager = (&'static str, Box<dyn Fn(&Work)>);

/// The managers in turn: how each is set up in a clone whose hook notes itself in `$NOTE`.
fn managers(note: &Path) -> Vec<Manager> {
    let line = format!("echo ran >> '{}'\n", note.display());
    let [husky8, husky9, lefthook, pre_commit, own] = std::array::from_fn(|_| line.clone());
    vec![
        (
            "husky 8",
            Box::new(move |w: &Work| {
                program(
                    &w.path(".husky/pre-commit"),
                    &format!("#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n{husky8}"),
                );
                w.write(".husky/_/husky.sh", HUSKY_8);
                w.write(".husky/_/.gitignore", "*");
                w.git(&["config", "core.hooksPath", ".husky"]).ok();
            }),
        ),
        (
            "husky 9",
            Box::new(move |w: &Work| {
                w.write(".husky/pre-commit", husky9.as_bytes());
                w.write(".husky/_/h", HUSKY_9);
                w.write(".husky/_/.gitignore", "*");
                for hook in ["pre-commit", "commit-msg", "post-commit"] {
                    program(&w.path(".husky/_").join(hook), "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"");
                }
                w.git(&["config", "core.hooksPath", ".husky/_"]).ok();
            }),
        ),
        (
            "lefthook",
            Box::new(move |w: &Work| {
                program(
                    &w.path(".git/hooks/pre-commit"),
                    &format!("#!/bin/sh\ncall_lefthook() {{ {lefthook} }}\ncall_lefthook run pre-commit\n"),
                )
            }),
        ),
        (
            "pre-commit",
            Box::new(move |w: &Work| {
                program(
                    &w.path(".git/hooks/pre-commit"),
                    &format!(
                        "#!/usr/bin/env bash\nHERE=\"$(cd \"$(dirname \"$0\")\" && pwd)\"\n[ -d \"$HERE/..\" ] || exit 9\n{pre_commit}"
                    ),
                )
            }),
        ),
        (
            "a folder of the team",
            Box::new(move |w: &Work| {
                program(&w.path("team/pre-commit"), &format!("#!/bin/sh\n{own}"));
                w.git(&["config", "core.hooksPath", &w.path("team").display().to_string()]).ok();
            }),
        ),
    ]
}

// goal: T25 tier1
#[test]
fn t25_hooks_of_others_and_ours_live_together() {
    let note = |s: &Sandbox| s.path("tmp/note");
    for n in 0..5 {
        let sandbox = Sandbox::new();
        let remote = sandbox.remote("origin");
        let (ann, bob) = (remote.clone_as("ann"), remote.clone_as("bob"));
        let note = note(&sandbox);
        let (name, set_up) = managers(&note).swap_remove(n);
        set_up(&ann);
        // A hook that we do not answer, and that finds its files by its own path.
        let said = sandbox.path("tmp/post");
        let folder = ann.git(&["rev-parse", "--git-path", "hooks"]).line();
        if name != "husky 9" {
            std::fs::write(ann.path(&folder).join("beside"), "beside\n").unwrap();
            program(
                &ann.path(&folder).join("post-commit"),
                &format!("#!/bin/sh\ncat \"$(dirname \"$0\")/beside\" >> '{}'\n", said.display()),
            );
        }
        ann.write("README.md", "# Ann\n");
        ann.git(&["add", "--all"]).ok();
        ann.git(&["commit", "--quiet", "-m", "Set up"]).ok();
        ann.git(&["push", "--quiet", "origin", "main"]).ok();
        let ran = || std::fs::read_to_string(&note).map_or(0, |t| t.lines().count());
        let alone = ran();
        assert_eq!(alone, 1, "{name}: theirs runs without us");
        let before =
            (crate::kit::picture(&ann.path(&folder)), ann.git(&["status", "--porcelain"]).ok().to_owned(), ann.read(".git/config"));

        let kit = Kit::new(&ann);
        kit.install();
        assert_eq!(ran(), alone, "{name}: installing runs nothing of theirs");
        // `commit -a`, in the clone and in a linked worktree.
        ann.write("README.md", "# Ann again\n");
        kit.git(&["commit", "--quiet", "-a", "-m", "Good"]).ok();
        assert_eq!((ran() - alone, kit.ran().1.iter().filter(|o| *o == "pre-commit").count()), (1, 1), "{name}: each once");
        let wt = Kit::new(&ann.worktree("wt", "wt"));
        let _checkout = wt.ran();
        if name == "husky 8" {
            // It does not run in a worktree without its own folder, with or without us.
            std::fs::create_dir_all(wt.work.path(".husky/_")).unwrap();
            std::fs::copy(ann.path(".husky/_/husky.sh"), wt.work.path(".husky/_/husky.sh")).unwrap();
        }
        wt.work.write("x_test.go", BAD);
        wt.work.git(&["add", "--all"]).ok();
        let out = wt.git(&["commit", "--quiet", "-m", "Skips"]);
        assert!(out.fails(1).stderr().contains("x_test.go:6"), "{name}: {out}");
        // Theirs refuses, with its own code.
        ann.write("a_test.go", BAD);
        ann.git(&["add", "--all"]).ok();
        let (state, so_far) = (ann.user_state(), ran());
        let out = kit.git(&["commit", "--quiet", "-m", "Skips"]);
        assert!(out.fails(1).stderr().contains("a_test.go:6") && !out.stderr().contains("no-verify"), "{name}: {out}");
        assert_eq!((ann.user_state(), ran() - so_far), (state, 1), "{name}");
        // Past the hooks, and found by the range.
        kit.git(&["commit", "--quiet", "--no-verify", "-m", "Skips"]).ok();
        let out = ann.gate_cmd(&["gate", "check", "origin/main..HEAD"]).run();
        assert!(out.code() == 4 && out.stdout().contains("a_test.go:6"), "{name}: {out}");
        ann.write("a_test.go", GOOD);
        kit.git(&["commit", "--quiet", "-a", "-m", "Mended"]).ok();
        ann.gate_cmd(&["gate", "check", "origin/main..HEAD"]).run().ok();
        // A pull with local commits.
        bob.git(&["pull", "--quiet"]).ok();
        bob.commit_file("bob", "bob\n");
        bob.git(&["push", "--quiet", "origin", "main"]).ok();
        kit.git(&["pull", "--quiet", "--rebase"]).ok();
        assert_eq!(ann.git(&["status", "--porcelain"]).ok(), before.1, "{name}");

        // bd-gate is gone: a word here, a failure where CI is set, theirs in both.
        let bin = sandbox.bin().join("bd-gate");
        std::fs::rename(&bin, sandbox.path("aside")).unwrap();
        let so_far = ran();
        let commit = ["commit", "--quiet", "--allow-empty", "-m", "Without"];
        assert!(kit.git(&commit).stderr().contains("no gate is asked"), "{name}");
        assert_eq!(ran() - so_far, 1, "{name}");
        kit.git_cmd(&commit).env("CI", "1").run().fails(1);
        std::fs::rename(sandbox.path("aside"), &bin).unwrap();

        kit.hooks("uninstall").ok();
        let after =
            (crate::kit::picture(&ann.path(&folder)), ann.git(&["status", "--porcelain"]).ok().to_owned(), ann.read(".git/config"));
        assert_eq!(after.0, before.0, "{name}: their hooks are as they were");
        assert_eq!(after.2, before.2, "{name}: the configuration too");
        let (so_far, _ours) = (ran(), kit.ran());
        kit.git(&["commit", "--quiet", "--allow-empty", "-m", "As before"]).ok();
        assert_eq!((ran() - so_far, kit.ran().1.len()), (1, 0), "{name}");
        if name != "husky 9" {
            assert!(std::fs::read_to_string(&said).unwrap().lines().count() >= 5, "{name}: post-commit found its files each time");
        }
    }
}
