//! Delivers what is due, within ten seconds, and never fails the command that asks for it.

use super::alert::Alert;
use super::channel::deliver;
use super::choose::{is_due, is_ours};
use super::config::Config;
use super::state::{FILE, State};
use crate::local;
use crate::mail::{Directory, Mailbox, Message, Reader};
use bd::cli::Ctx;
use bd::error::{ErrorKind, Result};
use bd::model::EventId;
use bd::store::{Lock, Snapshot, Store};
use std::time::{Duration, Instant};

/// All deliveries of one command.
const TOTAL: Duration = Duration::from_secs(10);
/// One delivery.
const EACH: Duration = Duration::from_secs(5);
/// Older messages that are met for the first time are old news (milliseconds).
const OLD: i64 = 7 * 24 * HOUR;
/// In milliseconds.
const HOUR: i64 = 3_600_000;

/// Delivers the alerts that are due. What does not go out is said once and tried again by the next command. Where nothing is
/// set this costs one small read; it never fails, and never takes longer than about ten seconds.
pub fn flush(ctx: &mut Ctx<'_, '_>) {
    if ctx.globals.readonly {
        return;
    }
    let Ok(store) = ctx.store() else { return };
    let said = match Config::load(&store) {
        Ok(config) if config.channels.is_empty() => return,
        Ok(config) => store.snapshot().and_then(|snapshot| send(&store, &snapshot, &config)),
        Err(e) => Err(e),
    };
    match said {
        Ok(notes) => notes.iter().for_each(|note| ctx.ui.warn(note)),
        // Another command delivers at this moment.
        Err(e) if e.kind == ErrorKind::Locked => {}
        Err(e) => ctx.ui.warn(&format!("notifications could not be delivered: {e}")),
    }
}

/// Takes up channels that were just switched on: what is there at this moment is old news to them.
///
/// # Errors
/// The mail cannot be read, or the disk does not take the note.
pub fn begin(store: &Store, snapshot: &Snapshot) -> Result<()> {
    let config = Config::load(store)?;
    let ids: Vec<String> = Mailbox::load(snapshot)?.all().iter().map(|m| m.id.to_string()).collect();
    let _lock = Lock::acquire(&lock_folder(store), TOTAL)?;
    let mut state = load(store)?;
    if state.begin(&config.names(), ids.iter().map(String::as_str), |_| true) {
        save(store, &state)?;
    }
    Ok(())
}

fn lock_folder(store: &Store) -> std::path::PathBuf {
    local::folder(store).join("notify-lock")
}

fn save(store: &Store, state: &State) -> Result<()> {
    local::write(&local::folder(store).join(FILE), state.text().as_bytes())
}

fn load(store: &Store) -> Result<State> {
    Ok(local::read(store, FILE)?.map(|text| State::parse(&text)).unwrap_or_default())
}

/// The users of this clone: who acts, and whom git names.
fn readers(store: &Store) -> Result<Vec<Reader>> {
    let directory = Directory::of_config(store)?;
    let named = store.git().config("user.name").filter(|n| !n.trim().is_empty());
    Ok([Some(store.actor().to_string()), named].iter().flatten().map(|name| Reader::new(&directory, name)).collect())
}

fn send(store: &Store, snapshot: &Snapshot, config: &Config) -> Result<Vec<String>> {
    let mailbox = Mailbox::load(snapshot)?;
    let readers = readers(store)?;
    let ours = |m: &&Message| is_due(m) && (config.all || is_ours(m, &readers));
    let wanted: Vec<&Message> = mailbox.all().iter().filter(ours).collect();
    let is_open = |state: &State, m: &Message| config.channels.iter().any(|c| !state.has(&m.id.to_string(), c.name()));
    let before = load(store)?;
    if !wanted.iter().any(|m| is_open(&before, m)) {
        return Ok(Vec::new());
    }
    let _lock = Lock::acquire(&lock_folder(store), Duration::ZERO)?;
    // Another command may have delivered meanwhile.
    let mut state = load(store)?;
    let now = store.now().as_millisecond();
    // Channels that somebody switched on by hand in the file.
    let ids: Vec<String> = mailbox.all().iter().map(|m| m.id.to_string()).collect();
    let age = |id: &str| now - id.parse::<EventId>().map_or(now, EventId::millis);
    state.begin(&config.names(), ids.iter().map(String::as_str), |id| age(id) > HOUR);
    for message in &wanted {
        let id = message.id.to_string();
        if !state.knows(&id) {
            if age(&id) > OLD { state.pass_over(&id) } else { state.meet(&id) }
        }
    }
    let (began, mut notes, mut broken) = (Instant::now(), Vec::new(), Vec::new());
    for message in wanted {
        let id = message.id.to_string();
        let open: Vec<_> = config.channels.iter().filter(|c| !state.has(&id, c.name()) && !broken.contains(&c.name())).collect();
        if open.is_empty() {
            continue;
        }
        let alert = Alert::of(snapshot, &mailbox, message)?;
        for channel in open {
            let left = TOTAL.saturating_sub(began.elapsed()).min(EACH);
            if left.is_zero() {
                break;
            }
            match deliver(store, channel, &alert, left) {
                Ok(()) => {
                    state.delivered(&id, channel.name());
                    // At once: a command that is killed now must not say it again.
                    save(store, &state)?;
                }
                Err(why) => {
                    broken.push(channel.name());
                    if state.failed(channel.name()) {
                        notes.push(format!(
                            "the notification by {} was not delivered; the next command tries again: {why}",
                            channel.name()
                        ));
                    }
                }
            }
        }
    }
    save(store, &state)?;
    Ok(notes)
}
