//! Coverage files where test programs leave them: lcov, cobertura, Go's profile. Rates are of lines (Go: of statements).

use super::files::{Files, small};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A coverage file that is larger is named and not read; bytes.
const LARGEST: u64 = 64 << 20;
/// Folders in which files that git ignores are looked for.
const FOLDERS: &[&str] =
    &["", "coverage/", "target/", "target/coverage/", "target/llvm-cov/", "build/", "build/reports/", "reports/", "out/"];
/// Names by which they are known.
const NAMES: &[&str] = &[
    "lcov.info",
    "coverage.info",
    "coverage.lcov",
    "lcov.dat",
    "cobertura.xml",
    "cobertura-coverage.xml",
    "coverage.xml",
    "coverage.out",
    "cover.out",
    "coverage.txt",
    "c.out",
    "profile.cov",
];

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// From the top of the tree.
    pub path: String,
    /// `lcov`, `cobertura`, `go`.
    pub format: &'static str,
    /// Covered lines.
    pub covered: u64,
    /// All lines.
    pub lines: u64,
    /// The rate in percent, cut to one digit.
    pub rate: String,
}

/// Finds and reads them; and a sentence for each that cannot be read.
pub fn find(files: &Files<'_>, named: &[String]) -> (Vec<Coverage>, Vec<String>) {
    let mut paths: BTreeSet<String> = named.iter().cloned().collect();
    paths.extend(FOLDERS.iter().flat_map(|f| NAMES.iter().map(move |n| format!("{f}{n}"))));
    let known = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        NAMES.contains(&name) || Path::new(name).extension().is_some_and(|e| e == "lcov" || e == "coverprofile")
    };
    paths.extend(files.all().iter().filter(|f| !f.special && known(&f.path)).map(|f| f.path.clone()));
    let (mut out, mut wrong) = (Vec::new(), Vec::new());
    for path in paths {
        let explicit = named.contains(&path);
        if path.starts_with('/') || path.split('/').any(|p| p == "..") {
            wrong.push(format!("{path}: it is not written from the top of the tree"));
            continue;
        }
        match small(&files.top, &path, LARGEST) {
            Ok(None) if explicit => wrong.push(format!("{path}: there is no such coverage file")),
            Ok(None) => {}
            Err(e) => wrong.push(e.message),
            Ok(Some(bytes)) => match parse(&String::from_utf8_lossy(&bytes)) {
                Some((format, covered, lines)) => {
                    let rate = if lines == 0 { 100.0 } else { covered as f64 * 100.0 / lines as f64 };
                    out.push(Coverage { path, format, covered, lines, rate: crate::molecule::model::percent(rate) });
                }
                // A name like coverage.txt may be anything.
                None if explicit => wrong.push(format!("{path}: neither lcov nor cobertura nor a Go profile")),
                None => {}
            },
        }
    }
    (out, wrong)
}

/// The format, covered lines and lines; `None` for what is none of them.
fn parse(text: &str) -> Option<(&'static str, u64, u64)> {
    let text = text.trim_start_matches('\u{feff}');
    if text.starts_with("mode:") {
        return go(text).map(|(c, n)| ("go", c, n));
    }
    if text.trim_start().starts_with('<') {
        return cobertura(text).map(|(c, n)| ("cobertura", c, n));
    }
    lcov(text).map(|(c, n)| ("lcov", c, n))
}

fn lcov(text: &str) -> Option<(u64, u64)> {
    let (mut covered, mut all, mut summed) = (0u64, 0u64, false);
    let (mut hit, mut seen, mut any) = (0u64, 0u64, false);
    for line in text.lines().map(str::trim_end) {
        if let Some(n) = line.strip_prefix("LF:").and_then(|n| n.parse::<u64>().ok()) {
            (all, summed) = (all.saturating_add(n), true);
        } else if let Some(n) = line.strip_prefix("LH:").and_then(|n| n.parse::<u64>().ok()) {
            covered = covered.saturating_add(n);
        } else if let Some(rest) = line.strip_prefix("DA:") {
            let count = rest.split(',').nth(1).and_then(|n| n.parse::<i64>().ok())?;
            (seen, hit) = (seen + 1, hit + u64::from(count > 0));
        }
        any |= line == "end_of_record";
    }
    match (any, summed) {
        (false, _) => None,
        (true, true) => Some((covered.min(all), all)),
        (true, false) => Some((hit, seen)),
    }
}

fn cobertura(text: &str) -> Option<(u64, u64)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut lines, mut inside): (BTreeMap<(String, u64), bool>, Option<String>) = (BTreeMap::new(), None);
    let mut totals = None;
    let mut root = false;
    loop {
        let event = reader.read_event().ok()?;
        let (Event::Start(tag) | Event::Empty(tag)) = &event else {
            if matches!(event, Event::Eof) {
                break;
            }
            continue;
        };
        let value = |name: &[u8]| {
            let found = tag.attributes().flatten().find(|a| a.key.as_ref() == name)?;
            Some(String::from_utf8_lossy(&found.value).into_owned())
        };
        let number = |name: &[u8]| value(name)?.parse::<u64>().ok();
        match tag.name().as_ref() {
            b"coverage" if !root => {
                root = true;
                totals = number(b"lines-covered").zip(number(b"lines-valid"));
            }
            _ if !root => return None,
            b"class" => inside = value(b"filename").or_else(|| value(b"name")),
            b"line" => {
                // The lines of methods stand once more below their class.
                if let (Some(file), Some(n), Some(hits)) = (&inside, number(b"number"), number(b"hits")) {
                    *lines.entry((file.clone(), n)).or_default() |= hits > 0;
                }
            }
            _ => {}
        }
    }
    match totals {
        _ if !root => None,
        Some((covered, valid)) => Some((covered.min(valid), valid)),
        None => Some((lines.values().filter(|hit| **hit).count() as u64, lines.len() as u64)),
    }
}

fn go(text: &str) -> Option<(u64, u64)> {
    let mut blocks: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
    for line in text.lines().skip(1).filter(|l| !l.trim().is_empty() && !l.starts_with("mode:")) {
        let mut parts = line.trim_end().rsplitn(3, ' ');
        let (count, statements, block) = (parts.next()?, parts.next()?, parts.next()?);
        let entry = blocks.entry(block).or_insert((statements.parse().ok()?, false));
        entry.1 |= count.parse::<u64>().ok()? > 0;
    }
    let sum = |hit: bool| blocks.values().filter(|(_, h)| *h || !hit).fold(0u64, |n, (s, _)| n.saturating_add(*s));
    Some((sum(true), sum(false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_gives_its_lines() {
        assert_eq!(parse("TN:\nSF:a\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n"), Some(("lcov", 1, 2)));
        assert_eq!(parse("SF:a\r\nDA:1,3\r\nend_of_record\r\n"), Some(("lcov", 1, 1)));
        let go = "mode: set\na.go:1.1,2.2 3 1\na.go:3.1,4.2 1 0\na.go:3.1,4.2 1 0\n";
        assert_eq!(parse(go), Some(("go", 3, 4)));
        let xml = "<?xml version=\"1.0\"?><coverage line-rate=\"0.5\" lines-covered=\"5\" lines-valid=\"10\"/>";
        assert_eq!(parse(xml), Some(("cobertura", 5, 10)));
        let xml = "<coverage><class filename=\"a\"><line number=\"1\" hits=\"2\"/><line number=\"1\" hits=\"0\"/><line number=\"2\" hits=\"0\"/></class></coverage>";
        assert_eq!(parse(xml), Some(("cobertura", 1, 2)));
    }

    #[test]
    fn what_is_none_of_them_is_none() {
        for text in ["", "hello", "<html/>", "<coverage", "mode: set\nx\n", "LF:2\nLH:1\n"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
