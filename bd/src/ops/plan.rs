//! `bd create -f plan.md`: every bead of a Markdown plan, in one mutation.

use super::change::{Done, after};
use super::create::{NewBead, create};
use super::dep::{self, DepSpec};
use crate::error::Result;
use crate::interchange::markdown::Draft;
use crate::store::Tx;

/// Creates the beads of a plan, then their edges: a dependency names a bead or the title of another bead of the plan.
///
/// # Errors
/// As [`create`] and [`dep::add`], with the line of the heading; then nothing is created.
pub fn create_plan(tx: &mut Tx<'_>, drafts: &[Draft]) -> Result<Vec<Done>> {
    let mut made = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let text = |t: &String| (!t.is_empty()).then(|| t.clone());
        let new = NewBead {
            title: draft.title.clone(),
            issue_type: draft.issue_type.clone(),
            priority: draft.priority,
            assignee: draft.assignee.clone(),
            labels: draft.labels.clone(),
            description: text(&draft.description),
            design: text(&draft.design),
            acceptance: text(&draft.acceptance_criteria),
            notes: text(&draft.notes),
            ..NewBead::default()
        };
        made.push(create(tx, &new).map_err(|e| at(e, draft))?);
    }
    for (draft, done) in drafts.iter().zip(&made) {
        for (kind, target) in &draft.dependencies {
            let of_plan = drafts.iter().position(|d| d.title.eq_ignore_ascii_case(target));
            let target = of_plan.map_or(target.as_str(), |n| made[n].bead.id.as_str());
            dep::add(tx, done.bead.id.as_str(), &DepSpec::new(kind.clone(), target)).map_err(|e| at(e, draft))?;
        }
    }
    for done in &mut made {
        done.bead = after(tx, &done.bead.id)?;
    }
    Ok(made)
}

fn at(mut error: crate::error::Error, draft: &Draft) -> crate::error::Error {
    error.message = format!("line {}: {}", draft.line, error.message);
    error
}
