//! `bd init` in a repository that tracks an upstream store.

use bd_tests::Sandbox;

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
