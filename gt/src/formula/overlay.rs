//! Overlays: what an operator changes about the steps of a formula without writing one of its own
//! (`formula-overlays/NAME.toml`, reference gastown.md 3.1).

use super::job::Job;
use super::model::Draft;
use super::node::Entry;
use super::problem::{Log, meant_in};
use super::read::fields;
use super::source::Place;
use super::toml;
use serde_json::json;

/// The name of the folder, beside that of the formulas and at the top of a working tree.
pub(super) const FOLDER: &str = "formula-overlays";

/// What is done to a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Replace,
    Append,
    Skip,
}

struct Override {
    step: String,
    at: Place,
    mode: Mode,
    description: String,
}

/// Applies the overlay of a formula, where there is one; what a recipe keeps about it.
pub(super) fn apply(job: &mut Job<'_>, name: &str, steps: &mut [Draft]) -> Option<serde_json::Value> {
    let source = job.library.overlay(&mut job.log, name)?;
    let (path, digest) = job.log.sources.get(source as usize).map(|s| (s.path.clone(), s.digest.clone()))?;
    let entries = toml::parse(&mut job.log, source)?;
    let mut changes = Vec::new();
    for entry in &entries {
        match entry.key.as_str() {
            "step-overrides" | "step_overrides" => {
                for (node, fields) in fields::tables(&mut job.log, entry) {
                    changes.extend(change(&mut job.log, node.at, fields));
                }
            }
            _ => fields::unknown(&mut job.log, entry, "an overlay", &["step-overrides"]),
        }
    }
    let mut left_out = Vec::new();
    for change in changes {
        let Some(draft) = steps.iter_mut().find(|d| d.step.id == change.step) else {
            // As Gas Town does: a formula that has moved on is not broken by an old overlay.
            let help = meant_in(&job.log, &change.step, steps.iter().map(|d| d.step.id.as_str()));
            job.log.warn(change.at, format!("there is no step `{}`: this has no effect", change.step.escape_debug())).help = help;
            continue;
        };
        match change.mode {
            Mode::Replace => draft.step.description = change.description,
            Mode::Append if draft.step.description.is_empty() => draft.step.description = change.description,
            Mode::Append => {
                let long = draft.step.description.len() + change.description.len() + 2 > super::read::MAX_TEXT;
                if long {
                    job.log.error(change.at, "the description is longer than 256 KiB with this");
                } else {
                    draft.step.description = format!("{}\n\n{}", draft.step.description.trim_end(), change.description);
                }
            }
            Mode::Skip => {
                draft.dropped = true;
                left_out.push(change.step);
            }
        }
    }
    if !left_out.is_empty() {
        job.log.warn(None, format!("{path} leaves out {}: what needs it begins after what it needed", left_out.join(", ")));
    }
    Some(json!({"path": path, "digest": digest, "skipped": left_out}))
}

fn change(log: &mut Log, at: Place, entries: &[Entry]) -> Option<Override> {
    let (mut step, mut mode, mut description) = (None, None, None);
    let mut wrong = false;
    for entry in entries {
        match entry.key.as_str() {
            "step_id" => step = fields::name(log, entry),
            "description" => description = fields::text(log, entry),
            "mode" => match fields::text(log, entry).as_deref() {
                Some("replace") => mode = Some(Mode::Replace),
                Some("append") => mode = Some(Mode::Append),
                Some("skip") => mode = Some(Mode::Skip),
                Some(other) => {
                    let text = format!("there is no mode `{}`", other.escape_debug());
                    log.error(entry.value.at, text).help("`replace`, `append` or `skip`");
                    wrong = true;
                }
                None => wrong = true,
            },
            _ => fields::unknown(log, entry, "`step-overrides`", &["step_id", "mode", "description"]),
        }
    }
    if wrong {
        return None;
    }
    let Some(step) = step else {
        log.error(at, "this override has no `step_id`");
        return None;
    };
    let Some(mode) = mode else {
        log.error(at, "this override has no `mode`").help("`replace`, `append` or `skip`");
        return None;
    };
    let description = match (mode, description) {
        (Mode::Skip, text) => text.unwrap_or_default(),
        (_, Some(text)) => text,
        (_, None) => {
            log.error(at, "this override has no `description`");
            return None;
        }
    };
    Some(Override { step: step.name, at: step.at, mode, description })
}
