//! What is code, what is comment and what is string, per language; byte offsets stay as they are.
//!
//! [`mask`] is one lexer core ([`lexer`]) that a small file per family of languages feeds; it is written by hand, keeps
//! no recursion, looks at each byte a bounded number of times, and never fails: what is not closed ends with the line or
//! with the file. [`functions`] works on what is left. Described in docs/design/maskers.md.

mod blocks;
mod braces;
mod cfamily;
mod detect;
mod functions;
mod javascript;
mod jsx;
mod lexer;
mod python;
mod ruby;
mod shell;
mod words;

#[cfg(test)]
mod tests;

pub use functions::{Function, functions};

use std::ops::Range;

/// A language that can be masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// Python, stubs included.
    Python,
    /// JavaScript, with JSX.
    JavaScript,
    /// TypeScript, with TSX.
    TypeScript,
    /// Java.
    Java,
    /// Kotlin, scripts included.
    Kotlin,
    /// C.
    C,
    /// C++; a header may be either, so `.h` is C++ too.
    Cpp,
    /// C#.
    CSharp,
    /// Ruby.
    Ruby,
    /// The POSIX shell and its kin (bash, ksh, zsh, dash).
    Shell,
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Go,
        Self::Rust,
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::Java,
        Self::Kotlin,
        Self::C,
        Self::Cpp,
        Self::CSharp,
        Self::Ruby,
        Self::Shell,
    ];

    /// The language of a file, by its name and else by the program that its first line (`#!…`) names; `None` for a file
    /// that is not masked.
    pub fn of_path(path: &str, first_line: &[u8]) -> Option<Self> {
        detect::of_path(path, first_line)
    }

    /// The name that rules use: `go`, `rust`, `python`, `javascript`, `typescript`, `java`, `kotlin`, `c`, `cpp`,
    /// `csharp`, `ruby`, `shell`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Java => "java",
            Self::Kotlin => "kotlin",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::CSharp => "csharp",
            Self::Ruby => "ruby",
            Self::Shell => "shell",
        }
    }

    /// The language of that name; the inverse of [`Lang::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.name() == name)
    }
}

/// A file in which only the code is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The file, byte for byte, with each byte of a comment and of a string's content replaced by a space, except line
    /// ends. The quotes (and `r#"`, `"""`, `<<EOF` with its last line, `${` and `}`) stay.
    pub code: Vec<u8>,
    /// Where the comments were, with their `//`, `/*`, `#`; in order, not overlapping. The line end is not part of it.
    pub comments: Vec<Range<usize>>,
    /// Where the contents of strings were, without quotes; a string with code in it (`"a${b}c"`) is several. In order,
    /// not overlapping, never empty.
    pub strings: Vec<Range<usize>>,
}

/// Leaves only the code of a file. Takes any bytes, also those that are no UTF-8 and no program.
pub fn mask(lang: Lang, source: &[u8]) -> Masked {
    mask_counted(lang, source).0
}

/// [`mask`], and how many bytes were looked at, each time counted: what tests of linear time compare instead of clocks.
pub fn mask_counted(lang: Lang, source: &[u8]) -> (Masked, u64) {
    let lexer = lexer::Lexer::new(source);
    match lang {
        Lang::Go => lexer.run(&mut cfamily::Go),
        Lang::Rust => lexer.run(&mut cfamily::Rust),
        Lang::Java => lexer.run(&mut cfamily::Java),
        Lang::Kotlin => lexer.run(&mut cfamily::Kotlin),
        Lang::C => lexer.run(&mut cfamily::C { cpp: false }),
        Lang::Cpp => lexer.run(&mut cfamily::C { cpp: true }),
        Lang::CSharp => lexer.run(&mut cfamily::CSharp),
        Lang::Python => lexer.run(&mut python::Python),
        Lang::JavaScript | Lang::TypeScript => lexer.run(&mut javascript::JavaScript::new()),
        Lang::Ruby => lexer.run(&mut ruby::Ruby::default()),
        Lang::Shell => lexer.run(&mut shell::Shell::default()),
    }
}
