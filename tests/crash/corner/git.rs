//! What hangs on git's own helpers: a transport that says nothing, a signing program, a promisor.

use super::{Corner, Killed};
use crate::stage::Stage;
use bd_tests::{Output, Work};
use std::io::{Read, Write};
use std::path::Path;

/// Asking the remote is never answered.
pub const SILENT_ANSWER: Corner = Corner {
    place: "git.end",
    make: || silent("git-upload-pack"),
    go: sync_with_silence,
    ends: 8,
    free: Some(sync_with_the_remote),
    then: given_up,
};

/// The remote answers and is silent when it is to take something.
pub const SILENT_PUSH: Corner = Corner {
    place: "git.end",
    make: || silent("git-receive-pack"),
    go: sync_with_silence,
    ends: 8,
    free: Some(sync_with_the_remote),
    then: given_up,
};

fn program(path: &Path, text: &str) {
    std::fs::write(path, text).expect("a program");
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
}

/// A remote behind a shell that never starts one of git's services.
fn silent(service: &str) -> Stage {
    let stage = Stage::new();
    for name in ["word", "alive"] {
        let pipe = stage.sandbox.path(name).display().to_string();
        stage.sandbox.program_in("mkfifo".as_ref(), stage.sandbox.root(), "ann", &[&pipe]).run().ok();
    }
    let word = stage.sandbox.path("word");
    let text = format!(
        "#!/bin/sh\nfor last; do :; done\ncase $last in\n{service}*) exec 3<>{}; read -r word <&3 ;;\ngit-*) eval \"exec $last\" ;;\n*) exit 1 ;;\nesac\n",
        word.display()
    );
    program(&stage.sandbox.path("silent-shell"), &text);
    // Publishing is chosen by place; here the place changes and the choice does not.
    stage.ann.git(&["config", "beads.share", "true"]).ok();
    stage.ann.git(&["remote", "set-url", "origin", &format!("ssh://silent.test{}", stage.remote.path().display())]).ok();
    stage.keep();
    stage
}

/// A sync that waits a second; returns when all that it started has ended.
fn sync_with_silence(stage: &Stage, point: Option<&str>) -> Output {
    let (alive, word) = (stage.sandbox.path("alive"), stage.sandbox.path("word"));
    // Whoever was started holds the pipe until he ends, through a number that nobody uses.
    let args = ["-c", "exec \"$@\" 9>\"$ALIVE\"", "sh", "bd", "sync"];
    let cmd = stage.sandbox.program_in("/bin/sh".as_ref(), stage.ann.dir(), "ann", &args);
    let cmd = cmd.env("ALIVE", &alive).env("BD_NETWORK_TIMEOUT", "1").config("ssh.variant", "simple");
    let cmd = cmd.env("GIT_SSH_COMMAND", stage.sandbox.path("silent-shell"));
    let ended = std::thread::spawn(move || {
        let mut pipe = std::fs::File::open(alive).expect("a pipe");
        pipe.read_to_end(&mut Vec::new()).expect("its end")
    });
    let out = stage.shaped(cmd, point).run();
    // The word that those wait for who were not asked to end. Opened for both, so that it waits for nobody.
    let mut pipe = std::fs::File::options().read(true).write(true).open(word).expect("a pipe");
    pipe.write_all(b"\n").expect("a word");
    ended.join().expect("all have ended");
    out
}

fn sync_with_the_remote(stage: &Stage) -> Output {
    stage.ann.git(&["remote", "set-url", "origin", &stage.remote.url()]).ok();
    stage.act(&["sync"], "", None)
}

fn given_up(killed: &Killed<'_>) {
    let (stage, story) = (killed.stage, killed.story);
    assert_eq!(killed.out.stdout(), "", "{story}: said to be done");
    assert!(!killed.point.is_empty() || killed.out.stderr().contains("no answer within 1 s"), "{}", killed.out);
    assert!(!killed.before.is_subset(&stage.published()), "{story}: published through a silent host");
    assert_eq!(stage.leftovers(), Vec::<std::path::PathBuf>::new(), "{story}");
    stage.ann.git(&["remote", "set-url", "origin", &stage.remote.url()]).ok();
    killed.goes_on(false);
}

/// A mutation where every commit is signed.
pub const SIGNED_EVENT: Corner = Corner {
    place: "git.signed-commit",
    make: with_a_key,
    go: |stage, point| signed(stage, &["create", "In a signed commit"], point),
    ends: 0,
    free: None,
    then: |killed| {
        let (ann, story) = (&killed.stage.ann, killed.story);
        assert_eq!(is_signed(ann, "refs/beads/state"), killed.point.is_empty(), "{story}: the ref moves after the signature");
        // Whoever commits it signs it.
        signed(killed.stage, &["sync", "--no-push"], None).ok();
        assert!(is_signed(ann, "refs/beads/state"), "{story}");
        killed.goes_on(true);
    },
};

/// A ride where every commit is signed.
pub const SIGNED_RIDE: Corner = Corner {
    place: "git.signed-commit",
    make: with_a_key,
    go: |stage, point| signed(stage, &["ride", "--all"], point),
    ends: 0,
    free: None,
    then: |killed| {
        let (ann, story) = (&killed.stage.ann, killed.story);
        if !killed.point.is_empty() {
            assert_eq!(ann.user_state(), killed.user, "{story}: the branch moves after the signature");
            assert_eq!(ann.git(&["status", "--porcelain", "--untracked-files=all"]).ok(), "", "{story}");
            signed(killed.stage, &["ride", "--all"], None).ok();
        }
        assert!(is_signed(ann, "HEAD"), "{story}");
        assert_eq!(ann.user_state(), killed.user_whole, "{story}: given again, it is not what the whole command leaves");
        assert_eq!(ann.git(&["status", "--porcelain", "--untracked-files=all"]).ok(), "", "{story}");
        killed.is_sound();
    },
};

/// A signing program that signs everything.
fn with_a_key() -> Stage {
    let stage = Stage::new();
    // Nothing is fetched beside what is signed.
    stage.ann.bd(&["sync"]).ok();
    stage.ann.bd(&["comment", &stage.bead, "To ride"]).ok();
    stage.keep();
    program(
        &stage.sandbox.bin().join("sign-all"),
        "#!/bin/sh\ncat >/dev/null\nprintf '[GNUPG:] BEGIN_SIGNING\\n[GNUPG:] SIG_CREATED D 1 8 00 0 0\\n' >&2\nprintf -- '-----BEGIN PGP SIGNATURE-----\\n\\nann\\n-----END PGP SIGNATURE-----\\n'\n",
    );
    stage
}

fn signed(stage: &Stage, args: &[&str], point: Option<&str>) -> Output {
    let cmd = stage.ann.cmd(args).config("commit.gpgSign", "true").config("gpg.program", "sign-all");
    stage.shaped(cmd.config("user.signingKey", "ann"), point).run()
}

fn is_signed(work: &Work, rev: &str) -> bool {
    work.git(&["cat-file", "commit", rev]).ok().contains("\ngpgsig ")
}

/// The first look in a clone that has no blob.
pub const PARTIAL: Corner = Corner {
    place: "git.fetch-objects",
    make: || {
        let stage = Stage::new();
        stage.ann.bd(&["sync"]).ok();
        stage.remote.git(&["config", "uploadpack.allowFilter", "true"]).ok();
        std::fs::remove_dir_all(stage.ann.dir()).expect("a clone");
        let ann = stage.remote.clone_with("ann", &["--filter=blob:none"]);
        Stage::of(stage.sandbox, stage.remote, ann, [stage.bead, stage.other])
    },
    go: |stage, point| stage.act(&["list", "--all", "--limit", "0"], "", point),
    ends: 0,
    free: None,
    then: |killed| {
        let list = killed.stage.ann.bd(&["list", "--all", "--limit", "0"]);
        for title in ["Everybody knows it", "This too", "Made by bob"] {
            assert!(list.ok().contains(title), "{}: {list}", killed.story);
        }
        killed.goes_on(true);
    },
};
