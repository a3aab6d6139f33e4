//! The shapes of `--json` output, upstream's where upstream has one (reference/beads.md 4.3). A test runs the commands and
//! holds their output against these.

use serde_json::{Value, json};

/// What a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One issue.
    Issue,
    /// Issues.
    Issues,
    /// Issues with their three counters.
    Counted,
    /// Issues with what blocks them.
    Blocked,
    /// Issues with everything about them.
    Shown,
    /// Issues as nodes of a tree.
    Tree,
    /// Issues with the type of the edge that leads to them.
    Linked,
    /// Circles, each a list of issues.
    Circles,
    /// What became of an edge.
    EdgeChange,
    /// What became of labels.
    LabelChanges,
    /// Labels of a bead.
    Labels,
    /// All labels with their counts.
    LabelCounts,
    /// One comment.
    Comment,
    /// Comments.
    Comments,
    /// Events of a bead.
    History,
    /// Fields with several values.
    Conflicts,
    /// Counts of the whole backlog.
    Stats,
    /// A count, or counts by group.
    Count,
    /// A memory that was written.
    Remembered,
    /// One memory.
    Memory,
    /// Memories.
    Memories,
    /// What a batch did.
    Batch,
    /// What an import did.
    Import,
    /// Checks.
    Doctor,
    /// How far epics are.
    Epics,
    /// What a verb says in keys of its own: these at least, each with its JSON type.
    Keys(&'static [(&'static str, &'static str)]),
    /// An array of such objects.
    Rows(&'static [(&'static str, &'static str)]),
}

/// An object with these keys at least.
fn keys(keys: &[(&str, &str)]) -> Value {
    let required: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    let properties = keys.iter().map(|(name, kind)| ((*name).to_owned(), json!({"type": kind})));
    object(&required, Value::Object(properties.collect()))
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties})
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn number() -> Value {
    json!({"type": "integer"})
}

fn texts() -> Value {
    list(text())
}

fn issue_with(more: &[(&str, Value)]) -> Value {
    let mut properties = json!({
        "id": text(), "title": text(), "description": text(), "design": text(), "acceptance_criteria": text(), "notes": text(),
        "status": text(), "priority": {"type": "integer", "description": "0 (most urgent) to 4"}, "issue_type": text(), "assignee": text(), "owner": text(),
        "estimated_minutes": number(), "created_at": text(), "created_by": text(), "updated_at": text(), "closed_at": text(),
        "close_reason": text(), "outcome": {"type": "string", "enum": ["done", "failed", "cancelled", "duplicate", "superseded"]},
        "due_at": text(), "defer_until": text(), "external_ref": text(), "labels": texts(), "metadata": {"type": "object"},
        "conflicts": {"type": "array", "items": text(), "description": "fields that several wrote without having seen each other"},
        "contested": {"type": "array", "items": text(), "description": "who holds the bead, where several do"}
    });
    let mut required = vec!["id", "title", "status", "priority", "issue_type", "created_at", "updated_at"];
    for (name, schema) in more {
        properties[*name] = schema.clone();
        required.push(name);
    }
    object(&required, properties)
}

fn counters() -> [(&'static str, Value); 3] {
    [("dependency_count", number()), ("dependent_count", number()), ("comment_count", number())]
}

fn comment() -> Value {
    object(
        &["id", "issue_id", "author", "text", "created_at"],
        json!({"id": text(), "issue_id": text(), "author": text(), "text": text(), "created_at": text()}),
    )
}

fn memory() -> Value {
    object(
        &["key", "value", "by", "updated_at"],
        json!({"key": text(), "value": text(), "by": text(), "updated_at": text(), "conflict": {"type": "boolean"}}),
    )
}

impl Shape {
    /// In a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Issue => "one issue",
            Self::Issues => "issues",
            Self::Counted => "issues with counters",
            Self::Blocked => "issues with what blocks them",
            Self::Shown => "issues with dependencies, dependents and comments",
            Self::Tree => "nodes of a tree, in order",
            Self::Linked => "issues with the type of their edge",
            Self::Circles => "circles of issues",
            Self::EdgeChange => "what became of an edge",
            Self::LabelChanges => "what became of labels",
            Self::Labels => "labels",
            Self::LabelCounts => "labels with counts",
            Self::Comment => "one comment",
            Self::Comments => "comments",
            Self::History => "events, oldest first",
            Self::Conflicts => "fields with several values",
            Self::Stats => "counts of the backlog",
            Self::Count => "a count, or counts by group",
            Self::Remembered => "the memory that was written",
            Self::Memory => "one memory",
            Self::Memories => "memories",
            Self::Batch => "the results, a line each",
            Self::Import => "what was new, changed and skipped",
            Self::Doctor => "checks",
            Self::Epics => "epics with how far they are",
            Self::Keys(_) => "an object",
            Self::Rows(_) => "objects",
        }
    }

    /// Its schema.
    pub fn schema(self) -> Value {
        match self {
            Self::Issue => issue_with(&[]),
            Self::Issues => list(issue_with(&[])),
            Self::Counted => list(issue_with(&counters())),
            Self::Blocked => list(issue_with(&[("blocked_by_count", number()), ("blocked_by", texts())])),
            Self::Shown => {
                let linked = list(issue_with(&[("dependency_type", text())]));
                list(issue_with(&[
                    ("labels", texts()),
                    ("dependencies", linked.clone()),
                    ("dependents", linked),
                    ("comments", list(comment())),
                ]))
            }
            Self::Tree => {
                list(issue_with(&[("depth", number()), ("parent_id", text()), ("truncated", json!({"type": "boolean"}))]))
            }
            Self::Linked => list(issue_with(&[("dependency_type", text())])),
            Self::Circles => list(list(issue_with(&[]))),
            Self::EdgeChange => {
                object(&["status"], json!({"status": text(), "issue_id": text(), "depends_on_id": text(), "type": text()}))
            }
            Self::LabelChanges => {
                list(object(&["status", "issue_id", "label"], json!({"status": text(), "issue_id": text(), "label": text()})))
            }
            Self::Labels => texts(),
            Self::LabelCounts => list(object(&["label", "count"], json!({"label": text(), "count": number()}))),
            Self::Comment => comment(),
            Self::Comments => list(comment()),
            Self::History => list(object(&["id", "at", "by"], json!({"id": text(), "at": text(), "by": text()}))),
            Self::Conflicts => list(json!({"type": "object"})),
            Self::Stats => {
                let names = [
                    "total_issues",
                    "open_issues",
                    "in_progress_issues",
                    "closed_issues",
                    "blocked_issues",
                    "deferred_issues",
                    "ready_issues",
                    "tombstone_issues",
                    "pinned_issues",
                    "epics_eligible_for_closure",
                ];
                let mut properties = json!({"average_lead_time_hours": {"type": "number"}});
                for name in names {
                    properties[name] = number();
                }
                object(&["summary"], json!({"summary": object(&names, properties), "recent_activity": {"type": "object"}}))
            }
            Self::Count => object(
                &[],
                json!({"count": number(), "total": number(), "groups": list(object(&["group", "count"], json!({"group": text(), "count": number()})))}),
            ),
            Self::Remembered => {
                object(&["key", "value", "updated"], json!({"key": text(), "value": text(), "updated": {"type": "boolean"}}))
            }
            Self::Memory => memory(),
            Self::Memories => list(memory()),
            Self::Batch => object(
                &["results", "events"],
                json!({"results": list(json!({"type": "object"})), "events": number(), "dry_run": {"type": "boolean"}}),
            ),
            Self::Import => object(
                &["source", "created", "updated", "unchanged", "skipped", "ids"],
                json!({"source": text(), "created": number(), "updated": number(), "unchanged": number(), "skipped": number(), "conflicts": texts(),
                    "memories": number(), "ids": texts(), "warnings": texts(), "dry_run": {"type": "boolean"}}),
            ),
            Self::Epics => {
                let flag = json!({"type": "boolean"});
                let properties = json!({"epic": issue_with(&[]), "total_children": number(), "closed_children": number(), "eligible_for_close": flag});
                list(object(&["epic", "total_children", "closed_children", "eligible_for_close"], properties))
            }
            Self::Keys(names) => keys(names),
            Self::Rows(names) => list(keys(names)),
            Self::Doctor => object(
                &["path", "checks", "overall_ok", "cli_version"],
                json!({"path": text(), "overall_ok": {"type": "boolean"}, "cli_version": text(), "checks": list(object(
                    &["name", "status", "message", "category"],
                    json!({"name": text(), "status": {"type": "string", "enum": ["ok", "warning", "error"]}, "message": text(), "category": text()})))}),
            ),
        }
    }
}

/// Every command with a schema.
pub const SHAPES: &[(&str, Shape)] = &[
    ("create", Shape::Issue),
    ("show", Shape::Shown),
    ("list", Shape::Counted),
    ("ready", Shape::Counted),
    ("blocked", Shape::Blocked),
    ("search", Shape::Counted),
    ("query", Shape::Counted),
    ("children", Shape::Counted),
    ("update", Shape::Issues),
    ("claim", Shape::Issues),
    ("release", Shape::Issues),
    ("close", Shape::Issues),
    ("reopen", Shape::Issues),
    ("dep add", Shape::EdgeChange),
    ("dep remove", Shape::EdgeChange),
    ("dep list", Shape::Linked),
    ("dep tree", Shape::Tree),
    ("dep cycles", Shape::Circles),
    ("dep relate", Shape::EdgeChange),
    ("dep unrelate", Shape::EdgeChange),
    ("label add", Shape::LabelChanges),
    ("label remove", Shape::LabelChanges),
    ("label list", Shape::Labels),
    ("label list-all", Shape::LabelCounts),
    ("comment", Shape::Comment),
    ("comments", Shape::Comments),
    ("comments add", Shape::Comment),
    ("history", Shape::History),
    ("conflicts", Shape::Conflicts),
    ("conflicts list", Shape::Conflicts),
    ("conflicts resolve", Shape::Issues),
    ("stats", Shape::Stats),
    ("count", Shape::Count),
    ("remember", Shape::Remembered),
    ("recall", Shape::Memory),
    ("memories", Shape::Memories),
    ("forget", Shape::Keys(&[("key", "string"), ("deleted", "boolean")])),
    ("batch", Shape::Batch),
    ("import", Shape::Import),
    ("doctor", Shape::Doctor),
    ("q", Shape::Issue),
    ("note", Shape::Issues),
    ("restore", Shape::Issues),
    ("undo", Shape::Issues),
    ("delete", Shape::Keys(&[("dependencies_removed", "integer"), ("references_updated", "integer")])),
    ("init", Shape::Keys(&[("prefix", "string"), ("existed", "boolean"), ("written", "array"), ("publish_to", "array")])),
    ("status", Shape::Keys(&[("summary", "object"), ("recent_activity", "object"), ("store", "object"), ("well", "boolean")])),
    (
        "verify",
        Shape::Keys(&[("ok", "boolean"), ("events", "integer"), ("files", "integer"), ("damage", "array"), ("missing", "array")]),
    ),
    (
        "sync",
        Shape::Keys(&[
            ("branch", "string"),
            ("publishing", "boolean"),
            ("fetched", "integer"),
            ("published", "integer"),
            ("restored", "integer"),
            ("unpublished", "integer"),
            ("lost_claims", "array"),
            ("dry_run", "boolean"),
        ]),
    ),
    ("ride", Shape::Keys(&[("branch", "string"), ("events", "integer"), ("beads", "array"), ("dry_run", "boolean")])),
    ("pack", Shape::Keys(&[("due", "boolean"), ("packed", "boolean"), ("dry_run", "boolean")])),
    ("diff", Shape::Keys(&[("from", "string"), ("to", "string"), ("beads", "array"), ("events", "integer")])),
    ("setup", Shape::Rows(&[("recipe", "string"), ("file", "string")])),
    ("config get", Shape::Keys(&[("key", "string"), ("value", "string")])),
    ("config list", Shape::Rows(&[("key", "string"), ("about", "string")])),
    ("config set", Shape::Keys(&[("key", "string"), ("value", "string"), ("in_force", "boolean")])),
    ("config unset", Shape::Keys(&[("key", "string"), ("in_force", "boolean")])),
    ("config validate", Shape::Keys(&[("valid", "boolean"), ("unknown", "array")])),
    ("trust", Shape::Rows(&[("file", "string"), ("trusted", "boolean"), ("digest", "string")])),
    (
        "redact",
        Shape::Keys(&[
            ("redacted", "array"),
            ("would_redact", "array"),
            ("remains", "array"),
            ("steps", "array"),
            ("dry_run", "boolean"),
        ]),
    ),
    ("prime", Shape::Keys(&[("text", "string"), ("bytes", "integer"), ("limit", "integer")])),
    ("version", Shape::Keys(&[("version", "string"), ("format", "integer")])),
    ("epic status", Shape::Epics),
    ("epic close-eligible", Shape::Keys(&[("closed", "array"), ("count", "integer")])),
    ("defer", Shape::Issues),
    ("undefer", Shape::Issues),
    ("duplicate", Shape::Issues),
    ("supersede", Shape::Issues),
    ("duplicates", Shape::Keys(&[("duplicate_groups", "integer"), ("groups", "array"), ("merged", "array")])),
    ("stale", Shape::Counted),
    ("lint", Shape::Keys(&[("total", "integer"), ("issues", "integer"), ("results", "array")])),
    ("gate create", Shape::Issue),
    ("gate list", Shape::Issues),
    ("gate show", Shape::Issue),
    ("gate resolve", Shape::Issues),
    ("gate add-waiter", Shape::Issues),
    (
        "gate check",
        Shape::Keys(&[
            ("checked", "integer"),
            ("resolved", "integer"),
            ("escalated", "integer"),
            ("errors", "integer"),
            ("dry_run", "boolean"),
        ]),
    ),
    ("types", Shape::Keys(&[("core_types", "array"), ("custom_types", "array")])),
    ("statuses", Shape::Keys(&[("built_in_statuses", "array"), ("custom_statuses", "array")])),
    (
        "info",
        Shape::Keys(&[
            ("database_path", "string"),
            ("backend", "string"),
            ("mode", "string"),
            ("daemon_connected", "boolean"),
            ("issue_count", "integer"),
            ("config", "object"),
            ("version", "string"),
        ]),
    ),
    ("where", Shape::Keys(&[("path", "string"), ("prefix", "string"), ("database_path", "string")])),
    (
        "validate",
        Shape::Keys(&[("checks", "object"), ("total_issues", "integer"), ("overall_ok", "boolean"), ("fixed", "integer")]),
    ),
    ("repair-deps", Shape::Keys(&[("orphans_found", "integer"), ("orphans", "array"), ("fixed", "integer")])),
    ("detect-pollution", Shape::Keys(&[("polluted_count", "integer"), ("issues", "array"), ("deleted", "integer")])),
    ("daemon", Shape::Keys(&[("running", "boolean"), ("daemons", "array"), ("status", "string")])),
    ("quickstart", Shape::Keys(&[("text", "string")])),
    ("migrate", Shape::Keys(&[("status", "string"), ("registered_migrations", "array"), ("warnings", "array")])),
];

/// Commands whose standard output is not one JSON value of one shape, with what it is.
pub const UNSHAPED: &[(&str, &str)] = &[
    ("export", "upstream's records, one JSON object a line; with --json a report follows on stderr"),
    ("schema", "a JSON Schema, or without a command the list of names"),
    ("completions", "a script for the shell"),
];

/// The whole document of a command.
pub fn document(name: &str, shape: Shape) -> Value {
    let mut schema = shape.schema();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(format!("bd {name} --json"));
    schema
}
