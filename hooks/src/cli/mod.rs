//! The command line: `bd-gate gate …` (typed as `bd gate …`), `bd-gate hooks …` (`bd hooks …`), `bd-gate hook NAME`.
//! One file a verb; flags, errors and exit codes are `bd`'s own.

pub mod gate;

use bd::cli::Verb;
use std::process::ExitCode;

/// The verbs.
pub static VERBS: &[Verb] = &[gate::VERB];

/// Runs the process's own command line.
pub fn main() -> ExitCode {
    bd::cli::main_of_plugin(VERBS)
}
