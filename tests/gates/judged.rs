//! What a check said, gate by gate.

use bd_tests::Work;
use serde_json::Value;

/// The verdicts of a check.
pub struct Judged {
    pub code: i32,
    pub all: Value,
}

/// `bd gate check … --json`.
#[track_caller]
pub fn check(work: &Work, args: &[&str]) -> Judged {
    let out = work.gate_cmd(&[&["gate", "check", "--json"], args].concat()).run();
    let all = serde_json::from_str(out.stdout()).unwrap_or_else(|e| panic!("no JSON ({e}):\n{out}"));
    Judged { code: out.code(), all }
}

impl Judged {
    /// One verdict.
    #[track_caller]
    pub fn verdict(&self, gate: &str) -> &Value {
        self.find(gate).unwrap_or_else(|| panic!("no verdict of {gate} in {}", self.all))
    }

    pub fn find(&self, gate: &str) -> Option<&Value> {
        self.all["gates"].as_array()?.iter().find(|v| v["gate"] == gate)
    }

    #[track_caller]
    pub fn status(&self, gate: &str) -> &str {
        self.verdict(gate)["status"].as_str().unwrap_or_default()
    }
}

/// A gate that runs a program.
pub fn command(id: &str, run: &str) -> String {
    format!("[[gate]]\nid = \"{id}\"\nkind = \"command\"\nrun = '''{run}'''\nwhen = [\"commit\", \"submit\", \"land\"]\n")
}

/// A test that is skipped.
pub const SKIPS: &str = "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tt.Skip(\"later\")\n}\n";
