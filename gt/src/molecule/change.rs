//! What every transition shares: setting fields of beads, closing and opening them, and settling what follows.

use super::beads::Beads;
use super::clock;
use super::compute::{view, waits_for};
use super::letter::Letter;
use super::machine::{self, MoleculeAction};
use super::model::{CheckpointState, MoleculeState, Run, StepState, field};
use super::{StepView, View, texts};
use bd::error::{Error, ErrorKind, Result};
use bd::fold::Bead;
use bd::model::{BeadId, Fields, Kind, Outcome, Status, Value, format_time};
use bd::ops::change::set_event;
use bd::ops::claim::give_back;
use bd::store::Tx;

/// What a transition did.
#[derive(Clone, Debug)]
pub struct Acted {
    /// The molecule afterwards.
    pub view: View,
    /// What has to be told.
    pub letters: Vec<Letter>,
    /// What happened, for the worker, a sentence each.
    pub notes: Vec<String>,
}

/// A transition in the making.
pub struct Change<'t, 's> {
    /// The mutation.
    pub tx: &'t mut Tx<'s>,
    /// The molecule's bead.
    pub id: BeadId,
    /// What has to be told.
    pub letters: Vec<Letter>,
    /// What happened.
    pub notes: Vec<String>,
}

impl<'t, 's> Change<'t, 's> {
    /// Begins one.
    pub fn new(tx: &'t mut Tx<'s>, id: BeadId) -> Self {
        Self { tx, id, letters: Vec::new(), notes: Vec::new() }
    }

    /// The beads with what was changed so far.
    ///
    /// # Errors
    /// As [`Beads::now`].
    pub fn beads(&self) -> Result<Beads> {
        Beads::now(self.tx, &self.id)
    }

    /// The molecule with what was changed so far.
    ///
    /// # Errors
    /// As [`Beads::now`].
    pub fn view(&self) -> Result<View> {
        let beads = self.beads()?;
        let waits = waits_for(&beads, |id| self.tx.bead(id))?;
        Ok(view(&beads, waits, self.tx.now()))
    }

    /// The molecule, if it lets this be done to it.
    ///
    /// # Errors
    /// It does not (exit 3), in words.
    pub fn must(&self, action: MoleculeAction) -> Result<View> {
        let view = self.view()?;
        allowed(&view, action)?;
        Ok(view)
    }

    /// Sets fields of a bead; with a status its claim ends. Nothing happens where everything is so already.
    ///
    /// # Errors
    /// The bead is gone, or the system gives no randomness.
    pub fn set(&mut self, id: &BeadId, kind: &str, fields: Fields, extra: &[(&str, Value)]) -> Result<()> {
        let bead = self.tx.bead(id)?.ok_or_else(|| Error::usage(format!("there is no bead `{id}`")))?;
        let mut fields = fields;
        if fields.get("status").is_some() {
            give_back(&bead, &mut fields);
        }
        if let Some(mut event) = set_event(self.tx, &bead, Kind::new(kind), &fields)? {
            for (name, value) in extra {
                event.extra.set(name, value.clone());
            }
            self.tx.push(event);
        }
        Ok(())
    }

    /// Writes an event without fields: history for people.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub fn say(&mut self, id: &BeadId, kind: &str, extra: &[(&str, Value)]) -> Result<()> {
        let mut event = self.tx.event(id, Kind::new(kind))?;
        for (name, value) in extra {
            event.extra.set(name, value.clone());
        }
        self.tx.push(event);
        Ok(())
    }

    /// Sends the work back: every step from `to` on that was reached is to be done again, in its next try.
    ///
    /// # Errors
    /// As [`Change::set`].
    pub fn go_back(&mut self, view: &View, from: &StepView, to: &StepView, why: &str) -> Result<()> {
        let mut back = vec![to.def.id.clone()];
        for step in &view.steps {
            if step.def.needs.iter().any(|n| back.contains(n)) {
                back.push(step.def.id.clone());
            }
        }
        let of = |id: &str| view.steps.iter().position(|s| s.def.id == id).unwrap_or(usize::MAX);
        let last = of(&from.def.id);
        for (at, step) in view.steps.iter().enumerate() {
            let reached = at <= last || step.state == StepState::Done;
            if !back.contains(&step.def.id) || !reached || step.def.id == from.def.id {
                continue;
            }
            let run = Run { state: StepState::Pending, attempt: step.attempt + 1 };
            let mut fields = opened().with(field::STEP_RUN, Value::of(&run));
            if step.checkpoint.is_some() {
                fields.set(field::DECISION, Value::text(CheckpointState::Pending.as_str()));
                clear_decision(&mut fields);
            }
            self.set(&step.bead, "go-back", fields, &[("why", Value::text(why))])?;
        }
        Ok(())
    }

    /// Opens the checkpoints that have been reached, and writes to their owners; the molecule as it stands then.
    ///
    /// # Errors
    /// As [`Change::set`].
    pub fn settle(&mut self) -> Result<View> {
        let beads = self.beads()?;
        let waits = waits_for(&beads, |id| self.tx.bead(id))?;
        let view = view(&beads, waits, self.tx.now());
        if matches!(view.state, MoleculeState::Cancelled | MoleculeState::Completed) || !view.waits_for.is_empty() {
            return Ok(view);
        }
        let mut opened = false;
        for step in &view.steps {
            let Some(checkpoint) = &step.checkpoint else { continue };
            let reached = step.def.needs.iter().all(|n| view.step(n).is_some_and(|s| s.state == StepState::Done));
            let waits = matches!(checkpoint.state, CheckpointState::Pending | CheckpointState::Blocked | CheckpointState::Rejected);
            if reached && waits {
                self.open(&view, &beads, step)?;
                opened = true;
            }
        }
        if opened { self.view() } else { Ok(view) }
    }

    /// Opens a checkpoint.
    ///
    /// # Errors
    /// As [`Change::set`]; a timeout that is none.
    pub fn open(&mut self, view: &View, beads: &Beads, step: &StepView) -> Result<()> {
        // By what is believed, so that a deadline is not past in the moment in which it is set.
        let now = clock::opening(&clock::seen(beads), self.tx.now(), self.tx.actor().as_str());
        let deadline = step.def.timeout.as_deref().map(|t| super::deadline::after(self.tx.store(), now, t)).transpose()?;
        let mut fields = opened().with(field::DECISION, Value::text(CheckpointState::Open.as_str()));
        clear_decision(&mut fields);
        fields.set(field::OPENED, Value::text(&format_time(now)));
        fields.set(field::DEADLINE, deadline.map_or_else(Value::null, |d| Value::text(&format_time(d))));
        self.set(&step.bead, "open", fields, &[])?;
        let letter = texts::checkpoint(view, beads, step, deadline, now);
        self.letters.push(letter);
        Ok(())
    }

    /// Ends the transition.
    ///
    /// # Errors
    /// As [`Change::settle`].
    pub fn end(mut self) -> Result<Acted> {
        let view = self.settle()?;
        self.finish(view)
    }

    /// Ends one that is settled, with the molecule as it stands now.
    ///
    /// # Errors
    /// A letter that cannot be stored.
    pub fn finish(self, view: View) -> Result<Acted> {
        super::post::send(self.tx, &self.letters)?;
        Ok(Acted { view, letters: self.letters, notes: self.notes })
    }
}

/// The fields of a bead that is finished.
pub fn finished() -> Fields {
    Fields::new().with("status", Value::text(Status::CLOSED.as_str())).with("outcome", Value::text(Outcome::Done.as_str()))
}

/// The fields of a bead that is open.
pub fn opened() -> Fields {
    Fields::new().with("status", Value::text(Status::OPEN.as_str())).with("outcome", Value::null())
}

fn clear_decision(fields: &mut Fields) {
    fields.set(field::WHY, Value::null());
    fields.set(field::OVERRIDDEN, Value::null());
}

/// Refuses what the state does not allow.
///
/// # Errors
/// Exit 3, naming the state and what can be done.
pub fn allowed(view: &View, action: MoleculeAction) -> Result<()> {
    if machine::molecule(view.state, action) {
        return Ok(());
    }
    let name = &view.name;
    let error = Error::new(ErrorKind::Blocked, format!("`{name}` is {}: {} is not possible now", view.state, action.as_str()));
    Err(match view.state {
        MoleculeState::Paused => error.hint(format!("`gt molecule resume {name}` lets it go on")),
        MoleculeState::Waiting => error.hint(format!("It waits for {}", view.waits_for.join(", "))),
        MoleculeState::Planned => error.hint("`gt molecule create` pours it"),
        _ => error.hint(format!("`gt molecule status {name}` says where it stands")),
    })
}

/// The step of a name or of a bead's id.
///
/// # Errors
/// There is none (exit 2); the nearest is named.
pub fn step_of<'v>(view: &'v View, text: &str) -> Result<&'v StepView> {
    let found = view.steps.iter().find(|s| s.def.id == text || s.bead.as_str() == text);
    found.ok_or_else(|| {
        let error = Error::usage(format!("`{}` has no step `{}`", view.name, text.escape_debug()));
        match bd::query::nearest(text, view.steps.iter().map(|s| s.def.id.as_str()), 1).first() {
            Some(near) => error.hint(format!("Did you mean `{near}`?")),
            None => error.hint(format!("`gt molecule status {} --steps` shows them", view.name)),
        }
    })
}

/// The value of a field of a bead, decoded.
pub fn decoded<T: serde::de::DeserializeOwned>(bead: &Bead, name: &str) -> Option<T> {
    super::own::decoded(bead, name)
}
