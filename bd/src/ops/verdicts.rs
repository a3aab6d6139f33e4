//! Verdicts of gates, as far as the tracker knows them: it reads what bd-gate wrote, and judges nothing itself.
//!
//! A verdict is the key `verdict` of an event (`verdict`, `accept` or `reject`) on the bead that the work is about, else on
//! `_verdicts`. The key has no meaning for the fold: any number of clones may write one at once. What a bead asks for is a
//! field of it, `gate.<id>` (`bd gate require`). docs/design/events.md.

use super::change::{Done, done, standing};
use crate::config::deciding_text;
use crate::error::{Error, ErrorKind, Result};
use crate::fold::Bead;
use crate::git::{Git, GitError, Head, Oid};
use crate::model::{BeadId, Event, EventId, Fields, Kind, VERDICTS_BEAD, Value};
use crate::store::{Snapshot, Store, Tx};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use crate::config::GATES_PATH;
/// The key of an event that holds a verdict.
pub const KEY: &str = "verdict";
/// What the fields of a bead that name required gates begin with.
pub const REQUIRES: &str = "gate.";
/// The stamp of the program that judges; what it ships with is as old as it is.
pub const TOOL: &str = concat!("bd-gate ", env!("CARGO_PKG_VERSION"));

/// What one gate answered about one state of the code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The gate.
    pub gate: String,
    /// The digest of its definition ([`definition_digest`]).
    pub definition: String,
    /// The code that was judged ([`code_digest`]), hex; empty where it was no tree (a working tree with changes).
    #[serde(default)]
    pub code: String,
    /// `pass`, `fail`, `error` or `skip`.
    pub status: String,
    /// The stamp of what judged it.
    #[serde(default)]
    pub tool: String,
    /// Why, one sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// All the rest (counts, moment, output), kept as it came.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// A verdict with the facts of its event.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The verdict.
    pub verdict: Verdict,
    /// `verdict`, or what a person said: `accept`, `reject`.
    pub kind: Kind,
    /// The bead that it is about, if it is about one.
    pub bead: Option<BeadId>,
    /// Who recorded it.
    pub by: String,
    /// When.
    pub at: String,
    /// The name of the event.
    pub event: EventId,
}

/// A verdict, and those of the same gate, definition and code in whose place it stands.
type Named = (Recorded, Vec<EventId>);

/// Adds a verdict to the mutation. On a bead it names those that it stands in the place of: clocks decide nothing.
///
/// # Errors
/// As [`Tx::event`] and [`list`].
pub fn record(tx: &mut Tx<'_>, kind: Kind, bead: Option<&BeadId>, verdict: &Verdict) -> Result<()> {
    let on = bead.cloned().map_or_else(own_bead, Ok)?;
    let mut event = tx.event(&on, kind)?;
    if bead.is_some() {
        let v = |r: &Recorded| (r.verdict.gate.clone(), r.verdict.definition.clone(), r.verdict.code.clone());
        let own = (verdict.gate.clone(), verdict.definition.clone(), verdict.code.clone());
        let seen = list(tx.snapshot(), bead)?.into_iter().filter(|r| v(r) == own && r.kind == event.kind);
        event.on = seen.map(|r| r.event).collect();
    }
    event.extra.set(KEY, Value::of(verdict));
    tx.push(event);
    Ok(())
}

/// The verdicts on a bead, or (`None`) those about no bead; oldest first.
///
/// # Errors
/// As [`Snapshot::events`].
pub fn list(snapshot: &Snapshot, bead: Option<&BeadId>) -> Result<Vec<Recorded>> {
    Ok(named(snapshot, bead)?.into_iter().map(|(recorded, _)| recorded).collect())
}

fn named(snapshot: &Snapshot, bead: Option<&BeadId>) -> Result<Vec<Named>> {
    let on = bead.cloned().map_or_else(own_bead, Ok)?;
    let read = |event: Event| {
        let verdict: Verdict = event.extra.get(KEY)?.decode()?;
        let (by, at) = (event.by.as_str().to_owned(), event.at);
        let recorded = Recorded { verdict, kind: event.kind, bead: bead.cloned(), by, at, event: event.id };
        Some((recorded, event.on))
    };
    Ok(snapshot.events(&on)?.into_iter().filter_map(|stored| read(stored.event)).collect())
}

fn own_bead() -> Result<BeadId> {
    BeadId::new(VERDICTS_BEAD).map_err(|e| Error::internal(e.to_string()))
}

/// The digest of a gate's definition: SHA-256 (hex) of its table as JSON with sorted keys and no white space.
pub fn definition_digest(table: &serde_json::Value) -> String {
    // serde_json's objects are sorted.
    Sha256::digest(table.to_string().as_bytes()).iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The code of a tree: the same tree without `.beads/`, whose changes are about the work and not the work.
///
/// # Errors
/// The tree cannot be read.
pub fn code_digest(git: &dyn Git, tree: Oid) -> Result<Oid, GitError> {
    let mut entries = git.read_tree(tree)?;
    let all = entries.len();
    entries.retain(|e| e.name != ".beads");
    if entries.len() == all { Ok(tree) } else { git.write_tree(&entries) }
}

/// The code of HEAD; `None` where there is no commit yet.
///
/// # Errors
/// As [`code_digest`].
pub fn head_code(git: &dyn Git) -> Result<Option<Oid>, GitError> {
    match git.head()? {
        Head::Unborn(_) => Ok(None),
        Head::Branch(_, commit) | Head::Detached(commit) => code_digest(git, git.commit_tree(commit)?).map(Some),
    }
}

/// The project's own gates by id with the digests of their definitions, from where they count (STATE 2: the default branch's
/// tree; from the working tree while that branch has none).
///
/// # Errors
/// The file cannot be read or is no TOML (exit 2).
pub fn definitions(store: &Store) -> Result<BTreeMap<String, String>> {
    let Some(text) = deciding_text(store.git(), store.sources(), GATES_PATH)? else { return Ok(BTreeMap::new()) };
    let file: serde_json::Value =
        toml_edit::de::from_str(&text).map_err(|e| Error::usage(format!("{GATES_PATH}: {}", e.to_string().trim())))?;
    let gates = file.get("gate").and_then(serde_json::Value::as_array).into_iter().flatten();
    Ok(gates.filter_map(|g| Some((g.get("id")?.as_str()?.to_owned(), definition_digest(g)))).collect())
}

/// The gates that a bead asks for, by id.
pub fn required(bead: &Bead) -> Vec<String> {
    let named = |field: &str| field.strip_prefix(REQUIRES).map(str::to_owned);
    let asked = bead.fields.iter().filter(|(_, r)| r.heads().iter().any(|h| h.value.as_bool() == Some(true)));
    asked.filter_map(|(field, _)| named(field)).collect()
}

/// Makes a bead ask for gates before it may be closed, or (`remove`) no more.
///
/// # Errors
/// No such bead; a name that cannot be a gate's (exit 2).
pub fn require(tx: &mut Tx<'_>, id: &str, gates: &[String], remove: bool) -> Result<Done> {
    let bead = standing(tx, id)?;
    let mut fields = Fields::new();
    for gate in gates {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if gate.is_empty() || gate.len() > 100 || !gate.chars().all(fits) {
            return Err(Error::usage(format!("`{}` cannot be a gate", gate.escape_debug())).hint("`bd gate list` shows the gates"));
        }
        fields.set(&format!("{REQUIRES}{gate}"), if remove { Value::null() } else { Value::of(&true) });
    }
    let event = super::change::set_event(tx, &bead, Kind::REQUIRE, &fields)?;
    let changed = event.is_some();
    if let Some(event) = event {
        tx.push(event);
    }
    let mut out = done(tx, &bead.id, if remove { "No more required" } else { "Required" }, gates.join(", "))?;
    out.changed = changed;
    Ok(out)
}

/// Looks whether every gate that a bead asks for has passed for what HEAD is.
///
/// # Errors
/// One has not (exit 4): it is named, with the command that asks it.
pub fn must_have_passed(tx: &Tx<'_>, bead: &Bead) -> Result<()> {
    let required = required(bead);
    if required.is_empty() {
        return Ok(());
    }
    let store = tx.store();
    let code = head_code(store.git())?.map(|oid| oid.to_string()).unwrap_or_default();
    let known = definitions(store)?;
    // What a person said (`accept`) is an input of a gate: who may say it is the gate's to judge.
    let mut verdicts = named(tx.snapshot(), Some(&bead.id))?;
    verdicts.retain(|(r, _)| r.kind == Kind::VERDICT);
    let missing: Vec<(&String, String)> =
        required.iter().filter_map(|gate| Some((gate, lacks(&verdicts, gate, &code, known.get(gate))?))).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let each: Vec<String> = missing.iter().map(|(gate, why)| format!("`{gate}` {why}")).collect();
    let short = tx.snapshot().short(&bead.id);
    let error = Error::new(ErrorKind::Gate, format!("`{short}` needs gates that have not passed: {}", each.join("; ")));
    let target = store.sources().default_branch.as_deref();
    let what = target.and_then(|name| name.strip_prefix("refs/remotes/").or_else(|| name.strip_prefix("refs/heads/")));
    let what = what.map_or_else(|| "--all".to_owned(), |name| format!("{name}..HEAD"));
    let gates: String = missing.iter().map(|(gate, _)| format!(" --gate {gate}")).collect();
    Err(error.hint(format!("`bd gate check {what}{gates} --bead {short}` asks them and records what they say")))
}

/// Why no verdict fits, or `None` if those that fit and that no other one replaced are passes. Two that did not see each other
/// both count: then one that did not pass is one too many.
fn lacks(verdicts: &[Named], gate: &str, code: &str, definition: Option<&String>) -> Option<String> {
    let defined = |v: &Verdict| match definition {
        Some(digest) => v.definition == *digest,
        // Not the project's: it came with the program, and is what this version of it ships.
        None => v.tool == TOOL || v.tool.strip_prefix(TOOL).is_some_and(|rest| rest.starts_with(' ')),
    };
    let of_gate: Vec<&Named> = verdicts.iter().filter(|(r, _)| r.verdict.gate == gate).collect();
    let fits = |v: &Verdict| v.code == code && !code.is_empty() && defined(v);
    let fitting: Vec<&Named> = of_gate.iter().filter(|(r, _)| fits(&r.verdict)).copied().collect();
    let replaced = |r: &Recorded| fitting.iter().any(|(other, on)| on.contains(&r.event) && other.event != r.event);
    let stand: Vec<&Recorded> = fitting.iter().map(|(r, _)| r).filter(|r| !replaced(r)).collect();
    if let Some(bad) = stand.iter().find(|r| r.verdict.status != "pass") {
        return Some(format!("says {}", bad.verdict.status));
    }
    if !stand.is_empty() {
        return None;
    }
    Some(match of_gate.last() {
        None => "was not asked".to_owned(),
        Some((r, _)) if !defined(&r.verdict) => "was asked, and its definition has changed since".to_owned(),
        Some(_) => "was asked, and the code has changed since".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: &str, code: &str, definition: &str) -> Recorded {
        let verdict = Verdict {
            gate: "g".to_owned(),
            definition: definition.to_owned(),
            code: code.to_owned(),
            status: status.to_owned(),
            tool: TOOL.to_owned(),
            ..Verdict::default()
        };
        Recorded { verdict, kind: Kind::VERDICT, bead: None, by: String::new(), at: String::new(), event: EventId(0) }
    }

    /// Each names what was before it.
    fn chain(all: &[Recorded]) -> Vec<Named> {
        let before = |n: usize| (0..n as u128).map(EventId).collect();
        all.iter().enumerate().map(|(n, r)| (Recorded { event: EventId(n as u128), ..r.clone() }, before(n))).collect()
    }

    #[test]
    fn only_what_nobody_replaced_on_this_code_and_definition_counts() {
        let d = "d".to_owned();
        let lacks = |all: &[Recorded]| lacks(&chain(all), "g", "c", Some(&d));
        assert_eq!(lacks(&[said("pass", "c", "d")]), None);
        assert_eq!(lacks(&[said("fail", "c", "d"), said("pass", "c", "d")]), None);
        assert_eq!(lacks(&[said("pass", "c", "d"), said("fail", "c", "d")]).as_deref(), Some("says fail"));
        assert_eq!(lacks(&[said("pass", "c", "d"), said("fail", "x", "d")]), None);
        assert!(lacks(&[said("skip", "c", "d")]).is_some() && lacks(&[said("error", "c", "d")]).is_some());
        assert!(lacks(&[]).unwrap().contains("not asked"));
        assert!(lacks(&[said("pass", "x", "d")]).unwrap().contains("code has changed"));
        assert!(lacks(&[said("pass", "c", "x")]).unwrap().contains("definition has changed"));
        assert!(super::lacks(&chain(&[said("pass", "", "d")]), "g", "", Some(&d)).is_some(), "no code is no match");
    }

    #[test]
    fn the_order_of_clocks_decides_nothing_and_two_unseen_answers_both_count() {
        let d = "d".to_owned();
        let at = |r: Recorded, id: u128, on: &[u128]| -> Named {
            (Recorded { event: EventId(id), ..r }, on.iter().copied().map(EventId).collect())
        };
        let (pass, fail) = (said("pass", "c", "d"), said("fail", "c", "d"));
        let lacks = |mut all: Vec<Named>| {
            all.sort_by_key(|(r, _)| r.event);
            lacks(&all, "g", "c", Some(&d))
        };
        assert_eq!(lacks(vec![at(fail.clone(), 9, &[]), at(pass.clone(), 1, &[9])]), None, "a clock that was years ahead");
        assert!(lacks(vec![at(pass.clone(), 9, &[]), at(fail.clone(), 1, &[9])]).is_some());
        assert!(lacks(vec![at(fail, 1, &[]), at(pass, 9, &[])]).is_some(), "neither saw the other");
    }

    #[test]
    fn a_gate_that_ships_is_held_to_its_version() {
        let mut old = said("pass", "c", "d");
        assert_eq!(super::lacks(&chain(&[old.clone()]), "g", "c", None), None);
        old.verdict.tool = format!("{TOOL} linux-x86_64");
        assert_eq!(super::lacks(&chain(&[old.clone()]), "g", "c", None), None);
        for other in ["bd-gate 0.0.1".to_owned(), format!("{TOOL}1")] {
            old.verdict.tool = other;
            assert!(super::lacks(&chain(&[old.clone()]), "g", "c", None).is_some());
        }
    }

    #[test]
    fn a_digest_does_not_depend_on_the_order_of_keys() {
        let read = |t: &str| toml_edit::de::from_str::<serde_json::Value>(t).unwrap();
        assert_eq!(definition_digest(&read("a = 1\nb = [\"x\"]")), definition_digest(&read("b = [ \"x\" ] # c\na = 1")));
        assert_ne!(definition_digest(&read("a = 1")), definition_digest(&read("a = 2")));
    }
}
