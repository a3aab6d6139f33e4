//! The gates of a hook: the same check as `bd gate check` makes, about what is staged or about what a push brings.

use super::Word;
use super::push::Pushed;
use crate::check::{Question, prepare};
use crate::diff::What;
use crate::gate::{Target, Verdict, When};
use crate::report::human;
use bd::env::Env;
use bd::error::{Error, Result};
use bd::git::{Git, Oid};
use bd::store::Store;
use std::sync::Arc;

/// Findings that are shown.
const MOST: usize = 20;

/// Asks the gates of `commit` about what is staged, in the hook's own index.
///
/// # Errors
/// Definitions or content that cannot be read: what cannot be judged has not passed.
pub fn staged(env: &Arc<Env>, git: &Arc<dyn Git>, word: &mut Word) -> Result<()> {
    ask(env, git, What::Staged, "what is staged", When::Commit, word)
}

/// Asks the gates of `push` about what one pushed ref brings to the remote.
///
/// # Errors
/// As [`staged`].
pub fn pushed(env: &Arc<Env>, git: &Arc<dyn Git>, line: &Pushed, (from, to): (Option<Oid>, Oid), word: &mut Word) -> Result<()> {
    let short = line.remote.rsplit_once("refs/heads/").map_or(line.remote.as_str(), |(_, name)| name);
    ask(env, git, What::Range { from, to }, short, When::Push, word)
}

fn ask(env: &Arc<Env>, git: &Arc<dyn Git>, what: What, named: &str, when: When, word: &mut Word) -> Result<()> {
    let store = Store::attach(Arc::clone(env), Arc::clone(git))?;
    let question = Question {
        what,
        named: named.to_owned(),
        when,
        only: Vec::new(),
        bead: None,
        target: Target::Default,
        trust_commands: false,
        for_record: false,
    };
    let prepared = prepare(&store, question)?;
    let answered = prepared.ask()?;
    let speaks = |v: &Verdict| v.blocks() || v.warns() || v.flaky || !v.waived.is_empty();
    if answered.outcome.verdicts().iter().any(speaks) {
        word.report.extend(human(&answered.report, MOST));
    }
    if let Some(kind) = answered.outcome.exit() {
        let error = Error::new(kind, format!("a gate stands in the way of this {when}"));
        word.errors.push(error.hint("Mend what is named above. `bd gate explain GATE` says what it wants, `bd gate waive` makes an exception that others see"));
    }
    Ok(())
}
