//! Text search over id, title and description.

use super::row::Row;

/// Words that must all be found, whatever their case and wherever they stand. Quoted parts are one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
}

/// How good a find is; smaller is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// The whole text is the id, or its part after the prefix.
    Id,
    /// The title holds the text as it was typed.
    Title,
    /// All words are in id and title.
    Words,
    /// Some word is only in the description.
    Description,
}

impl Search {
    /// Reads the text. Without a word it finds everything.
    pub fn new(text: &str) -> Self {
        let mut words = Vec::new();
        for (place, part) in text.split('"').enumerate() {
            // Every second part stands between quotes; a last quote without its other one is passed over.
            if place % 2 == 1 {
                words.push(part.trim().to_lowercase());
            } else {
                words.extend(part.split_whitespace().map(str::to_lowercase));
            }
        }
        words.retain(|w| !w.is_empty());
        Self { words }
    }

    /// True if no word was typed.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether and how the bead is found. `description` is asked only where id and title do not decide.
    pub fn find(&self, row: &Row, description: &mut dyn FnMut() -> Option<String>) -> Option<Found> {
        let id = row.id.to_lowercase();
        let title = row.title.to_lowercase();
        let whole = self.words.join(" ");
        if whole == id || id.rsplit_once('-').is_some_and(|(_, tail)| tail == whole) {
            return Some(Found::Id);
        }
        if title.contains(&whole) {
            return Some(Found::Title);
        }
        let mut rest = self.words.iter().filter(|w| !title.contains(*w) && !id.contains(*w)).peekable();
        if rest.peek().is_none() {
            return Some(Found::Words);
        }
        let description = description()?.to_lowercase();
        rest.all(|w| description.contains(w)).then_some(Found::Description)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::row;
    use super::*;

    #[test]
    fn all_words_anywhere_and_the_description_only_if_needed() {
        let mut r = row("bd-a1b2");
        r.title = "Fix the Login page".into();
        let find = |text: &str| Search::new(text).find(&r, &mut || Some("It fails on ÄRGER".into()));
        assert_eq!(find("bd-A1B2"), Some(Found::Id));
        assert_eq!(find("a1b2"), Some(Found::Id));
        assert_eq!(find("the login"), Some(Found::Title));
        assert_eq!(find("page fix"), Some(Found::Words));
        assert_eq!(find("bd- page"), Some(Found::Words));
        assert_eq!(find("login ärger"), Some(Found::Description));
        assert_eq!(find("login logout"), None);
        assert_eq!(find("\"page login\""), None);
        assert_eq!(find(""), Some(Found::Title));
        assert!(Search::new(" \" ").is_empty());
        let title_only = Search::new("page").find(&r, &mut || panic!("the title decides"));
        assert_eq!(title_only, Some(Found::Title));
    }
}
