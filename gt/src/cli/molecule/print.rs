//! How molecules look, for people and as JSON: one shape for every command.

pub use super::shape::{object, object_of, raw_of};

use crate::molecule::model::percent;
use crate::molecule::{Acted, Brief, BriefStep, CheckpointState, MoleculeState, StepState, View};
use bd::cli::Ctx;
use bd::error::Result;
use bd::ui::{Style, Text};
use serde_json::{Value, json};

/// The JSON Schema of [`object`].
pub fn schema() -> Value {
    let text = json!({"type": ["string", "null"]});
    let number = json!({"type": "integer", "minimum": 0});
    let names: Vec<&str> = MoleculeState::ALL.iter().map(|s| s.as_str()).collect();
    let steps: Vec<&str> = StepState::ALL.iter().map(|s| s.as_str()).collect();
    let checkpoints: Vec<&str> = CheckpointState::ALL.iter().map(|s| s.as_str()).collect();
    let step = json!({
        "type": "object",
        "required": ["id", "bead", "state", "attempt"],
        "properties": {
            "id": {"type": "string"}, "bead": {"type": "string"}, "state": {"enum": steps}, "attempt": number,
            "checkpoint": {"type": ["object", "null"], "properties": {"state": {"enum": checkpoints}}},
        },
    });
    let properties = [
        ("name", json!({"type": "string"})),
        ("bead", json!({"type": "string"})),
        ("convoy", text.clone()),
        ("owner", text.clone()),
        ("team", text.clone()),
        ("formula", json!({"type": "string"})),
        ("formula_version", json!({"type": "string"})),
        ("formula_digest", json!({"type": "string"})),
        ("state", json!({"enum": names})),
        ("why", text.clone()),
        ("done", number.clone()),
        ("total", number.clone()),
        ("current_step", text.clone()),
        ("open_steps", json!({"type": "array", "items": {"type": "string"}})),
        ("eta_minutes", number),
        ("note", text.clone()),
        ("waits_for", json!({"type": "array", "items": {"type": "string"}})),
        ("missing", json!({"type": "array", "items": {"type": "string"}})),
        ("next_checkpoint", text.clone()),
        ("fix", json!({"type": ["object", "null"]})),
        ("validation", json!({"type": ["object", "null"]})),
        ("poured", text.clone()),
        ("completed", text),
        ("steps", json!({"type": "array", "items": step})),
    ];
    let properties: serde_json::Map<String, Value> = properties.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    json!({
        "type": "object",
        "required": ["name", "bead", "state", "formula", "done", "total", "steps"],
        "properties": properties,
    })
}

/// The JSON Schema of what pouring answers: the molecule, or with `--dry-run` what it would be made of.
pub fn poured_schema() -> Value {
    let mut out = schema();
    out["required"] = json!(["name", "convoy", "owner", "team"]);
    out["properties"]["dry_run"] = json!({"type": "boolean"});
    out["properties"]["recipe"] = json!({"type": "object"});
    out["properties"]["requires"] = json!({"type": "array", "items": {"type": "string"}});
    out
}

/// The JSON Schema of a list of molecules.
pub fn list_schema() -> Value {
    json!({"type": "array", "items": schema()})
}

/// The JSON Schema of what a transition answers.
pub fn acted_schema() -> Value {
    json!({
        "type": "object",
        "required": ["molecule", "mail", "notes"],
        "properties": {
            "molecule": schema(),
            "mail": {"type": "array", "items": {"type": "object", "properties": {
                "to": {"type": "array", "items": {"type": "string"}}, "subject": {"type": "string"},
            }}},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    })
}

/// Minutes for people: `25 minutes`, `2h`, `1h 30m`.
pub fn minutes(n: u32) -> String {
    match (n / 60, n % 60) {
        (0, 1) => "1 minute".to_owned(),
        (0, m) => format!("{m} minutes"),
        (h, 0) => format!("{h}h"),
        (h, m) => format!("{h}h {m}m"),
    }
}

/// Done steps of all, in percent.
pub fn progress(view: &View) -> String {
    share(view.progress())
}

/// So many of so many, in percent.
pub fn share((done, total): (usize, usize)) -> String {
    if total == 0 { "0".to_owned() } else { percent(done as f64 * 100.0 / total as f64) }
}

fn words(molecule: MoleculeState, step: StepState, checkpoint: Option<CheckpointState>) -> &'static str {
    match checkpoint {
        Some(CheckpointState::Open) => "awaiting approval",
        Some(CheckpointState::Blocked) => "blocked",
        Some(other) => other.as_str(),
        None => match (step, molecule) {
            (StepState::Ready, MoleculeState::NeedsFix) => "needs fix",
            (StepState::Ready, _) => "ready",
            (StepState::InProgress, _) => "in progress",
            (other, _) => other.as_str(),
        },
    }
}

/// What stands after the step in a status: `in progress`, `awaiting approval`.
pub fn words_of(brief: &Brief<'_>, step: BriefStep<'_, '_>) -> &'static str {
    words(brief.state, step.stand.state, step.stand.checkpoint)
}

/// The status of a molecule, a line each.
pub fn status(brief: &Brief<'_>) -> Vec<Text> {
    let facts = &brief.facts;
    let mut out = vec![Text::new().plain("Molecule: ").with(Style::Strong, facts.name)];
    let [name, version, _] = facts.formula;
    let (_, total) = brief.progress();
    let mut line = |text: String| out.push(Text::new().plain(&text));
    let at = brief.current();
    let position = at.and_then(|c| brief.steps().position(|s| s.facts.id == c.facts.id)).map_or(0, |n| n + 1);
    let state = match brief.state {
        MoleculeState::Completed => "completed".to_owned(),
        MoleculeState::Cancelled => "cancelled".to_owned(),
        MoleculeState::Waiting => format!("waiting (for {})", facts.waits_for.join(", ")),
        MoleculeState::Paused => format!("paused{}", at.map(|s| format!(" at {}", s.facts.id)).unwrap_or_default()),
        _ => at.map(|s| format!("{} ({})", s.facts.id, words_of(brief, s))).unwrap_or_default(),
    };
    line(format!("Status: {state}"));
    match brief.state {
        MoleculeState::Completed => line(format!("Progress: 100% complete ({total} steps)")),
        _ => line(format!("Progress: {}% complete (Step {position}/{total})", share(brief.progress()))),
    }
    if !brief.is_over() {
        line(format!("ETA: {}", minutes(brief.eta_minutes())));
    }
    line(format!("Last Update: {}", facts.note.unwrap_or("(nothing said yet)")));
    line(format!("State: {}", brief.state));
    if let Some(next) = brief.next_checkpoint() {
        line(format!("Next Checkpoint: {}", next.facts.id));
    }
    line(format!("Formula: {name} v{version}"));
    for (name, value) in [("Convoy", facts.convoy), ("Owner", facts.owner), ("Team", facts.team), ("Why", brief.why())] {
        if let Some(value) = value {
            line(format!("{name}: {value}"));
        }
    }
    if !facts.missing.is_empty() {
        line(format!("Missing: {} (`gt doctor` says more)", facts.missing.join(", ")));
    }
    if let Some(v) = facts.validation() {
        let counts = if v.counted {
            format!("{}/{} passed, {} failed, {} skipped ({}%)", v.ok, v.total, v.failed, v.skipped, percent(v.rate()))
        } else {
            "no report was read, exit codes alone counted".to_owned()
        };
        line(format!("Validation: {} - {counts}", if v.passed { "passed" } else { "FAILED" }));
    }
    if let Some(fix) = &facts.fix {
        line(format!("Fix: {} went back to {} ({})", fix.step, fix.to, fix.reason));
    }
    out
}

/// The steps of a molecule, a line each.
pub fn steps(brief: &Brief<'_>) -> Vec<Text> {
    let mark = |s: BriefStep<'_, '_>| match (s.stand.state, s.stand.checkpoint) {
        (StepState::Done, _) => "✅",
        (_, Some(CheckpointState::Open)) => "⏸",
        (_, Some(CheckpointState::Contested | CheckpointState::Expired | CheckpointState::Rejected)) => "⚠️",
        (StepState::Failed, _) | (_, Some(CheckpointState::Blocked)) => "❌",
        (StepState::InProgress, _) => "🔄",
        (StepState::Ready, _) => "▶",
        (StepState::Pending, _) => "⬜",
    };
    let one = |s: BriefStep<'_, '_>| {
        let mut text = Text::new().plain(format!("{} ", mark(s))).with(Style::Strong, s.facts.id);
        text.push(Style::Plain, format!(" ({}", words_of(brief, s)));
        if s.stand.attempt > 1 {
            text.push(Style::Plain, format!(", try {}", s.stand.attempt));
        }
        if let Some(holder) = s.holder() {
            text.push(Style::Plain, format!(", {holder}"));
        }
        text.push(Style::Plain, ")");
        text
    };
    brief.steps().map(one).collect()
}

/// A step that can be worked on or decided: its name, where its checkpoint stands, and whether a person has yet to attest something.
type Possible<'a> = (&'a str, Option<CheckpointState>, bool);

/// The exact commands that are possible now, for whoever works on it.
pub fn commands(view: &View) -> Vec<String> {
    let open = view.open.iter().map(|i| &view.steps[*i]);
    let open = open.map(|s| (s.def.id.as_str(), s.checkpoint.as_ref().map(|c| c.state), !s.to_attest().is_empty()));
    possible(&view.name, view.state, open)
}

/// The same from what is kept of it.
pub fn commands_of(brief: &Brief<'_>) -> Vec<String> {
    let open = brief.open_steps().map(|s| (s.facts.id, s.stand.checkpoint, s.to_attest()));
    possible(brief.facts.name, brief.state, open)
}

fn possible<'a>(name: &str, state: MoleculeState, open: impl Iterator<Item = Possible<'a>>) -> Vec<String> {
    match state {
        MoleculeState::Paused => return vec![format!("gt molecule resume {name}")],
        MoleculeState::Waiting | MoleculeState::Completed | MoleculeState::Cancelled | MoleculeState::Planned => {
            return Vec::new();
        }
        _ => {}
    }
    let mut out = Vec::new();
    for (id, checkpoint, to_attest) in open {
        match checkpoint {
            Some(CheckpointState::Contested) => out.push(format!("gt checkpoint show {name} {id}")),
            Some(_) => out.push(format!("gt checkpoint show {name} {id}   # a person approves or rejects")),
            None => {
                if to_attest {
                    out.push(format!("gt molecule attest {name} {id} --all --note TEXT"));
                }
                out.push(format!("gt molecule advance {name} {id} --summary FILE"));
            }
        }
    }
    out
}

/// Says what a transition did.
///
/// # Errors
/// The output cannot be written.
pub fn acted(ctx: &mut Ctx<'_, '_>, acted: &Acted, first: &str) -> Result<()> {
    if ctx.ui.is_json() {
        let mail: Vec<_> = acted.letters.iter().map(|l| json!({"to": l.to, "subject": l.subject})).collect();
        return ctx.ui.json(&json!({"molecule": object(&acted.view), "mail": mail, "notes": acted.notes}));
    }
    if !first.is_empty() {
        ctx.ui.line(Text::new().plain(first))?;
    }
    for letter in &acted.letters {
        ctx.ui.line(Text::new().plain(format!("📨 {}: {}", letter.to.join(", "), letter.subject)))?;
    }
    for note in &acted.notes {
        ctx.ui.talk(Text::new().plain(note));
    }
    let view = &acted.view;
    ctx.ui.line(Text::new().plain(format!("{}: {} ({}%)", view.name, view.state, progress(view))))?;
    for command in commands(view) {
        ctx.ui.line(Text::new().plain(format!("Next: {command}")))?;
    }
    Ok(())
}
