//! Settings of `gt`: what the project decides, in `.beads/config.toml`; what is this user's own, in a file of the clone
//! that only the user can read and that no commit can hold.

mod check;
mod local;
mod shared;

pub(crate) use check::is_address;
pub use local::{Local, PATH as LOCAL_FILE};

use bd::error::{Error, Result};
use bd::query::nearest;
use bd::store::Store;

/// Where a setting lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the tracked file: it counts for everybody once it is on the default branch.
    Project,
    /// In this clone only.
    Clone,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `true` or `false`.
    Flag,
    /// A text of one line.
    Word,
    /// Names, with commas between them.
    Names,
    /// An `http` or `https` address; whoever knows it can use it, so that it is never listed.
    Secret,
    /// A mail address.
    Address,
    /// `host:port`.
    HostPort,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name; `teams.<name>` stands for any name.
    pub name: &'static str,
    /// Where it lives.
    pub home: Home,
    /// What its value is.
    pub shape: Shape,
    /// What it means.
    pub about: &'static str,
}

const fn key(name: &'static str, home: Home, shape: Shape, about: &'static str) -> Key {
    Key { name, home, shape, about }
}

/// All of them.
pub const KEYS: &[Key] = &[
    key("approval.self", Home::Project, Shape::Flag, "whoever worked on a molecule may approve its checkpoints"),
    key("workday.from", Home::Project, Shape::Word, "when the working day begins, such as 09:00"),
    key("workday.to", Home::Project, Shape::Word, "when it ends"),
    key("workday.days", Home::Project, Shape::Names, "its days: mon,tue,wed,thu,fri"),
    key("workday.timezone", Home::Project, Shape::Word, "where: UTC, Europe/Berlin, +02:00"),
    key("compliance.requirement", Home::Project, Shape::Word, "a regular expression: what a requirement id looks like"),
    key("compliance.documents", Home::Project, Shape::Names, "globs of the files that say what is required"),
    key("compliance.tests", Home::Project, Shape::Names, "globs of the files that are tests"),
    key("compliance.coverage", Home::Project, Shape::Names, "coverage files besides those that are found by their names"),
    key("teams.<name>", Home::Project, Shape::Names, "who is in a team"),
    key("groups.<name>", Home::Project, Shape::Names, "addresses behind one name"),
    key("channels.<name>", Home::Project, Shape::Names, "who listens to a channel"),
    key("users.known", Home::Project, Shape::Names, "people who can be written to before they have done anything here"),
    key("users.overseer", Home::Project, Shape::Word, "the human on top"),
    key("notifications.for", Home::Clone, Shape::OneOf(&["mine", "all"]), "whose alerts are delivered"),
    key("notifications.command", Home::Clone, Shape::Word, "a command that gets each alert on standard input"),
    key("notifications.email.enabled", Home::Clone, Shape::Flag, "deliver alerts by e-mail"),
    key("notifications.email.address", Home::Clone, Shape::Address, "where to"),
    key("notifications.email.from", Home::Clone, Shape::Address, "the sender; the address itself unless set"),
    key(
        "notifications.email.smtp",
        Home::Clone,
        Shape::HostPort,
        "a relay that takes mail without encryption, such as localhost:25",
    ),
    key("notifications.email.program", Home::Clone, Shape::Word, "a command instead of sendmail; $GT_ADDRESS is the address"),
    key("notifications.slack.enabled", Home::Clone, Shape::Flag, "deliver alerts to Slack or what understands its webhooks"),
    key("notifications.slack.webhook", Home::Clone, Shape::Secret, "the webhook's URL"),
    key("notifications.slack.channel", Home::Clone, Shape::Word, "another channel than the webhook's own"),
    key("notifications.mobile.enabled", Home::Clone, Shape::Flag, "deliver alerts to a phone, through a push service's URL"),
    key("notifications.mobile.webhook", Home::Clone, Shape::Secret, "the push service's URL"),
    key("notifications.mobile.device_token", Home::Clone, Shape::Word, "the phone's token"),
];

/// True for settings whose value is never listed.
pub fn is_secret(key: &Key) -> bool {
    key.shape == Shape::Secret || key.name.ends_with("device_token")
}

/// The setting of a name.
///
/// # Errors
/// There is none (exit 2); the nearest is said.
pub fn find(name: &str) -> Result<&'static Key> {
    let fits = |key: &&Key| match key.name.strip_suffix("<name>") {
        Some(table) => name.strip_prefix(table).is_some_and(|rest| !rest.is_empty()),
        None => key.name == name,
    };
    if let Some(key) = KEYS.iter().find(fits) {
        if key.name.ends_with("<name>") {
            let (_, last) = name.split_once('.').unwrap_or_default();
            let plain = last.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) && last.len() <= 100;
            if !plain {
                return Err(Error::usage(format!(
                    "`{}` cannot name one: letters, digits, `-` and `_` are what it may hold",
                    last.escape_debug()
                )));
            }
        }
        return Ok(key);
    }
    let near = nearest(name, KEYS.iter().map(|k| k.name), 1);
    let error = Error::usage(format!("there is no setting `{}`", name.escape_debug()));
    Err(match near.first() {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error.hint("`gt config list` shows the settings that there are; `bd config list` shows those of the tracker"),
    })
}

/// The value in force, as text; `None` if it is not set.
///
/// # Errors
/// No such setting (exit 2), or a file that does not parse.
pub fn get(store: &Store, name: &str) -> Result<Option<String>> {
    match find(name)?.home {
        Home::Clone => Ok(Local::load(store)?.get(name)),
        Home::Project => shared::get(store, name),
    }
}

/// Writes (`Some`) or removes (`None`) a setting; `true` if it is in force at once.
///
/// # Errors
/// No such setting, a value that does not fit, a secret in what is shared (nothing is written then).
pub fn set(store: &Store, name: &str, value: Option<&str>) -> Result<bool> {
    let key = find(name)?;
    let value = value.map(|text| check::value(key, name, text)).transpose()?;
    match key.home {
        Home::Clone => Local::set(store, name, value).map(|()| true),
        Home::Project => shared::set(store, name, value),
    }
}

/// The names that are set below a key such as `teams.<name>`, and every other key by its own name.
///
/// # Errors
/// A file that does not parse.
pub fn names(store: &Store, key: &Key) -> Result<Vec<String>> {
    match key.name.strip_suffix(".<name>") {
        Some(table) => shared::below(store, table),
        None => Ok(vec![key.name.to_owned()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_wrong_ones_are_refused() {
        assert_eq!(find("teams.gateway").unwrap().name, "teams.<name>");
        assert_eq!(find("notifications.slack.webhook").unwrap().home, Home::Clone);
        for bad in ["teams", "teams.", "teams.a b", "teams.a.b", "teams.\n", "nothing", "", "notifications.email.enable"] {
            assert!(find(bad).is_err(), "{bad:?}");
        }
        assert!(find("notifications.email.enable").unwrap_err().hints[0].contains("enabled"));
        for key in KEYS {
            let local = key.name.starts_with("notifications.");
            assert_eq!(key.home, if local { Home::Clone } else { Home::Project }, "{}", key.name);
        }
    }
}
