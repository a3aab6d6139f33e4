use super::{Lab, create, files, set};
use crate::store::{Journal, STATE_REF, Spot, Store};

fn titles(store: &Store) -> Vec<String> {
    let snapshot = store.snapshot().unwrap();
    let mut out: Vec<String> = snapshot.all().unwrap().iter().map(crate::fold::Bead::title).collect();
    out.sort();
    out
}

fn object(lab: &Lab, rev: &str) -> std::path::PathBuf {
    let id = lab.git(&["rev-parse", rev]);
    lab.repo.join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn empty(path: &std::path::Path) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, "").unwrap();
}

#[test]
fn a_deleted_state_ref_is_rebuilt_and_the_command_says_so() {
    let lab = Lab::new();
    for n in 0..3 {
        create(&lab.store(), &format!("bead {n}"));
    }
    let before = titles(&lab.store());
    lab.git(&["update-ref", "-d", STATE_REF]);
    let store = lab.store();
    let id = create(&store, "bead 3");
    assert!(store.take_notices().iter().any(|n| n.contains("was missing")));
    assert_eq!(titles(&lab.store()).len(), before.len() + 1);
    assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().count(), 4);
    set(&store, &id, "title", "bead 3b");
    assert_eq!(store.take_notices(), Vec::<String>::new(), "said once");
}

#[test]
fn a_state_ref_that_lost_commits_gets_them_back_even_when_the_journal_is_gone() {
    let lab = Lab::new();
    create(&lab.store(), "old");
    let old = lab.git(&["rev-parse", STATE_REF]);
    create(&lab.store(), "new");
    std::fs::remove_file(lab.beads_dir().join("journal")).unwrap();
    lab.git(&["update-ref", STATE_REF, &old]);
    let store = lab.store();
    create(&store, "newer");
    assert_eq!(titles(&lab.store()), ["new", "newer", "old"]);
    assert!(store.take_notices()[0].contains("lost commits"));
}

#[test]
fn what_a_power_loss_leaves_is_rebuilt_from_the_sync_point_and_the_journal() {
    for damage in 0..4 {
        let lab = Lab::new();
        let store = lab.store();
        create(&store, "before the point");
        store.make_sync_point(&store.lock().unwrap()).unwrap();
        create(&store, "after 1");
        create(&store, "after 2");
        let tree = format!("{STATE_REF}^{{tree}}");
        match damage {
            0 => empty(&object(&lab, STATE_REF)),
            1 => empty(&object(&lab, &tree)),
            2 => {
                let below = object(&lab, &format!("{STATE_REF}:.beads/events"));
                empty(&object(&lab, STATE_REF));
                empty(&below);
            }
            _ => std::fs::write(lab.repo.join(".git").join(STATE_REF), "").unwrap(),
        }
        drop(store);
        let opened = Store::open(lab.env(&[])).unwrap_or_else(|e| panic!("damage {damage}: {e} {:?}", e.hints));
        assert_eq!(titles(&opened), ["after 1", "after 2", "before the point"], "damage {damage}");
        assert!(!opened.take_notices().is_empty(), "damage {damage}");
        create(&lab.store(), "afterwards");
        lab.git(&["fsck", "--strict", "--no-dangling"]);
        assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().count(), 4, "damage {damage}");
    }
}

#[test]
fn a_packed_tip_is_not_read_again_until_its_pack_is_gone() {
    let lab = Lab::new();
    let store = lab.store();
    for n in 0..3 {
        create(&store, &format!("bead {n}"));
    }
    let before = titles(&store);
    store.git().pack_reachable(store.git().tip(STATE_REF).unwrap().unwrap(), None).unwrap();
    let note = lab.beads_dir().join("cache/packed");
    let tip = lab.git(&["rev-parse", STATE_REF]);
    assert_eq!(titles(&lab.store_opened()), before);
    assert!(std::fs::read_to_string(&note).unwrap().starts_with(&tip));
    // A torn note, and one of another tip, are none.
    for odd in ["", "x", &tip, &format!("{tip} pack-x 10 .\n"), &format!("{tip} ../../x 10 .\n")] {
        std::fs::write(&note, odd).unwrap();
        assert_eq!(titles(&lab.store_opened()), before);
        let text = std::fs::read_to_string(&note).unwrap();
        assert!(text.starts_with(&format!("{tip} pack-")) && text.ends_with(" .\n") && !text.contains("pack-x"), "{text}");
    }
    // The journal brings back what went with the pack.
    for file in std::fs::read_dir(lab.repo.join(".git/objects/pack")).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let store = lab.store_opened();
    assert!(!store.take_notices().is_empty(), "it says what it did");
    assert_eq!(titles(&store), before);
}

#[test]
fn a_damaged_blob_deeper_down_is_mended_when_asked() {
    let lab = Lab::new();
    let store = lab.store();
    create(&store, "one");
    create(&store, "two");
    let name = lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().next().unwrap().to_owned();
    empty(&object(&lab, &format!("{STATE_REF}:{name}")));
    drop(store);
    // A fresh cache answers without the blob; everything read in full does not.
    assert!(crate::store::Snapshot::in_full(&lab.store()).is_err());
    let store = lab.store();
    store.recover_deep(&store.lock().unwrap()).unwrap();
    assert_eq!(titles(&lab.store()), ["one", "two"]);
    lab.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn a_sync_point_is_made_every_64_mutations_and_the_journal_stays_until_it_may_go() {
    let lab = Lab::new();
    let id = create(&lab.store(), "a bead");
    for n in 0..62 {
        set(&lab.store(), &id, "title", &format!("title {n}"));
    }
    assert_eq!(lab.store().sync_point().tip, None);
    set(&lab.store(), &id, "title", "the 64th");
    let store = lab.store();
    assert_eq!(store.sync_point().tip.map(|t| t.to_string()), Some(lab.git(&["rev-parse", STATE_REF])));
    let journal = Journal::new(&lab.beads_dir());
    let len = journal.len();
    let lock = store.lock().unwrap();
    store.trim_journal(&lock, Spot::default(), &|_| false).unwrap();
    assert_eq!(journal.len(), len, "nobody else holds it");
    let half = spot_after(&journal, 31);
    let elsewhere = Spot { end: half.end + 1, ..half };
    store.trim_journal(&lock, elsewhere, &|_| false).unwrap();
    assert_eq!(journal.len(), len, "a place of another journal says nothing about this one");
    store.trim_journal(&lock, half, &|_| false).unwrap();
    assert_eq!(journal.read().unwrap().records.len(), 32);
    drop(lock);
    set(&lab.store(), &id, "title", "goes on");
    assert_eq!(journal.read().unwrap().records.len(), 33);
    assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().count(), 65);
    trim_at(&lab, "2040-01-01T00:00:00Z");
    trim_at(&lab, "2040-01-01T23:00:00Z");
    assert_eq!(journal.read().unwrap().records.len(), 33, "seen to be old for less than a day");
    trim_at(&lab, "2040-01-02T00:00:00Z");
    assert_eq!(journal.len(), 0, "after 30 days it goes even where nobody publishes");
    assert!(files(&lab.beads_dir()) < 10);
}

/// Where the record with a number ends.
fn spot_after(journal: &Journal, number: usize) -> Spot {
    let records = journal.read().unwrap().records;
    let bytes = std::fs::read(journal.path()).unwrap();
    let copy = tempfile::tempdir().unwrap();
    std::fs::write(copy.path().join("journal"), &bytes[..records[number].end as usize]).unwrap();
    Journal::new(copy.path()).read().unwrap().spot
}

/// What a sync of a clone that does not publish does at the end.
fn trim_at(lab: &Lab, now: &str) {
    let late = lab.store_with(&[("BD_NOW", now)]);
    let lock = late.lock().unwrap();
    late.commit_pending(&lock).unwrap();
    late.make_sync_point(&lock).unwrap();
    late.trim_journal(&lock, Spot::default(), &|_| true).unwrap();
}

#[test]
fn a_clock_that_was_in_2040_for_a_moment_takes_nothing_from_the_journal() {
    let lab = Lab::new();
    let journal = Journal::new(&lab.beads_dir());
    let at = |now: &str| lab.store_with(&[("BD_NOW", now)]);
    create(&at("2026-01-01T00:00:00Z"), "one");
    for now in ["2040-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2040-01-03T00:00:00Z", "2026-01-03T00:00:00Z"] {
        trim_at(&lab, now);
        assert_eq!(journal.read().unwrap().records.len(), 1, "{now}");
    }
    create(&at("2026-01-04T00:00:00Z"), "two");
    // Old for two days, and then the clock jumps: what was not old before stays.
    trim_at(&lab, "2026-02-01T00:00:00Z");
    trim_at(&lab, "2040-02-03T00:00:00Z");
    assert!(journal.read().unwrap().records.iter().any(|r| String::from_utf8_lossy(&r.bytes).contains("two")));
    // The copy that is left brings everything back.
    lab.git(&["update-ref", "-d", STATE_REF]);
    create(&at("2026-02-04T00:00:00Z"), "three");
    assert_eq!(titles(&lab.store()), ["one", "three", "two"]);
}

#[test]
fn while_a_gc_runs_the_journal_lets_nothing_go() {
    let lab = Lab::new();
    create(&lab.store(), "one");
    let journal = Journal::new(&lab.beads_dir());
    let store = lab.store();
    let lock = store.lock().unwrap();
    store.make_sync_point(&lock).unwrap();
    let all = journal.read().unwrap().spot;
    std::fs::write(lab.repo.join(".git/gc.pid"), "1 here").unwrap();
    store.trim_journal(&lock, all, &|_| false).unwrap();
    assert_eq!(journal.read().unwrap().records.len(), 1);
    std::fs::remove_file(lab.repo.join(".git/gc.pid")).unwrap();
    store.trim_journal(&lock, all, &|_| false).unwrap();
    assert_eq!(journal.len(), 0);
}

#[test]
fn a_mark_in_the_middle_of_a_record_cuts_nothing() {
    let lab = Lab::new();
    for n in 0..3 {
        create(&lab.store(), &format!("bead {n}"));
    }
    let marks = lab.beads_dir().join("marks/committed");
    let text = std::fs::read_to_string(&marks).unwrap();
    let words: Vec<&str> = text.split(' ').collect();
    let journal = Journal::new(&lab.beads_dir());
    let records = journal.read().unwrap().records;
    for (n, end) in [records[0].end + 7, records[1].end - 3, records[2].start + 1, records[2].end - 1].into_iter().enumerate() {
        // With the checksum of another place, and as marks were before they had one.
        for rest in [words[2..].join(" "), format!("{} .\n", words[2])] {
            std::fs::write(&marks, format!("{} {end} {rest}", words[0])).unwrap();
            create(&lab.store(), &format!("after {n}"));
            let read = journal.read().unwrap();
            assert_eq!(read.damage, None, "a mark at {end}");
            assert!(read.records.starts_with(&records), "a mark at {end} cut what was promised");
        }
    }
    assert_eq!(journal.read().unwrap().records.len(), 11);
    lab.git(&["update-ref", "-d", STATE_REF]);
    std::fs::remove_dir_all(lab.beads_dir().join("marks")).unwrap();
    create(&lab.store(), "the last");
    assert_eq!(titles(&lab.store()).len(), 12, "the journal alone has them all");
}

#[test]
fn a_lock_that_a_dead_process_left_beside_a_missing_ref_holds_nobody_up() {
    for ahead in [false, true] {
        let lab = Lab::new();
        create(&lab.store(), "one");
        lab.git(&["update-ref", "-d", STATE_REF]);
        let lock = lab.repo.join(".git").join(format!("{STATE_REF}.lock"));
        std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
        std::fs::write(&lock, "").unwrap();
        let store = lab.store();
        assert_eq!(store.write(|_| Ok(())).map_err(|e| e.kind), Err(crate::error::ErrorKind::Locked), "a young one is respected");
        assert!(lock.exists());
        let file = std::fs::File::options().write(true).open(&lock).unwrap();
        let (now, minute) = (file.metadata().unwrap().modified().unwrap(), std::time::Duration::from_secs(60));
        file.set_modified(if ahead { now + 1000 * minute } else { now - minute }).unwrap();
        create(&lab.store(), "two");
        assert!(!lock.exists());
        assert_eq!(titles(&lab.store()), ["one", "two"]);
    }
}

#[test]
fn what_a_prune_took_for_garbage_is_written_again() {
    for upper in ["", "^{tree}", ":.beads", ":.beads/events"] {
        for deep in [false, true] {
            let lab = Lab::new();
            let store = lab.store();
            create(&store, "before the point");
            store.make_sync_point(&store.lock().unwrap()).unwrap();
            create(&store, "after");
            let name = lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().last().unwrap().to_owned();
            let mut gone = vec![object(&lab, &format!("{STATE_REF}:{name}"))];
            if deep {
                gone.push(object(&lab, &format!("{STATE_REF}{upper}")));
            }
            gone.iter().for_each(|path| std::fs::remove_file(path).unwrap());
            std::fs::remove_dir_all(lab.beads_dir().join("cache")).unwrap();
            assert_eq!(titles(&lab.store_opened()), ["after", "before the point"], "{upper} {deep}");
            create(&lab.store_opened(), "later");
            lab.git(&["fsck", "--strict", "--no-dangling"]);
            assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().count(), 3);
        }
    }
}

#[test]
fn a_sync_point_that_lost_an_object_gives_up_that_object_and_nothing_else() {
    let lab = Lab::new();
    let store = lab.store();
    for n in 0..3 {
        create(&store, &format!("bead {n}"));
    }
    let lock = store.lock().unwrap();
    store.make_sync_point(&lock).unwrap();
    let all = Journal::new(store.dir()).read().unwrap().spot;
    store.trim_journal(&lock, all, &|_| false).unwrap();
    drop(lock);
    let names = lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]);
    create(&store, "in the journal");
    let lost = names.lines().next().unwrap();
    std::fs::remove_file(object(&lab, &format!("{STATE_REF}:{lost}"))).unwrap();
    std::fs::remove_dir_all(lab.beads_dir().join("cache")).unwrap();
    let opened = lab.store_opened();
    let left = titles(&opened);
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left.contains(&"in the journal".to_owned()));
    assert!(!opened.take_notices().is_empty(), "and it is said");
    create(&lab.store_opened(), "it goes on");
}

#[test]
fn a_hole_in_old_history_stops_nobody_who_mends_what_is_new() {
    let lab = Lab::new();
    let store = lab.store();
    create(&store, "old");
    let hole = object(&lab, &format!("{STATE_REF}^{{tree}}"));
    create(&store, "at the point");
    store.make_sync_point(&store.lock().unwrap()).unwrap();
    create(&store, "new");
    let name = lab.git(&["diff", "--name-only", &format!("{STATE_REF}~1"), STATE_REF]);
    for path in [hole, object(&lab, &format!("{STATE_REF}:{}", name.trim())), object(&lab, &format!("{STATE_REF}^{{tree}}"))] {
        std::fs::remove_file(path).unwrap();
    }
    std::fs::remove_dir_all(lab.beads_dir().join("cache")).unwrap();
    assert_eq!(titles(&lab.store_opened()), ["at the point", "new", "old"]);
    create(&lab.store_opened(), "later");
    lab.git(&["fsck", "--strict", "--no-dangling"]);
    assert_eq!(titles(&lab.store_opened()).len(), 4);
}

#[test]
fn a_moved_clone_keeps_its_name_and_a_copied_one_gets_another() {
    let lab = Lab::new();
    create(&lab.store(), "one");
    let id = lab.store().clone_id().unwrap();
    let at = |repo: &std::path::Path| {
        let env = crate::env::Env::new(repo.to_owned(), lab.env(&[]).vars().clone());
        let env = std::sync::Arc::new(env);
        let git = std::sync::Arc::from(crate::git::open(&env).unwrap());
        Store::attach(env, git).unwrap().clone_id().unwrap()
    };
    let (moved, copied) = (lab.repo.with_file_name("moved to"), lab.repo.with_file_name("copied"));
    std::fs::rename(&lab.repo, &moved).unwrap();
    assert_eq!(at(&moved), id, "a moved folder is the same clone");
    let status = std::process::Command::new("cp").arg("-a").arg(&moved).arg(&copied).status().unwrap();
    assert!(status.success());
    let other = at(&copied);
    assert_ne!(other, id, "a copy is another clone");
    assert_eq!((at(&copied), at(&moved)), (other.clone(), id.clone()), "both keep what they have");
    // As on another machine, where nothing is at the place that the copy names.
    let (far, farther) = (lab.repo.with_file_name("far"), lab.repo.with_file_name("farther"));
    let status = std::process::Command::new("cp").arg("-a").arg(&moved).arg(&far).status().unwrap();
    assert!(status.success());
    std::fs::rename(&moved, &farther).unwrap();
    assert_ne!(at(&far), id, "a copy whose original cannot be seen is another clone all the same");
    std::fs::rename(&farther, &moved).unwrap();
    assert_eq!(at(&moved), id);
    // The original goes; the copy that was renamed long ago takes nothing over.
    std::fs::remove_dir_all(&moved).unwrap();
    assert_eq!(at(&copied), other);
    #[cfg(unix)]
    {
        let link = lab.repo.with_file_name("link");
        std::os::unix::fs::symlink(&copied, &link).unwrap();
        assert_eq!(at(&link), other, "another path to the same folder");
    }
}

#[test]
fn a_look_after_the_ref_was_deleted_is_no_empty_list() {
    let lab = Lab::new();
    let store = lab.store();
    create(&store, "one");
    let lock = store.lock().unwrap();
    store.make_sync_point(&lock).unwrap();
    let all = Journal::new(store.dir()).read().unwrap().spot;
    store.trim_journal(&lock, all, &|_| false).unwrap();
    drop(lock);
    lab.git(&["update-ref", "-d", STATE_REF]);
    let opened = lab.store_opened();
    assert_eq!(titles(&opened), ["one"], "what the journal let go of is still in the objects");
    assert!(opened.take_notices().iter().any(|n| n.contains("was missing")));
    // Where the ref cannot be made, a look says so and goes on.
    lab.git(&["update-ref", "-d", STATE_REF]);
    std::fs::create_dir_all(lab.repo.join(".git/refs/beads")).unwrap();
    std::fs::write(lab.repo.join(".git").join(format!("{STATE_REF}.lock")), "").unwrap();
    let opened = lab.store_opened();
    assert!(opened.take_notices().iter().any(|n| n.contains("could not be rebuilt yet")));
}
