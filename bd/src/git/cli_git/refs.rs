//! Refs through the git command.

use crate::git::process::Runner;
use crate::git::{GitError, Oid};

const FORMAT: &str = "--format=%(objectname) %(refname)";

pub(super) fn tip(runner: &Runner, name: &str) -> Result<Option<Oid>, GitError> {
    if !name.starts_with("refs/") {
        let out = runner.output(&["rev-parse", "--verify", "-q", name], &[])?;
        return Ok(if out.ok() { Oid::from_hex(&out.text()) } else { None });
    }
    // Unlike rev-parse this never guesses: `refs/x` is not taken for `refs/heads/refs/x`.
    let out = runner.output(&["for-each-ref", FORMAT, name], &[])?;
    if !out.ok() {
        return Err(out.error("for-each-ref"));
    }
    if out.stderr.contains("ignoring broken ref") {
        return Err(GitError::Other(format!("the ref `{name}` is damaged: it names no object")));
    }
    Ok(lines(&out.text()).into_iter().find(|(found, _)| found == name).map(|(_, id)| id))
}

pub(super) fn symbolic(runner: &Runner, name: &str) -> Result<Option<String>, GitError> {
    let out = runner.output(&["symbolic-ref", "-q", "--no-recurse", name], &[])?;
    match out.code {
        Some(0) => Ok(Some(out.text())),
        Some(1) => Ok(None),
        _ => Err(out.error("symbolic-ref")),
    }
}

pub(super) fn list(runner: &Runner, prefix: &str) -> Result<Vec<(String, Oid)>, GitError> {
    let folder = prefix.rfind('/').map_or("refs", |end| &prefix[..end]);
    let out = runner.output(&["for-each-ref", FORMAT, folder], &[])?;
    if !out.ok() {
        return Err(out.error("for-each-ref"));
    }
    let mut found = lines(&out.text());
    found.retain(|(name, _)| name.starts_with(prefix));
    found.sort();
    Ok(found)
}

fn lines(text: &str) -> Vec<(String, Oid)> {
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs.filter_map(|(id, name)| Some((name.to_owned(), Oid::from_hex(id)?))).collect()
}
