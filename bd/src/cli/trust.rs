//! `bd trust`: which programs of the repository this clone's user lets run (PRODUCT, Trust).

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{ErrorKind, Result};
use crate::ops::trust::{self, Trust};
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "trust",
    aliases: &[],
    group: Group::Store,
    about: "Trust the commands in files of .beads as they are now; a change asks again",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// The files, from the top of the tree; without any the state of all is shown
    files: Vec<String>,
    /// Exit 1 unless every file that can hold commands is trusted
    #[arg(long)]
    check: bool,
    /// Take the trust back
    #[arg(long)]
    revoke: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    let store = ctx.store()?;
    if !args.files.is_empty() && !args.check {
        ctx.writable()?;
        for file in &args.files {
            trust::set(&store, file, !args.revoke)?;
        }
    }
    let mut all = trust::list(&store)?;
    if !args.files.is_empty() {
        all.retain(|t| args.files.iter().any(|f| f.trim_start_matches("./") == t.file));
    }
    if ctx.ui.is_json() {
        let objects: Vec<_> = all.iter().map(row).collect();
        ctx.ui.json(&objects)?;
    } else if all.is_empty() {
        ctx.ui.talk("No file of .beads can hold commands");
    } else {
        for Trust { file, branch, trusted, digest } in &all {
            let (word, style) = if *trusted { ("trusted  ", Style::Good) } else { ("untrusted", Style::Warn) };
            let at = branch.as_ref().map_or_else(String::new, |name| format!(" as it decides, on {name}"));
            ctx.ui.line(Text::new().with(style, word).plain(format!("  {file}{at}  ")).with(Style::Dim, &digest[..12]))?;
        }
    }
    if args.check && all.iter().any(|t| !t.trusted) {
        ctx.failed = Some(ErrorKind::No);
    }
    Ok(())
}

fn row(t: &Trust) -> serde_json::Value {
    let mut row = json!({"file": t.file, "trusted": t.trusted, "digest": t.digest});
    if let Some(branch) = &t.branch {
        row["branch"] = json!(branch);
    }
    row
}
