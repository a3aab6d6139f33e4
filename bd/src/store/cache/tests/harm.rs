//! What can happen to the files of the cache (users.md T1 and T2): the answer stays right, nothing is lost, and the next
//! command has a cache again.

use super::super::image::Image;
use super::{agree_as, commit_files, sealed};
use crate::model::Event;
use crate::store::cache::testing::World;
use crate::store::snapshot::Snapshot;
use crate::store::tests::{Lab, create, set};
use crate::store::{STATE_REF, Store};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn file(lab: &Lab, front: &str) -> PathBuf {
    let entries = std::fs::read_dir(lab.beads_dir().join("cache")).unwrap();
    let mut found = entries.map(|e| e.unwrap().path()).filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with(front));
    found.next().unwrap_or_else(|| panic!("no file {front}"))
}

fn filled() -> (Lab, Vec<crate::model::BeadId>) {
    let lab = Lab::new();
    let mut world = World::new(7, 1, false);
    let store = lab.store();
    let mut lines: Vec<String> = Vec::new();
    for _ in 0..60 {
        lines.extend(world.step(0));
    }
    store
        .write(|tx| {
            lines.iter().for_each(|l| tx.push(Event::parse(l).unwrap()));
            Ok(())
        })
        .unwrap();
    let ids = (0..5).map(|n| create(&lab.store(), &format!("bead {n}"))).collect();
    (lab, ids)
}

/// A whole cache, with an overlay.
fn whole(lab: &Lab) {
    drop(lab.store().snapshot().unwrap());
    create(&lab.store(), "one more");
}

/// A mutation on a cache in that state keeps everything, and changes nothing else.
fn sound(lab: &Lab, why: &str) {
    let before = Snapshot::in_full(&lab.store()).unwrap();
    let ids = before.ids().unwrap();
    let new = create(&lab.store(), why);
    set(&lab.store(), &new, "title", "changed");
    let after = Snapshot::in_full(&lab.store()).unwrap();
    assert_eq!(after.ids().unwrap().len(), ids.len() + 1, "{why}");
    for id in &ids {
        assert_eq!(before.bead(id).unwrap(), after.bead(id).unwrap(), "{why}: {id}");
    }
    // A head that was overlooked would stand beside the new one.
    assert!(after.bead(&new).unwrap().unwrap().conflicts().is_empty(), "{why}");
    agree_as(&lab.store(), false, why);
    assert!(lab.store().snapshot().unwrap().is_cached(), "{why}: there is a cache again");
}

#[test]
fn t01_a_stale_cache_never_writes() {
    let (lab, ids) = filled();
    drop(lab.store().snapshot().unwrap());
    let kept: Vec<(PathBuf, Vec<u8>)> =
        ["base", "text-", "overlay"].map(|f| file(&lab, f)).into_iter().map(|p| (p.clone(), std::fs::read(&p).unwrap())).collect();
    // Another clone's change comes in by plain git, and our own cache is from before that.
    set(&lab.store(), &ids[0], "title", "theirs");
    let theirs = create(&lab.store(), "a new one of theirs");
    for (path, bytes) in &kept {
        std::fs::write(path, bytes).unwrap();
    }
    let mine = create(&lab.store(), "mine");
    let last = lab.git(&["diff-tree", "-r", "--no-commit-id", "--name-status", STATE_REF]);
    assert!(last.lines().count() == 1 && last.starts_with('A'), "the commit adds one file and touches no other: {last}");
    let snapshot = Snapshot::in_full(&lab.store()).unwrap();
    assert_eq!(snapshot.bead(&ids[0]).unwrap().unwrap().title(), "theirs");
    assert!(snapshot.bead(&theirs).unwrap().is_some() && snapshot.bead(&mine).unwrap().is_some());
    agree_as(&lab.store(), true, "after a stale cache");
    // A change of a bead that the stale cache knew in an older state names the head that the cache did not know.
    for (path, bytes) in &kept {
        std::fs::write(path, bytes).unwrap();
    }
    set(&lab.store(), &ids[0], "title", "mine again");
    let bead = Snapshot::in_full(&lab.store()).unwrap().bead(&ids[0]).unwrap().unwrap();
    assert!(bead.conflicts().is_empty() && bead.title() == "mine again");
}

#[test]
fn t01_events_of_a_pull_that_bd_never_saw_are_seen_by_the_next_mutation() {
    let (lab, _) = filled();
    lab.git(&["remote", "add", "origin", "file:///nowhere"]);
    drop(lab.store().snapshot().unwrap());
    let mut world = World::new(99, 1, false);
    let lines = world.step(0);
    let (name, bytes) = sealed(&lines);
    commit_files(&lab.store(), "refs/remotes/origin/beads", &BTreeMap::from([(name.state_path("events"), Some(bytes))]));
    let new = Event::parse(&lines[0]).unwrap().bead;
    set(&lab.store(), &new, "title", "seen at once");
    let bead = Snapshot::in_full(&lab.store()).unwrap().bead(&new).unwrap().unwrap();
    assert!(bead.conflicts().is_empty(), "their head was named");
    agree_as(&lab.store(), true, "after a pull");
}

#[test]
fn t02_a_deleted_cache_is_made_again() {
    let (lab, _) = filled();
    std::fs::remove_dir_all(lab.beads_dir().join("cache")).unwrap();
    sound(&lab, "the whole folder");
    for front in ["base", "text-", "overlay", "lock"] {
        whole(&lab);
        std::fs::remove_file(file(&lab, front)).unwrap();
        sound(&lab, front);
    }
}

#[test]
fn t02_a_truncated_cache_is_made_again() {
    let (lab, _) = filled();
    for front in ["base", "text-", "overlay"] {
        for part in [0, 1, 2] {
            whole(&lab);
            let path = file(&lab, front);
            let len = std::fs::metadata(&path).unwrap().len();
            let to = [0, len / 2, len.saturating_sub(1)][part];
            std::fs::File::options().write(true).open(&path).unwrap().set_len(to).unwrap();
            sound(&lab, &format!("{front} cut to {to} of {len}"));
        }
    }
}

#[test]
fn t02_a_zero_filled_cache_is_made_again() {
    let (lab, _) = filled();
    for front in ["base", "text-", "overlay"] {
        whole(&lab);
        let path = file(&lab, front);
        let len = std::fs::metadata(&path).unwrap().len() as usize;
        std::fs::write(&path, vec![0; len]).unwrap();
        sound(&lab, front);
    }
}

#[test]
fn t02_any_flipped_byte_is_noticed() {
    let (lab, _) = filled();
    for front in ["base", "text-", "overlay"] {
        let len = std::fs::metadata(file(&lab, front)).unwrap().len() as usize;
        for step in 0..6 {
            whole(&lab);
            let path = file(&lab, front);
            let mut bytes = std::fs::read(&path).unwrap();
            let at = (len * step / 6 + 11).min(bytes.len() - 1);
            bytes[at] ^= 0x20;
            std::fs::write(&path, bytes).unwrap();
            agree_as(&lab.store(), false, &format!("{front}, byte {at}"));
        }
        sound(&lab, front);
    }
}

#[test]
fn t02_a_cache_of_a_newer_version_is_made_again() {
    let (lab, _) = filled();
    drop(lab.store().snapshot().unwrap());
    let path = file(&lab, "base");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8] += 1;
    std::fs::write(&path, &bytes).unwrap();
    sound(&lab, "the version in the head");
}

#[test]
fn t02_what_cannot_be_read_or_written_fails_no_command() {
    use std::os::unix::fs::PermissionsExt;
    let (lab, _) = filled();
    let dir = lab.beads_dir().join("cache");
    // A folder where a file should be cannot be read by anybody, not even by root, whom no permission stops.
    let base = dir.join("base");
    std::fs::remove_file(&base).unwrap();
    std::fs::create_dir(&base).unwrap();
    std::fs::write(base.join("x"), "").unwrap();
    agree_as(&lab.store(), false, "base is a folder");
    let new = create(&lab.store(), "without a cache");
    assert!(Snapshot::in_full(&lab.store()).unwrap().bead(&new).unwrap().is_some());
    std::fs::remove_dir_all(&base).unwrap();
    sound(&lab, "the folder is gone");
    // The same for the whole cache.
    std::fs::remove_dir_all(&dir).unwrap();
    std::fs::write(&dir, "not a folder").unwrap();
    agree_as(&lab.store(), false, "the cache is a file");
    create(&lab.store(), "still without one");
    std::fs::remove_file(&dir).unwrap();
    sound(&lab, "the file is gone");
    let mode = |m: u32| std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(m)).unwrap();
    mode(0o500);
    agree_as(&lab.store(), false, "read-only");
    create(&lab.store(), "read-only cache");
    mode(0o700);
    sound(&lab, "writable again");
}

#[test]
fn t02_a_failed_load_is_tried_again_and_never_partial() {
    let (lab, ids) = filled();
    drop(lab.store().snapshot().unwrap());
    let path = file(&lab, "text-");
    let good = std::fs::read(&path).unwrap();
    std::fs::write(&path, &good[..good.len() / 3]).unwrap();
    let snapshot = lab.store().snapshot().unwrap();
    let all = snapshot.all().unwrap().len();
    assert_eq!(all, Snapshot::in_full(&lab.store()).unwrap().all().unwrap().len(), "never fewer than there are");
    assert!(!snapshot.is_cached(), "what was damaged answers nothing more");
    assert!(snapshot.bead(&ids[0]).unwrap().is_some());
    assert!(lab.store().snapshot().unwrap().is_cached(), "the next command makes a new one");
    let salts = || Image::open(&lab.beads_dir().join("cache")).map(|i| i.head.salt).unwrap();
    let known = salts();
    drop(lab.store().snapshot().unwrap());
    assert_eq!(salts(), known, "and only once");
}

#[test]
fn readers_beside_a_writer_see_a_whole_state_at_every_moment() {
    let lab = Lab::new();
    create(&lab.store(), "first");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for reader in 0..2 {
            let (lab, done) = (&lab, &done);
            scope.spawn(move || {
                let mut seen = 0;
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    if reader == 1 && seen % 7 == 3 {
                        let _ = std::fs::remove_file(lab.beads_dir().join("cache").join("base"));
                    }
                    let snapshot = lab.store().snapshot().unwrap();
                    let titles: Vec<String> = snapshot.all().unwrap().iter().map(crate::fold::Bead::title).collect();
                    assert!(titles.len() >= seen, "{} beads after {seen}", titles.len());
                    assert!(titles.iter().all(|t| t != "(no title)"));
                    seen = titles.len();
                }
            });
        }
        for n in 0..25 {
            create(&lab.store(), &format!("bead {n}"));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(lab.store().snapshot().unwrap().ids().unwrap().len(), 26);
    agree_as(&lab.store(), true, "afterwards");
}

#[test]
fn damage_is_seen_through_the_cache_and_refuses_writes() {
    let (lab, _) = filled();
    let store = lab.store();
    let mut lines: Vec<String> = World::new(5, 1, false).step(0);
    lines.push("<<<<<<< HEAD".to_owned());
    let (name, bytes) = sealed(&lines);
    commit_files(&store, STATE_REF, &BTreeMap::from([(name.state_path("events"), Some(bytes))]));
    for _ in 0..2 {
        agree_as(&lab.store(), true, "a line that is none");
        let refused = lab.store().write(|tx| {
            tx.push(Event::parse(&lines[0]).unwrap());
            Ok(())
        });
        assert_eq!(refused.unwrap_err().kind, crate::error::ErrorKind::Damaged);
    }
    let other = commit_of_wrong_digest(&store);
    agree_as(&lab.store(), true, "and a file that is not what its name says");
    assert!(lab.store().snapshot().unwrap().damage().iter().any(|d| d.file.contains(&other)));
}

fn commit_of_wrong_digest(store: &Store) -> String {
    let (name, mut bytes) = sealed(&World::new(6, 1, false).step(0));
    bytes.extend_from_slice(b"\n");
    let path = name.state_path("events");
    commit_files(store, STATE_REF, &BTreeMap::from([(path.clone(), Some(bytes))]));
    path
}
