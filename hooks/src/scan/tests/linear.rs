//! One large file costs what its length says, however much is found in it: counted in bytes, not in seconds.

use crate::Lines;
use crate::scan::{RuleSet, Scanned};
use std::cell::Cell;

fn steps(rules: &[&str], path: &str, code: &str) -> (Scanned, u64) {
    let set = RuleSet::built_in();
    set.scanner_for(rules.iter().copied(), 1).scan_counted(path, code.as_bytes(), &Lines::All, &|| true).unwrap()
}

/// What twice as much of it costs is not four times as much; returns how many places are in the larger one.
fn is_linear(rules: &[&str], path: &str, make: impl Fn(usize) -> String) -> usize {
    let (small, large) = (make(250), make(1000));
    let ((few, a), (many, b)) = (steps(rules, path, &small), steps(rules, path, &large));
    assert!(b <= a * 5, "{path}: {a} bytes looked at for {}, {b} for {}", small.len(), large.len());
    // A fixed number of looks at each byte.
    assert!(b <= large.len() as u64 * 40, "{path}: {b} bytes looked at for {}", large.len());
    let told = |found: &Scanned| found.findings.len() + found.waived.len();
    assert!(told(&many) >= told(&few) * 3, "{path}: {} and {}", told(&few), told(&many));
    told(&many)
}

#[test]
fn many_sleeps_in_one_function_in_many_and_in_loops() {
    let all = &["no-sleep", "no-skip"];
    let body = |n: usize, line: &str| line.repeat(n);
    let go = |n| format!("package a\n\nfunc TestA(t *testing.T) {{\n{}}}\n", body(n, "\ttime.Sleep(1)\n\tx := f(1)\n\t_ = x\n\n"));
    assert_eq!(is_linear(all, "a_test.go", go), 1000);
    // The assertion stands before them, behind them, and in a loop around them.
    let late = |n| go(n).replace("}\n", "\tassert.True(t, x)\n}\n");
    assert_eq!(is_linear(all, "a_test.go", late), 1000);
    let looped = |n| format!("package a\n\nfunc TestA(t *testing.T) {{\n\tfor {{\n{}\t}}\n}}\n", body(n, "\t\ttime.Sleep(1)\n"));
    assert_eq!(is_linear(all, "a_test.go", looped), 1000);
    let loops = |n| format!("package a\n\nfunc TestA() {{\n{}}}\n", body(n, "\tfor {\n\t\ttime.Sleep(1)\n\t}\n"));
    assert_eq!(is_linear(all, "a_test.go", loops), 1000);
    let functions = |n| (0..n).map(|i| format!("func TestA{i}(t *testing.T) {{\n\ttime.Sleep(1)\n}}\n")).collect();
    assert_eq!(is_linear(all, "a_test.go", functions), 1000);
    let python = |n| format!("import time\n\ndef test_a():\n{}", body(n, "    while a:\n        time.sleep(1)\n"));
    assert_eq!(is_linear(all, "test_a.py", python), 1000);
    let shell = |n| body(n, "while a; do\n  sleep 1\ndone\n");
    assert_eq!(is_linear(all, "a_test.sh", shell), 1000);
    // Loops of one statement, and no `;` that ends them.
    let js = |n| format!("async function a() {{\n{}}}\n", body(n, "  for (const b of c) await sleep(5)\n"));
    assert_eq!(is_linear(all, "a.test.js", js), 1000);
    let paused =
        |n| format!("#[tokio::test]\nasync fn a() {{\n{}time::pause();\n}}\n", body(n, "    tokio::time::sleep(d).await;\n"));
    assert_eq!(is_linear(all, "tests/a.rs", paused), 1000);
}

#[test]
fn many_helpers_names_and_places_in_one_line() {
    let all = &["no-sleep", "no-skip"];
    let helpers =
        |n| (0..n).map(|i| format!("func rest{i}() {{\n\ttime.Sleep(1)\n}}\nfunc TestA{i}() {{\n\trest{i}()\n}}\n")).collect();
    assert_eq!(is_linear(all, "a_test.go", helpers), 2000);
    let timers = |n| (0..n).map(|i| format!("func TestA{i}() {{\n\tt{i} := time.NewTimer(1)\n\t<-t{i}.C\n}}\n")).collect();
    assert_eq!(is_linear(all, "a_test.go", timers), 1000);
    // One line: one finding, and no look at the whole line for each place in it.
    let one = |n: usize| format!("describe('a', () => {{{}}})\n{}", "it.skip('b', c);".repeat(n), "xit('a')\n".repeat(n / 2));
    assert_eq!(is_linear(all, "a.test.js", one), 501);
    let secrets = |n: usize| format!("x = [{}]\n{}", "'password: ', ".repeat(n), "<<<<<<< a\n".repeat(n));
    assert_eq!(is_linear(&["secrets", "conflict-markers"], "a.js", secrets), 1000);
}

#[test]
fn many_waivers() {
    let each = |n| format!("func TestA() {{\n{}}}\n", "\t// gate:allow no-sleep -- why\n\ttime.Sleep(1)\n".repeat(n));
    assert_eq!(is_linear(&["no-sleep"], "a_test.go", each), 1000);
    // A run of them is about one line, and two in a line too.
    let run = |n: usize| {
        format!("func TestA() {{\n{}\ttime.Sleep(1)\n}}\n", "// gate:allow no-sleep -- a // gate:allow x -- b\n".repeat(n))
    };
    let (found, _) = steps(&["no-sleep"], "a_test.go", &run(1000));
    assert_eq!((found.findings.len(), found.waived.len(), found.marks.len(), found.bad_waivers.len()), (0, 1, 2000, 1000));
    assert!(found.marks.iter().all(|mark| mark.about == 1002));
    assert!(found.bad_waivers.is_sorted_by_key(|bad| bad.line));
}

#[test]
fn a_scan_that_may_not_go_on_says_so_in_the_middle_of_a_file() {
    let code = format!("func TestA() {{\n{}}}\n", "\ttime.Sleep(1)\n".repeat(5000));
    let set = RuleSet::built_in();
    let scanner = set.scanner_for(["no-sleep"], 1);
    let asked = Cell::new(0);
    let until = |most: u32| {
        asked.set(0);
        let go_on = || asked.replace(asked.get() + 1) < most;
        scanner.scan_while("a_test.go", code.as_bytes(), &Lines::All, &go_on).map(|scanned| scanned.findings.len())
    };
    assert_eq!(until(u32::MAX), Some(5000));
    let all = asked.get();
    assert!(all > 100, "{all}");
    // In the search for words, and among the places.
    for most in [0, 1, all / 2, all - 1] {
        assert_eq!(until(most), None, "{most} of {all}");
        assert_eq!(asked.get(), most + 1, "nothing was done after the no");
    }
}
