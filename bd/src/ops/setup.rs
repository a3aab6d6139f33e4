//! Telling agents about `bd`: a hook in Claude's settings, a section in AGENTS.md. Idempotent, exact to remove.

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// `.claude/settings.json`: `bd prime` when a session starts and before it is compacted.
    Claude,
    /// A section in `AGENTS.md`, which Codex reads.
    Codex,
    /// The same section, for any agent that reads `AGENTS.md`.
    Generic,
}

impl Recipe {
    /// All, with the names that the command line takes.
    pub const ALL: [(&'static str, Self); 3] = [("claude", Self::Claude), ("codex", Self::Codex), ("agents", Self::Generic)];

    /// Reads a name; `generic` is `agents`, and agents that read AGENTS.md are known by their own names.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "claude" => Some(Self::Claude),
            "codex" | "factory" => Some(Self::Codex),
            "agents" | "generic" | "opencode" | "cursor" | "amp" => Some(Self::Generic),
            _ => None,
        }
    }

    /// The file that it writes, from the top of the working tree.
    pub fn file(self) -> &'static str {
        match self {
            Self::Claude => ".claude/settings.json",
            Self::Codex | Self::Generic => "AGENTS.md",
        }
    }
}

/// What is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing of ours.
    Missing,
    /// Ours, and as we would write it.
    Current,
    /// Ours, and older or edited.
    Stale,
}

const BEGIN: &str = "<!-- BEGIN BEADS INTEGRATION -->";
const END: &str = "<!-- END BEADS INTEGRATION -->";
const SECTION: &str = "<!-- BEGIN BEADS INTEGRATION -->
## Work tracking with bd

This project keeps its work items in the repository. Run `bd prime` when you start: it says how to find, take and finish work.
In short: `bd ready`, `bd claim ID`, `bd comment ID \"…\"`, `bd close ID --reason \"…\"`, and `bd sync` before you stop.
<!-- END BEADS INTEGRATION -->
";
const COMMAND: &str = "bd prime";
const EVENTS: [&str; 2] = ["SessionStart", "PreCompact"];

/// Looks, and changes nothing.
///
/// # Errors
/// The file cannot be read, or is not JSON where it should be.
pub fn check(top: &Path, recipe: Recipe) -> Result<Found> {
    let (_, old) = read(top, recipe)?;
    let new = with(recipe, &old, &path_of(top, recipe))?;
    let bare = without(recipe, &old, &path_of(top, recipe))?;
    Ok(if new == old {
        Found::Current
    } else if bare == old {
        Found::Missing
    } else {
        Found::Stale
    })
}

/// Adds or renews it; `false` if it was there as it should be.
///
/// # Errors
/// As [`check`]; the file cannot be written.
pub fn add(top: &Path, recipe: Recipe) -> Result<bool> {
    let (path, old) = read(top, recipe)?;
    let new = with(recipe, &old, &path)?;
    write_if_changed(&path, &old, &new)
}

/// Takes it out again; everything else stays as it is. A file that held nothing else goes.
///
/// # Errors
/// As [`add`].
pub fn remove(top: &Path, recipe: Recipe) -> Result<bool> {
    let (path, old) = read(top, recipe)?;
    let new = without(recipe, &old, &path)?;
    if new.trim().is_empty() || new.trim() == "{}" {
        if old.is_empty() {
            return Ok(false);
        }
        if new != old {
            crate::failpoint!("setup.remove.before");
            std::fs::remove_file(&path).map_err(|e| Error::io(&path, &e))?;
            crate::failpoint!("setup.remove.after");
            return Ok(true);
        }
    }
    write_if_changed(&path, &old, &new)
}

fn path_of(top: &Path, recipe: Recipe) -> PathBuf {
    top.join(recipe.file())
}

fn read(top: &Path, recipe: Recipe) -> Result<(PathBuf, String)> {
    let path = path_of(top, recipe);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok((path, String::new())),
        Err(e) => Err(Error::io(&path, &e)),
    }
}

fn write_if_changed(path: &Path, old: &str, new: &str) -> Result<bool> {
    if old == new {
        return Ok(false);
    }
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(|e| Error::io(dir, &e))?;
    }
    let temp = path.with_extension("bd-new");
    crate::failpoint!("setup.write.before");
    std::fs::write(&temp, new).map_err(|e| Error::io(&temp, &e))?;
    crate::failpoint!("setup.write.after");
    crate::failpoint!("setup.rename.before");
    std::fs::rename(&temp, path).map_err(|e| Error::io(path, &e))?;
    crate::failpoint!("setup.rename.after");
    Ok(true)
}

fn with(recipe: Recipe, old: &str, path: &Path) -> Result<String> {
    match recipe {
        Recipe::Claude => claude(old, path, true),
        Recipe::Codex | Recipe::Generic => {
            let rest = section_out(old);
            let place = old.find(BEGIN).filter(|_| rest != old).unwrap_or(rest.len());
            let (before, after) = rest.split_at(place.min(rest.len()));
            let gap = if before.is_empty() || before.ends_with("\n\n") {
                ""
            } else if before.ends_with('\n') {
                "\n"
            } else {
                "\n\n"
            };
            Ok(format!("{before}{gap}{SECTION}{after}"))
        }
    }
}

fn without(recipe: Recipe, old: &str, path: &Path) -> Result<String> {
    match recipe {
        Recipe::Claude => claude(old, path, false),
        Recipe::Codex | Recipe::Generic => {
            let rest = section_out(old);
            // The blank line that `add` put before a section at the end.
            let grown = rest != old && rest.ends_with("\n\n");
            Ok(if grown { rest[..rest.len() - 1].to_owned() } else { rest })
        }
    }
}

/// The text without any section of ours (a second one came from a merge).
fn section_out(text: &str) -> String {
    let mut out = text.to_owned();
    while let Some(start) = out.find(BEGIN) {
        let Some(len) = out[start..].find(END) else { break };
        let mut end = start + len + END.len();
        if out[end..].starts_with('\n') {
            end += 1;
        }
        out.replace_range(start..end, "");
    }
    out
}

fn claude(old: &str, path: &Path, want: bool) -> Result<String> {
    use serde_json::{Map, Value, json};
    let mut root: Value = if old.trim().is_empty() {
        json!({})
    } else {
        serde_json::from_str(old).map_err(|e| {
            Error::usage(format!("{} is not JSON: {e}", path.display())).hint("Mend the file first; nothing was changed")
        })?
    };
    let before = root.clone();
    let Some(settings) = root.as_object_mut() else {
        return Err(Error::usage(format!("{} is not a JSON object", path.display())));
    };
    let ours = |hook: &Value| hook["command"].as_str().is_some_and(|c| c == COMMAND || c.starts_with("bd prime "));
    let hooks = settings.entry("hooks").or_insert_with(|| Value::Object(Map::new()));
    let Some(hooks) = hooks.as_object_mut() else {
        return Err(Error::usage(format!("{}: `hooks` is not an object", path.display())));
    };
    for event in EVENTS {
        let groups = hooks.entry(event).or_insert_with(|| json!([]));
        let Some(groups) = groups.as_array_mut() else {
            return Err(Error::usage(format!("{}: `hooks.{event}` is not a list", path.display())));
        };
        for group in groups.iter_mut() {
            if let Some(list) = group["hooks"].as_array_mut() {
                list.retain(|hook| !ours(hook));
            }
        }
        groups.retain(|g| g["hooks"].as_array().is_none_or(|list| !list.is_empty()));
        if want {
            groups.push(json!({"matcher": "", "hooks": [{"type": "command", "command": COMMAND}]}));
        }
    }
    hooks.retain(|event, groups| !EVENTS.contains(&event.as_str()) || groups.as_array().is_none_or(|g| !g.is_empty()));
    if hooks.is_empty() {
        settings.remove("hooks");
    }
    if root == before {
        return Ok(old.to_owned());
    }
    let mut text = serde_json::to_string_pretty(&root).map_err(|e| Error::internal(e.to_string()))?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_is_once_and_removal_is_exact() {
        for (recipe, before) in [
            (Recipe::Generic, None),
            (Recipe::Generic, Some("# Rules\n\nBe kind.\n")),
            (Recipe::Codex, Some("no newline at the end")),
            (Recipe::Claude, None),
            (Recipe::Claude, Some("{\n  \"model\": \"x\",\n  \"hooks\": {\n    \"Stop\": []\n  }\n}\n")),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join(recipe.file());
            if let Some(text) = before {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, text).unwrap();
            }
            assert_eq!(check(dir.path(), recipe).unwrap(), Found::Missing);
            assert!(add(dir.path(), recipe).unwrap());
            let once = std::fs::read_to_string(&path).unwrap();
            assert!(!add(dir.path(), recipe).unwrap(), "{recipe:?}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), once);
            assert_eq!(check(dir.path(), recipe).unwrap(), Found::Current);
            assert!(remove(dir.path(), recipe).unwrap());
            match before {
                None => assert!(!path.exists()),
                Some(text) if recipe == Recipe::Claude => {
                    let now: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                    assert_eq!(now["model"], serde_json::from_str::<serde_json::Value>(text).unwrap()["model"]);
                    assert!(now.get("hooks").is_none_or(|h| h.get("SessionStart").is_none()));
                }
                Some(text) => assert_eq!(std::fs::read_to_string(&path).unwrap().trim_end(), text.trim_end()),
            }
        }
    }

    #[test]
    fn a_file_that_is_not_what_it_should_be_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(".claude")).unwrap();
        let path = dir.path().join(".claude/settings.json");
        std::fs::write(&path, "{ not json").unwrap();
        assert!(add(dir.path(), Recipe::Claude).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{ not json");
    }
}
