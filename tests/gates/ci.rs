//! The CI definitions as they ship: their scripts, run in checkouts as forges make them.

use bd_tests::{Cmd, Output, Remote, Sandbox, Work};

const GITHUB: &str = include_str!("../../docs/ci/github-actions.yml");
const GITLAB: &str = include_str!("../../docs/ci/gitlab-ci.yml");
const SKIPPED: &str = "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n}\n";

/// The block of a definition that calls `bd gate check`, without its indentation.
fn script(definition: &str) -> String {
    let lines: Vec<&str> = definition.lines().collect();
    let call = lines.iter().position(|l| l.trim_start().starts_with("bd gate check")).expect("the call");
    let start = lines[..call].iter().rposition(|l| l.trim_end().ends_with('|')).expect("the block") + 1;
    let indent = lines[start].len() - lines[start].trim_start().len();
    let inside = |l: &&&str| l.trim().is_empty() || l.starts_with(&" ".repeat(indent));
    let block = lines[start..].iter().take_while(inside).map(|l| format!("{}\n", l.get(indent..).unwrap_or_default()));
    block.collect()
}

/// A remote whose branch `feature` skips a test, a branch `good` that does not, and a `main` that went on.
struct Forge {
    sandbox: Sandbox,
    remote: Remote,
}

impl Forge {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let remote = sandbox.remote("origin");
        let ann = remote.clone_as("ann");
        ann.commit_file("a.go", "package a\n");
        ann.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
        for (branch, text) in [("feature", SKIPPED), ("good", "package a\n")] {
            ann.git(&["switch", "--quiet", "--create", branch, "main"]).ok();
            ann.commit_file("a_test.go", text);
            ann.commit_file(&format!("{branch}.txt"), "more\n");
            ann.git(&["push", "--quiet", "origin", branch]).ok();
        }
        ann.git(&["switch", "--quiet", "main"]).ok();
        ann.commit_file("b.go", "package a\n");
        ann.git(&["push", "--quiet", "origin", "main"]).ok();
        Self { sandbox, remote }
    }

    /// A clone of one commit of one branch.
    fn shallow(&self, name: &str, branch: &str) -> Work {
        let work = self.remote.clone_with(name, &["--depth=1", "--branch", branch]);
        assert_eq!(work.git(&["rev-parse", "--is-shallow-repository"]).line(), "true");
        work
    }

    fn run(&self, work: &Work, definition: &str, vars: &[(&str, &str)]) -> Output {
        let script = script(definition);
        let shell = std::path::Path::new("/bin/sh");
        let set = |cmd: Cmd, (name, value): &(&str, &str)| cmd.env(*name, *value);
        let cmd = self.sandbox.program_in(shell, work.dir(), work.actor(), &["-c", &script]);
        vars.iter().fold(cmd, set).run()
    }
}

fn found(work: &Work, out: &Output) {
    assert_eq!(out.code(), 4, "{out}");
    assert!(out.stdout().contains("a_test.go:6:"), "{}", out.stdout());
    for file in ["gates.sarif", "gates.md"] {
        assert!(work.read(file).contains("a_test.go"), "{file}");
    }
}

fn passed(work: &Work, out: &Output) {
    out.ok();
    assert!(out.stdout().contains("Not blocked") && !out.stdout().contains("Nothing to judge"), "{}", out.stdout());
    assert!(work.read("gates.sarif").contains("\"results\": []"));
}

#[test]
fn a_pull_request_on_github_is_judged_also_in_a_checkout_of_one_commit() {
    let forge = Forge::new();
    let bad = forge.shallow("bad", "feature");
    found(&bad, &forge.run(&bad, GITHUB, &[("BASE_BRANCH", "main"), ("BEFORE", ""), ("BRANCH", "1/merge")]));
    let good = forge.shallow("good", "good");
    passed(&good, &forge.run(&good, GITHUB, &[("BASE_BRANCH", "main"), ("BEFORE", ""), ("BRANCH", "2/merge")]));
}

#[test]
fn a_push_on_github_is_judged_from_where_the_branch_was() {
    let forge = Forge::new();
    let ann = forge.remote.clone_as("ann2");
    let before = ann.rev("origin/main");
    ann.commit_file("a_test.go", SKIPPED);
    ann.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
    let bad = forge.shallow("bad", "main");
    found(&bad, &forge.run(&bad, GITHUB, &[("BASE_BRANCH", ""), ("BEFORE", &before), ("BRANCH", "main")]));
    // Nothing more was pushed after it.
    let after = ann.rev("HEAD");
    let out = forge.run(&bad, GITHUB, &[("BASE_BRANCH", ""), ("BEFORE", &after), ("BRANCH", "main")]);
    out.ok();
    assert!(out.stdout().contains("Nothing to judge"), "an empty range is said: {}", out.stdout());
    // A new branch, or one that was moved from a commit that nobody has: everything is judged.
    for unknown in ["0".repeat(40), "ab".repeat(20)] {
        found(&bad, &forge.run(&bad, GITHUB, &[("BASE_BRANCH", ""), ("BEFORE", &unknown), ("BRANCH", "main")]));
    }
}

#[test]
fn gitlab_judges_the_same() {
    let forge = Forge::new();
    let bad = forge.shallow("bad", "feature");
    let main = ("CI_DEFAULT_BRANCH", "main");
    found(&bad, &forge.run(&bad, GITLAB, &[main, ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")]));
    let good = forge.shallow("good", "good");
    passed(&good, &forge.run(&good, GITLAB, &[main, ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")]));
    let on_main = forge.shallow("main", "main");
    passed(&on_main, &forge.run(&on_main, GITLAB, &[main, ("CI_COMMIT_BEFORE_SHA", &"0".repeat(40))]));
}

#[test]
fn a_branch_cannot_switch_off_what_judges_it() {
    let forge = Forge::new();
    let ann = forge.remote.clone_as("ann2");
    ann.commit_file(".beads/gates.toml", "version = 1\n");
    ann.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
    ann.git(&["switch", "--quiet", "--create", "sly"]).ok();
    ann.commit_file("a_test.go", SKIPPED);
    ann.commit_file(".beads/gates.toml", "version = 1\n\n[[gate]]\nid = \"no-skip\"\naction = \"off\"\n");
    ann.git(&["push", "--quiet", "origin", "sly"]).ok();
    let sly = forge.shallow("sly", "sly");
    found(&sly, &forge.run(&sly, GITHUB, &[("BASE_BRANCH", "main"), ("BEFORE", ""), ("BRANCH", "3/merge")]));
}
