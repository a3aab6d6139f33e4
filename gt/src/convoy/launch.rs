//! Staging and launching: what is looked over first, and what can be worked on then.

use super::bead::{Convoy, field};
use super::board::board_of;
use super::line::Poured;
use super::members::Plain;
use super::scene::Scene;
use super::stage::{Plan, plan};
use super::{Standing, nodes};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, Fields, Kind, Value};
use bd::ops::change::set_event;
use bd::ops::graph::children;
use bd::store::{Snapshot, Store, Tx};
use jiff::Timestamp;

/// Looks over a convoy that is there.
///
/// # Errors
/// The store cannot be read.
pub fn look(store: &Store, snapshot: &Snapshot, scene: &Scene) -> Result<Plan> {
    Ok(plan(&scene.nodes(store, snapshot)?))
}

/// What a list of names to stage comes to.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The beads, by whole name, each once.
    pub ids: Vec<String>,
    /// The title of the first epic, else of the first bead.
    pub title: String,
}

/// Reads what is to be staged: an epic stands for everything below it, every other bead for itself.
///
/// # Errors
/// A name that no bead has, an epic with nothing below it (exit 2).
pub fn wanted(store: &Store, snapshot: &Snapshot, texts: &[String]) -> Result<Wanted> {
    let mut out = Wanted::default();
    for text in texts {
        let id = match snapshot.resolve(text) {
            Ok(id) => id,
            Err(error) => crate::molecule::beads::find(store, snapshot, text).map_err(|_| error)?,
        };
        let bead = snapshot.must(&id)?;
        if out.title.is_empty() {
            out.title = bead.title();
        }
        if bead.issue_type() == "epic" {
            let before = out.ids.len();
            below(snapshot, &id, &mut out.ids)?;
            if out.ids.len() == before {
                return Err(Error::usage(format!("the epic `{}` has nothing below it", snapshot.short(&id)))
                    .hint("`bd create --parent` puts work below it"));
            }
        } else if !out.ids.iter().any(|known| known == id.as_str()) {
            out.ids.push(id.as_str().to_owned());
        }
    }
    Ok(out)
}

fn below(snapshot: &Snapshot, id: &BeadId, out: &mut Vec<String>) -> Result<()> {
    let mut todo = vec![id.clone()];
    while let Some(at) = todo.pop() {
        for child in children(snapshot, &at)? {
            if child.is_deleted() || out.iter().any(|known| known == child.id.as_str()) || child.id == *id {
                continue;
            }
            out.push(child.id.as_str().to_owned());
            // The steps of a molecule are the molecule's own business.
            if child.issue_type() != "molecule" {
                todo.push(child.id.clone());
            }
        }
    }
    Ok(())
}

/// Looks over beads that are in no convoy yet: the molecules among them, and the others.
///
/// # Errors
/// The store cannot be read.
pub fn look_at(store: &Store, snapshot: &Snapshot, poured: &[Poured<'_>], plain: &[Plain], now: Timestamp) -> Result<Plan> {
    let facts = super::Facts {
        id: String::new(),
        name: String::new(),
        owner: None,
        state: super::State::StagedReady,
        teams: Vec::new(),
        proven: false,
    };
    let board = board_of(facts, None, poured, plain, now);
    Ok(plan(&nodes::nodes(store, snapshot, &board, None, poured, plain)?))
}

/// The word that a look comes to: `staged_ready` or `staged_warnings`.
pub fn stage_word(plan: &Plan) -> &'static str {
    if plan.findings.is_empty() { "staged_ready" } else { "staged_warnings" }
}

/// The error for a plan that cannot be launched; it names what is wrong.
pub fn refused(what: &str, plan: &Plan) -> Error {
    let errors: Vec<&str> =
        plan.findings.iter().filter(|f| f.weight == super::stage::Weight::Error).map(|f| f.text.as_str()).take(3).collect();
    Error::new(ErrorKind::Blocked, format!("{what}: {}", errors.join("; ")))
}

/// Writes down what a look at a staged convoy came to. Nothing happens to one that was launched.
///
/// # Errors
/// It has landed (exit 2).
pub fn restage(tx: &mut Tx<'_>, convoy: &Convoy, plan: &Plan) -> Result<bool> {
    if convoy.state.is_closed() {
        return Err(Error::usage(format!("the convoy `{}` has landed", convoy.id)));
    }
    if !convoy.state.is_staged() {
        return Ok(false);
    }
    let fields = Fields::new().with(field::STAGE, Value::text(stage_word(plan)));
    push(tx, &convoy.bead, "stage", &fields)
}

/// Launches a staged convoy; false if it was launched before.
///
/// # Errors
/// It has landed (exit 2); the plan has errors (exit 3).
pub fn launch(tx: &mut Tx<'_>, convoy: &Convoy, plan: &Plan) -> Result<bool> {
    if convoy.state.is_closed() {
        return Err(Error::usage(format!("the convoy `{}` has landed", convoy.id)));
    }
    if !plan.is_launchable() {
        return Err(refused(&format!("`{}` cannot be launched", convoy.id), plan)
            .hint(format!("`gt convoy stage {}` shows everything that was found", convoy.id)));
    }
    if !convoy.state.is_staged() {
        return Ok(false);
    }
    push(tx, &convoy.bead, "launch", &Fields::new().with(field::LAUNCHED, Value::of(&true)))
}

fn push(tx: &mut Tx<'_>, bead: &BeadId, kind: &str, fields: &Fields) -> Result<bool> {
    let bead = tx.bead(bead)?.ok_or_else(|| Error::internal("the convoy is gone"))?;
    let event = set_event(tx, &bead, Kind::new(kind), fields)?;
    let changed = event.is_some();
    event.into_iter().for_each(|e| tx.push(e));
    Ok(changed)
}

/// What can be taken up now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Free {
    /// Beads that can be claimed: whole name, and what people see.
    pub claim: Vec<(String, String)>,
    /// Molecules that could be poured.
    pub pour: Vec<String>,
}

/// Finds what can be taken up now, by the rules of `bd ready`.
pub fn free(scene: &Scene) -> Free {
    let mut out = Free::default();
    for line in scene.board.beads.iter().filter(|l| l.standing == Standing::Ready) {
        out.claim.push((line.id.clone(), line.shown.clone()));
    }
    for view in &scene.members.molecules {
        for step in view.open.iter().filter_map(|i| view.steps.get(*i)) {
            if step.checkpoint.is_none() && step.holder.is_none() {
                out.claim.push((step.bead.as_str().to_owned(), format!("{} {}", view.name, step.def.id)));
            }
        }
    }
    let startable = |l: &&super::Line| matches!(l.standing, Standing::Planned | Standing::Startable);
    out.pour = scene.board.molecules.iter().filter(startable).map(|l| l.id.clone()).collect();
    out
}
