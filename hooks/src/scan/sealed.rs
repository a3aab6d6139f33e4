//! The rule `beads`: files of events are written once. Somebody who edits one changes what others said.

use super::rule::Rule;
use crate::Finding;
use crate::diff::FileChange;
use bd::store::{SealedName, check_sealed};

/// What is wrong with a file of events in a change. `bytes` is its content, or `None` where it was removed or is not at hand;
/// files of other names and places are none of it.
pub fn sealed(rule: &Rule, change: &FileChange, bytes: Option<&[u8]>) -> Option<Finding> {
    let (stream, name) = parts(&change.path)?;
    let finding = |line: Option<usize>, why: String| Finding {
        path: change.path.clone(),
        line: line.map_or(1, |n| u32::try_from(n).unwrap_or(u32::MAX)),
        column: 1,
        rule: rule.id.clone(),
        severity: rule.severity,
        message: format!("{}: {why}", rule.message),
        advice: rule.advice.clone(),
        // An event can hold what nobody should see again.
        excerpt: String::new(),
    };
    if change.special {
        return Some(finding(None, "it is a link or a submodule".to_owned()));
    }
    if change.removed {
        return None;
    }
    let bad = bytes.and_then(|bytes| check_sealed(stream, &name, bytes).err());
    let was_here = change.old_path.as_deref().is_none_or(|old| old == change.path);
    if was_here && change.old_blob.is_some() && change.blob.is_some() && change.old_blob != change.blob {
        let line = bad.as_ref().and_then(|(line, _)| *line);
        return Some(finding(line, "it was changed after it was sealed".to_owned()));
    }
    bad.map(|(line, why)| finding(line, why))
}

/// The stream and the name of `.beads/<stream>/[<day>/]<name>`.
fn parts(path: &str) -> Option<(&str, SealedName)> {
    let (stream, rest) = path.strip_prefix(".beads/")?.split_once('/')?;
    let name = rest.rsplit('/').next()?;
    Some((stream, SealedName::parse(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lines, scan::RuleSet};
    use bd::git::Oid;

    fn change(path: &str, old: Option<u8>, new: Option<u8>) -> FileChange {
        let oid = |n: u8| Oid::from_hex(&format!("{n:02x}").repeat(20));
        FileChange {
            path: path.to_owned(),
            old_path: None,
            blob: new.and_then(oid),
            old_blob: old.and_then(oid),
            removed: new.is_none(),
            special: false,
            lines: Lines::All,
        }
    }

    #[test]
    fn a_sealed_file_that_was_changed_or_is_not_what_its_name_says_is_found_and_a_good_one_is_not() {
        let set = RuleSet::built_in();
        let rule = set.rule("beads").unwrap();
        let good = b"{\"a\":1}\n{\"b\":2}\n";
        let path = format!(".beads/mail/{}", SealedName::loose(good, "2026-11-21T02:17:00Z"));
        let why = |change: &FileChange, bytes: &[u8]| sealed(rule, change, Some(bytes)).map(|f| (f.line, f.message));

        assert_eq!(why(&change(&path, None, Some(1)), good), None);
        assert_eq!(why(&change(&path, Some(1), Some(1)), good), None);
        assert_eq!(sealed(rule, &change(&path, Some(1), None), None), None, "removing is another question");
        assert_eq!(why(&change(".beads/config.toml", Some(1), Some(2)), b"x"), None);
        assert_eq!(why(&change(".beads/mail/README.md", Some(1), Some(2)), b"x"), None);

        let (line, text) = why(&change(&path, Some(1), Some(2)), good).unwrap();
        assert!(line == 1 && text.ends_with("it was changed after it was sealed"), "{text}");
        let (line, text) = why(&change(&path, None, Some(1)), b"{\"a\":1}\nno json\n").unwrap();
        assert!(line == 2, "{text}");
        let (_, text) = why(&change(&path, None, Some(1)), b"{\"a\":2}\n").unwrap();
        assert!(text.contains("digest"), "{text}");
        let (line, _) = why(&change(&path, Some(1), Some(2)), b"{\"a\":1}\nno json\n").unwrap();
        assert_eq!(line, 2);
        // Copied from elsewhere is not changed; moved onto itself is.
        let moved = |old: &str| FileChange { old_path: Some(old.to_owned()), ..change(&path, Some(1), Some(2)) };
        assert_eq!(why(&moved("elsewhere.jsonl"), good), None);
        assert!(why(&moved(&path), good).is_some());
        let link = FileChange { special: true, ..change(&path, None, Some(1)) };
        assert!(sealed(rule, &link, None).unwrap().message.ends_with("a submodule"));
        assert!(
            sealed(
                rule,
                &change(&format!(".beads/events/2026-11-21/{}", SealedName::loose(good, "2026-11-21T02:17:00Z")), None, Some(1)),
                Some(good)
            )
            .is_some(),
            "no event"
        );
    }
}
