//! git refuses to work in a repository that somebody else owns, because its configuration names programs to run. What
//! is read here without git (editor, pager, remotes) would get round that, so the same rule holds.

use super::GitError;
use super::config::Config;
use super::discover::Located;
use std::path::Path;

/// Refuses a repository of another user unless `safe.directory` in the user's or the system's configuration names it.
pub(super) fn check(at: &Located, config: &Config) -> Result<(), GitError> {
    let ours = |path: &Path| gix::sec::Trust::from_path_ownership(path).is_ok_and(|trust| trust == gix::sec::Trust::Full);
    if ours(&at.start) && ours(&at.paths.git_dir) {
        return Ok(());
    }
    let place = at.paths.work_dir.as_deref().unwrap_or(&at.paths.git_dir);
    let named = config.outside().remove("safe.directory").unwrap_or_default();
    let mut safe = false;
    for rule in &named {
        // An empty value forgets the ones before it.
        safe = !rule.is_empty() && (safe || allows(rule, place, config.home()));
    }
    if safe {
        return Ok(());
    }
    Err(GitError::Unsupported(format!(
        "`{}` belongs to another user; git works in it only once `safe.directory` names it",
        place.display()
    )))
}

fn allows(rule: &str, place: &Path, home: Option<&Path>) -> bool {
    if rule == "*" {
        return true;
    }
    let path = match (rule.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => rule.into(),
    };
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if path.ends_with("*") {
        return path.parent().is_some_and(|above| place.starts_with(real(above)));
    }
    real(&path) == place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_name_places_and_all_below_them_only_with_a_star() {
        let at = |rule: &str, place: &str| allows(rule, Path::new(place), Some(Path::new("/nohome/u")));
        assert!(at("*", "/nowhere/a"));
        assert!(at("/nowhere/a", "/nowhere/a"));
        assert!(at("/nowhere/*", "/nowhere/a/b"));
        assert!(at("~/a", "/nohome/u/a"));
        assert!(!at("/nowhere/a", "/nowhere/a/b"));
        assert!(!at("/nowhere/a/*", "/nowhere/ab"));
    }
}
