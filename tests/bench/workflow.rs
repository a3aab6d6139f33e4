//! The rows of `gt`: pouring, handing in, approving, and every look at a store that many molecules have passed through.

use crate::clones::{self, Many};
use crate::measure::{must, time, time_of};
use crate::rows::Bench;
use bd_tests::{Work, counts};
use std::fmt::Write;

/// Steps of the large formula: half of them one after the other, half beside each other.
const STEPS: usize = 1_000;
/// What the store of the looks holds.
const MANY: Many = Many { beads: 7_900, open: 50, completed: 100, convoys: 10, messages: 2_000 };

impl Bench {
    /// All of them.
    pub fn workflow(&mut self) {
        self.pouring();
        self.moving();
        self.looks();
    }

    /// A repository with a store and these formulas.
    fn with_formulas(&self, name: &str, formulas: &[(&str, String)]) -> Work {
        let work = self.sandbox.repo(name);
        must(&self.programs.bd(&work, &["init", "--prefix", "bench"]).run());
        for (name, text) in formulas {
            work.write(&format!(".beads/formulas/{name}.toml"), text);
        }
        work.commit_all("Formulas");
        work
    }

    fn commit(work: &Work) -> f64 {
        time(work.git_cmd(&["-c", "core.fsync=all", "commit", "--quiet", "--allow-empty", "-m", "x"]).free_running())
    }

    fn pouring(&mut self) {
        (self.say)("pouring");
        // Each into a store of its own: a thousand beads more are a new image for the next command's cache.
        let stores: Vec<Work> =
            (0..=self.runs + 1).map(|n| self.with_formulas(&format!("pour{n}"), &[("large", large(STEPS))])).collect();
        let pour = ["formula", "pour", "large", "--name", "large"];
        let (ours, yard) = self.pair(|b, n| time(b.programs.gt(&stores[n], &pour)), |_, n| Self::commit(&stores[n]));
        self.report.ratio(&format!("pour of {STEPS} steps"), &ours, "git commit, all synced", &yard, 5.0, 0.0);
        let counted = stores.last().and_then(|work| counts(work, &self.programs.gt, &pour));
        self.report.count("syncs of a pour", counted.map(|c| c.syncs), 1, "syncs", true);
        self.report.count("objects of a pour", counted.map(|c| c.objects), 6, "objects", true);
    }

    fn moving(&mut self) {
        (self.say)("hand-ins and approvals");
        let steps = self.runs + 2;
        let work = self.with_formulas("moving", &[chain("chain", steps, |_| false), chain("asks", steps, |n| n > 0)]);
        for name in ["chain", "asks"] {
            must(&self.programs.gt(&work, &["formula", "pour", name, "--name", name, "--owner", "@lea"]).run());
        }
        let advance = |b: &Self, name: &str| time(b.programs.gt(&work, &["molecule", "advance", name, "--note", "done"]));
        let (ours, yard) = self.pair(|b, _| advance(b, "chain"), |_, _| Self::commit(&work));
        self.report.ratio("molecule advance", &ours, "git commit, all synced", &yard, 1.25, 0.0);
        advance(self, "asks");
        let lead = work.acting_as("lea");
        let approve = |b: &Self, n: usize| time(b.programs.gt(&lead, &["checkpoint", "approve", "asks", &step(n + 1)]));
        let (ours, yard) = self.pair(approve, |_, _| Self::commit(&work));
        self.report.ratio("checkpoint approve", &ours, "git commit, all synced", &yard, 1.25, 0.0);
    }

    fn looks(&mut self) {
        (self.say)("making a store with many molecules");
        let templates = self.with_formulas("templates", &[chain("thirteen", 13, |n| matches!(n, 3 | 7 | 11))]);
        let made = clones::make(self, &templates, &MANY);
        let (work, open, asks) = (made, clones::name("open", 7), clones::name("open", 8));
        let checkpoint = step(7);
        let looks: &[(&str, &[&str])] = &[
            ("ready", &["ready"]),
            ("status", &["status"]),
            ("prime", &["prime"]),
            ("hook", &["hook"]),
            ("feed", &["feed"]),
            ("feed of 300", &["feed", "--limit", "300"]),
            ("log", &["log", &open]),
            ("molecule status", &["molecule", "status", &open]),
            ("molecule list", &["molecule", "list"]),
            ("molecule next", &["molecule", "next", &open]),
            ("molecule history", &["molecule", "history", &open]),
            ("checkpoint list", &["checkpoint", "list"]),
            ("checkpoint list of one", &["checkpoint", "list", &open]),
            ("checkpoint show", &["checkpoint", "show", &asks, &checkpoint]),
            ("convoy show", &["convoy", "show", "convoy-003"]),
            ("convoy list", &["convoy", "list"]),
            ("convoy status", &["convoy", "status", "convoy-003"]),
            ("convoy health", &["convoy", "health", "convoy-003"]),
            ("convoy graph", &["convoy", "graph", "convoy-003"]),
            ("mail inbox", &["mail", "inbox"]),
            ("mail check", &["mail", "check"]),
            ("mail peek", &["mail", "peek"]),
            ("mail thread", &["mail", "thread", "1"]),
            ("mail sent", &["mail", "sent"]),
            ("mail search", &["mail", "search", "plan", "questions"]),
            ("mail directory", &["mail", "directory"]),
            ("formula list", &["formula", "list"]),
            ("formula show", &["formula", "show", "tdd-feature"]),
            ("formula graph", &["formula", "graph", "tdd-feature"]),
            ("config list", &["config", "list"]),
            ("compliance trace", &["compliance", "trace"]),
            ("doctor", &["doctor"]),
            ("schema", &["schema"]),
        ];
        for &(name, args) in looks {
            (self.say)(name);
            // The molecules of this store have no records, which their holder is told.
            let code = i32::from(name == "doctor");
            let look = |b: &Self, _: usize| time_of(b.programs.gt(&work, args), code);
            let (ours, yard) = self.pair(look, |_, _| time(work.git_cmd(&["--version"])));
            self.report.ratio(&format!("gt {name}, 10k"), &ours, "git --version", &yard, 2.0, 0.0);
            if name == "mail check" {
                let result = format!("{:.2} (p95 {:.2}) ms", ours.median(), ours.p95());
                let met = Some(ours.median() < 30.0);
                self.report.fact(&format!("gt mail check, {} messages", MANY.messages), "< 30 ms", result, met);
            }
        }
    }
}

/// The name of a step.
pub fn step(number: usize) -> String {
    format!("step-{number:04}")
}

fn head(name: &str) -> String {
    format!("formula = \"{name}\"\nversion = \"1\"\ndescription = \"Made by the bench\"\n")
}

fn add(out: &mut String, number: usize, needs: Option<usize>, asks: bool) {
    let _infallible = write!(
        out,
        "\n[[steps]]\nid = \"{}\"\ntitle = \"Step number {number}\"\ndescription = \"What has to be done in step {number}, and what \
         must be true afterwards: about as many words as people write for one.\"\nduration_estimate = \"15m\"\n",
        step(number)
    );
    if let Some(needs) = needs {
        let _infallible = writeln!(out, "needs = [\"{}\"]", step(needs));
    }
    if asks {
        out.push_str("requires_human_approval = true\nblocking = true\n");
    }
}

/// Steps one after the other, some of which ask a person.
pub fn chain(name: &str, steps: usize, asks: impl Fn(usize) -> bool) -> (&str, String) {
    let mut out = head(name);
    (0..steps).for_each(|n| add(&mut out, n, n.checked_sub(1), asks(n)));
    (name, out)
}

fn large(steps: usize) -> String {
    let mut out = head("large");
    let half = steps / 2;
    (0..steps).for_each(|n| add(&mut out, n, if n <= half { n.checked_sub(1) } else { Some(half) }, false));
    out
}
