//! The readers on reports that the real tools wrote (`hooks/tests/reports`, each with the tool's version and the command).

use super::{Counts, Format, read};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports")
}

/// What a cut-off report may look like.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    /// Always an error.
    Error,
    /// Where a part of the run (a package, a program of tests) has ended, it is a smaller run: never more passed than there were.
    Smaller,
    /// Text after the numbers may be missing; before it is an error.
    Same,
}

/// The file, how it is read, what is in it (passed, failed, skipped), what it is when it is cut, and the place of a failure.
type Row = (&'static str, Format, (u64, u64, u64), Cut, &'static str);

const ROWS: &[Row] = &[
    ("go-pass.txt", Format::GoTest, (2, 0, 0), Cut::Smaller, ""),
    ("go-pass-verbose.txt", Format::GoTest, (4, 0, 1), Cut::Smaller, ""),
    ("go-fail.txt", Format::GoTest, (1, 3, 0), Cut::Smaller, "wrong_test.go:6"),
    ("go-fail-verbose.txt", Format::GoTest, (5, 3, 1), Cut::Smaller, "wrong_test.go:13"),
    ("go-panic-verbose.txt", Format::GoTest, (4, 1, 1), Cut::Smaller, "/tmp/rep/go/calc/sub/panic_test.go:9"),
    ("go-build.txt", Format::GoTest, (1, 1, 0), Cut::Smaller, ""),
    ("go-pass.json", Format::GoJson, (4, 0, 1), Cut::Smaller, ""),
    ("go-fail.json", Format::GoJson, (5, 3, 1), Cut::Smaller, "wrong_test.go:13"),
    ("go-panic.json", Format::GoJson, (4, 1, 1), Cut::Smaller, "/tmp/rep/go/calc/sub/panic_test.go:9"),
    ("go-build.json", Format::GoJson, (3, 1, 1), Cut::Smaller, ""),
    ("ginkgo-pass.json", Format::Ginkgo, (2, 0, 0), Cut::Error, ""),
    ("ginkgo-fail.json", Format::Ginkgo, (2, 2, 2), Cut::Error, "/tmp/gk/gp/src/example.com/shop/shop_test.go:26"),
    ("ginkgo-build.json", Format::Ginkgo, (0, 1, 0), Cut::Error, "broken_test.go:1"),
    ("libtest-pass.txt", Format::Libtest, (5, 0, 1), Cut::Smaller, ""),
    ("libtest-quiet.txt", Format::Libtest, (5, 0, 1), Cut::Smaller, ""),
    ("libtest-fail.txt", Format::Libtest, (6, 2, 1), Cut::Smaller, "tests/wrong.rs:6"),
    ("libtest-stop.txt", Format::Libtest, (5, 2, 1), Cut::Smaller, "tests/wrong.rs:6"),
    ("libtest-pass.json", Format::LibtestJson, (5, 0, 1), Cut::Smaller, ""),
    ("libtest-fail.json", Format::LibtestJson, (6, 2, 1), Cut::Smaller, "tests/wrong.rs:6"),
    ("nextest-fail.json", Format::LibtestJson, (5, 2, 1), Cut::Smaller, "tests/wrong.rs:6"),
    ("nextest-pass.txt", Format::Nextest, (4, 0, 1), Cut::Same, ""),
    ("nextest-fail.txt", Format::Nextest, (5, 2, 1), Cut::Same, "tests/wrong.rs:6"),
    ("nextest-stop.txt", Format::Nextest, (5, 1, 2), Cut::Same, "tests/wrong.rs:6"),
    ("nextest-pass.xml", Format::Junit, (4, 0, 0), Cut::Error, ""),
    ("nextest-fail.xml", Format::Junit, (5, 2, 0), Cut::Error, "tests/wrong.rs:6"),
    ("pytest-pass.txt", Format::Pytest, (4, 0, 2), Cut::Error, ""),
    ("pytest-quiet.txt", Format::Pytest, (4, 0, 2), Cut::Error, ""),
    ("pytest-fail.txt", Format::Pytest, (5, 3, 2), Cut::Error, "t/test_bad.py:24"),
    ("pytest-fail-verbose.txt", Format::Pytest, (5, 3, 2), Cut::Error, "t/test_bad.py:10"),
    ("pytest-none.txt", Format::Pytest, (0, 0, 0), Cut::Error, ""),
    ("pytest-collection.txt", Format::Pytest, (0, 1, 0), Cut::Error, "t/test_bad.py:0"),
    ("pytest-pass.xml", Format::Junit, (4, 0, 2), Cut::Error, ""),
    ("pytest-fail.xml", Format::Junit, (5, 3, 2), Cut::Error, "t/test_bad.py:24"),
    ("pytest-collection.xml", Format::Junit, (0, 1, 0), Cut::Error, ""),
    ("node-tap-pass.tap", Format::Tap, (4, 0, 2), Cut::Same, ""),
    ("node-tap-fail.tap", Format::Tap, (5, 2, 2), Cut::Same, "/tmp/rep/js/t/bad.node.test.js:4"),
    ("node-spec-pass.txt", Format::NodeSpec, (5, 0, 2), Cut::Error, ""),
    ("node-spec-fail.txt", Format::NodeSpec, (6, 2, 2), Cut::Same, "bad.node.test.js:9"),
    ("node-junit-pass.xml", Format::Junit, (4, 0, 2), Cut::Error, ""),
    ("node-junit-fail.xml", Format::Junit, (5, 2, 2), Cut::Error, "/tmp/rep/js/t/bad.node.test.js:5"),
    // jest-junit writes a test that is to be done as one that passed.
    ("jest-pass.xml", Format::Junit, (3, 0, 1), Cut::Error, ""),
    ("jest-fail.xml", Format::Junit, (4, 2, 1), Cut::Error, "/tmp/rep/js/t/jest-fail/bad.test.js:2"),
    ("jest-pass.txt", Format::Lines, (2, 0, 2), Cut::Same, ""),
    ("jest-fail.txt", Format::Lines, (3, 2, 2), Cut::Same, ""),
    ("vitest-pass.txt", Format::Lines, (2, 0, 2), Cut::Same, ""),
    ("vitest-fail.txt", Format::Lines, (3, 2, 2), Cut::Same, ""),
    ("vitest-pass.xml", Format::Junit, (2, 0, 2), Cut::Error, ""),
    ("vitest-fail.xml", Format::Junit, (3, 2, 2), Cut::Error, "bad.test.js:4"),
    ("vitest-pass.tap", Format::Tap, (2, 0, 2), Cut::Error, ""),
    ("vitest-fail.tap", Format::Tap, (3, 2, 2), Cut::Error, "/tmp/rep/js/t/vitest-fail/bad.test.js:4"),
    ("vitest-flat-pass.tap", Format::Tap, (2, 0, 2), Cut::Error, ""),
    ("vitest-flat-fail.tap", Format::Tap, (3, 2, 2), Cut::Error, "/tmp/rep/js/t/vitest-fail/bad.test.js:4"),
    ("mocha-pass.tap", Format::Tap, (1, 0, 2), Cut::Error, ""),
    ("mocha-fail.tap", Format::Tap, (1, 2, 2), Cut::Error, "bad.js:3"),
    ("mocha-pass.xml", Format::Junit, (1, 0, 2), Cut::Error, ""),
    ("mocha-fail.xml", Format::Junit, (1, 2, 2), Cut::Error, "/tmp/rep/js/t/mocha-fail/bad.js:3"),
    ("perl-good.tap", Format::Tap, (3, 0, 2), Cut::Error, ""),
    ("perl-bad.tap", Format::Tap, (2, 2, 0), Cut::Same, "t/bad.t:5"),
    ("bats-good.tap", Format::Tap, (1, 0, 1), Cut::Error, ""),
    ("bats-bad.tap", Format::Tap, (1, 1, 1), Cut::Same, "bad.bats:11"),
    ("bats-good.xml", Format::Junit, (1, 0, 1), Cut::Error, ""),
    ("bats-bad.xml", Format::Junit, (1, 1, 1), Cut::Error, "bad.bats:11"),
    ("gtest-good.xml", Format::Junit, (1, 0, 2), Cut::Error, ""),
    ("gtest-bad.xml", Format::Junit, (1, 1, 2), Cut::Error, "bad.cc:7"),
    ("surefire-pass.xml", Format::Junit, (3, 0, 1), Cut::Error, ""),
    ("surefire-fail.xml", Format::Junit, (1, 2, 1), Cut::Error, "CalcTest.java:16"),
    ("minitest-good.txt", Format::Lines, (1, 0, 1), Cut::Same, ""),
    ("minitest-bad.txt", Format::Lines, (1, 2, 0), Cut::Error, ""),
    ("rspec-good.txt", Format::Lines, (1, 0, 1), Cut::Same, ""),
    ("rspec-bad.txt", Format::Lines, (1, 1, 1), Cut::Same, ""),
    ("unittest-good.txt", Format::Lines, (1, 0, 1), Cut::Error, ""),
    ("unittest-bad.txt", Format::Lines, (1, 2, 0), Cut::Error, ""),
];

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(folder().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn numbers(counts: &Counts) -> (u64, u64, u64) {
    (counts.passed, counts.failed, counts.skipped)
}

#[test]
fn every_report_is_read_and_has_its_tool_beside_it() {
    let mut wrong = Vec::new();
    for (file, format, expected, _, place) in ROWS {
        let report = bytes(file);
        let counts = match read(*format, &report) {
            Ok(counts) => counts,
            Err(e) => {
                wrong.push(format!("{file}: {e}"));
                continue;
            }
        };
        if numbers(&counts) != *expected {
            wrong.push(format!("{file}: {:?} and not {expected:?}", numbers(&counts)));
        }
        let places: Vec<String> =
            counts.failures.iter().map(|f| format!("{}:{}", f.file.as_deref().unwrap_or_default(), f.line)).collect();
        if !place.is_empty() && !places.iter().any(|p| p == place) {
            wrong.push(format!("{file}: {place} is not among {places:?}"));
        }
        if counts.failures.len() as u64 > counts.failed || counts.failures.iter().any(|f| f.name.is_empty()) {
            wrong.push(format!("{file}: failures are {:?}", counts.failures));
        }
        match read(Format::Auto, &report) {
            Ok(guessed) if guessed == counts => {}
            other => wrong.push(format!("{file}: guessed {other:?}")),
        }
        let (stem, _) = file.rsplit_once('.').unwrap();
        let beside = std::fs::read_to_string(folder().join(format!("{stem}.toml"))).unwrap_or_default();
        let beside: toml_edit::DocumentMut = beside.parse().unwrap();
        let exit = beside.get("exit").and_then(toml_edit::Item::as_integer);
        if beside.get("tool").is_none() || beside.get("command").is_none() || exit.is_none() {
            wrong.push(format!("{file}: no tool, command and exit code are noted"));
        }
        // What a tool says with its exit code and what we read are one: none of the failing runs reads as a success.
        if (exit == Some(0)) != (counts.failed == 0 && counts.total() > 0) {
            wrong.push(format!("{file}: exit {exit:?}, read as {:?}", numbers(&counts)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_report_that_is_cut_off_at_any_line_is_never_a_larger_success() {
    let mut wrong = Vec::new();
    for (file, format, expected, kind, _) in ROWS {
        let report = bytes(file);
        let last = report.iter().rposition(|b| !b.is_ascii_whitespace()).unwrap_or(0);
        for (at, _) in report.iter().enumerate().filter(|(at, b)| **b == b'\n' && *at < last) {
            let Ok(counts) = read(*format, &report[..=at]) else { continue };
            let fits = match kind {
                Cut::Error => false,
                Cut::Smaller => counts.passed <= expected.0 && counts.failed <= expected.1,
                Cut::Same => numbers(&counts) == *expected,
            };
            if !fits {
                wrong.push(format!("{file}, cut after byte {at}: {:?}", numbers(&counts)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn xml_and_json_documents_cut_at_any_byte_are_errors() {
    for file in ["pytest-fail.xml", "gtest-bad.xml", "jest-fail.xml", "surefire-fail.xml"] {
        let report = bytes(file);
        let last = report.iter().rposition(|b| !b.is_ascii_whitespace()).unwrap_or(0);
        for at in 0..last {
            assert!(read(Format::Junit, &report[..at]).is_err(), "{file}, cut after byte {at}");
        }
    }
}

#[test]
fn a_program_that_dies_in_the_middle_of_its_tap_is_an_error() {
    assert!(read(Format::Tap, &bytes("perl-dies.tap")).unwrap_err().contains("its plan is 3 tests, and it has 1"));
}

#[test]
fn every_file_of_the_folder_is_used() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let (stem, ending) = name.rsplit_once('.').unwrap();
        let used = ROWS.iter().any(|(file, ..)| *file == name || (ending == "toml" && file.rsplit_once('.').unwrap().0 == stem));
        assert!(used || name == ".gitattributes" || stem == "perl-dies", "{name}");
    }
}
