//! Image and overlay as one: what a snapshot asks.

use super::graph::{EXTERNAL, MISSING, Out};
use super::image::Image;
use super::layout::Section;
use super::overlay::{After, Overlay};
use super::row::Standing;
use super::text::LineRef;
use super::wire::{Broken, Read};
use crate::query::{EdgeKind, GraphView, Node, Row, StatusClass, Target};
use crate::store::load::Place;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};

/// Everything that the cache knows.
pub struct View {
    /// What was there when the image was made.
    pub base: Image,
    /// What came since.
    pub over: Overlay,
    /// Edges of changed beads, by the bead that they lead to.
    turned: OnceCell<HashMap<u32, Vec<Out>>>,
    /// Something could not be read while the graph was walked; its answer counts for nothing.
    broken: Cell<bool>,
    /// How much of their names people need to see of beads that were listed, among those of the image.
    shorts: RefCell<HashMap<String, u8>>,
}

impl View {
    /// Joins the two.
    pub fn new(base: Image, over: Overlay) -> Self {
        Self { base, over, turned: OnceCell::new(), broken: Cell::new(false), shorts: RefCell::default() }
    }

    /// What image and overlay together were made from.
    pub fn after(&self) -> After {
        let head = &self.base.head;
        let base = After { key: head.key, clean: head.clean, lines: Some(head.lines), distinct: head.distinct };
        self.over.after.unwrap_or(base)
    }

    /// True if the graph was walked over something that could not be read.
    pub fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Forgets what was derived from the overlay: it has changed.
    pub fn forget(&mut self) {
        self.turned.take();
    }

    /// Notes how many characters of a name tell it from the others of the image.
    pub fn note_short(&self, name: &str, take: u8) {
        self.shorts.borrow_mut().insert(name.to_owned(), take);
    }

    /// How many characters of a name tell it from all others, if that was noted. What came since is looked at.
    pub fn short_take(&self, name: &str) -> Option<u8> {
        let take = *self.shorts.borrow().get(name)?;
        let front = name.split_once('-').and_then(|(prefix, _)| name.get(..prefix.len() + 5)).filter(|_| take > 0);
        let Some(front) = front else { return Some(take) };
        let since = (std::ops::Bound::Included(front), std::ops::Bound::Unbounded);
        let new = self.over.by_name().range::<str, _>(since).map(|(other, _)| other.as_str());
        let near: Vec<&str> = new.take_while(|other| other.starts_with(front)).collect();
        Some(take.max(crate::store::names::short_take(name, &near)))
    }

    /// How many numbers there are.
    pub fn count(&self) -> u32 {
        self.base.len() + self.over.fresh()
    }

    /// The number of a bead.
    pub fn number(&self, name: &str) -> Read<Option<u32>> {
        match self.over.find(name) {
            Some(number) => Ok(Some(number)),
            None => self.base.find(name),
        }
    }

    /// The name of a bead.
    pub fn name_of(&self, number: u32) -> Read<String> {
        match self.over.name(number) {
            Some(name) => Ok(name.to_owned()),
            None => self.base.name(number),
        }
    }

    /// All names, in order.
    pub fn names(&self) -> Read<Vec<String>> {
        let mut out = Vec::with_capacity(self.count() as usize);
        self.names_since("", &mut |_, name| {
            out.push(name.to_owned());
            true
        })?;
        Ok(out)
    }

    /// Hands the names from `from` on to `f`, in order, with their numbers, until it has enough.
    pub fn names_since(&self, from: &str, f: &mut dyn FnMut(u32, &str) -> bool) -> Read<()> {
        let mut new = self.over.by_name().range::<str, _>((std::ops::Bound::Included(from), std::ops::Bound::Unbounded)).peekable();
        let mut enough = false;
        self.base.names_since(from, &mut |number, name| {
            while let Some((other, n)) = new.next_if(|(other, _)| other.as_str() < name) {
                if !f(*n, other) {
                    enough = true;
                    return false;
                }
            }
            enough = !f(number, name);
            !enough
        })?;
        if !enough {
            let _ = new.try_for_each(|(name, n)| f(*n, name).then_some(()));
        }
        Ok(())
    }

    /// What the ready rules make of a bead.
    pub fn standing(&self, number: u32) -> Read<Standing> {
        match self.over.get(number) {
            Some(row) => Ok(row.standing),
            None => Ok(self.base.fixed(number)?.standing),
        }
    }

    /// A row.
    pub fn row(&self, number: u32) -> Read<Row> {
        match self.over.get(number) {
            Some(row) => self.over.row(row),
            None => {
                let fixed = self.base.fixed(number)?;
                self.base.row_at(fixed.row_at(), fixed.row)
            }
        }
    }

    /// All rows, by id.
    pub fn rows(&self) -> Read<Vec<Row>> {
        let mut numbers = Vec::with_capacity(self.count() as usize);
        self.names_since("", &mut |number, _| {
            numbers.push(number);
            true
        })?;
        numbers.into_iter().map(|number| self.row(number)).collect()
    }

    /// What names have before their first and before their last `-`; `None` where that are too many.
    pub fn prefixes(&self) -> Read<Option<BTreeSet<String>>> {
        let Some(known) = self.base.prefixes()? else { return Ok(None) };
        let mut all: BTreeSet<String> = known.into_iter().collect();
        for name in self.over.by_name().keys() {
            all.extend([name.split_once('-'), name.rsplit_once('-')].into_iter().flatten().map(|(p, _)| p.to_owned()));
        }
        Ok(Some(all))
    }

    /// Where the lines of a bead are.
    pub fn line_refs(&self, number: u32) -> Read<Vec<LineRef>> {
        match self.over.get(number) {
            Some(row) => self.over.lines(row),
            None => self.base.lines(&self.base.fixed(number)?),
        }
    }

    /// The lines of a bead, and where they were found.
    pub fn lines(&self, number: u32) -> Read<Vec<(String, Place)>> {
        let text = self.base.text()?;
        self.line_refs(number)?.into_iter().map(|line| Ok((text.line(line)?, line.loc.place()))).collect()
    }

    /// The edges that leave a bead; one to a name that a new bead has leads there.
    pub fn outs(&self, number: u32) -> Read<Vec<Out>> {
        let mut outs = match self.over.get(number) {
            Some(row) => row.outs.clone(),
            None => self.base.outs(&self.base.fixed(number)?)?,
        };
        if self.over.fresh() > 0 && outs.iter().any(|o| o.target == MISSING) {
            let row = self.row(number)?;
            for (out, edge) in outs.iter_mut().zip(&row.edges).filter(|(o, _)| o.target == MISSING) {
                out.target = self.over.find(edge.target()).unwrap_or(MISSING);
            }
        }
        Ok(outs)
    }

    /// The edges that reach a bead.
    pub fn ins(&self, number: u32) -> Read<Vec<Out>> {
        let mut ins = Vec::new();
        if number < self.base.len() {
            ins = self.base.ins(number)?;
            ins.retain(|from| self.over.get(from.target).is_none());
        }
        if self.over.len() > 0 {
            ins.extend(self.turned()?.get(&number).into_iter().flatten());
        }
        Ok(ins)
    }

    /// The beads with an edge that was made to a name, and perhaps others.
    pub fn sources(&self, name: &str) -> Read<BTreeSet<u32>> {
        let mut out = BTreeSet::new();
        if let Some(number) = self.number(name)? {
            out.extend(self.ins(number)?.iter().map(|from| from.target));
        }
        out.extend(self.base.named(Section::Aside)?.into_iter().filter(|(to, _)| to == name).map(|(_, from)| from));
        // Few have changed, and fewer of them wait for anything.
        let waits = |o: &Out| matches!(o.kind, EdgeKind::WaitsAll | EdgeKind::WaitsAny);
        out.extend(self.over.rows().filter(|(_, row)| row.outs.iter().any(waits)).map(|(number, _)| number));
        Ok(out)
    }

    fn turned(&self) -> Read<&HashMap<u32, Vec<Out>>> {
        if self.turned.get().is_none() {
            let mut turned: HashMap<u32, Vec<Out>> = HashMap::new();
            for (from, _) in self.over.rows() {
                for out in self.outs(from)?.into_iter().filter(|o| o.target < EXTERNAL) {
                    turned.entry(out.target).or_default().push(Out { target: from, kind: out.kind });
                }
            }
            if self.over.fresh() > 0 {
                let mut missing = self.base.named(Section::Missing)?;
                // A bead stands there once for every edge, and brings all of them at once.
                missing.dedup();
                for (name, from) in missing {
                    let Some(number) = self.over.find(&name).filter(|_| self.over.get(from).is_none()) else { continue };
                    let edges = self.base.outs(&self.base.fixed(from)?)?;
                    let row = self.row(from)?;
                    let kinds = edges.iter().zip(&row.edges).filter(|(_, e)| e.target() == name).map(|(o, _)| o.kind);
                    turned.entry(number).or_default().extend(kinds.map(|kind| Out { target: from, kind }));
                }
            }
            let _ = self.turned.set(turned);
        }
        self.turned.get().ok_or(Broken)
    }

    fn or_broken<T>(&self, read: Read<T>, instead: T) -> T {
        read.unwrap_or_else(|Broken| {
            self.broken.set(true);
            instead
        })
    }
}

/// What stands for a bead that cannot be read; the answer is thrown away.
const NOTHING: Node = Node {
    class: StatusClass::Done,
    deleted: true,
    shadow: true,
    failed: false,
    pinned: false,
    ephemeral: false,
    template: false,
    not_work: false,
    conflict: false,
    undecided: false,
    defer_until: None,
    lease: crate::query::Lease::Free,
};

impl GraphView for View {
    fn find(&self, id: &str) -> Option<usize> {
        self.or_broken(self.number(id), None).map(|n| n as usize)
    }

    fn len(&self) -> usize {
        self.count() as usize
    }

    fn name(&self, i: usize) -> Cow<'_, str> {
        Cow::Owned(self.or_broken(self.name_of(i as u32), String::new()))
    }

    fn node(&self, i: usize) -> Node {
        self.or_broken(self.standing(i as u32).map(|s| s.node), NOTHING)
    }

    fn out(&self, i: usize, f: &mut dyn FnMut(EdgeKind, Target<'_>)) {
        let outs = self.or_broken(self.outs(i as u32), Vec::new());
        let mut row = None;
        for (at, out) in outs.iter().enumerate() {
            if out.target < EXTERNAL {
                f(out.kind, Target::Bead(out.target as usize));
                continue;
            }
            // Only edges that lead out of the store need their text.
            if row.is_none() {
                row = self.or_broken(self.row(i as u32).map(Some), None);
            }
            let Some(edge) = row.as_ref().and_then(|r: &Row| r.edges.get(at)) else { continue };
            let target = if out.target == EXTERNAL { Target::External(edge.target()) } else { Target::Missing(edge.target()) };
            f(out.kind, target);
        }
    }

    fn incoming(&self, i: usize, f: &mut dyn FnMut(EdgeKind, usize)) {
        for from in self.or_broken(self.ins(i as u32), Vec::new()) {
            f(from.kind, from.target as usize);
        }
    }
}
