//! `gt checkpoint write`, `read`, `clear`: Gas Town's meaning of the word, a note of a session for whoever goes on after a crash.
//! It stays in this clone.

use bd::cli::{Ctx, Sub, parsed};
use bd::error::{Error, ErrorKind, Result};
use bd::git::Head;
use bd::model::format_time;
use clap::{ArgMatches, Args as _, Command};
use serde_json::{Value, json};
use std::path::PathBuf;

pub(super) const WRITE: Sub = Sub {
    name: "write",
    aliases: &[],
    about: "Note where this session is, for whoever goes on after a crash; stays in this clone",
    args: Args::augment_args,
    run: write,
    example: "gt checkpoint write --notes \"the parser is half done\"",
    codes: &[],
    shape: Some(shape),
};

pub(super) const READ: Sub = Sub {
    name: "read",
    aliases: &[],
    about: "The note of the last session; exit 1 if there is none",
    args: none,
    run: read,
    example: "gt checkpoint read",
    codes: &[1],
    shape: Some(shape),
};

pub(super) const CLEAR: Sub = Sub {
    name: "clear",
    aliases: &[],
    about: "Forget the note of the last session",
    args: none,
    run: clear,
    example: "gt checkpoint clear",
    codes: &[],
    shape: Some(cleared),
};

#[derive(clap::Args)]
struct Args {
    /// What the next session should know
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    notes: String,
    /// The molecule that is worked on
    #[arg(long, value_name = "NAME")]
    molecule: Option<String>,
    /// The step of it
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
}

fn none(command: Command) -> Command {
    command
}

fn shape() -> Value {
    json!({"type": "object", "required": ["actor", "timestamp", "branch", "last_commit", "modified_files", "notes"], "properties": {
        "actor": {"type": "string"}, "timestamp": {"type": "string"}, "branch": {"type": ["string", "null"]},
        "last_commit": {"type": ["string", "null"]}, "modified_files": {"type": "array", "items": {"type": "string"}},
        "molecule_id": {"type": ["string", "null"]}, "current_step": {"type": ["string", "null"]}, "notes": {"type": "string"},
    }})
}

fn cleared() -> Value {
    json!({"type": "object", "required": ["cleared"], "properties": {"cleared": {"type": "boolean"}}})
}

/// One note for each actor of the clone.
fn place(ctx: &mut Ctx<'_, '_>) -> Result<PathBuf> {
    let store = ctx.store()?;
    let actor = store.actor().as_str();
    let safe: String =
        actor.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '+' }).take(80).collect();
    Ok(store.dir().join("gt").join("sessions").join(format!("{safe}.json")))
}

fn write(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    ctx.writable()?;
    bd::ops::change::check_text("note", &args.notes)?;
    let path = place(ctx)?;
    let (store, snapshot, now) = (ctx.store()?, ctx.snapshot()?, ctx.env.now());
    let molecules = crate::views::Molecules::load(&snapshot, now)?;
    let mut files = crate::views::Files::open(&store);
    let desk = crate::status::Desk::load(&store, &snapshot, &molecules, &mut files, 1, now)?;
    let held = desk.held.first().and_then(|at| desk.at(*at));
    let molecule = args.molecule.or_else(|| held.map(|(glance, _)| glance.poured.name.to_owned()));
    let step = args.step.or_else(|| held.map(|(_, step)| step.id.to_owned()));
    let git = store.git();
    let (branch, commit) = match git.head()? {
        Head::Branch(name, commit) => (Some(name.trim_start_matches("refs/heads/").to_owned()), Some(commit.to_string())),
        Head::Unborn(name) => (Some(name.trim_start_matches("refs/heads/").to_owned()), None),
        Head::Detached(commit) => (None, Some(commit.to_string())),
    };
    let changed = git.run(&["status", "--porcelain", "-z"]).unwrap_or_default();
    let files: Vec<String> = changed.split('\0').filter_map(|l| l.get(3..)).map(str::to_owned).take(200).collect();
    let note = json!({
        "actor": store.actor().as_str(), "timestamp": format_time(now), "branch": branch, "last_commit": commit,
        "modified_files": files, "molecule_id": molecule, "current_step": step,
        "hooked_bead": held.map(|(_, step)| step.bead.to_owned()), "notes": args.notes,
    });
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, &e))?;
    }
    let text = serde_json::to_string_pretty(&note).map_err(|e| Error::internal(e.to_string()))?;
    bd::ops::files::write(&path, format!("{text}\n").as_bytes())?;
    if ctx.ui.is_json() { ctx.ui.json(&note) } else { ctx.ui.line("Noted where this session is") }
}

fn read(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    let path = place(ctx)?;
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::new(ErrorKind::No, "no session left a note here"));
        }
        Err(e) => return Err(Error::io(&path, &e)),
    };
    let note: Value = serde_json::from_str(&text).map_err(|e| Error::usage(format!("{}: {e}", path.display())))?;
    if ctx.ui.is_json() {
        return ctx.ui.json(&note);
    }
    for (name, key) in [
        ("Session of", "actor"),
        ("At", "timestamp"),
        ("Branch", "branch"),
        ("Commit", "last_commit"),
        ("Molecule", "molecule_id"),
        ("Step", "current_step"),
        ("Notes", "notes"),
    ] {
        if let Some(text) = note[key].as_str().filter(|t| !t.is_empty()) {
            ctx.ui.line(format!("{name}: {text}"))?;
        }
    }
    let files: Vec<&str> = note["modified_files"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if files.is_empty() { Ok(()) } else { ctx.ui.line(format!("Changed files: {}", files.join(", "))) }
}

fn clear(ctx: &mut Ctx<'_, '_>, _: &ArgMatches) -> Result<()> {
    ctx.writable()?;
    let path = place(ctx)?;
    bd::failpoint!("gt.session.clear.before");
    let removed = std::fs::remove_file(&path);
    bd::failpoint!("gt.session.clear.after");
    let gone = match removed {
        Ok(()) => true,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => false,
        Err(e) => return Err(Error::io(&path, &e)),
    };
    if ctx.ui.is_json() {
        return ctx.ui.json(&json!({"cleared": gone}));
    }
    ctx.ui.line(if gone { "Forgotten" } else { "There was nothing to forget" })
}
