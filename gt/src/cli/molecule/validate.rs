//! `gt molecule validate`: ask a step's commands and scans, and change nothing.

use crate::formula::StepKind;
use crate::molecule::model::percent;
use crate::molecule::{StepState, beads, change, load, texts, validate};
use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "validate",
    aliases: &[],
    about: "Run a step's commands and scans and say what came out; changes nothing",
    args: Args::augment_args,
    run,
    example: "gt molecule validate day3-workflow-refs",
    codes: &[3, 4],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Which molecule
    #[arg(value_name = "NAME")]
    name: String,
    /// Which step; the validation step unless said
    #[arg(value_name = "STEP")]
    step: Option<String>,
}

fn shape() -> Value {
    json!({"type": "object", "required": ["passed", "total", "ok", "failed", "skipped", "counted"], "properties": {
        "passed": {"type": "boolean"}, "counted": {"type": "boolean"},
        "total": {"type": "integer"}, "ok": {"type": "integer"}, "failed": {"type": "integer"}, "skipped": {"type": "integer"},
        "failures": {"type": "array"}, "findings": {"type": "array"}, "errors": {"type": "array", "items": {"type": "string"}},
    }})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let view = load(&snapshot, &beads::find(&store, &snapshot, &args.name)?, now)?;
    let step = match &args.step {
        Some(step) => change::step_of(&view, step)?,
        None => view
            .steps
            .iter()
            .find(|s| s.def.kind == StepKind::Validation)
            .ok_or_else(|| Error::usage(format!("`{}` has no validation step", view.name)).hint("Name a step"))?,
    };
    if validate::asked(&view, &step.def).is_empty() {
        return Err(Error::usage(format!("`{}` has no command and no scan to ask", step.def.id)));
    }
    let ui = &mut *ctx.ui;
    let v = validate::validate(&store, &view, step, &mut |command| ui.talk(format!("running: {command}")))?;
    if ctx.ui.is_json() {
        ctx.ui.json(&v)?;
    } else {
        if v.counted {
            ctx.ui.line(format!("Tests: {} in all, {} passed, {} failed, {} skipped", v.total, v.ok, v.failed, v.skipped))?;
            ctx.ui.line(format!("Pass Rate: {}%", percent(v.rate())))?;
        } else if v.errors.is_empty() {
            ctx.ui.line("No report was read: exit codes alone counted")?;
        }
        for scan in &v.scans {
            let found = v.findings.iter().filter(|f| f.rule == *scan && f.waived.is_none()).count();
            ctx.ui.line(format!("{} {scan}: {found} found", if found == 0 { "✅" } else { "❌" }))?;
        }
        if v.code.is_empty() {
            ctx.ui.talk("the working tree has changes that are in no commit: what was judged is not what a reviewer sees");
        }
        if v.passed {
            ctx.ui.line("✅ Nothing speaks against it")?;
        } else {
            texts::alert_text(&view, step, &v).lines().for_each(|line| ctx.ui.talk(line));
        }
    }
    if step.state == StepState::Done && !v.passed {
        ctx.ui.talk("the step was handed in when this was not so: reject its checkpoint to send it back");
    }
    if !v.passed {
        ctx.failed.get_or_insert(ErrorKind::Gate);
    }
    Ok(())
}
