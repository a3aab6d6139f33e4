//! An earlier pass is taken where everything that it follows from is equal.

use super::judged::{check, command};
use bd_tests::Sandbox;

#[test]
fn equal_code_is_not_run_again_and_beads_are_no_code() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    let log = sandbox.path("runs");
    ann.write(".beads/gates.toml", command("count", &format!("echo run >> '{}'", log.display())));
    ann.commit_all("Gates");
    let runs = || std::fs::read_to_string(&log).map_or(0, |t| t.lines().count());
    let ask = || {
        let judged = check(&ann, &["--all", "--trust-commands"]);
        assert_eq!((judged.code, judged.status("count")), (0, "pass"));
        judged.verdict("count")["reused"] == true
    };
    assert!(!ask() && runs() == 1);
    assert!(ask() && runs() == 1, "nothing has changed");

    ann.write(".beads/convoys/x/note.md", "about the work\n");
    ann.commit_all("Only below .beads");
    assert!(ask() && runs() == 1, "what is below .beads is not the code");

    ann.commit_file("src.txt", "code\n");
    assert!(!ask() && runs() == 2, "other code");
    ann.write("src.txt", "edited\n");
    assert!(!ask() && !ask() && runs() == 4, "code in no tree is judged every time");
    ann.git(&["checkout", "--quiet", "--", "src.txt"]).ok();
    assert!(ask() && runs() == 4);

    std::fs::remove_dir_all(ann.beads_dir().join("cache")).unwrap();
    assert!(!ask() && runs() == 5, "the cache can go at any time");
}

#[test]
fn a_failure_is_never_taken_from_the_cache_and_another_command_is_another_gate() {
    let sandbox = Sandbox::new();
    let (_remote, ann, _bob) = sandbox.two_clones();
    let switch = sandbox.path("green");
    let text = |more: &str| command("switch", &format!("test -e '{}'{more}", switch.display()));
    ann.write(".beads/gates.toml", text(""));
    ann.commit_all("Gates");
    let status = || check(&ann, &["--all", "--trust-commands"]).status("switch").to_owned();
    assert_eq!((status(), status()), ("fail".to_owned(), "fail".to_owned()));
    std::fs::write(&switch, "").unwrap();
    assert_eq!(status(), "pass", "the failure before did not stay");
    std::fs::remove_file(&switch).unwrap();
    assert_eq!(status(), "pass", "equal key: an earlier pass");
    ann.write(".beads/gates.toml", text(" # changed"));
    ann.commit_all("Another definition");
    assert_eq!(status(), "fail");
}
