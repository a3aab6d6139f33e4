//! The corpus of the scanner (tests/corpus/README.md): labelled lines, and how often a rule is right about them.

use bd_gate::Lines;
use bd_gate::scan::RuleSet;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rules that have a corpus.
pub const RULES: [&str; 9] = [
    "no-skip",
    "no-sleep",
    "direct-audit",
    "direct-metrics",
    "kubeconfig-isolation",
    "compose-race",
    "secrets",
    "conflict-markers",
    "eventually-misuse",
];

/// What stands in our own lines to keep them from being what they look like, and is taken out before a rule sees them.
const BREAK: char = '§';

/// How often a rule was right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Lines that it must find, and found.
    pub found: usize,
    /// Lines that it must not find, and did not.
    pub passed: usize,
    /// Lines that it must find, and did not: `path:line`.
    pub missed: Vec<String>,
    /// Lines that it must not find, and found: `path:line`.
    pub wrong: Vec<String>,
}

impl Score {
    /// Found and right, of all found.
    pub fn precision(&self) -> f64 {
        ratio(self.found, self.found + self.wrong.len())
    }

    /// Found and right, of all that had to be found.
    pub fn recall(&self) -> f64 {
        ratio(self.found, self.found + self.missed.len())
    }

    /// All labelled lines.
    pub fn labels(&self) -> usize {
        self.found + self.passed + self.missed.len() + self.wrong.len()
    }

    fn judge(&mut self, must: bool, is: bool, place: String) {
        match (must, is) {
            (true, true) => self.found += 1,
            (false, false) => self.passed += 1,
            (true, false) => self.missed.push(place),
            (false, true) => self.wrong.push(place),
        }
    }

    /// Adds another half.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.found += other.found;
        self.passed += other.passed;
        self.missed.extend(other.missed);
        self.wrong.extend(other.wrong);
        self
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The built-in rules; with `BD_CORPUS_RULES` those of a folder (`hooks/rules`) as they stand there now, so that a rule can be repaired and
/// measured without a build.
fn rules() -> RuleSet {
    let Some(folder) = crate::outside::setting("BD_CORPUS_RULES") else { return RuleSet::built_in() };
    let read = |rule: &&str| {
        let name = format!("{rule}.toml");
        let text = std::fs::read_to_string(Path::new(&folder).join(&name)).expect("a file of a rule");
        (name, format!("replace = true\n{text}"))
    };
    let files: Vec<(String, String)> = RULES.iter().map(read).collect();
    match RuleSet::with_project(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
        Ok((rules, _)) => rules,
        Err(why) => panic!("{why}"),
    }
}

fn folder() -> PathBuf {
    crate::repository_root().join("tests/corpus")
}

/// The lines that a rule finds in a file, those under a waiver too.
fn lines_found(rules: &RuleSet, rule: &str, path: &str, bytes: &[u8]) -> BTreeSet<u32> {
    let scanned = rules.scan(&[rule], path, bytes, &Lines::All);
    scanned.findings.iter().map(|f| f.line).chain(scanned.waived.iter().map(|m| m.finding.line)).collect()
}

/// Our own half: the first two characters of a line are its label. A line without a label that is found counts as wrong.
///
/// # Panics
/// The corpus cannot be read.
pub fn own(rule: &str) -> Score {
    let rules = rules();
    let mut score = Score::default();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder().join("own").join(rule)).expect("the corpus").map(|e| e.expect("a file").path()).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file of the corpus");
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let source: String = text.lines().map(|l| format!("{}\n", l.get(2..).unwrap_or_default().replace(BREAK, ""))).collect();
        let found = lines_found(&rules, rule, &format!("tests/{name}"), source.as_bytes());
        for (n, line) in text.lines().enumerate() {
            let (number, is) = (n as u32 + 1, found.contains(&(n as u32 + 1)));
            match line.as_bytes().first() {
                Some(b'+') => score.judge(true, is, format!("{name}:{number}")),
                Some(b'-') => score.judge(false, is, format!("{name}:{number}")),
                _ if is => score.wrong.push(format!("{name}:{number}")),
                _ => {}
            }
        }
    }
    score
}

/// Which lines of real packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Those that the rules were repaired by.
    First,
    /// Those of other packages, drawn after the repairs.
    Second,
    /// Those of packages that neither draw before it used.
    Third,
    /// Those of packages that no draw before used, drawn after the repairs that the third led to.
    Fourth,
}

/// A real half, nothing where there was no such draw: `packages` is where `tests/real/corpus.sh` put them.
///
/// # Panics
/// A labelled file is not there, or the labels cannot be read.
pub fn real(rule: &str, draw: Draw, packages: &Path) -> Score {
    let rules = rules();
    let name = match draw {
        Draw::First => format!("{rule}.tsv"),
        Draw::Second => format!("{rule}-2.tsv"),
        Draw::Third => format!("{rule}-3.tsv"),
        Draw::Fourth => format!("{rule}-4.tsv"),
    };
    let file = folder().join("labels").join(name);
    if draw != Draw::First && !file.exists() {
        return Score::default();
    }
    let labels = std::fs::read_to_string(file).expect("the labels");
    let mut score = Score::default();
    let mut known: BTreeMap<PathBuf, BTreeSet<u32>> = BTreeMap::new();
    for row in labels.lines().filter(|l| !l.starts_with('#')) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [label, registry, package, version, path, line] = columns[..] else { panic!("no row of labels: {row}") };
        let file = packages.join(registry).join(format!("{}-{version}", package.replace('/', "__"))).join(path);
        let found = known.entry(file).or_insert_with_key(|file| {
            let bytes = std::fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            lines_found(&rules, rule, path, &bytes)
        });
        let line: u32 = line.parse().unwrap_or_else(|_| panic!("no line: {row}"));
        score.judge(label == "+", found.contains(&line), format!("{package} {version} {path}:{line}"));
    }
    score
}

/// All places that a rule finds below a folder, as `path:line: the line`: where to look for what it finds wrongly.
///
/// # Panics
/// A folder cannot be read.
pub fn places(rule: &str, folder: &Path) -> Vec<String> {
    let rules = rules();
    let scanner = rules.scanner([rule]);
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").map(|e| e.expect("a file").path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let Ok(bytes) = std::fs::read(&entry) else { continue };
            let path = entry.strip_prefix(folder).unwrap_or(&entry).to_string_lossy().into_owned();
            // The folder of the registry and that of the package are no part of the path that a rule judges.
            let inner = path.splitn(3, '/').nth(2).unwrap_or(&path);
            let found = scanner.scan(inner, &bytes, &Lines::All).findings;
            out.extend(found.iter().map(|f| format!("{path}:{}: {}", f.line, f.excerpt)));
        }
    }
    out.sort();
    out
}
