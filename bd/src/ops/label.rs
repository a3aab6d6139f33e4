//! `bd label`.

use super::change::{Done, done};
use super::update::{UpdateRequest, update};
use super::words;
use crate::error::{Error, Result};
use crate::store::{Snapshot, Tx};
use std::collections::BTreeMap;

/// Adds a label.
///
/// # Errors
/// No such bead, or a text that cannot be a label.
pub fn add(tx: &mut Tx<'_>, id: &str, label: &str) -> Result<Done> {
    let label = words::label(label)?;
    change(tx, id, &UpdateRequest { add_labels: vec![label.clone()], ..UpdateRequest::default() }, "Labelled", &label)
}

/// Removes a label; one that is not there changes nothing.
///
/// # Errors
/// No such bead.
pub fn remove(tx: &mut Tx<'_>, id: &str, label: &str) -> Result<Done> {
    let label = label.trim().to_owned();
    change(tx, id, &UpdateRequest { remove_labels: vec![label.clone()], ..UpdateRequest::default() }, "Unlabelled", &label)
}

fn change(tx: &mut Tx<'_>, id: &str, request: &UpdateRequest, what: &str, label: &str) -> Result<Done> {
    let out = update(tx, id, request)?;
    let what = if out.changed { what } else { "Unchanged" };
    let changed = out.changed;
    Ok(Done { changed, ..done(tx, &out.bead.id, what, label)? })
}

/// The labels of a bead, sorted.
///
/// # Errors
/// No such bead.
pub fn list(snapshot: &Snapshot, id: &str) -> Result<Vec<String>> {
    Ok(snapshot.must(&snapshot.resolve(id)?)?.labels.into_keys().collect())
}

/// Every label of the beads that stand, with how many have it, sorted.
pub fn all(snapshot: &Snapshot) -> Result<Vec<(String, usize)>> {
    let mut out: BTreeMap<String, usize> = BTreeMap::new();
    for row in snapshot.rows()?.into_iter().filter(|r| !r.deleted) {
        for label in row.labels {
            *out.entry(label).or_default() += 1;
        }
    }
    Ok(out.into_iter().collect())
}

/// Splits a line of ids and labels: the last word is the label unless some were named.
///
/// # Errors
/// Nothing is left for one of the two (exit 2).
pub fn split(mut words: Vec<String>, named: &[String]) -> Result<(Vec<String>, Vec<String>)> {
    let labels: Vec<String> = match named {
        [] => words.pop().filter(|_| !words.is_empty()).into_iter().collect(),
        named => named.to_vec(),
    };
    if words.is_empty() || labels.is_empty() {
        return Err(Error::usage("a label and at least one bead are needed").hint("bd label add ID… LABEL"));
    }
    Ok((words, labels.iter().flat_map(|l| l.split(',')).map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_last_word_is_the_label() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(split(words("a b x,y"), &[]).unwrap(), (words("a b"), words("x y")));
        assert_eq!(split(words("a b"), &words("x")).unwrap(), (words("a b"), words("x")));
        assert!(split(words("a"), &[]).is_err() && split(vec![], &words("x")).is_err());
    }
}
