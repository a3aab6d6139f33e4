//! The harness itself: a sandbox that leaks, or a forge that merges differently from git, would make every other test a lie.

use bd_tests::{Options, Sandbox};
use std::path::Path;

#[test]
fn nothing_of_the_machine_is_seen() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let config = repo.git(&["config", "--list", "--show-origin"]);
    for line in config.lines() {
        assert!(line.starts_with("command line:") || line.starts_with("file:.git/config"), "from the machine: {line}");
    }
    assert!(!repo.git(&["var", "GIT_AUTHOR_IDENT"]).ok().contains("root@"));
    assert_eq!(repo.git(&["config", "user.name"]).line(), "one");
    assert!(sandbox.path("home").read_dir().unwrap().next().is_none(), "something wrote into HOME");
}

#[test]
fn the_same_commands_make_the_same_commits_and_each_has_its_own_second() {
    let tip = |sandbox: Sandbox| {
        let repo = sandbox.repo("one");
        (repo.rev("HEAD"), repo.git(&["log", "-1", "--format=%ct"]).line())
    };
    assert_eq!(tip(Sandbox::new()), tip(Sandbox::new()));
    let later = Options { start: "2027-01-01T00:00:00Z".parse().unwrap(), ..Options::default() };
    assert_ne!(tip(Sandbox::new()), tip(later.build()));
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let first = repo.git(&["log", "-1", "--format=%ct"]).line();
    repo.commit_file("a", "1");
    assert_ne!(first, repo.git(&["log", "-1", "--format=%ct"]).line());
}

#[test]
fn a_sandbox_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    let root = sandbox.root().to_owned();
    let repo = sandbox.repo("one");
    drop(sandbox);
    assert!(root.exists(), "a handle still holds it");
    drop(repo);
    assert!(!root.exists());
}

#[test]
fn the_forge_merges_squashes_and_rebases_as_git_does() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let ann = remote.clone_as("ann");
    for (name, branch) in [("a", "merge"), ("b", "squash"), ("c", "rebase")] {
        ann.git(&["switch", "--quiet", "--create", branch, "origin/main"]).ok();
        ann.commit_file(name, "1\n");
        ann.commit_file(name, "2\n");
        ann.git(&["push", "--quiet", "origin", branch]).ok();
    }
    let forge = remote.forge();
    forge.merge("main", "merge").unwrap();
    forge.squash("main", "squash").unwrap();
    forge.rebase("main", "rebase").unwrap();
    // A branch that landed already adds nothing when it lands again, and a rebase of it makes no empty commits.
    let before = remote.tip("main");
    forge.rebase("main", "rebase").unwrap();
    assert_eq!(remote.tip("main"), before);
    assert_eq!(remote.git(&["ls-tree", "--name-only", "main"]).lines(), ["a", "b", "c"]);
    let log = remote.git(&["log", "--format=%s", "--topo-order", "main"]);
    assert_eq!(
        log.lines(),
        ["Change c", "Change c", "squash (#1)", "Merge branch 'merge'", "Change a", "Change a", "First commit"]
    );
}

#[test]
fn the_forge_refuses_a_conflict_and_moves_nothing() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let ann = remote.clone_as("ann");
    for (branch, text) in [("one", "1\n"), ("two", "2\n")] {
        ann.git(&["switch", "--quiet", "--create", branch, "origin/main"]).ok();
        ann.commit_file("same", text);
        ann.git(&["push", "--quiet", "origin", branch]).ok();
    }
    let forge = remote.forge();
    forge.merge("main", "one").unwrap();
    let before = remote.tip("main");
    for conflict in [forge.merge("main", "two"), forge.squash("main", "two"), forge.rebase("main", "two")] {
        let conflict = conflict.unwrap_err();
        assert_eq!(conflict.paths, ["same"]);
        assert!(!conflict.is_ours());
    }
    assert_eq!(remote.tip("main"), before);
}

#[test]
fn a_process_ends_with_its_handle_and_a_kill_is_seen_in_the_code() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let mut waiting = sandbox.program_in(Path::new("tail"), repo.dir(), "one", &["-f", "/dev/null"]).spawn();
    assert!(waiting.is_running());
    let id = waiting.id();
    assert_eq!(waiting.kill().code(), 128 + 9);
    assert!(!Path::new(&format!("/proc/{id}")).exists());
}

#[test]
fn input_settings_and_variables_reach_the_command_and_only_it() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let hash = repo.git_cmd(&["hash-object", "--stdin"]).stdin("x\n").run().line();
    assert_eq!(hash, "587be6b4c3f93f93c489c0111bba5596147a26cb");
    assert_eq!(repo.git_cmd(&["config", "gc.auto"]).config("gc.auto", "7").run().line(), "7");
    assert_eq!(repo.git(&["config", "gc.auto"]).line(), "0");
    let nobody = repo.git_cmd(&["config", "user.name"]).config_remove("user.name").run();
    assert_eq!(nobody.code(), 1);
}
