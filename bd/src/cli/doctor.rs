//! `bd doctor`: what is broken.

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{ErrorKind, Result};
use crate::ops::doctor::{self, Check, Health};
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "doctor",
    aliases: &[],
    group: Group::Store,
    about: "What is broken; --fix puts damaged bytes into quarantine",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Keep damaged bytes in quarantine and go on with the good lines
    #[arg(long)]
    fix: bool,
    /// With --check pollution: delete what tests left behind
    #[arg(long)]
    clean: bool,
    /// Only the checks whose name holds this
    #[arg(long)]
    check: Option<String>,
    /// With --fix: only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Accepted: nothing ever asks
    #[arg(long, short = 'y', hide = true)]
    yes: bool,
    /// Accepted: every check always runs
    #[arg(long, hide = true)]
    deep: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, matches: &ArgMatches) -> Result<()> {
    let args: Args = parsed(matches)?;
    // The names that upstream gave to what looks at beads and not at the store.
    match args.check.as_deref() {
        Some("pollution") => return super::compat::detect_pollution::answer(ctx, args.clean && !args.dry_run),
        Some("validate") => return super::compat::validate::answer(ctx, &[], args.fix && !args.dry_run),
        _ => {}
    }
    let store = ctx.store_for_repair()?;
    let mut repaired = Vec::new();
    if args.fix && !args.dry_run {
        ctx.writable()?;
        repaired = crate::ops::doctor::repair(&store)?;
    }
    let mut checks = doctor::examine(&store)?;
    if let Some(wanted) = &args.check {
        let all = wanted == "conventions";
        checks.retain(|c| all || c.name.contains(wanted.as_str()) || c.category == wanted);
    }
    let well = doctor::is_well(&checks);
    if ctx.ui.is_json() {
        let path = store.git().paths().work_dir.clone().unwrap_or_else(|| store.git().paths().common_dir.clone());
        ctx.ui.json(&json!({
            "path": path.display().to_string(),
            "checks": checks,
            "overall_ok": well,
            "repaired": repaired,
            "cli_version": env!("CARGO_PKG_VERSION"),
        }))?;
    } else {
        for what in &repaired {
            ctx.ui.line(Text::new().plain("Repaired: ").plain(what))?;
        }
        for check in &checks {
            print(ctx, check)?;
        }
    }
    if !well {
        ctx.failed = Some(ErrorKind::Damaged);
    }
    Ok(())
}

fn print(ctx: &mut Ctx<'_, '_>, check: &Check) -> Result<()> {
    let (word, style) = match check.status {
        Health::Ok => ("ok     ", Style::Good),
        Health::Warning => ("warning", Style::Warn),
        Health::Error => ("ERROR  ", Style::Bad),
    };
    ctx.ui.line(Text::new().with(style, word).plain(format!("  {}: {}", check.name, check.message)))?;
    for line in check.detail.iter().flat_map(|d| d.lines()) {
        ctx.ui.line(Text::new().plain(format!("           {line}")))?;
    }
    if let Some(fix) = check.fix.as_ref().filter(|_| check.status != Health::Ok) {
        ctx.ui.line(Text::new().with(Style::Dim, format!("           {fix}")))?;
    }
    Ok(())
}
