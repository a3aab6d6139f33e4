//! All mutants of two rooms in one binary, chosen by a variable (docs/mutants.md).
//!
//! `build` makes the copy, `run [lib|gates] [PART OF A NAME] [SECONDS]` runs what is not caught yet (with tests that take no
//! longer), `table` says what came out; without a word all of it, with the library's own tests.

mod list;
mod rewrite;
mod suite;
mod table;
mod tree;
mod verdicts;

use std::path::Path;

fn main() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).ok_or("no workspace")?.to_path_buf();
    let tree = std::env::var_os("MUTANTS_TREE").map_or_else(|| root.join("target").join("mutants"), Into::into);
    let place = tree::Place { root, tree };
    let only = args.get(2).map_or("", String::as_str);
    let most = args.get(3).and_then(|n| n.parse().ok()).unwrap_or(f64::INFINITY);
    match (args.first().map(String::as_str), args.get(1).map(String::as_str)) {
        (Some("build"), _) => tree::build(&place),
        (Some("run"), Some("gates")) => verdicts::run(&place, "gates", only, most, 2),
        (Some("run"), _) => verdicts::run(&place, "lib", only, most, 2),
        (Some("table"), _) => table::print(&place),
        (Some(_), _) => Err("build, run [lib|gates] [NAME] [SECONDS], table".to_owned()),
        (None, _) => tree::build(&place).and_then(|()| verdicts::run(&place, "lib", "", most, 2)).and_then(|()| table::print(&place)),
    }
}
