//! What a step's commands and scans say about the working tree: counts that come from the reports of test programs.

use super::model::{FailedTest, ScanFinding};
use super::predicate::Predicate;
use super::{StepView, Validation, View};
use crate::formula::{Step, StepKind};
use bd::error::{Error, ErrorKind, Result};
use bd::ops::trust;
use bd::store::Store;
use bd_gate::diff::{FileChange, What, changes};
use bd_gate::exec::{Cleaner, End, Program, run, variables};
use bd_gate::gate::waivers::{self, Held};
use bd_gate::gate::{self, Action, Ask, Kind, Options, Status, Target, When};
use bd_gate::results::{Counts, Format, is_report, read};
use bd_gate::{Lines, gate::grep_trap, scan};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// How long one command may take.
pub const LIMIT: Duration = Duration::from_secs(30 * 60);
/// How much of an output is read as a report.
const REPORT: usize = 32 << 20;
/// The name under which commands of molecules are trusted.
const TRUSTED_AS: &str = "gt commands";
/// At most so many failed tests and findings are kept.
const MOST: usize = 200;

/// What is to be asked about a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The commands.
    pub commands: Vec<String>,
    /// The rules of the scanner.
    pub rules: Vec<String>,
    /// Checks that no rule is known for.
    pub unknown: Vec<String>,
    /// `host:port` of what has to answer.
    pub ports: Vec<String>,
}

impl Asked {
    /// True if there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty() && self.rules.is_empty() && self.unknown.is_empty() && self.ports.is_empty()
    }
}

/// What a step asks for: its own commands and checks; for a criterion about tests without commands, those of the formula's
/// validation step.
pub fn asked(view: &View, step: &Step) -> Asked {
    let validation = || view.steps.iter().find(|s| s.def.kind == StepKind::Validation);
    let tests = || Ok::<_, Infallible>(validation().map(|s| s.def.validation_commands.clone()).unwrap_or_default());
    let Ok(asked) = asked_of(step, || view.infrastructure.clone(), tests);
    asked
}

/// The same for a step alone: of the rest of the molecule only what is needed is asked for, the addresses of its infrastructure and
/// the commands of its validation step.
///
/// # Errors
/// What `tests` returns.
pub fn asked_of<E>(
    step: &Step,
    infrastructure: impl FnOnce() -> Vec<String>,
    tests: impl FnOnce() -> Result<Vec<String>, E>,
) -> Result<Asked, E> {
    let named = |c: &&String| !c.trim().is_empty();
    let mut out = Asked { commands: step.validation_commands.iter().filter(named).cloned().collect(), ..Asked::default() };
    if step.id.contains("infrastructure") {
        out.ports = infrastructure();
    }
    let mut rules: BTreeSet<String> = BTreeSet::new();
    for check in &step.anti_pattern_checks {
        match scan::rule_of_check(check) {
            Some(rule) => drop(rules.insert(rule.to_owned())),
            None => out.unknown.push(check.clone()),
        }
    }
    for text in &step.success_criteria {
        rules.extend(Predicate::of_criterion(text).scan().map(str::to_owned));
    }
    if step.kind == StepKind::Validation {
        // A test that is skipped or that sleeps proves less than it seems to.
        rules.extend(["no-skip", "no-sleep"].map(str::to_owned));
    }
    if asks_for_tests(step) && out.commands.is_empty() {
        out.commands = tests()?.iter().filter(named).cloned().collect();
    }
    out.rules = rules.into_iter().collect();
    Ok(out)
}

/// True if only a run of the tests can answer what a step asks.
pub fn asks_for_tests(step: &Step) -> bool {
    step.success_criteria.iter().any(|c| Predicate::of_criterion(c).needs_tests())
}

/// Every command that a molecule may run, in order, each once.
pub fn commands(view: &View) -> Vec<String> {
    commands_of(view.steps.iter().map(|s| &s.def))
}

/// The same of the steps of a formula.
pub fn commands_of<'s>(steps: impl Iterator<Item = &'s Step>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for command in steps.flat_map(|s| &s.validation_commands).filter(|c| !c.trim().is_empty()) {
        if !out.contains(command) {
            out.push(command.clone());
        }
    }
    out
}

/// The text by which commands are trusted.
fn as_text(commands: &[String]) -> String {
    serde_json::to_string(commands).unwrap_or_default()
}

/// True if this clone's user trusted exactly these commands.
///
/// # Errors
/// The list cannot be read.
pub fn is_trusted(store: &Store, commands: &[String]) -> Result<bool> {
    Ok(commands.is_empty() || trust::is_trusted(store, TRUSTED_AS, as_text(commands).as_bytes())?)
}

/// Trusts the commands of a molecule.
///
/// # Errors
/// The list cannot be written.
pub fn grant(store: &Store, view: &View) -> Result<()> {
    trust::grant(store, TRUSTED_AS, &as_text(&commands(view)))
}

/// Asks about a step. `say` is told what is being run.
///
/// # Errors
/// The commands are not trusted (exit 4), there is no working tree (exit 2).
pub fn validate(store: &Store, view: &View, step: &StepView, say: &mut dyn FnMut(&str)) -> Result<Validation> {
    let asked = asked(view, &step.def);
    if asked.commands.is_empty() && asks_for_tests(&step.def) {
        return Err(Error::new(
            ErrorKind::Gate,
            format!("`{}/{}` asks for tests, and no command runs them", view.name, step.def.id),
        )
        .hint(format!(
            "Name the command: gt molecule upgrade {} --var NAME=COMMAND; `gt formula show {}` has the names",
            view.name, view.recipe.name
        )));
    }
    let work = store.git().paths().work_dir.clone();
    let Some(top) = work else { return Err(Error::usage("a bare repository has no working tree to validate")) };
    if !asked.commands.is_empty() && !is_trusted(store, &commands(view))? {
        return Err(Error::new(ErrorKind::Gate, format!("the commands of `{}` are not trusted in this clone", view.name))
            .hint(format!("`gt molecule trust {}` shows them and trusts exactly these", view.name)));
    }
    let began = Instant::now();
    let mut out = Validation { attempt: step.attempt, ..Validation::default() };
    let mut counts = Counts::default();
    for port in &asked.ports {
        say(port);
        if let Err(why) = answers(port) {
            out.errors.push(format!("{} does not answer: {why}", super::handin::one_line(port)));
        }
    }
    for command in &asked.commands {
        say(command);
        one(store, &top, command, &mut out, &mut counts);
    }
    out.total = number(counts.total());
    out.ok = number(counts.passed);
    out.failed = number(counts.failed);
    out.skipped = number(counts.skipped);
    for failure in counts.failures.into_iter().take(50) {
        let line = (failure.line > 0).then_some(failure.line);
        let shown = failure.file.map(|file| relative(&top, &file));
        out.failures.push(FailedTest { name: failure.name, file: shown, line });
    }
    for check in &asked.unknown {
        out.errors.push(format!("the check `{check}` has no scan: nothing looked for it"));
    }
    if !asked.rules.is_empty() {
        scans(store, &top, &asked.rules, &mut out)?;
    }
    out.millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    out.code = code(store)?;
    out.passed = out.failed == 0
        && out.skipped == 0
        && out.errors.is_empty()
        && !out.findings.iter().any(|f| f.waived.is_none())
        && (out.total > 0 || !out.counted);
    Ok(out)
}

/// Whether something takes connections at `host:port`.
fn answers(port: &str) -> std::result::Result<(), String> {
    let addresses = port.trim().to_socket_addrs().map_err(|e| e.to_string())?;
    let mut last = "it has no address".to_owned();
    for address in addresses.take(4) {
        match TcpStream::connect_timeout(&address, Duration::from_secs(3)) {
            Ok(_) => return Ok(()),
            Err(e) => last = e.to_string(),
        }
    }
    Err(last)
}

fn number(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A path as people read it: from the top of the tree where it is inside.
fn relative(top: &std::path::Path, file: &str) -> String {
    let path = std::path::Path::new(file);
    path.strip_prefix(top).map_or_else(|_| file.to_owned(), |p| p.to_string_lossy().into_owned())
}

/// Runs one command and reads what it printed.
fn one(store: &Store, top: &std::path::Path, command: &str, out: &mut Validation, counts: &mut Counts) {
    let vars = variables(store.env(), &[]);
    let ran = run(&Program { text: command, dir: top, vars: &vars, input: None, limit: LIMIT, keep: REPORT });
    let mut clean = Cleaner::new(&vars);
    let named = clean.text(command).replace('\n', " ");
    let lines = clean.lines(ran.all.lines());
    let last = lines.iter().rev().find(|l| !l.trim().is_empty()).cloned().unwrap_or_default();
    let code = match ran.end {
        End::Exit(code @ (126 | 127)) => {
            return out.errors.push(format!("`{named}` exited with {code}: the program was not found or cannot be run ({last})"));
        }
        End::Exit(code) => code,
        End::Signal(n) => return out.errors.push(format!("`{named}` was ended by signal {n}")),
        End::TimedOut => return out.errors.push(format!("`{named}` was not done after {} minutes", LIMIT.as_secs() / 60)),
        End::NoStart(why) => return out.errors.push(why),
    };
    if let Some(trap) = grep_trap::explain(command, Some(code), &lines.join("\n")) {
        return out.errors.push(format!("{}. {}", trap.why, trap.advice));
    }
    let outputs = [ran.stdout.whole(), ran.all.whole()];
    if outputs[0].is_none() {
        return out.errors.push(format!("`{named}` printed more than {} MiB: no report can be read from it", REPORT >> 20));
    }
    let report = match outputs.iter().flatten().find_map(|bytes| report_in(bytes)) {
        Some(Err(why)) if code == 0 => return out.errors.push(format!("the report of `{named}` is not whole: {why}")),
        Some(Ok(report)) => Some(report),
        Some(Err(_)) | None => None,
    };
    match report {
        Some(mut report) => {
            // A report of no tests is one as well, and proves nothing.
            out.counted = true;
            if report.failed == 0 && code != 0 {
                out.errors.push(format!("`{named}` exited with {code}, although none of {} tests failed ({last})", report.total()));
            }
            for failure in &mut report.failures {
                failure.name = clean.text(&failure.name);
                failure.message = clean.text(&failure.message);
            }
            counts.add(report);
        }
        None if code != 0 => out.errors.push(format!("`{named}` exited with {code} ({last})")),
        None => {}
    }
}

/// The report in what a program printed, where there is one; an error where it was cut off or contradicts itself.
fn report_in(bytes: &[u8]) -> Option<std::result::Result<Counts, String>> {
    let read = read(Format::Auto, bytes);
    // Noise is no report.
    if read.is_err() && !is_report(bytes) { None } else { Some(read) }
}

/// Asks the rules of the scanner about every tracked file, and every file that is not ignored.
fn scans(store: &Store, top: &std::path::Path, rules: &[String], out: &mut Validation) -> Result<()> {
    let git = store.git();
    let what = What::All;
    let mut files = changes(git, store.env(), &what)?;
    let others = git.run(&["ls-files", "-z", "--others", "--exclude-standard"])?;
    let from_top = git.run(&["rev-parse", "--show-prefix"]).unwrap_or_default();
    for path in others.split('\0').filter(|p| !p.is_empty()) {
        let path = format!("{}{path}", from_top.trim_end());
        if !files.iter().any(|f| f.path == path) {
            let special = top.join(&path).symlink_metadata().is_ok_and(|m| !m.is_file());
            files.push(FileChange { path, old_path: None, blob: None, old_blob: None, removed: false, special, lines: Lines::All });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut definitions = gate::load(git, store.sources(), &Target::Default)?;
    definitions.gates.retain(|g| matches!(&g.kind, Kind::Scan { rule } if rules.contains(rule)));
    for gate in &mut definitions.gates {
        gate.when = vec![When::Submit];
        gate.action = Action::Block;
        gate.needs.clear();
        // The formula says that any finding counts.
        gate.block_at = bd_gate::Severity::Low;
    }
    for rule in rules {
        if !definitions.gates.iter().any(|g| matches!(&g.kind, Kind::Scan { rule: r } if r == rule)) {
            out.errors.push(format!("there is no gate for the rule `{rule}`"));
        }
    }
    let authors = Vec::new();
    let held = Held::choose(waivers::load(store)?, When::Submit, None, &authors, store.now());
    let ask = Ask {
        env: store.env(),
        git,
        store: Some(store),
        when: When::Submit,
        what: &what,
        files: &files,
        code: None,
        top,
        bead: None,
        authors: &authors,
    };
    let options = Options { waivers: &held, trust_commands: false, only: &[], reuse: false };
    let outcome = gate::evaluate(&definitions, &ask, &options)?;
    let mut found = Vec::new();
    for verdict in outcome.verdicts() {
        let rule = definitions.gate(&verdict.gate).and_then(|g| match &g.kind {
            Kind::Scan { rule } => Some(rule.clone()),
            _ => None,
        });
        out.scans.push(rule.unwrap_or_else(|| verdict.gate.clone()));
        if verdict.status == Status::Error {
            out.errors.push(format!("{}: {}", verdict.gate, verdict.why));
        }
        found.extend(verdict.findings.iter().map(|f| (f.clone(), None)));
        for waived in &verdict.waived {
            found.extend(waived.finding.iter().map(|f| (f.clone(), Some(format!("{} ({})", waived.reason, waived.by)))));
        }
    }
    found.sort_by(|a, b| (&a.0.path, a.0.line, &a.0.rule).cmp(&(&b.0.path, b.0.line, &b.0.rule)));
    found.dedup_by(|a, b| a.0.path == b.0.path && a.0.line == b.0.line && a.0.rule == b.0.rule);
    out.findings = found
        .into_iter()
        .take(MOST)
        .map(|(f, waived)| ScanFinding {
            rule: f.rule,
            severity: f.severity.as_str().to_owned(),
            file: f.path,
            line: f.line,
            excerpt: f.excerpt,
            advice: f.advice,
            waived,
        })
        .collect();
    Ok(())
}

/// The digest of the code that was judged; empty where the working tree has changes that are in no commit.
///
/// # Errors
/// git does not answer.
pub fn code(store: &Store) -> Result<String> {
    let changed = store.git().run(&["status", "--porcelain", "--untracked-files=all", "--", ":/", ":(exclude,top).beads"])?;
    if !changed.trim().is_empty() {
        return Ok(String::new());
    }
    Ok(bd::ops::verdicts::head_code(store.git())?.map(|c| c.to_string()).unwrap_or_default())
}
