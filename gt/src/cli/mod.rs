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
pub mod molecule;
mod prime;
mod ready;
pub mod schema;
mod status;
mod step;
mod tick;
mod transition;

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

/// What is told about a verb that has none below it.
pub struct Told {
    /// Its name.
    pub name: &'static str,
    /// A whole line that can be typed.
    pub example: &'static str,
    /// Exit codes that not every command has (docs/reference/exit-codes.md).
    pub codes: &'static [u8],
    /// The JSON Schema of its `--json`; `None` where it prints something else.
    pub shape: Option<fn() -> serde_json::Value>,
}

const fn told(name: &'static str, example: &'static str, codes: &'static [u8], shape: Option<fn() -> serde_json::Value>) -> Told {
    Told { name, example, codes, shape }
}

/// The verbs that have none below them; the others are in [`subs`].
pub static TOLD: &[Told] = &[
    told("prime", "gt prime", &[], Some(prime::shape)),
    told("ready", "gt ready", &[], Some(ready::shape)),
    told("hook", "gt hook", &[], Some(hook::shape)),
    told("status", "gt status", &[], Some(status::shape)),
    told("feed", "gt feed --limit 50", &[], Some(feed::shape)),
    told("log", "gt log day3-workflow-refs", &[], Some(log::shape)),
    told("tick", "gt tick", &[7], Some(tick::shape)),
    told("doctor", "gt doctor --fix", &[1], Some(doctor::shape)),
    told("schema", "gt schema molecule status", &[], None),
    told("completions", "gt completions bash", &[], None),
    told("demo", "gt demo soc2", &[], None),
];

/// Reads a line of a document as the command line would, and runs nothing. The first word is `gt`; `whole` as in
/// [`bd::cli::understands`].
///
/// # Errors
/// What the command line would say.
pub fn understands(line: &str, whole: bool) -> bd::error::Result<()> {
    bd::cli::understands_of(&PROGRAM, line, whole)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_command_has_a_name_of_its_own_an_example_that_parses_and_a_schema_that_is_one() {
        let mut names = BTreeSet::new();
        for verb in VERBS {
            verb.command_of("gt").debug_assert();
            assert!(!verb.about.ends_with('.'), "{}", verb.name);
            for name in std::iter::once(&verb.name).chain(verb.aliases) {
                assert!(names.insert((*name).to_owned()), "{name}");
            }
            let told: Vec<&Told> = TOLD.iter().filter(|t| t.name == verb.name).collect();
            assert_eq!(told.len(), usize::from(subs(verb.name).is_empty()), "{}", verb.name);
            for told in told {
                holds(verb.name, told.example, told.shape);
            }
            for sub in subs(verb.name) {
                assert!(!sub.about.ends_with('.'), "{} {}", verb.name, sub.name);
                for name in std::iter::once(&sub.name).chain(sub.aliases) {
                    assert!(names.insert(format!("{} {name}", verb.name)), "{} {name}", verb.name);
                }
                holds(&format!("{} {}", verb.name, sub.name), sub.example, sub.shape);
            }
        }
    }

    fn holds(path: &str, example: &str, shape: Option<fn() -> serde_json::Value>) {
        assert!(example.starts_with(&format!("gt {path}")), "{path}: {example}");
        if let Err(e) = understands(example, true) {
            panic!("{example}: {e}");
        }
        if let Some(shape) = shape {
            assert!(shape()["type"].is_string(), "{path}");
        }
    }

    #[test]
    fn lines_of_documents_are_read_as_the_command_line_reads_them() {
        for good in ["gt", "gt help molecule", "gt --json status", "gt mol status --json", "gt cp approve M C --note \"a b\""] {
            assert!(understands(good, true).is_ok(), "{good}");
        }
        for bad in ["gt frobnicate", "gt molecule frobnicate", "gt status --depth 3", "bd list", "gt checkpoint approve M C --nope"]
        {
            assert!(understands(bad, false).is_err(), "{bad}");
        }
        assert!(understands("gt checkpoint approve", false).is_ok() && understands("gt checkpoint approve", true).is_err());
    }
}
