//! One check from its question to its report, for `bd gate check` and for the hooks: the same verdicts in both.

use crate::diff::{self, FileChange, What};
use crate::exec::{Place, place};
use crate::gate::waivers::{self, Held};
use crate::gate::{self, Ask, Definitions, Options, Outcome, Status, Target, When};
use crate::report::{Judged, Report};
use bd::error::{Error, ErrorKind, Result};
use bd::git::Oid;
use bd::model::BeadId;
use bd::ops::verdicts::{code_digest, head_code};
use bd::store::Store;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The most commits whose authors are read.
const MOST_COMMITS: usize = 10_000;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is judged.
    pub what: What,
    /// What is judged, in words.
    pub named: String,
    /// The moment.
    pub when: When,
    /// Only these gates; empty = those of the moment.
    pub only: Vec<String>,
    /// The bead that the work is about.
    pub bead: Option<BeadId>,
    /// Whose definitions count.
    pub target: Target,
    /// The caller vouches for the project's programs.
    pub trust_commands: bool,
    /// True if the verdicts are for others: the digest of the code is needed.
    pub for_record: bool,
}

/// What came out.
pub struct Answered {
    /// The verdicts.
    pub outcome: Outcome,
    /// The same, ready to be shown.
    pub report: Report,
    /// How many files were judged.
    pub files: usize,
}

/// Everything that is known before the first gate is asked.
pub struct Prepared<'a> {
    store: &'a Store,
    question: Question,
    definitions: Definitions,
    files: Vec<FileChange>,
    code: Option<Oid>,
    place: Option<Place>,
    top: PathBuf,
    authors: Vec<String>,
    held: Held,
    known: bool,
}

/// Reads the definitions, the judged files, the waivers. `store` need not be initialised: a repository without beads has gates too.
///
/// # Errors
/// Definitions that are not understood, content that cannot be read (exit 2).
pub fn prepare(store: &Store, question: Question) -> Result<Prepared<'_>> {
    let git = store.git();
    let definitions = gate::load(git, store.sources(), &question.target)?;
    let files = diff::changes(git, store.env(), &question.what)?;
    // Those that are needed by others as well, whatever their own moment is: they too are about exactly what is judged.
    let asked = gate::select(&definitions, question.when, &question.only)?;
    let programs = asked.iter().any(|g| g.kind.program().is_some());
    // A person decides about exactly this code.
    let asks_people = asked.iter().any(|g| matches!(g.kind, gate::Kind::Human { .. }));
    let code = if programs || asks_people || question.for_record { code(store, &question.what)? } else { None };
    // Only programs need a tree that is exactly what is judged; where there is none they get a checkout.
    let place = if programs {
        let made = place(store.env(), git, &question.what);
        Some(made.map_err(|why| Error::new(ErrorKind::Environment, format!("there is no place to run programs in: {why}")))?)
    } else {
        None
    };
    let top = match &place {
        Some(place) => place.top().to_owned(),
        None => git.paths().work_dir.clone().unwrap_or_else(|| git.paths().git_dir.clone()),
    };
    let authors = authors(store, &question.what)?;
    let known = store.is_initialised()?;
    let waivers = if known { waivers::load(store)? } else { Vec::new() };
    let bead = question.bead.as_ref().map(BeadId::as_str);
    let held = Held::choose(waivers, question.when, bead, &authors, store.now());
    Ok(Prepared { store, question, definitions, files, code, place, top, authors, held, known })
}

impl Prepared<'_> {
    /// How many files are judged.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Asks the gates.
    ///
    /// # Errors
    /// A gate was named that is not there (exit 2).
    pub fn ask(&self) -> Result<Answered> {
        let q = &self.question;
        let ask = Ask {
            env: self.store.env(),
            git: self.store.git(),
            store: self.known.then_some(self.store),
            when: q.when,
            what: &q.what,
            files: &self.files,
            code: self.code,
            top: &self.top,
            bead: q.bead.as_ref(),
            authors: &self.authors,
        };
        let options = Options { waivers: &self.held, trust_commands: q.trust_commands, only: &q.only, reuse: true };
        let outcome = gate::evaluate(&self.definitions, &ask, &options)?;
        let (from, to) = match q.what {
            What::Range { from, to } => (from, Some(to)),
            What::Staged | What::All => (None, None),
        };
        let judged = Judged { what: q.named.clone(), from, to, files: self.files.len() };
        let mut report = Report::new(q.when, judged, outcome.verdicts(), self.notes(&outcome));
        for gate in &self.definitions.gates {
            report = report.block_at(&gate.id, gate.block_at);
        }
        Ok(Answered { outcome, report, files: self.files.len() })
    }

    /// What should be said beside the verdicts.
    fn notes(&self, outcome: &Outcome) -> Vec<String> {
        let mut notes: Vec<String> = self.definitions.warnings.iter().map(ToString::to_string).collect();
        let failed: BTreeSet<&str> =
            outcome.verdicts().iter().filter(|v| v.status == Status::Fail).map(|v| v.gate.as_str()).collect();
        for (waiver, why) in self.held.without_effect.iter().filter(|(w, _)| failed.contains(w.gate.as_str())) {
            notes.push(format!("the waiver {} of `{}` by {} has no effect: {why}", waiver.id, waiver.gate, waiver.by));
        }
        if self.place.as_ref().is_some_and(|p| !p.in_place()) {
            notes.push("programs ran in a checkout of what is judged, without untracked files".to_owned());
        }
        notes
    }

    /// The place where programs ran, if any did.
    pub fn top(&self) -> &Path {
        &self.top
    }
}

/// The digest of the judged code; `None` where it is in no tree.
fn code(store: &Store, what: &What) -> Result<Option<Oid>> {
    let git = store.git();
    match what {
        What::Range { to, .. } => Ok(Some(code_digest(git, git.commit_tree(*to)?)?)),
        What::Staged => Ok(match crate::exec::staged_tree(store.env(), git) {
            Ok(tree) => Some(code_digest(git, tree)?),
            // An index that is no tree has conflicts or is damaged; what needs the code says so.
            Err(_) => None,
        }),
        What::All => {
            let changed = git.run(&[
                "status",
                "--porcelain",
                "--untracked-files=no",
                "--ignore-submodules=none",
                "--",
                ":/",
                ":(top,exclude).beads",
            ])?;
            if changed.is_empty() { Ok(head_code(git)?) } else { Ok(None) }
        }
    }
}

/// Who wrote what is judged: of commits their authors, by name and by address; of what is not committed yet, who asks.
fn authors(store: &Store, what: &What) -> Result<Vec<String>> {
    let What::Range { from, to } = what else { return Ok(vec![store.actor().as_str().to_owned()]) };
    let git = store.git();
    let mut out = BTreeSet::new();
    for commit in git.commits_between(*to, *from, MOST_COMMITS)? {
        names(&String::from_utf8_lossy(&git.read_commit(commit)?), &mut out);
    }
    Ok(out.into_iter().collect())
}

/// The author's name and address in the header of a commit.
fn names(commit: &str, out: &mut BTreeSet<String>) {
    let author = commit.lines().take_while(|l| !l.is_empty()).find_map(|l| l.strip_prefix("author "));
    if let Some((name, rest)) = author.and_then(|a| a.split_once(" <")) {
        out.insert(name.to_owned());
        out.extend(rest.split_once('>').map(|(mail, _)| mail.to_owned()).filter(|m| !m.is_empty()));
    }
}
