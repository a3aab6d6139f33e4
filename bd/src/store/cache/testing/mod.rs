//! Random histories for the tests of the cache: several writers who see each other's events late, in part, or never.

mod world;

pub use world::{START, World};
