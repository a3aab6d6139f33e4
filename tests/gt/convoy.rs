//! `gt convoy`

use bd_tests::{Sandbox, Work, schema};
use serde_json::{Value, json};

const LEDGER: &str = include_str!("convoys/ledger-trail.toml");
const PATH: &str = ".beads/convoys/ledger-trail/convoy.toml";

/// A lone repository with a store whose beads begin with `t`.
fn store() -> (Sandbox, Work) {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("ann");
    work.bd(&["init", "--prefix", "t", "--quiet"]).ok();
    (sandbox, work)
}

/// A repository with a convoy whose file was written and committed by people.
fn ledger() -> (Sandbox, Work) {
    let (sandbox, ann) = store();
    ann.commit_file(PATH, LEDGER);
    ann.gt(&["convoy", "create", "--config", PATH]).ok();
    (sandbox, ann)
}

/// Everything that a failed command may not change.
fn state(work: &Work) -> (Option<String>, String, String) {
    let files = work.git(&["ls-files", "--others", "--cached", "-s", ".beads"]).ok().to_owned();
    (work.try_rev("refs/beads/state"), work.git(&["status", "--porcelain", "-uall"]).ok().to_owned(), files)
}

/// The schema of a verb, held against what it prints.
#[track_caller]
fn fits(verb: &str, printed: &Value) {
    let sub = gt::cli::subs("convoy").iter().find(|s| s.name == verb).expect(verb);
    schema::validate(&sub.shape.expect("a schema")(), printed).unwrap();
}

const BOARD: &str = "Convoy: ledger-trail
Status: In Progress (Day 2 Complete)
Progress: 2/8 days (25%)
Teams: 7 service teams involved
Blocking Issues: 0

Molecules:
✅ day1-intake-fields (complete, 100% pass)
✅ day2-rates-from-two-sides (complete, 100% pass)
⏳ day3-settlement-refs (ready to start)
⏳ day4-5-failures (blocked by day3)
⏳ day6-limits (blocked by day4-5)
⏳ day7-8-whole-story (blocked by day3, day4-5, day6)

Next: Launch day3-settlement-refs molecule
";

// goal: W1 W11 tier1
#[test]
fn a_convoy_from_a_file_that_people_wrote() {
    let (_sandbox, ann) = store();
    ann.commit_file(PATH, LEDGER);
    let before = ann.user_state();
    let created = ann.gt(&["convoy", "create", "--config", PATH]);
    let expected = format!(
        "✅ Convoy created: ledger-trail\n📊 Progress: 2/8 days complete (25%)\n📁 Configuration: {PATH}\n\
         🎯 Next Molecule: day3-settlement-refs\n"
    );
    assert_eq!(created.ok(), expected);
    assert!(
        created.stderr().contains(":107:") && created.stderr().contains("Did you mean `day4-5-failures`?"),
        "{}",
        created.stderr()
    );
    assert_eq!(ann.gt(&["convoy", "show", "ledger-trail"]).ok(), BOARD);
    assert_eq!(ann.read(PATH), LEDGER, "not a byte of the file changed");
    assert_eq!(ann.user_state(), before, "HEAD, index and status are as they were");
    // Once more from the same file is no error and no event; any other way to the same id is refused.
    let tip = state(&ann);
    ann.gt(&["convoy", "create", "--config", PATH]).ok();
    ann.gt(&["convoy", "create", "--id", "ledger-trail", "--name", "x"]).fails(6);
    ann.gt(&["convoy", "create", "Ledger trail"]).fails(6);
    assert_eq!(state(&ann), tip);
    ann.write("other/convoy.toml", LEDGER);
    ann.gt(&["convoy", "create", "--config", "other/convoy.toml"]).fails(6);
    assert_eq!(state(&ann).0, tip.0);
}

// goal: W11 tier1
#[test]
fn edits_keep_every_other_byte() {
    let (_sandbox, ann) = ledger();
    ann.gt(&["convoy", "edit", "ledger-trail", "set", "status", "completed"]).ok();
    ann.gt(&["convoy", "edit", "ledger-trail", "set", "molecules.day3-settlement-refs.status", "completed"]).ok();
    let edited = ann.gt(&["convoy", "edit", "ledger-trail", "set", "timeline.total_days", "10", "--json"]).json();
    fits("edit", &edited);
    assert_eq!((edited["old"].as_str(), edited["new"].as_str(), edited["changed"].as_bool()), (Some("8"), Some("10"), Some(true)));
    let expected = LEDGER
        .replacen("status = \"in_progress\"   #", "status = \"completed\"   #", 1)
        .replacen("status = \"planned\"", "status = \"completed\"", 1)
        .replacen("total_days = 8\n", "total_days = 10\n", 1);
    assert_eq!(ann.read(PATH), expected, "comments, order and line ends are as they were");
    assert!(ann.gt(&["convoy", "show", "ledger-trail"]).ok().contains("Progress: 3/10 days (30%)"));
    assert_eq!(ann.git(&["diff", "--numstat", PATH]).ok(), format!("3\t3\t{PATH}\n"));
    // Nothing else writes the file.
    let task = ann.create("a task", &[]);
    for args in [
        vec!["convoy", "add", "ledger-trail", &task],
        vec!["convoy", "watch", "ledger-trail", "@mira"],
        vec!["convoy", "status", "ledger-trail"],
        vec!["convoy", "remove", "ledger-trail", &task],
    ] {
        ann.gt(&args).ok();
    }
    assert_eq!(ann.read(PATH), expected);
}

#[test]
fn a_convoy_with_a_new_file() {
    let (_sandbox, ann) = store();
    let args =
        ["convoy", "create", "--id", "q1", "--name", "Quarter \"one\"", "--owner", "@mira", "--teams", "intake,@pricing,intake"];
    let path = ".beads/convoys/q1/convoy.toml";
    assert_eq!(
        ann.gt(&args).ok(),
        format!("✅ Convoy created: q1\n📊 Progress: 0/0 molecules complete (0%)\n📁 Configuration: {path}\n")
    );
    let text = ann.read(path);
    assert!(text.contains("convoy_id = \"q1\"") && text.contains("involved_teams = [\"intake\", \"pricing\"]"), "{text}");
    assert_eq!(
        ann.gt(&["convoy", "show", "q1"]).ok(),
        "Convoy: q1\nStatus: Empty\nProgress: 0/0 molecules (0%)\nTeams: 2 service teams involved\nBlocking Issues: 0\n"
    );
    let list = ann.gt(&["convoy", "list", "--all", "--json"]).json();
    fits("list", &list);
    for (key, value) in [("id", "q1"), ("title", "Quarter \"one\""), ("name", "Quarter \"one\""), ("status", "open")] {
        assert_eq!(list[0][key], value);
    }
    // The file goes and the convoy stays.
    std::fs::remove_file(ann.path(path)).unwrap();
    assert!(ann.gt(&["convoy", "show", "q1"]).ok().contains("Teams: 2 service teams involved"));
    ann.gt(&["convoy", "edit", "q1", "set", "name", "x"]).fails(2);
    assert!(!ann.exists(path));
}

#[test]
fn a_convoy_over_beads() {
    let (_sandbox, ann) = store();
    let (a, b) = (ann.create("first", &[]), ann.create("second", &[]));
    ann.bd(&["dep", "add", &b, &a]).ok();
    let created = ann.gt(&["convoy", "create", "Two things", &a, &b, "--notify", "@mira", "--json"]).json();
    fits("create", &created);
    assert_eq!((created["id"].as_str(), created["watchers"].clone()), (Some("two-things"), json!(["@mira"])));
    assert!(!ann.exists(".beads/convoys"), "no file was asked for");
    let shown = ann.gt(&["convoy", "show", "two-things"]).ok().to_owned();
    assert!(shown.contains("Status: Not Started\nProgress: 0/2 beads (0%)") && shown.contains("second (blocked by "), "{shown}");
    ann.bd(&["close", &a]).ok();
    let json = ann.gt(&["convoy", "show", "two-things", "--json"]).json();
    fits("show", &json);
    assert_eq!(json["progress"], json!({"done": 1, "total": 2, "unit": "beads", "percent": 50.0}));
    assert_eq!(json["status"], "open");
    // The plain list of bd knows the type and does not offer it as work.
    let ready = ann.bd(&["ready", "--json"]).json();
    assert!(ready.as_array().unwrap().iter().all(|r| r["issue_type"] != "convoy"), "{ready}");
    ann.gt(&["convoy", "remove", "two-things", &b]).ok();
    let removed = ann.gt(&["convoy", "remove", "two-things", &b]);
    removed.fails(2);
    let added = ann.gt(&["convoy", "add", "two-things", &b, &b, &a, "--json"]).json();
    fits("add", &added);
    assert_eq!(
        added["changes"].as_array().unwrap().iter().map(|c| c["changed"].clone()).collect::<Vec<_>>(),
        [json!(true), json!(false)]
    );
}

#[test]
fn teams() {
    let (_sandbox, ann) = ledger();
    let shown = ann.gt(&["convoy", "status", "ledger-trail"]).ok().to_owned();
    assert!(shown.contains("intake") && shown.contains("1/1 (100%)") && shown.contains("all-services"), "{shown}");
    let json = ann.gt(&["convoy", "status", "ledger-trail", "--json"]).json();
    fits("status", &json);
    assert_eq!((json["completed"].as_u64(), json["total"].as_u64()), (Some(2), Some(6)));
    let one = ann.gt(&["convoy", "status", "ledger-trail", "--team", "@settlement", "--json"]).json();
    assert_eq!(one["teams"].as_array().unwrap().len(), 1);
    let error = ann.gt(&["convoy", "status", "ledger-trail", "--team", "setlement"]);
    assert!(error.fails(2).stderr().contains("`settlement`"));
}

#[test]
fn wrong_input_changes_nothing() {
    let (_sandbox, ann) = ledger();
    let task = ann.create("a task", &[]);
    for (name, text) in [
        ("broken", "convoy_id = \"broken\"\nname = = 2\n"),
        ("twice", "convoy_id = \"twice\"\n[[molecules]]\nid = \"a\"\n[[molecules]]\nid = \"a\"\n"),
        ("unsafe", "convoy_id = \"../../etc\"\n"),
        ("unsafe2", "convoy_id = \"ok\"\n[[molecules]]\nid = \"a/../../b\"\n"),
        ("nameless", "convoy_id = \"nameless\"\n[[molecules]]\nname = \"a\"\n"),
    ] {
        ann.write(&format!("{name}.toml"), text);
    }
    ann.write("bytes.toml", [0xff, 0xfe, b'a']);
    std::os::unix::fs::symlink("/etc/hostname", ann.path("link.toml")).unwrap();
    let long = "x".repeat(600);
    let before = state(&ann);
    let cases: Vec<(Vec<&str>, i32, &str)> = vec![
        (vec!["create"], 2, "needs a name"),
        (vec!["create", "—"], 2, "--id"),
        (vec!["create", "--id", "../x", "--name", "x"], 2, "cannot name a convoy"),
        (vec!["create", "--id", "a/b", "--name", "x"], 2, "cannot name a convoy"),
        (vec!["create", "--id", "", "--name", "x"], 2, "it is empty"),
        (vec!["create", "--id", "ok", "--name", &long], 2, "500"),
        (vec!["create", "--id", "ok", "--name", "a\nb"], 2, "one line"),
        (vec!["create", "--id", "ok", "--name", "x", "--teams", "a,../b"], 2, "cannot name a team"),
        (vec!["create", "--id", "ok", "--name", "x", "--notify", "a b"], 2, "no address"),
        (vec!["create", "--id", "ok", "--name", "x", "t-none"], 2, "t-none"),
        (vec!["create", "x", &task, "t-none"], 2, "t-none"),
        (vec!["create", "--config", "broken.toml"], 2, "broken.toml:2:8"),
        (vec!["create", "--config", "twice.toml"], 2, "two molecules `a`"),
        (vec!["create", "--config", "unsafe.toml"], 2, "unsafe.toml:1:"),
        (vec!["create", "--config", "unsafe2.toml"], 2, "unsafe2.toml:3:"),
        (vec!["create", "--config", "nameless.toml"], 2, "no `id`"),
        (vec!["create", "--config", "bytes.toml"], 2, "UTF-8"),
        (vec!["create", "--config", "link.toml"], 2, "no plain file"),
        (vec!["create", "--config", "none.toml"], 2, "none.toml"),
        (vec!["create", "--config", "/etc/hostname"], 2, "inside of the repository"),
        (vec!["create", "--config", ".beads"], 2, "no plain file"),
        (vec!["create", "--config", PATH, "--id", "other"], 2, "is the file of `ledger-trail`"),
        (vec!["show", "ledger-tail"], 2, "`ledger-trail`"),
        (vec!["show", "../../etc"], 2, "no convoy"),
        (vec!["show", &task], 2, "no convoy"),
        (vec!["add", "ledger-trail", &task, "t-none"], 2, "t-none"),
        (vec!["add", "ledger-trail", "ledger-trail"], 2, "ledger-trail"),
        (vec!["add", "ledger-trail", "day3-settlement-refs"], 2, "planned and not poured"),
        (vec!["remove", "ledger-trail", &task], 2, "no member"),
        (vec!["watch", "ledger-trail", "a,b"], 2, "no address"),
        (vec!["list", "--status", "half"], 2, "no status"),
        (vec!["edit", "ledger-trail", "set", "progress.percent_complete", "1"], 2, "counted"),
        (vec!["edit", "ledger-trail", "set", "convoy_id", "x"], 2, "stays"),
        (vec!["edit", "ledger-trail", "set", "molecules.day9.status", "x"], 2, "no `day9`"),
        (vec!["edit", "ledger-trail", "set", "status"], 2, "needs a value"),
        (vec!["edit", "ledger-trail", "put", "status", "x"], 2, "neither"),
        (vec!["--readonly", "edit", "ledger-trail", "set", "status", "x"], 2, "readonly"),
    ];
    for (args, code, why) in cases {
        let args: Vec<&str> = std::iter::once("convoy").chain(args).collect();
        let out = ann.gt(&args);
        out.fails(code);
        assert!(out.stderr().contains(why), "{args:?}: {}", out.stderr());
        assert!(out.stdout().is_empty(), "{args:?}: {}", out.stdout());
        assert_eq!(state(&ann), before, "{args:?}");
    }
    let caret = ann.gt(&["convoy", "create", "--config", "broken.toml"]);
    assert!(caret.stderr().contains("name = = 2") && caret.stderr().contains('^'), "{}", caret.stderr());
    assert_eq!(ann.gt(&["convoy", "show", "none", "--json"]).json_error()["code"], "usage");
}

#[test]
fn a_convoy_whose_file_is_broken_later_still_lists() {
    let (_sandbox, ann) = ledger();
    ann.write(PATH, "convoy_id = \"ledger-trail\"\n[[molecules]\n");
    let list = ann.gt(&["convoy", "list", "--json"]);
    assert_eq!(list.json()[0]["id"], "ledger-trail");
    assert!(list.stderr().contains(&format!("{PATH}:2:")), "{}", list.stderr());
    let shown = ann.gt(&["convoy", "show", "ledger-trail"]);
    assert!(shown.fails(2).stderr().contains(":2:"));
    ann.gt(&["convoy", "edit", "ledger-trail", "set", "name", "x"]).fails(2);
    assert!(ann.read(PATH).contains("[[molecules]\n"));
}

#[test]
fn a_large_file_is_no_trouble() {
    let (_sandbox, ann) = store();
    let text = format!("{LEDGER}\n[[risks]]\nid = \"large\"\ndescription = \"{}\"\n", "x".repeat(1 << 20));
    ann.write(PATH, &text);
    ann.gt(&["convoy", "create", "--config", PATH]).ok();
    ann.gt(&["convoy", "edit", "ledger-trail", "set", "risks.large.status", "accepted"]).ok();
    assert_eq!(ann.read(PATH).len(), text.len() + "status = \"accepted\"\n".len());
}

// goal: W11 W15 tier1
#[test]
fn two_clones_at_once() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    let (a, b, c) = (ann.create("a", &[]), ann.create("b", &[]), ann.create("c", &[]));
    ann.gt(&["convoy", "create", "Both", &a, "--notify", "@old"]).ok();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    ann.gt(&["convoy", "add", "both", &b]).ok();
    ann.gt(&["convoy", "watch", "both", "@ann"]).ok();
    ann.gt(&["convoy", "remove", "both", &a]).ok();
    bob.gt(&["convoy", "add", "both", &c, &b]).ok();
    bob.gt(&["convoy", "watch", "both", "@bob"]).ok();
    bob.gt(&["convoy", "unwatch", "both", "@old"]).ok();
    // Both make the same convoy, each without having seen the other's.
    ann.gt(&["convoy", "create", "--id", "same", "--name", "Same", "--teams", "x"]).ok();
    bob.gt(&["convoy", "create", "--id", "same", "--name", "Same", "--teams", "x"]).ok();
    for work in [&ann, &bob, &ann] {
        work.bd(&["sync"]).ok();
    }
    let seen = |work: &Work| {
        let json = work.gt(&["convoy", "show", "both", "--json"]).json();
        let mut ids: Vec<String> = json["beads"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        (ids, json["watchers"].clone())
    };
    let mut expected = vec![b, c];
    expected.sort();
    assert_eq!(seen(&ann), (expected, json!(["@ann", "@bob"])));
    assert_eq!(seen(&ann), seen(&bob));
    assert_eq!(ann.bd(&["conflicts", "--json"]).json(), json!([]), "nothing to settle");
    let list = ann.gt(&["convoy", "list", "--json"]).json();
    assert_eq!(list.as_array().unwrap().len(), 2, "one convoy of each id: {list}");
}

#[test]
fn the_original_file() {
    let Some(data) = bd_tests::compat_data() else {
        let notice = b"BD_COMPAT_DATA is not set: the original convoy.toml was not tried\n";
        std::io::Write::write_all(&mut std::io::stderr(), notice).unwrap();
        return;
    };
    let text = std::fs::read_to_string(data.join("formulas/apdc/convoy.toml")).expect("the original");
    let (_sandbox, ann) = store();
    let path = ".beads/convoys/soc2-audit-trail/convoy.toml";
    ann.commit_file(path, &text);
    let created = ann.gt(&["convoy", "create", "--config", path]);
    assert!(created.ok().contains("📊 Progress: 2/8 days complete (25%)"), "{}", created.stdout());
    let shown = ann.gt(&["convoy", "show", "soc2-audit-trail"]).ok().to_owned();
    assert!(shown.contains("Status: In Progress (Day 2 Complete)") && shown.contains("Teams: 7 service teams involved"), "{shown}");
    assert!(shown.ends_with("Next: Launch day3-workflow-refs molecule\n"), "{shown}");
    assert_eq!(ann.read(path), text);
    ann.gt(&["convoy", "edit", "soc2-audit-trail", "set", "status", "landed"]).ok();
    assert_eq!(ann.read(path), text.replacen("status = \"in_progress\"", "status = \"landed\"", 1));
}
