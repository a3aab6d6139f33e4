//! Aspects: steps that are put before and after other steps.

use super::super::job::Job;
use super::super::model::{Advice, Compose, Draft, Formula, Kind, Pointcut, Ref};
use super::super::vars::Values;
use super::{Instead, fix, rewire, unfold};
use globset::{Glob, GlobMatcher};
use std::collections::HashMap;

/// How many globs an aspect may have.
const MAX_GLOBS: usize = 200;

/// Applies `compose.aspects`.
pub(in super::super) fn apply_aspects(job: &mut Job<'_>, compose: &Compose, steps: &mut Vec<Draft>, values: &Values) {
    for aspect in &compose.aspects {
        let Some(formula) = job.formula(&aspect.name, Some(aspect.at)) else { continue };
        if formula.kind != Kind::Aspect {
            job.log.error(aspect.at, format!("`{}` is no aspect but of the type {}", aspect.name, formula.kind.as_str()));
            continue;
        }
        if advise(job, &formula, steps, values) == 0 {
            job.log.warn(aspect.at, format!("no step is one that `{}` is about", aspect.name));
        }
    }
}

/// Applies the advice of an aspect; the number of steps that it was applied to.
pub(in super::super) fn advise(job: &mut Job<'_>, aspect: &Formula, steps: &mut Vec<Draft>, values: &Values) -> usize {
    let targets = Targets::new(job, aspect);
    let mut out = Vec::with_capacity(steps.len());
    let mut instead = HashMap::new();
    let mut count = 0;
    for draft in std::mem::take(steps) {
        let advice = if draft.advised { Vec::new() } else { targets.of(&draft) };
        if advice.is_empty() {
            out.push(draft);
            continue;
        }
        count += 1;
        around(job, draft, &advice, values, &mut out, &mut instead);
    }
    rewire(&mut out, &instead);
    *steps = out;
    count
}

/// Which advice is about which step.
struct Targets<'a> {
    names: HashMap<&'a str, Vec<usize>>,
    globs: Vec<(GlobMatcher, usize)>,
    /// Advice without a target is about what the pointcuts name.
    open: Vec<usize>,
    pointcuts: Vec<(&'a Pointcut, Option<GlobMatcher>)>,
    advice: &'a [Advice],
}

impl<'a> Targets<'a> {
    fn new(job: &mut Job<'_>, aspect: &'a Formula) -> Self {
        let mut targets =
            Self { names: HashMap::new(), globs: Vec::new(), open: Vec::new(), pointcuts: Vec::new(), advice: &aspect.advice };
        let mut glob = |text: &str, at| match Glob::new(text) {
            Ok(glob) => Some(glob.compile_matcher()),
            Err(e) => {
                job.log.error(at, format!("`{}` is no glob: {}", text.escape_debug(), e.kind()));
                None
            }
        };
        for (at, advice) in aspect.advice.iter().enumerate() {
            match &advice.target {
                None => targets.open.push(at),
                Some(target) if !is_glob(&target.text) => targets.names.entry(&target.text).or_default().push(at),
                Some(target) => targets.globs.extend(glob(&target.text, target.at).map(|g| (g, at))),
            }
        }
        if !targets.open.is_empty() {
            for pointcut in &aspect.pointcuts {
                let matcher = pointcut.glob.as_deref().and_then(|g| glob(g, pointcut.at));
                targets.pointcuts.push((pointcut, matcher));
            }
        }
        if targets.globs.len() + targets.pointcuts.len() > MAX_GLOBS {
            job.log.error(aspect.at, format!("this aspect has more than {MAX_GLOBS} globs"));
            targets.globs.truncate(MAX_GLOBS);
            targets.pointcuts.truncate(MAX_GLOBS);
        }
        targets
    }

    fn of(&self, draft: &Draft) -> Vec<&'a Advice> {
        let mut found: Vec<usize> = self.names.get(draft.id()).cloned().unwrap_or_default();
        found.extend(self.globs.iter().filter(|(g, _)| g.is_match(draft.id())).map(|(_, at)| *at));
        if !self.open.is_empty() && self.pointcuts.iter().any(|(p, glob)| cuts(p, glob.as_ref(), draft)) {
            found.extend(&self.open);
        }
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| self.advice.get(at)).collect()
    }
}

fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

fn cuts(pointcut: &Pointcut, glob: Option<&GlobMatcher>, draft: &Draft) -> bool {
    let sort = draft.step.extra.get("type").and_then(serde_json::Value::as_str);
    (pointcut.glob.is_none() || glob.is_some_and(|g| g.is_match(draft.id())))
        && pointcut.sort.as_deref().is_none_or(|s| sort == Some(s))
        && pointcut.label.as_ref().is_none_or(|l| draft.step.labels.contains(l))
}

/// The step between what comes before and after it, each needing the one before.
fn around(
    job: &mut Job<'_>,
    mut draft: Draft,
    advice: &[&Advice],
    values: &Values,
    out: &mut Vec<Draft>,
    instead: &mut HashMap<String, Instead>,
) {
    let mut before = made(job, &draft, advice.iter().flat_map(|a| &a.before), values);
    let mut after = made(job, &draft, advice.iter().flat_map(|a| &a.after), values);
    let chain = |steps: &mut [Draft], mut needs: Vec<Ref>| {
        for step in steps {
            if !step.needs.iter().any(|n| n.fixed) {
                step.needs.append(&mut needs);
            }
            needs = vec![Ref { name: step.step.id.clone(), at: step.at, fixed: true }];
        }
        needs
    };
    let needs = std::mem::take(&mut draft.needs);
    draft.needs = chain(&mut before, needs);
    let own = Ref { name: draft.step.id.clone(), at: draft.at, fixed: true };
    chain(&mut after, vec![own]);
    if let Some(last) = after.last() {
        let first = draft.step.id.clone();
        instead.insert(first.clone(), Instead { first, last: vec![last.step.id.clone()] });
    }
    out.append(&mut before);
    out.push(draft);
    out.append(&mut after);
}

fn made<'a>(job: &mut Job<'_>, draft: &Draft, steps: impl Iterator<Item = &'a Draft>, values: &Values) -> Vec<Draft> {
    let mut out: Vec<Draft> = steps.cloned().collect();
    for step in &mut out {
        let target = &draft.step;
        job.fill(step, &mut |name, double| match name {
            "step.id" | "target" if !double => Some(target.id.clone()),
            "step.title" if !double => Some(target.title.clone()),
            "step.description" if !double => Some(target.description.clone()),
            _ => None,
        });
    }
    let mut out = unfold(job, out, values);
    fix(&mut out);
    for step in &mut out {
        step.advised = true;
        step.conditions.extend(draft.conditions.iter().cloned());
        step.step.phase = step.step.phase.take().or_else(|| draft.step.phase.clone());
        step.step.parent = step.step.parent.take().or_else(|| draft.step.parent.clone());
    }
    out
}
