//! `gt` from the outside: real git, real clones, `bd` and `gt` as people and agents type them.

mod agent;
mod attack;
mod clocks;
mod compliance;
mod contested;
mod convoy;
mod convoy_work;
mod demo;
mod ends;
mod formula;
mod kit;
mod landing;
mod looks;
mod mail;
mod notify;
mod property;
mod redact;
mod refused;
mod review;
mod schemas;
mod screens;
mod shipped;
mod texts;
mod two_clones;
mod views;
mod walk;
