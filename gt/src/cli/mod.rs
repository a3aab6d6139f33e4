//! The command line of `gt`: one folder a noun, one file a verb; flags, errors and exit codes are `bd`'s own.

use bd::cli::{Program, Verb};
use std::process::ExitCode;

/// The verbs, in the order of the help.
pub static VERBS: &[Verb] = &[];

/// The program.
pub static PROGRAM: Program = Program {
    name: "gt",
    about: "workflows, checkpoints, convoys and mail, all of it text in your own git repository",
    verbs: VERBS,
};

/// Runs the process's own command line.
pub fn main() -> ExitCode {
    bd::cli::main_of(&PROGRAM)
}
