//! The filters that `list`, `ready`, `blocked`, `search` and `count` share (reference/beads.md 4.1).

use super::Ctx;
use crate::error::Result;
use crate::ops::words;
use crate::query::{Day, Filter, MetadataIs, Span, glob, parse_date, regex};
use crate::store::Snapshot;

/// Which beads.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Only these statuses (several: commas)
    #[arg(short, long, value_delimiter = ',')]
    pub status: Vec<String>,
    /// Whose
    #[arg(short, long, value_name = "WHO")]
    pub assignee: Option<String>,
    /// Nobody's
    #[arg(short = 'u', long, alias = "unassigned")]
    pub no_assignee: bool,
    /// Only these types
    #[arg(short = 't', long = "type", value_delimiter = ',', value_name = "TYPE")]
    pub types: Vec<String>,
    /// None of these types
    #[arg(long = "exclude-type", value_delimiter = ',', value_name = "TYPE")]
    pub not_types: Vec<String>,
    /// Only these priorities
    #[arg(short, long, value_delimiter = ',')]
    pub priority: Vec<String>,
    /// This priority or less urgent
    #[arg(long, value_name = "P")]
    pub priority_min: Option<String>,
    /// This priority or more urgent
    #[arg(long, value_name = "P")]
    pub priority_max: Option<String>,
    /// All of these labels
    #[arg(short = 'l', long = "label", alias = "labels", value_delimiter = ',')]
    pub labels: Vec<String>,
    /// One of these labels
    #[arg(long = "label-any", value_delimiter = ',', value_name = "LABEL")]
    pub any_label: Vec<String>,
    /// None of these labels
    #[arg(long = "exclude-label", value_delimiter = ',', value_name = "LABEL")]
    pub not_labels: Vec<String>,
    /// A label like `tech-*`
    #[arg(long, value_name = "GLOB")]
    pub label_pattern: Option<String>,
    /// A label that a regular expression finds
    #[arg(long, value_name = "REGEX")]
    pub label_regex: Option<String>,
    /// Without labels
    #[arg(long)]
    pub no_labels: bool,
    /// Only these ids
    #[arg(long, value_delimiter = ',', value_name = "ID")]
    pub id: Vec<String>,
    /// The title holds this
    #[arg(long, alias = "title-contains", value_name = "TEXT")]
    pub title: Option<String>,
    /// The description holds this
    #[arg(long, value_name = "TEXT")]
    pub desc_contains: Option<String>,
    /// The notes hold this
    #[arg(long, value_name = "TEXT")]
    pub notes_contains: Option<String>,
    /// Without a description
    #[arg(long)]
    pub empty_description: bool,
    /// Created after a date
    #[arg(long, value_name = "DATE")]
    pub created_after: Option<String>,
    /// Created before a date
    #[arg(long, value_name = "DATE")]
    pub created_before: Option<String>,
    /// Changed after a date
    #[arg(long, value_name = "DATE")]
    pub updated_after: Option<String>,
    /// Changed before a date
    #[arg(long, value_name = "DATE")]
    pub updated_before: Option<String>,
    /// Closed after a date
    #[arg(long, value_name = "DATE")]
    pub closed_after: Option<String>,
    /// Closed before a date
    #[arg(long, value_name = "DATE")]
    pub closed_before: Option<String>,
    /// Due after a date
    #[arg(long, value_name = "DATE")]
    pub due_after: Option<String>,
    /// Due before a date
    #[arg(long, value_name = "DATE")]
    pub due_before: Option<String>,
    /// Put off until after a date
    #[arg(long, value_name = "DATE")]
    pub defer_after: Option<String>,
    /// Put off until before a date
    #[arg(long, value_name = "DATE")]
    pub defer_before: Option<String>,
    /// Past its due date and not closed
    #[arg(long)]
    pub overdue: bool,
    /// Put off
    #[arg(long)]
    pub deferred: bool,
    /// Pinned
    #[arg(long, overrides_with = "no_pinned")]
    pub pinned: bool,
    /// Not pinned
    #[arg(long)]
    pub no_pinned: bool,
    /// Without a parent
    #[arg(long)]
    pub no_parent: bool,
    /// The spec begins with this
    #[arg(long, value_name = "TEXT")]
    pub spec: Option<String>,
    /// The molecule type
    #[arg(long, value_name = "TYPE")]
    pub mol_type: Option<String>,
    /// The external reference holds this
    #[arg(long, value_name = "TEXT")]
    pub external_contains: Option<String>,
    /// A metadata key has a value
    #[arg(long, value_name = "KEY=VALUE")]
    pub metadata_field: Vec<String>,
    /// A metadata key is there
    #[arg(long, value_name = "KEY")]
    pub has_metadata_key: Vec<String>,
    /// Templates too
    #[arg(long)]
    pub include_templates: bool,
    /// Waits (type gate) too
    #[arg(long)]
    pub include_gates: bool,
}

impl FilterArgs {
    /// The filter.
    ///
    /// # Errors
    /// An unknown word, a date or pattern that is none (exit 2).
    pub fn filter(&self, ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot) -> Result<Filter> {
        let store = ctx.store()?;
        let (config, now) = (store.config(), store.now());
        let date = |text: &Option<String>| {
            text.as_deref().map(|t| parse_date(t, now, Day::Start).map(jiff::Timestamp::as_millisecond)).transpose()
        };
        let span = |after: &Option<String>, before: &Option<String>| {
            Ok::<Span, crate::error::Error>(Span { after: date(after)?, before: date(before)? })
        };
        let priority = |text: &Option<String>| text.as_deref().map(words::priority).transpose();
        // What an import brought may be asked for too, so an unknown word is looked up among what there is.
        let statuses: Vec<String> = self.status.iter().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        let mut status = Vec::new();
        for text in &statuses {
            match words::status(config, text) {
                Ok(known) => status.push(known.as_str().to_owned()),
                Err(e) if !snapshot.all()?.iter().any(|b| b.status().as_str() == text) => return Err(e),
                Err(_) => status.push(text.clone()),
            }
        }
        let mut types = Vec::new();
        for text in self.types.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
            match words::issue_type(config, text) {
                Ok(known) => types.push(known),
                Err(e) if !snapshot.all()?.iter().any(|b| b.issue_type() == text) => return Err(e),
                Err(_) => types.push(text.to_owned()),
            }
        }
        let ids = self.id.iter().map(|id| snapshot.resolve(id).map(|id| id.as_str().to_owned())).collect::<Result<Vec<_>>>()?;
        let metadata = self.metadata_field.iter().map(|pair| match pair.split_once('=') {
            Some((key, value)) => MetadataIs { key: key.to_owned(), value: Some(value.to_owned()) },
            None => MetadataIs { key: pair.clone(), value: None },
        });
        let keys = self.has_metadata_key.iter().map(|key| MetadataIs { key: key.clone(), value: None });
        Ok(Filter {
            ids: (!ids.is_empty()).then(|| ids.into_iter().collect()),
            status,
            types,
            not_types: self.not_types.clone(),
            priorities: self.priority.iter().map(|p| words::priority(p)).collect::<Result<_>>()?,
            priority_min: priority(&self.priority_min)?,
            priority_max: priority(&self.priority_max)?,
            assignee: self.assignee.clone().filter(|a| !a.is_empty()),
            no_assignee: self.no_assignee || self.assignee.as_deref() == Some(""),
            labels: self.labels.clone(),
            any_label: self.any_label.clone(),
            not_labels: self.not_labels.clone(),
            label_pattern: self.label_pattern.as_deref().map(glob).transpose()?,
            label_regex: self.label_regex.as_deref().map(regex).transpose()?,
            no_labels: self.no_labels,
            title: self.title.clone(),
            description: self.desc_contains.clone(),
            notes: self.notes_contains.clone(),
            empty_description: self.empty_description,
            created: span(&self.created_after, &self.created_before)?,
            updated: span(&self.updated_after, &self.updated_before)?,
            closed: span(&self.closed_after, &self.closed_before)?,
            due: span(&self.due_after, &self.due_before)?,
            defer: span(&self.defer_after, &self.defer_before)?,
            overdue_at: self.overdue.then(|| now.as_millisecond()),
            deferred: self.deferred,
            pinned: self.pinned.then_some(true).or(self.no_pinned.then_some(false)),
            no_parent: self.no_parent,
            spec: self.spec.clone(),
            mol_type: self.mol_type.clone(),
            external_ref: self.external_contains.clone(),
            metadata: metadata.chain(keys).collect(),
            templates_too: self.include_templates,
            gates_too: self.include_gates,
            ..Filter::default()
        })
    }
}
