//! Markdown for pull requests. What people wrote is quoted: it cannot become markup, a link or a mention.

use super::safe;
use std::fmt::Write;

/// Text as Markdown that shows exactly it, on one line.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in safe(text).chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Entities: a backslash does not keep a forge from notifying people or linking issues.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            ':' => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Text as a code span.
pub fn code(text: &str) -> String {
    let text = safe(text).replace(['\n', '\t'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text of several lines as a quotation, with `indent` before every line, at most `most` lines.
pub fn quote(text: &str, indent: &str, most: usize) -> String {
    let mut out = String::new();
    let lines: Vec<&str> = text.lines().collect();
    for line in lines.iter().take(most) {
        let _ = writeln!(out, "{indent}> {}", escape(line));
    }
    if lines.len() > most {
        let _ = writeln!(out, "{indent}> … {} more lines", lines.len() - most);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_notified_and_nothing_becomes_markup() {
        assert_eq!(escape("@ann <b> #1 [x](http://y)"), "&#64;ann &lt;b&gt; &#35;1 \\[x\\]\\(http&#58;//y\\)");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(quote("a\nb\nc", "  ", 2), "  > a\n  > b\n  > … 1 more lines\n");
    }
}
