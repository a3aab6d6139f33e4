//! More ways that a gate could be walked around, or walk into itself: merges of many, submodules, a place for hooks that is none, a red
//! step that only looks red, `bd` called by what `bd` calls.

use super::judged::{SKIPS, check, command};
use bd_tests::Sandbox;

#[test]
fn a_merge_of_many_brings_what_its_parents_have_and_what_it_adds_itself_is_judged() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.gate_cmd(&["hooks", "install"]).run().ok();
    for name in ["one", "two", "three"] {
        work.git(&["switch", "--quiet", "--create", name, "main"]).ok();
        work.write(&format!("{name}_test.go"), SKIPS);
        work.git(&["add", "--all"]).ok();
        work.git(&["commit", "--quiet", "--no-verify", "-m", name]).ok();
        work.git(&["switch", "--quiet", "main"]).ok();
    }
    // git makes it without asking; CI sees all of it against the first parent.
    work.git(&["merge", "--quiet", "--no-edit", "--no-ff", "one", "two", "three"]).ok();
    let judged = check(&work, &["HEAD", "--gate", "no-skip"]);
    assert_eq!((judged.code, judged.status("no-skip")), (4, "fail"));
    assert_eq!(judged.verdict("no-skip")["findings"].as_array().map(Vec::len), Some(3));
    work.git(&["reset", "--quiet", "--hard", "HEAD~1"]).ok();

    // Stopped before its commit: what the three have is not new in it, what was added meanwhile is.
    work.git(&["merge", "--quiet", "--no-commit", "--no-ff", "one", "two", "three"]).ok();
    let nothing = check(&work, &["--staged", "--gate", "no-skip"]);
    assert_eq!((nothing.code, nothing.status("no-skip")), (0, "skip"), "nothing is new");
    work.write("evil_test.go", SKIPS);
    work.write("two_test.go", format!("{SKIPS}\nfunc TestB(t *testing.T) {{\n\tt.SkipNow()\n}}\n"));
    work.git(&["add", "--all"]).ok();
    let judged = check(&work, &["--staged", "--gate", "no-skip"]);
    let places: Vec<(String, u64)> = judged.verdict("no-skip")["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["path"].as_str().unwrap().to_owned(), f["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [("evil_test.go".to_owned(), 6), ("two_test.go".to_owned(), 10)]);
    work.git(&["commit", "--quiet", "-m", "Merge"]).fails(1);
}

#[test]
fn a_submodule_is_no_place_to_hide_and_its_own_hooks_are_its_own() {
    let sandbox = Sandbox::new();
    let (inner, outer) = (sandbox.repo("inner"), sandbox.repo("outer"));
    inner.commit_file("a_test.go", SKIPS);
    let from = inner.dir().display().to_string();
    outer.git_cmd(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "sub"]).run().ok();
    // A submodule's content is its own repository's; that it came is a change of one path.
    let judged = check(&outer, &["--staged", "--gate", "no-skip"]);
    assert_eq!((judged.code, judged.status("no-skip")), (0, "pass"));
    outer.commit_all("A submodule");
    // The same path as a folder of files is all new.
    outer.git(&["rm", "--quiet", "--cached", "sub"]).ok();
    std::fs::remove_file(outer.path("sub/.git")).unwrap();
    outer.git(&["add", "--force", "sub"]).ok();
    let judged = check(&outer, &["--staged", "--gate", "no-skip"]);
    assert_eq!((judged.code, judged.status("no-skip")), (4, "fail"));
    assert_eq!(judged.verdict("no-skip")["findings"][0]["path"], "sub/a_test.go");
    outer.git(&["reset", "--quiet", "--hard"]).ok();

    // Hooks that are installed in a submodule judge its commits and nobody else's.
    let again = outer.git_cmd(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--force"]).run();
    again.ok();
    let sub = outer.below("sub");
    sub.git(&["switch", "--quiet", "--create", "work"]).ok();
    sub.gate_cmd(&["hooks", "install"]).run().ok();
    sub.gate_cmd(&["hooks", "status"]).run().ok();
    std::fs::write(outer.path("sub/b_test.go"), SKIPS).unwrap();
    sub.git(&["add", "b_test.go"]).ok();
    let said = sub.git(&["commit", "--quiet", "-m", "b"]);
    assert!(said.fails(1).stderr().contains("no-skip"), "{}", said.stderr());
    outer.write("c_test.go", SKIPS);
    outer.git(&["add", "c_test.go"]).ok();
    outer.git(&["commit", "--quiet", "-m", "c"]).ok();
}

#[test]
fn where_hooks_cannot_be_written_the_install_says_so_and_leaves_everything() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    let hooks = work.common_dir().join("hooks");
    let _none = std::fs::remove_dir_all(&hooks);
    std::fs::write(&hooks, "a file\n").unwrap();
    let before = crate::kit::picture(&work.common_dir());
    let out = work.gate_cmd(&["hooks", "install"]).run();
    assert!(!out.succeeded() && out.stderr().contains("hooks"), "{out}");
    assert_eq!(crate::kit::picture(&work.common_dir()), before);
    assert!(!work.gate_cmd(&["hooks", "status"]).run().succeeded());
    work.git(&["commit", "--quiet", "--allow-empty", "-m", "git goes on"]).ok();
}

#[test]
fn a_red_step_that_was_not_built_and_a_canary_that_always_fails_prove_nothing() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    let red = |run: &str, report: &str| {
        format!(
            "[[gate]]\nid = \"red\"\nkind = \"command\"\nrun = '''{run}'''\nreport = \"{report}\"\nexpect = \"fail\"\nwhen = [\"submit\"]\n"
        )
    };
    let ask = |gates: &str| {
        work.write(".beads/gates.toml", gates);
        work.commit_all("Gates");
        let judged = check(&work, &["--all", "--trust-commands", "--gate", "red"]);
        (judged.code, judged.status("red").to_owned())
    };
    let error = || (4, "error".to_owned());
    for (format, said) in [
        ("go", "FAIL\\tx/a [build failed]\\nFAIL\\n"),
        ("go", "panic: no\\nFAIL\\tx/a\\t0.01s\\nFAIL\\n"),
        ("go-json", "{\"Action\":\"start\",\"Package\":\"x\"}\\n{\"Action\":\"fail\",\"Package\":\"x\"}\\n"),
        ("pytest", "ERROR test_a.py\\n=== 1 error in 0.05s ===\\n"),
    ] {
        assert_eq!(ask(&red(&format!("printf '{said}'; exit 1"), format)), error(), "{said}");
    }
    assert_eq!(
        ask(&red("printf -- '--- FAIL: TestA (0.00s)\\nFAIL\\tx/a\\t0.01s\\nFAIL\\n'; exit 1", "go")),
        (0, "pass".to_owned())
    );
    // A canary that makes the program unable to run is not proof that it looks.
    let canary = |run: &str| {
        format!(
            "[[gate]]\nid = \"red\"\nkind = \"command\"\nrun = '''{run}'''\ncanary_env = {{ BREAK = \"1\" }}\nwhen = [\"submit\"]\n"
        )
    };
    assert_eq!(ask(&canary("test -z \"$BREAK\" || exec no-such-program-anywhere")), error());
    assert_eq!(ask(&canary("true")), error());
    assert_eq!(ask(&canary("test -z \"$BREAK\"")), (0, "pass".to_owned()));
}

#[test]
fn bd_that_a_gate_of_bd_calls_ends_and_does_not_wait_for_itself() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    let (bd, top) = (sandbox.bin().join("bd"), work.dir().display().to_string());
    // It claims another bead, which asks it again.
    let run = format!("cd '{top}' && '{}' claim \"$(cat other.txt)\"", bd.display());
    work.write(".beads/gates.toml", command("again", &run).replace("\"commit\", \"submit\", \"land\"", "\"claim\", \"commit\""));
    work.commit_all("Gates");
    work.bd(&["trust", ".beads/gates.toml"]).ok();
    let (id, other) = (work.create("One", &[]), work.create("Other", &[]));
    work.write("other.txt", format!("{other}\n"));
    work.bd(&["claim", &id]).fails(4);
    assert_eq!((work.show(&id)["status"].clone(), work.show(&other)["status"].clone()), ("open".into(), "open".into()));

    // A hook that writes a bead, in a commit that a hook of ours judges: each is done, in its time.
    let hook = work.common_dir().join("hooks/pre-commit");
    crate::kit::program(&hook, &format!("#!/bin/sh\n'{}' create 'From the hook' --actor hook >/dev/null\n", bd.display()));
    work.write(".beads/gates.toml", "");
    work.git(&["add", ".beads/gates.toml"]).ok();
    work.git(&["commit", "--quiet", "--no-verify", "-m", "No gates"]).ok();
    work.gate_cmd(&["hooks", "install"]).run().ok();
    work.commit_file("a.txt", "a\n");
    let titles = work.bd(&["list", "--json"]).stdout().to_owned();
    assert_eq!(titles.matches("From the hook").count(), 1, "{titles}");
    // And `bd ride`, which commits by itself, calls no hook at all.
    work.bd(&["ride", "--all"]).ok();
    assert_eq!(work.bd(&["list", "--json"]).stdout().matches("From the hook").count(), 1);
}
