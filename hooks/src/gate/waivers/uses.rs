//! How often waivers were used, and those that are comments in the code.

use super::Waiver;
use crate::Lines;
use crate::diff::{self, What};
use crate::gate::recorded;
use crate::scan::RuleSet;
use bd::env::Env;
use bd::error::Result;
use bd::git::Git;
use bd::model::{BeadId, parse_time};
use bd::store::Snapshot;
use std::collections::BTreeMap;

/// A waiver that is a comment: `gate:allow RULE -- reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The file, from the top of the tree.
    pub path: String,
    /// The line of the comment, from 1.
    pub line: u32,
    /// The rules that it names.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who wrote the line, as git says; `None` where it is not committed yet.
    pub by: Option<String>,
    /// How many findings it lets through now.
    pub uses: usize,
}

/// For each waiver the number of recorded verdicts that name it: those about no bead, and those of beads that changed since
/// the oldest of the waivers was given.
///
/// # Errors
/// The store cannot be read.
pub fn uses(snapshot: &Snapshot, known: &[Waiver]) -> Result<BTreeMap<String, usize>> {
    let mut out = BTreeMap::new();
    let since = known.iter().filter_map(|w| parse_time(&w.at)).min().map(jiff::Timestamp::as_millisecond);
    let Some(since) = since else { return Ok(out) };
    let mut count = |bead: Option<&BeadId>| -> Result<()> {
        for used in recorded(snapshot, bead)?.into_iter().flat_map(|r| r.verdict.waived) {
            *out.entry(used.place).or_default() += 1;
        }
        Ok(())
    };
    count(None)?;
    for row in snapshot.rows()?.iter().filter(|row| row.updated_at >= since) {
        count(Some(&BeadId::new(&row.id)?))?;
    }
    Ok(out)
}

/// The comments of all tracked files that waive something, by path and line.
///
/// # Errors
/// The index or a file cannot be read.
pub fn marks(git: &dyn Git, env: &Env, set: &RuleSet) -> Result<Vec<Mark>> {
    let Some(top) = git.paths().work_dir.clone() else { return Ok(Vec::new()) };
    let scanner = set.scanner(set.rules().iter().map(|r| r.id.as_str()));
    let (mut out, mut bytes) = (Vec::new(), Vec::new());
    for file in diff::changes(git, env, &What::All)? {
        if !diff::read(git, &top, &file, &mut bytes)? || memchr::memmem::find(&bytes, b"gate:allow").is_none() {
            continue;
        }
        let found = scanner.scan(&file.path, &bytes, &Lines::All);
        for mark in found.marks {
            let used = found.waived.iter().filter(|used| used.line == mark.line && mark.lets_through(&used.finding)).count();
            let by = author(git, &file.path, mark.line);
            out.push(Mark { path: file.path.clone(), line: mark.line, rules: mark.rules, reason: mark.reason, by, uses: used });
        }
    }
    Ok(out)
}

/// Who wrote a line that is committed.
fn author(git: &dyn Git, path: &str, line: u32) -> Option<String> {
    let range = format!("{line},{line}");
    let text = git.run(&["blame", "--porcelain", "-L", &range, "--", path]).ok()?;
    let is_committed = !text.starts_with("0000000000");
    text.lines().find_map(|l| l.strip_prefix("author ")).filter(|_| is_committed).map(str::to_owned)
}
