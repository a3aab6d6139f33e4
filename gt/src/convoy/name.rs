//! Names of convoys, molecules and teams: a name that stands in a path is checked before it does.

use crate::molecule::names;
use bd::error::Result;

/// True if a text can be the name of a convoy or molecule ([`names::check`]).
pub fn is_name(text: &str) -> bool {
    names::check("convoy", text).is_ok()
}

/// Checks the name of a team: `gateway`, `holmesgpt-api`, `@gateway-team`. The `@` is left out of what is kept.
///
/// # Errors
/// It is none (exit 2).
pub fn team(text: &str) -> Result<String> {
    let name = text.trim().trim_start_matches('@');
    names::check("team", name)?;
    Ok(name.to_owned())
}

/// A name made of a title: lower case, `-` between words. `None` where nothing of it can stand in a name.
pub fn slug(title: &str) -> Option<String> {
    let mut out = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= 60 {
            break;
        }
    }
    let out = out.trim_end_matches('-').to_owned();
    is_name(&out).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams() {
        assert_eq!(team("@gateway-team").unwrap(), "gateway-team");
        assert!(team("@").is_err() && team("a,b").is_err() && team("../x").is_err());
    }

    #[test]
    fn slugs() {
        assert_eq!(slug("SOC2: Audit  Trail!").as_deref(), Some("soc2-audit-trail"));
        assert_eq!(slug("—"), None);
        assert!(slug(&"ab ".repeat(100)).is_some_and(|s| s.len() <= 60 && is_name(&s)));
    }
}
