//! What a transition has to tell somebody, before it is addressed and sent.

use bd::model::BeadId;

/// What kind of letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// A person has to decide.
    Checkpoint,
    /// Something went wrong.
    Alert,
    /// Work is handed on.
    HandOff,
    /// To know.
    Notice,
}

/// One letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// To whom: `@user`, `@team`, an agent's address.
    pub to: Vec<String>,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// What kind.
    pub kind: LetterKind,
    /// Two letters with one key are one.
    pub key: String,
    /// The bead that it is about.
    pub about: BeadId,
    /// Paths of files that belong to it.
    pub artifacts: Vec<String>,
}
