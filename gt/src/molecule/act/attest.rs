//! `gt molecule attest`: a person ticks what no machine can judge.

use super::super::change::{Acted, Change, step_of};
use super::super::machine::MoleculeAction;
use super::super::model::field;
use super::super::predicate::{Predicate, manual_criteria};
use super::super::{StepState, View};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Fields, Value};
use bd::store::Tx;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tick {
    text: String,
    attempt: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

fn name(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest[..6].iter().map(|b| format!("{b:02x}")).collect();
    format!("{}{hex}", field::ATTEST)
}

/// The sentences that were ticked on a bead for a try.
///
/// # Errors
/// As [`Tx::bead`].
pub fn ticked(tx: &Tx<'_>, bead: &BeadId, attempt: u32) -> Result<Vec<String>> {
    Ok(tx.bead(bead)?.map(|bead| ticked_on(&bead, attempt)).unwrap_or_default())
}

/// The same of a bead that was read already.
pub fn ticked_on(bead: &bd::fold::Bead, attempt: u32) -> Vec<String> {
    ticks(bead).into_iter().filter(|(at, _)| *at == attempt).map(|(_, text)| text).collect()
}

/// Every sentence that was ticked on a bead, with its try.
pub fn ticks(bead: &bd::fold::Bead) -> Vec<(u32, String)> {
    let ticks = bead.fields.iter().filter(|(name, _)| name.starts_with(field::ATTEST));
    let ticks = ticks.filter_map(|(name, _)| super::super::own::decoded::<Tick>(bead, name));
    ticks.map(|t| (t.attempt, t.text)).collect()
}

/// The sentences of a molecule (not of a step) that a person has to tick.
pub fn of_molecule(view: &View) -> Vec<String> {
    let rules = &view.recipe.progression;
    let done = rules.day_completion_criteria.iter().filter(|t| Predicate::of_sentence(t, view) == Predicate::Manual);
    let blocks = rules.block_next_day_if.iter().filter(|t| Predicate::against_condition(t, view) == Predicate::Manual);
    done.chain(blocks).cloned().collect()
}

/// Ticks criteria of a step, or (`step` is `None`) of the molecule. `texts` are whole criteria or the names before their `=`;
/// empty = all of them.
///
/// # Errors
/// A criterion that a machine judges, or none at all (exit 2); a step that is not being worked on (exit 3).
pub fn attest(tx: &mut Tx<'_>, id: &BeadId, step: Option<&str>, texts: &[String], note: &str) -> Result<Acted> {
    bd::ops::change::check_text("note", note)?;
    let mut change = Change::new(tx, id.clone());
    let view = change.must(MoleculeAction::Attest)?;
    let (bead, attempt, all, what) = match step {
        Some(step) => {
            let step = step_of(&view, step)?;
            if !matches!(step.state, StepState::Ready | StepState::InProgress) || step.checkpoint.is_some() {
                return Err(Error::new(ErrorKind::Blocked, format!("`{}` is {}", step.def.id, step.state))
                    .hint(format!("`gt molecule next {}` says what is being worked on", view.name)));
            }
            (step.bead.clone(), step.attempt, manual_criteria(step), step.def.id.clone())
        }
        None => (view.bead.clone(), 1, of_molecule(&view), view.name.clone()),
    };
    if all.is_empty() {
        return Err(Error::usage(format!("`{what}` asks for nothing that a person has to attest")));
    }
    let mut chosen = Vec::new();
    for text in texts {
        let is = |c: &&String| *c == text || c.split('=').next().is_some_and(|key| key.trim() == text.trim());
        let Some(found) = all.iter().find(is) else {
            return Err(Error::usage(format!("`{}` is nothing that a person attests about `{what}`", text.escape_debug()))
                .hint(format!("One of: {}", all.join("; "))));
        };
        chosen.push(found.clone());
    }
    if texts.is_empty() {
        chosen = all;
    }
    let mut fields = Fields::new();
    for text in &chosen {
        fields.set(&name(text), Value::of(&Tick { text: text.clone(), attempt, note: note.to_owned() }));
    }
    change.set(&bead, "attest", fields, &[])?;
    change.notes.push(format!("attested: {}", chosen.join("; ")));
    super::complete::end(change)
}
