//! The numbers of a report, as they stand in its front matter and on the bead of its step.

use serde::{Deserialize, Serialize};

/// The numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Critical issues: they block.
    #[serde(default)]
    pub critical: u32,
    /// Warnings: they do not.
    #[serde(default)]
    pub warnings: u32,
    /// Requirement ids that were found at all.
    #[serde(default)]
    pub requirements: u32,
    /// Requirement ids that stand in a document and in a test.
    #[serde(default)]
    pub traced: u32,
    /// What the report recommends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<String>,
    /// How sure its author is, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// Its path, from the top of the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// The digest of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The first warnings, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings_said: Vec<String>,
    /// The first gaps, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps_said: Vec<String>,
    /// True if somebody judged the controls of SOC2 in the report.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub soc2_judged: bool,
}

/// At most so many sentences of a kind are kept beside the numbers; the report has them all.
pub(super) const SAID: usize = 8;

impl Facts {
    /// The verdict in a word.
    pub fn status(&self) -> &'static str {
        match (self.critical, self.warnings) {
            (0, 0) => "✅ COMPLIANT",
            (0, _) => "⚠️ COMPLIANT WITH WARNINGS",
            _ => "❌ NOT COMPLIANT",
        }
    }
}
