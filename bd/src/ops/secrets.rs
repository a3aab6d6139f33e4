//! Shapes of secrets in texts that are about to be shared (users.md P18). No regular expressions: every write comes by.

use memchr::memmem;

/// A line with this word is taken as it is: for documentation and tests that show what a token looks like
/// (docs/concepts/secrets.md).
pub const ALLOW: &str = "not-a-secret";

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it looks like.
    pub what: &'static str,
    /// Its first characters, never all of it.
    pub shown: String,
}

struct Shape {
    what: &'static str,
    start: &'static str,
    /// How many characters of the alphabet must follow.
    least: usize,
    /// Characters besides letters and digits.
    extra: &'static str,
    /// Only upper case letters and digits.
    upper: bool,
}

const fn shape(what: &'static str, start: &'static str, least: usize, extra: &'static str) -> Shape {
    Shape { what, start, least, extra, upper: false }
}

const SHAPES: &[Shape] = &[
    Shape { what: "an AWS access key", start: "AKIA", least: 16, extra: "", upper: true },
    Shape { what: "an AWS access key", start: "ASIA", least: 16, extra: "", upper: true },
    shape("a GitHub token", "ghp_", 30, ""),
    shape("a GitHub token", "gho_", 30, ""),
    shape("a GitHub token", "ghu_", 30, ""),
    shape("a GitHub token", "ghs_", 30, ""),
    shape("a GitHub token", "ghr_", 30, ""),
    shape("a GitHub token", "github_pat_", 40, "_"),
    shape("a GitLab token", "glpat-", 18, "-_"),
    shape("a Slack token", "xoxb-", 10, "-"),
    shape("a Slack token", "xoxp-", 10, "-"),
    shape("a Slack token", "xoxa-", 10, "-"),
    shape("a Slack token", "xoxr-", 10, "-"),
    shape("a Slack token", "xoxs-", 10, "-"),
    shape("a Slack token", "xapp-", 10, "-"),
    shape("a Stripe key", "sk_live_", 16, ""),
    shape("a Stripe key", "rk_live_", 16, ""),
    shape("an API key", "sk-", 20, "-_"),
    shape("a Google API key", "AIza", 35, "-_"),
    shape("an npm token", "npm_", 30, ""),
    shape("a PyPI token", "pypi-AgE", 40, "-_"),
    shape("a Hugging Face token", "hf_", 30, ""),
    shape("a Docker token", "dckr_pat_", 20, "-_"),
    shape("a SendGrid key", "SG.", 40, "-_."),
    shape("a signed web token", "eyJ", 60, "-_."),
];

/// Names that are followed by a secret where a value of much disorder is assigned to them.
const NAMES: &[&str] =
    &["password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "private_key", "auth"];

/// The first thing in a text that looks like a secret.
pub fn find(text: &str) -> Option<Found> {
    text.lines().find_map(|line| if line.contains(ALLOW) { None } else { in_line(line) })
}

fn in_line(line: &str) -> Option<Found> {
    if line.contains("-----BEGIN") && line.contains("PRIVATE KEY") {
        return Some(Found { what: "a private key", shown: "-----BEGIN …".to_owned() });
    }
    for shape in SHAPES {
        for at in memmem::find_iter(line.as_bytes(), shape.start) {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-') {
                continue;
            }
            let rest = &line[at + shape.start.len()..];
            let fits =
                |c: char| (c.is_ascii_alphanumeric() && (!shape.upper || !c.is_ascii_lowercase())) || shape.extra.contains(c);
            let token: &str = rest.split(|c: char| !fits(c)).next().unwrap_or_default();
            if token.len() >= shape.least && is_token(shape, token) {
                return Some(Found { what: shape.what, shown: format!("{}…", shape.start) });
            }
        }
    }
    assignment(line)
}

/// Tells tokens from words that are joined by hyphens (`sk-learn-and-other-words`) and from plain encoded JSON.
fn is_token(shape: &Shape, token: &str) -> bool {
    match shape.start {
        "sk-" => {
            token.chars().any(|c| c.is_ascii_digit()) && token.split(['-', '_']).any(|part| part.len() >= 16 && entropy(part) > 3.2)
        }
        "eyJ" => token.matches('.').count() == 2,
        start if start.starts_with("xo") || start == "xapp-" => token.chars().any(|c| c.is_ascii_digit()),
        _ => true,
    }
}

/// `name = value` where the value looks drawn by lot: 20 characters or more, letters and digits, much disorder.
fn assignment(line: &str) -> Option<Found> {
    let lower = line.to_ascii_lowercase();
    for name in NAMES {
        for at in memmem::find_iter(lower.as_bytes(), name) {
            let rest = line.get(at + name.len()..)?.trim_start_matches(['"', '\'', '`', '_', ' ']);
            let Some(value) = rest.strip_prefix([':', '=']) else { continue };
            let value = value.trim_start_matches(['=', ' ', '"', '\'', '`']);
            let value = value.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=_-".contains(c))).next().unwrap_or_default();
            let digits = value.chars().filter(char::is_ascii_digit).count();
            let letters = value.chars().filter(char::is_ascii_alphabetic).count();
            // Words that are joined, and paths, have few digits; hashes of commits are common and no secrets, but
            // nobody assigns one to `password`.
            if value.len() >= 20 && digits >= 3 && letters >= 3 && !value.contains("://") && entropy(value) > 3.5 {
                return Some(Found { what: "a secret that is assigned", shown: format!("{name} = …") });
            }
        }
    }
    None
}

/// Shannon's measure in bits a character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = text.len().max(1) as f64;
    counts.iter().filter(|n| **n > 0).map(|n| f64::from(*n) / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_and_never_shown_whole() {
        let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        for (text, what) in [
            ("-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(), "a private key"),
            (format!("key {}{}", "AKIA", "IOSFODNN7EXAMPLE"), "an AWS access key"),
            (format!("{}{body}", "ghp_"), "a GitHub token"),
            (format!("x=\"{}{body}\"", "sk-ant-api03-"), "an API key"),
            (format!("{}123456789012-abcdefABCDEF", "xoxb-"), "a Slack token"),
            (format!("password: '{body}'"), "a secret that is assigned"),
            (format!("API_KEY={body}"), "a secret that is assigned"),
        ] {
            let found = find(&format!("before\n{text}\nafter")).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.what, what, "{text}");
            assert!(!found.shown.contains("B2c3") && !found.shown.contains("IOSF"));
        }
    }

    #[test]
    fn ordinary_text_passes_and_so_does_what_is_marked() {
        for text in [
            "Fix the password reset: token expires too early",
            "sk-learn-and-some-other-words-that-are-long",
            "see commit 587be6b4c3f93f93c489c0111bba5596147a26cb",
            "task-ghp_ is a prefix, AKIA too",
            "token = os.environ['GITHUB_TOKEN']",
            "https://example.org/a/very/long/path/with-many-parts-2026?token=short",
            "password = correct horse battery staple",
            "bd-0123456789ab blocks bd-zzzzzzzzzzzz",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
        let marked = format!("{}{} ({ALLOW})", "AKIA", "IOSFODNN7EXAMPLE");
        assert_eq!(find(&marked), None);
        assert!(find(&format!("{ALLOW}\n{}{}", "AKIA", "IOSFODNN7EXAMPLE")).is_some(), "the word counts for its own line");
    }
}
