//! What is a call of a name, and of a function that does the thing.

use super::lines_of;
use crate::Lines;
use crate::scan::RuleSet;
use crate::scan::calls::of_names;
use crate::scan::kinds::KINDS;
use crate::scan::source::Source;

/// The columns (from 0) at which `nap` is called in one line of a file of this name.
fn called(path: &str, line: &str) -> Vec<usize> {
    let source = Source::new(path, line.as_bytes(), &KINDS);
    of_names(&source, &[b"nap".to_vec()]).into_iter().map(|r| r.start).collect()
}

#[test]
fn a_call_is_a_whole_name_with_brackets_and_no_definition() {
    for (line, at) in [
        ("nap()", vec![0]),
        ("x = nap ()", vec![4]),
        ("nap", vec![]),
        ("nap2()", vec![]),
        ("snap()", vec![]),
        ("_nap()", vec![]),
        ("$nap()", vec![]),
        ("@nap()", vec![1]),
        ("nap(nap())", vec![0, 4]),
        ("def nap():", vec![]),
        ("import nap()", vec![]),
        ("as nap()", vec![]),
        ("\"nap()\"", vec![]),
        ("# nap()", vec![]),
        ("other.nap()", vec![]),
        ("self.nap()", vec![5]),
        ("cls.nap()", vec![4]),
        ("a.self.nap()", vec![]),
        ("...nap()", vec![3]),
        ("a..nap()", vec![3]),
    ] {
        assert_eq!(called("a.py", line), at, "{line}");
    }
    for (path, line, at) in [
        ("a.java", "@nap()", vec![]),
        ("a.java", "this.nap();", vec![5]),
        ("a.java", "new nap();", vec![]),
        ("a.cc", "this->nap();", vec![6]),
        ("a.cc", "other->nap();", vec![]),
        ("a.cc", "ns::nap();", vec![]),
        ("a.rs", "Self::nap();", vec![6]),
        ("a.rs", "fn nap() {}", vec![]),
        ("a.js", "this?.nap()", vec![6]),
        ("a.js", "that?.nap()", vec![]),
        ("a.js", "function nap() {}", vec![]),
        ("a.txt", "nap()", vec![]),
    ] {
        assert_eq!(called(path, line), at, "{path}: {line}");
    }
}

#[test]
fn a_call_in_its_own_body_is_one_and_its_head_is_none() {
    assert_eq!(called("a.py", "def nap(): nap()"), [11]);
    assert_eq!(called("a.py", "def nap():nap()"), [10]);
    assert_eq!(called("a.go", "func nap() { nap() }"), [13]);
    assert_eq!(called("a.go", "func (nap nap) nap() { other() }"), Vec::<usize>::new());
    assert_eq!(called("a.go", "func other(f nap) { nap() }"), [20]);
}

#[test]
fn in_a_shell_a_call_stands_where_a_command_does() {
    for (line, is) in [
        ("nap", true),
        ("  nap 5", true),
        ("x; nap", true),
        ("x && nap", true),
        ("x | nap", true),
        ("{ nap; }", true),
        ("(nap)", true),
        ("! nap", true),
        ("`nap`", true),
        ("if nap; then", true),
        ("then nap", true),
        ("run nap", true),
        ("echo nap", false),
        ("nap=1", false),
        ("nap() {", false),
        ("nap-more", false),
        ("nap.sh", false),
        ("nap/x", false),
    ] {
        assert_eq!(called("a.sh", line).len(), usize::from(is), "{line}");
    }
}

#[test]
fn in_ruby_a_call_needs_no_brackets() {
    for (line, is) in [
        ("nap", true),
        ("nap 5", true),
        ("nap(5)", true),
        ("x = nap", true),
        ("nap == 1", true),
        ("nap = 1", false),
        ("nap.x", false),
        ("nap: 1", false),
        ("nap?", false),
        ("nap!", false),
        (":nap", false),
        ("def nap", false),
        ("a.nap", false),
        ("self.nap", true),
    ] {
        assert_eq!(called("a.rb", line).len(), usize::from(is), "{line}");
    }
}

const RULE: &str = "id = \"x\"\nmessage = \"m\"\nadvice = \"a\"\nseverity = \"high\"\n[[pattern]]\nwords = [\"WORD\"]\nmatch = 'WORD'\n[[pattern]]\nwords = [\"LOW\"]\nmatch = 'LOW'\nseverity = \"low\"\n\
                    [wrappers]\nmessage = \"calls {name}\"\nunless = '^Keep'\nfrom = \"medium\"\n";

fn told(rule: &str, path: &str, code: &str) -> Vec<(u32, String)> {
    let (set, _) = RuleSet::with_project([("x.toml", rule)]).unwrap_or_else(|p| panic!("{p}"));
    set.scan(&["x"], path, code.as_bytes(), &Lines::All).findings.into_iter().map(|f| (f.line, f.message)).collect()
}

fn lines(rule: &str, path: &str, code: &str) -> Vec<u32> {
    told(rule, path, code).into_iter().map(|(line, _)| line).collect()
}

#[test]
fn who_calls_what_does_the_thing_does_it_too() {
    let code = "package a\nfunc A() { helper() }\nfunc helper() {\n\tWORD()\n\thelper()\n}\nfunc KeepIt() {\n\tWORD()\n}\nfunc Low() {\n\tLOW()\n}\nfunc B() {\n\thelper()\n\tKeepIt()\n\tLow()\n\tx.helper()\n\tf := helper\n}\n";
    let all = told(RULE, "a.go", code);
    let row = |line, text: &str| (line, text.to_owned());
    assert_eq!(all, [row(2, "calls helper"), row(4, "m"), row(8, "m"), row(11, "m"), row(14, "calls helper")]);
    // Right behind its end it is called, and within it is not.
    assert_eq!(lines(RULE, "a.js", "function h() {\n  WORD\n  h()\n}h()\n"), [2, 4]);
    // A function without a name is called by nobody.
    assert_eq!(lines(RULE, "a.js", "f(function () {\n  WORD\n})\n(function () {})()\n"), [2]);
    // Four wrappers deep, and no deeper.
    let chain: String = (1..=6).map(|n| format!("func f{n}() {{\n\tf{}()\n}}\n", n - 1)).collect();
    let deep = lines(RULE, "a.go", &format!("package a\nfunc f0() {{\n\tWORD()\n}}\n{chain}"));
    assert_eq!(deep, [3, 6, 9, 12, 15]);
}

#[test]
fn a_rule_of_tests_does_not_follow_calls_out_of_them() {
    let rule = RULE.replace("severity = \"high\"\n[[pattern]]", "severity = \"high\"\nonly_tests = true\n[[pattern]]");
    let code = "fn main() {\n    helper();\n}\n#[cfg(test)]\nmod tests {\n    fn helper() {\n        WORD;\n    }\n    fn test() {\n        helper();\n    }\n}\n";
    assert_eq!(lines(&rule, "src/a.rs", code), [7, 10]);
    assert_eq!(lines(RULE, "src/a.rs", code), [2, 7, 10]);
}

#[test]
fn a_method_is_called_on_its_own_receiver() {
    let code =
        "package a\nfunc (s *suite) nap() {\n\tWORD()\n}\nfunc (s *suite) B() {\n\ts.nap()\n\tt.nap()\n\tnap()\n\ts.t.nap()\n}\n";
    assert_eq!(lines(RULE, "a.go", code), [3, 6]);
}

#[test]
fn what_surrounds_a_call_changes_it_as_it_changes_a_place() {
    let rule = format!(
        "{RULE}[[context]]\nhas = 'FINE'\nallow = true\n[[context]]\nhas = 'LESS'\nseverity = \"low\"\nmessage = \"other\"\n"
    );
    let code = "package a\nfunc h() {\n\tWORD()\n}\nfunc A() {\n\tFINE()\n\th()\n}\nfunc B() {\n\tLESS()\n\th()\n}\nfunc C() {\n\tB()\n}\n";
    let all = told(&rule, "a.go", code);
    assert_eq!(all, [(3, "m".to_owned()), (11, "calls h".to_owned())], "what is below `from` makes no wrapper");
    let (set, _) = RuleSet::with_project([("x.toml", rule.as_str())]).unwrap();
    let found = set.scan(&["x"], "a.go", code.as_bytes(), &Lines::All);
    assert_eq!(lines_of(&found, "x"), [3, 11]);
    assert_eq!(found.findings[1].severity, crate::Severity::Low);
}
