//! Laws of the fold and of `ready`, by random events. Declare a module for each test file here.

mod cases;
mod cycle_laws;
mod fold_laws;
mod graphs;
mod line_laws;
mod ready_laws;
mod ready_oracle;
mod real;
mod scenario_laws;
mod world;
