//! Why a bead is ready or not: the exact rule and the exact bead that decides.

use super::categories::StatusClass;
use super::graph::{EdgeKind, GraphView, Target};
use super::ready::{Ask, direct, own_rule, ready_rule};
use super::rule::Rule;

/// A bead, or something of another project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The bead with this number.
    Bead(usize),
    /// `external:<project>:<capability>`.
    External(String),
}

/// One blocking reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// How far above: 0 = the bead's own edge, 1 = its parent's, …
    pub distance: usize,
    /// The rule.
    pub rule: Rule,
    /// The bead that has the edge: the bead itself or the ancestor that it inherits from.
    pub via: usize,
    /// The bead or capability that decides.
    pub by: Who,
}

/// The answer for one bead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The bead.
    pub bead: usize,
    /// The rule that decides; [`Rule::is_ready`] says which way.
    pub rule: Rule,
    /// Who decides, where it is not the bead itself.
    pub by: Option<Who>,
    /// The ancestor that it is inherited from.
    pub via: Option<usize>,
    /// Every blocking reason, nearest first, also where another rule decides. Empty for what is closed or deleted.
    pub blockers: Vec<Blocker>,
    /// Targets of its own blocking edges that nobody created here or that are deleted; they do not block.
    pub dangling: Vec<(EdgeKind, String)>,
    /// Some field of the bead has a visible conflict.
    pub conflict: bool,
    /// The bead is live and its status is `blocked`, whatever rule decides.
    pub status_blocked: bool,
}

impl Explanation {
    /// True if the bead is ready.
    pub fn is_ready(&self) -> bool {
        self.rule.is_ready()
    }

    /// True if the bead belongs into `bd blocked`, whatever rule decides.
    pub fn is_blocked(&self) -> bool {
        !self.blockers.is_empty() || self.status_blocked
    }

    /// The deciding rule in one sentence.
    pub fn sentence<V: GraphView + ?Sized>(&self, view: &V) -> String {
        sentence(view, self.rule, self.by.as_ref(), self.via)
    }
}

impl Blocker {
    /// The reason in one sentence.
    pub fn sentence<V: GraphView + ?Sized>(&self, view: &V) -> String {
        sentence(view, self.rule, Some(&self.by), (self.distance > 0).then_some(self.via))
    }
}

fn sentence<V: GraphView + ?Sized>(view: &V, rule: Rule, by: Option<&Who>, via: Option<usize>) -> String {
    let by = match by {
        Some(Who::Bead(at)) => view.name(*at).into_owned(),
        Some(Who::External(capability)) => capability.clone(),
        None => String::new(),
    };
    match via {
        Some(via) if rule.is_blocking() => {
            // The rule's words are about the ancestor that has the edge.
            let via = view.name(via);
            format!("its ancestor {via} is blocked: {} ({via})", rule.text().replace("{by}", &by))
        }
        _ => rule.text().replace("{by}", &by),
    }
}

/// The bead and the ancestors that it inherits from, with their distance; nearest first, within a distance by name.
pub fn lineage<V: GraphView + ?Sized>(view: &V, i: usize) -> Vec<(usize, usize)> {
    let mut out = vec![(i, 0)];
    let mut seen = std::collections::HashSet::from([i]);
    let mut place = 0;
    while let Some((at, distance)) = out.get(place).copied() {
        view.out(at, &mut |kind, target| {
            if let (EdgeKind::ParentChild, Target::Bead(parent)) = (kind, target)
                && view.node(parent).is_live()
                && seen.insert(parent)
            {
                out.push((parent, distance + 1));
            }
        });
        place += 1;
    }
    out.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| view.name(a.0).cmp(&view.name(b.0))));
    out
}

/// Every blocking reason of a live bead, nearest first: by distance, ancestor, rule, and name of what blocks.
pub fn blockers<V: GraphView + ?Sized>(view: &V, i: usize, external: &dyn Fn(&str) -> bool) -> Vec<Blocker> {
    if !view.node(i).is_live() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (via, distance) in lineage(view, i) {
        let mut own: Vec<(Rule, String, Who)> = Vec::new();
        direct(view, via, external, &mut |rule, target| {
            own.push(match target {
                Target::Bead(at) => (rule, view.name(at).into_owned(), Who::Bead(at)),
                Target::External(name) | Target::Missing(name) => (rule, name.to_owned(), Who::External(name.to_owned())),
            });
        });
        own.sort();
        own.dedup();
        out.extend(own.into_iter().map(|(rule, _, by)| Blocker { distance, rule, via, by }));
    }
    out
}

/// Why the bead is ready or not. Agrees with [`super::is_ready`] and [`super::is_blocked`].
pub fn explain<V: GraphView + ?Sized>(view: &V, i: usize, ask: &Ask<'_>) -> Explanation {
    let node = view.node(i);
    let blockers = blockers(view, i, ask.external);
    let mut dangling = Vec::new();
    view.out(i, &mut |kind, target| match target {
        Target::Missing(name) if kind.blocks() => dangling.push((kind, name.to_owned())),
        Target::Bead(at) if kind.blocks() && !view.node(at).stands() => dangling.push((kind, view.name(at).into_owned())),
        _ => {}
    });
    let status_blocked = node.is_live() && node.class == StatusClass::Blocked;
    let mut out = Explanation {
        bead: i,
        rule: Rule::Ready,
        by: None,
        via: None,
        blockers,
        dangling,
        conflict: node.conflict,
        status_blocked,
    };
    if let Some(rule) = own_rule(node, ask) {
        out.rule = rule;
        return out;
    }
    if !ask.deferred {
        let off = lineage(view, i).into_iter().find(|(at, _)| view.node(*at).is_deferred(ask.now));
        if let Some((ancestor, _)) = off {
            out.rule = Rule::AncestorDeferred;
            out.by = Some(Who::Bead(ancestor));
            return out;
        }
    }
    match out.blockers.first() {
        Some(first) => {
            out.rule = first.rule;
            out.by = Some(first.by.clone());
            out.via = (first.distance > 0).then_some(first.via);
        }
        None => out.rule = ready_rule(node, ask),
    }
    out
}
