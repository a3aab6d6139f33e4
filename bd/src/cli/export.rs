//! `bd export`: upstream's records.

use super::Ctx;
use super::filter_args::FilterArgs;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::interchange::export::{ExportOptions, export, export_memories};
use crate::model::{BeadId, MEMORY_BEAD};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "export",
    aliases: &[],
    group: Group::Share,
    about: "Write upstream's JSONL, sorted by id; untouched records byte for byte",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    #[command(flatten)]
    filter: FilterArgs,
    /// Write to this file (through a temporary one) instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// jsonl is the only format
    #[arg(long, default_value = "jsonl")]
    format: String,
    /// Leave deleted beads out
    #[arg(long)]
    no_tombstones: bool,
    /// Memories too, as lines of upstream v1
    #[arg(long, alias = "memories")]
    include_memories: bool,
    /// Accepted: closed beads are always exported
    #[arg(long, hide = true)]
    all: bool,
    /// Accepted: nothing has to be forced
    #[arg(long, hide = true)]
    force: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    if args.format != "jsonl" {
        return Err(Error::usage(format!("`{}` is no format of an export", args.format.escape_debug())).hint("The format is jsonl"));
    }
    let snapshot = ctx.snapshot()?;
    let store = ctx.store()?;
    let filter = args.filter.filter(ctx, &snapshot)?;
    // An export is the whole backlog unless it is narrowed.
    let filter = crate::query::Filter { closed_too: true, deleted_too: true, templates_too: true, gates_too: true, ..filter };
    let keep = |bead: &Bead| filter.matches(&crate::ops::graph::row(bead, store.config()), bead);
    let options = ExportOptions { tombstones: !args.no_tombstones };
    let mut bytes = Vec::new();
    let sink = |e: std::io::Error| Error::internal(format!("the export could not be made: {e}"));
    let done = export(snapshot.all()?, options, &keep, &mut bytes).map_err(sink)?;
    if args.include_memories {
        if let Some(memory) = snapshot.bead(&BeadId::new(MEMORY_BEAD)?)? {
            export_memories(&memory, &mut bytes).map_err(sink)?;
        }
    }
    match &args.output {
        None => ctx.ui.bytes(&bytes)?,
        Some(file) => {
            let path = ctx.env.cwd.join(file);
            crate::ops::files::write(&path, &bytes)?;
        }
    }
    if ctx.globals.json || args.output.is_some() {
        let report = json!({"success": true, "exported": done.written, "tombstones": done.tombstones, "skipped": done.left_out, "total_issues": done.written + done.left_out});
        // The records are on stdout: the report is talk.
        match ctx.globals.json {
            true => ctx.ui.talk(report.to_string()),
            false => ctx.ui.talk(format!("{} records", done.written)),
        }
    }
    Ok(())
}
