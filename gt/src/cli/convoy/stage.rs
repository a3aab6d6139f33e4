//! `gt convoy stage`: look work over before anybody begins with it.

use super::parsed;
use crate::convoy::launch::{Wanted, look, look_at, refused, restage, stage_word, wanted};
use crate::convoy::make::{NewConvoy, make};
use crate::convoy::members::of_ids;
use crate::convoy::stage::{KINDS, Plan, Weight};
use crate::convoy::{Board, Convoy, find, name, others};
use crate::molecule::Shelf;
use crate::views::{Convoys, Molecules};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, Result};
use bd::model::BeadId;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const SUB: Sub = Sub {
    name: "stage",
    aliases: &[],
    about: "Look work over before the launch: what speaks against it, and the waves it can be done in",
    args: Args::augment_args,
    run,
    example: "gt convoy stage bd-4f2a --title \"Search, all of it\"",
    codes: &[3, 6, 7],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// A convoy, an epic (everything below it), or beads and molecules
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// The name of the new convoy; the first bead's title unless said
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The id of the new convoy; made of the name unless said
    #[arg(long = "id", id = "convoy-id", value_name = "ID")]
    id: Option<String>,
    /// Only look
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let convoy = match args.ids.as_slice() {
        [one] if args.dry_run => Convoys::load(&snapshot)?.find(&store, &snapshot, one),
        [one] => find(&store, &snapshot, one),
        _ => Err(Error::usage("several beads")),
    };
    if let (Ok(found), [one]) = (&convoy, args.ids.as_slice()) {
        if args.title.is_some() || args.id.is_some() {
            return Err(Error::usage("the convoy is there already: --title and --id are for a new one"));
        }
        return if args.dry_run { look_again(ctx, found.clone()) } else { again(ctx, one) };
    }
    let what = wanted(&store, &snapshot, &args.ids).map_err(|error| match (&convoy, args.ids.as_slice()) {
        // One word that is neither: both are said.
        (Err(other), [_]) => other.hints.iter().fold(error, |e, h| e.hint(h.clone())),
        _ => error,
    })?;
    // Only a look is answered from what is kept.
    let (kept, members);
    let (poured, plain) = if args.dry_run {
        kept = Molecules::load(&snapshot, now)?;
        let poured = kept.poured_of(&what.ids);
        let plain = others(&snapshot, &what.ids, &poured, now)?;
        (poured, plain)
    } else {
        members = of_ids(&snapshot, &what.ids, &Shelf::all(&snapshot, now), |_| false, now)?;
        (members.poured(), members.plain.clone())
    };
    let plan = look_at(&store, &snapshot, &poured, &plain, now)?;
    let shown: BTreeMap<String, String> = plain
        .iter()
        .map(|p| (p.id.clone(), format!("{} {}", p.short, p.title)))
        .chain(poured.iter().map(|p| (p.bead.to_owned(), p.name.to_owned())))
        .collect();
    let id = if args.dry_run || !plan.is_launchable() { None } else { Some(create(ctx, &args, &what, &plan)?) };
    print(ctx, id.as_deref(), id.is_some().then(|| stage_word(&plan)), &plan, &shown)?;
    if !plan.is_launchable() {
        return Err(refused("not staged", &plan));
    }
    Ok(())
}

fn create(ctx: &mut Ctx<'_, '_>, args: &Args, what: &Wanted, plan: &Plan) -> Result<String> {
    let title = args.title.clone().unwrap_or_else(|| what.title.clone());
    let id = match &args.id {
        Some(id) => id.trim().to_owned(),
        None => name::slug(&title).ok_or_else(|| Error::usage("the name has no letters for an id").hint("Say --id ID"))?,
    };
    let members = what.ids.clone();
    let new = NewConvoy { id: id.clone(), name: title, members, stage: Some(stage_word(plan)), ..NewConvoy::default() };
    ctx.write(|tx| make(tx, &new, &mut None))?;
    Ok(id)
}

/// A convoy that is there: looked over again.
fn again(ctx: &mut Ctx<'_, '_>, id: &str) -> Result<()> {
    let scene = super::show::scene(ctx, id)?;
    super::show::tell_warnings(ctx, &scene.convoy, scene.file.as_ref());
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let plan = look(&store, &snapshot, &scene)?;
    let mut word = scene.convoy.state.as_str();
    if plan.is_launchable() && scene.convoy.state.is_staged() {
        ctx.write(|tx| restage(tx, &find(tx.store(), tx.snapshot(), id)?, &plan))?;
        word = stage_word(&plan);
    }
    say_again(ctx, &scene.convoy, &scene.board, word, &plan)
}

/// The same without writing anything down.
fn look_again(ctx: &mut Ctx<'_, '_>, convoy: Convoy) -> Result<()> {
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let file = super::show::file_of(&store, &convoy)?;
    let kept = Molecules::load(&snapshot, now)?;
    let look = kept.look(convoy, file)?;
    super::show::tell_warnings(ctx, &look.convoy, look.file.as_ref());
    let plan = look.plan(&store, &snapshot)?;
    say_again(ctx, &look.convoy, &look.board, look.convoy.state.as_str(), &plan)
}

fn say_again(ctx: &mut Ctx<'_, '_>, convoy: &Convoy, board: &Board, word: &str, plan: &Plan) -> Result<()> {
    if !convoy.state.is_staged() {
        ctx.ui.talk("It is under way or has landed already: nothing was changed");
    }
    print(ctx, Some(&convoy.id), Some(word), plan, &names(board))?;
    if !plan.is_launchable() {
        return Err(refused(&format!("`{}` cannot be launched", convoy.id), plan));
    }
    Ok(())
}

/// What people see of each member, by its name in a plan.
fn names(board: &Board) -> BTreeMap<String, String> {
    board.lines().map(|l| (l.bead.clone().unwrap_or_else(|| l.id.clone()), l.shown.clone())).collect()
}

fn print(
    ctx: &mut Ctx<'_, '_>,
    id: Option<&str>,
    state: Option<&str>,
    plan: &Plan,
    shown: &BTreeMap<String, String>,
) -> Result<()> {
    if ctx.ui.is_json() {
        let mut out = object(plan);
        for (key, value) in [("id", id), ("state", state)] {
            if let Some(value) = value {
                out[key] = json!(value);
            }
        }
        return ctx.ui.json(&out);
    }
    if let Some(id) = id {
        ctx.ui.line(Text::new().plain("Convoy: ").with(Style::Id, id).plain(format!(" ({})", state.unwrap_or("open"))))?;
    }
    for (number, wave) in plan.waves.iter().enumerate() {
        ctx.ui.line(format!("Wave {}:", number + 1))?;
        for member in wave {
            let text =
                shown.get(member).cloned().unwrap_or_else(|| BeadId::new(member).map_or(member.clone(), |i| i.as_str().to_owned()));
            ctx.ui.line(format!("  {text}"))?;
        }
    }
    for finding in &plan.findings {
        let (mark, style) = if finding.weight == Weight::Error { ("🚨", Style::Bad) } else { ("⚠", Style::Warn) };
        ctx.ui.line(Text::new().plain(format!("{mark} ")).with(style, finding.kind).plain(format!(": {}", finding.text)))?;
    }
    Ok(())
}

/// A plan as JSON.
pub(super) fn object(plan: &Plan) -> Value {
    let findings =
        plan.findings.iter().map(|f| json!({"weight": f.weight.as_str(), "kind": f.kind, "members": f.members, "text": f.text}));
    json!({"launchable": plan.is_launchable(), "waves": plan.waves, "findings": findings.collect::<Vec<_>>()})
}

fn schema() -> Value {
    let text = || json!({"type": "string"});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    json!({
        "type": "object",
        "required": ["launchable", "waves", "findings"],
        "properties": {
            "id": text(), "state": text(), "launchable": {"type": "boolean"},
            "waves": {"type": "array", "items": texts()},
            "findings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["weight", "kind", "members", "text"],
                    "properties": {
                        "weight": {"type": "string", "enum": ["error", "warning"]}, "kind": {"type": "string", "enum": KINDS},
                        "members": texts(), "text": text(),
                    },
                },
            },
        },
    })
}
