//! What is left of an event whose content was taken away.

use crate::model::{Edge, Event, Fields, Value};
use sha2::{Digest, Sha256};

/// Fields whose values are words of the machine; a redaction leaves them, so that it takes text and not state away.
pub const MACHINE_FIELDS: &[&str] = &[
    "status",
    "priority",
    "issue_type",
    "outcome",
    "claim",
    "deleted",
    "created_at",
    "updated_at",
    "closed_at",
    "due_at",
    "defer_until",
    "estimated_minutes",
    "pinned",
    "ephemeral",
    "is_template",
];

/// The stub of an event: envelope, kind, `on`, machine fields, edges without what came with them, the digest of the
/// line that was. Text fields stay as cleared, so that nothing older shows through in their place. A stub's stub is itself.
pub fn stub(event: &Event, line: &str) -> Event {
    if event.is_stub() {
        return event.clone();
    }
    let mut out = Event::new(event.id, event.at.clone(), event.by.clone(), event.bead.clone(), event.kind.clone());
    out.v = event.v;
    out.on.clone_from(&event.on);
    for (name, value) in event.set.iter() {
        let keep = MACHINE_FIELDS.contains(&name) && value.json().len() <= 200;
        // The names of unknown fields and metadata keys are the writer's text as well.
        let known = keep || crate::model::is_record_key(name);
        if known {
            out.set.set(name, if keep { value.clone() } else { Value::null() });
        }
    }
    let bare = |edges: &[Edge]| edges.iter().map(|e| Edge::new(e.to.clone(), e.kind.clone())).collect();
    out.links = bare(&event.links);
    out.unlinks = bare(&event.unlinks);
    // What a removal removed stays removed; the name itself is the writer's text, its digest is not.
    out.unlabels = event.unlabels.iter().map(|l| label_digest(l)).collect();
    out.ids.clone_from(&event.ids);
    let digest: String =
        Sha256::digest(line.trim_start_matches(' ').as_bytes()).iter().take(16).map(|b| format!("{b:02x}")).collect();
    out.extra = Fields::new().with("redacted", Value::text(&digest));
    out
}

/// What stands for a label in the `unlabels` of a stub: `sha256:` and the first 16 bytes, in hex.
pub fn label_digest(label: &str) -> String {
    let digest = Sha256::digest(label.as_bytes());
    digest.iter().take(16).fold("sha256:".to_owned(), |all, b| all + &format!("{b:02x}"))
}

/// [`stub`] from line to line. What cannot be read as an event is returned as it is.
pub fn stub_line(line: &str) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len();
    match Event::parse(line).and_then(|event| stub(&event, line).to_line()) {
        Ok(out) => format!("{}{out}", &line[..indent]),
        Err(_) => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_state_stays_and_twice_is_once() {
        let line = r#"{"v":1,"id":"00000000000000000000000001","at":"2026-01-01T00:00:00.000Z","by":"ann","bead":"bd-1","do":"create","set":{"title":"hunter2","priority":1,"hunter3":4},"labels":["hunter4"],"text":"hunter5"}"#;
        let once = stub_line(line);
        assert!(!once.contains("hunter"), "{once}");
        assert!(once.contains(r#""title":null"#) && once.contains(r#""priority":1"#) && once.contains("redacted"));
        assert_eq!(stub_line(&once), once);
        assert_eq!(stub_line(&format!("  {line}")), format!("  {once}"));
    }
}
