//! `budget`: limits on what was used, read from a file of JSON lines.

use crate::gate::{Answer, Ask, Gate, Kind, Status};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Component, Path};

/// No usage file is larger.
const MOST_BYTES: u64 = 64 << 20;

pub(super) fn answer(gate: &Gate, ask: &Ask<'_>) -> Answer {
    let Kind::Budget { usage, limits } = &gate.kind else { return Answer::new(Status::Error, "it is no budget") };
    // Usage is written beside the work and is rarely committed: it is read from the user's tree, wherever programs run.
    let top = ask.git.paths().work_dir.as_deref().unwrap_or(ask.top);
    match used(top, usage, limits) {
        Ok(used) => judge(&used, limits),
        Err(why) => Answer::new(Status::Error, format!("what was used cannot be read from `{}`: {why}", usage.escape_debug()))
            .advise("Every line of it is JSON like {\"tokens\":1200,\"cost\":0.04,\"seconds\":31}"),
    }
}

fn judge(used: &BTreeMap<&str, f64>, limits: &BTreeMap<String, f64>) -> Answer {
    let word = |name: &str, limit: f64| format!("{} of {limit} {name}", used.get(name).copied().unwrap_or(0.0));
    let over: Vec<String> =
        limits.iter().filter(|(n, l)| used.get(n.as_str()).is_some_and(|u| u > l)).map(|(n, l)| word(n, *l)).collect();
    if over.is_empty() {
        let all: Vec<String> = limits.iter().map(|(n, l)| word(n, *l)).collect();
        return Answer::new(Status::Pass, format!("used {}", all.join(", ")));
    }
    let mut answer = Answer::new(Status::Fail, format!("over budget: used {}", over.join(", ")))
        .advise("Stop here and ask who set the budget; a higher one is a change of the gate");
    answer.over_budget = true;
    answer
}

/// The sums of what is limited.
fn used<'a>(top: &Path, file: &str, limits: &'a BTreeMap<String, f64>) -> Result<BTreeMap<&'a str, f64>, String> {
    if limits.is_empty() {
        return Err("the gate limits nothing".to_owned());
    }
    if !Path::new(file).components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
        return Err("it is named from the top of the tree, without `..`".to_owned());
    }
    let path = top.join(file);
    let meta = path
        .metadata()
        .map_err(|e| if e.kind() == ErrorKind::NotFound { "there is no such file".to_owned() } else { e.to_string() })?;
    if !meta.is_file() || meta.len() > MOST_BYTES {
        return Err("it is no file of at most 64 MiB".to_owned());
    }
    let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let bad = |why: &str| format!("line {} {why}", n + 1);
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).map_err(|_| bad("is no JSON object"))?;
        for name in limits.keys() {
            let Some(value) = object.get(name) else { continue };
            let value =
                value.as_f64().filter(|v| v.is_finite() && *v >= 0.0).ok_or_else(|| bad(&format!("has no number of {name}")))?;
            *sums.entry(name).or_default() += value;
        }
    }
    // A file that never speaks of what is limited proves nothing.
    if let Some(name) = limits.keys().find(|name| !sums.contains_key(name.as_str())) {
        return Err(format!("it says nothing about {name}"));
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str, limits: &[(&str, f64)]) -> Result<Answer, String> {
        let dir = tempfile::TempDir::new().unwrap();
        std::fs::write(dir.path().join("u.jsonl"), text).unwrap();
        let limits = limits.iter().map(|(n, l)| ((*n).to_owned(), *l)).collect();
        used(dir.path(), "u.jsonl", &limits).map(|used| judge(&used, &limits))
    }

    #[test]
    fn sums_are_held_against_limits() {
        let text = "{\"tokens\":600,\"model\":\"m\"}\n\n{\"tokens\":400,\"cost\":0.5}\n";
        let at = asked(text, &[("tokens", 1000.0)]).unwrap();
        assert_eq!((at.status, at.over_budget), (Status::Pass, false), "the limit itself may be used");
        let over = asked(text, &[("tokens", 999.0), ("cost", 1.0)]).unwrap();
        assert_eq!((over.status, over.over_budget), (Status::Fail, true));
        assert!(over.why.contains("1000 of 999 tokens") && !over.why.contains("cost"), "{}", over.why);
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_never_nothing() {
        for text in [
            "",
            "{\"cost\":1}\n",
            "{\"tokens\":600}\n{\"tok",
            "{\"tokens\":\"600\"}\n",
            "{\"tokens\":-600}\n",
            "{\"tokens\":null}\n",
            "[600]\n",
            "600\n",
        ] {
            assert!(asked(text, &[("tokens", 1000.0)]).is_err(), "{text}");
        }
        let limits = BTreeMap::from([("tokens".to_owned(), 1.0)]);
        for file in ["none.jsonl", "../u.jsonl", "/etc/passwd", ""] {
            assert!(used(Path::new("/tmp"), file, &limits).is_err(), "{file}");
        }
        assert!(asked("{\"tokens\":1}", &[]).is_err());
        let why = |file: &str| used(Path::new("/tmp"), file, &limits).unwrap_err();
        assert_eq!((why("none.jsonl").as_str(), why(".").as_str()), ("there is no such file", "it is no file of at most 64 MiB"));
    }
}
