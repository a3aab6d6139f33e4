//! Settings and remotes.

use super::Repo;
use crate::git::backend::Backend;
use crate::git::patience::while_locked;
use crate::git::redact::redact;
use crate::git::{GitError, config};
use std::collections::BTreeSet;

impl<B: Backend> Repo<B> {
    /// Sets or removes a value in the repository's own file.
    pub(super) fn write_config(&self, key: &str, value: Option<&str>) -> Result<(), GitError> {
        let args = match value {
            Some(value) => vec!["config", "--local", "--replace-all", "--", key, value],
            None => vec!["config", "--local", "--unset-all", "--", key],
        };
        crate::failpoint!("git.config.before");
        let out = while_locked("config.lock", || self.runner.output(&args, &[]))?;
        crate::failpoint!("git.config.after");
        self.config.forget();
        // 5: there was nothing to remove.
        if out.ok() || value.is_none() && out.code == Some(5) { Ok(()) } else { Err(out.error("config")) }
    }

    pub(super) fn remote_names(&self) -> Vec<String> {
        let values = self.config.values();
        // A remote without a URL is a setting for one that other clones may have.
        let names = values.keys().filter_map(|key| Some(key.strip_prefix("remote.")?.strip_suffix(".url")?.to_owned()));
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The first URL, rewritten as `url.<base>.insteadOf` says (the longest match wins), without credentials.
    pub(super) fn url_of(&self, remote: &str) -> Option<String> {
        let values = self.config.values();
        let url = values.get(&config::canonical(&format!("remote.{remote}.url")))?.first()?;
        let rules = values.iter().filter_map(|(key, from)| {
            let base = key.strip_prefix("url.")?.strip_suffix(".insteadof")?;
            Some(from.iter().map(move |from| (base, from.as_str())))
        });
        let best = rules.flatten().filter(|(_, from)| url.starts_with(from)).max_by_key(|(_, from)| from.len());
        Some(redact(&best.map_or_else(|| url.clone(), |(base, from)| format!("{base}{}", &url[from.len()..]))))
    }
}
