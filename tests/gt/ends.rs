//! How a command ends where not all of it could be done, and what is said about tests that nobody counted.

use crate::kit::{repository, state};
use bd_tests::{Sandbox, Work};

const ONE: &str = "formula = \"g\"\nversion = 1\n[[steps]]\nid = \"only\"\ntitle = \"Only\"\n";

fn poured(sandbox: &Sandbox, formula: &str) -> Work {
    let wes = repository(sandbox, "lone").acting_as("wes");
    wes.write(".beads/formulas/g.toml", formula);
    wes.commit_all("A formula");
    wes.gt(&["formula", "pour", "g", "--name", "m"]).ok();
    wes.gt(&["molecule", "trust", "m"]).ok();
    wes
}

// goal: W8 W15 tier1
#[test]
fn a_completion_that_cannot_be_committed_is_no_success() {
    let sandbox = Sandbox::new();
    let wes = poured(&sandbox, ONE);
    wes.git(&["switch", "-q", "--detach"]).ok();
    let head = wes.rev("HEAD");
    let done = wes.gt(&["molecule", "advance", "m", "only", "--note", "x", "--json"]);
    // The molecule is completed, and the answer says both.
    assert_eq!(done.code(), 6, "{done}");
    let json: serde_json::Value = serde_json::from_str(done.stdout()).unwrap();
    assert_eq!(json["molecule"]["state"], "completed");
    let notes = json["notes"].to_string();
    assert!(notes.contains("its completion was not committed") && notes.contains("gt molecule record m --commit"), "{notes}");
    assert!(done.stderr().contains("HEAD is detached"), "{done}");
    assert_eq!(wes.rev("HEAD"), head);
    assert_eq!(state(&wes, "m"), "completed");
    // The way on, which gt doctor names.
    wes.git(&["switch", "-q", "main"]).ok();
    let doctor = wes.gt(&["doctor"]);
    doctor.fails(1);
    assert!(doctor.stdout().contains("`gt molecule record m --commit` makes it"), "{doctor}");
    wes.gt(&["molecule", "record", "m", "--commit"]).ok();
    wes.gt(&["doctor"]).ok();
    assert!(wes.git(&["log", "-1", "--format=%B"]).ok().contains("Gas-Town-Molecule: m"));
}

// goal: W5 tier1
#[test]
fn a_percentage_that_nobody_counted_is_said_nowhere() {
    let sandbox = Sandbox::new();
    let formula = "formula = \"g\"\nversion = 1\n[[steps]]\nid = \"check\"\ntitle = \"Check\"\nkind = \"validation\"\nvalidation_commands = [\"echo fine\"]\n[[steps]]\nid = \"end\"\ntitle = \"End\"\nneeds = [\"check\"]\n";
    let wes = poured(&sandbox, formula);
    wes.gt(&["convoy", "create", "C", "m"]).ok();
    wes.gt(&["molecule", "advance", "m", "check", "--note", "x"]).ok();
    let status = wes.gt(&["molecule", "status", "m"]);
    assert!(status.ok().contains("no report was read"), "{status}");
    wes.gt(&["compliance", "report", "m", "--out", "report.md"]).ok();
    let report = wes.read("report.md");
    assert!(report.contains("no report was read: exit codes alone counted"), "{report}");
    let record = wes.read(".beads/molecules/m/molecule.toml");
    assert!(record.contains("counted = false") && !record.contains("pass_rate"), "{record}");
    wes.gt(&["molecule", "advance", "m", "end", "--note", "x"]).ok();
    let board = wes.gt(&["convoy", "show", "c"]);
    assert!(board.ok().contains("complete, no test report"), "{board}");
    for text in [status.stdout(), &report, &record, board.stdout()] {
        assert!(!text.contains("100% pass") && !text.contains("passed (100%)") && !text.contains("| 100% |"), "{text}");
    }
}

// goal: X5 tier1
#[test]
fn what_is_shown_is_bounded_and_an_error_in_a_list_is_one_line() {
    let sandbox = Sandbox::new();
    let wes = poured(&sandbox, ONE);
    for n in 0..24 {
        wes.gt(&["formula", "pour", "g", "--name", &format!("more{n}")]).ok();
    }
    let status = wes.gt(&["status", "--json"]).json();
    assert_eq!((status["molecules"].as_array().unwrap().len(), &status["total"]["molecules"]), (20, &25.into()));
    assert_eq!(wes.gt(&["status", "--json", "--limit", "0"]).json()["molecules"].as_array().unwrap().len(), 25);
    assert_eq!(wes.gt(&["status", "--json", "-n", "3"]).json()["molecules"].as_array().unwrap().len(), 3);
    wes.gt(&["convoy", "create", "--id", "bad", "--name", "Bad"]).ok();
    wes.gt(&["convoy", "create", "--id", "good", "--name", "Good"]).ok();
    wes.write(".beads/convoys/bad/convoy.toml", "convoy_id = \"bad\"\nname = \n[[molecules]\n");
    let list = wes.gt(&["convoy", "list"]);
    assert!(list.ok().contains("good") && list.stdout().contains("bad"), "{list}");
    let said: Vec<&str> = list.stderr().lines().collect();
    assert!(said.len() == 1 && said[0].contains(".beads/convoys/bad/convoy.toml:"), "{said:?}");
    assert!(wes.gt(&["status"]).ok().lines().all(|l| !l.contains('^')), "the screen is no place for a caret");
}

// goal: W4 tier1
#[test]
fn a_validation_that_goes_back_to_itself_is_no_success() {
    let sandbox = Sandbox::new();
    let formula = "formula = \"g\"\nversion = 1\n[[steps]]\nid = \"check\"\ntitle = \"Check\"\nkind = \"validation\"\nvalidation_commands = [\"sh tests.sh\"]\nsuccess_criteria = [\"no_failing_tests = true\"]\n";
    let wes = poured(&sandbox, formula);
    wes.write("tests.sh", "printf 'ok 1 - a\\nok 2 - b # SKIP\\n1..2\\n'\n");
    let out = wes.gt(&["molecule", "advance", "m", "check"]);
    out.fails(4);
    assert!(out.stdout().contains("check failed") && !out.stdout().contains("Step done"), "{out}");
    wes.write("tests.sh", "printf 'ok 1 - a\\n1..1\\n'\n");
    let out = wes.gt(&["molecule", "advance", "m", "check"]);
    assert!(out.ok().contains("Step done"), "{out}");
}

// goal: W4 tier2
#[test]
fn an_approval_against_what_a_machine_can_see_says_so() {
    let sandbox = Sandbox::new();
    let gate = |id: &str, asks: &str| {
        format!("[[steps]]\nid = \"{id}\"\ntitle = \"{id}\"\nrequires_human_approval = true\napproval_criteria = [{asks}]\n")
    };
    let both = [gate("plan-checkpoint", ""), gate("look", "\"Plan checkpoint approved\", \"It reads well\"")].concat();
    let wes = poured(&sandbox, &format!("formula = \"g\"\nversion = 1\n{both}"));
    let lea = wes.acting_as("lea");
    let out = lea.gt(&["checkpoint", "approve", "m", "look", "--json"]);
    assert_eq!(out.json()["notes"], serde_json::json!(["approved although this is not so: Plan checkpoint approved"]), "{out}");
    let out = lea.gt(&["checkpoint", "approve", "m", "plan-checkpoint"]);
    assert!(!out.stderr().contains("although"), "{out}");
}
