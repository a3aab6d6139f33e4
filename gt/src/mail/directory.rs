//! Who can be written to, and who receives what is written to an address.

use super::address::{Everyone, Form, form, identity, team_key};
use super::{config, convoys, seen};
use bd::error::{Error, Result};
use bd::store::{Snapshot, Store};
use std::collections::{BTreeMap, BTreeSet};

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// Its name, without `@`.
    pub name: String,
    /// Identities of its members; empty where nobody configured any.
    pub members: BTreeSet<String>,
    /// Who receives for it while it has none.
    pub owner: Option<String>,
}

/// Whom an address stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The address as it is stored and shown: `@gateway`, `rig/witness`, `channel:news`.
    pub address: String,
    /// The identities of those who receive, at least one.
    pub members: BTreeSet<String>,
    /// The owner receives because the team has no members.
    pub for_team: bool,
}

/// Everybody who is known here.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// By key.
    pub teams: BTreeMap<String, Team>,
    /// Addresses by name.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Subscribers by name.
    pub channels: BTreeMap<String, Vec<String>>,
    /// People: the name as it was seen, by identity.
    pub users: BTreeMap<String, String>,
    /// Agents, the same way.
    pub agents: BTreeMap<String, String>,
    /// Rigs by name.
    pub rigs: BTreeSet<String>,
    /// The human on top.
    pub overseer: Option<String>,
    /// Who acts.
    pub me: String,
}

/// How deep groups may name groups.
const DEPTH: usize = 8;

impl Directory {
    /// Everybody: from the configuration, the convoys' files, the beads, the mail and the authors of the state.
    ///
    /// # Errors
    /// The configuration has a list that is none (exit 2); the beads or the mail cannot be read.
    pub fn load(store: &Store, snapshot: &Snapshot) -> Result<Self> {
        let mut out = Self::of_config(store)?;
        seen::of_beads(snapshot, |_, _, name| out.know(&name))?;
        seen::of_mail(snapshot, |name| out.know(name))?;
        seen::of_commits(store, |name| out.know(name))?;
        Ok(out)
    }

    /// The same for looks, from what is kept of all of these.
    ///
    /// # Errors
    /// As [`Directory::load`].
    pub fn load_kept(store: &Store, snapshot: &Snapshot, kept: &mut crate::views::Files) -> Result<Self> {
        let mut out = Self::for_look(store, kept)?;
        crate::views::people(store, snapshot)?.iter().for_each(|name| out.know(name));
        Ok(out)
    }

    /// Those whom files name, and who acts: enough to say what reaches somebody.
    ///
    /// # Errors
    /// As [`Directory::load`], for the configuration.
    pub fn of_config(store: &Store) -> Result<Self> {
        Self::of_crews(store, convoys::read(store))
    }

    /// The same for looks, from what is kept of the convoys' files; what is new of them is in `kept` then, and not written yet.
    ///
    /// # Errors
    /// As [`Directory::of_config`].
    pub fn for_look(store: &Store, kept: &mut crate::views::Files) -> Result<Self> {
        Self::of_crews(store, convoys::read_kept(store, kept))
    }

    fn of_crews(store: &Store, crews: Vec<convoys::Crew>) -> Result<Self> {
        let people = config::read(store)?;
        let mut out = Self { me: store.actor().to_string(), ..Self::default() };
        let git = store.git();
        let folder = git.paths().work_dir.as_deref().and_then(|d| d.file_name()).map(|n| n.to_string_lossy().into_owned());
        out.rigs.extend(folder.into_iter().chain([store.config().prefix().to_owned()]).chain(people.rigs.iter().cloned()));
        let user = git.config("user.name").unwrap_or_default();
        let owners: Vec<String> = crews.iter().filter_map(|c| c.owner.clone()).collect();
        let one_owner = owners.first().filter(|first| owners.iter().all(|o| identity(o) == identity(first))).cloned();
        let human =
            Some(user.clone()).filter(|u| !u.trim().is_empty()).or_else(|| Some(out.me.clone()).filter(|m| !m.contains('/')));
        out.overseer = people.overseer.clone().or(one_owner).or(human);
        for (name, members) in &people.teams {
            out.team(name, None).members.extend(members.iter().map(|m| identity(m)));
        }
        for crew in &crews {
            for (name, members) in &crew.members {
                out.team(name, crew.owner.as_ref()).members.extend(members.iter().map(|m| identity(m)));
            }
            for name in &crew.teams {
                out.team(name, crew.owner.as_ref());
            }
        }
        let overseer = out.overseer.clone();
        for team in out.teams.values_mut().filter(|t| t.owner.is_none()) {
            team.owner.clone_from(&overseer);
        }
        out.groups = people.groups.clone();
        out.channels = people.channels.clone();
        let listed = people.teams.values().chain(people.groups.values()).chain(people.channels.values()).flatten();
        let named: Vec<String> = listed.chain(&people.known).chain(crews.iter().flat_map(|c| &c.people)).cloned().collect();
        let me = out.me.clone();
        for name in named.iter().chain(&people.overseer).chain([&user, &me]) {
            out.know(name);
        }
        Ok(out)
    }

    fn team(&mut self, name: &str, owner: Option<&String>) -> &mut Team {
        let shown = name.trim().trim_start_matches('@').to_owned();
        let team = self.teams.entry(team_key(name)).or_insert_with(|| Team { name: shown, ..Team::default() });
        if team.owner.is_none() {
            team.owner = owner.cloned();
        }
        team
    }

    /// Takes up a name that was seen: a user's, or an agent's where it has a slash. Names of teams, groups and others are
    /// passed over.
    pub fn know(&mut self, name: &str) {
        let name = name.trim();
        if name.is_empty() || name == "unknown" || self.teams.contains_key(&team_key(name)) {
            return;
        }
        match form(name) {
            Ok(Form::Agent(path)) => {
                if let Some((rig, _)) = path.split_once('/').filter(|(rig, _)| !matches!(*rig, "mayor" | "deacon")) {
                    self.rigs.insert(rig.to_owned());
                }
                self.agents.entry(identity(path)).or_insert_with(|| path.trim_start_matches('@').replace("/polecats/", "/"));
            }
            Ok(Form::Name(_)) => {
                self.users.entry(identity(name)).or_insert_with(|| name.trim_start_matches('@').to_owned());
            }
            _ => {}
        }
    }

    /// Whom an address stands for.
    ///
    /// # Errors
    /// It is none, or nobody is behind it (exit 2): the nearest are named.
    pub fn resolve(&self, address: &str) -> Result<Recipient> {
        self.resolve_at(address, 0)
    }

    fn resolve_at(&self, address: &str, depth: usize) -> Result<Recipient> {
        let form = form(address).map_err(|why| {
            Error::usage(format!("`{}` is no address: {why}", address.escape_debug()))
                .hint("`gt mail directory` shows who can be written to")
        })?;
        let one = |address: String| {
            let members = BTreeSet::from([identity(&address)]);
            Ok(Recipient { address, members, for_team: false })
        };
        match form {
            Form::Myself => one(self.shown(&self.me)),
            Form::Overseer => match &self.overseer {
                Some(name) => one(self.shown(name)),
                None => Err(Error::usage("nobody is the overseer here").hint("`gt config set users.overseer NAME` says who is")),
            },
            Form::User(name) if self.users.contains_key(&identity(name)) => Ok(self.of_user(name)),
            Form::Team(name) => self.of_team(name).unwrap_or_else(|| Err(self.unknown(address))),
            Form::Group(name) => self.of_list(&self.groups, "group", name, depth).unwrap_or_else(|| Err(self.unknown(address))),
            Form::Channel(name) => {
                self.of_list(&self.channels, "channel", name, depth).unwrap_or_else(|| Err(self.unknown(address)))
            }
            Form::Everyone(which) => self.everyone(address, which),
            Form::Rig(rig) => self.everyone(address, Everyone::Rig(rig)),
            Form::Agent(path) => self.of_agent(path).unwrap_or_else(|| Err(self.unknown(address))),
            Form::User(_) => Err(self.unknown(address)),
            Form::Name(name) => self.of_name(address, name, depth),
        }
    }

    /// How a name is written: `@name`, or an agent's path.
    pub fn shown(&self, name: &str) -> String {
        let id = identity(name);
        match (self.agents.get(&id), id.as_str()) {
            (_, "mayor" | "deacon") => format!("{id}/"),
            (Some(path), _) => path.clone(),
            (None, _) if id.contains('/') => id,
            (None, _) => format!("@{id}"),
        }
    }

    fn of_user(&self, name: &str) -> Recipient {
        let is_team = self.teams.contains_key(&team_key(name));
        let address = if is_team { format!("user:{}", identity(name)) } else { self.shown(name) };
        Recipient { address, members: BTreeSet::from([identity(name)]), for_team: false }
    }

    fn of_agent(&self, path: &str) -> Option<Result<Recipient>> {
        let id = identity(path);
        let (rig, name) = id.split_once('/').unwrap_or((&id, ""));
        let is_post = matches!(name, "witness" | "refinery") && self.rigs.iter().any(|r| identity(r) == rig);
        let shorthand = matches!(rig, "crew" | "polecats") && !self.agents.contains_key(&id);
        if shorthand {
            // `crew/joe` where one rig has a joe.
            let tail = if rig == "crew" { format!("/crew/{name}") } else { format!("/{name}") };
            let fits: Vec<&String> =
                self.agents.keys().filter(|a| a.ends_with(&tail) && (rig == "crew") == a.contains("/crew/")).collect();
            return match fits.as_slice() {
                [one] => {
                    Some(Ok(Recipient { address: self.shown(one), members: BTreeSet::from([(*one).clone()]), for_team: false }))
                }
                _ => None,
            };
        }
        let known = matches!(id.as_str(), "mayor" | "deacon") || is_post || self.agents.contains_key(&id);
        known.then(|| Ok(Recipient { address: self.shown(&id), members: BTreeSet::from([id.clone()]), for_team: false }))
    }

    fn of_team(&self, name: &str) -> Option<Result<Recipient>> {
        let team = self.teams.get(&team_key(name))?;
        let is_user = self.users.contains_key(&identity(&team.name));
        let address = format!("{}{}", if is_user { "team:" } else { "@" }, team.name);
        Some(match (team.members.is_empty(), &team.owner) {
            (false, _) => Ok(Recipient { address, members: team.members.clone(), for_team: false }),
            (true, Some(owner)) => Ok(Recipient { address, members: BTreeSet::from([identity(owner)]), for_team: true }),
            (true, None) => Err(Error::usage(format!("nobody is in the team `{}`, and it has no owner", team.name))
                .hint(format!("`gt config set teams.{} ann,bob` says who is", team.name))),
        })
    }

    fn of_list(&self, lists: &BTreeMap<String, Vec<String>>, kind: &str, name: &str, depth: usize) -> Option<Result<Recipient>> {
        let (known, addresses) = lists.iter().find(|(known, _)| identity(known) == identity(name))?;
        let mut members = BTreeSet::new();
        for address in addresses {
            if depth >= DEPTH {
                return Some(Err(Error::usage(format!("the {kind} `{known}` names itself by way of others"))));
            }
            match self.resolve_at(address, depth + 1) {
                Ok(found) => members.extend(found.members),
                Err(e) => return Some(Err(e)),
            }
        }
        if members.is_empty() {
            return Some(Err(Error::usage(format!("nobody is in the {kind} `{known}`"))));
        }
        Some(Ok(Recipient { address: format!("{kind}:{known}"), members, for_team: false }))
    }

    fn everyone(&self, address: &str, which: Everyone<'_>) -> Result<Recipient> {
        let below = |rig: &str| format!("{}/", identity(rig));
        let agents = self.agents.keys();
        let members: BTreeSet<String> = match which {
            Everyone::Town => self.users.keys().chain(agents).cloned().collect(),
            Everyone::Rig(rig) => agents.filter(|a| a.starts_with(&below(rig))).cloned().collect(),
            Everyone::Crew(rig) => agents.filter(|a| a.starts_with(&format!("{}crew/", below(rig)))).cloned().collect(),
            Everyone::Polecats(rig) => {
                let worker = |a: &&String| {
                    a.strip_prefix(&below(rig)).is_some_and(|n| !n.contains('/') && n != "witness" && n != "refinery")
                };
                agents.filter(worker).cloned().collect()
            }
            Everyone::Witnesses => agents.filter(|a| a.ends_with("/witness")).cloned().collect(),
        };
        if members.is_empty() {
            return Err(self.unknown(address));
        }
        Ok(Recipient { address: address.trim().to_owned(), members, for_team: false })
    }

    fn of_name(&self, address: &str, name: &str, depth: usize) -> Result<Recipient> {
        let user = self.users.contains_key(&identity(name)).then(|| Ok(self.of_user(name)));
        let found = [
            ("user", user),
            ("team", self.of_team(name)),
            ("group", self.of_list(&self.groups, "group", name, depth)),
            ("channel", self.of_list(&self.channels, "channel", name, depth)),
        ];
        let kinds: Vec<&str> = found.iter().filter(|(_, f)| f.is_some()).map(|(kind, _)| *kind).collect();
        if kinds.len() > 1 {
            let bare = name.trim_start_matches('@');
            let ways: Vec<String> = kinds.iter().map(|kind| format!("`{kind}:{bare}`")).collect();
            return Err(Error::usage(format!("`{}` is the name of a {}", name.escape_debug(), kinds.join(" and of a ")))
                .hint(format!("Write {}", ways.join(" or "))));
        }
        found.into_iter().find_map(|(_, found)| found).unwrap_or_else(|| Err(self.unknown(address)))
    }

    fn unknown(&self, address: &str) -> Error {
        let names = self.names();
        let wanted = address.trim();
        let by_name = |text: &str| text.trim_start_matches('@').to_lowercase();
        let plain: Vec<(String, &String)> = names.iter().map(|n| (by_name(n), n)).collect();
        let near = bd::query::nearest(&by_name(wanted), plain.iter().map(|(p, _)| p.as_str()), 3);
        let near: Vec<String> =
            near.iter().filter_map(|n| plain.iter().find(|(p, _)| p == n)).map(|(_, n)| format!("`{n}`")).collect();
        let error = Error::usage(format!("`{}` is nobody who is known here", wanted.escape_debug()));
        if near.is_empty() {
            error.hint("`gt mail directory` shows who can be written to; `gt config set users.known NAME,NAME` makes people known")
        } else {
            error.hint(format!("Did you mean {}?", near.join(" or ")))
        }
    }

    /// Every address that is known, as it is written.
    pub fn names(&self) -> Vec<String> {
        let lists = |kind: &'static str, all: &BTreeMap<String, Vec<String>>| {
            all.keys().map(move |k| format!("{kind}:{k}")).collect::<Vec<_>>()
        };
        let mut out: Vec<String> = ["mayor/", "deacon/", "overseer", "@town"].map(str::to_owned).to_vec();
        out.extend(self.users.keys().map(|u| self.shown(u)));
        out.extend(self.teams.values().map(|t| format!("@{}", t.name)));
        out.extend(self.agents.values().cloned());
        out.extend(self.rigs.iter().flat_map(|r| [format!("{r}/witness"), format!("{r}/refinery")]));
        out.extend(lists("group", &self.groups));
        out.extend(lists("channel", &self.channels));
        out
    }
}

#[cfg(test)]
#[path = "directory_tests.rs"]
mod tests;
