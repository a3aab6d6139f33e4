//! The states of molecules, steps and checkpoints, and the names of the fields that hold them.

use serde::{Deserialize, Serialize};

/// Names of fields on the beads of a molecule (docs/design/workflow.md).
pub mod field {
    /// On every bead that gt drives: `gt`. `bd` leaves its status to that program.
    pub const DRIVER: &str = "driver";
    /// The molecule's name.
    pub const NAME: &str = "mol.name";
    /// The convoy it was poured for.
    pub const CONVOY: &str = "mol.convoy";
    /// The formula's head.
    pub const RECIPE: &str = "mol.recipe";
    /// Its steps: pairs of the step's name and its bead. What is not there any more is not done.
    pub const STEPS: &str = "mol.steps";
    /// The molecules that have to be completed first: pairs of name and bead. An edge that somebody cuts lifts none of them.
    pub const REQUIRES: &str = "mol.requires";
    /// The team.
    pub const TEAM: &str = "mol.team";
    /// The documents that it was poured with: path and blob id.
    pub const INPUTS: &str = "mol.inputs";
    /// What the molecule file says besides.
    pub const SCOPE: &str = "mol.scope";
    /// `active`, `paused`, `cancelled`, `completed`.
    pub const RUN: &str = "mol.run";
    /// Why it went back.
    pub const FIX: &str = "mol.fix";
    /// What waited for it when it was completed, by name.
    pub const NEXT: &str = "mol.next";
    /// What was said last.
    pub const NOTE: &str = "mol.note";
    /// The last validation.
    pub const VALIDATION: &str = "mol.validation";
    /// How many tests there were when it was poured.
    pub const TESTS_BEFORE: &str = "mol.tests_before";
    /// The step's name in the formula.
    pub const STEP: &str = "step.id";
    /// Its place in the formula, from 0.
    pub const ORDER: &str = "step.n";
    /// What the formula says about it.
    pub const DEF: &str = "step.def";
    /// [`super::Run`].
    pub const STEP_RUN: &str = "step.run";
    /// What was handed in.
    pub const HAND_IN: &str = "step.handin";
    /// What the compliance report found, on the step that makes it.
    pub const COMPLIANCE: &str = "step.compliance";
    /// Where an approval stands.
    pub const DECISION: &str = "cp.state";
    /// When it opened.
    pub const OPENED: &str = "cp.opened";
    /// When it expires.
    pub const DEADLINE: &str = "cp.deadline";
    /// Why a molecule rests, or what was said with a decision.
    pub const WHY: &str = "gt.why";
    /// True on a checkpoint that was approved although something spoke against it.
    pub const OVERRIDDEN: &str = "cp.overridden";
    /// What attestations begin with.
    pub const ATTEST: &str = "attest.";
}

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }
        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// The name, as printed and stored.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
            /// Reads a name.
            pub fn parse(text: &str) -> Option<Self> { Self::ALL.iter().copied().find(|s| s.as_str() == text) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

states! {
    /// Where a molecule stands (WORKFLOW, Molecules). `planned` = named by a convoy and not poured.
    MoleculeState {
        /// Named by a convoy and not poured.
        Planned = "planned",
        /// A required molecule is not completed.
        Waiting = "waiting",
        /// Under way.
        InProgress = "in_progress",
        /// A person has to decide.
        AwaitingCheckpoint = "awaiting_checkpoint",
        /// A validation failed or a person rejected: it went back.
        NeedsFix = "needs_fix",
        /// Rests: somebody said so, or a deadline passed.
        Paused = "paused",
        /// Every step done, every checkpoint approved, every predicate true.
        Completed = "completed",
        /// Given up.
        Cancelled = "cancelled",
    }
}

states! {
    /// Where a step stands.
    StepState {
        /// Something before it is not done.
        Pending = "pending",
        /// Can be worked on.
        Ready = "ready",
        /// Somebody holds it.
        InProgress = "in_progress",
        /// Done, and everything before it is.
        Done = "done",
        /// Its validation failed; it is asked again after the way back.
        Failed = "failed",
    }
}

states! {
    /// Where an approval stands.
    CheckpointState {
        /// Not reached.
        Pending = "pending",
        /// Its validation failed.
        Blocked = "blocked",
        /// A person has to decide.
        Open = "open",
        /// Two decided differently without having seen each other.
        Contested = "contested",
        /// Approved.
        Approved = "approved",
        /// Rejected; the molecule went back.
        Rejected = "rejected",
        /// Nobody decided in time.
        Expired = "expired",
    }
}

#[expect(clippy::derivable_impls, reason = "the macro has no room for a default")]
impl Default for CheckpointState {
    fn default() -> Self {
        Self::Pending
    }
}

/// What is stored about a step's try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// `pending`, `done` or `failed`.
    pub state: StepState,
    /// The number of the try, from 1.
    pub attempt: u32,
}

impl Default for Run {
    fn default() -> Self {
        Self { state: StepState::Pending, attempt: 1 }
    }
}

/// Why a molecule went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The step that failed or was rejected.
    pub step: String,
    /// The step it went back to.
    pub to: String,
    /// `validation` or `rejection`.
    pub cause: String,
    /// In a sentence.
    pub reason: String,
}

/// One failed test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTest {
    /// Its name.
    pub name: String,
    /// Where, if the report says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// One finding of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanFinding {
    /// The rule.
    pub rule: String,
    /// `critical`, `high`, `medium`, `low`.
    pub severity: String,
    /// Where.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What stands there.
    pub excerpt: String,
    /// What to do instead.
    pub advice: String,
    /// The waiver that lets it through, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

/// What a validation found: counts that come from reports of test programs, never typed by anybody.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// True if nothing speaks against going on.
    pub passed: bool,
    /// Tests that ran or were skipped.
    pub total: u32,
    /// Tests that passed.
    pub ok: u32,
    /// Tests that failed.
    pub failed: u32,
    /// Tests that were skipped.
    pub skipped: u32,
    /// False if no command's report could be read: then only exit codes counted, and the rate is 0 or 100.
    pub counted: bool,
    /// The failed tests, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailedTest>,
    /// The rules that were asked for, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scans: Vec<String>,
    /// The findings, at most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<ScanFinding>,
    /// Commands and gates that could not be asked or failed without a test to name, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// The digest of the code that was judged, hex.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Milliseconds that the commands took.
    #[serde(default)]
    pub millis: u64,
    /// The try of the step.
    #[serde(default)]
    pub attempt: u32,
}

impl Validation {
    /// Passed tests of all, in percent; 100 where there are none and nothing failed.
    pub fn rate(&self) -> f64 {
        match (self.total, self.passed) {
            (0, true) => 100.0,
            (0, false) => 0.0,
            (total, _) => f64::from(self.ok) * 100.0 / f64::from(total),
        }
    }

    /// The same where a report was read; `None` where exit codes alone counted: a percentage that nobody counted is none.
    pub fn counted_rate(&self) -> Option<f64> {
        self.counted.then(|| self.rate())
    }
}

/// A percentage as people read it: at most one digit after the point, and none where it is 0. Never rounded up to 100.
pub fn percent(value: f64) -> String {
    let tenths = if value < 100.0 { ((value * 10.0).round() as i64).min(999) } else { 1000 };
    if tenths % 10 == 0 { format!("{}", tenths / 10) } else { format!("{}.{}", tenths / 10, tenths % 10) }
}
