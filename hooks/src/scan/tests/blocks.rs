//! Brackets, and the blocks behind words.

use crate::scan::blocks::{Brackets, block_after, header};

#[test]
fn a_block_ends_with_the_brace_that_closes_it() {
    let of = |code: &str| block_after(code.as_bytes(), 0);
    assert_eq!(of("a {b}c"), Some(5));
    assert_eq!(of("a {b{c}d}e"), Some(9));
    assert_eq!(of("a {b{c}d"), Some(8), "to the end");
    assert_eq!(of("a; {b}"), None);
    assert_eq!(of("a(;) {b}"), Some(8));
    assert_eq!(of("a[;] {b}"), Some(8));
    assert_eq!(of("a({x}) {b}"), Some(10), "a brace in other brackets opens no block");
    assert_eq!(of("a) {b}"), Some(6));
    assert_eq!(of("a) ; {b}"), None);
    assert_eq!(of("a] {b}"), Some(6));
    assert_eq!(block_after(b"{a} b {c}", 3), Some(9));
    assert_eq!(block_after(b"{a} b", 3), None);
}

#[test]
fn a_header_is_not_far_away() {
    let far = |n: usize| header(format!("{}{{", " ".repeat(n)).as_bytes(), 0, b';');
    assert_eq!((far(1999), far(2000)), (Some(1999), None));
    assert_eq!(header(b"a\n{", 0, b'\n'), None);
    assert_eq!(header(b"a(\n) {", 0, b'\n'), Some(5));
}

#[test]
fn each_bracket_knows_its_own_end() {
    let code = b"a(b[c{d}e]f)g(h";
    let all = Brackets::new(code);
    assert_eq!([1, 3, 5, 13].map(|at| all.closing(at)), [12, 10, 8, 15]);
    assert_eq!(all.closing(0), code.len(), "no bracket");
    let mixed = Brackets::new(b")a(b]c)}");
    assert_eq!(mixed.closing(2), 7);
}
