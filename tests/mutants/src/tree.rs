//! A copy of the workspace whose `bd-gate` has all mutants in it, made to compile: what the compiler refuses is taken out.

use crate::list::{self, Mutant};
use crate::rewrite;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the work is done.
pub struct Place {
    /// The repository.
    pub root: PathBuf,
    /// The copy; its `target` is its own.
    pub tree: PathBuf,
}

/// Number of a mutant -> why it is not in the binary.
pub type Out = BTreeMap<usize, String>;

impl Place {
    pub fn file(&self, name: &str) -> PathBuf {
        self.tree.join("target").join("mutants").join(name)
    }

    pub fn mutants(&self) -> Result<Vec<Mutant>, String> {
        list::read(&self.file("list.json"))
    }

    pub fn out(&self) -> Out {
        std::fs::read(self.file("out.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }
}

fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let shown = format!("{command:?}");
    let out = command.stderr(Stdio::inherit()).output().map_err(|e| format!("{shown}: {e}"))?;
    if out.status.success() { Ok(out.stdout) } else { Err(format!("{shown}: {}", out.status)) }
}

/// Copies what git knows of the workspace, with the times that the files have: what did not change is not built again.
fn copy(place: &Place) -> Result<(), String> {
    let names = run(Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&place.root))?;
    for name in names.split(|b| *b == 0).filter_map(|n| std::str::from_utf8(n).ok()).filter(|n| !n.is_empty()) {
        let (from, to) = (place.root.join(name), place.tree.join(name));
        if !from.is_file() || is_as_old(&from, &to) {
            continue;
        }
        to.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|e| format!("{}: {e}", to.display()))?;
        std::fs::copy(&from, &to).and_then(|_| keep_time(&from, &to)).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(())
}

fn is_as_old(from: &Path, to: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    time(to).is_some() && time(from) == time(to)
}

fn keep_time(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::File::options().append(true).open(to)?.set_modified(from.metadata()?.modified()?)
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    // What is the same already is not written: cargo builds what is newer.
    if std::fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(file, text)).map_err(|e| format!("{}: {e}", file.display()))
}

/// Replaces one place of a file of the copy; it has to be there.
fn patch(place: &Place, name: &str, old: &str, new: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(place.root.join(name)).map_err(|e| format!("{name}: {e}"))?;
    let at = text.find(old).ok_or_else(|| format!("{name}: there is no `{old}`"))?;
    write(&place.tree.join(name), &format!("{}{new}{}", &text[..at], &text[at + old.len()..]))
}

/// Makes the copy and the list, and takes out what does not compile.
pub fn build(place: &Place) -> Result<(), String> {
    copy(place)?;
    let globs = ["-f", "hooks/src/gate/**", "-f", "hooks/src/scan/**"];
    let list = run(Command::new("cargo").args(["mutants", "--list", "--json", "--package", "bd-gate"]).args(globs).current_dir(&place.root))?;
    write(&place.file("list.json"), &String::from_utf8_lossy(&list))?;
    // The variables of the one that is on go through to the programs that the black-box tests start.
    let through = ".env_clear().envs([\"MUTANT\", \"MUTANT_LOG\"].iter().filter_map(|k| Some((k, std::env::var_os(k)?))))";
    patch(place, "tests/src/command.rs", ".env_clear()", through)?;
    patch(place, "hooks/Cargo.toml", "[lints]\nworkspace = true\n", "")?;
    let lib = std::fs::read_to_string(place.root.join("hooks/src/lib.rs")).map_err(|e| e.to_string())?;
    write(&place.tree.join("hooks/src/lib.rs"), &format!("{lib}{}", rewrite::ASKED))?;
    let mutants = place.mutants()?;
    // As they are now, whatever somebody writes meanwhile.
    let mut texts = BTreeMap::new();
    for file in mutants.iter().map(|m| m.file.clone()).collect::<BTreeSet<_>>() {
        texts.insert(file.clone(), std::fs::read_to_string(place.root.join(&file)).map_err(|e| format!("{file}: {e}"))?);
    }
    // Only for this list; a second build begins anew.
    let mut out = Out::new();
    loop {
        let files = rewritten(place, &texts, &mutants, &mut out)?;
        let refused = refused(place, &files)?;
        let bytes = serde_json::to_vec_pretty(&out).map_err(|e| e.to_string())?;
        write(&place.file("out.json"), &String::from_utf8_lossy(&bytes))?;
        if refused.is_empty() {
            break;
        }
        eprintln!("{} that do not compile are taken out", refused.len());
        out.extend(refused);
    }
    eprintln!("{} mutants, {} of them not in the binary", mutants.len(), out.len());
    Ok(())
}

type Regions = Vec<(Range<usize>, Vec<usize>)>;

type Files = BTreeMap<String, (String, Regions)>;

fn rewritten(place: &Place, texts: &BTreeMap<String, String>, mutants: &[Mutant], out: &mut Out) -> Result<Files, String> {
    let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (n, mutant) in mutants.iter().enumerate() {
        by_file.entry(&mutant.file).or_default().push((n, mutant));
    }
    let mut files = BTreeMap::new();
    for (file, own) in by_file {
        let text = &texts[file];
        let done = rewrite::rewrite(text, &own, &|n| out.contains_key(&n)).map_err(|e| format!("{file}: {e}"))?;
        let placed: BTreeSet<usize> = done.placed.iter().copied().collect();
        out.extend(done.left.iter().map(|(n, why)| (*n, (*why).to_owned())));
        for (n, mutant) in &own {
            if !placed.contains(n) && !out.contains_key(n) {
                return Err(format!("{}: it was lost", mutant.name));
            }
        }
        write(&place.tree.join(file), &done.text)?;
        files.insert(file.to_owned(), (done.text, done.regions));
    }
    Ok(files)
}

/// What the compiler says no to, by the mutant in whose text it says so.
fn refused(place: &Place, files: &Files) -> Result<Out, String> {
    let mut command = Command::new("nice");
    command.args(["-n", "5", "cargo", "check", "-q", "-p", "bd-gate", "--lib", "--message-format=json"]).current_dir(&place.tree);
    let output = command.stderr(Stdio::inherit()).output().map_err(|e| e.to_string())?;
    let mut out = Out::new();
    let mut elsewhere = String::new();
    for line in output.stdout.split(|b| *b == b'\n').filter_map(|l| serde_json::from_slice::<Value>(l).ok()) {
        let message = &line["message"];
        if line["reason"] != "compiler-message" || message["level"] != "error" {
            continue;
        }
        let code = message["code"]["code"].as_str().unwrap_or("error");
        let said = format!("{code}: {}", message["message"].as_str().unwrap_or_default());
        let of = message["spans"].as_array().into_iter().flatten().filter(|s| s["is_primary"] == true).find_map(|s| owners(s, files));
        let of = of.or_else(|| message["spans"].as_array().into_iter().flatten().find_map(|s| owners(s, files)));
        match of {
            Some(owners) => out.extend(owners.into_iter().map(|n| (n, said.clone()))),
            None => elsewhere.push_str(message["rendered"].as_str().unwrap_or(&said)),
        }
    }
    // What is wrong elsewhere may follow from what is taken out now.
    if out.is_empty() && !output.status.success() {
        return Err(format!("the copy does not compile, and no mutant is to blame\n{elsewhere}"));
    }
    Ok(out)
}

/// The mutants of the smallest part around what the compiler points to.
fn owners(span: &Value, files: &Files) -> Option<Vec<usize>> {
    let Some((_, regions)) = files.get(span["file_name"].as_str()?) else {
        // In a macro of somebody else's: where it was called.
        let called = &span["expansion"]["span"];
        return if called.is_object() { owners(called, files) } else { None };
    };
    let at = |key: &str| span[key].as_u64().and_then(|n| usize::try_from(n).ok());
    let (start, end) = (at("byte_start")?, at("byte_end")?);
    let around = regions.iter().filter(|(range, _)| range.start <= start && end <= range.end);
    around.min_by_key(|(range, _)| range.len()).map(|(_, owners)| owners.clone()).filter(|o| !o.is_empty())
}
