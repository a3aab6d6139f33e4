//! `bd validate`: what can be wrong with beads though the store is well. The store itself: `bd doctor`, `bd verify`.

use super::super::Ctx;
use super::super::verb::{Group, Verb, parsed};
use super::{detect_pollution, repair_deps};
use crate::error::{Error, Result};
use crate::ops::health::{cut_loose, doubles, leftovers, loose_edges};
use crate::query::StatusClass;
use clap::{ArgMatches, Args as _};
use serde_json::{Map, Value, json};

pub(in super::super) const VERB: Verb = Verb {
    name: "validate",
    aliases: &[],
    group: Group::More,
    about: "Check beads: edges that lead nowhere, doubles, leftovers of tests, conflicts",
    args: Args::augment_args,
    subs: &[],
    run,
};

/// The checks.
const CHECKS: &[&str] = &["orphans", "duplicates", "pollution", "conflicts"];

#[derive(clap::Args)]
struct Args {
    /// Only these: orphans, duplicates, pollution, conflicts
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    checks: Vec<String>,
    /// Remove edges to deleted beads; nothing else is ever done by itself
    #[arg(long, alias = "fix")]
    fix_all: bool,
    #[arg(short, long, hide = true)]
    yes: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if let Some(unknown) = args.checks.iter().find(|c| !CHECKS.contains(&c.as_str())) {
        return Err(
            Error::usage(format!("there is no check `{}`", unknown.escape_debug())).hint(format!("Checks: {}", CHECKS.join(", ")))
        );
    }
    answer(ctx, &args.checks, args.fix_all)
}

/// Runs the checks (all of them where none is named) and says what they found.
pub(in super::super) fn answer(ctx: &mut Ctx<'_, '_>, checks: &[String], fix: bool) -> Result<()> {
    let mut fixed = 0;
    if fix && loose_edges(&ctx.snapshot()?)?.iter().any(|l| l.deleted) {
        fixed = ctx.write(cut_loose)?;
    }
    let object = report(ctx, checks, fixed)?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&object);
    }
    for (name, check) in object["checks"].as_object().into_iter().flatten() {
        ctx.ui.line(format!("{name:<11}{}", check["count"]))?;
    }
    if fixed > 0 {
        ctx.ui.talk(format!("{fixed} edges removed"));
    }
    Ok(())
}

/// What the checks find, as JSON.
fn report(ctx: &mut Ctx<'_, '_>, only: &[String], fixed: usize) -> Result<Value> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let categories = crate::ops::words::categories(store.config());
    let mut checks = Map::new();
    for name in CHECKS.iter().filter(|c| only.is_empty() || only.iter().any(|o| o == *c)) {
        let issues: Vec<Value> = match *name {
            "orphans" => repair_deps::objects(&loose_edges(&snapshot)?),
            "duplicates" => {
                let open = |b: &crate::fold::Bead| categories.class(&b.status()) != StatusClass::Done;
                let groups = doubles(&snapshot, &open)?;
                groups.iter().map(|g| json!(g.iter().map(|b| b.id.as_str()).collect::<Vec<_>>())).collect()
            }
            "pollution" => detect_pollution::objects(&leftovers(&snapshot)?),
            _ => {
                let torn = snapshot.all()?.iter().filter(|b| !b.conflicts().is_empty());
                torn.map(|b| json!({"id": b.id.as_str(), "fields": b.conflicts().into_iter().map(|c| c.field).collect::<Vec<_>>()}))
                    .collect()
            }
        };
        checks.insert((*name).to_owned(), json!({"count": issues.len(), "issues": issues}));
    }
    let total: u64 = checks.values().filter_map(|c| c["count"].as_u64()).sum();
    Ok(json!({"checks": checks, "total_issues": total, "overall_ok": total == 0, "fixed": fixed}))
}
