//! What other places call our rules.

/// Names of checks in formulas (APDC's `anti_pattern_checks`) and the rules that they mean.
pub const CHECK_NAMES: &[(&str, &str)] = &[
    ("time_sleep_before_assertions", "no-sleep"),
    ("skip_calls_anywhere", "no-skip"),
    ("direct_audit_store_calls", "direct-audit"),
    ("direct_metrics_method_calls", "direct-metrics"),
    ("podman_compose_race_conditions", "compose-race"),
    ("eventually_misuse", "eventually-misuse"),
    ("kubeconfig_isolation_violations", "kubeconfig-isolation"),
];

/// The rule that a check of a formula means: by its name there, or by the rule's own.
pub fn rule_of_check(name: &str) -> Option<&'static str> {
    CHECK_NAMES.iter().find(|(check, rule)| *check == name || *rule == name).map(|(_, rule)| *rule)
}

/// The severity from which findings count for a condition of a formula.
pub fn severity_of_condition(name: &str) -> Option<crate::Severity> {
    match name {
        "anti_patterns_detected" => Some(crate::Severity::Medium),
        "critical_anti_patterns_detected" => Some(crate::Severity::Critical),
        _ => None,
    }
}
