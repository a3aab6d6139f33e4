//! `bd init` in a repository that tracks an upstream store.

use bd_tests::{Sandbox, Work};

// goal: P4 tier1
#[test]
fn init_adopts_a_tracked_upstream_store_on_the_default_branch() {
    let ann = Sandbox::new().repo("ann");
    let record = r#"{"id":"old-1","title":"from upstream","status":"closed","priority":0,"issue_type":"bug","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-02T00:00:00Z","closed_at":"2025-01-02T00:00:00Z","x_unknown":[1]}"#;
    ann.write(".beads/issues.jsonl", format!("{record}\n"));
    ann.write(".beads/.gitignore", "beads.db\n");
    ann.commit_all("upstream's store");
    ann.write("mine.txt", "staged\n");
    ann.git(&["add", "mine.txt"]).ok();
    // On another branch it is only said.
    ann.git(&["switch", "-q", "-c", "side"]).ok();
    assert!(ann.bd(&["doctor"]).stdout().contains("issues.jsonl"));
    ann.git(&["switch", "-q", "main"]).ok();

    ann.bd(&["init", "--prefix", "old"]).ok();
    let back: serde_json::Value = serde_json::from_str(ann.bd(&["export"]).ok().trim()).unwrap();
    assert_eq!(back, serde_json::from_str::<serde_json::Value>(record).unwrap());
    assert_eq!(ann.git(&["ls-files", ".beads/issues.jsonl"]).ok(), "", "untracked");
    assert_eq!(ann.git(&["status", "--porcelain"]).ok(), "A  mine.txt\n", "and nothing of the user's was taken along");
    assert!(
        ann.git(&["log", "--format=%s", "--", ".beads/issues.jsonl"]).ok().contains("upstream's store"),
        "its bytes stay in history"
    );
    let commits = ann.git(&["rev-list", "--count", "HEAD"]).line();
    ann.bd(&["init"]).ok();
    assert_eq!(ann.git(&["rev-list", "--count", "HEAD"]).line(), commits, "twice is once");
}

// goal: P4 tier1
#[test]
fn adopting_commits_nothing_of_what_the_user_has_changed_in_the_ignore_file() {
    let ann = Sandbox::new().repo("ann");
    ann.write(".beads/issues.jsonl", "");
    ann.write(".beads/.gitignore", "beads.db\n");
    ann.commit_all("upstream's store");
    ann.write(".beads/.gitignore", "beads.db\nmine\n");
    ann.bd(&["init", "--prefix", "old"]).ok();
    assert_eq!(ann.git(&["show", "HEAD:.beads/.gitignore"]).ok(), "beads.db\nissues.jsonl\n");
    assert_eq!(ann.read(".beads/.gitignore"), "beads.db\nmine\nissues.jsonl\n");
    assert_eq!(ann.git(&["status", "--porcelain"]).ok(), " M .beads/.gitignore\n");
}

const LATIN: &[u8] = b"# Caf\xe9\nbeads.db\nmine\n";

/// Compares a file of HEAD with bytes that need not be text.
fn assert_committed(work: &Work, bytes: &[u8], story: &str) {
    let want = work.git_cmd(&["hash-object", "--stdin"]).stdin(bytes).run().line();
    assert_eq!(work.rev("HEAD:.beads/.gitignore"), want, "{story}: {}", work.git(&["show", "HEAD:.beads/.gitignore"]));
}

// goal: P4 tier1
#[test]
fn an_ignore_file_that_is_not_utf_8_keeps_every_byte() {
    let with_view = [LATIN, b"issues.jsonl\n"].concat();
    for first in [true, false] {
        let ann = Sandbox::new().repo("ann");
        if !first {
            ann.bd(&["init", "--prefix", "old"]).ok();
        }
        ann.write(".beads/issues.jsonl", "");
        ann.write(".beads/.gitignore", LATIN);
        ann.commit_all("The other tracker");
        ann.write(".beads/.gitignore", [LATIN, b"not committed \xff"].concat());
        ann.bd(&["init", "--prefix", "old"]).ok();
        assert_committed(&ann, &with_view, &format!("first: {first}"));
        let here = std::fs::read(ann.path(".beads/.gitignore")).unwrap();
        assert_eq!(here, [LATIN, b"not committed \xff\nissues.jsonl\n"].concat(), "first: {first}");
        assert_eq!(ann.git(&["status", "--porcelain"]).ok(), " M .beads/.gitignore\n", "first: {first}");
    }
    // Nothing to adopt: it is a foreign file, and stays.
    let ann = Sandbox::new().repo("ann");
    ann.write(".beads/.gitignore", LATIN);
    ann.commit_all("Mine");
    ann.bd(&["init", "--prefix", "old"]).ok();
    assert_committed(&ann, LATIN, "nothing to adopt");
    assert_eq!(ann.git(&["status", "--porcelain"]).ok(), "", "nothing is left untracked");
}

#[cfg(unix)]
// goal: P4 tier1
#[test]
fn an_ignore_file_that_is_a_symbolic_link_stays_one() {
    for (first, dangling) in [(true, false), (true, true), (false, false)] {
        let story = format!("first: {first}, dangling: {dangling}");
        let ann = Sandbox::new().repo("ann");
        if !first {
            ann.bd(&["init", "--prefix", "old"]).ok();
            std::fs::remove_file(ann.path(".beads/.gitignore")).unwrap();
        }
        if !dangling {
            ann.write("shared-ignore", "beads.db\n");
        }
        ann.write(".beads/issues.jsonl", "");
        std::os::unix::fs::symlink("../shared-ignore", ann.path(".beads/.gitignore")).unwrap();
        ann.commit_all("The other tracker");
        let link = ann.git(&["ls-tree", "HEAD", ".beads/.gitignore"]).line();
        assert!(link.starts_with("120000"), "{link}");
        let done = ann.bd(&["init", "--prefix", "old"]);
        assert!(done.ok().is_empty() || done.stderr().contains("not a plain file"), "{story}: nobody is told\n{done}");
        assert_eq!(ann.git(&["ls-tree", "HEAD", ".beads/.gitignore"]).line(), link, "{story}");
        assert_eq!(std::fs::read_link(ann.path(".beads/.gitignore")).unwrap().to_str(), Some("../shared-ignore"), "{story}");
        assert!(dangling || ann.read("shared-ignore") == "beads.db\n", "{story}: written through the link");
        assert_eq!(ann.git(&["ls-files", ".beads/issues.jsonl"]).ok(), "", "{story}: adopted all the same");
        assert_eq!(ann.git(&["status", "--porcelain"]).ok(), "", "{story}");
    }
}

#[cfg(unix)]
// goal: P4 tier1
#[test]
fn a_link_that_is_not_committed_is_neither_replaced_nor_committed() {
    let ann = Sandbox::new().repo("ann");
    ann.write(".beads/issues.jsonl", "");
    ann.write(".beads/.gitignore", "beads.db\n");
    ann.commit_all("The other tracker");
    std::fs::remove_file(ann.path(".beads/.gitignore")).unwrap();
    std::os::unix::fs::symlink("../none", ann.path(".beads/.gitignore")).unwrap();
    let done = ann.bd(&["init", "--prefix", "old"]);
    done.ok();
    assert!(done.stderr().contains("not a plain file"), "{done}");
    assert_eq!(ann.git(&["show", "HEAD:.beads/.gitignore"]).ok(), "beads.db\nissues.jsonl\n");
    assert_eq!(ann.git(&["status", "--porcelain"]).ok(), " T .beads/.gitignore\n");
    assert_eq!(std::fs::read_link(ann.path(".beads/.gitignore")).unwrap().to_str(), Some("../none"));
}

// goal: P4 tier1
#[test]
fn what_is_staged_of_the_adopted_files_stays_staged() {
    let ann = Sandbox::new().repo("ann");
    ann.write(".beads/issues.jsonl", "");
    ann.write(".beads/.gitignore", "beads.db\n");
    ann.commit_all("The other tracker");
    ann.write(".beads/.gitignore", "beads.db\nSTAGED\n");
    ann.git(&["add", ".beads/.gitignore"]).ok();
    ann.write(".beads/.gitignore", "beads.db\nWORK\n");
    let done = ann.bd(&["init", "--prefix", "old"]);
    done.ok();
    assert!(done.stderr().contains("stays staged"), "{done}");
    assert_eq!(ann.git(&["show", ":.beads/.gitignore"]).ok(), "beads.db\nSTAGED\n");
    assert_eq!(ann.git(&["show", "HEAD:.beads/.gitignore"]).ok(), "beads.db\nissues.jsonl\n");
    assert_eq!(ann.read(".beads/.gitignore"), "beads.db\nWORK\nissues.jsonl\n");
    assert_eq!(ann.git(&["diff", "--cached", "--name-only"]).ok(), ".beads/.gitignore\n", "and nothing else is");
    // A new one that is staged goes with the user's commit, not with ours.
    let bob = Sandbox::new().repo("bob");
    bob.write(".beads/issues.jsonl", "");
    bob.commit_all("The other tracker");
    bob.write(".beads/.gitignore", "STAGED\n");
    bob.git(&["add", ".beads/.gitignore"]).ok();
    bob.bd(&["init", "--prefix", "old"]).ok();
    assert_eq!(bob.git(&["show", ":.beads/.gitignore"]).ok(), "STAGED\n");
    assert_eq!(bob.git(&["ls-tree", "HEAD", ".beads/.gitignore"]).ok(), "");
    assert_eq!(bob.git(&["status", "--porcelain"]).ok(), "AM .beads/.gitignore\n");
}

// goal: P4 tier1
#[test]
fn an_ignore_file_that_the_user_has_removed_stays_away() {
    let ann = Sandbox::new().repo("ann");
    ann.bd(&["init", "--prefix", "old"]).ok();
    ann.write(".beads/issues.jsonl", "");
    ann.write(".beads/.gitignore", "beads.db\n");
    ann.commit_all("The other tracker");
    std::fs::remove_file(ann.path(".beads/.gitignore")).unwrap();
    ann.bd(&["init"]).ok();
    assert_eq!(ann.git(&["show", "HEAD:.beads/.gitignore"]).ok(), "beads.db\nissues.jsonl\n");
    assert_eq!(ann.git(&["status", "--porcelain"]).ok(), " D .beads/.gitignore\n");
}

#[test]
fn a_file_of_records_that_cannot_be_read_stays_and_is_said() {
    let ann = Sandbox::new().repo("ann");
    ann.write(".beads/issues.jsonl", "");
    ann.commit_all("upstream's store");
    std::fs::remove_file(ann.dir().join(".beads/issues.jsonl")).expect("gone");
    ann.write(".beads/issues.jsonl/mine.txt", "a folder in its place\n");
    let out = ann.bd(&["init", "--prefix", "old"]);
    out.ok();
    assert!(out.stderr().contains("issues.jsonl cannot be read"), "{out}");
    assert_eq!(ann.read(".beads/issues.jsonl/mine.txt"), "a folder in its place\n");
    assert_eq!(ann.git(&["ls-files", ".beads/issues.jsonl"]).ok(), "", "untracked");
}
