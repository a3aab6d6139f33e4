//! What is handed in with a step: TOML front matter between `+++` (or `---`) lines, then Markdown (WORKFLOW, Molecules).

use bd::error::{Error, Result};
use bd::model::MAX_TEXT;
use serde::{Deserialize, Serialize};

/// A hand-in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HandIn {
    /// What has to be answered before the work can go on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<String>,
    /// What may go wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<String>,
    /// What the worker would do, a line each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<String>,
    /// How sure the worker is, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// What is known to be missing; each can become a bead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// Files that belong to it: `name = path` or paths, from the top of the tree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<String>,
    /// The Markdown below.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// The try that it was handed in for.
    #[serde(default)]
    pub attempt: u32,
    /// The outputs of the formula that it does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Percent {
    Number(i64),
    Text(String),
}

/// One sentence, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    One(String),
    Many(Vec<String>),
}

impl Lines {
    fn all(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Front {
    questions: Vec<String>,
    concerns: Vec<String>,
    recommendation: Option<Lines>,
    confidence: Option<Percent>,
    gaps: Vec<String>,
    artifacts: Vec<String>,
}

impl HandIn {
    /// Reads a hand-in. `name` is what the error calls it: a path, or `standard input`.
    ///
    /// # Errors
    /// Front matter that is no TOML or has unknown keys (with its line), a confidence that is no percentage, a text that is
    /// too long or empty (exit 2).
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        if text.len() > MAX_TEXT {
            return Err(Error::usage(format!("{name}: {} bytes; at most {MAX_TEXT} are kept", text.len()))
                .hint("Put long material into a file of the repository and name it in `artifacts`"));
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let (front, body) = split(&text).map_err(|why| Error::usage(format!("{name}: {why}")))?;
        let front: Front = match front {
            Some(front) => toml_edit::de::from_str(front)
                .map_err(|e| Error::usage(format!("{name}: in its front matter: {}", e.to_string().trim())))?,
            None => Front::default(),
        };
        let confidence = front.confidence.map(|c| percent(name, c)).transpose()?;
        let line = |texts: Vec<String>| texts.into_iter().map(|t| one_line(&t)).filter(|t| !t.is_empty()).collect::<Vec<_>>();
        let out = Self {
            questions: line(front.questions),
            concerns: line(front.concerns),
            recommendation: front.recommendation.map(|t| line(t.all()).join("\n")).filter(|t| !t.is_empty()),
            confidence,
            gaps: line(front.gaps),
            artifacts: line(front.artifacts),
            body: visible(body.trim()),
            attempt: 0,
            missing: Vec::new(),
        };
        if out == Self::default() {
            return Err(Error::usage(format!("{name}: there is nothing in it")));
        }
        bd::ops::change::check_text("hand-in", &text)?;
        Ok(out)
    }

    /// A hand-in of one sentence.
    ///
    /// # Errors
    /// As [`HandIn::parse`].
    pub fn note(text: &str) -> Result<Self> {
        bd::ops::change::check_text("note", text)?;
        Ok(Self { body: visible(text.trim()), ..Self::default() })
    }

    /// The text below a heading of the body, without it; `None` if there is no such heading.
    pub fn section(&self, title: &str) -> Option<String> {
        let mut lines = self.body.lines().skip_while(|l| !is_heading(l, title));
        lines.next()?;
        let text: Vec<&str> = lines.take_while(|l| !l.starts_with('#')).collect();
        Some(text.join("\n").trim().to_owned())
    }

    /// The text before the first heading of one of these titles.
    pub fn opening(&self, titles: &[&str]) -> String {
        let text: Vec<&str> = self.body.lines().take_while(|l| !titles.iter().any(|t| is_heading(l, t))).collect();
        text.join("\n").trim().to_owned()
    }
}

fn is_heading(line: &str, title: &str) -> bool {
    let text = line.trim_start_matches('#');
    line.starts_with('#') && text.trim().trim_end_matches(':').eq_ignore_ascii_case(title)
}

fn split(text: &str) -> Result<(Option<&str>, &str), String> {
    for fence in ["+++", "---"] {
        let Some(rest) = text.strip_prefix(fence).and_then(|r| r.strip_prefix('\n')) else { continue };
        if let Some(body) = rest.strip_prefix(fence).filter(|r| r.is_empty() || r.starts_with('\n')) {
            return Ok((None, body));
        }
        let end = format!("\n{fence}");
        let at = rest.match_indices(&end).find(|(at, _)| {
            let after = &rest[at + end.len()..];
            after.is_empty() || after.starts_with('\n')
        });
        let Some((at, _)) = at else { return Err(format!("its front matter begins with `{fence}` and has no end")) };
        return Ok((Some(&rest[..=at]), &rest[at + end.len()..]));
    }
    Ok((None, text))
}

fn percent(name: &str, value: Percent) -> Result<u8> {
    let number = match &value {
        Percent::Number(n) => u8::try_from(*n).ok(),
        Percent::Text(text) => text.trim().trim_end_matches('%').trim().parse().ok(),
    };
    number.filter(|n| *n <= 100).ok_or_else(|| Error::usage(format!("{name}: `confidence` is a percentage from 0 to 100")))
}

/// One line without control characters.
pub fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without control characters but line ends and tabs.
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_and_body() {
        let text = "+++\nquestions = [\"Which port?\"]\nconfidence = \"85%\"\n+++\nWhat was read.\n\n## Risk Mitigation\nA mock.\n";
        let hand_in = HandIn::parse("a.md", text).unwrap();
        assert_eq!((hand_in.questions.len(), hand_in.confidence), (1, Some(85)));
        assert_eq!(hand_in.section("risk mitigation").as_deref(), Some("A mock."));
        assert_eq!(hand_in.opening(&["Risk Mitigation"]), "What was read.");
        assert_eq!(HandIn::parse("a.md", "only text").unwrap().body, "only text");
        assert_eq!(HandIn::parse("a.md", "---\nconfidence = 7\n---\n").unwrap().confidence, Some(7));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_control_characters_go() {
        for (bad, why) in [
            ("+++\nquestions = [\n+++\nx", "front matter"),
            ("+++\nquestion = [\"x\"]\n+++\nx", "question"),
            ("+++\nconfidence = 101\n+++\nx", "0 to 100"),
            ("+++\nconfidence = 1\nx", "no end"),
            ("  \n", "nothing in it"),
        ] {
            let error = HandIn::parse("a.md", bad).unwrap_err();
            assert!(error.message.contains(why) && error.message.starts_with("a.md: "), "{}", error.message);
        }
        assert!(HandIn::parse("a.md", &"x".repeat(MAX_TEXT + 1)).is_err());
        assert_eq!(HandIn::parse("a.md", "a\u{1b}[31mb").unwrap().body, "a[31mb");
    }
}
