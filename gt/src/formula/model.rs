//! A formula as it is written, before anything is applied to it.

use super::recipe::{Progression, Step, StepKind};
use super::source::Place;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a formula is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Steps, one after another.
    #[default]
    Workflow,
    /// What a step of another formula can be replaced by.
    Expansion,
    /// What is put around steps of other formulas.
    Aspect,
    /// Legs beside each other, and a synthesis.
    Convoy,
}

impl Kind {
    /// All, by their words.
    pub const WORDS: [&'static str; 4] = ["workflow", "expansion", "aspect", "convoy"];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Expansion => "expansion",
            Self::Aspect => "aspect",
            Self::Convoy => "convoy",
        }
    }

    /// By its word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Workflow, Self::Expansion, Self::Aspect, Self::Convoy].into_iter().find(|k| k.as_str() == word)
    }

    /// True if a molecule can be made of it; the others are parts of formulas.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Workflow | Self::Convoy)
    }
}

/// A text with its place.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub text: String,
    pub at: Place,
}

/// A step that another one names.
#[derive(Clone, Debug, Default)]
pub(super) struct Ref {
    pub name: String,
    pub at: Place,
    /// True while it must stay as it is: it names a step of the same template.
    pub fixed: bool,
}

impl Ref {
    pub fn new(name: impl Into<String>, at: Place) -> Self {
        Self { name: name.into(), at, fixed: false }
    }
}

/// A step on its way to becoming one of a recipe.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Everything that is data; its needs are in `needs`, its `on_fail` in `goto`.
    pub step: Step,
    /// Its id in the file.
    pub at: Place,
    /// All of it in the file.
    pub body: Place,
    pub needs: Vec<Ref>,
    pub goto: Option<Ref>,
    /// All of them must be true.
    pub conditions: Vec<Words>,
    /// The step in `waits_for = "children-of(x)"`.
    pub waits: Option<Ref>,
    pub children: Vec<Draft>,
    pub repeat: Option<Box<Repeat>>,
    pub expand: Option<Expand>,
    /// What the file says that it is.
    pub kind: Option<StepKind>,
    /// True if a person must approve it.
    pub approval: bool,
    /// True if advice put it there.
    pub advised: bool,
    /// True if it is left out: what needs it gets its needs.
    pub dropped: bool,
    /// True if a value that somebody gave became part of a command.
    pub given_command: bool,
}

impl Draft {
    pub fn id(&self) -> &str {
        &self.step.id
    }
}

/// `loop`.
#[derive(Clone, Debug)]
pub(super) struct Repeat {
    pub at: Place,
    pub times: Times,
    /// The name that stands for the number of the turn.
    pub var: Option<String>,
    pub body: Vec<Draft>,
}

/// How often.
#[derive(Clone, Debug)]
pub(super) enum Times {
    /// A number, or an expression of numbers and variables.
    Count(Words),
    /// Two of them: `1..2^{n}`.
    Range(Words, Words),
    /// Until something is so; judged while it is worked on.
    Until(String, Option<i64>),
}

/// A formula that replaces a step.
#[derive(Clone, Debug)]
pub(super) struct Expand {
    pub with: Ref,
    pub vars: BTreeMap<String, String>,
}

/// A variable that a formula takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Var {
    pub at: Place,
    pub description: String,
    pub required: bool,
    /// It is required unless one of these is given.
    pub unless: Vec<String>,
    pub default: Option<String>,
    pub choices: Vec<String>,
    pub pattern: Option<Words>,
    /// `string`, `int`, `number`, `bool`.
    pub sort: Option<String>,
}

/// `[[advice]]`: what is put before and after steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Advice {
    pub at: Place,
    pub target: Option<Words>,
    pub before: Vec<Draft>,
    pub after: Vec<Draft>,
}

/// `[[pointcuts]]`: which steps advice without a target is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Pointcut {
    pub at: Place,
    pub glob: Option<String>,
    pub sort: Option<String>,
    pub label: Option<String>,
}

/// `[compose]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Compose {
    /// One step each.
    pub expand: Vec<(Ref, Expand)>,
    /// All steps that a glob matches.
    pub map: Vec<(Words, Expand)>,
    pub branch: Vec<Branch>,
    pub gate: Vec<(Ref, String)>,
    pub aspects: Vec<Ref>,
    pub bond_points: Vec<Bond>,
    pub hooks: Vec<Hook>,
}

/// Steps beside each other between two others.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub from: Ref,
    pub steps: Vec<Ref>,
    pub join: Ref,
}

/// A place to which work can be added later.
#[derive(Clone, Debug)]
pub(super) struct Bond {
    pub id: Words,
    pub step: Option<Ref>,
    pub data: Value,
}

/// What is added at a place later.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub point: Option<Words>,
    pub data: Value,
}

/// A formula as one file has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Formula {
    pub name: String,
    /// The name in the file, or its beginning.
    pub at: Place,
    pub kind: Kind,
    /// True if nothing in the file says what kind it is of.
    pub open_kind: bool,
    pub version: String,
    pub description: String,
    pub extends: Vec<Ref>,
    pub vars: BTreeMap<String, Var>,
    pub steps: Vec<Draft>,
    pub template: Vec<Draft>,
    pub legs: Vec<Draft>,
    pub synthesis: Option<Draft>,
    /// `[[aspects]]` as Gas Town has them.
    pub views: Vec<Draft>,
    pub advice: Vec<Advice>,
    pub pointcuts: Vec<Pointcut>,
    pub compose: Compose,
    pub progression: Progression,
    pub quality: Map<String, Value>,
    pub metadata: Map<String, Value>,
    pub extra: Map<String, Value>,
}
