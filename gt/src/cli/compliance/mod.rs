//! `gt compliance …`

mod check;
mod report;
mod template;
mod trace;

use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub};
use bd::error::Result;
use clap::ArgMatches;

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[report::SUB, check::SUB, trace::SUB, template::SUB];

/// `gt compliance`.
pub const VERB: Verb = Verb {
    name: "compliance",
    aliases: &[],
    group: Group::Work,
    about: "Compliance reports: what can be proven, and what a person has to judge",
    args: |c| c,
    subs: SUBS,
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    dispatch_sub(SUBS, ctx, m)
}

/// The numbers of a report as JSON.
fn numbers(facts: &crate::compliance::Facts) -> serde_json::Value {
    serde_json::json!({
        "status": facts.status(), "critical": facts.critical, "warnings": facts.warnings,
        "requirements": facts.requirements, "traced": facts.traced,
        "recommendation": facts.recommendation, "confidence": facts.confidence, "digest": facts.digest,
    })
}

/// The JSON Schema of what both a report and a check answer.
fn schema(more: &str, items: serde_json::Value) -> serde_json::Value {
    let number = serde_json::json!({"type": "integer"});
    let mut out = serde_json::json!({
        "type": "object",
        "required": ["path", "status", "critical", "warnings", "requirements", "traced", more],
        "properties": {
            "path": {"type": "string"}, "status": {"type": "string"}, "critical": number, "warnings": number,
            "requirements": number, "traced": number, "notes": {"type": "array", "items": {"type": "string"}},
        },
    });
    out["properties"][more] = serde_json::json!({"type": "array", "items": items});
    out
}
