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
