//! What one reader has read and archived in this clone. Never shared: a team's members read separately.

use super::address::identity;
use super::model::Message;
use crate::local;
use bd::error::Result;
use bd::model::EventId;
use bd::store::Store;
use std::collections::BTreeMap;

/// Marks of one reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    marks: BTreeMap<EventId, Mark>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mark {
    read: bool,
    archived: bool,
}

fn file(reader: &str) -> String {
    local::name_for("mail-marks", &identity(reader))
}

impl Marks {
    /// Those of a reader. A file that makes no sense counts as far as it does.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn load(store: &Store, reader: &str) -> Result<Self> {
        Ok(local::read(store, &file(reader))?.map(|text| Self::parse(&text)).unwrap_or_default())
    }

    /// Changes them under the lock: a command that runs at the same time loses nothing.
    ///
    /// # Errors
    /// As [`local::update`].
    pub fn update(store: &Store, reader: &str, change: impl FnOnce(&mut Self)) -> Result<Self> {
        local::update(store, &file(reader), |old| {
            let mut marks = old.map(Self::parse).unwrap_or_default();
            change(&mut marks);
            Ok((Some(marks.text(reader)), marks))
        })
    }

    /// True if the reader has read it. What one sent oneself counts as read.
    pub fn is_read(&self, message: &Message) -> bool {
        self.has_read(message.id)
    }

    /// True if the reader has read the message of a name.
    pub fn has_read(&self, id: EventId) -> bool {
        self.marks.get(&id).is_some_and(|m| m.read)
    }

    /// True if the reader has put the message of a name away.
    pub fn has_archived(&self, id: EventId) -> bool {
        self.marks.get(&id).is_some_and(|m| m.archived)
    }

    /// True if the reader has put it away.
    pub fn is_archived(&self, message: &Message) -> bool {
        self.has_archived(message.id)
    }

    /// Marks a message as read or not.
    pub fn set_read(&mut self, id: EventId, read: bool) {
        self.marks.entry(id).or_default().read = read;
    }

    /// Puts a message away, which reads it, or takes it out again.
    pub fn set_archived(&mut self, id: EventId, archived: bool) {
        let mark = self.marks.entry(id).or_default();
        mark.archived = archived;
        mark.read |= archived;
    }

    fn parse(text: &str) -> Self {
        let mut marks = BTreeMap::new();
        for line in text.lines() {
            let Some((id, words)) = line.split_once(' ') else { continue };
            let Ok(id) = id.parse::<EventId>() else { continue };
            let has = |word: &str| words.split(' ').any(|w| w == word);
            marks.insert(id, Mark { read: has("read"), archived: has("archived") });
        }
        Self { marks }
    }

    fn text(&self, reader: &str) -> String {
        let mut out = format!("# mail that {} has read, in this clone\n", super::text::one_line(reader));
        for (id, mark) in &self.marks {
            let words: Vec<&str> =
                [(mark.read, "read"), (mark.archived, "archived")].iter().filter(|(is, _)| *is).map(|(_, w)| *w).collect();
            if !words.is_empty() {
                out.push_str(&format!("{id} {}\n", words.join(" ")));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_round_trip_and_odd_lines_are_passed_over() {
        let (one, two) = (EventId(1), EventId(2));
        let mut marks = Marks::default();
        marks.set_read(one, true);
        marks.set_archived(two, true);
        let text = marks.text("ann\nx");
        assert_eq!(Marks::parse(&format!("{text}garbage\nnot-an-id read\n")), marks);
        assert_eq!(text.lines().count(), 3);
        marks.set_archived(two, false);
        assert!(marks.marks[&two].read, "what was put away was read");
        marks.set_read(one, false);
        assert!(!marks.text("ann").contains(&one.to_string()));
    }
}
