//! Signed commits: `git commit-tree -S` knows gpg, ssh and x509 keys and asks the user's agent.

use super::codec::{clean, clean_name};
use super::process::{Runner, finish};
use super::{CommitSpec, GitError, Oid, Signature};

/// Writes a commit that the user's git signs.
pub(super) fn write(runner: &Runner, spec: &CommitSpec) -> Result<Oid, GitError> {
    let mut command = runner.command()?;
    // The message is UTF-8, whatever the user's own commits are encoded in.
    command.args(["-c", "i18n.commitEncoding=UTF-8", "commit-tree", "-S"]);
    for parent in &spec.parents {
        command.arg("-p").arg(parent.to_string());
    }
    command.arg(spec.tree.to_string());
    let mut person = |role: &str, who: &Signature| {
        command.env(format!("GIT_{role}_NAME"), clean_name(&who.name));
        command.env(format!("GIT_{role}_EMAIL"), clean(&who.email));
        command.env(format!("GIT_{role}_DATE"), format!("@{} +0000", who.seconds.max(0)));
    };
    person("AUTHOR", &spec.author);
    person("COMMITTER", &spec.committer);
    let message: String = spec.message.chars().filter(|c| *c != '\0').collect();
    crate::failpoint!("git.signed-commit.before");
    let out = finish(command, message.as_bytes())?;
    crate::failpoint!("git.signed-commit.after");
    if !out.ok() {
        return Err(GitError::Other(format!("the commit could not be signed: {}", out.why())));
    }
    Oid::from_hex(&out.text()).ok_or_else(|| GitError::Other("git commit-tree named no object".to_owned()))
}
