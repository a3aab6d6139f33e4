//! The named rules of ready and blocked (docs/concepts/ready.md).

/// Why a bead is ready, or why it is not. The order is that in which the rules are asked; the first that applies decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Others name it, nobody created it.
    Unknown,
    /// Deleted.
    Deleted,
    /// Its status's category is done.
    Closed,
    /// A template.
    Template,
    /// The flag or the status `pinned`.
    Pinned,
    /// Stays in this clone, and was not asked for.
    Ephemeral,
    /// Its type is no work to pick up, and was not asked for.
    Type,
    /// Several actors hold it.
    Contested,
    /// Somebody's lease on it runs.
    Claimed,
    /// The status `blocked`.
    StatusBlocked,
    /// In work without a lease that could end.
    InProgress,
    /// A custom status of the category wip.
    StatusWip,
    /// A custom status of the category frozen.
    StatusFrozen,
    /// The status `deferred` without a date.
    Deferred,
    /// Its own date has not come.
    DeferredUntil,
    /// An ancestor is put off.
    AncestorDeferred,
    /// A `blocks` target is not closed.
    Blocks,
    /// A `blocks` target is a checkpoint about which two decided differently.
    Undecided,
    /// A `conditional-blocks` target is not closed yet.
    ConditionalOpen,
    /// A `conditional-blocks` target was closed without a failure: the case for this bead did not arise.
    ConditionalSucceeded,
    /// A child that it waits for is not closed.
    WaitsForAll,
    /// No child that it waits for is closed.
    WaitsForAny,
    /// Another project has not shipped what it needs.
    External,
    /// Ready: the lease that stood on it has ended.
    LeaseExpired,
    /// Ready: the date that it was put off to has come.
    DeferralOver,
    /// Ready: nothing speaks against it.
    Ready,
}

impl Rule {
    /// All, in order.
    pub const ALL: [Self; 26] = [
        Self::Unknown,
        Self::Deleted,
        Self::Closed,
        Self::Template,
        Self::Pinned,
        Self::Ephemeral,
        Self::Type,
        Self::Contested,
        Self::Claimed,
        Self::StatusBlocked,
        Self::InProgress,
        Self::StatusWip,
        Self::StatusFrozen,
        Self::Deferred,
        Self::DeferredUntil,
        Self::AncestorDeferred,
        Self::Blocks,
        Self::Undecided,
        Self::ConditionalOpen,
        Self::ConditionalSucceeded,
        Self::WaitsForAll,
        Self::WaitsForAny,
        Self::External,
        Self::LeaseExpired,
        Self::DeferralOver,
        Self::Ready,
    ];

    /// The stable name, for `--json` and the documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deleted => "deleted",
            Self::Closed => "closed",
            Self::Template => "template",
            Self::Pinned => "pinned",
            Self::Ephemeral => "ephemeral",
            Self::Type => "type",
            Self::Contested => "contested",
            Self::Claimed => "claimed",
            Self::StatusBlocked => "status-blocked",
            Self::InProgress => "in-progress",
            Self::StatusWip => "status-wip",
            Self::StatusFrozen => "status-frozen",
            Self::Deferred => "deferred",
            Self::DeferredUntil => "deferred-until",
            Self::AncestorDeferred => "ancestor-deferred",
            Self::Blocks => "blocks",
            Self::Undecided => "undecided",
            Self::ConditionalOpen => "conditional-open",
            Self::ConditionalSucceeded => "conditional-succeeded",
            Self::WaitsForAll => "waits-for-all",
            Self::WaitsForAny => "waits-for-any",
            Self::External => "external",
            Self::LeaseExpired => "lease-expired",
            Self::DeferralOver => "deferral-over",
            Self::Ready => "ready",
        }
    }

    /// The rule in words; `{by}` stands for the bead (or capability) that decides.
    pub fn text(self) -> &'static str {
        match self {
            Self::Unknown => "other beads name it, but nobody created it here",
            Self::Deleted => "it is deleted",
            Self::Closed => "it is closed",
            Self::Template => "it is a template",
            Self::Pinned => "it is pinned",
            Self::Ephemeral => "it is ephemeral; ask with --include-ephemeral",
            Self::Type => "its type is no work to pick up; ask with --type",
            Self::Contested => "several actors hold it, until one of them gives way",
            Self::Claimed => "somebody holds it",
            Self::StatusBlocked => "somebody set its status to blocked",
            Self::InProgress => "it is in work, without a lease that could end",
            Self::StatusWip => "its status is one of work under way",
            Self::StatusFrozen => "its status is one of work at rest",
            Self::Deferred => "it is deferred without a date",
            Self::DeferredUntil => "it is put off to a date that has not come",
            Self::AncestorDeferred => "its ancestor {by} is put off",
            Self::Blocks => "{by} blocks it and is not closed",
            Self::Undecided => "two decided differently about {by}, until one decision names the other",
            Self::ConditionalOpen => "it runs only if {by} fails, and {by} is not closed",
            Self::ConditionalSucceeded => "it runs only if {by} fails, and {by} did not fail",
            Self::WaitsForAll => "it waits for {by} to be closed",
            Self::WaitsForAny => "it waits for any child of {by} to be closed, and none is",
            Self::External => "it needs {by}, which is not shipped",
            Self::LeaseExpired => "the lease on it has ended and nothing blocks it",
            Self::DeferralOver => "the date that it was put off to has come and nothing blocks it",
            Self::Ready => "it is open and nothing blocks it",
        }
    }

    /// True for the rules that make a bead ready.
    pub fn is_ready(self) -> bool {
        self >= Self::LeaseExpired
    }

    /// True for the rules that are blocking reasons (a dependency's, not a status's).
    pub fn is_blocking(self) -> bool {
        (Self::Blocks..=Self::External).contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_the_order_is_the_lists() {
        let mut names: Vec<_> = Rule::ALL.iter().map(|r| r.name()).collect();
        assert!(Rule::ALL.is_sorted());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
        assert!(!Rule::External.is_ready() && !Rule::AncestorDeferred.is_blocking());
    }
}
