//! The command line: `bd-gate gate …` (typed as `bd gate …`), `bd-gate hooks …` (`bd hooks …`), `bd-gate hook NAME`.
//! One file a verb; flags, errors and exit codes are `bd`'s own.

pub mod gate;
mod hook;
pub mod hooks;

use bd::cli::Verb;
use std::process::ExitCode;

/// The verbs.
pub static VERBS: &[Verb] = &[gate::VERB, hooks::VERB];

/// Runs the process's own command line.
pub fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|a| a == "hook") {
        return hook::main(args);
    }
    bd::cli::main_of_plugin(VERBS)
}
