//! pre-push: what the push carries, and what it does not.

use super::{Call, Word, judge};
use bd::env::Env;
use bd::error::{Error, ErrorKind, Result};
use bd::git::{Git, Oid};
use bd::store::{STATE_REF, Store};
use std::sync::Arc;

/// One line of git's input: a ref that the push makes, moves or deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Here; `(delete)` for one that goes.
    pub local: String,
    /// What it becomes; `None` = it goes.
    pub new: Option<Oid>,
    /// There.
    pub remote: String,
    /// What it was; `None` = it is new.
    pub old: Option<Oid>,
}

/// Branches that only the refinery publishes.
const INTEGRATION: &str = "refs/heads/gt/integration/";
/// The trailer of commits that the refinery makes.
const TRAIN: &str = "Train:";

/// Checks a push.
///
/// # Errors
/// History that cannot be read.
pub fn check(env: &Arc<Env>, git: Arc<dyn Git>, call: &Call, input: &[u8], word: &mut Word) -> Result<()> {
    let lines = pushed(&String::from_utf8_lossy(input));
    let remote = call.args.first().map(|a| a.to_string_lossy().into_owned()).unwrap_or_default();
    let store = super::store(env, Arc::clone(&git), word);
    let published = store.as_ref().map_or("beads", |s| s.sources().branch.as_str()).to_owned();
    let code: Vec<&Pushed> = lines.iter().filter(|p| !is_state(p, &published)).collect();
    let mut judged = Vec::new();
    for line in &code {
        let Some(new) = line.new.map(|n| commit(&*git, n)).transpose()?.flatten() else { continue };
        let from = base(&*git, &remote, line, new)?;
        integration(env, &*git, line, (from, new), word)?;
        if from != Some(new) && !judged.contains(&(from, new)) {
            judged.push((from, new));
            judge::pushed(env, &git, line, (from, new), word)?;
        }
    }
    if let Some(store) = store.filter(|_| !code.is_empty()) {
        not_carried(&store, word);
    }
    Ok(())
}

/// Reads git's lines. What is no such line is none.
fn pushed(input: &str) -> Vec<Pushed> {
    let oid = |hex: &str| Oid::from_hex(hex).filter(|o| o.as_bytes().iter().any(|b| *b != 0));
    let line = |line: &str| {
        let mut words = line.split(' ');
        let (local, new, remote, old) = (words.next()?, words.next()?, words.next()?, words.next()?);
        Some(Pushed { local: local.to_owned(), new: oid(new), remote: remote.to_owned(), old: oid(old) })
    };
    input.lines().filter_map(line).collect()
}

/// True for our own events: they are no code, and have their own checks.
fn is_state(line: &Pushed, published: &str) -> bool {
    line.remote.strip_prefix("refs/heads/") == Some(published) || line.local == STATE_REF || line.remote.starts_with("refs/beads/")
}

/// The commit of a branch or tag; `None` for a tag of something else.
fn commit(git: &dyn Git, id: Oid) -> Result<Option<Oid>> {
    Ok(git.resolve(&id.to_string())?)
}

/// Branches of the remote that are looked at for what it has already.
const BRANCHES: usize = 64;

/// The commit nearest to what is pushed that the remote has for certain: what is above it is what the push brings.
fn base(git: &dyn Git, remote: &str, line: &Pushed, new: Oid) -> Result<Option<Oid>> {
    // What others pushed and we have not fetched is not here.
    let old = line.old.and_then(|old| git.resolve(&old.to_string()).ok().flatten());
    let tips = git.refs(&format!("refs/remotes/{remote}/"))?.into_iter().map(|(_, tip)| tip);
    let mut seen = Vec::new();
    let mut best: Option<Oid> = None;
    for tip in old.into_iter().chain(tips) {
        if seen.contains(&tip) || seen.len() == BRANCHES {
            continue;
        }
        seen.push(tip);
        let Some(base) = git.merge_base(tip, new)? else { continue };
        let nearer = match best {
            None => true,
            Some(best) => best != base && git.merge_base(best, base)? == Some(best),
        };
        if nearer {
            best = Some(base);
        }
    }
    Ok(best)
}

/// Integration content comes from the refinery and nobody else: its branches, and commits with its trailer.
fn integration(env: &Env, git: &dyn Git, line: &Pushed, (from, new): (Option<Oid>, Oid), word: &mut Word) -> Result<()> {
    if env.var("GT_ROLE").is_some_and(|role| role == "refinery" || role.ends_with("/refinery")) {
        return Ok(());
    }
    let refuse = |what: String| {
        Error::new(ErrorKind::Gate, what).hint(
            "Hand the change in for review instead: the refinery publishes integration branches and trains, with GT_ROLE=refinery",
        )
    };
    if line.remote.starts_with(INTEGRATION) {
        word.errors.push(refuse(format!(
            "{} is an integration branch, and only the refinery publishes those",
            line.remote.escape_debug()
        )));
        return Ok(());
    }
    for one in git.commits_between(new, from, 10_000)? {
        let text = git.read_commit(one)?;
        let text = String::from_utf8_lossy(&text);
        if text.split_once("\n\n").is_some_and(|(_, message)| message.lines().any(|l| l.starts_with(TRAIN))) {
            let short = &one.to_string()[..12];
            word.errors
                .push(refuse(format!("commit {short} is part of a train ({TRAIN} trailer) that the refinery has not published")));
            return Ok(());
        }
    }
    Ok(())
}

/// What stays here: said, and no reason to stop.
fn not_carried(store: &Store, word: &mut Word) {
    let Ok(left) = bd::sync::status::left_behind(store) else { return };
    let mut parts = Vec::new();
    if left.unpublished > 0 {
        parts.push(format!(
            "{} {} not published (`bd sync`)",
            left.unpublished,
            if left.unpublished == 1 { "event" } else { "events" }
        ));
    }
    if let Some(riding) = left.not_riding.filter(|n| *n > 0) {
        parts.push(format!("{riding} not riding (`bd ride`)"));
    }
    if !parts.is_empty() {
        word.note(format!("this push does not carry: {}", parts.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_git() {
        let (a, zero) = ("1".repeat(40), "0".repeat(40));
        let text = format!("refs/heads/x {a} refs/heads/x {zero}\n(delete) {zero} refs/heads/y {a}\nnonsense\n");
        let all = pushed(&text);
        assert_eq!(all.len(), 2);
        assert!(all[0].new.is_some() && all[0].old.is_none() && all[1].new.is_none() && all[1].old.is_some());
        assert!(is_state(&Pushed { remote: "refs/heads/beads".into(), ..all[0].clone() }, "beads") && !is_state(&all[0], "beads"));
    }
}
