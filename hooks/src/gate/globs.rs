//! Globs of paths: `*` stays in a folder, `**` does not. The same for `paths`, for scopes and for waivers.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A set of globs; an empty one matches nothing here (what empty means is the caller's).
#[derive(Clone, Debug)]
pub struct Globs(GlobSet);

impl Globs {
    /// Compiles them.
    ///
    /// # Errors
    /// The number of the first that cannot be used, and why.
    pub fn new<S: AsRef<str>>(texts: &[S]) -> Result<Self, (usize, String)> {
        let mut set = GlobSetBuilder::new();
        for (number, text) in texts.iter().enumerate() {
            set.add(glob(text.as_ref()).map_err(|why| (number, why))?);
        }
        set.build().map(Self).map_err(|e| (0, e.kind().to_string()))
    }

    /// True if one of them matches a path from the top of the tree.
    pub fn has(&self, path: &str) -> bool {
        self.0.is_match(&*crate::diff::plain(path))
    }
}

fn glob(text: &str) -> Result<globset::Glob, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.starts_with('!') {
        return Err("it begins with `!`; a glob only ever adds paths".to_owned());
    }
    if text.starts_with('/') || text.starts_with("./") || text.split('/').any(|part| part == "..") {
        return Err("it is not written from the top of the tree, like `src/**`".to_owned());
    }
    if text.ends_with('/') {
        return Err(format!("it names a folder and so matches no file; `{text}**` matches what is in it"));
    }
    GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build().map_err(|e| e.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_in_its_folder() {
        let globs = Globs::new(&["test/**", "**/*_test.go", "src/*.rs", "{a,b}/c?"]).unwrap();
        for yes in ["test/a/b", "x_test.go", "a/b/x_test.go", "src/a.rs", "a/cc"] {
            assert!(globs.has(yes), "{yes}");
        }
        for no in ["tests/a", "src/a/b.rs", "x_test.goo", "c/cc", "a/c/"] {
            assert!(!globs.has(no), "{no}");
        }
        assert!(!Globs::new::<&str>(&[]).unwrap().has("a"));
    }

    #[test]
    fn what_can_match_nothing_is_refused() {
        for bad in ["", "!a", "/a", "./a", "../a", "a/../b", "src/", "a[", "{a"] {
            assert!(Globs::new(&["ok", bad]).is_err_and(|(number, why)| number == 1 && !why.is_empty()), "{bad}");
        }
    }
}
