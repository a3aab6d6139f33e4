//! `.beads/gates.toml`: what is not understood is refused as a whole, and says where.

use super::judged::check;
use bd_tests::Sandbox;

#[test]
fn a_file_that_is_not_understood_asks_nothing_and_says_where() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.write(
        ".beads/gates.toml",
        "[[gate]]\nid = \"../x\"\nkind = \"human\"\nwhen = [\"push\"]\n\n[[gate]]\nid = \"tests\"\nkind = \"comand\"\nwhen = [\"comit\"]\n",
    );
    let out = work.gate_cmd(&["gate", "check", "--all"]).run();
    out.fails(2);
    assert!(out.stdout().is_empty(), "nothing was judged: {}", out.stdout());
    assert!(out.stderr().contains(".beads/gates.toml:2:6") && out.stderr().contains("^^^^"), "{}", out.stderr());

    work.write(".beads/gates.toml", "[[gate]]\nid = \"tests\"\nkind = \"comand\"\nwhen = [\"comit\"]\n");
    let out = work.gate_cmd(&["gate", "check", "--all"]).run();
    out.fails(2);
    for word in [".beads/gates.toml:3:8", "Did you mean `command`?", ".beads/gates.toml:4:9", "Did you mean `commit`?"] {
        assert!(out.stderr().contains(word), "{word} is not in\n{}", out.stderr());
    }
}

#[test]
fn an_unknown_key_is_said_and_the_rest_counts() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    work.write(".beads/gates.toml", "[[gate]]\nid = \"no-skip\"\nactoin = \"off\"\n");
    let judged = check(&work, &["--all"]);
    assert_eq!((judged.code, judged.status("no-skip")), (0, "pass"), "the slip turned nothing off");
    let notes = judged.all["notes"].to_string();
    assert!(notes.contains("gates.toml:3:1") && notes.contains("actoin"), "{notes}");
}
