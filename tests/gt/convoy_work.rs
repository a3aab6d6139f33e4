//! `gt convoy` over work that goes on: staging, launching, health, landing, records, pictures.

use crate::kit::store as open;
use bd_tests::{Sandbox, Work, schema};
use gt::formula::{Estimate, Recipe, Step, StepKind};
use gt::molecule::pour::{Pour, pour};
use serde_json::Value;

const LEDGER: &str = include_str!("convoys/ledger-trail.toml");
const PATH: &str = ".beads/convoys/ledger-trail/convoy.toml";

fn store() -> (Sandbox, Work) {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("ann");
    work.bd(&["init", "--prefix", "t", "--quiet"]).ok();
    (sandbox, work)
}

#[track_caller]
fn fits(verb: &str, printed: &Value) {
    let sub = gt::cli::subs("convoy").iter().find(|s| s.name == verb).expect(verb);
    schema::validate(&sub.shape.expect("a schema")(), printed).unwrap();
}

/// analysis -> analysis-checkpoint -> build
fn small() -> Recipe {
    let step = |id: &str, kind, needs: &[&str], minutes: u32| Step {
        id: id.to_owned(),
        title: id.to_owned(),
        kind,
        needs: needs.iter().map(|n| (*n).to_owned()).collect(),
        estimate: (minutes > 0).then_some(Estimate { min: minutes, max: minutes }),
        timeout: (kind == StepKind::Checkpoint).then(|| "2h".to_owned()),
        ..Step::default()
    };
    let steps = vec![
        step("analysis", StepKind::Work, &[], 15),
        step("analysis-checkpoint", StepKind::Checkpoint, &["analysis"], 0),
        step("build", StepKind::Work, &["analysis-checkpoint"], 45),
    ];
    Recipe { name: "small".into(), version: "1".into(), digest: "d".into(), steps, ..Recipe::default() }
}

fn pour_for(work: &Work, name: &str, convoy: &str, requires: &[String]) {
    let asked =
        Pour { recipe: small(), name: name.into(), convoy: Some(convoy.into()), requires: requires.to_vec(), ..Pour::default() };
    open(work).write(|tx| pour(tx, &asked)).expect("a molecule");
}

fn show(work: &Work, id: &str) -> String {
    work.gt(&["convoy", "show", id]).ok().to_owned()
}

// goal: W1 W7 tier1
#[test]
fn the_board_follows_a_molecule() {
    let (_sandbox, ann) = store();
    ann.commit_file(PATH, LEDGER);
    ann.gt(&["convoy", "create", "--config", PATH]).ok();
    let (m, next) = ("day3-settlement-refs", "day4-5-failures");
    // What a molecule requires comes from the file; what is completed there and was never poured is nothing to wait for.
    let file = gt::convoy::file_of(&open(&ann), "ledger-trail").unwrap().unwrap();
    let requires = |id: &str| gt::convoy::requires_of(&file, id);
    assert_eq!(requires(m), ["day2-rates-from-two-sides"]);
    pour_for(&ann, m, "ledger-trail", &[]);
    pour_for(&ann, next, "ledger-trail", &requires(next));
    let shown = show(&ann, "ledger-trail");
    assert!(shown.contains("🔄 day3-settlement-refs (analysis, 0%)\n⏳ day4-5-failures (blocked by day3)\n"), "{shown}");
    assert!(shown.contains("Next Checkpoint: day3-settlement-refs analysis-checkpoint (ETA: 20"), "{shown}");
    assert!(!shown.contains("Next: Launch"), "what is poured is not launched again: {shown}");

    ann.gt(&["molecule", "advance", m, "analysis", "--note", "done"]).ok();
    let shown = show(&ann, "ledger-trail");
    assert!(shown.contains("⏸ day3-settlement-refs (awaiting analysis-checkpoint)"), "{shown}");
    assert!(shown.contains("analysis-checkpoint (open, until 20"), "{shown}");
    let json = ann.gt(&["convoy", "show", "ledger-trail", "--json"]).json();
    fits("show", &json);
    assert_eq!(
        (json["molecules"][2]["state"].as_str(), json["molecules"][2]["step"].as_str()),
        (Some("awaiting_checkpoint"), Some("analysis-checkpoint"))
    );
    assert_eq!(json["molecules"][2]["team"], "settlement");

    let lea = ann.acting_as("lea");
    lea.gt(&["checkpoint", "reject", m, "analysis-checkpoint", "--reason", "look again", "--to", "analysis"]).ok();
    let shown = show(&ann, "ledger-trail");
    assert!(shown.contains("🚨 day3-settlement-refs (blocked: needs_fix)\n") && shown.contains("Blocking Issues: 1"), "{shown}");
    let health = ann.gt(&["convoy", "health", "ledger-trail"]);
    assert!(health.fails(1).stdout().contains("failing day3-settlement-refs: "), "{}", health.stdout());
    ann.gt(&["molecule", "advance", m, "analysis", "--note", "again"]).ok();
    lea.gt(&["checkpoint", "approve", m, "analysis-checkpoint"]).ok();
    ann.gt(&["molecule", "advance", m, "build", "--note", "built"]).ok();
    let shown = show(&ann, "ledger-trail");
    assert!(shown.contains("Status: In Progress (Day 3 Complete)\nProgress: 3/8 days (37.5%)"), "{shown}");
    assert!(shown.contains("✅ day3-settlement-refs (complete") && shown.contains("🔄 day4-5-failures (analysis, 0%)"), "{shown}");
    assert_eq!(ann.read(PATH), LEDGER, "the file is people's");
    let landing = ann.gt(&["convoy", "land", "ledger-trail"]);
    assert!(landing.fails(3).stderr().contains("day6-limits: blocked by day4-5"), "{}", landing.stderr());
}

#[test]
fn an_overdue_approval_is_no_health() {
    let (_sandbox, ann) = store();
    ann.gt(&["convoy", "create", "--id", "q", "--name", "Q"]).ok();
    pour_for(&ann, "m", "q", &[]);
    assert!(ann.gt(&["convoy", "health", "q"]).ok().contains("Health: healthy (0 problems"));
    ann.gt(&["molecule", "advance", "m", "analysis", "--note", "done"]).ok();
    fits("health", &ann.gt(&["convoy", "health", "q", "--json"]).json());
    let late = ann.gt_cmd(&["convoy", "health", "q"]).clock_off_by(3 * 3600).run();
    assert!(late.fails(1).stdout().contains("overdue m: analysis-checkpoint"), "{}", late.stdout());
}

#[test]
fn an_epic_is_staged_and_launched() {
    let (_sandbox, ann) = store();
    let epic = ann.create("Search", &["--type", "epic"]);
    let (a, b) = (ann.create("index", &["--parent", &epic]), ann.create("query", &["--parent", &epic]));
    let c = ann.create("page", &["--parent", &epic]);
    ann.bd(&["dep", "add", &b, &a]).ok();
    ann.bd(&["dep", "add", &c, &b]).ok();
    let dry = ann.gt(&["convoy", "stage", &epic, "--dry-run", "--json"]).json();
    fits("stage", &dry);
    assert_eq!(dry["waves"], serde_json::json!([[a], [b], [c]]));
    assert_eq!(ann.gt(&["convoy", "list", "--json"]).json(), serde_json::json!([]), "only looked");
    let staged = ann.gt(&["convoy", "stage", &epic]).ok().to_owned();
    assert!(staged.starts_with("Convoy: search (staged_ready)\nWave 1:\n"), "{staged}");
    assert!(show(&ann, "search").contains("Status: Staged (ready to launch)"));
    let list = ann.gt(&["convoy", "list", "--all", "--json"]).json();
    assert_eq!((list[0]["status"].as_str(), list[0]["state"].as_str()), (Some("open"), Some("staged_ready")));
    let launched = ann.gt(&["convoy", "launch", "search", "--json"]).json();
    fits("launch", &launched);
    assert_eq!((launched["ready"].clone(), launched["workers_started"].as_u64()), (serde_json::json!([a]), Some(0)));
    let again = ann.gt(&["convoy", "launch", "search"]);
    assert!(again.ok().starts_with("Under way already: search\nCan be claimed now:\n"), "{}", again.stdout());
    assert!(again.stderr().contains("No worker was started"));
    assert!(show(&ann, "search").contains("Status: Not Started"));
    let ready = ann.bd(&["ready", "--type", "task", "--json"]).json();
    assert_eq!((ready.as_array().unwrap().len(), &ready[0]["id"]), (1, &Value::from(a)), "what launch says is what bd says");
    // What is under way is only looked over.
    let looked = ann.gt(&["convoy", "stage", "search"]);
    assert!(looked.ok().contains("(open)") && looked.stderr().contains("nothing was changed"), "{}", looked.stderr());
    ann.gt(&["convoy", "stage", "search", "--title", "x"]).fails(2);
    let empty = ann.create("Empty", &["--type", "epic"]);
    assert!(ann.gt(&["convoy", "stage", &empty]).fails(2).stderr().contains("nothing below it"));
    assert!(ann.gt(&["convoy", "stage", "serch"]).fails(2).stderr().contains("`search`"));
}

#[test]
fn a_circle_that_two_clones_made_is_not_launched() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    let (a, b, c) = (ann.create("a", &[]), ann.create("b", &[]), ann.create("c", &[]));
    let out = ann.create("elsewhere", &[]);
    ann.bd(&["dep", "add", &c, &out]).ok();
    ann.gt(&["convoy", "stage", &a, &b, &c, "--title", "Ring"]).ok();
    assert!(show(&ann, "ring").contains("Status: Staged (with warnings)"));
    for work in [&ann, &bob] {
        work.bd(&["sync"]).ok();
    }
    ann.bd(&["dep", "add", &a, &b]).ok();
    bob.bd(&["dep", "add", &b, &a]).ok();
    for work in [&ann, &bob, &ann] {
        work.bd(&["sync"]).ok();
    }
    let before = ann.rev("refs/beads/state");
    let stage = ann.gt(&["convoy", "stage", "ring"]);
    assert!(stage.fails(3).stdout().contains("🚨 cycle: these wait for one another"), "{}", stage.stdout());
    assert!(stage.stdout().contains("⚠ blocked: ") && stage.stdout().contains("not in this convoy"), "{}", stage.stdout());
    let launch = ann.gt(&["convoy", "launch", "ring"]);
    assert!(launch.fails(3).stderr().contains("wait for one another"), "{}", launch.stderr());
    assert!(ann.gt(&["convoy", "health", "ring"]).fails(1).stdout().contains("cycle"));
    assert_eq!(ann.rev("refs/beads/state"), before, "nothing was written");
    // One clone launches while the other looks over again: it is launched.
    ann.bd(&["dep", "remove", &a, &b]).ok();
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    ann.gt(&["convoy", "launch", "ring"]).ok();
    bob.bd(&["dep", "remove", &c, &out]).ok();
    bob.gt(&["convoy", "stage", "ring"]).ok();
    for work in [&ann, &bob, &ann] {
        work.bd(&["sync"]).ok();
    }
    for work in [&ann, &bob] {
        assert_eq!(work.gt(&["convoy", "show", "ring", "--json"]).json()["state"], "open");
        assert_eq!(work.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
    }
}

/// A convoy with one closed bead, and the bead.
fn closed_one(work: &Work, watchers: &[&str]) -> String {
    let bead = work.create("a thing", &[]);
    let mut args = vec!["convoy", "create", "--name", "One", &bead];
    watchers.iter().for_each(|w| args.extend(["--notify", w]));
    work.gt(&args).ok();
    work.bd(&["close", &bead]).ok();
    bead
}

#[test]
fn landing_asks_for_every_member() {
    let (_sandbox, ann) = store();
    ann.gt(&["convoy", "create", "--id", "none", "--name", "None"]).ok();
    assert!(ann.gt(&["convoy", "land", "none"]).fails(3).stderr().contains("an empty convoy is not complete"));
    let (a, b) = (ann.create("first", &[]), ann.create("second", &[]));
    ann.gt(&["convoy", "create", "Two", &a, &b, "--notify", "@mira"]).ok();
    ann.bd(&["close", &a]).ok();
    let tip = ann.rev("refs/beads/state");
    let refused = ann.gt(&["convoy", "land", "two"]);
    assert!(refused.fails(3).stderr().contains("second: ready"), "{}", refused.stderr());
    let dry = ann.gt(&["convoy", "land", "two", "--dry-run", "--json"]).json();
    fits("land", &dry);
    assert_eq!(dry["can_land"], false);
    assert_eq!(ann.rev("refs/beads/state"), tip);
    ann.bd(&["close", &b, "--outcome", "cancelled"]).ok();
    let landed = ann.gt(&["convoy", "land", "two"]);
    assert_eq!(
        landed.ok(),
        "✅ Landed: two (1/1 beads (100%), proven on main)\n📁 Record: .beads/convoys/two/convoy-status.toml\n📨 Told: @mira\n"
    );
    assert!(show(&ann, "two").contains("Status: Landed"));
    let record = ann.read(".beads/convoys/two/convoy-status.toml");
    assert!(record.contains("status = \"closed\"") && record.contains("progress_percent = 100.0"), "{record}");
    let mira = ann.acting_as("mira");
    let inbox = mira.gt(&["mail", "inbox"]).ok().to_owned();
    assert!(inbox.contains("Convoy landed: Two"), "{inbox}");
    // Landing again does nothing, membership is closed, and it is listed only where all are asked for.
    let tip = ann.rev("refs/beads/state");
    assert!(ann.gt(&["convoy", "land", "two"]).ok().starts_with("Has landed already: two"));
    ann.gt(&["convoy", "add", "two", &a]).fails(2);
    ann.gt(&["convoy", "remove", "two", &a]).fails(2);
    ann.gt(&["convoy", "launch", "two"]).fails(2);
    assert_eq!(ann.rev("refs/beads/state"), tip);
    assert_eq!(ann.gt(&["convoy", "list", "--json"]).json().as_array().unwrap().len(), 1);
    let all = ann.gt(&["convoy", "list", "--all", "--json"]).json();
    assert_eq!(all[1]["status"], "closed");
    // A member that is opened again is told.
    ann.bd(&["reopen", &a]).ok();
    assert!(ann.gt(&["convoy", "health", "two"]).fails(1).stdout().contains("landed-open"));
}

#[test]
fn landing_asks_git_for_the_code() {
    let sandbox = Sandbox::new();
    let (remote, ann, _bob) = sandbox.two_clones();
    let bead = closed_one(&ann, &[]);
    let land = |args: &[&str]| ann.gt(&[&["convoy", "land", "one", "--dry-run", "--json"], args].concat()).json();
    let can = |args: &[&str]| land(args)["can_land"].as_bool().unwrap();
    assert!(can(&[]), "no commit names it");
    ann.git(&["switch", "-q", "-c", "work"]).ok();
    ann.commit_file("src/a.txt", "one\n");
    ann.commit_file("notes.txt", "nothing about the bead\n");
    assert!(can(&[]), "these commits name nothing");
    ann.write("src/a.txt", "one\ntwo\n");
    ann.commit_all(&format!("Two\n\nBead: {bead}"));
    let refused = ann.gt(&["convoy", "land", "one"]);
    assert!(refused.fails(3).stderr().contains("on work not proven to be on origin/main"), "{}", refused.stderr());
    let json = land(&[]);
    fits("land", &json);
    assert_eq!((json["unlanded"][0]["branch"].as_str(), json["unlanded"][0]["commits"].as_u64()), (Some("work"), Some(1)));
    // Merged here and not on the remote: not proven.
    ann.git(&["switch", "-q", "main"]).ok();
    ann.git(&["merge", "-q", "--no-ff", "work", "-m", "Take it in"]).ok();
    assert!(!can(&[]), "the fetched target does not have it");
    assert!(can(&["--target", "work"]), "the branch itself has it");
    // A squash on the remote, and then somebody changes the same lines.
    ann.git(&["reset", "-q", "--hard", "origin/main"]).ok();
    ann.git(&["push", "-q", "origin", "work"]).ok();
    let carl = remote.clone_as("carl");
    carl.git(&["merge", "-q", "--squash", "origin/work"]).ok();
    carl.commit_all(&format!("Squashed ({bead})"));
    carl.commit_file("src/a.txt", "one\ntwo changed later\n");
    carl.git(&["push", "-q", "origin", "main"]).ok();
    assert!(!can(&[]), "not fetched yet");
    ann.git(&["fetch", "-q"]).ok();
    assert!(can(&[]), "the squash took it in: {}", land(&[]));
    // More work on the branch is more to land; a rebased copy of it is the same patch.
    ann.git(&["switch", "-q", "work"]).ok();
    ann.commit_file("src/b.txt", "b\n");
    ann.git(&["commit", "-q", "--amend", "-m", &format!("B for {bead}")]).ok();
    assert!(!can(&[]));
    assert!(can(&["--abandoned", "work"]), "somebody says that it is not wanted");
    ann.gt(&["convoy", "land", "one", "--abandoned", "no-such-branch"]).fails(2);
    let tip = ann.rev("work");
    carl.git(&["fetch", "-q", &format!("file://{}", ann.dir().display()), "work"]).ok();
    carl.git(&["cherry-pick", &tip]).ok();
    assert_eq!(carl.read("src/b.txt"), "b\n");
    carl.git(&["push", "-q", "origin", "main"]).ok();
    ann.git(&["fetch", "-q"]).ok();
    assert!(can(&[]), "the same patch: {}", land(&[]));
    // Off the default branch nothing is rendered.
    let landed = ann.gt(&["convoy", "land", "one"]);
    assert_eq!(landed.ok(), "✅ Landed: one (1/1 beads (100%), proven on origin/main)\n");
    assert!(!ann.exists(".beads/convoys/one"));
    assert_eq!(ann.gt(&["convoy", "show", "one", "--json"]).json()["landed"]["target"], "main");
    ann.gt(&["convoy", "land", "one", "--target", "no-such"]).fails(2);
    ann.gt(&["convoy", "land", "one", "--target", "--upload-pack=x"]).fails(2);
}

#[test]
fn closed_by_hand_is_not_landed() {
    let (_sandbox, ann) = store();
    let task = ann.create("a task", &[]);
    ann.gt(&["convoy", "create", "By hand", &task]).ok();
    let bead = ann.gt(&["convoy", "show", "by-hand", "--json"]).json()["bead"].as_str().unwrap().to_owned();
    ann.bd(&["close", &bead]).ok();
    assert!(show(&ann, "by-hand").contains("Status: Closed (by hand, nothing proven)\n"));
    assert!(ann.gt(&["convoy", "health", "by-hand"]).fails(1).stdout().contains("landed-open"));
    ann.bd(&["reopen", &bead]).ok();
    ann.bd(&["close", &task]).ok();
    ann.gt(&["convoy", "land", "by-hand"]).ok();
    assert!(show(&ann, "by-hand").contains("Status: Landed\n"));
}

#[test]
fn records_and_rides_are_no_code() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    let bead = closed_one(&ann, &[]);
    ann.git(&["switch", "-q", "-c", "review"]).ok();
    ann.write(".beads/convoys/one/note.md", "a record\n");
    ann.commit_all(&format!("A record of {bead}"));
    ann.git(&["commit", "-q", "--allow-empty", "-m", &format!("Nothing for {bead}")]).ok();
    assert!(ann.gt(&["convoy", "land", "one", "--dry-run"]).ok().contains("can land on origin/main"));
}

#[test]
fn two_clones_land_at_once() {
    let sandbox = Sandbox::new();
    let (_remote, ann, bob) = sandbox.two_clones();
    closed_one(&ann, &["@mira"]);
    ann.bd(&["sync"]).ok();
    bob.bd(&["sync"]).ok();
    ann.gt(&["convoy", "land", "one"]).ok();
    bob.commit_file("more.txt", "x\n");
    bob.git(&["push", "-q", "origin", "main"]).ok();
    bob.gt(&["convoy", "land", "one"]).ok();
    for work in [&ann, &bob, &ann] {
        work.bd(&["sync"]).ok();
    }
    for work in [&ann, &bob] {
        assert_eq!(work.bd(&["conflicts", "--json"]).json(), serde_json::json!([]));
        assert_eq!(work.gt(&["convoy", "show", "one", "--json"]).json()["status"], "closed");
        let letters = work.acting_as("mira").gt(&["mail", "inbox"]).ok().matches("Convoy landed").count();
        assert_eq!(letters, 1, "one letter, although both sent it");
    }
}

#[test]
fn what_the_file_of_a_branch_says_lands_nothing() {
    let (_sandbox, ann) = store();
    let text = "convoy_id = \"c\"\n[[molecules]]\nid = \"day1-x\"\nstatus = \"planned\"\n";
    ann.commit_file(".beads/convoys/c/convoy.toml", text);
    ann.gt(&["convoy", "create", "--config", ".beads/convoys/c/convoy.toml"]).ok();
    assert!(ann.gt(&["convoy", "land", "c"]).fails(3).stderr().contains("day1-x: planned, not started"));
    ann.git(&["switch", "-q", "-c", "mine"]).ok();
    ann.gt(&["convoy", "edit", "c", "set", "molecules.day1-x.status", "completed"]).ok();
    let refused = ann.gt(&["convoy", "land", "c"]);
    assert!(refused.fails(3).stderr().contains("which the default branch does not have"), "{}", refused.stderr());
    ann.commit_all("I say it is done");
    ann.gt(&["convoy", "land", "c"]).fails(3);
    ann.git(&["switch", "-q", "main"]).ok();
    ann.git(&["merge", "-q", "mine"]).ok();
    ann.gt(&["convoy", "land", "c"]).ok();
}

// goal: W11 tier1
#[test]
fn the_record_is_written_at_home_only() {
    let (_sandbox, ann) = store();
    ann.commit_file(PATH, LEDGER);
    ann.gt(&["convoy", "create", "--config", PATH]).ok();
    let status = ".beads/convoys/ledger-trail/convoy-status.toml";
    let json = ann.gt(&["convoy", "render", "ledger-trail", "--json"]).json();
    fits("render", &json);
    let text = ann.read(status);
    for line in [
        "id = \"ledger-trail\"",
        "progress_done = 2",
        "progress_total = 8",
        "progress_percent = 25.0",
        "[molecules.day4-5-failures]",
        "state = \"completed\"",
        "blocked_by = [\"day3-settlement-refs\"]",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(ann.gt(&["convoy", "render", "ledger-trail"]).ok().starts_with("Is up to date"));
    assert_eq!(ann.read(status), text, "a clock alone changes nothing");
    std::fs::remove_file(ann.path(status)).unwrap();
    ann.git(&["switch", "-q", "-c", "elsewhere"]).ok();
    let refused = ann.gt(&["convoy", "render", "ledger-trail"]);
    assert!(refused.fails(2).stderr().contains("default branch only"));
    ann.git(&["switch", "-q", "--detach"]).ok();
    ann.gt(&["convoy", "render", "ledger-trail"]).fails(2);
    assert!(!ann.exists(status));
    // A link that leads elsewhere is not followed.
    ann.git(&["switch", "-q", "main"]).ok();
    let outside = ann.sandbox().path("outside");
    std::fs::create_dir(&outside).unwrap();
    ann.gt(&["convoy", "create", "--id", "linked", "--name", "L"]).ok();
    std::fs::remove_dir_all(ann.path(".beads/convoys/linked")).unwrap();
    std::os::unix::fs::symlink(&outside, ann.path(".beads/convoys/linked")).unwrap();
    ann.gt(&["convoy", "render", "linked"]).fails(2);
    ann.gt(&["convoy", "edit", "linked", "set", "name", "x"]).fails(2);
    assert!(outside.read_dir().unwrap().next().is_none(), "nothing was written outside");
}

#[test]
fn pictures() {
    let (_sandbox, ann) = store();
    ann.commit_file(PATH, LEDGER);
    ann.gt(&["convoy", "create", "--config", PATH]).ok();
    let picture = |form: &str| ann.gt(&["convoy", "graph", "ledger-trail", "--format", form]).ok().to_owned();
    assert!(picture("text").contains("⏳ day6-limits (blocked by day4-5)\n   ← day4-5-failures\n"), "{}", picture("text"));
    let mermaid = picture("mermaid");
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.matches(" --> ").count() == 6, "{mermaid}");
    assert!(picture("dot").starts_with("digraph \"ledger-trail\" {"));
    let svg = picture("svg");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.matches("<rect").count() == 6, "{svg}");
    let json = ann.gt(&["convoy", "graph", "ledger-trail", "--json"]).json();
    fits("graph", &json);
    assert_eq!(json["edges"].as_array().unwrap().len(), 6);
    ann.gt(&["convoy", "graph", "ledger-trail", "--format", "png"]).fails(2);
}
