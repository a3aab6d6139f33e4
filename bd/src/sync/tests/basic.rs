use super::*;
use crate::error::ErrorKind;
use crate::sync::{Choice, Why};

#[test]
fn two_clones_see_each_other_and_nothing_is_pushed_when_nothing_is_new() {
    let world = World::new();
    let (ann, bob) = (world.clone("ann"), world.clone("bob"));
    ann.create("from ann");
    let report = ann.sync().unwrap();
    assert_eq!((report.published, report.fetched, report.first, report.unpublished), (1, 0, true, 0));
    bob.create("from bob");
    assert_eq!(bob.titles(), ["from bob"]);
    let report = bob.sync().unwrap();
    assert_eq!((report.published, report.fetched), (1, 1));
    assert_eq!(bob.titles(), ["from ann", "from bob"]);
    let report = ann.sync().unwrap();
    assert_eq!((report.published, report.fetched, report.first), (0, 1, false));
    assert_eq!(ann.titles(), bob.titles());
    let before = world.published();
    for clone in [&ann, &bob, &ann] {
        let report = clone.sync().unwrap();
        assert_eq!((report.published, report.fetched, report.unpublished), (0, 0, 0));
    }
    assert_eq!(world.published(), before, "nothing new, nothing pushed");
    assert_eq!(ann.lines(), (2, 2));
    // One parent each: linear-history rules are content, and the branch has nothing but events.
    assert_eq!(world.git(&world.remote(), &["rev-list", "--max-parents=1", "--count", "beads"]), "2");
    let names = world.git(&world.remote(), &["ls-tree", "-r", "--name-only", "beads"]);
    assert!(names.lines().all(|l| l.starts_with(".beads/events/")), "{names}");
}

#[test]
fn an_edit_on_both_sides_is_a_visible_conflict_and_both_have_it() {
    let world = World::new();
    let (ann, bob) = (world.clone("ann"), world.clone("bob"));
    let id = ann.create("shared");
    ann.sync().unwrap();
    bob.sync().unwrap();
    ann.set(&id, "title", Value::text("anns"));
    bob.set(&id, "title", Value::text("bobs"));
    ann.sync().unwrap();
    bob.sync().unwrap();
    ann.sync().unwrap();
    let conflicts = |c: &Clone| c.store().snapshot().unwrap().bead(&id).unwrap().unwrap().conflicts();
    assert_eq!(conflicts(&ann).len(), 1);
    assert_eq!(conflicts(&ann), conflicts(&bob));
}

#[test]
fn without_a_remote_it_is_committed_locally() {
    let world = World::new();
    let ann = world.clone("ann");
    world.git(&ann.repo, &["remote", "remove", "origin"]);
    ann.create("alone");
    let report = ann.sync().unwrap();
    assert_eq!((report.remote, report.publishing), (None, Choice::Off(Why::NoRemote)));
    assert_eq!(ann.titles(), ["alone"]);
    assert_eq!(world.published(), None);
}

#[test]
fn publishing_is_chosen_and_a_fork_publishes_nothing() {
    let world = World::new();
    let ann = world.clone("ann");
    ann.create("from ann");
    ann.sync().unwrap();
    let fork = world.clone_quietly("fork");
    fork.create("from the fork");
    let before = world.published();
    let report = fork.sync().unwrap();
    assert_eq!(report.publishing, Choice::Off(Why::NotListed));
    assert_eq!((report.fetched, report.published, report.unpublished), (1, 0, 1));
    assert_eq!(fork.titles(), ["from ann", "from the fork"]);
    world.git(&fork.repo, &["config", "beads.share", "true"]);
    world.git(&fork.repo, &["config", "remote.origin.mirror", "true"]);
    assert_eq!(fork.sync().unwrap().publishing, Choice::Off(Why::Mirror));
    world.git(&fork.repo, &["config", "remote.origin.mirror", "false"]);
    world.git(&fork.repo, &["config", "remote.origin.pushurl", "file:///elsewhere.git"]);
    assert_eq!(fork.sync().unwrap().publishing, Choice::Off(Why::PushesElsewhere));
    assert_eq!(world.published(), before);
}

#[test]
fn an_empty_remote_gets_no_first_branch_from_us() {
    let world = World::new();
    world.git(&world.remote(), &["update-ref", "-d", "refs/heads/main"]);
    let ann = world.clone("ann");
    ann.create("waits");
    let error = ann.sync().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Remote);
    assert!(error.message.contains("no other branch"), "{error}");
    assert_eq!(world.published(), None);
    assert_eq!(ann.titles(), ["waits"]);
    // Only its own branch there is the same: somebody deleted the code.
    world.git(&ann.repo, &["commit", "-q", "--allow-empty", "-m", "code"]);
    world.git(&ann.repo, &["push", "-q", "origin", "HEAD:main"]);
    assert_eq!(ann.sync().unwrap().published, 1);
}

#[test]
fn a_refusal_is_told_from_a_lost_race_and_changes_nothing_here() {
    let world = World::new();
    let (ann, bob) = (world.clone("ann"), world.clone("bob"));
    ann.create("one");
    ann.sync().unwrap();
    bob.sync().unwrap();
    let hook = world.remote().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho protected branch >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    bob.create("two");
    let (before, titles) = (world.published(), bob.titles());
    let error = bob.sync().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Remote);
    assert!(error.message.contains("refuses") && error.message.contains("protected branch"), "{error}");
    assert_eq!((world.published(), bob.titles()), (before, titles));
    std::fs::remove_file(&hook).unwrap();
    std::fs::rename(world.remote(), world.path("gone.git")).unwrap();
    let error = bob.sync().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Remote);
    assert!(error.message.contains("asking the remote"), "{error}");
    std::fs::rename(world.path("gone.git"), world.remote()).unwrap();
    assert_eq!(bob.sync().unwrap().published, 1);
}

#[test]
fn what_was_put_there_by_hand_is_left_out_and_our_own_foreign_files_stay() {
    let world = World::new();
    let (ann, bob) = (world.clone("ann"), world.clone("bob"));
    ann.create("one");
    ann.sync().unwrap();
    let hand = world.path("hand");
    world.git(&world.path("seed"), &["fetch", "-q", "origin", "beads"]);
    world.git(&world.path("seed"), &["worktree", "add", "-q", hand.to_str().unwrap(), "FETCH_HEAD"]);
    std::fs::write(hand.join("README.md"), "by hand\n").unwrap();
    std::fs::write(hand.join(".beads/events/notes.txt"), "by hand\n").unwrap();
    world.git(&hand, &["add", "."]);
    world.git(&hand, &["commit", "-qm", "by hand"]);
    world.git(&hand, &["push", "-q", "origin", "HEAD:beads"]);
    let by_hand = world.published();
    let report = bob.sync().unwrap();
    assert_eq!((report.fetched, report.published, report.left_out.len()), (1, 0, 2));
    assert_eq!(world.published(), by_hand, "no push for that alone");
    bob.create("two");
    bob.sync().unwrap();
    let names = world.git(&world.remote(), &["ls-tree", "-r", "--name-only", "beads"]);
    assert_eq!((names.lines().count(), names.contains("by hand") || names.contains("README")), (2, false), "{names}");
}
