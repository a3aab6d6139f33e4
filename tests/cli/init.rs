//! `bd init`

use bd_tests::Sandbox;

#[test]
fn it_commits_its_four_files_and_nothing_else() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    ann.write("staged.txt", "staged\n");
    ann.git(&["add", "staged.txt"]).ok();
    ann.write("README.md", "changed\n");
    let before = ann.user_state();
    ann.bd(&["init", "--prefix", "t"]).ok();
    let files = ann.git(&["show", "--name-only", "--format=%an", "HEAD"]).ok().to_owned();
    assert_eq!(
        files.split_whitespace().collect::<Vec<_>>(),
        ["ann", ".beads/.gitattributes", ".beads/.gitignore", ".beads/config.toml", ".beads/metadata.json"]
    );
    let after = ann.user_state();
    let same = |text: &str| text.lines().filter(|l| !l.contains("refs/heads/main")).collect::<Vec<_>>().join("\n");
    assert_eq!(same(&after), same(&before), "what was staged and what was changed stays so");
    assert_eq!(ann.git(&["status", "--porcelain", "--", ".beads"]).ok(), "");
    assert!(ann.read(".beads/config.toml").contains("prefix = \"t\""));
    let head = ann.rev("HEAD");
    assert_eq!(ann.bd(&["init"]).code(), 0, "again changes nothing");
    assert_eq!(ann.rev("HEAD"), head);
    ann.bd(&["init", "--prefix", "other"]).fails(2);
    assert_eq!(ann.rev("HEAD"), head);
}

#[test]
fn an_unborn_branch_keeps_the_files_for_the_first_commit() {
    let sandbox = Sandbox::new();
    let ann = sandbox.empty_repo("ann");
    let out = ann.bd(&["init", "--prefix", "t"]);
    out.ok();
    assert!(out.stderr().contains("no commit yet"));
    assert!(ann.exists(".beads/config.toml") && ann.try_rev("HEAD").is_none());
    let id = ann.create("works all the same", &[]);
    ann.commit_all("First");
    assert_eq!(ann.show(&id)["title"], "works all the same");
}

#[test]
fn stealth_leaves_no_trace() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    let head = ann.rev("HEAD");
    ann.bd(&["init", "--stealth", "--prefix", "t"]).ok();
    ann.create("hidden", &[]);
    assert_eq!(ann.rev("HEAD"), head);
    assert_eq!(ann.git(&["status", "--porcelain", "--untracked-files=all"]).ok(), "");
    assert_eq!(ann.bd(&["list", "--json"]).json()[0]["title"], "hidden");
    let bob = sandbox.repo("bob");
    bob.bd(&["init"]).ok();
    bob.bd(&["init", "--stealth", "--publish"]).ok();
    assert!(bob.exists(".beads/config.toml"));
}

#[test]
fn publishing_is_written_down_once_and_by_name_of_the_place() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let ann = remote.clone_as("ann");
    let json = ann.bd(&["init", "--publish", "--json"]).json();
    assert_eq!(json["publish_to"].as_array().map(Vec::len), Some(1));
    assert!(ann.read(".beads/config.toml").contains("publish_to"));
    let head = ann.rev("HEAD");
    ann.bd(&["init", "--publish"]).ok();
    assert_eq!(ann.rev("HEAD"), head);
    let id = ann.create("before any sync", &[]);
    assert_eq!(ann.show(&id)["status"], "open");
    ann.bd(&["init", "--remote", "nowhere"]).fails(2);
    assert_ne!(ann.git(&["config", "beads.remote"]).code(), 0, "a remote that is not there is not written down");
    let bob = sandbox.repo("bob");
    assert!(!bob.bd(&["init"]).ok().contains("published to"), "nothing is published unless chosen");
    assert!(!bob.read(".beads/config.toml").contains("publish_to"));
}

#[test]
fn worktrees_share_the_store_and_a_bare_repository_is_refused() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    let side = ann.worktree("side", "side");
    side.bd(&["init", "--prefix", "t"]).ok();
    let id = side.create("seen from both", &[]);
    assert_eq!(ann.show(&id)["title"], "seen from both");
    assert!(!ann.exists(".beads"), "the other worktree's files are its own");
    let bare = sandbox.empty_remote("bare");
    let out = sandbox.bd_in(bare.path(), "ann", &["init"]).run();
    out.fails(2);
    assert!(out.stderr().contains("bare"));
    let nothing = sandbox.bd_in(&sandbox.path("home"), "ann", &["init"]).run();
    nothing.fails(2);
}

#[test]
fn without_an_identity_or_in_the_middle_of_a_merge_the_files_wait() {
    let sandbox = Sandbox::new();
    let ann = sandbox.repo("ann");
    let head = ann.rev("HEAD");
    let out = ann.cmd(&["init", "--prefix", "t"]).config_remove("user.name").config_remove("user.email").run();
    out.ok();
    assert!(out.stderr().contains("who you are"), "{out}");
    assert_eq!(ann.rev("HEAD"), head);
    let bob = sandbox.repo("bob");
    bob.git(&["switch", "-q", "-c", "side"]).ok();
    bob.commit_file("README.md", "side\n");
    bob.git(&["switch", "-q", "main"]).ok();
    bob.commit_file("README.md", "main\n");
    assert_ne!(bob.git(&["merge", "side"]).code(), 0);
    let head = bob.rev("HEAD");
    let out = bob.bd(&["init", "--prefix", "t"]);
    out.ok();
    assert!(out.stderr().contains("merge"), "{out}");
    assert_eq!(bob.rev("HEAD"), head);
}

#[test]
fn it_says_when_the_choice_to_publish_waits_for_the_default_branch() {
    let sandbox = Sandbox::new();
    let remote = sandbox.remote("origin");
    let ann = remote.clone_as("ann");
    ann.bd(&["init", "--prefix", "t"]).ok();
    ann.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    ann.create("A bead", &[]);
    const WAITS: &str = "once this commit is on the default branch of origin";
    let chosen = ann.bd(&["init", "--publish"]);
    assert!(chosen.ok().contains(WAITS), "{chosen}");
    assert!(ann.bd(&["sync"]).ok().contains("not published"), "the choice of the default branch counts");
    ann.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    assert!(ann.bd(&["sync"]).ok().contains("published 1 event"), "now it is chosen");
    // Where nothing says otherwise, the commit of this branch counts at once.
    let bob = sandbox.remote("other").clone_as("bob");
    let chosen = bob.bd(&["init", "--prefix", "t", "--publish"]);
    assert!(chosen.ok().contains("by `bd sync`") && !chosen.stdout().contains(WAITS), "{chosen}");
    bob.create("A bead", &[]);
    assert!(bob.bd(&["sync"]).ok().contains("published 1 event"));
}
