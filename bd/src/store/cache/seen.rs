//! In which pack the state ref's tip was found: whoever asks again whether it can be read need not open the packs, which is
//! a tenth of a warm look. Discardable.

use crate::git::{Git, Oid, PackFile};
use std::path::{Path, PathBuf};

fn path(dir: &Path) -> PathBuf {
    dir.join("cache").join("packed")
}

/// True if the commit and its root tree were read out of a pack that is still there.
pub fn is_packed(git: &dyn Git, dir: &Path, tip: Oid) -> bool {
    let parse = |text: String| {
        let mut words = text.split_whitespace();
        let found = Oid::from_hex(words.next()?).filter(|found| *found == tip);
        let name = words.next().filter(|name| name.starts_with("pack-") && !name.contains(['/', '\\']))?.to_owned();
        let bytes = words.next()?.parse().ok()?;
        (found.is_some() && words.next() == Some(".") && words.next().is_none()).then_some(PackFile { name, bytes })
    };
    std::fs::read_to_string(path(dir)).ok().and_then(parse).is_some_and(|pack| git.has_pack(&pack))
}

/// Notes where a commit and its root tree, which were just read, are packed. Best effort; a torn note is none.
pub fn note(git: &dyn Git, dir: &Path, tip: Oid, root: Oid) {
    if !path(dir).parent().is_some_and(Path::is_dir) {
        return;
    }
    if let Some(PackFile { name, bytes }) = git.pack_of(&[tip, root]) {
        let _ = std::fs::write(path(dir), format!("{tip} {name} {bytes} .\n"));
    }
}
