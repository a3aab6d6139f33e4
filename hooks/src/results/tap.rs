//! The Test Anything Protocol, versions 12 to 14. Tests with subtests count by their subtests; each level has its plan.

use super::{Counts, Failure, place};

/// `1..N`.
pub(super) fn is_plan(line: &str) -> bool {
    plan(line).is_some()
}

fn plan(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("1..")?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = rest.split_at(digits);
    let ended = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    if ended { number.parse().ok() } else { None }
}

struct Point {
    ok: bool,
    number: Option<u64>,
    name: String,
    skip: bool,
    todo: bool,
    /// Its subtests follow in braces.
    opens: bool,
}

fn point(line: &str) -> Option<Point> {
    let (ok, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    if !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    let rest = rest.trim_start();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = match rest[digits..].chars().next() {
        None | Some(' ') if digits > 0 => (rest[..digits].parse().ok(), &rest[digits..]),
        _ => (None, rest),
    };
    let (rest, opens) = rest.trim_end().strip_suffix(" {").map_or((rest, false), |rest| (rest, true));
    let (name, directive) = directive(rest);
    // node-tap and vitest put the time where a directive would stand.
    let name = name.rsplit_once(" # time=").map_or(name, |(name, _)| name);
    let name = name.trim().trim_start_matches('-').trim().to_owned();
    let is = |word: &str| directive.get(..word.len()).is_some_and(|d| d.eq_ignore_ascii_case(word));
    Some(Point { ok, number, name, skip: is("skip"), todo: is("todo"), opens })
}

/// The description and what stands behind the last `#` that is not escaped.
fn directive(rest: &str) -> (&str, &str) {
    let hash = rest.char_indices().rev().find(|(at, c)| *c == '#' && !rest[..*at].ends_with('\\') && rest[..*at].ends_with(' '));
    match hash {
        Some((at, _)) if ["skip", "todo"].iter().any(|w| starts_with_word(rest[at + 1..].trim_start(), w)) => {
            (&rest[..at], rest[at + 1..].trim_start())
        }
        _ => (rest, ""),
    }
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word))
}

/// One level of tests.
#[derive(Default)]
struct Level {
    plan: Option<u64>,
    seen: u64,
    highest: u64,
    counts: Counts,
    /// The last test failed: what is said next is about it.
    speaks: bool,
    /// What is said next is its message.
    wants: bool,
    /// A test whose subtests follow in braces.
    open: Option<Point>,
}

impl Level {
    fn end(&self, must_plan: bool) -> Result<(), String> {
        // A number may be there twice: mocha gives a hook that failed the number of the test before.
        match self.plan {
            None if must_plan => Err("it has no plan (`1..N`): it is cut off, or no TAP".to_owned()),
            Some(plan) if plan != self.seen => Err(format!("its plan is {plan} tests, and it has {}", self.seen)),
            Some(plan) if self.highest > plan => Err(format!("its plan is {plan} tests, and one is beyond")),
            _ => Ok(()),
        }
    }
}

pub(super) fn read(text: &str) -> Result<Counts, String> {
    let mut levels = vec![Level::default()];
    let mut yaml: Option<usize> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let body = &line[indent..];
        if let Some(at) = yaml {
            if indent <= at && body.trim_end() == "..." {
                yaml = None;
            }
            about(&mut levels, body, true);
            continue;
        }
        if body.starts_with("Bail out!") {
            return Err(format!("the run was given up: {}", body.trim()));
        }
        if body.trim_end() == "---" && indent > 0 {
            yaml = Some(indent);
            continue;
        }
        let depth = indent / 4;
        if indent % 4 != 0 || depth > levels.len() {
            about(&mut levels, body, false);
            continue;
        }
        if let Some(number) = plan(body) {
            grow(&mut levels, depth)?;
            let level = levels.last_mut().ok_or("no level")?;
            if level.plan.replace(number).is_some() {
                return Err("it has two plans".to_owned());
            }
            level.speaks = false;
        } else if let Some(test) = point(body) {
            if test.opens {
                grow(&mut levels, depth)?;
                levels.last_mut().ok_or("no level")?.open = Some(test);
                levels.push(Level::default());
            } else {
                take(&mut levels, depth, test)?;
            }
        } else if let Some(test) = closed(&mut levels, depth, body) {
            take(&mut levels, depth, test)?;
        } else {
            about(&mut levels, body, false);
        }
    }
    if yaml.is_some() || levels.len() > 1 {
        return Err("it is cut off inside of a test".to_owned());
    }
    let top = levels.pop().ok_or("no level")?;
    top.end(true)?;
    Ok(top.counts)
}

/// The test whose subtests end here.
fn closed(levels: &mut [Level], depth: usize, body: &str) -> Option<Point> {
    let ends = body.trim_end() == "}" && depth + 2 == levels.len();
    levels.get_mut(depth).filter(|_| ends)?.open.take()
}

/// Makes the level at this depth the innermost one; deeper ones must have been ended by their test.
fn grow(levels: &mut Vec<Level>, depth: usize) -> Result<(), String> {
    if depth + 1 < levels.len() {
        return Err("subtests do not end with a test of their own".to_owned());
    }
    while levels.len() < depth + 1 {
        levels.push(Level::default());
    }
    Ok(())
}

fn take(levels: &mut Vec<Level>, depth: usize, test: Point) -> Result<(), String> {
    let mut below = None;
    if depth + 2 == levels.len() {
        let inner = levels.pop().ok_or("no level")?;
        inner.end(false).map_err(|e| format!("the subtests of `{}`: {e}", test.name))?;
        below = Some(inner.counts).filter(|c| c.total() > 0);
    }
    grow(levels, depth)?;
    let level = levels.last_mut().ok_or("no level")?;
    level.seen += 1;
    level.highest = level.highest.max(test.number.unwrap_or(0));
    (level.speaks, level.wants) = (false, false);
    let failed = !test.ok && !test.todo;
    match below {
        // A test that is to be done takes its subtests with it.
        Some(mut counts) if test.todo => {
            counts.skipped += counts.failed;
            counts.failed = 0;
            counts.failures.clear();
            level.counts.add(counts);
        }
        Some(mut counts) if !failed || counts.failed > 0 => {
            for failure in &mut counts.failures {
                failure.name = format!("{} > {}", test.name, failure.name);
            }
            // A test that passed with a subtest that failed: the subtest counts.
            level.counts.add(counts);
        }
        below => {
            level.counts.add(below.unwrap_or_default());
            if failed {
                level.counts.failed += 1;
                level.counts.failures.push(Failure { name: test.name, ..Failure::default() });
                level.speaks = true;
            } else if test.skip || test.todo {
                level.counts.skipped += 1;
            } else {
                level.counts.passed += 1;
            }
        }
    }
    Ok(())
}

/// A comment or a line of YAML: it may name the place of the last test that failed.
fn about(levels: &mut [Level], body: &str, in_yaml: bool) {
    let Some(level) = levels.last_mut().filter(|l| l.speaks) else { return };
    let Some(last) = level.counts.failures.last_mut() else { return };
    let said = body.trim_start_matches('#').trim();
    if last.file.is_none() {
        let found = said.strip_prefix("location:").map(|rest| rest.trim().trim_matches(['\'', '"']));
        let found = found.and_then(|rest| place::find(rest, None)).or_else(|| place::find(said, None));
        if let Some((file, line)) = found {
            (last.file, last.line) = (Some(file), line);
        }
    }
    if last.message.is_empty() {
        if let Some(rest) = said.strip_prefix("error:").or(said.strip_prefix("message:")) {
            let rest = rest.trim().trim_matches(['\'', '"']);
            level.wants = matches!(rest, "|" | "|-" | ">" | ">-");
            if !level.wants {
                last.message = super::first_line(rest);
            }
        } else if level.wants || body.starts_with('#') || !in_yaml {
            level.wants = false;
            last.message = super::first_line(said);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<(u64, u64, u64), String> {
        read(text).map(|c| (c.passed, c.failed, c.skipped))
    }

    #[test]
    fn directives_say_what_a_result_means() {
        let text = "TAP version 14\n1..7\nok 1 - a # SKIP no network\nnot ok 2 - b # TODO later\nok 3 - c # todo works\nnot ok 4 # d\nok\nok 6 - with \\# SKIP in it\nnot ok 7 - e # SKIP odd\n";
        assert_eq!(numbers(text), Ok((2, 2, 3)));
        assert_eq!(numbers("1..0 # SKIP nothing here\n"), Ok((0, 0, 0)));
        assert_eq!(numbers("okay\nok 1\n1..1\n"), Ok((1, 0, 0)), "words that begin alike are no results");
    }

    #[test]
    fn subtests_count_and_their_parent_does_not_count_twice() {
        let text = "    ok 1 - x\n    not ok 2 - y\n      ---\n      location: '/w/t/a.test.js:7:3'\n      error: 'no'\n      ...\n    1..2\nnot ok 1 - outer\nok 2\n1..2\n";
        let counts = read(text).unwrap();
        assert_eq!((counts.passed, counts.failed), (2, 1));
        let failure = &counts.failures[0];
        assert_eq!((failure.name.as_str(), failure.line), ("outer > y", 7));
        assert_eq!((failure.file.as_deref(), failure.message.as_str()), (Some("/w/t/a.test.js"), "no"));
        assert_eq!(numbers("    ok 1 - x\n    1..1\nnot ok 1 - outer\n1..1\n"), Ok((1, 1, 0)), "a parent of its own trouble");
        assert_eq!(numbers("    not ok 1 - x\n    1..1\nok 1 - outer\n1..1\n"), Ok((0, 1, 0)));
        let braces = "1..1\nnot ok 1 - outer # time=5ms {\n    1..2\n    ok 1 - x # time=1ms\n    not ok 2 - y\n        ---\n        at: \"a.js:4:1\"\n        ...\n}\n";
        let counts = read(braces).unwrap();
        assert_eq!((counts.passed, counts.failed, counts.failures[0].name.as_str()), (1, 1, "outer > y"));
        assert!(read(braces.trim_end_matches("}\n")).is_err(), "cut before the end of the subtests");
    }

    #[test]
    fn what_does_not_fit_its_plan_is_an_error() {
        for text in [
            "ok 1\nok 2\n",
            "1..2\nok 1\n",
            "1..1\nok 1\nok 2\n",
            "1..2\nok 1\nok 3\n",
            "1..1\n1..1\nok 1\n",
            "1..1\nok 1\n  ---\n  a: b\n",
            "1..1\n    ok 1\n",
            "1..1\n    1..2\n    ok 1\nok 1\n",
            "1..2\nok 1\nBail out! no disk\nok 2\n",
            "TAP version 13\n",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
