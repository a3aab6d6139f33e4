//! JUnit XML, which every tool writes a little differently: suites in suites, counts as attributes or not, and `failure`,
//! `error` and `skipped` below a case or a suite.

use super::{Counts, Failure, first_line, place};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// How much of what one test says is kept.
const SAID: usize = 16 * 1024;

#[derive(Default)]
struct Case {
    name: String,
    class: String,
    file: Option<String>,
    line: u32,
    skipped: bool,
    troubles: u64,
    message: String,
    said: String,
}

/// A suite that is open, with what its attributes promise.
#[derive(Default)]
struct Suite {
    name: String,
    tests: Option<u64>,
    bad: u64,
    cases: u64,
    troubles: u64,
}

#[derive(Default)]
struct Doc {
    counts: Counts,
    suites: Vec<Suite>,
    case: Option<Case>,
    /// Inside of `failure` or `error`: the text is the message.
    in_trouble: bool,
    path: Vec<String>,
    roots: u32,
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let mut doc = Doc::default();
    loop {
        let event = reader.read_event().map_err(|e| format!("it is no whole XML: {e}"))?;
        match event {
            Event::Start(tag) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
                doc.open(&name, &tag)?;
                doc.path.push(name);
            }
            Event::Empty(tag) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
                doc.open(&name, &tag)?;
                doc.close(&name)?;
            }
            Event::End(_) => {
                let name = doc.path.pop().unwrap_or_default();
                doc.close(&name)?;
            }
            Event::Text(text) => doc.text(&text.decode().map_err(|e| e.to_string())?),
            Event::CData(text) => doc.text(&text.decode().map_err(|e| e.to_string())?),
            Event::GeneralRef(what) => {
                let known = match &*what.decode().map_err(|e| e.to_string())? {
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "amp" => Some('&'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => what.resolve_char_ref().ok().flatten(),
                };
                doc.text(&known.map_or_else(String::new, String::from));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !doc.path.is_empty() {
        return Err(format!("it is cut off inside of <{}>", doc.path.join("> <")));
    }
    if doc.roots == 0 {
        return Err("no <testsuite> is in it".to_owned());
    }
    Ok(doc.counts)
}

impl Doc {
    fn open(&mut self, name: &str, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.path.is_empty() {
            self.roots += 1;
            if !matches!(name, "testsuites" | "testsuite") || self.roots > 1 {
                return Err(format!("<{name}> is no JUnit report"));
            }
        }
        match name {
            "testsuites" | "testsuite" => self.suites.push(suite(tag)?),
            "testcase" if self.case.is_none() => self.case = Some(case(tag)?),
            "testcase" => return Err("a <testcase> stands inside of another".to_owned()),
            "skipped" | "disabled" => {
                if let Some(case) = &mut self.case {
                    case.skipped = true;
                }
            }
            "failure" | "error" => {
                let said = attribute(tag, "message")?.or(attribute(tag, "type")?).unwrap_or_default();
                if let Some(suite) = self.suites.last_mut() {
                    suite.troubles += 1;
                }
                match &mut self.case {
                    Some(case) => {
                        case.troubles += 1;
                        if case.message.is_empty() {
                            case.message = said;
                        }
                        self.in_trouble = true;
                    }
                    None => {
                        let name = self.suites.last().map_or_else(String::new, |s| s.name.clone());
                        self.counts.failed += 1;
                        self.counts.failures.push(Failure { name, message: first_line(&said), ..Failure::default() });
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let Some(case) = self.case.as_mut().filter(|_| self.in_trouble) else { return };
        let room = SAID.saturating_sub(case.said.len());
        case.said.extend(text.chars().take(room));
    }

    fn close(&mut self, name: &str) -> Result<(), String> {
        match name {
            "failure" | "error" => self.in_trouble = false,
            "testcase" => {
                let Some(case) = self.case.take() else { return Ok(()) };
                if let Some(suite) = self.suites.last_mut() {
                    suite.cases += 1;
                }
                if case.troubles > 0 {
                    self.counts.failed += 1;
                    self.counts.failures.push(case.failure());
                } else if case.skipped {
                    self.counts.skipped += 1;
                } else {
                    self.counts.passed += 1;
                }
            }
            "testsuite" | "testsuites" => {
                let Some(suite) = self.suites.pop() else { return Ok(()) };
                suite.check()?;
                if let Some(above) = self.suites.last_mut() {
                    above.cases += suite.cases;
                    above.troubles += suite.troubles;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Suite {
    /// What the attributes promise must be there: a tool that was ended in the middle may still have closed its tags.
    fn check(&self) -> Result<(), String> {
        let name = &self.name;
        match self.tests {
            Some(tests) if tests > self.cases => Err(format!("the suite `{name}` has {tests} tests and the report {}", self.cases)),
            _ if self.bad > self.troubles => {
                Err(format!("the suite `{name}` has {} failures and errors and the report {}", self.bad, self.troubles))
            }
            _ => Ok(()),
        }
    }
}

impl Case {
    fn failure(self) -> Failure {
        let stem = self.class.rsplit('.').next().unwrap_or_default();
        let stem = stem.split('$').next().unwrap_or_default();
        let found = place::find(&self.said, Some(stem)).or_else(|| place::find(&self.message, Some(stem)));
        let (file, line) = match (self.file, found) {
            // The report's own word on the file counts; the line is one of it.
            (Some(file), Some((other, line))) if self.line == 0 && same(&file, &other) => (Some(file), line),
            (Some(file), _) => (Some(file), self.line),
            (None, Some((file, line))) => (Some(file), line),
            (None, None) => (None, 0),
        };
        let said = if self.message.trim().is_empty() { &self.said } else { &self.message };
        let name = if self.class.is_empty() || self.name.contains(&self.class) {
            self.name
        } else {
            format!("{} {}", self.class, self.name)
        };
        Failure { name, file, line, message: first_line(said) }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.ends_with(b) || b.ends_with(a)
}

fn suite(tag: &BytesStart<'_>) -> Result<Suite, String> {
    let number = |name: &str| -> Result<Option<u64>, String> {
        let Some(text) = attribute(tag, name)? else { return Ok(None) };
        if text.trim().is_empty() {
            return Ok(None);
        }
        text.trim().parse().map(Some).map_err(|_| format!("`{name}` of a suite is `{}`", text.escape_debug()))
    };
    Ok(Suite {
        name: attribute(tag, "name")?.unwrap_or_default(),
        tests: number("tests")?,
        bad: number("failures")?.unwrap_or(0) + number("errors")?.unwrap_or(0),
        ..Suite::default()
    })
}

fn case(tag: &BytesStart<'_>) -> Result<Case, String> {
    let not_run = attribute(tag, "status")?.is_some_and(|s| matches!(s.as_str(), "notrun" | "skipped" | "disabled" | "pending"));
    let skipped = not_run || attribute(tag, "result")?.is_some_and(|r| matches!(r.as_str(), "skipped" | "suppressed"));
    Ok(Case {
        name: attribute(tag, "name")?.unwrap_or_default(),
        class: attribute(tag, "classname")?.unwrap_or_default(),
        file: attribute(tag, "file")?.filter(|f| !f.is_empty()),
        line: attribute(tag, "line")?.and_then(|l| l.parse().ok()).unwrap_or(0),
        skipped,
        ..Case::default()
    })
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = tag.try_get_attribute(name).map_err(|e| format!("it is no whole XML: {e}"))?;
    found
        .map(|a| a.normalized_value(XmlVersion::Implicit1_0).map(std::borrow::Cow::into_owned))
        .transpose()
        .map_err(|e| format!("`{name}` cannot be read: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_in_suites_and_trouble_outside_of_a_case() {
        let text = r#"<?xml version="1.0"?><testsuites tests="3"><testsuite name="a" tests="3" failures="1" errors="1">
            <testsuite name="b"><testcase name="x"/><testcase name="y"><skipped/></testcase></testsuite>
            <testcase classname="C" name="z"><failure message="no &lt;b&gt;">at t/c.py:4: no</failure></testcase>
            <error message="set up"/></testsuite></testsuites>"#;
        let counts = read(text).unwrap();
        assert_eq!((counts.passed, counts.failed, counts.skipped), (1, 2, 1));
        let z = &counts.failures[0];
        assert_eq!((z.name.as_str(), z.file.as_deref(), z.line, z.message.as_str()), ("C z", Some("t/c.py"), 4, "no <b>"));
        assert_eq!(counts.failures[1].message, "set up");
    }

    #[test]
    fn promises_that_are_not_kept_are_errors() {
        for (text, why) in [
            (r#"<testsuite name="a" tests="2"><testcase name="x"/></testsuite>"#, "2 tests and the report 1"),
            (r#"<testsuite name="a" tests="1" failures="1"><testcase name="x"/></testsuite>"#, "1 failures and errors"),
            (r#"<testsuite name="a" tests="many"/>"#, "many"),
            (r#"<testsuite><testcase name="x"><testcase name="y"/></testcase></testsuite>"#, "inside of another"),
            (r"<testsuite/><testsuite/>", "no JUnit"),
            (r#"<testsuite name="a"><testcase name="x"/>"#, "cut off"),
            (r#"<testsuite name="a"><testcase name="x"></testsuite>"#, "no whole XML"),
            (r"<coverage/>", "no JUnit"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn an_entity_is_never_expanded() {
        let text = r#"<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuite tests="1"><testcase name="x"><failure>&a;no</failure></testcase></testsuite>"#;
        assert_eq!(read(text).unwrap().failures[0].message, "no");
    }
}
