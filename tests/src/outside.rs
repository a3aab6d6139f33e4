//! The outside world of the tests: where the binaries are, and the few variables that steer a run.

use std::path::{Path, PathBuf};

/// A variable of the test run itself, e.g. `HISTORIES_SEEDS`; an empty one counts as not set.
/// Nothing of it reaches a command under test.
pub fn setting(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the one home of the test run's environment")]
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// The folder of real data (`BD_COMPAT_DATA`), if this run has it. Tests that need it belong to `.ci/run`.
pub fn compat_data() -> Option<PathBuf> {
    setting("BD_COMPAT_DATA").map(PathBuf::from)
}

/// The top of this repository's working tree.
///
/// # Panics
/// The tests were moved away from it.
pub fn repository_root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("tests/ is below the repository's top").to_owned()
}

/// `bd` with failpoints: built by cargo next to the test that runs.
///
/// # Panics
/// It was not built.
pub(crate) fn binary() -> PathBuf {
    binary_of("bd-under-test")
}

/// A binary under test, built by cargo next to the test that runs.
///
/// # Panics
/// It was not built.
pub fn binary_of(name: &str) -> PathBuf {
    let me = std::env::current_exe().expect("the path of the running test");
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    // A benchmark is built for release; what it only prepares with may be the tests' binary.
    let places = |dir: &Path| [dir.join(&name), dir.join("debug").join(&name)];
    let near = me.ancestors().skip(1).take(3).flat_map(places).find(|path| path.is_file());
    near.unwrap_or_else(|| panic!("no `{name}` near {}: run `cargo build -p bd-tests --bins`", me.display()))
}

/// A program on this machine's PATH.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = setting("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned());
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}

/// The PATH that commands see: our `bd`, then the folder of git, then the system's own.
pub(crate) fn path_for(bin: &Path, git: &Path) -> std::ffi::OsString {
    let git_dir = git.parent().unwrap_or(Path::new("/usr/bin"));
    let dirs = [bin, git_dir, Path::new("/usr/bin"), Path::new("/bin")];
    std::env::join_paths(dirs).expect("folders without a colon in their names")
}
