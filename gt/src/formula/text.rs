//! `{{name}}` and `{name}` in texts.

use super::recipe::Step;
use serde_json::Value;

/// The value for a name between braces; the second is true for two braces.
pub(super) type Lookup<'v> = dyn FnMut(&str, bool) -> Option<String> + 'v;

/// The longest thing between braces that is looked at.
const LONGEST: usize = 130;

/// Words of template languages that stand between braces and are no variables.
const KEYWORDS: &[&str] = &["else", "end", "if", "each", "unless", "with", "this", "range", "define", "block", "log", "lookup"];

/// True if a name between two braces is that of a variable, not of a template language.
pub(super) fn is_reference(name: &str) -> bool {
    super::names::is_variable(name) && !KEYWORDS.contains(&name)
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// As it is.
    Plain(&'a str),
    /// Something between braces.
    Braced {
        /// With the braces.
        whole: &'a str,
        /// Without them and blanks.
        name: &'a str,
        /// True for two braces.
        double: bool,
        /// Where it begins.
        at: usize,
    },
}

/// The parts of a text, in their order. Linear.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    let mut found: Option<(usize, usize)> = None;
    std::iter::from_fn(move || {
        if let Some((start, end)) = found.take() {
            at = end;
            return Some(braced(text, start, end));
        }
        if at >= text.len() {
            return None;
        }
        let from = at;
        let mut search = at;
        while let Some(open) = text[search..].find('{').map(|o| search + o) {
            match close(text, open) {
                Some(end) if open == from => {
                    at = end;
                    return Some(braced(text, open, end));
                }
                Some(end) => {
                    found = Some((open, end));
                    at = end;
                    return Some(Piece::Plain(&text[from..open]));
                }
                None => search = open + if text[open..].starts_with("{{") { 2 } else { 1 },
            }
        }
        at = text.len();
        Some(Piece::Plain(&text[from..]))
    })
}

fn braced(text: &str, start: usize, end: usize) -> Piece<'_> {
    let whole = &text[start..end];
    let double = whole.starts_with("{{");
    let n = if double { 2 } else { 1 };
    Piece::Braced { whole, name: whole[n..whole.len() - n].trim(), double, at: start }
}

/// Behind the braces that are opened at a byte, if there is a name between them.
fn close(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let n = if bytes.get(open + 1) == Some(&b'{') { 2 } else { 1 };
    let from = open + n;
    let inner = bytes[from..].iter().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(b)).count();
    let name = text[from..from + inner].trim();
    let closes = !name.is_empty() && bytes[from + inner..].starts_with(&b"}}"[..n]);
    // Three braces are somebody else's.
    let more = n == 2 && bytes.get(from + inner + 2) == Some(&b'}');
    (closes && !more).then_some(from + inner + n)
}

/// Puts values in; what `lookup` has no value for stays. `None` if the result is longer than `most`.
pub(super) fn fill(text: &str, most: usize, lookup: &mut Lookup<'_>) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) => out.push_str(plain),
            Piece::Braced { whole, name, double, .. } => match lookup(name, double) {
                Some(value) => out.push_str(&value),
                None => out.push_str(whole),
            },
        }
        if out.len() > most {
            return None;
        }
    }
    Some(out)
}

/// What a text of a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A program's command line.
    Command,
    /// Any other.
    Other,
}

/// All texts of a step but its id and those that name other steps.
pub(super) fn each(step: &mut Step, f: &mut dyn FnMut(&mut String, Sort)) {
    for text in [&mut step.title, &mut step.description] {
        f(text, Sort::Other);
    }
    let optional = [
        &mut step.phase,
        &mut step.tdd_phase,
        &mut step.timeout,
        &mut step.report_template,
        &mut step.acceptance,
        &mut step.assignee,
    ];
    optional.into_iter().flatten().for_each(|text| f(text, Sort::Other));
    let lists = [
        &mut step.approval_criteria,
        &mut step.rejection_actions,
        &mut step.success_criteria,
        &mut step.validation_categories,
        &mut step.anti_pattern_checks,
        &mut step.remediation_steps,
        &mut step.authoritative_sources,
        &mut step.inputs,
        &mut step.outputs,
        &mut step.labels,
    ];
    lists.into_iter().flatten().for_each(|text| f(text, Sort::Other));
    step.validation_commands.iter_mut().for_each(|text| f(text, Sort::Command));
    step.extra.values_mut().for_each(|value| each_of(value, f));
}

fn each_of(value: &mut Value, f: &mut dyn FnMut(&mut String, Sort)) {
    match value {
        Value::String(text) => f(text, Sort::Other),
        Value::Array(items) => items.iter_mut().for_each(|item| each_of(item, f)),
        Value::Object(object) => object.values_mut().for_each(|item| each_of(item, f)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        fill(text, 1000, &mut |name, double| match (name, double) {
            ("x", true) => Some("X".into()),
            ("target" | "target.title", false) => Some("T{{x}}".into()),
            _ => None,
        })
        .unwrap()
    }

    #[test]
    fn braces() {
        let table = [
            ("a {{x}} b{{ x }}", "a X bX"),
            ("{target}: {target.title}{", "T{{x}}: T{{x}}{"),
            ("{{{x}}} ${{ github.x }} {{#if x}} {{/if}} {{y}}", "{{{x}}} ${{ github.x }} {{#if x}} {{/if}} {{y}}"),
            ("{ {x} {} {{}} {{ü}} {{x}", "{ {x} {} {{}} {{ü}} {{x}"),
            ("", ""),
            ("ü{{x}}ü", "üXü"),
        ];
        for (text, want) in table {
            assert_eq!(filled(text), want, "{text}");
        }
        assert_eq!(fill("{{x}}{{x}}", 5, &mut |_, _| Some("abc".into())), None);
        let long = "{".repeat(100_000);
        assert_eq!(filled_long(&long), long);
    }

    fn filled_long(text: &str) -> String {
        fill(text, usize::MAX, &mut |_, _| None).unwrap()
    }

    #[test]
    fn what_is_no_variable() {
        assert!(is_reference("feature") && !is_reference("else") && !is_reference("a.b") && !is_reference("1"));
    }
}
