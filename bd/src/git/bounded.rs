//! A `git` that talks to a remote gets a bounded time. A host that takes the connection and then says nothing would
//! otherwise hold us, and with us the lock of the push, for ever: TCP itself gives up after hours, if at all.

use super::process::{Output, Runner, spawn_error};
use super::redact::redact;
use super::{GitError, config::Config};
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is waited for; each has its own default.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// A list of refs: a minute, ten where a person sits at the terminal and may be asked for a password.
    Answer,
    /// Objects that travel: ten minutes.
    Transfer,
}

/// How often we look whether git has ended where something that it started keeps its output open.
const LOOK: Duration = Duration::from_millis(100);
/// How long a git that was asked to end may take to remove its lock files.
const GRACE: Duration = Duration::from_secs(2);

/// `BD_NETWORK_TIMEOUT`, else `beads.networkTimeout` of git's configuration, in seconds; 0 = no end. Else the default.
fn limit(runner: &Runner, config: &Config, wait: Wait) -> Option<Duration> {
    let asked = runner.network_timeout.or_else(|| config.get("beads.networkTimeout")?.trim().parse().ok());
    let seconds = asked.unwrap_or(if wait == Wait::Answer && runner.unattended { 60 } else { 600 });
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

/// Runs a prepared command to its end, or to the end of the time that it has: then it is ended, with what it started,
/// and the error says so.
pub(super) fn finish(
    runner: &Runner,
    config: &Config,
    mut command: Command,
    input: &[u8],
    (step, wait): (&'static str, Wait),
) -> Result<Output, GitError> {
    let Some(limit) = limit(runner, config, wait) else { return super::process::finish(command, input) };
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    crate::failpoint!("git.child.before");
    let mut child = command.spawn().map_err(|e| spawn_error(&command, e))?;
    if let Some(mut pipe) = child.stdin.take() {
        let input = input.to_vec();
        // A git that has seen enough closes its end: its exit code says what that means.
        std::thread::spawn(move || pipe.write_all(&input).is_ok());
    }
    let (end_of_pipe, closed) = channel();
    let stdout = drain(child.stdout.take(), end_of_pipe.clone());
    let stderr = drain(child.stderr.take(), end_of_pipe);
    let ended = watch(&mut child, &closed, limit);
    crate::failpoint!("git.child.after");
    let take = |bytes: Arc<Mutex<Vec<u8>>>| std::mem::take(&mut *bytes.lock().unwrap_or_else(PoisonError::into_inner));
    match ended {
        Ok(Some(status)) => {
            Ok(Output { code: status.code(), stdout: take(stdout), stderr: redact(&String::from_utf8_lossy(&take(stderr))) })
        }
        Ok(None) => Err(GitError::Remote {
            step,
            why: format!("no answer within {} s; BD_NETWORK_TIMEOUT sets how many seconds to wait", limit.as_secs()),
        }),
        Err(e) => Err(GitError::Other(format!("git could not be waited for: {e}"))),
    }
}

/// Reads a pipe to its end in a thread of its own, which says so when it is there. Nobody waits for the thread: whatever
/// git started may keep the pipe open long after git has gone.
fn drain(pipe: Option<impl Read + Send + 'static>, ended: Sender<()>) -> Arc<Mutex<Vec<u8>>> {
    let all = Arc::new(Mutex::new(Vec::new()));
    let into = all.clone();
    std::thread::spawn(move || {
        let mut chunk = [0u8; 16 * 1024];
        if let Some(mut pipe) = pipe {
            while let Ok(n @ 1..) = pipe.read(&mut chunk) {
                into.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&chunk[..n]);
            }
        }
        ended.send(()).is_ok()
    });
    all
}

/// Waits for the end of both pipes and of the child: how it ended. `Ok(None)` = its time was over, and it was ended.
fn watch(child: &mut Child, closed: &Receiver<()>, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    let mut open = 2;
    let mut gone: Option<Instant> = None;
    while open > 0 {
        let left = limit.saturating_sub(began.elapsed());
        match closed.recv_timeout(LOOK.min(left)) {
            Ok(()) => open -= 1,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                if let (None, Some(_)) = (gone, child.try_wait()?) {
                    gone = Some(Instant::now());
                }
                // What git left running (a shared ssh connection) may keep the pipes: all that git said is in them by now.
                if gone.is_some_and(|at| at.elapsed() >= GRACE) {
                    break;
                }
                if left.is_zero() && gone.is_none() {
                    end(child)?;
                    return Ok(None);
                }
            }
        }
    }
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= limit {
            end(child)?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Ends git and what it started: asked first, so that it removes its lock files, then by force.
fn end(child: &mut Child) -> std::io::Result<()> {
    let mut all = below(child.id());
    all.insert(0, child.id());
    if cfg!(unix) {
        let list = all.iter().map(u32::to_string);
        // The shell that git itself needs knows how to signal; the standard library knows only how to kill.
        let mut ask = Command::new("/bin/sh");
        ask.args(["-c", "kill -TERM \"$@\"", "sh"]).args(list).env_clear();
        ask.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        crate::failpoint!("git.end.before");
        let asked = ask.status().is_ok();
        crate::failpoint!("git.end.after");
        let began = Instant::now();
        while asked && began.elapsed() < GRACE {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    // It may have ended in this very moment.
    let _ = child.kill();
    child.wait().map(drop)
}

/// The processes that a process started, and those that they started: `ssh`, `git-remote-https`, helpers. Where the
/// system does not say (no `/proc`), none: they end when they see that their git is gone.
fn below(top: u32) -> Vec<u32> {
    let number = |name: std::ffi::OsString| name.to_str()?.parse::<u32>().ok();
    let pids = std::fs::read_dir("/proc").into_iter().flatten().filter_map(|e| number(e.ok()?.file_name()));
    let parent = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may hold anything; the parent is the second word after it.
        let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok()?;
        Some((pid, parent))
    };
    let family: Vec<(u32, u32)> = pids.filter_map(parent).collect();
    let mut out = vec![top];
    let mut at = 0;
    while let Some(one) = out.get(at).copied() {
        let new: Vec<u32> =
            family.iter().filter(|(pid, parent)| *parent == one && !out.contains(pid)).map(|(pid, _)| *pid).collect();
        out.extend(new);
        at += 1;
    }
    out.remove(0);
    out
}
