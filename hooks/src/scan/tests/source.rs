//! Lines, statements and regions of one file.

use crate::scan::kinds::KINDS;
use crate::scan::rule::Text;
use crate::scan::source::{Source, line_of};

fn source<'a>(path: &'a str, code: &'a str) -> Source<'a> {
    Source::new(path, code.as_bytes(), &KINDS)
}

#[test]
fn lines_have_numbers_from_1_and_no_end() {
    let s = source("a.txt", "one\n\nthree");
    let of = |at: usize| (s.number(at), s.line(at));
    assert_eq!([0, 3, 4, 5, 9].map(of), [(1, 0..3), (1, 0..3), (2, 4..4), (3, 5..10), (3, 5..10)]);
    assert_eq!((s.lines(0, 2), s.lines(0, 3), s.lines(0, 9), s.lines(4, 2)), (0..4, 0..10, 0..10, 4..10));
    assert_eq!([0, 3, 4, 9, 99].map(|at| line_of(s.raw, at)), [0..3, 0..3, 4..4, 5..10, 5..10]);
}

#[test]
fn a_statement_begins_after_the_last_brace_or_semicolon() {
    let s = source("a.go", "a; b { c } d");
    assert_eq!([0, 1, 2, 4, 6, 9, 11].map(|at| s.statement(at)), [0, 0, 2, 2, 6, 6, 10]);
}

#[test]
fn what_is_looked_at_is_counted() {
    let s = source("a.go", "x");
    assert_eq!((s.counted(10, "value"), s.steps()), ("value", 11));
    s.counted(0, ());
    assert_eq!(s.steps(), 12);
}

#[test]
fn the_first_line_says_the_language_where_the_name_does_not() {
    assert!(source("tool", "#!/bin/sh\necho").lang.is_some() && source("tool", "\n#!/bin/sh\n").lang.is_none());
    // A first line without an end is looked at as far as anybody writes one.
    assert!(source("tool", "#!/bin/sh").lang.is_some());
    let long = format!("#!/bin/sh {}\n", "x".repeat(400));
    assert!(source("tool", &long).lang.is_some());
    assert!(source("", "").lang.is_none());
}

#[test]
fn strings_and_comments_are_told_apart() {
    let s = source("a.go", "a \"b\" // c\n");
    let text = |of| String::from_utf8_lossy(s.text(of)).into_owned();
    assert_eq!((text(Text::Raw).as_str(), text(Text::Strings).as_str()), ("a \"b\" // c\n", "a \"b\"     \n"));
    assert!(!text(Text::Code).contains('b') && text(Text::Code).starts_with('a'));
    assert_eq!(s.comments().map(<[_]>::len), Some(1));
    let none = source("a.unknown", "a \"b\" // c\n");
    assert_eq!((none.text(Text::Code), none.comments()), (none.raw, None));
    assert!(none.loops_around(0..5, 2).is_empty() && none.innermost(2).is_none());
}

#[test]
fn a_place_is_in_a_test_by_its_file_or_by_its_region() {
    let code = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod more {\n    fn d() {}\n}\n";
    let s = source("src/a.rs", code);
    assert!(s.may_have_tests() && source("tests/a.rs", code).in_test(0) && !source("src/a.java", code).may_have_tests());
    let at = |text: &str| s.in_test(code.find(text).unwrap());
    assert_eq!([at("fn a"), at("fn b"), at("fn c"), at("fn d")], [false, true, false, true]);
    let end = code.find("}\nfn c").unwrap();
    assert!(s.in_test(end) && !s.in_test(end + 1));
    let begin = code.find("#[cfg").unwrap();
    assert!(s.in_test(begin) && !s.in_test(begin - 1));
}

#[test]
fn functions_around_a_place_come_from_the_inside() {
    let s = source("a.go", "package a\nfunc A() {\n\tf(func() { x() })\n}\n");
    let at = 10 + "func A() {\n\tf(func() { ".len();
    assert_eq!(s.around(at).map(|f| f.name.clone()).collect::<Vec<_>>().last().map(String::as_str), Some("A"));
    assert_eq!((s.around(at).count(), s.around(0).count()), (2, 0));
    assert_eq!(s.innermost(at).map(|f| f.name.as_str()), s.around(at).next().map(|f| f.name.as_str()));
}
