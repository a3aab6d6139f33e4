//! Rules of a project: adjusted, added, replaced; what is wrong with them and where.

use super::lines_of;
use crate::scan::{Problem, RuleSet};
use crate::{Lines, Severity};

const SKIP: &str = "func TestA(t *testing.T) {\n\tt.Skip(\"a\")\n}\n";

fn wrong(text: &str) -> String {
    match RuleSet::with_project([(".beads/rules/a.toml", text)]) {
        Err(problem) => problem.to_string(),
        Ok((_, warnings)) => format!("fine, {} warnings", warnings.len()),
    }
}

#[test]
fn a_rule_of_the_same_id_adjusts_ours_and_leaves_the_others() {
    let text = "id = \"no-skip\"\nseverity = \"low\"\nexclude = [\"legacy/**\"]\n";
    let (set, warnings) = RuleSet::with_project([("skip.toml", text)]).unwrap();
    assert!(warnings.is_empty());
    let scan = |path: &str| set.scan(&["no-skip"], path, SKIP.as_bytes(), &Lines::All).findings;
    assert_eq!(scan("a_test.go")[0].severity, Severity::Low);
    assert_eq!(scan("a_test.go")[0].message, "a test is skipped");
    assert!(scan("legacy/a_test.go").is_empty());
    let rule = set.rule("no-skip").unwrap();
    assert_eq!(rule.file.as_deref(), Some("skip.toml"));
    assert_eq!(set.rule("no-sleep").unwrap().file, None);
    assert_eq!(RuleSet::built_in().rule("no-skip").unwrap().severity, Severity::Critical);
}

#[test]
fn a_projects_contexts_come_first_and_replace_leaves_nothing() {
    let text =
        "id = \"no-skip\"\n[[context]]\nlanguages = [\"go\"]\nwithin = \"line\"\non = \"raw\"\nhas = 'JIRA-\\d+'\nallow = true\n";
    let (set, _) = RuleSet::with_project([("a.toml", text)]).unwrap();
    let of = |set: &RuleSet, code: &str| lines_of(&set.scan(&["no-skip"], "a_test.go", code.as_bytes(), &Lines::All), "no-skip");
    assert_eq!(of(&set, &SKIP.replace("\"a\"", "\"JIRA-12\"")), Vec::<u32>::new());
    assert_eq!(of(&set, SKIP), [2]);
    let text =
        "id = \"no-skip\"\nreplace = true\nmessage = \"m\"\nseverity = \"low\"\n[[pattern]]\nwords = [\"OFF\"]\nmatch = 'OFF'\n";
    let (set, _) = RuleSet::with_project([("a.toml", text)]).unwrap();
    assert_eq!(of(&set, SKIP), Vec::<u32>::new());
    assert_eq!(of(&set, "OFF\n"), [1]);
}

#[test]
fn a_new_rule_finds_what_it_says_with_and_without_words() {
    for words in ["words = [\"fmt.Print\"]\n", ""] {
        let text = format!(
            "id = \"no-print\"\nmessage = \"prints\"\nadvice = \"log\"\nseverity = \"medium\"\nlanguages = [\"go\"]\n[[pattern]]\n{words}match = 'fmt\\.Print(?:ln)?\\('\nunless = 'nolint'\nlacks = 'package main'\n"
        );
        let (set, warnings) = RuleSet::with_project([("p.toml", text.as_str())]).unwrap();
        assert!(warnings.is_empty());
        let of = |path: &str, code: &str| lines_of(&set.scan(&["no-print"], path, code.as_bytes(), &Lines::All), "no-print");
        assert_eq!(of("a.go", "// fmt.Print(\nfmt.Print(1)\nx()\nfmt.Println(2)\n"), [2, 4]);
        assert_eq!(of("a.py", "fmt.Print(1)\n"), Vec::<u32>::new());
        assert_eq!(of("a.go", "package main\nfmt.Print(1)\n"), Vec::<u32>::new());
        assert_eq!(of("a.go", "fmt.Print(nolint)\n"), Vec::<u32>::new());
    }
}

#[test]
fn every_problem_is_told_with_its_place() {
    for (text, told) in [
        ("id = \"x", ":1:"),
        ("message = \"m\"\n", ":1:1: a rule needs an `id`"),
        ("id = \"a b\"\n", ":1:6: an `id` is made of"),
        ("id = \"x\"\nmessage = 3\n", ":2:11: `message` must be a text"),
        ("id = \"x\"\nmessage = \"m\"\n", "the new rule `x` needs a `severity`"),
        ("id = \"x\"\nmessage = \"m\"\nseverity = \"low\"\n", "the new rule `x` needs a [[pattern]]"),
        ("id = \"no-skip\"\nseverity = \"bad\"\n", ":2:12: `severity` must be one of critical, high, medium, low"),
        ("id = \"no-skip\"\nlanguages = [\"cobol\"]\n", ":2:13: `cobol` is no language"),
        ("id = \"no-skip\"\nexclude = [\"a[\"]\n", ":2:11: `a[` in `exclude` is no glob"),
        ("id = \"no-skip\"\nonly_tests = \"yes\"\n", ":2:14: `only_tests` must be true or false"),
        ("id = \"no-skip\"\nmax_bytes = -1\n", ":2:13: `max_bytes` must be a number from 0"),
        ("id = \"no-skip\"\n[[pattern]]\nwords = [\"a\"]\nmatch = '('\n", ":4:9: `match` is no regular expression: unclosed group"),
        ("id = \"no-skip\"\n[[pattern]]\nwords = [\"a\"]\n", "a [[pattern]] needs a `match`"),
        ("id = \"no-skip\"\n[[pattern]]\nwords = [\"\"]\nmatch = 'a'\n", ":3:9: an empty word stands in every line"),
        ("id = \"no-skip\"\n[[pattern]]\non = \"all\"\nmatch = 'a'\n", ":3:6: `on` must be one of code, strings, raw"),
        ("id = \"no-skip\"\n[[context]]\nhas = 'a'\n", "a [[context]] needs what it changes"),
        ("id = \"no-skip\"\n[[context]]\nwithin = \"page\"\n", ":3:10: `within` must be one of"),
        ("id = \"no-skip\"\n[[alias]]\nmatch = 'a'\n", "an [[alias]] needs a `name`"),
        ("id = \"no-skip\"\n[[alias]]\nname = 'a'\n", "an [[alias]] needs a `match`"),
        ("id = \"no-skip\"\n[wrappers]\nfrom = \"low\"\n", "[wrappers] needs a `message`"),
        ("id = \"no-skip\"\n[[example]]\npath = 'a'\n", "an [[example]] needs a `code`"),
        ("id = \"no-skip\"\npattern = 1\n", ":2:11: `pattern` must be written as [[pattern]]"),
        ("id = \"no-skip\"\ncheck = \"all\"\n", ":2:9: the only `check`"),
    ] {
        let got = wrong(text);
        assert!(got.starts_with(".beads/rules/a.toml:") && got.contains(told), "{text:?}\nwants {told}\n  got {got}");
    }
}

#[test]
fn keys_that_nobody_knows_warn_and_do_nothing() {
    let text = "id = \"no-skip\"\nsevrity = \"low\"\n[[pattern]]\nwords = [\"a\"]\nmatch = 'a'\n  colour = 1\n";
    let (set, warnings) = RuleSet::with_project([("a.toml", text)]).unwrap();
    let told: Vec<String> = warnings.iter().map(Problem::to_string).collect();
    assert_eq!(
        told,
        [
            "a.toml:2:1: the key `sevrity` is not known and has no effect",
            "a.toml:6:3: the key `colour` is not known and has no effect"
        ]
    );
    assert_eq!(set.rule("no-skip").unwrap().severity, Severity::Critical);
}
