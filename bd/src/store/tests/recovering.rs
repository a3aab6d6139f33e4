use super::{Lab, create, files, set};
use crate::store::{Journal, STATE_REF, Store};

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
    store.trim_journal(&lock, 0, &|_| false).unwrap();
    assert_eq!(journal.len(), len, "nobody else holds it");
    let half = journal.read(0).unwrap().records[31].end;
    store.trim_journal(&lock, half, &|_| false).unwrap();
    assert_eq!(journal.read(0).unwrap().records.len(), 32);
    drop(lock);
    set(&lab.store(), &id, "title", "goes on");
    assert_eq!(journal.read(0).unwrap().records.len(), 33);
    assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().count(), 65);
    let late = lab.store_with(&[("BD_NOW", "2040-01-01T00:00:00Z")]);
    let lock = late.lock().unwrap();
    late.make_sync_point(&lock).unwrap();
    late.trim_journal(&lock, 0, &|_| false).unwrap();
    assert_eq!(journal.len(), 0, "after 30 days it goes even where nobody publishes");
    assert!(files(&lab.beads_dir()) < 10);
}
