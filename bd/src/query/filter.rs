//! The filters of `list`, `ready`, `blocked`, `count` and `search` (reference/beads.md 4.1).

use super::row::Row;
use crate::error::{Error, Result};
use crate::fold::Bead;
use crate::model::DepType;
use regex::Regex;
use std::collections::BTreeSet;

/// A span of time, milliseconds since 1970; both ends are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Later than this.
    pub after: Option<i64>,
    /// Earlier than this.
    pub before: Option<i64>,
}

impl Span {
    /// True if nothing is asked.
    pub fn is_any(self) -> bool {
        self == Self::default()
    }

    /// True for times inside. A missing time is in no span but the unbounded one.
    pub fn holds(self, at: Option<i64>) -> bool {
        let Some(at) = at else { return self.is_any() };
        self.after.is_none_or(|after| at > after) && self.before.is_none_or(|before| at < before)
    }
}

/// A question about a metadata key: that it is there, or that it has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataIs {
    /// The key; dots lead into objects where no key has the whole name.
    pub key: String,
    /// The value as text; `None` = any.
    pub value: Option<String>,
}

/// What is asked for. All parts must hold; an empty part holds. The default hides what is closed, deleted, a template or a wait.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these beads (by whole id).
    pub ids: Option<BTreeSet<String>>,
    /// Any of these statuses. Asking for one shows closed beads where it is theirs.
    pub status: Vec<String>,
    /// None of these statuses.
    pub not_status: Vec<String>,
    /// Closed beads too.
    pub closed_too: bool,
    /// Deleted beads too (never by default).
    pub deleted_too: bool,
    /// Templates too.
    pub templates_too: bool,
    /// Waits (type `gate`) too. Asking for the type shows them as well.
    pub gates_too: bool,
    /// Any of these types.
    pub types: Vec<String>,
    /// None of these types.
    pub not_types: Vec<String>,
    /// Any of these priorities.
    pub priorities: Vec<i64>,
    /// At least this number.
    pub priority_min: Option<i64>,
    /// At most this number.
    pub priority_max: Option<i64>,
    /// Whose.
    pub assignee: Option<String>,
    /// Nobody's.
    pub no_assignee: bool,
    /// The owner.
    pub owner: Option<String>,
    /// All of these labels.
    pub labels: Vec<String>,
    /// One of these labels.
    pub any_label: Vec<String>,
    /// None of these labels.
    pub not_labels: Vec<String>,
    /// A label that this matches (see [`glob`]).
    pub label_pattern: Option<Regex>,
    /// A label in which this is found.
    pub label_regex: Option<Regex>,
    /// No label at all.
    pub no_labels: bool,
    /// The title holds this, whatever its case.
    pub title: Option<String>,
    /// The description holds this, whatever its case.
    pub description: Option<String>,
    /// The notes hold this, whatever its case.
    pub notes: Option<String>,
    /// No description.
    pub empty_description: bool,
    /// When created.
    pub created: Span,
    /// When last changed.
    pub updated: Span,
    /// When closed.
    pub closed: Span,
    /// When due.
    pub due: Span,
    /// Until when put off.
    pub defer: Span,
    /// Due before this instant and not closed.
    pub overdue_at: Option<i64>,
    /// With a date it is put off to, or with the status `deferred`.
    pub deferred: bool,
    /// The flag `pinned`: with it, or without it.
    pub pinned: Option<bool>,
    /// Ephemeral: only those, or none of them.
    pub ephemeral: Option<bool>,
    /// A direct child of this bead.
    pub parent: Option<String>,
    /// No parent.
    pub no_parent: bool,
    /// The field `spec_id` begins with this.
    pub spec: Option<String>,
    /// The field `mol_type`.
    pub mol_type: Option<String>,
    /// The field `wisp_type`.
    pub wisp_type: Option<String>,
    /// The field `external_ref` holds this.
    pub external_ref: Option<String>,
    /// Metadata.
    pub metadata: Vec<MetadataIs>,
}

impl Filter {
    /// Every bead that is not deleted.
    pub fn all() -> Self {
        Self { closed_too: true, templates_too: true, gates_too: true, ..Self::default() }
    }

    /// True if it asks for nothing beyond the default: what is not closed, deleted, a template or a wait.
    pub fn is_plain(&self) -> bool {
        // Named one by one, so that a new part cannot be forgotten here.
        let Self {
            ids,
            status,
            not_status,
            closed_too,
            deleted_too,
            templates_too,
            gates_too,
            types,
            not_types,
            priorities,
            priority_min,
            priority_max,
            assignee,
            no_assignee,
            owner,
            labels,
            any_label,
            not_labels,
            label_pattern,
            label_regex,
            no_labels,
            title,
            description: _,
            notes: _,
            empty_description: _,
            created,
            updated,
            closed,
            due,
            defer,
            overdue_at,
            deferred,
            pinned,
            ephemeral,
            parent,
            no_parent,
            spec: _,
            mol_type: _,
            wisp_type: _,
            external_ref: _,
            metadata: _,
        } = self;
        let lists = [status, not_status, types, not_types, labels, any_label, not_labels];
        let texts = [assignee, owner, title, parent];
        let flags = [closed_too, deleted_too, templates_too, gates_too, no_assignee, no_labels, deferred, no_parent];
        !self.needs_bead()
            && ids.is_none()
            && lists.iter().all(|l| l.is_empty())
            && texts.iter().all(|t| t.is_none())
            && !flags.into_iter().any(|f| *f)
            && priorities.is_empty()
            && [priority_min, priority_max, overdue_at].iter().all(|n| n.is_none())
            && label_pattern.is_none()
            && label_regex.is_none()
            && [created, updated, closed, due, defer].iter().all(|s| s.is_any())
            && pinned.is_none()
            && ephemeral.is_none()
    }

    /// True if [`Filter::matches_bead`] has something to ask: the row alone does not decide.
    pub fn needs_bead(&self) -> bool {
        self.description.is_some()
            || self.notes.is_some()
            || self.empty_description
            || self.spec.is_some()
            || self.mol_type.is_some()
            || self.wisp_type.is_some()
            || self.external_ref.is_some()
            || !self.metadata.is_empty()
    }

    /// Both parts.
    pub fn matches(&self, row: &Row, bead: &Bead) -> bool {
        self.matches_row(row) && self.matches_bead(bead)
    }

    /// The part that the row decides.
    pub fn matches_row(&self, row: &Row) -> bool {
        let is = |list: &[String], text: &str| list.iter().any(|t| t == text);
        let any = |list: &[String], text: &str| list.is_empty() || is(list, text);
        let has = |label: &String| row.labels.binary_search(label).is_ok();
        let parent = |id: &str| row.edges.iter().any(|e| e.kind == DepType::PARENT_CHILD && e.to == id);
        !row.shadow
            && (self.deleted_too || !row.deleted)
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
            && (self.closed_too || !row.is_closed() || !self.status.is_empty() || (self.deleted_too && row.deleted))
            && (self.templates_too || !row.template)
            && (self.gates_too || row.issue_type != "gate" || is(&self.types, "gate"))
            && any(&self.status, row.status.as_str())
            && !is(&self.not_status, row.status.as_str())
            && any(&self.types, &row.issue_type)
            && !is(&self.not_types, &row.issue_type)
            && (self.priorities.is_empty() || self.priorities.contains(&row.priority))
            && self.priority_min.is_none_or(|min| row.priority >= min)
            && self.priority_max.is_none_or(|max| row.priority <= max)
            && self.assignee.as_deref().is_none_or(|a| row.assignee.as_deref() == Some(a))
            && !(self.no_assignee && row.assignee.is_some())
            && self.owner.as_deref().is_none_or(|o| row.owner.as_deref() == Some(o))
            && self.labels.iter().all(has)
            && (self.any_label.is_empty() || self.any_label.iter().any(has))
            && !self.not_labels.iter().any(has)
            && self.label_pattern.as_ref().is_none_or(|p| row.labels.iter().any(|l| p.is_match(l)))
            && self.label_regex.as_ref().is_none_or(|p| row.labels.iter().any(|l| p.is_match(l)))
            && (!self.no_labels || row.labels.is_empty())
            && self.title.as_deref().is_none_or(|t| contains(&row.title, t))
            && self.created.holds(Some(row.created_at))
            && self.updated.holds(Some(row.updated_at))
            && self.closed.holds(row.closed_at)
            && self.due.holds(row.due_at)
            && self.defer.holds(row.defer_until)
            && self.overdue_at.is_none_or(|now| !row.is_closed() && row.due_at.is_some_and(|due| due < now))
            && (!self.deferred || row.defer_until.is_some() || row.class == super::StatusClass::Deferred)
            && self.pinned.is_none_or(|p| p == (row.pinned || row.class == super::StatusClass::Pinned))
            && self.ephemeral.is_none_or(|e| e == row.ephemeral)
            && self.parent.as_deref().is_none_or(parent)
            && !(self.no_parent && row.parent.is_some())
    }

    /// The part that needs the folded bead.
    pub fn matches_bead(&self, bead: &Bead) -> bool {
        let holds = |field: &str, part: Option<&str>| part.is_none_or(|p| bead.text(field).is_some_and(|t| contains(&t, p)));
        let is = |field: &str, want: Option<&str>| want.is_none_or(|w| bead.text(field).as_deref() == Some(w));
        holds("description", self.description.as_deref())
            && self.notes.as_deref().is_none_or(|p| bead.notes_text().is_some_and(|t| contains(&t, p)))
            && !(self.empty_description && bead.text("description").is_some())
            && self.spec.as_deref().is_none_or(|p| bead.text("spec_id").is_some_and(|t| t.starts_with(p)))
            && is("mol_type", self.mol_type.as_deref())
            && is("wisp_type", self.wisp_type.as_deref())
            && holds("external_ref", self.external_ref.as_deref())
            && self.metadata.iter().all(|m| metadata_is(bead, m))
    }
}

/// True if the text holds the part, whatever the case of either.
pub fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn metadata_is(bead: &Bead, want: &MetadataIs) -> bool {
    let Some(tree) = bead.metadata().and_then(|m| serde_json::to_value(&m).ok()) else { return false };
    let whole = tree.get(&want.key);
    let found = whole.or_else(|| want.key.split('.').try_fold(&tree, |at, key| at.get(key)));
    match (found, &want.value) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(serde_json::Value::String(text)), Some(value)) => text == value,
        (Some(other), Some(value)) => serde_json::from_str::<serde_json::Value>(value).is_ok_and(|v| v == *other),
    }
}

/// A whole text where `*` stands for any text and `?` for one character; everything else for itself.
///
/// # Errors
/// Usage, for a pattern that is too large to match with.
pub fn glob(pattern: &str) -> Result<Regex> {
    let mut text = String::from("(?s)^");
    for c in pattern.chars() {
        match c {
            '*' => text.push_str(".*"),
            '?' => text.push('.'),
            c => text.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    text.push('$');
    pattern_of(&text, pattern)
}

/// A regular expression that is found anywhere in a text.
///
/// # Errors
/// Usage, where it is none, with the place.
pub fn regex(pattern: &str) -> Result<Regex> {
    pattern_of(pattern, pattern)
}

fn pattern_of(text: &str, shown: &str) -> Result<Regex> {
    regex::RegexBuilder::new(text).size_limit(1 << 20).build().map_err(|e| {
        Error::usage(format!("`{}` is no pattern that can be matched: {e}", shown.escape_debug()))
            .hint("Patterns are regular expressions in the syntax of the crate regex, without look-around and back-references")
    })
}
