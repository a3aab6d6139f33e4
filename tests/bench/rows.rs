//! The rows of STATE 8.

use crate::generate::{Generated, arrivals, generate};
use crate::measure::{Programs, Times, must, peak_kib, size, time};
use crate::report::Report;
use bd_tests::counts;
use bd_tests::{Options, Sandbox, Work};

/// Everything that the rows need.
pub struct Bench {
    pub programs: Programs,
    pub sandbox: Sandbox,
    pub report: Report,
    /// Runs a row.
    pub runs: usize,
    /// Told what is going on.
    pub say: fn(&str),
}

impl Bench {
    pub fn new(programs: Programs, runs: usize, say: fn(&str)) -> Self {
        // git's own housekeeping stays as it is shipped: what it costs a user is part of the measurement.
        let options = Options::default().config("gc.auto", "6700").config("maintenance.auto", "true");
        Self { programs, sandbox: options.build(), report: Report::default(), runs, say }
    }

    /// Ours and a yardstick, one after the other, so that a slow moment meets both.
    pub fn pair(&self, mut ours: impl FnMut(&Self, usize) -> f64, mut yard: impl FnMut(&Self, usize) -> f64) -> (Times, Times) {
        let (mut a, mut b) = (Times::default(), Times::default());
        for n in 0..=self.runs {
            let (x, y) = (ours(self, n), yard(self, n));
            // The first run warms the page cache.
            if n > 0 {
                a.push(x);
                b.push(y);
            }
        }
        (a, b)
    }

    fn git_version(work: &Work) -> f64 {
        time(work.git_cmd(&["--version"]))
    }

    /// All rows that depend on the number of beads.
    pub fn at_size(&mut self, name: &str, beads: usize) {
        (self.say)(&format!("making {name} beads"));
        let made = generate(&self.sandbox, name, beads);
        self.first_read(name, &made);
        self.warm_reads(name, &made);
        self.memory(name, beads, &made);
        self.after_arrivals(name, &made);
        self.mutations(name, &made.work, &made.an_id);
    }

    fn forget_cache(work: &Work) {
        let cache = work.beads_dir().join("cache");
        if cache.exists() {
            std::fs::remove_dir_all(&cache).expect("the cache can be removed");
        }
    }

    fn first_read(&mut self, name: &str, made: &Generated) {
        (self.say)(&format!("first read of {name}"));
        let (ours, yard) = self.pair(
            |b, _| {
                Self::forget_cache(&made.work);
                time(b.programs.bd(&made.work, &["ready"]))
            },
            |b, _| time(b.programs.serde_pass(&b.sandbox, &made.plain)),
        );
        let floor = if name == "1k" { 20.0 } else { 0.0 };
        self.report.ratio(&format!("first read, {name}"), &ours, "one serde_json pass", &yard, 2.0, floor);
        if name == "1k" {
            return;
        }
        // As a server sends it that knows no attributes of ours: our packs as differences of each other.
        let theirs = made.work.path(".git/info/attributes");
        std::fs::write(&theirs, ".beads/events/** delta\n").expect("attributes of this repository");
        made.work.git(&["repack", "-adFq"]).ok();
        let (ours, yard) = self.pair(
            |b, _| {
                Self::forget_cache(&made.work);
                time(b.programs.bd(&made.work, &["ready"]))
            },
            |b, _| time(b.programs.serde_pass(&b.sandbox, &made.plain)),
        );
        self.report.ratio(&format!("first read, {name}, a server's differences"), &ours, "one serde_json pass", &yard, 2.0, 0.0);
        std::fs::remove_file(&theirs).expect("the file that was just written");
        made.work.git(&["repack", "-adFq"]).ok();
    }

    fn warm_reads(&mut self, name: &str, made: &Generated) {
        (self.say)(&format!("reads of {name}"));
        let commands: [(&str, Vec<&str>); 3] =
            [("ready", vec!["ready"]), ("show", vec!["show", &made.an_id]), ("list", vec!["list", "--limit", "20"])];
        for (verb, args) in commands {
            let (ours, yard) = self.pair(|b, _| time(b.programs.bd(&made.work, &args)), |_, _| Self::git_version(&made.work));
            self.report.ratio(&format!("{verb}, {name}"), &ours, "git --version", &yard, 2.0, 0.0);
        }
        let calls = counts(&made.work, &self.programs.bd, &["ready"]);
        self.report.count(&format!("system calls of ready, {name}"), calls.map(|c| c.calls), 250, "calls", false);
        self.report.count(&format!("syncs of ready, {name}"), calls.map(|c| c.syncs), 0, "syncs", true);
    }

    fn after_arrivals(&mut self, name: &str, made: &Generated) {
        for (files, limit) in [(1, 2.02), (100, 4.0)] {
            (self.say)(&format!("{files} files arrived, {name}"));
            let tips = arrivals(made, self.runs + 1, files);
            let (ours, yard) = self.pair(
                |b, n| {
                    made.work.git(&["update-ref", "refs/remotes/origin/beads", &tips[n]]).ok();
                    time(b.programs.bd(&made.work, &["ready"]))
                },
                |_, _| Self::git_version(&made.work),
            );
            self.report.ratio(&format!("ready after {files} arrived, {name}"), &ours, "git --version", &yard, limit, 0.0);
        }
    }

    fn memory(&mut self, name: &str, beads: usize, made: &Generated) {
        let warm = peak_kib(&made.work, &self.programs.bd, &["ready"]);
        self.report.count(&format!("memory of ready, {name}"), warm, 10 * 1024, "KiB", false);
        Self::forget_cache(&made.work);
        let cold = peak_kib(&made.work, &self.programs.bd, &["ready"]);
        let limit = match beads {
            0..=1_000 => 10,
            1_001..=10_000 => 20,
            _ => 100,
        };
        self.report.count(&format!("memory of the first read, {name}"), cold, limit * 1024, "KiB", false);
    }

    fn mutations(&mut self, name: &str, work: &Work, id: &str) {
        (self.say)(&format!("mutations of {name}"));
        let commit =
            || time(work.git_cmd(&["-c", "core.fsync=all", "commit", "--quiet", "--allow-empty", "-m", "x"]).free_running());
        let mut priority = 0;
        let (ours, yard) = self.pair(|b, _| time(b.programs.bd(work, &["create", "A new bead"])), |_, _| commit());
        self.report.ratio(&format!("create, {name}"), &ours, "git commit, all synced", &yard, 1.25, 0.0);
        let (ours, yard) = self.pair(
            |b, _| {
                priority = (priority + 1) % 5;
                time(b.programs.bd(work, &["update", id, "--priority", &priority.to_string()]))
            },
            |_, _| commit(),
        );
        self.report.ratio(&format!("update, {name}"), &ours, "git commit, all synced", &yard, 1.25, 0.0);
        let ids: Vec<String> = (0..=self.runs).map(|n| self.make(work, &format!("To close {n}"))).collect();
        let (ours, yard) = self.pair(|b, n| time(b.programs.bd(work, &["close", &ids[n], "--reason", "done"])), |_, _| commit());
        self.report.ratio(&format!("close, {name}"), &ours, "git commit, all synced", &yard, 1.25, 0.0);
        let counted = counts(work, &self.programs.bd, &["create", "Counted"]);
        self.report.count(&format!("syncs of create, {name}"), counted.map(|c| c.syncs), 1, "syncs", true);
        self.report.count(&format!("objects of create, {name}"), counted.map(|c| c.objects), 6, "objects", true);
        self.report.count(&format!("files made by create, {name}"), counted.map(|c| c.created), 11, "files", true);
    }

    fn make(&self, work: &Work, title: &str) -> String {
        let out = self.programs.bd(work, &["create", title, "--json"]).run();
        out.json()["id"].as_str().unwrap_or("").to_owned()
    }

    /// Eight processes make fifty beads each.
    pub fn eight_writers(&mut self) {
        (self.say)("eight writers");
        let work = self.sandbox.repo("eight");
        must(&self.programs.bd(&work, &["init"]).run());
        let start = std::time::Instant::now();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let (programs, work) = (&self.programs, work.clone());
                scope.spawn(move || {
                    for n in 0..50 {
                        must(&programs.bd(&work, &["create", &format!("Bead {writer}.{n}")]).run());
                    }
                });
            }
        });
        let seconds = start.elapsed().as_secs_f64();
        let kept = self.programs.bd(&work, &["count", "--json"]).run().json()["count"].as_u64().unwrap_or(0);
        let met = Some(kept == 400 && seconds <= 3.0);
        self.report.fact("8 processes x 50 creates", "400 kept, <= 3 s", format!("{kept} kept, {seconds:.2} s"), met);
    }

    /// What a mutation leaves on the disk, and what it does to the user's own `git status`.
    pub fn growth(&mut self, mutations: usize) {
        (self.say)("growth");
        let [work, untouched] = ["growth", "untouched"].map(|name| {
            let work = self.sandbox.repo(name);
            for n in 0..200 {
                work.write(&format!("src/{n}.txt"), "code\n");
            }
            work.commit_all("Code");
            must(&self.programs.bd(&work, &["init"]).run());
            work
        });
        let id = self.make(&work, "The first");
        let pack = |work: &Work| {
            work.git(&["-c", "gc.auto=0", "gc", "--quiet", "--prune=now"]).ok();
            size(&work.common_dir().join("objects")).1
        };
        pack(&untouched);
        let packed = pack(&work);
        let loose = size(&work.common_dir()).0;
        for n in 0..mutations {
            must(&self.programs.bd(&work, &["comment", &id, &format!("Comment number {n} of the growth row")]).run());
        }
        let on_disk = (size(&work.common_dir()).0 - loose) / mutations as u64;
        let status = |work: &Work| time(work.git_cmd(&["status"]));
        let (after, before) = self.pair(|_, _| status(&work), |_, _| status(&untouched));
        let grown = pack(&work).saturating_sub(packed) / mutations as u64;
        self.report.count("growth a mutation, before gc", Some(on_disk), 24 * 1024, "bytes on disk", false);
        self.report.count("growth a mutation, after gc", Some(grown), 1024, "bytes", false);
        let result = format!("{:.2} ms without, {:.2} ms after {mutations} mutations", before.median(), after.median());
        self.report.fact("the user's `git status`", "no slower", result, Some(after.median() <= before.median() * 1.1));
    }
}
