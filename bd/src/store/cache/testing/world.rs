//! Writers, each with its own set of events.

use crate::fold::{Bead, fold_bead};
use crate::model::{Actor, BeadId, Claim, DepType, Edge, Event, EventId, Fields, Kind, Value, format_time};
use std::collections::{BTreeMap, BTreeSet};

/// A small generator of numbers: the same seed gives the same history everywhere.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xdead_beef_cafe_f00d)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n.max(1)
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Clone, const N: usize>(&mut self, of: [T; N]) -> T {
        of[self.below(N)].clone()
    }
}

pub const START: i64 = 1_767_225_600_000;

/// Clones of one project; each knows some of the lines.
pub struct World {
    pub rng: Rng,
    pub clones: Vec<BTreeSet<String>>,
    pub beads: Vec<BeadId>,
    tick: i64,
    /// Conflicts, redactions, forged rings, odd lines.
    wild: bool,
}

impl World {
    pub fn new(seed: u64, clones: usize, wild: bool) -> Self {
        Self { rng: Rng::new(seed), clones: vec![BTreeSet::new(); clones], beads: Vec::new(), tick: 0, wild }
    }

    /// The events of a bead that a clone knows.
    pub fn events(&self, clone: usize, bead: &BeadId) -> Vec<Event> {
        let mine = self.clones[clone].iter().filter_map(|l| Event::parse(l).ok());
        mine.filter(|e| e.bead == *bead).collect()
    }

    /// The bead as a clone sees it.
    pub fn bead(&self, clone: usize, bead: &BeadId) -> Bead {
        let events = self.events(clone, bead);
        fold_bead(bead, &events.iter().collect::<Vec<_>>())
    }

    fn id(&mut self) -> EventId {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.rng.next().to_le_bytes());
        let skew = if self.wild && self.rng.one_in(20) { -400_000_000 } else { 0 };
        EventId::new(START + self.tick * 1000 + skew, random)
    }

    fn event(&mut self, clone: usize, bead: &BeadId, kind: Kind) -> Event {
        self.tick += 1;
        let at = START + self.tick * 1000 + self.rng.below(1000) as i64;
        let id = self.id();
        let at = format_time(jiff::Timestamp::from_millisecond(at).unwrap());
        Event::new(id, at, Actor::new(["ann", "bob", "cy/agent"][clone % 3]), bead.clone(), kind)
    }

    /// One more event of one writer; returns its lines (more than one only for what was forged).
    pub fn step(&mut self, clone: usize) -> Vec<String> {
        let new = self.beads.is_empty() || self.rng.one_in(4);
        let event = if new { self.create(clone) } else { self.change(clone) };
        let mut lines = vec![event.to_line().unwrap()];
        if self.wild && self.rng.one_in(25) {
            lines = self.forge(event);
        }
        self.clones[clone].extend(lines.iter().cloned());
        lines
    }

    /// Two writers see each other.
    pub fn meet(&mut self, a: usize, b: usize) {
        let all: BTreeSet<String> = self.clones[a].union(&self.clones[b]).cloned().collect();
        self.clones[a].clone_from(&all);
        self.clones[b] = all;
    }

    fn create(&mut self, clone: usize) -> Event {
        let prefix = self.rng.pick(["bd", "bd", "bd", "hq", "hq-cv"]);
        let id = match self.rng.below(8) {
            0 => BeadId::new(&format!("{prefix}-{:x}.{}", self.rng.below(4096), self.rng.below(3))).unwrap(),
            _ => BeadId::mint(prefix, self.rng.next().to_le_bytes()).unwrap(),
        };
        if !self.beads.contains(&id) {
            self.beads.push(id.clone());
        }
        let kind = if self.rng.one_in(4) { Kind::IMPORT } else { Kind::CREATE };
        let mut event = self.event(clone, &id, kind);
        let title = (self.rng.pick(["fix the lamp", "écrire \"tests\"", "a\\b", "long  title with spaces", ""])).to_owned();
        event.set.set("title", Value::text(&title));
        for _ in 0..self.rng.below(4) {
            let (name, value) = self.field();
            event.set.set(&name, value);
        }
        if self.rng.one_in(3) {
            event.labels.push((self.rng.pick(["ui", "api", "z"])).to_owned());
        }
        if self.rng.one_in(2) {
            let link = self.edge();
            event.links.extend(link);
        }
        event
    }

    fn field(&mut self) -> (String, Value) {
        let times = ["2026-01-01T00:00:00.000Z", "2026-02-03T04:05:06.789123+02:00", "soon", "", "2025-06-01T00:00:00Z"];
        let name = self.rng.pick([
            "title",
            "status",
            "priority",
            "issue_type",
            "assignee",
            "owner",
            "description",
            "notes",
            "metadata",
            "created_at",
            "updated_at",
            "closed_at",
            "defer_until",
            "due_at",
            "pinned",
            "ephemeral",
            "is_template",
            "outcome",
            "close_reason",
            "x_custom",
            "y\"odd",
            "claim",
            "status",
            "priority",
            "issue_type",
        ]);
        let value = match name {
            "status" => Value::text(self.rng.pick([
                "open",
                "in_progress",
                "closed",
                "blocked",
                "deferred",
                "review",
                "shipped",
                "tombstone",
                "pinned",
                "hooked",
            ])),
            "priority" => Value::of(&self.rng.below(5)),
            "issue_type" => Value::text(self.rng.pick(["task", "bug", "epic", "gate", "molecule", "feature"])),
            "pinned" | "ephemeral" | "is_template" => Value::of(&self.rng.one_in(3)),
            "outcome" => Value::text(self.rng.pick(["done", "failed", "cancelled", "odd"])),
            "close_reason" => Value::text(self.rng.pick(["merged", "Rejected: no", "it failed", "bloc\u{212a}ed", "unblocked"])),
            "claim" => self.claim(),
            n if n.ends_with("_at") || n == "defer_until" => Value::text(self.rng.pick(times)),
            _ => Value::text(self.rng.pick(["ann", "x\ny", "ünï", ""])),
        };
        let odd = [Value::null(), Value::of(&3.5), Value::of(&true), Value::from_json("[1,{\"a\":null}]").unwrap(), Value::of(&1)];
        let value = if self.rng.one_in(if self.wild { 8 } else { 40 }) { self.rng.pick(odd) } else { value };
        (name.to_owned(), value)
    }

    fn claim(&mut self) -> Value {
        let until = self.rng.below(3) as i64;
        Value::of(&Claim {
            holder: (!self.rng.one_in(4)).then(|| Actor::new(self.rng.pick(["ann", "bob"]))),
            epoch: self.rng.below(3) as u64,
            until: (until > 0).then(|| jiff::Timestamp::from_millisecond(START + until * 3_600_000).unwrap()),
        })
    }

    fn edge(&mut self) -> Option<Edge> {
        let kinds = [
            DepType::BLOCKS,
            DepType::BLOCKS,
            DepType::PARENT_CHILD,
            DepType::PARENT_CHILD,
            DepType::WAITS_FOR,
            DepType::CONDITIONAL_BLOCKS,
            DepType::RELATED,
            DepType::TRACKS,
        ];
        let kind = self.rng.pick(kinds);
        let to = match self.rng.below(10) {
            0 => "external:other:thing".to_owned(),
            1 => "bd-nobody".to_owned(),
            _ if self.beads.is_empty() => return None,
            _ => self.beads[self.rng.below(self.beads.len())].as_str().to_owned(),
        };
        let mut edge = Edge::new(to, kind);
        if self.rng.one_in(4) {
            let spawner = self.beads.first().map_or("bd-nobody", BeadId::as_str).to_owned();
            let metas = [
                r#"{"metadata":"{\"gate\":\"any-children\"}"}"#.to_owned(),
                r#"{"gate":"any-children"}"#.to_owned(),
                format!(r#"{{"spawner_id":"{spawner}"}}"#),
                r#"{"created_by":"x"}"#.to_owned(),
            ];
            edge.meta = Value::from_json(&self.rng.pick(metas));
        }
        Some(edge)
    }

    /// A change as a command would make it: it names what its writer sees.
    fn change(&mut self, clone: usize) -> Event {
        let id = self.beads[self.rng.below(self.beads.len())].clone();
        let bead = self.bead(clone, &id);
        let action = self.rng.below(if self.wild { 13 } else { 12 });
        match action {
            0..=3 => {
                let mut event = self.event(clone, &id, Kind::SET);
                for _ in 0..=self.rng.below(3) {
                    let (name, value) = self.field();
                    event.set.set(&name, value);
                }
                self.naming(&bead, event)
            }
            4 => {
                let event = self
                    .event(clone, &id, Kind::CLOSE)
                    .setting("status", Value::text("closed"))
                    .setting("outcome", Value::text("done"));
                self.naming(&bead, event)
            }
            5 => {
                let claim = self.claim();
                let event = self.event(clone, &id, Kind::CLAIM).setting("claim", claim);
                self.naming(&bead, event)
            }
            6 => {
                let deleted = self.rng.one_in(2);
                let mut event = self.event(clone, &id, Kind::DELETE).setting("deleted", Value::of(&deleted));
                event.on = bead.all_heads();
                event
            }
            7 => {
                let mut event = self.event(clone, &id, Kind::LABEL);
                event.labels = vec![(self.rng.pick(["ui", "api", "z"])).to_owned()];
                event
            }
            8 => {
                let mut event = self.event(clone, &id, Kind::UNLABEL);
                if let Some((label, adds)) = bead.labels.iter().next() {
                    event.unlabels = vec![label.clone()];
                    event.on.clone_from(adds);
                }
                event
            }
            9 => {
                let mut event = self.event(clone, &id, Kind::LINK);
                event.links.extend(self.edge());
                event
            }
            10 => {
                let mut event = self.event(clone, &id, Kind::UNLINK);
                if let Some(edge) = bead.edges.first() {
                    event.unlinks = vec![edge.edge.clone()];
                    event.on.clone_from(&edge.adds);
                }
                event
            }
            11 => {
                if let (Some(comment), true) = (bead.comments.first(), self.rng.one_in(4)) {
                    let mut event = self.event(clone, &id, Kind::UNCOMMENT);
                    event.on = vec![comment.id];
                    return event;
                }
                let kind = if self.rng.one_in(2) { Kind::COMMENT } else { Kind::NOTE };
                let mut event = self.event(clone, &id, kind);
                event.text = Some("some words\nmore".to_owned());
                if self.rng.one_in(4) {
                    event.extra = Fields::new().with("at_imported", Value::text("2020-01-01T00:00:00Z"));
                }
                event
            }
            _ => {
                let mut event = self.event(clone, &id, Kind::REDACT);
                event.ids = bead.events.iter().copied().take(1 + self.rng.below(2)).collect();
                event
            }
        }
    }

    fn naming(&mut self, bead: &Bead, mut event: Event) -> Event {
        let names: Vec<String> = event.set.iter().map(|(n, _)| n.to_owned()).collect();
        event.on = bead.heads(names.iter().map(String::as_str));
        if self.wild && self.rng.one_in(6) {
            // Somebody who had not looked.
            event.on.clear();
        }
        event
    }

    /// What only a forger or a strange writer makes.
    fn forge(&mut self, event: Event) -> Vec<String> {
        let line = event.to_line().unwrap();
        match self.rng.below(6) {
            0 => {
                let mut twin = event;
                twin.set.set("title", Value::text("the other one"));
                vec![line, twin.to_line().unwrap()]
            }
            1 => {
                let mut a = event.clone().setting("status", Value::text("open"));
                let mut b = self.event(0, &event.bead, Kind::SET).setting("status", Value::text("closed"));
                (a.on, b.on) = (vec![b.id], vec![a.id]);
                vec![a.to_line().unwrap(), b.to_line().unwrap()]
            }
            2 => vec![line.replacen("\"do\":", "\"d\\u006f\":", 1)],
            3 => vec![line.replacen("{\"v\":1,", "{\"sig\":{\"a\":[1e999]},\"v\":1,\"redacted\":\"x\",", 1)],
            4 => vec![line.replacen("\"at\":\"2026", "\"at\":\"x026", 1)],
            _ => vec![line.replacen("\"set\":{", "\"set\":{\"title\":\"first\",\"title\":\"secon\\u0064\",", 1)],
        }
    }

    /// Every line that anybody has, by bead.
    pub fn by_bead(&self) -> BTreeMap<BeadId, Vec<String>> {
        let mut out: BTreeMap<BeadId, Vec<String>> = BTreeMap::new();
        for line in self.clones.iter().flatten().collect::<BTreeSet<_>>() {
            if let Ok(event) = Event::parse(line) {
                out.entry(event.bead).or_default().push(line.clone());
            }
        }
        out
    }
}
