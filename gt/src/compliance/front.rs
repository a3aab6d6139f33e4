//! The front matter of a report: TOML between `+++` lines.

use super::Facts;
use super::judged::is_empty;
use bd::error::{Error, ErrorKind, Result};
use serde::Deserialize;

/// What stands in it. Keys that it does not know are left alone.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Front {
    /// Critical issues; a person may raise the number.
    pub critical: u32,
    /// Warnings; a person may raise the number.
    pub warnings: u32,
    /// To be judged.
    pub recommendation: String,
    /// To be judged.
    pub confidence: Option<Confidence>,
    /// The molecule.
    pub molecule: String,
    /// Its formula and version.
    pub formula: String,
    /// The digest of the code that was validated.
    pub code: String,
    /// When the report was made.
    pub date: String,
    /// Where its template was.
    pub template: String,
    /// SHA-256 (hex) of the text that the tool wrote, without what is in marked places.
    pub made: String,
    /// What the tool found.
    pub found: Found,
}

/// What the tool counted by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Critical issues.
    pub critical: u32,
    /// Warnings.
    pub warnings: u32,
}

/// A percentage, as people write it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Confidence {
    /// `85`
    Number(i64),
    /// `85.0`
    Float(f64),
    /// `"85%"`
    Text(String),
}

impl Front {
    /// What was recommended, if something was.
    pub fn recommended(&self) -> Option<String> {
        let text = crate::molecule::handin::one_line(&self.recommendation);
        (!is_empty(&text)).then_some(text)
    }

    /// How sure its author is; `None` where nothing is said, `Some(Err)` where that is no percentage.
    pub fn sure(&self) -> Option<Result<u8, ()>> {
        let number = match self.confidence.as_ref()? {
            Confidence::Number(n) => u8::try_from(*n).ok(),
            Confidence::Float(n) => (0.0..=100.0).contains(n).then_some(*n as u8),
            Confidence::Text(text) if is_empty(text) => return None,
            Confidence::Text(text) => text.trim().trim_end_matches('%').trim().parse().ok(),
        };
        Some(number.filter(|n| *n <= 100).ok_or(()))
    }
}

/// A report as it stands in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Its front matter.
    pub front: Front,
    /// The whole text with `\n` at line ends.
    pub text: String,
    /// The text below the front matter.
    pub body: String,
    /// How many lines stand before `body`.
    pub before: usize,
}

impl Written {
    /// Reads one. `path` is what an error calls it.
    ///
    /// # Errors
    /// No front matter, or one that is no TOML (exit 4, with file and line).
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let wrong = |why: String| Error::new(ErrorKind::Gate, format!("{path}{why}"));
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let lines: Vec<&str> = text.lines().collect();
        if lines.first().map(|l| l.trim_end()) != Some("+++") {
            return Err(wrong(":1: no front matter: a report begins with `+++`".to_owned()));
        }
        let Some(end) = lines.iter().skip(1).position(|l| l.trim_end() == "+++").map(|n| n + 1) else {
            return Err(wrong(":1: its front matter has no end".to_owned()));
        };
        // An empty first line: then the lines of TOML's errors are those of the file.
        let front = format!("\n{}\n", lines[1..end].join("\n"));
        let front: Front = toml_edit::de::from_str(&front).map_err(|e| {
            let line = e.span().map_or(1, |s| front[..s.start.min(front.len())].matches('\n').count() + 1);
            wrong(format!(":{line}: its front matter: {}", e.message()))
        })?;
        let body = lines[end + 1..].join("\n");
        Ok(Self { front, body, before: end + 1, text })
    }

    /// The line in which a key of the front matter stands, from 1.
    pub fn line_of(&self, key: &str) -> usize {
        let at = |l: &str| l.trim_start().strip_prefix(key).is_some_and(|r| r.trim_start().starts_with('='));
        self.text.lines().take(self.before).position(at).map_or(1, |n| n + 1)
    }
}

/// What is written into the front matter.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The numbers, with what was judged.
    pub facts: Facts,
    /// What the tool found, where a person raised a number above.
    pub found: Found,
    /// Every other key with its value, in order.
    pub more: Vec<(&'static str, toml_edit::Value)>,
    /// The counts, `[counts]`.
    pub counts: Vec<(&'static str, toml_edit::Value)>,
}

impl Head {
    /// As text, with its fences.
    pub fn text(&self) -> String {
        use toml_edit::Value;
        let mut out = String::from("+++\n");
        let mut line = |key: &str, value: Value| out.push_str(&format!("{key} = {}\n", value.to_string().trim()));
        line("critical", i64::from(self.facts.critical).into());
        line("warnings", i64::from(self.facts.warnings).into());
        line("recommendation", self.facts.recommendation.clone().unwrap_or_default().into());
        match self.facts.confidence {
            Some(n) => line("confidence", i64::from(n).into()),
            None => line("confidence", "".into()),
        }
        line("status", self.facts.status().into());
        for (key, value) in &self.more {
            line(key, value.clone());
        }
        out.push_str("\n[found]\n");
        out.push_str(&format!("critical = {}\nwarnings = {}\n", self.found.critical, self.found.warnings));
        out.push_str("\n[counts]\n");
        for (key, value) in &self.counts {
            out.push_str(&format!("{key} = {}\n", value.to_string().trim()));
        }
        out.push_str("+++\n");
        for (key, hint) in [
            ("recommendation = \"\"", "JUDGE: approve, approve with conditions or reject, and why in a line"),
            ("confidence = \"\"", "JUDGE: how sure you are, 0 to 100"),
        ] {
            out = out.replacen(&format!("\n{key}\n"), &format!("\n{key} # {hint}\n"), 1);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let facts = Facts { critical: 2, recommendation: Some("a \"b\"\\".into()), confidence: Some(70), ..Facts::default() };
        let found = Found { critical: 1, warnings: 3 };
        let head = Head { facts, found, more: vec![("molecule", "m".into())], counts: vec![("found", 3.into())] };
        let read = Written::parse("r.md", &format!("{}\n# A\n", head.text())).unwrap();
        assert_eq!((read.front.critical, read.front.found.critical, read.front.found.warnings), (2, 1, 3));
        assert_eq!((read.front.recommended().as_deref(), read.front.sure()), (Some("a \"b\"\\"), Some(Ok(70))));
        assert_eq!((read.front.molecule.as_str(), read.body.as_str()), ("m", "\n# A"));
        let text = Head::default().text();
        let empty = Written::parse("r.md", &text).unwrap();
        assert_eq!((empty.front.recommended(), empty.front.sure()), (None, None));
        assert!(text.lines().nth(empty.line_of("confidence") - 1).unwrap().starts_with("confidence = \"\" # JUDGE"));
    }

    #[test]
    fn a_front_matter_that_is_none_says_where() {
        for (bad, why) in [
            ("x", "r.md:1: no front"),
            ("+++\ncritical = 1\n", "r.md:1: its front matter has no end"),
            ("+++\r\ncritical = 1\r\nwarnings = \r\n+++\r\n", "r.md:3: "),
            ("\u{feff}+++\ncritical = -1\n+++\n", "r.md:2: "),
        ] {
            let error = Written::parse("r.md", bad).unwrap_err();
            assert!(error.kind == ErrorKind::Gate && error.message.starts_with(why), "{}", error.message);
        }
        let of = |text: &str| Front { confidence: Some(Confidence::Text(text.into())), ..Front::default() }.sure();
        assert_eq!((of("85%"), of("101"), of("TBD")), (Some(Ok(85)), Some(Err(())), None));
    }
}
