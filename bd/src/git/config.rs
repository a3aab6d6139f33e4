//! git's configuration as one flat list, read with gix's parser from the files that git would read.
//!
//! The files are found through [`Env`] alone, so that a test's HOME is the only one there is.

use super::GitError;
use super::discover::Located;
use crate::env::Env;
use gix::bstr::ByteSlice;
use gix::config::{File, Source, file::Metadata};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// All values by key, later ones last. Sections and names are in lower case, subsections as written.
pub(super) type Values = HashMap<String, Vec<String>>;

/// Reads the configuration when it is first asked for, and again after we changed it.
pub(super) struct Config {
    files: Vec<(Source, PathBuf)>,
    git_dir: PathBuf,
    home: Option<PathBuf>,
    user_folder: Option<PathBuf>,
    overrides: Vec<(String, String)>,
    read: Mutex<Option<Arc<Values>>>,
}

impl Config {
    /// The files that git reads for this repository, in its order. `git` = where the program is: its prefix says
    /// which system file it was built to read.
    pub fn new(env: &Env, at: &Located, git: Option<&Path>) -> Self {
        let mut files = Vec::new();
        let xdg = env.var("XDG_CONFIG_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let user_folder = xdg.or_else(|| env.home().map(|h| h.join(".config"))).map(|dir| dir.join("git"));
        if !env.var("GIT_CONFIG_NOSYSTEM").is_some_and(super::discover::is_true) {
            files.push((Source::System, env.var("GIT_CONFIG_SYSTEM").map_or_else(|| system_file(git), PathBuf::from)));
        }
        if let Some(global) = env.var("GIT_CONFIG_GLOBAL") {
            files.push((Source::User, global.into()));
        } else {
            files.extend(user_folder.iter().map(|dir| (Source::Git, dir.join("config"))));
            files.extend(env.home().map(|h| (Source::User, h.join(".gitconfig"))));
        }
        files.push((Source::Local, at.paths.common_dir.join("config")));
        if at.format.worktree_config {
            files.push((Source::Worktree, at.paths.git_dir.join("config.worktree")));
        }
        Self {
            files,
            git_dir: at.paths.git_dir.clone(),
            home: env.home().map(Path::to_owned),
            user_folder,
            overrides: from_env(env),
            read: Mutex::new(None),
        }
    }

    /// All values.
    pub fn values(&self) -> Arc<Values> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get_or_insert_with(|| Arc::new(self.load(|_| true))).clone()
    }

    /// What the user and the system say, without the repository: what may be trusted before the repository is.
    pub fn outside(&self) -> Values {
        self.load(|source| matches!(source, Source::System | Source::Git | Source::User))
    }

    /// The user's home directory.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// Where git looks for the user's files besides `~/.gitconfig`.
    pub fn user_folder(&self) -> Option<&Path> {
        self.user_folder.as_deref()
    }

    /// True if some file is included or not by what the remotes are: a file by itself does not tell.
    pub fn asks_for_remotes(&self) -> bool {
        self.values().keys().any(|key| key.starts_with("includeif.hasconfig:"))
    }

    /// Forgets what was read.
    pub fn forget(&self) {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The last value of a key.
    pub fn get(&self, key: &str) -> Option<String> {
        self.values().get(&canonical(key))?.last().cloned()
    }

    /// The last value of a key as a boolean.
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|v| super::discover::is_true(&v))
    }

    fn load(&self, wanted: impl Fn(Source) -> bool) -> Values {
        use gix::config::file::{includes, init};
        let head = std::fs::read_to_string(self.git_dir.join("HEAD")).unwrap_or_default();
        let branch = head.strip_prefix("ref:").and_then(|r| gix::refs::FullName::try_from(r.trim()).ok());
        let interpolate =
            gix::config::path::interpolate::Context { home_dir: self.home.as_deref(), git_install_dir: None, ..Default::default() };
        let conditional =
            includes::conditional::Context { git_dir: Some(&self.git_dir), branch_name: branch.as_ref().map(AsRef::as_ref) };
        let options =
            init::Options { includes: includes::Options::follow(interpolate, conditional), lossy: true, ignore_io_errors: true };
        let mut values = Values::new();
        for (source, path) in self.files.iter().filter(|(source, _)| wanted(*source)) {
            let meta = Metadata::from(*source).at(path.clone());
            // A user's file that git itself could not parse says nothing; the repository's own was parsed when it was found.
            let file = File::from_paths_metadata_buf(&mut std::iter::once(meta), &mut Vec::new(), false, options);
            for (key, value) in file.ok().flatten().iter().flat_map(flatten) {
                values.entry(key).or_default().push(value);
            }
        }
        for (key, value) in &self.overrides {
            values.entry(canonical(key)).or_default().push(value.clone());
        }
        values
    }
}

/// Where git keeps the system's file: `/etc` for a git in `/usr`, `<prefix>/etc` for any other.
fn system_file(git: Option<&Path>) -> PathBuf {
    match git.and_then(Path::parent).and_then(Path::parent) {
        Some(prefix) if prefix != Path::new("/usr") && prefix != Path::new("/") => prefix.join("etc/gitconfig"),
        _ => PathBuf::from("/etc/gitconfig"),
    }
}

/// Section and name in lower case, the subsection between them as it is.
pub(super) fn canonical(key: &str) -> String {
    match (key.find('.'), key.rfind('.')) {
        (Some(first), Some(last)) if first < last => {
            format!("{}{}{}", key[..first].to_ascii_lowercase(), &key[first..last], key[last..].to_ascii_lowercase())
        }
        _ => key.to_ascii_lowercase(),
    }
}

/// The entries of one file without what it includes; `None` if there is no such file.
pub(super) fn parse_one(path: &Path) -> Result<Option<Vec<(String, String)>>, GitError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(GitError::Io { path: path.to_owned(), source }),
    };
    let meta = Metadata::from(Source::Local).at(path);
    let file = File::from_bytes_no_includes(&bytes, meta, gix::config::file::init::Options::default())
        .map_err(|e| GitError::Other(format!("`{}` cannot be parsed: {}", path.display(), super::gix_git::words(&e))))?;
    Ok(Some(flatten(&file)))
}

fn flatten(file: &File) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for section in file.sections() {
        let header = section.header();
        let mut prefix = header.name().to_str_lossy().to_ascii_lowercase();
        if let Some(sub) = header.subsection_name() {
            prefix.push('.');
            prefix.push_str(&sub.to_str_lossy());
        }
        let mut taken: HashMap<String, usize> = HashMap::new();
        for name in section.value_names() {
            let name = name.to_ascii_lowercase();
            let nth = taken.entry(name.clone()).or_default();
            let mut value = section.values(&name).get(*nth).map(|v| v.to_str_lossy().into_owned()).unwrap_or_default();
            if value.is_empty() && section.value_implicit(&name) == Some(None) {
                // A key without "=" means true.
                "true".clone_into(&mut value);
            }
            *nth += 1;
            out.push((format!("{prefix}.{name}"), value));
        }
    }
    out
}

/// `GIT_CONFIG_COUNT` with its keys and values, then `GIT_CONFIG_PARAMETERS` (what `git -c` hands to its children).
fn from_env(env: &Env) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let count: usize = env.var("GIT_CONFIG_COUNT").and_then(|n| n.parse().ok()).unwrap_or(0);
    for i in 0..count.min(1000) {
        if let Some(key) = env.var(&format!("GIT_CONFIG_KEY_{i}")) {
            out.push((key.to_owned(), env.var(&format!("GIT_CONFIG_VALUE_{i}")).unwrap_or_default().to_owned()));
        }
    }
    for word in env.var("GIT_CONFIG_PARAMETERS").map(unquote).unwrap_or_default() {
        let (key, value) = word.split_once('=').map_or((word.as_str(), "true"), |(k, v)| (k, v));
        out.push((key.to_owned(), value.to_owned()));
    }
    out
}

/// The words of a shell-quoted list; `'key'='value'` is one word.
fn unquote(list: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut quoted, mut any) = (false, false);
    let mut chars = list.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => (quoted, any) = (!quoted, true),
            '\\' if !quoted => word.extend(chars.next()),
            ' ' if !quoted => {
                if std::mem::take(&mut any) {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(c),
        }
    }
    if any {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_the_case_of_their_subsection() {
        assert_eq!(canonical("Remote.My.Repo.URL"), "remote.My.Repo.url");
        assert_eq!(canonical("User.Name"), "user.name");
    }

    #[test]
    fn parameters_are_unquoted_as_git_quotes_them() {
        assert_eq!(unquote(r"'a.b'='c d' 'e.f=g'\''h' 'i.j'"), ["a.b=c d", "e.f=g'h", "i.j"]);
        assert!(unquote("").is_empty());
    }
}
