//! New files: a starter with comments, and copies of what ships.

use super::library::{FOLDER, Library};
use super::names::unsafe_name;
use bd::error::{Error, ErrorKind, Result};
use std::path::Path;

const STARTER: &str = include_str!("starter.toml");

/// Writes a starter; its path from the top of the working tree.
///
/// # Errors
/// A name that is unsafe or taken (exit 2); the file cannot be written.
pub fn start(top: &Path, name: &str) -> Result<String> {
    let text = STARTER.replace("@NAME@", name);
    create(top, name, &text)
}

/// Copies a built-in formula into the project; its path from the top of the working tree.
///
/// # Errors
/// No such built-in formula, or the project has one of this name (exit 2); the file cannot be written.
pub fn eject(top: &Path, name: &str) -> Result<String> {
    let Some(text) = Library::built_in(name) else {
        let near = bd::query::nearest(name, Library::built_in_names(), 2);
        let all: Vec<&str> = Library::built_in_names().collect();
        let hint =
            if near.is_empty() { format!("They are {}", all.join(", ")) } else { format!("Did you mean {}?", near.join(" or ")) };
        return Err(Error::usage(format!("there is no built-in formula `{}`", name.escape_debug())).hint(hint));
    };
    create(top, name, text)
}

fn create(top: &Path, name: &str, text: &str) -> Result<String> {
    if let Some(why) = unsafe_name(name) {
        return Err(Error::usage(format!("`{}` is no name for a formula: {why}", name.escape_debug()))
            .hint("Letters, digits, `.`, `_` and `-`; a letter or digit first"));
    }
    let folder = top.join(FOLDER);
    for part in [top.join(".beads"), folder.clone()] {
        // What came with the repository must not lead out of it.
        if std::fs::symlink_metadata(&part).is_ok_and(|m| m.is_symlink()) {
            return Err(Error::new(ErrorKind::Environment, format!("{} is a link: nothing is written through it", part.display())));
        }
    }
    for end in [".toml", ".formula.toml", ".formula.json"] {
        if std::fs::symlink_metadata(folder.join(format!("{name}{end}"))).is_ok() {
            return Err(
                Error::usage(format!("{FOLDER}/{name}{end} is there already")).hint("Take another name, or change that file")
            );
        }
    }
    std::fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, &e))?;
    let path = folder.join(format!("{name}.toml"));
    // Whole or not at all: a command that is ended in between leaves nothing under this name.
    bd::ops::files::write(&path, text.as_bytes())?;
    Ok(format!("{FOLDER}/{name}.toml"))
}
