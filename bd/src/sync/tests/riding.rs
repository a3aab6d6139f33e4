use super::*;
use crate::error::ErrorKind;
use crate::sync::pack_rides::pack_rides;
use crate::sync::ride::{RideOptions, ride};

impl Clone {
    fn user_state(&self, world: &World) -> String {
        ["status --porcelain=v2", "diff", "diff --cached", "ls-files --stage -- :!.beads"]
            .map(|args| world.git(&self.repo, &args.split(' ').collect::<Vec<_>>()))
            .join("\n--\n")
    }
}

#[test]
fn a_ride_is_one_commit_with_one_file_and_leaves_the_users_work_alone() {
    let world = World::new();
    let ann = world.clone("ann");
    let id = ann.create("mine");
    ann.create("another bead");
    world.git(&ann.repo, &["switch", "-q", "-c", "feature"]);
    world.git(&ann.repo, &["commit", "-q", "--allow-empty", "-m", &format!("Do it\n\nBead: {id}")]);
    std::fs::write(ann.repo.join("staged"), "1\n").unwrap();
    world.git(&ann.repo, &["add", "staged"]);
    std::fs::write(ann.repo.join("staged"), "2\n").unwrap();
    let (before, head) = (ann.user_state(&world), world.git(&ann.repo, &["rev-parse", "HEAD"]));
    let done = ride(&ann.store(), &RideOptions::default()).unwrap();
    assert_eq!((done.events, done.branch.as_str(), done.beads.clone()), (1, "feature", vec![id.clone()]));
    assert_eq!(ann.user_state(&world), before);
    assert_eq!(world.git(&ann.repo, &["rev-parse", "HEAD^"]), head);
    let changed = world.git(&ann.repo, &["show", "--format=", "--name-status", "HEAD"]);
    assert_eq!(changed, format!("A\t{}", done.path.clone().unwrap()));
    assert!(world.git(&ann.repo, &["log", "-1", "--format=%B"]).contains(&format!("Bead: {id}")));
    // Nothing new: nothing rides.
    let again = ride(&ann.store(), &RideOptions::default()).unwrap();
    assert_eq!((again.path, again.commit), (None, None));
    ann.set(&id, "priority", Value::of(&1));
    assert_eq!(ride(&ann.store(), &RideOptions { dry_run: true, ..Default::default() }).unwrap().commit, None);
    assert_eq!(ride(&ann.store(), &RideOptions::default()).unwrap().events, 1);
    let all = ride(&ann.store(), &RideOptions { all: true, ..Default::default() }).unwrap();
    assert_eq!(all.events, 1, "the other bead");
    world.git(&ann.repo, &["fsck", "--strict"]);
}

#[test]
fn a_ride_is_refused_where_there_is_no_branch_to_stand_on() {
    let world = World::new();
    let ann = world.clone("ann");
    let id = ann.create("mine");
    let options = RideOptions { beads: vec![id.clone()], ..Default::default() };
    let nameless = ride(&ann.store(), &RideOptions::default()).unwrap();
    assert_eq!((nameless.nameless, nameless.commit), (true, None), "nothing names a bead");
    let head = world.git(&ann.repo, &["rev-parse", "HEAD"]);
    world.git(&ann.repo, &["switch", "-q", "--detach"]);
    assert!(ride(&ann.store(), &options).unwrap_err().message.contains("detached"));
    world.git(&ann.repo, &["switch", "-q", "main"]);
    std::fs::write(ann.repo.join(".git/MERGE_HEAD"), format!("{head}\n")).unwrap();
    let error = ride(&ann.store(), &options).unwrap_err();
    assert_eq!((error.kind, error.message.contains("merge")), (ErrorKind::Conflict, true));
    std::fs::remove_file(ann.repo.join(".git/MERGE_HEAD")).unwrap();
    assert_eq!(world.git(&ann.repo, &["rev-parse", "main"]), head);
    assert_eq!(world.git(&ann.repo, &["status", "--porcelain"]), "");
}

#[test]
fn rides_on_the_default_branch_become_state_and_a_revert_takes_no_fact_back() {
    let world = World::new();
    let (ann, bob) = (world.clone_quietly("ann"), world.clone("bob"));
    let id = ann.create("by pull request");
    ann.set(&id, "priority", Value::of(&1));
    world.git(&ann.repo, &["switch", "-q", "-c", "feature"]);
    ride(&ann.store(), &RideOptions { beads: vec![id.clone()], ..Default::default() }).unwrap();
    world.git(&ann.repo, &["push", "-q", "origin", "feature:main"]);
    world.git(&bob.repo, &["pull", "-q"]);
    assert_eq!(bob.titles(), ["by pull request"]);
    assert_eq!(bob.sync().unwrap().published, 2);
    world.git(&bob.repo, &["revert", "--no-edit", "HEAD"]);
    world.git(&bob.repo, &["push", "-q"]);
    assert!(!bob.repo.join(".beads/events").exists());
    assert_eq!(bob.titles(), ["by pull request"]);
    let zoe = world.clone("zoe");
    zoe.sync().unwrap();
    assert_eq!(zoe.titles(), ["by pull request"]);
    assert_eq!(zoe.lines(), (2, 2));
}

#[test]
fn rides_are_packed_on_the_default_branch_only_and_merge_with_branches_that_still_have_them() {
    let world = World::new();
    let ann = world.clone("ann");
    let one = ann.create("one");
    ride(&ann.store(), &RideOptions { beads: vec![one.clone()], ..Default::default() }).unwrap();
    world.git(&ann.repo, &["push", "-q"]);
    world.git(&ann.repo, &["branch", "-q", "feature"]);
    let two = ann.create("two");
    ride(&ann.store(), &RideOptions { beads: vec![two], ..Default::default() }).unwrap();
    let packed = pack_rides(&ann.store(), false).unwrap();
    assert_eq!((packed.files, packed.events), (2, 2));
    let files = world.git(&ann.repo, &["ls-tree", "-r", "--name-only", "HEAD", ".beads"]);
    assert_eq!(files, packed.path.unwrap());
    assert_eq!(world.git(&ann.repo, &["status", "--porcelain"]), "");
    assert!(world.git(&ann.repo, &["show", &format!("HEAD:{files}")]).lines().all(|l| l.starts_with(" {") || l.starts_with('{')));
    assert_eq!(pack_rides(&ann.store(), false).unwrap().commit, None, "one file stays as it is");
    world.git(&ann.repo, &["switch", "-q", "feature"]);
    assert_eq!(pack_rides(&ann.store(), false).unwrap_err().kind, ErrorKind::Usage);
    ann.set(&one, "priority", Value::of(&3));
    ride(&ann.store(), &RideOptions { beads: vec![one], ..Default::default() }).unwrap();
    world.git(&ann.repo, &["merge", "-q", "--no-edit", "main"]);
    assert_eq!(world.git(&ann.repo, &["ls-tree", "-r", "--name-only", "HEAD", ".beads"]).lines().count(), 2);
    assert_eq!(ann.titles(), ["one", "two"]);
}
