//! `gt`: formulas, molecules, checkpoints, convoys and mail over the beads of [`bd`].
//!
//! Nothing here prints, exits or reads the environment but `cli` through what `bd` gives it: a [`bd::cli::Ctx`].

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
