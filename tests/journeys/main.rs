//! Whole pieces of work, as a person or an agent does them, one verb a file. Declare a module for each test file here.
mod adopt;
mod demo;
mod install;
mod readme;
mod real_data;
mod schemas;
