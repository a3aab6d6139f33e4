//! Looking a convoy over before it is launched: what speaks against it, and in which waves its members can be worked on.

use std::collections::{BTreeMap, BTreeSet};

/// One member for the plan. The plan knows nothing of stores: names, and what waits for what.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// The bead's whole name, or the name of a molecule that is only planned.
    pub id: String,
    /// For people: the short name with the title.
    pub shown: String,
    /// Done, cancelled or completed by the file's word.
    pub closed: bool,
    /// There is no such bead here, or it is deleted.
    pub missing: bool,
    /// Several hold it, or two clones said different things about it.
    pub contested: bool,
    /// Put off, or resting.
    pub put_off: bool,
    /// It is closed when its children are: no work of its own.
    pub container: bool,
    /// It has no formula that it could be poured from.
    pub no_formula: bool,
    /// The names of what has to be closed first, its own and what its ancestors wait for.
    pub needs: Vec<Need>,
    /// The container among the members that it is part of.
    pub part_of: Option<String>,
}

/// Something that has to be closed first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The name of a member, or of something outside of the convoy.
    pub id: String,
    /// For people.
    pub shown: String,
    /// What it is, where it is no member.
    pub outside: Outside,
}

/// What something outside of a convoy is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outside {
    /// A bead that is closed, or a member.
    #[default]
    Nothing,
    /// A bead that is open.
    Open,
    /// A wait: a person, a time or an outside result.
    Wait,
    /// Something of another project.
    External,
    /// No bead here has this name.
    Dangling,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It cannot be launched.
    Error,
    /// Somebody should look.
    Warning,
}

impl Weight {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The kinds of findings.
pub const KINDS: [&str; 11] =
    ["empty", "cycle", "missing", "dangling", "external", "gated", "blocked", "contested", "orphan", "deferred", "no-formula"];

/// One thing that speaks against a launch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// The members that it is about.
    pub members: Vec<String>,
    /// In a sentence.
    pub text: String,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The members that are open, by wave; each wave waits for the ones before. Containers are in none, and neither is what
    /// hangs on a circle.
    pub waves: Vec<Vec<String>>,
    /// What speaks against it, errors first.
    pub findings: Vec<Finding>,
}

impl Plan {
    /// True if it can be launched.
    pub fn is_launchable(&self) -> bool {
        self.findings.iter().all(|f| f.weight != Weight::Error)
    }
}

/// Looks the members over.
pub fn plan(nodes: &[Node]) -> Plan {
    let by_id: BTreeMap<&str, &Node> = nodes.iter().map(|n| (n.id.as_str(), n)).collect();
    let mut findings = Vec::new();
    let mut find = |weight, kind, members: Vec<String>, text: String| findings.push(Finding { weight, kind, members, text });
    if nodes.is_empty() {
        find(Weight::Error, "empty", Vec::new(), "it has no members".to_owned());
    } else if nodes.iter().all(|n| n.closed) {
        find(Weight::Warning, "empty", Vec::new(), "every member is closed already".to_owned());
    }
    for node in nodes.iter().filter(|n| !n.closed) {
        let mut say = |weight, kind, text: String| find(weight, kind, vec![node.id.clone()], text);
        if node.missing {
            say(Weight::Error, "missing", format!("{} is tracked, and there is no such bead here", node.shown));
        }
        if node.contested {
            say(Weight::Warning, "contested", format!("{} is contested: somebody has to settle who or what counts", node.shown));
        }
        if node.put_off {
            say(Weight::Warning, "deferred", format!("{} is put off", node.shown));
        }
        if node.no_formula {
            say(Weight::Warning, "no-formula", format!("{} is planned without a formula", node.shown));
        }
        for need in &node.needs {
            let (kind, what) = match need.outside {
                _ if by_id.contains_key(need.id.as_str()) => continue,
                Outside::Nothing => continue,
                Outside::Open => ("blocked", "which is open and not in this convoy"),
                Outside::Wait => ("gated", "which is a wait"),
                Outside::External => ("external", "of another project"),
                Outside::Dangling => ("dangling", "and there is no such bead here"),
            };
            say(Weight::Warning, kind, format!("{} waits for {}, {what}", node.shown, need.shown));
        }
    }
    let graph = Graph::new(nodes, &by_id);
    for circle in graph.circles() {
        let shown: Vec<&str> = circle.iter().map(|id| by_id[id.as_str()].shown.as_str()).collect();
        find(Weight::Error, "cycle", circle.clone(), format!("these wait for one another: {}", shown.join(" -> ")));
    }
    // A lone member says something only where others are tied together.
    if graph.edges.values().any(|to| !to.is_empty()) {
        for node in nodes.iter().filter(|n| !n.closed && !n.container && !graph.is_tied(&n.id)) {
            find(
                Weight::Warning,
                "orphan",
                vec![node.id.clone()],
                format!("{} waits for no other member, and none waits for it", node.shown),
            );
        }
    }
    findings.sort();
    Plan { waves: graph.waves(nodes), findings }
}

/// What waits for what among the members that are open.
struct Graph<'a> {
    edges: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Graph<'a> {
    fn new(nodes: &'a [Node], by_id: &BTreeMap<&str, &'a Node>) -> Self {
        let open = |id: &str| by_id.get(id).filter(|n| !n.closed).map(|n| n.id.as_str());
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for node in nodes.iter().filter(|n| !n.closed) {
            let own = edges.entry(node.id.as_str()).or_default();
            own.extend(node.needs.iter().filter_map(|n| open(&n.id)));
        }
        // What is made of parts is closed after them.
        for node in nodes.iter().filter(|n| !n.closed) {
            if let Some(above) = node.part_of.as_deref().and_then(open) {
                edges.entry(above).or_default().insert(&node.id);
            }
        }
        Self { edges }
    }

    fn is_tied(&self, id: &str) -> bool {
        self.edges.get(id).is_some_and(|to| !to.is_empty()) || self.edges.values().any(|to| to.contains(id))
    }

    /// The members in the order of their needs; what hangs on a circle is left out.
    fn order(&self) -> Vec<&'a str> {
        let mut left: BTreeMap<&str, usize> = self.edges.iter().map(|(id, to)| (*id, to.len())).collect();
        let mut waiting: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, to) in &self.edges {
            to.iter().for_each(|t| waiting.entry(t).or_default().push(id));
        }
        let mut free: Vec<&str> = left.iter().filter(|(_, n)| **n == 0).map(|(id, _)| *id).collect();
        let mut out = Vec::new();
        while let Some(id) = free.pop() {
            out.push(id);
            for other in waiting.get(id).into_iter().flatten() {
                if let Some(n) = left.get_mut(other) {
                    *n -= 1;
                    if *n == 0 {
                        free.push(other);
                    }
                }
            }
        }
        out
    }

    fn waves(&self, nodes: &[Node]) -> Vec<Vec<String>> {
        let container: BTreeMap<&str, bool> = nodes.iter().map(|n| (n.id.as_str(), n.container)).collect();
        let mut level: BTreeMap<&str, usize> = BTreeMap::new();
        for id in self.order() {
            let of = |to: &&str| level.get(to).map_or(0, |l| l + usize::from(!container.get(*to).copied().unwrap_or(false)));
            let own = self.edges[id].iter().map(of).max().unwrap_or(0);
            level.insert(id, own);
        }
        let mut waves: Vec<Vec<String>> = Vec::new();
        for node in nodes.iter().filter(|n| !n.container && !n.missing) {
            let Some(at) = level.get(node.id.as_str()).copied() else { continue };
            if waves.len() <= at {
                waves.resize(at + 1, Vec::new());
            }
            waves[at].push(node.id.clone());
        }
        waves.retain(|w| !w.is_empty());
        waves
    }

    /// Circles, each from its smallest name and closed by it; a member that stands in one is not looked at again.
    fn circles(&self) -> Vec<Vec<String>> {
        let done: BTreeSet<&str> = self.order().into_iter().collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut out = Vec::new();
        for start in self.edges.keys().filter(|id| !done.contains(*id)) {
            if seen.contains(start) {
                continue;
            }
            let Some(circle) = self.back_to(start, &done) else { continue };
            seen.extend(&circle);
            out.push(circle.into_iter().map(str::to_owned).collect());
        }
        out
    }

    /// The shortest way from a member back to itself.
    fn back_to(&self, start: &'a str, done: &BTreeSet<&str>) -> Option<Vec<&'a str>> {
        let mut from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            for to in self.edges[at].iter().filter(|to| !done.contains(*to)) {
                if *to == start {
                    let mut way = vec![start, at];
                    let mut last = at;
                    while let Some(before) = from.get(last).filter(|_| last != start) {
                        way.push(before);
                        last = before;
                    }
                    // A member that waits for itself is its own way back.
                    if at == start {
                        return Some(vec![start, start]);
                    }
                    way.reverse();
                    return Some(way);
                }
                if *to != start && !from.contains_key(to) {
                    from.insert(to, at);
                    queue.push_back(to);
                }
            }
        }
        None
    }
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
