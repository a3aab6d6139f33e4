//! `bd gate verdicts`: what gates said, as events recorded it and as this clone remembers it.

use super::place::Place;
use super::{Sub, parsed};
use crate::gate::{self, Status, Verdict, When};
use bd::cli::Ctx;
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "verdicts",
    aliases: &[],
    about: "What gates said: about a bead, at landings, and last in this clone",
    args: Args::augment_args,
    run,
    example: "bd gate verdicts --gate no-sleep",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// About this bead
    #[arg(long, value_name = "ID")]
    bead: Option<String>,
    /// Of this gate
    #[arg(long, value_name = "GATE")]
    gate: Option<String>,
    /// At most N, the newest; 0 = all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

fn shape() -> Value {
    let text = json!({"type": "string"});
    let status: Vec<&str> = Status::ALL.iter().map(|s| s.as_str()).collect();
    json!({"type": "array", "items": {"type": "object", "required": ["gate", "kind", "status", "action", "why", "definition", "source"],
        "properties": {"gate": text, "kind": text, "status": {"type": "string", "enum": status}, "action": text, "why": text, "advice": text,
            "findings": {"type": "array"}, "waived": {"type": "array"}, "counts": {"type": "object"}, "flaky": {"type": "boolean"},
            "definition": text, "code": text, "tool": text, "when": text, "by": text, "at": text, "event": text, "bead": text,
            "source": {"type": "string", "enum": ["event", "clone"], "description": "recorded for all, or remembered in this clone"}}}})
}

/// One verdict with where it comes from.
struct Said {
    verdict: Verdict,
    when: Option<When>,
    /// Who and when, of an event.
    event: Option<(String, String, String)>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let place = Place::find(ctx)?;
    let mut all: Vec<Said> = Vec::new();
    let mut bead = None;
    if let Some(store) = &place.store {
        let snapshot = store.snapshot()?;
        bead = args.bead.as_deref().map(|b| snapshot.resolve(b)).transpose()?;
        all.extend(gate::recorded(&snapshot, bead.as_ref())?.into_iter().map(|r| Said {
            verdict: r.verdict,
            when: r.when,
            event: Some((r.by, r.at, r.event.to_string())),
        }));
    }
    if args.bead.is_none() {
        let last = When::ALL.iter().flat_map(|when| gate::latest(&*place.git, *when).into_iter().map(move |v| (*when, v)));
        all.extend(last.map(|(when, verdict)| Said { verdict, when: Some(when), event: None }));
    }
    all.retain(|s| args.gate.as_deref().is_none_or(|g| g == s.verdict.gate));
    let skip = if args.limit == 0 { 0 } else { all.len().saturating_sub(args.limit) };
    let shown = &all[skip..];
    if ctx.ui.is_json() {
        let objects: Vec<Value> = shown.iter().map(|s| object(s, bead.as_ref().map(bd::model::BeadId::as_str))).collect();
        return ctx.ui.json(&objects);
    }
    if shown.is_empty() {
        ctx.ui.talk("no gate has said anything about this yet");
    }
    ctx.ui.page();
    for said in shown {
        let v = &said.verdict;
        let style = match v.status {
            Status::Pass => Style::Good,
            Status::Skip => Style::Dim,
            Status::Fail | Status::Error => Style::Bad,
        };
        let when = said.when.map(|w| format!(" at {w}")).unwrap_or_default();
        let code = v.code.as_deref().and_then(|c| c.get(..12)).map(|c| format!(" on {c}")).unwrap_or_default();
        let whose = said
            .event
            .as_ref()
            .map_or(" (in this clone)".to_owned(), |(by, at, _)| format!(" ({by}, {})", at.get(..16).unwrap_or(at)));
        let line = Text::new().with(style, format!("{:<5}", v.status.as_str())).plain(" ").with(Style::Id, &v.gate);
        ctx.ui.line(line.plain(format!(": {}", v.why)).with(Style::Dim, format!("{when}{code}{whose}")))?;
    }
    if skip > 0 {
        ctx.ui.talk(format!("{skip} older ones; --limit 0 shows all"));
    }
    Ok(())
}

fn object(said: &Said, bead: Option<&str>) -> Value {
    let mut out = json!(said.verdict);
    out["source"] = if said.event.is_some() { "event" } else { "clone" }.into();
    if let Some(when) = said.when {
        out["when"] = when.as_str().into();
    }
    if let Some((by, at, event)) = &said.event {
        (out["by"], out["at"], out["event"]) = (by.as_str().into(), at.as_str().into(), event.as_str().into());
    }
    if let Some(bead) = bead {
        out["bead"] = bead.into();
    }
    out
}
