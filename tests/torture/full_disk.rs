//! A disk that is full, and one that takes only part of what a command writes.

use crate::verbs::{VERBS, Verb, World};
use bd_tests::{Mounts, Output, mount_disk, own_mounts, setting};
use std::io::Write as _;

/// What is left for the command: nothing, then ever more, so that it fails at another of its steps each time. KiB.
const ROOM: &[u64] = &[0, 4, 8, 12, 16, 24, 40];

/// The disk's filler: everything up to the last byte, then `kib` less.
fn fill(world: &World, kib: u64) {
    let path = world.sandbox.path("disk/filler");
    let mut file = std::fs::File::create(&path).unwrap();
    let mut size = 1 << 16;
    while size > 0 {
        match file.write(&vec![b'x'; size]) {
            Ok(n) if n > 0 => {}
            _ => size /= 2,
        }
    }
    let len = file.metadata().unwrap().len();
    file.set_len(len.saturating_sub(kib << 10)).unwrap();
}

fn make_room(world: &World) {
    std::fs::remove_file(world.sandbox.path("disk/filler")).unwrap();
}

/// Two lists of facts are the same; of a failure only those are shown that differ.
fn same(now: &[String], then: &[String], story: &str) {
    for (now, then) in now.iter().zip(then) {
        assert_eq!(now, then, "{story}");
    }
}

/// After a refused command: it said why with a code of the table, and nothing is changed; done again, it works.
fn judge(world: &World, verb: &Verb, story: &str, out: &Output, before: &[String], after: &[String]) -> bool {
    let now = world.facts();
    if out.succeeded() {
        same(&now, after, &format!("{story}: it says that it succeeded\n{out}"));
    } else {
        assert!([2, 8].contains(&out.code()), "{story}: not the code of a disk\n{out}");
        assert!(out.stderr().starts_with("error: ") && !out.stderr().contains("panicked"), "{story}\n{out}");
        assert!(out.code() != 8 || verb.steps, "{story}: the remote is not to blame\n{out}");
        if !verb.steps {
            same(&now, before, &format!("{story}: refused, and something changed\n{out}"));
        }
    }
    assert_eq!(world.litter(), [""; 0], "{story}: left behind\n{out}");
    if !out.succeeded() {
        let again = if out.stderr().contains("redaction holds") { world.act_again(verb) } else { world.act(verb) };
        assert!(again.succeeded(), "{story}: with room again\n{again}");
        same(&world.facts(), after, &format!("{story}: done again\n{out}\n{again}"));
    }
    let fsck = world.ann.git(&["fsck", "--no-dangling", "--no-progress"]);
    assert!(fsck.succeeded(), "{story}:\n{fsck}");
    world.ann.bd(&["doctor"]).ok();
    out.succeeded()
}

// goal: X2 tier1
#[test]
fn on_a_full_disk_every_writing_verb_says_so_and_changes_nothing() {
    if own_mounts("full_disk::on_a_full_disk_every_writing_verb_says_so_and_changes_nothing") != Mounts::Here {
        return;
    }
    let world = World::new(|disk| mount_disk(disk, 8 << 10));
    let all = setting("BD_TEST_ALL_ROOMS").is_some();
    let before = world.facts();
    let mut refused = 0;
    for (index, verb) in VERBS.iter().enumerate() {
        world.put_back();
        world.act(verb).ok();
        let after = world.facts();
        // Nothing left, and one amount of room in turn; `BD_TEST_ALL_ROOMS=1` tries them all.
        let turn = 1 + index % (ROOM.len() - 1);
        for (n, kib) in ROOM.iter().enumerate().filter(|(n, _)| all || *n == 0 || *n == turn) {
            world.put_back();
            fill(&world, *kib);
            let story = format!("`bd {}` with {kib} KiB left", verb.words.join(" "));
            let out = world.act(verb);
            // Reading goes on as before.
            world.ann.bd(&["ready", "--json"]).ok();
            make_room(&world);
            let taken = judge(&world, verb, &story, &out, &before, &after);
            if n == 0 && !taken {
                assert!(out.stderr().contains("No space left"), "{story}: it does not say why\n{out}");
                refused += 1;
            }
        }
    }
    assert!(refused > VERBS.len() / 2, "the disk was not full: {refused} of {}", VERBS.len());
}

// goal: X2 tier1
#[test]
fn where_no_file_may_grow_every_writing_verb_says_so_and_changes_nothing() {
    // The same without mounts, for systems that give none: a limit of size 0 on files, and the signal for it ignored.
    let world = World::new(|_| {});
    let before = world.facts();
    for verb in VERBS {
        world.put_back();
        world.act(verb).ok();
        let after = world.facts();
        world.put_back();
        let out = world.act_after("trap '' XFSZ; ulimit -f 0", verb);
        let story = format!("`bd {}` where files cannot grow", verb.words.join(" "));
        assert!(!judge(&world, verb, &story, &out, &before, &after) || verb.words[0] == "pack", "{story}\n{out}");
    }
}
