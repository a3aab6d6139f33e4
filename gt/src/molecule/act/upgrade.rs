//! `gt molecule upgrade`: a molecule moves to a newer formula where what is done allows it.

use super::super::change::{Acted, Change};
use super::super::machine::MoleculeAction;
use super::super::model::field;
use super::super::names;
use super::super::{StepState, View};
use crate::formula::{Recipe, StepKind};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, DepType, Edge, Fields, Kind, Outcome, Status, Value};
use bd::store::Tx;

/// Moves a molecule to another version of its formula. Steps that are done keep their place; steps that are gone and were not
/// begun are closed; new ones are opened.
///
/// # Errors
/// A done step that the new formula has not, or has with other needs (exit 3, naming them); nothing that differs (exit 2); it asks
/// for less and the actor worked on the molecule (exit 3).
pub fn upgrade(tx: &mut Tx<'_>, id: &BeadId, recipe: &Recipe) -> Result<Acted> {
    let mut change = Change::new(tx, id.clone());
    let view = change.must(MoleculeAction::Upgrade)?;
    if recipe.digest == view.recipe.digest && view.missing.is_empty() {
        return Err(Error::usage(format!("`{}` has this version of `{}` already", view.name, recipe.name)));
    }
    let against = against(&view, recipe);
    if !against.is_empty() {
        return Err(Error::new(
            ErrorKind::Blocked,
            format!("`{}` cannot move to {} v{}: {}", view.name, recipe.name, recipe.version, against.join("; ")),
        )
        .hint("What was done under the old formula stays done; a new molecule can be poured from the new one"));
    }
    let less = less(&view, recipe);
    if !less.is_empty() {
        may_loosen(&change, &view, recipe, &less)?;
    }
    let prefix = change.tx.store().config().prefix().to_owned();
    for (number, step) in recipe.steps.iter().enumerate() {
        let bead = names::step(&prefix, &view.name, &step.id)?;
        match change.tx.bead(&bead)? {
            Some(_) => {
                let fields = Fields::new().with(field::DEF, Value::of(step)).with(field::ORDER, Value::of(&number));
                change.set(&bead, "upgrade", fields, &[])?;
            }
            None => {
                let mut event = change.tx.event(&bead, Kind::CREATE)?;
                event.set.set("title", Value::text(&format!("{}: {}", view.name, super::super::handin::one_line(&step.title))));
                let kind = if step.kind == StepKind::Checkpoint { "checkpoint" } else { "step" };
                event.set.set("issue_type", Value::text(kind));
                event.set.set("priority", Value::of(&step.priority.unwrap_or(2)));
                event.set.set(field::DRIVER, Value::text(super::super::DRIVER));
                event.set.set(field::STEP, Value::text(&step.id));
                event.set.set(field::ORDER, Value::of(&number));
                event.set.set(field::DEF, Value::of(step));
                event.links.push(Edge::new(id.as_str(), DepType::PARENT_CHILD));
                change.tx.push(event);
            }
        }
        relink(&mut change, &view.name, &prefix, &bead, &step.needs)?;
    }
    for step in view.steps.iter().filter(|s| recipe.step(&s.def.id).is_none()) {
        let fields = Fields::new()
            .with("status", Value::text(Status::CLOSED.as_str()))
            .with("outcome", Value::text(Outcome::Superseded.as_str()))
            .with(field::DEF, Value::null());
        change.set(&step.bead, "upgrade", fields, &[])?;
    }
    let list = super::super::pour::step_list(&prefix, &view.name, recipe)?;
    let head = recipe.head();
    let extra = (LESS, Value::of(&less));
    let extra: &[(&str, Value)] = if less.is_empty() { &[] } else { &[extra] };
    change.set(id, "upgrade", Fields::new().with(field::RECIPE, Value::of(&head)).with(field::STEPS, Value::of(&list)), extra)?;
    if !less.is_empty() {
        change.notes.push(format!("the formula asks for less than before: {}", less.join("; ")));
    }
    change.notes.push(format!("{} v{} -> v{}", recipe.name, view.recipe.version, recipe.version));
    super::complete::end(change)
}

/// What an upgrade that asks for less says about it: sentences.
const LESS: &str = "less";

/// What a molecule is asked for now, and would not be under another formula.
fn less(view: &View, recipe: &Recipe) -> Vec<String> {
    let same = recipe.digest == view.recipe.digest;
    let mut out: Vec<String> = Vec::new();
    if !same && !view.missing.is_empty() {
        out.push("what it asks for now is not known".to_owned());
    }
    for step in view.steps.iter().map(|s| &s.def) {
        let id = &step.id;
        let Some(new) = recipe.step(id) else {
            out.push(format!("the step `{id}`"));
            continue;
        };
        if new.kind != step.kind {
            out.push(format!("the kind of `{id}`"));
        }
        let before = before(recipe, new);
        out.extend(step.needs.iter().filter(|n| !before.contains(n)).map(|n| format!("`{n}` before `{id}`")));
        for (was, is) in [
            (&step.success_criteria, &new.success_criteria),
            (&step.approval_criteria, &new.approval_criteria),
            (&step.validation_commands, &new.validation_commands),
            (&step.anti_pattern_checks, &new.anti_pattern_checks),
        ] {
            let asks = |text: &&String| !text.trim().is_empty() && !is.contains(text);
            out.extend(was.iter().filter(asks).map(|text| format!("`{text}` of `{id}`")));
        }
        if step.report_template.is_some() && new.report_template.is_none() {
            out.push(format!("the report of `{id}`"));
        }
    }
    let (was, is) = (&view.recipe.progression, &recipe.progression);
    out.extend(was.day_completion_criteria.iter().filter(|t| !is.day_completion_criteria.contains(t)).cloned());
    out.extend(was.block_next_day_if.iter().filter(|t| !is.block_next_day_if.contains(t)).cloned());
    out
}

/// The steps that come before a step of a formula, along what it needs.
fn before<'r>(recipe: &'r Recipe, step: &'r crate::formula::Step) -> Vec<&'r String> {
    let mut out: Vec<&String> = step.needs.iter().collect();
    let mut at = 0;
    while let Some(name) = out.get(at).copied() {
        let more = recipe.step(name).map(|s| s.needs.as_slice()).unwrap_or_default();
        let new: Vec<&String> = more.iter().filter(|n| !out.contains(n)).collect();
        out.extend(new);
        at += 1;
    }
    out
}

/// Who works on a molecule does not ask less of himself.
fn may_loosen(change: &Change<'_, '_>, view: &View, recipe: &Recipe, less: &[String]) -> Result<()> {
    let me = change.tx.actor().as_str();
    if super::approve::own_work_allowed(change.tx.store())? || !super::workers(change.tx, view)?.iter().any(|w| w == me) {
        return Ok(());
    }
    let more = if less.len() > 3 { format!(" and {} more", less.len() - 3) } else { String::new() };
    let named = less.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
    let text = format!("{me} worked on `{}`, and {} v{} asks for less: {named}{more}", view.name, recipe.name, recipe.version);
    let owner = crate::molecule::texts::owner_address(view);
    Err(Error::new(ErrorKind::Blocked, text).hint(format!("Somebody who did not work on it may move it, {owner} for one")))
}

/// True if somebody moved the molecule to a formula that asks for less: then they do not work on it as well.
///
/// # Errors
/// As [`bd::store::Snapshot::events`]; a configuration that does not parse.
pub(super) fn loosened(change: &Change<'_, '_>, view: &View) -> Result<bool> {
    let me = change.tx.actor();
    let mine = |e: &bd::model::Event| e.kind.as_str() == "upgrade" && e.by == *me && e.extra.get(LESS).is_some();
    let found = change.tx.snapshot().events(&view.bead)?.iter().any(|stored| mine(&stored.event));
    Ok(found && !super::approve::own_work_allowed(change.tx.store())?)
}

fn against(view: &View, recipe: &Recipe) -> Vec<String> {
    let mut out = Vec::new();
    if recipe.name != view.recipe.name {
        out.push(format!("it was poured from `{}`", view.recipe.name));
    }
    for step in view.steps.iter().filter(|s| s.state == StepState::Done || s.holder.is_some()) {
        let id = &step.def.id;
        match recipe.step(id) {
            None => out.push(format!("`{id}` is begun or done, and the new formula has no such step")),
            Some(new) if new.kind != step.def.kind => out.push(format!("`{id}` is of another kind there")),
            Some(new) => {
                let open = |n: &&String| view.step(n).is_none_or(|s| s.state != StepState::Done);
                if let Some(need) = new.needs.iter().find(open).filter(|_| step.state == StepState::Done) {
                    out.push(format!("`{id}` is done, and needs `{need}` there, which is not"));
                }
            }
        }
    }
    out
}

fn relink(change: &mut Change<'_, '_>, molecule: &str, prefix: &str, bead: &BeadId, needs: &[String]) -> Result<()> {
    let Some(now) = change.tx.bead(bead)? else { return Ok(()) };
    let wanted: Vec<String> =
        needs.iter().map(|n| Ok(names::step(prefix, molecule, n)?.as_str().to_owned())).collect::<Result<_>>()?;
    let ours = |e: &&bd::fold::LiveEdge| e.edge.kind == DepType::BLOCKS && e.edge.meta.is_none();
    let mut event = change.tx.event(bead, Kind::LINK)?;
    for edge in now.edges.iter().filter(ours).filter(|e| !wanted.contains(&e.edge.to)) {
        event.unlinks.push(edge.edge.clone());
        event.on.extend(edge.adds.iter().copied());
    }
    for to in &wanted {
        if !now.edges.iter().any(|e| e.edge.kind == DepType::BLOCKS && e.edge.to == *to) {
            event.links.push(Edge::new(to.as_str(), DepType::BLOCKS));
        }
    }
    if !event.links.is_empty() || !event.unlinks.is_empty() {
        change.tx.push(event);
    }
    Ok(())
}
