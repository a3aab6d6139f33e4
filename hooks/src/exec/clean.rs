//! What a program printed, as it may be shown and kept: no control characters, no secrets.

use crate::plain;
use bd::ops::secrets;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// Names of variables whose values are nobody's business.
const SECRET_NAMES: &[&str] =
    &["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "APIKEY", "API_KEY", "PRIVATE_KEY"];

/// Takes secrets out of lines: shapes of keys and tokens, users in URLs, and the values of the secret variables of this run.
pub struct Cleaner {
    values: Vec<String>,
    in_key: bool,
}

impl Cleaner {
    /// With the variables that the program had.
    pub fn new(vars: &BTreeMap<String, String>) -> Self {
        let secret = |name: &str| SECRET_NAMES.iter().any(|s| name.to_ascii_uppercase().contains(s));
        let lines = vars.iter().filter(|(name, _)| secret(name)).flat_map(|(_, value)| value.lines());
        // Short ones (`true`, `none`, a number) would turn half of the output into stars.
        let values: BTreeSet<&str> = lines.map(str::trim).filter(|v| v.len() >= 8).collect();
        let mut values: Vec<String> = values.into_iter().map(str::to_owned).collect();
        values.sort_by_key(|v| std::cmp::Reverse(v.len()));
        Self { values, in_key: false }
    }

    /// Lines, in order, as they may be shown.
    pub fn lines<S: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = S>) -> Vec<String> {
        lines.into_iter().filter_map(|line| self.line(line.as_ref())).collect()
    }

    /// A text of some lines.
    pub fn text(&mut self, text: &str) -> String {
        self.lines(text.lines()).join("\n")
    }

    /// One line; `None` inside of a private key.
    fn line(&mut self, line: &str) -> Option<String> {
        let mut line = plain(line);
        if self.in_key {
            self.in_key = !line.contains("-----END");
            return None;
        }
        for value in &self.values {
            if line.contains(value.as_str()) {
                line = line.replace(value.as_str(), "[redacted]");
            }
        }
        let line = bd::git::redact(&line);
        let Some(found) = secrets::find(&line) else { return Some(line) };
        self.in_key = line.contains("-----BEGIN") && !line.contains("-----END");
        Some(format!("[redacted: this line has {}]", found.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        let vars = BTreeMap::from([
            ("MY_API_TOKEN".to_owned(), "tr0ub4dor".to_owned()),
            ("TOKEN_COUNT".to_owned(), "12".to_owned()),
            ("HOME".to_owned(), "/home/somebody".to_owned()),
        ]);
        let text = format!(
            "12 tests in /home/somebody\nsent tr0ub4dor.\nkey {}{}\n-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----\nfrom https://u:pw@host/r\nend",
            "AKIA", "IOSFODNN7EXAMPLE"
        );
        let clean = Cleaner::new(&vars).text(&text);
        let lines: Vec<&str> = clean.lines().collect();
        assert_eq!(lines[0], "12 tests in /home/somebody");
        assert_eq!(lines[1], "sent [redacted].");
        assert_eq!(lines[lines.len() - 2..], ["from https://host/r", "end"]);
        for secret in ["tr0ub4dor", "IOSF", "MIIabc", "pw@"] {
            assert!(!clean.contains(secret), "{secret}: {clean}");
        }
    }
}
