//! Programs that are made of verbs as `bd` is: the plugin bd-gate, and gt. Same flags, errors and exit codes.

use super::verb::{Group, Verb};
use super::{globals, help, main_with, plugin, printing, run_verb};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::query::nearest;
use crate::ui::{Printer, Style, Text};
use std::io::Write;
use std::process::ExitCode;

/// A program.
pub struct Program {
    /// What people type.
    pub name: &'static str,
    /// What it is, one line without a full stop.
    pub about: &'static str,
    /// What it can do, in the order of the help.
    pub verbs: &'static [Verb],
}

/// Runs the process's own command line.
pub fn main_of(program: &'static Program) -> ExitCode {
    main_with(|env, args, out, err| run_of(program, env, args, out, err))
}

/// Runs one command line (without the program's name) and returns its exit code.
pub fn run_of(program: &'static Program, env: Env, args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    printing(env, args, out, err, |env, args, printer, code| {
        let (globals, rest) = globals::split(args)?;
        let Some((name, rest)) = rest.split_first() else {
            return if globals.version { version(program, printer) } else { overview(program, printer, globals.verbose) };
        };
        if name == "help" {
            return of(program, printer, rest, globals.verbose);
        }
        if let Some(verb) = program.find(name) {
            return run_verb(program.name, verb, env, globals, rest, printer, code);
        }
        if let Some(file) = plugin::find(&env, program.name, name) {
            *code = plugin::run(&env, &file, rest, &globals, printer)?;
            return Ok(());
        }
        Err(program.unknown(name))
    })
}

impl Program {
    /// The verb of a name or alias.
    pub fn find(&self, name: &str) -> Option<&'static Verb> {
        self.verbs.iter().find(|v| v.name == name).or_else(|| self.verbs.iter().find(|v| v.aliases.contains(&name)))
    }

    /// The error for a word that is no verb: the nearest names, exit 2.
    pub fn unknown(&self, name: &str) -> Error {
        let known = self.verbs.iter().flat_map(|v| std::iter::once(v.name).chain(v.aliases.iter().copied()));
        let near: Vec<String> = nearest(name, known, 3).iter().map(|n| format!("`{n}`")).collect();
        let error = Error::usage(format!("there is no command `{}`", name.escape_debug()));
        if near.is_empty() {
            error.hint(format!("`{} help` shows the commands", self.name))
        } else {
            error.hint(format!("Did you mean {}?", near.join(" or ")))
        }
    }

    /// The whole command line, for completions and the generated reference.
    pub fn whole_command(&self) -> clap::Command {
        let command = clap::Command::new(self.name).about(self.about).disable_help_subcommand(true);
        self.verbs.iter().fold(command, |command, verb| command.subcommand(verb.command_of(self.name)))
    }
}

fn version(program: &Program, printer: &mut Printer<'_>) -> Result<()> {
    if printer.is_json() {
        return printer.json(&serde_json::json!({"version": help::VERSION, "format": crate::model::VERSION}));
    }
    printer.line(format!("{} {}", program.name, help::VERSION))
}

fn overview(program: &Program, printer: &mut Printer<'_>, verbose: bool) -> Result<()> {
    printer.line(format!("{}: {}", program.name, program.about))?;
    printer.line("")?;
    printer.line(format!("Usage: {} [-C DIR] COMMAND [ARGUMENTS] [--json] [--actor NAME]", program.name))?;
    for group in Group::ALL {
        let table = help::verbs_of(program.verbs.iter().filter(|v| v.group == group), verbose);
        let lines = table.lines(0);
        if !lines.is_empty() {
            printer.line("")?;
            printer.line(Text::new().with(Style::Strong, group.title()))?;
            printer.lines(lines)?;
        }
    }
    printer.line("")?;
    printer.line(format!("`{} help COMMAND` explains one.", program.name))
}

fn of(program: &Program, printer: &mut Printer<'_>, words: &[String], verbose: bool) -> Result<()> {
    let Some(name) = words.iter().find(|w| !w.starts_with('-')) else { return overview(program, printer, verbose) };
    let verb = program.find(name).ok_or_else(|| program.unknown(name))?;
    let mut command = verb.command_of(program.name);
    for word in words.iter().skip_while(|w| *w != name).skip(1).filter(|w| !w.starts_with('-')) {
        command = command
            .find_subcommand(word)
            .cloned()
            .map(|c| c.bin_name(format!("{} {name} {word}", program.name)))
            .ok_or_else(|| Error::usage(format!("`{} {name}` has no `{}`", program.name, word.escape_debug())))?;
    }
    printer.raw(&help::long_help(command))
}
