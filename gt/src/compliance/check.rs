//! Whether a report is final: every place filled, about the code that was validated.

use super::facts::Facts;
use super::files::top;
use super::front::Written;
use super::judged::{frame, is_empty, places};
use super::report::{body, digest, open, step_of, template_of};
use super::{found, paths};
use crate::molecule::{View, validate};
use bd::error::{Error, ErrorKind, Result};
use bd::store::Store;

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// The newest report, from the top of the tree.
    pub path: String,
    /// Its numbers, computed now: a front matter can raise `critical` and `warnings`, never lower them.
    pub facts: Facts,
    /// What keeps it from being final: line and sentence. Empty = it is final.
    pub missing: Vec<(usize, String)>,
    /// What should be said about it, and changes nothing.
    pub notes: Vec<String>,
}

impl Checked {
    /// What is missing, as `file:line: sentence`.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.missing.iter().map(|(line, what)| format!("{}:{line}: {what}", self.path))
    }
}

/// Looks at the newest report of a molecule.
///
/// # Errors
/// There is none, or its front matter cannot be read (exit 4); as [`super::report::make`].
pub fn check(store: &Store, view: &View) -> Result<Checked> {
    let top = top(store)?;
    let folder = paths::folder(view)?;
    let newest = paths::list(&top, &folder)?.pop();
    let text = newest.map(|(_, _, path)| Ok::<_, Error>((paths::read(&top, &path)?, path))).transpose()?;
    let Some((Some(text), path)) = text else {
        return Err(Error::new(ErrorKind::Gate, format!("`{}` has no compliance report", view.name))
            .hint(format!("`gt compliance report {}` makes one", view.name)));
    };
    let written = Written::parse(&path, &text)?;
    let snapshot = store.snapshot()?;
    let found = found::find(store, &snapshot, view, step_of(view))?;
    let front = &written.front;
    let own = found.numbers();
    let facts = Facts {
        critical: own.critical.max(front.critical),
        warnings: own.warnings.max(front.warnings),
        recommendation: front.recommended(),
        confidence: front.sure().and_then(Result::ok),
        report: Some(path.clone()),
        digest: Some(digest(&text)),
        soc2_judged: places(&written.body).iter().any(|p| p.name == "soc2" && !is_empty(&p.text)),
        ..own.clone()
    };
    let mut out = Checked { path, facts, ..Checked::default() };
    if front.molecule != view.name {
        out.missing.push((written.line_of("molecule"), format!("it is about `{}`", front.molecule)));
    }
    code(store, view, &written, &mut out)?;
    out.missing.extend(open(&written).into_iter().map(|(line, name)| (line, format!("`{name}` is not filled"))));
    if matches!(front.sure(), Some(Err(()))) {
        let line = written.line_of("confidence");
        out.missing.retain(|(l, _)| *l != line);
        out.missing.push((line, "`confidence` is a percentage from 0 to 100".to_owned()));
    }
    let template = template_of(&top, view)?;
    let there: Vec<String> = places(&written.body).into_iter().map(|p| p.name).collect();
    for place in places(&body(view, &template, &found, &out.facts, &front.date)?) {
        if !there.contains(&place.name) {
            let what = format!("the place `{}` of the template is not in it (--refresh puts it back)", place.name);
            out.missing.push((written.before + 1, what));
        }
    }
    out.missing.sort();
    for (name, said, is) in [("critical", front.critical, own.critical), ("warnings", front.warnings, own.warnings)] {
        if said < is {
            out.notes.push(format!("the front matter says {name} = {said}: {is} were found, and {is} count"));
        }
    }
    if front.made != digest(&frame(&written.body)) {
        out.notes.push("the text outside of the marked places was changed by hand".to_owned());
    }
    Ok(out)
}

/// The report, the validation and the working tree are about the same code.
fn code(store: &Store, view: &View, written: &Written, out: &mut Checked) -> Result<()> {
    let line = written.line_of("code");
    let Some(v) = &view.validation else { return Ok(()) };
    let refresh = format!("`gt compliance report {} --refresh` computes it again", view.name);
    if written.front.code != v.code {
        out.missing.push((line, format!("it is about other code than the last validation; {refresh}")));
    } else if !v.code.is_empty() && validate::code(store)? != v.code {
        let what = "the code has changed since it was validated: it has to be validated again, or to be as it was";
        out.missing.push((line, what.to_owned()));
    }
    Ok(())
}
