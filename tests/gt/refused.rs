//! Input of every bad kind: a clear error with its place, the code of the table, and nothing changed.

use crate::kit::repository;
use bd_tests::{Output, Sandbox, Work};

const FORMULA: &str = "formula = \"f\"\nversion = 1\n[[steps]]\nid = \"work\"\ntitle = \"Work\"\n[[steps]]\nid = \"look\"\ntitle = \"Look\"\nneeds = [\"work\"]\nrequires_human_approval = true\n[[steps]]\nid = \"check\"\ntitle = \"Check\"\nkind = \"validation\"\nneeds = [\"look\"]\nvalidation_commands = [\"sh run-tests.sh\"]\n[[steps]]\nid = \"report\"\ntitle = \"Report\"\nneeds = [\"check\"]\nreport_template = \".beads/templates/none.md\"\n";

/// Everything that a command which is refused leaves as it was.
fn everything(work: &Work) -> Vec<String> {
    let git = |args: &[&str]| work.git_cmd(args).env("GIT_OPTIONAL_LOCKS", "0").run().stdout().to_owned();
    let journal = std::fs::read(work.beads_dir().join("journal")).unwrap_or_default();
    let mut local: Vec<String> = std::fs::read_dir(work.beads_dir().join("gt")).map_or_else(
        |_| Vec::new(),
        |all| {
            all.flatten()
                .map(|e| format!("{} {:?}", e.file_name().display(), std::fs::read(e.path()).unwrap_or_default()))
                .collect()
        },
    );
    local.retain(|l| !l.starts_with("lock"));
    local.sort();
    vec![
        git(&["status", "--porcelain=v2", "--untracked-files=all"]),
        git(&["for-each-ref"]),
        git(&["diff", "--binary"]),
        format!("{journal:?}"),
        local.join("\n"),
    ]
}

/// A project with a molecule `m` whose first step is open, a convoy `c`, and a letter to wes.
fn project(sandbox: &Sandbox) -> Work {
    let wes = repository(sandbox, "lone").acting_as("wes");
    let config = wes.read(".beads/config.toml");
    wes.write(".beads/config.toml", format!("{config}\n[users]\nknown = [\"wes\", \"lea\"]\n"));
    wes.write(".beads/formulas/f.toml", FORMULA);
    wes.write(".beads/formulas/bad.toml", "formula = \"bad\"\n[[steps]]\nid = \"a\ntitle = 3\n");
    wes.write(
        ".beads/formulas/ring.toml",
        "formula = \"ring\"\n[[steps]]\nid = \"a\"\nneeds = [\"b\"]\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\n",
    );
    wes.write(".beads/formulas/need.toml", "formula = \"need\"\n[[steps]]\nid = \"a\"\nneeds = [\"nowhere\"]\n");
    wes.write(".beads/formulas/vars.toml", "formula = \"vars\"\n[[steps]]\nid = \"a\"\ntitle = \"{{who}}\"\n");
    wes.write(
        ".beads/formulas/long.toml",
        format!("formula = \"long\"\n[[steps]]\nid = \"a\"\ndescription = \"{}\"\n", "x".repeat(300_000)),
    );
    wes.write("hand-in.md", "+++\nquestions = [\n+++\nx\n");
    wes.write("long.md", "x".repeat(1 << 20));
    wes.write(".beads/convoys/broken/convoy.toml", "convoy_id = \"broken\"\nname = \n");
    wes.gt(&["convoy", "create", "--id", "c", "--name", "C"]).ok();
    wes.commit_all("A project");
    wes.gt(&["formula", "pour", "f", "--name", "m", "--owner", "@lea"]).ok();
    wes.acting_as("lea").gt(&["mail", "send", "@wes", "-s", "Hello", "-m", "Words"]).ok();
    // What notices a letter for the first time writes down that it has.
    wes.gt(&["mail", "inbox"]).ok();
    wes
}

/// What is typed, the code, and what the error says.
const TABLE: &[(&[&str], i32, &str)] = &[
    (&["formula", "show", "nope"], 2, "there is no formula `nope`"),
    (&["formula", "check", "bad"], 2, ".beads/formulas/bad.toml:3:"),
    (&["formula", "check", "ring"], 2, "cycle detected involving"),
    (&["formula", "check", "need"], 2, ".beads/formulas/need.toml:4:"),
    (&["formula", "check", "vars"], 2, "unknown variable `who`"),
    (&["formula", "check", "long"], 2, "longer than 256 KiB"),
    (&["formula", "new", "../out"], 2, "is no name for a formula"),
    (&["formula", "new", "f"], 2, "is there already"),
    (&["formula", "eject", "nope"], 2, "there is no built-in formula `nope`"),
    (&["formula", "graph", "ring"], 2, ".beads/formulas/ring.toml:4:"),
    (&["formula", "pour", "nope"], 2, "there is no formula `nope`"),
    (&["formula", "pour", "bad"], 2, ".beads/formulas/bad.toml:3:"),
    (&["formula", "pour", "f", "--name", "../up"], 2, "../up"),
    (&["formula", "pour", "f", "--name", "m"], 6, "`m`"),
    (&["formula", "pour", "f", "--name", "n", "--var", "nope=1"], 2, "`nope`"),
    (&["formula", "pour", "f", "--name", "n", "--convoy", "nope"], 2, "nope"),
    (&["formula", "pour", "f", "--name", "n", "--inputs", "nope.md"], 2, "nope.md"),
    (&["molecule", "create", "--formula", "f", "--name", "n\u{7}"], 2, "n\\u{7}"),
    (&["molecule", "create", "--formula", "ring", "--name", "n"], 2, "cycle detected involving"),
    (&["molecule", "status", "nope"], 2, "there is no molecule `nope`"),
    (&["molecule", "next", "nope", "--claim"], 2, "there is no molecule `nope`"),
    (&["molecule", "advance", "m", "nope"], 2, "has no step `nope`"),
    (&["molecule", "advance", "m", "check", "--note", "x"], 3, "check"),
    (&["molecule", "advance", "m", "look", "--note", "x"], 3, "look"),
    (&["molecule", "advance", "m", "work", "--summary", "hand-in.md"], 2, "hand-in.md"),
    (&["molecule", "advance", "m", "work", "--summary", "long.md"], 2, "long.md"),
    (&["molecule", "advance", "m", "work", "--summary", "nope.md"], 2, "nope.md"),
    (&["molecule", "validate", "m", "check"], 4, "are not trusted in this clone"),
    (&["molecule", "attest", "m", "work", "-c", "nope"], 2, "asks for nothing that a person"),
    (&["molecule", "cancel", "m"], 2, "needs a reason"),
    (&["molecule", "resume", "m"], 3, "`m` is in_progress"),
    (&["molecule", "upgrade", "m"], 2, "m"),
    (&["molecule", "upgrade", "m", "--var", "x"], 2, "`x` gives no value"),
    (&["molecule", "record", "nope"], 2, "there is no molecule `nope`"),
    (&["molecule", "history", "nope"], 2, "there is no molecule `nope`"),
    (&["molecule", "trust", "nope"], 2, "there is no molecule `nope`"),
    (&["molecule", "update", "nope", "--note", "x"], 2, "there is no molecule `nope`"),
    (&["molecule", "pause", "nope"], 2, "there is no molecule `nope`"),
    (&["step", "close", "app-zzzz"], 2, "app-zzzz"),
    (&["checkpoint", "approve", "m", "work"], 2, "no checkpoint"),
    (&["checkpoint", "approve", "m", "look"], 3, "it has not been reached"),
    (&["checkpoint", "approve", "m", "look", "--override"], 2, "--reason"),
    (&["checkpoint", "reject", "m", "look", "--reason", " "], 2, "reason"),
    (&["checkpoint", "comment", "m", "nope", "--text", "x"], 2, "has no step `nope`"),
    (&["checkpoint", "revise", "m", "look", "--summary", "hand-in.md"], 2, "hand-in.md"),
    (&["checkpoint", "reopen", "m", "look", "--reason", "x"], 3, "look"),
    (&["checkpoint", "from-review", "hand-in.md", "--molecule", "m"], 2, "hand-in.md"),
    (&["checkpoint", "show", "m", "nope"], 2, "has no step `nope`"),
    (&["compliance", "report", "m", "--out", "../x.md"], 2, ".beads/templates/none.md"),
    (&["compliance", "report", "nope"], 2, "there is no molecule `nope`"),
    (&["compliance", "check", "nope"], 2, "there is no molecule `nope`"),
    (&["convoy", "create"], 2, "a convoy needs a name"),
    (&["convoy", "create", "--id", "../x", "--name", "X"], 2, "../x"),
    (&["convoy", "create", "--id", "d", "--name", "D", "--teams", "a b"], 2, "a b"),
    (&["convoy", "create", "--config", ".beads/convoys/broken/convoy.toml"], 2, ".beads/convoys/broken/convoy.toml:2"),
    (&["convoy", "create", "--config", "nope.toml"], 2, "nope.toml"),
    (&["convoy", "create", "D", "app-zzzz"], 2, "app-zzzz"),
    (&["convoy", "add", "c", "app-zzzz"], 2, "app-zzzz"),
    (&["convoy", "remove", "nope", "m"], 2, "nope"),
    (&["convoy", "edit", "c", "set", "name"], 2, "`set` needs a value"),
    (&["convoy", "edit", "c", "put", "name", "x"], 2, "neither `set` nor `unset`"),
    (&["convoy", "stage", "app-zzzz"], 2, "app-zzzz"),
    (&["convoy", "launch", "nope"], 2, "nope"),
    (&["convoy", "land", "nope"], 2, "nope"),
    (&["convoy", "land", "c"], 3, "an empty convoy is not complete"),
    (&["convoy", "watch", "c", "two words"], 2, "two words"),
    (&["convoy", "list", "--status", "nope"], 2, "there is no status `nope`"),
    (&["mail", "send", "@nobody", "-s", "x"], 2, "nobody"),
    (&["mail", "send", "@wes", "-s", "x", "--priority", "loud"], 2, "loud"),
    (&["mail", "send", "@wes", "-s", "x", "--artifact", "../../etc/passwd"], 2, "passwd"),
    (&["mail", "reply", "99", "-m", "x"], 2, "the inbox has no row 99"),
    (&["mail", "ack", "99"], 2, "the inbox has no row 99"),
    (&["mail", "read", "nothing-such"], 2, "there is no message"),
    (&["mail", "archive", "99"], 2, "the inbox has no row 99"),
    (&["mail", "redact", "99"], 2, "the inbox has no row 99"),
    (&["mail", "redact", "1", "--reason", "it said Words"], 2, "repeats the text"),
    (&["mail", "inbox", "--identity", "@"], 2, "--identity"),
    (&["config", "set", "nothing.such", "x"], 2, "nothing.such"),
    (&["config", "set", "workday.from", "late"], 2, "late"),
    (&["config", "unset", "nothing.such"], 2, "nothing.such"),
    (&["schema", "nothing"], 2, "nothing"),
    (&["completions", "nothing"], 2, "nothing"),
    (&["demo", "nothing"], 2, "nothing"),
    (&["log", "nothing-such"], 2, "nothing-such"),
    (&["nothing"], 2, "there is no command `nothing`"),
];

// goal: X2 tier1
#[test]
fn bad_input_is_said_with_its_place_and_changes_nothing() {
    let sandbox = Sandbox::new();
    let wes = project(&sandbox);
    let before = everything(&wes);
    let mut wrong = Vec::new();
    for (args, code, says) in TABLE {
        let out = wes.gt(args);
        let said = format!("{}{}", out.stdout(), out.stderr());
        if out.code() != *code || !said.contains(says) || said.contains("panicked") {
            wrong.push(format!("gt {}: wanted {code} and `{says}`\n{out}", args.join(" ")));
        }
        if everything(&wes) != before {
            wrong.push(format!("gt {} changed something", args.join(" ")));
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn refused(work: &Work, out: &Output, code: i32, says: &str, before: &[String]) {
    assert!(out.code() == code && out.stderr().contains(says), "wanted {code} and `{says}`\n{out}");
    assert_eq!(everything(work), before, "{out}");
}

// goal: X2 tier1
#[test]
fn what_is_around_a_command_may_be_bad_too() {
    let sandbox = Sandbox::new();
    let wes = project(&sandbox);
    // A clock and a seed that are none.
    let before = everything(&wes);
    for (name, text) in [("BD_NOW", "yesterday"), ("BD_NOW", "2026-03-01"), ("BD_SEED", "x")] {
        let out = wes.gt_cmd(&["molecule", "advance", "m", "work", "--note", "x"]).env(name, text).run();
        refused(&wes, &out, 2, &format!("{name} is `{text}`"), &before);
        let out = wes.cmd(&["create", "A bead"]).env(name, text).run();
        refused(&wes, &out, 2, &format!("{name} is `{text}`"), &before);
    }
    // Text of a megabyte, and one that looks like a secret.
    let long = "x".repeat(100_000);
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    for (args, code, says) in [
        (vec!["mail", "send", "@wes", "-s", &long], 2, "subject"),
        (vec!["molecule", "advance", "m", "work", "--note", &token], 4, "secret"),
        (vec!["mail", "send", "@wes", "-s", "x", "-m", &token], 4, "secret"),
        (vec!["checkpoint", "write", "--notes", &token], 4, "secret"),
    ] {
        refused(&wes, &wes.gt(&args), code, says, &before);
    }
    let out = wes.gt_cmd(&["mail", "send", "@wes", "-s", "x", "--stdin"]).stdin("y".repeat(9 << 20)).run();
    refused(&wes, &out, 2, "", &before);
    // A command that may not write.
    refused(&wes, &wes.gt(&["molecule", "advance", "m", "work", "--note", "x", "--readonly"]), 2, "--readonly", &before);
    // A template that is not there.
    for (step, who) in [("work", &wes), ("check", &wes)] {
        who.gt(&["molecule", "trust", "m"]).ok();
        who.gt(&["molecule", "advance", "m", step, "--note", "done"]).ok();
        if step == "work" {
            wes.acting_as("lea").gt(&["checkpoint", "approve", "m", "look"]).ok();
        }
    }
    let before = everything(&wes);
    refused(&wes, &wes.gt(&["compliance", "report", "m"]), 2, ".beads/templates/none.md", &before);
    refused(&wes, &wes.gt(&["molecule", "advance", "m", "report", "--note", "x"]), 4, "report", &before);
}

// goal: X2 tier1
#[cfg(unix)]
#[test]
fn a_disk_that_takes_nothing_and_a_user_without_a_name_change_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let wes = project(&sandbox);
    // Nobody is known: no actor, no user of git. What only looks goes on.
    let nameless = |args: &[&str]| {
        let cmd = wes.gt_cmd(args).env_remove("BD_ACTOR").env_remove("USER").env_remove("LOGNAME").env_remove("GIT_AUTHOR_NAME");
        cmd.env_remove("GIT_COMMITTER_NAME").config_remove("user.name").config_remove("user.email").run()
    };
    let before = everything(&wes);
    let out = nameless(&["molecule", "advance", "m", "work", "--note", "x"]);
    if out.code() != 0 {
        refused(&wes, &out, 2, "", &before);
    }
    // A folder of records that cannot be written: what was done stands, and the code says that something is left to do.
    let folder = wes.path(".beads/molecules");
    std::fs::create_dir_all(&folder).expect("a folder");
    let locked = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(&folder, locked.clone()).expect("its mode");
    let can_write_anyway = std::fs::write(folder.join("probe"), "x").is_ok();
    if !can_write_anyway {
        let out = wes.gt(&["molecule", "advance", "m", "work", "--note", "x"]);
        out.fails(6);
        assert!(out.stderr().contains("what was done stands") && out.stderr().contains("gt molecule record m"), "{out}");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("its mode");
        wes.gt(&["molecule", "record", "m"]).ok();
        assert!(wes.exists(".beads/molecules/m/molecule.toml"));
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("its mode");
}
