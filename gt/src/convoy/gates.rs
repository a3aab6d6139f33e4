//! The gates of the moment `land` (GATES): asked about what the target has and the last landing that it holds had not.
//!
//! A range from the last landing, and not what the convoy's commits changed: after a squash nobody can tell these apart, and a
//! range that a person chooses could be empty. The first landing of a repository is asked about everything.

use super::bead;
use super::proof::Target;
use bd::error::{Error, ErrorKind, Result};
use bd::git::Oid;
use bd::store::{Snapshot, Store};
use bd_gate::check::{Answered, Question, prepare};
use bd_gate::diff::What;
use bd_gate::gate::{self, AllGatesPassed, Verdict, When};

/// So many earlier landings are tried as the one that the target holds.
const MOST: usize = 20;
/// So many gates are named in an error.
const SHOWN: usize = 10;

/// What the gates said.
pub enum Gates {
    /// The target has no commit: there is no code to ask about.
    NoCode,
    /// They were asked.
    Asked(Box<Asked>),
}

/// What came of asking.
pub struct Asked {
    /// What was judged: `a1b2c3..d4e5f6`, or one commit with everything before it.
    pub range: String,
    /// The verdicts.
    pub answered: Answered,
}

/// That no gate speaks against a landing. It comes from [`Gates::proven`] alone.
pub struct Allowed(#[expect(dead_code, reason = "the proof is that it could be made")] Option<AllGatesPassed>);

/// Asks them about a target, by the definitions that stand on it. Nothing is recorded.
///
/// # Errors
/// Definitions that are not understood, history that cannot be read.
pub fn ask(store: &Store, snapshot: &Snapshot, convoy: &bead::Convoy, target: &Target) -> Result<Gates> {
    let Some(tip) = target.tip else { return Ok(Gates::NoCode) };
    let from = last_landing(store, snapshot, tip)?;
    let short = |oid: Oid| oid.to_string().get(..10).unwrap_or_default().to_owned();
    let range = from.map_or_else(|| short(tip), |from| format!("{}..{}", short(from), short(tip)));
    let question = Question {
        what: What::Range { from, to: tip },
        named: range.clone(),
        when: When::Land,
        only: Vec::new(),
        bead: Some(convoy.bead.clone()),
        target: gate::Target::Commit(tip),
        trust_commands: false,
        for_record: true,
    };
    let answered = prepare(store, question)?.ask()?;
    Ok(Gates::Asked(Box::new(Asked { range, answered })))
}

/// The newest commit with which some convoy landed and that `tip` holds.
fn last_landing(store: &Store, snapshot: &Snapshot, tip: Oid) -> Result<Option<Oid>> {
    let closed = bead::all(store, snapshot)?.into_iter().filter(|c| c.state.is_closed());
    let beads: Vec<_> = closed.filter_map(|c| snapshot.bead(&c.bead).transpose()).collect::<Result<_>>()?;
    // What an import or an undo has put there says nothing about gates.
    let ours = |head: &&bd::fold::Head| head.kind.as_str() == "land";
    let mut landed: Vec<(&bd::fold::Head, &str)> = Vec::new();
    for (name, register) in beads.iter().flat_map(|b| &b.fields) {
        let Some(commit) = name.strip_prefix(bead::field::LANDED) else { continue };
        landed.extend(register.heads().iter().filter(ours).map(|head| (head, commit)));
    }
    landed.sort_by(|a, b| (&b.0.at, b.0.id).cmp(&(&a.0.at, a.0.id)));
    for (_, commit) in landed.into_iter().take(MOST) {
        let Some(oid) = Oid::from_hex(commit) else { continue };
        // A landing whose commit this clone lacks, or that is on another branch, says nothing about this one.
        if store.git().merge_base(oid, tip).ok().flatten() == Some(oid) {
            return Ok(Some(oid));
        }
    }
    Ok(None)
}

impl Gates {
    /// The verdicts, in the order of the definitions.
    pub fn verdicts(&self) -> &[Verdict] {
        match self {
            Self::NoCode => &[],
            Self::Asked(asked) => asked.answered.outcome.verdicts(),
        }
    }

    /// True if nothing speaks against it.
    pub fn pass(&self) -> bool {
        !matches!(self, Self::Asked(asked) if asked.answered.outcome.blocked())
    }

    /// What speaks against it, a sentence each.
    pub fn against(&self) -> Vec<String> {
        self.verdicts().iter().filter(|v| v.blocks()).map(|v| format!("gate {}: {}", v.gate, v.why)).collect()
    }

    /// Writes down what was said about the convoy.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn record(&self, store: &Store, convoy: &bead::Convoy) -> Result<()> {
        match self {
            Self::NoCode => Ok(()),
            Self::Asked(asked) => gate::record(store, Some(&convoy.bead), &asked.answered.outcome),
        }
    }

    /// That it may land.
    ///
    /// # Errors
    /// A gate has not passed (exit 4; 5 where nothing but budgets speaks against it), each named.
    pub fn proven(&self, id: &str) -> Result<Allowed> {
        let Self::Asked(asked) = self else { return Ok(Allowed(None)) };
        if let Some(passed) = asked.answered.outcome.all_passed() {
            return Ok(Allowed(Some(passed)));
        }
        let against = self.against();
        if against.is_empty() {
            return Err(Error::internal("the gates of `land` neither passed nor blocked"));
        }
        let shown = against.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n  ");
        let more = if against.len() > SHOWN { format!("\n  (and {} more)", against.len() - SHOWN) } else { String::new() };
        let kind = asked.answered.outcome.exit().unwrap_or(ErrorKind::Gate);
        Err(Error::new(kind, format!("`{id}` has not landed:\n  {shown}{more}"))
            .hint(format!("`bd gate check {} --when land` shows every place", asked.range)))
    }
}
