//! `install.sh` from the outside, with a cargo and a build of its own: what it puts where, and what it takes away again.

use bd_tests::{Output, Sandbox};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// A checkout with a build that takes no time, and the folder to install into.
fn checkout(sandbox: &Sandbox) -> (PathBuf, PathBuf) {
    let root = sandbox.path("checkout");
    let write = |path: &str, text: &str| {
        let file = root.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, text).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a mode");
    };
    write("bd/Cargo.toml", "");
    write(".ci/release", "#!/bin/sh\necho \"$(cd \"$(dirname \"$0\")/..\" && pwd)/made/bd\"\n");
    for name in ["bd", "bd-gate", "gt"] {
        write(&format!("made/{name}"), &format!("#!/bin/sh\necho {name} \"$@\"\n"));
    }
    for name in ["main-job", "gates"] {
        write(&format!("tests/demo/{name}.sh"), &format!("echo {name} was played\n"));
    }
    write("tools/cargo", "#!/bin/sh\necho cargo 1.89.0\n");
    write("install.sh", include_str!("../../install.sh"));
    (root, sandbox.path("bin-of-ann"))
}

fn install(sandbox: &Sandbox, root: &Path, dir: &Path, words: &[&str]) -> Output {
    let script = root.join("install.sh").display().to_string();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", root.join("tools").display());
    let args = [&[script.as_str()], words].concat();
    sandbox.program_in(Path::new("/bin/sh"), root, "ann", &args).env("BD_INSTALL_DIR", dir).env("PATH", path).run()
}

fn there(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

// goal: X3 tier1
#[test]
fn everything_is_installed_under_its_names_and_goes_again() {
    let sandbox = Sandbox::new();
    let (root, dir) = checkout(&sandbox);
    let dry = install(&sandbox, &root, &dir, &["--dry-run", "--demo"]);
    assert!(dry.ok().contains("bd bd-gate gt, and gastown as a link to gt"), "{dry}");
    assert!(dry.stdout().contains("Would then play gt demo soc2"), "{dry}");
    assert!(!dir.exists(), "a dry run does nothing");
    install(&sandbox, &root, &dir, &[]).ok();
    assert_eq!(there(&dir), ["bd", "bd-gate", "gastown", "gt"]);
    assert_eq!(fs::read_link(dir.join("gastown")).expect("a link"), Path::new("gt"));
    let again = install(&sandbox, &root, &dir, &[]);
    assert_eq!(again.ok().matches("is up to date").count(), 4, "{again}");
    let demo = install(&sandbox, &root, &dir, &["--demo"]);
    assert!(demo.ok().ends_with("main-job was played\ngates was played\ngt demo soc2\n"), "{demo}");
    install(&sandbox, &root, &dir, &["--uninstall", "--dry-run"]).ok();
    assert_eq!(there(&dir).len(), 4, "a dry run does nothing");
    let gone = install(&sandbox, &root, &dir, &["--uninstall"]);
    assert!(gone.ok().contains("gastown"), "{gone}");
    assert!(there(&dir).is_empty());
    install(&sandbox, &root, &dir, &["--uninstall"]).ok();
}

// goal: X3 tier1
#[test]
fn a_gastown_of_somebody_else_stays() {
    let sandbox = Sandbox::new();
    let (root, dir) = checkout(&sandbox);
    fs::create_dir_all(&dir).expect("a folder");
    fs::write(dir.join("gastown"), "theirs").expect("a file");
    assert!(install(&sandbox, &root, &dir, &[]).ok().contains("Left "));
    install(&sandbox, &root, &dir, &["--uninstall"]).ok();
    assert_eq!(fs::read_to_string(dir.join("gastown")).expect("a file"), "theirs");
    fs::remove_file(dir.join("gastown")).expect("it goes");
    symlink("elsewhere", dir.join("gastown")).expect("a link");
    install(&sandbox, &root, &dir, &["--uninstall"]).ok();
    assert_eq!(there(&dir), ["gastown"], "a link that leads elsewhere is not ours");
}
