//! Landing: every member is closed, and where commits name one, they are provably on the target.

use super::bead::field;
use super::gates::Allowed;
use super::place;
use super::proof::{Target, Unlanded, unlanded};
use super::scene::{Scene, path_of};
use super::{Convoy, Standing, parse};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Fields, Kind, Value};
use bd::ops::change::set_event;
use bd::ops::close::{CloseRequest, close};
use bd::ops::graph::children;
use bd::store::{Snapshot, Store, Tx};
use std::collections::BTreeMap;

/// What was found out.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The target.
    pub target: Target,
    /// Members that are not closed, or not certain: its name and why, in the board's order.
    pub open: Vec<(String, String)>,
    /// Branches with code that is not on the target.
    pub unlanded: Vec<Unlanded>,
}

impl Proof {
    /// True if it can land.
    pub fn holds(&self) -> bool {
        self.open.is_empty() && self.unlanded.is_empty()
    }

    /// Everything that is missing, in sentences.
    pub fn missing(&self) -> Vec<String> {
        let open = self.open.iter().map(|(name, why)| format!("{name}: {why}"));
        let code = self.unlanded.iter().map(|u| {
            let more = if u.commits > 1 { format!(" and {} more", u.commits - 1) } else { String::new() };
            format!("{}: {}{more} on {} not proven to be on {}", u.members.join(", "), u.commit, u.branch, self.target.shown())
        });
        open.chain(code).collect()
    }
}

/// Looks whether a convoy can land. `given_up` are branches whose code is not wanted.
///
/// # Errors
/// History or files that cannot be read; a branch in `given_up` that is not there (exit 2).
pub fn prove(store: &Store, snapshot: &Snapshot, scene: &Scene, target: Target, given_up: &[String]) -> Result<Proof> {
    for name in given_up {
        let there = [format!("refs/heads/{name}"), format!("refs/remotes/{name}")];
        if !there.iter().any(|full| store.git().tip(full).is_ok_and(|t| t.is_some())) {
            let shown: String = name.chars().take(100).collect();
            return Err(Error::usage(format!("there is no branch `{}`", shown.escape_debug())));
        }
    }
    let mut open = Vec::new();
    if scene.board.lines().next().is_none() {
        open.push((scene.convoy.id.clone(), "it has no members, and an empty convoy is not complete".to_owned()));
    }
    if scene.convoy.is_contested() {
        open.push((scene.convoy.id.clone(), "two clones said different things about it".to_owned()));
    }
    let agreed = scene.board.lines().any(|l| l.standing == Standing::Recorded).then(|| recorded(store, scene)).transpose()?;
    for line in scene.board.lines() {
        let doubt = scene.members.plain.iter().any(|p| p.id == line.id && p.conflict);
        if !line.standing.is_closed() {
            open.push((line.shown.clone(), line.words.clone()));
        } else if doubt {
            open.push((line.shown.clone(), "two clones said different things about it".to_owned()));
        } else if line.standing == Standing::Recorded && !agreed.as_ref().is_some_and(|a| a.contains(&line.id)) {
            let why = "completed by the word of this working tree's file, which the default branch does not have";
            open.push((line.shown.clone(), why.to_owned()));
        }
    }
    let beads = beads(snapshot, scene)?;
    let unlanded = unlanded(store, snapshot, &beads, &target, given_up)?;
    Ok(Proof { target, open, unlanded })
}

/// The molecules that the default branch's file says are completed: a branch is judged by its target's word, not by its own.
fn recorded(store: &Store, scene: &Scene) -> Result<Vec<String>> {
    let path = place::inside(&path_of(&scene.convoy))?;
    let Some(text) = place::of_default(store, &path)? else { return Ok(Vec::new()) };
    let file = parse(&path, &text)?;
    Ok(file.molecules.iter().filter(|m| m.is_completed()).map(|m| m.id.clone()).collect())
}

/// Every bead that stands for a member: the plain ones, molecules with their steps.
fn beads(snapshot: &Snapshot, scene: &Scene) -> Result<BTreeMap<BeadId, String>> {
    let mut out = BTreeMap::new();
    for plain in &scene.members.plain {
        let Ok(id) = BeadId::new(&plain.id) else { continue };
        // What was given up has no code that is wanted.
        if plain.is_closed() && !plain.is_done() {
            continue;
        }
        out.insert(id, plain.short.clone());
    }
    for view in scene.members.molecules.iter().filter(|v| v.state != crate::molecule::MoleculeState::Cancelled) {
        out.insert(view.bead.clone(), view.name.clone());
        for step in &view.steps {
            out.insert(step.bead.clone(), view.name.clone());
        }
        for child in children(snapshot, &view.bead)? {
            out.insert(child.id, view.name.clone());
        }
    }
    Ok(out)
}

/// Says what is missing.
///
/// # Errors
/// Something is (exit 3), each thing named.
pub fn must_hold(convoy: &Convoy, proof: &Proof) -> Result<()> {
    if !proof.holds() {
        let all = proof.missing();
        let shown = all.iter().take(10).cloned().collect::<Vec<_>>().join("\n  ");
        let more = if all.len() > 10 { format!("\n  (and {} more)", all.len() - 10) } else { String::new() };
        let error = Error::new(ErrorKind::Blocked, format!("`{}` has not landed:\n  {shown}{more}", convoy.id));
        return Err(if proof.unlanded.is_empty() {
            error.hint(format!("`gt convoy show {}` shows where each member stands", convoy.id))
        } else {
            error.hint(format!("What counts is {} as this clone knows it; `git fetch` brings it up to date", proof.target.shown()))
        });
    }
    Ok(())
}

/// Lands: closes the convoy with what was proven. False if it has landed already. `allowed`: no gate of the moment `land` speaks
/// against the target as it was proven.
///
/// # Errors
/// Something is missing (exit 3), each thing named; a gate that the convoy asks for has not passed (exit 4).
pub fn land(tx: &mut Tx<'_>, convoy: &Convoy, proof: &Proof, given_up: &[String], _allowed: &Allowed) -> Result<bool> {
    if convoy.state.is_closed() {
        return Ok(false);
    }
    must_hold(convoy, proof)?;
    let id = convoy.bead.as_str();
    let reason = Some("every member is closed and proven to be on the target".to_owned());
    close(tx, id, &CloseRequest { reason, ..CloseRequest::default() })?;
    let bead = tx.bead(&convoy.bead)?.ok_or_else(|| Error::internal("the convoy is gone"))?;
    let mut fields = Fields::new();
    if let Some(tip) = proof.target.tip {
        fields.set(&format!("{}{tip}", field::LANDED), Value::text(&proof.target.name));
    }
    if let Some(mut event) = set_event(tx, &bead, Kind::new("land"), &fields)? {
        if !given_up.is_empty() {
            event.extra.set("given_up", Value::of(given_up));
        }
        tx.push(event);
    }
    Ok(true)
}
