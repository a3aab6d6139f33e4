//! Long output on a terminal: the user's own pager.

use crate::env::Env;
use std::io::Write;
use std::process::{Command, Stdio};

/// The program that shows long output. From the user's own variables and git's own rules, never from the repository:
/// git's `core.pager` of the repository's config is the user's as well, it is not cloned.
#[derive(Debug)]
pub struct Pager {
    command: String,
    less: bool,
}

impl Pager {
    /// `BD_PAGER`, else what `git var GIT_PAGER` says (`GIT_PAGER`, `core.pager`, `PAGER`, `less`), asked only when
    /// there is something to show. `cat` and an empty name mean none.
    pub fn of(env: &Env) -> Option<Self> {
        let less = env.var("LESS").is_none();
        match env.vars().get("BD_PAGER") {
            Some(own) if own.is_empty() || own == "cat" => None,
            Some(own) => Some(Self { command: own.clone(), less }),
            None => Some(Self { command: String::new(), less }),
        }
    }

    /// Shows the text and waits for the end; `false` if no pager ran and the text is still to be printed.
    pub fn show(mut self, text: &[u8]) -> bool {
        if self.command.is_empty() {
            let said = Command::new("git").args(["var", "GIT_PAGER"]).stderr(Stdio::null()).output();
            self.command = said.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default();
        }
        if self.command.is_empty() || self.command == "cat" {
            return false;
        }
        // The user's own setting may hold arguments and pipes, as git's does.
        let mut command = Command::new("sh");
        command.arg("-c").arg(&self.command).stdin(Stdio::piped());
        if self.less {
            command.env("LESS", "FRX");
        }
        let Ok(mut child) = command.spawn() else { return false };
        if let Some(mut pipe) = child.stdin.take() {
            // Who quits the pager early has seen enough.
            let _seen_enough = pipe.write_all(text);
        }
        child.wait().is_ok_and(|status| status.code() != Some(127))
    }
}

/// Columns and rows of the terminal, as `stty` says.
pub fn terminal_size() -> Option<(usize, usize)> {
    let said = Command::new("stty").arg("size").stdin(std::fs::File::open("/dev/tty").ok()?).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    let (rows, columns) = text.trim().split_once(' ')?;
    Some((columns.parse().ok().filter(|c| *c >= 20)?, rows.parse().ok().filter(|r| *r >= 5)?))
}
