//! Signatures of events (STATE 10): ssh or OpenPGP over the line without its `sig`, with the keys and programs that the
//! user's git is configured with. A signature on a commit proves nothing here: packs and publishes part the two.

use super::Store;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Event, Value};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What an ssh signature is bound to, so that one made for a commit does not pass for one on an event.
const NAMESPACE: &str = "bd-event";

/// The value of `sig`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Sig {
    format: String,
    text: String,
}

/// What a signature is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worth {
    /// There is none.
    Unsigned,
    /// Good, by this principal or key.
    Good(String),
    /// It does not fit the event, or the signer is not an allowed one.
    Bad(String),
    /// It could not be checked, and why.
    Unchecked(String),
}

impl Store {
    /// True if git config `beads.sign` asks for signed events.
    pub fn signs(&self) -> bool {
        let value = self.git().config("beads.sign").unwrap_or_default();
        matches!(value.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "1")
    }

    /// Signs an event in place, as `gpg.format` and `user.signingKey` say.
    ///
    /// # Errors
    /// No key, no program, or the program refuses (exit 2): an event that should be signed is not written unsigned.
    pub fn sign_event(&self, event: &mut Event) -> Result<()> {
        event.extra.remove("sig");
        let payload = event.to_line()?;
        let git = self.git();
        let format = git.config("gpg.format").unwrap_or_else(|| "openpgp".to_owned());
        let key = git.config("user.signingkey").filter(|k| !k.is_empty());
        let text = match format.as_str() {
            "ssh" => {
                let key = key.ok_or_else(|| refused("git config user.signingKey names no key"))?;
                let program = git.config("gpg.ssh.program").unwrap_or_else(|| "ssh-keygen".to_owned());
                let literal = key.strip_prefix("key::").map(str::to_owned).or_else(|| key.starts_with("ssh-").then(|| key.clone()));
                let scratch = literal.map(|text| Scratch::new(self, &format!("{text}\n"))).transpose()?;
                let path = scratch.as_ref().map_or_else(|| self.expand(&key), |s| s.0.clone());
                let path = path.display().to_string();
                let mut args = vec!["-Y", "sign", "-n", NAMESPACE, "-f", &path];
                if scratch.is_some() {
                    // A public key only: the private one is the agent's.
                    args.push("-U");
                }
                self.program(&program, &args, payload.as_bytes())?
            }
            "openpgp" => {
                let program =
                    git.config("gpg.openpgp.program").or_else(|| git.config("gpg.program")).unwrap_or_else(|| "gpg".to_owned());
                let mut args = vec!["--batch", "--armor", "--detach-sign"];
                if let Some(key) = &key {
                    args.extend(["--local-user", key]);
                }
                self.program(&program, &args, payload.as_bytes())?
            }
            other => return Err(refused(&format!("gpg.format `{other}` is not one of ssh, openpgp"))),
        };
        let sig = Sig { format, text: String::from_utf8_lossy(&text.stdout).into_owned() };
        if !text.ok || !sig.text.contains("-----BEGIN") {
            return Err(refused(&text.words));
        }
        event.extra.set("sig", Value::of(&sig));
        Ok(())
    }

    /// Checks the signature of an event: ssh against `gpg.ssh.allowedSignersFile`, OpenPGP against the user's key ring.
    pub fn check_signature(&self, event: &Event) -> Worth {
        let Some(value) = event.extra.get("sig") else { return Worth::Unsigned };
        let Some(sig) = value.decode::<Sig>() else { return Worth::Bad("`sig` is not of a known form".to_owned()) };
        let mut bare = event.clone();
        bare.extra.remove("sig");
        let checked = bare.to_line().map_err(Error::from).and_then(|payload| match sig.format.as_str() {
            "ssh" => self.check_ssh(&sig.text, &payload),
            "openpgp" => self.check_gpg(&sig.text, &payload),
            other => Ok(Worth::Unchecked(format!("format `{other}`"))),
        });
        checked.unwrap_or_else(|e| Worth::Unchecked(e.message))
    }

    fn check_ssh(&self, text: &str, payload: &str) -> Result<Worth> {
        let git = self.git();
        let Some(allowed) = git.config("gpg.ssh.allowedsignersfile").filter(|f| !f.is_empty()) else {
            return Ok(Worth::Unchecked("git config gpg.ssh.allowedSignersFile names no file".to_owned()));
        };
        let allowed = self.expand(&allowed).display().to_string();
        let program = git.config("gpg.ssh.program").unwrap_or_else(|| "ssh-keygen".to_owned());
        let sig = Scratch::new(self, text)?;
        let file = sig.0.display().to_string();
        let found = self.program(&program, &["-Y", "find-principals", "-f", &allowed, "-s", &file], b"")?;
        let principal = String::from_utf8_lossy(&found.stdout).lines().next().unwrap_or_default().to_owned();
        if !found.ok || principal.is_empty() {
            return Ok(Worth::Bad("the key is not an allowed signer's".to_owned()));
        }
        let args = ["-Y", "verify", "-f", &allowed, "-I", &principal, "-n", NAMESPACE, "-s", &file];
        let out = self.program(&program, &args, payload.as_bytes())?;
        Ok(if out.ok { Worth::Good(principal) } else { Worth::Bad(out.words) })
    }

    fn check_gpg(&self, text: &str, payload: &str) -> Result<Worth> {
        let git = self.git();
        let program = git.config("gpg.openpgp.program").or_else(|| git.config("gpg.program")).unwrap_or_else(|| "gpg".to_owned());
        let sig = Scratch::new(self, text)?;
        let file = sig.0.display().to_string();
        let out = self.program(&program, &["--batch", "--status-fd=1", "--verify", &file, "-"], payload.as_bytes())?;
        let status = String::from_utf8_lossy(&out.stdout).into_owned();
        let said =
            |word: &str| status.lines().find_map(|l| l.strip_prefix("[GNUPG:] ")?.strip_prefix(word)).map(|l| l.trim().to_owned());
        Ok(match (out.ok, said("GOODSIG "), said("NO_PUBKEY ")) {
            (true, Some(who), _) => Worth::Good(who),
            (_, _, Some(key)) => Worth::Unchecked(format!("the public key {key} is not in the key ring")),
            _ => Worth::Bad(out.words),
        })
    }

    /// `~/` as git reads it in paths.
    fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.env().home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.git().paths().work_dir.as_deref().unwrap_or(Path::new("/")).join(path),
        }
    }

    fn program(&self, program: &str, args: &[&str], input: &[u8]) -> Result<Ended> {
        let missing = |e: std::io::Error| refused(&format!("`{program}` does not start: {e}"));
        let mut command = Command::new(program);
        command.args(args).env_clear().envs(self.env().vars());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(missing)?;
        if let Some(mut pipe) = child.stdin.take() {
            // A program that refuses early does not read; its words say why.
            let _ = pipe.write_all(input);
        }
        let out = child.wait_with_output().map_err(missing)?;
        let words = String::from_utf8_lossy(&out.stderr).trim().to_owned();
        Ok(Ended { ok: out.status.success(), stdout: out.stdout, words })
    }
}

struct Ended {
    ok: bool,
    stdout: Vec<u8>,
    words: String,
}

/// A file for a program that insists on one; gone when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(store: &Store, text: &str) -> Result<Self> {
        let dir = store.dir().join("marks");
        let name: [u8; 8] = store.env().random().map_err(|e| Error::io(&dir, &e))?;
        let path = dir.join(format!("sig-{:016x}", u64::from_le_bytes(name)));
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&dir)?;
            std::fs::write(&path, text)?;
            #[cfg(unix)]
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            Ok(())
        };
        write().map_err(|e| Error::io(&path, &e))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Environment, format!("the event was not signed, and so not written: {why}"))
        .hint("git config beads.sign asks for signed events; gpg.format and user.signingKey say how")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{Lab, create};

    #[test]
    fn a_signed_event_is_good_a_changed_one_is_bad_and_a_strangers_is_not_allowed() {
        let lab = Lab::new();
        let dir = lab.repo.join(".git");
        for name in ["mine", "strange"] {
            let path = dir.join(name).display().to_string();
            let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", &path]).status();
            if !made.is_ok_and(|s| s.success()) {
                // Without ssh-keygen there is nothing to test, and `check_signature` says `Unchecked`.
                return;
            }
        }
        let public = std::fs::read_to_string(dir.join("mine.pub")).unwrap();
        std::fs::write(dir.join("allowed"), format!("ann@example.test {public}")).unwrap();
        lab.git(&["config", "gpg.format", "ssh"]);
        lab.git(&["config", "user.signingkey", &dir.join("mine").display().to_string()]);
        lab.git(&["config", "beads.sign", "true"]);
        let id = create(&lab.store(), "signed");
        let event = lab.store().snapshot().unwrap().events(&id).unwrap()[0].event.clone();
        assert!(matches!(lab.store().check_signature(&event), Worth::Unchecked(_)));
        lab.git(&["config", "gpg.ssh.allowedSignersFile", &dir.join("allowed").display().to_string()]);
        assert_eq!(lab.store().check_signature(&event), Worth::Good("ann@example.test".into()));
        let forged = event.clone().setting("title", Value::text("forged"));
        assert!(matches!(lab.store().check_signature(&forged), Worth::Bad(_)));
        lab.git(&["config", "user.signingkey", &dir.join("strange").display().to_string()]);
        let id = create(&lab.store(), "strange");
        let event = lab.store().snapshot().unwrap().events(&id).unwrap()[0].event.clone();
        assert!(matches!(lab.store().check_signature(&event), Worth::Bad(_)));
        lab.git(&["config", "user.signingkey", "/nowhere"]);
        assert!(lab.store().write(|tx| tx.event(&id, crate::model::Kind::COMMENT).map(|e| tx.push(e))).is_err());
        assert_eq!(lab.store().snapshot().unwrap().events(&id).unwrap().len(), 1, "nothing is written unsigned");
    }
}
