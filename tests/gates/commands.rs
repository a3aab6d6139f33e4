//! What becomes of the programs that gates start, and where they run.

use bd_tests::{Cmd, Sandbox, Work};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

fn repo(run: &str, more: &str) -> (Sandbox, Work) {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.bd(&["init"]).ok();
    let kind = if more.contains("kind =") { String::new() } else { "kind = \"command\"\n".to_owned() };
    let text = format!("[[gate]]\nid = \"mine\"\n{kind}when = [\"commit\", \"submit\"]\nrun = '''{run}'''\n{more}\n");
    work.write(".beads/gates.toml", text);
    work.write("a.txt", "staged\n");
    work.git(&["add", "a.txt"]).ok();
    (sandbox, work)
}

fn check(work: &Work) -> Cmd {
    work.gate_cmd(&["gate", "check", "--staged", "--gate", "mine", "--trust-commands"])
}

/// A named pipe, and what reads it.
fn fifo(sandbox: &Sandbox, name: &str) -> (PathBuf, std::thread::JoinHandle<(BufReader<std::fs::File>, String)>) {
    let path = sandbox.path(name);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let from = path.clone();
    let first = std::thread::spawn(move || {
        let mut pipe = BufReader::new(std::fs::File::open(from).unwrap());
        let mut line = String::new();
        pipe.read_line(&mut line).unwrap();
        (pipe, line)
    });
    (path, first)
}

/// Waits until nobody holds the pipe any more.
fn until_closed(mut pipe: BufReader<std::fs::File>) {
    let mut rest = String::new();
    pipe.read_to_string(&mut rest).unwrap();
}

/// A program that starts another, which holds the pipe and does not end.
fn hangs(pipe: &Path) -> String {
    format!(
        "(exec > \"{}\"; trap \"\" HUP INT; echo up; while read -r x < /dev/zero; do :; done; exec sleep 600) & wait",
        pipe.display()
    )
}

#[test]
fn a_program_that_does_not_end_is_ended_with_its_children_and_blocks() {
    for kind in ["command", "judge", "external"] {
        let (sandbox, work) = repo("true", "");
        let (path, first) = fifo(&sandbox, "pipe");
        let text = format!(
            "[[gate]]\nid = \"mine\"\nkind = \"{kind}\"\nwhen = [\"commit\"]\ntimeout = \"2s\"\nrun = '''{}'''\n",
            hangs(&path)
        );
        work.write(".beads/gates.toml", text);
        let output = check(&work).run();
        assert_eq!(output.code(), 4, "{}", output.snapshot());
        let all = format!("{}{}", output.stdout(), output.stderr());
        assert!(all.contains("did not end within 2 s"), "{kind}: {all}");
        let (pipe, line) = first.join().unwrap();
        assert_eq!(line, "up\n");
        until_closed(pipe);
    }
}

#[test]
fn what_a_gate_started_does_not_outlive_a_kill_of_bd_gate() {
    let (sandbox, work) = repo("true", "");
    let (path, first) = fifo(&sandbox, "pipe");
    work.write(
        ".beads/gates.toml",
        format!("[[gate]]\nid = \"mine\"\nkind = \"command\"\nwhen = [\"commit\"]\nrun = '''{}'''\n", hangs(&path)),
    );
    let running = check(&work).spawn();
    let (pipe, line) = first.join().unwrap();
    assert_eq!(line, "up\n", "the grandchild runs");
    assert!(!running.kill().succeeded());
    until_closed(pipe);
}

#[test]
fn a_program_sees_what_is_judged_and_nothing_of_the_user_changes() {
    let (sandbox, work) = repo(
        "test \"$(cat a.txt)\" = staged && test ! -e untracked && test \"$(git ls-files a.txt)\" = a.txt && test -z \"$GIT_INDEX_FILE$GIT_DIR\"",
        "",
    );
    work.write("a.txt", "staged\nand more\n");
    work.write("untracked", "");
    let before = work.user_state();
    check(&work).env("GIT_INDEX_FILE", ".git/index").run().ok();
    assert_eq!(work.user_state(), before);
    assert_eq!(std::fs::read_dir(sandbox.path("tmp")).unwrap().count(), 0, "the tree of our own is gone");
    // Where the working tree is what is judged, that is where it runs.
    work.write("a.txt", "staged\n");
    work.write(".beads/gates.toml", work.read(".beads/gates.toml").replace("test ! -e untracked", "test -e untracked"));
    check(&work).run().ok();
}

#[test]
fn a_commit_is_checked_out_with_links_modes_and_attributes() {
    let (_sandbox, work) = repo(
        "test -x run.sh && test -L link && test \"$(readlink link)\" = a.txt && test ! -x a.txt && test \"$(cat a.txt)\" = staged",
        "",
    );
    work.write("run.sh", "#!/bin/sh\n");
    work.git(&["add", "run.sh"]).ok();
    work.git(&["update-index", "--chmod=+x", "run.sh"]).ok();
    std::os::unix::fs::symlink("a.txt", work.path("link")).unwrap();
    work.git(&["add", "link"]).ok();
    work.git(&["commit", "--quiet", "--message", "More"]).ok();
    work.write("a.txt", "something else\n");
    work.git(&["rm", "--quiet", "--cached", "link"]).ok();
    let before = work.user_state();
    work.gate_cmd(&["gate", "check", "HEAD~1..HEAD", "--gate", "mine", "--trust-commands"]).run().ok();
    assert_eq!(work.user_state(), before);
}

#[test]
fn submodules_are_there_as_the_commit_names_them() {
    let (sandbox, work) = repo("test \"$(cat sub/inside.txt)\" = one", "");
    let inner = sandbox.repo("inner");
    inner.commit_file("inside.txt", "one\n");
    work.git(&["submodule", "--quiet", "add", inner.dir().to_str().unwrap(), "sub"]).ok();
    work.write("sub/inside.txt", "two\n");
    let before = work.user_state();
    check(&work).run().ok();
    assert_eq!(work.user_state(), before);
    assert_eq!(work.read("sub/inside.txt"), "two\n");
}

#[test]
fn a_tree_that_a_killed_check_left_is_removed_by_the_next() {
    let (sandbox, work) = repo("true", "");
    let (path, first) = fifo(&sandbox, "pipe");
    let gates = work.read(".beads/gates.toml");
    work.write(".beads/gates.toml", gates.replace("true", &hangs(&path)));
    work.write("a.txt", "not staged\n");
    let running = check(&work).spawn();
    let (pipe, _) = first.join().unwrap();
    assert!(!running.kill().succeeded());
    until_closed(pipe);
    let left = || std::fs::read_dir(sandbox.path("tmp")).unwrap().count();
    assert_eq!(left(), 1, "the kill left a tree");
    work.write(".beads/gates.toml", gates);
    check(&work).run().ok();
    assert_eq!(left(), 0);
    assert_eq!(std::fs::read_dir(work.path(".git/beads/cache/trees")).unwrap().count(), 0);
}

#[test]
fn what_a_program_prints_is_bounded_and_clean() {
    let secret = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let (_sandbox, work) = repo(
        &format!(
            "head -c 200000000 /dev/zero | tr \"\\0\" x; echo; printf \"\\033[31mred\\n\"; echo {secret}; echo $MY_TOKEN; printf \"\\377\\n\"; echo end; exit 1"
        ),
        "",
    );
    let output = check(&work).env("MY_TOKEN", "correct-horse").run();
    assert_eq!(output.code(), 4, "{}", output.snapshot());
    let all = format!("{}{}", output.stdout(), output.stderr());
    assert!(all.len() < 20_000 && all.contains("end"), "{}", all.len());
    for no in [secret.as_str(), "correct-horse", "\u{1b}[31m", "xxxx"] {
        assert!(!all.contains(no), "{no}: {all}");
    }
}

#[test]
fn a_program_that_nobody_trusted_does_not_run() {
    let (sandbox, work) = repo("touch \"$WITNESS\"", "");
    let witness = sandbox.path("witness");
    let output = work.gate_cmd(&["gate", "check", "--staged", "--gate", "mine"]).env("WITNESS", &witness).run();
    assert_eq!(output.code(), 4, "{}", output.snapshot());
    assert!(!witness.exists(), "it ran");
    check(&work).env("WITNESS", &witness).run().ok();
    assert!(witness.exists());
}
