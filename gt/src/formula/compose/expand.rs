//! Steps that are replaced by the template of another formula.

use super::super::job::Job;
use super::super::model::{Draft, Expand, Formula, Kind, Ref, Words};
use super::super::problem::meant_in;
use super::super::vars::Values;
use super::{Instead, fix, inherit, rewire, unfold};
use globset::Glob;
use std::collections::HashMap;
use std::rc::Rc;

/// How many rounds of `compose.expand` there may be, and how many rules of `compose.map`: each looks at every step.
const MOST: usize = 100;
/// How often a template may use a template that uses a template.
const DEEPEST: usize = 8;

/// Applies `expand` of steps, then `compose.expand`, then `compose.map`.
pub(in super::super) fn expand(job: &mut Job<'_>, formula: &Formula, steps: &mut Vec<Draft>, values: &Values) {
    inline(job, formula, steps, values, 0);
    named(job, formula, steps, values);
    if let Some((select, _)) = formula.compose.map.get(MOST) {
        job.log.error(select.at, format!("more than {MOST} rules in `compose.map`"));
    }
    for (select, expand) in formula.compose.map.iter().take(MOST) {
        matching(job, formula, select, expand, steps, values);
    }
}

/// Steps that say themselves what they are replaced by; again for what comes out of it.
fn inline(job: &mut Job<'_>, formula: &Formula, steps: &mut Vec<Draft>, values: &Values, depth: usize) {
    if !steps.iter().any(|s| s.expand.is_some()) {
        return;
    }
    if depth >= DEEPEST {
        if let Some(step) = steps.iter().find(|s| s.expand.is_some()) {
            job.log.error(step.at, format!("expansions that use each other, more than {DEEPEST} deep"));
        }
        return;
    }
    replace(job, formula, steps, values, |draft| draft.expand.take());
    inline(job, formula, steps, values, depth + 1);
}

/// `compose.expand`, in rounds: a later one may be about a step that an earlier one made.
fn named(job: &mut Job<'_>, formula: &Formula, steps: &mut Vec<Draft>, values: &Values) {
    let mut left: Vec<&(Ref, Expand)> = formula.compose.expand.iter().collect();
    for round in 0.. {
        let Some((target, _)) = left.first() else { return };
        if round > MOST {
            job.log.error(target.at, format!("more than {MOST} expansions of what an expansion made"));
            return;
        }
        let mut now: HashMap<&str, &Expand> = HashMap::new();
        let there: std::collections::HashSet<String> = steps.iter().map(|s| s.step.id.clone()).collect();
        let mut later = Vec::new();
        for rule in left {
            if !there.contains(&rule.0.name) {
                later.push(rule);
            } else if now.insert(&rule.0.name, &rule.1).is_some() {
                job.log.error(rule.0.at, format!("the step `{}` is expanded twice", rule.0.name.escape_debug()));
            }
        }
        if now.is_empty() {
            for (target, _) in later {
                let help = meant_in(&job.log, &target.name, there.iter().map(String::as_str));
                job.log.error(target.at, format!("there is no step `{}` to expand", target.name.escape_debug())).help = help;
            }
            return;
        }
        replace(job, formula, steps, values, |draft| now.get(draft.id()).map(|e| (*e).clone()));
        inline(job, formula, steps, values, 0);
        left = later;
    }
}

fn matching(job: &mut Job<'_>, formula: &Formula, select: &Words, expand: &Expand, steps: &mut Vec<Draft>, values: &Values) {
    let glob = match Glob::new(&select.text) {
        Ok(glob) => glob.compile_matcher(),
        Err(e) => {
            job.log.error(select.at, format!("`{}` is no glob: {}", select.text.escape_debug(), e.kind()));
            return;
        }
    };
    if !steps.iter().any(|s| glob.is_match(s.id())) {
        job.log.warn(select.at, "no step matches this");
        return;
    }
    replace(job, formula, steps, values, |draft| glob.is_match(draft.id()).then(|| expand.clone()));
    inline(job, formula, steps, values, 0);
}

/// Replaces the steps for which `pick` has something. Those that needed one need the last step of its template.
fn replace(
    job: &mut Job<'_>,
    outer: &Formula,
    steps: &mut Vec<Draft>,
    values: &Values,
    mut pick: impl FnMut(&mut Draft) -> Option<Expand>,
) {
    let parents: std::collections::HashSet<String> = steps.iter().filter_map(|s| s.step.parent.clone()).collect();
    let mut out = Vec::with_capacity(steps.len());
    let mut instead = HashMap::new();
    for mut draft in std::mem::take(steps) {
        let Some(expand) = pick(&mut draft) else {
            out.push(draft);
            continue;
        };
        if draft.approval {
            // A person's decision is not replaced by something else without a word.
            job.log.error(expand.with.at, format!("the step `{}` is a checkpoint and cannot be expanded", draft.id()));
            out.push(draft);
            continue;
        }
        if !draft.step.validation_commands.is_empty() || draft.step.mandatory {
            job.log.warn(expand.with.at, format!("what `{}` validates is replaced with it", draft.id()));
        }
        if parents.contains(draft.id()) {
            job.log.error(expand.with.at, format!("the step `{}` has children and cannot be expanded", draft.id()));
            out.push(draft);
            continue;
        }
        let Some(formula) = template(job, &expand) else {
            out.push(draft);
            continue;
        };
        let made = made(job, outer, &draft, &formula, &expand, values);
        if let (Some(first), Some(last)) = (made.first(), made.last()) {
            let (first, last) = (first.step.id.clone(), vec![last.step.id.clone()]);
            instead.insert(draft.step.id, Instead { first, last });
        }
        out.extend(made);
    }
    rewire(&mut out, &instead);
    *steps = out;
}

fn template(job: &mut Job<'_>, expand: &Expand) -> Option<Rc<Formula>> {
    let formula = job.formula(&expand.with.name, Some(expand.with.at))?;
    if formula.kind != Kind::Expansion {
        job.log.error(expand.with.at, format!("`{}` is no expansion but of the type {}", formula.name, formula.kind.as_str()));
        return None;
    }
    Some(formula)
}

fn made(job: &mut Job<'_>, outer: &Formula, draft: &Draft, formula: &Formula, expand: &Expand, values: &Values) -> Vec<Draft> {
    for name in expand.vars.keys().filter(|n| !formula.vars.contains_key(*n)) {
        let help = meant_in(&job.log, name, formula.vars.keys().map(String::as_str));
        job.log.error(expand.with.at, format!("`{}` has no variable `{}`", formula.name, name.escape_debug())).help = help;
    }
    for (name, var) in &formula.vars {
        if var.required && !expand.vars.contains_key(name) && !outer.vars.contains_key(name) {
            job.log.error(expand.with.at, format!("`{}` needs a value for `{name}`", formula.name));
        }
        if let Some(value) = expand.vars.get(name).filter(|v| !v.contains("{{")) {
            if let Err(why) = super::super::vars::fits(var, value) {
                job.log.error(expand.with.at, format!("the value for `{name}` of `{}` {why}", formula.name));
            }
        }
    }
    let mut steps = formula.template.clone();
    for step in &mut steps {
        let target = &draft.step;
        job.fill(step, &mut |name, double| match name {
            "target" | "target.id" if !double => Some(target.id.clone()),
            "target.title" if !double => Some(if target.title.is_empty() { target.id.clone() } else { target.title.clone() }),
            "target.description" if !double => Some(target.description.clone()),
            _ => {
                let var = formula.vars.get(name)?;
                // A value of the formula that uses the template stands above the template's default.
                let own = || (!outer.vars.contains_key(name)).then(|| var.default.clone().unwrap_or_default());
                expand.vars.get(name).cloned().or_else(own).or_else(|| (!double).then(|| format!("{{{{{name}}}}}")))
            }
        });
    }
    let mut steps = unfold(job, steps, values);
    fix(&mut steps);
    inherit(&mut steps, &draft.needs);
    let goto = draft.goto.clone();
    for step in &mut steps {
        step.conditions.extend(draft.conditions.iter().cloned());
        step.advised = draft.advised;
        step.step.phase = step.step.phase.take().or_else(|| draft.step.phase.clone());
        step.step.parent = step.step.parent.take().or_else(|| draft.step.parent.clone());
    }
    if let Some(last) = steps.last_mut() {
        last.goto = last.goto.take().or(goto);
    }
    steps
}
