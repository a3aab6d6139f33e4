//! Sync, rides and what reviewers read, over real git and `file://`: STATE 6 and 7 as people meet them.

mod claims;
mod network;
mod remotes;
mod reviews;
mod rides;
mod safety;
mod stuck;

use bd_tests::Work;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every record that a clone exports, by id.
pub fn records(work: &Work) -> BTreeMap<String, Value> {
    let export = work.bd(&["export"]);
    let parse = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    export.ok().lines().map(parse).map(|v| (v["id"].as_str().expect("an id").to_owned(), v)).collect()
}

/// Makes a file a program.
pub fn program(path: &std::path::Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a program");
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
}
