//! Where functions begin and end.

use super::{Lang, Masked, blocks, braces};

/// A function, a method, or a block of code that is passed to a call (`It("…", func() {…})`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name; of a function without one, the variable or field that it is assigned to; else empty.
    pub name: String,
    /// The call that it is an argument of, with the path to it (`It`, `t.Run`, `describe.only`); else empty.
    pub callee: String,
    /// Where it begins: `func`, `fn`, `def`, or the first byte of its statement or argument.
    pub start: usize,
    /// Where its body begins, after `{`, `:`, `=` or `=>`.
    pub body: usize,
    /// Where it ends, exclusive; the end of the file if it is not closed.
    pub end: usize,
    /// The function around it, an index into the same list.
    pub parent: Option<usize>,
}

/// The functions of a file, in order of their beginnings; those in others come after them. Never fails: what is not closed
/// ends with the file.
pub fn functions(lang: Lang, masked: &Masked) -> Vec<Function> {
    let mut found = match lang {
        Lang::Python => blocks::python(masked),
        Lang::Ruby => blocks::ruby(&masked.code),
        _ => braces::functions(lang, &masked.code),
    };
    found.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)).then(a.body.cmp(&b.body)));
    let mut open: Vec<usize> = Vec::new();
    for i in 0..found.len() {
        while open.pop_if(|outer| found[*outer].end <= found[i].start).is_some() {}
        found[i].parent = open.last().copied();
        if let Some(parent) = found[i].parent {
            // In a file that is not well formed they may cross.
            found[i].end = found[i].end.min(found[parent].end);
            found[i].body = found[i].body.min(found[i].end);
        }
        open.push(i);
    }
    found
}

/// The path that ends here, with the word before it: `a.b.c`, `a::b`, as far as 64 bytes.
pub(super) fn path_to(code: &[u8], end: usize) -> String {
    String::from_utf8_lossy(&code[path_start(code, end)..end]).into_owned()
}

/// Where that path begins.
pub(super) fn path_start(code: &[u8], end: usize) -> usize {
    let part = |b: &&u8| super::lexer::is_word(**b) || matches!(**b, b'.' | b':' | b'$' | b'@');
    let length = code[..end].iter().rev().take(64).take_while(part).count();
    let path = &code[end - length..end];
    end - length + path.iter().take_while(|b| matches!(b, b'.' | b':')).count()
}
