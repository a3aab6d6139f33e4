//! `bd gate`: waits. Rules with a verdict (`bd gate check` over a range, `bd hooks`) are bd-gate's ([`super::to_gate`]).

use super::verb::{Group, Verb};
use super::{Ctx, plugin, print, to_gate};
use crate::config::parse_duration;
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::interchange::json;
use crate::model::Fields;
use crate::ops::wait::{self, AwaitType, Checked, NewWait, Verdict};
use crate::store::Snapshot;
use crate::ui::{Style, Text};
use clap::{ArgMatches, FromArgMatches as _, Subcommand as _};

pub(super) const VERB: Verb = Verb {
    name: "gate",
    aliases: &["wait"],
    group: Group::More,
    about: "Waits for a time, a person or an outside result; rules with a verdict (bd-gate)",
    args: |command| {
        Sub::augment_subcommands(command).subcommand_required(true).arg_required_else_help(true).after_help(rules_help())
    },
    subs: &[],
    run,
};

#[derive(clap::Subcommand)]
enum Sub {
    /// Make a wait that holds beads up
    Create(CreateArgs),
    /// The waits, and the gates with what decides about them; --json: the waits, with --rules the gates
    List(ListArgs),
    /// One wait, or one gate
    Show(IdArgs),
    /// End a wait: what it holds up may go on
    #[command(visible_alias = "close", alias = "approve")]
    Resolve(ResolveArgs),
    /// End the waits that have what they wait for
    #[command(alias = "eval")]
    Check(CheckArgs),
    /// Name somebody who wants to know
    AddWaiter(WaiterArgs),
}

/// The part of the help that is the plugin's.
fn rules_help() -> String {
    let lines = to_gate::VERBS.iter().map(|(verb, about)| format!("  {verb:<28}{about}"));
    std::iter::once("Rules with a verdict (bd-gate):".to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

#[derive(clap::Args)]
struct CreateArgs {
    /// What is waited for: human (unless said), timer, bead, mail, gh:run, gh:pr
    #[arg(short = 't', long = "type", alias = "await-type", value_name = "KIND", default_value = "human")]
    kind: String,
    /// Which run, pull request or bead
    #[arg(long, value_name = "NAME")]
    await_id: Option<String>,
    /// How long, e.g. 90m, 2h, 3d
    #[arg(long, value_name = "TIME")]
    timeout: Option<String>,
    /// The bead that it holds up (several times: several)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    blocks: Vec<String>,
    /// The title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Why
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(clap::Args)]
struct ListArgs {
    /// Those that ended too
    #[arg(short, long)]
    all: bool,
    /// At most N rows; 0 = all
    #[arg(short = 'n', long = "limit", value_name = "N", default_value_t = 50, hide_default_value = true)]
    limit: usize,
    /// The gates instead of the waits
    #[arg(long)]
    rules: bool,
}

#[derive(clap::Args)]
struct IdArgs {
    /// Which wait
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(clap::Args)]
struct ResolveArgs {
    /// Which waits
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Why
    #[arg(short, long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(clap::Args)]
struct CheckArgs {
    /// Only these waits
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Only this kind; gh = gh:run and gh:pr
    #[arg(short = 't', long = "type", value_name = "KIND")]
    kind: Option<String>,
    /// End none, only say
    #[arg(long)]
    dry_run: bool,
    /// At most N waits; 0 = all
    #[arg(short = 'n', long = "limit", short_alias = 'l', value_name = "N", default_value_t = 0, hide_default_value = true)]
    limit: usize,
}

#[derive(clap::Args)]
struct WaiterArgs {
    /// Which wait
    #[arg(value_name = "ID")]
    id: String,
    /// Who
    #[arg(value_name = "WHO")]
    who: String,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    match Sub::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))? {
        Sub::Create(args) => create(ctx, args),
        Sub::List(args) => list(ctx, &args),
        Sub::Show(args) => show(ctx, &args.id),
        Sub::Resolve(args) => print::each(ctx, &args.ids, |tx, id| wait::resolve(tx, id, args.reason.as_deref())),
        Sub::Check(args) => check(ctx, &args),
        Sub::AddWaiter(args) => print::each(ctx, &[args.id], |tx, id| wait::add_waiter(tx, id, &args.who)),
    }
}

fn create(ctx: &mut Ctx<'_, '_>, args: CreateArgs) -> Result<()> {
    let timeout = match args.timeout.as_deref() {
        None => None,
        Some(text) => Some(parse_duration(text).filter(|t| !t.is_zero()).ok_or_else(|| {
            Error::usage(format!("`{}` is no length of time", text.escape_debug())).hint("For example 90m, 2h or 3d")
        })?),
    };
    let kind = AwaitType::parse(&args.kind)?;
    let new = NewWait { kind, await_id: args.await_id, timeout, title: args.title, reason: args.reason, blocks: args.blocks };
    let done = ctx.write(|tx| wait::make(tx, &new))?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&json::issue_object(&done.bead));
    }
    ctx.ui.line(print::done_line(&done))
}

fn list(ctx: &mut Ctx<'_, '_>, args: &ListArgs) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let mut waits = wait::list(&snapshot, store.config(), args.all)?;
    let total = waits.len();
    if args.limit > 0 {
        waits.truncate(args.limit);
    }
    if ctx.ui.is_json() {
        let objects: Vec<Fields> = waits.iter().map(json::issue_object).collect();
        return ctx.ui.json(&objects);
    }
    if waits.is_empty() {
        ctx.ui.talk("nothing waits");
    }
    let gates = plugin::find(&ctx.env, "bd", "gate");
    if gates.is_some() && !waits.is_empty() {
        ctx.ui.line(Text::new().with(Style::Strong, "Waits"))?;
    }
    for bead in &waits {
        ctx.ui.line(line(&snapshot, bead, None))?;
    }
    if total > waits.len() {
        ctx.ui.line(crate::ui::more_line(total - waits.len()))?;
    }
    let Some(gates) = gates else { return Ok(()) };
    if !waits.is_empty() {
        ctx.ui.line("")?;
        ctx.ui.line(Text::new().with(Style::Strong, "Gates"))?;
    }
    ask_plugin(ctx, &gates, &["list"])
}

/// Runs the plugin to add its part; its exit code is ours unless something else has failed.
fn ask_plugin(ctx: &mut Ctx<'_, '_>, program: &std::path::Path, words: &[&str]) -> Result<()> {
    let mut line: Vec<String> = std::iter::once("gate").chain(words.iter().copied()).map(str::to_owned).collect();
    // Flags may have stood behind the verb: what they said is said again.
    line.extend(ctx.globals.json.then(|| "--json".to_owned()));
    line.extend(ctx.globals.no_color.then(|| "--no-color".to_owned()));
    line.extend(ctx.globals.no_pager.then(|| "--no-pager".to_owned()));
    ctx.plugin_code = Some(plugin::run(&ctx.env, program, &line, &super::globals::Globals::default(), ctx.ui)?);
    Ok(())
}

/// A wait on one line.
fn line(snapshot: &Snapshot, bead: &Bead, said: Option<(&str, Style)>) -> Text {
    let mut text = Text::new().with(Style::Id, snapshot.short(&bead.id)).plain(" ").plain(bead.title());
    let kind = bead.text("await_type").unwrap_or_else(|| "human".to_owned());
    text = text.with(Style::Dim, format!(" ({kind}, {})", bead.status().as_str()));
    match said {
        Some((said, style)) => text.plain(": ").with(style, said),
        None => text,
    }
}

fn show(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let found = snapshot.resolve(id).and_then(|id| {
        wait::must_wait(&snapshot.must(&id)?)?;
        Ok(id)
    });
    let id = match (found, plugin::find(&ctx.env, "bd", "gate")) {
        (Ok(id), _) => id,
        (Err(_), Some(program)) => return ask_plugin(ctx, &program, &["show", id]),
        (Err(e), None) => return Err(e),
    };
    if ctx.ui.is_json() {
        let shown = crate::ops::show::show(&snapshot, &id)?;
        return ctx.ui.json(&super::show::object(&shown));
    }
    super::show::print_one(ctx, &snapshot, &id)
}

fn check(ctx: &mut Ctx<'_, '_>, args: &CheckArgs) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let mut waits = wait::list(&snapshot, store.config(), false)?;
    if !args.ids.is_empty() {
        let ids = args.ids.iter().map(|id| snapshot.resolve(id)).collect::<Result<Vec<_>>>()?;
        waits.retain(|w| ids.contains(&w.id));
    }
    if let Some(kind) = args.kind.as_deref().filter(|k| *k != "all") {
        if kind != "gh" {
            AwaitType::parse(kind)?;
        }
        let fits = |word: &str| word == kind || (kind == "gh" && word.starts_with("gh:"));
        waits.retain(|w| w.text("await_type").is_some_and(|t| fits(&t)));
    }
    if args.limit > 0 {
        waits.truncate(args.limit);
    }
    let checked = wait::check(&ctx.env, &snapshot, store.config(), waits, ctx.env.now())?;
    if !args.dry_run {
        let over = checked.iter().filter_map(|c| match &c.verdict {
            Verdict::Over(why) => Some((c, why)),
            _ => None,
        });
        let over: Vec<(&Checked, &String)> = over.collect();
        if !over.is_empty() {
            ctx.write(|tx| over.iter().try_for_each(|(c, why)| wait::resolve(tx, c.bead.id.as_str(), Some(why)).map(|_| ())))?;
        }
    }
    report(ctx, &snapshot, &checked, args.dry_run)
}

/// What could not be found out is an error of the command: it must not look like an answer.
fn report(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, checked: &[Checked], dry_run: bool) -> Result<()> {
    let count = |is: fn(&Verdict) -> bool| checked.iter().filter(|c| is(&c.verdict)).count();
    let resolved = count(|v| matches!(v, Verdict::Over(_)));
    let stuck = count(|v| matches!(v, Verdict::Stuck(_)));
    let unknown = count(|v| matches!(v, Verdict::Unknown(_)));
    if ctx.ui.is_json() {
        ctx.ui.json(&serde_json::json!({
            "checked": checked.len(), "resolved": resolved, "escalated": stuck, "errors": unknown, "dry_run": dry_run,
        }))?;
    } else {
        for c in checked {
            let (said, style) = match &c.verdict {
                Verdict::Over(why) => (why, Style::Good),
                Verdict::Pending(why) => (why, Style::Dim),
                Verdict::Stuck(why) => (why, Style::Warn),
                Verdict::Unknown(why) => (why, Style::Bad),
            };
            ctx.ui.line(line(snapshot, &c.bead, Some((said, style))))?;
        }
        if checked.is_empty() {
            ctx.ui.talk("nothing waits");
        }
    }
    if unknown > 0 {
        return Err(Error::new(crate::error::ErrorKind::Gate, format!("{unknown} could not be checked; they go on waiting")));
    }
    Ok(())
}
