//! What the beads of a molecule say, without what the clock says about it: small enough to be kept beside the cache (`views`), and all
//! that a list needs. Where it stands follows from this and from now ([`super::judge`]).

use super::beads::{Beads, listed_steps};
use super::clock::{self, Witness};
use super::compute;
use super::judge::{Asked, Claimed, Mol, Stand, judge, stands_until};
use super::model::{CheckpointState, Fix, MoleculeState, Run, StepState, Validation, field};
use super::predicate::Predicate;
use crate::formula::StepKind;
use bd::error::Result;
use bd::fold::{Bead, Holding, Register};
use bd::model::{BeadId, DepType};
use bd::store::Snapshot;
use bd::store::wire::{Broken, Read, Take, put_bytes, put_int, put_opt_str, put_str, put_var};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// A step as its bead says it.
#[derive(Clone, Debug)]
pub struct StepFacts<'a> {
    /// Its name.
    pub id: &'a str,
    /// Its bead.
    pub bead: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it asks for.
    pub kind: StepKind,
    /// `analysis`, `plan`, …
    pub phase: Option<&'a str>,
    /// The steps that come before it.
    pub needs: Vec<&'a str>,
    /// How long it takes at most, in minutes.
    pub minutes: Option<u32>,
    /// Criteria that a person has to attest.
    pub manual: Vec<&'a str>,
    /// What was attested, with its try.
    pub ticks: Vec<(u32, &'a str)>,
    /// Who holds it, as long as the lease lasts.
    pub holder: Option<&'a str>,
    /// Who handed it in last.
    pub handed_in: Option<&'a str>,
    /// When the checkpoint opened.
    pub opened: Option<Timestamp>,
    /// Until when somebody has to decide.
    pub deadline: Option<Timestamp>,
    /// Who decided.
    pub by: Option<&'a str>,
    /// What was said with it.
    pub reason: Option<&'a str>,
    /// Approved although something spoke against it.
    pub overridden: bool,
}

/// A molecule as its beads say it.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Its bead.
    pub bead: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The convoy it was poured for.
    pub convoy: Option<&'a str>,
    /// The formula's name, version and digest.
    pub formula: [&'a str; 3],
    /// Whose it is.
    pub owner: Option<&'a str>,
    /// The team.
    pub team: Option<&'a str>,
    /// Who holds its bead.
    pub holder: Option<&'a str>,
    /// What was said last.
    pub note: Option<&'a str>,
    /// Why it rests.
    pub why: Option<&'a str>,
    /// Required molecules that are not completed.
    pub waits_for: Vec<&'a str>,
    /// Steps whose beads are gone.
    pub missing: Vec<&'a str>,
    /// Why it went back.
    pub fix: Option<Fix>,
    /// The last validation, as JSON.
    validation: Option<&'a [u8]>,
    /// Passed tests of all, in percent, where that counted them.
    pub rate: Option<f64>,
    /// That read no test report.
    pub uncounted: bool,
    /// When it was poured.
    pub poured: Option<Timestamp>,
    /// When its run was last said something about.
    ran: Option<Timestamp>,
    run: &'a str,
    /// Its steps.
    pub steps: Vec<StepFacts<'a>>,
    asked: Vec<Asked>,
    /// What others' clocks said of it, where a deadline is to come.
    seen: Vec<Witness>,
}

/// Appends a time that may be missing.
pub fn put_time(out: &mut Vec<u8>, time: Option<Timestamp>) {
    out.push(u8::from(time.is_some()));
    if let Some(time) = time {
        put_int(out, time.as_second());
        put_int(out, i64::from(time.subsec_nanosecond()));
    }
}

/// Reads what [`put_time`] wrote.
///
/// # Errors
/// It did not write this.
pub fn take_time(take: &mut Take<'_>) -> Read<Option<Timestamp>> {
    if !take.bool()? {
        return Ok(None);
    }
    let (second, nano) = (take.int()?, i32::try_from(take.int()?).map_err(|_| Broken)?);
    Timestamp::new(second, nano).map(Some).map_err(|_| Broken)
}

fn take_rate(take: &mut Take<'_>) -> Read<Option<f64>> {
    let rate = f64::from_bits(take.u64()?);
    Ok(take.bool()?.then_some(rate))
}

fn take_seen(take: &mut Take<'_>) -> Read<Vec<Witness>> {
    let one = |take: &mut Take<'_>| Ok(Witness { by: take.str()?.to_owned(), at: take_time(take)?.ok_or(Broken)? });
    (0..take.count(4)?).map(|_| one(take)).collect()
}

fn put_list<'s>(out: &mut Vec<u8>, all: impl ExactSizeIterator<Item = &'s str>) {
    put_var(out, all.len() as u64);
    all.for_each(|text| put_str(out, text));
}

fn take_list<'a>(take: &mut Take<'a>) -> Read<Vec<&'a str>> {
    (0..take.count(1)?).map(|_| take.str()).collect()
}

fn number(take: &mut Take<'_>) -> Read<u32> {
    u32::try_from(take.var()?).map_err(|_| Broken)
}

/// The place of a state among all.
pub fn code<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|o| o == one).unwrap_or_default() as u8
}

/// The state of a place.
///
/// # Errors
/// There is none.
pub fn coded<T: Copy>(all: &[T], take: &mut Take<'_>) -> Read<T> {
    all.get(usize::from(take.u8()?)).copied().ok_or(Broken)
}

const KINDS: [StepKind; 5] = [StepKind::Work, StepKind::Checkpoint, StepKind::Validation, StepKind::Compliance, StepKind::Document];

/// The beads on which what [`encode`] writes depends, those that are gone among them.
pub fn depends_on(beads: &Beads) -> BTreeSet<String> {
    let mut out = BTreeSet::from([beads.molecule.id.as_str().to_owned()]);
    out.extend(listed_steps(&beads.molecule).into_iter().map(|(_, id)| id));
    out.extend(
        super::own::decoded::<Vec<(String, String)>>(&beads.molecule, field::REQUIRES).unwrap_or_default().into_iter().map(|r| r.1),
    );
    out.extend(beads.molecule.edges.iter().filter(|e| e.edge.kind == DepType::BLOCKS).map(|e| e.edge.to.clone()));
    out
}

/// What the beads of one molecule say now.
///
/// # Errors
/// As [`Beads::read`].
pub fn of(snapshot: &Snapshot, id: &BeadId) -> Result<Vec<u8>> {
    let beads = Beads::read(snapshot, id)?;
    let waits = compute::waits_for(&beads, |id| snapshot.bead(id))?;
    Ok(encode(&beads, &waits))
}

/// Writes down what the beads say.
pub fn encode(beads: &Beads, waits_for: &[String]) -> Vec<u8> {
    let mol = &beads.molecule;
    let recipe = beads.recipe();
    let mut out = Vec::with_capacity(2048);
    put_str(&mut out, mol.id.as_str());
    put_str(&mut out, &mol.text(field::NAME).unwrap_or_else(|| mol.title()));
    put_opt_str(&mut out, mol.text(field::CONVOY).as_deref());
    [&recipe.name, &recipe.version, &recipe.digest].iter().for_each(|text| put_str(&mut out, text));
    for name in ["owner", field::TEAM, field::NOTE, field::WHY] {
        put_opt_str(&mut out, mol.text(name).as_deref());
    }
    put_opt_str(&mut out, holder_of(mol).as_deref());
    put_list(&mut out, waits_for.iter().map(String::as_str));
    put_list(&mut out, beads.missing.iter().map(String::as_str));
    let json = |value: Option<Vec<u8>>, out: &mut Vec<u8>| {
        out.push(u8::from(value.is_some()));
        put_bytes(out, &value.unwrap_or_default());
    };
    let fix = super::own::decoded::<Fix>(mol, field::FIX);
    json(fix.and_then(|f| serde_json::to_vec(&f).ok()), &mut out);
    let validation = super::own::decoded::<Validation>(mol, field::VALIDATION);
    let rate = validation.as_ref().and_then(Validation::counted_rate);
    out.extend_from_slice(&rate.map_or(0, f64::to_bits).to_le_bytes());
    out.push(u8::from(rate.is_some()));
    out.push(u8::from(validation.as_ref().is_some_and(|v| !v.counted)));
    json(validation.and_then(|v| serde_json::to_vec(&v).ok()), &mut out);
    put_time(&mut out, mol.created_at().as_deref().and_then(bd::model::parse_time));
    put_time(&mut out, compute::ran(mol));
    put_str(&mut out, &compute::run(mol));
    let all: Vec<Asked> = beads.steps.iter().map(|(bead, def)| compute::asked(bead, def, Vec::new())).collect();
    let seen = clock::needed(beads, &all);
    put_var(&mut out, seen.len() as u64);
    for witness in &seen {
        put_str(&mut out, &witness.by);
        put_time(&mut out, Some(witness.at));
    }
    put_var(&mut out, beads.steps.len() as u64);
    let before = places(beads.steps.iter().map(|(_, def)| (def.id.as_str(), def.needs.as_slice())));
    for (((bead, def), before), asked) in beads.steps.iter().zip(before).zip(&all) {
        for text in [&def.id, bead.id.as_str(), &def.title] {
            put_str(&mut out, text);
        }
        out.push(code(&KINDS, &def.kind));
        put_opt_str(&mut out, def.phase.as_deref());
        put_var(&mut out, def.needs.len() as u64);
        for (need, place) in def.needs.iter().zip(before) {
            put_str(&mut out, need);
            put_var(&mut out, place.map_or(0, |at| at as u64 + 1));
        }
        put_var(&mut out, def.estimate.map_or(0, |e| u64::from(e.max) + 1));
        let manual: Vec<&String> =
            def.success_criteria.iter().filter(|c| Predicate::of_criterion(c) == Predicate::Manual).collect();
        put_list(&mut out, manual.iter().map(|c| c.as_str()));
        let ticks = super::act::ticks(bead);
        put_var(&mut out, ticks.len() as u64);
        for (attempt, text) in &ticks {
            put_var(&mut out, u64::from(*attempt));
            put_str(&mut out, text);
        }
        out.push(code(StepState::ALL, &asked.run.state));
        put_var(&mut out, u64::from(asked.run.attempt));
        let holder = compute::holder(bead);
        out.push(u8::from(holder.is_some()));
        if let Some((who, until)) = holder {
            put_opt_str(&mut out, who.as_deref());
            put_time(&mut out, until);
        }
        put_opt_str(&mut out, bead.fields.get(field::HAND_IN).map(|r| Register::shown(r).by.as_str()));
        out.push(u8::from(asked.decision.is_some()));
        if let Some(decision) = asked.decision {
            out.push(code(CheckpointState::ALL, &decision));
            put_time(&mut out, asked.opened);
            put_opt_str(&mut out, asked.opener.as_deref().filter(|_| asked.awaited().is_some()));
            put_time(&mut out, asked.deadline);
            put_opt_str(&mut out, compute::decided_by(bead).as_deref());
            put_opt_str(&mut out, bead.text(field::WHY).as_deref());
            out.push(u8::from(bead.flag(field::OVERRIDDEN)));
        }
    }
    out
}

/// Who holds a bead, whatever his lease says; nobody where several do.
fn holder_of(bead: &Bead) -> Option<String> {
    match bead.holding() {
        Holding::Held(claim) => claim.holder.map(|who| who.as_str().to_owned()),
        Holding::Free | Holding::Contested(_) => None,
    }
}

/// For the needs of each step the place of the step that is meant, where it stands before: of several of one name the last.
pub fn places<'s>(steps: impl Iterator<Item = (&'s str, &'s [String])>) -> Vec<Vec<Option<usize>>> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut out = Vec::new();
    for (at, (id, needs)) in steps.enumerate() {
        out.push(needs.iter().map(|need| known.get(need.as_str()).copied()).collect());
        known.insert(id, at);
    }
    out
}

impl<'a> Facts<'a> {
    /// Reads what [`encode`] wrote.
    ///
    /// # Errors
    /// It did not write this.
    pub fn read(bytes: &'a [u8]) -> Read<Self> {
        let mut take = Take::new(bytes);
        let t = &mut take;
        let json = |t: &mut Take<'a>| -> Read<Option<&'a [u8]>> {
            let there = t.bool()?;
            Ok(Some(t.bytes()?).filter(|_| there))
        };
        let mut out = Self {
            bead: t.str()?,
            name: t.str()?,
            convoy: t.opt_str()?,
            formula: [t.str()?, t.str()?, t.str()?],
            owner: t.opt_str()?,
            team: t.opt_str()?,
            note: t.opt_str()?,
            why: t.opt_str()?,
            holder: t.opt_str()?,
            waits_for: take_list(t)?,
            missing: take_list(t)?,
            fix: json(t)?.map(|bytes| serde_json::from_slice(bytes).map_err(|_| Broken)).transpose()?,
            rate: take_rate(t)?,
            uncounted: t.bool()?,
            validation: json(t)?,
            poured: take_time(t)?,
            ran: take_time(t)?,
            run: t.str()?,
            seen: take_seen(t)?,
            steps: Vec::new(),
            asked: Vec::new(),
        };
        let count = t.count(8)?;
        out.steps.reserve_exact(count);
        out.asked.reserve_exact(count);
        for _ in 0..count {
            out.step(t)?;
        }
        Ok(out)
    }

    fn step(&mut self, t: &mut Take<'a>) -> Read<()> {
        let (id, bead, title) = (t.str()?, t.str()?, t.str()?);
        let (kind, phase) = (coded(&KINDS, t)?, t.opt_str()?);
        let count = t.count(2)?;
        let (mut needs, mut before) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            needs.push(t.str()?);
            before.push((t.var()? as usize).checked_sub(1));
        }
        let minutes = number(t)?.checked_sub(1);
        let manual = take_list(t)?;
        let ticks = (0..t.count(2)?).map(|_| Ok((number(t)?, t.str()?))).collect::<Read<_>>()?;
        let run = Run { state: coded(StepState::ALL, t)?, attempt: number(t)? };
        let (mut holder, mut claimed) = (None, Claimed::No);
        if t.bool()? {
            holder = t.opt_str()?;
            claimed = Claimed::of(holder.is_some(), take_time(t)?);
        }
        let handed_in = t.opt_str()?;
        let mut out = StepFacts {
            id,
            bead,
            title,
            kind,
            phase,
            needs,
            minutes,
            manual,
            ticks,
            holder,
            handed_in,
            opened: None,
            deadline: None,
            by: None,
            reason: None,
            overridden: false,
        };
        let (mut decision, mut opener) = (None, None);
        if t.bool()? {
            decision = Some(coded(CheckpointState::ALL, t)?);
            (out.opened, opener, out.deadline) = (take_time(t)?, t.opt_str()?, take_time(t)?);
            (out.by, out.reason, out.overridden) = (t.opt_str()?, t.opt_str()?, t.bool()?);
        }
        let (opened, opener, deadline) = (out.opened, opener.map(str::to_owned), out.deadline);
        self.asked.push(Asked { before, run, claimed, decision, opened, opener, deadline });
        self.steps.push(out);
        Ok(())
    }

    /// Until when it stands where it stands at `now`; `None` where that cannot be said ([`super::judge::stands_until`]).
    pub fn stands_until(&self, now: Timestamp) -> Option<Timestamp> {
        stands_until(&self.asked, &self.seen, now)
    }

    /// The last validation.
    pub fn validation(&self) -> Option<Validation> {
        self.validation.and_then(|bytes| serde_json::from_slice(bytes).ok())
    }
}

/// A molecule for lists: what its beads say, and where it stands now.
#[derive(Clone, Debug)]
pub struct Brief<'a> {
    /// What its beads say.
    pub facts: Facts<'a>,
    /// Where it stands.
    pub state: MoleculeState,
    /// Where its steps stand.
    pub stands: Vec<Stand>,
    /// Indices of the steps that can be worked on or decided now.
    pub open: Vec<usize>,
}

/// A step of a [`Brief`].
#[derive(Clone, Copy, Debug)]
pub struct BriefStep<'b, 'a> {
    /// What its bead says.
    pub facts: &'b StepFacts<'a>,
    /// Where it stands.
    pub stand: &'b Stand,
}

impl<'a> Brief<'a> {
    /// Where it stands at a moment.
    pub fn at(mut facts: Facts<'a>, now: Timestamp) -> Self {
        let names: Vec<&str> = facts.steps.iter().map(|s| s.id).collect();
        let mol = Mol {
            run: facts.run,
            waits: !facts.waits_for.is_empty(),
            missing: !facts.missing.is_empty(),
            back_to: facts.fix.as_ref().map(|f| f.to.as_str()),
            seen: &facts.seen,
        };
        let needs = |at: usize, name: &str| facts.steps.get(at).is_some_and(|s| s.needs.contains(&name));
        let judged = judge(&mol, &names, &facts.asked, needs, now);
        // Nobody asks twice, and a list of them is memory that a look pays for.
        facts.asked = Vec::new();
        Self { state: judged.state, stands: judged.steps, open: judged.open, facts }
    }

    /// The steps, in the formula's order.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = BriefStep<'_, 'a>> {
        self.facts.steps.iter().zip(&self.stands).map(|(facts, stand)| BriefStep { facts, stand })
    }

    /// The step of a place.
    pub fn step(&self, at: usize) -> Option<BriefStep<'_, 'a>> {
        Some(BriefStep { facts: self.facts.steps.get(at)?, stand: self.stands.get(at)? })
    }

    /// The steps that can be worked on or decided now.
    pub fn open_steps(&self) -> impl Iterator<Item = BriefStep<'_, 'a>> {
        self.open.iter().filter_map(|at| self.step(*at))
    }

    /// True if it is completed or cancelled.
    pub fn is_over(&self) -> bool {
        matches!(self.state, MoleculeState::Completed | MoleculeState::Cancelled)
    }

    /// As [`super::View::progress`].
    pub fn progress(&self) -> (usize, usize) {
        (self.stands.iter().filter(|s| s.state == StepState::Done).count(), self.stands.len() + self.facts.missing.len())
    }

    /// As [`super::View::current`].
    pub fn current(&self) -> Option<BriefStep<'_, 'a>> {
        self.open.first().and_then(|at| self.step(*at)).or_else(|| self.step(self.stands.len().checked_sub(1)?))
    }

    /// As [`super::View::next_checkpoint`].
    pub fn next_checkpoint(&self) -> Option<BriefStep<'_, 'a>> {
        self.steps().find(|s| s.stand.checkpoint.is_some() && s.stand.state != StepState::Done)
    }

    /// As [`super::View::eta_minutes`].
    pub fn eta_minutes(&self) -> u32 {
        let until = self.next_checkpoint().map(|c| c.facts.id);
        let ahead = self.steps().take_while(|s| Some(s.facts.id) != until);
        ahead.filter(|s| s.stand.state != StepState::Done).filter_map(|s| s.facts.minutes).sum()
    }

    /// Why it rests, where it was paused or cancelled.
    pub fn why(&self) -> Option<&'a str> {
        self.facts.why.filter(|_| matches!(self.facts.run, "paused" | "cancelled"))
    }

    /// When it was completed.
    pub fn completed(&self) -> Option<Timestamp> {
        self.facts.ran.filter(|_| self.state == MoleculeState::Completed)
    }

    /// As [`super::act::due`].
    pub fn is_due(&self) -> bool {
        let expired = |s: &Stand| s.checkpoint == Some(CheckpointState::Expired);
        !self.is_over() && self.facts.waits_for.is_empty() && self.why().is_none() && self.stands.iter().any(expired)
    }
}

impl<'a> BriefStep<'_, 'a> {
    /// Who holds it now.
    pub fn holder(&self) -> Option<&'a str> {
        self.facts.holder.filter(|_| self.stand.held)
    }

    /// The criteria that a person has yet to attest.
    pub fn unattested(&self) -> impl Iterator<Item = &'a str> {
        let ticked = |text: &str| self.facts.ticks.iter().any(|(attempt, t)| *attempt == self.stand.attempt && *t == text);
        self.facts.manual.iter().copied().filter(move |text| !ticked(text))
    }

    /// True if there are some.
    pub fn to_attest(&self) -> bool {
        self.unattested().next().is_some()
    }
}
