//! Help, version, and what clap has to say about a wrong line.

use super::compat;
use super::verb::{self, Group, Verb};
use crate::error::{Error, Result};
use crate::ui::{Printer, Style, Table, Text};

/// The version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `bd --version`.
pub fn version(printer: &mut Printer<'_>) -> Result<()> {
    if printer.is_json() {
        return printer.json(&serde_json::json!({"version": VERSION, "format": crate::model::VERSION}));
    }
    printer.line(format!("bd {VERSION}"))
}

/// `bd help`: the commands, with their other names where more is asked for.
pub fn overview(printer: &mut Printer<'_>, verbose: bool) -> Result<()> {
    printer.line("bd: a graph work tracker whose whole state is text in your own git repository")?;
    printer.line("")?;
    printer.line("Usage: bd [-C DIR] COMMAND [ARGUMENTS] [--json] [--actor NAME]")?;
    for group in Group::ALL.into_iter().filter(|g| verbose || *g != Group::More) {
        let mut table = verbs_of(verb::all().filter(|v| v.group == group), verbose);
        for short in compat::shorthand::ALL.iter().filter(|_| group == Group::More) {
            let about = Text::new().plain("the same as bd ").plain(short.stands_for);
            table.row(vec![Text::new().plain("  ").with(Style::Strong, short.name), about]);
        }
        if group == Group::More {
            let about = "Git hooks that ask the gates: install, status, uninstall (bd-gate)";
            table.row(vec![Text::new().plain("  ").with(Style::Strong, "hooks"), Text::new().plain(about)]);
        }
        let lines = table.lines(0);
        if !lines.is_empty() {
            printer.line("")?;
            printer.line(Text::new().with(Style::Strong, group.title()))?;
            printer.lines(lines)?;
        }
    }
    printer.line("")?;
    if !verbose {
        printer.line("`bd help --all` shows the smaller commands too.")?;
    }
    printer.line("`bd help COMMAND` explains one. A bead is named by its id or by any unique beginning of it.")
}

/// Verbs with what each does, and with their other names where more is asked for.
pub(super) fn verbs_of<'v>(verbs: impl Iterator<Item = &'v Verb>, verbose: bool) -> Table {
    let mut table = Table::new();
    for verb in verbs {
        let mut about = Text::new().plain(verb.about);
        if verbose && !verb.aliases.is_empty() {
            about.push(Style::Dim, format!(" (also {})", verb.aliases.join(", ")));
        }
        table.row(vec![Text::new().plain("  ").with(Style::Strong, verb.name), about]);
    }
    table
}

/// `bd help COMMAND …`.
pub fn of(printer: &mut Printer<'_>, words: &[String], verbose: bool) -> Result<()> {
    let Some(name) = words.iter().find(|w| !w.starts_with('-')) else {
        return overview(printer, verbose || words.iter().any(|w| w == "-v" || w == "--verbose" || w == "--all"));
    };
    if let Some(line) = compat::shorthand::expand(name, &[]) {
        printer.talk(format!("`bd {name}` is short for `bd {}`", line.join(" ")));
        let words: Vec<String> = line.into_iter().take_while(|w| !w.starts_with('-')).filter(|w| w != "help").collect();
        return of(printer, &words, verbose);
    }
    let verb = verb::find(name).ok_or_else(|| verb::unknown(name))?;
    let mut command = verb.command();
    for word in words.iter().skip_while(|w| *w != name).skip(1).filter(|w| !w.starts_with('-')) {
        command = command
            .find_subcommand(word)
            .cloned()
            .map(|c| c.bin_name(format!("bd {name} {word}")))
            .ok_or_else(|| Error::usage(format!("`bd {name}` has no `{}`", word.escape_debug())))?;
    }
    printer.raw(&long_help(command))
}

/// The help of a command, as text.
pub fn long_help(mut command: clap::Command) -> String {
    tidy(&command.render_help().to_string())
}

/// clap's help without the mark of `--json=true`, which flags accept from some clients.
pub fn tidy(help: &str) -> String {
    let lines = help.trim_end().lines().map(|line| line.replace("[=<>]", "     ").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// clap's words as an error of ours: the first line is what, a tip is a hint.
pub fn usage_error(program: &str, verb: &Verb, e: &clap::Error) -> Error {
    use clap::error::ContextKind as K;
    for kind in [K::InvalidArg, K::InvalidSubcommand] {
        if let Some(clap::error::ContextValue::String(typed)) = e.get(kind) {
            if let Some(error) = compat::flags::error(verb.name, typed).filter(|_| program == "bd") {
                return error;
            }
        }
    }
    let text = e.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let mut message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let mut hints = Vec::new();
    let mut list = message.ends_with(':');
    for line in lines {
        if let Some(tip) = line.strip_prefix("tip: ") {
            list = false;
            // clap's tip for a value that begins with a hyphen names `--`, which is no bypass but how it is written.
            hints.push(tip.to_owned());
        } else if line.starts_with("Usage:") || line.starts_with("For more") {
            list = false;
        } else if list || line.starts_with('[') {
            message.push(' ');
            message.push_str(line);
        }
    }
    let error = hints.into_iter().fold(Error::usage(message), Error::hint);
    error.hint(format!("`{program} help {}` shows how it is used", verb.name))
}

/// The whole command line, for completions and the generated reference.
pub fn whole_command() -> clap::Command {
    let mut command =
        clap::Command::new("bd").about("A graph work tracker in your own git repository").disable_help_subcommand(true);
    for verb in verb::all() {
        command = command.subcommand(verb.command());
    }
    command
}
