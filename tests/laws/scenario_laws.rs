//! Laws about particular deeds, among random other events: takeover against renewal, deletion against editing.

use crate::cases::cases;
use bd::fold::{Bead, Holding, State};
use bd::model::{Actor, BeadId, Claim, Event, EventId, Kind, Value, format_time};
use bd_tests::Rng;
use jiff::Timestamp;

const CASES: u64 = 10_000;

struct Desk {
    rng: Rng,
    events: Vec<Event>,
}

impl Desk {
    fn new(seed: u64) -> Self {
        let mut desk = Self { rng: Rng::new(seed), events: Vec::new() };
        desk.write("ann", Kind::CREATE, &[], &[("title", Value::text("x"))]);
        desk
    }

    /// Writes an event with a clock that is wrong by up to thirty years; its id.
    fn write(&mut self, by: &str, kind: Kind, on: &[EventId], fields: &[(&str, Value)]) -> EventId {
        let millis = 1_767_225_600_000 + (self.rng.below(61) as i64 - 30) * 31_557_600_000 + self.rng.below(100_000) as i64;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.rng.next().to_le_bytes());
        let at = format_time(Timestamp::from_millisecond(millis).unwrap());
        let mut event = Event::new(EventId::new(millis, random), at, Actor::new(by), BeadId::new("bd-1").unwrap(), kind);
        event.on = on.to_vec();
        for (name, value) in fields {
            event.set.set(name, value.clone());
        }
        let id = event.id;
        self.events.push(event);
        id
    }

    fn claim(&mut self, by: &str, kind: Kind, on: &[EventId], epoch: u64, held: bool) -> EventId {
        let until = Timestamp::from_second(1_700_000_000 + self.rng.below(1_000_000_000) as i64).ok();
        let forever = self.rng.one_in(3);
        let claim = Claim { holder: held.then(|| Actor::new(by)), epoch, until: until.filter(|_| held && !forever) };
        self.write(by, kind, on, &[("claim", Value::of(&claim))])
    }

    /// Other work on the bead that has nothing to do with it.
    fn noise(&mut self) {
        for _ in 0..self.rng.below(4) {
            let field = self.rng.one_of(&["title", "priority", "assignee", "status"]);
            self.write("eve", Kind::SET, &[], &[(field, Value::text("noise"))]);
        }
    }

    /// Folds the events in any order, some twice.
    fn fold(&mut self) -> Bead {
        let mut events = self.events.clone();
        events.push(self.rng.one_of(&self.events));
        self.rng.shuffle(&mut events);
        let mut state = State::new();
        for event in events {
            state.add(event);
        }
        state.beads().remove(0)
    }
}

fn held(bead: &Bead) -> Option<(String, u64)> {
    match bead.holding() {
        Holding::Held(claim) => Some((claim.holder?.as_str().to_owned(), claim.epoch)),
        _ => None,
    }
}

// goal: T21 tier1
#[test]
fn a_takeover_beats_every_renewal_and_release_of_the_claim_that_it_replaces() {
    cases(CASES, |seed| {
        let mut desk = Desk::new(seed);
        desk.noise();
        let epoch = 1 + desk.rng.below(5) as u64;
        let claim = desk.claim("ann", Kind::CLAIM, &[], epoch, true);
        let takeover = desk.claim("bob", Kind::CLAIM, &[claim], epoch + 1, true);
        // Meanwhile, in another clone, ann renews several times, and may let go.
        let mut last = claim;
        for _ in 0..desk.rng.below(4) {
            last = desk.claim("ann", Kind::RENEW, &[last], epoch, true);
        }
        if desk.rng.one_in(2) {
            last = desk.claim("ann", Kind::RELEASE, &[last], epoch, false);
        }
        desk.noise();
        let bead = desk.fold();
        assert_eq!(held(&bead), Some(("bob".into(), epoch + 1)));
        assert_eq!(bead.assignee().as_deref(), Some("bob"));
        assert!(bead.conflicts().iter().all(|c| c.field != "claim"));
        // Two takers of one claim contest it, whatever their clocks; one taker twice does not.
        let twice = desk.claim("bob", Kind::CLAIM, &[claim], epoch + 1, true);
        assert_eq!(held(&desk.fold()), Some(("bob".into(), epoch + 1)));
        let rival = desk.claim("eve", Kind::CLAIM, &[last], epoch + 1, true);
        let Holding::Contested(claims) = desk.fold().holding() else { panic!("bob and eve both hold it") };
        assert_eq!(claims.len(), 3);
        // One gives way: the other holds it. A later claim that saw all settles it as well.
        let mut settled = Desk { rng: desk.rng.clone(), events: desk.events.clone() };
        settled.claim("eve", Kind::RELEASE, &[rival], epoch + 1, false);
        assert_eq!(held(&settled.fold()), Some(("bob".into(), epoch + 1)));
        desk.claim("joe", Kind::CLAIM, &[last, takeover, twice, rival], epoch + 2, true);
        assert_eq!(held(&desk.fold()), Some(("joe".into(), epoch + 2)));
    });
}

// goal: T14 tier1
#[test]
fn a_deletion_keeps_what_it_did_not_see_in_sight() {
    cases(CASES, |seed| {
        let mut desk = Desk::new(seed);
        let seen: Vec<EventId> = desk.fold().all_heads();
        let delete = desk.write("ann", Kind::DELETE, &seen, &[("deleted", Value::of(&true))]);
        assert!(desk.fold().is_deleted() && desk.fold().conflicts().is_empty(), "what it saw is no conflict");
        // Another clone, which has not seen it, goes on working.
        let unseen = match desk.rng.below(4) {
            0 => desk.write("bob", Kind::SET, &seen, &[("title", Value::text("better"))]),
            1 => {
                let id = desk.write("bob", Kind::COMMENT, &[], &[]);
                desk.events.last_mut().unwrap().text = Some("wait".into());
                id
            }
            2 => {
                let id = desk.write("bob", Kind::LABEL, &[], &[]);
                desk.events.last_mut().unwrap().labels = vec!["urgent".into()];
                id
            }
            _ => desk.claim("bob", Kind::CLAIM, &[], 1, true),
        };
        let bead = desk.fold();
        assert!(bead.is_deleted(), "an edit does not revive it in silence");
        let conflicts = bead.conflicts();
        let conflict = conflicts.iter().find(|c| c.field == "deleted").expect("the edit is in sight");
        assert_eq!((conflict.shown.id, conflict.others.iter().map(|h| h.id).collect::<Vec<_>>()), (delete, vec![unseen]));
        // Who saw both decides: a deletion that names the edit, or a restoration.
        let mut gone = Desk { rng: desk.rng.clone(), events: desk.events.clone() };
        let all = [bead.all_heads(), vec![delete]].concat();
        gone.write("eve", Kind::DELETE, &all, &[("deleted", Value::of(&true))]);
        assert!(gone.fold().is_deleted() && gone.fold().conflicts().iter().all(|c| c.field != "deleted"));
        desk.write("eve", Kind::RESTORE, &[delete], &[("deleted", Value::of(&false))]);
        assert!(!desk.fold().is_deleted() && desk.fold().conflicts().iter().all(|c| c.field != "deleted"));
    });
}
