//! The torture scenarios of docs/goals.md, one test each, named after it. Declare a module for each test file here.
