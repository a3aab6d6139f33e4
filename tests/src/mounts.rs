//! Mounts of a test's own: small disks and read-only folders, in a mount namespace that ends with the test.

use crate::outside::setting;
use std::path::Path;
use std::process::{Command, Stdio};

/// The variable by which the inner run of a test knows that it is the inner one.
const INSIDE: &str = "BD_TEST_OWN_MOUNTS";

/// Where a test that needs mounts of its own runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mounts {
    /// In a namespace of its own: mount what you like, nobody sees it and nothing of it stays.
    Here,
    /// It ran in a process of its own, and passed.
    Passed,
    /// This system gives processes no namespaces; standard error says so. What the test says must hold by other means.
    Refused,
}

/// Runs the calling test once more, by its full name, as the only one of a process with mounts of its own.
///
/// # Panics
/// That run failed.
pub fn own_mounts(test: &str) -> Mounts {
    if setting(INSIDE).is_some() {
        return Mounts::Here;
    }
    let namespace = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount"]).stdin(Stdio::null());
        command
    };
    let refused = namespace().args(["mount", "-t", "tmpfs", "none", "/mnt"]).output().map_or_else(
        |e| Some(e.to_string()),
        |out| (!out.status.success()).then(|| String::from_utf8_lossy(&out.stderr).into_owned()),
    );
    if let Some(why) = refused {
        // Not the captured output of a test: whoever reads the log of a whole run must see what was not tried.
        let note = format!("{test}: no mounts of its own on this system ({}): not run\n", why.trim());
        let _seen = std::io::Write::write_all(&mut std::io::stderr(), note.as_bytes());
        return Mounts::Refused;
    }
    let me = std::env::current_exe().expect("the path of the running test");
    let out = namespace().arg(me).args(["--exact", test, "--nocapture", "--test-threads=1"]).env(INSIDE, "1").output();
    let out = out.expect("a program that started a moment ago");
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && said.contains("1 passed"), "{test}, with mounts of its own:\n{said}");
    Mounts::Passed
}

/// A disk of so many KiB at a folder.
///
/// # Panics
/// It cannot be mounted.
pub fn mount_disk(at: &Path, kib: usize) {
    mount(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "none"], at);
}

/// Makes a folder read-only, whoever writes.
///
/// # Panics
/// It cannot be mounted.
pub fn mount_read_only(at: &Path) {
    mount(&["--bind", &at.display().to_string()], at);
    mount(&["-o", "remount,bind,ro", "none"], at);
}

/// Takes the mount at a folder away.
///
/// # Panics
/// It is in use.
pub fn unmount(at: &Path) {
    let out = Command::new("umount").arg(at).output().expect("umount");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

fn mount(args: &[&str], at: &Path) {
    let out = Command::new("mount").args(args).arg(at).output().expect("mount");
    assert!(out.status.success(), "mount {args:?}: {}", String::from_utf8_lossy(&out.stderr));
}
