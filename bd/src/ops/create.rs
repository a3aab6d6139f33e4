//! `bd create`: one bead, one event.

use super::change::{Done, check_text, done};
use super::dep::DepSpec;
use super::words;
use crate::error::{Error, ErrorKind, Result};
use crate::fold::fold_bead;
use crate::model::{BeadId, DepType, Edge, Event, Fields, Kind, Value, format_time};
use crate::store::Tx;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// What is to be created. Texts that are empty are not there.
#[derive(Clone, Debug, Default)]
pub struct NewBead {
    /// The title.
    pub title: String,
    /// The type, `task` unless said.
    pub issue_type: Option<String>,
    /// The priority, 2 unless said.
    pub priority: Option<i64>,
    /// The status, `open` unless said.
    pub status: Option<String>,
    /// What and why.
    pub description: Option<String>,
    /// How.
    pub design: Option<String>,
    /// When it is done.
    pub acceptance: Option<String>,
    /// Notes.
    pub notes: Option<String>,
    /// Whose it is to be.
    pub assignee: Option<String>,
    /// Who wants it.
    pub owner: Option<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// The parent, as typed.
    pub parent: Option<String>,
    /// Further edges.
    pub deps: Vec<DepSpec>,
    /// A name in another tracker.
    pub external_ref: Option<String>,
    /// A specification document.
    pub spec_id: Option<String>,
    /// Minutes.
    pub estimate: Option<i64>,
    /// Wanted by.
    pub due: Option<Timestamp>,
    /// Not before.
    pub defer: Option<Timestamp>,
    /// Stays in this clone until it is made persistent.
    pub ephemeral: bool,
    /// A template.
    pub template: bool,
    /// Further fields, as a front end knows them (`mol_type`, `await_id`, `metadata.<key>`, …).
    pub fields: Fields,
    /// The whole id, chosen by the caller.
    pub id: Option<String>,
    /// What the id begins with, instead of the project's prefix.
    pub prefix: Option<String>,
    /// Creating twice with one key makes one bead, in every clone.
    pub key: Option<String>,
    /// Refuse a description that lacks the sections of its type.
    pub validate: bool,
    /// Only say what would be created.
    pub dry_run: bool,
}

/// Creates a bead. With a key that was used before, the bead that is there is the answer and nothing changes.
///
/// # Errors
/// A title, word, text, date or name that may not be stored (exit 2 or 4); an id that is taken (exit 6); a section that is
/// missing (exit 2).
pub fn create(tx: &mut Tx<'_>, new: &NewBead) -> Result<Done> {
    let event = event(tx, new)?;
    let id = event.bead.clone();
    if let Some(there) = tx.bead(&id)? {
        if new.key.is_some() {
            if there.is_deleted() {
                return Err(Error::new(ErrorKind::Conflict, format!("the bead of this key, `{id}`, was deleted"))
                    .hint("`bd restore` brings it back"));
            }
            let mut out = done(tx, &id, "Already there", "")?;
            out.changed = false;
            return Ok(out);
        }
        return Err(Error::new(ErrorKind::Conflict, format!("there is a bead `{id}` already")));
    }
    for edge in &event.links {
        // A name that was chosen may be one that others wait for already.
        if new.id.is_some() || new.key.is_some() {
            super::dep::check_new(tx, &event, edge)?;
        }
    }
    if new.dry_run {
        let bead = fold_bead(&id, &[&event]);
        let short = tx.snapshot().short(&id);
        return Ok(Done { what: "Would create".into(), detail: String::new(), short, bead, notes: Vec::new(), changed: false });
    }
    tx.push(event);
    done(tx, &id, "Created", "")
}

fn event(tx: &Tx<'_>, new: &NewBead) -> Result<Event> {
    let config = tx.store().config();
    let title = words::title(&new.title)?;
    let issue_type = new.issue_type.as_deref().map_or_else(|| Ok("task".to_owned()), |t| words::issue_type(config, t))?;
    let mut fields = Fields::new().with("title", Value::text(&title)).with("issue_type", Value::text(&issue_type));
    check_text("title", &title)?;
    fields.set("priority", Value::of(&new.priority.unwrap_or(2)));
    if let Some(status) = &new.status {
        let status = words::status(config, status)?;
        if config.category(&status) == crate::model::Category::Done {
            return Err(Error::usage("a new bead cannot be closed").hint("Create it, then close it"));
        }
        fields.set("status", Value::text(status.as_str()));
    }
    for (name, text) in [
        ("description", &new.description),
        ("design", &new.design),
        ("acceptance_criteria", &new.acceptance),
        ("notes", &new.notes),
        ("assignee", &new.assignee),
        ("owner", &new.owner),
        ("external_ref", &new.external_ref),
        ("spec_id", &new.spec_id),
    ] {
        if let Some(text) = text.as_deref().filter(|t| !t.trim().is_empty()) {
            check_text(name, text)?;
            fields.set(name, Value::text(text));
        }
    }
    if let Some(minutes) = new.estimate {
        fields.set("estimated_minutes", Value::of(&minutes));
    }
    for (name, at) in [("due_at", new.due), ("defer_until", new.defer)] {
        if let Some(at) = at {
            fields.set(name, Value::text(&format_time(at)));
        }
    }
    for (name, on) in [("ephemeral", new.ephemeral), ("is_template", new.template)] {
        if on {
            fields.set(name, Value::of(&true));
        }
    }
    for (name, value) in new.fields.iter() {
        if let Some(text) = value.as_str() {
            check_text(name, &text)?;
        }
        fields.set(name, value.clone());
    }
    if new.validate {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let missing = words::missing_sections(&issue_type, &text(&new.description), &text(&new.acceptance));
        if !missing.is_empty() {
            return Err(Error::usage(format!("the description of a {issue_type} lacks: {}", missing.join(", ")))
                .hint("Add each as a heading, e.g. `## Acceptance Criteria`"));
        }
    }
    let id = name(tx, new)?;
    let mut event = tx.event(&id, Kind::CREATE)?;
    event.set = fields;
    event.labels = labels(&new.labels)?;
    event.links = edges(tx, new, &id)?;
    Ok(event)
}

/// The labels, each once, in order.
pub fn labels(texts: &[String]) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for text in texts.iter().flat_map(|t| t.split(',')).filter(|t| !t.is_empty()) {
        let label = words::label(text)?;
        check_text("label", &label)?;
        if !out.contains(&label) {
            out.push(label);
        }
    }
    Ok(out)
}

fn edges(tx: &Tx<'_>, new: &NewBead, id: &BeadId) -> Result<Vec<Edge>> {
    let parent = new.parent.as_deref().map(|p| DepSpec::new(DepType::PARENT_CHILD, p));
    let mut out: Vec<Edge> = Vec::new();
    for spec in parent.iter().chain(&new.deps) {
        let edge = spec.resolve(tx)?;
        if edge.to == id.as_str() {
            return Err(Error::usage(format!("`{id}` cannot depend on itself")));
        }
        if !out.iter().any(|e| e.to == edge.to && e.kind == edge.kind) {
            out.push(edge);
        }
    }
    Ok(out)
}

fn name(tx: &Tx<'_>, new: &NewBead) -> Result<BeadId> {
    if let Some(prefix) = &new.prefix {
        crate::config::check_prefix(prefix)?;
    }
    match (&new.id, &new.key) {
        (Some(id), _) => {
            let id = BeadId::new(id.trim())?;
            if id.is_pseudo() {
                return Err(Error::usage(format!("`{id}` cannot be chosen: names that begin with `_` are the store's own")));
            }
            Ok(id)
        }
        (None, Some(key)) if key.trim().is_empty() => Err(Error::usage("a key cannot be empty")),
        (None, Some(key)) => key_id(new.prefix.as_deref().unwrap_or(tx.store().config().prefix()), key),
        (None, None) => tx.mint(new.prefix.as_deref()),
    }
}

/// The name of the bead that a key makes: the same in every clone.
///
/// # Errors
/// A prefix that cannot begin a name (exit 2).
pub fn key_id(prefix: &str, key: &str) -> Result<BeadId> {
    let digest = Sha256::digest(format!("bd create --key\0{prefix}\0{}", key.trim()));
    let mut random = [0; 8];
    random.copy_from_slice(&digest[..8]);
    Ok(BeadId::mint(prefix, random)?)
}
