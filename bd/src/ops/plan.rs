//! `bd create -f plan.md`: every bead of a Markdown plan, in one mutation.

use super::change::{Done, after};
use super::create::{NewBead, create};
use super::dep::{self, DepSpec};
use crate::error::{Error, Result};
use crate::interchange::markdown::Draft;
use crate::store::Tx;

/// Creates the beads of a plan, then their edges: a dependency names a bead, or the title of another bead of the plan.
/// What is common to all of them (labels, a parent, a dry run, …) holds for each that says nothing else.
///
/// # Errors
/// As [`create`] and [`dep::add`], with the line of the heading; a title that two beads of the plan have, where an edge
/// names it. Then nothing is created.
pub fn create_plan(tx: &mut Tx<'_>, drafts: &[Draft], common: &NewBead) -> Result<Vec<Done>> {
    let mut made = Vec::with_capacity(drafts.len());
    for draft in drafts {
        made.push(create(tx, &new_bead(draft, common)).map_err(|e| at(e, draft))?);
    }
    if common.dry_run {
        return Ok(made);
    }
    for (draft, done) in drafts.iter().zip(&made) {
        for (kind, target) in &draft.dependencies {
            let same = |n: &usize| drafts[*n].title.to_lowercase() == target.to_lowercase();
            let of_plan: Vec<usize> = (0..drafts.len()).filter(same).collect();
            let target = match of_plan.as_slice() {
                [] => target.as_str(),
                [one] => made[*one].bead.id.as_str(),
                _ => {
                    return Err(at(
                        Error::usage(format!("several beads of the plan are called `{}`", target.escape_debug())),
                        draft,
                    ));
                }
            };
            dep::add(tx, done.bead.id.as_str(), &DepSpec::new(kind.clone(), target)).map_err(|e| at(e, draft))?;
        }
    }
    for done in &mut made {
        done.bead = after(tx, &done.bead.id)?;
    }
    Ok(made)
}

fn new_bead(draft: &Draft, common: &NewBead) -> NewBead {
    let text = |t: &String, common: &Option<String>| Some(t.clone()).filter(|t| !t.is_empty()).or_else(|| common.clone());
    NewBead {
        title: draft.title.clone(),
        issue_type: draft.issue_type.clone().or_else(|| common.issue_type.clone()),
        priority: draft.priority.or(common.priority),
        assignee: draft.assignee.clone().or_else(|| common.assignee.clone()),
        labels: draft.labels.iter().chain(&common.labels).cloned().collect(),
        description: text(&draft.description, &common.description),
        design: text(&draft.design, &common.design),
        acceptance: text(&draft.acceptance_criteria, &common.acceptance),
        notes: text(&draft.notes, &common.notes),
        ..common.clone()
    }
}

fn at(mut error: Error, draft: &Draft) -> Error {
    error.message = format!("line {}: {}", draft.line, error.message);
    error
}
