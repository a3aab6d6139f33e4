//! The JSON of convoys, and its schemas.

use crate::convoy::{Board, Convoy, Line, Outlook, Standing, path_of};
use crate::molecule::model::percent;
use serde_json::{Value, json};

/// What identifies a convoy: `id title name status`, as programs ask for it, with the stage and the bead.
pub(super) fn head(convoy: &Convoy, board: &Board) -> Value {
    let mut out = json!({
        "id": convoy.id,
        "title": board.facts.name,
        "name": board.facts.name,
        "status": if convoy.state.is_closed() { "closed" } else { "open" },
        "state": convoy.state.as_str(),
        "bead": convoy.bead.as_str(),
        "progress": progress(board),
    });
    if let Some(owner) = &board.facts.owner {
        out["owner"] = json!(owner);
    }
    out
}

pub(super) fn head_schema(more: Value) -> Value {
    let text = || json!({"type": "string"});
    let mut properties = json!({
        "id": text(), "title": text(), "name": text(), "bead": text(), "owner": text(),
        "status": {"type": "string", "enum": ["open", "closed"]},
        "state": {"type": "string", "enum": ["staged_ready", "staged_warnings", "open", "closed"]},
        "progress": {
            "type": "object",
            "required": ["done", "total", "unit", "percent"],
            "properties": {
                "done": {"type": "integer"}, "total": {"type": "integer"}, "percent": {"type": "number"},
                "unit": {"type": "string", "enum": ["days", "molecules", "beads", "members"]},
            },
        },
    });
    if let (Some(all), Value::Object(more)) = (properties.as_object_mut(), more) {
        all.extend(more);
    }
    json!({"type": "object", "required": ["id", "title", "name", "status"], "properties": properties})
}

fn progress(board: &Board) -> Value {
    json!({"done": board.done, "total": board.total, "unit": board.unit.as_str(), "percent": rounded(board.percent())})
}

/// The number that people read.
pub(super) fn rounded(value: f64) -> Value {
    percent(value).parse::<f64>().map_or(Value::Null, |n| json!(n))
}

/// One member.
pub(super) fn line(line: &Line) -> Value {
    let mut out = json!({
        "id": line.id,
        "state": line.standing.as_str(),
        "text": line.words,
        "done": line.standing.is_done(),
        "closed": line.standing.is_closed(),
        "blocked_by": line.blocked_by,
    });
    let texts = [("bead", &line.bead), ("step", &line.step), ("team", &line.team), ("owner", &line.owner)];
    for (key, value) in texts {
        if let Some(value) = value {
            out[key] = json!(value);
        }
    }
    for (key, value) in [("progress_percent", line.percent), ("pass_rate", line.pass_rate)] {
        if let Some(value) = value {
            out[key] = rounded(value);
        }
    }
    out
}

pub(super) fn line_schema() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["id", "state", "text", "done", "closed", "blocked_by"],
        "properties": {
            "id": text(), "text": text(), "bead": text(), "step": text(), "team": text(), "owner": text(),
            "state": {"type": "string", "enum": Standing::WORDS},
            "done": {"type": "boolean"}, "closed": {"type": "boolean"},
            "blocked_by": {"type": "array", "items": text()},
            "progress_percent": {"type": "number"}, "pass_rate": {"type": "number"},
        },
    })
}

/// The whole board.
pub(super) fn board(scene: &Outlook) -> Value {
    let board = &scene.board;
    let mut out = head(&scene.convoy, board);
    out["state_text"] = json!(board.status);
    out["teams"] = json!(board.facts.teams);
    out["blocking_issues"] = json!(board.blocking);
    out["molecules"] = board.molecules.iter().map(line).collect();
    out["beads"] = board.beads.iter().map(line).collect();
    out["watchers"] = json!(scene.convoy.watchers);
    if let Some(next) = &board.next_checkpoint {
        out["next_checkpoint"] = json!({"molecule": next.molecule, "checkpoint": next.checkpoint, "open": next.open});
        if let Some(at) = next.at {
            out["next_checkpoint"][if next.open { "deadline" } else { "eta" }] = json!(at.to_string());
        }
    }
    if let Some(molecule) = &board.launch {
        out["next_molecule"] = json!(molecule);
    }
    if scene.file.is_some() {
        out["configuration"] = json!(path_of(&scene.convoy));
    }
    if let Some(landed) = &scene.convoy.landed {
        out["landed"] = json!(landed);
    }
    out
}

pub(super) fn board_schema() -> Value {
    let text = || json!({"type": "string"});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    head_schema(json!({
        "state_text": text(), "teams": texts(), "watchers": texts(), "blocking_issues": {"type": "integer"},
        "molecules": {"type": "array", "items": line_schema()},
        "beads": {"type": "array", "items": line_schema()},
        "next_checkpoint": {
            "type": "object",
            "required": ["molecule", "checkpoint", "open"],
            "properties": {
                "molecule": text(), "checkpoint": text(), "open": {"type": "boolean"}, "eta": text(), "deadline": text(),
            },
        },
        "next_molecule": text(), "configuration": text(),
        "landed": {
            "type": "object",
            "required": ["target", "tip"],
            "properties": {"target": text(), "tip": text()},
        },
    }))
}

/// What changed about members or watchers.
pub(super) fn changes(convoy: &str, all: &[crate::convoy::membership::Change]) -> Value {
    let each = all.iter().map(|c| json!({"id": c.id, "title": c.title, "changed": c.changed}));
    json!({"convoy": convoy, "changes": each.collect::<Vec<_>>()})
}

pub(super) fn changes_schema() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["convoy", "changes"],
        "properties": {
            "convoy": text(),
            "changes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "title", "changed"],
                    "properties": {"id": text(), "title": text(), "changed": {"type": "boolean"}},
                },
            },
        },
    })
}
