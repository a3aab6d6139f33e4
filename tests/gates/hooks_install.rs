//! `bd hooks install` and `uninstall`: what they change, and that nothing else does.

use crate::kit::{Kit, OURS, picture, program};
use bd_tests::{Mounts, Sandbox, mount_read_only, own_mounts};
use std::path::Path;

#[test]
fn in_a_repository_without_hooks_it_comes_and_goes_without_a_trace() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    let before = picture(&kit.work.path(".git"));
    kit.hooks("status").fails(1);
    kit.hooks("install").ok();
    let once = picture(&kit.work.path(".git/hooks"));
    assert_eq!(once.len(), OURS.len());
    let again = kit.hooks("install");
    assert_eq!(again.ok().matches("as it should be").count(), OURS.len(), "{again}");
    assert_eq!(picture(&kit.work.path(".git/hooks")), once, "the second time nothing is written");
    kit.hooks("status").ok();
    kit.work.write("a", "a\n");
    kit.git(&["add", "a"]).ok();
    let state = kit.work.user_state();
    kit.hooks("uninstall").ok();
    assert_eq!(kit.work.user_state(), state);
    kit.git(&["rm", "-q", "--cached", "a"]).ok();
    let strip = |p: Vec<String>| p.into_iter().filter(|l| !l.starts_with("index") && !l.starts_with("objects")).collect::<Vec<_>>();
    assert_eq!(strip(picture(&kit.work.path(".git"))), strip(before), "uninstall leaves nothing");
    assert!(kit.hooks("uninstall").ok().is_empty(), "nothing of ours was here");
}

// goal: G1 tier1
#[test]
fn foreign_hooks_come_back_with_bytes_modes_times_and_links() {
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
    let hooks = kit.work.path(".git/hooks");
    std::fs::remove_file(hooks.join("commit-msg")).unwrap();
    std::os::unix::fs::symlink("pre-push", hooks.join("commit-msg")).unwrap();
    std::fs::remove_file(hooks.join("post-merge")).unwrap();
    std::fs::write(hooks.join("post-merge"), "not executable\r\n").unwrap();
    std::fs::remove_file(hooks.join("post-checkout")).unwrap();
    std::os::unix::fs::symlink("nowhere", hooks.join("post-checkout")).unwrap();
    let long_ago = std::fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000));
    std::fs::File::options().write(true).open(hooks.join("pre-commit")).unwrap().set_times(long_ago).unwrap();
    let before = picture(&kit.work.path(".git"));
    for _ in 0..2 {
        kit.hooks("install").ok();
    }
    kit.hooks("status").ok();
    assert_ne!(picture(&kit.work.path(".git")), before);
    kit.hooks("uninstall").ok();
    assert_eq!(picture(&kit.work.path(".git")), before);
    // It is only true if the hooks were run from where they are now.
    kit.git(&["commit", "--quiet", "--allow-empty", "-m", "One"]).ok();
    let (theirs, ours) = kit.ran();
    assert!(theirs.iter().any(|l| l.starts_with("pre-commit ")) && ours.is_empty(), "{theirs:?} {ours:?}");
}

/// Somebody's folder, in all the ways it can be named: nothing in it is touched, its hooks run once from their own path.
// goal: G1 tier1
#[test]
fn a_foreign_hooks_path_is_left_as_it_is_and_still_runs() {
    for (value, folder) in [("ABSOLUTE", ".team"), (".team", ".team"), ("~/hooks", "../home/hooks"), (".husky/_", ".husky/_")] {
        let sandbox = Sandbox::new();
        let kit = Kit::with_foreign(&sandbox, "lone", folder);
        let there = kit.work.path(folder);
        let value = if value == "ABSOLUTE" { there.display().to_string() } else { value.to_owned() };
        kit.work.git(&["config", "core.hooksPath", &value]).ok();
        kit.work.write("tracked", "1\n");
        kit.work.git(&["add", "--all", "."]).ok();
        kit.git(&["commit", "--quiet", "--message", "Theirs"]).ok();
        assert_eq!(kit.count(&["pre-commit", "post-commit"]), [(1, 0), (1, 0)], "{value}");
        let (files, git) = (picture(&there), picture(&kit.work.path(".git")));
        let state = kit.work.user_state();
        kit.install();
        assert_eq!(picture(&there), files, "{value}: their folder was changed");
        assert_eq!(kit.work.user_state(), state, "{value}");
        kit.git(&["commit", "--quiet", "--allow-empty", "--message", "Both"]).ok();
        assert_eq!(kit.count(&["pre-commit", "commit-msg", "post-commit"]), [(1, 1), (1, 1), (1, 0)], "{value}");
        // What husky does with every `npm install`.
        kit.work.git(&["config", "core.hooksPath", &value]).ok();
        kit.install();
        let wt = Kit::new(&kit.work.worktree("linked", "linked"));
        let _checkout = wt.ran();
        wt.git(&["commit", "--quiet", "--allow-empty", "--message", "In a worktree"]).ok();
        assert_eq!(wt.count(&["pre-commit"])[0].1, 1, "{value}");
        kit.work.git(&["worktree", "remove", "--force", &wt.work.dir().display().to_string()]).ok();
        kit.hooks("uninstall").ok();
        assert_eq!(picture(&there), files);
        let config = |p: &[String]| p.iter().find(|l| l.starts_with("config ")).cloned();
        assert_eq!(config(&picture(&kit.work.path(".git"))), config(&git), "{value}: the configuration is as it was");
        assert!(!kit.work.exists(".git/bd-hooks") && !kit.work.exists(".git/hooks-before-bd"));
    }
}

#[test]
fn a_moved_repository_runs_their_hooks_and_says_that_ours_do_not() {
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".team");
    kit.work.git(&["config", "core.hooksPath", ".team"]).ok();
    kit.install();
    std::fs::rename(kit.work.dir(), sandbox.path("moved")).unwrap();
    let moved = Kit::new(&bd_tests::Work::new(sandbox.clone(), sandbox.path("moved"), "lone"));
    moved.git(&["commit", "--quiet", "--allow-empty", "--message", "Moved"]).ok();
    assert_eq!(moved.count(&["pre-commit"]), [(1, 0)]);
    moved.hooks("status").fails(1);
    moved.install();
    moved.git(&["commit", "--quiet", "--allow-empty", "--message", "Again"]).ok();
    assert_eq!(moved.count(&["pre-commit"]), [(1, 1)]);
}

#[test]
fn a_manager_that_comes_later_moves_us_in_front_of_it() {
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
    let plain = picture(&kit.work.path(".git/hooks"));
    kit.install();
    kit.foreign(&kit.work.path(".husky/_/pre-commit"), "");
    kit.work.git(&["config", "core.hooksPath", ".husky/_"]).ok();
    kit.hooks("status").fails(1);
    kit.install();
    assert_eq!(picture(&kit.work.path(".git/hooks")), plain, "the old place is as it was");
    kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).ok();
    assert_eq!(kit.count(&["pre-commit"]), [(1, 1)]);
    // And back.
    kit.work.git(&["config", "--unset", "core.hooksPath"]).ok();
    kit.install();
    assert!(!kit.work.exists(".git/bd-hooks"));
    kit.git(&["commit", "--quiet", "--allow-empty", "--message", "Two"]).ok();
    assert_eq!(kit.count(&["pre-commit", "commit-msg"]), [(1, 1), (1, 1)]);
    kit.hooks("uninstall").ok();
    assert_eq!(picture(&kit.work.path(".git/hooks")), plain);
}

#[test]
fn linked_worktrees_and_submodules_have_the_hooks_of_their_repository() {
    let sandbox = Sandbox::new();
    let main = Kit::new(&sandbox.repo("main"));
    let wt = Kit::new(&main.work.worktree("wt", "side"));
    wt.install();
    for kit in [&wt, &main] {
        kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).ok();
        assert_eq!(kit.count(&["pre-commit"]), [(0, 1)]);
    }
    let part = sandbox.repo("part");
    let url = format!("file://{}", part.dir().display());
    main.work.git(&["submodule", "--quiet", "add", &url, "sub"]).ok();
    let sub = Kit::new(&main.work.below("sub"));
    sub.hooks("status").fails(1);
    sub.install();
    let _checkouts = sub.ran();
    sub.git(&["commit", "--quiet", "--allow-empty", "--message", "In the submodule"]).ok();
    assert_eq!(sub.count(&["pre-commit"]), [(0, 1)]);
    sub.hooks("uninstall").ok();
    main.hooks("status").ok();
}

#[test]
fn where_nobody_commits_or_hooks_are_off_nothing_is_installed() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let bare = Kit::new(&bd_tests::Work::new(sandbox.clone(), remote.path().to_owned(), "forge"));
    let before = picture(remote.path());
    for verb in ["install", "status", "uninstall"] {
        let out = bare.hooks(verb);
        assert!(out.fails(2).stderr().contains("bare"), "{out}");
    }
    assert_eq!(picture(remote.path()), before);
    let kit = Kit::new(&sandbox.repo("off"));
    kit.work.git(&["config", "core.hooksPath", "/dev/null"]).ok();
    let before = picture(&kit.work.path(".git"));
    let out = kit.hooks("install");
    assert!(out.fails(2).stderr().contains("/dev/null"), "{out}");
    assert_eq!(picture(&kit.work.path(".git")), before);
    kit.hooks("status").fails(1);
    sandbox.program_in(&sandbox.bin().join("bd-gate"), sandbox.root(), "nobody", &["hooks", "install"]).run().fails(2);
}

#[test]
fn what_cannot_be_written_changes_nothing() {
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
    std::fs::write(kit.work.path(".git/hooks-before-bd"), "somebody's file").unwrap();
    let before = picture(&kit.work.path(".git"));
    kit.hooks("install").fails(2);
    assert_eq!(picture(&kit.work.path(".git")), before);
    kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).ok();
    assert_eq!(kit.count(&["pre-commit"]), [(1, 0)]);
}

#[test]
fn in_a_read_only_folder_install_is_refused_and_hooks_run_as_before() {
    let mounts = own_mounts("hooks_install::in_a_read_only_folder_install_is_refused_and_hooks_run_as_before");
    if mounts == Mounts::Passed {
        return;
    }
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
    let hooks = kit.work.path(".git/hooks");
    if mounts == Mounts::Here {
        mount_read_only(&hooks);
    } else {
        program(&hooks.join(".pre-commit.bd-new/x"), "in the way\n");
    }
    let before = picture(&hooks);
    let out = kit.hooks("install");
    assert!(out.fails(2).stderr().contains("Nothing was changed"), "{out}");
    assert_eq!(picture(&hooks), before);
    assert!(!kit.work.exists(".git/hooks-before-bd"), "nothing is left");
    kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).ok();
    assert_eq!(kit.count(&["pre-commit"]), [(1, 0)]);
}

/// Killed anywhere, an install leaves hooks that behave as before or as after, and the next one, or an uninstall, ends the story.
// goal: G1 tier1
#[test]
fn an_install_or_uninstall_that_is_killed_leaves_the_old_or_the_new() {
    for folder in [".git/hooks", ".team"] {
        let sandbox = bd_tests::Options { in_memory: true, ..bd_tests::Options::default() }.build();
        let kit = Kit::with_foreign(&sandbox, "lone", folder);
        if folder == ".team" {
            kit.work.git(&["config", "core.hooksPath", ".team"]).ok();
        }
        let copy = |from: &str, to: &str| {
            let _not_there = std::fs::remove_dir_all(sandbox.path(to));
            let args = ["-a", &sandbox.path(from).display().to_string(), &sandbox.path(to).display().to_string()];
            sandbox.program_in(Path::new("cp"), sandbox.root(), "stage", &args).run().ok();
        };
        copy("lone", "plain");
        let plain = picture(&kit.work.path(".git"));
        let log = sandbox.path("tmp/points");
        for verb in ["install", "uninstall"] {
            let start = if verb == "install" { "plain" } else { "installed" };
            copy(start, "lone");
            kit.work.gate_cmd(&["hooks", verb]).env("BD_FAILPOINT_LOG", &log).run().ok();
            if verb == "install" {
                copy("lone", "installed");
            }
            let points = std::fs::read_to_string(&log).unwrap();
            std::fs::remove_file(&log).unwrap();
            let mut seen = std::collections::BTreeMap::new();
            for point in points.lines() {
                let nth = seen.entry(point).and_modify(|n| *n += 1).or_insert(1);
                if *nth > if point.starts_with("hooks.place") { 2 } else { 1 } {
                    continue;
                }
                let story = format!("{folder}: {verb} killed at {point}#{nth}");
                copy(start, "lone");
                let killed = kit.work.gate_cmd(&["hooks", verb]).fail_at(&format!("{point}#{nth}")).run();
                assert_eq!(killed.code(), 128 + 6, "{story}\n{killed}");
                let _until_now = kit.ran();
                kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).ok();
                let names = ["pre-commit", "prepare-commit-msg", "commit-msg"];
                let ran = kit.count(&names);
                assert!(ran == [(1, 0); 3] || ran == [(1, 1); 3], "{story}: neither old nor new: {ran:?}");
                if *nth == 1 {
                    kit.hooks("install").ok();
                    kit.hooks("status").ok();
                }
                kit.hooks("uninstall").ok();
                let hooks = |p: &[String]| {
                    let of = |l: &&String| ["hooks", "bd-hooks", "config "].iter().any(|w| l.starts_with(w));
                    p.iter().filter(of).cloned().collect::<Vec<_>>()
                };
                assert_eq!(hooks(&picture(&kit.work.path(".git"))), hooks(&plain), "{story}");
            }
        }
    }
}
