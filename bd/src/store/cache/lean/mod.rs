//! The index fold: from event lines to the light row of a bead, without the texts that no list looks at.
//!
//! A line becomes a few dozen bytes ([`encode`]); the bytes of a bead's events become its [`Row`](crate::query::Row)
//! ([`Folder::fold`]). It agrees with the exact fold or declines: anything out of the ordinary (several heads, a
//! redaction, one id with two lines, a ring, a name written twice that we do not know) is left to [`crate::fold`].

mod encode;
mod fold;
mod times;

pub use encode::{encode_any, encoded_id};
pub use fold::{Folder, dep_type};

#[cfg(test)]
mod tests;
