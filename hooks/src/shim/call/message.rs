//! commit-msg: does the message name a bead, and is there such a bead? `hooks.require_bead` in .beads/config.toml says what a
//! message without one means: off (the default), warn or block.

use super::{Call, Word};
use crate::gate::Action;
use bd::env::Env;
use bd::error::{Error, ErrorKind, Result};
use bd::git::Git;
use bd::model::BeadId;
use bd::store::Snapshot;
use std::sync::Arc;

/// Checks a message.
///
/// # Errors
/// The message cannot be read; a `hooks.require_bead` that is none of the three words.
pub fn check(env: &Arc<Env>, git: Arc<dyn Git>, call: &Call, word: &mut Word) -> Result<()> {
    let Some(file) = call.args.first() else { return Ok(()) };
    let path = env.cwd.join(file);
    let text = std::fs::read(&path).map_err(|e| Error::io(&path, &e))?;
    let comment = git.config("core.commentChar").or_else(|| git.config("core.commentString"));
    let text = said(&String::from_utf8_lossy(&text), comment.as_deref().filter(|c| *c != "auto").unwrap_or("#"));
    let busy = git.operation();
    let Some(store) = super::store(env, git, word) else { return Ok(()) };
    let wanted = wanted(store.config().text().unwrap_or_default())?;
    let prefix = store.config().prefix().to_owned();
    let names = named(&text, &prefix);
    // A merge, a revert, a fixup speak of commits that named theirs; a rebase replays what was checked once.
    let ordinary = busy.is_none()
        && !text.is_empty()
        && !["fixup!", "squash!", "amend!", "Merge ", "Revert "].iter().any(|w| text.starts_with(w));
    if names.is_empty() && (wanted == Action::Off || !ordinary) {
        return Ok(());
    }
    let (known, unknown) = split(&store.snapshot()?, &names, &prefix);
    if !unknown.is_empty() && busy.is_none() {
        let what = format!("the message names {}, and there is no such bead here", unknown.join(", "));
        put(word, wanted == Action::Block, &what, "`bd list` shows the beads; `bd sync` fetches those of others");
    }
    let excused = text.lines().any(|l| l.strip_prefix("No-Bead:").is_some_and(|why| !why.trim().is_empty()));
    if known.is_empty() && unknown.is_empty() && wanted != Action::Off && ordinary && !excused {
        let what = "the message names no bead, and this project asks for one (hooks.require_bead)";
        let next = format!(
            "Name one, like {prefix}-…: `bd ready` and `bd list` show them. A line `No-Bead: REASON` says why there is none"
        );
        put(word, wanted == Action::Block, what, &next);
    }
    Ok(())
}

fn put(word: &mut Word, block: bool, what: &str, next: &str) {
    if block {
        word.errors.push(Error::new(ErrorKind::Gate, what).hint(next));
    } else {
        word.note(what);
    }
}

/// `hooks.require_bead`.
fn wanted(config: &str) -> Result<Action> {
    let Ok(config) = config.parse::<toml_edit::DocumentMut>() else { return Ok(Action::Off) };
    let Some(value) = config.get("hooks").and_then(|h| h.get("require_bead")) else { return Ok(Action::Off) };
    value.as_str().and_then(Action::parse).ok_or_else(|| {
        Error::usage(format!("hooks.require_bead in .beads/config.toml is {}", value.to_string().trim()))
            .hint("It is off, warn or block")
    })
}

/// The message without comments and what stands below the scissors.
fn said(text: &str, comment: &str) -> String {
    let cut = format!("{comment} ------------------------ >8 ------------------------");
    let lines = text.lines().take_while(|l| !l.starts_with(&cut)).filter(|l| !l.starts_with(comment));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Words that look like ids: `Bead:` trailers, and what begins with the project's prefix and goes on as an id does.
fn named(text: &str, prefix: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')));
    let id = |word: &&str| {
        let tail = word.strip_prefix(prefix)?.strip_prefix('-')?;
        let plain = tail.len() >= 4 && tail.chars().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase() || c == '.');
        // Words have letters only: `bd-gate` is no bead.
        (plain && tail.contains(|c: char| c.is_ascii_digit())).then_some(())
    };
    let trailers = text.lines().filter_map(|l| l.strip_prefix("Bead:")).flat_map(|l| l.split([',', ' '])).filter(|w| !w.is_empty());
    for word in words.map(|w| w.trim_matches(['.', '-', '_'])).filter(|w| id(w).is_some()).chain(trailers) {
        if !out.iter().any(|o| o == word) {
            out.push(word.to_owned());
        }
    }
    out
}

fn split(snapshot: &Snapshot, names: &[String], prefix: &str) -> (Vec<BeadId>, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for name in names {
        match snapshot.resolve(name) {
            Ok(id) => known.push(id),
            Err(_) => unknown.push(name.escape_debug().to_string()),
        }
    }
    if known.is_empty() && unknown.is_empty() {
        return (known, unknown);
    }
    // Where other words of the message name a bead, a word that is none may be anything.
    if !known.is_empty() {
        unknown.retain(|n| n.strip_prefix(prefix).and_then(|t| t.strip_prefix('-')).is_some_and(|t| t.len() == 12));
    }
    (known, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_scissors_are_not_said() {
        let text = "Fix bd-7k2m\n# bd-9999\n\nBody\n# ------------------------ >8 ------------------------\nbd-8888\n";
        assert_eq!(said(text, "#"), "Fix bd-7k2m\n\nBody");
        assert_eq!(said("; x\n# stays", ";"), "# stays");
    }

    #[test]
    fn ids_have_a_digit_and_words_have_none() {
        assert_eq!(
            named("bd-gate: fix bd-7k2m, bd-hooks and (bd-a3f8.1).\n\nBead: other-1\n", "bd"),
            ["bd-7k2m", "bd-a3f8.1", "other-1"]
        );
        assert!(named("utf-8 and x86-64 in bd-abc", "bd").is_empty());
    }

    #[test]
    fn three_words_and_no_other() {
        assert_eq!(wanted("").unwrap(), Action::Off);
        assert_eq!(wanted("[hooks]\nrequire_bead = \"block\"\n").unwrap(), Action::Block);
        assert_eq!(wanted("hooks.require_bead = \"warn\"").unwrap(), Action::Warn);
        assert!(wanted("[hooks]\nrequire_bead = true\n").is_err());
    }
}
