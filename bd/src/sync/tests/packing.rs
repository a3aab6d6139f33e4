use super::*;

/// Three clones with more than 256 files each, one of which stays away for a while.
#[test]
fn clones_that_pack_and_a_stale_one_converge_with_no_line_stored_twice() {
    let world = World::new();
    let clones = [world.clone("ann"), world.clone("bob"), world.clone("zoe")];
    for clone in &clones {
        for n in 0..90 {
            clone.create(&format!("{} {n}", clone.name));
        }
    }
    let [ann, bob, zoe] = &clones;
    for clone in [ann, bob, ann] {
        clone.sync().unwrap();
    }
    zoe.sync().unwrap();
    let names = |clone: &Clone| world.git(&clone.repo, &["ls-tree", "-r", "--name-only", "refs/beads/state"]);
    assert_eq!(names(zoe).lines().count(), 1, "270 files became a pack");
    // Ann has not seen the pack, writes, and publishes onto it.
    ann.create("late");
    for clone in [ann, bob, zoe, ann, bob] {
        clone.sync().unwrap();
    }
    let tip = world.published();
    for clone in &clones {
        clone.sync().unwrap();
        assert_eq!(clone.lines(), (271, 271), "{}", clone.name);
        assert_eq!(names(clone), names(ann));
        assert_eq!(clone.titles().len(), 271);
    }
    assert_eq!(world.published(), tip, "nothing new, nothing pushed");
    assert_eq!(world.git(&world.remote(), &["ls-tree", "-r", "--name-only", "beads"]), names(ann));
}

#[test]
fn without_a_remote_many_loose_files_become_a_pack_too() {
    let world = World::new();
    let ann = world.clone("ann");
    world.git(&ann.repo, &["remote", "remove", "origin"]);
    for n in 0..257 {
        ann.create(&format!("bead {n}"));
    }
    ann.sync().unwrap();
    assert_eq!(world.git(&ann.repo, &["ls-tree", "-r", "--name-only", "refs/beads/state"]).lines().count(), 1);
    assert_eq!(ann.titles().len(), 257);
    ann.create("one more");
    ann.sync().unwrap();
    assert_eq!(ann.lines(), (258, 258));
}

#[test]
fn what_a_clone_wrote_alone_is_packed_without_a_sync_and_meets_the_others_packs() {
    let world = World::new();
    let (ann, bob) = (world.clone("ann"), world.clone("bob"));
    for n in 0..60 {
        ann.create(&format!("shared {n}"));
    }
    ann.sync().unwrap();
    bob.sync().unwrap();
    let names = |clone: &Clone| world.git(&clone.repo, &["ls-tree", "-r", "--name-only", "refs/beads/state"]);
    for clone in [&ann, &bob] {
        for n in 0..68 {
            clone.create(&format!("{} {n}", clone.name));
        }
        let before = world.git(&clone.repo, &["rev-parse", "refs/beads/state"]);
        assert!(!crate::sync::tidy::pack_loose(&clone.store()).unwrap(), "128 are not many");
        assert_eq!(world.git(&clone.repo, &["rev-parse", "refs/beads/state"]), before);
        clone.create("one more");
        let titles = clone.titles();
        assert!(crate::sync::tidy::pack_loose(&clone.store()).unwrap());
        assert_eq!(names(clone).lines().count(), 1, "129 files became a pack");
        assert_eq!((clone.lines(), clone.titles()), ((129, 129), titles));
        assert!(!crate::sync::tidy::pack_loose(&clone.store()).unwrap(), "nothing is left to do");
        clone.create("after it");
        assert_eq!(clone.lines(), (130, 130));
    }
    for clone in [&ann, &bob, &ann, &bob] {
        clone.sync().unwrap();
    }
    assert_eq!((ann.lines(), ann.titles().len()), ((200, 200), 200));
    assert_eq!((names(&ann), ann.titles()), (names(&bob), bob.titles()));
    assert_eq!(world.git(&world.remote(), &["ls-tree", "-r", "--name-only", "beads"]), names(&ann));
}

#[test]
fn a_spoiled_file_gets_into_no_pack() {
    let world = World::new();
    let ann = world.clone("ann");
    for n in 0..129 {
        ann.create(&format!("bead {n}"));
    }
    let store = ann.store();
    let git = store.git();
    let tip = git.tip(crate::store::STATE_REF).unwrap().unwrap();
    let first = crate::store::list_files(git, tip).unwrap().remove(0);
    let path = format!(".beads/{}", first.path());
    let spoiled = git.write_blob(b"<<<<<<<\n").unwrap();
    let root = git.commit_tree(tip).unwrap();
    let tree = crate::store::edit_tree(git, Some(root), &BTreeMap::from([(path.clone(), Some(spoiled))])).unwrap();
    let commit = world.git(&ann.repo, &["commit-tree", "-m", "bad", "-p", &tip.to_string(), &tree.to_string()]);
    world.git(&ann.repo, &["update-ref", "refs/beads/state", &commit]);
    let error = crate::sync::tidy::pack_loose(&ann.store()).unwrap_err();
    assert!(error.kind == crate::error::ErrorKind::Damaged && error.message.contains(&path[7..]), "{error}");
    assert_eq!(world.git(&ann.repo, &["rev-parse", "refs/beads/state"]), commit, "nothing was changed");
}
