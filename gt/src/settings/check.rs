//! Values, checked before they are written.

use super::{Home, Key, Shape};
use bd::error::{Error, Result};
use toml_edit::{Array, Value};

/// The value that a text stands for.
///
/// # Errors
/// It does not fit (exit 2), or is a secret in a setting that is shared (exit 4).
pub(super) fn value(key: &Key, name: &str, text: &str) -> Result<Value> {
    let text = text.trim();
    let wrong = |why: &str| Error::usage(format!("{name} cannot be set to that: {why}"));
    if text.is_empty() && key.shape != Shape::Names {
        return Err(wrong("it is empty").hint(format!("`gt config unset {name}` takes it away")));
    }
    if text.len() > 4096 || text.chars().any(char::is_control) {
        return Err(wrong("it has to be one line of at most 4096 bytes without control characters"));
    }
    if key.home == Home::Project {
        bd::ops::change::check_text(name, text)?;
    }
    match key.shape {
        Shape::Flag => match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(true.into()),
            "false" | "no" | "off" | "0" => Ok(false.into()),
            _ => Err(wrong("it is true or false")),
        },
        Shape::Word => Ok(text.into()),
        Shape::Names => Ok(Value::Array(text.split(',').map(str::trim).filter(|t| !t.is_empty()).collect::<Array>())),
        Shape::Secret => {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            let fits = host.is_some_and(|h| !h.is_empty() && !h.starts_with('/')) && !text.contains(char::is_whitespace);
            if fits { Ok(text.into()) } else { Err(wrong("it is no http or https URL")) }
        }
        Shape::Address => {
            if is_address(text) {
                Ok(text.into())
            } else {
                Err(wrong("it is no mail address"))
            }
        }
        Shape::HostPort => {
            let fits = text.rsplit_once(':').is_some_and(|(host, port)| {
                let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
                !host.is_empty() && host.chars().all(plain) && port.parse::<u16>().is_ok_and(|p| p > 0)
            });
            if fits { Ok(text.into()) } else { Err(wrong("it is no host:port")) }
        }
        Shape::OneOf(words) => match words.iter().find(|w| w.eq_ignore_ascii_case(text)) {
            Some(word) => Ok((*word).into()),
            None => Err(wrong(&format!("it is one of {}", words.join(", ")))),
        },
    }
}

/// True for what can stand as an address in an envelope: nothing in it ends a line or a bracket, or is taken for a flag.
pub(crate) fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || ".!#%&'*+/=?^_{}~-@".contains(c);
    let parts: Vec<&str> = text.split('@').collect();
    matches!(parts.as_slice(), [name, host] if !name.is_empty() && !host.is_empty())
        && !text.starts_with('-')
        && text.len() <= 254
        && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::super::{KEYS, find};
    use super::*;

    #[test]
    fn values_fit_or_are_refused() {
        let check = |name: &str, text: &str| value(find(name).unwrap(), name, text);
        for (name, text, written) in [
            ("notifications.email.enabled", "Yes", "true"),
            ("notifications.email.address", "ann@example.org", "\"ann@example.org\""),
            ("notifications.email.smtp", "localhost:25", "\"localhost:25\""),
            ("notifications.email.smtp", "[::1]:25", "\"[::1]:25\""),
            ("notifications.slack.webhook", "https://hooks.example/x", "\"https://hooks.example/x\""),
            ("notifications.for", "ALL", "\"all\""),
            ("teams.a", "ann, bob,", "[\"ann\", \"bob\"]"),
            ("teams.a", "", "[]"),
        ] {
            assert_eq!(check(name, text).unwrap().to_string(), written, "{name}");
        }
        for (name, text) in [
            ("notifications.email.enabled", "maybe"),
            ("notifications.email.address", "ann"),
            ("notifications.email.address", "-x@y"),
            ("notifications.email.address", "a@b>\r\nRCPT TO:<c@d"),
            ("notifications.email.smtp", "host"),
            ("notifications.email.smtp", "host:0"),
            ("notifications.email.smtp", "a b:25"),
            ("notifications.slack.webhook", "ftp://x"),
            ("notifications.slack.webhook", "https://"),
            ("notifications.slack.webhook", "https://x y"),
            ("notifications.for", "me"),
            ("users.overseer", ""),
            ("users.overseer", "a\nb"),
        ] {
            assert!(check(name, text).is_err(), "{name} {text:?}");
        }
        assert_eq!(KEYS.iter().filter(|k| super::super::is_secret(k)).count(), 3);
    }
}
