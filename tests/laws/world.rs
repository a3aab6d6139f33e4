//! Random histories of several clones that work offline and exchange what they have, with wrong clocks, forged causes,
//! ids used twice and redactions; and a naive account of what must stand, kept as bit masks beside them.

use bd::fold::State;
use bd::model::{Actor, BeadId, Claim, DepType, Edge, Event, EventId, Fields, Kind, Outcome, Value, format_time};
use bd_tests::Rng;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A set of events of a world, by their place.
pub type Mask = u64;
/// The most events in a world.
const MOST: usize = 48;
const FIELDS: [&str; 8] = ["title", "priority", "description", "assignee", "metadata", "notes", "status", "x_own"];
const LABELS: [&str; 3] = ["one", "two", "three"];

/// A history.
pub struct World {
    /// All events, in the order in which they were written.
    pub events: Vec<Event>,
    /// What each clone knows in the end.
    pub clones: Vec<Mask>,
    beads: usize,
    clocks: Vec<i64>,
    chance: Rng,
    ids: Rng,
}

/// The events of a mask.
pub fn places(mask: Mask) -> impl Iterator<Item = usize> {
    (0..MOST).filter(move |i| mask >> i & 1 == 1)
}

fn bead_id(n: usize) -> BeadId {
    BeadId::new(&format!("bd-{n}")).unwrap()
}

impl World {
    /// The history of a seed. `clocks` chooses only the clocks and the random parts of ids: the deeds stay the same.
    pub fn new(seed: u64, clocks: u64) -> Self {
        let mut chance = Rng::new(seed);
        let mut ids = Rng::new(seed ^ clocks.wrapping_mul(0x0dd5_eed5));
        let n = 2 + chance.below(3);
        let year = 31_557_600_000;
        // Each clone's clock is right, or wrong by up to thirty years.
        let skew = |rng: &mut Rng| if rng.one_in(2) { 0 } else { (rng.below(61) as i64 - 30) * year };
        let clocks = (0..n).map(|_| 1_767_225_600_000 + skew(&mut ids)).collect();
        let beads = 1 + chance.below(3);
        let mut world = Self { events: Vec::new(), clones: vec![0; n], beads, clocks, chance, ids };
        let steps = 4 + world.chance.below(18);
        for _ in 0..steps {
            let clone = world.chance.below(n);
            if world.chance.one_in(4) {
                let from = world.chance.below(n);
                world.clones[clone] |= world.clones[from];
            } else if world.events.len() < MOST {
                world.act(clone);
            }
        }
        world
    }

    /// The state of some of the events.
    pub fn state(&self, mask: Mask) -> State {
        let mut state = State::new();
        for i in places(mask) {
            state.add(self.events[i].clone());
        }
        state
    }

    /// All events.
    pub fn all(&self) -> Mask {
        (1 << self.events.len()) - 1
    }

    /// Events of the mask that are redacted by others of it.
    pub fn redacted(&self, mask: Mask) -> Mask {
        let takes = |i: usize, by: usize| {
            let (event, by) = (&self.events[i], &self.events[by]);
            by.kind == Kind::REDACT && event.kind != Kind::REDACT && by.bead == event.bead && by.ids.contains(&event.id)
        };
        Self::those(mask, |i| places(mask).any(|by| takes(i, by)))
    }

    /// The part of a mask for which something holds.
    pub fn those(mask: Mask, holds: impl Fn(usize) -> bool) -> Mask {
        places(mask).filter(|i| holds(*i)).map(|i| 1 << i).sum()
    }

    /// True if the second event names the first (an event never names itself).
    pub fn names(&self, i: usize, by: usize) -> bool {
        let (event, by) = (&self.events[i], &self.events[by]);
        event.id != by.id && event.bead == by.bead && by.on.contains(&event.id)
    }

    /// The events of the mask that write the field of the bead, redactions applied.
    pub fn writers(&self, mask: Mask, bead: &BeadId, field: &str) -> Mask {
        let redacted = self.redacted(mask);
        let kept = |i: usize| redacted >> i & 1 == 0 || bd::model::is_record_key(field);
        Self::those(mask, |i| self.events[i].bead == *bead && self.events[i].set.get(field).is_some() && kept(i))
    }

    /// The heads of a field, by definition: writers that no other writer names; all of them where each is named.
    pub fn heads(&self, mask: Mask, bead: &BeadId, field: &str) -> Mask {
        let writers = self.writers(mask, bead, field);
        let heads = Self::those(writers, |i| !places(writers).any(|by| self.names(i, by)));
        if heads == 0 { writers } else { heads }
    }

    /// The adds of a label that no removal of it names.
    pub fn label_adds(&self, mask: Mask, bead: &BeadId, label: &str) -> Mask {
        let live = mask & !self.redacted(mask);
        let has = |list: &[String]| list.iter().any(|l| l == label);
        // What a removal removed stays removed when its text is taken away; an add goes with its text.
        let removals = Self::those(mask, |i| self.events[i].bead == *bead && has(&self.events[i].unlabels));
        let gone = |i: usize| places(removals).any(|by| self.events[by].on.contains(&self.events[i].id));
        Self::those(live, |i| self.events[i].bead == *bead && has(&self.events[i].labels) && !gone(i))
    }

    /// The adds of an edge that no removal of it names.
    pub fn edge_adds(&self, mask: Mask, bead: &BeadId, edge: &Edge) -> Mask {
        let has = |list: &[Edge]| list.iter().any(|e| e.to == edge.to && e.kind == edge.kind);
        let removals = Self::those(mask, |i| self.events[i].bead == *bead && has(&self.events[i].unlinks));
        let gone = |i: usize| places(removals).any(|by| self.events[by].on.contains(&self.events[i].id));
        Self::those(mask, |i| self.events[i].bead == *bead && has(&self.events[i].links) && !gone(i))
    }

    /// The ids of a mask, each once.
    pub fn ids(&self, mask: Mask) -> BTreeSet<EventId> {
        places(mask).map(|i| self.events[i].id).collect()
    }

    /// Every bead that an event names.
    pub fn beads(&self) -> BTreeSet<BeadId> {
        self.events.iter().map(|e| e.bead.clone()).collect()
    }

    /// An event as this clone writes it now: its clock, a fresh id.
    fn draft(&mut self, clone: usize, bead: &BeadId, kind: Kind) -> Event {
        self.clocks[clone] += self.ids.below(5_000) as i64 - 500;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.ids.next().to_le_bytes());
        let at = Timestamp::from_millisecond(self.clocks[clone]).unwrap();
        Event::new(
            EventId::new(self.clocks[clone], random),
            format_time(at),
            Actor::new(["ann", "bob", "eve", "joe"][clone]),
            bead.clone(),
            kind,
        )
    }

    fn push(&mut self, clone: usize, event: Event) {
        self.clones[clone] |= 1 << self.events.len();
        self.events.push(event);
    }

    /// A change of fields that names all the heads that the clone sees.
    fn set(&mut self, clone: usize, bead: &BeadId, kind: Kind, fields: &[(&str, Value)]) {
        let mut event = self.draft(clone, bead, kind);
        let mut on = BTreeSet::new();
        for (name, value) in fields {
            on.extend(self.ids(self.heads(self.clones[clone], bead, name)));
            event.set.set(name, value.clone());
        }
        event.on = on.into_iter().collect();
        self.push(clone, event);
    }

    /// The claim of the highest epoch that the clone sees.
    fn epoch(&self, clone: usize, bead: &BeadId) -> u64 {
        let heads = self.heads(self.clones[clone], bead, "claim");
        places(heads).filter_map(|i| self.events[i].set.get("claim")?.decode::<Claim>()).map(|c| c.epoch).max().unwrap_or(0)
    }

    fn claim(&mut self, clone: usize, bead: &BeadId, kind: Kind, epoch: u64, held: bool) {
        let until = Timestamp::from_second(2_000_000_000 + self.chance.below(1000) as i64).ok();
        let holder = held.then(|| Actor::new(["ann", "bob", "eve", "joe"][clone]));
        let claim = Claim { holder, epoch, until: until.filter(|_| held) };
        self.set(clone, bead, kind, &[("claim", Value::of(&claim))]);
    }

    fn act(&mut self, clone: usize) {
        let bead = bead_id(self.chance.below(self.beads));
        let known = self.clones[clone];
        let own = Self::those(known, |i| self.events[i].bead == bead);
        let unique = self.events.len();
        let text = Value::text(&format!("secret {unique}"));
        if own == 0 && !self.chance.one_in(8) {
            let kind = if self.chance.one_in(4) { Kind::IMPORT } else { Kind::CREATE };
            let mut event = self.draft(clone, &bead, kind).setting("title", text);
            event.labels = LABELS[..self.chance.below(3)].iter().map(|l| (*l).to_owned()).collect();
            return self.push(clone, event);
        }
        match self.chance.below(22) {
            0..=4 => {
                let first = self.chance.one_of(&FIELDS);
                let second = self.chance.one_of(&FIELDS);
                // Priority and status are words of the machine: a redaction leaves them, so no secret is put there.
                let value = |field: &str| match field {
                    "priority" => Value::of(&(unique % 5)),
                    "status" => Value::text(["open", "blocked", "odd"][unique % 3]),
                    _ => text.clone(),
                };
                self.set(clone, &bead, Kind::SET, &[(first, value(first)), (second, value(second))]);
            }
            5 => {
                let mut event = self.draft(clone, &bead, Kind::LABEL);
                event.labels = vec![self.chance.one_of(&LABELS).to_owned()];
                self.push(clone, event);
            }
            6 => {
                let label = self.chance.one_of(&LABELS);
                let mut event = self.draft(clone, &bead, Kind::UNLABEL);
                event.on = self.ids(self.label_adds(known, &bead, label)).into_iter().collect();
                event.unlabels = vec![label.to_owned()];
                self.push(clone, event);
            }
            n @ (7 | 8) => {
                let kind = self.chance.one_of(&[DepType::BLOCKS, DepType::RELATED]);
                let edge = Edge::new(format!("bd-{}", self.chance.below(4)), kind);
                let mut event = self.draft(clone, &bead, if n == 7 { Kind::LINK } else { Kind::UNLINK });
                if n == 7 {
                    let meta = self.chance.one_in(2).then(|| Value::of(&Fields::new().with("thread_id", text)));
                    event.links = vec![Edge { meta, ..edge }];
                } else {
                    event.on = self.ids(self.edge_adds(known, &bead, &edge)).into_iter().collect();
                    event.unlinks = vec![edge];
                }
                self.push(clone, event);
            }
            n @ (9 | 10) => {
                let mut event = self.draft(clone, &bead, if n == 9 { Kind::COMMENT } else { Kind::NOTE });
                event.text = Some(format!("secret {unique}"));
                self.push(clone, event);
            }
            11 => {
                let epoch = self.epoch(clone, &bead) + 1;
                self.claim(clone, &bead, Kind::CLAIM, epoch, true);
            }
            12 => {
                let epoch = self.epoch(clone, &bead);
                self.claim(clone, &bead, Kind::RENEW, epoch, true);
            }
            13 => {
                let epoch = self.epoch(clone, &bead);
                self.claim(clone, &bead, Kind::RELEASE, epoch, false);
            }
            14 => {
                let outcome = self.chance.one_of(&Outcome::ALL);
                let fields = [("status", Value::text("closed")), ("outcome", Value::of(&outcome)), ("close_reason", text)];
                self.set(clone, &bead, Kind::CLOSE, &fields);
            }
            15 => self.set(clone, &bead, Kind::REOPEN, &[("status", Value::text("open")), ("outcome", Value::null())]),
            16 => {
                let mut event = self.draft(clone, &bead, Kind::DELETE).setting("deleted", Value::of(&true));
                // Everything that the clone has of the bead.
                event.on = self.ids(own).into_iter().collect();
                self.push(clone, event);
            }
            17 => self.set(clone, &bead, Kind::RESTORE, &[("deleted", Value::of(&false))]),
            18 | 19 => {
                let mut event = self.draft(clone, &bead, Kind::REDACT);
                for _ in 0..=self.chance.below(2) {
                    let of: Vec<usize> = places(own).collect();
                    event.ids.extend((!of.is_empty()).then(|| self.events[self.chance.one_of(&of)].id));
                }
                self.push(clone, event);
            }
            20 => {
                // Forged: any causes, an unknown kind, a value of the wrong sort.
                let mut event = self.draft(clone, &bead, Kind::new("x-forged"));
                for _ in 0..self.chance.below(5) {
                    event.on.extend((unique > 0).then(|| self.events[self.chance.below(unique)].id));
                }
                if self.chance.one_in(3) {
                    event.on.push(event.id);
                }
                let field = self.chance.one_of(&["title", "claim", "deleted", "priority", "status"]);
                let word = if field == "title" { text } else { Value::text("odd") };
                event.set.set(field, self.chance.one_of(&[Value::of(&7), Value::null(), word]));
                event.labels = vec![LABELS[0].to_owned()];
                event.extra.set("x", Value::of(&unique));
                self.push(clone, event);
            }
            _ => {
                // One id with two different lines.
                let of: Vec<usize> = places(own).collect();
                if !of.is_empty() {
                    let mut event = self.events[self.chance.one_of(&of)].clone();
                    if event.kind != Kind::REDACT {
                        event.set.set("title", text);
                        self.push(clone, event);
                    }
                }
            }
        }
    }
}
