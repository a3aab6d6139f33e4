//! One line in pieces, each with a style. Stored text becomes harmless here, whoever prints it.

use std::borrow::Cow;

/// What a piece of text is; colours follow from it, and nothing is said by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// No colour.
    #[default]
    Plain,
    /// A heading.
    Strong,
    /// Beside the point.
    Dim,
    /// A bead's id.
    Id,
    /// A label.
    Label,
    /// A person or agent.
    Actor,
    /// Something that went well, or is closed.
    Good,
    /// Something to look at.
    Warn,
    /// Something that is wrong, or most urgent.
    Bad,
    /// What one is working on.
    Active,
}

impl Style {
    fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Plain => return None,
            Self::Strong => "1",
            Self::Dim => "2",
            Self::Id => "36",
            Self::Label => "35",
            Self::Actor => "34",
            Self::Good => "32",
            Self::Warn => "33",
            Self::Bad => "31",
            Self::Active => "33;1",
        })
    }
}

/// A line of styled pieces. Nothing in it can hold a control character: [`safe`] is applied to every piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<(Style, String)>,
}

impl Text {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece.
    #[must_use]
    pub fn with(mut self, style: Style, text: impl AsRef<str>) -> Self {
        self.push(style, text);
        self
    }

    /// Adds a piece without a style.
    #[must_use]
    pub fn plain(self, text: impl AsRef<str>) -> Self {
        self.with(Style::Plain, text)
    }

    /// Adds a piece.
    pub fn push(&mut self, style: Style, text: impl AsRef<str>) {
        let text = safe(text.as_ref());
        if !text.is_empty() {
            self.pieces.push((style, text.into_owned()));
        }
    }

    /// Adds the pieces of another line.
    pub fn append(&mut self, other: Self) {
        self.pieces.extend(other.pieces);
    }

    /// How many characters it shows.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|(_, t)| t.chars().count()).sum()
    }

    /// The line cut to a width, with `…` where something was cut.
    #[must_use]
    pub fn cut(mut self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let mut left = width.saturating_sub(1);
        let mut pieces = Vec::new();
        for (style, text) in self.pieces {
            let take: String = text.chars().take(left).collect();
            left -= take.chars().count();
            if !take.is_empty() {
                pieces.push((style, take));
            }
            if left == 0 {
                break;
            }
        }
        pieces.push((Style::Plain, "…".to_owned()));
        self.pieces = pieces;
        self
    }

    /// The characters, with or without colour.
    pub fn render(&self, colour: bool) -> String {
        let mut out = String::new();
        for (style, text) in &self.pieces {
            match style.code().filter(|_| colour) {
                Some(code) => {
                    out.push_str("\u{1b}[");
                    out.push_str(code);
                    out.push('m');
                    out.push_str(text);
                    out.push_str("\u{1b}[0m");
                }
                None => out.push_str(text),
            }
        }
        out
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new().plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new().plain(text)
    }
}

/// True for characters that act on a terminal or on the direction of writing.
pub(super) fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

/// Text that does nothing to a terminal: control characters, and those that turn the direction of writing, stand as
/// their escapes (`\u{1b}`, `\n`); a tab becomes a space.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if is_odd(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_characters() {
        let hostile = "a\u{1b}[31m\u{9b}2J\r\nb\u{202e}c\u{7}\td";
        assert_eq!(safe(hostile), "a\\u{1b}[31m\\u{9b}2J\\r\\nb\\u{202e}c\\u{7} d");
        let line = Text::new().with(Style::Bad, hostile).render(false);
        assert!(!line.contains(char::is_control), "{line:?}");
        assert_eq!(safe("plain ünïcode 😀"), "plain ünïcode 😀");
    }

    #[test]
    fn colour_is_an_extra_and_a_cut_is_seen() {
        let text = Text::new().with(Style::Id, "bd-1").plain(" a title");
        assert_eq!(text.render(false), "bd-1 a title");
        assert_eq!(text.render(true), "\u{1b}[36mbd-1\u{1b}[0m a title");
        assert_eq!(text.clone().cut(7).render(false), "bd-1 a…");
        assert_eq!(text.clone().cut(12), text);
    }
}
