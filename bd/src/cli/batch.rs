//! `bd batch`: many mutations in one commit, all of them or none.

use super::verb::{Group, Verb, find, parsed};
use super::{Ctx, words};
use crate::error::{Error, Result};
use crate::ui::{Look, Printer};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "batch",
    aliases: &[],
    group: Group::Edit,
    about: "Run many mutations, a line each, in one commit: all or none",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

/// The verbs that a batch may hold: those whose whole effect is events.
const ALLOWED: &[&str] = &[
    "create", "q", "update", "claim", "release", "close", "reopen", "delete", "restore", "label", "dep", "comment", "comments",
    "note", "remember", "forget", "defer", "undefer", "assign", "priority", "tag", "link",
];

#[derive(clap::Args)]
struct Args {
    /// A file with a command a line (without `bd`; `#` begins a comment); `-` is standard input
    #[arg(default_value = "-")]
    file: String,
    /// Run everything, print the results, and write nothing
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    ctx.writable()?;
    let text = super::input::text(ctx, &args.file)?;
    let json = ctx.ui.is_json();
    let mut results = Vec::new();
    ctx.begin_batch()?;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let out = step(ctx, line, json).map_err(|e| {
            let mut error = Error::new(e.kind, format!("line {}: {}; nothing of the batch was written", number + 1, e.message));
            error.hints = e.hints;
            error
        })?;
        results.push((number + 1, out));
    }
    let events = if args.dry_run { ctx.drop_batch() } else { ctx.commit_batch()? };
    if json {
        let objects: Vec<_> = results
            .iter()
            .map(|(line, out)| json!({"line": line, "result": serde_json::from_str::<serde_json::Value>(out).unwrap_or(serde_json::Value::Null)}))
            .collect();
        return ctx.ui.json(&json!({"results": objects, "events": events, "dry_run": args.dry_run}));
    }
    ctx.ui.page();
    for (_, out) in &results {
        for line in out.lines() {
            ctx.ui.raw(line)?;
        }
    }
    ctx.ui.talk(format!(
        "{} commands, {events} events{}",
        results.len(),
        if args.dry_run { ", nothing was written" } else { " in one commit" }
    ));
    Ok(())
}

/// Runs one line with a printer of its own; its standard output.
fn step(ctx: &mut Ctx<'_, '_>, line: &str, json: bool) -> Result<String> {
    let parts = words::split(line)?;
    let parts = parts.strip_prefix(&["bd".to_owned()]).unwrap_or(&parts);
    let Some((name, rest)) = parts.split_first() else { return Ok(String::new()) };
    let verb = find(name).filter(|v| ALLOWED.contains(&v.name)).ok_or_else(|| {
        Error::usage(format!("`{}` cannot stand in a batch", name.escape_debug()))
            .hint(format!("A batch takes {}", ALLOWED.join(", ")))
    })?;
    let matches = verb
        .command()
        .try_get_matches_from(std::iter::once(verb.name.to_owned()).chain(rest.iter().cloned()))
        .map_err(|e| super::help::usage_error("bd", verb, &e))?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let look = Look { json, quiet: true, verbose: false, colour: false, colour_err: false, pager: false };
    let env = std::sync::Arc::clone(&ctx.env);
    let mut printer = Printer::new(&env, &mut out, &mut err, look);
    let failed = {
        let mut inner = ctx.nested(&mut printer);
        (verb.run)(&mut inner, &matches)?;
        inner.failed
    };
    printer.finish()?;
    drop(printer);
    if let Some(kind) = failed {
        let said = String::from_utf8_lossy(&err).trim().trim_start_matches("error: ").to_owned();
        return Err(Error::new(kind, said));
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}
