//! `bd gate accept` and `bd gate reject`: a person's answer, to a gate of kind human.

use super::place::Place;
use super::{Sub, parsed};
use crate::gate::{Gate, Kind, Status};
use bd::cli::Ctx;
use bd::error::{Error, ErrorKind, Result};
use bd::model::Kind as EventKind;
use bd::ops::change::check_text;
use bd::ops::verdicts::{self, Verdict};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const ACCEPT: Sub = Sub {
    name: "accept",
    aliases: &[],
    about: "Say yes to a gate of kind human, about the code that HEAD is",
    args: Args::augment_args,
    run: |ctx, m| run(ctx, m, true),
    example: "bd gate accept review --bead app-2 --reason \"read all of it\"",
    codes: &[3, 4, 7],
    shape: Some(shape),
};

pub(super) const REJECT: Sub = Sub {
    name: "reject",
    about: "Say no to a gate of kind human, about the code that HEAD is",
    run: |ctx, m| run(ctx, m, false),
    example: "bd gate reject review --bead app-2 --reason \"the retry has no limit\"",
    ..ACCEPT
};

#[derive(clap::Args)]
struct Args {
    /// Which gate
    #[arg(value_name = "GATE")]
    gate: String,
    /// The bead that the work is about
    #[arg(long, value_name = "ID")]
    bead: Option<String>,
    /// Why
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
}

fn shape() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "object", "required": ["gate", "status", "by", "code"], "properties": {"gate": text, "by": text, "code": text, "bead": text,
        "status": {"type": "string", "enum": ["pass", "fail"]}}})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches, yes: bool) -> Result<()> {
    let args: Args = parsed(m)?;
    let place = Place::find(ctx)?;
    let definitions = place.definitions()?;
    let gate = definitions.must(&args.gate)?;
    let who = asks(gate)?;
    let reason = args.reason.unwrap_or_default();
    check_text("reason", &reason)?;
    if !yes && reason.trim().is_empty() {
        return Err(Error::usage("a no needs a reason").hint("--reason TEXT: what has to change"));
    }
    let code = verdicts::head_code(&*place.git)?
        .ok_or_else(|| Error::usage("there is no commit yet, and so nothing to answer about").hint("Commit the work first"))?
        .to_string();
    let store = ctx.store()?;
    let by = store.actor().as_str().to_owned();
    // A no may be anybody's: it only stops.
    if yes && !who.is_empty() && !who.contains(&by) {
        let error = Error::new(ErrorKind::Blocked, format!("`{}` asks {}, and you act as {by}", gate.id, who.join(", ")));
        return Err(error.hint("One of them has to answer"));
    }
    let verdict = Verdict {
        gate: gate.id.clone(),
        definition: gate.digest.clone(),
        code: code.clone(),
        status: if yes { Status::Pass } else { Status::Fail }.as_str().to_owned(),
        tool: verdicts::TOOL.to_owned(),
        why: reason.trim().to_owned(),
        ..Verdict::default()
    };
    let kind = if yes { EventKind::ACCEPT } else { EventKind::REJECT };
    let bead = ctx.write(|tx| {
        let bead = args.bead.as_deref().map(|b| tx.resolve(b)).transpose()?;
        if yes && who.is_empty() {
            not_the_worker(tx, bead.as_ref(), &by)?;
        }
        verdicts::record(tx, kind, bead.as_ref(), &verdict)?;
        Ok(bead)
    })?;
    if ctx.ui.is_json() {
        let mut out = json!({"gate": gate.id, "status": verdict.status, "by": by, "code": code});
        if let Some(bead) = &bead {
            out["bead"] = bead.as_str().into();
        }
        return ctx.ui.json(&out);
    }
    let (said, style) = if yes { ("Accepted ", Style::Good) } else { ("Rejected ", Style::Bad) };
    ctx.ui.line(Text::new().with(style, said).with(Style::Id, &gate.id).plain(format!(" for the code {} by {by}", &code[..12])))?;
    ctx.ui.talk("It holds for exactly this code: a later change asks again");
    Ok(())
}

/// Who is asked.
fn asks(gate: &Gate) -> Result<&[String]> {
    match &gate.kind {
        Kind::Human { who } => Ok(who),
        other => Err(Error::usage(format!("`{}` is a gate of kind {}, which no person answers", gate.id, other.as_str()))
            .hint(format!("`bd gate check` asks it; `bd gate waive {}` lets something through for a time", gate.id))),
    }
}

/// Whoever holds the bead, or has it assigned, worked on it. The gate asks again with the authors of the change.
fn not_the_worker(tx: &bd::store::Tx<'_>, bead: Option<&bd::model::BeadId>, by: &str) -> Result<()> {
    let Some(id) = bead else { return Ok(()) };
    let worker = tx.bead(id)?.and_then(|b| b.assignee());
    if worker.as_deref() == Some(by) {
        let message = format!("`{}` is your own work, and nobody accepts that himself", tx.snapshot().short(id));
        return Err(Error::new(ErrorKind::Blocked, message).hint("Somebody who did not work on it has to answer"));
    }
    Ok(())
}
