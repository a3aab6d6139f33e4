//! `bd gate waivers`: who waived what, why, until when, how often it was used; those of events and those in the code.

use super::place::Place;
use super::{Sub, parsed};
use crate::gate::waivers::{self, Mark, State, Waiver};
use bd::cli::Ctx;
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "waivers",
    aliases: &[],
    about: "Who waived what, why and until when, and how often it was used",
    args: Args::augment_args,
    run,
    example: "bd gate waivers --expired",
    codes: &[],
    shape: Some(|| json!({"type": "array", "items": schema_of_one()})),
};

#[derive(clap::Args)]
struct Args {
    /// Those that have no effect any more: expired, ended, contested
    #[arg(long)]
    expired: bool,
    /// All of them
    #[arg(short, long, conflicts_with = "expired")]
    all: bool,
    /// Only those of events: files are not read
    #[arg(long)]
    events: bool,
}

/// The schema of one waiver.
pub(super) fn schema_of_one() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "object", "required": ["source", "gate", "reason", "state", "uses"], "properties": {
        "source": {"type": "string", "enum": ["event", "code"]},
        "id": text, "gate": {"type": "string", "description": "a gate or a rule; several of a comment are joined by a comma"},
        "path": {"type": "string", "description": "the glob; of a comment the file"}, "line": {"type": "integer"}, "bead": text,
        "reason": text, "by": text, "at": text, "until": text, "state": {"type": "string", "enum": ["active", "expired", "ended", "contested"]},
        "uses": {"type": "integer", "description": "verdicts that name it; of a comment the findings that it lets through now"},
        "ended": {"type": "object", "properties": {"by": text, "at": text, "reason": text}},
    }})
}

/// One event waiver as JSON.
pub(super) fn object(w: &Waiver, now: Timestamp, uses: usize) -> Value {
    let mut out = json!(w);
    out["source"] = "event".into();
    out["state"] = w.state(now).as_str().into();
    out["uses"] = uses.into();
    out
}

fn mark_object(mark: &Mark) -> Value {
    let mut out = json!({"source": "code", "gate": mark.rules.join(","), "path": mark.path, "line": mark.line, "reason": mark.reason,
        "state": State::Active.as_str(), "uses": mark.uses});
    if let Some(by) = &mark.by {
        out["by"] = by.as_str().into();
    }
    out
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let place = Place::find(ctx)?;
    let now = ctx.env.now();
    let wanted = |w: &Waiver| args.all || (w.state(now) == State::Active) != args.expired;
    let (mut given, mut uses) = (Vec::new(), std::collections::BTreeMap::new());
    if let Some(store) = &place.store {
        let snapshot = store.snapshot()?;
        given = waivers::of_snapshot(&snapshot)?;
        given.retain(wanted);
        uses = waivers::uses(&snapshot, &given)?;
    }
    // A comment has no end of its own: it goes when its line goes.
    let marks =
        if args.expired || args.events { Vec::new() } else { waivers::marks(&*place.git, &ctx.env, &place.definitions()?.rules)? };
    let times = |w: &Waiver| uses.get(&w.id).copied().unwrap_or_default();
    if ctx.ui.is_json() {
        let objects: Vec<Value> = given.iter().map(|w| object(w, now, times(w))).chain(marks.iter().map(mark_object)).collect();
        return ctx.ui.json(&objects);
    }
    if given.is_empty() && marks.is_empty() {
        ctx.ui.talk(if args.expired { "no waiver has expired or was ended" } else { "nothing is waived" });
    }
    ctx.ui.page();
    for w in &given {
        let mut line = Text::new().with(Style::Id, &w.id).plain(" ").plain(w.to_string());
        if let Some(state) = Some(w.state(now)).filter(|s| *s != State::Active) {
            line.push(Style::Warn, format!(" ({})", state.as_str()));
        }
        ctx.ui.line(line.with(Style::Dim, format!(" · used {}", counted(times(w)))))?;
    }
    for mark in &marks {
        let by = mark.by.as_deref().map(|by| format!(", by {by}")).unwrap_or_default();
        let line = Text::new().with(Style::Id, format!("{}:{}", mark.path, mark.line));
        let line = line.plain(format!(" {}{by}: {}", mark.rules.join(", "), mark.reason));
        ctx.ui.line(line.with(Style::Dim, format!(" · lets through {}", mark.uses)))?;
    }
    Ok(())
}

fn counted(n: usize) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}
