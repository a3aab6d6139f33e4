//! Licences, bans, duplicates and sources of dependencies, by `cargo tree` and the rules of deny.toml.
//! Advisories need a database from the network: only `cargo deny check advisories` has them.

use crate::Findings;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Names that end in `-sys` and are only tables of constants and declarations, no C.
const TABLES: &[&str] = &["linux-raw-sys", "windows-sys"];

pub fn check(root: &Path) -> Findings {
    let mut found = Findings::default();
    if let Err(why) = judge(root, &mut found) {
        found.wrong.push(why);
    }
    found
}

struct Rules {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
    twice: BTreeSet<String>,
    registries: BTreeSet<String>,
}

impl Rules {
    fn read(root: &Path) -> Result<Self, String> {
        let text = read(root, "deny.toml")?;
        let toml: toml_edit::DocumentMut = text.parse().map_err(|e| format!("deny.toml: {e}"))?;
        let names = |table: &str, key: &str| -> BTreeSet<String> {
            let items = toml[table][key].as_array().into_iter().flatten();
            let name = |i: &toml_edit::Value| Some(i.as_str().or_else(|| i.as_inline_table()?.get("name")?.as_str())?.to_owned());
            items.filter_map(name).collect()
        };
        Ok(Self {
            licences: names("licenses", "allow"),
            banned: names("bans", "deny"),
            twice: names("bans", "skip"),
            registries: names("sources", "allow-registry"),
        })
    }
}

fn read(root: &Path, name: &str) -> Result<String, String> {
    std::fs::read_to_string(root.join(name)).map_err(|e| format!("{name}: {e}"))
}

fn judge(root: &Path, found: &mut Findings) -> Result<(), String> {
    let rules = Rules::read(root)?;
    // Only what is compiled for `bd`: the tests' own helpers may be heavier, their licences count all the same.
    let of_bd = tree(root, &["-p", "bd", "-e", "normal,build"])?;
    let all = tree(root, &["--workspace"])?;
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, version) in of_bd.keys() {
        versions.entry(name).or_default().insert(version);
        if rules.banned.contains(name) || (name.ends_with("-sys") && !TABLES.contains(&name.as_str())) {
            found.wrong.push(format!("`{name}` is banned from `bd` (deny.toml)"));
        }
    }
    for (name, versions) in versions.iter().filter(|(name, v)| v.len() > 1 && !rules.twice.contains(**name)) {
        let versions: Vec<&str> = versions.iter().copied().collect();
        found.wrong.push(format!("`{name}` is in `bd` more than once: {}", versions.join(", ")));
    }
    for ((name, version), licence) in &all {
        if !allowed(licence, &rules.licences) {
            found.wrong.push(format!("`{name}` {version}: the licence `{licence}` is not allowed (deny.toml)"));
        }
    }
    let lock: toml_edit::DocumentMut = read(root, "Cargo.lock")?.parse().map_err(|e| format!("Cargo.lock: {e}"))?;
    for package in lock["package"].as_array_of_tables().into_iter().flatten() {
        let Some(source) = package.get("source").and_then(|s| s.as_str()) else { continue };
        if !source.strip_prefix("registry+").is_some_and(|s| rules.registries.contains(s)) {
            found.wrong.push(format!("{} comes from {source}", package["name"]));
        }
    }
    found.report.push(format!("{} packages in bd, {} with the tests", of_bd.len(), all.len()));
    Ok(())
}

/// Name and version of each package that these flags of `cargo tree` show, with its licence.
fn tree(root: &Path, flags: &[&str]) -> Result<BTreeMap<(String, String), String>, String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["tree", "--locked", "--prefix=none", "--format={p}|{l}"]).args(flags).current_dir(root);
    let out = cargo.output().map_err(|e| format!("cargo tree: {e}"))?;
    if !out.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&out.stderr)));
    }
    let text = String::from_utf8_lossy(&out.stdout);
    let package = |line: &str| {
        let (package, licence) = line.trim_end_matches(" (*)").split_once('|')?;
        let mut words = package.split(' ');
        Some(((words.next()?.to_owned(), words.next()?.to_owned()), licence.to_owned()))
    };
    Ok(text.lines().filter_map(package).collect())
}

/// An SPDX expression of `AND`, `OR`, `/` and parentheses, as packages write them.
fn allowed(expression: &str, licences: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "\u{1}");
    let mut words: Vec<String> = spaced.split_whitespace().map(|w| w.replace('\u{1}', " WITH ")).rev().collect();
    !words.is_empty() && either(&mut words, licences) && words.is_empty()
}

fn either(words: &mut Vec<String>, licences: &BTreeSet<String>) -> bool {
    let mut good = both(words, licences);
    while words.pop_if(|w| w == "OR").is_some() {
        good |= both(words, licences);
    }
    good
}

fn both(words: &mut Vec<String>, licences: &BTreeSet<String>) -> bool {
    let mut good = one(words, licences);
    while words.pop_if(|w| w == "AND").is_some() {
        good &= one(words, licences);
    }
    good
}

fn one(words: &mut Vec<String>, licences: &BTreeSet<String>) -> bool {
    match words.pop().as_deref() {
        Some("(") => {
            let good = either(words, licences);
            words.pop_if(|w| w == ")").is_some() && good
        }
        Some(name) => licences.contains(name),
        None => false,
    }
}
