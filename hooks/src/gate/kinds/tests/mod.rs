//! Gates that run a program, asked for real: the program's end, its report, its answer.

mod command;
mod external;
mod judge;
mod program;
mod scan;
mod scope;
