//! `gt convoy land`: everything is closed and provably on the target.

use super::{parsed, shape};
use crate::convoy::gates::{self, Gates};
use crate::convoy::land::{Proof, land, must_hold, prove};
use crate::convoy::proof::Target;
use crate::convoy::{Scene, find, status_file};
use crate::mail::{Directory, Draft, send};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, ErrorKind, Result};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "land",
    aliases: &[],
    about: "Close a convoy whose members are all closed, whose code is proven to be on the target, and whose gates of `land` pass",
    args: Args::augment_args,
    run,
    example: "gt convoy land ledger-trail",
    codes: &[3, 4, 5, 6, 7],
    shape: Some(schema),
};

#[derive(clap::Args)]
struct Args {
    /// Which convoy
    #[arg(value_name = "ID")]
    id: String,
    /// Where the code has to be; the default branch unless said
    #[arg(long, value_name = "BRANCH")]
    target: Option<String>,
    /// A branch whose code is not wanted any more; the landing names it. Can be given several times
    #[arg(long, value_name = "BRANCH")]
    abandoned: Vec<String>,
    /// Only say whether it could land
    #[arg(long)]
    dry_run: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let now = ctx.env.now();
    let target = Target::find(&*ctx.store()?, args.target.as_deref())?;
    if args.dry_run {
        let scene = super::show::scene(ctx, &args.id)?;
        let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
        let proof = prove(&store, &snapshot, &scene, target, &args.abandoned)?;
        let gates = if proof.holds() { gates::ask(&store, &snapshot, &scene.convoy, &proof.target)? } else { Gates::NoCode };
        return say_dry(ctx, &scene, &proof, &gates);
    }
    ctx.writable()?;
    // The gates take their time, so they are asked before the lock is taken; they are about the commit that is proven under it.
    let allowed = {
        let scene = super::show::scene(ctx, &args.id)?;
        let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
        if scene.convoy.state.is_closed() {
            None
        } else {
            must_hold(&scene.convoy, &prove(&store, &snapshot, &scene, target.clone(), &args.abandoned)?)?;
            let gates = gates::ask(&store, &snapshot, &scene.convoy, &target)?;
            gates.record(&store, &scene.convoy)?;
            let allowed = gates.proven(&scene.convoy.id)?;
            Some((gates, allowed))
        }
    };
    // Everything is asked under the lock: a member that is reopened a moment before is seen.
    let (convoy, changed, proof, told) = ctx.write(|tx| {
        let scene = Scene::load(tx.store(), tx.snapshot(), &args.id, now)?;
        let proof = prove(tx.store(), tx.snapshot(), &scene, target, &args.abandoned)?;
        let changed = match &allowed {
            Some((_, allowed)) => land(tx, &scene.convoy, &proof, &args.abandoned, allowed)?,
            None if scene.convoy.state.is_closed() => false,
            None => {
                return Err(Error::new(ErrorKind::Conflict, format!("`{}` was opened again meanwhile", scene.convoy.id))
                    .hint("Say it again: its gates were not asked"));
            }
        };
        let told = if changed { scene.convoy.watchers.clone() } else { Vec::new() };
        if !told.is_empty() {
            let directory = Directory::load(tx.store(), tx.snapshot())?;
            send(tx, &directory, &letter(&scene, &proof, &told))?;
        }
        Ok((scene.convoy.bead, changed, proof, told))
    })?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let molecules = crate::molecule::Shelf::all(&snapshot, now);
    let scene = Scene::of(&store, &snapshot, find(&store, &snapshot, convoy.as_str())?, &molecules, now)?;
    // A command that was ended after its promise has left no record.
    let lacks = || store.git().paths().work_dir.as_ref().is_some_and(|top| !top.join(status_file::path(&scene.convoy.id)).exists());
    let home = (changed || lacks()) && status_file::is_home(&store)?;
    if home {
        // The landing stands; a record that cannot be written is told.
        if let Err(error) = status_file::render(&store, &scene.board, now) {
            ctx.ui.warn(&format!("{} was not written: {error}", status_file::path(&scene.convoy.id)));
        }
    }
    if ctx.ui.is_json() {
        let mut out = object(&scene, &proof, allowed.as_ref().map(|(gates, _)| gates));
        out["changed"] = json!(changed);
        out["told"] = json!(told);
        return ctx.ui.json(&out);
    }
    let what = if changed { "✅ Landed: " } else { "Has landed already: " };
    let on = format!(" ({}, proven on {})", scene.board.progress_text(), proof.target.shown());
    ctx.ui.line(Text::new().plain(what).with(Style::Id, &scene.convoy.id).plain(if changed { on } else { String::new() }))?;
    if home {
        ctx.ui.line(format!("📁 Record: {}", status_file::path(&scene.convoy.id)))?;
    }
    if !told.is_empty() {
        ctx.ui.line(format!("📨 Told: {}", told.join(", ")))?;
    }
    if changed {
        ctx.ui.talk("It is not published yet: `bd sync` shares it");
    }
    Ok(())
}

fn letter(scene: &Scene, proof: &Proof, to: &[String]) -> Draft {
    let lines: Vec<String> = scene.board.lines().map(crate::convoy::Line::text).collect();
    Draft {
        to: to.to_vec(),
        subject: format!("Convoy landed: {}", scene.board.facts.name),
        body: format!(
            "{} has landed: {}, everything proven to be on {}.\n\n{}\n",
            scene.convoy.id,
            scene.board.progress_text(),
            proof.target.shown(),
            lines.join("\n")
        ),
        // Two clones that land at once write one letter.
        key: Some(format!("gt convoy landed {}", scene.convoy.id)),
        about: Some(scene.convoy.bead.as_str().to_owned()),
        any_name: true,
        ..Draft::default()
    }
}

fn say_dry(ctx: &mut Ctx<'_, '_>, scene: &Scene, proof: &Proof, gates: &Gates) -> Result<()> {
    if ctx.ui.is_json() {
        let mut out = object(scene, proof, Some(gates));
        out["changed"] = json!(false);
        out["told"] = json!([]);
        return ctx.ui.json(&out);
    }
    if proof.holds() && gates.pass() {
        return ctx.ui.line(format!("`{}` can land on {}", scene.convoy.id, proof.target.shown()));
    }
    ctx.ui.line(format!("`{}` cannot land on {} yet:", scene.convoy.id, proof.target.shown()))?;
    for missing in proof.missing().into_iter().chain(gates.against()) {
        ctx.ui.line(format!("  {missing}"))?;
    }
    Ok(())
}

fn object(scene: &Scene, proof: &Proof, gates: Option<&Gates>) -> Value {
    let mut out = shape::head(&scene.convoy, &scene.board);
    out["target"] = json!(proof.target.shown());
    out["can_land"] = json!(proof.holds() && gates.is_none_or(Gates::pass));
    let verdicts = gates.map(Gates::verdicts).unwrap_or_default().iter();
    out["gates"] = verdicts.map(|v| json!({"gate": v.gate, "status": v.status, "blocks": v.blocks(), "why": v.why})).collect();
    out["open"] = proof.open.iter().map(|(id, why)| json!({"member": id, "why": why})).collect();
    let code = proof.unlanded.iter();
    out["unlanded"] =
        code.map(|u| json!({"branch": u.branch, "commit": u.commit, "commits": u.commits, "members": u.members})).collect();
    out
}

fn schema() -> Value {
    let text = || json!({"type": "string"});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    shape::head_schema(json!({
        "changed": {"type": "boolean"}, "can_land": {"type": "boolean"}, "target": text(), "told": texts(),
        "gates": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["gate", "status", "blocks", "why"],
                "properties": {"gate": text(), "status": text(), "blocks": {"type": "boolean"}, "why": text()},
            },
        },
        "open": {
            "type": "array",
            "items": {"type": "object", "required": ["member", "why"], "properties": {"member": text(), "why": text()}},
        },
        "unlanded": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["branch", "commit", "commits", "members"],
                "properties": {"branch": text(), "commit": text(), "commits": {"type": "integer"}, "members": texts()},
            },
        },
    }))
}
