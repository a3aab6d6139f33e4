//! Sends the letters of a transition as mail, in the same mutation.

use super::letter::{Letter, LetterKind};
use crate::mail::{Artifact, Directory, Draft, MailKind, Priority, send as send_mail};
use bd::error::Result;
use bd::store::Tx;

/// Sends them.
///
/// # Errors
/// The project's configuration of teams cannot be read, or a letter cannot be stored.
pub fn send(tx: &mut Tx<'_>, letters: &[Letter]) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let directory = Directory::of_config(tx.store())?;
    for letter in letters {
        // What is named and is not there (yet) is named without its bytes.
        let artifact = |path: &String| {
            let path = path.split_once('=').map_or(path.as_str(), |(_, p)| p).trim().to_owned();
            Artifact::of(tx.store(), &path).unwrap_or(Artifact { path, blob: String::new() })
        };
        let (kind, priority) = match letter.kind {
            LetterKind::Checkpoint => (MailKind::Task, Priority::High),
            LetterKind::Alert => (MailKind::Alert, Priority::Urgent),
            LetterKind::HandOff => (MailKind::Handoff, Priority::Normal),
            LetterKind::Notice => (MailKind::Notification, Priority::Normal),
        };
        let draft = Draft {
            to: if letter.to.is_empty() { vec!["overseer".to_owned()] } else { letter.to.clone() },
            subject: letter.subject.clone(),
            body: letter.body.clone(),
            kind,
            priority,
            key: Some(letter.key.clone()),
            about: Some(letter.about.as_str().to_owned()),
            artifacts: letter.artifacts.iter().map(artifact).collect(),
            any_name: true,
            ..Draft::default()
        };
        send_mail(tx, &directory, &draft)?;
    }
    Ok(())
}
