//! What is said about wrong files, and where it points.

use super::*;

/// The line, the column and what the mark is under.
fn marks(problems: &Problems) -> Vec<(usize, usize, String)> {
    let marked = |e: &Diagnostic| {
        let at = e.at.as_ref().unwrap_or_else(|| panic!("no place: {}", e.message));
        let under: String = at.excerpt.chars().skip(at.indent).take(at.width).collect();
        (at.line, at.column, under)
    };
    problems.errors.iter().map(marked).collect()
}

#[test]
fn each_points_at_its_place() {
    let table = [
        ("[[steps]]\nid = \"ab\"\n[[steps]]\nid = \"b\"\nneeds = [\"aa\"]\n", "step `b` needs unknown step: aa", (6, 10, "\"aa\"")),
        ("[[steps]]\nid = \"a\"\n[[steps]]\nid = \"a\"\n", "duplicate step id: a", (5, 6, "\"a\"")),
        ("[[steps]]\nid = \"a\"\nneeds = [\"a\"]\n", "cycle detected involving: a -> a", (4, 10, "\"a\"")),
        ("[[steps]]\nid = \"a\"\ntitle = \"{{x}}\"\n", "unknown variable `x`", (4, 10, "{{x}}")),
        ("[[steps]]\nid = \"a\"\ndescription = \"\"\"\none\n  {{ x }} two\n\"\"\"\n", "unknown variable `x`", (6, 3, "{{ x }}")),
        ("[[steps]]\nid = \"a/b\"\n", "`a/b` is no name for a step: it has a slash", (3, 6, "\"a/b\"")),
        ("[[steps]]\nid = \"../x\"\n", "`../x` is no name", (3, 6, "\"../x\"")),
        ("[[steps]]\nid = \"a\\u0007\"\n", "it has a control character", (3, 6, "\"a\\u0007\"")),
        ("[[steps]]\nid = \"a\"\nneeds = 3\n", "`needs` is a list of texts, not a number", (4, 9, "3")),
        ("[[steps]]\nid = \"a\"\nneeds = [true]\n", "this is true or false", (4, 10, "true")),
        ("[[steps]]\nid = 4\n", "`id` is a text, not a number", (3, 6, "4")),
        ("[[steps]]\ntitle = \"a\"\n", "a step has no `id`", (2, 1, "[[steps]]")),
        ("steps = [1]\n", "`steps` is a list of tables, and this is a number", (2, 10, "1")),
        ("steps = \"x\"\n", "`steps` is a list of tables, not a text", (2, 9, "\"x\"")),
        ("type = \"workfow\"\n[[steps]]\nid = \"a\"\n", "invalid type `workfow`", (2, 8, "\"workfow\"")),
        ("[[steps]]\nid = \"a\n", "not TOML", (3, 8, "")),
        ("a = 1\na = 2\n", "not TOML", (3, 1, "a")),
        ("[[steps]]\nid = \"a\"\n[[steps]]\nid = \"b\"\non_fail = { goto = \"c\" }\n", "no earlier step of `b`", (6, 20, "\"c\"")),
        (
            "[[steps]]\nid = \"a\"\non_fail = { goto = \"b\" }\n[[steps]]\nid = \"b\"\nneeds = [\"a\"]\n",
            "no earlier step of `a`",
            (4, 20, "\"b\""),
        ),
        ("[[steps]]\nid = \"a\"\n[[steps]]\nid = \"b\"\non_fail = \"a\"\n", "no earlier step of `b`", (6, 11, "\"a\"")),
        ("[[steps]]\nid = \"a\"\non_fail = {}\n", "`on_fail` has no `goto`", (4, 11, "{}")),
        ("[[steps]]\nid = \"a\"\npriority = 9\n", "`priority` is a number from 0 to 4", (4, 12, "9")),
        ("[[steps]]\nid = \"a\"\ntimeout = \"soon\"\n", "`timeout` is no length of time", (4, 11, "\"soon\"")),
        ("[[steps]]\nid = \"a\"\nkind = \"checkpont\"\n", "no kind of step", (4, 8, "\"checkpont\"")),
        ("[vars.x]\nrequired = true\ndefault = \"a\"\n[[steps]]\nid = \"a\"\n", "is required and has a default", (2, 7, "x")),
        ("[vars.x]\npattern = \"(\"\n[[steps]]\nid = \"a\"\n", "no regular expression", (3, 11, "\"(\"")),
        ("[vars]\n\"a b\" = 1\n[[steps]]\nid = \"a\"\n", "no name for a variable", (3, 1, "\"a b\"")),
        ("extends = [\"nobody\"]\n", "there is no formula `nobody`", (2, 12, "\"nobody\"")),
        ("extends = [\"../../etc/passwd\"]\n", "no name for a formula", (2, 12, "\"../../etc/passwd\"")),
        (
            "[[steps]]\nid = \"a\"\nexpand = \"release\"\n",
            "`release` is no expansion but of the type workflow",
            (4, 10, "\"release\""),
        ),
        ("[[steps]]\nid = \"a\"\n[compose]\naspects = [\"release\"]\n", "`release` is no aspect", (5, 12, "\"release\"")),
        (
            "[[steps]]\nid = \"a\"\n[compose]\n[[compose.expand]]\ntarget = \"b\"\nwith = \"x\"\n",
            "there is no step `b` to expand",
            (6, 10, "\"b\""),
        ),
        (
            "[[steps]]\nid = \"a\"\n[compose]\n[[compose.expand]]\ntarget = \"a\"\n",
            "this `expand` has no `with`",
            (5, 1, "[[compose.expand]]"),
        ),
        ("[[steps]]\nid = \"a\"\n[compose]\n[[compose.map]]\nselect = \"[\"\nwith = \"x\"\n", "is no glob", (6, 10, "\"[\"")),
    ];
    for (body, message, (line, column, under)) in table {
        let problems = wrong(body);
        assert!(problems.to_string().contains(message), "{body}\n{problems}");
        let marks = marks(&problems);
        assert_eq!((marks[0].0, marks[0].1), (line, column), "{body}\n{problems}");
        assert!(under.is_empty() || marks[0].2 == under, "{body}\n{problems}");
    }
}

#[test]
fn the_whole_message() {
    let problems = wrong("[[steps]]\nid = \"build\"\n[[steps]]\nid = \"test\"\nneeds = [\"biuld\"]\n");
    let want = "the formula `f` has 1 error\nf.toml:6:10: step `test` needs unknown step: biuld\n  |\n6 | needs = [\"biuld\"]\n  |          ^^^^^^^\n  = did you mean `build`?";
    assert_eq!(problems.to_string(), want);
    let error = bd::error::Error::from(Box::new(problems));
    assert_eq!(error.kind.exit_code(), 2);
}

#[test]
fn all_of_them_at_once() {
    let problems = wrong(
        "type = 3\n[[steps]]\nid = \"a\"\nneeds = [\"x\", \"y\"]\ntitle = \"{{v}}\"\n[[steps]]\nid = \"a\"\n[[steps]]\nid = \"b\"\nneeds = [\"c\"]\n[[steps]]\nid = \"c\"\nneeds = [\"b\"]\n",
    );
    let text = problems.to_string();
    for part in
        ["`type` is a text", "unknown step: x", "unknown step: y", "unknown variable `v`", "duplicate step id: a", "b -> c -> b"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(problems.errors.len(), 6, "{text}");
}

#[test]
fn a_circle_is_named_and_what_hangs_on_it_is_not() {
    let problems = wrong(&steps(&["a c", "b a", "c b", "d c", "e"]));
    assert_eq!(problems.errors.len(), 1);
    assert!(problems.errors[0].message.ends_with("a -> c -> b -> a"), "{problems}");
}

#[test]
fn json_has_places_too() {
    let bad = "{\n  \"formula\": \"f\",\n  \"steps\": [\n    {\"id\": \"a\", \"needs\": [\"b\"]},\n    {\"id\": \"a\", \"title\": \"{{v}}\", \"colour\": 1}\n  ]\n}\n";
    let problems = wrong_files(&[("f.formula.json", bad)], &[]);
    let want = [(4, 27, "\"b\"".to_owned()), (5, 12, "\"a\"".to_owned()), (5, 27, "{{v}}".to_owned())];
    assert_eq!(marks(&problems), want, "they stand in the order of the file: {problems}");
    assert_eq!(problems.warnings[0].at.as_ref().map(|a| (a.line, a.column)), Some((5, 35)));
    let table = [
        ("{\"formula\": \"f\"", "not JSON: EOF", 1),
        ("[1]", "not a JSON object", 1),
        ("", "not JSON", 1),
        ("{\"legs\": [{\"id\": \"a\"}], \"formula\": \"f\",\n \"formula\": \"g\"}", "given twice", 2),
        ("{\"formula\": \"f\", \"steps\": [{\"id\": \"\\ud800\"}]}", "not JSON", 1),
        ("{\"formula\":\n nul}", "not JSON", 2),
    ];
    for (text, want, line) in table {
        let problems = wrong_files(&[("f.formula.json", text)], &[]);
        assert!(problems.to_string().contains(want), "{text}: {problems}");
        assert_eq!(problems.errors[0].at.as_ref().map(|a| a.line), Some(line), "{problems}");
    }
}

#[test]
fn no_name_and_nothing_in_it() {
    let problems = wrong_files(&[("f.toml", "description = \"x\"\n")], &[]);
    let text = problems.to_string();
    assert!(text.contains("this formula has no name") && text.contains("begin with `formula = \"f\"`"), "{text}");
    assert!(text.contains("a workflow has `[[steps]]`, and this one has none"), "{text}");
    assert!(wrong("steps = []\n").to_string().contains("and this one has none"));
    for name in ["../f", "-f", "a/b", "\\u0000"] {
        let text = wrong_files(&[("f.toml", &format!("formula = \"{name}\"\n[[steps]]\nid = \"a\"\n"))], &[]).to_string();
        assert!(text.contains("no name for a formula"), "{text}");
    }
}

#[test]
fn names_that_are_asked_for_are_checked_before_they_are_paths() {
    let (dir, library) = library(&[("f.toml", "formula = \"f\"\n[[steps]]\nid = \"a\"\n")]);
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    std::fs::write(dir.path().join("sub/g.toml"), "formula = \"g\"\n").unwrap();
    assert!(wrong("steps = []\n").to_string().contains("and this one has none"));
    for name in ["../f", "sub/g", "/etc/passwd", "-f", "", "f\0", "f\n", ".", "..", "a\\b", "\u{1b}[31m"] {
        let problems = library.resolve(name, &BTreeMap::new()).unwrap_err();
        let text = problems.to_string();
        assert!(text.contains("no name for a formula") && !text.contains('\u{1b}') && !text.contains('\0'), "{text:?}");
    }
    let near = library.resolve("relaese", &BTreeMap::new()).unwrap_err();
    assert_eq!(near.errors[0].help.as_deref(), Some("did you mean `release`?"));
}

#[test]
fn unknown_keys_warn_and_are_kept() {
    let made = of(
        "colour = \"red\"\n[[steps]]\nid = \"a\"\nneds = [\"b\"]\nnotes = \"kept without a word\"\n[progression_rules]\nx = 1\n",
    );
    let words: Vec<&str> = made.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(words.len(), 3, "{words:?}");
    assert!(words[0].contains("`colour`") && words[1].contains("`neds`") && words[2].contains("`x`"), "{words:?}");
    assert_eq!(made.warnings[1].help.as_deref(), Some("did you mean `needs`?"));
    assert_eq!((made.recipe.extra["colour"].as_str(), made.recipe.steps[0].extra["neds"][0].as_str()), (Some("red"), Some("b")));
    assert_eq!(made.recipe.extra["progression_rules"]["x"], 1);
    assert_eq!(made.recipe.steps[0].extra["notes"], "kept without a word");
}
