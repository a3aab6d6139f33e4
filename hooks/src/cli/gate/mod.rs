//! `bd gate …`, the part that is bd-gate's: one file a verb, each with an entry in [`SUBS`].

mod answer;
mod check;
mod describe;
mod explain;
mod list;
mod new;
mod place;
mod require;
mod rules;
mod schema;
mod show;
mod verdicts;
mod waive;
mod waivers;

pub use place::Place;

use bd::cli::{Ctx, Group, Verb};
use bd::error::{Error, Result};
use clap::{ArgMatches, Command};

/// A verb below `gate` or `hooks`.
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

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[
    check::SUB,
    list::SUB,
    show::SUB,
    explain::SUB,
    rules::SUB,
    new::SUB,
    waive::SUB,
    waivers::SUB,
    answer::ACCEPT,
    answer::REJECT,
    require::SUB,
    verdicts::SUB,
    schema::SUB,
];

/// `bd gate`.
pub const VERB: Verb =
    Verb { name: "gate", aliases: &[], group: Group::More, about: "Gates: rules with a verdict", args: |c| with(SUBS, c), run };

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    dispatch(SUBS, ctx, m)
}

/// A command with verbs below it.
pub fn with(subs: &'static [Sub], command: Command) -> Command {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_can_be_built_has_an_example_that_parses_and_a_schema_that_is_one() {
        for verb in crate::cli::VERBS {
            verb.command().debug_assert();
        }
        for sub in SUBS {
            assert!(!sub.about.ends_with('.') && sub.example.starts_with(&format!("bd gate {}", sub.name)), "{}", sub.name);
            if let Some(shape) = sub.shape {
                assert!(shape()["type"].is_string(), "{}", sub.name);
            }
        }
    }
}
