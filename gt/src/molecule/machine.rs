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

/// The tables as people read them: Markdown, made from the enums (docs/reference/transitions.md).
pub fn tables() -> String {
    fn table<S: Copy, A: Copy>(
        title: &str,
        states: &[S],
        actions: &[A],
        name: impl Fn(S) -> &'static str,
        verb: impl Fn(A) -> &'static str,
        allows: impl Fn(S, A) -> bool,
    ) -> String {
        let mut out = format!("## {title}\n\n| |");
        for action in actions {
            out.push_str(&format!(" {} |", verb(*action)));
        }
        out.push_str("\n|---|");
        out.push_str(&"---|".repeat(actions.len()));
        out.push('\n');
        for state in states {
            out.push_str(&format!("| {} |", name(*state)));
            for action in actions {
                out.push_str(if allows(*state, *action) { " yes |" } else { " - |" });
            }
            out.push('\n');
        }
        out
    }
    let molecules =
        table("Molecules", MoleculeState::ALL, MoleculeAction::ALL, MoleculeState::as_str, MoleculeAction::as_str, molecule);
    let checkpoints = table(
        "Checkpoints",
        CheckpointState::ALL,
        CheckpointAction::ALL,
        CheckpointState::as_str,
        CheckpointAction::as_str,
        checkpoint,
    );
    let steps = table("Steps", StepState::ALL, StepAction::ALL, StepState::as_str, StepAction::as_str, step);
    format!("{molecules}\n{checkpoints}\n{steps}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Typed by hand from WORKFLOW and gastown.md 10.3: what is allowed. A new state or action fails here.
    const EXPECTED: &str = "## Molecules

| | advance | validate | update | attest | decide | pause | resume | cancel | upgrade |
|---|---|---|---|---|---|---|---|---|---|
| planned | - | - | - | - | - | - | - | - | - |
| waiting | - | - | yes | - | - | yes | - | yes | yes |
| in_progress | yes | yes | yes | yes | - | yes | - | yes | yes |
| awaiting_checkpoint | yes | yes | yes | yes | yes | yes | - | yes | yes |
| needs_fix | yes | yes | yes | yes | - | yes | - | yes | yes |
| paused | - | - | yes | - | - | - | yes | yes | - |
| completed | - | - | - | - | - | - | - | - | - |
| cancelled | - | - | - | - | - | - | - | - | - |

## Checkpoints

| | approve | reject | comment | revise | reopen |
|---|---|---|---|---|---|
| pending | - | - | yes | - | - |
| blocked | - | - | yes | - | - |
| open | yes | yes | yes | yes | - |
| contested | yes | yes | yes | - | - |
| approved | - | - | yes | - | yes |
| rejected | - | - | yes | - | yes |
| expired | - | - | yes | - | yes |

## Steps

| | claim | hand in | go back |
|---|---|---|---|
| pending | - | - | - |
| ready | yes | yes | - |
| in_progress | yes | yes | - |
| done | - | - | yes |
| failed | - | - | yes |
";

    #[test]
    fn every_state_and_action_has_its_answer() {
        assert_eq!(tables(), EXPECTED);
        let page = include_str!("../../../docs/reference/transitions.md");
        assert!(page.ends_with(EXPECTED), "docs/reference/transitions.md is not what the code does");
    }
}
