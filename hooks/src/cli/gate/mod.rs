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

pub use bd::cli::{Sub, dispatch_sub as dispatch, parsed};

use bd::cli::{Ctx, Group, Verb};
use bd::error::Result;
use clap::ArgMatches;

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
    Verb { name: "gate", aliases: &[], group: Group::More, about: "Gates: rules with a verdict", args: |c| c, subs: SUBS, run };

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    dispatch(SUBS, ctx, m)
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
