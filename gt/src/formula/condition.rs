//! Conditions under which a step is poured: `{{v}}`, `!{{v}}`, `{{v}} == x`, `{{v}} != x`.

use super::text::{Piece, pieces};

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// The variable.
    pub name: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    True,
    False,
    Is(String),
    IsNot(String),
}

impl Condition {
    /// Reads one; `None` if it is none of the four forms.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negated, text) = match text.strip_prefix('!') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let Some(Piece::Braced { whole, name, double: true, at: 0 }) = pieces(text).next() else { return None };
        let name = name.to_owned();
        let rest = text[whole.len()..].trim();
        if rest.is_empty() {
            return Some(Self { name, test: if negated { Test::False } else { Test::True } });
        }
        let value = |v: &str| {
            let v = v.trim();
            let inner = |q: char| v.strip_prefix(q).and_then(|v| v.strip_suffix(q));
            inner('"').or_else(|| inner('\'')).unwrap_or(v).to_owned()
        };
        match (negated, rest.strip_prefix("=="), rest.strip_prefix("!=")) {
            (false, Some(v), _) => Some(Self { name, test: Test::Is(value(v)) }),
            (false, _, Some(v)) => Some(Self { name, test: Test::IsNot(value(v)) }),
            _ => None,
        }
    }

    /// True if a value meets it. Empty, `false` and `0` are not true.
    pub fn holds(&self, value: &str) -> bool {
        let truth = !matches!(value.trim(), "" | "false" | "0");
        match &self.test {
            Test::True => truth,
            Test::False => !truth,
            Test::Is(want) => value == want,
            Test::IsNot(want) => value != want,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_forms() {
        let table = [
            ("{{v}}", "yes", true),
            ("{{v}}", "false", false),
            ("{{v}}", "", false),
            ("!{{v}}", "0", true),
            ("! {{ v }}", "x", false),
            ("{{v}} == x", "x", true),
            ("{{v}}=='a b'", "a b", true),
            ("{{v}} != x", "x", false),
            ("{{v}} != \"\"", "", false),
        ];
        for (text, value, want) in table {
            let condition = Condition::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((condition.name.as_str(), condition.holds(value)), ("v", want), "{text} {value}");
        }
        for bad in ["", "v", "{{v}} > 3", "x == {{v}}", "!{{v}} == x", "step.status == 'complete'", "{v}", "{{}}"] {
            assert_eq!(Condition::parse(bad), None, "{bad}");
        }
    }
}
