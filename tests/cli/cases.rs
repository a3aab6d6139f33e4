//! Cases that read as documentation: `tests/cli/cases/*.md`.

#[test]
fn cases_are_what_they_say() {
    let sandbox = bd_tests::Sandbox::new();
    trycmd::TestCases::new()
        .register_bin("bd", std::path::PathBuf::from(env!("CARGO_BIN_EXE_bd-under-test")))
        .env("HOME", sandbox.root().to_string_lossy())
        .case("cli/cases/*.md");
}
