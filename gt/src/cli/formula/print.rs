//! Formulas for people and as JSON.

use crate::formula::{Diagnostic, Estimate, Resolved, StepKind, Variable};
use bd::error::Result;
use bd::ui::{Printer, Style, Text};
use serde_json::{Value, json};

/// The word for a kind of step.
pub fn kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Work => "work",
        StepKind::Checkpoint => "checkpoint",
        StepKind::Validation => "validation",
        StepKind::Compliance => "compliance",
        StepKind::Document => "document",
    }
}

/// `15m`, `30-45m`, `2h30m-3h20m`.
pub fn minutes(estimate: Estimate) -> String {
    let one = |m: u32| match (m / 60, m % 60) {
        (0, m) => format!("{m}m"),
        (h, 0) => format!("{h}h"),
        (h, m) => format!("{h}h{m:02}m"),
    };
    if estimate.min == estimate.max {
        one(estimate.max)
    } else if estimate.max < 60 {
        format!("{}-{}m", estimate.min, estimate.max)
    } else {
        format!("{}-{}", one(estimate.min), one(estimate.max))
    }
}

/// Something odd, with its place, on stderr.
pub fn warn(ui: &mut Printer<'_>, warning: &Diagnostic) {
    let text = warning.to_string();
    let mut lines = text.lines();
    ui.warn(lines.next().unwrap_or_default());
    for line in lines {
        ui.talk(Text::new().plain("  ").plain(line));
    }
}

/// Steps as JSON, with their fields as they are stored.
///
/// # Errors
/// Our bug: a step that is no JSON.
pub fn steps(resolved: &Resolved) -> Result<Value> {
    serde_json::to_value(&resolved.recipe.steps).map_err(|e| bd::error::Error::internal(e.to_string()))
}

/// A variable as JSON.
pub fn variable(var: &Variable) -> Value {
    let mut object = json!({"name": var.name, "description": var.description, "required": var.required, "choices": var.choices});
    if let Some(value) = &var.value {
        object["value"] = json!(value);
    }
    object
}

/// The schema of a problem.
pub fn problem_schema() -> Value {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    json!({
        "type": "object",
        "required": ["message"],
        "properties": {"message": text, "path": text, "line": number, "column": number, "source": text, "help": text}
    })
}

/// A line of a table's heading.
pub fn heading(words: &[&str]) -> Vec<Text> {
    words.iter().map(|w| Text::new().with(Style::Dim, w)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_well() {
        let of = |min, max| minutes(Estimate { min, max });
        assert_eq!(
            [of(15, 15), of(30, 45), of(150, 200), of(60, 60), of(30, 90)],
            ["15m", "30-45m", "2h30m-3h20m", "1h", "30m-1h30m"]
        );
    }
}
