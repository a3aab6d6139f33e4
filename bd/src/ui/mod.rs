//! What people and programs see: text without raw control characters, colour as an extra, tables, trees, JSON, pager.

pub mod json;
pub mod markdown;
mod pager;
mod printer;
mod progress;
mod rows;
mod table;
mod text;
mod tree;
mod wrap;

pub use printer::{Look, Printer};
pub use progress::Progress;
pub use rows::{bead_line, more_line, priority_word, status_symbol};
pub use table::Table;
pub use text::{Style, Text, safe};
pub use tree::tree_prefix;
pub use wrap::wrap;
