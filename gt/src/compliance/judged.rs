//! The places of a report that a person has to fill: `<!-- JUDGE: name: question -->`, the text, `<!-- /JUDGE -->`.

use std::collections::BTreeMap;

/// At most so many judgements are asked for, `recommendation` and `confidence` of the front matter among them.
pub const MOST: usize = 5;
/// How a place ends.
pub const END: &str = "<!-- /JUDGE -->";

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// The line of its marker, from 1.
    pub line: usize,
    /// What was written into it.
    pub text: String,
}

/// The name in a line that marks a place. Data never makes one: it begins no line with `<` (see [`super::render`]).
fn marker(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let inner = inner.strip_prefix("JUDGE:")?.trim();
    let name = inner.split_once(':').map_or(inner, |(name, _)| name).trim();
    let name: String = name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).take(60).collect();
    Some(if name.is_empty() { "judge".to_owned() } else { name })
}

fn is_end(line: &str) -> bool {
    line.split_whitespace().collect::<String>() == "<!--/JUDGE-->"
}

/// The places of a text, in order; and the text without what was written into them and without their end marks.
fn split(text: &str) -> (Vec<Place>, String) {
    let lines: Vec<&str> = text.lines().collect();
    let mut places: Vec<Place> = Vec::new();
    let mut frame = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        frame.push_str(line);
        frame.push('\n');
        at += 1;
        let Some(name) = marker(line) else { continue };
        let same = places.iter().filter(|p| p.name == name || p.name.starts_with(&format!("{name}#"))).count();
        let name = if same == 0 { name } else { format!("{name}#{}", same + 1) };
        let rest = &lines[at..];
        let next = rest.iter().position(|l| marker(l).is_some()).unwrap_or(rest.len());
        let mark = rest[..next].iter().position(|l| is_end(l));
        // Where the end mark is gone, the next part of the report is the end.
        let end = mark.or_else(|| rest[..next].iter().position(|l| l.starts_with("# ") || l.starts_with("## "))).unwrap_or(next);
        places.push(Place { name, line: at, text: rest[..end].join("\n").trim().to_owned() });
        at += end + usize::from(mark.is_some());
    }
    (places, frame)
}

/// The places of a text, in order.
pub fn places(text: &str) -> Vec<Place> {
    split(text).0
}

/// The text without what was written into its places, white space at ends of lines and empty lines aside.
pub fn frame(text: &str) -> String {
    let frame = split(text).1;
    frame.lines().map(str::trim_end).filter(|l| !l.is_empty()).fold(String::new(), |out, l| out + l + "\n")
}

/// The text with each place closed by its end mark, and filled where there is something to fill it with.
pub fn fill(text: &str, with: &BTreeMap<String, String>) -> String {
    let (places, frame) = split(text);
    let mut out = String::with_capacity(text.len());
    let mut next = places.iter();
    for line in frame.lines() {
        out.push_str(line);
        out.push('\n');
        if marker(line).is_some() {
            let own = next.next();
            let filled = own.and_then(|p| with.get(&p.name).filter(|t| !is_empty(t)).or(Some(&p.text))).cloned();
            let filled = filled.unwrap_or_default();
            out.push_str(&format!("\n{filled}{}{END}\n", if filled.is_empty() { "" } else { "\n\n" }));
        }
    }
    out
}

/// True if nothing was said: no letter and no digit outside of comments, or a word that puts it off.
pub fn is_empty(text: &str) -> bool {
    let mut said = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<!--") {
        said.push_str(&rest[..at]);
        rest = rest[at..].find("-->").map_or("", |end| &rest[at + end + 3..]);
    }
    said.push_str(rest);
    let words: String = said.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    matches!(words.as_str(), "" | "todo" | "to do" | "tbd" | "tba" | "fixme" | "xxx" | "fill in" | "fill me in")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A\n<!-- JUDGE: api: Does it fit? -->\n\n<!-- /JUDGE -->\n\n## B\n<!-- JUDGE: api -->\nyes\n## C\nx\n";

    #[test]
    fn places_are_found_filled_and_taken_out() {
        let found = places(TEXT);
        assert_eq!(found.iter().map(|p| (p.name.as_str(), p.line)).collect::<Vec<_>>(), [("api", 2), ("api#2", 7)]);
        assert_eq!((found[0].text.as_str(), found[1].text.as_str()), ("", "yes"));
        let with = BTreeMap::from([("api".to_owned(), "It does.\n\n## Why\nSo.".to_owned())]);
        let filled = fill(TEXT, &with);
        assert_eq!(places(&filled)[0].text, "It does.\n\n## Why\nSo.");
        assert_eq!(places(&filled)[1].text, "yes");
        assert_eq!(frame(&filled), frame(TEXT), "what was written into places is not part of the frame");
        assert_eq!(fill(&filled, &BTreeMap::new()), filled, "filling twice changes nothing");
        assert_ne!(frame(&filled.replace("\nx\n", "\ny\n")), frame(TEXT));
    }

    #[test]
    fn what_says_nothing_is_empty() {
        for empty in ["", " \n", "TODO", "- [ ] tbd.", "…", "<!-- yes -->", "<!-- not closed yes", "***"] {
            assert!(is_empty(empty), "{empty}");
        }
        for said in ["yes", "n/a: there is no API", "<!-- a --> 7"] {
            assert!(!is_empty(said), "{said}");
        }
    }
}
