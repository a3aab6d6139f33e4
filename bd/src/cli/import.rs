//! `bd import`: upstream's records of any generation.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, ErrorKind, Result};
use crate::ops::import::{self, Imported};
use crate::ui::Text;
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "import",
    aliases: &[],
    group: Group::Share,
    about: "Import upstream's JSONL of any generation; again = a merge by field",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The files; `-` is standard input
    files: Vec<String>,
    /// As upstream's flag: the file
    #[arg(short = 'i', long = "input", value_name = "FILE")]
    input: Option<String>,
    /// Say what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The lines say what was deleted (deletions.jsonl)
    #[arg(long)]
    deletions: bool,
    /// Accepted: what is not new is always left alone
    #[arg(long, hide = true)]
    skip_existing: bool,
    /// Accepted: an import is all or nothing
    #[arg(long, hide = true)]
    strict: bool,
    /// Accepted: a bead's id is its name
    #[arg(long, hide = true)]
    rename_on_import: bool,
    /// Accepted: edges may dangle
    #[arg(long, hide = true, value_name = "HOW")]
    orphan_handling: Option<String>,
    /// Accepted: nothing has to be forced
    #[arg(long, hide = true)]
    force: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let mut files = args.files;
    files.extend(args.input);
    if files.is_empty() {
        return Err(Error::usage("which file? Name one, or `-` for standard input"));
    }
    let mut done = Vec::new();
    for file in files {
        let bytes = super::input::raw(ctx, &file)?.into_bytes();
        let deletions = args.deletions || file.ends_with("deletions.jsonl");
        let result = if args.dry_run {
            let snapshot = ctx.snapshot()?;
            import::plan(&snapshot, &bytes, deletions)
        } else {
            ctx.write(|tx| import::import(tx, &bytes, deletions))
        };
        if result.is_ok() && !args.dry_run && file != "-" {
            let store = ctx.store()?;
            crate::ops::view::accept(&store, &ctx.env.cwd.join(&file), &bytes)?;
        }
        let imported = result.map_err(|mut e| {
            e.message = format!("{file}: {}", e.message);
            e
        })?;
        say(ctx, &file, &imported, args.dry_run)?;
        done.push((file, imported));
    }
    if ctx.ui.is_json() {
        let objects: Vec<_> = done
            .iter()
            .map(|(file, i)| {
                json!({"source": file, "created": i.created.len(), "updated": i.updated, "unchanged": i.unchanged, "skipped": i.skipped.len(),
                    "conflicts": i.conflicts, "memories": i.memories, "ids": i.created, "warnings": i.warnings, "dry_run": args.dry_run})
            })
            .collect();
        match objects.as_slice() {
            [one] => ctx.ui.json(one)?,
            many => ctx.ui.json(many)?,
        }
    }
    if done.iter().any(|(_, i)| !i.conflicts.is_empty()) {
        ctx.failed = Some(ErrorKind::Conflict);
    }
    Ok(())
}

fn say(ctx: &mut Ctx<'_, '_>, file: &str, i: &Imported, dry_run: bool) -> Result<()> {
    if ctx.ui.is_json() {
        return Ok(());
    }
    for (n, warning) in i.warnings.iter().chain(&i.skipped).enumerate() {
        if n == 10 {
            ctx.ui.warn(&format!("… {} more", i.warnings.len() + i.skipped.len() - 10));
            break;
        }
        ctx.ui.warn(warning);
    }
    let would = if dry_run { "would import" } else { "imported" };
    ctx.ui.line(Text::new().plain(format!(
        "{file}: {would} {} new, {} changed, {} unchanged{}",
        i.created.len(),
        i.updated,
        i.unchanged,
        if i.memories > 0 { format!(", {} memories", i.memories) } else { String::new() }
    )))?;
    if !i.conflicts.is_empty() {
        ctx.ui.warn(&format!("{} fields were changed on both sides; `bd conflicts` shows them", i.conflicts.len()));
    }
    Ok(())
}
