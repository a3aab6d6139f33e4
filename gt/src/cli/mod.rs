//! The command line of `gt`: one folder a noun, one file a verb; flags, errors and exit codes are `bd`'s own.

mod checkpoint;
mod completions;
mod compliance;
mod config;
mod convoy;
mod demo;
mod doctor;
mod feed;
mod formula;
mod hook;
mod log;
mod mail;
mod molecule;
mod prime;
mod ready;
pub mod schema;
mod status;
mod step;
mod tick;

use bd::cli::{Program, Sub, Verb};
use std::process::ExitCode;

/// The verbs, in the order of the help.
pub static VERBS: &[Verb] = &[
    // Work
    prime::VERB,
    ready::VERB,
    hook::VERB,
    molecule::VERB,
    checkpoint::VERB,
    step::VERB,
    compliance::VERB,
    convoy::VERB,
    formula::VERB,
    // Look
    status::VERB,
    feed::VERB,
    log::VERB,
    // Share
    mail::VERB,
    // The store
    config::VERB,
    tick::VERB,
    doctor::VERB,
    schema::VERB,
    completions::VERB,
    demo::VERB,
];

/// The table of the verbs below one; empty for a verb that has none.
pub fn subs(verb: &str) -> &'static [Sub] {
    match verb {
        "checkpoint" => checkpoint::SUBS,
        "config" => config::SUBS,
        "compliance" => compliance::SUBS,
        "convoy" => convoy::SUBS,
        "formula" => formula::SUBS,
        "mail" => mail::SUBS,
        "molecule" => molecule::SUBS,
        "step" => step::SUBS,
        _ => &[],
    }
}

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
