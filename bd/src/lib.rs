//! `bd`: a graph work tracker whose whole state is text in the user's own git repository.
//!
//! Rooms, from data to words: [`model`], [`fold`], [`query`], [`git`], [`store`], [`sync`], [`interchange`], [`ops`],
//! [`ui`], [`cli`]. A room may use those before it, never those after it (docs/design/architecture.md).

// Nothing that input or a disk can cause ends the process (house rule 7); tests may.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo, clippy::unimplemented)
)]

pub mod cli;
pub mod config;
pub mod env;
pub mod error;
pub mod failpoint;
pub mod fold;
pub mod git;
pub mod interchange;
pub mod model;
pub mod ops;
pub mod query;
pub mod store;
pub mod sync;
pub mod ui;
