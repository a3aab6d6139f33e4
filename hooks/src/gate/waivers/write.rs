//! Giving a waiver and ending one.

use super::{ENDED, EndPayload, FIELD, Payload, State, Waiver, gates_bead, of_bead, of_snapshot};
use bd::config::{deciding_text, parse_duration};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{Kind, Value, format_time};
use bd::ops::change::check_text;
use bd::ops::verdicts::GATES_PATH;
use bd::query::{Day, parse_date};
use bd::store::{Store, Tx};
use jiff::{SignedDuration, Timestamp};

/// How long a waiver holds that names no end.
const USUAL: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long one may hold.
const MOST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A waiver to be given.
#[derive(Clone, Debug, Default)]
pub struct NewWaiver {
    /// The gate, or the rule of a scan.
    pub gate: String,
    /// Only findings in paths that this glob matches.
    pub path: Option<String>,
    /// Only work on this bead: its id, or any unique beginning.
    pub bead: Option<String>,
    /// Why.
    pub reason: String,
    /// Until when ([`until`]).
    pub until: Timestamp,
}

/// How long waivers hold in this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Longest {
    /// Where no end is named.
    pub usual: SignedDuration,
    /// At the most.
    pub most: SignedDuration,
}

impl Default for Longest {
    fn default() -> Self {
        Self { usual: USUAL, most: MOST }
    }
}

impl Longest {
    /// What the project says: `[waivers]` with `expire` and `longest` in `.beads/gates.toml`, read from where it decides.
    ///
    /// # Errors
    /// No such length of time (exit 2); longer than 90 days is never.
    pub fn of(store: &Store) -> Result<Self> {
        match deciding_text(store.git(), store.sources(), GATES_PATH)? {
            Some(text) => Self::parse(&text),
            None => Ok(Self::default()),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let wrong = |e: String| Error::usage(format!("{GATES_PATH}: {e}"));
        let file: toml_edit::DocumentMut =
            text.parse().map_err(|e: toml_edit::TomlError| wrong(e.to_string().trim().to_owned()))?;
        let read = |key: &str, usual: SignedDuration| {
            let Some(item) = file.get("waivers").and_then(|w| w.get(key)) else { return Ok(usual) };
            let length = item.as_str().and_then(parse_duration).and_then(|d| SignedDuration::try_from(d).ok());
            let fits = length.filter(|d| d.is_positive() && *d <= MOST);
            fits.ok_or_else(|| wrong(format!("waivers.{key} is no length of time of at most 90 days")).hint("For example 14d"))
        };
        let most = read("longest", MOST)?;
        Ok(Self { usual: read("expire", USUAL.min(most))?.min(most), most })
    }
}

/// When a waiver ends that is given now: a date, or a length of time such as `3w`; without one the project's usual.
///
/// # Errors
/// No date, one that is past, or one beyond the most that the project allows (exit 2).
pub fn until(text: Option<&str>, longest: Longest, now: Timestamp) -> Result<Timestamp> {
    let late = |d: SignedDuration| now.checked_add(d).map_err(|e| Error::usage(format!("no calendar goes that far: {e}")));
    let latest = late(longest.most)?;
    let Some(text) = text else { return late(longest.usual) };
    let end = match parse_duration(text) {
        Some(length) if !length.is_zero() => {
            late(SignedDuration::try_from(length).map_err(|_| Error::usage(format!("`{}` is too long", text.escape_debug())))?)?
        }
        _ => parse_date(text, now, Day::End)?,
    };
    if end <= now {
        return Err(Error::usage(format!("`{}` is past: the waiver would have no effect", text.escape_debug())));
    }
    if end > latest {
        let days = longest.most.as_hours() / 24;
        return Err(Error::usage(format!("a waiver holds for at most {days} days, and `{}` is beyond that", text.escape_debug()))
            .hint("Give it for a shorter time, and give it again if it is still needed then; or change the gate"));
    }
    Ok(end)
}

/// Gives a waiver.
///
/// # Errors
/// No reason, a glob that is none, no such bead (exit 2); a reason that holds a secret (exit 4).
pub fn waive(tx: &mut Tx<'_>, new: &NewWaiver) -> Result<Waiver> {
    let reason = new.reason.trim();
    if !reason.chars().any(char::is_alphanumeric) {
        return Err(Error::usage("a waiver needs a reason").hint("--reason TEXT: it is shown wherever the waiver is used"));
    }
    check_text("reason", reason)?;
    if let Some(glob) = &new.path {
        crate::gate::Globs::new(&[glob])
            .map_err(|(_, e)| Error::usage(format!("`{}` is no glob of paths: {e}", glob.escape_debug())))?;
    }
    let bead = new.bead.as_deref().map(|b| tx.resolve(b)).transpose()?.map(|b| b.as_str().to_owned());
    let mut event = tx.event(&gates_bead()?, Kind::WAIVE)?;
    let id: String = event.id.to_string().chars().skip(16).collect();
    let payload =
        Payload { gate: new.gate.clone(), path: new.path.clone(), bead, reason: reason.to_owned(), until: format_time(new.until) };
    event.set.set(&format!("{FIELD}{id}"), Value::of(&payload));
    tx.push(event);
    let bead = tx.bead(&gates_bead()?)?.ok_or_else(|| Error::internal("what was waived is not there"))?;
    of_bead(&bead).into_iter().find(|w| w.id == id).ok_or_else(|| Error::internal("the waiver cannot be read back"))
}

/// Ends a waiver, named by its id or any unique beginning of it. Anybody may: it only makes gates stricter.
///
/// # Errors
/// None or several fit, or it has no effect any more (exit 2).
pub fn end(tx: &mut Tx<'_>, id: &str, reason: &str) -> Result<Waiver> {
    check_text("reason", reason)?;
    let known = of_snapshot(tx.snapshot())?;
    let fits: Vec<&Waiver> = known.iter().filter(|w| w.id == id || (id.len() >= 3 && w.id.starts_with(id))).collect();
    let waiver = match fits.as_slice() {
        [one] => (*one).clone(),
        [] => return Err(Error::usage(format!("there is no waiver `{}`", id.escape_debug())).hint("`bd gate waivers` lists them")),
        many => {
            let names: Vec<&str> = many.iter().map(|w| w.id.as_str()).collect();
            return Err(Error::usage(format!("`{}` names several waivers: {}", id.escape_debug(), names.join(", "))));
        }
    };
    match waiver.state(tx.now()) {
        State::Active | State::Contested => {}
        over => return Err(Error::new(ErrorKind::Usage, format!("the waiver `{}` has {} already", waiver.id, over.as_str()))),
    }
    let event = tx.event(&gates_bead()?, Kind::WAIVE)?;
    let value = Value::of(&EndPayload { reason: reason.trim().to_owned() });
    tx.push(event.setting(&format!("{ENDED}{}", waiver.id), value));
    let bead = tx.bead(&gates_bead()?)?.ok_or_else(|| Error::internal("what was waived is not there"))?;
    of_bead(&bead).into_iter().find(|w| w.id == waiver.id).ok_or_else(|| Error::internal("the waiver cannot be read back"))
}
