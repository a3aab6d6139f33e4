//! Files that a message names, each with the id of the blob that was meant.

use super::text::{cut, one_line};
use bd::error::{Error, Result};
use bd::store::{STATE_REF, Store};
use std::path::{Component, Path};

/// A file of the repository as it was when the message was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Artifact {
    /// From the top of the working tree.
    pub path: String,
    /// The id of its bytes as a blob; empty where nobody knows it.
    pub blob: String,
}

impl Artifact {
    /// A file in the working tree, named from the folder that one stands in.
    ///
    /// # Errors
    /// No such file, or one outside of the working tree (exit 2).
    pub fn of(store: &Store, path: &str) -> Result<Self> {
        let wrong = |why: &str| Error::usage(format!("`{}` cannot be sent along: {why}", path.escape_debug()));
        let top = store.git().paths().work_dir.as_deref().ok_or_else(|| wrong("a bare repository has no files"))?;
        let real = |p: &Path| p.canonicalize();
        let file = real(&store.env().cwd.join(path)).map_err(|e| wrong(&e.to_string()))?;
        let top = real(top).map_err(|e| wrong(&e.to_string()))?;
        let below = file.strip_prefix(&top).map_err(|_| wrong("it is outside of the working tree"))?;
        if !file.is_file() {
            return Err(wrong("it is no file"));
        }
        let plain = |c: Component<'_>| matches!(c, Component::Normal(_));
        if !below.components().all(plain) || below.components().any(|c| c.as_os_str() == ".git") {
            return Err(wrong("it is outside of the working tree"));
        }
        let name = below.to_str().ok_or_else(|| wrong("its name is not UTF-8"))?.replace('\\', "/");
        let bytes = std::fs::read(&file).map_err(|e| Error::io(&file, &e))?;
        // An id of the repository says which hash its ids are.
        let like = [STATE_REF, "HEAD"].iter().find_map(|r| store.git().tip(r).ok().flatten());
        let blob = like.and_then(|like| bd::git::blob_id(like, &bytes)).map(|id| id.to_string()).unwrap_or_default();
        Ok(Self { path: name, blob })
    }

    /// The same with texts that do nothing to a terminal.
    #[must_use]
    pub fn cleaned(&self) -> Self {
        let hex: String = self.blob.chars().filter(char::is_ascii_hexdigit).take(64).collect();
        Self { path: cut(&one_line(&self.path), 500), blob: hex }
    }
}
