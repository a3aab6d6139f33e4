//! `gt mail …`

mod ack;
mod archive;
mod check;
mod directory;
mod inbox;
mod open;
mod print;
mod read;
mod redact;
mod reply;
mod search;
mod send;
mod sent;
mod thread;

pub(super) use send::stdin;

use crate::notify;
use bd::cli::{Ctx, Group, Sub, Verb, dispatch_sub};
use bd::error::Result;
use clap::ArgMatches;

/// The verbs, in the order of the help.
pub static SUBS: &[Sub] = &[
    inbox::SUB,
    read::READ,
    read::PEEK,
    send::SUB,
    reply::SUB,
    thread::SUB,
    ack::SUB,
    archive::SUB,
    redact::SUB,
    search::SUB,
    sent::SUB,
    directory::SUB,
    check::SUB,
];

/// `gt mail`.
pub const VERB: Verb = Verb {
    name: "mail",
    aliases: &[],
    group: Group::Share,
    about: "Mail between people, teams and agents",
    args: |c| c,
    subs: SUBS,
    run,
};

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let done = dispatch_sub(SUBS, ctx, m);
    notify::flush(ctx);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_can_be_built_and_has_a_schema() {
        VERB.command_of("gt").debug_assert();
        for sub in SUBS {
            assert!(sub.example.starts_with(&format!("gt mail {}", sub.name)), "{}", sub.name);
            assert!(sub.shape.is_some_and(|shape| shape()["type"].is_string()), "{}", sub.name);
        }
    }
}
