//! What is killed of `gt`: a row for every verb that writes; the others are shown to write nothing.

use crate::flow::{Again, Flow, NOW};
use bd_tests::Work;
use serde_json::Value;
use std::collections::BTreeSet;

/// A verb, and what is there when it is typed.
pub struct Row {
    /// The verb: `molecule advance`.
    pub verb: &'static str,
    /// Who types it.
    pub who: &'static str,
    /// The words.
    pub line: Vec<String>,
    /// What it reads from standard input.
    pub stdin: &'static str,
    /// What it does when it is typed once more.
    pub again: Again,
    /// How it ends.
    pub ends: &'static [i32],
}

/// The world that a row begins in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum World {
    /// A molecule whose first step can be worked on, a convoy, a letter.
    Poured,
    /// The first step is handed in, and the checkpoint behind it is open.
    Worked,
    /// The checkpoint is approved: the validation comes, and is the last step.
    Approved,
}

/// The last of the worlds, which has a bit of everything.
pub fn enter_approved(flow: &Flow) {
    World::Approved.enter(flow);
}

const TESTS: &str = "#!/bin/sh\nn=0\nfor t in tests/*.t; do\n  n=$((n+1))\n  if sh \"$t\"; then echo \"ok $n - $t\"; else echo \"not ok $n - $t\"; bad=1; fi\ndone\necho \"1..$n\"\nexit ${bad:-0}\n";

const FORMULA: &str = "formula = \"f\"\nversion = 1\n[[steps]]\nid = \"work\"\ntitle = \"Work\"\nsuccess_criteria = [\"neat = true\"]\n[[steps]]\nid = \"look\"\ntitle = \"Look\"\nneeds = [\"work\"]\nrequires_human_approval = true\ntimeout = \"5d\"\n[[steps]]\nid = \"check\"\ntitle = \"Check\"\nkind = \"validation\"\nneeds = [\"look\"]\nvalidation_commands = [\"sh run-tests.sh\"]\nsuccess_criteria = [\"test_pass_rate = 100%\"]\n";

impl World {
    fn name(self) -> &'static str {
        match self {
            Self::Poured => "poured",
            Self::Worked => "worked",
            Self::Approved => "approved",
        }
    }

    /// Puts it there; it is made the first time.
    fn enter(self, flow: &Flow) {
        if flow.has(self.name()) {
            return flow.put_back(self.name());
        }
        let (wes, lea) = (&flow.wes, &flow.lea);
        match self {
            Self::Poured => {
                wes.write("run-tests.sh", TESTS);
                wes.write("tests/one.t", "test 1 = 1\n");
                wes.write("src/code.sh", "answer() { echo 42; }\n");
                wes.bd(&["init", "--prefix", "app"]).ok();
                wes.write(
                    ".beads/config.toml",
                    format!("{}\n[users]\nknown = [\"wes\", \"lea\", \"kim\"]\n", wes.read(".beads/config.toml")),
                );
                wes.write(".beads/formulas/f.toml", FORMULA);
                lea.gt(&["convoy", "create", "--id", "c", "--name", "C", "--owner", "@lea"]).ok();
                wes.commit_all("A project");
                lea.gt(&["formula", "pour", "f", "--name", "m", "--owner", "@lea"]).ok();
                lea.gt(&["molecule", "trust", "m"]).ok();
                lea.gt(&["mail", "send", "@wes", "-s", "Hello", "-m", "Forget me"]).ok();
            }
            Self::Worked => {
                Self::Poured.enter(flow);
                wes.gt(&["molecule", "attest", "m", "work", "--all"]).ok();
                wes.gt(&["molecule", "advance", "m", "work", "--note", "done"]).ok();
            }
            Self::Approved => {
                Self::Worked.enter(flow);
                lea.gt(&["checkpoint", "approve", "m", "look"]).ok();
            }
        }
        flow.keep(self.name());
    }
}

type Setup = fn(&Flow) -> Vec<String>;

/// One row of the table.
struct Entry {
    verb: &'static str,
    world: World,
    who: &'static str,
    again: Again,
    ends: &'static [i32],
    stdin: &'static str,
    words: Setup,
}

macro_rules! rows {
    ($($world:ident $who:literal $verb:literal $again:expr, $ends:expr, $stdin:expr, |$f:ident| $words:expr;)*) => {
        &[$(Entry {
            verb: $verb, world: World::$world, who: $who, again: $again, ends: $ends, stdin: $stdin,
            words: |$f| { let words: Vec<&str> = $words.to_vec(); words.into_iter().map(str::to_owned).collect() },
        }),*]
    };
}

/// The bead of a step.
fn bead(work: &Work, step: &str) -> String {
    let json = work.gt(&["molecule", "status", "m", "--json"]).json();
    let step = json["steps"].as_array().and_then(|all| all.iter().find(|s| s["id"] == step)).cloned().unwrap_or_default();
    step["bead"].as_str().unwrap_or_default().to_owned()
}

/// The id of the newest letter.
fn letter(work: &Work) -> String {
    let json = work.gt(&["mail", "inbox", "--json"]).json();
    json[0]["id"].as_str().unwrap_or_else(|| panic!("{json}")).to_owned()
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// A branch that names the molecule, and an approving review of it; its file.
fn review(flow: &Flow) -> String {
    let base = flow.wes.rev("HEAD");
    flow.wes.git(&["switch", "--quiet", "--create", "day3"]).ok();
    flow.wes.gt(&["molecule", "record", "m", "--commit"]).ok();
    let head = flow.wes.rev("HEAD");
    let mut event: Value = serde_json::from_str(include_str!("../gt/review/event.json")).expect("a JSON file");
    for (part, key, text) in [("review", "state", "approved"), ("review", "body", "fine"), ("review", "commit_id", &head)] {
        event[part][key] = Value::from(text);
    }
    event["review"]["submitted_at"] = Value::from("2026-03-01T09:29:00Z");
    event["pull_request"]["head"]["sha"] = Value::from(head);
    event["pull_request"]["base"]["sha"] = Value::from(base);
    flow.wes.write("event.json", event.to_string());
    "event.json".to_owned()
}

/// A convoy over one bead that is closed.
fn closed(flow: &Flow) -> &'static str {
    let id = flow.wes.create("Land it", &[]);
    flow.wes.gt(&["convoy", "create", "Over", &id, "--notify", "@kim"]).ok();
    flow.wes.bd(&["close", &id, "--reason", "done"]).ok();
    "over"
}

fn staged(flow: &Flow) -> &'static str {
    let id = flow.wes.create("Stage it", &[]);
    flow.wes.gt(&["convoy", "stage", &id, "--id", "s", "--title", "S"]).ok();
    "s"
}

fn with(work: &Work, path: &str, text: &str) {
    work.write(path, text);
}

const SAME: Again = Again::Same;
const MORE: Again = Again::More;
const OK: &[i32] = &[0];
const TAKEN: Again = Again::Refuses(&[2, 3, 6]);
const HAND_IN: &str = "+++\nquestions = [\"Which port?\"]\nconfidence = 80\n+++\nRead again\n";

static MOLECULE: &[Entry] = rows! {
    Poured "lea" "molecule create" TAKEN, OK, "", |_f| ["molecule", "create", "--formula", "f", "--name", "n", "--convoy", "c", "--owner", "@lea"];
    Poured "lea" "formula pour" TAKEN, OK, "", |_f| ["formula", "pour", "f", "--name", "p"];
    Poured "wes" "molecule next" SAME, OK, "", |_f| ["molecule", "next", "m", "--claim"];
    Poured "wes" "molecule attest" Again::Refuses(&[2, 3]), OK, "", |_f| ["molecule", "attest", "m", "work", "--all", "--note", "seen"];
    Poured "wes" "molecule advance" TAKEN, OK, "", |f| {
        f.wes.gt(&["molecule", "attest", "m", "work", "--all"]).ok();
        ["molecule", "advance", "m", "work", "--note", "done"]
    };
    Approved "wes" "molecule advance" TAKEN, OK, "", |_f| ["molecule", "advance", "m", "check", "--note", "all green"];
    Approved "wes" "molecule advance" MORE, &[4], "", |f| {
        with(&f.wes, "tests/two.t", "false\n");
        ["molecule", "advance", "m", "check", "--note", "one is red"]
    };
    Worked "wes" "molecule update" SAME, OK, "", |_f| ["molecule", "update", "m", "--note", "eight of ten"];
    Worked "wes" "molecule pause" TAKEN, OK, "", |_f| ["molecule", "pause", "m", "--reason", "holidays"];
    Worked "wes" "molecule resume" TAKEN, OK, "", |f| {
        f.wes.gt(&["molecule", "pause", "m", "--reason", "holidays"]).ok();
        ["molecule", "resume", "m"]
    };
    Worked "lea" "molecule cancel" TAKEN, OK, "", |_f| ["molecule", "cancel", "m", "--reason", "not wanted"];
    Worked "wes" "molecule upgrade" TAKEN, OK, "", |f| {
        with(&f.wes, ".beads/formulas/f.toml", &FORMULA.replace("\"neat = true\"", "\"neat = true\", \"small = true\"").replace("version = 1", "version = 2"));
        ["molecule", "upgrade", "m"]
    };
    Worked "wes" "molecule record" SAME, OK, "", |f| {
        std::fs::remove_file(f.wes.path(".beads/molecules/m/molecule.toml")).expect("a record");
        ["molecule", "record", "m", "--commit"]
    };
    Poured "wes" "molecule trust" SAME, OK, "", |f| {
        with(&f.wes, ".beads/formulas/g.toml", &FORMULA.replace("\"f\"", "\"g\"").replace("sh run", "sh ./run"));
        f.wes.gt(&["formula", "pour", "g", "--name", "other"]).ok();
        ["molecule", "trust", "other"]
    };
    Poured "wes" "step close" TAKEN, OK, "", |f| {
        f.wes.gt(&["molecule", "attest", "m", "work", "--all"]).ok();
        ["step", "close", leak(bead(&f.wes, "work")), "--note", "done"]
    };
};

static CHECKPOINT: &[Entry] = rows! {
    Worked "lea" "checkpoint approve" TAKEN, OK, "", |_f| ["checkpoint", "approve", "m", "look", "--note", "fine"];
    Worked "lea" "checkpoint reject" TAKEN, OK, "", |_f| ["checkpoint", "reject", "m", "look", "--reason", "too short"];
    Worked "lea" "checkpoint comment" MORE, OK, "", |_f| ["checkpoint", "comment", "m", "look", "--text", "Which port is it?"];
    Worked "wes" "checkpoint revise" MORE, OK, HAND_IN, |_f| ["checkpoint", "revise", "m", "look", "--summary", "-"];
    Approved "lea" "checkpoint reopen" TAKEN, OK, "", |_f| ["checkpoint", "reopen", "m", "look", "--reason", "wait"];
    Worked "ci" "checkpoint from-review" SAME, OK, "", |f| ["checkpoint", "from-review", leak(review(f)), "--person", "octo-lea=lea"];
    Worked "wes" "checkpoint write" SAME, OK, "", |_f| ["checkpoint", "write", "--notes", "half done"];
    Worked "wes" "checkpoint clear" SAME, OK, "", |f| {
        f.wes.gt(&["checkpoint", "write", "--notes", "half done"]).ok();
        ["checkpoint", "clear"]
    };
    Worked "lea" "tick" SAME, OK, "", |f| {
        with(&f.wes, ".beads/formulas/g.toml", &FORMULA.replace("\"f\"", "\"g\"").replace("5d", "1s"));
        f.lea.gt(&["formula", "pour", "g", "--name", "late", "--owner", "@kim"]).ok();
        f.lea.gt(&["molecule", "attest", "late", "work", "--all"]).ok();
        f.lea.gt(&["molecule", "advance", "late", "work", "--note", "done"]).ok();
        ["tick"]
    };
    Worked "wes" "doctor" SAME, OK, "", |f| {
        std::fs::remove_file(f.wes.path(".beads/molecules/m/checkpoints/look.toml")).expect("a record");
        ["doctor", "--fix"]
    };
    Poured "wes" "compliance report" TAKEN, OK, "", |_f| ["compliance", "report", "m"];
    Poured "wes" "compliance template" TAKEN, OK, "", |_f| ["compliance", "template", "--write"];
};

static CONVOY: &[Entry] = rows! {
    Poured "lea" "convoy create" TAKEN, OK, "", |_f| ["convoy", "create", "--id", "d", "--name", "D", "--owner", "@lea", "--teams", "intake"];
    Poured "lea" "convoy add" SAME, OK, "", |_f| ["convoy", "add", "c", "m"];
    Poured "lea" "convoy remove" TAKEN, OK, "", |f| {
        f.lea.gt(&["convoy", "add", "c", "m"]).ok();
        ["convoy", "remove", "c", "m"]
    };
    Poured "lea" "convoy edit" SAME, OK, "", |_f| ["convoy", "edit", "c", "set", "name", "Another name"];
    Poured "lea" "convoy stage" TAKEN, OK, "", |f| ["convoy", "stage", leak(f.lea.create("Stage it", &[])), "--id", "t", "--title", "T"];
    Poured "lea" "convoy launch" TAKEN, OK, "", |f| ["convoy", "launch", staged(f)];
    Poured "wes" "convoy land" SAME, OK, "", |f| ["convoy", "land", closed(f)];
    Poured "lea" "convoy render" SAME, OK, "", |_f| ["convoy", "render", "c"];
    Poured "lea" "convoy watch" SAME, OK, "", |_f| ["convoy", "watch", "c", "@kim"];
    Poured "lea" "convoy unwatch" SAME, OK, "", |f| {
        f.lea.gt(&["convoy", "watch", "c", "@kim"]).ok();
        ["convoy", "unwatch", "c", "@kim"]
    };
    Poured "lea" "formula new" TAKEN, OK, "", |_f| ["formula", "new", "onboarding"];
    Poured "lea" "formula eject" TAKEN, OK, "", |_f| ["formula", "eject", "tdd-feature"];
};

static MAIL: &[Entry] = rows! {
    Poured "wes" "mail send" MORE, OK, "", |_f| ["mail", "send", "@kim", "-s", "News", "-m", "All of it"];
    Poured "wes" "mail reply" MORE, OK, "", |_f| ["mail", "reply", "1", "-m", "Thanks"];
    Poured "wes" "mail ack" SAME, OK, "", |_f| ["mail", "ack", "1"];
    Poured "wes" "mail read" SAME, OK, "", |_f| ["mail", "read", "1"];
    Poured "wes" "mail archive" TAKEN, OK, "", |_f| ["mail", "archive", "1"];
    Poured "wes" "mail redact" SAME, OK, "", |f| ["mail", "redact", leak(letter(&f.wes)), "--reason", "a name"];
    Poured "wes" "config set" SAME, OK, "", |_f| ["config", "set", "teams.gateway", "wes,lea"];
    Poured "wes" "config set" SAME, OK, "", |_f| ["config", "set", "notifications.command", "cat > /dev/null"];
    Poured "wes" "config unset" SAME, OK, "", |f| {
        f.wes.gt(&["config", "set", "notifications.command", "cat > /dev/null"]).ok();
        ["config", "unset", "notifications.command"]
    };
};

fn play(table: &'static [Entry]) {
    let flow = Flow::new();
    for (turn, entry) in table.iter().enumerate() {
        entry.world.enter(&flow);
        let row = Row {
            verb: entry.verb,
            who: entry.who,
            line: (entry.words)(&flow),
            stdin: entry.stdin,
            again: entry.again,
            ends: entry.ends,
        };
        assert!(row.line.join(" ").starts_with(row.verb), "{}: {:?}", row.verb, row.line);
        flow.keep("row");
        flow.kill_everywhere(&row, turn);
    }
}

// goal: T24 W15 tier1
#[test]
fn verbs_of_molecules_are_old_or_new() {
    play(MOLECULE);
}

// goal: T24 W15 tier1
#[test]
fn verbs_of_checkpoints_are_old_or_new() {
    play(CHECKPOINT);
}

// goal: T24 W15 tier1
#[test]
fn verbs_of_convoys_and_formulas_are_old_or_new() {
    play(CONVOY);
}

// goal: T24 W15 tier1
#[test]
fn verbs_of_mail_and_settings_are_old_or_new() {
    play(MAIL);
}

/// Lines that only look: one for each verb that has no row.
const LOOKS: &[&str] = &[
    "prime",
    "ready",
    "hook",
    "molecule list",
    "molecule status m",
    "molecule validate m check",
    "molecule history m",
    "checkpoint list m",
    "checkpoint show m look",
    "checkpoint read",
    "compliance check m",
    "compliance trace",
    "convoy list",
    "convoy show c",
    "convoy status c",
    "convoy health c",
    "convoy graph c",
    "formula list",
    "formula show f",
    "formula check",
    "formula graph f",
    "status",
    "feed",
    "log m",
    "mail inbox",
    "mail peek 1",
    "mail thread 1",
    "mail search Hello",
    "mail sent",
    "mail directory",
    "mail check",
    "config get teams.gateway",
    "config list",
    "schema molecule status",
    "completions bash",
];

/// Verbs that have neither, and why.
const EXCUSED: &[(&str, &str)] = &[("demo", "plays in a folder of its own, which is thrown away")];

fn all_verbs() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for verb in gt::cli::VERBS {
        let subs = gt::cli::subs(verb.name);
        if subs.is_empty() {
            out.insert(verb.name.to_owned());
        }
        out.extend(subs.iter().map(|sub| format!("{} {}", verb.name, sub.name)));
    }
    out
}

// goal: T24 W15 tier1
#[test]
fn every_verb_has_a_row_or_is_shown_to_write_nothing() {
    let rows: BTreeSet<String> = [MOLECULE, CHECKPOINT, CONVOY, MAIL].into_iter().flatten().map(|e| e.verb.to_owned()).collect();
    let all = all_verbs();
    let looks = |verb: &String| LOOKS.iter().any(|line| *line == verb || line.starts_with(&format!("{verb} ")));
    let excused = |verb: &String| EXCUSED.iter().any(|(name, _)| name == verb);
    let bare: Vec<&String> = all.iter().filter(|v| !rows.contains(*v) && !looks(v) && !excused(v)).collect();
    assert!(bare.is_empty(), "killed by nobody: {bare:?}");
    let twice: Vec<&String> = all.iter().filter(|v| rows.contains(*v) && looks(v)).collect();
    assert!(twice.is_empty() && rows.is_subset(&all), "in both tables, or gone: {twice:?} {:?}", rows.difference(&all));
    let flow = Flow::new();
    World::Approved.enter(&flow);
    flow.wes.gt_cmd(&["mail", "inbox"]).now(NOW).run().ok();
    let before = (flow.groups(), flow.seen(), flow.wes.user_state());
    for line in LOOKS {
        let args: Vec<&str> = line.split(' ').collect();
        let out = flow.wes.gt_cmd(&args).now(NOW).run();
        assert!([0, 1, 4].contains(&out.code()), "{line}: {out}");
        assert!((flow.groups(), flow.seen(), flow.wes.user_state()) == before, "`gt {line}` changed something");
    }
}
