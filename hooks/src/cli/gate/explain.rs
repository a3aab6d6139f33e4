//! `bd gate explain`: why a gate is or is not asked, what decides about it, what a finding is about.

use super::describe;
use super::place::Place;
use super::show::{is_about, overrides};
use super::{Sub, parsed, rules};
use crate::gate::waivers::{self, State, Waiver};
use crate::gate::{Action, Definitions, Gate, Globs, Kind, When};
use crate::scan::{RuleSet, Scanned};
use crate::{Finding, Lines};
use bd::cli::Ctx;
use bd::error::{Error, Result};
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::{Value, json};

pub(super) const SUB: Sub = Sub {
    name: "explain",
    aliases: &["why"],
    about: "Why gates are or are not asked, at a moment or about a path; what a finding PATH:LINE is about",
    args: Args::augment_args,
    run,
    example: "bd gate explain test/e2e/wait_test.go:41",
    codes: &[],
    shape: Some(shape),
};

#[derive(clap::Args)]
struct Args {
    /// A gate, a path from the top of the tree, or PATH:LINE of a finding; without it: all gates
    #[arg(value_name = "WHAT")]
    what: Option<String>,
    /// At which moment: commit unless said
    #[arg(long, value_name = "MOMENT", default_value = "commit")]
    when: String,
}

fn shape() -> Value {
    let (text, flag) = (json!({"type": "string"}), json!({"type": "boolean"}));
    let texts = json!({"type": "array", "items": text});
    let finding = json!({"type": "object", "required": ["path", "line", "rule", "severity", "message", "advice", "gates", "patterns", "judged"],
        "properties": {"path": text, "line": {"type": "integer"}, "rule": text, "severity": describe::severity(), "message": text,
            "advice": text, "excerpt": text, "gates": texts, "patterns": texts, "waived": text, "judged": flag}});
    let gate = json!({"type": "object", "required": ["id", "asked", "because", "layer", "defined", "overrides"],
        "properties": {"id": text, "asked": flag, "because": texts, "layer": text, "defined": text, "overrides": flag, "trusted": flag,
            "waivers": texts}});
    json!({"type": "object", "required": ["when", "gates", "findings", "definitions"], "properties": {"when": text, "path": text,
        "line": {"type": "integer"}, "definitions": {"type": "string", "description": "where the project's gates were read"},
        "gates": {"type": "array", "items": gate}, "findings": {"type": "array", "items": finding}}})
}

/// What was asked about.
enum What {
    All,
    Gate(String),
    Path(String, Option<u32>),
}

/// Why a gate is or is not asked.
struct Answer<'a> {
    gate: &'a Gate,
    asked: bool,
    because: Vec<String>,
    waived: Vec<&'a Waiver>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let when = super::list::moment(&args.when)?;
    let place = Place::find(ctx)?;
    let definitions = place.definitions()?;
    let set = &definitions.rules;
    let what = what(args.what.as_deref(), &definitions, set)?;
    let now = ctx.env.now();
    let mut known = match &place.store {
        Some(store) => waivers::load(store)?,
        None => Vec::new(),
    };
    known.retain(|w| w.state(now) == State::Active);
    let (path, line) = match &what {
        What::Path(path, line) => (Some(path.as_str()), *line),
        _ => (None, None),
    };
    let found = match path {
        Some(path) => look(&place, set, path, line)?,
        None => Scanned::default(),
    };
    let rules_here: Vec<&str> =
        found.findings.iter().chain(found.waived.iter().map(|w| &w.finding)).map(|f| f.rule.as_str()).collect();
    let wanted = |gate: &&Gate| match (&what, line) {
        (What::Gate(id), _) => gate.id == *id || matches!(&gate.kind, Kind::Scan { rule } if rule == id),
        // About a line only the gates that object to it are of interest.
        (_, Some(_)) => matches!(&gate.kind, Kind::Scan { rule } if rules_here.contains(&rule.as_str())),
        _ => true,
    };
    let answers: Vec<Answer<'_>> = definitions.gates.iter().filter(wanted).map(|gate| why(gate, when, path, set, &known)).collect();
    let origin = definitions.origin.clone().unwrap_or_else(|| "nowhere: the project has none".to_owned());
    if ctx.ui.is_json() {
        let gates = answers.iter().map(|a| answer_object(a, &place)).collect::<Result<Vec<_>>>()?;
        let findings: Vec<Value> = each(&found).map(|(f, waived)| finding_object(f, waived, &definitions, set)).collect();
        let mut out = json!({"when": when.as_str(), "definitions": origin, "gates": gates, "findings": findings});
        if let Some(path) = path {
            out["path"] = path.into();
        }
        if let Some(line) = line {
            out["line"] = line.into();
        }
        return ctx.ui.json(&out);
    }
    ctx.ui.page();
    for (finding, waived) in each(&found) {
        print_finding(ctx, finding, waived, set)?;
    }
    if let (Some(path), Some(line), true) = (path, line, rules_here.is_empty()) {
        ctx.ui.line(format!("No rule objects to {path}:{line}"))?;
    }
    for answer in &answers {
        print_answer(ctx, answer, &place, when)?;
    }
    ctx.ui.talk(format!("The project's gates are read from {origin}"));
    Ok(())
}

fn what(text: Option<&str>, definitions: &Definitions, set: &RuleSet) -> Result<What> {
    let Some(text) = text else { return Ok(What::All) };
    if definitions.gate(text).is_some() || set.rule(text).is_some() {
        return Ok(What::Gate(text.to_owned()));
    }
    let path = text.trim_start_matches("./");
    if let Some((file, line)) = path.rsplit_once(':')
        && let Ok(line) = line.parse::<u32>()
    {
        return Ok(What::Path(file.to_owned(), Some(line)));
    }
    if !path.contains(['/', '.']) {
        definitions.must(path)?;
    }
    Ok(What::Path(path.to_owned(), None))
}

/// Scans the file as it is in the working tree, with all rules: those whose gate is off too.
fn look(place: &Place, set: &RuleSet, path: &str, line: Option<u32>) -> Result<Scanned> {
    let Some(top) = &place.git.paths().work_dir else { return Ok(Scanned::default()) };
    if path.split('/').any(|part| part == "..") || path.starts_with('/') {
        return Err(Error::usage(format!("`{}` is no path from the top of the tree", path.escape_debug())));
    }
    let file = top.join(path);
    let bytes = match std::fs::symlink_metadata(&file) {
        Ok(meta) if meta.is_file() => std::fs::read(&file).map_err(|e| Error::io(&file, &e))?,
        _ if line.is_some() => {
            return Err(Error::usage(format!("there is no file `{}` in the working tree", path.escape_debug())));
        }
        // A path that is only thought of: the gates can be explained all the same.
        _ => return Ok(Scanned::default()),
    };
    let lines = line.map_or(Lines::All, |line| Lines::from_sorted([line]));
    let ids: Vec<&str> = set.rules().iter().map(|r| r.id.as_str()).collect();
    Ok(set.scan(&ids, path, &bytes, &lines))
}

/// What was found, with the reason of a comment that lets it through.
fn each(found: &Scanned) -> impl Iterator<Item = (&Finding, Option<&str>)> {
    let waived = found.waived.iter().map(|w| (&w.finding, Some(w.reason.as_str())));
    found.findings.iter().map(|f| (f, None)).chain(waived)
}

/// The expressions of a rule that match in the line of a finding, as the file has it.
fn patterns(finding: &Finding, set: &RuleSet) -> Vec<String> {
    let Some(rule) = set.rule(&finding.rule) else { return Vec::new() };
    let fits = rule.patterns.iter().filter(|p| p.regex.is_match(finding.excerpt.as_bytes()));
    fits.map(|p| p.regex.as_str().to_owned()).collect()
}

fn finding_object(f: &Finding, waived: Option<&str>, definitions: &Definitions, set: &RuleSet) -> Value {
    let gates: Vec<&str> = rules::gates_of(definitions, &f.rule).iter().map(|g| g.id.as_str()).collect();
    let mut out = json!(f);
    out["gates"] = json!(gates);
    out["patterns"] = json!(patterns(f, set));
    out["judged"] = waived.is_none().into();
    if let Some(why) = waived {
        out["waived"] = why.into();
    }
    out
}

fn answer_object(a: &Answer<'_>, place: &Place) -> Result<Value> {
    let layer = if matches!(a.gate.layer, crate::gate::Layer::BuiltIn) { "built-in" } else { "project" };
    let waived: Vec<&str> = a.waived.iter().map(|w| w.id.as_str()).collect();
    let mut out = json!({"id": a.gate.id, "asked": a.asked, "because": a.because, "layer": layer, "defined": describe::origin(a.gate),
        "overrides": overrides(a.gate), "waivers": waived});
    if let Some(trusted) = place.trusted(a.gate)? {
        out["trusted"] = trusted.into();
    }
    Ok(out)
}

/// Why a gate is or is not asked: everything that speaks against it, else what speaks for it.
fn why<'a>(gate: &'a Gate, when: When, path: Option<&str>, set: &RuleSet, known: &'a [Waiver]) -> Answer<'a> {
    let mut against = Vec::new();
    if gate.action == Action::Off {
        against.push(format!("it is off ({})", describe::origin(gate)));
    }
    if !gate.when.contains(&when) {
        against.push(format!("it is asked at {}, not at {when}", describe::moments(gate).replace(' ', ", ")));
    }
    let mut for_it = vec![format!("it is asked at {when}")];
    if let Some(path) = path {
        let fits = |globs: &[String]| Globs::new(globs).is_ok_and(|g| g.has(path));
        if !gate.paths.is_empty() && !fits(&gate.paths) {
            against.push(format!("its paths ({}) do not match", gate.paths.join(" ")));
        } else if !gate.paths.is_empty() {
            for_it.push(format!("its paths ({}) match", gate.paths.join(" ")));
        }
        if let Kind::Scan { rule } = &gate.kind
            && let Some(rule) = set.rule(rule)
        {
            against.extend(not_for(rule, path));
        }
    }
    let asked = against.is_empty();
    let about = |w: &&Waiver| is_about(gate, &w.gate) && w.path.as_deref().is_none_or(|glob| path.is_none_or(|p| matches(glob, p)));
    Answer { gate, asked, because: if asked { for_it } else { against }, waived: known.iter().filter(about).collect() }
}

fn matches(glob: &str, path: &str) -> bool {
    Globs::new(&[glob]).is_ok_and(|g| g.has(path))
}

/// Why a rule does not look at a path.
fn not_for(rule: &crate::scan::Rule, path: &str) -> Option<String> {
    if !rule.include.is_empty() && !rule.include.fit(path) {
        return Some(format!("its rule looks at {} only", rule.include.texts().join(" ")));
    }
    if !rule.exclude.is_empty() && rule.exclude.fit(path) {
        return Some(format!("its rule leaves {} out", rule.exclude.texts().join(" ")));
    }
    let lang = crate::lang::Lang::of_path(path, b"");
    (!rule.languages.has(lang)).then(|| match lang {
        Some(_) => "its rule does not know the language of this file".to_owned(),
        None => "its rule knows languages, and this file has none that is known".to_owned(),
    })
}

fn print_finding(ctx: &mut Ctx<'_, '_>, f: &Finding, waived: Option<&str>, set: &RuleSet) -> Result<()> {
    let place = Text::new().with(Style::Id, format!("{}:{}:{}", f.path, f.line, f.column));
    ctx.ui.line(place.plain(" ").with(Style::Bad, f.severity.as_str()).plain(format!(" {}: {}", f.rule, f.message)))?;
    if !f.excerpt.is_empty() {
        ctx.ui.line(Text::new().plain("    ").with(Style::Strong, &f.excerpt))?;
    }
    for pattern in patterns(f, set) {
        ctx.ui.line(Text::new().with(Style::Dim, format!("  matched by {pattern}")))?;
    }
    ctx.ui.line(format!("  instead: {}", f.advice))?;
    match waived {
        Some(why) => ctx.ui.line(Text::new().with(Style::Warn, "  waived in the code: ").plain(why)),
        None => Ok(()),
    }
}

fn print_answer(ctx: &mut Ctx<'_, '_>, a: &Answer<'_>, place: &Place, when: When) -> Result<()> {
    let (word, style) = if a.asked { ("asked", Style::Good) } else { ("not asked", Style::Dim) };
    let line = Text::new().with(Style::Id, &a.gate.id).plain(" is ").with(style, format!("{word} at {when}"));
    ctx.ui.line(line.plain(format!(": {}", a.because.join("; "))))?;
    let over = if overrides(a.gate) { ", over the one that is built in" } else { "" };
    let trust = match place.trusted(a.gate)? {
        Some(true) => "; its program is trusted here",
        Some(false) => "; its program is not trusted here, so it is an error until `bd trust` is given to the file",
        None => "",
    };
    ctx.ui.line(Text::new().with(Style::Dim, format!("  defined: {}{over}{trust}", describe::origin(a.gate))))?;
    for w in &a.waived {
        ctx.ui.line(Text::new().with(Style::Warn, format!("  waived {}: ", w.id)).plain(w.to_string()))?;
    }
    Ok(())
}
