//! One step: of a workflow, a template, a leg, a piece of advice.

use super::super::minutes::limit_seconds;
use super::super::model::{Draft, Expand, Ref, Repeat, Times, Words};
use super::super::node::{Data, Entry, Node};
use super::super::problem::{Log, meant};
use super::super::recipe::{Estimate, StepKind};
use super::fields;
use serde_json::Value;

/// Keys with a meaning, for suggestions.
pub(super) const KEYS: &[&str] = &[
    "id",
    "title",
    "description",
    "kind",
    "needs",
    "depends_on",
    "phase",
    "tdd_phase",
    "duration_estimate",
    "on_fail",
    "blocking",
    "mandatory",
    "timeout",
    "requires_human_approval",
    "approval_criteria",
    "rejection_actions",
    "success_criteria",
    "validation_commands",
    "validation_categories",
    "anti_pattern_checks",
    "remediation_steps",
    "authoritative_sources",
    "report_template",
    "inputs",
    "outputs",
    "acceptance",
    "assignee",
    "labels",
    "priority",
    "waits_for",
    "parallel",
    "interactive",
    "condition",
    "loop",
    "expand",
    "expand_vars",
    "children",
];

/// Keys that others give a meaning to while the work is done: kept without a word.
const KEPT: &[&str] = &[
    "notes",
    "type",
    "metadata",
    "gate",
    "on_complete",
    "retry",
    "ralph",
    "description_file",
    "failure_handling",
    "agent",
    "review_only",
    "focus",
    "args",
    "output",
    "squash",
];

/// The words for kinds.
const KINDS: &[(&str, StepKind)] = &[
    ("work", StepKind::Work),
    ("checkpoint", StepKind::Checkpoint),
    ("validation", StepKind::Validation),
    ("compliance", StepKind::Compliance),
    ("document", StepKind::Document),
];

/// The steps of a list.
pub(super) fn list(log: &mut Log, entry: &Entry, what: &str) -> Vec<Draft> {
    fields::tables(log, entry).into_iter().map(|(node, entries)| read(log, node, entries, what)).collect()
}

pub(super) fn read(log: &mut Log, node: &Node, entries: &[Entry], what: &str) -> Draft {
    let mut draft = Draft { at: node.at, body: node.whole(), ..Draft::default() };
    let mut expand_vars = None;
    for entry in entries {
        match entry.key.as_str() {
            "id" => {
                draft.at = entry.value.at;
                draft.step.id = fields::text(log, entry).unwrap_or_else(|| "?".to_owned());
            }
            "needs" | "depends_on" => draft.needs.extend(fields::refs(log, entry)),
            "on_fail" => draft.goto = goto(log, entry),
            "condition" => draft.conditions.extend(fields::words(log, entry)),
            "children" => draft.children = list(log, entry, "a child"),
            "loop" => draft.repeat = repeat(log, entry).map(Box::new),
            "expand" => {
                draft.expand = fields::name(log, entry).map(|with| Expand { with, vars: std::collections::BTreeMap::new() })
            }
            "expand_vars" => expand_vars = Some((entry.key_at, fields::strings(log, entry))),
            "requires_human_approval" => draft.approval = fields::truth(log, entry),
            "kind" => draft.kind = kind(log, entry),
            "waits_for" => waits_for(log, entry, &mut draft),
            _ => data(log, entry, &mut draft, what),
        }
    }
    if let Some((at, vars)) = expand_vars {
        match &mut draft.expand {
            Some(expand) => expand.vars = vars,
            None => _ = log.error(at, "`expand_vars` without `expand`"),
        }
    }
    if draft.step.id.is_empty() {
        fields::missing(log, node.at, &format!("{what} has no `id`"));
        draft.step.id = "?".to_owned();
    }
    draft
}

/// What becomes a field of the step as it is.
fn data(log: &mut Log, entry: &Entry, draft: &mut Draft, what: &str) {
    let step = &mut draft.step;
    match entry.key.as_str() {
        "title" => step.title = fields::text(log, entry).unwrap_or_default(),
        "description" => step.description = fields::text(log, entry).unwrap_or_default(),
        "phase" => step.phase = fields::text(log, entry),
        "tdd_phase" => step.tdd_phase = fields::text(log, entry),
        "duration_estimate" => estimate(log, entry, draft),
        "blocking" => step.blocking = fields::truth(log, entry),
        "mandatory" => step.mandatory = fields::truth(log, entry),
        "parallel" => step.parallel = fields::truth(log, entry),
        "interactive" => step.interactive = fields::truth(log, entry),
        "timeout" => {
            step.timeout = fields::text(log, entry);
            if step.timeout.as_deref().is_some_and(|t| limit_seconds(t).is_none()) {
                log.error(entry.value.at, "`timeout` is no length of time").help("such as `2h`, `30m`, `1h30m`, `3d`");
            }
        }
        "approval_criteria" => step.approval_criteria = fields::texts(log, entry),
        "rejection_actions" => step.rejection_actions = fields::texts(log, entry),
        "success_criteria" => step.success_criteria = fields::texts(log, entry),
        "validation_commands" => step.validation_commands = fields::texts(log, entry),
        "validation_categories" => step.validation_categories = fields::texts(log, entry),
        "anti_pattern_checks" => step.anti_pattern_checks = fields::texts(log, entry),
        "remediation_steps" => step.remediation_steps = fields::texts(log, entry),
        "authoritative_sources" => step.authoritative_sources = fields::texts(log, entry),
        "report_template" => step.report_template = fields::text(log, entry),
        "inputs" => step.inputs = fields::texts(log, entry),
        "outputs" => step.outputs = fields::texts(log, entry),
        "acceptance" => step.acceptance = fields::text(log, entry),
        "assignee" => step.assignee = fields::text(log, entry),
        "labels" => step.labels = fields::texts(log, entry),
        "priority" => {
            step.priority = fields::int(log, entry);
            if step.priority.is_some_and(|p| !(0..=4).contains(&p)) {
                log.error(entry.value.at, "`priority` is a number from 0 to 4");
            }
        }
        key => {
            if !KEPT.contains(&key) {
                fields::unknown(log, entry, what, KEYS);
            }
            step.extra.insert(key.to_owned(), entry.value.json());
        }
    }
}

fn estimate(log: &mut Log, entry: &Entry, draft: &mut Draft) {
    let Some(text) = fields::scalar(log, entry) else { return };
    draft.step.estimate = Estimate::parse(&text);
    if draft.step.estimate.is_none() {
        log.warn(entry.value.at, "`duration_estimate` is no length of time; it is kept as it is")
            .help("such as `15m`, `30-45m`, `2h`");
        draft.step.extra.insert(entry.key.clone(), Value::String(text));
    }
}

fn kind(log: &mut Log, entry: &Entry) -> Option<StepKind> {
    let word = fields::text(log, entry)?;
    let found = KINDS.iter().find(|(w, _)| *w == word).map(|(_, kind)| *kind);
    if found.is_none() {
        log.error(entry.value.at, format!("`{}` is no kind of step", word.escape_debug())).help =
            meant(&word, KINDS.iter().map(|k| k.0))
                .or_else(|| Some("work, checkpoint, validation, compliance or document".to_owned()));
    }
    found
}

/// `on_fail = { goto = "x" }`, or the step alone.
fn goto(log: &mut Log, entry: &Entry) -> Option<Ref> {
    if let Data::Text(text) = &entry.value.data {
        return Some(Ref::new(text.clone(), entry.value.at));
    }
    let mut goto = None;
    for field in fields::table(log, entry) {
        match field.key.as_str() {
            "goto" => goto = fields::name(log, field),
            "state" => {
                let state = fields::text(log, field);
                if state.is_some_and(|s| s != "needs_fix") {
                    log.error(field.value.at, "the state after a failure is `needs_fix`");
                }
            }
            _ => fields::unknown(log, field, "`on_fail`", &["goto", "state"]),
        }
    }
    if goto.is_none() && matches!(entry.value.data, Data::Table(_)) {
        log.error(entry.value.at, "`on_fail` has no `goto`");
    }
    goto
}

fn waits_for(log: &mut Log, entry: &Entry, draft: &mut Draft) {
    let Some(text) = fields::text(log, entry) else { return };
    let of = text.strip_prefix("children-of(").and_then(|t| t.strip_suffix(')'));
    match of {
        Some(step) => draft.waits = Some(Ref::new(step.trim(), entry.value.at)),
        None if text == "all-children" || text == "any-children" => {}
        None => {
            log.error(entry.value.at, "`waits_for` is `all-children`, `any-children` or `children-of(STEP)`");
            return;
        }
    }
    draft.step.labels.push(format!("gate:{text}"));
    draft.step.waits_for = Some(text);
}

fn repeat(log: &mut Log, entry: &Entry) -> Option<Repeat> {
    let (mut times, mut until, mut max, mut var, mut body) = (Vec::new(), None, None, None, Vec::new());
    for field in fields::table(log, entry) {
        let at = field.value.at;
        match field.key.as_str() {
            "count" => times.extend(fields::scalar(log, field).map(|text| Times::Count(Words { text, at }))),
            "range" => {
                let Some(text) = fields::text(log, field) else { continue };
                match text.split_once("..") {
                    Some((low, high)) => {
                        let words = |t: &str| Words { text: t.to_owned(), at };
                        times.push(Times::Range(words(low), words(high)));
                    }
                    None => _ = log.error(at, "`range` is `LOW..HIGH`"),
                }
            }
            "until" => until = fields::text(log, field),
            "max" => max = fields::int(log, field),
            "var" => {
                var = fields::text(log, field);
                if var.as_deref().is_some_and(|v| !super::super::names::is_variable(v)) {
                    log.error(at, "`var` is no name for a variable");
                }
            }
            "body" => body = list(log, field, "a step of a loop"),
            _ => fields::unknown(log, field, "`loop`", &["count", "range", "until", "max", "var", "body"]),
        }
    }
    let at = entry.key_at;
    if max.is_some_and(|m| m < 1) {
        log.error(at, "`max` is 1 or more");
    }
    match until {
        Some(until) => times.push(Times::Until(until, max)),
        None if max.is_some() => _ = log.error(at, "`max` goes with `until`"),
        None => {}
    }
    if body.is_empty() {
        log.error(at, "a loop has a `body` with steps");
    }
    if times.len() != 1 {
        log.error(at, "a loop has one of `count`, `range` and `until`");
        return None;
    }
    Some(Repeat { at, times: times.pop()?, var, body })
}
