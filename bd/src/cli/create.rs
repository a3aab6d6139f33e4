//! `bd create`

use super::field_args::FieldArgs;
use super::verb::{Group, Verb, parsed};
use super::{Ctx, input, print};
use crate::error::{Error, Result};
use crate::interchange::json;
use crate::model::{Fields, Value};
use crate::ops::create::{NewBead, create};
use crate::ops::dep::{DepSpec, parse_deps};
use crate::ops::words;
use crate::query::{Day, parse_date};
use clap::{ArgMatches, Args as _};

pub(super) const VERB: Verb = Verb {
    name: "create",
    aliases: &["new"],
    group: Group::Work,
    about: "Create a bead",
    args: Args::augment_args,
    subs: &[],
    run,
};

#[derive(clap::Args, Default)]
pub(super) struct Args {
    /// The title
    #[arg(value_name = "TITLE", value_parser = input::prose)]
    title: Option<String>,
    /// The title
    #[arg(long = "title", value_name = "TITLE", allow_hyphen_values = true, conflicts_with = "title")]
    title_flag: Option<String>,
    /// task (unless said), bug, feature, epic, chore, …
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    issue_type: Option<String>,
    /// 0 (most urgent) to 4; 2 unless said
    #[arg(short, long, value_name = "P")]
    priority: Option<String>,
    /// The status
    #[arg(short, long)]
    status: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
    /// Labels (several: commas)
    #[arg(short, long, visible_alias = "label", value_name = "LABELS")]
    labels: Vec<String>,
    /// The parent
    #[arg(long, value_name = "ID")]
    parent: Option<String>,
    /// Dependencies: type:id,id,…
    #[arg(long, value_name = "DEPS")]
    deps: Vec<String>,
    /// Wait for the children of this bead
    #[arg(long, value_name = "ID")]
    waits_for: Option<String>,
    /// all-children (unless said) or any-children
    #[arg(long, value_name = "GATE", requires = "waits_for")]
    waits_for_gate: Option<String>,
    /// Stays in this clone
    #[arg(long, alias = "wisp")]
    ephemeral: bool,
    /// The kind of an ephemeral bead
    #[arg(long, value_name = "TYPE")]
    wisp_type: Option<String>,
    /// The kind of a molecule
    #[arg(long, value_name = "TYPE")]
    mol_type: Option<String>,
    /// Metadata, a JSON object; @FILE reads it
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// The whole id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// What the id begins with
    #[arg(long, value_name = "PREFIX", conflicts_with = "id")]
    prefix: Option<String>,
    /// Creating twice with one key makes one bead
    #[arg(long, value_name = "KEY", conflicts_with = "id")]
    key: Option<String>,
    /// Refuse a description that lacks the sections of its type
    #[arg(long)]
    validate: bool,
    /// Create the beads of a Markdown plan (`## Title`, text, `### Section`); - = standard input
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["title", "title_flag", "id", "key"])]
    file: Option<String>,
    /// Only say what would be created
    #[arg(long)]
    dry_run: bool,
    /// Print only the id
    #[arg(long)]
    silent: bool,
    #[arg(long, hide = true)]
    force: bool,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let silent = args.silent;
    if let Some(file) = args.file.clone() {
        // The title of each stands in the plan; what else was asked for holds for all.
        let common = Args { title: Some("-".to_owned()), ..args }.new_bead(ctx)?;
        return plan(ctx, &file, &common, silent);
    }
    let new = args.new_bead(ctx)?;
    let done = ctx.write(|tx| create(tx, &new))?;
    print::notes(ctx, &done.notes);
    if ctx.ui.is_json() {
        return ctx.ui.json(&json::issue_object(&done.bead));
    }
    if silent {
        return ctx.ui.line(done.bead.id.as_str());
    }
    ctx.ui.line(print::done_line(&done))
}

/// Creates every bead of a Markdown plan, or none.
fn plan(ctx: &mut Ctx<'_, '_>, file: &str, common: &NewBead, silent: bool) -> Result<()> {
    let drafts = crate::interchange::markdown::parse(&input::text(ctx, file)?).map_err(|mut e| {
        e.message = format!("{file}: {}", e.message);
        e
    })?;
    let made = ctx.write(|tx| crate::ops::plan::create_plan(tx, &drafts, common))?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&made.iter().map(|done| json::issue_object(&done.bead)).collect::<Vec<_>>());
    }
    for done in &made {
        if silent {
            ctx.ui.line(done.bead.id.as_str())?;
        } else {
            ctx.ui.line(print::done_line(done))?;
        }
    }
    Ok(())
}

impl Args {
    /// What the arguments ask for.
    pub(super) fn new_bead(self, ctx: &mut Ctx<'_, '_>) -> Result<NewBead> {
        let now = ctx.env.now();
        let description = self.fields.description(ctx)?;
        let mut deps = parse_deps(&self.deps)?;
        if let Some(spawner) = &self.waits_for {
            deps.push(DepSpec::waits_for(spawner, self.waits_for_gate.as_deref())?);
        }
        let estimate = self.fields.estimate()?;
        let mut fields = Fields::new();
        for (name, text) in [("wisp_type", &self.wisp_type), ("mol_type", &self.mol_type)] {
            if let Some(text) = text {
                fields.set(name, Value::text(text));
            }
        }
        for (key, value) in self.metadata.as_deref().map(|m| metadata(ctx, m)).transpose()?.unwrap_or_default() {
            fields.set(&format!("metadata.{key}"), value);
        }
        let date = |text: &Option<String>, day| text.as_deref().map(|t| parse_date(t, now, day)).transpose();
        Ok(NewBead {
            title: self
                .title
                .or(self.title_flag)
                .ok_or_else(|| Error::usage("a bead needs a title").hint("bd create \"What is to be done\""))?,
            issue_type: self.issue_type,
            priority: self.priority.as_deref().map(words::priority).transpose()?,
            status: self.status,
            description,
            design: self.fields.design,
            acceptance: self.fields.acceptance,
            notes: self.fields.notes,
            assignee: self.fields.assignee,
            owner: self.fields.owner,
            labels: self.labels,
            parent: self.parent,
            deps,
            external_ref: self.fields.external_ref,
            spec_id: self.fields.spec_id,
            estimate,
            due: date(&self.fields.due, Day::End)?,
            defer: date(&self.fields.defer, Day::Start)?,
            ephemeral: self.ephemeral,
            template: false,
            fields,
            id: self.id,
            prefix: self.prefix,
            key: self.key,
            validate: self.validate,
            dry_run: self.dry_run,
        })
    }
}

/// The keys and values of a JSON object that is given, or named with `@`.
pub(super) fn metadata(ctx: &Ctx<'_, '_>, text: &str) -> Result<Vec<(String, Value)>> {
    let text = match text.strip_prefix('@') {
        Some(file) => input::text(ctx, file)?,
        None => text.to_owned(),
    };
    let fields: Fields = serde_json::from_str(&text).map_err(|e| Error::usage(format!("the metadata is no JSON object: {e}")))?;
    Ok(fields.iter().map(|(name, value)| (name.to_owned(), value.clone().compact())).collect())
}
