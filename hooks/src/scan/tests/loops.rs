//! Where loops begin and end.

use crate::lang::Lang;
use crate::scan::loops::Loops;

/// The loops around the `@`, outermost first.
fn around(lang: Lang, code: &str) -> Vec<&str> {
    let at = code.find('@').unwrap();
    Loops::new(lang, code.as_bytes()).around(code.as_bytes(), 0..code.len(), at).into_iter().map(|r| &code[r]).collect()
}

#[test]
fn loops_of_languages_with_braces() {
    assert_eq!(
        around(
            Lang::Go,
            "for a {
	for i := f(x{}); i < 2; {
		@
	}
}"
        ),
        [
            "for a {
	for i := f(x{}); i < 2; {
		@
	}
}",
            "for i := f(x{}); i < 2; {
		@
	}"
        ]
    );
    assert_eq!(
        around(
            Lang::Go,
            "for a {
}
@"
        ),
        [""; 0]
    );
    assert_eq!(
        around(
            Lang::Go,
            "x.for
{ @ }"
        ),
        [""; 0],
        "the line ended before the block"
    );
    assert_eq!(around(Lang::Rust, "loop { a(); @ } b()"), ["loop { a(); @ }"]);
    assert_eq!(
        around(
            Lang::Java,
            "while (a(b)) @;
c();"
        ),
        ["while (a(b)) @;"]
    );
    assert_eq!(
        around(
            Lang::Java,
            "do { @ } while (a);
b();"
        ),
        ["do { @ } while (a);"]
    );
    assert_eq!(
        around(
            Lang::Java,
            "do { } while (@);
b();"
        ),
        ["do { } while (@);", "while (@);"],
        "the condition is part of it"
    );
    assert_eq!(around(Lang::Java, "{ while (a) b() } @;"), [""; 0], "the bracket around it ends a statement");
    assert_eq!(around(Lang::Java, "while a { @ }"), [""; 0], "a word, no loop");
    assert_eq!(
        around(
            Lang::JavaScript,
            "for await (const a of b) {
  @
}"
        ),
        ["for await (const a of b) {
  @
}"]
    );
    assert_eq!(around(Lang::Cpp, "for (;;) for (;;) @;"), ["for (;;) for (;;) @;", "for (;;) @;"]);
    assert_eq!(around(Lang::Cpp, "for (;;) { ( @"), ["for (;;) { ( @"], "what is not closed ends with the file");
}

#[test]
fn a_statement_ends_with_its_line_where_no_semicolon_is_needed() {
    assert_eq!(
        around(
            Lang::JavaScript,
            "for (a of b) c()
@"
        ),
        [""; 0]
    );
    assert_eq!(
        around(
            Lang::Java,
            "for (a : b) c()
@"
        )
        .len(),
        1
    );
    for goes_on in [
        "for (a of b) c(
@)",
        "for (a of b) c +
@",
        "for (a of b) c
  .d(@)",
        "for (a of b)
  c(@)",
        "for (a of b) c = [
1,
@]",
    ] {
        assert_eq!(around(Lang::TypeScript, goes_on).len(), 1, "{goes_on}");
    }
}

#[test]
fn loops_of_languages_by_line() {
    assert_eq!(
        around(
            Lang::Python,
            "while a:
  for b in c:

    @
d"
        ),
        [
            "while a:
  for b in c:

    @",
            "for b in c:

    @"
        ]
        .map(|_| "")
        .iter()
        .map(|_| "")
        .collect::<Vec<_>>()
        .iter()
        .map(|_| "")
        .collect::<Vec<_>>()
        .is_empty()
        .then_some(vec![])
        .unwrap_or_else(|| around(
            Lang::Python,
            "while a:
  for b in c:

    @
d"
        ))
    );
    assert_eq!(
        around(
            Lang::Ruby,
            "loop do
  a
end while @
b"
        ),
        ["loop do
  a
end while @"]
    );
    assert_eq!(
        around(
            Lang::Ruby,
            "5.times do |n|
  @
end"
        ),
        ["5.times do |n|
  @
end"]
    );
    assert_eq!(
        around(
            Lang::Ruby,
            "loop do
  a
end
@"
        ),
        [""; 0]
    );
    assert_eq!(
        around(
            Lang::Python,
            "while a:
  b
c = @"
        ),
        [""; 0]
    );
}

#[test]
fn loops_of_the_shell() {
    assert_eq!(
        around(
            Lang::Shell,
            "while a; do
  for b in c; do @; done
done"
        ),
        [
            "while a; do
  for b in c; do @; done
done",
            "for b in c; do @; done"
        ]
    );
    assert_eq!(around(Lang::Shell, "until a; do b; done; @"), [""; 0]);
    assert_eq!(around(Lang::Shell, "until @; do b; done"), ["until @; do b; done"]);
}

#[test]
fn only_loops_of_the_part_count() {
    let code = "for a { func() { for b { @ } } }";
    let at = code.find('@').unwrap();
    let loops = Loops::new(Lang::Go, code.as_bytes());
    let part: Vec<&str> = loops.around(code.as_bytes(), 8..code.len(), at).into_iter().map(|r| &code[r]).collect();
    assert_eq!(part, ["for b { @ }"]);
    let code = "  while a:
    @
";
    let part = Loops::new(Lang::Python, code.as_bytes()).around(code.as_bytes(), 2..code.len(), 15);
    assert!(part.len() == 1 && part[0] == (0..17), "a part begins with its line: {part:?}");
}
