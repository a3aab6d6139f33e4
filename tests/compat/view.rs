//! The view `.beads/issues.jsonl`: there for tools that read or watch files, never in anybody's way.

use bd_tests::{Sandbox, Work};

const VIEW: &str = ".beads/issues.jsonl";

fn with_view(when: &str) -> (Sandbox, Work) {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("work");
    work.bd(&["init", "--prefix", "bd"]).ok();
    work.bd(&["config", "set", "view.issues", when]).ok();
    work.git(&["add", "--all"]).ok();
    work.git(&["commit", "--quiet", "--message", "The view"]).ok();
    (sandbox, work)
}

#[test]
fn each_mutation_writes_what_an_export_writes_and_git_does_not_see_it() {
    let (_sandbox, work) = with_view("each");
    let id = work.create("One", &[]);
    assert_eq!(work.read(VIEW), work.bd(&["export"]).stdout());
    work.bd(&["update", &id, "--title", "Two"]).ok();
    assert!(work.read(VIEW).contains("\"title\":\"Two\""));
    work.bd(&["close", &id]).ok();
    assert_eq!(work.read(VIEW), work.bd(&["export"]).stdout());
    assert_eq!(work.git(&["status", "--porcelain"]).stdout(), "", "git sees the view");
    let before = work.read(VIEW);
    work.bd(&["list"]).ok();
    assert_eq!(work.read(VIEW), before);
}

#[test]
fn off_writes_nothing_and_sync_only_after_a_sync() {
    let (_sandbox, work) = with_view("off");
    work.create("One", &[]);
    work.bd(&["sync"]).ok();
    assert!(!work.exists(VIEW));
    let (_sandbox, work) = with_view("sync");
    work.create("One", &[]);
    assert!(!work.exists(VIEW), "written before a sync");
    work.bd(&["sync"]).ok();
    assert!(work.read(VIEW).contains("One"));
}

#[test]
fn a_foreign_edit_is_left_alone_until_it_is_imported() {
    let (_sandbox, work) = with_view("each");
    let id = work.create("One", &[]);
    let foreign = work.read(VIEW).replace("\"One\"", "\"Edited elsewhere\"");
    work.write(VIEW, &foreign);
    let out = work.bd(&["create", "Another"]);
    assert!(out.succeeded() && out.stderr().contains("bd import"), "{}", out.stderr());
    assert_eq!(work.read(VIEW), foreign, "a foreign edit was overwritten");
    work.bd(&["import", VIEW]).ok();
    assert_eq!(work.show(&id)["title"], "Edited elsewhere");
    assert_eq!(work.read(VIEW), work.bd(&["export"]).stdout(), "after the import it is ours again");
}

#[test]
fn a_path_that_git_tracks_is_never_written() {
    let (_sandbox, work) = with_view("each");
    work.write(VIEW, "theirs\n");
    work.git(&["add", "--force", VIEW]).ok();
    work.git(&["commit", "--quiet", "--message", "Theirs"]).ok();
    let out = work.bd(&["create", "One"]);
    assert!(out.succeeded() && out.stderr().contains("tracks"), "{}", out.stderr());
    assert_eq!(work.read(VIEW), "theirs\n");
    assert_eq!(work.git(&["status", "--porcelain"]).stdout(), "");
}
