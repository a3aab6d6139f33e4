//! What reaches one reader.

use super::address::{identity, team_key};
use super::directory::Directory;
use super::model::Message;
use std::collections::HashSet;

/// A reader: a person or an agent, with what he belongs to.
#[derive(Clone, Debug)]
pub struct Reader {
    /// As he is shown.
    pub name: String,
    /// What tells him from others.
    pub identity: String,
    /// Teams, groups and channels that reach him, as their addresses are compared.
    memberships: HashSet<String>,
}

/// What an address of a team, group or channel is compared by; `None` for one person's.
fn membership(address: &str) -> Option<String> {
    let address = address.trim();
    match address.split_once(':') {
        Some(("team", name)) => Some(format!("team:{}", team_key(name))),
        Some((kind @ ("group" | "channel"), name)) => Some(format!("{kind}:{}", identity(name))),
        Some(_) => None,
        None => address.strip_prefix('@').map(|name| format!("team:{}", team_key(name))),
    }
}

impl Reader {
    /// A reader of this name.
    pub fn new(directory: &Directory, name: &str) -> Self {
        let id = identity(name);
        let mut memberships = HashSet::new();
        for (key, team) in &directory.teams {
            let owns = team.members.is_empty() && team.owner.as_ref().is_some_and(|o| identity(o) == id);
            if owns || team.members.contains(&id) {
                memberships.insert(format!("team:{key}"));
            }
        }
        for (kind, lists) in [("group", &directory.groups), ("channel", &directory.channels)] {
            for name in lists.keys() {
                if directory.resolve(&format!("{kind}:{name}")).is_ok_and(|r| r.members.contains(&id)) {
                    memberships.insert(format!("{kind}:{}", identity(name)));
                }
            }
        }
        Self { name: directory.shown(name), identity: id, memberships }
    }

    /// True if a message was sent to him: by name, when it was sent, or through what he belongs to now.
    pub fn receives(&self, message: &Message) -> bool {
        self.is_among(&message.recipients, &message.to, &message.cc)
    }

    /// True if what was sent to these reaches him: to identities, and to addresses as they are understood now.
    pub fn is_among(&self, recipients: &[String], to: &[String], cc: &[String]) -> bool {
        recipients.contains(&self.identity)
            || to.iter().chain(cc).filter_map(|a| membership(a)).any(|m| self.memberships.contains(&m))
    }

    /// True if he sent it.
    pub fn sent(&self, message: &Message) -> bool {
        self.wrote(&message.from, &message.by)
    }

    /// True if he sends in this name, or is this actor.
    pub fn wrote(&self, from: &str, by: &str) -> bool {
        identity(by) == self.identity || identity(from) == self.identity
    }
}
