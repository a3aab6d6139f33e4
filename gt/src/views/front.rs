//! What stands in front of what is kept of a molecule: how it looks at a glance, and for how long that stands while the clock goes on.
//! A completed molecule stands where it stands at any time ([`crate::molecule::judge`]: done is done).

use super::text::{put_list, take_list};
use crate::convoy::Poured;
use crate::molecule::facts::{Facts, code, coded, put_time, take_time};
use crate::molecule::glance::{Glance, OpenCheckpoint, OpenStep};
use crate::molecule::{Brief, CheckpointState, MoleculeState};
use bd::store::wire::{Broken, Read, Take, put_opt_str, put_str, put_var};
use jiff::Timestamp;

/// The front of a molecule, as it stands at `now`.
pub fn put(facts: &[u8], now: Timestamp) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let Ok(facts) = Facts::read(facts) else { return out };
    // Where nothing is known of how long it stands, it stands for no time.
    let until = facts.stands_until(now).unwrap_or(now);
    let brief = Brief::at(facts, now);
    let always = brief.state == MoleculeState::Completed;
    out.push(u8::from(!always));
    if !always {
        put_time(&mut out, Some(now));
        put_time(&mut out, Some(until));
    }
    put_glance(&mut out, &Glance::from(&brief));
    out
}

/// Whether a front says at `now` what [`put`] would say then.
pub fn stands(front: &[u8], now: Timestamp) -> bool {
    spell(&mut Take::new(front)).is_ok_and(|spell| spell.is_none_or(|(from, until)| from <= now && now < until))
}

/// How the molecule looks at a glance.
///
/// # Errors
/// [`put`] did not write this.
pub fn take(front: &[u8]) -> Read<Glance<'_>> {
    let mut take = Take::new(front);
    spell(&mut take)?;
    take_glance(&mut take)
}

/// What boards look at of it: the first part of the glance.
///
/// # Errors
/// [`put`] did not write this.
pub fn poured(front: &[u8]) -> Read<Poured<'_>> {
    let mut take = Take::new(front);
    spell(&mut take)?;
    take_poured(&mut take)
}

/// The convoy it was poured for.
///
/// # Errors
/// [`put`] did not write this.
pub fn convoy(front: &[u8]) -> Read<Option<&str>> {
    let mut take = Take::new(front);
    spell(&mut take)?;
    take.opt_str()
}

fn spell(t: &mut Take<'_>) -> Read<Option<(Timestamp, Timestamp)>> {
    if !t.bool()? {
        return Ok(None);
    }
    Ok(Some((take_time(t)?.ok_or(Broken)?, take_time(t)?.ok_or(Broken)?)))
}

fn put_glance(out: &mut Vec<u8>, glance: &Glance<'_>) {
    let p = &glance.poured;
    put_opt_str(out, p.convoy);
    put_str(out, p.name);
    put_str(out, p.bead);
    out.push(code(MoleculeState::ALL, &p.state));
    put_var(out, p.done as u64);
    put_var(out, p.all as u64);
    put_opt_str(out, p.current);
    out.extend_from_slice(&p.rate.map_or(0, f64::to_bits).to_le_bytes());
    out.extend([p.rate.is_some(), p.uncounted, p.contested].map(u8::from));
    put_list(out, &p.waits_for);
    put_opt_str(out, p.team);
    put_opt_str(out, p.owner);
    out.push(u8::from(p.next.is_some()));
    if let Some((step, state, deadline)) = p.next {
        put_str(out, step);
        out.push(code(CheckpointState::ALL, &state));
        put_time(out, deadline);
    }
    put_var(out, u64::from(p.eta));
    put_opt_str(out, glance.why);
    out.extend([glance.due, glance.torn].map(u8::from));
    put_opt_str(out, glance.holder);
    put_var(out, glance.open.len() as u64);
    for step in &glance.open {
        [step.id, step.bead, step.title].iter().for_each(|text| put_str(out, text));
        put_opt_str(out, step.holder);
        out.extend([step.to_attest, step.asked.is_some()].map(u8::from));
        if let Some(asked) = &step.asked {
            out.push(code(CheckpointState::ALL, &asked.state));
            put_time(out, asked.opened);
            put_time(out, asked.deadline);
            put_opt_str(out, asked.by);
            put_opt_str(out, asked.reason);
            out.push(u8::from(asked.overridden));
        }
    }
    put_var(out, glance.workers.len() as u64);
    glance.workers.iter().for_each(|text| put_str(out, text));
}

fn take_glance<'a>(t: &mut Take<'a>) -> Read<Glance<'a>> {
    let poured = take_poured(t)?;
    let (why, due, torn, holder) = (t.opt_str()?, t.bool()?, t.bool()?, t.opt_str()?);
    let open = (0..t.count(6)?).map(|_| open_step(t)).collect::<Read<_>>()?;
    let workers = (0..t.count(1)?).map(|_| t.str()).collect::<Read<_>>()?;
    Ok(Glance { poured, why, due, holder, torn, open, workers })
}

fn take_poured<'a>(t: &mut Take<'a>) -> Read<Poured<'a>> {
    let (convoy, name, bead, state) = (t.opt_str()?, t.str()?, t.str()?, coded(MoleculeState::ALL, t)?);
    let (done, all, current) = (t.var()? as usize, t.var()? as usize, t.opt_str()?);
    let rate = f64::from_bits(t.u64()?);
    let (rate, uncounted, contested) = (t.bool()?.then_some(rate), t.bool()?, t.bool()?);
    let (waits_for, team, owner) = (take_list(t)?, t.opt_str()?, t.opt_str()?);
    let next = if t.bool()? { Some((t.str()?, coded(CheckpointState::ALL, t)?, take_time(t)?)) } else { None };
    let eta = u32::try_from(t.var()?).map_err(|_| Broken)?;
    Ok(Poured { name, bead, convoy, state, done, all, current, rate, uncounted, contested, waits_for, team, owner, next, eta })
}

fn open_step<'a>(t: &mut Take<'a>) -> Read<OpenStep<'a>> {
    let (id, bead, title, holder, to_attest) = (t.str()?, t.str()?, t.str()?, t.opt_str()?, t.bool()?);
    let mut asked = None;
    if t.bool()? {
        let state = coded(CheckpointState::ALL, t)?;
        let (opened, deadline) = (take_time(t)?, take_time(t)?);
        asked = Some(OpenCheckpoint { state, opened, deadline, by: t.opt_str()?, reason: t.opt_str()?, overridden: t.bool()? });
    }
    Ok(OpenStep { id, bead, title, holder, to_attest, asked })
}
