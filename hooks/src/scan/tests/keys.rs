//! What a project's rule can say with each key, also with those that no rule of ours uses.

use super::lines_of;
use crate::scan::RuleSet;
use crate::{Lines, Severity};

const HEAD: &str =
    "id = \"x\"\nmessage = \"m\"\nadvice = \"a\"\nseverity = \"high\"\n[[pattern]]\nwords = [\"WORD\"]\nmatch = 'WORD'\n";

fn set(more: &str) -> RuleSet {
    let (set, warnings) = RuleSet::with_project([("x.toml", format!("{HEAD}{more}").as_str())]).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!(warnings, []);
    set
}

fn found(more: &str, code: &str) -> Vec<u32> {
    lines_of(&set(more).scan(&["x"], "a.go", code.as_bytes(), &Lines::All), "x")
}

fn severities(more: &str, code: &str) -> Vec<Severity> {
    set(more).scan(&["x"], "a.go", code.as_bytes(), &Lines::All).findings.iter().map(|f| f.severity).collect()
}

#[test]
fn on_says_which_bytes_count() {
    let code = "package a\nvar a = WORD // WORD\nvar b = \"WORD\"\n// WORD\n";
    for (on, lines) in
        [("", vec![2]), ("on = \"code\"\n", vec![2]), ("on = \"strings\"\n", vec![2, 3]), ("on = \"raw\"\n", vec![2, 3, 4])]
    {
        assert_eq!(found(on, code), lines, "{on}");
    }
}

#[test]
fn within_says_what_a_context_looks_at() {
    let code = "package a\n\nvar x = MARK1\n\nfunc A(a MARK2) {\n\tMARK3()\n\tfor MARK4() {\n\t\tMARK5()\n\t\tWORD()\n\t}\n\tf(func(b MARK7) {\n\t\tWORD() // MARK6\n\t})\n}\n";
    let allowed = |within: &str, mark: &str| {
        let lines = found(&format!("[[context]]\nwithin = \"{within}\"\non = \"raw\"\nhas = '{mark}\\b'\nallow = true\n"), code);
        [9, 12].map(|line| !lines.contains(&line))
    };
    let of = |within: &str| (1..=7).map(|n| allowed(within, &format!("MARK{n}"))).collect::<Vec<_>>();
    let (none, first, last, both) = ([false, false], [true, false], [false, true], [true, true]);
    assert_eq!(of("file"), [both; 7]);
    assert_eq!(of("outermost"), [none, both, both, both, both, both, both]);
    assert_eq!(of("function"), [none, first, first, first, first, both, both]);
    // From the last brace or semicolon on: attributes stand before the name.
    assert_eq!(of("head"), [first, first, none, none, none, none, last]);
    assert_eq!(of("loop"), [none, none, none, first, first, none, none]);
    assert_eq!(of("line"), [none, none, none, none, none, last, none]);
}

#[test]
fn a_loop_ends_with_its_body() {
    let allowed = |path: &str, code: &str| {
        let set = set("[[context]]\nwithin = \"loop\"\nhas = 'MARK'\nallow = true\n");
        set.scan(&["x"], path, code.as_bytes(), &Lines::All).is_empty()
    };
    for (code, is) in [
        ("for (a of b) { MARK; WORD }", true),
        ("for (a of b) { MARK }WORD", false),
        ("for (a of b) { MARK }\nwhile (WORD) {}", false),
        ("do { MARK } while (WORD)", true),
        ("do { MARK }\nfor (a of WORD) {}", false),
        ("do { MARK } x(WORD)", false),
        ("for each (MARK of b) { WORD }", true),
        ("for (a of b) MARK, WORD", true),
        ("for (a of b) MARK; WORD", false),
        ("for (a of b) MARK;WORD", false),
        ("for (a of b) {\n  f(MARK)\n}\nWORD", false),
        ("for (a of b)\n  f(MARK)\nWORD", false),
        ("for (a of b)\n  f(MARK,\n    WORD)", true),
        ("for (a of b)\n  MARK +\n    WORD", true),
        ("for (a of b) for (c of d) { MARK }\nWORD", false),
        ("x = { f() { for (a of b) MARK } , c: WORD }", false),
        ("for (a of b) { for (c of d) { x } WORD; MARK }", true),
        ("while (a) { x }\nfor (b of c) { WORD }\nfor (d of e) { MARK }", false),
    ] {
        assert_eq!(allowed("a.js", code), is, "{code}");
    }
    for (path, code, is) in [
        ("a.go", "for MARK {\n\tWORD\n}\n", true),
        ("a.go", "for MARK {\n}\nWORD\n", false),
        ("a.go", "for MARK\n{\n\tWORD\n}\n", false),
        ("a.c", "for (;;)\n  MARK\n  + WORD;\n", true),
        ("a.c", "for (;;) MARK; WORD;\n", false),
        ("a.py", "for a in MARK:\n    b\n\n    WORD\n", true),
        ("a.py", "for a in MARK:\n    b\nWORD\n", false),
        ("a.py", "if a:\n    for a in MARK:\n        b\n    WORD\n", false),
        ("a.py", "for a in MARK:\n\tb\n\tWORD", true),
        ("a.rb", "begin\n  MARK\nend while WORD\n", true),
        ("a.rb", "loop do\n  MARK\nend\nWORD\n", false),
        ("a.sh", "while MARK; do\n  WORD\ndone\n", true),
        ("a.sh", "while MARK; do\n  x\ndone; WORD\n", false),
        ("a.sh", "for a in MARK; do for b in c; do d; done; WORD; done\n", true),
        ("a.sh", "for a in b; do for c in MARK; do d; done; WORD; done\n", true),
        ("a.sh", "for a in b; do c; done; for d in MARK; do e; done; WORD\n", false),
    ] {
        assert_eq!(allowed(path, code), is, "{path}: {code}");
    }
}

#[test]
fn a_context_fits_by_what_it_has_lacks_and_stands_beside() {
    let code = "package a\nfunc A() {\n\tFIRST()\n\tWORD()\n\tLAST()\n}\nfunc B() {\n\tWORD()\n}\n";
    let of = |keys: &str| found(&format!("[[context]]\n{keys}\nallow = true\n"), code);
    for (keys, lines) in [
        ("has = 'FIRST'", vec![8]),
        ("lacks = 'FIRST'", vec![4]),
        ("before = 'LAST'", vec![8]),
        ("before = 'FIRST'", vec![4, 8]),
        ("after = 'FIRST'", vec![8]),
        ("after = 'LAST'", vec![4, 8]),
        ("what = 'WORD'", vec![]),
        ("what = 'OTHER'", vec![4, 8]),
        ("has = 'FIRST'\nlacks = 'LAST'", vec![4, 8]),
        ("after = 'FIRST'\nbefore = 'LAST'", vec![8]),
        ("languages = [\"python\"]\nwhat = 'WORD'", vec![4, 8]),
    ] {
        assert_eq!(of(keys), lines, "{keys}");
    }
    // The first that fits decides, and changes only what it names.
    let two = "[[context]]\nhas = 'FIRST'\nseverity = \"low\"\n[[context]]\nhas = 'WORD'\nseverity = \"medium\"\nmessage = \"n\"\nadvice = \"b\"\n";
    assert_eq!(severities(two, code), [Severity::Low, Severity::Medium]);
    let told: Vec<_> =
        set(two).scan(&["x"], "a.go", code.as_bytes(), &Lines::All).findings.into_iter().map(|f| (f.message, f.advice)).collect();
    assert_eq!(told, [("m".to_owned(), "a".to_owned()), ("n".to_owned(), "b".to_owned())]);
}

#[test]
fn what_stands_before_and_after_many_places_is_looked_for_once_and_right() {
    // Three places: the first two stand before the word, the third behind it.
    let code = "package a\nfunc A() {\n\tWORD()\n\tWORD()\n\tLAST()\n\tWORD()\n\tLAST()\n\tWORD()\n}\n";
    let of = |keys: &str, code: &str| found(&format!("[[context]]\n{keys}\nallow = true\n"), code);
    assert_eq!(of("before = 'LAST'", code), [8]);
    assert_eq!(of("after = 'LAST'", code), [3, 4]);
    // However far away the first match is.
    for lines in [0, 5, 20, 40, 80, 200] {
        let far = format!("package a\nfunc A() {{\n\tWORD()\n{}\tFIRST()\n\tWORD()\n}}\n", "\tx := 1 + 2\n".repeat(lines));
        assert_eq!(of("after = 'FIRST'", &far), [3], "{lines}");
        assert_eq!(of("after = 'NEVER'", &far), [3, lines as u32 + 5], "{lines}");
        assert_eq!(of("before = 'FIRST'", &far), [lines as u32 + 5], "{lines}");
    }
    // The place itself is neither before nor behind itself.
    assert_eq!(of("before = 'WORD'", "WORD\n"), [1]);
    assert_eq!(of("after = 'WORD'", "WORD\n"), [1]);
    assert_eq!(of("before = 'WORD'", "WORD WORD\n"), [1], "of the second");
}

#[test]
fn expressions_say_what_was_written() {
    let set = set("unless = ['one', 'two']\nneeds = 'three'\n");
    let pattern = &set.rule("x").unwrap().patterns[0];
    assert_eq!(pattern.regex.as_str(), "WORD");
    assert_eq!(pattern.unless.as_ref().unwrap().as_str(), "(?:one)|(?:two)");
    assert_eq!(pattern.needs.as_ref().unwrap().as_str(), "three");
}

#[test]
fn a_pattern_of_several_lines_needs_lacks_and_unless() {
    let code = "WORD\na(\n  b)\nWORD two\n";
    assert_eq!(found("", code), [1, 4]);
    assert_eq!(found("unless = 'two'\n", code), [1]);
    assert_eq!(found("needs = 'nowhere'\n", code), Vec::<u32>::new());
    assert_eq!(found("needs = 'b\\)'\n", code), [1, 4]);
    assert_eq!(found("lacks = 'b\\)'\n", code), Vec::<u32>::new());
    assert_eq!(found("lacks = 'nowhere'\n", code), [1, 4]);
    let spans = |lines: usize| {
        let text = HEAD.replace("'WORD'\n", &format!("'(?s)WORD.*?b'\nlines = {lines}\n"));
        let (set, _) = RuleSet::with_project([("x.toml", text.as_str())]).unwrap();
        lines_of(&set.scan(&["x"], "a.txt", code.as_bytes(), &Lines::All), "x")
    };
    assert_eq!((spans(2), spans(3)), (vec![], vec![1]));
}

#[test]
fn entropy_is_of_the_group_or_the_match() {
    let of = |entropy: &str, value: &str| {
        let text = HEAD.replace("'WORD'\n", &format!("'WORD=(?P<secret>\\w+)'\nentropy = {entropy}\n"));
        let (set, _) = RuleSet::with_project([("x.toml", text.as_str())]).unwrap();
        !set.scan(&["x"], "a.txt", format!("WORD={value}\n").as_bytes(), &Lines::All).is_empty()
    };
    // Two bits a character, exactly; none; eight different ones are three.
    assert!(of("2.0", "abcdabcd") && !of("2.1", "abcdabcd") && of("2", "abcd"));
    assert!(!of("0.1", "aaaaaaaa") && of("0.0", "aaaaaaaa"));
    assert!(of("3.0", "abcdefgh") && !of("3.0", "abcdefga"));
    let whole = HEAD.replace("'WORD'\n", "'WORD\\w+'\nentropy = 2.9\n");
    let (set, _) = RuleSet::with_project([("x.toml", whole.as_str())]).unwrap();
    assert!(
        !set.scan(&["x"], "a.txt", b"WORDabcd\n", &Lines::All).is_empty()
            && set.scan(&["x"], "a.txt", b"WORDDDDD\n", &Lines::All).is_empty()
    );
}

#[test]
fn include_and_exclude_say_which_paths() {
    let of = |more: &str, path: &str| {
        let text = HEAD.replace("[[pattern]]", &format!("{more}\n[[pattern]]"));
        let (set, _) = RuleSet::with_project([("x.toml", text.as_str())]).unwrap();
        !set.scan(&["x"], path, b"WORD\n", &Lines::All).is_empty()
    };
    assert!(of("", "a/b.txt") && of("include = 'a/*'", "a/b.txt") && !of("include = 'a/*'", "b/b.txt"));
    assert!(!of("exclude = 'a/*'", "a/b.txt") && of("exclude = 'a/*'", "b/b.txt"));
    assert!(!of("include = 'a/*'\nexclude = '**/b*'", "a/b.txt"));
}

#[test]
fn an_alias_stands_for_what_the_file_imports() {
    let rule = "id = \"x\"\nmessage = \"m\"\nseverity = \"high\"\nlanguages = [\"python\"]\n[[pattern]]\nwords = [\"nap\"]\nmatch = '(?P<lib>\\w+)\\.nap\\('\n\
                [[alias]]\nname = \"lib\"\nalways = [\"base\"]\nmatch = '^import lazy(?: as (?P<name>\\w+))?$'\notherwise = \"lazy\"\nshadow = '^base ='\n";
    let (set, _) = RuleSet::with_project([("x.toml", rule)]).unwrap();
    let of = |code: &str| lines_of(&set.scan(&["x"], "a.py", code.as_bytes(), &Lines::All), "x");
    assert_eq!(of("import lazy as z\nz.nap()\nlazy.nap()\nbase.nap()\nother.nap()\n"), [2, 4]);
    assert_eq!(of("import lazy\nlazy.nap()\nz.nap()\n"), [2]);
    assert_eq!(of("lazy.nap()\nbase.nap()\n"), [2]);
    assert_eq!(of("base = 1\nbase.nap()\n"), Vec::<u32>::new(), "something else of that name");
    assert_eq!(of("import lazy\nbase = 1\nbase.nap()\n"), [3]);
    assert_eq!(of("# import lazy\nlazy.nap()\n"), Vec::<u32>::new(), "an import in a comment is none");
    let calls = "id = \"x\"\nmessage = \"m\"\nseverity = \"high\"\nlanguages = [\"python\"]\n[[alias]]\nname = \"f\"\nwords = [\"lazy\"]\ncalls = true\nmatch = '^from lazy import (?P<name>\\w+)'\n";
    let (set, _) = RuleSet::with_project([("x.toml", calls)]).unwrap();
    let of = |code: &str| lines_of(&set.scan(&["x"], "a.py", code.as_bytes(), &Lines::All), "x");
    assert_eq!(of("from lazy import nap\nnap()\nrest()\nnap = 1\n"), [2]);
}
