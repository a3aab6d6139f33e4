//! What a `convoy.toml` says (docs/concepts/convoys.md). People write it; numbers that can be counted are not in here.

use bd_gate::gate::Problem;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A `convoy.toml` as it was read.
#[derive(Clone, Debug, Default)]
pub struct ConvoyFile {
    /// Where it is, from the top of the tree.
    pub path: String,
    /// `convoy_id`.
    pub id: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `owner`.
    pub owner: Option<String>,
    /// `created`, as written.
    pub created: Option<String>,
    /// `status`, as written: what people say, not what is computed.
    pub status: Option<String>,
    /// `priority`, as written.
    pub priority: Option<String>,
    /// `compliance_requirement`.
    pub compliance: Option<String>,
    /// `[scope]`.
    pub scope: Scope,
    /// `[timeline]`, without what is computed.
    pub timeline: Timeline,
    /// `[teams]`.
    pub teams: Teams,
    /// `[[molecules]]`, in the order of the file.
    pub molecules: Vec<Planned>,
    /// `[quality_gates]`.
    pub quality_gates: QualityGates,
    /// `[handoffs]`, as written.
    pub handoffs: Vec<(String, String)>,
    /// `[coordination]`, with `[coordination.patterns]`.
    pub coordination: Map<String, Value>,
    /// `[success_criteria]`.
    pub success_criteria: Map<String, Value>,
    /// `[[risks]]`.
    pub risks: Vec<Risk>,
    /// `[[lessons_learned]]`.
    pub lessons: Vec<Lesson>,
    /// Keys that have no meaning here, kept.
    pub extra: Map<String, Value>,
    /// What is odd: words of the wrong sort, names that lead nowhere. None of it keeps the file from being used.
    pub warnings: Vec<Problem>,
}

/// `[scope]` of a convoy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// `business_requirements`
    pub business_requirements: Vec<String>,
    /// `design_decisions`
    pub design_decisions: Vec<String>,
    /// `authoritative_docs`
    pub authoritative_docs: Vec<String>,
}

/// `[timeline]`: what people plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// `start_date`, as written.
    pub start_date: Option<String>,
    /// `estimated_end_date`, as written.
    pub estimated_end_date: Option<String>,
    /// `total_days`; where it is there, progress is counted in days.
    pub total_days: Option<u32>,
}

/// `[teams]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Teams {
    /// `involved_teams`, each once.
    pub involved: Vec<String>,
    /// `primary_coordinator`
    pub coordinator: Option<String>,
    /// `[teams.members]`: who is in a team.
    pub members: BTreeMap<String, Vec<String>>,
}

/// `[quality_gates]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QualityGates {
    /// `test_pass_rate_requirement`, in percent.
    pub test_pass_rate: Option<f64>,
    /// `compliance_validation_required`
    pub compliance_validation: Option<bool>,
    /// `human_checkpoints_per_molecule`
    pub human_checkpoints: Option<u32>,
    /// `anti_pattern_detection_enabled`
    pub anti_pattern_detection: Option<bool>,
}

/// One `[[molecules]]`: a molecule that is planned, or was done before there was a store.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Planned {
    /// `id`
    pub id: String,
    /// `name`
    pub name: Option<String>,
    /// `formula`
    pub formula: Option<String>,
    /// `formula_version`, as written.
    pub formula_version: Option<String>,
    /// `status`, as written. Only `completed` has a meaning, and only while the molecule is not poured.
    pub status: Option<String>,
    /// `owner`
    pub owner: Option<String>,
    /// `team`
    pub team: Option<String>,
    /// `start_date`, else `estimated_start_date`, as written.
    pub start_date: Option<String>,
    /// `end_date`, else `estimated_end_date`, as written.
    pub end_date: Option<String>,
    /// `dependencies.requires`
    pub requires: Vec<String>,
    /// `dependencies.blocks`
    pub blocks: Vec<String>,
    /// `deliverables.test_pass_rate`, in percent.
    pub pass_rate: Option<f64>,
    /// `coordination_strategy.parallel_molecules`: what it may be split into. Names of a plan, no members.
    pub parallel: Vec<String>,
    /// `scope`, `deliverables`, `quality_metrics`, `coordination_strategy`, `validation`, `estimated_effort` and keys that
    /// have no meaning here, as written.
    pub more: Map<String, Value>,
}

impl Planned {
    /// True if people say in the file that it is done.
    pub fn is_completed(&self) -> bool {
        self.status.as_deref() == Some("completed")
    }
}

/// One `[[risks]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Risk {
    /// `id`
    pub id: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `likelihood`
    pub likelihood: Option<String>,
    /// `impact`
    pub impact: Option<String>,
    /// `mitigation`
    pub mitigation: Option<String>,
    /// `status`
    pub status: Option<String>,
}

/// One `[[lessons_learned]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lesson {
    /// `date`, as written.
    pub date: Option<String>,
    /// `day`
    pub day: Option<String>,
    /// `lesson`
    pub lesson: Option<String>,
    /// `action`
    pub action: Option<String>,
}

impl ConvoyFile {
    /// The molecule of a name.
    pub fn molecule(&self, id: &str) -> Option<&Planned> {
        self.molecules.iter().find(|m| m.id == id)
    }

    /// Every name in `requires` and `blocks` that no molecule of the file has: the molecule that says it, and the name.
    pub fn dangling(&self) -> Vec<(&str, &str)> {
        let all =
            self.molecules.iter().flat_map(|m| m.requires.iter().chain(&m.blocks).map(move |to| (m.id.as_str(), to.as_str())));
        let mut out: Vec<_> = all.filter(|(_, to)| self.molecule(to).is_none()).collect();
        out.dedup();
        out
    }
}

/// The molecules that come before this one by the file: what it `requires`, and what `blocks` it, in the order of the file, each
/// once. Names that no molecule of the file has are left out: they are warnings.
pub(super) fn comes_before<'a>(file: &'a ConvoyFile, molecule: &str) -> Vec<&'a Planned> {
    let own = file.molecule(molecule).map(|m| m.requires.as_slice()).unwrap_or_default();
    let before = |m: &&Planned| m.id != molecule && (own.contains(&m.id) || m.blocks.iter().any(|b| b == molecule));
    file.molecules.iter().filter(before).collect()
}

/// The names of the molecules that have to be completed before this one may begin ([`comes_before`]). One that the file says is
/// completed is among them: whether it was poured, so that an edge to it can ever be satisfied, is the caller's to look at.
pub fn requires_of(file: &ConvoyFile, molecule: &str) -> Vec<String> {
    comes_before(file, molecule).into_iter().map(|m| m.id.clone()).collect()
}

/// Adds what `[blocking_conditions]` of the file asks of each of its molecules. One that the program does not know is for a person
/// to attest.
pub fn ask_of(file: &ConvoyFile, progression: &mut crate::formula::Progression) {
    let conditions = file.extra.get("blocking_conditions").and_then(Value::as_object);
    for (condition, _) in conditions.into_iter().flatten().filter(|(_, on)| on.as_bool() == Some(true)) {
        progression.block_if(condition.clone());
    }
}

/// The molecules of the file that a molecule comes before, in the order of the file.
pub fn waiting_for(file: &ConvoyFile, molecule: &str) -> Vec<String> {
    let waits = |id: &&String| requires_of(file, id).iter().any(|r| r == molecule);
    file.molecules.iter().map(|m| &m.id).filter(waits).cloned().collect()
}
