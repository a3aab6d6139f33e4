//! What every verb shares: global flags, errors, exit codes, plugins, output.

use crate::{ids, store};
use bd_tests::Sandbox;

#[test]
fn global_flags_stand_anywhere_and_upstreams_are_accepted() {
    let (_sandbox, ann) = store();
    ann.create("one", &[]);
    for line in [
        &["--json", "list"][..],
        &["list", "--json"],
        &["--no-daemon", "--no-auto-flush", "--lock-timeout", "5s", "list", "--json", "--sandbox", "--allow-stale", "--no-db"],
        &["list", "--json=true", "-v", "--dolt-auto-commit", "off"],
    ] {
        assert_eq!(ids(&ann.bd(line).json()).len(), 1, "{line:?}");
    }
    assert!(!ann.bd(&["list", "--json=false"]).ok().contains('{'));
    let top = ann.sandbox().root().to_owned();
    let elsewhere = ann.sandbox().bd_in(&top, "ann", &["-C", "ann", "list", "--json"]).run();
    assert_eq!(ids(&elsewhere.json()).len(), 1);
    assert_eq!(ann.bd(&["create", "two", "--actor", "bob", "--json"]).json()["created_by"], "bob");
}

#[test]
fn errors_are_on_stderr_with_a_hint_and_stdout_is_empty() {
    let (_sandbox, ann) = store();
    let out = ann.bd(&["creat", "x"]);
    out.fails(2);
    assert_eq!(out.stdout(), "");
    assert!(out.stderr().starts_with("error: ") && out.stderr().contains("hint: ") && out.stderr().contains("`create`"), "{out}");
    for line in
        [&["--json", "creat", "x"][..], &["show", "t-none", "--json"], &["list", "--nonsense", "--json"], &["create", "--json"]]
    {
        let out = ann.bd(line);
        out.fails(2);
        assert_eq!(out.stdout(), "");
        let json = out.json_error();
        assert_eq!(json["code"], "usage");
        assert!(json["error"].is_string() && json["hint"].is_string());
    }
    let mixed = ann.create("here", &[]);
    let out = ann.bd(&["close", &mixed, "t-nowhere"]);
    out.fails(2);
    assert!(out.stdout().contains("Closed") && out.stderr().contains("t-nowhere"), "{out}");
}

#[test]
fn readonly_changes_nothing() {
    let (_sandbox, ann) = store();
    let id = ann.create("one", &[]);
    let before = ann.rev("refs/beads/state");
    for line in [
        &["--readonly", "close", &id][..],
        &["create", "two", "--readonly"],
        &["delete", &id, "--force", "--readonly"],
        &["init", "--readonly"],
    ] {
        ann.bd(line).fails(2);
    }
    ann.bd(&["--readonly", "show", &id]).ok();
    assert_eq!(ann.rev("refs/beads/state"), before);
}

#[test]
fn a_plugin_runs_with_its_arguments_and_its_exit_code_and_cannot_replace_a_verb() {
    let (sandbox, ann) = store();
    for (name, text) in [("bd-hello", "#!/bin/sh\necho \"hello $*\"\nexit 7\n"), ("bd-list", "#!/bin/sh\necho wrong\n")] {
        let path = sandbox.bin().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let out = ann.bd(&["--json", "hello", "a b", "-x"]);
    assert_eq!((out.code(), out.stdout()), (7, "hello --json a b -x\n"));
    assert!(!ann.bd(&["list"]).ok().contains("wrong"));
    ann.bd(&["../bin/bd-hello"]).fails(2);
}

#[test]
fn beads_dir_is_honoured_where_it_is_this_store_and_refused_elsewhere() {
    let (sandbox, ann) = store();
    let other = sandbox.repo("other");
    other.bd(&["init"]).ok();
    let own = ann.path(".beads");
    for (key, path) in [("BEADS_DIR", own.clone()), ("BEADS_DB", own.join("beads.db"))] {
        ann.cmd(&["list"]).env(key, &path).run().ok();
        let refused = other.cmd(&["list"]).env(key, &path).run();
        refused.fails(2);
        assert!(refused.stderr().contains(key));
    }
    ann.bd(&["--db", ".beads/beads.db", "list"]).ok();
    // Outside of every repository it says which one is meant.
    let outside = sandbox.bd_in(&sandbox.path("home"), "ann", &["create", "from outside", "--json"]).env("BEADS_DIR", &own).run();
    assert_eq!(outside.json()["title"], "from outside");
    assert!(!other.bd(&["list"]).ok().contains("from outside"));
}

#[test]
fn what_stored_text_holds_never_acts_on_a_terminal() {
    let (_sandbox, ann) = store();
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[31m `x` $(y) ../z \u{202e}end";
    let id = ann.create(hostile, &["-d", hostile, "--assignee", "a\u{1b}b"]);
    ann.bd(&["comment", &id, hostile]).ok();
    assert_eq!(ann.show(&id)["title"], hostile, "stored to the letter");
    for line in [
        &["list"][..],
        &["show", &id],
        &["ready"],
        &["history", &id],
        &["comments", &id],
        &["show", &id, "--json"],
        &["list", "--long"],
    ] {
        let out = ann.bd(line);
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!out.ok().contains(odd) && !out.stderr().contains(odd), "{out}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (sandbox, ann) = store();
    for n in 0..30 {
        ann.create(&format!("a title that is long enough to fill something {n}"), &[]);
    }
    let script = "bd list --json -n 0 --all; echo \"code $?\" >&2";
    let out =
        sandbox.program_in(std::path::Path::new("/bin/sh"), ann.dir(), "ann", &["-c", &format!("{{ {script}; }} | true")]).run();
    assert!(out.stderr().contains("code 0") && !out.stderr().contains("error"), "{out}");
}

#[test]
fn help_is_there_for_every_verb_and_no_repository_is_needed() {
    let sandbox = Sandbox::new();
    let run = |args: &[&str]| sandbox.bd_in(&sandbox.path("home"), "ann", args).run();
    let overview = run(&["help"]).ok().to_owned();
    assert_eq!(run(&[]).ok(), overview);
    assert_eq!(run(&["--help"]).ok(), overview);
    let verbs: Vec<&str> = overview.lines().filter(|l| l.starts_with("  ")).filter_map(|l| l.split_whitespace().next()).collect();
    assert!(verbs.len() > 20 && verbs.contains(&"ready"), "{overview}");
    for verb in verbs {
        assert!(run(&["help", verb]).ok().contains("Usage:"), "{verb}");
        assert!(run(&[verb, "--help"]).ok().contains("Usage:"), "{verb}");
    }
    run(&["help", "nothing"]).fails(2);
    assert!(run(&["--version"]).ok().starts_with("bd "));
    let nowhere = run(&["list"]);
    nowhere.fails(2);
    assert!(nowhere.stderr().contains("git init"));
}

#[test]
fn a_setting_that_is_not_there_is_no_with_and_without_json() {
    let (_sandbox, ann) = store();
    assert_eq!(ann.bd(&["config", "get", "prefix", "--json"]).json()["value"], "t");
    let plain = ann.bd(&["config", "get", "claim.lease"]);
    plain.fails(1);
    let json = ann.bd(&["config", "get", "claim.lease", "--json"]);
    json.fails(1);
    let value: serde_json::Value = serde_json::from_str(json.stdout()).expect("the answer is JSON all the same");
    assert!(value["value"].is_null() && value["key"] == "claim.lease", "{json}");
    ann.bd(&["config", "get", "no.such", "--json"]).fails(2);
}
