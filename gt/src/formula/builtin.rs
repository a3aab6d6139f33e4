//! The formulas that ship, from the folder `formulas/` of the repository.

/// Name and text of each.
pub(super) const ALL: &[(&str, &str)] = &[
    ("bugfix", include_str!("../../../formulas/bugfix.toml")),
    ("code-review", include_str!("../../../formulas/code-review.toml")),
    ("integration-test-full-validation", include_str!("../../../formulas/integration-test-full-validation.toml")),
    ("release", include_str!("../../../formulas/release.toml")),
    ("tdd-feature", include_str!("../../../formulas/tdd-feature.toml")),
];

/// The text of one.
pub(super) fn text(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}
