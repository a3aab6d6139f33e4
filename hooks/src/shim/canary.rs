//! The proof that a hook reaches us: git is made to run it with a variable that only we answer, always with a refusal.

use super::Hook;
use bd::env::Env;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The variable that names the canary.
pub const CANARY: &str = "BD_HOOK_CANARY";

/// What a hook says to the canary of this environment; `None` = there is no canary.
pub fn answer(env: &Env, hook: Hook) -> Option<String> {
    env.var(CANARY).map(|nonce| said(hook, nonce))
}

fn said(hook: Hook, nonce: &str) -> String {
    let nonce: String = nonce.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("bd-gate refuses the canary {nonce} in {}", hook.name)
}

/// Under which circumstances a canary is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circumstance {
    /// As one stands.
    Usual,
    /// With the system's folders on the PATH and no more, as a graphical client starts git.
    MinimalPath,
    /// Without a home, as a service runs.
    NoHome,
}

impl Circumstance {
    /// All.
    pub const ALL: [Self; 3] = [Self::Usual, Self::MinimalPath, Self::NoHome];

    /// A word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "as you stand",
            Self::MinimalPath => "with a minimal PATH",
            Self::NoHome => "without HOME",
        }
    }
}

/// Lets git run a hook with a canary; why it did not come to us, if it did not.
pub fn fly(env: &Env, top: &Path, hook: Hook, how: Circumstance, nonce: &str) -> Result<(), String> {
    let path = env.var("PATH").unwrap_or_default();
    let git = std::env::split_paths(path).filter(|d| d.is_absolute()).map(|d| d.join("git")).find(|p| p.is_file());
    let git = git.ok_or("there is no git on the PATH")?;
    let mut command = Command::new(git);
    command.args(["hook", "run", "--ignore-missing", hook.name]).current_dir(top);
    if hook.name == "pre-push" {
        command.args(["--", "canary", "canary"]);
    }
    command.env_clear().envs(env.vars().iter().filter(|(k, _)| !binds(k))).env(CANARY, nonce).env("LC_ALL", "C");
    match how {
        Circumstance::Usual => {}
        Circumstance::MinimalPath => drop(command.env("PATH", "/usr/bin:/bin")),
        Circumstance::NoHome => drop(command.env_remove("HOME").env_remove("XDG_CONFIG_HOME")),
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    bd::failpoint!("hooks.canary.before");
    let mut child = command.spawn().map_err(|e| format!("git does not start: {e}"))?;
    bd::failpoint!("hooks.canary.after");
    let mut text = Vec::new();
    if let Some(mut pipe) = child.stderr.take() {
        // What was said until the pipe broke still counts.
        let _said = pipe.read_to_end(&mut text);
    }
    let ended = child.wait().map_err(|e| format!("git could not be waited for: {e}"))?;
    let text = String::from_utf8_lossy(&text);
    if ended.success() {
        return Err("git ran it, and nobody refused the canary".to_owned());
    }
    if text.contains(&said(hook, nonce)) {
        return Ok(());
    }
    if how == Circumstance::NoHome && text.contains("failed to expand user dir") {
        // Somebody's `~` in core.hooksPath: git itself does nothing here then, and so nothing gets past us.
        return Ok(());
    }
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or("it said nothing").trim();
    Err(format!("something else failed: {}", first.chars().take(160).filter(|c| !c.is_control()).collect::<String>()))
}

/// Variables of a hook that we may ourselves run in.
fn binds(name: &str) -> bool {
    matches!(name, "GIT_DIR" | "GIT_INDEX_FILE" | "GIT_WORK_TREE" | "GIT_PREFIX" | "GIT_COMMON_DIR" | "GIT_OBJECT_DIRECTORY")
}
