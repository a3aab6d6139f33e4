//! What a status means: built-in statuses and the configured ones.

use crate::model::{Category, Status};
use std::collections::BTreeMap;

/// Statuses with their categories: the built-in ones (which a configuration cannot redefine) and custom ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories {
    custom: BTreeMap<String, Category>,
}

/// What the ready rules ask of a status (docs/concepts/ready.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StatusClass {
    /// `open` and custom statuses of the category active.
    Active,
    /// `in_progress` and `hooked`: comes back when its lease ends.
    InProgress,
    /// `blocked`: somebody said so.
    Blocked,
    /// Other statuses of the category wip (finished and not landed, in review, …): never offered.
    Wip,
    /// `deferred`: comes back when its date, if it has one, has come.
    Deferred,
    /// `pinned`: never offered, never closes.
    Pinned,
    /// Other statuses of the category frozen.
    Frozen,
    /// `closed` and custom statuses of the category done.
    Done,
}

impl StatusClass {
    /// All, by number: what a stored class is read back with.
    pub const ALL: [Self; 8] =
        [Self::Active, Self::InProgress, Self::Blocked, Self::Wip, Self::Deferred, Self::Pinned, Self::Frozen, Self::Done];
}

impl Categories {
    /// The built-in statuses only.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The built-in statuses and custom ones. A custom entry for a built-in name is passed over: `closed` is always done.
    pub fn with_custom<S: Into<String>>(custom: impl IntoIterator<Item = (S, Category)>) -> Self {
        Self { custom: custom.into_iter().map(|(name, category)| (name.into(), category)).collect() }
    }

    /// The category. A status that nobody configured is active: unknown work is shown, never silently done.
    pub fn of(&self, status: &Status) -> Category {
        status.built_in_category().or_else(|| self.custom.get(status.as_str()).copied()).unwrap_or(Category::Active)
    }

    /// True if the status is built in or configured.
    pub fn knows(&self, status: &Status) -> bool {
        status.built_in_category().is_some() || self.custom.contains_key(status.as_str())
    }

    /// The class that the ready rules look at.
    pub fn class(&self, status: &Status) -> StatusClass {
        match (status.as_str(), self.of(status)) {
            ("in_progress" | "hooked", _) => StatusClass::InProgress,
            ("blocked", _) => StatusClass::Blocked,
            ("deferred", _) => StatusClass::Deferred,
            ("pinned", _) => StatusClass::Pinned,
            (_, Category::Active) => StatusClass::Active,
            (_, Category::Wip) => StatusClass::Wip,
            (_, Category::Frozen) => StatusClass::Frozen,
            (_, Category::Done) => StatusClass::Done,
        }
    }

    /// Built-in statuses (without `tombstone`, which nobody sets) and custom ones, with their categories.
    pub fn all(&self) -> impl Iterator<Item = (Status, Category)> {
        let built_in = Status::BUILT_IN.iter().filter(|(s, _)| *s != Status::TOMBSTONE).cloned();
        let own = self.custom.iter().map(|(name, category)| (Status::new(name), *category));
        built_in.chain(own.filter(|(s, _)| s.built_in_category().is_none()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_active_and_built_ins_cannot_be_redefined() {
        let c = Categories::with_custom([("review", Category::Wip), ("shipped", Category::Done), ("closed", Category::Active)]);
        assert_eq!(c.of(&Status::new("review")), Category::Wip);
        assert_eq!(c.class(&Status::new("shipped")), StatusClass::Done);
        assert_eq!(c.of(&Status::CLOSED), Category::Done);
        assert_eq!(c.of(&Status::new("finished?")), Category::Active);
        assert!(!c.knows(&Status::new("finished?")));
        assert_eq!(c.all().filter(|(s, _)| *s == Status::CLOSED).count(), 1);
        for class in StatusClass::ALL {
            assert_eq!(StatusClass::ALL[class as usize], class);
        }
    }
}
