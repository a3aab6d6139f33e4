//! Objects: the same ids as git's, nothing written twice, damage seen and moved away, sync and pack.

use super::lab::{ALL, Flavour, Lab, blob, commit, oid, spec, state};
use crate::git::{Cas, Expected, Git, GitError, Mode, Oid, PackFile, TreeEntry};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

fn loose_files(dir: &Path) -> Vec<PathBuf> {
    let objects = dir.join(".git/objects");
    let dirs = std::fs::read_dir(objects).unwrap().map(|e| e.unwrap().path());
    let dirs = dirs.filter(|p| p.file_name().unwrap().len() == 2);
    let mut out: Vec<_> = dirs.flat_map(|d| std::fs::read_dir(d).unwrap().map(|e| e.unwrap().path())).collect();
    out.sort();
    out
}

#[test]
fn ids_are_those_that_git_computes() {
    Lab::each(|lab, dir, git, _| {
        for (i, content) in ["", "x", "line\r\nline\n\0binary"].iter().enumerate() {
            let id = git.write_blob(content.as_bytes()).unwrap();
            let file = dir.join(format!("f{i}"));
            std::fs::write(&file, content).unwrap();
            assert_eq!(id.to_string(), lab.git(dir, &["hash-object", "--no-filters", file.to_str().unwrap()]));
            let mut back = b"left over".to_vec();
            git.read_blob(id, &mut back).unwrap();
            assert_eq!(back, content.as_bytes());
        }
        let b = git.write_blob(b"x").unwrap();
        let sub = git.write_tree(&[blob("y", b)]).unwrap();
        // git's order: `a-b` < `a/` (a directory) < `a.b`? A directory sorts as "a/", after "a-b" and "a.b", before "a0".
        let entries = [
            blob("a0", b),
            TreeEntry { name: "a".into(), mode: Mode::Tree, oid: sub },
            blob("a.b", b),
            TreeEntry { name: "run".into(), mode: Mode::Executable, oid: b },
            TreeEntry { name: "ln".into(), mode: Mode::Link, oid: b },
            blob("a-b", b),
            blob("é", b),
        ];
        let tree = git.write_tree(&entries).unwrap();
        let names: Vec<_> = git.read_tree(tree).unwrap().into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["a-b", "a.b", "a", "a0", "ln", "run", "é"]);
        assert_eq!(git.entry_at(tree, "a/y").unwrap().unwrap().oid, b);
        for absent in ["a/z", "a0/y", "nope", ""] {
            assert_eq!(git.entry_at(tree, absent).unwrap(), None, "{absent}");
        }

        let head = oid(&lab.git(dir, &["rev-parse", "HEAD"]));
        let id = git.write_commit(&spec(tree, &[head], "subject\n\nBead: x\n")).unwrap();
        assert_eq!(git.commit_tree(id).unwrap(), tree);
        assert_eq!(git.commit_parents(id).unwrap(), [head]);
        let shown = lab.git(dir, &["log", "-1", "--format=%an|%ae|%at|%s|%(trailers:key=Bead,valueonly)", &id.to_string()]);
        assert_eq!(shown.trim(), "a/gent|bd@localhost|1767322800|subject|x");
        assert_eq!(
            git.read_commit(id).unwrap(),
            [lab.git(dir, &["cat-file", "commit", &id.to_string()]).as_bytes(), b"\n"].concat()
        );
        assert_eq!(git.read_tree(git.write_tree(&[]).unwrap()).unwrap(), []);
        // Nothing of the user's moved.
        assert_eq!(oid(&lab.git(dir, &["rev-parse", "HEAD"])), head);
    });
}

#[test]
fn names_that_are_unsafe_in_a_commit_do_not_reach_it() {
    Lab::each(|lab, dir, git, _| {
        let tree = git.write_tree(&[]).unwrap();
        let mut bad = spec(tree, &[], "a\0b\n");
        bad.author.name = "A <evil>\nparent 0".into();
        bad.committer.name = String::new();
        let id = git.write_commit(&bad).unwrap();
        let raw = lab.git(dir, &["cat-file", "commit", &id.to_string()]);
        assert!(raw.contains("author A evilparent 0 <bd@localhost>"), "{raw}");
        assert!(raw.contains("committer unknown <"), "{raw}");
        assert!(!raw.contains('\0'));
        assert_eq!(git.commit_parents(id).unwrap(), []);
    });
}

#[test]
fn the_same_bytes_are_not_written_twice() {
    Lab::each(|_, dir, git, _| {
        git.write_blob(b"once").unwrap();
        let before: Vec<_> = loose_files(dir).iter().map(|p| (p.clone(), p.metadata().unwrap().ino())).collect();
        git.write_blob(b"once").unwrap();
        git.write_blob(b"one\n").unwrap(); // code.txt
        let after: Vec<_> = loose_files(dir).iter().map(|p| (p.clone(), p.metadata().unwrap().ino())).collect();
        assert_eq!(before, after);
        assert!(
            std::fs::read_dir(dir.join(".git/objects")).unwrap().all(|e| !e.unwrap().path().is_file()),
            "no temporary file is left"
        );
    });
}

#[test]
fn what_is_missing_or_of_another_kind_is_an_error_that_names_it() {
    Lab::each(|lab, dir, git, _| {
        let head = oid(&lab.git(dir, &["rev-parse", "HEAD"]));
        let gone = oid(&"1".repeat(head.to_string().len()));
        let mut buffer = Vec::new();
        assert!(matches!(git.read_blob(gone, &mut buffer), Err(GitError::Object { id, .. }) if id == gone));
        assert!(matches!(git.read_blob(head, &mut buffer), Err(GitError::Object { id, .. }) if id == head));
        assert!(matches!(git.read_tree(head), Err(GitError::Object { .. })));
        assert!(matches!(git.commit_tree(gone), Err(GitError::Object { .. })));
        assert!(!git.object_ok(gone));
        assert!(git.object_ok(head));
        // A batch still hands out what is there before it fails, and is not cut short by an odd one in the middle.
        let good = git.write_blob(b"good").unwrap();
        let mut seen = Vec::new();
        let result = git.read_blobs(&[gone, good], &mut |id, bytes| {
            seen.push((id, bytes.to_vec()));
            Ok(())
        });
        assert!(matches!(result, Err(GitError::Object { id, .. }) if id == gone));
        assert_eq!(seen, [(good, b"good".to_vec())]);
        // The backend still works after all that.
        git.read_blob(good, &mut buffer).unwrap();
        assert_eq!(buffer, b"good");
    });
}

#[test]
fn many_blobs_are_read_and_an_error_stops_the_reading() {
    Lab::each(|_, _, git, flavour| {
        // More than one batch's worth of ids, where writing them does not cost a process each.
        let count = if flavour == Flavour::Gix { 500 } else { 30 };
        let texts: Vec<String> = (0..count).map(|i| format!("{i}\n").repeat(i)).collect();
        let ids: Vec<_> = texts.iter().map(|t| git.write_blob(t.as_bytes()).unwrap()).collect();
        let mut read = std::collections::HashMap::new();
        git.read_blobs(&ids, &mut |id, bytes| {
            read.insert(id, bytes.to_vec());
            Ok(())
        })
        .unwrap();
        for (id, text) in ids.iter().zip(&texts) {
            assert_eq!(read[id], text.as_bytes());
        }
        // Many ids, more than go into a pipe at once.
        let (many, mut answers) = (ids.repeat(40), 0);
        git.read_blobs(&many, &mut |_, _| {
            answers += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(answers, many.len());
        let mut count = 0;
        let stopped = git.read_blobs(&ids, &mut |_, _| {
            count += 1;
            if count == 3 { Err(GitError::Other("enough".into())) } else { Ok(()) }
        });
        assert!(matches!(stopped, Err(GitError::Other(why)) if why == "enough"));
        assert_eq!(count, 3);
        git.read_blobs(&ids[..1], &mut |id, _| if id == ids[0] { Ok(()) } else { panic!("an answer of the stopped batch") })
            .unwrap();
    });
}

#[test]
fn two_threads_read_side_by_side() {
    Lab::each(|_, _, git, _| {
        let ids: Vec<_> = (0..50).map(|i| git.write_blob(format!("blob {i}").as_bytes()).unwrap()).collect();
        // Each thread waits inside its own reading until the other is inside as well.
        let meet = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            for half in ids.chunks(25) {
                let meet = &meet;
                scope.spawn(move || {
                    let mut n = 0;
                    git.read_blobs(half, &mut |_, _| {
                        if n == 0 {
                            meet.wait();
                        }
                        n += 1;
                        Ok(())
                    })
                    .unwrap();
                    assert_eq!(n, 25);
                });
            }
        });
    });
}

#[test]
fn damaged_objects_are_seen_and_moved_away_and_whole_ones_stay() {
    Lab::each(|lab, dir, git, flavour| {
        let ids: Vec<_> =
            ["empty", "cut", "swapped", "fine"].iter().map(|t| git.write_blob(t.repeat(50).as_bytes()).unwrap()).collect();
        let gone = oid(&"2".repeat(ids[0].to_string().len()));
        let file = |i: usize| crate::git::loose::path(&dir.join(".git"), ids[i]);
        let put = |i: usize, bytes: &[u8]| {
            std::fs::remove_file(file(i)).unwrap();
            std::fs::write(file(i), bytes).unwrap();
        };
        let cut = std::fs::read(file(1)).unwrap();
        put(0, b"");
        put(1, &cut[..cut.len() / 2]);
        put(2, &std::fs::read(file(3)).unwrap());
        let fresh = lab.open(dir, flavour);
        assert_eq!(ids.iter().map(|id| fresh.object_ok(*id)).collect::<Vec<_>>(), [false, false, false, true]);
        assert!(!fresh.object_ok(gone));
        let away = lab.path("away/deep");
        let moved = fresh.evict_damaged(&[ids[0], ids[1], gone, ids[2], ids[3]], &away).unwrap();
        assert_eq!(moved, [ids[0], ids[1], ids[2]]);
        assert!(file(3).exists() && !file(0).exists() && !file(1).exists() && !file(2).exists());
        assert_eq!(std::fs::read(away.join(ids[1].to_string())).unwrap(), &cut[..cut.len() / 2]);
        // Only now can they be written again.
        let again = lab.open(dir, flavour);
        assert_eq!(again.write_blob("cut".repeat(50).as_bytes()).unwrap(), ids[1]);
        assert!(again.object_ok(ids[1]));
    });
}

#[test]
fn syncing_passes_over_what_is_packed_or_absent() {
    Lab::each(|lab, dir, git, _| {
        let tip = state(git, "refs/beads/state");
        let tree = git.commit_tree(tip).unwrap();
        git.sync_to_disk(&[tip, tree, oid(&"3".repeat(tip.to_string().len()))], Some("refs/beads/state")).unwrap();
        lab.git(dir, &["gc", "-q"]);
        git.sync_to_disk(&[tip, tree], Some("refs/beads/state")).unwrap();
        git.sync_to_disk(&[], Some("refs/beads/none")).unwrap();
        git.sync_to_disk(&[], None).unwrap();
        assert_eq!(git.tip("refs/beads/state").unwrap(), Some(tip));
    });
}

#[test]
fn packing_takes_our_loose_objects_and_leaves_those_of_others() {
    Lab::each(|lab, dir, git, flavour| {
        let mut tip = state(git, "refs/beads/state");
        let first = tip;
        for i in 0..20 {
            tip = commit(git, &[tip], "a.jsonl", &format!("{i}\n"));
        }
        let theirs = git.write_blob(b"unreachable work of somebody else").unwrap();
        let before = loose_files(dir).len();
        git.pack_reachable(tip, Some(first)).unwrap();
        assert!(loose_files(dir).len() + 60 <= before, "{} of {before} are left", loose_files(dir).len());
        assert!(crate::git::loose::path(&dir.join(".git"), theirs).exists());
        assert!(crate::git::loose::path(&dir.join(".git"), first).exists(), "what is reachable from `not` is not ours to pack");
        let mut buffer = Vec::new();
        for git in [git, &*lab.open(dir, flavour)] {
            assert_eq!(git.commit_parents(tip).unwrap().len(), 1);
            git.read_blob(theirs, &mut buffer).unwrap();
        }
        // Nothing left to pack makes no empty pack.
        let packs = || std::fs::read_dir(dir.join(".git/objects/pack")).unwrap().count();
        let count = packs();
        git.pack_reachable(tip, Some(first)).unwrap();
        assert_eq!(packs(), count);
        assert_eq!(git.write_blob(b"19\n").unwrap(), git.entry_at(git.commit_tree(tip).unwrap(), "a.jsonl").unwrap().unwrap().oid);
    });
}

#[test]
fn objects_are_found_wherever_git_moves_them_while_we_look() {
    Lab::each(|lab, dir, git, flavour| {
        let mut tip = state(git, "refs/beads/state");
        let mut ids = vec![tip];
        for i in 0..10 {
            let next = commit(git, &[tip], "a.jsonl", &format!("{i}\n").repeat(500));
            assert_eq!(git.update_ref("refs/beads/state", Expected::Is(tip), Some(next), "x").unwrap(), Cas::Done);
            tip = next;
            ids.push(tip);
        }
        let all_read = |git: &dyn Git, step: &str| {
            for id in &ids {
                let file = git.entry_at(git.commit_tree(*id).unwrap(), "a.jsonl").unwrap().unwrap();
                git.read_blob(file.oid, &mut Vec::new()).unwrap_or_else(|e| panic!("{step}: {e}"));
            }
        };
        all_read(git, "loose");
        for (step, args) in [
            ("packed", &["repack", "-q", "-a", "-d"][..]),
            ("packed again", &["repack", "-q", "-a", "-d", "-f", "--depth=20"]),
            ("multi-pack-index", &["multi-pack-index", "write"]),
            ("collected", &["gc", "-q", "--prune=now"]),
        ] {
            lab.git(dir, args);
            all_read(git, step);
        }
        let borrower = lab.path("borrower");
        let mut args = vec!["clone", "-q", "--shared", "--no-checkout"];
        args.extend((flavour == Flavour::Reftable).then_some("--ref-format=reftable"));
        args.extend([dir.to_str().unwrap(), borrower.to_str().unwrap()]);
        lab.git(lab.root.path(), &args);
        let other = lab.open(&borrower, flavour);
        all_read(&*other, "borrowed");
        other.write_blob("3\n".repeat(500).as_bytes()).unwrap();
        assert!(loose_files(&borrower).is_empty(), "what is borrowed is not written again");
    });
}

#[test]
fn a_partial_clone_fetches_what_is_missing_in_one_call() {
    for flavour in ALL {
        let lab = Lab::new();
        let Some(origin) = lab.repo("origin", flavour) else { continue };
        for i in 0..40 {
            std::fs::write(origin.join(format!("f{i}")), format!("content {i}\n")).unwrap();
        }
        lab.git(&origin, &["add", "."]);
        lab.git(&origin, &["commit", "-q", "-m", "many"]);
        let url = format!("file://{}", origin.display());
        let clone = lab.path("clone");
        let mut args = vec!["clone", "-q", "--no-checkout", "--filter=blob:none"];
        if flavour == Flavour::Reftable {
            args.push("--ref-format=reftable");
        }
        args.extend([url.as_str(), clone.to_str().unwrap()]);
        lab.git(lab.root.path(), &args);
        let git = lab.open(&clone, flavour);
        let tree = git.commit_tree(git.tip("refs/heads/main").unwrap().unwrap()).unwrap();
        let blobs: Vec<_> = git.read_tree(tree).unwrap().iter().map(|e| e.oid).collect();
        let packs = || std::fs::read_dir(clone.join(".git/objects/pack")).unwrap().count();
        let before = packs();
        let mut n = 0;
        git.read_blobs(&blobs, &mut |_, bytes| {
            n += usize::from(!bytes.is_empty());
            Ok(())
        })
        .unwrap();
        assert_eq!(n, 41);
        assert!(packs() <= before + 4, "one fetch brings one pack (.pack .idx .promisor .rev), not one for each blob");
        assert!(!clone.join(".git/FETCH_HEAD").exists());
        // What the promisor has not either is an error, not a hang or an empty blob.
        let gone = oid(&"4".repeat(tree.to_string().len()));
        assert!(git.read_blob(gone, &mut Vec::new()).is_err());
    }
}

#[test]
fn what_many_packs_and_loose_files_hold_is_read_in_any_order() {
    Lab::each(|lab, dir, git, flavour| {
        // A pack of whole blobs, one of differences, one of both, and loose ones, small and larger than what is read at once.
        let lines = |n: u32| if n == 14 { 20_000 } else { n * n };
        let text = |n: u32| (0..=lines(n)).map(|i| format!("{n}.{}\n", i.wrapping_mul(2_654_435_761))).collect();
        let texts: Vec<String> = (0..60).map(text).collect();
        let mut ids = Vec::new();
        for (part, texts) in texts.chunks(15).enumerate() {
            let some: Vec<Oid> = texts.iter().map(|t| git.write_blob(t.as_bytes()).unwrap()).collect();
            let entries: Vec<_> = some.iter().map(|id| blob(&id.to_string(), *id)).collect();
            let tree = git.write_tree(&entries).unwrap();
            let tip = git.write_commit(&spec(tree, &[], "part\n")).unwrap();
            git.update_ref(&format!("refs/heads/part{part}"), Expected::Missing, Some(tip), "test").unwrap();
            match part {
                0 => drop(lab.git(dir, &["repack", "-q", "-d", "--depth=0", "--window=0"])),
                1 | 2 => drop(lab.git(dir, &["repack", "-q", "-d", "-f", "--depth=20", "--window=20"])),
                _ => {}
            }
            ids.extend(some);
        }
        let whole = |id: Oid, bytes: &[u8]| {
            let number = ids.iter().position(|i| *i == id).unwrap();
            assert!(texts[number].as_bytes() == bytes, "{flavour:?}: blob {number} is another one");
        };
        let mut mixed = ids.clone();
        mixed.sort_by_key(|id| id.to_string().bytes().rev().collect::<Vec<_>>());
        for git in [git, &*lab.open(dir, flavour)] {
            let ordered = git.reading_order(&mixed).unwrap();
            assert_eq!(ordered.len(), mixed.len());
            for order in [&mixed, &ordered, &ids] {
                let mut count = 0;
                let mut each = |id: Oid, bytes: &[u8]| {
                    assert_eq!(id, order[count], "in the given order");
                    count += 1;
                    whole(id, bytes);
                    Ok(())
                };
                git.read_blobs_in_order(order, &mut each).unwrap();
                assert_eq!(count, ids.len());
            }
            let mut bytes = Vec::new();
            for id in &mixed {
                git.read_blob(*id, &mut bytes).unwrap();
                whole(*id, &bytes);
            }
        }
    });
}

#[test]
fn a_loose_object_that_is_cut_is_read_from_the_pack_that_has_it() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let git = lab.open(&dir, Flavour::Gix);
    let text = "whole\n".repeat(40_000);
    let id = git.write_blob(text.as_bytes()).unwrap();
    let path = crate::git::loose::path(&dir.join(".git"), id);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut read = Vec::new();
    for cut in [0, 1, 20, bytes.len() / 2, bytes.len() - 20] {
        std::fs::write(&path, &bytes[..cut]).unwrap();
        assert!(git.read_blob(id, &mut read).is_err(), "cut at {cut}");
        assert!(!git.object_ok(id), "cut at {cut}");
        std::fs::remove_file(&path).unwrap();
        assert!(!git.object_there(id), "it was written, and is gone");
    }
    std::fs::write(&path, &bytes).unwrap();
    assert!(git.object_there(id));
    let tip = git.write_commit(&spec(git.write_tree(&[blob("a", id)]).unwrap(), &[], "x\n")).unwrap();
    git.pack_reachable(tip, None).unwrap();
    assert!(!path.exists());
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    git.read_blob(id, &mut read).unwrap();
    assert_eq!(read, text.as_bytes());
}

#[test]
fn a_pack_is_known_by_name_and_length() {
    Lab::each(|_, dir, git, flavour| {
        let tip = state(git, "refs/beads/state");
        let root = git.commit_tree(tip).unwrap();
        assert_eq!(git.pack_of(&[tip, root]), None, "both are loose");
        git.pack_reachable(tip, None).unwrap();
        let Some(pack) = git.pack_of(&[tip, root]) else {
            assert_ne!(flavour, Flavour::Gix);
            return;
        };
        assert!(git.has_pack(&pack));
        assert!(!git.has_pack(&PackFile { bytes: pack.bytes + 1, ..pack.clone() }));
        assert!(!git.has_pack(&PackFile { name: "pack-0".into(), ..pack.clone() }));
        let other = git.write_blob(b"not in it").unwrap();
        assert_eq!(git.pack_of(&[tip, other]), None);
        let file = dir.join(".git/objects/pack").join(format!("{}.pack", pack.name));
        std::fs::rename(&file, dir.join("away")).unwrap();
        assert!(!git.has_pack(&pack));
        std::fs::rename(dir.join("away"), &file).unwrap();
    });
}

#[test]
fn what_two_trees_share_is_left_out() {
    Lab::each(|_, _, git, _| {
        let one = git.write_blob(b"1").unwrap();
        let two = git.write_blob(b"2").unwrap();
        let below = git.write_tree(&[blob("x", one)]).unwrap();
        let folder = |name: &str| TreeEntry { name: name.into(), mode: crate::git::Mode::Tree, oid: below };
        let mut a: Vec<_> = (0..300).map(|n| blob(&format!("f{n}"), one)).collect();
        let mut b = a.clone();
        a.extend([
            blob("a", one),
            folder("ab"),
            blob("ab-", one),
            blob("ab0", one),
            blob("same", one),
            folder("was"),
            blob("zz", one),
        ]);
        b.extend([blob("ab", one), folder("ab-"), blob("ab0", one), folder("b"), blob("same", two), blob("was", one)]);
        let (left, right) = (git.write_tree(&a).unwrap(), git.write_tree(&b).unwrap());
        let names = |entries: &[TreeEntry]| entries.iter().map(|e| (e.name.clone(), e.mode, e.oid)).collect::<Vec<_>>();
        let minus = |x: &[TreeEntry], y: &[TreeEntry]| {
            let mut out = names(&x.iter().filter(|e| !y.contains(e)).cloned().collect::<Vec<_>>());
            out.sort_by(|a, b| a.0.cmp(&b.0));
            out
        };
        let sorted = |mut entries: Vec<TreeEntry>| {
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            names(&entries)
        };
        for (x, y, p, q) in [(left, right, &a, &b), (right, left, &b, &a), (left, left, &a, &a)] {
            let [only_x, only_y] = git.unlike(Some(x), Some(y)).unwrap();
            assert_eq!((sorted(only_x), sorted(only_y)), (minus(p, q), minus(q, p)));
        }
        let [all, none] = git.unlike(Some(left), None).unwrap();
        assert_eq!((all.len(), none.len()), (a.len(), 0));
        let [none, all] = git.unlike(None, Some(right)).unwrap();
        assert_eq!((none.len(), all.len()), (0, b.len()));
        assert_eq!(git.unlike(None, None).unwrap(), [Vec::new(), Vec::new()]);
    });
}
