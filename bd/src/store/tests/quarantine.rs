use super::{Lab, create};
use crate::error::ErrorKind;
use crate::git::Expected;
use crate::store::{STATE_REF, edit_tree};
use std::collections::BTreeMap;

/// Puts other bytes in the place of the first file of the state ref, as somebody's hand would.
fn spoil(lab: &Lab, change: impl Fn(&str) -> Vec<u8>) -> (String, Vec<u8>) {
    let path = lab.git(&["ls-tree", "-r", "--name-only", STATE_REF]).lines().next().unwrap().to_owned();
    let store = lab.store();
    let git = store.git();
    let tip = git.tip(STATE_REF).unwrap().unwrap();
    let root = git.commit_tree(tip).unwrap();
    let mut bytes = Vec::new();
    git.read_blob(git.entry_at(root, &path).unwrap().unwrap().oid, &mut bytes).unwrap();
    let spoiled = change(std::str::from_utf8(&bytes).unwrap());
    let tree = edit_tree(git, Some(root), &BTreeMap::from([(path.clone(), Some(git.write_blob(&spoiled).unwrap()))])).unwrap();
    let who = store.signature();
    let spec = crate::git::CommitSpec {
        tree,
        parents: vec![tip],
        author: who.clone(),
        committer: who,
        message: "by hand".into(),
        sign: false,
    };
    let new = git.write_commit(&spec).unwrap();
    git.update_ref(STATE_REF, Expected::Is(tip), Some(new), "by hand").unwrap();
    (path, spoiled)
}

#[test]
fn damaged_bytes_are_kept_good_lines_stay_and_undo_brings_back_exactly_what_was() {
    let spoils: [fn(&str) -> Vec<u8>; 4] = [
        |t| t.as_bytes()[..t.len() - 9].to_vec(),
        |t| [t.as_bytes(), b"\xff\xfe\n"].concat(),
        |t| format!("<<<<<<< a\n{t}>>>>>>> b\n").into_bytes(),
        |t| t.replace('\n', "\r\n").into_bytes(),
    ];
    for (number, change) in spoils.into_iter().enumerate() {
        let lab = Lab::new();
        let id = create(&lab.store(), "one");
        create(&lab.store(), "two");
        let (path, spoiled) = spoil(&lab, change);
        let refused = lab
            .store()
            .write(|tx| tx.mint(None).map(|id| tx.push(tx.event(&id, crate::model::Kind::CREATE).unwrap())))
            .unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Damaged, "{number}");
        let store = lab.store();
        let lock = store.lock().unwrap();
        let done = store.quarantine(&lock).unwrap();
        assert_eq!(done.len(), 1, "{number}");
        let kept = std::fs::read(lab.beads_dir().join("quarantine").join(done[0].kept_as.as_ref().unwrap())).unwrap();
        assert_eq!(kept, spoiled);
        let tip = lab.git(&["rev-parse", STATE_REF]);
        assert_eq!(store.quarantine(&lock).unwrap(), [], "twice is once");
        assert_eq!(lab.git(&["rev-parse", STATE_REF]), tip);
        let snapshot = lab.store().snapshot().unwrap();
        assert_eq!(snapshot.damage(), []);
        assert_eq!(snapshot.must(&id).unwrap().title(), "one", "{number}: the journal still has what the file lost");
        assert_eq!(store.undo_quarantine(&lock).unwrap(), [path.as_str()]);
        assert_eq!(lab.git(&["cat-file", "-s", &format!("{STATE_REF}:{path}")]), spoiled.len().to_string());
        assert!(!lab.store().snapshot().unwrap().damage().is_empty());
        assert_eq!(store.undo_quarantine(&lock).unwrap(), [""; 0]);
    }
}

#[test]
fn a_damaged_journal_is_kept_and_its_good_records_stay() {
    let lab = Lab::new();
    create(&lab.store(), "one");
    create(&lab.store(), "two");
    let journal = lab.beads_dir().join("journal");
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[90] ^= 1;
    std::fs::write(&journal, &bytes).unwrap();
    let store = lab.store();
    let lock = store.lock().unwrap();
    assert_eq!(store.quarantine(&lock).unwrap()[0].file, "journal");
    assert!(store.quarantine_names().iter().any(|n| n.starts_with("journal-")));
    drop(lock);
    create(&lab.store(), "three");
    assert_eq!(lab.store().snapshot().unwrap().all().unwrap().len(), 3);
}

/// The first object that was set aside, by the name of its bytes.
fn kept(lab: &Lab) -> String {
    std::fs::read_to_string(lab.beads_dir().join("quarantine/index")).unwrap().split(' ').next().unwrap().to_owned()
}

#[test]
fn a_torn_row_stops_nothing_and_is_gone_with_the_next_one() {
    let lab = Lab::new();
    let id = create(&lab.store(), "one");
    let index = lab.beads_dir().join("quarantine/index");
    std::fs::create_dir_all(index.parent().unwrap()).unwrap();
    for torn in [&b"abc12 .beads/ev"[..], b"\xff\0\0"] {
        std::fs::write(&index, torn).unwrap();
        let store = lab.store();
        let lock = store.lock().unwrap();
        assert_eq!(store.undo_quarantine(&lock).unwrap(), [""; 0], "there is none");
        let (path, _) = spoil(&lab, |t| format!("<<<<<<<\n{t}").into_bytes());
        assert_eq!(store.quarantine(&lock).unwrap().len(), 1);
        let rows = std::fs::read_to_string(&index).unwrap();
        assert_eq!(rows.lines().count(), 1, "{rows}");
        assert_eq!(lab.store().snapshot().unwrap().damage(), []);
        // Torn after a whole one.
        std::fs::write(&index, [rows.as_bytes(), torn].concat()).unwrap();
        assert_eq!(store.undo_quarantine(&lock).unwrap(), [path]);
        assert_eq!(std::fs::read(&index).unwrap(), b"");
        assert_eq!(lab.store().snapshot().unwrap().must(&id).unwrap().title(), "one");
        store.quarantine(&lock).unwrap();
    }
}

#[test]
fn what_is_gone_from_git_and_from_the_quarantine_is_not_taken_back() {
    let lab = Lab::new();
    let id = create(&lab.store(), "one");
    spoil(&lab, |t| format!("<<<<<<<\n{t}").into_bytes());
    let store = lab.store();
    let lock = store.lock().unwrap();
    let done = store.quarantine(&lock).unwrap();
    let oid = kept(&lab);
    std::fs::remove_file(lab.repo.join(".git/objects").join(&oid[..2]).join(&oid[2..])).unwrap();
    let copy = lab.beads_dir().join("quarantine").join(done[0].kept_as.as_ref().unwrap());
    let before = (lab.git(&["rev-parse", STATE_REF]), std::fs::read(lab.beads_dir().join("quarantine/index")).unwrap());
    let spoiled = std::fs::read(&copy).unwrap();
    for bytes in [None, Some(b"other bytes".as_slice())] {
        std::fs::remove_file(&copy).unwrap();
        if let Some(bytes) = bytes {
            std::fs::write(&copy, bytes).unwrap();
        }
        assert_eq!(lab.store().undo_quarantine(&lock).unwrap_err().kind, ErrorKind::Damaged);
        let now = (lab.git(&["rev-parse", STATE_REF]), std::fs::read(lab.beads_dir().join("quarantine/index")).unwrap());
        assert_eq!(now, before, "something was changed");
        assert_eq!(lab.store().snapshot().unwrap().must(&id).unwrap().title(), "one");
        std::fs::write(&copy, "").unwrap();
    }
    std::fs::write(&copy, spoiled).unwrap();
    assert_eq!(lab.store().undo_quarantine(&lock).unwrap().len(), 1);
    lab.git(&["cat-file", "-e", &oid]);
}

#[test]
fn a_file_that_is_damaged_in_another_way_by_now_loses_nothing() {
    let lab = Lab::new();
    let id = create(&lab.store(), "one");
    spoil(&lab, |t| t.as_bytes()[..t.len() - 9].to_vec());
    let store = lab.store();
    let lock = store.lock().unwrap();
    store.quarantine(&lock).unwrap();
    // The journal has brought it back, and somebody spoils it again.
    let (path, other) = spoil(&lab, |t| format!("{t}>>>>>>>\n").into_bytes());
    std::fs::write(lab.beads_dir().join("journal"), "").unwrap();
    assert_eq!(lab.store().undo_quarantine(&lock).unwrap(), [path]);
    assert_eq!(lab.store().snapshot().unwrap().must(&id).unwrap().title(), "one");
    let names = store.quarantine_names();
    let kept = |name: &String| std::fs::read(lab.beads_dir().join("quarantine").join(name)).is_ok_and(|b| b == other);
    assert!(names.iter().any(kept), "{names:?}");
}

#[test]
fn what_was_redacted_does_not_come_back() {
    let spoils: [fn(&str) -> Vec<u8>; 2] = [
        // The line itself is whole, or it is what is damaged.
        |t| [t.as_bytes(), b"\xff\xfe\n"].concat(),
        |t| t.as_bytes()[..t.len() - 3].to_vec(),
    ];
    for change in spoils {
        let lab = Lab::new();
        let id = create(&lab.store(), "a secret");
        spoil(&lab, change);
        let store = lab.store();
        let lock = store.lock().unwrap();
        store.quarantine(&lock).unwrap();
        drop(lock);
        let other = create(&lab.store(), "other");
        let event = |id| lab.store().snapshot().unwrap().events(id).unwrap()[0].event.id;
        crate::sync::redact::redact(&lab.store(), &[event(&other)], None).unwrap();
        let before = lab.git(&["rev-parse", STATE_REF]);
        let store = lab.store();
        let lock = store.lock().unwrap();
        assert_eq!(store.undo_quarantine(&lock).unwrap().len(), 1, "another redaction is no reason");
        assert_ne!(lab.git(&["rev-parse", STATE_REF]), before);
        store.quarantine(&lock).unwrap();
        drop(lock);
        crate::sync::redact::redact(&lab.store(), &[event(&id)], None).unwrap();
        let tip = lab.git(&["rev-parse", STATE_REF]);
        let store = lab.store();
        let lock = store.lock().unwrap();
        for _ in 0..2 {
            let refused = store.undo_quarantine(&lock).unwrap_err();
            assert_eq!(refused.kind, ErrorKind::Conflict);
            assert!(refused.message.contains("redacted"), "{}", refused.message);
        }
        assert_eq!(lab.git(&["rev-parse", STATE_REF]), tip);
        assert!(!lab.git(&["ls-tree", "-r", STATE_REF]).lines().any(|line| {
            let oid = line.split_whitespace().nth(2).unwrap();
            lab.git(&["cat-file", "-p", oid]).contains("a secret")
        }));
        assert_eq!(lab.store().snapshot().unwrap().damage(), []);
    }
}
