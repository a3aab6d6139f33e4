//! The hook that was here before: as git would run it, once, with its own exit code.

use bd::error::{Error, ErrorKind, Result};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Runs it; its exit code, 128 and the signal where a signal ended it.
///
/// # Errors
/// It cannot be started; it did not end in time, and was ended with all that it had started.
pub fn run(old: &Path, args: &[OsString], input: Option<&[u8]>, limit: Duration) -> Result<u8> {
    let mut child = start(old, args, input.is_some()).map_err(|e| Error::io(old, &e))?;
    if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), input) {
        let bytes = bytes.to_vec();
        // It may not read all of it, or nothing.
        std::thread::spawn(move || pipe.write_all(&bytes).is_ok());
    }
    let pid = child.id();
    let (tell, told) = channel();
    std::thread::spawn(move || tell.send(child.wait()).is_ok());
    match told.recv_timeout(limit) {
        Ok(ended) => Ok(code(ended.map_err(|e| Error::io(old, &e))?)),
        Err(_) => {
            end(pid);
            Err(Error::new(ErrorKind::Gate, format!("{} did not end within {} s, and was ended", old.display(), limit.as_secs()))
                .hint("`beads.chainedHookLimit` of git's configuration is its limit in seconds"))
        }
    }
}

fn start(old: &Path, args: &[OsString], piped: bool) -> std::io::Result<Child> {
    let with = |mut command: Command| {
        command.args(args).stdin(if piped { Stdio::piped() } else { Stdio::inherit() });
        bd::failpoint!("hooks.chain.before");
        let child = command.spawn();
        bd::failpoint!("hooks.chain.after");
        child
    };
    // A name without a slash would be looked for on the PATH.
    let old = if old.components().count() == 1 { Path::new(".").join(old) } else { old.to_owned() };
    match with(Command::new(&old)) {
        // No `#!`: git gives it to the shell.
        Err(e) if e.raw_os_error() == Some(8) => {
            let mut shell = Command::new("/bin/sh");
            shell.arg(&old);
            with(shell)
        }
        other => other,
    }
}

fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal as u8;
    }
    status.code().unwrap_or(1) as u8
}

/// Ends a process and what it started. It shares our process group, so that a hook may ask at the terminal; its children are
/// found by their parents, those that were told to outlive it are not.
fn end(top: u32) {
    let mut all = vec![top];
    let number = |name: OsString| name.to_str()?.parse::<u32>().ok();
    let pids = std::fs::read_dir("/proc").into_iter().flatten().filter_map(|e| number(e.ok()?.file_name()));
    let parent = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some((pid, stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok()?))
    };
    let family: Vec<(u32, u32)> = pids.filter_map(parent).collect();
    let mut at = 0;
    while let Some(one) = all.get(at).copied() {
        all.extend(family.iter().filter(|(pid, up)| *up == one && *pid != one).map(|(pid, _)| *pid));
        at += 1;
    }
    for pid in all.iter().filter_map(|p| Pid::from_raw(*p as i32)) {
        // It may have ended in this very moment.
        let _gone = kill_process(pid, Signal::KILL);
    }
}
