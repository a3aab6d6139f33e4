//! Network: always the user's own `git`, so that their keys, helpers and proxies are the ones that are used.
//!
//! Hooks are off: what is pushed here is our own ref, which no hook of the user was written for. Nothing but the
//! refs asked for changes: no tags, no pruning, no opportunistic tracking refs, no FETCH_HEAD, no gc, no submodules.

use super::bounded::{Wait, finish};
use super::config::Config;
use super::process::{Output, Runner};
use super::redact::redact;
use super::{FetchOutcome, GitError, Oid, PushOutcome};
use std::process::Command;

/// A git for the network, before its subcommand.
fn start(runner: &Runner, config: &Config) -> Result<Command, GitError> {
    let mut command = runner.command()?;
    command.args(["-c", "core.hooksPath=/dev/null"]);
    if config.get("http.lowSpeedLimit").is_none() && config.get("http.lowSpeedTime").is_none() {
        // A server that answers no more must not hold us for ever.
        command.args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"]);
    }
    let own_ssh = ["GIT_SSH", "GIT_SSH_COMMAND", "SSH_ASKPASS"].iter().any(|name| runner.has_var(name));
    if runner.unattended && !own_ssh && config.get("core.sshCommand").is_none() {
        // GIT_TERMINAL_PROMPT speaks only of git's own questions; ssh would ask the terminal behind our back.
        command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
    }
    Ok(command)
}

/// See [`super::Git::fetch`]. Refspecs that the remote has no ref for are left out; [`FetchOutcome::NoSuchRef`] = all of them.
pub(super) fn fetch(runner: &Runner, config: &Config, remote: &str, refspecs: &[String]) -> Result<FetchOutcome, GitError> {
    check_remote(remote)?;
    let mut specs = refspecs.to_vec();
    while !specs.is_empty() {
        let mut command = start(runner, config)?;
        command.args(["fetch", "--quiet", "--no-tags", "--no-prune", "--no-auto-gc", "--no-write-fetch-head"]);
        command.args(["--no-recurse-submodules", "--no-show-forced-updates", "--refmap=", "--", remote]).args(&specs);
        crate::failpoint!("git.fetch.before");
        let out = finish(runner, config, command, &[], ("fetch", Wait::Transfer))?;
        crate::failpoint!("git.fetch.after");
        if out.ok() {
            return Ok(FetchOutcome::Done);
        }
        let Some(absent) = out.stderr.lines().find_map(|l| l.split_once("couldn't find remote ref ")).map(|(_, name)| name.trim())
        else {
            return Err(failure("fetch", &out));
        };
        let before = specs.len();
        specs.retain(|spec| source(spec) != absent);
        if specs.len() == before {
            return Err(failure("fetch", &out));
        }
    }
    Ok(FetchOutcome::NoSuchRef)
}

/// Fetches objects that a partial clone left at its promisor, in one call.
pub(super) fn fetch_objects(runner: &Runner, config: &Config, ids: &[Oid]) -> Result<(), GitError> {
    let values = config.values();
    let promisor = values.get("extensions.partialclone").and_then(|v| v.last()).cloned().or_else(|| {
        let mut names: Vec<_> = values.keys().filter_map(|k| k.strip_prefix("remote.")?.strip_suffix(".promisor")).collect();
        names.sort_unstable();
        names.first().map(|name| (*name).to_owned())
    });
    let remote = promisor.ok_or_else(|| GitError::Object { id: ids[0], why: "it is missing".to_owned() })?;
    check_remote(&remote)?;
    // The same call that git makes for itself when it meets a missing object, but for all of them at once.
    let mut command = start(runner, config)?;
    command.args(["-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-prune", "--no-auto-gc"]);
    command.args(["--no-write-fetch-head", "--no-recurse-submodules", "--refmap=", "--filter=blob:none", "--stdin", "--", &remote]);
    let list = super::codec::id_lines(ids);
    crate::failpoint!("git.fetch-objects.before");
    let out = finish(runner, config, command, list.as_bytes(), ("fetching missing objects", Wait::Transfer))?;
    crate::failpoint!("git.fetch-objects.after");
    if out.ok() { Ok(()) } else { Err(failure("fetching missing objects", &out)) }
}

/// See [`super::Git::push`].
pub(super) fn push(
    runner: &Runner,
    config: &Config,
    remote: &str,
    new: Oid,
    ref_name: &str,
    expected: Option<Oid>,
) -> Result<PushOutcome, GitError> {
    check_remote(remote)?;
    let lease = format!("--force-with-lease={ref_name}:{}", expected.map(|id| id.to_string()).unwrap_or_default());
    let spec = format!("{new}:{ref_name}");
    let mut command = start(runner, config)?;
    command.args([
        "push",
        "--porcelain",
        "--no-verify",
        "--no-follow-tags",
        "--recurse-submodules=no",
        &lease,
        "--",
        remote,
        &spec,
    ]);
    crate::failpoint!("git.push.before");
    let out = finish(runner, config, command, &[], ("push", Wait::Transfer))?;
    crate::failpoint!("git.push.after");
    if out.ok() {
        return Ok(PushOutcome::Done);
    }
    match refusal(&out) {
        Some(words) => Ok(PushOutcome::Refused(words)),
        None => Err(failure("push", &out)),
    }
}

/// Why the remote did not take the ref: the reason on the `!` line and what its hooks said. `None` = it never got so far.
fn refusal(out: &Output) -> Option<String> {
    let text = redact(&String::from_utf8_lossy(&out.stdout));
    let line = text.lines().find(|line| line.starts_with("!\t"))?;
    let mut words = line.rsplit('\t').next().unwrap_or(line).to_owned();
    for said in out.stderr.lines().filter_map(|l| l.strip_prefix("remote: ")).map(str::trim).filter(|l| !l.is_empty()) {
        words.push_str("; ");
        words.push_str(said);
    }
    Some(words)
}

/// See [`super::Git::ls_remote`].
pub(super) fn ls_remote(runner: &Runner, config: &Config, remote: &str, patterns: &[&str]) -> Result<Vec<(String, Oid)>, GitError> {
    check_remote(remote)?;
    let mut command = start(runner, config)?;
    command.args(["ls-remote", "--quiet", "--", remote]).args(patterns);
    let out = finish(runner, config, command, &[], ("ls-remote", Wait::Answer))?;
    if !out.ok() {
        return Err(failure("ls-remote", &out));
    }
    let text = String::from_utf8_lossy(&out.stdout);
    let lines = text.lines().filter_map(|line| line.split_once('\t')).filter(|(_, name)| !name.ends_with("^{}"));
    Ok(lines.filter_map(|(id, name)| Some((name.to_owned(), Oid::from_hex(id)?))).collect())
}

/// The ref of the remote that a refspec names.
fn source(spec: &str) -> &str {
    let spec = spec.strip_prefix('+').unwrap_or(spec);
    spec.split_once(':').map_or(spec, |(from, _)| from)
}

/// A remote's name comes from configuration files and command lines; it must not become an option or a command.
fn check_remote(remote: &str) -> Result<(), GitError> {
    if remote.is_empty() || remote.starts_with('-') || remote.contains(['\n', '\0']) || remote.starts_with("ext::") {
        return Err(GitError::Other(format!("`{}` cannot be the name of a remote", remote.escape_default())));
    }
    Ok(())
}

fn failure(step: &'static str, out: &Output) -> GitError {
    // The last lines say what to do about it ("Please make sure you have the correct access rights"); the first says what.
    match out.error(step) {
        GitError::Unsupported(why) => GitError::Unsupported(why),
        _ => GitError::Remote { step, why: why(out) },
    }
}

/// What went wrong on the way: git's own line, after what ssh or the server said before it. Of a refused key git itself
/// knows no more than that it "Could not read from remote repository".
fn why(out: &Output) -> String {
    let line = out.why();
    let ours = |l: &str| ["fatal: ", "error: "].iter().any(|word| l.starts_with(word));
    let noise = |l: &str| l.is_empty() || l.to_ascii_lowercase().starts_with("warning: ");
    let said = out.stderr.lines().take_while(|l| !ours(l)).map(|l| l.trim().trim_start_matches("remote: ")).filter(|l| !noise(l));
    let mut words: Vec<&str> = said.take(3).collect();
    if !line.starts_with(words.first().copied().unwrap_or("\n")) {
        words.push(&line);
    }
    words.join("; ")
}
