//! What people see on a terminal: colours, widths, the pager, completions. The terminal is made by `script` of util-linux.

use crate::store;
use bd_tests::{Output, Work};
use std::path::Path;

const ESCAPE: char = '\u{1b}';

/// Runs a line of shell on a terminal of 60 columns and 12 rows. A system without `script` fails the test: nobody looked.
fn on_terminal(work: &Work, line: &str, vars: &[(&str, &str)]) -> Output {
    let line = format!("stty cols 60 rows 12 -onlcr && {line}");
    let args = ["--quiet", "--return", "--command", &line, "/dev/null"];
    let sandbox = work.sandbox();
    let mut cmd = sandbox.program_in(Path::new("script"), work.dir(), work.actor(), &args);
    cmd = cmd.env_remove("COLUMNS").env("TERM", "xterm").env("SHELL", "/bin/sh").env("BD_PAGER", "cat").stdin("");
    for (key, value) in vars {
        cmd = cmd.env(key, value);
    }
    cmd.run()
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let (_sandbox, ann) = store();
    ann.create("A title", &[]);
    let coloured = on_terminal(&ann, "bd list", &[]);
    assert!(coloured.ok().contains(ESCAPE) && coloured.stdout().contains("A title"), "{coloured}");
    let plain = ann.bd(&["list"]);
    assert!(!plain.ok().contains(ESCAPE), "no terminal, no colours");
    for (vars, line) in [
        (&[("NO_COLOR", "1")][..], "bd list"),
        (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], "bd list"),
        (&[("CLICOLOR", "0")], "bd list"),
        (&[("TERM", "dumb")], "bd list"),
        (&[], "bd list --no-color"),
        (&[], "bd list --json"),
        (&[], "bd list | cat"),
    ] {
        let out = on_terminal(&ann, line, vars);
        assert!(!out.ok().contains(ESCAPE) && out.stdout().contains("A title"), "{vars:?} {line}: {out}");
    }
    let forced = ann.cmd(&["list"]).env("CLICOLOR_FORCE", "1").run();
    assert!(forced.ok().contains(ESCAPE), "{forced}");
    let json = ann.cmd(&["list", "--json"]).env("CLICOLOR_FORCE", "1").run();
    assert!(!json.ok().contains(ESCAPE), "JSON has no colours, whoever asks");
    let error = on_terminal(&ann, "bd show t-none", &[]);
    assert_eq!(error.code(), 2, "the exit code is bd's: {error}");
    assert!(error.stdout().contains(ESCAPE));
}

#[test]
fn lines_are_as_wide_as_the_terminal_and_whole_without_one() {
    let (_sandbox, ann) = store();
    let title = "word ".repeat(30);
    let title = title.trim_end();
    ann.create(title, &[]);
    let out = on_terminal(&ann, "bd list", &[("NO_COLOR", "1")]);
    let long: Vec<&str> = out.ok().lines().filter(|l| l.trim_end().chars().count() > 60).collect();
    assert!(long.is_empty() && out.stdout().contains('…'), "{long:?}\n{out}");
    let wide = on_terminal(&ann, "bd list", &[("NO_COLOR", "1"), ("COLUMNS", "40")]);
    assert!(wide.ok().lines().all(|l| l.trim_end().chars().count() <= 40), "COLUMNS counts: {wide}");
    assert!(ann.bd(&["list"]).ok().contains(title), "a pipe gets everything");
}

#[test]
fn the_pager_shows_what_is_longer_than_the_screen_and_nothing_else() {
    let (_sandbox, ann) = store();
    let script: String = (0..30).map(|n| format!("create \"Bead {n}\"\n")).collect();
    ann.cmd(&["batch"]).stdin(script).run().ok();
    let pager = [("NO_COLOR", "1"), ("BD_PAGER", "sed 's/^/paged: /'")];
    let long = on_terminal(&ann, "bd list --limit 0", &pager);
    let lines = long.lines();
    assert!(lines.len() >= 30 && lines.iter().all(|l| l.starts_with("paged: ")), "{long}");
    for line in ["bd list --limit 3", "bd list --limit 0 --no-pager", "bd list --limit 0 --json", "bd list --limit 0 | cat"] {
        let out = on_terminal(&ann, line, &pager);
        assert!(out.ok().contains("Bead") && !out.stdout().contains("paged: "), "{line}: {out}");
    }
    let gone = on_terminal(&ann, "bd list --limit 0", &[("NO_COLOR", "1"), ("BD_PAGER", "no-such-pager")]);
    assert!(gone.ok().contains("Bead 29"), "a pager that is not there hides nothing: {gone}");
    let quits = on_terminal(&ann, "bd list --limit 0", &[("BD_PAGER", "true")]);
    quits.ok();
}

#[test]
fn a_shell_takes_the_completions() {
    let (_sandbox, ann) = store();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let out = on_terminal(&ann, &format!("bd completions {shell}"), &[("BD_PAGER", "sed 's/^/paged: /'")]);
        assert!(out.ok().len() > 1000 && !out.stdout().contains(ESCAPE), "{shell}");
        assert!(!out.stdout().contains("paged: "), "{shell}: completions are for a file or eval");
        assert_eq!(out.stdout(), ann.bd(&["completions", shell]).ok(), "{shell}: the same without a terminal");
    }
    let line = "eval \"$(bd completions bash)\"; COMP_WORDS=(bd cl); COMP_CWORD=1; _bd bd cl bd; echo \"${COMPREPLY[@]}\"";
    let out = ann.sandbox().program_in(Path::new("bash"), ann.dir(), "ann", &["--norc", "-c", line]).run();
    assert!(out.ok().split_whitespace().any(|w| w == "claim") && out.stdout().contains("close"), "{out}");
    assert!(!out.stdout().contains("create"), "{out}");
}
