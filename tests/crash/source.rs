//! The source of `bd` and `gt`: every call that changes the disk or a ref stands between two failpoints.

use regex::Regex;
use std::path::{Path, PathBuf};

/// A call that changes something, without a failpoint on one side.
#[derive(Debug)]
pub struct Bare {
    /// `bd/src/…:line`.
    pub place: String,
    /// Which side has none.
    pub side: &'static str,
    /// The line.
    pub text: String,
}

/// Calls that change what a crash leaves behind.
const CHANGES: &str = r"fs::(?:write|rename|remove_file|remove_dir|remove_dir_all|copy|hard_link|set_permissions)\b|File::create|\bsymlink\(|\.create(?:_new)?\(true\)|\.sync_all\(|\.sync_data\(|\.set_len\(|\.try_lock\(|\.write_all\(|edit_reference|\.persist\(|\.write_buf|lock\.commit\(|\.spawn\(\)|\bwriteln?!\(file";

/// Places where such a word changes nothing that a crash could spoil.
const HARMLESS: &[(&str, &str, &str)] = &[
    ("bd/src/failpoint.rs", "", "the failpoints themselves"),
    ("bd/src/ui/", "", "output to a terminal or a pipe"),
    ("bd/src/git/cli_git/batch.rs", "", "a child that only reads objects; questions to it go through a pipe"),
    ("bd/src/git/process.rs", "write_all", "input of a child, through a pipe"),
    ("bd/src/git/bounded.rs", "write_all", "input of a child, through a pipe"),
    ("bd/src/git/process.rs", "scope.spawn", "a thread"),
    ("bd/src/store/sign.rs", "", "a temporary file for ssh-keygen and a child's pipes; nothing of the store"),
    ("gt/src/local.rs", "create_new(true)", "how a file will be opened, some lines below"),
    ("gt/src/notify/smtp.rs", "write_all", "a socket to a relay"),
    // A kill between any two of its writes leaves a cache that is whole, cut, torn or mixed. Each of these is made on purpose
    // and read again in bd/src/store/cache/tests and in torture's T01 and T02: a reader believes a cache only as far as its
    // checksums and its key (ref tips, length and tail of the journal) go, and builds it anew otherwise. No event is ever
    // written from it without the key, so old or new is the same answer.
    ("bd/src/store/cache/", "", "the cache is checksummed and discardable; cut, torn and changed caches have tests of their own"),
];

/// Every changing call that lacks a failpoint before or after it in its function, and how many calls there are.
pub fn scan(root: &Path) -> (Vec<Bare>, usize) {
    let mut files = Vec::new();
    for room in ["bd/src", "gt/src"] {
        collect(&root.join(room), &mut files);
    }
    files.sort();
    let (mut bare, mut calls) = (Vec::new(), 0);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        scan_file(&name, &text, &mut bare, &mut calls);
    }
    (bare, calls)
}

fn scan_file(name: &str, text: &str, bare: &mut Vec<Bare>, calls: &mut usize) {
    let changes = Regex::new(CHANGES).expect("a valid expression");
    let function = Regex::new(r"^(\s*)(?:pub(?:\([a-z]+\))? )?(?:const )?fn [a-z_]").expect("a valid expression");
    // Tests beside the code come last in a file.
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or("");
    let lines: Vec<&str> = code.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let Some(start) = function.captures(lines[at]).map(|c| c[1].to_owned()) else {
            at += 1;
            continue;
        };
        // rustfmt puts the end of a function under its beginning.
        let end =
            (at..lines.len()).find(|n| lines[*n] == format!("{start}}}") || lines[*n].ends_with("{}")).unwrap_or(lines.len() - 1);
        let harmless = |line: &str| HARMLESS.iter().any(|(file, word, _)| name.starts_with(file) && line.contains(word));
        let changing = |line: &str| changes.is_match(line) && !line.trim_start().starts_with("//") && !harmless(line);
        let found = |n: &usize| changing(lines[*n]);
        let point = |n: &usize| lines[*n].contains("failpoint!(");
        for n in (at..=end).filter(found) {
            *calls += 1;
            // The nearest of both kinds decides: another change between the call and the failpoint would hide its effect.
            let before = (at..n).rev().find(|n| point(n) || found(n)).is_some_and(|n| point(&n));
            let after = (n + 1..=end).find(|n| point(n) || found(n)).is_some_and(|n| point(&n));
            let side = match (before, after) {
                (true, true) => continue,
                (false, true) => "before",
                (true, false) => "after",
                (false, false) => "before and after",
            };
            bare.push(Bare { place: format!("{name}:{}", n + 1), side, text: lines[n].trim().to_owned() });
        }
        at = end + 1;
    }
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|n| n != "tests") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().is_some_and(|n| n != "tests.rs") {
            files.push(path);
        }
    }
}
