//! `[compose]`, `[[advice]]`, `[[pointcuts]]`.

use super::super::model::{Advice, Bond, Branch, Compose, Expand, Hook, Pointcut, Ref, Words};
use super::super::node::{Data, Entry};
use super::super::problem::Log;
use super::super::source::Place;
use super::{fields, step};
use std::collections::BTreeMap;

pub(super) fn read(log: &mut Log, entry: &Entry, compose: &mut Compose) {
    for part in fields::table(log, entry) {
        match part.key.as_str() {
            "aspects" => compose.aspects.extend(fields::refs(log, part)),
            "expand" | "map" | "branch" | "gate" | "bond_points" | "hooks" => {
                for (node, entries) in fields::tables(log, part) {
                    rule(log, &part.key, node.at, entries, &node.json(), compose);
                }
            }
            _ => fields::unknown(log, part, "`compose`", &["expand", "map", "branch", "gate", "aspects", "bond_points", "hooks"]),
        }
    }
}

/// The keys of one rule, each at most of one type.
#[derive(Default)]
struct Rule {
    names: BTreeMap<&'static str, Ref>,
    steps: Vec<Ref>,
    vars: BTreeMap<String, String>,
}

impl Rule {
    fn name(&mut self, log: &mut Log, at: Place, rule: &str, key: &'static str) -> Option<Ref> {
        let found = self.names.remove(key);
        if found.is_none() {
            log.error(at, format!("this `{rule}` has no `{key}`"));
        }
        found
    }
}

fn rule(log: &mut Log, kind: &str, at: Place, entries: &[Entry], data: &serde_json::Value, compose: &mut Compose) {
    let keys: &[&'static str] = match kind {
        "expand" => &["target", "with", "vars"],
        "map" => &["select", "with", "vars"],
        "branch" => &["from", "steps", "join"],
        "gate" => &["before", "condition"],
        "bond_points" => &["id", "description", "after_step", "before_step", "parallel"],
        _ => &["trigger", "attach", "at", "vars"],
    };
    let mut rule = Rule::default();
    for entry in entries {
        let Some(key) = keys.iter().find(|k| **k == entry.key) else {
            fields::unknown(log, entry, &format!("`compose.{kind}`"), keys);
            continue;
        };
        match *key {
            "vars" => rule.vars = fields::strings(log, entry),
            "steps" => rule.steps = fields::refs(log, entry),
            "parallel" => _ = fields::truth(log, entry),
            key => rule.names.extend(fields::name(log, entry).map(|r| (key, r))),
        }
    }
    match kind {
        "expand" => {
            let (target, with) = (rule.name(log, at, kind, "target"), rule.name(log, at, kind, "with"));
            compose.expand.extend(target.zip(with).map(|(target, with)| (target, Expand { with, vars: rule.vars })));
        }
        "map" => {
            let (select, with) = (rule.name(log, at, kind, "select"), rule.name(log, at, kind, "with"));
            let words = |r: Ref| Words { text: r.name, at: r.at };
            compose.map.extend(select.zip(with).map(|(select, with)| (words(select), Expand { with, vars: rule.vars })));
        }
        "branch" => {
            let (from, join) = (rule.name(log, at, kind, "from"), rule.name(log, at, kind, "join"));
            if rule.steps.is_empty() {
                log.error(at, "this `branch` has no `steps`");
            }
            compose.branch.extend(from.zip(join).map(|(from, join)| Branch { from, steps: rule.steps, join }));
        }
        "gate" => {
            let (before, condition) = (rule.name(log, at, kind, "before"), rule.name(log, at, kind, "condition"));
            compose.gate.extend(before.zip(condition).map(|(before, condition)| (before, condition.name)));
        }
        "bond_points" => {
            let id = rule.name(log, at, kind, "id").map(|r| Words { text: r.name, at: r.at });
            let step = rule.names.remove("after_step").or_else(|| rule.names.remove("before_step"));
            compose.bond_points.extend(id.map(|id| Bond { id, step, data: data.clone() }));
        }
        _ => {
            let point = rule.names.remove("at").map(|r| Words { text: r.name, at: r.at });
            compose.hooks.push(Hook { point, data: data.clone() });
        }
    }
}

pub(super) fn advice(log: &mut Log, entry: &Entry) -> Vec<Advice> {
    let mut out = Vec::new();
    for (node, entries) in fields::tables(log, entry) {
        let mut advice = Advice { at: node.at, ..Advice::default() };
        around(log, entries, &mut advice, true);
        if advice.before.is_empty() && advice.after.is_empty() {
            log.error(node.at, "this advice puts nothing before or after a step");
        }
        out.push(advice);
    }
    out
}

fn around(log: &mut Log, entries: &[Entry], advice: &mut Advice, top: bool) {
    for entry in entries {
        match entry.key.as_str() {
            "before" => advice.before.extend(step::list(log, entry, "a step of an advice")),
            "after" => advice.after.extend(step::list(log, entry, "a step of an advice")),
            "around" if top => {
                if let Data::Table(entries) = &entry.value.data {
                    around(log, entries, advice, false);
                } else {
                    fields::table(log, entry);
                }
            }
            "target" if top => advice.target = fields::words(log, entry),
            _ => fields::unknown(log, entry, "an advice", &["target", "before", "after", "around"]),
        }
    }
}

pub(super) fn pointcuts(log: &mut Log, entry: &Entry) -> Vec<Pointcut> {
    let mut out = Vec::new();
    for (node, entries) in fields::tables(log, entry) {
        let mut pointcut = Pointcut { at: node.at, ..Pointcut::default() };
        for entry in entries {
            match entry.key.as_str() {
                "glob" => pointcut.glob = fields::text(log, entry),
                "type" => pointcut.sort = fields::text(log, entry),
                "label" => pointcut.label = fields::text(log, entry),
                _ => fields::unknown(log, entry, "a pointcut", &["glob", "type", "label"]),
            }
        }
        if pointcut.glob.is_none() && pointcut.sort.is_none() && pointcut.label.is_none() {
            log.error(node.at, "this pointcut has none of `glob`, `type` and `label`");
        }
        out.push(pointcut);
    }
    out
}
