//! Runs one program to its end, or to the end of its time.

use super::Kept;
use super::group::{GRACE, Group};
use bd::env::Env;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long the pipes of a program that has ended are waited for: what is still on its way arrives at once, and what keeps
/// them open without being of the group (a daemon) is nobody's to wait for.
const DRAIN: Duration = Duration::from_millis(250);

/// A program to run.
pub struct Program<'a> {
    /// For `sh -c`.
    pub text: &'a str,
    /// Where.
    pub dir: &'a Path,
    /// All of its variables ([`variables`]).
    pub vars: &'a BTreeMap<String, String>,
    /// What it reads from its standard input; `None` = nothing at all.
    pub input: Option<&'a [u8]>,
    /// How long it may take.
    pub limit: Duration,
    /// How many bytes of its output are kept from the beginning; of the end it is always 64 KiB.
    pub keep: usize,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With this exit code.
    Exit(i32),
    /// By this signal, which was not ours.
    Signal(i32),
    /// Its time was over, and it was ended with all that it had started.
    TimedOut,
    /// It could not be started; why.
    NoStart(String),
}

/// What a program left.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// What it wrote to its standard output.
    pub stdout: Kept,
    /// What it wrote to both, in the order in which it came.
    pub all: Kept,
}

/// The user's variables without those that bind git to the repository of the hook that we may run in, and with `more`.
pub fn variables(env: &Env, more: &[(&str, String)]) -> BTreeMap<String, String> {
    let usual = env.vars().iter().filter(|(name, _)| !bd::git::is_repo_local(name));
    let mut vars: BTreeMap<String, String> = usual.map(|(k, v)| (k.clone(), v.clone())).collect();
    for (name, value) in more {
        vars.insert((*name).to_owned(), value.clone());
    }
    vars
}

const TAIL: usize = 64 * 1024;

enum Event {
    Ended(std::io::Result<ExitStatus>),
    Closed,
}

struct Output {
    stdout: Kept,
    all: Kept,
}

/// Runs it. Whatever it started in its process group has ended when this returns; what made a group of its own (a daemon)
/// lives on and is not waited for.
pub fn run(program: &Program<'_>) -> Ran {
    let kept = || Kept::new(program.keep, TAIL);
    let output = Arc::new(Mutex::new(Output { stdout: kept(), all: kept() }));
    let end = start_and_wait(program, &output).unwrap_or_else(|e| End::NoStart(no_start(program, &e)));
    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
    let stdout = std::mem::replace(&mut output.stdout, Kept::new(0, 0));
    let all = std::mem::replace(&mut output.all, Kept::new(0, 0));
    Ran { end, stdout, all }
}

fn no_start(program: &Program<'_>, error: &std::io::Error) -> String {
    if program.dir.is_dir() {
        format!("`sh` cannot be started: {error}")
    } else {
        format!("`{}` is no folder", program.dir.display())
    }
}

fn start_and_wait(program: &Program<'_>, output: &Arc<Mutex<Output>>) -> std::io::Result<End> {
    let group = Group::new()?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", program.text]).current_dir(program.dir).env_clear().envs(program.vars);
    command.stdin(if program.input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    group.join(&mut command);
    bd::failpoint!("exec.program.before");
    let child = command.spawn();
    bd::failpoint!("exec.program.after");
    let mut child = match child {
        Ok(child) => child,
        Err(e) => {
            group.finish(false);
            return Err(e);
        }
    };
    let began = Instant::now();
    let (say, events) = channel();
    let attached = attach(&mut child, program, output, &say);
    let waiter = std::thread::Builder::new().spawn(move || say.send(Event::Ended(child.wait())).is_ok());
    if let Err(e) = attached.and(waiter.map(drop)) {
        group.kill();
        group.finish(true);
        return Err(e);
    }
    let mut open = 2;
    let ended = wait(&events, &mut open, program.limit.saturating_sub(began.elapsed()), false);
    let (end, asked) = match ended {
        Some(status) => (how(status?), false),
        None => {
            group.ask();
            if wait(&events, &mut open, GRACE, true).is_none() {
                group.kill();
                wait(&events, &mut open, GRACE, true);
            }
            (End::TimedOut, true)
        }
    };
    drain(&events, &mut open);
    group.finish(asked);
    drain(&events, &mut open);
    Ok(end)
}

/// Threads that feed the program and read from it. They end with the pipes; nobody waits for them, as a daemon may hold one.
fn attach(child: &mut Child, program: &Program<'_>, output: &Arc<Mutex<Output>>, say: &Sender<Event>) -> std::io::Result<()> {
    if let (Some(mut pipe), Some(input)) = (child.stdin.take(), program.input) {
        let input = input.to_vec();
        // A program that has read enough closes its end; what it answers says what that means.
        std::thread::Builder::new().spawn(move || pipe.write_all(&input).is_ok())?;
    }
    read(child.stdout.take(), output, say.clone(), true)?;
    read(child.stderr.take(), output, say.clone(), false)
}

fn read(
    pipe: Option<impl Read + Send + 'static>,
    output: &Arc<Mutex<Output>>,
    say: Sender<Event>,
    is_stdout: bool,
) -> std::io::Result<()> {
    let output = output.clone();
    let all = move || {
        let mut chunk = [0u8; 16 * 1024];
        let mut pipe = pipe;
        while let Some(Ok(n @ 1..)) = pipe.as_mut().map(|p| p.read(&mut chunk)) {
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            output.all.push(&chunk[..n]);
            if is_stdout {
                output.stdout.push(&chunk[..n]);
            }
        }
        say.send(Event::Closed).is_ok()
    };
    std::thread::Builder::new().spawn(all).map(drop)
}

/// Waits for the end of the program; `None` = not within this time.
fn wait(events: &Receiver<Event>, open: &mut usize, limit: Duration, asked: bool) -> Option<std::io::Result<ExitStatus>> {
    let began = Instant::now();
    loop {
        match events.recv_timeout(limit.saturating_sub(began.elapsed())) {
            Ok(Event::Ended(status)) => return Some(status),
            Ok(Event::Closed) => *open = open.saturating_sub(1),
            Err(_) if asked || began.elapsed() >= limit => return None,
            Err(_) => return Some(Err(std::io::Error::other("its end was not seen"))),
        }
    }
}

/// Waits a moment for the end of both pipes.
fn drain(events: &Receiver<Event>, open: &mut usize) {
    let began = Instant::now();
    while *open > 0 {
        match events.recv_timeout(DRAIN.saturating_sub(began.elapsed())) {
            Ok(_) => *open -= 1,
            Err(_) => return,
        }
    }
}

fn how(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
