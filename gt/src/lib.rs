//! `gt`: formulas, molecules, checkpoints, convoys and mail over the beads of [`bd`].
//!
//! Nothing here prints, exits or reads the environment but `cli` through what `bd` gives it: a [`bd::cli::Ctx`].

// Nothing that input or a disk can cause ends the process (house rule 7); tests may.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo, clippy::unimplemented)
)]

pub mod cli;
pub mod compliance;
pub mod convoy;
pub mod formula;
pub mod local;
pub mod mail;
pub mod molecule;
pub mod notify;
pub mod records;
pub mod rows;
pub mod settings;
pub mod status;
pub mod views;
