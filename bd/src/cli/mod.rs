//! The command line: one file per verb with its arguments and a `run` that calls [`crate::ops`] and prints.
//!
//! Only the arguments of the verb that was typed are built: a command has to cost about as much as `git` does.

mod ctx;
pub mod examples;
mod globals;
mod help;
mod input;
mod plugin;
mod print;
mod program;
mod sub;
mod to_gate;
mod verb;

mod batch;
mod blocked;
mod children;
mod claim;
mod close;
mod comment;
mod comments;
mod completions;
mod config;
mod conflicts;
mod create;
mod delete;
mod dep;
mod diff;
mod doctor;
mod export;
mod field_args;
mod filter_args;
mod find;
mod history;
mod import;
mod init;
mod label;
mod list;
mod note;
mod pack;
mod prime;
mod q;
mod ready;
mod redact;
mod release;
mod remember;
mod reopen;
mod restore;
mod ride;
mod schema;
mod setup;
mod shapes;
mod show;
mod stats;
mod status;
mod sync;
mod trust;
mod understands;
mod undo;
mod update;
mod verify;
mod words;

// The smaller ones (compat::VERBS).
mod compat;
mod defer;
mod duplicate;
mod duplicates;
mod epic;
mod gate;
mod lint;
mod stale;
mod statuses;
mod supersede;
mod types;
mod undefer;
mod version;

pub use compat::refused;
pub use ctx::Ctx;
pub use help::{long_help, whole_command};
pub use input::raw as read_text;
pub use program::{Program, main_of, run_of};
pub use shapes::{SHAPES, UNSHAPED};
pub use sub::{Sub, dispatch as dispatch_sub, parsed, with_subs};
pub use to_gate::{VERBS as GATE_VERBS, before_claim, forwarded as to_gate};
pub use understands::{fits, for_gate, understands, understands_of};
pub use verb::{Group, VERBS, Verb, all, takes};

use crate::env::Env;
use crate::error::{Error, ErrorKind, Result};
use crate::ui::{Look, Printer};
use std::io::Write;
use std::process::ExitCode;

/// Runs the process's own command line.
pub fn main() -> ExitCode {
    main_with(run)
}

fn main_with(run: impl FnOnce(Env, &[String], &mut dyn Write, &mut dyn Write) -> u8) -> ExitCode {
    let args: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let env = match Env::from_process() {
        Ok(env) => env,
        Err(e) => {
            let _unheard = writeln!(std::io::stderr(), "error: the current folder cannot be read: {e}");
            return ExitCode::from(ErrorKind::Environment.exit_code());
        }
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut err = std::io::stderr().lock();
    ExitCode::from(run(env, &args, &mut out, &mut err))
}

/// Runs one command line (without the program's name) and returns its exit code (PRODUCT, Exit codes).
pub fn run(env: Env, args: &[String], out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    printing(env, args, out, err, dispatch)
}

fn printing(
    env: Env,
    args: &[String],
    out: &mut dyn Write,
    err: &mut dyn Write,
    run: impl FnOnce(Env, &[String], &mut Printer<'_>, &mut u8) -> Result<()>,
) -> u8 {
    let look = Look {
        json: false,
        quiet: false,
        verbose: false,
        colour: Look::colour(&env, env.stdout_tty),
        colour_err: Look::colour(&env, env.stderr_tty),
        pager: true,
    };
    // Before anything is parsed: even a wrong word is answered in JSON where JSON was asked for.
    let json = args.iter().take_while(|a| *a != "--").any(|a| a == "--json" || a == "--json=true");
    let mut printer = Printer::new(&env, out, err, Look { json, ..look });
    let mut code = 0;
    let ended = env.check().and_then(|()| run(env, args, &mut printer, &mut code));
    let ended = ended.and_then(|()| printer.finish());
    match ended {
        Ok(()) => code,
        Err(error) if error.kind == ErrorKind::BrokenPipe => 0,
        Err(error) => {
            // What was printed before the failure is still true.
            let _reader_gone = printer.finish();
            printer.error(&error, None);
            error.kind.exit_code()
        }
    }
}

fn dispatch(env: Env, args: &[String], printer: &mut Printer<'_>, code: &mut u8) -> Result<()> {
    let (globals, rest) = globals::split(args)?;
    let Some((name, rest)) = rest.split_first() else {
        return if globals.version { help::version(printer) } else { help::overview(printer, globals.verbose) };
    };
    if name == "help" {
        // The plugin explains its own words.
        if let Some(words) = rest.split_first().and_then(|(name, rest)| to_gate::forwarded(name, rest)) {
            let words: Vec<String> = words.into_iter().chain(["--help".to_owned()]).collect();
            *code = to_gate::run(&env, &words, &globals, printer)?;
            return Ok(());
        }
        return help::of(printer, rest, globals.verbose);
    }
    if let Some(words) = to_gate::forwarded(name, rest) {
        *code = to_gate::run(&env, &words, &globals, printer)?;
        return Ok(());
    }
    if let Some(line) = compat::shorthand::expand(name, rest) {
        let line: Vec<String> = globals.before_args().into_iter().chain(line).collect();
        return dispatch(env, &line, printer, code);
    }
    let Some(verb) = verb::find(name) else {
        if let Some(plugin) = plugin::find(&env, "bd", name) {
            *code = plugin::run(&env, &plugin, rest, &globals, printer)?;
            return Ok(());
        }
        return Err(verb::unknown(name));
    };
    run_verb("bd", verb, env, globals, rest, printer, code)
}

/// Parses a verb's own arguments and runs it.
fn run_verb(
    program: &str,
    verb: &'static Verb,
    env: Env,
    globals: globals::Globals,
    rest: &[String],
    printer: &mut Printer<'_>,
    code: &mut u8,
) -> Result<()> {
    let command = verb.command_for(program, rest);
    let line = verb::shield(&command, globals.before_args().into_iter().chain(rest.iter().cloned()).collect());
    let matches = match command.try_get_matches_from(std::iter::once(verb.name.to_owned()).chain(line)) {
        Ok(matches) => matches,
        Err(e)
            if matches!(
                e.kind(),
                clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            ) && !e.use_stderr() =>
        {
            return printer.raw(&help::tidy(&e.render().to_string()));
        }
        Err(e) => return Err(help::usage_error(program, verb, &e)),
    };
    let globals = globals.merged(&matches);
    if globals.version {
        return help::version(printer);
    }
    let mut ctx = Ctx::new(env, globals, printer)?;
    let ended = (verb.run)(&mut ctx, &matches);
    ctx.refresh_view(verb.name == "sync" && ended.is_ok());
    ctx.tell_notices();
    ended?;
    *code = ctx.failed.map(ErrorKind::exit_code).or(ctx.plugin_code).unwrap_or(0);
    Ok(())
}

/// What a verb ends with when some of what it was given failed and was already said.
pub(crate) fn no(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::No, message)
}
