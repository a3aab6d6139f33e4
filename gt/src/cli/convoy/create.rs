//! `gt convoy create`: a new convoy with a file of its own, from a file that is there, or over beads alone.

use super::{parsed, shape};
use crate::convoy::make::{NewConvoy, Wish, adopted, make};
use crate::convoy::{Outlook, Scene, name, place};
use bd::cli::{Ctx, Sub};
use bd::error::{Error, Result};
use clap::{ArgMatches, Args as _};

pub(super) const SUB: Sub = Sub {
    name: "create",
    aliases: &["new"],
    about: "Make a convoy: with a file of its own, from a file that is there, or over beads alone",
    args: Args::augment_args,
    run,
    example: "gt convoy create --id ledger-trail --name \"Ledger trail\" --owner @mira --teams intake,pricing",
    codes: &[6, 7],
    shape: Some(shape::board_schema),
};

#[derive(clap::Args)]
struct Args {
    /// A name and the beads or molecules to track; with --name, --id or --config only these
    #[arg(value_name = "NAME [BEAD…]", num_args = 0..)]
    words: Vec<String>,
    /// The id; it names the folder .beads/convoys/ID
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The name for people
    #[arg(long, value_name = "TEXT", conflicts_with = "config")]
    name: Option<String>,
    /// Whose it is
    #[arg(long, value_name = "WHO", conflicts_with = "config")]
    owner: Option<String>,
    /// The teams that take part
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with = "config")]
    teams: Vec<String>,
    /// Take the convoy.toml that is there
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Who is told when it lands; can be given several times
    #[arg(long, value_name = "ADDRESS")]
    notify: Vec<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let mut new = wanted(ctx, &args)?;
    new.watchers.clone_from(&args.notify);
    let mut wrote = None;
    let made = ctx.write(|tx| make(tx, &new, &mut wrote));
    if let (Err(_), Some(path)) = (&made, &wrote) {
        // Nothing changes where a command fails.
        bd::failpoint!("gt.convoy.take_back.before");
        let _gone_already = std::fs::remove_file(path);
        bd::failpoint!("gt.convoy.take_back.after");
    }
    let made = made?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let scene = Outlook::from(Scene::load(&store, &snapshot, made.bead.as_str(), ctx.env.now())?);
    super::show::tell_warnings(ctx, &scene.convoy, scene.file.as_ref());
    if !made.changed {
        ctx.ui.talk("The convoy was there already, from this file");
    }
    if ctx.ui.is_json() {
        return ctx.ui.json(&shape::board(&scene));
    }
    for line in scene.board.created_lines(scene.file.as_ref().map(|f| f.path.as_str())) {
        ctx.ui.line(line)?;
    }
    Ok(())
}

fn wanted(ctx: &mut Ctx<'_, '_>, args: &Args) -> Result<NewConvoy> {
    if let Some(path) = &args.config {
        let store = ctx.store()?;
        let path = place::named(&store, &ctx.env.cwd, path)?;
        let file = place::at(&store, &path)?.ok_or_else(|| Error::usage(format!("there is no {path}")))?;
        return Ok(NewConvoy { members: args.words.clone(), ..adopted(&file, args.id.as_deref())? });
    }
    let (title, members, file) = match (&args.name, &args.id, args.words.split_first()) {
        // The form with flags: a file of its own.
        (Some(name), Some(_), _) => (name.clone(), args.words.clone(), Wish::Fresh),
        (Some(name), None, _) => (name.clone(), args.words.clone(), Wish::None),
        (None, Some(id), None) => (id.clone(), Vec::new(), Wish::Fresh),
        // The form with words: beads alone.
        (None, _, Some((name, rest))) => (name.clone(), rest.to_vec(), Wish::None),
        (None, None, None) => {
            return Err(Error::usage("a convoy needs a name")
                .hint("`gt convoy create NAME BEAD…`, `--id ID --name TEXT`, or `--config FILE` for a file that is there"));
        }
    };
    let id = match &args.id {
        Some(id) => id.trim().to_owned(),
        None => name::slug(&title)
            .ok_or_else(|| Error::usage("the name has no letters that an id could be made of").hint("Say --id ID"))?,
    };
    Ok(NewConvoy {
        id,
        name: title,
        owner: args.owner.clone(),
        teams: args.teams.iter().filter(|t| !t.trim().is_empty()).cloned().collect(),
        members,
        file,
        ..NewConvoy::default()
    })
}
