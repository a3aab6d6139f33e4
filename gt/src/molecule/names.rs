//! Names of molecules and steps, and the beads that they stand for.

use bd::error::{Error, Result};
use bd::model::BeadId;
use bd::ops::create::key_id;

/// The longest name in bytes.
pub const MAX: usize = 100;

/// Checks a name that people choose: it becomes a folder, a trailer and an argument.
///
/// # Errors
/// What is wrong with it (exit 2). `what` is what it names: `molecule`, `convoy`.
pub fn check(what: &str, name: &str) -> Result<()> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let why = if name.is_empty() {
        "it is empty"
    } else if name.len() > MAX {
        "it is longer than 100 bytes"
    } else if !name.starts_with(char::is_alphanumeric) {
        "it has to begin with a letter or a digit"
    } else if name.contains("..") || !name.chars().all(fits) {
        "letters, digits, `-`, `_` and single `.` are what it may hold"
    } else {
        return Ok(());
    };
    let shown: String = name.chars().take(60).collect();
    Err(Error::usage(format!("`{}` cannot name a {what}: {why}", shown.escape_debug())))
}

/// The bead of a molecule: the same in every clone that pours one of this name.
///
/// # Errors
/// The project's prefix cannot begin a name.
pub fn molecule(prefix: &str, name: &str) -> Result<BeadId> {
    key_id(prefix, &format!("gt molecule {name}"))
}

/// The bead of a step.
///
/// # Errors
/// As [`molecule`].
pub fn step(prefix: &str, molecule: &str, step: &str) -> Result<BeadId> {
    key_id(prefix, &format!("gt step {molecule} {step}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_their_place_are_refused() {
        for bad in ["", "-x", ".x", "a/b", "a..b", "a b", "a\nb", "../x", &"x".repeat(101)] {
            assert!(check("molecule", bad).is_err(), "{bad:?}");
        }
        for good in ["day3-workflow-refs", "Tag_1.2", "7"] {
            check("molecule", good).unwrap();
        }
        assert_eq!(molecule("bd", "a").unwrap(), molecule("bd", "a").unwrap());
        assert_ne!(molecule("bd", "a").unwrap(), step("bd", "a", "a").unwrap());
    }
}
