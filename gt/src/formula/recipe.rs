//! A formula after `extends`, `compose`, loops, conditions and variables: what is poured, and what a molecule keeps.
//!
//! Everything here is data that is stored in events (docs/design/events.md): fields are added, never renamed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A formula, resolved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// Its version, as written: `2.1`, `3`.
    #[serde(default)]
    pub version: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// SHA-256 (hex) of its source, those of its parents and its variables: what is frozen when it is poured.
    #[serde(default)]
    pub digest: String,
    /// The values that variables were given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: BTreeMap<String, String>,
    /// The steps; every need stands before the step that needs it.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What must hold before the next molecule may begin.
    #[serde(default)]
    pub progression: Progression,
    /// `[quality_requirements]`, as written.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub quality: Map<String, Value>,
    /// `[metadata]`, as written.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Top-level keys that have no meaning here, kept.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl Recipe {
    /// Everything but the steps: what the molecule's own bead keeps.
    #[must_use]
    pub fn head(&self) -> Self {
        Self {
            name: self.name.clone(),
            version: self.version.clone(),
            description: self.description.clone(),
            digest: self.digest.clone(),
            vars: self.vars.clone(),
            steps: Vec::new(),
            progression: self.progression.clone(),
            quality: self.quality.clone(),
            metadata: self.metadata.clone(),
            extra: self.extra.clone(),
        }
    }
}

/// `[progression_rules]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progression {
    /// What keeps the next molecule from beginning: `test_pass_rate < 100%`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block_next_day_if: Vec<String>,
    /// What must be true at the end, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub day_completion_criteria: Vec<String>,
}

impl Progression {
    /// One more blocking condition, unless it is there.
    pub fn block_if(&mut self, condition: String) {
        if !self.block_next_day_if.contains(&condition) {
            self.block_next_day_if.push(condition);
        }
    }
}

/// What a step asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// Work.
    #[default]
    Work,
    /// A person's approval.
    Checkpoint,
    /// Commands and scans whose results decide.
    Validation,
    /// A report that is generated, judged and handed in.
    Compliance,
    /// The last step of a molecule that ends with a completion record.
    Document,
}

/// How long a step is thought to take, in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// Where the work goes back to when a step fails or is rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnFail {
    /// The step.
    pub goto: String,
    /// True if the formula does not say so and it was derived (WORKFLOW, Formulas).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its name, unique in the formula.
    pub id: String,
    /// A title; the first line of the description, else the id, where the formula has none.
    pub title: String,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it asks for.
    #[serde(default)]
    pub kind: StepKind,
    /// The steps that come before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// `analysis`, `plan`, `do`, `check`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// `red`, `green`, `refactor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdd_phase: Option<String>,
    /// How long it is thought to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
    /// Where the work goes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_fail: Option<OnFail>,
    /// True if nothing after it may begin before it has passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blocking: bool,
    /// True if it cannot be skipped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mandatory: bool,
    /// How long a person may take, as written: `2h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// What a person looks at before approving.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approval_criteria: Vec<String>,
    /// What a rejection means, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejection_actions: Vec<String>,
    /// `key = value` sentences that must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub success_criteria: Vec<String>,
    /// Programs whose results decide. They run only where they are trusted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation_commands: Vec<String>,
    /// What is validated, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation_categories: Vec<String>,
    /// Scans by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anti_pattern_checks: Vec<String>,
    /// What to do about a failure, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remediation_steps: Vec<String>,
    /// Globs of the documents that decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authoritative_sources: Vec<String>,
    /// The template of its report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_template: Option<String>,
    /// What it reads, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
    /// What it makes, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<String>,
    /// When it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<String>,
    /// Whose it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Labels of its bead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The priority of its bead, 0 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// `all-children`, `any-children`, `children-of(x)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// The step it is a child of, where steps are nested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// True if it may run beside those with the same needs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parallel: bool,
    /// True if it needs somebody at a terminal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interactive: bool,
    /// Keys that have no meaning here, kept.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl Step {
    /// True if it names a command; a variable may have emptied those that the formula has.
    pub fn has_commands(&self) -> bool {
        self.validation_commands.iter().any(|c| !c.trim().is_empty())
    }
}

impl Recipe {
    /// The step of a name.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }

    /// The steps that a person must approve, in order.
    pub fn checkpoints(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|s| s.kind == StepKind::Checkpoint)
    }

    /// The sum of the estimates, in minutes.
    pub fn estimate(&self) -> Estimate {
        let add = |a: Estimate, b: Estimate| Estimate { min: a.min.saturating_add(b.min), max: a.max.saturating_add(b.max) };
        self.steps.iter().filter_map(|s| s.estimate).fold(Estimate::default(), add)
    }
}
