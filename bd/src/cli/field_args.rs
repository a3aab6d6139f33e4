//! What `create` and `update` are both told of a bead.

use super::{Ctx, input};
use crate::error::{Error, Result};
use crate::query::{Day, parse_date};
use jiff::Timestamp;

/// Texts, names, minutes and dates of a bead.
#[derive(clap::Args, Default)]
pub(super) struct FieldArgs {
    /// What and why; for `update`, an empty text clears it
    #[arg(
        short,
        long,
        visible_alias = "body",
        short_alias = 'm',
        alias = "message",
        value_name = "TEXT",
        allow_hyphen_values = true
    )]
    description: Option<String>,
    /// Read the description from a file; - = standard input
    #[arg(long, alias = "description-file", value_name = "FILE", conflicts_with = "description")]
    body_file: Option<String>,
    /// Read the description from standard input
    #[arg(long, hide = true, conflicts_with_all = ["description", "body_file"])]
    stdin: bool,
    /// How
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) design: Option<String>,
    /// When it is done
    #[arg(long, alias = "acceptance-criteria", value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) acceptance: Option<String>,
    /// The notes; `update` replaces what is there
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) notes: Option<String>,
    /// Whose it is to be; empty = nobody's
    #[arg(short, long, value_name = "WHO")]
    pub(super) assignee: Option<String>,
    /// Who wants it
    #[arg(long, value_name = "WHO")]
    pub(super) owner: Option<String>,
    /// A name in another tracker
    #[arg(long, value_name = "REF")]
    pub(super) external_ref: Option<String>,
    /// A specification document
    #[arg(long, value_name = "PATH")]
    pub(super) spec_id: Option<String>,
    /// Minutes
    #[arg(short, long, value_name = "MINUTES", allow_negative_numbers = true)]
    estimate: Option<i64>,
    /// Wanted by a date; for `update`, empty clears
    #[arg(long, value_name = "DATE")]
    pub(super) due: Option<String>,
    /// Not before a date; for `update`, empty clears
    #[arg(long, value_name = "DATE")]
    pub(super) defer: Option<String>,
}

impl FieldArgs {
    /// The description, from wherever it is to be read.
    ///
    /// # Errors
    /// As [`input::text`].
    pub(super) fn description(&self, ctx: &Ctx<'_, '_>) -> Result<Option<String>> {
        match (&self.body_file, self.stdin, self.description.as_deref()) {
            (Some(file), _, _) => input::text(ctx, file).map(Some),
            (None, true, _) | (None, false, Some("-")) => input::text(ctx, "-").map(Some),
            (None, false, text) => Ok(text.map(str::to_owned)),
        }
    }

    /// Minutes.
    ///
    /// # Errors
    /// A negative number (exit 2).
    pub(super) fn estimate(&self) -> Result<Option<i64>> {
        match self.estimate {
            Some(minutes) if minutes < 0 => Err(Error::usage("an estimate cannot be negative")),
            other => Ok(other),
        }
    }
}

/// A date; `None` for the words that clear one.
///
/// # Errors
/// No date (exit 2).
pub(super) fn date(text: &str, now: Timestamp, day: Day) -> Result<Option<Timestamp>> {
    match text {
        "" | "none" => Ok(None),
        text => parse_date(text, now, day).map(Some),
    }
}
