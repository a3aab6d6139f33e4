//! `bd init`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, Result};
use crate::ops::init::{InitReport, InitRequest, init};
use crate::sync::choice::{Choice, Why, choice};
use crate::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use std::io::BufRead as _;
use std::sync::Arc;

pub(super) const VERB: Verb = Verb {
    name: "init",
    aliases: &[],
    group: Group::Store,
    about: "Start tracking work in this repository",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// What bead ids begin with (the folder's name unless said)
    #[arg(short, long, value_name = "PREFIX")]
    prefix: Option<String>,
    /// The remote that holds the beads
    #[arg(long, value_name = "NAME")]
    remote: Option<String>,
    /// Publish the beads to the remote: whoever can read the repository can read them
    #[arg(long, conflicts_with = "no_publish")]
    publish: bool,
    /// Keep the beads in this clone
    #[arg(long)]
    no_publish: bool,
    /// Leave no trace in the repository's files and history
    #[arg(long)]
    stealth: bool,
    /// The branch on the remote that holds the beads (beads unless said)
    #[arg(short, long, value_name = "NAME")]
    branch: Option<String>,
    #[arg(long, hide = true)]
    contributor: bool,
    #[arg(long, hide = true)]
    team: bool,
    #[arg(long, hide = true)]
    skip_hooks: bool,
    #[arg(long, hide = true)]
    skip_merge_driver: bool,
    #[arg(long, hide = true)]
    skip_agents: bool,
    #[arg(long, hide = true)]
    non_interactive: bool,
    #[arg(long, hide = true)]
    force: bool,
    #[arg(long, hide = true, value_name = "ROLE")]
    role: Option<String>,
    #[arg(long, hide = true, value_name = "NAME")]
    backend: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let mut publish = args.publish.then_some(true).or(args.no_publish.then_some(false));
    if args.contributor && publish == Some(true) {
        return Err(Error::usage("a contributor's fork publishes nothing: --contributor and --publish exclude each other"));
    }
    if publish.is_none() && !args.stealth && !args.non_interactive && !args.contributor {
        publish = ask(ctx, args.remote.as_deref())?;
    }
    let request = InitRequest { prefix: args.prefix, remote: args.remote, publish, stealth: args.stealth, branch: args.branch };
    let report = init(&Arc::clone(&ctx.env), &request)?;
    super::print::notes(ctx, &report.notes);
    print_report(ctx, &report)
}

/// Asks whether to publish, where somebody can answer and there is something to ask.
fn ask(ctx: &mut Ctx<'_, '_>, remote: Option<&str>) -> Result<Option<bool>> {
    if !ctx.env.stdin_tty || !ctx.env.stderr_tty || ctx.ui.is_json() {
        return Ok(None);
    }
    let git: Arc<dyn crate::git::Git> = Arc::from(crate::git::open(&ctx.env)?);
    let store = crate::store::Store::attach(Arc::clone(&ctx.env), Arc::clone(&git))?;
    if store.config().is_from_repository() {
        return Ok(None);
    }
    let name = remote.map(str::to_owned).or_else(|| store.sources().remote.clone());
    let Some((name, url)) = name.and_then(|n| Some((n.clone(), git.remote_url(&n)?))) else { return Ok(None) };
    ctx.ui.talk(format!("Publish the beads to {name} ({url})? Whoever can read the repository can read them. [y/N]"));
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| Error::io("standard input", &e))?;
    Ok(Some(matches!(line.trim(), "y" | "Y" | "yes")))
}

fn print_report(ctx: &mut Ctx<'_, '_>, report: &InitReport) -> Result<()> {
    if ctx.ui.is_json() {
        return ctx.ui.json(&serde_json::json!({
            "prefix": report.prefix,
            "existed": report.existed,
            "written": report.written,
            "commit": report.commit.map(|c| c.to_string()),
            "remote": report.remote,
            "publish_to": report.publish_to,
            "adopted": report.adopted.as_ref().map(|a| a.created.len()),
        }));
    }
    if ctx.globals.quiet {
        return Ok(());
    }
    let id = format!("{}-…", report.prefix);
    let what = if report.existed { "Beads are tracked here already, as " } else { "Beads are tracked here, as " };
    ctx.ui.line(Text::new().plain(what).with(Style::Id, id))?;
    if let Some(commit) = report.commit {
        ctx.ui.line(format!("  committed {} on the current branch ({})", report.written.join(", "), &commit.to_string()[..10]))?;
    }
    if let Some(adopted) = &report.adopted {
        ctx.ui.line(format!(
            "  adopted {} beads of the tracked upstream store; its file is untracked and stays in history",
            adopted.created.len()
        ))?;
    }
    match (report.publish_to.as_slice(), &report.remote) {
        ([], None) => ctx.ui.line("  local: there is no remote"),
        ([], Some(remote)) => ctx.ui.line(format!("  local: nothing is published to {remote} (`bd init --publish` does)")),
        (urls, remote) => {
            // The project's choice is read from its default branch, where a commit on this one may not be yet.
            let waits = ctx.store().is_ok_and(|store| choice(&store) == Choice::Off(Why::NotListed));
            let from = remote.as_deref().unwrap_or("the remote");
            let when = if waits { format!(" once this commit is on the default branch of {from}") } else { String::new() };
            ctx.ui.line(format!("  published to {} by `bd sync`{when}", urls.join(", ")))
        }
    }
}
