//! Trees and commits as bytes, for both hash lengths and both backends: one writer, so that both give the same ids.

use super::{CommitSpec, GitError, Mode, Oid, Signature, TreeEntry};
use std::cmp::Ordering;
use std::fmt::Write as _;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Content.
    Blob,
    /// A directory.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// git's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        }
    }

    /// From git's word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Blob, Self::Tree, Self::Commit, Self::Tag].into_iter().find(|kind| kind.name() == name)
    }
}

fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Tree => "40000",
        Mode::Blob => "100644",
        Mode::Executable => "100755",
        Mode::Link => "120000",
        Mode::Submodule => "160000",
    }
}

/// Historic trees hold group-writable files (100664): anything that is not another kind is a blob.
fn mode_from(text: &[u8]) -> Option<Mode> {
    Some(match text {
        b"40000" | b"040000" => Mode::Tree,
        b"120000" => Mode::Link,
        b"160000" => Mode::Submodule,
        b"100755" => Mode::Executable,
        _ if text.starts_with(b"100") => Mode::Blob,
        _ => return None,
    })
}

/// git sorts a directory as if its name ended in a slash.
fn tree_order(a: &TreeEntry, b: &TreeEntry) -> Ordering {
    let end = |e: &TreeEntry| (e.mode == Mode::Tree).then_some(b'/');
    a.name.bytes().chain(end(a)).cmp(b.name.bytes().chain(end(b)))
}

/// The bytes of a tree.
///
/// # Errors
/// Names that git refuses in a tree, and two entries of one name.
pub(super) fn encode_tree(entries: &[TreeEntry]) -> Result<Vec<u8>, GitError> {
    let mut sorted: Vec<&TreeEntry> = entries.iter().collect();
    sorted.sort_by(|a, b| tree_order(a, b));
    let mut names: Vec<&str> = entries.iter().map(|e| e.name.as_str()).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find_map(|pair| (pair[0] == pair[1]).then_some(pair[0])) {
        return Err(GitError::Other(format!("a tree cannot have two entries named `{twice}`")));
    }
    let mut out = Vec::with_capacity(entries.len() * 60);
    for entry in sorted {
        let name = entry.name.as_str();
        if name.is_empty() || name.contains(['/', '\0']) || matches!(name, "." | "..") || name.eq_ignore_ascii_case(".git") {
            return Err(GitError::Other(format!("`{}` cannot be a name in a tree", name.escape_default())));
        }
        out.extend_from_slice(mode_text(entry.mode).as_bytes());
        out.push(b' ');
        out.extend_from_slice(name.as_bytes());
        out.push(0);
        out.extend_from_slice(entry.oid.as_bytes());
    }
    Ok(out)
}

/// The entries of a tree's bytes; ids are as long as the tree's own.
pub(super) fn decode_tree(id: Oid, bytes: &[u8]) -> Result<Vec<TreeEntry>, GitError> {
    let entry = |(mode, name, oid): (Mode, &[u8], Oid)| TreeEntry { name: String::from_utf8_lossy(name).into_owned(), mode, oid };
    tree_items(id, bytes).map(|found| found.map(entry)).collect()
}

/// The entries of a tree's bytes with their names as they are. Ends at the first one that is not well-formed.
pub(super) fn tree_items(id: Oid, bytes: &[u8]) -> impl Iterator<Item = Result<(Mode, &[u8], Oid), GitError>> {
    let length = id.as_bytes().len();
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let item = || {
            let space = memchr::memchr(b' ', rest)?;
            let end = memchr::memchr(0, rest).filter(|end| *end > space)?;
            let raw = rest.get(end + 1..end + 1 + length)?;
            Some(((mode_from(&rest[..space])?, &rest[space + 1..end], Oid::from_bytes(raw)?), &rest[end + 1 + length..]))
        };
        let Some((found, left)) = item() else {
            rest = &[];
            return Some(Err(GitError::Object { id, why: "it is not a well-formed tree".to_owned() }));
        };
        rest = left;
        Some(Ok(found))
    })
}

/// The bytes of a commit. Names and addresses are cleaned as git does it (no `<`, `>`, line ends; an empty name would
/// make `git fsck` complain), a NUL in the message would cut it short for every other reader.
pub(super) fn encode_commit(spec: &CommitSpec) -> Vec<u8> {
    let mut out = format!("tree {}\n", spec.tree);
    for parent in &spec.parents {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "parent {parent}");
    }
    let _ = writeln!(out, "author {}", identity(&spec.author));
    let _ = writeln!(out, "committer {}", identity(&spec.committer));
    out.push('\n');
    out.extend(spec.message.chars().filter(|c| *c != '\0'));
    out.into_bytes()
}

/// `Name <address> seconds +0000`.
pub(super) fn identity(who: &Signature) -> String {
    format!("{} <{}> {} +0000", clean_name(&who.name), clean(&who.email), who.seconds.max(0))
}

/// The name as it may stand in a commit; never empty.
pub(super) fn clean_name(name: &str) -> String {
    let name = clean(name);
    if name.is_empty() { "unknown".to_owned() } else { name }
}

/// git's own cleaning: what would end the field is dropped, and so is punctuation at both ends.
pub(super) fn clean(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\r' | '\0')).collect();
    kept.trim_matches(|c: char| c <= ' ' || matches!(c, '.' | ',' | ':' | ';' | '"' | '\\' | '\'')).to_owned()
}

/// The tree and the parents that a commit's header names.
pub(super) fn decode_commit(id: Oid, bytes: &[u8]) -> Result<(Oid, Vec<Oid>), GitError> {
    let broken = || GitError::Object { id, why: "it is not a well-formed commit".to_owned() };
    let (mut tree, mut parents) = (None, Vec::new());
    for line in bytes.split(|b| *b == b'\n').take_while(|line| !line.is_empty()) {
        let mut words = line.splitn(2, |b| *b == b' ');
        let (key, value) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let oid = || std::str::from_utf8(value).ok().and_then(Oid::from_hex).ok_or_else(broken);
        match key {
            b"tree" if tree.is_none() => tree = Some(oid()?),
            b"parent" => parents.push(oid()?),
            _ => break,
        }
    }
    Ok((tree.ok_or_else(broken)?, parents))
}

/// The object that an annotated tag names.
pub(super) fn decode_tag(id: Oid, bytes: &[u8]) -> Result<Oid, GitError> {
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let hex = line.strip_prefix(b"object ").and_then(|hex| std::str::from_utf8(hex).ok());
    hex.and_then(Oid::from_hex).ok_or_else(|| GitError::Object { id, why: "it is not a well-formed tag".to_owned() })
}

/// Ids, one a line, as git reads them from its standard input.
pub(super) fn id_lines(ids: &[Oid]) -> String {
    let mut out = String::with_capacity(ids.len() * 65);
    for id in ids {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{id}");
    }
    out
}

/// The id of an object, in the hash of `like`.
pub(super) fn hash(like: Oid, kind: Kind, bytes: &[u8]) -> Option<Oid> {
    let header = format!("{} {}\0", kind.name(), bytes.len());
    hash_raw(like, &[header.as_bytes(), bytes])
}

/// The id of an object whose bytes still have their header, in the hash of `like`.
pub(super) fn hash_raw(like: Oid, parts: &[&[u8]]) -> Option<Oid> {
    if like.as_bytes().len() == 32 {
        use sha2::Digest;
        let mut hasher = sha2::Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        return Oid::from_bytes(&hasher.finalize());
    }
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    for part in parts {
        hasher.update(part);
    }
    Oid::from_bytes(hasher.try_finalize().ok()?.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_cleaned_and_never_empty() {
        let who = |name: &str, email: &str| identity(&Signature { name: name.into(), email: email.into(), seconds: 5 });
        assert_eq!(who("A <B>\nC.", "<a@b>"), "A BC <a@b> 5 +0000");
        assert_eq!(who(" ", ""), "unknown <> 5 +0000");
    }

    #[test]
    fn a_tree_with_bad_names_is_not_written() {
        let oid = Oid::from_bytes(&[1; 20]).unwrap();
        let entry = |name: &str| TreeEntry { name: name.into(), mode: Mode::Blob, oid };
        for name in ["", ".", "..", ".git", ".GIT", "a/b", "a\0b"] {
            assert!(encode_tree(&[entry(name)]).is_err(), "{name:?}");
        }
        assert!(encode_tree(&[entry("a"), entry("b"), entry("a")]).is_err());
    }

    #[test]
    fn cut_objects_are_errors_not_panics() {
        let id = Oid::from_bytes(&[1; 20]).unwrap();
        let tree = encode_tree(&[TreeEntry { name: "a".into(), mode: Mode::Blob, oid: id }]).unwrap();
        for cut in 1..tree.len() {
            assert!(decode_tree(id, &tree[..cut]).is_err());
        }
        assert!(decode_commit(id, b"").is_err());
        assert!(decode_commit(id, b"tree zz\n").is_err());
        assert!(decode_tag(id, b"object 12").is_err());
    }
}
