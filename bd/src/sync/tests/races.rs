use super::*;
use crate::fold::Holding;
use crate::model::{Actor, Claim};

impl Clone {
    pub(super) fn claim_until(&self, id: &BeadId, until: &str, now: &str) {
        let make = |tx: &mut crate::store::Tx<'_>| {
            let bead = tx.bead(id)?.unwrap();
            let mut event: Event = tx.event(id, Kind::CLAIM)?;
            let claim = Claim { holder: Some(tx.actor().clone()), epoch: 1, until: crate::model::parse_time(until) };
            event.set.set("claim", Value::of(&claim));
            event.set.set("status", Value::text("in_progress"));
            event.on = bead.heads(["claim", "status"]);
            tx.push(event);
            Ok(())
        };
        self.store_at(now).write(make).unwrap();
    }

    fn claim(&self, id: &BeadId) {
        self.claim_until(id, "2026-02-01T00:00:00Z", "2026-01-02T03:04:05Z");
    }

    fn holder(&self, id: &BeadId) -> Option<Actor> {
        match self.store().snapshot().unwrap().bead(id).unwrap().unwrap().holding() {
            Holding::Held(claim) => claim.holder,
            Holding::Free => None,
            Holding::Contested(_) => Some(Actor::new("contested")),
        }
    }
}

#[test]
fn of_two_claims_the_published_one_wins_in_both_orders_and_the_loser_is_told_who_won() {
    for first in [0, 1] {
        let world = World::new();
        let clones = [world.clone("ann"), world.clone("bob")];
        let id = clones[0].create("wanted");
        clones[0].sync().unwrap();
        clones[1].sync().unwrap();
        clones[0].claim(&id);
        clones[1].claim(&id);
        let (winner, loser) = (&clones[first], &clones[1 - first]);
        assert_eq!(winner.sync().unwrap().lost, []);
        let lost = loser.sync().unwrap().lost;
        assert_eq!(lost.len(), 1);
        assert_eq!((lost[0].winner.as_str(), lost[0].ours.as_str()), (winner.name.as_str(), loser.name.as_str()));
        assert_eq!(winner.sync().unwrap().lost, []);
        for clone in &clones {
            assert_eq!(clone.holder(&id), Some(Actor::new(&winner.name)));
            assert!(clone.store().snapshot().unwrap().bead(&id).unwrap().unwrap().conflicts().is_empty());
        }
        assert_eq!(loser.sync().unwrap().lost, [], "told once");
    }
}

#[test]
fn a_published_claim_that_has_ended_is_taken_over() {
    let world = World::new();
    let (ann, bob) = (world.clone("ann"), world.clone("bob"));
    let id = ann.create("wanted");
    ann.sync().unwrap();
    bob.sync().unwrap();
    ann.claim_until(&id, "2026-01-02T04:00:00Z", "2026-01-02T03:04:05Z");
    ann.sync().unwrap();
    bob.claim_until(&id, "2026-02-01T00:00:00Z", "2026-01-05T00:00:00Z");
    let report = crate::sync::sync(&bob.store_at("2026-01-05T00:00:01Z"), crate::sync::Options::default()).unwrap();
    assert_eq!(report.lost, []);
    ann.sync().unwrap();
    assert_eq!((ann.holder(&id), bob.holder(&id)), (Some(Actor::new("bob")), Some(Actor::new("bob"))));
}

#[test]
fn ten_clones_push_at_once_and_all_events_arrive() {
    let world = World::new();
    let clones: Vec<Clone> = (0..10).map(|n| world.clone(&format!("c{n}"))).collect();
    let start = std::sync::Barrier::new(clones.len());
    std::thread::scope(|scope| {
        for clone in &clones {
            let start = &start;
            scope.spawn(move || {
                clone.create(&format!("from {}", clone.name));
                start.wait();
                assert_eq!(clone.sync().unwrap().published, 1);
            });
        }
    });
    for clone in &clones {
        clone.sync().unwrap();
        assert_eq!(clone.titles().len(), 10);
        assert_eq!(clone.lines(), (10, 10));
    }
    assert_eq!(world.git(&world.remote(), &["rev-list", "--min-parents=2", "--count", "beads"]), "0");
}

#[test]
fn events_that_the_remote_lost_are_restored_counted_and_pushed_once() {
    let world = World::new();
    let (ann, bob) = (world.clone("ann"), world.clone("bob"));
    ann.create("one");
    ann.sync().unwrap();
    let early = world.published().unwrap();
    ann.create("two");
    ann.create("three");
    ann.sync().unwrap();
    bob.sync().unwrap();
    world.git(&world.remote(), &["update-ref", "refs/heads/beads", &early]);
    // The user's own fetch moves the tracking ref back before we look.
    world.git(&bob.repo, &["fetch", "-q", "origin", "+refs/heads/beads:refs/remotes/origin/beads"]);
    let report = bob.sync().unwrap();
    assert_eq!((report.restored, report.published, report.fetched), (2, 2, 0));
    let report = ann.sync().unwrap();
    assert_eq!((report.restored, report.published), (0, 0));
    world.git(&world.remote(), &["update-ref", "-d", "refs/heads/beads"]);
    let report = ann.sync().unwrap();
    assert_eq!((report.restored, report.published), (3, 3));
    assert_eq!(ann.titles(), ["one", "three", "two"]);
    assert_eq!(bob.sync().unwrap().restored, 0);
}

#[test]
fn a_stale_clone_cannot_bring_a_redacted_text_back() {
    let world = World::new();
    let (ann, bob, zoe) = (world.clone("ann"), world.clone("bob"), world.clone("zoe"));
    let id = ann.create("the password is hunter2");
    ann.sync().unwrap();
    zoe.sync().unwrap();
    bob.sync().unwrap();
    bob.set(&id, "title", Value::text("a title"));
    let secret = ann.store().snapshot().unwrap().events(&id).unwrap()[0].event.id;
    let done = crate::sync::redact::redact(&ann.store(), &[secret], Some("a secret")).unwrap();
    assert!(done.remains.iter().any(|r| r.contains("origin")), "{done:?}");
    ann.sync().unwrap();
    // The stale clone had packed the line into another file meanwhile.
    zoe.create("zoes own");
    let stale = zoe.store();
    let git = stale.git();
    let tip = git.tip(crate::store::STATE_REF).unwrap().unwrap();
    let files = crate::store::list_files(git, tip).unwrap();
    let mut bytes = Vec::new();
    let blobs: Vec<Vec<u8>> = files
        .iter()
        .map(|f| {
            git.read_blob(f.oid, &mut bytes).unwrap();
            bytes.clone()
        })
        .collect();
    let (name, pack) = crate::store::pack::seal_pack(blobs.iter().map(Vec::as_slice));
    let mut changes: crate::sync::union::Changes = files.iter().map(|f| (format!(".beads/{}", f.path()), None)).collect();
    changes.insert(format!(".beads/{}", name.state_path("events")), Some(git.write_blob(&pack).unwrap()));
    let tree = crate::store::edit_tree(git, Some(git.commit_tree(tip).unwrap()), &changes).unwrap();
    stale.commit_state(&stale.lock().unwrap(), Some(tip), tree, "pack".into()).unwrap();
    drop(stale);
    for clone in [&zoe, &bob, &ann, &zoe, &bob] {
        clone.sync().unwrap();
    }
    for clone in [&ann, &bob, &zoe] {
        assert_eq!(clone.titles(), ["a title", "zoes own"]);
        let tip = world.git(&clone.repo, &["archive", "refs/beads/state"]);
        assert!(!tip.contains("hunter2"), "{}", clone.name);
        let journal = std::fs::read_to_string(clone.repo.join(".git/beads/journal")).unwrap_or_default();
        assert!(!journal.contains("hunter2"), "{}", clone.name);
    }
    assert!(!world.git(&world.remote(), &["archive", "beads"]).contains("hunter2"));
}

#[test]
fn the_journal_lets_go_of_what_the_remote_has_and_of_nothing_else() {
    let world = World::new();
    let ann = world.clone("ann");
    let journal = || crate::store::Journal::new(&ann.repo.join(".git/beads")).read().unwrap().records.len();
    ann.create("one");
    crate::sync::sync(&ann.store(), crate::sync::Options { push: false, ..Default::default() }).unwrap();
    assert_eq!(journal(), 1);
    ann.sync().unwrap();
    assert_eq!(journal(), 0);
    ann.create("two");
    assert_eq!(journal(), 1);
    // Mirror fetch: every ref of ours is gone, and so are the objects.
    for name in ["refs/beads/state", "refs/beads/published"] {
        world.git(&ann.repo, &["update-ref", "-d", name]);
    }
    world.git(&ann.repo, &["reflog", "expire", "--expire=now", "--all"]);
    world.git(&ann.repo, &["gc", "-q", "--prune=now"]);
    ann.create("three");
    assert_eq!(ann.titles(), ["one", "three", "two"]);
    ann.sync().unwrap();
    assert_eq!(journal(), 0);
    assert_eq!(ann.titles(), ["one", "three", "two"]);
}
