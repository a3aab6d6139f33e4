//! `bd ready`

use super::filter_args::FilterArgs;
use super::list::{ROWS, sort_key};
use super::verb::{Group, Verb, parsed};
use super::{Ctx, print};
use crate::error::Result;
use crate::model::BeadId;
use crate::ops::ready::{ReadyQuery, Reason, claim_first, explain, rows};
use crate::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "ready",
    aliases: &[],
    group: Group::Work,
    about: "What can be worked on now",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    /// Say for these beads which rule and which bead decides
    #[arg(long, value_name = "ID", num_args = 0..)]
    explain: Option<Vec<String>>,
    /// Claim the first one
    #[arg(long, conflicts_with = "explain")]
    claim: bool,
    /// With --claim: publish the claim; it holds only if the remote has it before anybody else's
    #[arg(long, requires = "claim")]
    push: bool,
    /// Only what is below this bead
    #[arg(long, alias = "mol", value_name = "ID")]
    parent: Option<String>,
    /// What is put off too
    #[arg(long)]
    include_deferred: bool,
    /// Ephemeral beads too
    #[arg(long)]
    include_ephemeral: bool,
    /// The order: priority, hybrid, oldest, …
    #[arg(long, value_name = "KEY")]
    sort: Option<String>,
    /// At most N rows; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N")]
    limit: Option<usize>,
    /// Exit with 1 if there is nothing
    #[arg(long)]
    fail_empty: bool,
    #[arg(long, hide = true, alias = "tree", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pretty: Option<bool>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let query = ReadyQuery {
        filter: args.filter.filter(ctx, &snapshot)?,
        sort: sort_key(args.sort.as_deref())?,
        limit: args.limit.unwrap_or(ROWS),
        deferred: args.include_deferred || args.filter.deferred,
        ephemeral: args.include_ephemeral,
        counted: ctx.ui.is_json(),
        below: args.parent.as_deref().map(|p| snapshot.resolve(p).map(|id| id.as_str().to_owned())).transpose()?,
    };
    let now = ctx.now();
    if let Some(ids) = &args.explain {
        let ids: Vec<BeadId> = if ids.is_empty() {
            rows(&snapshot, store.config(), &query, now)?.rows.iter().map(|l| BeadId::new(&l.row.id)).collect::<Result<_, _>>()?
        } else {
            ids.iter().map(|id| snapshot.resolve(id)).collect::<Result<_>>()?
        };
        let reasons = ids.iter().map(|id| explain(&snapshot, id, &query, now)).collect::<Result<Vec<_>>>()?;
        return print_reasons(ctx, &snapshot, &reasons);
    }
    if args.claim {
        super::to_gate::before_claim(ctx, None)?;
        let claimed = if args.push {
            super::claim::publish(ctx, |tx| claim_first(tx, &query, now))?
        } else {
            ctx.write(|tx| claim_first(tx, &query, now))?
        };
        if let Some(done) = claimed {
            return print::many(ctx, vec![(done.short.clone(), Ok(done))]);
        }
        if ctx.ui.is_json() {
            ctx.ui.json(&[(); 0])?;
        }
        ctx.ui.talk("nothing is ready");
        return if args.fail_empty { Err(super::no("nothing is ready")) } else { Ok(()) };
    }
    let page = rows(&snapshot, store.config(), &query, now)?;
    print::page(ctx, &snapshot, &page, "nothing is ready; `bd blocked` shows what waits for what")?;
    if args.fail_empty && page.rows.is_empty() {
        return Err(super::no("nothing is ready"));
    }
    Ok(())
}

fn print_reasons(ctx: &mut Ctx<'_, '_>, snapshot: &crate::store::Snapshot, reasons: &[Reason]) -> Result<()> {
    if ctx.ui.is_json() {
        let objects: Vec<serde_json::Value> = reasons
            .iter()
            .map(|r| {
                let blockers: Vec<serde_json::Value> =
                    r.blockers.iter().map(|(rule, text, by)| serde_json::json!({"rule": rule, "text": text, "by": by})).collect();
                serde_json::json!({"id": r.id, "ready": r.ready, "rule": r.rule, "text": r.sentence, "by": r.by, "via": r.via, "blockers": blockers, "dangling": r.dangling})
            })
            .collect();
        return ctx.ui.json(&objects);
    }
    for reason in reasons {
        let short = crate::ops::graph::short(snapshot, &reason.id);
        let (word, style) = if reason.ready { ("ready", Style::Good) } else { ("not ready", Style::Warn) };
        let head = Text::new().with(Style::Id, short).plain(": ").with(style, word);
        ctx.ui.line(head.plain(format!(": {} ({})", reason.sentence, reason.rule)))?;
        for (rule, text, _) in reason.blockers.iter().filter(|(_, text, _)| *text != reason.sentence) {
            ctx.ui.line(Text::new().with(Style::Dim, format!("    also: {text} ({rule})")))?;
        }
        for target in &reason.dangling {
            ctx.ui.line(Text::new().with(Style::Dim, format!("    depends on {target}, which is not here and does not block")))?;
        }
    }
    Ok(())
}
