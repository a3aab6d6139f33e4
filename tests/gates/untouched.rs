//! What is not staged is the user's: it is not judged, not touched, and byte for byte there afterwards.

use crate::kit::Kit;
use bd_tests::Sandbox;
use std::os::unix::fs::PermissionsExt;

/// A Go test that skips.
pub const BAD: &str = "package a\n\nimport \"testing\"\n\nfunc TestB(t *testing.T) {\n\tt.Skip(\"later\")\n}\n";
/// One that does not.
pub const GOOD: &str =
    "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tif 1+1 != 2 {\n\t\tt.Fatal(\"no\")\n\t}\n}\n";

/// A repository in which everything is half done: staged and not, meant to be added, untracked, a mode, a link.
fn half_done() -> Kit {
    let sandbox = Sandbox::new();
    let kit = Kit::new(&sandbox.repo("lone"));
    kit.work.write("a_test.go", GOOD);
    kit.work.write("both.txt", "1\n2\n3\n");
    kit.work.write("run.sh", "echo\n");
    kit.work.commit_all("Start");
    kit.install();
    kit.work.write("both.txt", "1 staged\n2\n3\n");
    kit.work.git(&["add", "both.txt"]).ok();
    kit.work.write("both.txt", "1 staged\r\n2\n3 not\0staged");
    kit.work.write("a_test.go", BAD);
    kit.work.write("meant_test.go", BAD);
    kit.work.git(&["add", "--intent-to-add", "meant_test.go"]).ok();
    kit.work.write("untracked_test.go", BAD);
    std::fs::set_permissions(kit.work.path("run.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink("nowhere", kit.work.path("link")).unwrap();
    kit
}

fn files(kit: &Kit) -> Vec<String> {
    crate::kit::picture(kit.work.dir()).into_iter().filter(|l| !l.starts_with(".git")).collect()
}

// goal: G1 tier1
#[test]
fn what_is_not_staged_is_neither_judged_nor_touched() {
    let kit = half_done();
    let (before, unstaged) = (files(&kit), kit.work.git(&["diff", "--binary"]).ok().to_owned());
    let out = kit.git(&["commit", "--quiet", "--message", "The staged line"]);
    assert_eq!((out.ok(), out.stderr()), ("", ""), "the skips are not staged");
    assert_eq!(files(&kit), before);
    // The staged line is in HEAD now; all else differs from the index as it did.
    assert_eq!(kit.work.git(&["diff", "--binary"]).ok(), unstaged);
    assert!(kit.work.git(&["status", "--porcelain"]).ok().contains(" A meant_test.go"), "still only meant to be added");
    assert_eq!(kit.work.git(&["show", "HEAD:both.txt"]).ok(), "1 staged\n2\n3\n");
    // The other way round: what is staged is judged although the file on the disk is mended.
    kit.work.git(&["add", "untracked_test.go"]).ok();
    kit.work.write("untracked_test.go", GOOD);
    let (before, state) = (files(&kit), kit.work.user_state());
    let out = kit.git(&["commit", "--quiet", "--message", "Skips"]);
    assert!(out.fails(1).stderr().contains("untracked_test.go:6"), "{out}");
    assert_eq!((files(&kit), kit.work.user_state()), (before, state));
}

/// There is nothing that a kill could leave half restored: nothing was put away.
// goal: G1 tier1
#[test]
fn a_hook_that_is_killed_in_the_middle_leaves_every_byte() {
    let kit = half_done();
    for (args, refused) in
        [(&["commit", "--quiet", "--message", "One"][..], false), (&["commit", "--quiet", "--all", "--message", "One"], true)]
    {
        let log = kit.work.sandbox().path("tmp/points");
        let (before, state) = (files(&kit), kit.work.user_state());
        // Every place that the hooks of this commit pass.
        let copy = kit.work.rev("HEAD");
        let out = kit.work.git_cmd(args).env("BD_FAILPOINT_LOG", &log).run();
        assert_eq!(out.succeeded(), !refused, "{out}");
        let points = std::fs::read_to_string(&log).unwrap();
        std::fs::remove_file(&log).unwrap();
        kit.work.git(&["reset", "--quiet", "--soft", &copy]).ok();
        assert_eq!((files(&kit), kit.work.user_state()), (before.clone(), state.clone()));
        let mut points: Vec<&str> = points.lines().collect();
        points.sort_unstable();
        points.dedup();
        assert!(points.contains(&"hook.pre-commit"), "{points:?}");
        for point in points {
            let out = kit.work.git_cmd(args).fail_at(point).run();
            assert_eq!(out.code(), 1, "killed at {point}: {out}");
            assert_eq!((files(&kit), kit.work.user_state()), (before.clone(), state.clone()), "killed at {point}");
            assert!(!kit.work.exists(".git/index.lock"));
        }
    }
}
