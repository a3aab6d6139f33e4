//! Pouring: a molecule's bead, the beads of its steps and their edges, in one commit.

use super::model::field;
use super::names;
use crate::formula::{Recipe, Step, StepKind};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, DepType, Edge, Event, Kind, Value};
use bd::ops::secrets;
use bd::store::Tx;
use serde_json::json;
use std::collections::HashMap;

/// What is poured, and for whom.
#[derive(Clone, Debug, Default)]
pub struct Pour {
    /// The formula, resolved.
    pub recipe: Recipe,
    /// The molecule's name.
    pub name: String,
    /// The convoy.
    pub convoy: Option<String>,
    /// Who decides over its checkpoints.
    pub owner: Option<String>,
    /// The team that works on it.
    pub team: Option<String>,
    /// The documents: pairs of path and blob id.
    pub inputs: Vec<(String, String)>,
    /// What else its file says, as written.
    pub scope: serde_json::Map<String, serde_json::Value>,
    /// Names of molecules that have to be completed first.
    pub requires: Vec<String>,
    /// How many tests there were before.
    pub tests_before: Option<u32>,
}

/// Pours; the molecule's bead.
///
/// # Errors
/// A name that is none, a formula without steps (exit 2); the name is taken (exit 6); a text that holds a secret (exit 4).
pub fn pour(tx: &mut Tx<'_>, pour: &Pour) -> Result<BeadId> {
    names::check("molecule", &pour.name)?;
    let prefix = tx.store().config().prefix().to_owned();
    let id = names::molecule(&prefix, &pour.name)?;
    if let Some(there) = tx.bead(&id)?.filter(|b| !b.is_deleted()) {
        let about = there.text(field::CONVOY).map(|c| format!(" (convoy {c})")).unwrap_or_default();
        return Err(Error::new(ErrorKind::Conflict, format!("there is a molecule `{}` already{about}", pour.name))
            .hint(format!("`gt molecule status {}` shows it; a new one needs another name", pour.name)));
    }
    if tx.bead(&id)?.is_some() {
        return Err(Error::new(ErrorKind::Conflict, format!("the molecule `{}` was deleted", pour.name))
            .hint("`bd restore` brings a deleted bead back; a new one needs another name"));
    }
    if pour.recipe.steps.is_empty() {
        return Err(Error::usage(format!("the formula `{}` has no steps to pour", pour.recipe.name)));
    }
    let whole = serde_json::to_string(&pour.recipe).map_err(|e| Error::internal(e.to_string()))?;
    if let Some(found) = secrets::find(&whole) {
        return Err(Error::new(
            ErrorKind::Gate,
            format!("the formula `{}` holds what looks like {} ({})", pour.recipe.name, found.what, found.shown),
        )
        .hint("A molecule is shared with everybody who can read the repository: take the secret out of the formula"));
    }
    let required: Vec<(BeadId, &str)> =
        pour.requires.iter().map(|name| Ok((names::molecule(&prefix, name)?, name.as_str()))).collect::<Result<_>>()?;
    if required.iter().any(|(bead, _)| *bead == id) {
        return Err(Error::usage(format!("the molecule `{}` cannot require itself", pour.name)));
    }
    let steps = step_list(&prefix, &pour.name, &pour.recipe)?;
    let event = molecule(tx, &id, pour, &required, &steps)?;
    tx.push(event);
    let beads: HashMap<&str, &str> = steps.iter().map(|(name, bead)| (name.as_str(), bead.as_str())).collect();
    for (number, step) in pour.recipe.steps.iter().enumerate() {
        let event = step_event(tx, &id, pour, (number, step), &beads, &required)?;
        tx.push(event);
    }
    Ok(id)
}

fn molecule(tx: &Tx<'_>, id: &BeadId, pour: &Pour, required: &[(BeadId, &str)], steps: &[(String, String)]) -> Result<Event> {
    let head = pour.recipe.head();
    let mut event = tx.event(id, Kind::CREATE)?;
    let set = &mut event.set;
    set.set("title", Value::text(&pour.name));
    set.set("issue_type", Value::text("molecule"));
    set.set("status", Value::text("open"));
    set.set("priority", Value::of(&2));
    if !pour.recipe.description.is_empty() {
        set.set("description", Value::text(&pour.recipe.description));
    }
    if let Some(owner) = &pour.owner {
        set.set("owner", Value::text(owner));
    }
    set.set(field::DRIVER, Value::text(super::DRIVER));
    set.set(field::NAME, Value::text(&pour.name));
    set.set(field::RECIPE, Value::of(&head));
    set.set(field::RUN, Value::text("active"));
    set.set(field::STEPS, Value::of(&steps));
    if !required.is_empty() {
        let pairs: Vec<(&str, &str)> = required.iter().map(|(bead, name)| (*name, bead.as_str())).collect();
        set.set(field::REQUIRES, Value::of(&pairs));
    }
    for (name, text) in [(field::CONVOY, &pour.convoy), (field::TEAM, &pour.team)] {
        if let Some(text) = text {
            set.set(name, Value::text(text));
        }
    }
    if !pour.inputs.is_empty() {
        let inputs: Vec<_> = pour.inputs.iter().map(|(path, blob)| json!({"path": path, "blob": blob})).collect();
        set.set(field::INPUTS, Value::of(&inputs));
    }
    if !pour.scope.is_empty() {
        set.set(field::SCOPE, Value::of(&pour.scope));
    }
    if let Some(tests) = pour.tests_before {
        set.set(field::TESTS_BEFORE, Value::of(&tests));
    }
    event.links = required.iter().map(|(id, name)| requires_edge(id, name)).collect();
    event.extra.set("formula", Value::of(&json!({"name": head.name, "version": head.version, "digest": head.digest})));
    Ok(event)
}

/// The steps of a recipe with their beads, as the molecule keeps them.
///
/// # Errors
/// The project's prefix cannot begin a name.
pub fn step_list(prefix: &str, molecule: &str, recipe: &Recipe) -> Result<Vec<(String, String)>> {
    let one = |s: &Step| Ok((s.id.clone(), names::step(prefix, molecule, &s.id)?.as_str().to_owned()));
    recipe.steps.iter().map(one).collect()
}

fn requires_edge(id: &BeadId, name: &str) -> Edge {
    Edge { meta: Some(Value::of(&json!({"molecule": name}))), ..Edge::new(id.as_str(), DepType::BLOCKS) }
}

fn step_event(
    tx: &Tx<'_>,
    molecule: &BeadId,
    pour: &Pour,
    (number, step): (usize, &Step),
    beads: &HashMap<&str, &str>,
    required: &[(BeadId, &str)],
) -> Result<Event> {
    let bead = |name: &str| {
        let found = beads.get(name).copied();
        found.ok_or_else(|| Error::internal(format!("`{}` needs `{name}`, which is no step of it", step.id)))
    };
    let id = BeadId::new(bead(&step.id)?)?;
    let mut event = tx.event(&id, Kind::CREATE)?;
    let set = &mut event.set;
    let title = if step.title.is_empty() { &step.id } else { &step.title };
    let title: String = format!("{}: {}", pour.name, super::handin::one_line(title)).chars().take(300).collect();
    set.set("title", Value::text(&title));
    set.set("issue_type", Value::text(if step.kind == StepKind::Checkpoint { "checkpoint" } else { "step" }));
    set.set("status", Value::text("open"));
    set.set("priority", Value::of(&step.priority.unwrap_or(2)));
    if let Some(assignee) = &step.assignee {
        set.set("assignee", Value::text(assignee));
    }
    if let Some(minutes) = step.estimate {
        set.set("estimated_minutes", Value::of(&minutes.max));
    }
    if let Some(text) = &step.acceptance {
        set.set("acceptance_criteria", Value::text(text));
    }
    set.set(field::DRIVER, Value::text(super::DRIVER));
    set.set(field::STEP, Value::text(&step.id));
    set.set(field::ORDER, Value::of(&number));
    set.set(field::DEF, Value::of(step));
    event.labels = bd::ops::create::labels(&step.labels)?;
    event.links.push(Edge::new(molecule.as_str(), DepType::PARENT_CHILD));
    for need in &step.needs {
        event.links.push(Edge::new(bead(need)?, DepType::BLOCKS));
    }
    if step.needs.is_empty() {
        event.links.extend(required.iter().map(|(id, name)| requires_edge(id, name)));
    }
    Ok(event)
}
