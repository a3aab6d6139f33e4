//! One verb = one function. Every front end (the CLI, `gt`, MCP) calls these; none of them prints, prompts or exits.
//!
//! What changes something takes a [`Tx`](crate::store::Tx), so that several can be one commit; what asks takes a
//! [`Snapshot`](crate::store::Snapshot).

pub mod adopt;
pub mod change;
pub mod claim;
pub mod close;
pub mod comment;
pub mod config;
pub mod conflicts;
pub mod create;
pub mod defer;
pub mod delete;
pub mod dep;
pub mod doctor;
pub mod epic;
pub mod files;
pub mod graph;
pub mod health;
pub mod history;
pub mod import;
pub mod init;
pub mod label;
pub mod list;
pub mod memory;
pub mod next;
pub mod plan;
pub mod prime;
pub mod ready;
pub mod replace;
pub mod secrets;
pub mod setup;
pub mod show;
pub mod stats;
pub mod trust;
pub mod undo;
pub mod update;
pub mod verdicts;
pub mod view;
pub mod wait;
pub mod words;

pub use change::Done;
