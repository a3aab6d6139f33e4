//! The hooks that were there before: each runs once, as without us, and what it says counts.

use crate::kit::{Kit, OURS, program};
use bd_tests::{Options, Output, Sandbox};

/// A day's work that passes every hook; where it runs, `origin` is a bare repository.
fn day(kit: &Kit) -> Vec<(Vec<String>, Vec<String>)> {
    let mut out = Vec::new();
    let mut git = |args: &[&str]| {
        kit.git(args).ok();
        let (theirs, ours) = kit.ran();
        out.push((theirs.iter().map(|l| without_names(l)).collect(), ours));
    };
    kit.work.write("a", "1\n");
    git(&["add", "a"]);
    git(&["commit", "--quiet", "--message", "One"]);
    git(&["push", "--quiet", "origin", "main", "main:other"]);
    git(&["switch", "--quiet", "--create", "side"]);
    git(&["commit", "--quiet", "--allow-empty", "--message", "Two"]);
    git(&["commit", "--quiet", "--amend", "--allow-empty", "--message", "Three"]);
    git(&["switch", "--quiet", "main"]);
    git(&["merge", "--quiet", "--no-ff", "side"]);
    git(&["push", "--quiet", "origin", ":other"]);
    git(&["rebase", "--quiet", "--force-rebase", "HEAD~1"]);
    out
}

/// Object names, and the folder of the sandbox, are not what is compared.
fn without_names(line: &str) -> String {
    let words = line.split_inclusive([' ', '[', ']']);
    let name = |w: &str| {
        w.trim_end_matches([' ', '[', ']']).len() == 40
            && w.trim_end_matches([' ', '[', ']']).bytes().all(|b| b.is_ascii_hexdigit())
    };
    words.map(|w| if name(w) { "OID " } else { w }).filter(|w| !w.contains("/bd-test-")).collect()
}

#[test]
fn arguments_input_and_number_of_runs_are_those_of_a_repository_without_us() {
    let world = |installed: bool| {
        let sandbox = Options::default().build();
        let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
        let remote = sandbox.empty_remote("origin");
        kit.work.git(&["remote", "add", "origin", &remote.url()]).ok();
        if installed {
            kit.install();
        }
        day(&kit)
    };
    let (plain, with) = (world(false), world(true));
    let theirs = |all: &[(Vec<String>, Vec<String>)]| all.iter().map(|(t, _)| t.clone()).collect::<Vec<_>>();
    assert_eq!(theirs(&with), theirs(&plain));
    assert!(plain.iter().all(|(_, ours)| ours.is_empty()));
    // Ours ran exactly as often as theirs, hook by hook.
    for (step, (theirs, ours)) in with.iter().enumerate() {
        let mut theirs: Vec<&str> = theirs.iter().filter_map(|l| l.split(' ').next()).filter(|n| OURS.contains(n)).collect();
        let mut ours: Vec<&str> = ours.iter().map(String::as_str).collect();
        theirs.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, theirs, "step {step}");
    }
    let all: Vec<&String> = with.iter().flat_map(|(t, _)| t).collect();
    for name in OURS {
        assert!(all.iter().any(|l| l.starts_with(name)), "{name} is not in the day");
    }
    assert!(all.iter().any(|l| l.starts_with("pre-push") && l.contains("refs/heads/other")), "{all:?}");
}

#[test]
fn the_exit_code_of_the_old_hook_is_the_exit_code() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    for (hook, guard) in [("pre-commit", true), ("commit-msg", true), ("pre-push", true), ("post-checkout", false)] {
        kit.foreign(&kit.work.path(".git/hooks").join(hook), "exit 37");
        kit.hooks("install").ok();
        let out = kit.git(&["hook", "run", hook, "--", "x", "y"]);
        assert_eq!(out.code(), 37, "{hook}: {out}");
        // Where theirs refuses there is nothing left to ask.
        assert_eq!(kit.count(&[hook]), [(1, usize::from(!guard))]);
        kit.foreign(&kit.work.path(".git/hooks-before-bd").join(hook), "kill -9 $$");
        assert_eq!(kit.git(&["hook", "run", hook, "--", "x", "y"]).code(), 128 + 9, "{hook}");
    }
    kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).fails(1);
    assert_eq!(kit.count(&["pre-commit", "commit-msg"]).len(), 2);
    assert_eq!(kit.work.git(&["rev-list", "--count", "HEAD"]).line(), "1", "nothing was committed");
}

#[test]
fn old_hooks_of_every_form_run() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    let said = sandbox.path("tmp/said");
    let hooks = kit.work.path(".git/hooks");
    // One program for all, found by its own name; without `#!`; a link into the tree.
    program(&kit.work.path("tools/all"), &format!("#!/bin/sh\necho \"all $(basename \"$0\")\" >> '{}'\n", said.display()));
    std::fs::create_dir_all(&hooks).unwrap();
    std::os::unix::fs::symlink("../../tools/all", hooks.join("pre-commit")).unwrap();
    program(&hooks.join("commit-msg"), &format!("echo plain >> '{}'\n", said.display()));
    program(&hooks.join("pre-push"), &format!("echo plain $(cat) >> '{}'\n", said.display()));
    std::fs::write(hooks.join("prepare-commit-msg"), format!("#!/bin/sh\necho never >> '{}'\n", said.display())).unwrap();
    kit.install();
    kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).ok();
    let input = "a b c d\n";
    sandbox.git_in(kit.work.dir(), "x", &["hook", "run", "pre-push", "--", "r", "u"]).stdin(input).run().ok();
    assert_eq!(std::fs::read_to_string(&said).unwrap(), "all pre-commit\nplain\nplain\n", "git hook run gives no input of its own");
    let shim = kit.work.path(".git/hooks/pre-push");
    sandbox.program_in(&shim, kit.work.dir(), "x", &["r", "u"]).stdin(input).run().ok();
    assert!(std::fs::read_to_string(&said).unwrap().ends_with("plain a b c d\n"));
    assert!(!std::fs::read_to_string(&said).unwrap().contains("never"));
}

#[test]
fn without_bd_gate_there_is_a_word_and_only_the_old_hook_counts_but_in_ci_nothing_passes() {
    let sandbox = Sandbox::new();
    for folder in [".git/hooks", ".team"] {
        let kit = Kit::with_foreign(&sandbox, &format!("lone{}", folder.len()), folder);
        if folder == ".team" {
            kit.work.git(&["config", "core.hooksPath", ".team"]).ok();
        }
        kit.install();
        let bin = sandbox.bin().join("bd-gate");
        let aside = sandbox.path("aside");
        std::fs::rename(&bin, &aside).unwrap();
        let commit = ["commit", "--quiet", "--allow-empty", "--message", "One"];
        let out = kit.git(&commit);
        assert_eq!(out.ok(), "");
        assert_eq!(out.stderr().matches("no gate is asked").count(), 1, "{out}");
        let names = ["pre-commit", "prepare-commit-msg", "commit-msg"];
        assert_eq!(kit.count(&names), [(1, 0), (1, 0), (1, 0)]);
        let head = kit.work.rev("HEAD");
        let out = kit.git_cmd(&commit).env("CI", "true").run();
        assert!(out.fails(1).stderr().contains("CI is set"), "{out}");
        assert_eq!(kit.work.rev("HEAD"), head);
        for off in ["", "0", "false"] {
            kit.git_cmd(&commit).env("CI", off).run().ok();
        }
        let _so_far = kit.ran();
        // What comes after the fact is never stopped, and a hook of theirs that refuses still does.
        kit.git_cmd(&["switch", "--quiet", "--create", "side"]).env("CI", "true").run().ok();
        // It is found on the PATH where the recorded path is wrong.
        std::fs::create_dir_all(sandbox.path("other")).unwrap();
        std::fs::rename(&aside, sandbox.path("other/bd-gate")).unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", sandbox.path("other").display());
        let _so_far = kit.ran();
        kit.git_cmd(&commit).env("PATH", path).env("CI", "true").run().ok();
        assert_eq!(kit.count(&names), [(1, 1), (1, 1), (1, 1)]);
        std::fs::rename(sandbox.path("other/bd-gate"), &bin).unwrap();
    }
}

#[test]
fn an_old_shim_says_so_once() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    kit.install();
    for hook in ["pre-commit", "prepare-commit-msg", "commit-msg"] {
        let path = kit.work.path(".git/hooks").join(hook);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("--shim 1 ", "--shim 0 ").replace("# bd-gate hook 1 ", "# bd-gate hook 0 ")).unwrap();
    }
    let commit = ["commit", "--quiet", "--allow-empty", "--message", "One"];
    assert_eq!(kit.git(&commit).stderr().matches("older than bd-gate").count(), 1);
    let status = kit.hooks("status");
    assert!(status.stderr().contains("older than bd-gate"), "{status}");
    assert!(kit.hooks("install").ok().contains("renewed"));
    assert!(!kit.git(&commit).stderr().contains("older"));
}

#[test]
fn a_hook_that_sleeps_for_ever_is_ended_inside_its_limit() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    let pid = sandbox.path("tmp/pid");
    kit.foreign(&kit.work.path(".git/hooks/pre-commit"), &format!("sleep 100000 & echo $! > '{}'; wait", pid.display()));
    kit.install();
    kit.work.git(&["config", "beads.chainedHookLimit", "1"]).ok();
    let head = kit.work.rev("HEAD");
    let out = kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]);
    assert!(out.fails(1).stderr().contains("did not end within 1 s"), "{out}");
    assert_eq!(kit.work.rev("HEAD"), head, "what did not end has not passed");
    let pid = std::fs::read_to_string(&pid).unwrap();
    let alive = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).is_ok_and(|s| !s.contains(") Z "));
    assert!(!alive, "what it had started still runs");
}

#[test]
fn a_manager_that_moves_our_shim_aside_and_calls_it_has_it_run_once() {
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
    kit.install();
    let hooks = kit.work.path(".git/hooks");
    // As the pre-commit framework does.
    std::fs::rename(hooks.join("pre-commit"), hooks.join("pre-commit.legacy")).unwrap();
    kit.foreign(&hooks.join("pre-commit"), "exec \"$(dirname \"$0\")/pre-commit.legacy\" \"$@\"");
    kit.hooks("status").ok();
    kit.install();
    let _status = kit.ran();
    kit.git(&["commit", "--quiet", "--allow-empty", "--message", "One"]).ok();
    assert_eq!(kit.count(&["pre-commit", "commit-msg"]), [(1, 1), (1, 1)]);
    kit.hooks("uninstall").ok();
    assert!(!hooks.join("pre-commit.legacy").exists());
}

#[test]
fn a_place_that_lefthook_took_is_taken_back_by_the_next_hook_and_anybody_else_is_told_about() {
    let sandbox = Sandbox::new();
    let kit = Kit::with_foreign(&sandbox, "lone", ".git/hooks");
    kit.install();
    let hooks = kit.work.path(".git/hooks");
    let own = std::fs::read(kit.work.path(".git/hooks-before-bd/pre-commit")).unwrap();
    // As lefthook does.
    std::fs::rename(hooks.join("pre-commit"), hooks.join("pre-commit.old")).unwrap();
    kit.foreign(&hooks.join("pre-commit"), "# call_lefthook run pre-commit");
    kit.hooks("status").fails(1);
    let commit = ["commit", "--quiet", "--allow-empty", "--message", "One"];
    let out = kit.git(&commit);
    assert_eq!(out.ok(), "");
    assert_eq!(out.stderr().matches("chained again").count(), 1, "{out}");
    assert_eq!(kit.count(&["pre-commit"])[0].0, 1, "theirs once");
    kit.hooks("status").ok();
    kit.git(&commit).ok();
    assert_eq!(kit.count(&["pre-commit", "commit-msg"]), [(1, 1), (1, 1)]);
    assert!(!hooks.join("pre-commit.old").exists());
    assert_eq!(
        std::fs::read(kit.work.path(".git/hooks-before-bd/pre-commit.earlier-1")).unwrap(),
        own,
        "the user's own is not lost"
    );
    // Somebody whom we do not know.
    program(&hooks.join("pre-push"), "#!/bin/sh\nexit 0\n");
    let out = kit.git(&commit);
    assert!(out.stderr().contains("the hook pre-push is another program's now"), "{out}");
    assert_eq!(std::fs::read_to_string(hooks.join("pre-push")).unwrap(), "#!/bin/sh\nexit 0\n", "it is left alone");
}

#[test]
fn a_message_is_asked_for_its_bead_where_the_project_says_so() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    let kit = Kit::new(&ann);
    kit.install();
    let id = ann.create("Something to do", &[]);
    let say = |message: &str| kit.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    assert_eq!(say("No bead").stderr(), "", "off unless it is asked for");
    let unknown = format!("Fix {}", id.replace(|c: char| c.is_ascii_digit(), "9"));
    let said = say(&unknown);
    said.ok();
    if unknown != format!("Fix {id}") {
        assert!(said.stderr().contains("no such bead"), "{said}");
    }
    let require = |word: &str| {
        let mut config = ann.read(".beads/config.toml");
        config = config.split("\n[hooks]").next().unwrap().to_owned();
        ann.write(".beads/config.toml", format!("{config}\n[hooks]\nrequire_bead = \"{word}\"\n"));
        ann.git(&["add", ".beads/config.toml"]).ok();
        kit.git_cmd(&["commit", "--quiet", "--message", &format!("Ask for beads, {id}")]).run().ok();
        ann.git(&["-c", "core.hooksPath=/dev/null", "push", "--quiet", "origin", "HEAD"]).ok();
    };
    require("warn");
    let out = say("No bead");
    assert_eq!(out.ok(), "");
    assert!(out.stderr().contains("names no bead"), "{out}");
    require("block");
    let head = ann.rev("HEAD");
    let out = say("No bead");
    assert!(out.fails(1).stderr().contains("names no bead") && !out.stderr().contains("no-verify"), "{out}");
    assert_eq!(ann.rev("HEAD"), head);
    for fine in
        [format!("Fix it ({id})"), format!("Fix\n\nBead: {id}"), "Chore\n\nNo-Bead: typo".to_owned(), "fixup! No bead".to_owned()]
    {
        assert_eq!(say(&fine).ok(), "", "{fine}");
    }
    say("Fix\n\nBead: no-such-1").fails(1);
}

#[test]
fn a_push_says_what_it_does_not_carry_and_leaves_integration_to_the_refinery() {
    let sandbox = Sandbox::new();
    let (remote, ann, _bob) = sandbox.two_clones();
    let kit = Kit::new(&ann);
    kit.install();
    ann.git(&["switch", "--quiet", "--create", "feature"]).ok();
    let id = ann.create("Something to do", &[]);
    ann.bd(&["comment", &id, "More"]).ok();
    ann.write("code", "1\n");
    ann.git(&["add", "code"]).ok();
    ann.git(&["commit", "--quiet", "--message", &format!("Do it ({id})")]).ok();
    let out = kit.git(&["push", "--quiet", "origin", "feature"]);
    assert_eq!(out.ok(), "");
    assert!(out.stderr().contains("not published") && out.stderr().contains("not riding"), "{out}");
    ann.bd(&["sync"]).ok();
    ann.bd(&["ride"]).ok();
    let out = kit.git(&["push", "--quiet", "origin", "feature"]);
    assert_eq!((out.ok(), out.stderr()), ("", ""), "nothing is left behind, nothing is said");
    // Integration.
    let refused = kit.git(&["push", "--quiet", "origin", "feature:gt/integration/one"]);
    assert!(refused.fails(1).stderr().contains("only the refinery"), "{refused}");
    ann.git(&["commit", "--quiet", "--allow-empty", "--message", "Land two\n\nTrain: t-1"]).ok();
    let refused = kit.git(&["push", "--quiet", "origin", "feature"]);
    assert!(refused.fails(1).stderr().contains("train"), "{refused}");
    assert_eq!(remote.tip("gt/integration/one"), None);
    assert_ne!(remote.tip("feature"), Some(ann.rev("feature")));
    kit.git_cmd(&["push", "--quiet", "origin", "feature:gt/integration/one"]).env("GT_ROLE", "rig/refinery").run().ok();
    // What the remote has already is nobody's to refuse; deleting, tags and force are read as what they are.
    ann.git(&["fetch", "--quiet"]).ok();
    kit.git(&["push", "--quiet", "origin", "feature"]).ok();
    ann.git(&["tag", "--annotate", "--message", "v1", "v1"]).ok();
    kit.git(&["push", "--quiet", "origin", "v1"]).ok();
    kit.git(&["push", "--quiet", "origin", ":gt/integration/one"]).ok();
    ann.git(&["reset", "--quiet", "--hard", "HEAD~1"]).ok();
    ann.git(&["commit", "--quiet", "--allow-empty", "--message", "Another way"]).ok();
    kit.git(&["push", "--quiet", "--force", "origin", "feature"]).ok();
    assert_eq!(remote.tip("feature"), Some(ann.rev("feature")));
}

/// The commands of a test that push or commit print nothing of ours on standard output: it is the user's.
#[test]
fn hooks_say_nothing_on_standard_output() {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    kit.install();
    let out: Output = kit.git(&["commit", "--allow-empty", "--message", "One"]);
    assert_eq!(out.ok().lines().count(), 1, "{out}");
    assert_eq!(out.stderr(), "");
}
