//! Whole processes: time, memory, counts.

use bd_tests::{Cmd, Output, Sandbox, Work};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The programs that are measured.
pub struct Programs {
    /// The release binary of `bd`.
    pub bd: PathBuf,
    /// The release binary of `gt`; what needs none runs without it.
    pub gt: PathBuf,
    /// This program, for the pass of serde_json.
    pub me: PathBuf,
}

impl Programs {
    /// The binary that is named, else the one beside the running program.
    pub fn find(named: Option<&str>) -> Result<Self, String> {
        let me = std::env::current_exe().map_err(|e| e.to_string())?;
        let beside = || me.parent().unwrap_or(Path::new(".")).join("bd");
        let bd = named.map_or_else(beside, |path| std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)));
        let gt = bd.with_file_name("gt");
        if bd.is_file() { Ok(Self { bd, gt, me }) } else { Err(format!("{} is missing: build it with .ci/release", bd.display())) }
    }

    /// `bd` as people run it.
    pub fn bd(&self, work: &Work, args: &[&str]) -> Cmd {
        // The release binary knows no fixed clock of tests; without them ids are fresh.
        work.sandbox().program_in(&self.bd, work.dir(), work.actor(), args).free_running()
    }

    /// `gt`, the same way.
    pub fn gt(&self, work: &Work, args: &[&str]) -> Cmd {
        work.sandbox().program_in(&self.gt, work.dir(), work.actor(), args).free_running()
    }

    /// The pass of serde_json.
    pub fn serde_pass(&self, sandbox: &Sandbox, file: &Path) -> Cmd {
        sandbox.program_in(&self.me, sandbox.root(), "bench", &["--serde-pass", &file.display().to_string()])
    }
}

/// Milliseconds of one run; a failure is an error of the bench.
pub fn time(cmd: Cmd) -> f64 {
    time_of(cmd, 0)
}

/// The same of a command that ends with this code: `doctor` that finds something does not end with 0.
pub fn time_of(cmd: Cmd, code: i32) -> f64 {
    let start = Instant::now();
    let out = cmd.run();
    let ms = start.elapsed().as_secs_f64() * 1e3;
    if code == 0 {
        must(&out);
    } else {
        out.fails(code);
    }
    ms
}

/// The output of a success.
pub fn must(out: &Output) -> &str {
    out.ok()
}

/// A row of times.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// Adds one run.
    pub fn push(&mut self, ms: f64) {
        self.0.push(ms);
    }

    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        sorted.get(((last as f64) * share).round() as usize).copied().unwrap_or(f64::NAN)
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// All but one in twenty are faster.
    pub fn p95(&self) -> f64 {
        self.at(0.95)
    }
}

/// The most memory that a command had, in KiB, as GNU time counts it; `None` where that is not installed.
pub fn peak_kib(work: &Work, program: &Path, args: &[&str]) -> Option<u64> {
    let time = Path::new("/usr/bin/time");
    if !time.exists() {
        return None;
    }
    let program = program.display().to_string();
    let all: Vec<&str> = ["-f", "peak %M", &program].into_iter().chain(args.iter().copied()).collect();
    let out = work.sandbox().program_in(time, work.dir(), work.actor(), &all).free_running().run();
    out.stderr().lines().rev().find_map(|l| l.strip_prefix("peak ")?.trim().parse().ok())
}

/// Bytes below a folder: as blocks on the disk, and as content.
pub fn size(dir: &Path) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    let mut sum = (0, 0);
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(meta) = entry.path().symlink_metadata() else { continue };
        sum.0 += meta.blocks() * 512;
        sum.1 += meta.len();
        if meta.is_dir() {
            let below = size(&entry.path());
            sum = (sum.0 + below.0, sum.1 + below.1);
        }
    }
    sum
}
