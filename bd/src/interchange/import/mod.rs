//! Upstream's records of any generation in (STATE 9; reference/beads.md 1, 5.3, 9).

mod build;
mod finding;
mod ground;
mod history;
mod incoming;
mod merge;
mod read;

pub use finding::{Finding, ImportError};

use crate::fold::{Bead, State};
use crate::model::{BeadId, Event, Fields, MEMORY_BEAD, Value};
use ground::{Ground, Verdict};
use incoming::{Incoming, Memory};
use read::{Entry, Input};
use std::collections::BTreeMap;

/// How the bytes are meant.
#[derive(Clone, Copy, Default)]
pub struct ImportOptions<'a> {
    /// The input is a file of deletions (`deletions.jsonl`): every line says that a bead was deleted, also where it
    /// holds a whole record.
    pub deletions: bool,
    /// The beads as they were in the export that the input was made from, where that is known (the view). It is then
    /// the base of the merge. Without it the last import is, and what the record proves to have seen.
    pub exported: Option<Exported<'a>>,
}

/// A bead as an export had it.
pub type Exported<'a> = &'a dyn Fn(&BeadId) -> Option<Bead>;

/// A field that both sides changed since the last import.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// The bead.
    pub id: BeadId,
    /// The field.
    pub field: String,
    /// What an export would write now.
    pub ours: Option<Value>,
    /// What the record says.
    pub theirs: Option<Value>,
}

/// What an import would do. Committing `events` does it; there is nothing else to write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportPlan {
    /// The events, all of them new.
    pub events: Vec<Event>,
    /// Beads that nobody here knew, in the order of the input.
    pub created: Vec<BeadId>,
    /// Beads that the import changes.
    pub updated: Vec<BeadId>,
    /// Beads about which the input says nothing new.
    pub unchanged: Vec<BeadId>,
    /// Fields that need a person.
    pub conflicts: Vec<Clash>,
    /// Lines that were not taken, and why.
    pub skipped: Vec<Finding>,
    /// What a person should know.
    pub warnings: Vec<Finding>,
    /// How many memories are new or changed.
    pub memories: usize,
}

/// What is known about a bead: its fold and its events.
pub type Lookup<'a> = &'a dyn Fn(&BeadId) -> Option<(Bead, Vec<Event>)>;

/// Plans an import. Pure: nothing is written, and the same input onto the same state gives the same events, byte for
/// byte, in every clone.
///
/// # Errors
/// Every line that cannot be read, with its number. Then nothing is imported at all.
pub fn plan(bytes: &[u8], options: ImportOptions, lookup: Lookup) -> Result<ImportPlan, ImportError> {
    let Input { entries, mut problems, warnings } = read::read(bytes, options.deletions);
    let mut plan = ImportPlan { warnings, ..ImportPlan::default() };
    let (order, groups, memories) = group(entries, lookup, &mut problems);
    for id in order {
        let Some(records) = groups.get(&id) else { continue };
        if let Err(problem) = one(&id, records, options, lookup, &mut plan) {
            problems.push(problem);
        }
    }
    if let Err(problem) = remember(&memories, options, lookup, &mut plan) {
        problems.push(problem);
    }
    if problems.is_empty() {
        return Ok(plan);
    }
    problems.sort_by_key(|p| (p.line, p.column));
    Err(ImportError { problems })
}

type Groups = BTreeMap<BeadId, Vec<Incoming>>;

/// The records by bead, the one that counts last; beads in the order of the input.
fn group(entries: Vec<Entry>, lookup: Lookup, problems: &mut Vec<Finding>) -> (Vec<BeadId>, Groups, Vec<Memory>) {
    let (mut order, mut groups, mut memories, mut parts) = (Vec::new(), Groups::new(), Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Memory(memory) => memories.push(memory),
            Entry::Part(part) => parts.push(part),
            Entry::Record(record) => {
                let same = groups.entry(record.id.clone()).or_default();
                if same.is_empty() {
                    order.push(record.id.clone());
                }
                same.push(record);
            }
        }
    }
    for records in groups.values_mut() {
        // Stable: of two of one age the later line counts.
        records.sort_by_key(Incoming::time);
    }
    for part in parts {
        match groups.get_mut(&part.id).and_then(|records| records.last_mut()) {
            Some(record) => part.join(record),
            None if lookup(&part.id).is_some_and(|(bead, _)| bead.exists()) => {
                let mut record = Incoming::partial(part.line, part.id.clone());
                order.push(part.id.clone());
                part.join(&mut record);
                groups.insert(record.id.clone(), vec![record]);
            }
            None => problems.push(Finding::of(part.line, part.id.as_str(), "the bead is not known; its record has to come first")),
        }
    }
    (order, groups, memories)
}

/// Plans the records of one bead.
fn one(id: &BeadId, records: &[Incoming], options: ImportOptions, lookup: Lookup, plan: &mut ImportPlan) -> Result<(), Finding> {
    let mut distinct: Vec<&Incoming> = Vec::with_capacity(records.len());
    for record in records.iter().rev() {
        // The same record again says nothing; the newest of them stays.
        let again = |kept: &&Incoming| Incoming { line: record.line, ..(*kept).clone() } == *record;
        if records.len() > 1 && distinct.iter().any(again) {
            plan.skipped.push(Finding::of(record.line, id.as_str(), "stands in the input twice"));
        } else {
            distinct.push(record);
        }
    }
    distinct.reverse();
    let Some((last, earlier)) = distinct.split_last() else { return Ok(()) };
    let known = lookup(id).filter(|(bead, _)| bead.exists());
    for record in earlier {
        let fate = if known.is_none() { "is kept in its history" } else { "was not taken" };
        let what = format!("stands in the input more than once; line {} is newer and counts, this one {fate}", last.line);
        plan.warnings.push(Finding::of(record.line, id.as_str(), what));
    }
    let changed = match &known {
        None => {
            let owned: Vec<Incoming> = distinct.iter().map(|r| (*r).clone()).collect();
            plan.events.extend(build::fresh(&owned)?);
            plan.created.push(id.clone());
            return Ok(());
        }
        Some((bead, events)) => merge::merge(last, bead, events, options.exported.and_then(|exported| exported(id)), plan)?,
    };
    if changed { &mut plan.updated } else { &mut plan.unchanged }.push(id.clone());
    Ok(())
}

/// Memories are fields of a bead that is none (`bd remember`): each is merged like a field.
fn remember(memories: &[Memory], options: ImportOptions, lookup: Lookup, plan: &mut ImportPlan) -> Result<(), Finding> {
    if memories.is_empty() {
        return Ok(());
    }
    let Ok(id) = BeadId::new(MEMORY_BEAD) else { return Ok(()) };
    let (bead, events) = lookup(&id).unwrap_or_else(|| (crate::fold::fold_bead(&id, &[]), Vec::new()));
    let ground =
        Ground::new(&bead, &events, options.exported.and_then(|exported| exported(&id)), &Incoming::partial(0, id.clone()));
    let latest: BTreeMap<&str, &Memory> = memories.iter().map(|m| (m.key.as_str(), m)).collect();
    for (key, memory) in latest {
        let at = jiff::Timestamp::UNIX_EPOCH;
        // A memory that no import and no export had has no base.
        let was = ground.exported.as_ref().or(ground.base.as_ref()).and_then(|b| b.fields.get(key));
        let was = was.map(|register| Fields::new().with(key, register.shown().value.clone()));
        let mut event = build::import_event(&id, at, None).setting(key, memory.value.clone());
        match ground.judge_with(key, Some(&memory.value), was.as_ref(), bead.get(key)) {
            Verdict::Keep => continue,
            Verdict::Stale | Verdict::Redacted => {
                let what = format!("the memory `{key}` was replaced or redacted here since, not taken");
                plan.skipped.push(Finding::at(memory.line, what));
                continue;
            }
            Verdict::Take => event.on = [bead.heads([key]), ground.base_heads(&[key])].concat(),
            Verdict::Clash => {
                event.on = ground.base_heads(&[key]);
                let (ours, theirs) = (bead.get(key).cloned(), Some(memory.value.clone()));
                plan.conflicts.push(Clash { id: id.clone(), field: key.to_owned(), ours, theirs });
            }
        }
        event.on.sort_unstable();
        event.on.dedup();
        plan.events.extend(build::seal_all(event, at, memory.line)?);
        plan.memories += 1;
    }
    Ok(())
}

/// A lookup in a state in memory.
pub fn lookup_in(state: &State) -> impl Fn(&BeadId) -> Option<(Bead, Vec<Event>)> + '_ {
    |id| Some((state.bead(id)?, state.events(id).cloned().collect()))
}

#[cfg(test)]
mod tests;
