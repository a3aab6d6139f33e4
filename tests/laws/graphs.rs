//! Random small worlds of beads for the ready rules: every field that the rules look at, every kind of edge, rings too.

use bd::fold::{Bead, State};
use bd::model::{Actor, BeadId, Claim, DepType, Edge, Event, EventId, Kind, Value, format_time};
use bd_tests::Rng;
use jiff::Timestamp;

/// 2026-01-01.
pub const NOW: i64 = 1_767_225_600_000;

fn time(millis: i64) -> String {
    format_time(Timestamp::from_millisecond(millis).unwrap())
}

/// A time a little before, at, or a little after [`NOW`].
fn near(rng: &mut Rng) -> i64 {
    NOW + rng.below(5) as i64 * 1000 - 2000
}

/// Makes the events of a world; ids rise from 1.
pub struct Maker {
    state: State,
    next: u128,
}

impl Maker {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { state: State::new(), next: 0 }
    }

    /// An event without payload.
    pub fn event(&mut self, bead: &str, kind: Kind) -> Event {
        self.next += 1;
        Event::new(EventId(self.next), time(NOW - 10_000), Actor::new("ann"), BeadId::new(bead).unwrap(), kind)
    }

    /// Adds it.
    pub fn add(&mut self, event: Event) {
        self.state.add(event);
    }

    /// All beads, folded.
    pub fn beads(&self) -> Vec<Bead> {
        self.state.beads()
    }
}

/// Two to thirteen beads.
pub fn beads(rng: &mut Rng) -> Vec<Bead> {
    let n = 2 + rng.below(12);
    let name = |i: usize| format!("b{i:02}");
    let mut maker = Maker::new();
    for i in 0..n {
        // A shadow now and then: something is known of it, but not its creation.
        let kind = if rng.one_in(15) { Kind::COMMENT } else { Kind::CREATE };
        let mut event = maker.event(&name(i), kind.clone());
        if kind == Kind::COMMENT {
            event.text = Some("seen".into());
        } else {
            event = fields(rng, event.setting("title", Value::text("x")));
        }
        // A checkpoint that was decided once, twice alike, or twice differently.
        let decided = event.kind == Kind::CREATE && rng.one_in(8);
        if decided {
            event = event.setting("issue_type", Value::text("checkpoint")).setting("cp.state", Value::text("approved"));
            if !rng.one_in(4) {
                event = event.setting("status", Value::text("closed"));
            }
        }
        for _ in 0..rng.below(4) {
            let to = match rng.below(12) {
                0 => "external:web:login".to_owned(),
                1 => "nowhere".to_owned(),
                _ => name(rng.below(n)),
            };
            let other = name(rng.below(n));
            event.links.push(edge(rng, to, &other));
        }
        let contested = rng.one_in(20) && event.set.get("claim").is_some();
        let claim = |holder: &str| Claim { holder: Some(Actor::new(holder)), epoch: 1, until: None };
        maker.add(event);
        if decided && !rng.one_in(3) {
            let other = rng.one_of(&["rejected", "rejected", "approved"]);
            let event = maker.event(&name(i), Kind::new("reject")).setting("cp.state", Value::text(other));
            maker.add(event);
        }
        if contested {
            let event = maker.event(&name(i), Kind::CLAIM).setting("claim", Value::of(&claim("bob")));
            maker.add(event);
        }
    }
    maker.beads()
}

fn edge(rng: &mut Rng, to: String, other: &str) -> Edge {
    let kind = match rng.below(14) {
        0..=3 => DepType::BLOCKS,
        4..=8 => DepType::PARENT_CHILD,
        9 | 10 => DepType::CONDITIONAL_BLOCKS,
        11 | 12 => DepType::WAITS_FOR,
        _ => rng.one_of(&[DepType::RELATED, DepType::TRACKS, DepType::new("parent_child").unwrap()]),
    };
    let mut edge = Edge::new(to, kind);
    if edge.kind == DepType::WAITS_FOR && !rng.one_in(3) {
        let gate = rng.one_of(&["all-children", "any-children", "any-children", "odd"]);
        let spawner = if rng.one_in(2) { format!(r#","spawner_id":"{other}""#) } else { String::new() };
        let inner = format!(r#"{{"gate":"{gate}"{spawner}}}"#);
        let meta = match rng.below(3) {
            0 => inner,
            1 => format!(r#"{{"created_at":"x","metadata":{inner}}}"#),
            _ => format!(r#"{{"metadata":{}}}"#, serde_json::to_string(&inner).unwrap()),
        };
        edge.meta = Value::from_json(&meta);
    }
    edge
}

fn fields(rng: &mut Rng, mut event: Event) -> Event {
    let statuses = [
        "open",
        "open",
        "open",
        "open",
        "open",
        "in_progress",
        "in_progress",
        "blocked",
        "deferred",
        "closed",
        "closed",
        "closed",
        "hooked",
        "pinned",
        "tombstone",
        "review",
        "shipped",
        "triage",
        "parked",
        "odd",
    ];
    let status = rng.one_of(&statuses);
    if status != "open" || rng.one_in(2) {
        event = event.setting("status", Value::text(status));
    }
    if rng.one_in(6) {
        event =
            event.setting("issue_type", Value::text(rng.one_of(&["epic", "gate", "event", "molecule", "convoy", "bug", "step"])));
    }
    for flag in ["pinned", "ephemeral", "is_template", "deleted"] {
        if rng.one_in(14) {
            event = event.setting(flag, Value::of(&!rng.one_in(4)));
        }
    }
    if rng.one_in(if status == "deferred" { 2 } else { 8 }) {
        let until = time(near(rng));
        event = event.setting("defer_until", Value::text(if rng.one_in(9) { "some day" } else { &until }));
    }
    if rng.one_in(if status == "in_progress" || status == "hooked" { 2 } else { 9 }) {
        let until = (!rng.one_in(4)).then(|| Timestamp::from_millisecond(near(rng)).unwrap());
        let holder = (!rng.one_in(6)).then(|| Actor::new("ann"));
        event = event.setting("claim", Value::of(&Claim { holder, epoch: 1, until }));
    }
    if rng.one_in(3) {
        event = event.setting("outcome", Value::text(rng.one_of(&["done", "failed", "cancelled", "duplicate", "odd"])));
    }
    if rng.one_in(3) {
        let reasons = ["all done", "Rejected: no", "fixed the errors", "an error", "unblocked", "won't fix", "timeout-related"];
        event = event.setting("close_reason", Value::text(rng.one_of(&reasons)));
    }
    event
}
