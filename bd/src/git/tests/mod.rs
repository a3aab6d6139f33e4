//! One suite over both backends and all four kinds of repository, against real git.

mod lab;
mod objects;
mod refs;
