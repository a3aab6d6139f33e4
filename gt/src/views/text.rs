//! Lists and texts as they are kept.

use bd::store::wire::{Read, Take, put_str, put_var};

/// Appends a list of texts.
pub fn put_list(out: &mut Vec<u8>, all: &[String]) {
    put_var(out, all.len() as u64);
    all.iter().for_each(|text| put_str(out, text));
}

/// Reads what [`put_list`] wrote.
///
/// # Errors
/// It did not write this.
pub fn take_list(take: &mut Take<'_>) -> Read<Vec<String>> {
    (0..take.count(1)?).map(|_| Ok(take.str()?.to_owned())).collect()
}

/// Reads a text that may be missing.
///
/// # Errors
/// As [`Take::opt_str`].
pub fn take_opt(take: &mut Take<'_>) -> Read<Option<String>> {
    Ok(take.opt_str()?.map(str::to_owned))
}
