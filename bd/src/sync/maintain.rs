//! What happens in the background: our loose objects are packed before git's own `gc.auto` makes the user's next commit
//! pay for them (STATE 5), and mutations are published where `sync.push = "each"` asks for it (STATE 7).

use super::choice::{Choice, choice};
use super::flow::{Options, sync};
use super::tidy::pack_loose;
use crate::config::Push;
use crate::error::{ErrorKind, Result};
use crate::store::{Lock, STATE_REF, Store};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The time between two publications in the background.
const INTERVAL: Duration = Duration::from_secs(30);

/// True if our loose objects are many enough to be packed.
pub fn due(store: &Store) -> bool {
    store.sync_point().pack_due()
}

/// Packs the loose files of the state ref, and the loose objects that it reaches, after a sync point. Returns whether there was anything to do.
///
/// # Errors
/// The clone's lock is held for too long; git does not pack.
pub fn pack_objects(store: &Store, always: bool) -> Result<bool> {
    if !always && !due(store) {
        return Ok(false);
    }
    // One at a time; a second one has nothing left to do.
    let _only = match Lock::acquire(&store.dir().join("packing"), Duration::ZERO) {
        Err(e) if e.kind == ErrorKind::Locked => return Ok(false),
        other => other?,
    };
    // What stands in its way is said by the next command; the objects need not wait for it.
    let packed = pack_loose(store).unwrap_or(false);
    let lock = store.lock()?;
    store.commit_pending(&lock)?;
    let point = store.make_sync_point(&lock)?;
    drop(lock);
    let Some(tip) = point.tip else { return Ok(false) };
    // Without the lock: objects never change, and writers must not wait for seconds.
    store.git().pack_reachable(tip, None)?;
    let lock = store.lock()?;
    store.objects_packed(&lock)?;
    drop(lock);
    if packed {
        // Here nobody waits for the cache to take note of it.
        let _ = store.snapshot();
    }
    Ok(true)
}

/// After a mutation: starts what is due in a process of its own, which nobody waits for. Never fails.
pub fn after_write(store: &Store) {
    let publishes = store.config().push() == Push::Each && choice(store) == Choice::On;
    if (due(store) || publishes) && store.git().tip(STATE_REF).is_ok_and(|tip| tip.is_some()) {
        spawn(store, publishes);
    }
}

/// Starts `bd sync --background` detached. At our own priority: it holds the clone's lock for moments, and a process that
/// gets no turn while it holds one keeps everybody waiting.
fn spawn(store: &Store, publishes: bool) {
    let Some(exe) = store.env().executable() else { return };
    if publishes && Lock::acquire(&store.dir().join("waiting"), Duration::ZERO).is_err() {
        // One is waiting already, and will take this along.
        return;
    }
    let mut command = Command::new(exe);
    command.args(["sync", "--background"]).current_dir(&store.env().cwd).env_clear().envs(store.env().vars());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    crate::failpoint!("background.spawn.before");
    let _ = command.spawn();
    crate::failpoint!("background.spawn.after");
}

/// What the process in the background does: publish at most every 30 s, then pack if due.
///
/// # Errors
/// As [`sync`]; nobody reads them, but the process's exit code has them.
pub fn background(store: &Store) -> Result<()> {
    if store.config().push() == Push::Each && choice(store) == Choice::On {
        let waiting = match Lock::acquire(&store.dir().join("waiting"), Duration::ZERO) {
            Err(e) if e.kind == ErrorKind::Locked => return Ok(()),
            other => other?,
        };
        if let Some(rest) = since_last(store).and_then(|age| INTERVAL.checked_sub(age)) {
            std::thread::sleep(rest);
        }
        drop(waiting);
        let mark = store.dir().join("marks").join("pushed");
        crate::failpoint!("maintain.mark.before");
        let _ = std::fs::create_dir_all(store.dir().join("marks")).and_then(|()| std::fs::write(&mark, ""));
        crate::failpoint!("maintain.mark.after");
        sync(store, Options::default())?;
    }
    pack_objects(store, false)?;
    Ok(())
}

/// The age of the mark that the last publication in the background left.
fn since_last(store: &Store) -> Option<Duration> {
    let path = store.dir().join("marks").join("pushed");
    let modified = std::fs::metadata(path).ok()?.modified().ok()?;
    #[expect(clippy::disallowed_methods, reason = "compares with a file's time, which no injected clock can set")]
    let now = std::time::SystemTime::now();
    Some(now.duration_since(modified).unwrap_or(INTERVAL))
}
