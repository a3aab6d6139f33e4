//! Keeping the cache: opening it, bringing it up to date, making it anew. Best effort throughout: a cache that cannot be
//! kept costs time and nothing else.

use super::apply::Arrived;
use super::arrive::{is_clean, update};
use super::build::{Plan, build};
use super::gather::gather;
use super::image::{Image, base_path, text_path};
use super::key::{self, Key};
use super::overlay::{After, Overlay, overlay_path};
use super::text::TextWriter;
use super::view::View;
use super::wire::{Broken, Read};
use crate::store::journal::Contents;
use crate::store::load::{Loader, Place};
use crate::store::sources::STATE_REF;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An overlay of more bytes than this is folded into a new image.
const OVERLAY: usize = 256 << 10;
/// How long somebody who needs the cache waits for another who makes it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The folder of the cache.
pub fn folder(loader: &Loader) -> PathBuf {
    loader.dir.join("cache")
}

/// What this clone knows, from the cache: opened, brought up to date or made anew. `None` where that cannot be.
pub fn take(loader: &Loader) -> Option<View> {
    let dir = folder(loader);
    for _ in 0..2 {
        let now = Key::now(loader).ok()??;
        if let Some(view) = current(loader, &dir, &now) {
            return Some(view);
        }
        if let Ok(Some(view)) = rebuild(loader, &dir) {
            return Some(view);
        }
    }
    None
}

/// The cache as it is, or with what came since.
fn current(loader: &Loader, dir: &Path, now: &Key) -> Option<View> {
    let mut view = open(dir)?;
    if view.after().key != *now {
        update(loader, &mut view, now).ok()?;
        save(&mut view, dir);
    }
    Some(view)
}

fn open(dir: &Path) -> Option<View> {
    let base = Image::open(dir).ok()?;
    let over = Overlay::load(dir, base.head.salt, base.len());
    Some(View::new(base, over))
}

/// Takes in what a mutation has just made durable, under the clone's lock.
///
/// # Errors
/// Anything at all, also that the state ref is not where this mutation alone would have brought it: the next reader
/// then finds out what came.
pub fn record(loader: &Loader, view: &mut View, shared: &[u8], local: &[u8], committed: bool) -> Read<()> {
    if view.over.size() + grows_by(shared) + grows_by(local) > OVERLAY {
        // What would be thrown away is not computed.
        retire(&folder(loader));
        return Ok(());
    }
    let before = view.after();
    let (journal, local_log) = key::logs(&loader.dir)?;
    let mut key = Key { journal, local: local_log, ..before.key };
    let mut place = Place::Journal;
    let mut copies = 1;
    if committed {
        let tip = loader.git.tip(STATE_REF).map_err(|_| Broken)?.ok_or(Broken)?;
        let parents = loader.git.commit_parents(tip).map_err(|_| Broken)?;
        // Records that waited for this commit have changed their place with it.
        if !before.clean || parents.first() != before.key.tips.state.as_ref() || parents.len() > 1 {
            return Err(Broken);
        }
        key.tips.state = Some(tip);
        // In the journal and in the state ref.
        (place, copies) = (Place::State, 2);
    }
    let lines = |sealed: &'_ [u8], place: Place| -> Read<Vec<Arrived>> {
        let text = std::str::from_utf8(sealed).map_err(|_| Broken)?;
        Ok(text.lines().map(|line| Arrived { line: line.to_owned(), place }).collect())
    };
    let mut arrived = lines(shared, place)?;
    let local = lines(local, Place::Local)?;
    let more = arrived.len() * copies + local.len();
    arrived.extend(local);
    let mut after =
        After { key, clean: is_clean(loader, &key), lines: before.lines.map(|n| n + more as u64), distinct: before.distinct };
    view.apply(&loader.categories, &arrived, &mut after)?;
    save(view, &folder(loader));
    Ok(())
}

/// About how much an overlay grows by these lines, rather too little: of a bead it has its name, its row and its edges, which is more
/// than half of a line that makes one, and long texts are not in it.
fn grows_by(lines: &[u8]) -> usize {
    lines.split(|byte| *byte == b'\n').map(|line| line.len().min(700)).sum::<usize>() / 2
}

/// Takes the image away, so that the next reader makes a new one.
fn retire(dir: &Path) {
    if let Some(_lock) = lock(dir, Duration::ZERO) {
        let _ = std::fs::remove_file(base_path(dir));
    }
}

/// Writes what is new in a view, unless somebody else is at it: then the next reader finds it out again.
fn save(view: &mut View, dir: &Path) {
    if view.over.size() > OVERLAY {
        return retire(dir);
    }
    let Some(_lock) = lock(dir, Duration::ZERO) else { return };
    let _ = save_locked(view, dir);
}

fn save_locked(view: &mut View, dir: &Path) -> Read<()> {
    let salt = view.base.head.salt;
    let there = std::fs::metadata(overlay_path(dir)).map_or(0, |m| m.len());
    if there != view.over.saved() as u64 {
        // A torn record, an overlay of an old image, or somebody was faster.
        let now = Overlay::load(dir, salt, view.base.len());
        if now.saved() != view.over.saved() {
            return Err(Broken);
        }
    }
    if Image::open(dir)?.head.salt != salt {
        return Err(Broken);
    }
    let text = OpenOptions::new().write(true).open(text_path(dir, view.base.head.text))?;
    view.base.text_mut()?.save(&text)?;
    view.over.save(dir)
}

/// The lock of the cache's folder, which is made if need be.
pub(in crate::store) fn lock(dir: &Path, patience: Duration) -> Option<File> {
    let path = dir.join("lock");
    let open = || OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = open().or_else(|_| std::fs::create_dir_all(dir).and_then(|()| open())).ok()?;
    let pause = Duration::from_millis(2);
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(std::fs::TryLockError::WouldBlock) if waited < patience => {
                std::thread::sleep(pause);
                waited += pause;
            }
            Err(_) => return None,
        }
    }
}

/// Makes the image anew. `Ok(None)`: somebody else did so meanwhile.
fn rebuild(loader: &Loader, dir: &Path) -> Read<Option<View>> {
    let seen = Image::open(dir).ok().map(|i| i.head.salt);
    let _lock = lock(dir, PATIENCE).ok_or(Broken)?;
    if let Some(now) = Image::open(dir).ok().map(|i| i.head.salt).filter(|salt| Some(*salt) != seen) {
        let _ = now;
        return Ok(None);
    }
    let salt = RandomState::new().build_hasher().finish() | 1;
    let result = make(loader, dir, salt);
    sweep(dir, if result.is_ok() { Some(salt) } else { seen_text(dir) }, result.is_ok());
    result?;
    open(dir).map(Some).ok_or(Broken)
}

fn seen_text(dir: &Path) -> Option<u64> {
    Image::open(dir).ok().map(|i| i.head.text)
}

fn make(loader: &Loader, dir: &Path, salt: u64) -> Read<()> {
    let (key, logs) = truth(loader)?;
    let blobs = loader.blobs(&key.tips).map_err(|_| Broken)?;
    let create = |path: &Path| OpenOptions::new().read(true).write(true).create_new(true).open(path);
    let text = TextWriter::new(create(&text_path(dir, salt))?)?;
    let gathered = gather(loader, &blobs, &logs, &text)?;
    drop((blobs, logs));
    let clean = is_clean(loader, &key);
    let temp = dir.join("base.new");
    let _ = std::fs::remove_file(&temp);
    let plan = Plan { salt, text_number: salt, key, clean, categories: &loader.categories, text: &text };
    build(&plan, gathered, create(&temp)?)?;
    crate::failpoint!("cache.rename.before");
    std::fs::rename(&temp, base_path(dir))?;
    crate::failpoint!("cache.rename.after");
    Ok(())
}

/// A key and the logs that belong to it.
fn truth(loader: &Loader) -> Read<(Key, [(Place, Contents); 2])> {
    let mut marks = key::logs(&loader.dir)?;
    for _ in 0..20 {
        let logs = loader.logs().map_err(|_| Broken)?;
        let again = key::logs(&loader.dir)?;
        if marks == again {
            let key = Key::now(loader).map_err(|_| Broken)?.ok_or(Broken)?;
            // The logs were read before the refs; what came into a log since is found as new.
            return Ok((Key { journal: marks.0, local: marks.1, ..key }, logs));
        }
        marks = again;
    }
    Err(Broken)
}

/// Removes what belongs to no image: texts of old ones, what somebody who died left behind, and where the image is
/// `fresh` the overlay of the old one.
fn sweep(dir: &Path, text: Option<u64>, fresh: bool) {
    let keep = text.map(|number| text_path(dir, number));
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if (name.starts_with("text-") && Some(entry.path()) != keep) || name.ends_with(".new") || (fresh && name == "overlay") {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Takes away a cache that turned out to be damaged, so that the next command makes a new one.
pub fn drop_cache(loader: &Loader) {
    let dir = folder(loader);
    if let Some(_lock) = lock(&dir, Duration::ZERO) {
        let _ = std::fs::remove_file(base_path(&dir));
    }
}
