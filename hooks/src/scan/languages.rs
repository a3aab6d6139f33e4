//! Sets of languages, and their names in rule files.

use crate::lang::Lang;

/// A set of languages; "every" also holds files of no language that we know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Languages(Option<u32>);

/// The bit of files of no language that we know; above those of the languages.
const OTHER: u32 = 1 << 31;

impl Languages {
    /// Every language, and files of none.
    pub const EVERY: Self = Self(None);

    /// From names; `js` is JavaScript and TypeScript, `c++` is C and C++, `other` is a file of none: a Makefile, a workflow.
    ///
    /// # Errors
    /// The name that is unknown.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut set = 0;
        for name in names {
            set |= match name {
                "js" => bit(Lang::JavaScript) | bit(Lang::TypeScript),
                "c++" => bit(Lang::C) | bit(Lang::Cpp),
                "other" => OTHER,
                name => bit(Lang::from_name(name).ok_or(name)?),
            };
        }
        Ok(Self(Some(set)))
    }

    /// True if a file of this language is meant.
    pub fn has(self, lang: Option<Lang>) -> bool {
        match (self.0, lang) {
            (None, _) => true,
            (Some(set), Some(lang)) => set & bit(lang) != 0,
            (Some(set), None) => set & OTHER != 0,
        }
    }

    /// True if every file is meant.
    pub fn is_every(self) -> bool {
        self.0.is_none()
    }

    /// The languages, in our order; empty for every.
    pub fn names(self) -> Vec<&'static str> {
        let set = self.0.unwrap_or_default();
        let other = (set & OTHER != 0).then_some("other");
        Lang::ALL.into_iter().filter(|l| set & bit(*l) != 0).map(Lang::name).chain(other).collect()
    }
}

fn bit(lang: Lang) -> u32 {
    1 << (lang as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_a_set_that_says_nothing_has_everything() {
        let set = Languages::from_names(["js", "go", "c++"]).unwrap();
        assert_eq!(set.names(), ["go", "javascript", "typescript", "c", "cpp"]);
        assert!(set.has(Some(Lang::TypeScript)) && !set.has(Some(Lang::Ruby)) && !set.has(None));
        assert!(Languages::EVERY.has(None) && Languages::EVERY.has(Some(Lang::Ruby)) && Languages::EVERY.names().is_empty());
        assert_eq!(Languages::from_names(["go", "cobol"]), Err("cobol"));
        let other = Languages::from_names(["other", "shell"]).unwrap();
        assert!(other.has(None) && other.has(Some(Lang::Shell)) && !other.has(Some(Lang::Go)));
        assert_eq!(other.names(), ["shell", "other"]);
        assert!(!set.is_every() && Languages::EVERY.is_every());
    }
}
