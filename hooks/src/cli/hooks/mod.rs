//! `bd hooks …`: one file a verb, each with an entry in [`SUBS`].

mod install;
mod status;
mod uninstall;

use super::gate::{Sub, dispatch};
use bd::cli::{Ctx, Group, Verb};
use bd::error::Result;
use clap::ArgMatches;

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[install::SUB, status::SUB, uninstall::SUB];

/// `bd hooks`.
pub const VERB: Verb = Verb {
    name: "hooks",
    aliases: &[],
    group: Group::More,
    about: "git hooks that ask the gates: install, prove, take out",
    args: |c| c,
    subs: SUBS,
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    dispatch(SUBS, ctx, m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_an_example_and_a_schema() {
        for sub in SUBS {
            assert!(!sub.about.ends_with('.') && sub.example.starts_with(&format!("bd hooks {}", sub.name)), "{}", sub.name);
            assert!(sub.shape.is_some_and(|shape| shape()["type"].is_string()), "{}", sub.name);
        }
    }
}
