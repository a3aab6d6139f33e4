//! `bd update`

use super::create::metadata;
use super::verb::{Group, Verb};
use super::{Ctx, input, print};
use crate::error::{Error, Result};
use crate::ops::update::{UpdateRequest, metadata_key, metadata_pair, update};
use crate::ops::words;
use crate::query::{Day, parse_date};
use clap::{ArgMatches, Args as _, FromArgMatches as _};
use jiff::Timestamp;

pub(super) const VERB: Verb = Verb {
    name: "update",
    aliases: &["edit"],
    group: Group::Edit,
    about: "Change fields, labels, parent, notes",
    args: Args::augment_args,
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
    /// What and why; an empty text clears it
    #[arg(short, long, visible_alias = "body", short_alias = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    description: Option<String>,
    /// Read the description from a file; - = standard input
    #[arg(long, alias = "description-file", value_name = "FILE", conflicts_with = "description")]
    body_file: Option<String>,
    /// Read the description from standard input
    #[arg(long, hide = true, conflicts_with_all = ["description", "body_file"])]
    stdin: bool,
    /// How
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    design: Option<String>,
    /// Read the design from a file; - = standard input
    #[arg(long, value_name = "FILE", conflicts_with = "design")]
    design_file: Option<String>,
    /// When it is done
    #[arg(long, alias = "acceptance-criteria", value_name = "TEXT", allow_hyphen_values = true)]
    acceptance: Option<String>,
    /// Replace the notes
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,
    /// Add to the notes
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with = "notes")]
    append_notes: Option<String>,
    /// Whose it is to be; empty = nobody's
    #[arg(short, long, value_name = "WHO")]
    assignee: Option<String>,
    /// Who wants it
    #[arg(long, value_name = "WHO")]
    owner: Option<String>,
    /// A name in another tracker
    #[arg(long, value_name = "REF")]
    external_ref: Option<String>,
    /// A specification document
    #[arg(long, value_name = "PATH")]
    spec_id: Option<String>,
    /// Minutes
    #[arg(short, long, value_name = "MINUTES", allow_negative_numbers = true)]
    estimate: Option<i64>,
    /// Wanted by a date; empty clears
    #[arg(long, value_name = "DATE")]
    due: Option<String>,
    /// Not before a date; empty clears
    #[arg(long, value_name = "DATE")]
    defer: Option<String>,
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
    let args = Args::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))?;
    let ids = args.ids.clone();
    let request = args.request(ctx)?;
    print::each(ctx, &ids, |tx, id| update(tx, id, &request))
}

impl Args {
    fn request(self, ctx: &mut Ctx<'_, '_>) -> Result<UpdateRequest> {
        let now = ctx.env.now();
        let description = match (&self.body_file, self.stdin, self.description.as_deref()) {
            (Some(file), _, _) => Some(input::text(ctx, file)?),
            (None, true, _) | (None, false, Some("-")) => Some(input::text(ctx, "-")?),
            (None, false, text) => text.map(str::to_owned),
        };
        let design = match &self.design_file {
            Some(file) => Some(input::text(ctx, file)?),
            None => self.design,
        };
        let texts = [
            ("description", description),
            ("design", design),
            ("acceptance_criteria", self.acceptance),
            ("notes", self.notes),
            ("owner", self.owner),
            ("external_ref", self.external_ref),
            ("spec_id", self.spec_id),
            ("await_id", self.await_id),
        ];
        let flag = |on: bool, off: bool| on.then_some(true).or(off.then_some(false));
        let flags = [("ephemeral", flag(self.ephemeral, self.persistent)), ("pinned", flag(self.pin, self.unpin))];
        let date = |text: &Option<String>, day: Day| -> Result<Option<Option<Timestamp>>> {
            match text.as_deref() {
                None => Ok(None),
                Some("" | "none") => Ok(Some(None)),
                Some(text) => parse_date(text, now, day).map(|at| Some(Some(at))),
            }
        };
        if self.estimate.is_some_and(|e| e < 0) {
            return Err(Error::usage("an estimate cannot be negative"));
        }
        let request = UpdateRequest {
            title: self.title,
            status: self.status,
            issue_type: self.issue_type,
            priority: self.priority.as_deref().map(words::priority).transpose()?,
            texts: texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
            assignee: self.assignee,
            append_notes: match self.append_notes.as_deref() {
                Some("-") => Some(input::text(ctx, "-")?),
                text => text.map(str::to_owned),
            },
            estimate: self.estimate,
            due: date(&self.due, Day::End)?,
            defer: date(&self.defer, Day::Start)?,
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
