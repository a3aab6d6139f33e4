//! The words of a gate: when it is asked, what its answer does, what its answer can be (GATES).

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Reads a word.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|w| w.as_str() == text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// The moment at which a gate is asked.
    When {
        /// Before a bead is claimed.
        Claim = "claim",
        /// Before a bead is closed: its work.
        Work = "work",
        /// Before a commit.
        Commit = "commit",
        /// Before a push.
        Push = "push",
        /// Before a change is handed in for review; in CI over its range.
        Submit = "submit",
        /// Before a change goes onto its target.
        Land = "land",
    }
}

words! {
    /// What a `fail` or an `error` does.
    Action {
        /// The gate is not asked.
        Off = "off",
        /// It is said.
        Warn = "warn",
        /// Nothing goes on.
        Block = "block",
    }
}

words! {
    /// The answer of a gate. With [`Action::Block`] both `fail` and `error` block: a gate that could not run has not passed.
    Status {
        /// It holds.
        Pass = "pass",
        /// It does not hold.
        Fail = "fail",
        /// It could not be found out.
        Error = "error",
        /// It does not apply: nothing that it looks at was changed.
        Skip = "skip",
    }
}

impl Status {
    /// True if a blocking gate lets this through. An external check that was skipped is no such answer: its kind reports it as
    /// `fail` (GATES: a skipped external check has not passed).
    pub fn lets_through(self) -> bool {
        matches!(self, Self::Pass | Self::Skip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_only_pass_and_skip_let_through() {
        for when in When::ALL {
            assert_eq!(When::parse(when.as_str()), Some(*when));
        }
        assert_eq!(Action::parse("Block"), None);
        let through: Vec<Status> = Status::ALL.iter().copied().filter(|s| s.lets_through()).collect();
        assert_eq!(through, [Status::Pass, Status::Skip]);
    }
}
