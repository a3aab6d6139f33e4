//! The compliance report: what the tool can prove, and what a person must judge (docs/concepts/compliance.md).

mod check;
mod coverage;
mod facts;
mod files;
mod found;
mod front;
mod history;
mod judged;
mod paths;
mod render;
mod report;
mod settings;
mod sources;
pub mod template;
mod trace;

pub use check::{Checked, check};
pub use facts::Facts;
pub use report::{Ask, Made, make};
pub use settings::{REQUIREMENT, Role, Settings};
pub use trace::{Found, Requirement, Trace};

use crate::formula::StepKind;
use crate::molecule::{StepView, View};
use bd::error::{Error, ErrorKind, Result};
use bd::store::Store;
use jiff::Timestamp;
use settings::Rules;
use std::path::PathBuf;

/// The numbers of a finished report.
///
/// # Errors
/// There is none, a marked place in it is empty, or it is about other code (exit 4, with file and line of each).
pub fn final_facts(store: &Store, view: &View, step: &StepView) -> Result<Facts> {
    let checked = check(store, view)?;
    if checked.missing.is_empty() {
        return Ok(checked.facts);
    }
    let lines: Vec<String> = checked.lines().collect();
    Err(Error::new(ErrorKind::Gate, format!("the report of `{}/{}` is not final: {}", view.name, step.def.id, lines.join("; ")))
        .hint(format!("`gt compliance check {}` says it again once they are filled", view.name)))
}

/// Makes the report that an open compliance step asks for, if there is none about the code that was validated; its path.
/// What somebody wrote is never written over.
///
/// # Errors
/// As [`make`].
pub fn enter(store: &Store, view: &View, now: Timestamp) -> Result<Option<PathBuf>> {
    let open = view.open.iter().filter_map(|i| view.steps.get(*i));
    let asked = open.filter(|s| s.def.kind == StepKind::Compliance && s.def.report_template.is_some()).count();
    if asked == 0 || store.git().paths().work_dir.is_none() {
        return Ok(None);
    }
    let top = files::top(store)?;
    if let Some((_, _, path)) = paths::list(&top, &paths::folder(view)?)?.pop() {
        let text = paths::read(&top, &path)?.unwrap_or_default();
        let code = view.validation.as_ref().map(|v| v.code.as_str()).unwrap_or_default();
        // One that cannot be read is somebody's work: they are told when they hand it in.
        if front::Written::parse(&path, &text).map_or(true, |w| w.front.code == code) {
            return Ok(None);
        }
    }
    let made = make(store, view, now, &Ask::default())?;
    Ok(Some(top.join(made.path)))
}

/// The requirement ids of the working tree; with a molecule, those of its documents too and what it misses.
///
/// # Errors
/// There is no working tree; the configuration is wrong; a file cannot be read.
pub fn trace_of(store: &Store, view: Option<&View>) -> Result<Trace> {
    let rules = Rules::of(store);
    let files = files::Files::list(store)?;
    let (inputs, wanted) = match view {
        Some(view) => found::asked(&store.snapshot()?, view)?,
        None => Default::default(),
    };
    let kept = crate::views::Ids::open(store, &files.top, rules.text);
    trace::trace(&files, &rules, &found::searched(&inputs), &wanted, Some(kept))
}
