//! What a shim calls: `bd-gate hook NAME`. First the hook that was here before, with its own arguments, input and exit code;
//! then ours, within a time limit.

mod chain;
mod heal;
mod judge;
mod message;
mod push;

use super::{Hook, Layer, VERSION, ask, canary_answer};
use bd::env::Env;
use bd::error::{Error, ErrorKind, Result};
use bd::git::Git;
use bd::store::Store;
use bd::ui::{Printer, Text};
use std::ffi::OsString;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// The hook that was here before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Old {
    /// There was none.
    None,
    /// This file, if it is there and executable.
    Before(PathBuf),
    /// The one of the folder that ours stands in front of.
    Layer,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The hook.
    pub hook: Hook,
    /// What git said to it.
    pub args: Vec<OsString>,
    /// The version of the shim; `None` = somebody called us by hand.
    pub shim: Option<u32>,
    /// The shim, as git named it.
    pub at: Option<PathBuf>,
    /// What to run first.
    pub old: Old,
}

/// How long the hook that was here before may take, in seconds: `beads.chainedHookLimit`. Long enough for any that ends.
const OLD_LIMIT: u64 = 3600;
/// How long ours may take, in seconds: `beads.hookLimit`. Gates have limits of their own below it.
const OWN_LIMIT: u64 = 900;
/// How long a hook of ours may take that has no gate to ask.
const SHORT_LIMIT: u64 = 10;

/// What ours has to say, and how it ends.
#[derive(Debug, Default)]
struct Word {
    report: Vec<Text>,
    notes: Vec<String>,
    errors: Vec<Error>,
}

impl Word {
    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

/// Runs a hook to its end; the exit code for git.
pub fn run(env: Env, call: &Call, ui: &mut Printer<'_>) -> u8 {
    match whole(env, call, ui) {
        Ok(code) => code,
        Err(error) => {
            ui.error(&error, Some(&format!("hook {}", call.hook.name)));
            // What comes after the fact never fails the user's command.
            if call.hook.guard { error.kind.exit_code() } else { 0 }
        }
    }
}

fn whole(env: Env, call: &Call, ui: &mut Printer<'_>) -> Result<u8> {
    if let Some(answer) = canary_answer(&env, call.hook) {
        return Err(Error::new(ErrorKind::Gate, answer));
    }
    let env = Arc::new(env);
    let git: Arc<dyn Git> = Arc::from(bd::git::open(&env)?);
    // A hook that is called by hand at a terminal has no input to wait for.
    let input = if call.hook.stdin && !env.stdin_tty { Some(stdin()?) } else { None };
    let old = match &call.old {
        Old::None => None,
        Old::Before(path) => Some(path.clone()),
        Old::Layer => Some(Layer::new(&git.paths().common_dir).chained(&*git, call.hook)),
    };
    let old = old.filter(|p| super::files::is_program(p));
    let mut code = 0;
    if let Some(old) = old {
        let limit = seconds(&*git, "beads.chainedHookLimit", OLD_LIMIT);
        code = chain::run(&old, &call.args, input.as_deref(), limit)?;
        if code != 0 && call.hook.guard {
            return Ok(code);
        }
    }
    let limit = match call.hook.name {
        "pre-commit" | "commit-msg" | "pre-push" => seconds(&*git, "beads.hookLimit", OWN_LIMIT),
        _ => Duration::from_secs(SHORT_LIMIT),
    };
    let word = within(limit, {
        let (call, env) = (call.clone(), Arc::clone(&env));
        move || own(&env, git, &call, input.as_deref().unwrap_or_default())
    })?;
    for line in word.report {
        ui.talk(line);
    }
    for note in &word.notes {
        ui.warn(note);
    }
    for error in &word.errors {
        ui.error(error, None);
    }
    let refused = word.errors.first().filter(|_| call.hook.guard).map(|e| e.kind.exit_code());
    Ok(refused.unwrap_or(code))
}

/// Ours alone.
fn own(env: &Arc<Env>, git: Arc<dyn Git>, call: &Call, input: &[u8]) -> Result<Word> {
    let mut word = Word::default();
    bd::failpoint!(&format!("hook.{}", call.hook.name));
    if matches!(call.hook.name, "pre-commit" | "pre-push") {
        match call.shim {
            Some(version) if version < VERSION => {
                word.note("the hooks here are older than bd-gate: `bd hooks install` renews them")
            }
            Some(version) if version > VERSION => word.note("the hooks here are newer than this bd-gate: install a newer one"),
            _ => {}
        }
    }
    // prepare-commit-msg has nothing to ask, and what commit-msg finds out of place it also makes good.
    let missed = match &call.at {
        Some(at) if call.hook.name != "prepare-commit-msg" => heal::look(env, call, at, &mut word),
        _ => false,
    };
    match call.hook.name {
        "pre-commit" => judge::staged(env, &git, &mut word)?,
        "commit-msg" => {
            if missed {
                judge::staged(env, &git, &mut word)?;
            }
            message::check(env, git, call, &mut word)?;
        }
        "pre-push" => push::check(env, git, call, input, &mut word)?,
        _ => {}
    }
    Ok(word)
}

/// The store, where this repository has one. One that cannot be opened is said, and fails nothing.
fn store(env: &Arc<Env>, git: Arc<dyn Git>, word: &mut Word) -> Option<Store> {
    let attached = Store::attach(Arc::clone(env), git);
    match attached.and_then(|s| Ok((s.is_initialised()?, s))) {
        Ok((there, store)) => there.then_some(store),
        Err(e) => {
            word.note(format!("the beads of this repository cannot be read: {e}"));
            None
        }
    }
}

fn stdin() -> Result<Vec<u8>> {
    let mut all = Vec::new();
    std::io::stdin().lock().read_to_end(&mut all).map_err(|e| Error::io("standard input", &e))?;
    Ok(all)
}

/// A time limit from git's configuration; 0 = as good as none.
fn seconds(git: &dyn Git, key: &str, usual: u64) -> Duration {
    let set = git.config(key).and_then(|t| t.trim().parse::<u64>().ok()).unwrap_or(usual);
    Duration::from_secs(if set == 0 { 365 * 24 * 3600 } else { set })
}

/// Runs something in a thread that nobody waits for longer than this: what cannot be found out in time has not passed.
fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let (tell, told) = channel();
    std::thread::spawn(move || tell.send(work()).is_ok());
    told.recv_timeout(limit).unwrap_or_else(|e| {
        Err(match e {
            RecvTimeoutError::Timeout => {
                Error::new(ErrorKind::Gate, format!("not done within {} s, and what could not be found out has not passed", limit.as_secs()))
                    .hint("`bd gate list` shows the gates and their limits; `beads.hookLimit` of git's configuration is the whole hook's, in seconds")
            }
            RecvTimeoutError::Disconnected => Error::internal("the check ended without an answer"),
        })
    })
}

/// How this program is called from a shim that is written anew.
fn binary(env: &Env) -> Result<String> {
    ask::binary(env)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_not_waited_for() {
        let (_hold, never) = channel::<()>();
        let late = within(Duration::from_millis(20), move || {
            let _ends_with_the_test = never.recv();
            Ok(1)
        });
        assert_eq!(late.unwrap_err().kind, ErrorKind::Gate);
        assert_eq!(within(Duration::from_secs(60), || Ok(1)).unwrap(), 1);
        assert_eq!(within::<u8>(Duration::from_secs(60), || panic!("on purpose")).unwrap_err().kind, ErrorKind::Internal);
    }
}
