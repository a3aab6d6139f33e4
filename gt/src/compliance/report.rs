//! Making a report: what was found, put into the template, with what was judged before.

use super::facts::Facts;
use super::files::top;
use super::front::{Found, Head, Written};
use super::judged::{MOST, fill, frame, is_empty, places};
use super::template::{self, Template};
use super::{found, paths, render};
use crate::formula::StepKind;
use crate::molecule::{StepView, View};
use bd::error::{Error, ErrorKind, Result};
use bd::store::Store;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// How a report is asked for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Where to, if not to the molecule's folder; as typed.
    pub out: Option<String>,
    /// Compute the facts of the newest report anew and keep what was judged.
    pub refresh: bool,
}

/// A report that was made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    /// Its path from the top of the tree.
    pub path: String,
    /// Its numbers.
    pub facts: Facts,
    /// What the front matter counts besides.
    pub counts: Vec<(&'static str, i64)>,
    /// The lines with something to judge: line and name.
    pub open: Vec<(usize, String)>,
    /// What should be said about it.
    pub notes: Vec<String>,
}

/// What is taken over from an older report.
#[derive(Default)]
struct Kept {
    texts: BTreeMap<String, String>,
    recommendation: Option<String>,
    confidence: Option<u8>,
    /// By how much a person raised the numbers.
    critical: u32,
    warnings: u32,
}

/// SHA-256 of a text, in hex.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The step that makes the report.
pub(super) fn step_of(view: &View) -> Option<&StepView> {
    view.steps.iter().find(|s| s.def.kind == StepKind::Compliance)
}

/// The template of a molecule.
///
/// # Errors
/// As [`template::load`].
pub(super) fn template_of(top: &Path, view: &View) -> Result<Template> {
    template::load(top, step_of(view).and_then(|s| s.def.report_template.as_deref()))
}

/// The body of a report, with empty places.
///
/// # Errors
/// As [`render::render`]; a template that asks for too much judgement (exit 2).
pub(super) fn body(view: &View, template: &Template, found: &found::Facts, facts: &Facts, date: &str) -> Result<String> {
    let mut data = found.data(view, step_of(view));
    let code = found.validation.as_ref().map(|v| v.code.clone()).filter(|c| !c.is_empty());
    data["report"] = json!({
        "molecule": view.name, "convoy": view.convoy, "owner": view.owner, "team": view.team, "date": date, "code": code,
        "formula": formula(view), "formula_digest": view.recipe.digest,
        "status": facts.status(), "critical": facts.critical, "warnings": facts.warnings,
    });
    let name = if template.origin == "built-in" { template::NAME } else { &template.origin };
    let mut body = render::render(name, &template.text, &data)?;
    if template.origin == "built-in" {
        body = without_gaps(&body);
    }
    let asked = places(&body).len() + 2;
    if asked > MOST {
        return Err(Error::usage(format!("{name}: it asks for {asked} judgements (recommendation and confidence among them)"))
            .hint(format!("At most {MOST}: what can be computed is not asked for")));
    }
    Ok(fill(&body, &BTreeMap::new()))
}

fn formula(view: &View) -> String {
    format!("{} v{}", view.recipe.name, view.recipe.version)
}

/// Never two empty lines after one another.
fn without_gaps(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if !(line.trim().is_empty() && (out.is_empty() || out.ends_with("\n\n"))) {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

/// Makes a report.
///
/// # Errors
/// There is no working tree; the template, the configuration or a name is wrong (exit 2); `--out` names a file that somebody
/// wrote (exit 6); the disk does not take it.
pub fn make(store: &Store, view: &View, now: Timestamp, ask: &Ask) -> Result<Made> {
    let top = top(store)?;
    let snapshot = store.snapshot()?;
    let template = template_of(&top, view)?;
    let found = found::find(store, &snapshot, view, step_of(view))?;
    let date = bd::model::format_time(now).get(..10).unwrap_or_default().to_owned();
    let code = found.validation.as_ref().map(|v| v.code.clone()).unwrap_or_default();
    let mut made = Made { counts: found.counts(), ..Made::default() };

    let target = Target::choose(store, view, &top, &date, ask)?;
    let mut kept = Kept::default();
    if let (true, Some(old)) = (ask.refresh, &target.old) {
        kept = Kept::of(old);
        if old.front.code != code && kept.recommendation.is_some() {
            (kept.recommendation, kept.confidence) = (None, None);
            made.notes.push("the code has changed since: the recommendation and its confidence have to be given again".to_owned());
        }
    }
    let numbers = found.numbers();
    let own = Found { critical: numbers.critical, warnings: numbers.warnings };
    let mut facts = numbers;
    facts.critical = facts.critical.saturating_add(kept.critical);
    facts.warnings = facts.warnings.saturating_add(kept.warnings);
    facts.recommendation.clone_from(&kept.recommendation);
    facts.confidence = kept.confidence;

    let empty = body(view, &template, &found, &facts, &date)?;
    let body = fill(&empty, &kept.texts);
    let names: Vec<String> = places(&empty).into_iter().map(|p| p.name).collect();
    let lost = kept.texts.keys().find(|name| !names.contains(name));
    made.path = target.path(lost, &mut made.notes)?;

    let head = Head {
        facts: facts.clone(),
        found: own,
        more: vec![
            ("molecule", view.name.as_str().into()),
            ("convoy", view.convoy.as_deref().unwrap_or_default().into()),
            ("formula", formula(view).into()),
            ("formula_digest", view.recipe.digest.as_str().into()),
            ("code", code.into()),
            ("date", date.as_str().into()),
            ("template", template.origin.as_str().into()),
            ("made", digest(&frame(&body)).into()),
        ],
        counts: made.counts.iter().map(|(k, n)| (*k, (*n).into())).collect(),
    };
    let text = format!("{}\n{body}", head.text());
    paths::write(&top, &made.path, &text)?;
    let newest = paths::list(&top, &paths::folder(view)?)?.pop().map(|(_, _, path)| path);
    if let Some(newest) = newest.filter(|newest| ask.out.is_none() && *newest != made.path) {
        made.notes.push(format!("{newest} has a later date: it is the one that counts"));
    }
    facts.report = Some(made.path.clone());
    facts.digest = Some(digest(&text));
    made.facts = facts;
    let written = Written::parse(&made.path, &text)?;
    made.open = open(&written);
    Ok(made)
}

/// What has to be judged in a report and is not: line and name.
pub(super) fn open(written: &Written) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    if written.front.recommended().is_none() {
        out.push((written.line_of("recommendation"), "recommendation".to_owned()));
    }
    if !matches!(written.front.sure(), Some(Ok(_))) {
        out.push((written.line_of("confidence"), "confidence".to_owned()));
    }
    let empty = places(&written.body).into_iter().filter(|p| is_empty(&p.text));
    out.extend(empty.map(|p| (written.before + p.line, p.name)));
    out
}

impl Kept {
    fn of(old: &Written) -> Self {
        let front = &old.front;
        Self {
            texts: places(&old.body).into_iter().filter(|p| !is_empty(&p.text)).map(|p| (p.name, p.text)).collect(),
            recommendation: front.recommended(),
            confidence: front.sure().and_then(Result::ok),
            critical: front.critical.saturating_sub(front.found.critical),
            warnings: front.warnings.saturating_sub(front.found.warnings),
        }
    }

    fn is_empty(&self) -> bool {
        self.texts.is_empty()
            && self.recommendation.is_none()
            && self.confidence.is_none()
            && (self.critical, self.warnings) == (0, 0)
    }
}

/// Where a report is going to be.
struct Target {
    /// The file that is meant.
    at: String,
    /// Where instead, if what is at `at` must stay.
    next: Option<String>,
    /// What is at `at`, where that is a report.
    old: Option<Written>,
    /// True if somebody changed it outside of the marked places.
    changed: bool,
}

impl Target {
    fn choose(store: &Store, view: &View, top: &Path, date: &str, ask: &Ask) -> Result<Self> {
        if let Some(out) = &ask.out {
            return Self::of_out(paths::out(store, top, out)?, view, top, ask.refresh);
        }
        let folder = paths::folder(view)?;
        let all = paths::list(top, &folder)?;
        let of_day = all.iter().filter(|(day, _, _)| day == date).map(|(_, number, _)| *number).max();
        let next = paths::name(&folder, date, of_day.map_or(1, |n| n.saturating_add(1)));
        let old = if ask.refresh { all.last() } else { all.iter().rfind(|(day, _, _)| day == date) };
        let Some((_, _, at)) = old else { return Ok(Self { at: next, next: None, old: None, changed: false }) };
        let text = paths::read(top, at)?.unwrap_or_default();
        match Written::parse(at, &text) {
            Ok(old) => {
                let changed = old.front.made != digest(&frame(&old.body));
                let touched = changed || !Kept::of(&old).is_empty();
                if touched && !ask.refresh {
                    return Ok(Self { at: next, next: None, old: None, changed: false });
                }
                Ok(Self { at: at.clone(), next: Some(next), old: Some(old), changed })
            }
            Err(e) if ask.refresh => Err(e),
            Err(_) => Ok(Self { at: next, next: None, old: None, changed: false }),
        }
    }

    fn of_out(at: String, view: &View, top: &Path, refresh: bool) -> Result<Self> {
        paths::safe(top, &at)?;
        let refused = |why: &str| Error::new(ErrorKind::Conflict, format!("{at} is there already{why}")).hint("Name another file");
        if !top.join(&at).exists() {
            return Ok(Self { at, next: None, old: None, changed: false });
        }
        let text = paths::read(top, &at)?.ok_or_else(|| refused(" and is no file"))?;
        let old = Written::parse(&at, &text).ok().filter(|w| w.front.molecule == view.name);
        let old = old.ok_or_else(|| refused(&format!(" and is no report of `{}`", view.name)))?;
        let changed = old.front.made != digest(&frame(&old.body));
        if !refresh && (changed || !Kept::of(&old).is_empty()) {
            return Err(refused(", with what somebody wrote into it").hint("--refresh keeps what was judged"));
        }
        Ok(Self { at, next: None, old: Some(old), changed })
    }

    /// The path to write to. What a person wrote anywhere but into a marked place is never written over.
    fn path(&self, lost: Option<&String>, notes: &mut Vec<String>) -> Result<String> {
        let why = match (self.changed, lost) {
            (true, _) => "it was changed outside of the marked places".to_owned(),
            (false, Some(name)) => format!("the template has no place `{name}` any more"),
            (false, None) => return Ok(self.at.clone()),
        };
        let Some(next) = &self.next else {
            return Err(Error::new(ErrorKind::Conflict, format!("{}: {why}", self.at)).hint("Name another file"));
        };
        notes.push(format!("{} stays as it is ({why}); what was judged there was copied", self.at));
        Ok(next.clone())
    }
}
