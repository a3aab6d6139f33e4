//! What GitHub says, through the user's own `gh`: no network client of ours.

use super::Verdict;
use crate::env::Env;
use serde_json::Value;
use std::process::{Command, Stdio};

/// A workflow run by its number.
pub fn run(env: &Env, id: &str) -> Verdict {
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Verdict::Unknown(format!("`{}` is no number of a run", id.escape_debug()));
    }
    match ask(env, &["run", "view", id, "--json", "status,conclusion,name"]) {
        Ok(answer) => of_run(id, &answer),
        Err(why) => Verdict::Unknown(why),
    }
}

/// A pull request by its number.
pub fn pull_request(env: &Env, id: &str) -> Verdict {
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Verdict::Unknown(format!("`{}` is no number of a pull request", id.escape_debug()));
    }
    match ask(env, &["pr", "view", id, "--json", "state,title"]) {
        Ok(answer) => of_pull_request(id, &answer),
        Err(why) => Verdict::Unknown(why),
    }
}

fn text<'a>(answer: &'a Value, key: &str) -> &'a str {
    answer.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn of_run(id: &str, answer: &Value) -> Verdict {
    match (text(answer, "status"), text(answer, "conclusion")) {
        ("completed", "success") => Verdict::Over(format!("run {id} succeeded")),
        // A skipped run has shown nothing: it has not passed.
        ("completed", how) => Verdict::Stuck(format!("run {id} ended with {}", if how.is_empty() { "no conclusion" } else { how })),
        ("", _) => Verdict::Unknown(format!("gh says nothing about the state of run {id}")),
        (status, _) => Verdict::Pending(format!("run {id} is {status}")),
    }
}

fn of_pull_request(id: &str, answer: &Value) -> Verdict {
    match text(answer, "state") {
        "MERGED" => Verdict::Over(format!("pull request {id} is merged")),
        "CLOSED" => Verdict::Stuck(format!("pull request {id} was closed without a merge")),
        "" => Verdict::Unknown(format!("gh says nothing about the state of pull request {id}")),
        state => Verdict::Pending(format!("pull request {id} is {}", state.to_lowercase())),
    }
}

/// Runs `gh` and reads its JSON; the error is a sentence.
fn ask(env: &Env, args: &[&str]) -> Result<Value, String> {
    let path = env.var("PATH").unwrap_or_default();
    let program = std::env::split_paths(path).filter(|dir| dir.is_absolute()).map(|dir| dir.join("gh")).find(|p| p.is_file());
    let program = program.ok_or("there is no `gh` on the PATH, so GitHub was not asked")?;
    let out = Command::new(program)
        .args(args)
        .current_dir(&env.cwd)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("gh could not be started: {e}"))?;
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr);
        return Err(format!("gh: {}", said.lines().next().unwrap_or("failed without a word")));
    }
    serde_json::from_slice(&out.stdout).map_err(|e| format!("gh answered with what is no JSON: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_success_is_over() {
        let run = |status, conclusion| of_run("7", &json!({"status": status, "conclusion": conclusion}));
        assert!(matches!(run("completed", "success"), Verdict::Over(_)));
        for bad in ["skipped", "failure", "cancelled", "timed_out", "neutral", ""] {
            assert!(matches!(run("completed", bad), Verdict::Stuck(_)), "{bad}");
        }
        assert!(matches!(run("in_progress", ""), Verdict::Pending(_)));
        assert!(matches!(of_run("7", &json!({})), Verdict::Unknown(_)));
        let pr = |state: &str| of_pull_request("7", &json!({"state": state}));
        assert!(matches!(pr("MERGED"), Verdict::Over(_)));
        assert!(matches!(pr("CLOSED"), Verdict::Stuck(_)));
        assert!(matches!(pr("OPEN"), Verdict::Pending(_)));
    }

    #[test]
    fn a_name_that_is_no_number_is_never_handed_to_gh() {
        let env = Env::new("/".into(), std::collections::BTreeMap::new());
        for bad in ["", "--repo=x", "release.yml", "7 8", "１"] {
            assert!(matches!(run(&env, bad), Verdict::Unknown(_)), "{bad}");
            assert!(matches!(pull_request(&env, bad), Verdict::Unknown(_)), "{bad}");
        }
        assert!(matches!(run(&env, "7"), Verdict::Unknown(why) if why.contains("no `gh`")));
    }
}
