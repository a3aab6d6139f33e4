//! `bd gate new ID`: adds a gate to `.beads/gates.toml` of the working tree, and keeps everything that stands there.

use super::{Sub, parsed};
use crate::gate::{self, Found, Gate, KINDS, Tree, When};
use bd::cli::Ctx;
use bd::error::{Error, ErrorKind, Result};
use bd::ops::verdicts::GATES_PATH;
use bd::ui::{Style, Text};
use clap::{ArgMatches, Args as _};
use serde_json::json;
use std::path::Path;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

pub(super) const SUB: Sub = Sub {
    name: "new",
    aliases: &[],
    about: "Add a gate to .beads/gates.toml, with a comment on each key; nothing else in the file changes",
    args: Args::augment_args,
    run,
    example: "bd gate new tests --kind command --run \"make test\" --when push --when land",
    codes: &[],
    shape: Some(|| {
        json!({"type": "object", "required": ["id", "file", "line", "kind", "trust_needed"], "properties": {"id": {"type": "string"},
            "file": {"type": "string"}, "line": {"type": "integer"}, "kind": {"type": "string"}, "trust_needed": {"type": "boolean"}}})
    }),
};

#[derive(clap::Args)]
struct Args {
    /// Its id
    #[arg(value_name = "ID")]
    id: String,
    /// What it does: command, scan, scope, judge, budget, human, external
    #[arg(short, long, value_name = "KIND")]
    kind: String,
    /// At which moments (several times, or with commas): claim, work, commit, push, submit, land
    #[arg(long, value_name = "MOMENT", value_delimiter = ',', default_values = ["push", "land"])]
    when: Vec<String>,
    /// One line for people
    #[arg(long, value_name = "TEXT")]
    about: Option<String>,
    /// What a failure does: block, warn, off
    #[arg(long, value_name = "ACTION", default_value = "block")]
    action: String,
    /// command, judge, external: the program, for `sh -c`
    #[arg(long, value_name = "COMMAND")]
    run: Option<String>,
    /// command: where its report is, FORMAT:GLOB or FORMAT
    #[arg(long, value_name = "REPORT")]
    report: Option<String>,
    /// scan: which rule
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// scope: what may be touched (several times)
    #[arg(long, value_name = "GLOB")]
    allow: Vec<String>,
    /// scope: what may not be touched (several times)
    #[arg(long, value_name = "GLOB")]
    deny: Vec<String>,
    /// human: who may answer (several times)
    #[arg(long, value_name = "NAME")]
    who: Vec<String>,
    /// budget: the file of what was used
    #[arg(long, value_name = "FILE")]
    usage: Option<String>,
    /// budget: the most that may be used, NAME=NUMBER of tokens, cost, seconds (several times)
    #[arg(long, value_name = "NAME=NUMBER")]
    limit: Vec<String>,
    /// Only these paths (several times)
    #[arg(long, value_name = "GLOB")]
    paths: Vec<String>,
    /// How long it may take, e.g. 90s or 10m
    #[arg(long, value_name = "TIME")]
    timeout: Option<String>,
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    let git = bd::git::open(&ctx.env)?;
    let top = git.paths().work_dir.clone();
    let top = top.ok_or_else(|| Error::new(ErrorKind::Environment, "a bare repository has no file to add a gate to"))?;
    let path = top.join(GATES_PATH);
    let old = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::io(&path, &e)),
    };
    let text = with_gate(&old, &args)?;
    let gate = check(&top, &text, &args.id)?;
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above).map_err(|e| Error::io(above, &e))?;
    }
    bd::ops::files::write(&path, text.as_bytes())?;
    let trust = gate.kind.program().is_some();
    let line = super::describe::origin(&gate);
    if ctx.ui.is_json() {
        let number = line.rsplit(':').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or_default();
        return ctx
            .ui
            .json(&json!({"id": gate.id, "file": GATES_PATH, "line": number, "kind": gate.kind.as_str(), "trust_needed": trust}));
    }
    ctx.ui.line(Text::new().plain("Added ").with(Style::Id, &gate.id).plain(format!(" at {line}")))?;
    ctx.ui.talk("It counts for everybody once it is on the default branch: commit it and have it reviewed");
    if trust {
        ctx.ui.talk(format!("It starts a program: `bd trust {GATES_PATH}` lets it run in this clone"));
    }
    Ok(())
}

/// The whole file with the gate in it, read as the evaluator reads it.
fn check(top: &Path, text: &str, id: &str) -> Result<Gate> {
    let found = Found { tree: Tree::Working(top.to_owned()), text: text.to_owned() };
    let definitions = gate::parse(Some(&found), Vec::new())?;
    definitions.must(id).cloned()
}

/// The text with one more `[[gate]]` at its end.
///
/// # Errors
/// The text is no TOML, has the gate already, or `args` are no gate.
fn with_gate(old: &str, args: &Args) -> Result<String> {
    let wrong = |e: String| Error::usage(format!("{GATES_PATH}: {e}"));
    let doc: DocumentMut = old.parse().map_err(|e: toml_edit::TomlError| wrong(e.to_string().trim().to_owned()))?;
    if !gate::is_id(&args.id) {
        return Err(Error::usage(format!("`{}` cannot be the id of a gate", args.id.escape_debug()))
            .hint("Letters, digits, `-`, `_` and `.`, beginning with a letter or a digit"));
    }
    let wrong_list = || wrong("`gate` is no list of tables `[[gate]]`".to_owned());
    let gates = doc.get("gate").map(|g| g.as_array_of_tables().ok_or_else(wrong_list)).transpose()?;
    if gates.into_iter().flatten().any(|t| t.get("id").and_then(Item::as_str) == Some(args.id.as_str())) {
        return Err(Error::usage(format!("{GATES_PATH} has a gate `{}` already", args.id))
            .hint(format!("`bd gate show {}` shows it; the file is there to be edited", args.id)));
    }
    let mut gates = ArrayOfTables::new();
    gates.push(table(args)?);
    let mut new = DocumentMut::new();
    new.insert("gate", Item::ArrayOfTables(gates));
    // Behind all that stands there: a document that is written anew would put a last comment behind the gate.
    let between = match old {
        old if old.trim().is_empty() => "",
        old if old.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    Ok(format!("{old}{between}{}", new.to_string().trim_start()))
}

fn table(args: &Args) -> Result<Table> {
    let list = |all: &[String]| Value::Array(all.iter().map(String::as_str).collect::<Array>());
    let mut table = Table::new();
    let mut put = |key: &str, value: Value, comment: &str| {
        table.insert(key, Item::Value(value));
        if let Some(value) = table.get_mut(key).and_then(Item::as_value_mut) {
            value.decor_mut().set_suffix(format!("  # {comment}"));
        }
    };
    put("id", args.id.as_str().into(), "unique; what waivers, verdicts and `bd gate require` name");
    if let Some(about) = &args.about {
        put("about", about.as_str().into(), "for people");
    }
    put("kind", args.kind.as_str().into(), &KINDS.join(" "));
    let moments: Vec<&str> = When::ALL.iter().map(|w| w.as_str()).collect();
    put("when", list(&args.when), &moments.join(" "));
    put("action", args.action.as_str().into(), "off warn block; an error blocks as a fail does");
    for (key, text, comment) in [
        ("run", &args.run, "for `sh -c`, at the top of the tree that is judged; needs `bd trust`"),
        ("report", &args.report, "FORMAT:GLOB, or FORMAT for its standard output; without it only the exit code counts"),
        ("rule", &args.rule, "`bd gate rules` shows them"),
        ("usage", &args.usage, "JSON lines of tokens, cost, seconds"),
        ("timeout", &args.timeout, "after it the program and all that it started are ended: an error"),
    ] {
        if let Some(text) = text {
            put(key, text.as_str().into(), comment);
        }
    }
    for (key, all, comment) in [
        ("allow", &args.allow, "outside of these fails"),
        ("deny", &args.deny, "inside of these fails"),
        ("who", &args.who, "who may answer; nobody named = whoever did not work on it"),
        ("paths", &args.paths, "only these; a change that touches none of them skips the gate"),
    ] {
        if !all.is_empty() {
            put(key, list(all), comment);
        }
    }
    if !args.limit.is_empty() {
        let mut limits = toml_edit::InlineTable::new();
        for limit in &args.limit {
            let read = limit.split_once('=').and_then(|(name, n)| Some((name.trim(), n.trim().parse::<f64>().ok()?)));
            let (name, most) = read.ok_or_else(|| {
                Error::usage(format!("`{}` is no limit", limit.escape_debug())).hint("NAME=NUMBER, like tokens=2000000")
            })?;
            let whole = most.fract() == 0.0 && most.abs() < 1e15;
            limits.insert(name, if whole { Value::from(most as i64) } else { Value::from(most) });
        }
        put("limits", Value::InlineTable(limits), "at the most; beyond them the check ends with exit code 5");
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::FromArgMatches;

    fn args(line: &str) -> Args {
        let command = Args::augment_args(clap::Command::new("new"));
        let m = command.try_get_matches_from(std::iter::once("new").chain(line.split(' '))).unwrap();
        Args::from_arg_matches(&m).unwrap()
    }

    #[test]
    fn what_stands_in_the_file_stays_byte_for_byte() {
        let old = "# ours\n\n[waivers]   # short\nexpire = \"7d\"\n\n[[gate]]\nid = \"a\" # first\nkind = \"scan\"\nrule = \"no-skip\"\nwhen = [ \"commit\" ]\n# the end\n";
        let new = with_gate(old, &args("b --kind command --run true --when push")).unwrap();
        assert!(new.starts_with(old), "{new}");
        assert!(new.contains("\n[[gate]]\nid = \"b\"  # unique") && new.contains("when = [\"push\"]  # claim work"), "{new}");
        let again = with_gate(&new, &args("c --kind scope --allow src/**")).unwrap();
        assert!(again.starts_with(&new), "{again}");
    }

    #[test]
    fn what_is_there_or_no_gate_is_refused() {
        let old = "[[gate]]\nid = \"a\"\n";
        for (old, line) in [
            (old, "a --kind scan"),
            ("gate = 3\n", "b --kind scan"),
            ("= x", "b --kind scan"),
            ("", "../x --kind scan"),
            ("", "b --kind budget --limit tokens"),
        ] {
            assert!(with_gate(old, &args(line)).is_err(), "{old} {line}");
        }
    }

    #[test]
    fn every_kind_can_be_made_and_is_understood() {
        for (line, program) in [
            ("t --kind command --run true --report junit:out/*.xml --timeout 5m", true),
            ("t --kind scan --rule no-sleep --paths test/**", false),
            ("t --kind scope --allow src/** --deny src/gen/**", false),
            ("t --kind judge --run judge.sh --when submit,land", true),
            ("t --kind budget --usage usage.jsonl --limit tokens=2000000 --limit cost=1.5", false),
            ("t --kind human --who ann --who bob", false),
            ("t --kind external --run ci-status", true),
        ] {
            let text = with_gate("", &args(line)).unwrap();
            let gate = check(Path::new("/"), &text, "t").unwrap_or_else(|e| panic!("{line}: {e}\n{text}"));
            assert_eq!(gate.kind.program().is_some(), program, "{line}");
        }
        assert!(check(Path::new("/"), &with_gate("", &args("t --kind nonsense")).unwrap(), "t").is_err());
    }
}
