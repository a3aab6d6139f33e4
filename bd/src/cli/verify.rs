//! `bd verify`

use super::Ctx;
use super::verb::{Group, Verb, parsed};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::verify::{Findings, verify};
use crate::ui::{Style, Text};
use clap::ArgMatches;
use serde_json::json;

pub(super) const VERB: Verb = Verb {
    name: "verify",
    aliases: &[],
    group: Group::Store,
    about: "Check digests, lines and signatures, and that no known event is missing",
    args: <Args as clap::Args>::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// One revision, or a range A..B; everything that is read here unless said
    #[arg(value_name = "REV")]
    rev: Option<String>,
    /// Fail where an event is not signed, or its signature cannot be checked
    #[arg(long)]
    require_signed: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let store = ctx.attached_store()?;
    let found = verify(&store, args.rev.as_deref())?;
    if ctx.ui.is_json() {
        ctx.ui.json(&object(&found, args.require_signed))?;
    } else {
        print(ctx, &found)?;
    }
    if !found.damage.is_empty() {
        return Err(Error::new(ErrorKind::Damaged, format!("{} damaged places", found.damage.len()))
            .hint("`bd doctor --fix` keeps the damaged bytes in quarantine and goes on with the good lines"));
    }
    if !found.missing.is_empty() {
        return Err(
            super::no(format!("{} known events are missing", found.missing.len())).hint("`bd sync` restores what the remote lost")
        );
    }
    if !found.bad.is_empty() {
        return Err(super::no(format!("{} signatures are bad", found.bad.len())));
    }
    if args.require_signed && (found.unsigned > 0 || !found.unchecked.is_empty()) {
        return Err(super::no(format!(
            "{} events without a signature, {} that could not be checked",
            found.unsigned,
            found.unchecked.len()
        )));
    }
    Ok(())
}

fn object(found: &Findings, require_signed: bool) -> serde_json::Value {
    let pair = |(id, why): &(crate::model::EventId, String)| json!({"event": id, "why": why});
    json!({
        "ok": found.is_well() && !(require_signed && (found.unsigned > 0 || !found.unchecked.is_empty())),
        "places": found.places, "files": found.files, "events": found.events,
        "damage": found.damage.iter().map(|d| json!({"file": d.file, "place": d.place, "line": d.line, "why": d.why})).collect::<Vec<_>>(),
        "missing": found.missing.iter().map(|(place, id)| json!({"event": id, "in": place})).collect::<Vec<_>>(),
        "signatures": {
            "good": found.signed, "unsigned": found.unsigned,
            "bad": found.bad.iter().map(pair).collect::<Vec<_>>(), "unchecked": found.unchecked.iter().map(pair).collect::<Vec<_>>(),
        },
    })
}

fn print(ctx: &mut Ctx<'_, '_>, found: &Findings) -> Result<()> {
    ctx.ui.line(Text::new().plain(format!("{} events in {} files: {}", found.events, found.files, found.places.join(", "))))?;
    for damage in &found.damage {
        ctx.ui.line(Text::new().with(Style::Bad, "damaged  ").plain(damage.to_string()))?;
    }
    for (place, id) in found.missing.iter().take(20) {
        ctx.ui.line(Text::new().with(Style::Bad, "missing  ").plain(format!("{id} in {place}")))?;
    }
    if found.missing.len() > 20 {
        ctx.ui.line(Text::new().plain(format!("… {} more", found.missing.len() - 20)))?;
    }
    for (id, why) in &found.bad {
        ctx.ui.line(Text::new().with(Style::Bad, "bad signature  ").plain(format!("{id}: {why}")))?;
    }
    for (id, why) in found.unchecked.iter().take(20) {
        ctx.ui.line(Text::new().with(Style::Warn, "not checked  ").plain(format!("{id}: {why}")))?;
    }
    let signed = if found.signed + found.bad.len() + found.unchecked.len() == 0 {
        "no event is signed: an actor's name is only a claim".to_owned()
    } else {
        format!("{} signed, {} not", found.signed, found.unsigned)
    };
    ctx.ui.line(Text::new().with(Style::Dim, signed))
}
