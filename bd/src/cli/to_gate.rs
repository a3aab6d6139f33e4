//! What `bd gate` and `bd hooks` leave to the plugin bd-gate: rules with a verdict. Waits are our own (upstream's meaning).

use super::globals::{self, Globals};
use super::{Ctx, plugin};
use crate::env::Env;
use crate::error::{Error, ErrorKind, Result};
use crate::ui::Printer;
use std::path::PathBuf;

/// The verbs of `bd gate` that are the plugin's, and what they do.
pub const VERBS: &[(&str, &str)] = &[
    ("check RANGE|--staged|--all", "Ask the gates about a change, the index or the whole tree"),
    ("list --rules", "The gates, and what decides about each"),
    ("explain", "Why a gate is or is not asked; what a finding is about"),
    ("rules", "The rules of the scanner"),
    ("new", "Add a gate to .beads/gates.toml"),
    ("waive", "Let something through for a time, with a reason"),
    ("waivers", "Who waived what, why and until when"),
    ("accept", "Say yes to a gate that asks a person"),
    ("reject", "Say no to it"),
    ("require", "Make a bead need gates before it may be closed"),
    ("verdicts", "What gates said"),
    ("schema", "The JSON Schema of one of these"),
];

/// What our own `bd gate check` takes: anything else is a question to the rules.
const OWN_CHECK: &[(&str, bool)] = &[
    ("--type", true),
    ("-t", true),
    ("--limit", true),
    ("-n", true),
    ("-l", true),
    ("--dry-run", false),
    ("--escalate", false),
    ("-e", false),
    ("--help", false),
    ("-h", false),
];

/// The words for the plugin where a line is the plugin's; `name` is what stands behind `bd`, `rest` what follows.
pub fn forwarded(name: &str, rest: &[String]) -> Option<Vec<String>> {
    let whole = |name: &str| Some(std::iter::once(name.to_owned()).chain(rest.iter().cloned()).collect());
    match name {
        "hooks" => whole("hooks"),
        "gate" | "wait" => {
            let at = first_word(rest)?;
            let word = rest[at].as_str();
            let its = match word {
                "check" | "eval" => is_question_to_rules(&rest[at + 1..]),
                "list" => rest[at + 1..].iter().any(|a| a == "--rules"),
                word => VERBS.iter().any(|(verb, _)| *verb == word) && word != "check" && word != "list",
            };
            if its { whole("gate") } else { None }
        }
        _ => None,
    }
}

/// The place of the first word that is neither a global flag nor the value of one.
fn first_word(rest: &[String]) -> Option<usize> {
    let mut value = false;
    rest.iter().position(|arg| {
        let word = !value && !arg.starts_with('-');
        value = !value && globals::takes_value(arg);
        word
    })
}

/// True if `bd gate check` is asked something that is not about waits: a range, or a flag that waits have not.
fn is_question_to_rules(args: &[String]) -> bool {
    let mut value = false;
    for arg in args {
        if std::mem::take(&mut value) {
            continue;
        }
        if !arg.starts_with('-') {
            // No id of a bead has two dots in a row (docs/design/events.md, 2).
            if arg.contains("..") || arg == "HEAD" || arg.starts_with("HEAD~") || arg.starts_with("HEAD^") {
                return true;
            }
            continue;
        }
        let flag = arg.split('=').next().unwrap_or(arg);
        let own = OWN_CHECK
            .iter()
            .find(|(name, _)| *name == flag || (name.len() == 2 && flag.starts_with(name) && !flag.starts_with("--")));
        match own {
            Some((name, takes)) => value = *takes && !arg.contains('=') && (name.len() > 2 || arg.len() == 2),
            None if globals::is_one(flag) => value = globals::takes_value(arg),
            None => return true,
        }
    }
    false
}

/// The plugin's file.
///
/// # Errors
/// It is not installed (exit 2).
pub fn program(env: &Env, about: &str) -> Result<PathBuf> {
    plugin::find(env, "bd", "gate").ok_or_else(|| {
        Error::new(ErrorKind::Environment, format!("`bd {about}` is done by `bd-gate`, which is not installed"))
            .hint("Put the program `bd-gate` beside `bd` or on the PATH: `install.sh` of this version brings both")
    })
}

/// Runs the plugin in our place; its exit code. Its environment is ours.
///
/// # Errors
/// It is not installed, or cannot be started (exit 2).
pub fn run(env: &Env, words: &[String], globals: &Globals, printer: &mut Printer<'_>) -> Result<u8> {
    let about = words.iter().take(2).filter(|w| !w.starts_with('-')).map(String::as_str).collect::<Vec<_>>().join(" ");
    let program = program(env, &about)?;
    plugin::run(env, &program, words, globals, printer)
}

/// Asks the gates of `claim` before a bead is taken (`None` = the one that will be first). Starts nothing where the project has
/// no such gate.
///
/// # Errors
/// One that blocks has not passed, or could not be asked (exit 4).
pub fn before_claim(ctx: &mut Ctx<'_, '_>, bead: Option<&str>) -> Result<()> {
    let store = ctx.store()?;
    if !store.config().gates_at_claim(store.git(), store.sources())? {
        return Ok(());
    }
    let mut words = vec!["gate", "check", "--all", "--when", "claim", "--no-record", "--actor", store.actor().as_str()];
    let bead = bead.map(|text| ctx.snapshot()?.resolve(text)).transpose()?;
    words.extend(bead.iter().flat_map(|id| ["--bead", id.as_str()]));
    let refused = |why: &str| {
        let what = bead.as_ref().map_or_else(|| "nothing can be claimed".to_owned(), |id| format!("`{id}` cannot be claimed"));
        Error::new(ErrorKind::Gate, format!("{what}: {why}"))
    };
    let Some(program) = plugin::find(&ctx.env, "bd", "gate") else {
        let error = refused("this project asks gates before a claim, and `bd-gate`, which asks them, is not installed");
        return Err(error.hint("Put the program `bd-gate` beside `bd` or on the PATH: `install.sh` of this version brings both"));
    };
    let (code, said) = plugin::ask(&ctx.env, &program, &words)?;
    if code == Some(0) {
        return Ok(());
    }
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("its gates gave no answer").to_owned();
    if !ctx.ui.is_json() {
        said.lines().for_each(|line| ctx.ui.talk(line));
    }
    Err(refused(last.trim()).hint("`bd gate check --all --when claim` asks these gates again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn waits_stay_here_and_rules_go_to_the_plugin() {
        let goes = |line: &str| {
            let line = words(line);
            forwarded(&line[0], &line[1..]).is_some()
        };
        for its in [
            "gate check origin/main..HEAD",
            "gate check --staged",
            "gate check --all --json",
            "gate check --when land a..b",
            "gate check --format=sarif main...HEAD",
            "gate check HEAD",
            "gate --json check --all",
            "gate --actor ann check --all",
            "gate -C dir waive no-sleep",
            "gate waivers",
            "gate list --rules --json",
            "wait explain x",
            "hooks install",
            "hooks",
        ] {
            assert!(goes(its), "{its}");
        }
        for ours in [
            "gate",
            "gate check",
            "gate check --json",
            "gate check bd-1a2b --dry-run",
            "gate check --type gh --limit 3",
            "gate check -tgh -l 3 --actor a..b",
            "gate check -t a..b",
            "gate list",
            "gate list --json --all",
            "gate create --title check",
            "gate show bd-1",
            "gate resolve bd-1",
            "gate --actor waive list",
            "gate no-such-verb",
            "list",
        ] {
            assert!(!goes(ours), "{ours}");
        }
        assert_eq!(forwarded("wait", &words("waivers --json")).unwrap(), ["gate", "waivers", "--json"]);
    }
}
