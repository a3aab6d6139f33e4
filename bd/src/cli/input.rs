//! Texts from files and standard input.

use super::Ctx;
use crate::error::{Error, Result};
use std::io::Read;

/// A text on the command line: `TEXT`, several words, or a file.
#[derive(clap::Args)]
pub struct TextArgs {
    /// The text; several words are one text; - = standard input
    #[arg(value_name = "TEXT", value_parser = prose)]
    text: Option<String>,
    #[arg(value_name = "MORE", hide = true, value_parser = prose)]
    more: Vec<String>,
    /// Read the text from a file; - = standard input
    #[arg(short, long, alias = "body-file", value_name = "FILE", conflicts_with = "text")]
    file: Option<String>,
    /// Read the text from standard input
    #[arg(long, conflicts_with_all = ["text", "file"])]
    stdin: bool,
}

impl TextArgs {
    /// The text.
    ///
    /// # Errors
    /// As [`text`]; there is none (exit 2).
    pub fn read(&self, ctx: &Ctx<'_, '_>) -> Result<String> {
        if self.stdin {
            return text(ctx, "-");
        }
        match (&self.file, &self.text) {
            (Some(file), _) => text(ctx, file),
            (None, Some(one)) if one == "-" && self.more.is_empty() => text(ctx, "-"),
            (None, Some(first)) => Ok(std::iter::once(first).chain(&self.more).map(String::as_str).collect::<Vec<_>>().join(" ")),
            (None, None) => Err(Error::usage("a text is missing").hint("Write it in quotes, or name a file with --file")),
        }
    }
}

/// Takes the shield off a text (see [`super::verb::shield`]).
///
/// # Errors
/// Never; clap's way of reading a value.
#[allow(clippy::unnecessary_wraps, reason = "the type that clap asks for")]
pub fn prose(text: &str) -> std::result::Result<String, std::convert::Infallible> {
    Ok(text.strip_prefix(super::verb::SHIELD).unwrap_or(text).to_owned())
}

/// Reads a file, or standard input for `-`, as text. An empty one is an error: it is more often a pipe that broke than a
/// wish to erase (users.md, short ones).
///
/// # Errors
/// It cannot be read, is empty, or is no UTF-8 (exit 2).
pub fn text(ctx: &Ctx<'_, '_>, path: &str) -> Result<String> {
    let text = raw(ctx, path)?;
    if text.trim().is_empty() {
        let what = if path == "-" { "standard input is empty".to_owned() } else { format!("{path} is empty") };
        return Err(Error::usage(format!("{what}, and nothing was changed")).hint("To clear a text, give an empty one in quotes"));
    }
    Ok(text)
}

/// [`text`] where an empty one is fine.
///
/// # Errors
/// It cannot be read, or is no UTF-8 (exit 2).
pub fn raw(ctx: &Ctx<'_, '_>, path: &str) -> Result<String> {
    let mut bytes = Vec::new();
    // More than any text may have, so that an endless pipe ends.
    let limit = 64 << 20;
    if path == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|e| Error::io("standard input", &e))?;
    } else {
        let file = ctx.env.cwd.join(path);
        std::fs::File::open(&file).and_then(|f| f.take(limit).read_to_end(&mut bytes)).map_err(|e| Error::io(&file, &e))?;
    }
    if bytes.len() as u64 == limit {
        return Err(Error::usage(format!("{path} is larger than {} MiB", limit >> 20)));
    }
    let text = String::from_utf8(bytes)
        .map_err(|e| Error::usage(format!("{path} is not UTF-8 (byte {})", e.utf8_error().valid_up_to())))?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// The lines of a file or of standard input that are not empty and no comment (`#`).
///
/// # Errors
/// As [`text`].
pub fn lines(ctx: &Ctx<'_, '_>, path: &str) -> Result<Vec<String>> {
    let text = text(ctx, path)?;
    Ok(text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect())
}
