//! Hooks that another manager wrote over since the install. Whichever of ours still runs notices: lefthook's own hooks, which it
//! writes anew whenever its configuration changes or its package is installed, are chained again; anybody else's is told about.

use super::{Call, Word, binary};
use crate::shim::beside::Place;
use crate::shim::{Beside, HOOKS, Hook};
use bd::env::Env;
use std::path::Path;

/// Looks at all places; true if pre-commit had been written over, so that nobody asked the gates of this commit. Never fails:
/// what was to be checked is checked in any case.
pub fn look(env: &Env, call: &Call, at: &Path, word: &mut Word) -> bool {
    let Some(folder) = at.parent() else { return false };
    let beside = Beside::new(env.cwd.join(folder));
    // Called from somebody else's hook, or from a folder of our own: nothing is replaced there.
    if !beside.is_on() || at.file_name().is_none_or(|n| n != call.hook.name) {
        return false;
    }
    let mut missed = false;
    for hook in HOOKS {
        match beside.place(hook) {
            Place::Ours(_) | Place::CalledByOther(_) => {}
            Place::Empty => say(word, hook, "was removed"),
            Place::Foreign => match binary(env).and_then(|b| beside.heal(hook, &b)) {
                Ok(true) => {
                    missed |= hook.name == "pre-commit";
                    word.note(format!("lefthook had taken the place of the hook {}; it is chained again", hook.name));
                }
                Ok(false) => say(word, hook, "is another program's now"),
                Err(e) => word.note(format!("the hook {} was replaced, and cannot be chained again: {e}", hook.name)),
            },
        }
    }
    missed
}

fn say(word: &mut Word, hook: Hook, what: &str) {
    word.note(format!("the hook {} {what}, so its gates are not asked: `bd hooks status` says more", hook.name));
}
