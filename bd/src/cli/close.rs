//! `bd close`

use super::verb::{Group, Verb, parsed};
use super::{Ctx, input, print};
use crate::error::{Error, Result};
use crate::interchange::json;
use crate::model::{BeadId, Fields, Outcome, Value};
use crate::ops::Done;
use crate::ops::change::DRIVEN;
use crate::ops::close::{CloseRequest, close};
use crate::ops::next::{advance, next_step, set_free};
use crate::ops::ready::{ReadyQuery, claim_first};
use crate::ui::{Style, Text};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "close",
    aliases: &["done"],
    group: Group::Work,
    about: "Close beads, with an outcome and a reason",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Why
    #[arg(short, long, visible_alias = "message", short_alias = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
    /// Read the reason from a file; - = standard input
    #[arg(long, value_name = "FILE", conflicts_with = "reason")]
    reason_file: Option<String>,
    /// How it ended: done, failed, cancelled, duplicate, superseded
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<String>,
    /// Only if one's claim still has this epoch
    #[arg(long, value_name = "N")]
    epoch: Option<u64>,
    /// Close although something speaks against it; the event records what
    #[arg(short, long)]
    force: bool,
    /// The agent's session
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Claim the first ready bead afterwards
    #[arg(long, conflicts_with_all = ["suggest_next", "continues"])]
    claim_next: bool,
    /// Say what became ready by it
    #[arg(long, conflicts_with = "continues")]
    suggest_next: bool,
    /// Go on to the next step of the molecule
    #[arg(long = "continue", id = "continues")]
    continues: bool,
    /// With --continue: do not claim the next step
    #[arg(long, requires = "continues")]
    no_auto: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let reason = match &args.reason_file {
        Some(file) => Some(input::text(ctx, file)?),
        None => args.reason.clone(),
    };
    let session = args.session.clone().or_else(|| ctx.env.var("CLAUDE_SESSION_ID").map(str::to_owned));
    let outcome = args.outcome.as_deref().map(outcome).transpose()?;
    let request = CloseRequest { outcome, reason, epoch: args.epoch, force: args.force, session, ..CloseRequest::default() };
    if !(args.claim_next || args.suggest_next || args.continues) {
        let results = ctx.write(|tx| Ok(args.ids.iter().map(|id| (id.clone(), close(tx, id, &request))).collect::<Vec<_>>()))?;
        let (driven, own): (Vec<_>, Vec<_>) = results.into_iter().partition(|(_, result)| is_driven(result));
        if !own.is_empty() {
            print::many(ctx, own)?;
        }
        return driven.into_iter().try_for_each(|(id, result)| hand_over(ctx, &id, result, &request));
    }
    let results = ctx.write(|tx| Ok(args.ids.iter().map(|id| (id.clone(), close(tx, id, &request))).collect::<Vec<_>>()))?;
    let single = results.len() == 1;
    let mut closed: Vec<Done> = Vec::new();
    for (id, result) in results {
        match result {
            Ok(done) => {
                print::notes(ctx, &done.notes);
                if !ctx.ui.is_json() {
                    ctx.ui.line(print::done_line(&done))?;
                }
                closed.push(done);
            }
            Err(e) if single => return Err(e),
            Err(e) => ctx.fail(&id, &e),
        }
    }
    if args.continues {
        return go_on(ctx, &closed, !args.no_auto);
    }
    let issues: Vec<Fields> = closed.iter().map(|d| json::issue_object(&d.bead)).collect();
    if args.claim_next {
        let (query, now) = (ReadyQuery::default(), ctx.now());
        let next = ctx.write(|tx| claim_first(tx, &query, now))?;
        if ctx.ui.is_json() {
            let claimed = next.map_or_else(Value::null, |d| Value::of(&json::issue_object(&d.bead)));
            return ctx.ui.json(&Fields::new().with("closed", Value::of(&issues)).with("claimed", claimed));
        }
        if let Some(done) = next {
            return ctx.ui.line(print::done_line(&done));
        }
        ctx.ui.talk("nothing else is ready");
        return Ok(());
    }
    suggest(ctx, &closed, &issues)
}

fn is_driven(result: &Result<Done>) -> bool {
    result.as_ref().is_err_and(|e| e.hints.iter().any(|h| h == DRIVEN))
}

/// A step of a molecule is handed in by the program that drives it: the same act under another name.
fn hand_over(ctx: &mut Ctx<'_, '_>, id: &str, result: Result<Done>, request: &CloseRequest) -> Result<()> {
    if ctx.in_batch() {
        // The batch holds the lock that the other program would wait for, and its commit is all or none.
        return result.map(drop);
    }
    let Some(program) = super::plugin::program(&ctx.env, "gt").filter(|_| request.outcome.is_none_or(|o| o == Outcome::Done))
    else {
        return result.map(drop);
    };
    let mut words = vec!["step".to_owned(), "close".to_owned(), id.to_owned()];
    if let Some(reason) = &request.reason {
        words.extend(["--note".to_owned(), reason.clone()]);
    }
    let globals = ctx.globals.clone();
    let code = super::plugin::run(&ctx.env, &program, &words, &globals, ctx.ui)?;
    if code != 0 {
        ctx.plugin_code = Some(code);
    }
    Ok(())
}

fn suggest(ctx: &mut Ctx<'_, '_>, closed: &[Done], issues: &[Fields]) -> Result<()> {
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let ids: Vec<BeadId> = closed.iter().map(|d| d.bead.id.clone()).collect();
    let free = set_free(&snapshot, store.config(), &ids, ctx.now())?;
    let beads = free.iter().map(|id| snapshot.must(id)).collect::<Result<Vec<_>>>()?;
    if ctx.ui.is_json() {
        let free: Vec<Fields> = beads.iter().map(json::issue_object).collect();
        return ctx.ui.json(&Fields::new().with("closed", Value::of(issues)).with("unblocked", Value::of(&free)));
    }
    for bead in &beads {
        ctx.ui.line(Text::new().plain("Now ready: ").with(Style::Id, snapshot.short(&bead.id)).plain(": ").plain(bead.title()))?;
    }
    Ok(())
}

fn go_on(ctx: &mut Ctx<'_, '_>, closed: &[Done], auto: bool) -> Result<()> {
    let [step] = closed else {
        return Err(Error::usage("--continue goes on from one closed step").hint("Close one bead at a time with --continue"));
    };
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let found = next_step(&snapshot, store.config(), &step.bead.id, ctx.now())?;
    let next = found.as_ref().and_then(|f| f.next.clone());
    let advanced = match (&next, auto) {
        (Some(next), true) => Some(ctx.write(|tx| advance(tx, next))?),
        _ => None,
    };
    let next_bead = match (&advanced, &next) {
        (Some(done), _) => Some(done.bead.clone()),
        (None, Some(next)) => Some(snapshot.must(next)?),
        (None, None) => None,
    };
    if ctx.ui.is_json() {
        let issue = |bead: &crate::fold::Bead| Value::of(&json::issue_object(bead));
        let molecule = found.as_ref().map_or_else(Value::null, |f| Value::of(&f.molecule));
        let on = Fields::new()
            .with("closed_step", issue(&step.bead))
            .with("next_step", next_bead.as_ref().map_or_else(Value::null, issue))
            .with("auto_advanced", Value::of(&advanced.is_some()))
            .with("molecule_complete", Value::of(&found.as_ref().is_some_and(|f| f.complete)))
            .with("molecule_id", molecule);
        let closed = Value::of(&[json::issue_object(&step.bead)]);
        return ctx.ui.json(&Fields::new().with("closed", closed).with("continue", Value::of(&on)));
    }
    match (found, advanced, next_bead) {
        (None, ..) => ctx.ui.talk("it is no step of anything"),
        (_, Some(done), _) => ctx.ui.line(print::done_line(&done))?,
        (_, None, Some(bead)) => {
            ctx.ui.line(Text::new().plain("Next: ").with(Style::Id, snapshot.short(&bead.id)).plain(": ").plain(bead.title()))?
        }
        (Some(found), None, None) if found.complete => {
            ctx.ui.line(Text::new().plain("All steps of ").with(Style::Id, snapshot.short(&found.molecule)).plain(" are closed"))?
        }
        _ => ctx.ui.talk("no other step is ready"),
    }
    Ok(())
}

fn outcome(text: &str) -> Result<Outcome> {
    Outcome::parse(text).ok_or_else(|| {
        let names: Vec<&str> = Outcome::ALL.iter().map(|o| o.as_str()).collect();
        Error::usage(format!("there is no outcome `{}`", text.escape_debug())).hint(format!("Outcomes: {}", names.join(", ")))
    })
}
