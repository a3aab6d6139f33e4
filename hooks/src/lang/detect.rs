//! Which language a file is written in.

use super::Lang;

/// By the name, and else by the first line.
pub(super) fn of_path(path: &str, first_line: &[u8]) -> Option<Lang> {
    // A name that is no text is quoted, as git does it.
    let path = path.strip_prefix('"').and_then(|p| p.strip_suffix('"')).unwrap_or(path);
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    by_name(name).or_else(|| if name.contains('.') && !name.starts_with('.') { None } else { by_shebang(first_line) })
}

fn by_name(name: &str) -> Option<Lang> {
    match name {
        "Rakefile" | "Gemfile" | "Vagrantfile" | "Guardfile" | "Fastfile" | "Podfile" | "Brewfile" => return Some(Lang::Ruby),
        ".bashrc" | ".bash_profile" | ".bash_aliases" | ".profile" | ".zshrc" | ".zshenv" | ".envrc" | "PKGBUILD" | "APKBUILD" => {
            return Some(Lang::Shell);
        }
        "SConstruct" | "SConscript" => return Some(Lang::Python),
        _ => {}
    }
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    Some(match extension {
        "go" => Lang::Go,
        "rs" => Lang::Rust,
        "py" | "pyi" | "pyw" => Lang::Python,
        "js" | "jsx" | "mjs" | "cjs" | "es6" => Lang::JavaScript,
        "ts" | "tsx" | "mts" | "cts" => Lang::TypeScript,
        "java" => Lang::Java,
        "kt" | "kts" => Lang::Kotlin,
        "c" => Lang::C,
        "h" | "cc" | "cpp" | "cxx" | "c++" | "C" | "hh" | "hpp" | "hxx" | "h++" | "H" | "ipp" | "tpp" | "inl" | "ino" | "cu"
        | "cuh" => Lang::Cpp,
        "cs" | "csx" => Lang::CSharp,
        "rb" | "rake" | "gemspec" | "ru" | "rbi" | "podspec" => Lang::Ruby,
        "sh" | "bash" | "zsh" | "ksh" | "dash" | "bats" | "ash" => Lang::Shell,
        _ => return None,
    })
}

/// `#!/usr/bin/env -S python3 -u`, `#!/bin/sh`: the program without its folder and version.
fn by_shebang(first_line: &[u8]) -> Option<Lang> {
    let line = first_line.strip_prefix(b"#!")?;
    let line = line.split(|b| *b == b'\n').next()?;
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut program = base(words.next()?);
    if program == b"env" {
        // Its options and settings stand before the program.
        program = base(words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='))?);
    }
    let end = program.iter().position(|b| b.is_ascii_digit() || *b == b'.').unwrap_or(program.len());
    Some(match &program[..end] {
        b"sh" | b"bash" | b"dash" | b"ash" | b"ksh" | b"mksh" | b"zsh" | b"bats" => Lang::Shell,
        b"python" | b"pypy" => Lang::Python,
        b"node" | b"nodejs" | b"bun" => Lang::JavaScript,
        b"deno" | b"tsx" | b"ts-node" => Lang::TypeScript,
        b"ruby" | b"jruby" | b"rake" => Lang::Ruby,
        b"kotlin" | b"kotlinc" => Lang::Kotlin,
        b"java" => Lang::Java,
        b"go" | b"gorun" => Lang::Go,
        b"rust-script" => Lang::Rust,
        b"csharp" | b"dotnet-script" => Lang::CSharp,
        _ => return None,
    })
}

fn base(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or(path)
}
