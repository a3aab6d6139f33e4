//! A file of computed views beside the cache of `bd`: a word with its version, a checksum over all of it, and what it holds.
//!
//! Nothing in it is worth anything: it is read only by looks, made anew when in doubt, and never asked by a mutation. It is
//! replaced whole by a rename and not synced: what a crash leaves of it does not fit its checksum.

use bd::store::hash64;
use std::path::Path;

/// Raised with every change of what is kept or of the rules by which it is computed: another version's file counts for nothing.
const VERSION: u8 = 3;
/// What a file begins with; the checksum follows.
pub const HEAD: usize = 16;
const SEED: u64 = 0x6774;

/// What a file of this version begins with.
pub fn magic() -> [u8; 8] {
    let mut out = *b"gtview\0\n";
    out[6] = VERSION;
    out
}

/// Room for the head of a file, to which its content is appended.
pub fn begin() -> Vec<u8> {
    vec![0; HEAD]
}

/// The bytes of a file, its content from [`HEAD`] on; `None` where there is none that can be believed.
pub fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let bytes = std::fs::read(folder.join(name)).ok()?;
    let (head, content) = bytes.split_at_checked(HEAD)?;
    let fits = head[..8] == magic() && head[8..] == hash64(SEED, content).to_le_bytes();
    fits.then_some(bytes)
}

/// Replaces a file by what [`begin`] began. Best effort: where the disk does not take it, the next look computes again.
pub fn write(folder: &Path, name: &str, mut bytes: Vec<u8>) {
    let Some((head, content)) = bytes.split_at_mut_checked(HEAD) else { return };
    head[..8].copy_from_slice(&magic());
    head[8..].copy_from_slice(&hash64(SEED, content).to_le_bytes());
    let _best_effort = replace(folder, name, &[&bytes]);
}

/// Replaces a file by these parts, one after the other.
///
/// # Errors
/// The disk does not take it; the old one stands.
pub fn replace(folder: &Path, name: &str, parts: &[&[u8]]) -> std::io::Result<()> {
    // A name of its own: two looks at once do not write into one file. What somebody who died left is swept away with the image.
    let temp = folder.join(format!("{name}.{}.new", std::process::id()));
    bd::failpoint!("gt.view.write.before");
    let written = std::fs::write(&temp, parts.concat());
    bd::failpoint!("gt.view.write.after");
    let placed = written.and_then(|()| std::fs::rename(&temp, folder.join(name)));
    bd::failpoint!("gt.view.rename.after");
    if placed.is_err() {
        let _ = std::fs::remove_file(&temp);
        bd::failpoint!("gt.view.take_back");
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_whole_and_by_this_version_is_believed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(dir.path(), "x").is_none());
        let mut bytes = begin();
        bytes.extend_from_slice(b"what was seen");
        write(dir.path(), "x", bytes);
        let whole = read(dir.path(), "x").unwrap();
        assert_eq!(&whole[HEAD..], b"what was seen");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left behind");
        let path = dir.path().join("x");
        for at in 0..whole.len() * 8 {
            let mut harmed = whole.clone();
            harmed[at / 8] ^= 1 << (at % 8);
            std::fs::write(&path, &harmed).unwrap();
            assert!(read(dir.path(), "x").is_none(), "bit {at}");
            std::fs::write(&path, &whole[..at / 8]).unwrap();
            assert!(read(dir.path(), "x").is_none(), "{} bytes", at / 8);
        }
        write(&dir.path().join("there/is/none"), "x", begin());
    }
}
