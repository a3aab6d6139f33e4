//! Gates written as `grep PATTERN FILES && exit 1`: on a clean tree grep finds nothing and ends with 1, the shell stops
//! there and ends with 1 too, so the gate fails where it should pass. Such an end is recognised and explained; it is an
//! error of the gate, not a finding. It never becomes a pass: what the gate meant to say is not known.

/// What is wrong with the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// Why, one sentence without a full stop.
    pub why: String,
    /// How to write it instead.
    pub advice: String,
}

/// Programs that end with 1 where they find nothing, and with more where they could not look.
const SEARCHERS: [&str; 8] = ["grep", "egrep", "fgrep", "rg", "ag", "ack", "zgrep", "git"];

/// Looks at how a gate's shell text ended: its exit code (`None` = a signal) and its output (both streams). `None` = this
/// is no such trap, and the exit code means what it says.
pub fn explain(run: &str, code: Option<i32>, output: &str) -> Option<Trap> {
    let list = last_list(run)?;
    match code? {
        1 => no_match(&list, output),
        // An inverted search also passes where it could not read what it was to search.
        0 if list.first().is_some_and(|(_, part)| list.len() == 1 && part.starts_with("! ") && is_search(part)) => {
            unreadable(&list, output)
        }
        2.. => unreadable(&list, output),
        _ => None,
    }
}

fn no_match(list: &[(Joint, String)], output: &str) -> Option<Trap> {
    let (last, before) = list.split_last()?;
    let ends = last.0 == Joint::And && is_failure(&last.1);
    let chained = before.iter().skip(1).all(|(joint, _)| *joint == Joint::And);
    let (_, search) = before.first()?;
    if !ends || !chained || search.starts_with("! ") || !(is_search(search) || is_test(search)) {
        return None;
    }
    let quiet = is_quiet(search);
    if !quiet && !output.trim().is_empty() {
        return None;
    }
    let program = search.split_whitespace().next().unwrap_or("grep");
    let why = if quiet || is_test(search) {
        format!("`{} && {}` ends with 1 whether something is found or not", short(search), last.1)
    } else {
        format!(
            "`{program}` found nothing and ended with 1, and so did `{} && {}`: a clean tree fails this gate",
            short(search),
            last.1
        )
    };
    Some(Trap { why, advice: format!("Turn it round: `run = \"! {}\"` passes where nothing is found", escape(search)) })
}

fn unreadable(list: &[(Joint, String)], output: &str) -> Option<Trap> {
    let said = output.lines().map(str::trim).find(|line| {
        let program = line.split(':').next().unwrap_or_default();
        SEARCHERS.contains(&program) && ["No such file or directory", "Permission denied"].iter().any(|w| line.contains(w))
    })?;
    let (_, search) = list.iter().find(|(_, part)| is_search(part))?;
    Some(Trap {
        why: format!("`{}` could not look at everything: {said}", short(search)),
        advice: "Name only what is there, or leave the gate out while it is not".to_owned(),
    })
}

/// How a part of a list hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    First,
    And,
    Or,
}

/// The last and-or list of a shell text, in parts; `None` for texts of a kind that is not looked into (here-documents,
/// open quotes).
fn last_list(run: &str) -> Option<Vec<(Joint, String)>> {
    let run = run.replace("\\\n", " ");
    if run.contains("<<") {
        return None;
    }
    let mut lists: Vec<Vec<(Joint, String)>> = Vec::new();
    let mut list: Vec<(Joint, String)> = Vec::new();
    let (mut part, mut joint) = (String::new(), Joint::First);
    let mut quote: Option<char> = None;
    let mut chars = run.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), _) if c == q => {
                quote = None;
                part.push(c);
            }
            (None | Some('"'), '\\') => {
                part.push(c);
                part.extend(chars.next());
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                part.push(c);
            }
            (None, '#') if part.is_empty() || part.ends_with(char::is_whitespace) => {
                while chars.peek().is_some_and(|n| *n != '\n') {
                    chars.next();
                }
            }
            (None, '&' | '|') if chars.peek() == Some(&c) => {
                chars.next();
                list.push((joint, std::mem::take(&mut part)));
                joint = if c == '&' { Joint::And } else { Joint::Or };
            }
            (None, '\n') if part.trim().is_empty() && joint != Joint::First => {}
            (None, ';' | '\n') => {
                list.push((joint, std::mem::take(&mut part)));
                lists.push(std::mem::take(&mut list));
                joint = Joint::First;
            }
            _ => part.push(c),
        }
    }
    if quote.is_some() {
        return None;
    }
    list.push((joint, part));
    lists.push(list);
    let tidy = |(joint, part): (Joint, String)| (joint, part.trim().to_owned());
    lists.into_iter().rfind(|l| l.iter().any(|(_, part)| !part.trim().is_empty())).map(|l| l.into_iter().map(tidy).collect())
}

/// The last command of a pipeline: its status is the pipeline's.
fn deciding(part: &str) -> Vec<&str> {
    let mut at = 0;
    let mut quote = None;
    for (i, c) in part.char_indices() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '|') => at = i + 1,
            _ => {}
        }
    }
    part[at..].split_whitespace().skip_while(|w| *w == "!" || w.contains('=')).collect()
}

fn is_search(part: &str) -> bool {
    let words = deciding(part);
    let program = words.first().and_then(|w| w.rsplit('/').next()).unwrap_or_default();
    SEARCHERS.contains(&program) && (program != "git" || words.iter().skip(1).any(|w| *w == "grep"))
}

fn is_test(part: &str) -> bool {
    matches!(deciding(part).first(), Some(&("test" | "[" | "[[")))
}

/// True if a match would not be seen in the output.
fn is_quiet(part: &str) -> bool {
    let flag = |w: &&str| {
        matches!(*w, "--quiet" | "--silent") || w.strip_prefix('-').is_some_and(|f| !f.starts_with('-') && f.contains('q'))
    };
    let to_null = part.contains("/dev/null");
    is_search(part) && (to_null || deciding(part).iter().any(flag))
}

fn is_failure(part: &str) -> bool {
    let words: Vec<&str> = part.trim_end_matches([')', '}']).split_whitespace().collect();
    matches!(words.as_slice(), ["false" | "exit" | "return"])
        || matches!(words.as_slice(), ["exit" | "return", n] if n.parse::<u8>().is_ok_and(|n| n != 0))
}

/// A part for a sentence.
fn short(part: &str) -> String {
    let mut text: String = part.chars().take(60).collect();
    if text.len() < part.len() {
        text.push('…');
    }
    text
}

/// For a basic TOML string.
fn escape(part: &str) -> String {
    part.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trapped(run: &str, code: i32, output: &str) -> bool {
        explain(run, Some(code), output).is_some()
    }

    #[test]
    fn the_issue_s_own_example() {
        let trap = explain(r"grep -r 'time\.Sleep' test/ && exit 1", Some(1), "").unwrap();
        assert!(trap.why.contains("a clean tree fails this gate"), "{}", trap.why);
        assert_eq!(trap.advice, r#"Turn it round: `run = "! grep -r 'time\\.Sleep' test/"` passes where nothing is found"#);
        let found = "test/a_test.go:3:\ttime.Sleep(1)\n";
        assert_eq!(explain(r"grep -r 'time\.Sleep' test/ && exit 1", Some(1), found), None, "a match is a finding");
    }

    #[test]
    fn other_ways_to_write_it() {
        for run in [
            "set -e\ncd src\ngrep -rn debugger . &&\n  exit 1\n",
            "rg debugger && false",
            "git grep -n debugger -- src && echo found && exit 1",
            "grep -r a . | grep -v b && exit 1",
            "LC_ALL=C grep a b && exit 1 # no a",
            "/usr/bin/grep a b && exit 2",
            "grep a#b c && exit 1",
            "make && make\ngrep a b && exit 1",
            "grep 'a|b' c && exit 1",
            "grep \"a'|b\" c && exit 1",
            "[ -n \"$(git status --porcelain)\" ] && exit 1",
            "grep 'a && b; c' d && exit 1;\n",
            "grep a\\; b && exit 1",
            "grep \"a\\\" && b\" c && exit 1",
        ] {
            assert!(trapped(run, 1, ""), "{run}");
        }
        let quiet = explain("grep -rq debugger src && exit 1", Some(1), "").unwrap();
        assert!(quiet.why.ends_with("whether something is found or not"), "{}", quiet.why);
    }

    #[test]
    fn a_long_search_is_shown_in_short() {
        let why = |run: &str| explain(run, Some(1), "").unwrap().why;
        assert!(why("grep a b && exit 1").contains("so did `grep a b && exit 1`"), "{}", why("grep a b && exit 1"));
        let (fits, long) = (format!("grep a {}", "b".repeat(53)), format!("grep a {}", "b".repeat(54)));
        assert!(why(&format!("{fits} && exit 1")).contains(&format!("`{fits} && exit 1`")));
        assert!(why(&format!("{long} && exit 1")).contains(&format!("`{}… && exit 1`", &long[..60])));
    }

    #[test]
    fn what_is_no_trap() {
        for run in [
            "! grep -r debugger src",
            "if grep -r debugger src; then exit 1; fi",
            "grep -r debugger src && exit 1 || exit 0",
            "grep -r debugger src || exit 1",
            "grep -r debugger src",
            "make test",
            "grep a b | sort && exit 1",
            "grep 'a' b | sort && exit 1",
            "make && grep -r debugger src",
            "echo 'grep a b && exit 1'",
            "cat <<E\ngrep a b && exit 1\nE\n",
            "git status && exit 1",
            "",
        ] {
            assert!(!trapped(run, 1, ""), "{run}");
        }
        assert_eq!(explain("grep a b && exit 1", None, ""), None);
        for run in
            ["grep a b && exit 0", "grep a b && exit", "grep a b || c && exit 1", "! grep a b && exit 1", "grep a b && exit 1 2"]
        {
            assert_eq!(trapped(run, 1, ""), run == "grep a b && exit", "{run}");
        }
        assert!(!trapped("grep a b && exit 1", 0, ""));
    }

    #[test]
    fn a_search_that_could_not_read_has_found_nothing_out() {
        let missing = "grep: test/: No such file or directory\n";
        for (run, code) in [("grep -r a test/ && exit 1", 2), ("! grep -r a test/", 0)] {
            let trap = explain(run, Some(code), missing).unwrap();
            assert!(trap.why.contains("grep: test/: No such file"), "{}", trap.why);
            assert_eq!(explain(run, Some(code), ""), None);
        }
        assert_eq!(explain("make", Some(2), missing), None);
        // Only an inverted search alone passes for that reason; and only what a searcher says of a file counts.
        for run in ["! grep -r a test/; true", "grep -r a test/", "! make", "! grep a b && ! grep c d"] {
            assert_eq!(explain(run, Some(0), missing), None, "{run}");
        }
        for said in ["make: test/: No such file or directory\n", "grep: test/: is a folder\n", "No such file or directory\n"] {
            assert_eq!(explain("grep -r a test/", Some(2), said), None, "{said}");
        }
        assert!(explain("grep -r a test/", Some(2), "x\n  grep: b: Permission denied\n").is_some());
    }
}
