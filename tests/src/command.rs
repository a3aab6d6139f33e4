//! One command: its variables, its run, what it left.

use crate::{Normalise, Sandbox};
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A command that was not started yet.
pub struct Cmd {
    sandbox: Sandbox,
    command: Command,
    shown: String,
    config: Vec<(String, String)>,
    stdin: Option<Vec<u8>>,
    clock: jiff::Timestamp,
}

impl Cmd {
    pub(crate) fn new(sandbox: Sandbox, program: &Path, dir: &Path, args: &[&str], clock: jiff::Timestamp) -> Self {
        let mut command = Command::new(program);
        command.args(args).current_dir(dir).env_clear();
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = format!("{name} {}", args.join(" "));
        Self { sandbox, command, shown, config: Vec::new(), stdin: None, clock }
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Takes a variable away, e.g. `HOME`.
    #[must_use]
    pub fn env_remove(mut self, key: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(key);
        self
    }

    /// A git setting of this command, above all configuration files (`GIT_CONFIG_KEY_n`). The last one of a key counts.
    #[must_use]
    pub fn config(mut self, key: &str, value: &str) -> Self {
        self.config.retain(|(k, _)| !k.eq_ignore_ascii_case(key));
        self.config.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Takes one of the sandbox's git settings away, e.g. `user.name`.
    #[must_use]
    pub fn config_remove(mut self, key: &str) -> Self {
        self.config.retain(|(k, _)| !k.eq_ignore_ascii_case(key));
        self
    }

    /// One more argument, of any bytes.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    /// What it reads from standard input; nothing by default.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// The clock of this command (RFC 3339), for wrong clocks.
    #[must_use]
    pub fn now(self, at: &str) -> Self {
        self.env("BD_NOW", at)
    }

    /// The clock of this command is wrong by so many seconds.
    #[must_use]
    pub fn clock_off_by(self, seconds: i64) -> Self {
        let wrong = self.clock.saturating_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(self.clock);
        self.now(&wrong.to_string())
    }

    /// The clock and the ids of the machine itself, for tests that race.
    #[must_use]
    pub fn free_running(self) -> Self {
        self.env_remove("BD_NOW").env_remove("BD_SEED").env_remove("GIT_AUTHOR_DATE").env_remove("GIT_COMMITTER_DATE")
    }

    /// Ends the process, as a kill does, when it reaches this failpoint (`name`, or `name#3` for the third time).
    #[must_use]
    pub fn fail_at(self, point: &str) -> Self {
        self.env("BD_FAILPOINT", point)
    }

    /// Starts it and waits for its end.
    pub fn run(self) -> Output {
        self.spawn().wait()
    }

    /// Starts it.
    ///
    /// # Panics
    /// It cannot be started.
    pub fn spawn(mut self) -> Running {
        self.command.env("GIT_CONFIG_COUNT", self.config.len().to_string());
        for (n, (key, value)) in self.config.iter().enumerate() {
            self.command.env(format!("GIT_CONFIG_KEY_{n}"), key).env(format!("GIT_CONFIG_VALUE_{n}"), value);
        }
        self.command.stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap_or_else(|e| panic!("`{}` does not start: {e}", self.shown));
        let feeder = self.stdin.take().and_then(|bytes| {
            let mut pipe = child.stdin.take()?;
            // In a thread of its own: the command may write before it has read everything. It may also not read at all.
            Some(std::thread::spawn(move || drop(pipe.write_all(&bytes))))
        });
        Running { sandbox: self.sandbox, child: Some(child), feeder, shown: self.shown }
    }
}

/// A process that was started by this test, and ends with it.
pub struct Running {
    sandbox: Sandbox,
    child: Option<Child>,
    feeder: Option<std::thread::JoinHandle<()>>,
    shown: String,
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// True while it has not ended.
    pub fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|c| matches!(c.try_wait(), Ok(None)))
    }

    /// Kills it (SIGKILL) and returns what it had printed.
    pub fn kill(mut self) -> Output {
        if let Some(child) = &mut self.child {
            let _already_ended = child.kill();
        }
        self.wait()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// The system cannot say how it ended.
    pub fn wait(mut self) -> Output {
        let child = self.child.take().expect("a process is waited for once");
        let ended = child.wait_with_output().unwrap_or_else(|e| panic!("`{}`: {e}", self.shown));
        if let Some(feeder) = self.feeder.take() {
            let _fed = feeder.join();
        }
        #[cfg(unix)]
        let signal = std::os::unix::process::ExitStatusExt::signal(&ended.status);
        #[cfg(not(unix))]
        let signal = None;
        Output {
            root: self.sandbox.root().as_os_str().to_owned(),
            shown: std::mem::take(&mut self.shown),
            code: ended.status.code().unwrap_or_else(|| 128 + signal.unwrap_or(0)),
            stdout: String::from_utf8_lossy(&ended.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&ended.stderr).into_owned(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _already_ended = child.kill();
            let _gone = child.wait();
        }
    }
}

/// What a command left: exit code, standard output, standard error.
#[must_use = "assert on it: `ok()`, `fails(code)`, `json()`, or compare `snapshot()`"]
#[derive(Clone, Debug)]
pub struct Output {
    root: OsString,
    shown: String,
    code: i32,
    stdout: String,
    stderr: String,
}

impl Output {
    /// Standard output of a command that succeeded.
    ///
    /// # Panics
    /// It did not.
    #[track_caller]
    pub fn ok(&self) -> &str {
        assert_eq!(self.code, 0, "expected success of\n{self}");
        &self.stdout
    }

    /// Checks that the command failed with this exit code, said why, and returns it.
    ///
    /// # Panics
    /// Any other code; nothing on standard error.
    #[track_caller]
    pub fn fails(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "expected exit code {code} of\n{self}");
        assert!(!self.stderr.trim().is_empty() || code == 1, "a failure without a word on stderr:\n{self}");
        self
    }

    /// The exit code; 128 + the signal where a signal ended it.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// True for exit code 0.
    pub fn succeeded(&self) -> bool {
        self.code == 0
    }

    /// Standard output, whatever the code.
    pub fn stdout(&self) -> &str {
        &self.stdout
    }

    /// Standard error, whatever the code.
    pub fn stderr(&self) -> &str {
        &self.stderr
    }

    /// Standard output of a success, without the end of its last line.
    #[track_caller]
    pub fn line(&self) -> String {
        self.ok().trim_end_matches('\n').to_owned()
    }

    /// The lines of a success.
    #[track_caller]
    pub fn lines(&self) -> Vec<&str> {
        self.ok().lines().collect()
    }

    /// Standard output of a success as JSON.
    ///
    /// # Panics
    /// Failure, or no JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        self.ok();
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("no JSON ({e}):\n{self}"))
    }

    /// The JSON error object of a failure under `--json`: the last line of standard error.
    #[track_caller]
    pub fn json_error(&self) -> serde_json::Value {
        assert_ne!(self.code, 0, "expected a failure of\n{self}");
        let line = self.stderr.lines().rev().find(|l| l.starts_with('{')).unwrap_or("");
        serde_json::from_str(line).unwrap_or_else(|e| panic!("no JSON error ({e}):\n{self}"))
    }

    /// Everything, with paths, ids and hashes made stable: for whole-output snapshots.
    pub fn snapshot(&self) -> String {
        let mut all = format!("exit {}\n", self.code);
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                all.extend(["-- ", name, "\n", text, if text.ends_with('\n') { "" } else { "\n" }]);
            }
        }
        Normalise::new().root(&self.root.to_string_lossy()).apply(&all)
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "$ {}\nexit {}\n-- stdout\n{}\n-- stderr\n{}", self.shown, self.code, self.stdout, self.stderr)
    }
}
