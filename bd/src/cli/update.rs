//! `bd update`

use super::create::metadata;
use super::field_args::{FieldArgs, date};
use super::verb::{Group, Verb, parsed};
use super::{Ctx, input, print};
use crate::error::Result;
use crate::ops::update::{UpdateRequest, metadata_key, metadata_pair, update};
use crate::ops::words;
use crate::query::Day;
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "update",
    aliases: &["edit"],
    group: Group::Edit,
    about: "Change fields, labels, parent, notes",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args)]
struct Args {
    /// Which beads
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// The title
    #[arg(long, allow_hyphen_values = true)]
    title: Option<String>,
    /// The status
    #[arg(short, long)]
    status: Option<String>,
    /// The type
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    issue_type: Option<String>,
    /// 0 (most urgent) to 4
    #[arg(short, long, value_name = "P")]
    priority: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
    /// Read the design from a file; - = standard input
    #[arg(long, value_name = "FILE", conflicts_with = "design")]
    design_file: Option<String>,
    /// Add to the notes
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with = "notes")]
    append_notes: Option<String>,
    /// Add labels
    #[arg(long, value_name = "LABELS")]
    add_label: Vec<String>,
    /// Remove labels
    #[arg(long, value_name = "LABELS")]
    remove_label: Vec<String>,
    /// These labels and no others
    #[arg(long, value_name = "LABELS", conflicts_with_all = ["add_label", "remove_label"])]
    set_labels: Option<Vec<String>>,
    /// The parent; empty = none
    #[arg(long, value_name = "ID")]
    parent: Option<String>,
    /// Set a metadata key
    #[arg(long, value_name = "KEY=VALUE")]
    set_metadata: Vec<String>,
    /// Remove a metadata key
    #[arg(long, value_name = "KEY")]
    unset_metadata: Vec<String>,
    /// All metadata, a JSON object; @FILE reads it
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// What a wait waits for
    #[arg(long, value_name = "ID")]
    await_id: Option<String>,
    /// Stays in this clone
    #[arg(long, conflicts_with = "persistent")]
    ephemeral: bool,
    /// Shared from now on
    #[arg(long)]
    persistent: bool,
    /// Never closes
    #[arg(long, conflicts_with = "unpin")]
    pin: bool,
    /// Not pinned any more
    #[arg(long)]
    unpin: bool,
    /// Take the bead as well
    #[arg(long)]
    claim: bool,
    /// Only if one's claim still has this epoch
    #[arg(long, value_name = "N")]
    epoch: Option<u64>,
    /// Replace another actor's text where the project asks first
    #[arg(long)]
    replace: bool,
    /// The agent's session
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let ids = args.ids.clone();
    let request = args.request(ctx)?;
    for id in ids.iter().filter(|_| request.claim) {
        super::to_gate::before_claim(ctx, Some(id))?;
    }
    print::each(ctx, &ids, |tx, id| update(tx, id, &request))
}

impl Args {
    fn request(self, ctx: &mut Ctx<'_, '_>) -> Result<UpdateRequest> {
        let now = ctx.env.now();
        let description = self.fields.description(ctx)?;
        let estimate = self.fields.estimate()?;
        let design = match &self.design_file {
            Some(file) => Some(input::text(ctx, file)?),
            None => self.fields.design,
        };
        let texts = [
            ("description", description),
            ("design", design),
            ("acceptance_criteria", self.fields.acceptance),
            ("notes", self.fields.notes),
            ("owner", self.fields.owner),
            ("external_ref", self.fields.external_ref),
            ("spec_id", self.fields.spec_id),
            ("await_id", self.await_id),
        ];
        let flag = |on: bool, off: bool| on.then_some(true).or(off.then_some(false));
        let flags = [("ephemeral", flag(self.ephemeral, self.persistent)), ("pinned", flag(self.pin, self.unpin))];
        let request = UpdateRequest {
            title: self.title,
            status: self.status,
            issue_type: self.issue_type,
            priority: self.priority.as_deref().map(words::priority).transpose()?,
            texts: texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
            assignee: self.fields.assignee,
            append_notes: match self.append_notes.as_deref() {
                Some("-") => Some(input::text(ctx, "-")?),
                text => text.map(str::to_owned),
            },
            estimate,
            due: self.fields.due.as_deref().map(|t| date(t, now, Day::End)).transpose()?,
            defer: self.fields.defer.as_deref().map(|t| date(t, now, Day::Start)).transpose()?,
            add_labels: self.add_label,
            remove_labels: self.remove_label,
            set_labels: self.set_labels,
            parent: self.parent,
            set_metadata: self.set_metadata.iter().map(|p| metadata_pair(p)).collect::<Result<_>>()?,
            unset_metadata: self.unset_metadata.iter().map(|k| metadata_key(k)).collect::<Result<_>>()?,
            metadata: self.metadata.as_deref().map(|text| metadata(ctx, text)).transpose()?,
            flags: flags.into_iter().filter_map(|(name, on)| Some((name, on?))).collect(),
            claim: self.claim,
            epoch: self.epoch,
            replace: self.replace,
            session: self.session.or_else(|| ctx.env.var("CLAUDE_SESSION_ID").map(str::to_owned)),
        };
        Ok(request)
    }
}
