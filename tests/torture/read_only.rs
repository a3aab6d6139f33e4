//! A repository that can be read and not written: somebody else's, a snapshot, a mounted backup.

use crate::verbs::{VERBS, World};
use bd_tests::{Mounts, mount_read_only, own_mounts, unmount};
use std::path::Path;

/// What reads. `OPEN` stands for a bead.
const READS: &[&[&str]] = &[
    &["list", "--all"],
    &["show", "OPEN"],
    &["ready"],
    &["ready", "--explain", "OPEN"],
    &["blocked"],
    &["status"],
    &["stats"],
    &["count"],
    &["search", "open"],
    &["query", "status=open"],
    &["children", "OPEN"],
    &["comments", "OPEN"],
    &["history", "OPEN"],
    &["conflicts"],
    &["memories"],
    &["prime"],
    &["export"],
    &["verify"],
    &["doctor"],
    &["config", "list"],
    &["label", "list-all"],
    &["dep", "tree", "OPEN"],
    &["diff", "main...HEAD"],
    &["sync", "--status"],
    &["ride", "--all", "--dry-run"],
    &["import", "in.jsonl", "--dry-run"],
];

/// Takes the right to write in a folder away from everybody but root, or gives it back.
fn mode(folder: &Path, mode: &str) {
    let out = std::process::Command::new("chmod").args(["-R", mode]).arg(folder).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

// goal: X2 tier1
#[test]
fn in_a_read_only_repository_reading_works_and_writing_is_refused() {
    let mounts = own_mounts("read_only::in_a_read_only_repository_reading_works_and_writing_is_refused");
    if mounts == Mounts::Passed {
        return;
    }
    let world = World::new(|_| {});
    let git = world.ann.path(".git");
    let named = |args: &[&str]| args.iter().map(|a| a.replace("OPEN", &world.names[0].1)).collect::<Vec<_>>();
    let read = |args: &[&str]| {
        let args = named(args);
        world.ann.cmd(&args.iter().map(String::as_str).collect::<Vec<_>>()).now("2026-04-01T12:00:00Z").run()
    };
    let before = world.facts();
    let answers: Vec<String> = READS.iter().map(|args| read(args).ok().to_owned()).collect();
    // With the cache that is there, and with none.
    for warm in [true, false] {
        if !warm {
            std::fs::remove_dir_all(git.join("beads/cache")).unwrap();
        }
        if mounts == Mounts::Here {
            mount_read_only(&git);
        } else {
            mode(&git, "a-w");
            if std::fs::write(git.join("probe"), "").is_ok() {
                // Root may write everywhere, and there are no mounts: the full disk's test without mounts is what is left.
                return;
            }
        }
        for (args, answer) in READS.iter().zip(&answers) {
            let out = read(args);
            assert_eq!(out.ok(), answer, "warm: {warm}\n{out}");
            assert!(!out.stderr().contains("error"), "{out}");
        }
        for verb in VERBS {
            let files = verb.words[0] == "config" || verb.words[0] == "setup";
            let out = world.act(verb);
            if files {
                // They write in the working tree, which can be written.
                out.ok();
                continue;
            }
            out.fails(2);
            assert!(out.stderr().starts_with("error: "), "{out}");
            let says = ["Read-only file system", "read-only", "Permission denied"];
            assert!(says.iter().any(|s| out.stderr().contains(s)), "it does not say why\n{out}");
        }
        if mounts == Mounts::Here {
            unmount(&git);
        } else {
            mode(&git, "u+w");
        }
        assert_eq!(world.litter(), [""; 0]);
    }
    let _given_back = std::fs::remove_file(world.ann.path("AGENTS.md"));
    std::fs::write(world.ann.path(".beads/config.toml"), &before[5]).unwrap();
    assert_eq!(world.facts(), before, "something was changed");
    world.ann.create("Writing goes on", &[]);
}
