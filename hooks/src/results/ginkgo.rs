//! Ginkgo's `--json-report`: a list of suites.

use super::place::find;
use super::{Counts, Failure, first_line};

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Suite {
    #[serde(default)]
    suite_path: String,
    #[serde(default)]
    suite_description: String,
    suite_succeeded: bool,
    #[serde(default)]
    special_suite_failure_reasons: Option<Vec<String>>,
    #[serde(default)]
    pre_run_stats: Option<Stats>,
    spec_reports: Option<Vec<Spec>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stats {
    #[serde(default)]
    total_specs: u64,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Spec {
    #[serde(default)]
    container_hierarchy_texts: Option<Vec<String>>,
    leaf_node_type: String,
    #[serde(default)]
    leaf_node_text: String,
    #[serde(default)]
    leaf_node_location: Location,
    state: String,
    #[serde(default)]
    failure: Option<Trouble>,
}

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Location {
    #[serde(default)]
    file_name: String,
    #[serde(default)]
    line_number: u32,
    #[serde(default)]
    full_stack_trace: String,
}

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Trouble {
    #[serde(default)]
    message: String,
    #[serde(default)]
    location: Location,
    #[serde(default)]
    forwarded_panic: String,
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let suites: Vec<Suite> = serde_json::from_str(text).map_err(|e| format!("it is no JSON report of Ginkgo: {e}"))?;
    if suites.is_empty() {
        return Err("no suite is in it".to_owned());
    }
    let mut all = Counts::default();
    for suite in suites {
        all.add(of_suite(suite)?);
    }
    Ok(all)
}

fn of_suite(suite: Suite) -> Result<Counts, String> {
    let mut counts = Counts::default();
    let specs = suite.spec_reports.unwrap_or_default();
    let its = specs.iter().filter(|s| s.leaf_node_type == "It").count() as u64;
    let total = suite.pre_run_stats.map_or(0, |s| s.total_specs);
    for spec in specs {
        let is_it = spec.leaf_node_type == "It";
        match spec.state.as_str() {
            "passed" => counts.passed += u64::from(is_it),
            "skipped" | "pending" => counts.skipped += u64::from(is_it),
            // `panicked`, `aborted`, `interrupted`, `timedout`, and whatever comes: what did not pass has failed.
            _ => {
                counts.failed += 1;
                counts.failures.push(failure(spec));
            }
        }
    }
    if its < total && counts.failed == 0 {
        return Err(format!("the suite `{}` has {total} specs and the report {its}", suite.suite_description));
    }
    counts.skipped += total.saturating_sub(its);
    if !suite.suite_succeeded && counts.failed == 0 {
        // A suite that was not built has not said its name.
        let folder = suite.suite_path.rsplit('/').next().unwrap_or_default();
        let names = [suite.suite_description.as_str(), folder, "suite"];
        let name = names.into_iter().find(|n| !n.is_empty()).unwrap_or_default().to_owned();
        let message = suite.special_suite_failure_reasons.unwrap_or_default().join(", ");
        let (file, line) = find(&message, None).map_or((None, 0), |(file, line)| (Some(file), line));
        counts.failed = 1;
        counts.failures.push(Failure { name, file, line, message });
    }
    Ok(counts)
}

fn failure(spec: Spec) -> Failure {
    let mut words = spec.container_hierarchy_texts.unwrap_or_default();
    words.push(if spec.leaf_node_text.is_empty() { format!("[{}]", spec.leaf_node_type) } else { spec.leaf_node_text });
    let trouble = spec.failure.unwrap_or_else(|| Trouble { message: spec.state, ..Trouble::default() });
    let message = match trouble.forwarded_panic.as_str() {
        "" => trouble.message,
        panic => format!("{}: {panic}", trouble.message),
    };
    let at = if trouble.location.file_name.is_empty() { spec.leaf_node_location } else { trouble.location };
    // A panic is located in Go's own library; the trace begins with who called it.
    let called = find(&at.full_stack_trace, None).filter(|_| !trouble.forwarded_panic.is_empty());
    let (file, line) = called.unwrap_or((at.file_name, at.line_number));
    let file = (!file.is_empty()).then_some(file);
    Failure { name: words.join(" "), file, line, message: first_line(&message) }
}
