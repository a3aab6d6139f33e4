//! `install.sh --demo` plays `tests/demo/main-job.sh`; here it plays with the binary under test.

use bd_tests::Sandbox;

// goal: X3 tier1
#[test]
fn the_demo_plays_the_main_job() {
    let sandbox = Sandbox::new();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/main-job.sh");
    let shell = std::path::Path::new("/bin/sh");
    let out = sandbox.program_in(shell, sandbox.root(), "ann", &[script]).env("TMPDIR", sandbox.root()).free_running().run();
    let text = out.ok();
    assert!(text.trim_end().ends_with("Demo done: 1 passed, 0 failed"));
    assert!(!text.contains("DEMO FAILED") && !out.stderr().contains("panicked"));
}
