//! What the reference says each screen, mail and file looks like (gastown.md 10.4, and the scenarios of 10.6), letter by letter. The
//! expected texts were typed before gt's were looked at: tests/gt/texts/expected/README.md.

mod kit;
mod rows;
mod scenarios;

pub use kit::expected;
