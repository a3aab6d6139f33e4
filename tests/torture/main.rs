//! Torture: what happened to users of other trackers (users.md 5), one test each, re-stated for our design.

mod bad_input;
mod full_disk;
mod read_only;
mod short_ones;
mod t01_t04_truth;
mod t05_t08_merging;
mod t09_t13_git;
mod t14_t18_repair;
mod t19_t24_writers;
mod verbs;

use bd_tests::Work;
use serde_json::Value;

/// All records of a clone as `bd export` writes them, by id.
pub fn records(work: &Work) -> std::collections::BTreeMap<String, Value> {
    let text = work.bd(&["export"]).ok().to_owned();
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a record a line"));
    records.map(|r| (r["id"].as_str().expect("an id").to_owned(), r)).collect()
}

/// The ids in the output of a command that lists records.
pub fn ids(list: &Value) -> Vec<String> {
    let items = list.as_array().expect("a list");
    items.iter().map(|b| b["id"].as_str().expect("an id").to_owned()).collect()
}

/// Lets every clone exchange everything with the remote.
pub fn exchange(works: &[&Work]) {
    for _ in 0..2 {
        for work in works {
            work.bd(&["sync"]).ok();
        }
    }
}
