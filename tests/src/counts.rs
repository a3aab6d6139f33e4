//! What a command asks of the system: calls, syncs, files, objects. STATE 8 sets limits for them, as they do not depend
//! on the machine's speed.

use crate::Work;
use std::path::{Path, PathBuf};

/// What a command asked of the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All system calls of the process and its children.
    pub calls: u64,
    /// `fsync` and `fdatasync`.
    pub syncs: u64,
    /// Files that were made: opens with `O_CREAT` of what was not there.
    pub created: u64,
    /// New objects in the repository.
    pub objects: u64,
}

/// Counts by `strace`; `None` where that is not installed.
pub fn counts(work: &Work, program: &Path, args: &[&str]) -> Option<Counts> {
    let strace = ["/usr/bin/strace", "/usr/local/bin/strace"].into_iter().map(Path::new).find(|p| p.exists())?;
    let log = work.sandbox().path("tmp/strace");
    let (target, program) = (log.display().to_string(), program.display().to_string());
    let all: Vec<&str> = ["-f", "-qq", "-o", &target, &program].into_iter().chain(args.iter().copied()).collect();
    let before = objects(work);
    let mut there = std::collections::BTreeSet::new();
    collect(&work.common_dir(), &mut there);
    let out = work.sandbox().program_in(strace, work.dir(), work.actor(), &all).free_running().run();
    if !out.succeeded() {
        return None;
    }
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    let mut counts = Counts { objects: objects(work).saturating_sub(before), ..Counts::default() };
    for line in text.lines() {
        // `12345 openat(AT_FDCWD, …`; what is not a call is a signal, an exit or the second half of a call.
        let call = line.split_once(' ').map_or(line, |(_, rest)| rest.trim_start());
        if !call.starts_with(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        counts.calls += 1;
        counts.syncs += u64::from(call.starts_with("fsync(") || call.starts_with("fdatasync("));
        if call.starts_with("open") && call.contains("O_CREAT") && !call.contains("= -1") {
            // A path that was there is only opened; one that we made before is not made twice.
            let path = call.split('"').nth(1).unwrap_or("");
            let path = work.dir().join(path).components().collect::<PathBuf>();
            counts.created += u64::from(call.contains("O_EXCL") || there.insert(path));
        }
    }
    Some(counts)
}

/// Every path below a folder.
fn collect(dir: &Path, into: &mut std::collections::BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            collect(&entry.path(), into);
        } else {
            into.insert(entry.path());
        }
    }
}

/// Loose objects.
fn objects(work: &Work) -> u64 {
    let out = work.git(&["count-objects"]);
    out.line().split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}
