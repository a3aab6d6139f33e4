//! The bead of a convoy: who is in it, where it stands, who is told.

use super::name;
use bd::config::Config;
use bd::error::{Error, Result};
use bd::fold::{Bead, Holding};
use bd::model::{BeadId, DepType, Status, Value};
use bd::ops::create::key_id;
use bd::query::{Filter, nearest};
use bd::store::{Snapshot, Store};
use serde::{Deserialize, Serialize};

/// The type of these beads.
pub const TYPE: &str = "convoy";

/// Names of fields on the bead of a convoy.
pub mod field {
    /// The convoy's id.
    pub const ID: &str = "convoy.id";
    /// The teams, as a list.
    pub const TEAMS: &str = "convoy.teams";
    /// Where its `convoy.toml` is, from the top of the tree.
    pub const FILE: &str = "convoy.file";
    /// What the last look before the launch came to: `staged_ready` or `staged_warnings`.
    pub const STAGE: &str = "convoy.stage";
    /// True once a staged convoy was launched; never taken back, so that it wins over a stage that did not see it.
    pub const LAUNCHED: &str = "convoy.launched";
    /// What fields begin with that say what was proven when it landed: the target's tip follows, the value is the target's
    /// name. Two clones that land at once write two fields and no conflict.
    pub const LANDED: &str = "convoy.landed.";
}

/// What labels of watchers begin with.
pub const WATCH: &str = "watch:";

/// What was proven at landing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landed {
    /// The target branch: `main`.
    pub target: String,
    /// The target's tip at that moment.
    pub tip: String,
}

/// Where a convoy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Looked over without a finding; not launched.
    StagedReady,
    /// Looked over with warnings; not launched.
    StagedWarnings,
    /// Under way.
    Open,
    /// Landed (or closed by hand).
    Closed,
}

impl State {
    /// The word: `staged_ready`, `staged_warnings`, `open`, `closed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StagedReady => "staged_ready",
            Self::StagedWarnings => "staged_warnings",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// `open` or `closed`: what programs ask.
    pub fn is_closed(self) -> bool {
        self == Self::Closed
    }

    /// True before the launch.
    pub fn is_staged(self) -> bool {
        matches!(self, Self::StagedReady | Self::StagedWarnings)
    }
}

/// A convoy as its bead says it.
#[derive(Clone, Debug)]
pub struct Convoy {
    /// Its bead.
    pub bead: BeadId,
    /// Fields about which two clones said different things that nobody has settled.
    pub conflicts: Vec<String>,
    /// True if several hold it.
    pub is_held_by_several: bool,
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// The teams that it was made with.
    pub teams: Vec<String>,
    /// Where its file is, from the top of the tree.
    pub file: Option<String>,
    /// Where it stands.
    pub state: State,
    /// What it tracks, as the edges say: ids of beads, in order.
    pub tracks: Vec<String>,
    /// Who is told, sorted.
    pub watchers: Vec<String>,
    /// What was proven when it landed.
    pub landed: Option<Landed>,
}

/// What the bead of a convoy says, before the configuration says what its status means.
pub struct Raw {
    /// The bead.
    pub bead: BeadId,
    /// As [`Convoy::id`].
    pub id: String,
    /// Its title.
    pub name: String,
    /// Its status.
    pub status: String,
    /// As [`Convoy::owner`].
    pub owner: Option<String>,
    /// As [`Convoy::file`].
    pub file: Option<String>,
    /// What the last look before the launch came to.
    pub stage: Option<String>,
    /// It was launched.
    pub launched: bool,
    /// As [`Convoy::is_held_by_several`].
    pub is_held_by_several: bool,
    /// As [`Convoy::teams`].
    pub teams: Vec<String>,
    /// As [`Convoy::tracks`].
    pub tracks: Vec<String>,
    /// As [`Convoy::watchers`].
    pub watchers: Vec<String>,
    /// As [`Convoy::conflicts`].
    pub conflicts: Vec<String>,
    /// What was proven last, whether or not it is closed.
    pub landed: Option<Landed>,
}

impl Raw {
    /// Reads the bead.
    pub fn of(bead: &Bead) -> Self {
        let tracked = bead.edges.iter().filter(|e| e.edge.kind == DepType::TRACKS);
        Self {
            id: bead.text(field::ID).unwrap_or_else(|| bead.id.as_str().to_owned()),
            name: bead.title(),
            status: bead.status().as_str().to_owned(),
            owner: bead.text("owner"),
            file: bead.text(field::FILE),
            stage: bead.text(field::STAGE),
            launched: bead.flag(field::LAUNCHED),
            is_held_by_several: matches!(bead.holding(), Holding::Contested(_)),
            teams: bead.get(field::TEAMS).and_then(Value::decode).unwrap_or_default(),
            tracks: tracked.map(|e| e.edge.to.clone()).collect(),
            watchers: bead.labels.keys().filter_map(|l| l.strip_prefix(WATCH)).map(str::to_owned).collect(),
            conflicts: bead.conflicts().into_iter().map(|c| c.field).collect(),
            landed: landed(bead),
            bead: bead.id.clone(),
        }
    }

    /// The convoy, under a configuration.
    pub fn judged(self, config: &Config) -> Convoy {
        let closed = config.category(&Status::new(&self.status)) == bd::model::Category::Done;
        let state = match self.stage.as_deref() {
            _ if closed => State::Closed,
            Some(_) if self.launched => State::Open,
            Some("staged_ready") => State::StagedReady,
            Some(_) => State::StagedWarnings,
            None => State::Open,
        };
        Convoy {
            bead: self.bead,
            conflicts: self.conflicts,
            is_held_by_several: self.is_held_by_several,
            id: self.id,
            name: self.name,
            owner: self.owner,
            teams: self.teams,
            file: self.file,
            state,
            tracks: self.tracks,
            watchers: self.watchers,
            landed: self.landed.filter(|_| closed),
        }
    }
}

impl Convoy {
    /// Reads the bead.
    pub fn of(bead: &Bead, config: &Config) -> Self {
        Raw::of(bead).judged(config)
    }

    /// True if two clones said different things about it that nobody has settled, or closed and reopened it at once.
    pub fn is_contested(&self) -> bool {
        self.is_held_by_several || !self.conflicts.is_empty()
    }
}

/// What was proven last.
fn landed(bead: &Bead) -> Option<Landed> {
    let all = bead.fields.iter().filter_map(|(name, register)| Some((name.strip_prefix(field::LANDED)?, register.shown())));
    let (tip, head) = all.max_by_key(|(_, head)| head.id)?;
    Some(Landed { target: head.value.as_str()?.into_owned(), tip: tip.to_owned() })
}

/// The name of the bead of a convoy: the same in every clone.
///
/// # Errors
/// The project's prefix cannot begin a name.
pub fn bead_id(prefix: &str, id: &str) -> Result<BeadId> {
    key_id(prefix, &format!("gt convoy {id}"))
}

/// Every convoy that stands, by id; the closed ones too.
///
/// # Errors
/// As [`Snapshot::list_page`].
pub fn all(store: &Store, snapshot: &Snapshot) -> Result<Vec<Convoy>> {
    let filter = Filter { types: vec![TYPE.to_owned()], closed_too: true, templates_too: true, ..Filter::default() };
    let mut out = Vec::new();
    for row in crate::rows::not_work(snapshot, &filter)? {
        let bead = snapshot.bead(&BeadId::new(&row.id)?)?.filter(|b| !b.is_deleted());
        out.extend(bead.map(|b| Convoy::of(&b, store.config())));
    }
    out.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| a.bead.cmp(&b.bead)));
    Ok(out)
}

/// The convoy that a text names: its id, else its bead's id or a unique beginning of that.
///
/// # Errors
/// There is none (exit 2): the nearest are named, and the file that only has to be adopted.
pub fn find(store: &Store, snapshot: &Snapshot, text: &str) -> Result<Convoy> {
    let text = text.trim();
    let standing = |id: &BeadId| -> Result<Option<Convoy>> {
        let bead = snapshot.bead(id)?.filter(|b| !b.is_deleted() && b.issue_type() == TYPE);
        Ok(bead.map(|b| Convoy::of(&b, store.config())))
    };
    if name::is_name(text) {
        if let Some(convoy) = standing(&bead_id(store.config().prefix(), text)?)? {
            return Ok(convoy);
        }
    }
    among(store, snapshot, text, all(store, snapshot)?)
}

/// The same among `all` that there are, where none has the bead that belongs to the text as an id.
///
/// # Errors
/// As [`find`].
pub fn among(store: &Store, snapshot: &Snapshot, text: &str, mut all: Vec<Convoy>) -> Result<Convoy> {
    let text = text.trim();
    if let Some(at) = all.iter().position(|c| c.id == text) {
        return Ok(all.swap_remove(at));
    }
    if let Ok(id) = snapshot.resolve(text) {
        if let Some(at) = all.iter().position(|c| c.bead == id) {
            return Ok(all.swap_remove(at));
        }
    }
    Err(missing(store, text, all.iter().map(|c| c.id.as_str())))
}

fn missing<'a>(store: &Store, text: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let shown: String = text.chars().take(60).collect();
    let error = Error::usage(format!("there is no convoy `{}`", shown.escape_debug()));
    if name::is_name(text) {
        let path = super::place::usual(text);
        if super::place::read(store, &path).is_ok_and(|f| f.is_some()) {
            return error.hint(format!("{path} is there: `gt convoy create --config {path}` adopts it"));
        }
    }
    match nearest(text, known, 1).first() {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error.hint("`gt convoy list --all` shows them"),
    }
}
