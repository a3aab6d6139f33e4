//! `gt convoy edit`: one value of a `convoy.toml` changed in place; every other byte stays as it is.
//!
//! The parser only says where things stand; the text itself is cut and put together here, so that comments, order, blank
//! lines and line ends cannot change.

use super::parse::parse;
use bd::error::{Error, Result};
use bd::query::nearest;
use std::ops::Range;
use toml_edit::{Document, Item, Table, Value};

/// What an edit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The whole new text.
    pub text: String,
    /// The value before, as it was written; `None` = the key was not there.
    pub old: Option<String>,
    /// The value now, as it is written.
    pub new: Option<String>,
}

/// Sets a key. `key` is a path of names with dots; below `molecules` and `risks` an id stands for its table:
/// `molecules.day3-workflow-refs.status`. `value` is a number, date, list or truth value where the old value is none of the
/// texts and it can be read as one, else a text.
///
/// # Errors
/// The file or the key cannot be understood, the key is a table, or the file could not be read afterwards (exit 2).
pub fn set(path: &str, text: &str, key: &str, value: &str) -> Result<Edited> {
    let names = names(key)?;
    let doc = read(path, text)?;
    let place = find(doc.as_table(), &names)?;
    let edited = match place.item {
        Some(Item::Value(old)) => {
            let span = old.span().ok_or_else(|| Error::internal("a value without a place"))?;
            let new = written(value, Some(old));
            let text = splice(text, span.clone(), &new);
            Edited { old: Some(source(&doc, span)), new: Some(new), text }
        }
        Some(_) => return Err(no_value(key)),
        None => {
            let new = written(value, None);
            let name = toml_edit::Key::new(place.last).to_string();
            let text = insert(text, place.table, &format!("{name} = {new}"));
            Edited { old: None, new: Some(new), text }
        }
    };
    checked(path, edited)
}

/// Takes a key out, with its line.
///
/// # Errors
/// As [`set`]; there is no such key.
pub fn unset(path: &str, text: &str, key: &str) -> Result<Edited> {
    let names = names(key)?;
    let doc = read(path, text)?;
    let place = find(doc.as_table(), &names)?;
    let Some(item) = place.item else {
        let near = nearest(place.last, place.table.iter().map(|(k, _)| k), 1);
        let error = Error::usage(format!("there is no `{}` in {path}", shown(key)));
        return Err(near.first().map_or(error, |n| {
            Error::usage(format!("there is no `{}` in {path}", shown(key))).hint(format!("Did you mean `{n}`?"))
        }));
    };
    let (Some(span), Some(from)) =
        (item.as_value().and_then(Value::span), place.table.key(place.last).and_then(toml_edit::Key::span))
    else {
        return Err(no_value(key));
    };
    let line = text[..from.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
    let old = source(&doc, span);
    checked(path, Edited { text: splice(text, line..end, ""), old: Some(old), new: None })
}

fn read(path: &str, text: &str) -> Result<Document<String>> {
    // The same words for what is wrong as everywhere.
    parse(path, text)?;
    Document::parse(text.to_owned()).map_err(|e| Error::usage(format!("{path}: {}", e.message())))
}

/// Keys whose values are counted and never read.
fn is_computed(names: &[&str]) -> bool {
    matches!(names, ["metrics" | "progress" | "health", ..])
        || matches!(names, ["timeline", "completed_days" | "remaining_days" | "progress_percent"])
}

fn names(key: &str) -> Result<Vec<&str>> {
    let names: Vec<&str> = key.split('.').map(str::trim).collect();
    let fits = |n: &str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if key.len() > 500 || !names.iter().copied().all(fits) {
        let hint = "Names with dots between them, like `owner`, `timeline.total_days` or `molecules.day3-workflow-refs.status`";
        return Err(Error::usage(format!("`{}` is no key", shown(key))).hint(hint));
    }
    if names == ["convoy_id"] || matches!(names.as_slice(), ["molecules", _, "id"]) {
        return Err(Error::usage(format!("`{key}` is what others know it by and stays as it is")));
    }
    if is_computed(&names) {
        return Err(Error::usage(format!("`{key}` is counted by gt and never read from the file"))
            .hint("`gt convoy show` and `gt convoy health` print what it comes to"));
    }
    Ok(names)
}

fn shown(key: &str) -> String {
    key.chars().take(80).collect::<String>().escape_debug().to_string()
}

fn no_value(key: &str) -> Error {
    Error::usage(format!("`{}` is a table, and only values can be set", shown(key))).hint("Name a key in it, with a dot between")
}

struct Place<'a> {
    table: &'a Table,
    last: &'a str,
    item: Option<&'a Item>,
}

fn find<'a>(top: &'a Table, names: &[&'a str]) -> Result<Place<'a>> {
    let Some((last, above)) = names.split_last() else { return Err(Error::usage("no key was named")) };
    let mut table = top;
    let mut at = 0;
    while at < above.len() {
        let name = above[at];
        table = match table.get(name) {
            Some(Item::Table(below)) => below,
            Some(Item::ArrayOfTables(all)) => {
                at += 1;
                let Some(id) = above.get(at) else {
                    return Err(Error::usage(format!("`{name}` is a list")).hint(format!("`{name}.ID.KEY` names a value in it")));
                };
                let of = |t: &Table| t.get("id").and_then(Item::as_str).map(str::to_owned);
                all.iter().find(|t| of(t).as_deref() == Some(id)).ok_or_else(|| {
                    let known: Vec<String> = all.iter().filter_map(of).collect();
                    let error = Error::usage(format!("`{name}` has no `{id}`"));
                    match nearest(id, known.iter().map(String::as_str), 1).first() {
                        Some(near) => error.hint(format!("Did you mean `{near}`?")),
                        None => error,
                    }
                })?
            }
            Some(Item::Value(_)) => return Err(Error::usage(format!("`{name}` is a value and has nothing below it"))),
            Some(Item::None) | None => {
                return Err(Error::usage(format!("there is no table `{}`", above[..=at].join(".")))
                    .hint("Write the table into the file first; this command changes values"));
            }
        };
        at += 1;
    }
    Ok(Place { table, last, item: table.get(last) })
}

fn source(doc: &Document<String>, span: Range<usize>) -> String {
    doc.raw().get(span).unwrap_or_default().to_owned()
}

fn splice(text: &str, span: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..span.start], &text[span.end..])
}

/// How the value is written: a text stays a text.
fn written(value: &str, old: Option<&Value>) -> String {
    let text = || Value::from(value).to_string();
    if old.is_some_and(Value::is_str) {
        return text();
    }
    match value.trim().parse::<Value>() {
        Ok(read) if !read.is_str() || value.trim().starts_with(['"', '\'']) => value.trim().to_owned(),
        _ => text(),
    }
}

/// Puts a line after the last value of a table, below its head where it has none.
fn insert(text: &str, table: &Table, line: &str) -> String {
    let values = table.iter().filter_map(|(_, item)| item.as_value().and_then(Value::span)).map(|s| s.end);
    let head = table.span().filter(|s| text[s.clone()].starts_with('[')).map(|s| s.end);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let Some(after) = values.max().or(head) else { return format!("{line}{newline}{text}") };
    match text[after..].find('\n') {
        Some(at) => splice(text, after + at + 1..after + at + 1, &format!("{line}{newline}")),
        None => format!("{text}{newline}{line}{newline}"),
    }
}

fn checked(path: &str, edited: Edited) -> Result<Edited> {
    parse(path, &edited.text)?;
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: &str = include_str!("../../../tests/gt/convoys/ledger-trail.toml");

    /// The lines that differ: before, after.
    fn diff<'a>(old: &'a str, new: &'a str) -> Vec<(&'a str, &'a str)> {
        assert_eq!(old.split('\n').count(), new.split('\n').count());
        old.split('\n').zip(new.split('\n')).filter(|(a, b)| a != b).collect()
    }

    #[test]
    fn one_value_changes_and_nothing_else() {
        let edited = set("c", LEDGER, "status", "completed").unwrap();
        assert_eq!((edited.old.as_deref(), edited.new.as_deref()), (Some("\"in_progress\""), Some("\"completed\"")));
        let lines = diff(LEDGER, &edited.text);
        assert_eq!(
            lines,
            [("status = \"in_progress\"   # people's word, not ours", "status = \"completed\"   # people's word, not ours")]
        );
        let edited = set("c", LEDGER, "molecules.day4-5-failures.team", "planner").unwrap();
        assert_eq!(diff(LEDGER, &edited.text), [("team = \"all-services\"  # several", "team = \"planner\"  # several")]);
        let edited = set("c", LEDGER, "timeline.total_days", "9").unwrap();
        assert_eq!(diff(LEDGER, &edited.text), [("total_days = 8", "total_days = 9")]);
        let edited = set("c", LEDGER, "molecules.day7-8-whole-story.dependencies.requires", "[\"day6-limits\"]").unwrap();
        assert!(edited.text.contains("requires = [\"day6-limits\"]\nblocks = []  # the last one"));
        let back = set("c", &set("c", LEDGER, "status", "x").unwrap().text, "status", "in_progress").unwrap();
        assert_eq!(back.text, LEDGER, "back to the byte");
    }

    #[test]
    fn texts_stay_texts_and_line_ends_stay_line_ends() {
        let crlf = "# a\r\nname = 'old' # b\r\n\r\n[timeline]\r\nstart_date = 2026-01-04\r\n";
        let edited = set("c", crlf, "name", "7 \"x\" # \\ é\n").unwrap();
        let read = parse("c", &edited.text).unwrap();
        assert_eq!(read.name.as_deref(), Some("7 \"x\" # \\ é"));
        assert!(edited.text.contains(" # b\r\n\r\n[timeline]\r\n"), "{:?}", edited.text);
        assert!(set("c", crlf, "name", "7").unwrap().text.contains("name = \"7\" # b"));
        let edited = set("c", crlf, "timeline.total_days", "3").unwrap();
        assert!(edited.text.ends_with("start_date = 2026-01-04\r\ntotal_days = 3\r\n"), "{:?}", edited.text);
        assert_eq!(set("c", crlf, "owner", "@a").unwrap().text, crlf.replace("# b\r\n", "# b\r\nowner = \"@a\"\r\n"));
        assert_eq!(set("c", "name = 'x'", "owner", "a").unwrap().text, "name = 'x'\nowner = \"a\"\n");
        assert_eq!(set("c", "# only\n[teams]\n", "owner", "a").unwrap().text, "owner = \"a\"\n# only\n[teams]\n");
        assert_eq!(
            set("c", "[teams] # t\n\n# z\n", "teams.primary_coordinator", "a").unwrap().text,
            "[teams] # t\nprimary_coordinator = \"a\"\n\n# z\n"
        );
    }

    #[test]
    fn a_key_can_go() {
        let edited = unset("c", LEDGER, "molecules.day3-settlement-refs.dependencies.blocks").unwrap();
        assert!(!edited.text.contains("no such molecule"));
        assert_eq!(edited.text.len() + "blocks = [\"day4-failures\"]   # no such molecule: a warning\n".len(), LEDGER.len());
        assert!(unset("c", LEDGER, "ownr").unwrap_err().hints[0].contains("`owner`"));
    }

    #[test]
    fn what_cannot_be_set() {
        for key in [
            "",
            "a..b",
            "a b",
            "teams",
            "molecules",
            "molecules.day1-intake-fields",
            "molecules.day9.status",
            "nothing.here",
            "name.x",
            "convoy_id",
            "molecules.day1-intake-fields.id",
            "progress.percent_complete",
            "timeline.completed_days",
            "health.status",
        ] {
            let error = set("c", LEDGER, key, "1").expect_err(key);
            assert_eq!(error.kind.exit_code(), 2, "{key}");
        }
        assert!(set("c", LEDGER, "molecules.day3-settlement.status", "x").unwrap_err().hints[0].contains("day3-settlement-refs"));
        assert!(set("c", "a = = 1", "name", "x").unwrap_err().message.contains("c:1:"), "a broken file says where");
    }
}
