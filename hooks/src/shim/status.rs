//! Do the hooks reach us: what git itself says, and what it does.

use super::beside::Place;
use super::canary::{self, Circumstance};
use super::{HOOKS, Hook, VERSION, Way, ask, files, find_way};
use bd::env::Env;
use bd::error::{Error, Result};
use bd::git::Git;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How one hook stands.
#[derive(Clone, Debug, serde::Serialize)]
pub struct HookState {
    /// Its name.
    pub hook: &'static str,
    /// The file that git runs.
    pub file: PathBuf,
    /// The version of our shim, where it is one.
    pub shim: Option<u32>,
    /// The hook that was there before, and still runs.
    pub chains: Option<PathBuf>,
    /// Why it does not reach us, if it does not.
    pub unreached: Option<String>,
}

/// What came of one canary.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Proof {
    /// The hook.
    pub hook: &'static str,
    /// The circumstance.
    pub how: &'static str,
    /// Why it did not come back, if it did not.
    pub lost: Option<String>,
}

/// How all stand.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Status {
    /// True if anything of ours is installed.
    pub installed: bool,
    /// The folder from which git runs hooks.
    pub folder: PathBuf,
    /// The version that this program would install.
    pub version: u32,
    /// One for each hook.
    pub hooks: Vec<HookState>,
    /// What the canaries say.
    pub canaries: Vec<Proof>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

impl Status {
    /// True if every hook reaches us.
    pub fn reached(&self) -> bool {
        self.hooks.iter().all(|h| h.unreached.is_none()) && self.canaries.iter().all(|c| c.lost.is_none())
    }
}

/// Looks, asks git, and lets canaries fly. Changes nothing; the hooks that were there before are not run.
///
/// # Errors
/// A bare repository; git does not answer.
pub fn status(git: &dyn Git, env: &Env) -> Result<Status> {
    let folder = ask::hooks_folder(git)?;
    let mut notes = Vec::new();
    let way = match find_way(git) {
        Ok(way) => Some(way),
        Err(e) => {
            notes.push(e.message);
            None
        }
    };
    let hooks: Vec<HookState> = HOOKS.iter().map(|h| state(git, way.as_ref(), &folder, *h)).collect();
    let installed = hooks.iter().any(|h| h.shim.is_some()) || is_installed(way.as_ref());
    if hooks.iter().any(|h| h.shim.is_some_and(|v| v < VERSION)) {
        notes.push("the hooks are older than bd-gate: `bd hooks install` renews them".to_owned());
    }
    if let Some(Way::Layer(layer, under)) = &way {
        for name in layer.not_handed_on(under).into_iter().filter(|_| layer.is_there()) {
            notes.push(format!(
                "{} came after the install and is not run: `bd hooks install` hands it on",
                under.join(name).display()
            ));
        }
    }
    let mut canaries = Vec::new();
    if installed {
        let nonce: [u8; 8] = env.random().map_err(|e| Error::internal(e.to_string()))?;
        let nonce = nonce.iter().fold(String::new(), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        });
        let top = ask::work_dir(git)?;
        // Where git would run somebody else's program, it is not run: the question is answered.
        let ours =
            |h: &&Hook| h.guard && hooks.iter().any(|s| s.hook == h.name && s.unreached.is_none() && files::is_ours(&s.file));
        for hook in HOOKS.iter().filter(ours) {
            for how in Circumstance::ALL.into_iter().filter(|c| *c == Circumstance::Usual || hook.name == "pre-commit") {
                let lost = canary::fly(env, top, *hook, how, &nonce).err();
                canaries.push(Proof { hook: hook.name, how: how.as_str(), lost });
            }
        }
    }
    Ok(Status { installed, folder, version: VERSION, hooks, canaries, notes })
}

fn is_installed(way: Option<&Way>) -> bool {
    match way {
        Some(Way::Beside(beside)) => beside.is_on(),
        Some(Way::Layer(layer, _)) => layer.is_there(),
        None => false,
    }
}

fn state(git: &dyn Git, way: Option<&Way>, folder: &Path, hook: Hook) -> HookState {
    let file = folder.join(hook.name);
    let mut out = HookState { hook: hook.name, shim: files::version(&file), file, chains: None, unreached: None };
    if let Some(Way::Beside(beside)) = way {
        if let Place::CalledByOther(version) = beside.place(hook) {
            out.shim = Some(version);
        }
    }
    if out.shim.is_none() {
        let there = files::is_there(&out.file);
        out.unreached =
            Some(if there { "the file that git runs is not ours".to_owned() } else { "there is no such file".to_owned() });
        return out;
    }
    if !files::is_program(&out.file) {
        out.unreached = Some("git may not execute it".to_owned());
    }
    match way {
        Some(Way::Beside(beside)) => {
            out.chains = beside.kept(hook).filter(|p| files::is_program(p));
            if !beside.is_on() {
                out.unreached = Some("an install was cut off: it only hands on".to_owned());
            }
        }
        Some(Way::Layer(layer, _)) => {
            out.chains = Some(ask::work_dir(git).map_or(PathBuf::new(), |top| top.join(layer.chained(git, hook))))
                .filter(|p| files::is_program(p));
        }
        None => {}
    }
    out
}
