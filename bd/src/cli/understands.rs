//! Whether a line that stands in a document can be typed: for the check of the documentation.

use super::verb::{self, find, shield};
use super::{Program, compat, globals, help, words};
use crate::error::{Error, Result};
use clap::error::ErrorKind;

/// Reads a line as a shell and the command line would, and runs nothing. The first word is `bd`. Where only a command is
/// named (`whole` is false: `bd claim` in a sentence), what is missing is no error.
///
/// # Errors
/// What the command line would say.
pub fn understands(line: &str, whole: bool) -> Result<()> {
    let words = words::split(line)?;
    match words.split_first() {
        Some((first, rest)) if first == "bd" => read(rest, whole),
        _ => Err(Error::usage("the line does not begin with `bd`")),
    }
}

/// The same for a line of another program that is made of verbs, such as `gt`.
///
/// # Errors
/// As [`understands`].
pub fn understands_of(program: &Program, line: &str, whole: bool) -> Result<()> {
    let words = words::split(line)?;
    let Some((_, args)) = words.split_first().filter(|(first, _)| *first == program.name) else {
        return Err(Error::usage(format!("the line does not begin with `{}`", program.name)));
    };
    let (globals, rest) = globals::split(args)?;
    let Some((name, rest)) = rest.split_first() else { return Ok(()) };
    let named = |word: &str| program.find(word).ok_or_else(|| program.unknown(word));
    if name == "help" {
        return rest.iter().find(|w| !w.starts_with('-')).map_or(Ok(()), |w| named(w).map(|_| ()));
    }
    let verb = named(name)?;
    let command = verb.command_of(program.name);
    let line = shield(&command, globals.before_args().into_iter().chain(rest.iter().cloned()).collect());
    judge(program.name, verb, command.try_get_matches_from(std::iter::once(verb.name.to_owned()).chain(line)), whole)
}

/// The words for the plugin bd-gate where a line is its business; the first word is `bd`.
pub fn for_gate(line: &str) -> Option<Vec<String>> {
    let words = words::split(line).ok()?;
    let (first, args) = words.split_first()?;
    let (_, rest) = globals::split(args).ok().filter(|_| first == "bd")?;
    let (name, rest) = rest.split_first()?;
    super::to_gate::forwarded(name, rest)
}

/// Reads a line against the command of a plugin's verb.
///
/// # Errors
/// What the command line would say.
pub fn fits(verb: &super::Verb, rest: &[String], whole: bool) -> Result<()> {
    let command = verb.command();
    let line = shield(&command, rest.to_vec());
    judge("bd", verb, command.try_get_matches_from(std::iter::once(verb.name.to_owned()).chain(line)), whole)
}

fn read(args: &[String], whole: bool) -> Result<()> {
    let (globals, rest) = globals::split(args)?;
    let Some((name, rest)) = rest.split_first() else { return Ok(()) };
    if name == "help" {
        return rest.iter().find(|w| !w.starts_with('-')).map_or(Ok(()), |w| read(std::slice::from_ref(w), false));
    }
    if let Some(line) = compat::shorthand::expand(name, rest) {
        return read(&line, whole);
    }
    let verb = find(name).ok_or_else(|| verb::unknown(name))?;
    let command = verb.command();
    let line = shield(&command, globals.before_args().into_iter().chain(rest.iter().cloned()).collect());
    judge("bd", verb, command.try_get_matches_from(std::iter::once(verb.name.to_owned()).chain(line)), whole)
}

fn judge(program: &str, verb: &super::Verb, parsed: std::result::Result<clap::ArgMatches, clap::Error>, whole: bool) -> Result<()> {
    match parsed {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == ErrorKind::DisplayHelp => Ok(()),
        Err(e)
            if !whole
                && matches!(
                    e.kind(),
                    ErrorKind::MissingRequiredArgument
                        | ErrorKind::MissingSubcommand
                        | ErrorKind::InvalidValue
                        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                ) =>
        {
            Ok(())
        }
        Err(e) => Err(help::usage_error(program, verb, &e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_documents() {
        for good in ["bd list --json", "bd -C x ready", "bd dep add A B", "bd help list", "bd tag ID x", "bd --version"] {
            assert!(understands(good, true).is_ok(), "{good}");
        }
        for bad in [
            "git status",
            "bd frobnicate",
            "bd list --frobnicate",
            "bd dep frobnicate x",
            "bd --frobnicate list",
            "bd help nothing",
        ] {
            assert!(understands(bad, false).is_err(), "{bad}");
        }
        assert!(understands("bd claim", false).is_ok() && understands("bd claim", true).is_err());
    }
}
