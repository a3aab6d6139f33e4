//! Which times are believed where a deadline is judged (docs/design/workflow.md, Clocks).
//!
//! A time is what somebody's clock said, and every clock may be wrong: ours behind, another one ahead by years. The own clock
//! is believed, and moved on by what was read of the molecule as far as it does not jump by more than [`JUMP`]; beyond that,
//! only whoever set the deadline is believed about it for [`OWN`], since it was that clock that set it. What is further away comes
//! from a clock that was wrong, and one such event must not expire everything for ever.

use super::beads::Beads;
use super::judge::Asked;
use bd::fold::Bead;
use bd::model::parse_time;
use jiff::{SignedDuration, Timestamp};

/// How far one event may be ahead of everything else that is believed.
pub const JUMP: SignedDuration = SignedDuration::from_hours(24);

/// How far beyond a deadline whoever set it is believed, where nothing else leads there.
pub const OWN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who said that it was so late: the actor of an event, and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Who wrote the event.
    pub by: String,
    /// When, as that clock said.
    pub at: Timestamp,
}

/// The times of what is known of a molecule, oldest first: of whatever stands, not of what was replaced since.
pub fn seen(beads: &Beads) -> Vec<Witness> {
    let mut out = Vec::new();
    for bead in std::iter::once(&beads.molecule).chain(beads.steps.iter().map(|(bead, _)| bead)) {
        of_bead(bead, &mut out);
    }
    out.sort_by(|a, b| (a.at, &a.by).cmp(&(b.at, &b.by)));
    out
}

/// As [`seen`], what [`passed`] looks at of it for any of the steps: nothing where no decision is awaited, and nothing from before
/// the opening, from which every clock goes on.
pub fn needed(beads: &Beads, steps: &[Asked]) -> Vec<Witness> {
    let awaited: Vec<_> = steps.iter().filter_map(|s| Some((s.opened, s.awaited()?))).collect();
    if awaited.is_empty() {
        return Vec::new();
    }
    let mut out = seen(beads);
    out.retain(|w| awaited.iter().any(|(opened, deadline)| matters(w, *opened, *deadline)));
    out.dedup();
    out
}

fn matters(witness: &Witness, opened: Option<Timestamp>, deadline: Timestamp) -> bool {
    opened.is_none_or(|opened| witness.at > opened) || witness.at >= deadline
}

fn of_bead(bead: &Bead, out: &mut Vec<Witness>) {
    let heads = bead.fields.values().flat_map(bd::fold::Register::heads).map(|h| (&h.by, &h.at));
    let comments = bead.comments.iter().map(|c| (&c.by, &c.at));
    for (by, at) in heads.chain(comments) {
        if let Some(at) = parse_time(at) {
            out.push(Witness { by: by.as_str().to_owned(), at });
        }
    }
}

/// What time it is at least: the own clock's, or what was read where that goes on from it without a jump.
pub fn at_least(seen: &[Witness], now: Timestamp) -> Timestamp {
    seen.iter().fold(now, |base, w| {
        let near = base.checked_add(JUMP).is_ok_and(|most| w.at <= most);
        if near { base.max(w.at) } else { base }
    })
}

/// When a checkpoint opens: so late that nothing which `opener` knows of is later and believed. A clock that was set back does not
/// set deadlines that have passed by what it wrote itself.
pub fn opening(seen: &[Witness], now: Timestamp, opener: &str) -> Timestamp {
    let near = |w: &&Witness| w.by == opener && now.checked_add(OWN).is_ok_and(|most| w.at <= most);
    let own = seen.iter().filter(near).map(|w| w.at).max();
    at_least(seen, own.map_or(now, |at| at.max(now)))
}

/// Whether a deadline has passed although the own clock does not say so, and who says it, by the place in `seen`. `opener` set it,
/// at `opened`.
pub fn passed(
    seen: &[Witness],
    now: Timestamp,
    opened: Option<Timestamp>,
    opener: Option<&str>,
    deadline: Timestamp,
) -> Option<usize> {
    // A clock that is behind the opening is behind: what was read goes on from there.
    let base = at_least(seen, opened.map_or(now, |at| at.max(now)));
    let own = |w: &Witness| Some(w.by.as_str()) == opener && deadline.checked_add(OWN).is_ok_and(|most| w.at <= most);
    seen.iter().rposition(|w| w.at >= deadline && (w.at <= base || own(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn seen(all: &[(&str, &str)]) -> Vec<Witness> {
        all.iter().map(|(by, time)| Witness { by: (*by).to_owned(), at: at(time) }).collect()
    }

    #[test]
    fn what_was_read_moves_the_clock_on_but_one_that_is_wrong_by_years_does_not() {
        let now = at("2026-03-01T13:00:00Z");
        let near = seen(&[("wes", "2026-03-01T12:00:00Z"), ("kim", "2026-03-01T15:00:00Z"), ("kim", "2026-03-02T14:00:00Z")]);
        assert_eq!(at_least(&near, now), at("2026-03-02T14:00:00Z"));
        let far = seen(&[("wes", "2026-03-01T12:00:00Z"), ("odd", "2040-01-01T00:00:00Z"), ("odd", "2040-01-01T01:00:00Z")]);
        assert_eq!(at_least(&far, now), now);
        assert_eq!(at_least(&[], now), now);
    }

    #[test]
    fn who_opens_with_a_clock_that_was_set_back_sets_no_deadline_that_has_passed() {
        let all = seen(&[("lea", "2026-03-01T09:00:00Z"), ("kim", "2026-03-01T15:00:00Z")]);
        for (now, opened) in [
            ("2026-02-27T00:00:00Z", "2026-03-01T15:00:00Z"),
            ("2026-03-01T16:00:00Z", "2026-03-01T16:00:00Z"),
            ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ] {
            assert_eq!(opening(&all, at(now), "lea"), at(opened), "{now}");
        }
    }

    #[test]
    fn a_deadline_passes_by_what_is_believed_and_by_the_clock_that_set_it() {
        let (opened, deadline) = (Some(at("2026-03-01T12:00:00Z")), at("2026-03-01T14:00:00Z"));
        let late = |seen: &[Witness], now: &str| passed(seen, at(now), opened, Some("wes"), deadline).map(|at| seen[at].by.clone());
        let kim = seen(&[("wes", "2026-03-01T12:00:00Z"), ("kim", "2026-03-01T15:00:00Z")]);
        // A clock that is an hour, a day or years behind.
        for now in ["2026-03-01T13:00:00Z", "2026-02-28T00:00:00Z", "2020-01-01T00:00:00Z"] {
            assert_eq!(late(&kim, now).as_deref(), Some("kim"), "{now}");
        }
        let odd = seen(&[("wes", "2026-03-01T12:00:00Z"), ("odd", "2040-01-01T00:00:00Z")]);
        assert_eq!(late(&odd, "2026-03-01T13:00:00Z"), None, "one clock in 2040 expires nothing");
        // Whoever set the deadline is believed about it, however far it is.
        let wes = seen(&[("wes", "2026-03-01T12:00:00Z"), ("wes", "2026-03-09T12:00:00Z")]);
        assert_eq!(late(&wes, "2020-01-01T00:00:00Z").as_deref(), Some("wes"));
        let broken = seen(&[("wes", "2026-03-01T12:00:00Z"), ("wes", "2040-01-01T00:00:00Z")]);
        assert_eq!(late(&broken, "2026-03-01T13:00:00Z"), None, "a clock that was wrong once is not believed for ever");
        assert_eq!(late(&seen(&[("wes", "2026-03-01T12:30:00Z")]), "2026-03-01T13:00:00Z"), None);
    }

    #[test]
    fn what_is_left_out_of_what_was_read_changes_no_answer() {
        let hours = |h: i64| at("2026-03-01T12:00:00Z") + SignedDuration::from_hours(h);
        let mut found = 0;
        for number in 0..4096_i64 {
            let by = |n: i64| if n % 3 == 0 { "wes" } else { "kim" };
            let mut all: Vec<Witness> = (0..6)
                .map(|n| Witness { by: by(number + n).to_owned(), at: hours((number * (2 * n + 7) * 31) % 97 - 40) })
                .collect();
            all.sort_by(|a, b| (a.at, &a.by).cmp(&(b.at, &b.by)));
            let opened = (number % 7 != 0).then(|| hours(number % 11 - 5));
            let (now, deadline) = (hours(number % 89 - 60), hours(number % 13 - 4));
            let few: Vec<Witness> = all.iter().filter(|w| matters(w, opened, deadline)).cloned().collect();
            let answer = |of: &[Witness]| passed(of, now, opened, Some("wes"), deadline).map(|at| of[at].clone());
            assert_eq!(answer(&few), answer(&all), "{number}");
            found += i32::from(answer(&all).is_some() && few.len() < all.len());
        }
        assert!(found > 100, "{found}");
    }
}
