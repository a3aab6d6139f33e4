//! A verb that has verbs of its own below it, as a table: one file a verb. The plugins are made of these.

use super::Ctx;
use crate::error::{Error, Result};
use clap::{ArgMatches, Command};

/// A verb below another one.
pub struct Sub {
    /// Its name.
    pub name: &'static str,
    /// Names that work as well.
    pub aliases: &'static [&'static str],
    /// One line, without a full stop.
    pub about: &'static str,
    /// Adds its arguments.
    pub args: fn(Command) -> Command,
    /// Does it.
    pub run: fn(&mut Ctx<'_, '_>, &ArgMatches) -> Result<()>,
    /// A whole line that can be typed, for the help and the reference.
    pub example: &'static str,
    /// Exit codes that not every command has (docs/reference/exit-codes.md).
    pub codes: &'static [u8],
    /// The JSON Schema of its `--json`; `None` where it prints something else.
    pub shape: Option<fn() -> serde_json::Value>,
}

impl Sub {
    /// True if a word names it.
    pub(super) fn is_called(&self, word: &str) -> bool {
        self.name == word || self.aliases.contains(&word)
    }
}

/// A command with verbs below it.
pub fn with_subs(subs: &'static [Sub], command: Command) -> Command {
    let each = subs.iter().map(|sub| {
        let command = (sub.args)(Command::new(sub.name)).about(sub.about).long_about(None).visible_aliases(sub.aliases);
        command.after_help(format!("Example:\n  {}", sub.example))
    });
    command.subcommands(each).subcommand_required(true).arg_required_else_help(true)
}

/// Runs the verb that was typed.
///
/// # Errors
/// What the verb returns.
pub fn dispatch(subs: &'static [Sub], ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let (name, m) = m.subcommand().ok_or_else(|| Error::usage("no verb was named"))?;
    let sub = subs.iter().find(|s| s.name == name).ok_or_else(|| Error::internal(format!("`{name}` is not in the table")))?;
    (sub.run)(ctx, m)
}

/// The arguments of a verb, which clap has checked.
///
/// # Errors
/// Our bug: clap let something through.
pub fn parsed<A: clap::FromArgMatches>(m: &ArgMatches) -> Result<A> {
    A::from_arg_matches(m).map_err(|e| Error::internal(e.to_string()))
}
