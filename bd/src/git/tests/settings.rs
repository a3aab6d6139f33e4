//! Configuration, remotes, signing.

use super::lab::{Flavour, Lab, spec};
use crate::git::GitError;

#[test]
fn values_are_those_of_git_config() {
    Lab::each(|lab, dir, git, flavour| {
        assert_eq!(git.config("user.name").as_deref(), Some("Ann"));
        assert_eq!(git.config("no.such"), None);
        git.set_config("beads.remote", "up stream").unwrap();
        git.set_config("Beads.Some Where.Mode", "-x \"quoted\" # no comment").unwrap();
        assert_eq!(git.config("beads.remote").as_deref(), Some("up stream"));
        for key in ["beads.remote", "beads.Some Where.mode"] {
            assert_eq!(git.config(key).unwrap(), lab.git(dir, &["config", key]));
        }
        assert_eq!(git.config("beads.some where.mode"), None, "subsections keep their case");
        git.unset_config("beads.remote").unwrap();
        git.unset_config("beads.remote").unwrap();
        assert_eq!(git.config("beads.remote"), None);
        assert!(git.set_config("nodot", "x").is_err());

        // Last one wins; includes are followed; a key without a value is true; the environment has the last word.
        std::fs::write(lab.path("more"), "[a]\n\tone = 3\n[b]\n\tflag\n").unwrap();
        let text = format!("[a]\n\tone = 1\n\tone = 2\n[include]\n\tpath = {}\n", lab.path("more").display());
        let config = dir.join(".git/config");
        let old = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, old.clone() + &text).unwrap();
        let fresh = lab.open(dir, flavour);
        assert_eq!(fresh.config("a.one").as_deref(), Some("3"));
        assert_eq!(fresh.config("b.flag").as_deref(), Some("true"));
        let mut more = Lab { root: tempfile::tempdir().unwrap(), vars: lab.vars.clone() };
        more.vars.insert("GIT_CONFIG_COUNT".into(), "1".into());
        more.vars.insert("GIT_CONFIG_KEY_0".into(), "A.One".into());
        more.vars.insert("GIT_CONFIG_VALUE_0".into(), "4".into());
        assert_eq!(more.open(dir, flavour).config("a.one").as_deref(), Some("4"));
        more.vars.insert("GIT_CONFIG_PARAMETERS".into(), "'a.one'='5'".into());
        assert_eq!(more.open(dir, flavour).config("a.one").as_deref(), Some("5"));
        std::fs::write(&config, old).unwrap();
    });
}

#[test]
fn a_locked_configuration_is_waited_for_and_left_as_it_was() {
    let lab = Lab::new();
    let dir = lab.repo("r", Flavour::Gix).unwrap();
    let git = lab.open(&dir, Flavour::Gix);
    let lock = dir.join(".git/config.lock");
    std::fs::write(&lock, "").unwrap();
    let before = std::fs::read(dir.join(".git/config")).unwrap();
    assert!(matches!(git.set_config("a.b", "c"), Err(GitError::Locked(_))));
    assert_eq!(std::fs::read(dir.join(".git/config")).unwrap(), before);
    assert!(lock.exists());
}

#[test]
fn remotes_have_names_and_urls_without_secrets() {
    Lab::each(|lab, dir, git, flavour| {
        assert!(git.remotes().is_empty());
        assert_eq!(git.remote_url("origin"), None);
        lab.git(dir, &["remote", "add", "origin", "https://ann:s3cret@example.com/r.git"]);
        lab.git(dir, &["remote", "add", "My.Fork", "gh:me/r"]);
        lab.git(dir, &["config", "url.ssh://git@example.org/.insteadOf", "gh:"]);
        lab.git(dir, &["config", "remote.later.prune", "true"]);
        lab.git(dir, &["config", "remote.pushDefault", "origin"]);
        let git = lab.open(dir, flavour);
        assert_eq!(git.remotes(), ["My.Fork", "origin"]);
        assert_eq!(git.remote_url("origin").as_deref(), Some("https://example.com/r.git"));
        assert_eq!(git.remote_url("My.Fork").as_deref(), Some("ssh://git@example.org/me/r"));
    });
}

#[test]
fn commits_are_signed_only_where_both_ask_for_it() {
    Lab::each(|lab, dir, git, flavour| {
        let tree = git.write_tree(&[]).unwrap();
        let head = git.resolve("HEAD").unwrap().unwrap();
        let plain = git.write_commit(&spec(tree, &[head], "m\n\nActor: a\n")).unwrap();
        assert!(!String::from_utf8(git.read_commit(plain).unwrap()).unwrap().contains("gpgsig"));
        // A stand-in for ssh-keygen: git calls it as `… -Y sign -n git -f KEY BUFFER` and reads BUFFER.sig.
        let program = lab.path("keygen");
        std::fs::write(&program, "#!/bin/sh\nfor last; do :; done\nprintf -- '-----BEGIN SSH SIGNATURE-----\\nfake\\n-----END SSH SIGNATURE-----\\n' > \"$last.sig\"\n").unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(lab.path("key"), "x").unwrap();
        for (key, value) in [
            ("gpg.format", "ssh"),
            ("gpg.ssh.program", program.to_str().unwrap()),
            ("user.signingKey", lab.path("key").to_str().unwrap()),
            ("commit.gpgSign", "true"),
        ] {
            git.set_config(key, value).unwrap();
        }
        let git = lab.open(dir, flavour);
        let signed = git.write_commit(&spec(tree, &[head], "m\n\nActor: a\n")).unwrap();
        let raw = String::from_utf8(git.read_commit(signed).unwrap()).unwrap();
        assert!(raw.contains("BEGIN SSH SIGNATURE"), "{raw}");
        let unsigned: String = String::from_utf8(git.read_commit(plain).unwrap()).unwrap();
        let (before, _) = raw.split_once("gpgsig").unwrap();
        assert!(unsigned.starts_with(before), "author, committer, parents are the same: {raw}");
        assert!(raw.ends_with("\n\nm\n\nActor: a\n"));
        assert_eq!(git.commit_parents(signed).unwrap(), [head]);
        let mut not = spec(tree, &[head], "m\n\nActor: a\n");
        not.sign = false;
        assert_eq!(git.write_commit(&not).unwrap(), plain, "no signature that the caller did not want");
        // A key that cannot sign is an error, not an unsigned commit.
        git.set_config("gpg.ssh.program", "/nonexistent/keygen").unwrap();
        assert!(
            matches!(lab.open(dir, flavour).write_commit(&spec(tree, &[head], "x")), Err(GitError::Other(why)) if why.contains("signed"))
        );
    });
}
