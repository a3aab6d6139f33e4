//! Where a formula comes from.

/// The places in which formulas are looked for, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A file that was named, or its neighbour.
    File,
    /// `.beads/formulas/` of the working tree.
    Project,
    /// `~/.beads/formulas/`.
    User,
    /// Part of the program.
    BuiltIn,
}

impl Tier {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Project => "project",
            Self::User => "user",
            Self::BuiltIn => "built-in",
        }
    }
}
