//! Laws of the fold and of `ready`, by random events. Declare a module for each test file here.

mod cycle_laws;
mod graphs;
mod ready_laws;
mod ready_oracle;
mod real;
mod rng;
