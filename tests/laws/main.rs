//! Laws of the fold and of `ready`, by random events. Declare a module for each test file here.
