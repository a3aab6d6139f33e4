//! What may be done when: one table for molecules, one for checkpoints, one for steps (docs/reference/transitions.md is made
//! from them). Nothing else decides over states.

use super::model::{CheckpointState, MoleculeState, StepState};

macro_rules! actions {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// The verb.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        }
    };
}

actions! {
    /// What is done to a molecule.
    MoleculeAction {
        /// A step is handed in.
        Advance = "advance",
        /// Its tests and scans are run.
        Validate = "validate",
        /// Somebody says how it goes.
        Update = "update",
        /// A person ticks what no machine can judge.
        Attest = "attest",
        /// A checkpoint is approved or rejected.
        Decide = "decide",
        /// It rests.
        Pause = "pause",
        /// It goes on.
        Resume = "resume",
        /// It is given up.
        Cancel = "cancel",
        /// It moves to a newer formula.
        Upgrade = "upgrade",
    }
}

actions! {
    /// What is done to a checkpoint.
    CheckpointAction {
        /// Yes.
        Approve = "approve",
        /// No; back to a step.
        Reject = "reject",
        /// A word on it.
        Comment = "comment",
        /// What was handed in before it is replaced.
        Revise = "revise",
        /// An answer or an expiry is taken back.
        Reopen = "reopen",
    }
}

actions! {
    /// What is done to a step that is no checkpoint.
    StepAction {
        /// Somebody takes it.
        Claim = "claim",
        /// It is handed in.
        HandIn = "hand in",
        /// It goes back.
        GoBack = "go back",
    }
}

/// True if a molecule in this state lets this be done to it.
pub fn molecule(state: MoleculeState, action: MoleculeAction) -> bool {
    use MoleculeAction as A;
    use MoleculeState as S;
    match state {
        S::Planned | S::Completed | S::Cancelled => false,
        S::Waiting => matches!(action, A::Update | A::Pause | A::Cancel | A::Upgrade),
        S::InProgress | S::NeedsFix => !matches!(action, A::Resume | A::Decide),
        S::AwaitingCheckpoint => !matches!(action, A::Resume),
        S::Paused => matches!(action, A::Resume | A::Update | A::Cancel),
    }
}

/// True if a checkpoint in this state lets this be done to it.
pub fn checkpoint(state: CheckpointState, action: CheckpointAction) -> bool {
    use CheckpointAction as A;
    use CheckpointState as S;
    match action {
        A::Comment => true,
        A::Approve | A::Reject => matches!(state, S::Open | S::Contested),
        A::Revise => state == S::Open,
        A::Reopen => matches!(state, S::Approved | S::Rejected | S::Expired),
    }
}

/// True if a step in this state lets this be done to it.
pub fn step(state: StepState, action: StepAction) -> bool {
    use StepAction as A;
    use StepState as S;
    match action {
        A::Claim | A::HandIn => matches!(state, S::Ready | S::InProgress),
        A::GoBack => matches!(state, S::Done | S::Failed),
    }
}
