//! `bd gate check RANGE|--staged|--all`: the verdicts of the hooks, in CI and by hand.

use super::{Sub, parsed};
use crate::check::{Answered, Question, prepare};
use crate::diff::{self, What};
use crate::gate::{self, Target, When};
use crate::report::{Report, human, json, markdown, sarif, schema};
use bd::cli::Ctx;
use bd::error::{Error, Result};
use bd::store::Store;
use clap::{ArgMatches, Args as _};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

pub(super) const SUB: Sub = Sub {
    name: "check",
    aliases: &[],
    about: "Ask the gates about a range of commits, the index or the whole tree",
    args: Args::augment_args,
    run,
    example: "bd gate check --staged",
    codes: &[4, 5, 8],
    shape: Some(schema),
};

/// Findings that people are shown.
const MOST: usize = 20;

#[derive(clap::Args)]
struct Args {
    /// A..B, A...B or one commit; a side that is left out is HEAD
    #[arg(value_name = "RANGE")]
    range: Option<String>,
    /// What is staged
    #[arg(long, conflicts_with_all = ["range", "all"])]
    staged: bool,
    /// Every tracked file, as it is on the disk
    #[arg(long, conflicts_with = "range")]
    all: bool,
    /// The moment: claim, work, commit, push, submit or land (commit for --staged, else submit)
    #[arg(long, value_name = "WHEN")]
    when: Option<String>,
    /// Only this gate and what it needs (several times: several)
    #[arg(long, value_name = "ID")]
    gate: Vec<String>,
    /// The bead that the work is about; what is said is recorded on it
    #[arg(long, value_name = "ID")]
    bead: Option<String>,
    /// Judge by the gates of this commit, not by those of the default branch
    #[arg(long, value_name = "REV")]
    target: Option<String>,
    /// human, json, sarif or markdown
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write to this file (several times: several); .json, .sarif and .md say their format by their name
    #[arg(long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Let the programs of the project's gates run without `bd trust`: for CI, which has the target's gates from a place it trusts
    #[arg(long)]
    trust_commands: bool,
    /// Record the verdicts as events; `--bead` and `--when land` do so too
    #[arg(long)]
    record: bool,
    /// Record nothing, not even with `--bead`: for those who only want to know
    #[arg(long, conflicts_with = "record")]
    no_record: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Human,
    Json,
    Sarif,
    Markdown,
}

impl Format {
    fn parse(word: &str) -> Result<Self> {
        Ok(match word {
            "human" | "text" => Self::Human,
            "json" => Self::Json,
            "sarif" => Self::Sarif,
            "markdown" | "md" => Self::Markdown,
            other => {
                let message = format!("there is no format `{}`", other.escape_debug());
                return Err(Error::usage(message).hint("There are human, json, sarif and markdown"));
            }
        })
    }

    /// What a file's name says.
    fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()? {
            "json" => Some(Self::Json),
            "sarif" => Some(Self::Sarif),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }

    fn render(self, report: &Report) -> Result<String> {
        Ok(match self {
            Self::Human => human(report, 0).iter().map(|line| line.render(false) + "\n").collect(),
            Self::Json => bd::ui::json::pretty(&json(report))? + "\n",
            Self::Sarif => bd::ui::json::pretty(&sarif(report))? + "\n",
            Self::Markdown => markdown(report),
        })
    }
}

fn run(ctx: &mut Ctx<'_, '_>, m: &ArgMatches) -> Result<()> {
    let args: Args = parsed(m)?;
    let format = args.format.as_deref().map(Format::parse).transpose()?;
    let store = ctx.attached_store()?;
    let question = question(&store, &args)?;
    let record = question.for_record;
    if record {
        ctx.writable()?;
    }
    let bead = question.bead.clone();
    let answered = asked(ctx, &store, question)?;
    if record {
        gate::record(&store, bead.as_ref(), &answered.outcome)?;
    }
    for file in &args.output {
        let format = Format::of(file).or(format).unwrap_or(Format::Human);
        let file = ctx.env.cwd.join(file);
        std::fs::write(&file, format.render(&answered.report)?).map_err(|e| Error::io(&file, &e))?;
    }
    let shown = match format {
        _ if ctx.ui.is_json() => Format::Json,
        Some(format) if args.output.is_empty() => format,
        _ => Format::Human,
    };
    match shown {
        Format::Human => ctx.ui.lines(human(&answered.report, MOST))?,
        other => ctx.ui.bytes(other.render(&answered.report)?.as_bytes())?,
    }
    ctx.failed = answered.outcome.exit();
    Ok(())
}

fn question(store: &Store, args: &Args) -> Result<Question> {
    let (what, named, usual) = match &args.range {
        Some(range) => (diff::parse_range(store.git(), range)?, range.clone(), When::Submit),
        None if args.staged => (What::Staged, "the index".to_owned(), When::Commit),
        None if !args.all => return Err(nothing_to_judge(store, args)),
        None => (What::All, "the working tree".to_owned(), When::Submit),
    };
    let when = match &args.when {
        Some(word) => When::parse(word).ok_or_else(|| {
            let words: Vec<&str> = When::ALL.iter().map(|w| w.as_str()).collect();
            Error::usage(format!("there is no moment `{}`", word.escape_debug())).hint(format!("There are {}", words.join(", ")))
        })?,
        None => usual,
    };
    let target = match &args.target {
        Some(rev) => Target::Commit(diff::commit(store.git(), rev)?),
        None => Target::Default,
    };
    let bead = args.bead.as_deref().map(|text| store.snapshot()?.resolve(text)).transpose()?;
    // At `land` only where there is a store: a repository without beads has nowhere to write to, and is judged all the same.
    let for_record = args.record || !args.no_record && gate::is_recorded(when, bead.as_ref()) && store.is_initialised()?;
    let (only, trust_commands) = (args.gate.clone(), args.trust_commands);
    Ok(Question { what, named, when, only, bead, target, trust_commands, for_record })
}

/// Nobody said what to judge; what else is wrong with the line is said first.
fn nothing_to_judge(store: &Store, args: &Args) -> Error {
    let definitions = gate::load(store.git(), store.sources(), &Target::Default);
    let unknown = definitions.and_then(|all| args.gate.iter().try_for_each(|id| all.must(id).map(drop)));
    unknown.err().unwrap_or_else(|| {
        Error::usage("it is not said what to judge").hint("Name a range like `main..HEAD`, or `--staged`, or `--all`")
    })
}

/// Asks, with a sign of life on a terminal where it takes long.
fn asked(ctx: &mut Ctx<'_, '_>, store: &Store, question: Question) -> Result<Answered> {
    let prepared = prepare(store, question)?;
    let terminal = ctx.env.stderr_tty && !ctx.globals.quiet;
    if !terminal {
        return prepared.ask();
    }
    let to: &mut dyn Write = ctx.ui.err();
    std::thread::scope(|scope| {
        let (done, wait) = mpsc::channel();
        let prepared = &prepared;
        scope.spawn(move || done.send(prepared.ask()).is_ok());
        let began = Instant::now();
        let mut drawn = 0;
        loop {
            let answered = match wait.recv_timeout(Duration::from_millis(500)) {
                Ok(answered) => Some(answered),
                Err(mpsc::RecvTimeoutError::Timeout) => None,
                Err(mpsc::RecvTimeoutError::Disconnected) => Some(Err(Error::internal("the check ended without an answer"))),
            };
            // Nobody is told by a bar what could not be drawn.
            let _unseen = write!(to, "\r{:drawn$}\r", "").and_then(|()| to.flush());
            if let Some(answered) = answered {
                return answered;
            }
            let line = format!("checking {} files: {} s", prepared.files(), began.elapsed().as_secs());
            drawn = line.len();
            let _unseen = write!(to, "{line}").and_then(|()| to.flush());
        }
    })
}
