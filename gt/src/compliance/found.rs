//! What the tool can say by itself about a molecule: numbers, issues, gaps, and the data that a template sees.

use super::coverage::{self, Coverage};
use super::files::Files;
use super::history::{self, Checkpoint, Decision};
use super::settings::Rules;
use super::sources::{self, Source};
use super::trace::{Trace, trace};
use crate::formula::StepKind;
use crate::molecule::model::{Validation, field, percent};
use crate::molecule::{StepView, View};
use bd::error::Result;
use bd::store::{Snapshot, Store};
use bd_gate::gate::waivers::{self, State, Waiver};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A document that a molecule was poured with: path and blob id.
type Input = (String, String);

/// Everything that was found.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What blocks, a sentence each.
    pub critical: Vec<String>,
    /// What does not, a sentence each.
    pub warnings: Vec<String>,
    /// What is missing, a sentence each.
    pub gaps: Vec<String>,
    /// The last validation.
    pub validation: Option<Validation>,
    /// Requirement ids.
    pub trace: Trace,
    /// What the molecule was poured for.
    pub wanted: Vec<String>,
    /// The documents that decide.
    pub sources: Vec<Source>,
    /// Coverage.
    pub coverage: Vec<Coverage>,
    /// The approvals.
    pub checkpoints: Vec<Checkpoint>,
    /// Decisions and failures.
    pub decisions: Vec<Decision>,
}

/// Finds it out. `step` is the one that makes the report, if the formula has one.
///
/// # Errors
/// There is no working tree, git does not answer, the configuration is wrong, a file cannot be read.
pub fn find(store: &Store, snapshot: &Snapshot, view: &View, step: Option<&StepView>) -> Result<Facts> {
    let rules = Rules::of(store);
    let settings = rules.settings()?;
    let files = Files::list(store)?;
    let (inputs, wanted) = asked(snapshot, view)?;
    let paths = searched(&inputs);
    let decisions = history::decisions(snapshot, view)?;
    let (coverage, unread) = coverage::find(&files, &settings.coverage);
    let known = waivers::of_snapshot(snapshot)?;
    let mut out = Facts {
        validation: view.validation.clone().map(|v| today(v, &known, store.now())),
        trace: trace(&files, &rules, &paths, &wanted, None)?,
        sources: sources::resolve(&files, step.map_or(&[], |s| &s.def.authoritative_sources))?,
        checkpoints: history::checkpoints(view, &decisions),
        wanted,
        coverage,
        decisions,
        ..Facts::default()
    };
    out.gaps.extend(changed(&files, &inputs)?);
    let asked = view.steps.iter().find(|s| s.def.kind == StepKind::Validation);
    out.judge(asked.map(|s| s.def.id.as_str()), unread);
    Ok(out)
}

/// A validation with its findings as the waivers are now: what let one through may have ended since.
fn today(mut v: Validation, known: &[Waiver], now: Timestamp) -> Validation {
    for finding in &mut v.findings {
        let Some(text) = &finding.waived else { continue };
        // Marks in the code itself are no events: they are as they were, since the code is.
        let mut own = known.iter().filter(|w| format!("{} ({})", w.reason, w.by) == *text).peekable();
        if own.peek().is_some() && own.all(|w| w.state(now) != State::Active) {
            finding.advice = format!("its waiver is over ({text}); {}", finding.advice);
            finding.waived = None;
        }
    }
    v
}

/// The documents that a molecule was poured with (path and blob id), and the ids that it is for.
pub(super) fn asked(snapshot: &Snapshot, view: &View) -> Result<(Vec<Input>, Vec<String>)> {
    let bead = snapshot.must(&view.bead)?;
    let plain = |name: &str| bead.get(name).map(bd::model::Value::to_tree).unwrap_or_default();
    let inputs = plain(field::INPUTS);
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let inputs = inputs.as_array().into_iter().flatten().map(|i| (text(&i["path"]), text(&i["blob"]))).collect();
    let mut wanted = Vec::new();
    requirements(&plain(field::SCOPE), &mut wanted);
    Ok((inputs, wanted))
}

/// The inputs that are looked through for ids. A molecule's own file asks for them, so it is no proof.
pub(super) fn searched(inputs: &[Input]) -> Vec<String> {
    inputs.iter().map(|(path, _)| path.clone()).filter(|path| !path.to_ascii_lowercase().ends_with(".toml")).collect()
}

/// Inputs that are not there, or not as they were when the molecule was poured.
fn changed(files: &Files<'_>, inputs: &[Input]) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for (path, poured) in inputs {
        // Computed as it was then: from the bytes, whatever the index says.
        match files.all().iter().find(|f| f.path == *path).map(|f| files.hash(f)).transpose()?.flatten() {
            None => out.push(format!("The input {path} is not there")),
            Some(now) if now != *poured => out.push(format!("The input {path} has changed since the molecule was poured")),
            Some(_) => {}
        }
    }
    Ok(out)
}

/// The ids below every key `business_requirements`, wherever its file has it.
fn requirements(value: &Value, out: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        if key == "business_requirements" {
            let of = |v: &Value| v.as_str().map(|t| t.split([':', ' ']).next().unwrap_or_default().to_owned());
            out.extend(
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(of)
                    .filter(|id| !id.is_empty() && !out.contains(id))
                    .collect::<Vec<_>>(),
            );
        } else {
            requirements(value, out);
        }
    }
}

/// The first sentences, short enough for a letter.
fn said(all: &[String]) -> Vec<String> {
    let one = |text: &String| crate::mail::text::cut(&crate::molecule::handin::one_line(text), 300);
    all.iter().take(super::facts::SAID).map(one).collect()
}

impl Facts {
    /// From what was found to what it means. `asked` is the step that validates, where the formula has one.
    fn judge(&mut self, asked: Option<&str>, unread: Vec<String>) {
        match (self.validation.clone(), asked) {
            (Some(v), _) => self.of_validation(&v),
            // What was not asked has not passed.
            (None, Some(step)) => self.critical.push(format!("Nothing was validated: {step} has not been handed in")),
            (None, None) => self.gaps.push("The formula has no validation: there are no test results".to_owned()),
        }
        for decision in self.decisions.iter().filter(|d| d.what == "approve") {
            if let Some(against) = &decision.against {
                self.warnings.push(format!("{} was approved by {} against an objection: {against}", decision.step, decision.by));
            }
        }
        for source in &self.sources {
            match (&source.why, source.files.is_empty()) {
                (Some(why), _) => self.gaps.push(format!("The source {} cannot be looked for: {why}", source.glob)),
                (None, true) => self.gaps.push(format!("The source {} matches no file", source.glob)),
                (None, false) => {}
            }
        }
        let ids = |list: &[super::trace::Requirement]| list.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
        let (documents, tests) = (&self.trace.only_documents, &self.trace.only_tests);
        if !documents.is_empty() {
            self.gaps.push(format!("No test names {} of the requirements in documents: {}", documents.len(), ids(documents)));
        }
        if !tests.is_empty() {
            self.gaps.push(format!("No document names {} of the requirements in tests: {}", tests.len(), ids(tests)));
        }
        if !self.trace.missing.is_empty() {
            let list = self.trace.missing.join(", ");
            self.gaps.push(format!("Required by the molecule, in no document and no test ({}): {list}", self.trace.missing.len()));
        }
        self.gaps.extend(self.trace.skipped.iter().map(|why| format!("Not searched for requirements: {why}")));
        self.gaps.extend(unread.into_iter().map(|why| format!("Coverage: {why}")));
        if self.coverage.is_empty() {
            self.gaps.push("No coverage file (lcov, cobertura, Go) was found".to_owned());
        }
    }

    fn of_validation(&mut self, v: &Validation) {
        if v.failed > 0 {
            self.critical.push(format!("{} of {} tests failed", v.failed, v.total));
        }
        self.critical.extend(v.errors.iter().map(|e| format!("The validation could not be asked in full: {e}")));
        for f in v.findings.iter().filter(|f| f.waived.is_none()) {
            let text = format!("{} ({}) at {}:{}: {}", f.rule, f.severity, f.file, f.line, f.advice);
            if f.severity == "critical" { self.critical.push(text) } else { self.warnings.push(text) }
        }
        if !v.passed && self.critical.is_empty() {
            self.critical.push("The last validation did not pass".to_owned());
        }
        if v.skipped > 0 {
            self.warnings.push(format!("{} of {} tests were skipped", v.skipped, v.total));
        }
        if !v.counted {
            self.gaps.push("No report of a test program could be read: exit codes alone counted".to_owned());
        }
        if v.code.is_empty() {
            self.gaps.push("What was validated is in no commit: the working tree had changes of its own".to_owned());
        }
    }

    /// The numbers.
    pub fn numbers(&self) -> super::Facts {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        super::Facts {
            critical: number(self.critical.len()),
            warnings: number(self.warnings.len()),
            requirements: number(self.trace.found()),
            traced: number(self.trace.traced.len()),
            warnings_said: said(&self.warnings),
            gaps_said: said(&self.gaps),
            ..super::Facts::default()
        }
    }

    /// What `[counts]` of the front matter has: every number that a reader may want to compare.
    pub fn counts(&self) -> Vec<(&'static str, i64)> {
        let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let v = self.validation.clone().unwrap_or_default();
        let waived = v.findings.iter().filter(|f| f.waived.is_some()).count();
        let unmatched = self.sources.iter().filter(|s| s.files.is_empty()).count();
        let of = |what: &str| n(self.decisions.iter().filter(|d| d.what == what).count());
        vec![
            ("tests", i64::from(v.total)),
            ("tests_passed", i64::from(v.ok)),
            ("tests_failed", i64::from(v.failed)),
            ("tests_skipped", i64::from(v.skipped)),
            ("findings", n(v.findings.len())),
            ("findings_waived", n(waived)),
            ("requirements", n(self.trace.found())),
            ("requirements_traced", n(self.trace.traced.len())),
            ("requirements_only_in_documents", n(self.trace.only_documents.len())),
            ("requirements_only_in_tests", n(self.trace.only_tests.len())),
            ("requirements_missing", n(self.trace.missing.len())),
            ("sources", n(self.sources.len())),
            ("sources_without_match", n(unmatched)),
            ("overrides", n(self.decisions.iter().filter(|d| d.against.is_some()).count())),
            ("rejections", of("reject")),
            ("gaps", n(self.gaps.len())),
        ]
    }

    /// What a template sees besides `report`.
    pub fn data(&self, view: &View, step: Option<&StepView>) -> Value {
        let v = self.validation.as_ref();
        let findings = |waived: bool| {
            let of = v.map(|v| v.findings.as_slice()).unwrap_or_default();
            of.iter().filter(|f| f.waived.is_some() == waived).collect::<Vec<_>>()
        };
        let soc2: Vec<_> = self.trace.all().filter(|r| r.id.starts_with("SOC")).collect();
        let counts: serde_json::Map<String, Value> = self.counts().into_iter().map(|(k, n)| (k.to_owned(), json!(n))).collect();
        let steps = |s: &StepView| json!({"id": s.def.id, "phase": s.def.phase, "state": s.state.as_str(), "attempt": s.attempt, "workers": s.workers});
        let scans = v.map(|v| {
            v.scans
                .iter()
                .map(|rule| {
                    let open = findings(false).iter().filter(|f| f.rule == *rule).count();
                    json!({"rule": rule, "open": open, "waived": findings(true).iter().filter(|f| f.rule == *rule).count()})
                })
                .collect::<Vec<_>>()
        });
        let decided = |keep: &dyn Fn(&&Decision) -> bool| self.decisions.iter().filter(keep).collect::<Vec<_>>();
        let mut out = json!({
            "counts": counts, "critical": self.critical, "warnings": self.warnings, "gaps": self.gaps,
            "validation": v.map(|v| json!({
                "passed": v.passed, "counted": v.counted, "total": v.total, "ok": v.ok, "failed": v.failed, "skipped": v.skipped,
                "rate": v.counted_rate().map(percent), "failures": v.failures, "errors": v.errors, "code": v.code,
            })),
        });
        let more = [
            ("open_findings", json!(findings(false))),
            ("waived_findings", json!(findings(true))),
            ("scans", json!(scans.unwrap_or_default())),
            ("requirements", json!(self.trace)),
            ("wanted", json!(self.wanted)),
            ("soc2", json!(soc2)),
            ("sources", json!(self.sources)),
            ("coverage", json!(self.coverage)),
            ("checkpoints", json!(self.checkpoints)),
            ("overrides", json!(decided(&|d| d.against.is_some()))),
            ("rejections", json!(decided(&|d| d.what == "reject"))),
            ("failures", json!(decided(&|d| d.what == "fail"))),
            ("steps", json!(view.steps.iter().map(steps).collect::<Vec<_>>())),
            ("categories", json!(step.map(|s| &s.def.validation_categories))),
            ("quality", json!(view.recipe.quality)),
        ];
        for (name, value) in more {
            out[name] = value;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_of_any_form_of_molecule_file() {
        let mut out = Vec::new();
        let scope = json!({"business_requirements": ["BR-1", "BR-2: text"], "inputs": {"business_requirements": ["BR-1", "BR-3"]}});
        requirements(&scope, &mut out);
        assert_eq!(out, ["BR-1", "BR-2", "BR-3"]);
    }
}
