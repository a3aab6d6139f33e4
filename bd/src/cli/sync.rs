//! `bd sync`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, Result};
use crate::sync::claim::lost_error;
use crate::sync::report::events;
use crate::sync::{Choice, Options, Report, sync};
use crate::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "sync",
    aliases: &[],
    group: Group::Share,
    about: "Fetch and publish events; code, branches and the working tree stay as they are",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Fetch only
    #[arg(long, alias = "import-only", alias = "import")]
    no_push: bool,
    /// Publish onto what was fetched last
    #[arg(long, alias = "no-fetch")]
    no_pull: bool,
    /// Commit what is pending in this clone, without the remote
    #[arg(long)]
    flush_only: bool,
    /// Say what would be done
    #[arg(long, alias = "check")]
    dry_run: bool,
    /// How this clone and the remote stand, without asking the remote
    #[arg(long)]
    status: bool,
    /// What a mutation starts when it does not want to wait
    #[arg(long, hide = true)]
    background: bool,
    /// What upstream's `sync` takes besides: accepted, there is nothing for it to choose here
    #[command(flatten)]
    upstream: Upstream,
}

#[derive(clap::Args)]
#[allow(dead_code, reason = "accepted for upstream's callers and never read")]
struct Upstream {
    #[arg(long, hide = true)]
    full: bool,
    #[arg(short, long, hide = true, value_name = "TEXT")]
    message: Option<String>,
    #[arg(long, hide = true)]
    squash: bool,
    #[arg(long, hide = true)]
    merge: bool,
    #[arg(long, hide = true)]
    from_main: bool,
    #[arg(long, hide = true)]
    force: bool,
    #[arg(long, hide = true)]
    rename_on_import: bool,
    #[arg(long, hide = true)]
    no_git_history: bool,
    #[arg(long, hide = true)]
    accept_rebase: bool,
    #[arg(long, hide = true)]
    resolve: bool,
    #[arg(long, hide = true)]
    ours: bool,
    #[arg(long, hide = true)]
    theirs: bool,
    #[arg(long, hide = true)]
    manual: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    if !args.dry_run && !args.status {
        ctx.writable()?;
    }
    let store = ctx.attached_store()?;
    if args.background {
        return crate::sync::maintain::background(&store);
    }
    if args.upstream.resolve {
        ctx.ui.talk("nothing is resolved by sync: `bd conflicts` shows what two writers changed at once");
    }
    let local = args.flush_only || args.status;
    let options =
        Options { push: !args.no_push && !local, fetch: !args.no_pull && !local, dry_run: args.dry_run || args.status, wait: true };
    let report = sync(&store, options)?;
    if !store.is_initialised()? && !options.dry_run && options.fetch && store.config().is_from_repository() {
        // The project has a store, the remote was asked, and nobody has written anything yet.
        store.begin_here()?;
    }
    if !store.is_initialised()? && !options.dry_run {
        return Err(Error::usage("there are no beads here, and none at the remote").hint("Run `bd init` to start"));
    }
    if ctx.ui.is_json() {
        ctx.ui.json(&json(&report))?;
    } else {
        say(ctx, &report, options)?;
    }
    if report.lost.is_empty() { Ok(()) } else { Err(lost_error(&report.lost)) }
}

/// The JSON of a report (docs/reference/json.md).
pub(super) fn json(report: &Report) -> serde_json::Value {
    let (publishing, reason) = match report.publishing {
        Choice::On => (true, None),
        Choice::Off(why) => (false, Some(why.as_str())),
    };
    let lost: Vec<_> =
        report.lost.iter().map(|l| serde_json::json!({"id": l.bead, "winner": l.winner, "released": l.ours})).collect();
    serde_json::json!({
        "remote": report.remote, "url": report.url, "branch": report.branch, "publishing": publishing, "reason": reason,
        "fetched": report.fetched, "published": report.published, "restored": report.restored, "unpublished": report.unpublished,
        "redacted_files": report.redacted, "conflicts": report.conflicts, "lost_claims": lost, "left_out": report.left_out,
        "healed": report.healed, "dry_run": report.dry_run, "remote_has_news": report.news, "tip": report.tip.map(|t| t.to_string()),
    })
}

fn say(ctx: &mut Ctx<'_, '_>, report: &Report, options: Options) -> Result<()> {
    let Some(remote) = &report.remote else {
        return ctx.ui.line(Text::new().plain("Committed locally: there is no remote"));
    };
    let place = format!("{remote}/{}", report.branch);
    let url = report.url.as_deref().unwrap_or("?");
    if report.first {
        ctx.ui.talk(format!(
            "First publication from this clone: {} to the branch `{}` of {url}; whoever can read that repository can read them",
            events(report.published),
            report.branch
        ));
    }
    let mut line = Text::new();
    if report.dry_run {
        let news = if report.news { "it has news that are not fetched" } else { "nothing new is known there" };
        line = line.plain(format!("{place}: {news}; {} here that it lacks", events(report.unpublished)));
    } else {
        if options.fetch {
            line = line.plain(format!("Fetched {}", events(report.fetched)));
        }
        if report.published > 0 {
            line =
                line.plain(format!("{}ublished {} to {place}", if options.fetch { ", p" } else { "P" }, events(report.published)));
        } else if report.unpublished == 0 && options.push {
            line = line.plain(format!("{}{place} has everything", if options.fetch { "; " } else { "" }));
        }
        if report.unpublished > 0 {
            let head = if line.width() > 0 { "; " } else { "" };
            line = line.with(Style::Warn, format!("{head}{} not published", events(report.unpublished)));
        }
    }
    ctx.ui.line(line)?;
    if let (Choice::Off(why), true) = (report.publishing, report.unpublished > 0) {
        ctx.ui.talk(format!("Not published: {}", why.as_str()));
    }
    if report.restored > 0 {
        let again = if report.published > 0 { "; they are there again" } else { "; they are kept here" };
        ctx.ui.warn(&format!("{place} had lost {}{again}", events(report.restored)));
    }
    if !report.left_out.is_empty() {
        ctx.ui.warn(&format!("{place} holds files that are no events, e.g. `{}`; they are not published on", report.left_out[0]));
    }
    if !report.healed.is_empty() {
        ctx.ui.warn(&format!("{place} held {} damaged files that this clone has whole", report.healed.len()));
    }
    if !report.conflicts.is_empty() {
        let names: Vec<&str> = report.conflicts.iter().take(5).map(crate::model::BeadId::as_str).collect();
        ctx.ui.warn(&format!("changed on both sides: {}; `bd conflicts` shows what", names.join(", ")));
    }
    Ok(())
}
