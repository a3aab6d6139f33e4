//! The text of an alert: that there is something, and the command that shows it. Never a body, never a secret.

use crate::mail::text::{cut, one_line};
use crate::mail::{MailKind, Mailbox, Message};
use crate::molecule::model::field;
use crate::molecule::texts;
use bd::error::Result;
use bd::model::BeadId;
use bd::store::Snapshot;

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The message's id, which tells one alert from another.
    pub id: String,
    /// One line.
    pub subject: String,
    /// A few lines.
    pub text: String,
}

impl Alert {
    /// The alert about a message. Lines that look like secrets are dropped.
    ///
    /// # Errors
    /// The bead that it is about cannot be read.
    pub fn of(snapshot: &Snapshot, mailbox: &Mailbox, message: &Message) -> Result<Self> {
        let safe = |line: &str| bd::ops::secrets::find(line).is_none();
        let subject = Some(cut(&one_line(&message.subject), 200))
            .filter(|s| safe(s))
            .unwrap_or_else(|| "(the subject is not repeated here)".to_owned());
        if let Some(mut lines) = checkpoint(snapshot, message)? {
            lines.extend([
                format!("View: gastown mail read {}", mailbox.short(message)),
                format!("Mail: {subject}"),
                format!("To: {}", cut(&message.to.join(", "), 200)),
            ]);
            lines.retain(|line| safe(line));
            return Ok(Self { id: message.id.to_string(), subject, text: format!("{}\n", lines.join("\n")) });
        }
        let sign = if message.kind == MailKind::Alert { "🚨" } else { "📋" };
        let mut lines = vec!["📨 Gas Town Notification".to_owned(), format!("{sign} {subject}")];
        let mut views = vec![format!("View: gastown mail read {}", mailbox.short(message))];
        if let Some((about, view)) = about(snapshot, message)? {
            lines.push(about);
            views.insert(0, view);
        }
        lines.push(format!("To: {}", cut(&message.to.join(", "), 200)));
        lines.extend(views);
        lines.retain(|line| safe(line));
        Ok(Self { id: message.id.to_string(), subject, text: format!("{}\n", lines.join("\n")) })
    }
}

/// The head of an alert that asks for a decision about a checkpoint.
fn checkpoint(snapshot: &Snapshot, message: &Message) -> Result<Option<Vec<String>>> {
    let Some(id) = message.about.as_deref().and_then(|a| BeadId::new(a).ok()).filter(|_| message.kind == MailKind::Task) else {
        return Ok(None);
    };
    let parent = snapshot.bead(&id)?.and_then(|b| b.parent().map(str::to_owned)).and_then(|p| BeadId::new(&p).ok());
    let Some(molecule) = parent.map(|p| snapshot.bead(&p)).transpose()?.flatten().filter(|b| b.text(field::NAME).is_some()) else {
        return Ok(None);
    };
    let opened = message.at.parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let view = crate::molecule::load_bead(snapshot, molecule, opened)?;
    let Some(step) = view.steps.iter().find(|s| s.bead == id && s.checkpoint.is_some()) else { return Ok(None) };
    let (name, step_name) = (one_line(&view.name), one_line(&step.def.id));
    let mut lines = vec!["📨 Gas Town Notification".to_owned(), format!("🚨 Checkpoint: {name}/{step_name}")];
    if let Some((from, to)) = step.checkpoint.as_ref().and_then(|c| c.opened.zip(c.deadline)) {
        lines.push(format!("⏰ Timeout: {}", texts::span(from, to)));
    }
    lines.push(format!("📋 Review: {}", cut(&texts::review(&view, step), 200)));
    lines.extend([String::new(), format!("View: gastown checkpoint show {name} {step_name}")]);
    Ok(Some(lines))
}

/// What it is about, and the command that shows that: a checkpoint or a molecule by its name, another bead by its id.
fn about(snapshot: &Snapshot, message: &Message) -> Result<Option<(String, String)>> {
    let Some(id) = message.about.as_deref().and_then(|a| BeadId::new(a).ok()) else { return Ok(None) };
    let Some(bead) = snapshot.bead(&id)? else { return Ok(None) };
    if let Some(name) = bead.text(field::NAME) {
        return Ok(Some((format!("Molecule: {}", one_line(&name)), format!("View: gastown molecule status {}", one_line(&name)))));
    }
    let molecule = match bead.parent().map(BeadId::new) {
        Some(Ok(parent)) => snapshot.bead(&parent)?.and_then(|b| b.text(field::NAME)),
        _ => None,
    };
    Ok(Some(match (molecule, bead.text(field::STEP)) {
        (Some(molecule), Some(step)) if bead.issue_type() == "checkpoint" => {
            let (molecule, step) = (one_line(&molecule), one_line(&step));
            (format!("🚨 Checkpoint: {molecule}/{step}"), format!("View: gastown checkpoint show {molecule} {step}"))
        }
        (Some(molecule), Some(step)) => {
            let (molecule, step) = (one_line(&molecule), one_line(&step));
            (format!("Step: {molecule}/{step}"), format!("View: gastown molecule status {molecule}"))
        }
        _ => (format!("About: {id}"), format!("View: bd show {id}")),
    }))
}
