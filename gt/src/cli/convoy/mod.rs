//! `gt convoy …`: one file a verb, each with an entry in [`SUBS`].

mod add;
mod create;
mod edit;
mod graph;
mod health;
mod land;
mod launch;
mod list;
mod remove;
mod render;
mod shape;
mod show;
mod stage;
mod status;
mod watch;

use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub, parsed};
use bd::error::Result;
use clap::ArgMatches;

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[
    create::SUB,
    list::SUB,
    show::SUB,
    status::SUB,
    add::SUB,
    remove::SUB,
    edit::SUB,
    stage::SUB,
    launch::SUB,
    health::SUB,
    land::SUB,
    render::SUB,
    graph::SUB,
    watch::WATCH,
    watch::UNWATCH,
];

/// `gt convoy`.
pub const VERB: Verb = Verb {
    name: "convoy",
    aliases: &[],
    group: Group::Work,
    about: "Sets of beads and molecules, tracked until they have landed",
    args: |c| c,
    subs: SUBS,
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let done = dispatch_sub(SUBS, ctx, m);
    // Also after a failure: a blocked molecule is an alert.
    crate::notify::flush(ctx);
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use bd::cli::with_subs;

    #[test]
    fn every_verb_has_an_example_and_a_schema() {
        VERB.command_of("gt").debug_assert();
        for sub in SUBS {
            assert!(!sub.about.ends_with('.') && sub.example.starts_with(&format!("gt convoy {}", sub.name)), "{}", sub.name);
            let words: Vec<&str> = sub.example.split_whitespace().skip(2).collect();
            let whole = with_subs(SUBS, clap::Command::new("convoy"));
            let plain = words.iter().map(|w| w.trim_matches('"'));
            // A quoted text in an example is one word on a real line; here its parts must not stand for anything else.
            let quoted = sub.example.contains('"');
            let read = whole.try_get_matches_from(std::iter::once("convoy").chain(plain));
            assert!(quoted || read.is_ok(), "{}: {read:?}", sub.example);
            if let Some(shape) = sub.shape {
                assert!(shape()["type"].is_string(), "{}", sub.name);
            }
        }
    }
}
