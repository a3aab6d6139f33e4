//! One resolution: what was read so far, what is wrong, how much may still be made.

use super::library::Library;
use super::model::{Compose, Draft, Formula, Ref};
use super::problem::Log;
use super::source::Place;
use super::text::{self, Lookup};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// How many steps a formula may come to.
const MAX_STEPS: usize = 10_000;
/// How many bytes its texts may come to.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// How long a chain of parents may be.
const MAX_CHAIN: usize = 32;

pub(super) struct Job<'a> {
    pub library: &'a Library,
    pub log: Log,
    pub given: &'a BTreeMap<String, String>,
    /// False where a formula is only looked at: required values may be missing.
    pub strict: bool,
    read: HashMap<String, Option<Rc<Formula>>>,
    merged: HashMap<String, Option<Rc<Formula>>>,
    steps: usize,
    bytes: usize,
}

impl<'a> Job<'a> {
    pub fn new(library: &'a Library, given: &'a BTreeMap<String, String>, strict: bool) -> Self {
        let (read, merged) = Default::default();
        Self { library, log: Log::default(), given, strict, read, merged, steps: MAX_STEPS, bytes: MAX_BYTES }
    }

    /// True while another step may be made; says so once when there is none left.
    pub fn may_make(&mut self, at: Place) -> bool {
        if self.steps == 1 {
            self.log.error(at, format!("this formula has more than {MAX_STEPS} steps"));
        }
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    /// A formula with everything it extends; `None` if it cannot be read (which is in the log).
    pub fn formula(&mut self, name: &str, at: Option<Place>) -> Option<Rc<Formula>> {
        if let Some(known) = self.merged.get(name) {
            return known.clone();
        }
        let merged = self.merge(name, at, &mut Vec::new(), &mut HashSet::new()).map(Rc::new);
        self.merged.insert(name.to_owned(), merged.clone());
        merged
    }

    fn read(&mut self, name: &str, at: Option<Place>) -> Option<Rc<Formula>> {
        if let Some(known) = self.read.get(name) {
            return known.clone();
        }
        let formula = self.library.read(&mut self.log, name, at).map(Rc::new);
        self.read.insert(name.to_owned(), formula.clone());
        formula
    }

    fn merge(&mut self, name: &str, at: Option<Place>, chain: &mut Vec<String>, done: &mut HashSet<String>) -> Option<Formula> {
        if let Some(from) = chain.iter().position(|n| n == name) {
            let circle = chain[from..].iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join(" -> ");
            self.log.error(at, format!("circular extends chain: {circle}"));
            return None;
        }
        if chain.len() >= MAX_CHAIN {
            self.log.error(at, format!("more than {MAX_CHAIN} formulas extend each other"));
            return None;
        }
        let own = self.read(name, at)?;
        if own.extends.is_empty() {
            return Some((*own).clone());
        }
        chain.push(name.to_owned());
        let mut all = Formula::default();
        for parent in &own.extends {
            // Two parents may have one parent.
            if done.contains(&parent.name) {
                continue;
            }
            if let Some(formula) = self.merge(&parent.name, Some(parent.at), chain, done) {
                done.insert(parent.name.clone());
                let kind = if all.steps.is_empty() && all.legs.is_empty() { formula.kind } else { all.kind };
                add(&mut all, formula);
                all.kind = kind;
            }
        }
        chain.pop();
        let inherited = all.kind;
        add(&mut all, (*own).clone());
        all.kind = if own.open_kind { inherited } else { own.kind };
        Some(all)
    }

    /// Puts values into every text of a step and of what is below it.
    pub fn fill(&mut self, draft: &mut Draft, lookup: &mut Lookup<'_>) {
        let body = draft.body;
        let mut bytes = self.bytes;
        let mut long = false;
        {
            let mut put = |text: &mut String| {
                if text.contains('{') {
                    match text::fill(text, super::read::MAX_TEXT.min(bytes), lookup) {
                        Some(filled) => *text = filled,
                        None => long = true,
                    }
                }
                bytes = bytes.saturating_sub(text.len());
            };
            put(&mut draft.step.id);
            text::each(&mut draft.step, &mut |text, _| put(text));
            draft.step.parent.iter_mut().for_each(&mut put);
            let refs = draft.needs.iter_mut().chain(&mut draft.goto).chain(&mut draft.waits);
            refs.for_each(|r| put(&mut r.name));
            draft.conditions.iter_mut().for_each(|c| put(&mut c.text));
            if let Some(expand) = &mut draft.expand {
                put(&mut expand.with.name);
                expand.vars.values_mut().for_each(&mut put);
            }
        }
        self.bytes = bytes;
        if long {
            self.too_long(body);
        }
        if let Some(repeat) = &mut draft.repeat {
            use super::model::Times;
            let mut put = |w: &mut super::model::Words| {
                if let Some(filled) = text::fill(&w.text, 1000, lookup) {
                    w.text = filled;
                }
            };
            match &mut repeat.times {
                Times::Count(count) => put(count),
                Times::Range(low, high) => {
                    put(low);
                    put(high);
                }
                Times::Until(..) => {}
            }
            for step in &mut repeat.body {
                self.fill(step, lookup);
            }
        }
        for child in &mut draft.children {
            self.fill(child, lookup);
        }
    }

    /// Says that a text, or all of them together, became too long.
    pub fn too_long(&mut self, at: Place) {
        let what = if self.bytes < super::read::MAX_TEXT {
            "all texts of this formula are longer than 16 MiB"
        } else {
            "a text is longer than 256 KiB"
        };
        self.log.error(at, format!("with its values put in, {what}"));
    }
}

/// Adds what a child says to what its parents said.
fn add(all: &mut Formula, own: Formula) {
    all.name = own.name;
    all.at = own.at;
    all.kind = own.kind;
    all.version = own.version;
    all.description = own.description;
    all.vars.extend(own.vars);
    all.steps.extend(own.steps);
    all.template.extend(own.template);
    all.legs.extend(own.legs);
    all.views.extend(own.views);
    all.synthesis = own.synthesis.or(all.synthesis.take());
    all.advice.extend(own.advice);
    all.pointcuts.extend(own.pointcuts);
    let Compose { expand, map, branch, gate, aspects, bond_points, hooks } = own.compose;
    all.compose.expand.extend(expand);
    all.compose.map.extend(map);
    all.compose.branch.extend(branch);
    all.compose.gate.extend(gate);
    let known: HashSet<String> = all.compose.aspects.iter().map(|a| a.name.clone()).collect();
    all.compose.aspects.extend(aspects.into_iter().filter(|a: &Ref| !known.contains(&a.name)));
    all.compose.bond_points.extend(bond_points);
    all.compose.hooks.extend(hooks);
    if !own.progression.block_next_day_if.is_empty() {
        all.progression.block_next_day_if = own.progression.block_next_day_if;
    }
    if !own.progression.day_completion_criteria.is_empty() {
        all.progression.day_completion_criteria = own.progression.day_completion_criteria;
    }
    all.quality.extend(own.quality);
    all.metadata.extend(own.metadata);
    all.extra.extend(own.extra);
}
