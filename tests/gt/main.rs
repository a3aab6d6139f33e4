//! `gt` from the outside: real git, real clones, `bd` and `gt` as people and agents type them.

mod compliance;
mod convoy;
mod convoy_work;
mod formula;
mod kit;
mod mail;
mod notify;
mod property;
mod walk;
