//! The cache says what everything read in full says: after every kind of change, and whatever happened to its files.

mod agree;
mod harm;
mod random;

use crate::git::{Cas, CommitSpec, Expected, Oid, Signature};
use crate::model::Event;
use crate::query::{Ask, Filter, SortKey, blocked, explain, ready};
use crate::store::commit::edit_tree;
use crate::store::damage::Damage;
use crate::store::snapshot::{ReadyAsk, Snapshot};
use crate::store::{SealedName, Store, seal};
use std::collections::BTreeMap;

use super::testing::START;

const HOUR: i64 = 3_600_000;

/// Every question, asked of both.
fn agree(store: &Store) {
    agree_as(store, true, "");
}

fn agree_as(store: &Store, cached: bool, why: &str) {
    let (fast, full) = (store.snapshot().unwrap(), Snapshot::in_full(store).unwrap());
    let ids = full.ids().unwrap();
    assert_eq!(fast.ids().unwrap(), ids, "{why}");
    assert_eq!(fast.rows().unwrap(), full.rows().unwrap(), "{why}");
    for id in &ids {
        let (mut a, mut b) = (fast.events(id).unwrap(), full.events(id).unwrap());
        for events in [&mut a, &mut b] {
            events.sort_by(|x, y| x.line.cmp(&y.line));
        }
        assert_eq!(a.len(), b.len(), "{why}: {id}");
        for (a, b) in a.iter().zip(&b) {
            assert_eq!((&a.line, a.place, &a.event), (&b.line, b.place, &b.event), "{why}: {id}");
        }
        assert_eq!(fast.bead(id).unwrap(), full.bead(id).unwrap(), "{why}");
        assert_eq!(fast.short(id), full.short(id), "{why}");
        let name = id.as_str();
        if ids.len() > 60 && !name.ends_with('0') {
            continue;
        }
        for cut in [name.len(), 1, 3, 4, 5, name.len() - 1] {
            let text = &name[..cut.min(name.len())];
            for text in [text, text.split_once('-').map_or("x", |(_, t)| t), text.rsplit_once('-').map_or("y", |(_, t)| t)] {
                let told = |s: &Snapshot| s.resolve(text).map_err(|e| (e.message, e.hints));
                assert_eq!(told(&fast), told(&full), "{why}: {text}");
            }
        }
    }
    assert_eq!(sorted(fast.damage()), sorted(full.damage()), "{why}");
    for now in [START - HOUR, START, START + HOUR, START + 90 * 60_000, START + 2 * HOUR, START + 900 * 24 * HOUR] {
        pages(&fast, &full, now);
        let graph = |s: &Snapshot| {
            s.graph(|view| {
                let mut names: Vec<Vec<String>> = Vec::new();
                names.push(ready(view, &Ask::at(now)).into_iter().map(|i| view.name(i).into_owned()).collect());
                names.push(blocked(view, &crate::query::nothing_shipped).into_iter().map(|i| view.name(i).into_owned()).collect());
                for id in &ids {
                    let Some(at) = view.find(id.as_str()).filter(|at| view.node(*at).stands()) else { continue };
                    let told = explain(view, at, &Ask::at(now));
                    names.push(vec![id.to_string(), told.sentence(view), format!("{:?}", told.rule)]);
                }
                names.iter_mut().take(2).for_each(|n| n.sort());
                names
            })
            .unwrap()
        };
        assert_eq!(graph(&fast), graph(&full), "{why}");
    }
    if cached {
        assert!(fast.is_cached(), "{why}: the cache was not used");
        assert!(!full.is_cached());
    }
    assert_eq!(fast.line_counts(), full.line_counts(), "{why}");
}

fn pages(fast: &Snapshot, full: &Snapshot, now: i64) {
    let plain = Filter::default();
    let bugs = Filter { types: vec!["bug".into(), "gate".into()], ..Filter::default() };
    let urgent = Filter { priority_max: Some(1), labels: vec!["ui".into()], ..Filter::default() };
    for filter in [&plain, &bugs, &urgent] {
        for (ephemeral, limit) in [(false, 0), (false, 3), (true, 1), (true, 0)] {
            let ask = ReadyAsk { now, ephemeral, any_type: !filter.types.is_empty(), filter, limit, count: true };
            assert_eq!(fast.ready_page(&ask).unwrap(), full.ready_page(&ask).unwrap());
        }
        for (sort, reverse, limit) in [(SortKey::Priority, false, 4), (SortKey::Priority, false, 0), (SortKey::Updated, true, 5)] {
            let list = |s: &Snapshot| s.list_page(filter, (sort, reverse), limit, now, true).unwrap();
            assert_eq!(list(fast), list(full));
        }
    }
}

fn sorted(damage: &[Damage]) -> Vec<String> {
    let mut out: Vec<String> = damage.iter().map(ToString::to_string).collect();
    out.sort();
    out
}

/// One commit on a ref: files set and removed below `.beads/`.
fn commit_files(store: &Store, name: &str, files: &BTreeMap<String, Option<Vec<u8>>>) -> Oid {
    let git = store.git();
    let tip = git.tip(name).unwrap();
    let root = tip.map(|t| git.commit_tree(t).unwrap());
    let changes =
        files.iter().map(|(path, bytes)| (format!(".beads/{path}"), bytes.as_ref().map(|b| git.write_blob(b).unwrap()))).collect();
    let tree = edit_tree(git, root, &changes).unwrap();
    let who = Signature { name: "x".into(), email: String::new(), seconds: 0 };
    let parents = tip.into_iter().collect();
    let spec = CommitSpec { tree, parents, author: who.clone(), committer: who, message: "x\n".into(), sign: false };
    let new = git.write_commit(&spec).unwrap();
    let expected = tip.map_or(Expected::Missing, Expected::Is);
    assert_eq!(git.update_ref(name, expected, Some(new), "test").unwrap(), Cas::Done);
    new
}

/// Lines as a sealed file: its name, and its bytes.
fn sealed(lines: &[String]) -> (SealedName, Vec<u8>) {
    let bytes: Vec<u8> = lines.iter().flat_map(|l| [l.as_bytes(), b"\n"].concat()).collect();
    match Event::parse(&lines[0]) {
        Ok(event) if event.to_line().is_ok_and(|l| l == lines[0]) && lines.len() == 1 => seal(&[event]).unwrap(),
        _ => (SealedName::loose(&bytes, "2026-01-01T00:00:00.000Z"), bytes),
    }
}
