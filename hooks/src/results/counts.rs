//! What a report says, whatever wrote it.

/// A failing test.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// The test's name, with what it stands in.
    pub name: String,
    /// The file, if the report names one.
    pub file: Option<String>,
    /// The line in it, from 1; 0 = not named.
    pub line: u32,
    /// The first line of what it said.
    pub message: String,
}

/// The numbers of a report. Skipped tests are part of the total and count against the pass rate.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed or broke.
    pub failed: u64,
    /// Tests that did not run: skipped, ignored, pending, to do.
    pub skipped: u64,
    /// The failing ones.
    pub failures: Vec<Failure>,
    /// Of those that failed, what is no test: a package that was not built, a file that could not be loaded, a set-up that broke.
    #[serde(skip)]
    pub broken: u64,
    /// True if no report was read and the exit code alone is the answer.
    pub exit_code_only: bool,
}

impl Counts {
    /// All tests.
    pub fn total(&self) -> u64 {
        self.passed + self.failed + self.skipped
    }

    /// Passed of all, in percent; 0 for none at all.
    pub fn pass_rate(&self) -> f64 {
        if self.total() == 0 {
            return 0.0;
        }
        self.passed as f64 * 100.0 / self.total() as f64
    }

    /// Adds another report of the same run.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.broken += other.broken;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_tests_count_against_the_rate() {
        let mut counts = Counts { passed: 3, failed: 0, skipped: 1, ..Counts::default() };
        assert!((counts.pass_rate() - 75.0).abs() < f64::EPSILON);
        counts.add(Counts { passed: 4, failed: 2, failures: vec![Failure::default()], ..Counts::default() });
        assert_eq!((counts.total(), counts.failures.len()), (10, 1));
        assert!(Counts::default().pass_rate().abs() < f64::EPSILON, "nothing ran is no success");
    }
}
