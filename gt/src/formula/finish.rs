//! The last checks, the order, kinds, titles, ways back.

use super::job::Job;
use super::kinds;
use super::model::{Draft, Ref};
use super::names::unsafe_name;
use super::order;
use super::problem::meant_in;
use super::recipe::Step;
use std::collections::{HashMap, HashSet};

/// The longest title made of a description, in characters.
const TITLE: usize = 120;

/// The steps of the recipe, every need before who needs it. Empty after an error.
pub(super) fn finish(job: &mut Job<'_>, mut drafts: Vec<Draft>) -> Vec<Step> {
    check_ids(job, &drafts);
    check_needs(job, &mut drafts);
    families(&mut drafts);
    let places: HashMap<&str, usize> = drafts.iter().enumerate().map(|(at, d)| (d.id(), at)).collect();
    let mut edges: Vec<Vec<usize>> = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let mut seen = HashSet::new();
        let all = draft.needs.iter().chain(&draft.waits);
        edges.push(all.filter_map(|n| places.get(n.name.as_str()).copied()).filter(|at| seen.insert(*at)).collect());
    }
    let sorted = order::sort(&edges);
    for circle in &sorted.circles {
        let names: Vec<&str> = circle.iter().chain(circle.first()).map(|at| drafts[*at].id()).collect();
        let next = circle.get(1).or(circle.first()).map_or("", |at| drafts[*at].id());
        let at = circle.first().map(|at| &drafts[*at]);
        let place = at.and_then(|d| d.needs.iter().find(|n| n.name == next).map(|n| n.at).or(Some(d.at)));
        let shown = if names.len() > 12 {
            format!("{} -> … -> {}", names[..10].join(" -> "), names[names.len() - 1])
        } else {
            names.join(" -> ")
        };
        job.log.error(place, format!("cycle detected involving: {shown}"));
    }
    if job.log.failed() {
        return Vec::new();
    }
    let edges = without_dropped(&drafts, edges, &sorted.order);
    let mut place = vec![usize::MAX; drafts.len()];
    let kept: Vec<usize> = sorted.order.iter().copied().filter(|at| !drafts[*at].dropped).collect();
    for (new, old) in kept.iter().enumerate() {
        place[*old] = new;
    }
    let names: Vec<String> = drafts.iter().map(|d| d.step.id.clone()).collect();
    let mut slots: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let mut steps: Vec<Draft> = Vec::with_capacity(kept.len());
    let mut needs: Vec<Vec<usize>> = Vec::with_capacity(kept.len());
    for old in kept {
        let Some(mut draft) = slots[old].take() else { continue };
        draft.step.needs = edges[old].iter().map(|n| names[*n].clone()).collect();
        needs.push(edges[old].iter().map(|n| place[*n]).collect());
        draft.step.title = title(&draft.step);
        steps.push(draft);
    }
    kinds::decide(&mut steps);
    kinds::ways_back(job, &mut steps, &needs);
    steps.into_iter().map(|d| d.step).collect()
}

fn check_ids(job: &mut Job<'_>, drafts: &[Draft]) {
    let mut seen: HashMap<&str, &Draft> = HashMap::new();
    for draft in drafts.iter().filter(|d| d.id() != "?") {
        // Where a value that is not known yet is part of the name, it is looked at when it is.
        if let Some(why) = unsafe_name(draft.id()).filter(|_| job.strict || !draft.id().contains("{{")) {
            job.log.error(draft.at, format!("`{}` is no name for a step: {why}", draft.id().escape_debug()));
        }
        if let Some(first) = seen.insert(draft.id(), draft) {
            let before =
                job.log.sources.get(first.at.source as usize).map(|s| format!("{}:{}", s.path, s.line(first.at.start).0 + 1));
            let diagnostic = job.log.error(draft.at, format!("duplicate step id: {}", draft.id()));
            diagnostic.help = before.map(|b| format!("the first one is at {b}"));
        }
    }
}

fn check_needs(job: &mut Job<'_>, drafts: &mut [Draft]) {
    let known: HashSet<String> = drafts.iter().map(|d| d.step.id.clone()).collect();
    for draft in drafts.iter() {
        for need in draft.needs.iter().chain(&draft.waits).filter(|n| !known.contains(&n.name)) {
            let near = meant_in(&job.log, &need.name, known.iter().map(String::as_str));
            let message = format!("step `{}` needs unknown step: {}", draft.id().escape_debug(), need.name.escape_debug());
            job.log.error(need.at, message).help = near;
        }
    }
}

/// Children wait for what their parent waits for; who needs a parent needs its children too; a parent that is left out takes
/// them along.
fn families(drafts: &mut [Draft]) {
    if drafts.iter().all(|d| d.step.parent.is_none()) {
        return;
    }
    let places: HashMap<String, usize> = drafts.iter().enumerate().map(|(at, d)| (d.step.id.clone(), at)).collect();
    let mut below: HashMap<String, Vec<usize>> = HashMap::new();
    // A parent stands before its children.
    for at in 0..drafts.len() {
        let Some(parent) = drafts[at].step.parent.clone() else { continue };
        let Some(of) = places.get(&parent).copied().filter(|of| *of < at) else { continue };
        below.entry(parent.clone()).or_default().push(at);
        drafts[at].dropped |= drafts[of].dropped;
        let inside = |n: &Ref| places.get(&n.name).is_some_and(|p| drafts[*p].step.parent.as_deref() == Some(parent.as_str()));
        if !drafts[at].needs.iter().any(inside) {
            let inherited = drafts[of].needs.clone();
            drafts[at].needs.extend(inherited);
        }
    }
    // From the inside out, so that a grandchild is reached through its parent.
    let mut last: HashMap<String, Vec<String>> = HashMap::new();
    for at in (0..drafts.len()).rev() {
        let id = &drafts[at].step.id;
        let Some(children) = below.get(id) else { continue };
        let needed: HashSet<&str> = children.iter().flat_map(|c| &drafts[*c].needs).map(|n| n.name.as_str()).collect();
        let mut ends = Vec::new();
        for child in children {
            let child = drafts[*child].step.id.as_str();
            if !needed.contains(child) {
                ends.push(child.to_owned());
                ends.extend(last.get(child).into_iter().flatten().cloned());
            }
        }
        last.insert(id.clone(), ends);
    }
    for draft in drafts.iter_mut() {
        let mut added = Vec::new();
        for need in draft.needs.iter().chain(&draft.waits) {
            // Its own parent's children are its siblings: only who stands outside waits for all of them.
            if draft.step.parent.as_deref() != Some(need.name.as_str()) {
                added.extend(last.get(&need.name).into_iter().flatten().map(|end| Ref::new(end.clone(), need.at)));
            }
        }
        draft.needs.extend(added);
    }
}

/// For each step what it needs, with the needs of a step that is left out in its place. In one pass along the order.
fn without_dropped(drafts: &[Draft], edges: Vec<Vec<usize>>, order: &[usize]) -> Vec<Vec<usize>> {
    if drafts.iter().all(|d| !d.dropped) {
        return edges;
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for at in order {
        let mut seen = HashSet::new();
        let mut needs = Vec::new();
        for need in &edges[*at] {
            let instead: &[usize] = if drafts[*need].dropped { &out[*need] } else { std::slice::from_ref(need) };
            needs.extend(instead.iter().copied().filter(|n| seen.insert(*n)));
        }
        out[*at] = needs;
    }
    out
}

fn title(step: &Step) -> String {
    let line = |text: &str| text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default().to_owned();
    let mut title = line(&step.title);
    if title.is_empty() {
        title = line(&step.description);
    }
    if title.is_empty() {
        title.clone_from(&step.id);
    }
    if title.chars().count() > TITLE {
        title = title.chars().take(TITLE - 1).chain(['…']).collect();
    }
    title
}
