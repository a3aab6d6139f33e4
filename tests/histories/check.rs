//! What must hold: after a step, and at the end when everything is quiet.

use crate::lines::{self, id_of};
use crate::world::{Broken, World};
use bd::fold::State;
use bd::model::Event;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl World {
    /// After a step: nothing that this clone promised is missing in it, and nothing forged is in it.
    pub fn check_peer(&mut self, peer: usize) -> Result<(), Broken> {
        // A lost or shortened state ref is rebuilt by the next command.
        self.bd(peer, &["list", "--json"], &[0]).map(drop).map(drop)?;
        if self.peers[peer].bereft {
            return Ok(());
        }
        let held = lines::of_clone(&self.peers[peer].work).all;
        self.contains(&format!("the clone of {}", self.peers[peer].work.actor()), &held, &self.peers[peer].acked)
    }

    /// Every promised line is held, as it was or as the stub of a redaction; no forged one is.
    fn contains(&self, place: &str, held: &BTreeSet<String>, promised: &BTreeSet<String>) -> Result<(), Broken> {
        let ids: BTreeSet<&str> = held.iter().map(|l| id_of(l)).collect();
        for line in promised {
            let there = held.contains(line) || (self.redacted.contains(id_of(line)) && ids.contains(id_of(line)));
            if !there {
                return Err(format!("lost in {place}: {line}"));
            }
        }
        match ids.iter().find(|id| self.forged.contains(**id)) {
            Some(id) => Err(format!("a forged event is read in {place}: {id}")),
            None => Ok(()),
        }
    }

    /// The end: everybody syncs until nothing is new, and all agree with the fold of everything ever promised.
    pub fn check_end(&mut self) -> Result<(), Broken> {
        for peer in 0..self.peers.len() {
            let _none_under_way = self.git(peer, &["reset", "--hard", "--quiet"]);
            self.peers[peer].clock = 0;
        }
        // One round publishes, one fetches what came after; claims that were lost are released in between.
        for _ in 0..3 {
            for peer in 0..self.peers.len() {
                let _fetched = self.git(peer, &["fetch", "--quiet", "origin"]);
                self.sync(peer)?;
            }
        }
        let before = self.remote.tip("beads");
        for peer in 0..self.peers.len() {
            self.bd(peer, &["sync"], &[0]).map(drop)?;
        }
        if self.remote.tip("beads") != before {
            return Err("a sync pushed although nothing was new".to_owned());
        }
        let promised: BTreeSet<String> = self.peers.iter().flat_map(|p| p.acked.iter().cloned()).collect();
        let published = lines::of_remote(&self.remote);
        self.contains("the published branch", &published.all, &promised)?;
        self.check_stored("the published branch", &published)?;
        for peer in 0..self.peers.len() {
            let work = self.peers[peer].work.clone();
            self.contains(&format!("the clone of {}", work.actor()), &lines::of_clone(&work).all, &promised)?;
            self.check_stored(&format!("the state ref of {}", work.actor()), &lines::of_ref(&work, "refs/beads/state"))?;
            Self::fsck(work.actor(), &work.git(&["fsck", "--no-dangling", "--no-progress"]))?;
        }
        Self::fsck("the remote", &self.remote.git(&["fsck", "--no-dangling", "--no-progress"]))?;
        self.check_fold(&published.all)
    }

    fn check_stored(&self, place: &str, lines: &lines::Lines) -> Result<(), Broken> {
        if lines.stored * 100 > lines.all.len() * 105 {
            return Err(format!("{place} stores {} lines for {} distinct ones", lines.stored, lines.all.len()));
        }
        let secret = lines.all.iter().find(|l| self.redacted.contains(id_of(l)) && !l.contains("\"redacted\""));
        secret.map_or(Ok(()), |line| Err(format!("redacted text is still in {place}: {line}")))
    }

    fn fsck(place: &str, out: &bd_tests::Output) -> Result<(), Broken> {
        let complaint = |l: &&str| !l.starts_with("notice:") && !l.trim().is_empty();
        match out.stdout().lines().chain(out.stderr().lines()).find(complaint) {
            None if out.succeeded() => Ok(()),
            _ => Err(format!("git fsck in {place}:\n{out}")),
        }
    }

    /// `bd export` is the same everywhere, in a fresh clone too, and says what the exact fold of the lines says.
    fn check_fold(&mut self, lines: &BTreeSet<String>) -> Result<(), Broken> {
        let fresh = self.remote.clone_as("zoe");
        let synced = fresh.bd(&["sync"]);
        if !synced.succeeded() {
            return Err(format!("a fresh clone cannot sync:\n{synced}"));
        }
        let export = fresh.bd(&["export"]);
        if !export.succeeded() {
            return Err(format!("a fresh clone cannot export:\n{export}"));
        }
        for peer in 0..self.peers.len() {
            let out = self.bd(peer, &["export"], &[0])?;
            if out.stdout() != export.stdout() {
                let actor = self.peers[peer].work.actor();
                let (a, b) = first_difference(out.stdout(), export.stdout());
                return Err(format!("{actor} and a fresh clone differ:\n{a}\n{b}"));
            }
        }
        let mut state = State::new();
        for line in lines {
            state.add(Event::parse(line).map_err(|e| format!("{e}: {line}"))?);
        }
        let mut records: BTreeMap<String, Value> = BTreeMap::new();
        for line in export.stdout().lines() {
            let record: Value = serde_json::from_str(line).map_err(|e| format!("export: {e}: {line}"))?;
            records.insert(record["id"].as_str().unwrap_or("").to_owned(), record);
        }
        for bead in state.beads().into_iter().filter(|b| b.exists() && !b.id.is_pseudo() && !b.is_deleted()) {
            let Some(record) = records.get(bead.id.as_str()) else { return Err(format!("{} is not exported", bead.id)) };
            let count = |key: &str| record[key].as_array().map_or(0, Vec::len);
            let wanted = (bead.title(), bead.priority(), bead.labels.len(), bead.comments.len(), bead.edges.len());
            let got = (
                record["title"].as_str().unwrap_or("").to_owned(),
                record["priority"].as_i64().unwrap_or(2),
                count("labels"),
                count("comments"),
                count("dependencies"),
            );
            if wanted != got {
                return Err(format!("{}: the fold says {wanted:?}, the export {got:?}: {record}", bead.id));
            }
        }
        Ok(())
    }
}

fn first_difference<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let (mut left, mut right) = (a.lines(), b.lines());
    loop {
        match (left.next(), right.next()) {
            (Some(x), Some(y)) if x == y => {}
            (x, y) => return (x.unwrap_or("(nothing)"), y.unwrap_or("(nothing)")),
        }
    }
}
