//! `install.sh --demo` plays the scripts of `tests/demo`; here they play with the binaries under test.

use bd_tests::Sandbox;

fn plays(script: &str) {
    let sandbox = Sandbox::new();
    let script = format!("{}/demo/{script}", env!("CARGO_MANIFEST_DIR"));
    let shell = std::path::Path::new("/bin/sh");
    let out = sandbox.program_in(shell, sandbox.root(), "ann", &[&script]).env("TMPDIR", sandbox.root()).free_running().run();
    let text = out.ok();
    assert!(text.trim_end().ends_with("Demo done: 1 passed, 0 failed"));
    assert!(!text.contains("DEMO FAILED") && !out.stderr().contains("panicked"));
}

// goal: X3 tier1
#[test]
fn the_demo_plays_the_main_job() {
    plays("main-job.sh");
}

// goal: X3 tier1
#[test]
fn the_demo_plays_gates_in_four_languages() {
    plays("gates.sh");
}
