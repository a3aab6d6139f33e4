//! The keys of upstream's record, in the order in which upstream writes them (reference/beads.md 1.2).

/// All keys, in order. Ours (`outcome`, `claim`) and the older generations' come after them.
pub const RECORD_KEYS: &[&str] = &[
    "id", "title", "description", "design", "acceptance_criteria", "notes", "spec_id", "status", "priority", "issue_type",
    "assignee", "owner", "estimated_minutes", "created_at", "created_by", "updated_at", "started_at", "closed_at", "close_reason",
    "closed_by_session", "due_at", "defer_until", "external_ref", "source_system", "metadata", "compaction_level",
    "compacted_at", "compacted_at_commit", "original_size", "labels", "dependencies", "comments", "deleted_at", "deleted_by",
    "delete_reason", "original_type", "sender", "ephemeral", "no_history", "wisp_type", "pinned", "is_template", "bonded_from",
    "creator", "validations", "quality_score", "crystallizes", "await_type", "await_id", "timeout", "waiters", "holder",
    "source_formula", "source_location", "hook_bead", "role_bead", "role_type", "rig", "agent_state", "last_activity", "mol_type",
    "work_type", "event_kind", "actor", "target", "payload", "content_hash", "source_repo", "wisp", "outcome", "claim", "deleted",
];

/// True if upstream or we know the key.
pub fn is_record_key(name: &str) -> bool {
    RECORD_KEYS.contains(&name)
}

/// Where a key stands in a record; unknown ones come last, in the order of their names.
pub fn record_place(name: &str) -> usize {
    RECORD_KEYS.iter().position(|k| *k == name).unwrap_or(RECORD_KEYS.len())
}
