//! `bd hooks status`.

use crate::cli::gate::Sub;
use crate::shim;
use bd::cli::Ctx;
use bd::error::{ErrorKind, Result};
use bd::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const SUB: Sub = Sub {
    name: "status",
    aliases: &["list"],
    about: "Prove that git reaches the hooks: ask it, and let canaries fly; exit 1 if one does not come back",
    args: |c| c,
    run,
    example: "bd hooks status",
    codes: &[1, 2],
    shape: Some(shape),
};

fn run(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let git = bd::git::open(&ctx.env)?;
    let status = shim::status(&*git, &ctx.env)?;
    ctx.failed = (!status.reached()).then_some(ErrorKind::No);
    if ctx.ui.is_json() {
        let mut object = serde_json::to_value(&status).map_err(|e| bd::error::Error::internal(e.to_string()))?;
        object["reached"] = status.reached().into();
        return ctx.ui.json(&object);
    }
    ctx.ui.line(format!("git runs hooks from {}", status.folder.display()))?;
    if !status.installed {
        ctx.ui
            .line(Text::new().with(Style::Warn, "not installed").plain(": no hook asks the gates. `bd hooks install` does it"))?;
        status.notes.iter().for_each(|n| ctx.ui.warn(n));
        return Ok(());
    }
    for hook in &status.hooks {
        let lost = status.canaries.iter().find(|c| c.hook == hook.hook && c.lost.is_some());
        let why = hook.unreached.clone().or_else(|| lost.map(|c| format!("{}: {}", c.how, c.lost.clone().unwrap_or_default())));
        let proven = status.canaries.iter().any(|c| c.hook == hook.hook);
        let mut line = Text::new().plain(format!("{:<19} ", hook.hook));
        line = match &why {
            Some(why) => line.with(Style::Bad, "not reached").plain(format!(": {why}")),
            None if proven => line.with(Style::Good, "reached").plain(", the canary was refused"),
            None => line.with(Style::Good, "reached"),
        };
        if let Some(old) = &hook.chains {
            line = line.plain(format!("; {} runs first", old.display()));
        }
        ctx.ui.line(line)?;
    }
    status.notes.iter().for_each(|n| ctx.ui.warn(n));
    if !status.reached() {
        ctx.ui.talk("`bd hooks install` puts them where git looks; a hook manager that runs after it may have taken their place");
    }
    Ok(())
}

fn shape() -> serde_json::Value {
    let text = || json!({"type": "string"});
    let maybe = || json!({"type": ["string", "null"]});
    json!({"type": "object", "required": ["installed", "reached", "folder", "version", "hooks", "canaries", "notes"], "properties": {
        "installed": {"type": "boolean"}, "reached": {"type": "boolean"}, "folder": text(), "version": {"type": "integer"},
        "hooks": {"type": "array", "items": {"type": "object", "required": ["hook", "file", "shim", "chains", "unreached"], "properties": {
            "hook": text(), "file": text(), "shim": {"type": ["integer", "null"]}, "chains": maybe(), "unreached": maybe()}}},
        "canaries": {"type": "array", "items": {"type": "object", "required": ["hook", "how", "lost"], "properties": {
            "hook": text(), "how": text(), "lost": maybe()}}},
        "notes": {"type": "array", "items": text()}}})
}
