use super::{Lab, create, files, set};
use crate::store::{Journal, STATE_REF};

#[test]
fn a_mutation_is_one_commit_and_touches_nothing_of_the_user() {
    let lab = Lab::new();
    std::fs::write(lab.repo.join("staged"), "x").unwrap();
    lab.git(&["add", "staged"]);
    let before = (lab.git(&["rev-parse", "HEAD"]), lab.git(&["status", "--porcelain=v2"]));
    let store = lab.store();
    let id = create(&store, "a bead");
    set(&lab.store(), &id, "title", "renamed");
    assert_eq!(lab.git(&["rev-list", "--count", STATE_REF]), "2");
    let bead = lab.store().snapshot().unwrap().must(&id).unwrap();
    assert_eq!(bead.title(), "renamed");
    assert!(bead.conflicts().is_empty());
    assert_eq!((lab.git(&["rev-parse", "HEAD"]), lab.git(&["status", "--porcelain=v2"])), before);
    let log = lab.git(&["log", "-1", "--format=%an%n%B", STATE_REF]);
    assert!(log.starts_with("ann\n") && log.contains(&format!("Bead: {id}")) && log.contains("Actor: ann"), "{log}");
    assert!(!log.contains("renamed"), "texts stay out of messages");
    lab.git(&["fsck", "--strict"]);
}

#[test]
fn the_number_of_objects_and_files_a_mutation_makes_is_bounded() {
    let lab = Lab::new();
    let id = create(&lab.store(), "a bead");
    for n in 0..20 {
        set(&lab.store(), &id, "title", &format!("title {n}"));
    }
    let objects = || lab.git(&["count-objects"]).split(' ').next().unwrap().parse::<usize>().unwrap();
    let (before, all) = (objects(), files(&lab.repo.join(".git")));
    set(&lab.store(), &id, "title", "the counted one");
    assert!(objects() - before <= 6, "{}", objects() - before);
    assert!(files(&lab.repo.join(".git")) - all <= 7, "{}", files(&lab.repo.join(".git")) - all);
}

#[test]
fn the_journal_stands_where_the_ref_cannot_be_written() {
    let lab = Lab::new();
    let id = create(&lab.store(), "a bead");
    let lock = lab.repo.join(".git/refs/beads/state.lock");
    std::fs::write(&lock, "").unwrap();
    let tip = lab.git(&["rev-parse", STATE_REF]);
    set(&lab.store(), &id, "title", "while it is locked");
    assert_eq!(lab.git(&["rev-parse", STATE_REF]), tip, "a fresh lock is respected");
    assert_eq!(lab.store().snapshot().unwrap().must(&id).unwrap().title(), "while it is locked");
    std::fs::remove_file(&lock).unwrap();
    set(&lab.store(), &id, "priority", "1");
    assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().count(), 3, "the next command retries");
    assert_eq!(lab.git(&["rev-list", "--count", STATE_REF]), "2", "in one commit");
}

#[test]
fn a_lost_ref_is_made_again_from_the_journal() {
    let lab = Lab::new();
    let id = create(&lab.store(), "a bead");
    lab.git(&["update-ref", "-d", STATE_REF]);
    assert_eq!(lab.store().snapshot().unwrap().must(&id).unwrap().title(), "a bead");
    set(&lab.store(), &id, "title", "again");
    assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().count(), 2);
    assert_eq!(Journal::new(&lab.beads_dir()).read().unwrap().records.len(), 2);
}

#[test]
fn a_mutation_that_fails_writes_nothing() {
    let lab = Lab::new();
    let id = create(&lab.store(), "a bead");
    let before = lab.git(&["rev-parse", STATE_REF]);
    let out = lab.store().write(|tx| {
        tx.push(tx.event(&id, crate::model::Kind::SET)?);
        Err::<(), _>(crate::error::Error::usage("no"))
    });
    assert!(out.is_err());
    assert_eq!(lab.git(&["rev-parse", STATE_REF]), before);
    assert_eq!(Journal::new(&lab.beads_dir()).read().unwrap().records.len(), 1);
}
