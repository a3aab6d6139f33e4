//! Clocks that are behind and clocks that are wrong by years: what is believed about a deadline (docs/design/workflow.md, Clocks).

use crate::kit::{repository, state, step};
use bd_tests::{Sandbox, Work};

/// One checkpoint, which somebody has to decide about within two hours.
const FORMULA: &str = "formula = \"f\"\nversion = 1\n[[steps]]\nid = \"work\"\ntitle = \"Work\"\n[[steps]]\nid = \"look\"\ntitle = \"Look\"\nneeds = [\"work\"]\nrequires_human_approval = true\ntimeout = \"2h\"\n[[steps]]\nid = \"end\"\ntitle = \"End\"\nneeds = [\"look\"]\n";

/// A checkpoint that opened at 12:00 and expires at 14:00.
pub fn open(sandbox: &Sandbox) -> (Work, Work) {
    let wes = repository(sandbox, "lone").acting_as("wes");
    wes.write(".beads/formulas/f.toml", FORMULA);
    let lea = wes.acting_as("lea");
    lea.gt(&["formula", "pour", "f", "--name", "m", "--owner", "@lea"]).ok();
    at(&wes, "2026-03-01T12:00:00Z", &["molecule", "advance", "m", "work", "--note", "done"]).ok();
    (wes, lea)
}

/// Runs `gt` at a time.
pub fn at(work: &Work, now: &str, args: &[&str]) -> bd_tests::Output {
    work.gt_cmd(args).now(now).run()
}

/// Approves the checkpoint.
pub const APPROVE: &[&str] = &["checkpoint", "approve", "m", "look"];

// goal: W4 W15 tier1
#[test]
fn a_clock_that_is_behind_what_was_read_approves_no_expired_checkpoint() {
    for now in ["2026-03-01T13:00:00Z", "2026-02-27T00:00:00Z", "2020-01-01T00:00:00Z"] {
        let sandbox = Sandbox::new();
        let (wes, lea) = open(&sandbox);
        // Somebody else's clock says that the deadline has passed.
        at(&wes.acting_as("kim"), "2026-03-01T15:00:00Z", &["checkpoint", "comment", "m", "look", "--text", "Is this open?"]).ok();
        let before = wes.rev("refs/beads/state");
        let out = at(&lea, now, APPROVE);
        out.fails(3);
        assert!(
            out.stderr().contains("nobody decided in time") && out.stderr().contains("kim wrote at 2026-03-01 15:00"),
            "{now}: {out}"
        );
        assert_eq!(wes.rev("refs/beads/state"), before, "{now}: something was written");
        assert_eq!(at(&lea, now, &["molecule", "status", "m", "--json"]).json()["state"], "paused", "{now}");
        // The way on is the usual one, at the same clock.
        at(&lea, now, &["tick"]).ok();
        at(&lea, now, &["molecule", "resume", "m"]).ok();
        at(&lea, now, APPROVE).ok();
        assert_eq!(step(&wes, "m", "look").1, "approved", "{now}");
    }
}

// goal: W4 W15 tier1
#[test]
fn one_clock_that_is_years_ahead_expires_nothing_for_the_others() {
    let sandbox = Sandbox::new();
    let (wes, lea) = open(&sandbox);
    let odd = wes.acting_as("odd");
    at(&odd, "2040-01-01T00:00:00Z", &["checkpoint", "comment", "m", "look", "--text", "Hello from 2040"]).ok();
    at(&odd, "2040-01-02T00:00:00Z", &["molecule", "update", "m", "--note", "and again"]).ok();
    at(&lea, "2026-03-01T13:00:00Z", APPROVE).ok();
    assert_eq!(step(&wes, "m", "look").1, "approved");
    // Nor does it hinder whoever opens the next one.
    at(&lea, "2026-03-01T13:10:00Z", &["checkpoint", "reopen", "m", "look", "--reason", "once more"]).ok();
    at(&lea, "2026-03-01T13:20:00Z", APPROVE).ok();
    // Its own clock is nobody's: there the deadline has passed long ago.
    at(&lea, "2026-03-01T13:30:00Z", &["checkpoint", "reopen", "m", "look", "--reason", "once more"]).ok();
    at(&odd, "2040-01-03T00:00:00Z", APPROVE).fails(3);
    assert_ne!(state(&wes, "m"), "completed");
}
