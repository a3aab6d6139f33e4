//! Where formulas are looked for from where one stands.

use crate::formula::Library;
use bd::cli::Ctx;
use bd::error::{Error, Result};
use bd::git::GitError;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The top of the working tree one stands in; `None` outside of any.
///
/// # Errors
/// A repository that cannot be read.
pub fn top(ctx: &Ctx<'_, '_>) -> Result<Option<PathBuf>> {
    match bd::git::open(&ctx.env) {
        Ok(git) => Ok(git.paths().work_dir.clone()),
        Err(GitError::NotARepository(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// The same, for what writes a file there.
///
/// # Errors
/// There is none (exit 2); a repository that cannot be read; `--readonly`.
pub fn top_to_write(ctx: &Ctx<'_, '_>) -> Result<PathBuf> {
    ctx.writable()?;
    let git = bd::git::open(&ctx.env)?;
    git.paths().work_dir.clone().ok_or_else(|| Error::usage("this repository has no working tree to write a formula to"))
}

/// The library.
///
/// # Errors
/// As [`top`].
pub fn library(ctx: &Ctx<'_, '_>) -> Result<Library> {
    Ok(Library::of(&ctx.env, top(ctx)?.as_deref()))
}

/// The library with the folder of the cache; `None` outside of any repository.
///
/// # Errors
/// A repository that cannot be read.
pub fn library_and_cache(ctx: &Ctx<'_, '_>) -> Result<(Library, Option<PathBuf>)> {
    match bd::git::open(&ctx.env) {
        Ok(git) => {
            let paths = git.paths();
            Ok((Library::of(&ctx.env, paths.work_dir.as_deref()), Some(paths.beads_dir().join("cache"))))
        }
        Err(GitError::NotARepository(_)) => Ok((Library::of(&ctx.env, None), None)),
        Err(e) => Err(e.into()),
    }
}

/// Says which files of the library have names that none of its formulas can have.
pub fn tell_strange(ctx: &mut Ctx<'_, '_>, library: &Library) {
    for file in library.strange_files().iter().take(5) {
        ctx.ui.warn(&format!("{file} is left out: its name cannot be that of a formula"));
    }
}

/// The library and the name in it for a name or a path that was typed.
///
/// # Errors
/// As [`top`]; a path to what is no file of a formula (exit 2).
pub fn named(ctx: &Ctx<'_, '_>, word: &str) -> Result<(Library, String)> {
    let library = library(ctx)?;
    if word.contains('/') || word.contains('\\') || Library::name_of(word).is_some() {
        return library.with_file(&ctx.env.cwd.join(word), word);
    }
    Ok((library, word.to_owned()))
}

/// `NAME=VALUE` words as values.
///
/// # Errors
/// A word without `=`, or a name that is given twice (exit 2).
pub fn values(words: &[String]) -> Result<BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    for word in words {
        let (name, value) = word
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| Error::usage(format!("`{}` is not NAME=VALUE", word.escape_debug())))?;
        if out.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Error::usage(format!("a value for `{}` is given twice", name.escape_debug())));
        }
    }
    Ok(out)
}
