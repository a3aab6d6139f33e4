//! Templates of reports: minijinja with nothing in it that reads, runs or repeats without end.
//!
//! A template comes with the repository, so it can only look at the data that it is given: there is no loader, and `include`,
//! `import`, `extends`, macros and variables of its own do not exist. Data is escaped wherever it is printed: it cannot begin a
//! heading, a table cell, a comment or a marked place.

use bd::error::{Error, Result};
use minijinja::value::{Rest, Value, ValueKind};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use std::io::Write;

/// Steps that a template may take.
const FUEL: u64 = 5_000_000;
/// The longest report; bytes.
const LONGEST: usize = 8 << 20;
/// What Jinja has and a template of a report has not.
const REFUSED: &[&str] = &[
    "include",
    "import",
    "from",
    "extends",
    "block",
    "macro",
    "call",
    "set",
    "with",
    "filter",
    "do",
    "autoescape",
    "loop_controls",
];

/// Renders a template. `name` is what an error calls it.
///
/// # Errors
/// A template that does not parse or asks for what there is not, with its line (exit 2).
pub fn render(name: &str, template: &str, data: &serde_json::Value) -> Result<String> {
    let template = template.strip_prefix('\u{feff}').unwrap_or(template).replace("\r\n", "\n");
    if template.starts_with("+++\n") {
        return Err(Error::usage(format!("{name}:1: a template has no front matter: the report's is written by the tool")));
    }
    refuse(name, &template)?;
    let wrong = |e: &minijinja::Error| {
        let line = e.line().map(|n| format!(":{n}")).unwrap_or_default();
        let why = match e.kind() {
            ErrorKind::OutOfFuel => "it takes too many steps".to_owned(),
            ErrorKind::WriteFailure => format!("what it makes is longer than {LONGEST} bytes"),
            kind => e.detail().map_or_else(|| kind.to_string(), |d| format!("{kind}: {d}")),
        };
        Error::usage(format!("{name}{line}: {why}")).hint("docs/concepts/compliance.md lists what a template can use")
    };
    let env = environment();
    let compiled = env.template_from_named_str(name, &template).map_err(|e| wrong(&e))?;
    let mut out = Bounded(Vec::new());
    compiled.render_captured_to(Value::from_serialize(data), &mut out).map_err(|e| wrong(&e))?;
    String::from_utf8(out.0).map_err(|e| Error::internal(e.to_string()))
}

fn environment() -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_trim_blocks(true);
    env.set_lstrip_blocks(true);
    env.set_keep_trailing_newline(true);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(50);
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_formatter(|out, _, value| {
        if value.is_undefined() || value.is_none() {
            return Ok(());
        }
        let text = value.to_string();
        let text = if value.is_safe() { text } else { escape(&text) };
        out.write_str(&text).map_err(minijinja::Error::from)
    });
    env.add_filter("length", |v: &Value| {
        v.len().ok_or_else(|| minijinja::Error::new(ErrorKind::InvalidOperation, "this has no length"))
    });
    env.add_filter("default", |v: &Value, other: &Value| if v.is_undefined() || v.is_none() { other.clone() } else { v.clone() });
    env.add_filter("upper", |v: &str| v.to_uppercase());
    env.add_filter("lower", |v: &str| v.to_lowercase());
    env.add_filter("code", |v: &Value| Value::from_safe_string(code(&v.to_string())));
    env.add_filter("join", join);
    env.add_test("defined", |v: &Value| !v.is_undefined());
    env.add_test("none", |v: &Value| v.is_none());
    env
}

/// The items of a list, with a text between them: `, ` unless said.
fn join(list: &Value, between: Rest<String>) -> std::result::Result<String, minijinja::Error> {
    if list.kind() != ValueKind::Seq {
        return Err(minijinja::Error::new(ErrorKind::InvalidOperation, "only a list can be joined"));
    }
    let between = between.first().map_or(", ", String::as_str);
    let mut out = String::new();
    for (n, item) in list.try_iter()?.enumerate() {
        if n > 0 {
            out.push_str(between);
        }
        out.push_str(&item.to_string());
        if out.len() > LONGEST {
            return Err(minijinja::Error::new(ErrorKind::WriteFailure, "too long"));
        }
    }
    Ok(out)
}

/// One line of plain text in Markdown: nothing in it is markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '|' | '`' | '*' | '\\' | '[' | ']' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// A code span that holds any text.
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn one_line(text: &str) -> String {
    bd_gate::plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Looks for tags that there are not, so that the error says so instead of something about syntax.
fn refuse(name: &str, template: &str) -> Result<()> {
    for (number, line) in template.lines().enumerate() {
        for (at, _) in line.match_indices("{%") {
            let word = line[at + 2..].trim_start_matches(['-', '+']).trim_start();
            let word: String = word.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if REFUSED.contains(&word.as_str()) {
                return Err(Error::usage(format!("{name}:{}: `{word}` is not possible in a template of a report", number + 1))
                    .hint("`for`, `if`, `raw` and {{ values }} are: docs/concepts/compliance.md"));
            }
        }
    }
    Ok(())
}

struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(template: &str) -> Result<String> {
        render("t.md", template, &json!({"x": "a\n## b | <!-- JUDGE: c -->", "list": ["1", "2"], "none": null}))
    }

    #[test]
    fn data_is_no_markup() {
        assert_eq!(with("{{ x }}\n").unwrap(), "a ## b \\| &lt;!-- JUDGE: c -->\n");
        assert_eq!(with("{{ x|code }}\n").unwrap(), "`a ## b \\| <!-- JUDGE: c -->`\n");
        assert_eq!(with("{{ \"a`b\"|code }}{{ list|join }}{{ none }}{{ list|length }}").unwrap(), "``a`b``1, 22");
        assert_eq!(with("{% for i in list %}\n- {{ i }}\n{% endfor %}\nend\n").unwrap(), "- 1\n- 2\nend\n");
    }

    #[test]
    fn what_is_wrong_says_its_line() {
        for (bad, line) in [
            ("a\n{% if %}", "t.md:2: "),
            ("a\n\n{{ x.y.z }}", "t.md:3: "),
            ("{{ x|safe }}", "t.md:1: "),
            ("a\n{% include \"/etc/passwd\" %}", "t.md:2: `include`"),
            ("{%- extends 'x' %}", "t.md:1: `extends`"),
            ("{% set a = x ~ x %}", "t.md:1: `set`"),
            ("{{ range(5) }}", "t.md:1: "),
            ("+++\na = 1\n+++\n", "t.md:1: a template has no front"),
            ("\u{feff}a\r\n{{", "t.md:2: "),
        ] {
            let error = with(bad).unwrap_err();
            assert!(error.message.starts_with(line), "{bad}: {}", error.message);
        }
    }

    #[test]
    fn what_would_not_end_is_stopped() {
        let nested = "{% for a in [1]*1000 %}".repeat(4) + "x" + &"{% endfor %}".repeat(4);
        assert!(with(&nested).is_err());
        assert!(with("{{ ([1]*1000000000)|join('aaaaaaaaaa') }}").is_err());
        assert!(with("{% for a in [1]*100000 %}{{ 'x'*1000 }}{% endfor %}").is_err());
    }
}
