//! A process group with a guard in it, so that nothing that a gate started outlives us.
//!
//! The guard is a small shell that leads the group and reads from a pipe whose other end only we hold. Should we be killed,
//! even by a signal that cannot be caught, the system closes our end, the guard sees it and ends the group. It is there
//! before the program is, and its process id stays taken while it lives, so a signal to the group never meets a stranger.

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a group that was asked to end may take.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// What the guard runs: a word means that all is well, the end of the pipe that we are gone.
const GUARD: &str = "trap '' TERM INT HUP QUIT PIPE TSTP TTIN TTOU\nread -r word && exit 0\nkill -TERM 0\nsleep 2\nkill -KILL 0\n";

pub(super) struct Group {
    guard: Child,
    pid: Pid,
}

impl Group {
    /// Starts the guard.
    pub fn new() -> std::io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", GUARD]).env_clear().env("PATH", "/usr/bin:/bin").current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        bd::failpoint!("exec.guard.before");
        let guard = command.spawn()?;
        bd::failpoint!("exec.guard.after");
        let pid = i32::try_from(guard.id()).ok().and_then(Pid::from_raw).ok_or_else(|| std::io::Error::other("no process id"))?;
        Ok(Self { guard, pid })
    }

    /// Makes a command a member of the group.
    pub fn join(&self, command: &mut Command) {
        command.process_group(self.pid.as_raw_nonzero().get());
    }

    /// Asks everybody in the group to end; the guard does not listen.
    pub fn ask(&self) {
        // Nobody there is as good as done.
        let _ = kill_process_group(self.pid, Signal::TERM);
    }

    /// Ends everybody in the group, the guard included.
    pub fn kill(&self) {
        let _ = kill_process_group(self.pid, Signal::KILL);
    }

    /// The program has ended: what it left in the group ends as well, asked first unless that was done.
    pub fn finish(mut self, asked: bool) {
        if let Some(mut pipe) = self.guard.stdin.take() {
            // A guard that is gone needs no word.
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.guard.wait();
        // The group lives as long as one member does, and its number is not given away before.
        if !self.alive() {
            return;
        }
        if !asked {
            self.ask();
        }
        let began = Instant::now();
        while self.alive() {
            if began.elapsed() >= GRACE {
                self.kill();
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn alive(&self) -> bool {
        test_kill_process_group(self.pid).is_ok()
    }
}
