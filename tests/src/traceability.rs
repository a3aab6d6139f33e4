//! Which tests hold which goal: read from docs/goals.md and from the marks above tests.

use regex::Regex;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A goal of docs/goals.md.
#[derive(Clone, Debug)]
pub struct Goal {
    /// `T05`.
    pub id: String,
    /// Its heading without the tier.
    pub title: String,
    /// 0 to 2.
    pub tier: u8,
}

/// A marked test.
#[derive(Clone, Debug)]
pub struct Test {
    /// The function, or the script.
    pub name: String,
    /// Its module path inside its target.
    pub path: String,
    /// The file, from the repository's top.
    pub file: String,
    /// The goals it holds.
    pub goals: Vec<String>,
    /// Its tier.
    pub tier: u8,
    /// `low`, `medium` or `high`: the chance that it fails without a fault.
    pub flake: String,
}

/// Goals, tests, and what does not fit together.
#[derive(Debug, Default)]
pub struct Map {
    /// In the order of the page.
    pub goals: Vec<Goal>,
    /// By file and line.
    pub tests: Vec<Test>,
    /// Goals without tests, marks without goals.
    pub wrong: Vec<String>,
}

static GOAL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^## ([A-Z]\d+) (.+) · tier ([012])$").expect("a valid expression"));
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?://|#) goal: ((?:[A-Z]\d+,? ?)+) ?tier([012])(?: flake=(low|medium|high))?\s*$").expect("a valid expression")
});
static FUNCTION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(?:pub )?fn ([a-z0-9_]+)").expect("a valid expression"));

impl Map {
    /// Reads the repository.
    pub fn read(root: &Path) -> Self {
        let mut map = Self::default();
        let page = std::fs::read_to_string(root.join("docs/goals.md")).unwrap_or_default();
        for found in page.lines().filter_map(|l| GOAL.captures(l)) {
            map.goals.push(Goal { id: found[1].into(), title: found[2].into(), tier: found[3].parse().unwrap_or(2) });
        }
        let mut files = Vec::new();
        for folder in ["bd", "gt", "hooks", "tests"] {
            collect(&root.join(folder), &mut files);
        }
        files.sort();
        for file in files {
            map.read_file(root, &file);
        }
        let known = |id: &String| map.goals.iter().any(|g| g.id == *id);
        for test in &map.tests {
            for goal in test.goals.iter().filter(|g| !known(g)) {
                map.wrong.push(format!("{}: `{}` names the goal {goal}, which docs/goals.md lacks", test.file, test.name));
            }
        }
        let has = |goal: &Goal| map.tests.iter().any(|t| t.goals.contains(&goal.id));
        let bare: Vec<String> = map.goals.iter().filter(|g| !has(g)).map(|g| format!("the goal {} has no test", g.id)).collect();
        map.wrong.extend(bare);
        map
    }

    fn read_file(&mut self, root: &Path, path: &Path) {
        let Ok(text) = std::fs::read_to_string(path) else { return };
        let file = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let Some(mark) = MARK.captures(line) else {
                if line.trim_start().starts_with("// goal:") {
                    self.wrong.push(format!("{file}:{}: a mark that cannot be read: {}", number + 1, line.trim()));
                }
                continue;
            };
            let words = mark[1].split([',', ' ']).filter(|w| !w.is_empty());
            let mut test = Test {
                name: String::new(),
                path: String::new(),
                file: file.clone(),
                goals: words.map(str::to_owned).collect(),
                tier: mark[2].parse().unwrap_or(2),
                flake: mark.get(3).map_or("low", |m| m.as_str()).to_owned(),
            };
            if path.extension().is_some_and(|e| e == "rs") {
                let Some(name) = lines.find_map(|(_, l)| FUNCTION.captures(l).map(|c| c[1].to_owned())) else { continue };
                let above: Vec<&str> = text.lines().take(number).collect();
                test.path = module_path(&file, &above.join("\n"), &name);
                test.name = name;
            } else {
                test.name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            }
            self.tests.push(test);
        }
    }
}

/// `tests/torture/t05.rs` + `f` = `t05::f`; `bd/src/fold/state.rs` + `f` = `fold::state::tests::f`, where `above` is the
/// text before the test.
fn module_path(file: &str, above: &str, name: &str) -> String {
    let below = file.strip_prefix("bd/src/").or_else(|| file.strip_prefix("tests/")?.split_once('/').map(|(_, rest)| rest));
    let below = below.unwrap_or(file).trim_end_matches(".rs");
    let mut parts: Vec<&str> = below.split('/').filter(|p| !matches!(*p, "mod" | "main" | "lib")).collect();
    let inline = above.lines().filter_map(|l| l.strip_prefix("mod ")?.strip_suffix(" {")).next_back();
    parts.extend(inline);
    parts.push(name);
    parts.join("::")
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.file_name().is_some_and(|n| n == "target" || n == "node_modules") {
                collect(&path, files);
            }
        } else if path.extension().is_none_or(|e| e == "rs" || e == "sh" || e == "py" || e == "mjs") {
            files.push(path);
        }
    }
}

/// The arguments that choose a test's target in `cargo test`.
fn target(test: &Test) -> String {
    match test.file.split('/').collect::<Vec<_>>()[..] {
        ["tests", "src", ..] => "-p bd-tests --lib".to_owned(),
        ["tests", target, ..] => format!("-p bd-tests --test {target}"),
        [package, "tests", file] => format!("-p {package} --test {}", file.trim_end_matches(".rs")),
        [package, ..] => format!("-p {package} --lib"),
        [] => String::new(),
    }
}

/// Which step of `.ci/run` runs a test.
fn job(test: &Test) -> &'static str {
    match test.file.as_str() {
        f if f.starts_with("tests/real/") => "real",
        f if f.starts_with("tests/compat/") => "test, compat",
        f if f.starts_with("tests/histories/") => "test, histories",
        _ if test.tier == 0 => "test, flake",
        _ => "test",
    }
}

/// One line a target: `ARGUMENTS|NAME NAME …`.
pub fn tier0(map: &Map) -> Vec<String> {
    let mut by_target: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for test in map.tests.iter().filter(|t| t.tier == 0 && !t.path.is_empty()) {
        by_target.entry(target(test)).or_default().push(&test.path);
    }
    by_target.into_iter().map(|(target, names)| format!("{target}|{}", names.join(" "))).collect()
}

/// The page.
pub fn render(map: &Map) -> String {
    let mut out = String::from(
        "# Traceability\n\nGenerated by `cargo run -p bd-tests --bin traceability` from [goals.md](goals.md) and the marks above tests; \
         CI fails where it is stale.\nThe job is a step of `.ci/run`.\n\n| goal | tier | test | flake risk | CI job |\n|---|---|---|---|---|\n",
    );
    for goal in &map.goals {
        let mut first = true;
        for test in map.tests.iter().filter(|t| t.goals.contains(&goal.id)) {
            let name = if first { format!("{} {}", goal.id, goal.title) } else { goal.id.clone() };
            first = false;
            let _infallible = writeln!(
                out,
                "| {name} | {} | `{}` in [{}](../{}) | {} | {} |",
                goal.tier,
                test.name,
                test.file,
                test.file,
                test.flake,
                job(test)
            );
        }
        if first {
            let _infallible = writeln!(out, "| {} {} | {} | none | | |", goal.id, goal.title, goal.tier);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_goals_and_paths_are_read() {
        let mark = MARK.captures("    // goal: T05, L6 tier0 flake=medium").unwrap();
        assert_eq!((&mark[1], &mark[2], &mark[3]), ("T05, L6 ", "0", "medium"));
        assert!(MARK.captures("// goal: T05 tier9").is_none());
        assert!(MARK.captures("// goal: tier0").is_none());
        assert!(GOAL.is_match("## T05 Ten branches merge without a conflict · tier 0"));
        assert_eq!(module_path("tests/torture/t05.rs", "", "f"), "t05::f");
        assert_eq!(module_path("tests/laws/main.rs", "", "f"), "f");
        assert_eq!(module_path("bd/src/fold/mod.rs", "mod tests {", "f"), "fold::tests::f");
    }
}
