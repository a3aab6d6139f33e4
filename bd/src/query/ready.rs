//! Ready and blocked: one computation (docs/concepts/ready.md is its definition, tests/laws its second implementation).

use super::categories::StatusClass;
use super::graph::{EdgeKind, GraphView, Lease, Node, Target};
use super::rule::Rule;
use std::collections::BTreeSet;

/// What the caller asks with.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The caller's clock, milliseconds since 1970.
    pub now: i64,
    /// Ephemeral beads too.
    pub ephemeral: bool,
    /// Types that are no work too (the caller filters by the types it wants).
    pub any_type: bool,
    /// Beads that are put off too.
    pub deferred: bool,
    /// Whether `external:<project>:<capability>` has been shipped.
    pub external: &'a dyn Fn(&str) -> bool,
}

/// No capability of another project is known to be shipped.
pub fn nothing_shipped(_: &str) -> bool {
    false
}

impl Ask<'static> {
    /// The plain question: what can I work on now?
    pub fn at(now: i64) -> Self {
        Self { now, ephemeral: false, any_type: false, deferred: false, external: &nothing_shipped }
    }
}

/// What an earlier question found out about ancestors. Valid for one graph, one time and one answer of `external`.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    blocked: Vec<u8>,
    deferred: Vec<u8>,
}

const UNASKED: u8 = 0;
const CLEAR: u8 = 1;
const HIT: u8 = 2;
const ASKING: u8 = 3;

impl Memo {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self::default()
    }
}

/// Why the bead is not ready by itself, dependencies and ancestors aside.
pub(super) fn own_rule(node: Node, ask: &Ask<'_>) -> Option<Rule> {
    let expired = matches!(node.lease, Lease::Held(Some(until)) if until <= ask.now);
    Some(if node.shadow {
        Rule::Unknown
    } else if node.deleted {
        Rule::Deleted
    } else if node.class == StatusClass::Done {
        Rule::Closed
    } else if node.template {
        Rule::Template
    } else if node.pinned || node.class == StatusClass::Pinned {
        Rule::Pinned
    } else if node.ephemeral && !ask.ephemeral {
        Rule::Ephemeral
    } else if node.not_work && !ask.any_type {
        Rule::Type
    } else if node.lease == Lease::Contested {
        Rule::Contested
    } else if matches!(node.lease, Lease::Held(_)) && !expired {
        Rule::Claimed
    } else if node.class == StatusClass::Blocked {
        Rule::StatusBlocked
    } else if node.class == StatusClass::InProgress && !expired {
        Rule::InProgress
    } else if node.class == StatusClass::Wip {
        Rule::StatusWip
    } else if node.class == StatusClass::Frozen {
        Rule::StatusFrozen
    } else if node.is_deferred(ask.now) && !ask.deferred {
        if node.defer_until.is_some() { Rule::DeferredUntil } else { Rule::Deferred }
    } else {
        return None;
    })
}

/// Why a ready bead is ready.
pub(super) fn ready_rule(node: Node, ask: &Ask<'_>) -> Rule {
    if matches!(node.lease, Lease::Held(Some(until)) if until <= ask.now) {
        Rule::LeaseExpired
    } else if node.class == StatusClass::Deferred && !node.is_deferred(ask.now) {
        Rule::DeferralOver
    } else {
        Rule::Ready
    }
}

/// Calls `f` with every blocking reason that stands on the bead itself: the rule, and the bead or capability.
pub(super) fn direct<V: GraphView + ?Sized>(
    view: &V,
    i: usize,
    external: &dyn Fn(&str) -> bool,
    f: &mut dyn FnMut(Rule, Target<'_>),
) {
    view.out(i, &mut |kind, target| {
        let at = match target {
            Target::External(capability) => {
                if kind.blocks() && !external(capability) {
                    f(Rule::External, target);
                }
                return;
            }
            // What nobody created here cannot be closed here: told by explain, never a silent wall.
            Target::Missing(_) => return,
            // An edge to oneself says nothing (an import may bring one).
            Target::Bead(at) if at == i && matches!(kind, EdgeKind::Blocks | EdgeKind::Conditional) => return,
            Target::Bead(at) => at,
        };
        if !kind.blocks() {
            return;
        }
        let node = view.node(at);
        if !node.stands() {
            return;
        }
        match kind {
            EdgeKind::Blocks if node.is_live() => f(Rule::Blocks, target),
            EdgeKind::Blocks if node.undecided => f(Rule::Undecided, target),
            EdgeKind::Conditional if node.is_live() => f(Rule::ConditionalOpen, target),
            EdgeKind::Conditional if !node.failed => f(Rule::ConditionalSucceeded, target),
            EdgeKind::WaitsAll => view.incoming(at, &mut |kind, child| {
                if kind == EdgeKind::ParentChild && child != i && view.node(child).is_live() {
                    f(Rule::WaitsForAll, Target::Bead(child));
                }
            }),
            EdgeKind::WaitsAny => {
                let mut closed = false;
                view.incoming(at, &mut |kind, child| {
                    let node = view.node(child);
                    closed |= kind == EdgeKind::ParentChild && child != i && node.stands() && !node.is_live();
                });
                if !closed {
                    f(Rule::WaitsForAny, target);
                }
            }
            _ => {}
        }
    });
}

/// True if `own` holds for the bead or for an ancestor from which it inherits: reached over `parent-child` edges to
/// beads that are live. Ends on rings of parents; what is found out about the beads on the way is kept in `known`.
fn inherited<V: GraphView + ?Sized>(view: &V, known: &mut Vec<u8>, i: usize, own: &mut dyn FnMut(usize) -> bool) -> bool {
    if known.len() < view.len() {
        known.resize(view.len(), UNASKED);
    }
    match known[i] {
        CLEAR => return false,
        HIT => return true,
        _ => {}
    }
    // Number, and the place in this queue of the child through which it was reached.
    let mut queue = vec![(i, usize::MAX)];
    known[i] = ASKING;
    let mut place = 0;
    let mut hit = None;
    while place < queue.len() && hit.is_none() {
        let at = queue[place].0;
        if own(at) {
            hit = Some(place);
            break;
        }
        view.out(at, &mut |kind, target| {
            let (EdgeKind::ParentChild, Target::Bead(parent)) = (kind, target) else { return };
            match known[parent] {
                HIT => hit = Some(place),
                UNASKED if view.node(parent).is_live() => {
                    known[parent] = ASKING;
                    queue.push((parent, place));
                }
                _ => {}
            }
        });
        place += 1;
    }
    let Some(mut place) = hit else {
        for (at, _) in queue {
            known[at] = CLEAR;
        }
        return false;
    };
    for (at, _) in &queue {
        known[*at] = UNASKED;
    }
    // Everything on the way from the bead to the reason inherits it as well.
    while let Some((at, child)) = queue.get(place).copied() {
        known[at] = HIT;
        place = child;
    }
    true
}

/// True if a dependency holds the bead back, its own or an inherited one. False for what is closed or deleted.
pub fn has_blocker<V: GraphView + ?Sized>(view: &V, i: usize, external: &dyn Fn(&str) -> bool, memo: &mut Memo) -> bool {
    view.node(i).is_live()
        && inherited(view, &mut memo.blocked, i, &mut |at| {
            let mut any = false;
            direct(view, at, external, &mut |_, _| any = true);
            any
        })
}

/// True if the bead belongs into `bd blocked`: not closed, not deleted, and a dependency or its status `blocked` holds it.
pub fn is_blocked<V: GraphView + ?Sized>(view: &V, i: usize, external: &dyn Fn(&str) -> bool, memo: &mut Memo) -> bool {
    let node = view.node(i);
    node.is_live() && (node.class == StatusClass::Blocked || has_blocker(view, i, external, memo))
}

/// True if the bead or an ancestor is put off at `now`.
pub fn is_deferred<V: GraphView + ?Sized>(view: &V, i: usize, now: i64, memo: &mut Memo) -> bool {
    inherited(view, &mut memo.deferred, i, &mut |at| view.node(at).is_deferred(now))
}

/// True if the bead is ready. Reads only the bead, its ancestors and their edges' targets.
pub fn is_ready<V: GraphView + ?Sized>(view: &V, i: usize, ask: &Ask<'_>, memo: &mut Memo) -> bool {
    own_rule(view.node(i), ask).is_none()
        && (ask.deferred || !is_deferred(view, i, ask.now, memo))
        && !has_blocker(view, i, ask.external, memo)
}

/// All ready beads, by number.
pub fn ready<V: GraphView + ?Sized>(view: &V, ask: &Ask<'_>) -> Vec<usize> {
    let mut memo = Memo::new();
    (0..view.len()).filter(|i| is_ready(view, *i, ask, &mut memo)).collect()
}

/// All blocked beads, by number.
pub fn blocked<V: GraphView + ?Sized>(view: &V, external: &dyn Fn(&str) -> bool) -> Vec<usize> {
    let mut memo = Memo::new();
    (0..view.len()).filter(|i| is_blocked(view, *i, external, &mut memo)).collect()
}

/// The beads whose readiness a change of this bead's row can touch, itself included, ascending: those that name it in
/// a blocking edge, those that wait for it among its parents' children, and all descendants of these.
/// Where edges were changed, ask the graph before and the graph after.
pub fn affected<V: GraphView + ?Sized>(view: &V, i: usize) -> BTreeSet<usize> {
    affected_by(view, &[i])
}

/// As [`affected`] for several beads at once: the children of a parent that they share are looked at once.
pub fn affected_by<V: GraphView + ?Sized>(view: &V, all: &[usize]) -> BTreeSet<usize> {
    let mut seen: BTreeSet<usize> = all.iter().copied().collect();
    let mut parents = BTreeSet::new();
    for i in all {
        view.incoming(*i, &mut |kind, from| {
            if kind.blocks() {
                seen.insert(from);
            }
        });
        view.out(*i, &mut |kind, target| {
            if let (EdgeKind::ParentChild, Target::Bead(parent)) = (kind, target) {
                parents.insert(parent);
            }
        });
    }
    for parent in parents {
        view.incoming(parent, &mut |kind, from| {
            if matches!(kind, EdgeKind::WaitsAll | EdgeKind::WaitsAny) {
                seen.insert(from);
            }
        });
    }
    let mut queue: Vec<usize> = seen.iter().copied().collect();
    while let Some(at) = queue.pop() {
        view.incoming(at, &mut |kind, child| {
            if kind == EdgeKind::ParentChild && seen.insert(child) {
                queue.push(child);
            }
        });
    }
    seen
}
