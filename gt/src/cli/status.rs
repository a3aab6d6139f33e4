//! `gt status`: what is going on, on one screen.

use crate::cli::molecule::print;
use crate::convoy::{Convoy, Outlook, Poured, path_of};
use crate::status::Desk;
use crate::views::{Convoys, Files, Molecules};
use bd::cli::{Ctx, Group, Verb, parsed};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub(super) const VERB: Verb = Verb {
    name: "status",
    aliases: &[],
    group: Group::Look,
    about: "What is going on now, on one screen: convoys, molecules, checkpoints, mail",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// At most this many of each kind with --json; 0 = all. `total` counts what there is
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

/// The screen as JSON, its names in alphabetical order.
#[derive(Serialize)]
struct Screen<'a> {
    actor: &'a str,
    convoys: Vec<Value>,
    due: bool,
    molecules: Vec<Box<RawValue>>,
    ready: usize,
    total: Value,
    unread: usize,
    urgent_received: Vec<&'a str>,
    urgent_sent: Vec<&'a str>,
    waiting: Vec<&'a str>,
}

/// The JSON Schema of `--json`.
pub(super) fn shape() -> Value {
    let number = json!({"type": "integer", "minimum": 0});
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let convoy = json!({"type": "object", "required": ["id", "done", "total", "unit", "blocking"], "properties": {
        "id": {"type": "string"}, "done": number, "total": number, "unit": {"type": "string"}, "blocking": number,
    }});
    json!({
        "type": "object",
        "required": ["actor", "convoys", "molecules", "waiting", "ready", "unread", "urgent_received", "urgent_sent", "due", "total"],
        "properties": {
            "actor": {"type": "string"}, "convoys": {"type": "array", "items": convoy}, "molecules": print::list_schema(),
            "waiting": texts, "ready": number, "unread": number, "urgent_received": texts, "urgent_sent": texts,
            "due": {"type": "boolean"},
            "total": {"type": "object", "required": ["convoys", "molecules", "waiting", "urgent_received", "urgent_sent"], "properties": {
                "convoys": number, "molecules": number, "waiting": number, "urgent_received": number, "urgent_sent": number,
            }},
        },
    })
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let molecules = Molecules::load(&snapshot, now)?;
    let mut files = Files::open(&store);
    let desk = Desk::load(&store, &snapshot, &molecules, &mut files, 1, now)?;
    let mut convoys: Vec<Value> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let open: Vec<Convoy> = Convoys::load(&snapshot)?.all(&store).into_iter().filter(|c| !c.state.is_closed()).collect();
    // Nothing is read where no convoy is open.
    let all: Vec<Poured<'_>> = if open.is_empty() { Vec::new() } else { molecules.poured() };
    for convoy in open {
        let id = convoy.id.clone();
        // A file that cannot be read is `gt convoy health`'s business; the screen shows the others.
        let file = files.convoy(&store, &path_of(&convoy));
        match file.and_then(|file| Outlook::tally(&snapshot, &convoy, file.as_ref(), &all, now)) {
            Ok(b) => {
                let percent = crate::molecule::model::percent(b.percent());
                lines.push(format!("{}: {}/{} {} ({percent}%), {} blocking", id, b.done, b.total, b.unit.as_str(), b.blocking));
                convoys.push(json!({"id": id, "done": b.done, "total": b.total, "unit": b.unit.as_str(), "blocking": b.blocking}));
            }
            Err(error) => lines.push(format!("{id}: {}", error.to_string().lines().next().unwrap_or_default())),
        }
    }
    files.save();
    let places = |at: &[(usize, usize)]| at.iter().filter_map(|at| desk.at(*at)).collect::<Vec<_>>();
    let asked: Vec<String> = places(&desk.waiting)
        .into_iter()
        .map(|(g, step)| format!("{}/{} asks {}", g.poured.name, step.id, g.owner_address()))
        .collect();
    if ctx.ui.is_json() {
        let most = if args.limit == 0 { usize::MAX } else { args.limit };
        let (received, sent) = &desk.urgent;
        let total = json!({
            "convoys": convoys.len(), "molecules": desk.molecules.len(), "waiting": asked.len(),
            "urgent_received": received.len(), "urgent_sent": sent.len(),
        });
        convoys.truncate(most);
        let shown = desk.molecules.iter().take(most).map(|g| molecules.whole(g.poured.bead, print::raw_of)?);
        return ctx.ui.json(&Screen {
            actor: &desk.actor,
            convoys,
            due: desk.due,
            molecules: shown.collect::<Result<_>>()?,
            ready: desk.ready_total,
            total,
            unread: desk.unread,
            urgent_received: received.iter().take(most).map(|m| m.subject.as_str()).collect(),
            urgent_sent: sent.iter().take(most).map(|m| m.subject.as_str()).collect(),
            waiting: asked.iter().take(most).map(String::as_str).collect(),
        });
    }
    section(ctx, "Convoys", &lines)?;
    let molecules: Vec<String> = desk
        .molecules
        .iter()
        .map(|g| {
            let at = g.current().map(|id| format!(" at {id}")).unwrap_or_default();
            let p = &g.poured;
            format!("{}: {}{at} ({}%)", p.name, p.state, print::share((p.done, p.all)))
        })
        .collect();
    section(ctx, "Molecules", &molecules)?;
    section(ctx, "Checkpoints that wait", &asked)?;
    let mut held: Vec<String> = places(&desk.held).into_iter().map(|(g, s)| format!("{}/{}", g.poured.name, s.id)).collect();
    held.extend(desk.held_beads.iter().map(|l| format!("{} {}", l.short, l.title)));
    section(ctx, &format!("Held by {}", desk.actor), &held)?;
    let mut mail: Vec<String> = desk.urgent.0.iter().map(|m| format!("🚨 from {}: {}", m.by, m.subject)).collect();
    mail.extend(desk.urgent.1.iter().map(|m| format!("not acknowledged yet by {}: {}", m.to.join(", "), m.subject)));
    if desk.unread > 0 {
        mail.push(format!("{} unread: gt mail inbox --unread", desk.unread));
    }
    section(ctx, "Mail", &mail)?;
    if desk.due {
        ctx.ui.line("A deadline has passed: gt tick")?;
    }
    ctx.ui.line(format!("Ready: {}", desk.ready_total))
}

fn section(ctx: &mut Ctx<'_, '_>, title: &str, lines: &[String]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    ctx.ui.line(Text::new().with(Style::Strong, title))?;
    lines.iter().take(10).try_for_each(|l| ctx.ui.line(format!("  {l}")))?;
    if lines.len() > 10 {
        ctx.ui.line(format!("  … {} more", lines.len() - 10))?;
    }
    Ok(())
}
