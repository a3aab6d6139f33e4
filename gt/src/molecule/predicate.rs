//! Sentences of formulas that mean something to a machine: success criteria of steps, completion criteria and blocking
//! conditions of molecules. What means nothing becomes a check-box for a person, never a silent pass.

use super::model::{CheckpointState, StepState, Validation};
use super::{StepView, View};
use crate::compliance::Facts;
use crate::formula::StepKind;

/// What a sentence asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Passed tests of all, in percent, at least.
    PassRate(f64),
    /// Every test passes and none is skipped.
    TestsPass,
    /// No test fails.
    NoFailing,
    /// No test is skipped, and nothing in the code would skip one.
    NoSkips,
    /// The scans of a rule find nothing.
    NoFinding(&'static str),
    /// No scan finds anything of at least this severity.
    NoFindings(bd_gate::Severity),
    /// The tests can be run at all.
    Compiles,
    /// At least one test fails, and all can be run: the red step.
    FailsAsExpected,
    /// A checkpoint is approved.
    Approved(String),
    /// A step of this kind is done.
    KindDone(StepKind),
    /// The compliance report has no critical issue (or a person has decided otherwise, on record).
    NoCritical,
    /// A person has to say so.
    Manual,
}

impl Predicate {
    /// What a success criterion (`key = value`) of a step asks.
    pub fn of_criterion(text: &str) -> Self {
        let (key, value) = text.split_once('=').map_or((text, "true"), |(k, v)| (k, v));
        let (key, value) = (key.trim(), value.trim().trim_matches('"'));
        if key == "test_pass_rate" {
            return rate(value).map_or(Self::Manual, Self::PassRate);
        }
        if value != "true" {
            return Self::Manual;
        }
        match key {
            "test_compiles" | "tests_compile" => Self::Compiles,
            "test_fails_as_expected" | "tests_fail_as_expected" => Self::FailsAsExpected,
            "tests_pass" | "all_tests_pass" => Self::TestsPass,
            "no_failing_tests" => Self::NoFailing,
            "no_skip_calls" | "no_skipped_tests" => Self::NoSkips,
            "no_time_sleep_before_assertions" | "no_time_sleep_detected" => Self::NoFinding("no-sleep"),
            "eventually_used_correctly" => Self::NoFinding("eventually-misuse"),
            _ => Self::Manual,
        }
    }

    /// What a completion criterion, a sentence, asks of a molecule.
    pub fn of_sentence(text: &str, view: &View) -> Self {
        answerable(Self::in_sentence(text, view), view)
    }

    fn in_sentence(text: &str, view: &View) -> Self {
        let lower = text.to_lowercase();
        let has = |word: &str| lower.contains(word);
        if has("checkpoint") && has("approved") {
            let words = |step: &StepView| {
                let of_id = step.def.id.split('-').filter(|w| *w != "checkpoint");
                of_id.clone().count() > 0 && of_id.into_iter().all(|w| lower.contains(w))
            };
            let found = view.steps.iter().filter(|s| s.checkpoint.is_some()).find(|s| words(s));
            return found.map_or(Self::Manual, |s| Self::Approved(s.def.id.clone()));
        }
        if has("test") && has("pass") && has("100%") {
            return Self::PassRate(100.0);
        }
        if has("triage") && (has("completed") || has("done")) && any(view, StepKind::Compliance) {
            return Self::KindDone(StepKind::Compliance);
        }
        if has("documentation") && has("committed") && any(view, StepKind::Document) {
            return Self::KindDone(StepKind::Document);
        }
        Self::Manual
    }

    /// What must hold so that a blocking condition does not: `test_pass_rate < 100%` asks for 100 %.
    pub fn against_condition(text: &str, view: &View) -> Self {
        answerable(Self::in_condition(text, view), view)
    }

    fn in_condition(text: &str, view: &View) -> Self {
        let text = text.trim();
        if let Some((key, value)) = text.split_once('<') {
            return match (key.trim(), rate(value.trim())) {
                ("test_pass_rate", Some(rate)) => Self::PassRate(rate),
                _ => Self::Manual,
            };
        }
        if let Some(words) = text.strip_suffix("_checkpoint_rejected") {
            let id = format!("{}-checkpoint", words.replace('_', "-"));
            let found = view.steps.iter().find(|s| s.checkpoint.is_some() && s.def.id == id);
            return found.map_or(Self::Manual, |s| Self::Approved(s.def.id.clone()));
        }
        match text {
            "test_pass_rate_below_100" => Self::PassRate(100.0),
            "skipped_tests_detected" => Self::NoSkips,
            "critical_compliance_issues" => Self::NoCritical,
            other => bd_gate::scan::severity_of_condition(other).map_or(Self::Manual, Self::NoFindings),
        }
    }

    /// True if only a run of the tests can answer it.
    pub fn needs_tests(&self) -> bool {
        matches!(self, Self::PassRate(_) | Self::TestsPass | Self::NoFailing | Self::Compiles | Self::FailsAsExpected)
    }

    /// The rule whose scan answers it.
    pub fn scan(&self) -> Option<&'static str> {
        match self {
            Self::NoSkips => Some("no-skip"),
            Self::NoFinding(rule) => Some(rule),
            _ => None,
        }
    }

    /// Whether a validation answers yes; `None` where it is not its business.
    pub fn judge(&self, v: &Validation) -> Option<bool> {
        let found = |rule: &str| v.findings.iter().any(|f| f.rule == rule && f.waived.is_none());
        let runs = v.errors.is_empty();
        Some(match self {
            Self::PassRate(rate) => v.rate() >= *rate && v.failed == 0 && runs,
            Self::TestsPass => v.failed == 0 && v.skipped == 0 && runs && (v.total > 0 || !v.counted),
            Self::NoFailing => v.failed == 0 && runs,
            Self::NoSkips => v.skipped == 0 && !found("no-skip"),
            Self::NoFinding(rule) => !found(rule),
            Self::NoFindings(least) => {
                !v.findings.iter().any(|f| f.waived.is_none() && bd_gate::Severity::parse(&f.severity).is_none_or(|s| s >= *least))
            }
            // A report that was read is a program that was built.
            Self::Compiles => v.counted && v.total > 0,
            Self::FailsAsExpected => v.counted && v.failed > 0,
            Self::Approved(_) | Self::KindDone(_) | Self::NoCritical | Self::Manual => return None,
        })
    }

    /// Whether a molecule as it stands answers yes; `None` = a person has to.
    pub fn holds(&self, view: &View, facts: Option<&Facts>) -> Option<bool> {
        let validation = view.validation.as_ref();
        match self {
            Self::Manual => None,
            Self::Approved(id) => Some(view.step(id).is_some_and(|s| {
                s.checkpoint.as_ref().is_some_and(|c| c.state == CheckpointState::Approved) && s.state == StepState::Done
            })),
            Self::KindDone(kind) => {
                let mut of_kind = view.steps.iter().filter(|s| s.def.kind == *kind);
                Some(of_kind.all(|s| s.state == StepState::Done))
            }
            Self::NoCritical => {
                let overridden = view.steps.iter().any(|s| s.checkpoint.as_ref().is_some_and(|c| c.overridden));
                Some(facts.is_none_or(|f| f.critical == 0) || overridden)
            }
            // Where nothing was validated there is nothing that fails.
            other => Some(match validation {
                Some(v) => other.judge(v).unwrap_or(false),
                None => !any(view, StepKind::Validation),
            }),
        }
    }
}

fn any(view: &View, kind: StepKind) -> bool {
    view.steps.iter().any(|s| s.def.kind == kind)
}

fn rate(text: &str) -> Option<f64> {
    text.trim().trim_end_matches('%').trim().parse::<f64>().ok().filter(|r| (0.0..=100.0).contains(r))
}

/// What keeps a molecule whose steps are all done from being completed, a sentence each; attested sentences are in `ticked`.
pub fn unmet(view: &View, facts: Option<&Facts>, ticked: &[String]) -> Vec<String> {
    let rules = &view.recipe.progression;
    let mut out = Vec::new();
    for text in &rules.day_completion_criteria {
        match Predicate::of_sentence(text, view).holds(view, facts) {
            Some(true) => {}
            Some(false) => out.push(format!("not true yet: {text}")),
            None if ticked.iter().any(|t| t == text) => {}
            None => out.push(format!("nobody has attested: {text}")),
        }
    }
    for text in &rules.block_next_day_if {
        match Predicate::against_condition(text, view).holds(view, facts) {
            Some(true) => {}
            Some(false) => out.push(format!("it blocks: {text}")),
            None if ticked.iter().any(|t| t == text) => {}
            None => out.push(format!("nobody has attested that this is not so: {text}")),
        }
    }
    out
}

/// The criteria of an approval that a machine can answer, and answers no (reference gastown.md 10.4: warn). Who approves says
/// with that that the others hold.
pub fn unmet_approval(view: &View, id: &str) -> Vec<String> {
    let asked = |text: &str| match Predicate::of_criterion(text) {
        Predicate::Manual => Predicate::of_sentence(text, view),
        known => known,
    };
    let is_unmet = |text: &&String| asked(text).holds(view, None) == Some(false);
    view.step(id).iter().flat_map(|s| s.def.approval_criteria.iter()).filter(is_unmet).cloned().collect()
}

/// The success criteria of a step that a person has to attest.
pub fn manual_criteria(step: &StepView) -> Vec<String> {
    step.def.success_criteria.iter().filter(|c| Predicate::of_criterion(c) == Predicate::Manual).cloned().collect()
}

/// What a sentence about a whole molecule asks, under the same rule.
fn answerable(predicate: Predicate, view: &View) -> Predicate {
    let testable = || view.steps.iter().any(|s| s.def.has_commands());
    if predicate.needs_tests() && !testable() { Predicate::Manual } else { predicate }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_criterion_has_a_meaning_and_others_are_for_people() {
        use Predicate as P;
        for (text, wanted) in [
            ("test_pass_rate = 100%", P::PassRate(100.0)),
            ("tests_pass = true", P::TestsPass),
            ("no_skip_calls = true", P::NoSkips),
            ("no_time_sleep_before_assertions = true", P::NoFinding("no-sleep")),
            ("eventually_used_correctly=true", P::NoFinding("eventually-misuse")),
            ("test_fails_as_expected = true", P::FailsAsExpected),
            ("minimal_implementation = true", P::Manual),
            ("tests_pass = false", P::Manual),
            ("test_pass_rate = lots", P::Manual),
        ] {
            assert_eq!(P::of_criterion(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_red_step_wants_a_failing_test_that_ran() {
        let red = Validation { counted: true, total: 3, ok: 2, failed: 1, ..Validation::default() };
        assert_eq!(Predicate::FailsAsExpected.judge(&red), Some(true));
        assert_eq!(Predicate::TestsPass.judge(&red), Some(false));
        let broken = Validation { errors: vec!["it does not build".into()], ..Validation::default() };
        assert_eq!(Predicate::Compiles.judge(&broken), Some(false));
        assert_eq!(Predicate::FailsAsExpected.judge(&broken), Some(false));
        let skipped = Validation { counted: true, total: 3, ok: 2, skipped: 1, ..Validation::default() };
        assert_eq!(Predicate::NoSkips.judge(&skipped), Some(false));
        assert_eq!(Predicate::PassRate(100.0).judge(&skipped), Some(false));
    }
}
