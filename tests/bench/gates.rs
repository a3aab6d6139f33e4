//! The rows of the gates: the scan of a whole tree beside ripgrep, a commit with hooks beside one without.

use crate::code;
use crate::measure::{Times, must, time};
use crate::rows::Bench;
use bd_tests::Work;
use std::path::{Path, PathBuf};

/// Files of the tree that is scanned.
const FILES: usize = 10_000;
/// Files of the repository in which commits are made, and of each commit.
const SMALL: usize = 1_000;
const CHANGED: usize = 20;

impl Bench {
    /// All of them.
    pub fn gates(&mut self) {
        self.tree_scan();
        self.commits();
    }

    fn code(&self, name: &str, files: usize) -> Work {
        (self.say)(&format!("making {files} files of code"));
        let work = self.sandbox.repo(name);
        for number in 0..files {
            let (path, text) = code::file(number);
            work.write(&path, text);
        }
        work.commit_all("Code");
        work
    }

    fn tree_scan(&mut self) {
        let work = self.code("tree", FILES);
        (self.say)("tree scan");
        let name = format!("tree scan of {FILES} files");
        let scan = |b: &Self| {
            let cmd = b.programs.bd(&work, &["gate", "check", "--all"]);
            let start = std::time::Instant::now();
            let out = cmd.run();
            let ms = start.elapsed().as_secs_f64() * 1e3;
            assert_eq!(out.code(), 4, "the made-up tests are found: {}", out.stderr());
            ms
        };
        let patterns = work.path(".git/patterns");
        std::fs::write(&patterns, patterns_of_the_rules()).expect("a file for rg");
        let Some(rg) = ripgrep() else {
            let mut ours = Times::default();
            (0..self.runs).for_each(|_| ours.push(scan(self)));
            let result = format!("{:.2} (p95 {:.2}) ms; rg is not installed here", ours.median(), ours.p95());
            self.report.fact(&name, "<= 2.00 x rg", result, None);
            return;
        };
        let (ours, yard) = self.pair(
            |b, _| scan(b),
            |b, _| {
                let args = ["--no-config", "--no-unicode", "--count-matches", "--file", ".git/patterns", "."];
                time(b.sandbox.program_in(&rg, work.dir(), "bench", &args).free_running())
            },
        );
        self.report.ratio(&name, &ours, "rg with the rules' patterns", &yard, 2.0, 0.0);
    }

    fn commits(&mut self) {
        let plain = self.code("plain", SMALL);
        let hooked = self.code("hooked", SMALL);
        must(&self.programs.bd(&hooked, &["hooks", "install"]).run());
        (self.say)("commits");
        let commit = |work: &Work, run: usize| {
            // Files whose tests are good: a commit that is let through.
            for n in 0..CHANGED {
                let (path, text) = code::file(n * 40 + 2);
                work.write(&path, format!("{text}\n// run {run}\n"));
            }
            work.git(&["add", "--all"]).ok();
            time(work.git_cmd(&["commit", "--quiet", "-m", "Twenty files"]).free_running())
        };
        let (ours, yard) = self.pair(|_, n| commit(&hooked, n), |_, n| commit(&plain, n));
        let more = ours.median() - yard.median();
        let result = format!(
            "{:.2} (p95 {:.2}) ms with, {:.2} (p95 {:.2}) ms without = **{more:.2} ms more**",
            ours.median(),
            ours.p95(),
            yard.median(),
            yard.p95()
        );
        self.report.fact(&format!("commit of {CHANGED} files, all hooks"), "<= 50 ms more", result, Some(more <= 50.0));
    }
}

/// What the rules look for, for rg: groups without names (rg joins all patterns, and a name may stand once), and none that means a
/// line end, which rg refuses where it goes line by line.
fn patterns_of_the_rules() -> String {
    let set = bd_gate::scan::RuleSet::built_in();
    let name = regex::Regex::new(r"\(\?P?<\w+>").expect("a valid expression");
    let all = set.rules().iter().flat_map(|rule| &rule.patterns).map(|p| p.regex.as_str());
    let one_line = all.filter(|p| !p.contains('\n') && !p.replace(r"[^\n", "").contains(r"\n"));
    one_line.map(|p| format!("{}\n", name.replace_all(p, "(?:"))).collect()
}

/// ripgrep on this machine.
fn ripgrep() -> Option<PathBuf> {
    ["/usr/bin/rg", "/usr/local/bin/rg"].map(Path::new).into_iter().find(|p| p.is_file()).map(Path::to_owned)
}
