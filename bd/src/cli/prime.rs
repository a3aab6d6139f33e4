//! `bd prime`: what an agent is told when it starts.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{ErrorKind, Result};
use crate::ops::prime::{self, Line};
use crate::ops::ready::ReadyQuery;
use crate::query::Filter;
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "prime",
    aliases: &["onboard"],
    group: Group::Work,
    about: "What an agent needs to know to start (at most 2 KB)",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Print it as the answer of an agent's session hook
    #[arg(long)]
    hook_json: bool,
    /// Accepted: there is one text for all
    #[arg(long, hide = true)]
    full: bool,
    /// Accepted: there is one text for all
    #[arg(long, hide = true)]
    mcp: bool,
    /// Accepted: there is one text for all
    #[arg(long, hide = true)]
    stealth: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let store = match ctx.store() {
        Ok(store) => store,
        // A session hook runs everywhere: where there are no beads there is nothing to say (reference/beads.md 5.7).
        Err(e) if matches!(e.kind, ErrorKind::Usage | ErrorKind::Environment) => return Ok(()),
        Err(e) => return Err(e),
    };
    let snapshot = store.snapshot()?;
    let now = ctx.now();
    let ready = crate::ops::ready::rows(&snapshot, store.config(), &ReadyQuery { limit: 5, ..ReadyQuery::default() }, now)?;
    let filter = Filter { assignee: Some(store.actor().to_string()), ..Filter::default() };
    let query = crate::ops::list::ListQuery { filter, limit: 5, ..crate::ops::list::ListQuery::default() };
    let held = crate::ops::list::rows(&snapshot, store.config(), &query, now)?;
    let line = |listed: &crate::ops::list::Listed| Line {
        short: crate::ops::graph::short(&snapshot, &listed.row.id),
        priority: listed.row.priority,
        title: listed.row.title.clone(),
    };
    let held: Vec<Line> = held.rows.iter().filter(|l| !l.row.is_closed()).map(line).collect();
    let lines: Vec<Line> = ready.rows.iter().map(line).collect();
    let text = prime::text(&store, &snapshot, &held, &lines, ready.total)?;
    if args.hook_json {
        return ctx.ui.json(&json!({"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": text}}));
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"text": text, "bytes": text.len(), "limit": prime::LIMIT}));
    }
    ctx.ui.bytes(text.as_bytes())
}
