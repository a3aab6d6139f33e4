//! Ways around a gate that somebody found, each closed: what was let through is refused, and what was harmless stays so.

use super::judged::{SKIPS, check, command};
use bd_tests::{Sandbox, Work};

fn lone(sandbox: &Sandbox) -> Work {
    sandbox.repo("lone")
}

/// The verdict of `no-skip` about what is staged now.
#[track_caller]
fn staged(work: &Work) -> (i32, String) {
    work.git(&["add", "--all"]).ok();
    let judged = check(work, &["--staged", "--gate", "no-skip"]);
    (judged.code, judged.status("no-skip").to_owned())
}

fn refused() -> (i32, String) {
    (4, "fail".to_owned())
}

fn fine() -> (i32, String) {
    (0, "pass".to_owned())
}

#[test]
fn a_needed_program_of_another_moment_sees_what_is_judged_and_not_the_working_tree() {
    let sandbox = Sandbox::new();
    let work = lone(&sandbox);
    let unit = command("unit", "grep -q good prog.txt").replace("\"commit\", \"submit\", \"land\"", "\"land\"");
    let scope = "[[gate]]\nid = \"in-scope\"\nkind = \"scope\"\ndeny = [\"no/**\"]\nwhen = [\"commit\"]\nneeds = [\"unit\"]\n";
    work.write(".beads/gates.toml", format!("{unit}\n{scope}"));
    work.commit_all("Gates");
    work.write("prog.txt", "bad\n");
    work.git(&["add", "prog.txt"]).ok();
    work.write("prog.txt", "good\n");
    let judged = check(&work, &["--staged", "--trust-commands"]);
    assert_eq!((judged.code, judged.status("unit"), judged.status("in-scope")), (4, "fail", "error"));
    assert_eq!(work.read("prog.txt"), "good\n");
    work.git(&["add", "prog.txt"]).ok();
    let judged = check(&work, &["--staged", "--trust-commands"]);
    assert_eq!((judged.code, judged.status("unit"), judged.status("in-scope")), (0, "pass", "pass"));
}

#[test]
fn a_pass_under_one_variable_or_program_is_none_under_another() {
    let sandbox = Sandbox::new();
    let (_remote, work, _bob) = sandbox.two_clones();
    let tool = sandbox.path("tmp/tool");
    crate::kit::program(&tool, "#!/bin/sh\nexit 0\n");
    let gates = format!(
        "{}\n{}",
        command("switch", "sh -c 'test -n \"$ANY_NAME\"'"),
        command("tool", &format!("true && {}", tool.display()))
    );
    work.write(".beads/gates.toml", gates);
    work.commit_all("Gates");
    let ask = |set: Option<&str>| {
        let mut cmd =
            work.gate_cmd(&["gate", "check", "--all", "--trust-commands", "--json", "--gate", "switch", "--gate", "tool"]);
        if let Some(value) = set {
            cmd = cmd.env("ANY_NAME", value);
        }
        let all: serde_json::Value = serde_json::from_str(cmd.run().stdout()).unwrap();
        let of = |id: &str| all["gates"].as_array().unwrap().iter().find(|g| g["gate"] == id).unwrap().clone();
        [of("switch"), of("tool")].map(|g| (g["status"].as_str().unwrap().to_owned(), g["reused"] == true))
    };
    let pass = |reused| ("pass".to_owned(), reused);
    assert_eq!(ask(Some("1")), [pass(false), pass(false)]);
    assert_eq!(ask(Some("1")), [pass(true), pass(true)], "equal surroundings");
    assert_eq!(ask(None)[0], ("fail".to_owned(), false));
    // Equal length, and a time of change that somebody set back.
    let time = tool.metadata().unwrap().modified().unwrap();
    crate::kit::program(&tool, "#!/bin/sh\nexit 1\n");
    std::fs::File::options().write(true).open(&tool).unwrap().set_modified(time).unwrap();
    assert_eq!(ask(Some("1")), [pass(true), ("fail".to_owned(), false)]);
}

#[test]
fn a_gate_that_its_own_program_asks_again_ends() {
    let sandbox = Sandbox::new();
    let work = lone(&sandbox);
    let gate = sandbox.bin().join("bd-gate");
    let again = format!("cd \"$GATE_WORK_TREE\" && '{}' gate check --all --gate again --trust-commands", gate.display());
    work.write(
        ".beads/gates.toml",
        format!("{}\n{}", command("again", &again), command("other", &again.replace("--gate again", "--gate no-skip"))),
    );
    work.commit_all("Gates");
    let judged = check(&work, &["--all", "--trust-commands"]);
    assert_eq!((judged.code, judged.status("again"), judged.status("other")), (4, "fail", "pass"));
    let tail = judged.verdict("again")["tail"].as_str().unwrap_or_default().to_owned();
    assert!(tail.contains("asks it again"), "{tail}");
}

#[test]
fn no_name_and_no_encoding_hides_a_test() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    let work = lone(&sandbox);
    for name in [&b"b\xff_test.go"[..], b"a\n\"b_test.go", b"-x_test.go", b"\"q_test.go", b"deep/\x01/z_test.go"] {
        let path = work.path("").join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, SKIPS).unwrap();
        assert_eq!(staged(&work), refused(), "{}", name.escape_ascii());
        std::fs::write(&path, SKIPS.replace("t.Skip(\"later\")", "t.Log()")).unwrap();
        assert_eq!(staged(&work), fine(), "{}", name.escape_ascii());
    }
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let all = std::iter::once(0xfeff).chain(text.encode_utf16());
        all.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let ignored = "class T {\n    [Fact(Skip = \"later\")] public void A() {}\n}\n";
    for big in [true, false] {
        work.write("ATests.cs", wide(ignored, big));
        assert_eq!(staged(&work), refused());
        work.write("ATests.cs", wide(&ignored.replace("(Skip = \"later\")", ""), big));
        assert_eq!(staged(&work), fine());
    }
    work.write("nul.test.js", b"// \0\nit.skip(\"x\", () => {});\n");
    assert_eq!(staged(&work), refused());
    work.write("nul.test.js", b"// \0 it.skip(\"x\", () => {});\n");
    assert_eq!(staged(&work), fine(), "in a comment");
    // A secret is looked for whatever the bytes around it are.
    let token = format!("ghp_{}", "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5");
    let plain: Vec<u8> = token.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in
        [("notes.dat", format!("\0\n{token}\n").into_bytes()), ("notes.dat", plain), ("notes.txt", wide(&token, true))]
    {
        work.write(name, bytes);
        work.git(&["add", name]).ok();
        assert_eq!(check(&work, &["--staged", "--gate", "secrets"]).status("secrets"), "fail", "{name}");
        std::fs::remove_file(work.path(name)).unwrap();
        work.git(&["add", "--all"]).ok();
    }
    work.write("picture.png", b"\0t.Skip(\"later\") it.skip(\"x\")\n");
    assert_eq!(staged(&work), fine());
}

#[test]
fn a_line_that_was_there_counts_once_nothing_makes_it_harmless_any_more() {
    let sandbox = Sandbox::new();
    let work = lone(&sandbox);
    let hidden = SKIPS.replace("\tt.Skip(\"later\")\n", "\t/*\n\tt.Skip(\"later\")\n\t*/\n");
    let marked = SKIPS.replace("\tt.Skip", "\t// gate:allow no-skip -- the server is not there\n\tt.Skip");
    work.write("hidden_test.go", &hidden);
    work.write("marked_test.go", &marked);
    work.write("notes.txt", SKIPS);
    work.write("old_test.go", SKIPS);
    work.commit_all("Start");

    // Neither in an old place, nor by moving it, nor beside it.
    work.write("old_test.go", format!("{SKIPS}\n// more\n"));
    work.git(&["mv", "hidden_test.go", "still_hidden_test.go"]).ok();
    assert_eq!(staged(&work), fine());
    work.git(&["mv", "old_test.go", "older_test.go"]).ok();
    assert_eq!(staged(&work), fine());
    work.commit_all("Harmless");

    for (change, file) in [
        (&(|| work.write("still_hidden_test.go", SKIPS)) as &dyn Fn(), "still_hidden_test.go"),
        (&|| work.write("marked_test.go", SKIPS), "marked_test.go"),
        (
            &|| {
                work.git(&["mv", "notes.txt", "notes_test.go"]).ok();
            },
            "notes_test.go",
        ),
    ] {
        change();
        work.git(&["add", "--all"]).ok();
        let judged = check(&work, &["--staged", "--gate", "no-skip"]);
        assert_eq!(judged.code, 4, "{file}");
        let found = &judged.verdict("no-skip")["findings"];
        assert_eq!((found[0]["path"].as_str(), found.as_array().map(Vec::len)), (Some(file), Some(1)), "{found}");
        work.git(&["reset", "--quiet", "--hard"]).ok();
    }
}

#[test]
fn a_change_adds_to_a_target_without_gates_and_takes_nothing_away() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    ann.git(&["switch", "--quiet", "--create", "feature"]).ok();
    let more = "[[gate]]\nid = \"small\"\nkind = \"scope\"\ndeny = [\"no/**\"]\nwhen = [\"submit\"]\n";
    ann.write(".beads/gates.toml", format!("[[gate]]\nid = \"no-skip\"\naction = \"off\"\n\n{more}"));
    ann.write(".beads/rules/no-skip.toml", "id = \"no-skip\"\nexclude = [\"**\"]\n");
    ann.write("a_test.go", SKIPS);
    ann.write("no/x", "");
    ann.commit_all("A skip, and nothing that would see it");
    let judged = check(&ann, &["origin/main..HEAD"]);
    assert_eq!((judged.code, judged.status("no-skip"), judged.status("small")), (4, "fail", "fail"));
    let notes = judged.all["notes"].to_string();
    assert!(notes.contains("the gate `no-skip` is ours") && notes.contains("the rule `no-skip` is ours"), "{notes}");
    // Once the target has it, it counts.
    ann.git(&["push", "--quiet", "origin", "HEAD:main"]).ok();
    ann.git(&["fetch", "--quiet", "origin"]).ok();
    assert!(check(&ann, &["origin/main..HEAD"]).find("no-skip").is_none());
}

#[test]
fn a_waiver_for_a_path_that_can_never_be_is_refused() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    for path in ["../x", "/etc/x", "./a", "a/", "", "["] {
        let state = ann.user_state();
        ann.gate_cmd(&["gate", "waive", "no-skip", "--reason", "x", "--path", path]).run().fails(2);
        assert_eq!(ann.user_state(), state, "{path}");
    }
    ann.gate_cmd(&["gate", "waivers"]).run().ok();
}
