//! `external`: a program that reports on something outside, a CI run or a pull request. Its last line is JSON
//! `{"status":…,"url":…}`. Only `success` has passed.

use super::Run;
use super::program::start;
use crate::gate::{Answer, Ask, Gate, Kind, Status};

#[derive(serde::Deserialize)]
struct Said {
    status: String,
    url: Option<String>,
}

pub(super) fn answer(gate: &Gate, ask: &Ask<'_>, with: Run<'_>) -> Answer {
    let Kind::External { run } = &gate.kind else { return Answer::new(Status::Error, "it is no external check") };
    let mut ended = start(run, gate, ask, with, None, 4096);
    let code = match ended.code(gate) {
        Ok(code) => code,
        Err(answer) => return *answer,
    };
    let lines = ended.stdout.lines();
    let last = lines.iter().rev().map(|l| l.trim()).find(|l| !l.is_empty());
    let said = last.and_then(|line| serde_json::from_str::<Said>(line).ok());
    let answer = match said {
        None => Answer::new(Status::Error, format!("its last line is no JSON with a `status` (it exited with {code})"))
            .advise("Let the program print `{\"status\":\"success\"}` as its last line"),
        Some(_) if code != 0 => Answer::new(Status::Error, format!("it exited with {code}, whatever it says")),
        Some(said) => {
            let status = ended.shown(&said.status);
            let url = said.url.map(|url| ended.shown(&url)).filter(|url| !url.is_empty());
            let mut answer = by_status(&status);
            if let Some(url) = url {
                answer.advice =
                    if answer.advice.is_empty() { format!("See {url}") } else { format!("{}; see {url}", answer.advice) };
            }
            answer
        }
    };
    ended.with_tail(answer)
}

fn by_status(status: &str) -> Answer {
    match status {
        "success" => Answer::new(Status::Pass, "it reports success"),
        "failure" | "failed" | "error" | "timed_out" => Answer::new(Status::Fail, format!("it reports {status}")),
        // A check that was skipped or is still under way has not passed; nor has one of a word that nobody knows.
        other => {
            Answer::new(Status::Fail, format!("it has not passed yet: it reports {other}")).advise("Wait for it, then ask again")
        }
    }
}
