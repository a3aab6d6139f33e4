//! What stands in front of what is kept of a molecule: the convoy it was poured for, and, where it is completed, what boards look at.
//! A completed molecule stands where it stands at any time ([`crate::molecule::judge`]: done is done, whatever the clock says), so
//! that its steps need not be read to show it.

use super::text::put_list;
use crate::convoy::Poured;
use crate::molecule::facts::Facts;
use crate::molecule::{Brief, MoleculeState};
use bd::store::wire::{Read, Take, put_opt_str, put_str, put_var};
use jiff::Timestamp;

/// What was kept of a molecule.
pub struct Front<'a> {
    /// The convoy it was poured for.
    pub convoy: Option<&'a str>,
    /// What boards look at, if it is completed.
    pub settled: Option<Poured<'a>>,
    /// What its beads say.
    pub facts: &'a [u8],
}

/// The front and what the beads say.
pub fn put(facts: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(facts.len() + 128);
    // At any time: it is the same at all of them.
    let brief = Facts::read(facts).ok().map(|facts| Brief::at(facts, Timestamp::MIN));
    put_opt_str(&mut out, brief.as_ref().and_then(|b| b.facts.convoy));
    let settled = brief.as_ref().filter(|b| b.state == MoleculeState::Completed).map(Poured::from);
    out.push(u8::from(settled.is_some()));
    if let Some(p) = settled {
        put_str(&mut out, p.name);
        put_str(&mut out, p.bead);
        put_var(&mut out, p.done as u64);
        put_var(&mut out, p.all as u64);
        put_opt_str(&mut out, p.current);
        out.extend_from_slice(&p.rate.map_or(0, f64::to_bits).to_le_bytes());
        out.extend([u8::from(p.rate.is_some()), u8::from(p.uncounted)]);
        put_list(&mut out, &p.waits_for);
        put_opt_str(&mut out, p.team);
        put_opt_str(&mut out, p.owner);
    }
    out.extend_from_slice(facts);
    out
}

/// Reads what [`put`] wrote.
///
/// # Errors
/// It did not write this.
pub fn take(bytes: &[u8]) -> Read<Front<'_>> {
    let mut take = Take::new(bytes);
    let t = &mut take;
    let convoy = t.opt_str()?;
    let settled = if t.bool()? {
        let (name, bead, done, all, current) = (t.str()?, t.str()?, t.var()? as usize, t.var()? as usize, t.opt_str()?);
        let rate = f64::from_bits(t.u64()?);
        let (rate, uncounted) = (t.bool()?.then_some(rate), t.bool()?);
        let (waits_for, team, owner) = (super::text::take_list(t)?, t.opt_str()?, t.opt_str()?);
        let state = MoleculeState::Completed;
        let (contested, next, eta) = (false, None, 0);
        Some(Poured {
            name,
            bead,
            convoy,
            state,
            done,
            all,
            current,
            rate,
            uncounted,
            contested,
            waits_for,
            team,
            owner,
            next,
            eta,
        })
    } else {
        None
    };
    Ok(Front { convoy, settled, facts: take.rest() })
}
