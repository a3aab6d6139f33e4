//! `authoritative_sources` of a formula: globs, and the files of the tree that they match.

use super::files::Files;
use bd::error::Result;
use bd_gate::gate::Globs;
use serde::Serialize;

/// One glob.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// As the formula has it.
    pub glob: String,
    /// What it matches.
    pub files: Vec<SourceFile>,
    /// Why it can match nothing, where that is so.
    pub why: Option<String>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// From the top of the tree.
    pub path: String,
    /// The id of its content; none for what has none (a link).
    pub blob: Option<String>,
}

/// Resolves them, in order.
///
/// # Errors
/// git does not answer; a file cannot be read.
pub fn resolve(files: &Files<'_>, globs: &[String]) -> Result<Vec<Source>> {
    if globs.is_empty() {
        return Ok(Vec::new());
    }
    let blobs = files.blobs()?;
    let mut out = Vec::new();
    for glob in globs {
        let mut source = Source { glob: glob.clone(), ..Source::default() };
        match Globs::new(&[pattern(glob)]) {
            Err((_, why)) => source.why = Some(why),
            Ok(set) => {
                for file in files.all().iter().filter(|f| set.has(&f.path) && !is_report(&f.path)) {
                    source.files.push(SourceFile { path: file.path.clone(), blob: files.blob(file, &blobs)? });
                }
            }
        }
        out.push(source);
    }
    Ok(out)
}

/// A folder stands for what is in it; what follows `#` names a part of a file.
fn pattern(glob: &str) -> String {
    let glob = glob.trim();
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let glob = glob.split_once(".md#").map_or_else(|| glob.to_owned(), |(path, _)| format!("{path}.md"));
    if glob.ends_with('/') { format!("{glob}**") } else { glob }
}

/// A report is no source of a report.
fn is_report(path: &str) -> bool {
    path.starts_with(".beads/") && path.contains("/reports/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_parts() {
        assert_eq!(pattern("./docs/"), "docs/**");
        assert_eq!(pattern("docs/a.md#part-2"), "docs/a.md");
        assert_eq!(pattern(" docs/DD-*.md "), "docs/DD-*.md");
        assert!(Globs::new(&[pattern("/etc/*")]).is_err() && Globs::new(&[pattern("../x/*")]).is_err());
    }
}
