//! `gt` from the outside: real git, real clones, `bd` and `gt` as people and agents type them.

mod agent;
mod attack;
mod compliance;
mod contested;
mod convoy;
mod convoy_work;
mod demo;
mod formula;
mod kit;
mod looks;
mod mail;
mod notify;
mod property;
mod review;
mod schemas;
mod screens;
mod shipped;
mod texts;
mod two_clones;
mod walk;
