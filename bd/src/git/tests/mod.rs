//! One suite over both backends and all four kinds of repository, against real git.

mod history;
mod index;
mod lab;
mod objects;
mod places;
mod refs;
mod settings;
mod transport;
mod untracked;
