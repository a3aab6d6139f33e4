//! `gt mail directory`.

use crate::mail::Directory;
use crate::views::Files;
use bd::cli::{Ctx, Sub, parsed};
use bd::error::Result;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "directory",
    aliases: &["dir"],
    about: "Who can be written to",
    args: Args::augment_args,
    run,
    example: "gt mail directory",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// Only addresses with this text
    #[arg(value_name = "PART")]
    part: Option<String>,
}

fn shape() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "array", "items": {"type": "object", "required": ["address", "kind", "members"], "properties": {
        "address": text, "kind": {"enum": ["user", "team", "agent", "group", "channel"]},
        "members": {"type": "array", "items": text}, "owner": {"type": ["string", "null"]},
    }}})
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let mut files = Files::open(&store);
    let directory = Directory::load_kept(&store, &snapshot, &mut files)?;
    files.save();
    let mut rows: Vec<(&str, String, Vec<String>, Option<String>)> = Vec::new();
    rows.extend(directory.users.keys().map(|u| ("user", directory.shown(u), Vec::new(), None)));
    for team in directory.teams.values() {
        rows.push(("team", format!("@{}", team.name), team.members.iter().cloned().collect(), team.owner.clone()));
    }
    let agents = ["mayor", "deacon"].into_iter().chain(directory.agents.keys().map(String::as_str));
    rows.extend(agents.map(|a| ("agent", directory.shown(a), Vec::new(), None)));
    rows.extend(directory.groups.iter().map(|(name, members)| ("group", format!("group:{name}"), members.clone(), None)));
    rows.extend(directory.channels.iter().map(|(name, members)| ("channel", format!("channel:{name}"), members.clone(), None)));
    rows.dedup_by(|a, b| a.1 == b.1);
    if let Some(part) = args.part.as_deref().map(str::to_lowercase) {
        rows.retain(|(_, address, members, _)| {
            address.to_lowercase().contains(&part) || members.iter().any(|m| m.to_lowercase().contains(&part))
        });
    }
    if ctx.ui.is_json() {
        let object = |(kind, address, members, owner): &(&str, String, Vec<String>, Option<String>)| json!({"kind": kind, "address": address, "members": members, "owner": owner});
        return ctx.ui.json(&rows.iter().map(object).collect::<Vec<_>>());
    }
    ctx.ui.page();
    for (kind, address, members, owner) in rows {
        let mut line = Text::new().with(Style::Actor, format!("{address:28}")).with(Style::Dim, format!(" {kind:8}"));
        if !members.is_empty() {
            line.push(Style::Plain, format!(" {}", members.join(", ")));
        } else if let Some(owner) = owner.filter(|_| kind == "team") {
            line.push(Style::Plain, format!(" no members: {} receives", directory.shown(&owner)));
        }
        ctx.ui.line(line)?;
    }
    ctx.ui.talk(
        "Also: overseer (--human), self (--self), @town, @rig/RIG, @crew/RIG, @polecats/RIG, @witnesses, RIG/witness, RIG/refinery",
    );
    Ok(())
}
