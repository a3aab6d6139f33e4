//! The outside world enters here: variables, clock, randomness, the working directory. Tests make their own.

use crate::error::{Error, Result};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Everything that the library may know about the process it runs in.
pub struct Env {
    /// Where the command was started.
    pub cwd: PathBuf,
    vars: BTreeMap<String, String>,
    fixed_now: Option<Timestamp>,
    seed: Option<u64>,
    drawn: Mutex<u64>,
    /// Random bytes that nobody has yet: a mutation of a thousand events asks the system a few times, not a thousand.
    pool: Mutex<Vec<u8>>,
    executable: Option<PathBuf>,
    /// True if standard input is a terminal.
    pub stdin_tty: bool,
    /// True if standard output is a terminal.
    pub stdout_tty: bool,
    /// True if standard error is a terminal.
    pub stderr_tty: bool,
}

impl Env {
    /// The environment of this process. `BD_NOW` (RFC 3339) fixes the clock and `BD_SEED` the randomness, for tests.
    pub fn from_process() -> std::io::Result<Self> {
        use std::io::IsTerminal;
        #[expect(clippy::disallowed_methods, reason = "the one home of the process's environment")]
        let (cwd, vars) = (std::env::current_dir()?, std::env::vars_os());
        let vars = vars.filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        let mut env = Self::new(cwd, vars.collect());
        env.executable = std::env::current_exe().ok();
        env.stdin_tty = std::io::stdin().is_terminal();
        env.stdout_tty = std::io::stdout().is_terminal();
        env.stderr_tty = std::io::stderr().is_terminal();
        Ok(env)
    }

    /// An environment made by hand, without terminals.
    pub fn new(cwd: PathBuf, vars: BTreeMap<String, String>) -> Self {
        let fixed_now = vars.get("BD_NOW").and_then(|t| t.parse().ok());
        let seed = vars.get("BD_SEED").and_then(|t| t.parse().ok());
        Self {
            cwd,
            vars,
            fixed_now,
            seed,
            drawn: Mutex::new(0),
            pool: Mutex::default(),
            executable: None,
            stdin_tty: false,
            stdout_tty: false,
            stderr_tty: false,
        }
    }

    /// What is wrong with the variables that stand for the clock and the randomness: a text that fixes neither would otherwise
    /// leave a command to the machine's own, and a deadline would be judged by a time that nobody named.
    ///
    /// # Errors
    /// `BD_NOW` is no time, `BD_SEED` no number (exit 2).
    pub fn check(&self) -> Result<()> {
        let wrong = |name: &str, what: &str, text: &str| {
            let shown: String = text.chars().take(60).collect();
            Error::usage(format!("{name} is `{}`, which is {what}", shown.escape_debug()))
        };
        if let Some(text) = self.var("BD_NOW").filter(|_| self.fixed_now.is_none()) {
            return Err(wrong("BD_NOW", "no time", text)
                .hint("A time such as 2026-03-01T09:00:00Z, or nothing: then the machine's clock counts"));
        }
        if let Some(text) = self.var("BD_SEED").filter(|_| self.seed.is_none()) {
            return Err(
                wrong("BD_SEED", "no number", text).hint("A whole number, or nothing: then the machine's randomness counts")
            );
        }
        Ok(())
    }

    /// A variable; an empty one counts as not set.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// This program's own file, to start it again in the background; `None` in a test's environment.
    pub fn executable(&self) -> Option<PathBuf> {
        self.executable.clone()
    }

    /// All variables.
    pub fn vars(&self) -> &BTreeMap<String, String> {
        &self.vars
    }

    /// The home directory, if there is one.
    pub fn home(&self) -> Option<&Path> {
        self.var("HOME").map(Path::new)
    }

    /// The wall clock, to the millisecond.
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one home of the clock")]
        let now = self.fixed_now.unwrap_or_else(Timestamp::now);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Fresh random bytes; a fixed sequence where `BD_SEED` is set.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn random<const N: usize>(&self) -> std::io::Result<[u8; N]> {
        let mut out = [0u8; N];
        if let Some(seed) = self.seed {
            use sha2::Digest;
            let mut drawn = self.drawn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            for chunk in out.chunks_mut(32) {
                *drawn += 1;
                let digest = sha2::Sha256::digest([seed.to_le_bytes(), drawn.to_le_bytes()].concat());
                chunk.copy_from_slice(&digest[..chunk.len()]);
            }
        } else {
            let mut pool = self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if pool.len() < N {
                pool.resize(N.max(256), 0);
                // What cannot be filled is not random.
                getrandom::fill(&mut pool).inspect_err(|_| pool.clear()).map_err(|e| std::io::Error::other(e.to_string()))?;
            }
            let left = pool.len() - N;
            out.copy_from_slice(&pool[left..]);
            pool.truncate(left);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_or_a_seed_that_is_none_is_an_error() {
        let env = |name: &str, text: &str| Env::new("/".into(), BTreeMap::from([(name.to_owned(), text.to_owned())]));
        for (name, good) in [("BD_NOW", "2026-03-01T09:00:00Z"), ("BD_NOW", ""), ("BD_SEED", "7"), ("BD_SEED", "")] {
            assert!(env(name, good).check().is_ok(), "{name}={good}");
        }
        for (name, bad) in
            [("BD_NOW", "soon"), ("BD_NOW", "2026-03-01"), ("BD_NOW", "2026-13-01T00:00:00Z"), ("BD_SEED", "x"), ("BD_SEED", "-1")]
        {
            let error = env(name, bad).check().unwrap_err();
            assert!(error.kind.exit_code() == 2 && error.message.starts_with(name), "{name}={bad}: {error}");
        }
    }

    #[test]
    fn a_seed_gives_one_sequence_and_no_seed_gives_none() {
        let vars = |seed: &str| BTreeMap::from([("BD_SEED".to_owned(), seed.to_owned())]);
        let draw = |vars| {
            let env = Env::new("/".into(), vars);
            [env.random::<10>().unwrap(), env.random::<10>().unwrap()]
        };
        assert_eq!(draw(vars("1")), draw(vars("1")));
        assert_ne!(draw(vars("1")), draw(vars("2")));
        let free = draw(BTreeMap::new());
        assert_ne!(free[0], free[1]);
        assert_ne!(free, draw(BTreeMap::new()));
    }
}
