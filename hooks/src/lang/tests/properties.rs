//! Any sequence of pieces, any bytes, any cut: what holds for all of them.

use super::super::*;
use super::{marked, pieces::PIECES};
use proptest::prelude::*;

/// In the ranges there are blanks and line ends, outside of them nothing changed; functions are in bounds and nest.
fn holds(lang: Lang, source: &[u8]) -> Result<(), TestCaseError> {
    let masked = mask(lang, source);
    prop_assert_eq!(masked.code.len(), source.len());
    let mut ranges: Vec<_> = masked.comments.iter().chain(&masked.strings).cloned().collect();
    ranges.sort_by_key(|range| range.start);
    let mut at = 0;
    for range in ranges {
        prop_assert!(at <= range.start && range.start < range.end && range.end <= source.len());
        prop_assert_eq!(&masked.code[at..range.start], &source[at..range.start]);
        for i in range.clone() {
            let expected = if matches!(source[i], b'\n' | b'\r') { source[i] } else { b' ' };
            prop_assert_eq!(masked.code[i], expected);
        }
        at = range.end;
    }
    prop_assert_eq!(&masked.code[at..], &source[at..]);
    let found = functions(lang, &masked);
    for (i, function) in found.iter().enumerate() {
        prop_assert!(
            function.start <= function.body && function.body <= function.end && function.end <= source.len(),
            "{function:?}"
        );
        if let Some(parent) = function.parent {
            prop_assert!(parent < i && found[parent].start <= function.start && function.end <= found[parent].end);
        }
    }
    Ok(())
}

fn languages() -> impl Strategy<Value = Lang> {
    (0..Lang::ALL.len()).prop_map(|i| Lang::ALL[i])
}

/// Programs of pieces whose masking is known, one to a line.
fn programs() -> impl Strategy<Value = (Lang, String)> {
    (0..PIECES.len(), proptest::collection::vec(any::<prop::sample::Index>(), 0..12)).prop_map(|(i, picks)| {
        let (lang, pieces) = PIECES[i];
        let last = |piece: &str| piece.starts_with("__END__");
        let chosen = picks.iter().map(|pick| pieces[pick.index(pieces.len())]).filter(|piece| !last(piece));
        (lang, chosen.flat_map(|piece| [piece, "\n"]).collect())
    })
}

/// What opens or closes something somewhere.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    const TOKENS: &[&str] = &[
        "//",
        "/*",
        "*/",
        "\"\"\"",
        "'''",
        "\"",
        "'",
        "`",
        "${",
        "#{",
        "{{",
        "}}",
        "{",
        "}",
        "$(",
        "(",
        ")",
        "[",
        "]",
        "<<~A",
        "<<-A",
        "<<'A'",
        "<<A",
        "A",
        "\n",
        "\r\n",
        "=begin",
        "=end",
        "__END__",
        "%w[",
        "%q(",
        "r#\"",
        "\"#",
        "R\"x(",
        ")x\"",
        "@\"",
        "$\"",
        "$$\"\"\"",
        "f\"",
        "rb'",
        "\\",
        "</a>",
        "<a>",
        "/>",
        "<a ",
        "=>",
        "->",
        "case ",
        "esac",
        "func ",
        "fn ",
        "def ",
        "end",
        "do ",
        "fun ",
        "function ",
        "class ",
        "=",
        "::",
        ":",
        "# ",
        "#error",
        "?\"",
        "$#",
        "é",
        "\u{2028}",
        "x",
        " ",
        "|",
        ";",
        ",",
        "if ",
        "0'0",
    ];
    let token = (0..TOKENS.len()).prop_map(|i| TOKENS[i].as_bytes().to_vec());
    proptest::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn code_between_comments_and_strings_is_untouched((lang, text) in programs()) {
        let (source, expected) = marked(&text);
        let masked = mask(lang, source.as_bytes());
        prop_assert_eq!(String::from_utf8_lossy(&masked.code), expected);
        holds(lang, source.as_bytes())?;
    }

    #[test]
    fn a_program_cut_anywhere_is_taken((lang, text) in programs(), at in any::<prop::sample::Index>()) {
        let (source, _) = marked(&text);
        holds(lang, &source.as_bytes()[..at.index(source.len() + 1)])?;
    }

    #[test]
    fn any_bytes_are_taken(lang in languages(), source in proptest::collection::vec(any::<u8>(), 0..300)) {
        holds(lang, &source)?;
    }

    #[test]
    fn any_tokens_are_taken(lang in languages(), source in soup()) {
        holds(lang, &source)?;
    }
}

/// Hostile repetition: twice the bytes take twice the steps, and never more than so many for a byte.
#[test]
fn the_time_is_linear() {
    let mut units: Vec<String> = [
        "(",
        "{",
        "[",
        "/",
        "\"",
        "'",
        "`",
        "\\",
        "#",
        "<",
        "<<A ",
        "<<A\n",
        "<a>",
        "<a ",
        "</a>",
        "${",
        "`${",
        "\"#{",
        "\"$(",
        "$(",
        "f'{",
        "{:",
        "f\"{a:{",
        "$\"{",
        "/*",
        "//",
        "\"\"\"",
        "\"\"\"\"",
        "r#\"",
        "R\"(",
        "R\"aaaaaaaaaa(",
        "1'",
        "%w[",
        "%w(",
        "?",
        "$",
        ":/",
        "a /b",
        "a /",
        "(/[",
        "x</a",
        "def a(",
        "case ",
        "=begin\n",
        "_",
        "\n",
        " \n",
        "#error",
        " # ",
        "'  ",
        "fn f() -> fn ",
        "a => b => ",
        "`a` ",
        "</a> ",
        "a /b/ ",
        "<<'",
        "<a b=\"",
        "$$",
        "$$\"",
        "@$\"",
        "{{",
        "}}",
        "})",
        "])",
        "(]",
        "func() ",
        "|a| ",
    ]
    .map(str::to_owned)
    .to_vec();
    units.push(" ".repeat(50) + "/");
    for lang in Lang::ALL {
        for unit in &units {
            let steps = |times: usize| mask_counted(lang, unit.repeat(times).as_bytes()).1;
            let (small, large) = (steps(2_000), steps(4_000));
            assert!(large <= 2 * small + 1_000, "{lang:?} {unit:?}: {small} and {large} steps");
            assert!(large <= 300 * 4_000 * unit.len() as u64, "{lang:?} {unit:?}: {large} steps");
            let bytes = unit.repeat(4_000);
            assert_eq!(mask(lang, bytes.as_bytes()).code.len(), bytes.len());
        }
    }
}

/// What the fuzzer found: spans that crossed each other.
#[test]
fn crossing_blocks_are_cut_to_nest() {
    let source: &[u8] =
        b"\t$a{\xedb(\"c\"):d}e\xff{{\" @\"f\\\"\0g\"h\"\"\xff$$\"\"\"i{j\"\x1c\" $$\"\"\"i{jr#\"k}}\"\xfc\" @$\"l\"\"m{n}\"";
    assert!(Lang::ALL.into_iter().all(|lang| holds(lang, source).is_ok()));
    assert!(!functions(Lang::Ruby, &mask(Lang::Ruby, source)).is_empty());
}
