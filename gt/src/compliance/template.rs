//! The template of a report: the working tree's, else the one that ships.

use super::files::{small, top};
use super::paths;
use bd::error::{Error, ErrorKind, Result};
use bd::store::Store;
use std::path::Path;

/// The folder of a project's templates, from the top of the tree.
pub const FOLDER: &str = ".beads/templates";
/// The name of the one that ships.
pub const NAME: &str = "compliance-triage-report-v2.md";
/// The one that ships.
pub const BUILT_IN: &str = include_str!("templates/compliance-triage-report-v2.md");
/// The longest template; bytes.
const LONGEST: u64 = 1 << 20;

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its path from the top, or `built-in`.
    pub origin: String,
    /// Its text.
    pub text: String,
}

/// The template that a formula names (`compliance-triage-report-v2.md` where it names none), as the working tree has it, else the
/// one that ships.
///
/// # Errors
/// A name that leads out of `.beads/templates`, or of a file that is not there; a file that is too large or no UTF-8 (exit 2).
pub fn load(top: &Path, named: Option<&str>) -> Result<Template> {
    let named = named.unwrap_or(NAME);
    let name = named.strip_prefix("./").unwrap_or(named);
    let name = name.strip_prefix(FOLDER).map_or(name, |rest| rest.trim_start_matches('/'));
    let fits = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
    if !name.split('/').all(fits) {
        return Err(Error::usage(format!("report_template: `{}` is no file in {FOLDER}", named.escape_debug())));
    }
    for path in [format!("{FOLDER}/{name}"), format!("{FOLDER}/{name}.md")] {
        if let Some(bytes) = small(top, &path, LONGEST)? {
            let text = String::from_utf8(bytes).map_err(|_| Error::usage(format!("{path} is not UTF-8")))?;
            return Ok(Template { origin: path, text });
        }
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    if last.strip_suffix(".md").unwrap_or(last) != NAME.strip_suffix(".md").unwrap_or(NAME) {
        // Another one in its place would ask other questions than whoever wrote the formula.
        return Err(Error::usage(format!("report_template: there is no file {FOLDER}/{name}"))
            .hint("`gt compliance template --write` writes the one that ships, to be changed"));
    }
    Ok(Template { origin: "built-in".to_owned(), text: BUILT_IN.to_owned() })
}

/// Writes the template that ships into the working tree; its path, and whether it was not there as it is.
///
/// # Errors
/// There is another one there (exit 6).
pub fn eject(store: &Store) -> Result<(String, bool)> {
    let (top, path) = (top(store)?, format!("{FOLDER}/{NAME}"));
    match small(&top, &path, LONGEST)? {
        Some(bytes) if bytes == BUILT_IN.as_bytes() => return Ok((path, false)),
        Some(_) => {
            return Err(Error::new(ErrorKind::Conflict, format!("{path} is there already and was changed"))
                .hint("`gt compliance template` prints the one that ships, to compare"));
        }
        None => {}
    }
    paths::write(&top, &path, BUILT_IN)?;
    Ok((path, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trees_own_comes_first_and_names_stay_in_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        for shipped in
            [None, Some(NAME), Some("compliance-triage-report-v2"), Some(".beads/templates/compliance-triage-report-v2.md")]
        {
            assert_eq!(load(dir.path(), shipped).unwrap().origin, "built-in");
        }
        assert!(load(dir.path(), Some("x.md")).is_err(), "another one is not put in its place");
        paths::write(dir.path(), ".beads/templates/x.md", "own").unwrap();
        for name in ["x.md", "x", ".beads/templates/x.md", "./.beads/templates/x.md"] {
            assert_eq!(load(dir.path(), Some(name)).unwrap().text, "own", "{name}");
        }
        for bad in ["../x", "/etc/passwd", "a/../../x", "", ".beads/templates/../x"] {
            assert!(load(dir.path(), Some(bad)).is_err(), "{bad}");
        }
        std::os::unix::fs::symlink("/etc/hostname", dir.path().join(".beads/templates/l.md")).unwrap();
        assert!(load(dir.path(), Some("l.md")).is_err());
    }
}
