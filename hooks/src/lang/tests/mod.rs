//! What is left of programs, and where their functions are.

mod pieces;
mod properties;
mod spans;

use super::*;

/// A program in which what must be masked stands in `«»`: the program, and what is left of it.
fn marked(text: &str) -> (String, String) {
    let (mut source, mut expected, mut inside) = (String::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '«' => inside = true,
            '»' => inside = false,
            _ => {
                source.push(c);
                let blank = if inside && !matches!(c, '\n' | '\r') { " ".repeat(c.len_utf8()) } else { c.to_string() };
                expected.push_str(&blank);
            }
        }
    }
    (source, expected)
}

#[test]
fn each_piece_alone() {
    let mut wrong = Vec::new();
    for (lang, pieces) in pieces::PIECES.iter().copied() {
        for piece in pieces {
            let (source, expected) = marked(piece);
            let masked = mask(lang, source.as_bytes());
            let left = String::from_utf8_lossy(&masked.code).into_owned();
            let again = mask(lang, &masked.code).code;
            // A backslash that takes the next line along is content: masked again, the string ends with its first line.
            if left != expected || again != masked.code && !source.contains("\\\n") {
                wrong.push(format!(
                    "{lang:?}\n{source}\n{expected} expected\n{left} left\n{} masked twice",
                    String::from_utf8_lossy(&again)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let masked: Vec<Lang> = pieces::PIECES.iter().map(|(lang, _)| *lang).collect();
    assert_eq!(masked, Lang::ALL);
}

#[test]
fn comments_and_strings_are_told_apart() {
    let source = b"a // b\nc(\"d${e}f\", 'g') /* h */";
    let masked = mask(Lang::Kotlin, source);
    let texts = |ranges: &[Range<usize>]| -> Vec<String> {
        ranges.iter().map(|range| String::from_utf8_lossy(&source[range.clone()]).into_owned()).collect()
    };
    assert_eq!(texts(&masked.comments), ["// b", "/* h */"]);
    assert_eq!(texts(&masked.strings), ["d", "f", "g"]);
}

#[test]
fn what_is_not_closed_ends_with_the_line_or_the_file() {
    for (lang, text) in [
        (Lang::Go, "a(\"«b»\nc `«d\ne»"),
        (Lang::Go, "a «/* b\n*»"),
        (Lang::Rust, "a(\"«b\nc»"),
        (Lang::Rust, "r##\"«a\"#\nb»"),
        (Lang::Python, "a = '«b»\nc = '''«d\n''»"),
        (Lang::JavaScript, "a = '«b»\nc = /d\n`«e »${f"),
        (Lang::Java, "a = \"«b»\r\nc = '«d»\n"),
        (Lang::Cpp, "R\"a(«b)c\"\n»"),
        (Lang::Ruby, "a = <<~X\n b\n"),
        (Lang::Ruby, "%w[«a [b]\nc»"),
        (Lang::Shell, "cat <<X\n«a\n Y\n»"),
        (Lang::Shell, "a \"«b »$(c \"«d»"),
    ] {
        let (source, expected) = marked(text);
        let left = mask(lang, source.as_bytes()).code;
        assert_eq!(String::from_utf8_lossy(&left), expected, "{lang:?}: {source}");
    }
}

#[test]
fn bytes_that_are_no_text_are_taken() {
    for lang in Lang::ALL {
        let masked = mask(lang, b"\xff \"\xfe\" \xc3");
        assert_eq!(masked.code, b"\xff \" \" \xc3", "{lang:?}");
        assert!(masked.strings.len() == 1 && masked.strings[0] == (3..4));
        assert!(masked.comments.is_empty());
        assert_eq!(mask(lang, b"\xef\xbb\xbfa").code, b"\xef\xbb\xbfa");
    }
}

#[test]
fn languages_by_name_and_first_line() {
    let of = |path, line: &str| Lang::of_path(path, line.as_bytes()).map(Lang::name);
    for (path, line, expected) in [
        ("a/b_test.go", "", Some("go")),
        ("a.b/c.rs", "#!/bin/sh", Some("rust")),
        ("x.test.tsx", "", Some("typescript")),
        ("x.mjs", "", Some("javascript")),
        ("x.pyi", "", Some("python")),
        ("x.h", "", Some("cpp")),
        ("x.c", "", Some("c")),
        ("X.java", "", Some("java")),
        ("build.gradle.kts", "", Some("kotlin")),
        ("x.cs", "", Some("csharp")),
        ("Rakefile", "", Some("ruby")),
        ("a\\b.bats", "", Some("shell")),
        (".bashrc", "", Some("shell")),
        ("bin/run", "#!/usr/bin/env -S python3.12 -u\n", Some("python")),
        ("bin/run", "#! /bin/bash -e", Some("shell")),
        ("bin/run", "#!/usr/bin/env A=b node\r\n", Some("javascript")),
        ("bin/run", "#!/usr/bin/perl", None),
        ("bin/run", "#!", None),
        ("bin/run", "echo", None),
        ("notes.md", "#!/bin/sh", None),
        ("go", "", None),
        (".go", "", None),
        ("", "", None),
    ] {
        assert_eq!(of(path, line), expected, "{path} {line}");
    }
    for lang in Lang::ALL {
        assert_eq!(Lang::from_name(lang.name()), Some(lang));
    }
    assert_eq!(Lang::from_name("Go"), None);
}
