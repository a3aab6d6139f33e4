//! What is looked through for words.

use super::model::Message;
use memchr::memmem::Finder;

/// The text of a message in which words are looked for, without a difference between small and large letters.
pub fn looked_through(m: &Message) -> String {
    format!("{}\n{}\n{}\n{}\n{}", m.subject, m.from, m.by, m.to.join(" "), m.body).to_lowercase()
}

/// Words, all of which a text must have.
pub struct Words {
    finders: Vec<Finder<'static>>,
}

impl Words {
    /// The words of what somebody typed.
    pub fn of(typed: &[String]) -> Self {
        let words = typed.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase);
        Self { finders: words.map(|word| Finder::new(&word).into_owned()).collect() }
    }

    /// True if there is none.
    pub fn are_none(&self) -> bool {
        self.finders.is_empty()
    }

    /// True if they are all in a text of [`looked_through`].
    pub fn are_in(&self, text: &[u8]) -> bool {
        self.finders.iter().all(|word| word.find(text).is_some())
    }
}
