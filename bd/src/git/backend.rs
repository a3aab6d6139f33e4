//! What the two ways of reading a repository differ in: refs and raw objects. All else is in `repo/`, once.

use super::codec::Kind;
use super::{Cas, CommitSpec, Expected, GitError, Oid, PackFile};

/// Refs and objects of one repository.
pub(super) trait Backend: Send + Sync {
    /// See [`super::Git::tip`].
    fn tip(&self, name: &str) -> Result<Option<Oid>, GitError>;
    /// See [`super::Git::symbolic`].
    fn symbolic(&self, name: &str) -> Result<Option<String>, GitError>;
    /// See [`super::Git::refs`].
    fn refs(&self, prefix: &str) -> Result<Vec<(String, Oid)>, GitError>;
    /// See [`super::Git::update_ref`].
    fn update_ref(&self, name: &str, expected: Expected, new: Option<Oid>, reason: &str) -> Result<Cas, GitError>;
    /// Reads an object into a buffer, cleared first. `None` = there is no such object here.
    fn read(&self, id: Oid, into: &mut Vec<u8>) -> Result<Option<Kind>, GitError>;
    /// The order in which reading these is fastest.
    fn reading_order(&self, ids: &[Oid]) -> Vec<Oid> {
        ids.to_vec()
    }
    /// Reads many objects, each handed to `each` in the given order; those that are not here are returned.
    fn read_many(&self, ids: &[Oid], each: &mut Each<'_>) -> Result<Vec<Oid>, GitError>;
    /// See [`super::Git::pack_of`].
    fn pack_of(&self, _ids: &[Oid]) -> Option<PackFile> {
        None
    }
    /// Writes an object unless it exists.
    fn write(&self, kind: Kind, bytes: &[u8]) -> Result<Oid, GitError>;
    /// True if this process wrote the object itself, and it is still where it was put.
    fn still_has(&self, _id: Oid) -> bool {
        false
    }
    /// Writes a commit that is signed as the user's configuration says.
    fn write_signed(&self, spec: &CommitSpec) -> Result<Oid, GitError>;
}

/// Takes one object that was read.
pub(super) type Each<'a> = dyn FnMut(Oid, Kind, &[u8]) -> Result<(), GitError> + 'a;

/// A name that cannot leave the folder of refs and is not a guess.
pub(super) fn checked(name: &str) -> Result<&str, GitError> {
    gix::validate::reference::name(name.into())
        .map(|_| name)
        .map_err(|_| GitError::Other(format!("`{}` is not the full name of a ref", name.escape_default())))
}
