//! The plugin is found and speaks as `bd` does.

use bd_tests::Sandbox;

#[test]
fn an_unknown_word_of_the_plugin_is_refused_as_bd_refuses() {
    let sandbox = Sandbox::new();
    let work = sandbox.repo("lone");
    let out = work.gate_cmd(&["no-such-verb"]).run();
    out.fails(2);
    assert!(out.stdout().is_empty() && out.stderr().contains("no-such-verb"), "{}", out.stderr());
}
