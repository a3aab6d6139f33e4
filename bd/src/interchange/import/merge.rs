//! A record onto a bead that is known: a merge of three, field by field (STATE 9).
//!
//! Base is what the last import said, ours is the fold, theirs is the record. Theirs = base or ours: nothing. Ours =
//! base: theirs. Both changed: an event that names only the base's heads, so that the fold shows both.

use super::super::keys::{DERIVED, WITH_STATUS, absence_clears};
use super::super::shape::Shape;
use super::build::{comment_events, import_event, seal_all, shape_of};
use super::finding::Finding;
use super::ground::{Ground, Verdict, find};
use super::incoming::Incoming;
use super::{Clash, ImportPlan};
use crate::fold::{Bead, Holding};
use crate::model::{Actor, Claim, Edge, Event, EventId, Fields, Value, parse_time};
use std::collections::BTreeSet;

/// The fields that an event is to write, with those that the record itself does not have.
#[derive(Default)]
struct Writes {
    set: Vec<(String, Value)>,
    absent: Vec<String>,
}

impl Writes {
    fn put(&mut self, key: &str, value: Option<&Value>) {
        if value.is_none() {
            self.absent.push(key.to_owned());
        }
        self.set.retain(|(k, _)| k != key);
        self.set.push((key.to_owned(), value.cloned().unwrap_or_else(Value::null)));
    }

    /// A field that no record has.
    fn put_own(&mut self, key: &str, value: Value) {
        self.put(key, Some(&value));
        self.absent.push(key.to_owned());
    }

    fn has(&self, key: &str) -> bool {
        self.set.iter().any(|(k, _)| k == key)
    }

    fn keys(&self) -> Vec<&str> {
        self.set.iter().map(|(k, _)| k.as_str()).collect()
    }
}

/// Merges a record into the plan. Says whether there was anything to do.
pub(super) fn merge(
    theirs: &Incoming,
    bead: &Bead,
    events: &[Event],
    exported: Option<Bead>,
    plan: &mut ImportPlan,
) -> Result<bool, Finding> {
    let ground = Ground::new(bead, events, exported, theirs);
    let (ours, id, line) = (&ground.ours, bead.id.as_str(), theirs.line);
    if theirs.deletion && is_newer(ours, theirs) && !bead.is_deleted() {
        plan.skipped.push(Finding::of(line, id, "was changed after this deletion, and stays"));
        return Ok(false);
    }
    if ground.was.is_none() && theirs.whole {
        let created = |f: &Fields| {
            f.get("created_at").and_then(Value::as_str).and_then(|t| parse_time(&t)).map(jiff::Timestamp::as_millisecond)
        };
        if created(&theirs.fields).is_some_and(|t| created(ours).is_some_and(|o| o != t)) {
            let what = "the bead here and the record were created apart; what differs is shown as a conflict";
            plan.warnings.push(Finding::of(line, id, what));
        }
    }
    let (mut take, mut clash) = (Writes::default(), Writes::default());
    // Fields that only follow: (key, theirs, ours is as it was).
    let mut follow: Vec<(&str, Option<&Value>, bool)> = Vec::new();
    let (mut stale, mut redacted) = (Vec::new(), Vec::new());
    let gone = ground.was.iter().flat_map(Fields::iter).map(|(k, _)| k);
    let gone = gone.filter(|k| theirs.fields.get(k).is_none() && theirs.whole && absence_clears(k, theirs.is_tombstone()));
    for key in theirs.fields.iter().map(|(k, _)| k).chain(gone) {
        if matches!(key, "id" | "labels" | "dependencies" | "comments") {
            continue;
        }
        let value = theirs.fields.get(key);
        let follows = DERIVED.contains(&key) || WITH_STATUS.contains(&key);
        match ground.judge(key, value) {
            Verdict::Keep => {}
            Verdict::Stale if follows => {}
            verdict @ (Verdict::Take | Verdict::Clash) if follows => follow.push((key, value, verdict == Verdict::Take)),
            Verdict::Take => take.put(key, value),
            // When and by whom it was created is no field of a bead of ours, so that there is nothing to be in conflict with.
            Verdict::Clash if matches!(key, "created_at" | "created_by") && !bead.fields.contains_key(key) => take.put(key, value),
            Verdict::Clash => clash.put(key, value),
            Verdict::Stale => stale.push(key),
            Verdict::Redacted => redacted.push(key),
        }
    }
    for (keys, what) in [(stale, "older than what stands here, not taken"), (redacted, "redacted here, not taken")] {
        if !keys.is_empty() {
            plan.skipped.push(Finding::of(line, id, format!("{}: {what}", keys.join(", "))));
        }
    }
    claims(theirs, bead, &mut take, &mut clash, plan);
    status(theirs, bead, &mut take, &mut clash);
    let lists = lists(theirs, &ground);
    for (key, value, untouched) in follow {
        let with_status = WITH_STATUS.contains(&key) && (take.has("status") || clash.has("status"));
        let real = !take.set.is_empty() || !lists.is_empty();
        if !with_status && (untouched || (DERIVED.contains(&key) && real)) {
            take.put(key, value);
        }
    }
    let comments = new_comments(theirs, &ground, plan)?;
    for (key, value) in &clash.set {
        let theirs = Some(value.clone()).filter(|v| !v.is_null());
        plan.conflicts.push(Clash { id: bead.id.clone(), field: key.clone(), ours: ours.get(key).cloned(), theirs });
    }
    let at = theirs.time();
    let mut new = Vec::new();
    let shape = {
        let own = Shape::of(bead).absent.into_iter().filter(|k| theirs.fields.get(k).is_none());
        let absent: BTreeSet<String> = own.chain(take.absent.iter().cloned()).chain(clash.absent.iter().cloned()).collect();
        shape_of(theirs, &comment_events(theirs)?, absent.into_iter().collect())
    };
    let mut shape = (shape != Shape::of(bead) && theirs.whole).then(|| shape.value());
    for (writes, lists, mut on) in [
        (&take, Some(&lists), [bead.heads(take.keys()), ground.base_heads(&take.keys()), lists.on.clone()].concat()),
        (&clash, None, ground.base_heads(&clash.keys())),
    ] {
        if writes.set.is_empty() && lists.is_none_or(Lists::is_empty) {
            continue;
        }
        on.sort_unstable();
        on.dedup();
        let mut event = import_event(&bead.id, at, None);
        event.on = on;
        for (key, value) in &writes.set {
            event.set.set(key, value.clone());
        }
        if let Some(lists) = lists {
            event.labels.clone_from(&lists.labels);
            event.unlabels.clone_from(&lists.unlabels);
            event.links.clone_from(&lists.links);
            event.unlinks.clone_from(&lists.unlinks);
        }
        if let Some(shape) = shape.take() {
            event.extra.set("shape", shape);
        }
        new.extend(seal_all(event, at, line)?);
    }
    if take.has("status") && theirs.is_tombstone() && bead.touched.is_some() {
        // Somebody worked on the bead here since: what they did stays visible beside the deletion (STATE 4).
        let mut event = import_event(&bead.id, at, None);
        event.set.set("deleted", Value::of(&true));
        event.on = [&ground.base, &ground.exported].into_iter().flatten().flat_map(Bead::all_heads).collect();
        event.on.extend(ground.seen_heads());
        event.on.extend(bead.heads(["deleted"]));
        event.on.sort_unstable();
        event.on.dedup();
        new.extend(seal_all(event, at, line)?);
    }
    new.extend(comments);
    new.retain(|e| !ground.history.has(e.id));
    let changed = !new.is_empty();
    plan.events.extend(new);
    Ok(changed)
}

fn is_newer(ours: &Fields, deletion: &Incoming) -> bool {
    let time = |v: Option<&Value>| v.and_then(Value::as_str).and_then(|t| parse_time(&t));
    time(ours.get("updated_at")).is_some_and(|t| time(deletion.fields.get("deleted_at")).is_none_or(|d| d < t))
}

/// The assignee of a bead that somebody claimed is the holder of the claim: a record that names another one has to
/// answer the claim.
fn claims(theirs: &Incoming, bead: &Bead, take: &mut Writes, clash: &mut Writes, plan: &mut ImportPlan) {
    let epoch = match bead.holding() {
        Holding::Free => return,
        Holding::Held(claim) => claim.epoch,
        Holding::Contested(claims) => claims.iter().map(|(_, c)| c.epoch).max().unwrap_or_default(),
    };
    if theirs.fields.get("claim").is_some() {
        return;
    }
    let holder = theirs.text("assignee").map(|t| Actor::new(&t));
    if take.has("assignee") {
        let epoch = if holder.is_some() { epoch + 1 } else { epoch };
        take.put_own("claim", Value::of(&Claim { holder, epoch, until: None }));
    } else if clash.has("assignee") {
        if holder.is_some() {
            // The same epoch, without naming the claim: contested, until a person says who has it.
            clash.put_own("claim", Value::of(&Claim { holder, epoch, until: None }));
        } else {
            clash.set.retain(|(k, _)| k != "assignee");
            clash.absent.retain(|k| k != "assignee");
            plan.warnings.push(Finding::of(
                theirs.line,
                bead.id.as_str(),
                "the record has no assignee; the claim made here stands",
            ));
        }
    }
}

/// The fields that tell of the status go with it.
fn status(theirs: &Incoming, bead: &Bead, take: &mut Writes, clash: &mut Writes) {
    for writes in [&mut *take, &mut *clash] {
        if !writes.has("status") {
            continue;
        }
        for key in WITH_STATUS {
            match theirs.fields.get(key) {
                Some(value) => writes.put(key, Some(value)),
                None if theirs.whole && bead.get(key).is_some() => writes.put(key, None),
                None => {}
            }
        }
    }
    if take.has("status") && !theirs.is_tombstone() && bead.get("deleted").and_then(Value::as_bool) == Some(true) {
        take.put_own("deleted", Value::of(&false));
    }
}

/// What changes in labels and edges.
#[derive(Default)]
struct Lists {
    labels: Vec<String>,
    unlabels: Vec<String>,
    links: Vec<Edge>,
    unlinks: Vec<Edge>,
    on: Vec<EventId>,
}

impl Lists {
    fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.unlabels.is_empty() && self.links.is_empty() && self.unlinks.is_empty()
    }
}

fn lists(theirs: &Incoming, ground: &Ground) -> Lists {
    let (mut out, bead) = (Lists::default(), ground.bead);
    let labels: BTreeSet<&String> = theirs.labels.items().collect();
    for label in &labels {
        let removed = || ground.label_base(label).is_some() || ground.was_removed(|e| e.labels.contains(*label));
        if !bead.labels.contains_key(*label) && !removed() {
            out.labels.push((*label).clone());
        }
    }
    let same = |a: &Edge, b: &Edge| a.to == b.to && a.kind == b.kind;
    // Of an edge that stands twice the last counts, as in the fold.
    let mut edges: Vec<&Edge> = Vec::new();
    for edge in theirs.edges.items() {
        edges.retain(|e| !same(e, edge));
        edges.push(edge);
    }
    for edge in &edges {
        let was = ground.base.as_ref().and_then(|b| find(b, edge));
        match (find(bead, edge), was) {
            (None, None) if ground.edge_base(edge).is_none() && !ground.was_removed(|e| e.links.iter().any(|l| same(l, edge))) => {
                out.links.push((*edge).clone());
            }
            // What belongs to the edge changed, and only there.
            (Some(now), Some(was)) if was.edge.meta != edge.meta && now.edge.meta == was.edge.meta => {
                out.links.push((*edge).clone());
                out.unlinks.push(Edge::new(edge.to.clone(), edge.kind.clone()));
                out.on.extend(now.adds.iter().chain(&was.adds));
            }
            _ => {}
        }
    }
    if theirs.whole && theirs.labels.stated {
        for (label, adds) in bead.labels.iter().filter(|(l, _)| !labels.contains(l)) {
            if let Some(was) = ground.label_base(label) {
                out.unlabels.push(label.clone());
                out.on.extend(adds.iter().chain(&was));
            }
        }
    }
    if theirs.whole && theirs.edges.stated {
        for now in bead.edges.iter().filter(|e| !edges.iter().any(|t| same(t, &e.edge))) {
            if let Some(was) = ground.edge_base(&now.edge) {
                out.unlinks.push(Edge::new(now.edge.to.clone(), now.edge.kind.clone()));
                out.on.extend(now.adds.iter().chain(&was));
            }
        }
    }
    out
}

/// Comments that nobody here has: they are told by author, text and time, or by the number that an export of ours gave.
fn new_comments(theirs: &Incoming, ground: &Ground, plan: &mut ImportPlan) -> Result<Vec<Event>, Finding> {
    let (bead, history) = (ground.bead, &ground.history);
    let events = comment_events(theirs)?;
    let mut known: Vec<(Option<String>, &str, Option<jiff::Timestamp>)> = Vec::new();
    for comment in &bead.comments {
        let meta: Fields = comment.meta.as_ref().and_then(Value::decode).unwrap_or_default();
        let author = match comment.meta {
            Some(_) => meta.get("author").and_then(Value::as_str).map(std::borrow::Cow::into_owned),
            None => Some(comment.by.as_str().to_owned()),
        };
        known.push((author, &comment.text, parse_time(&comment.at)));
    }
    let mut out = Vec::new();
    for (said, event) in theirs.comments.items().zip(events) {
        let number = said.meta.get("id").and_then(Value::as_i64);
        let this = (said.field("author"), said.text.as_str(), said.time().or_else(|| parse_time(&event.at)));
        if let Some(at) = known.iter().position(|k| *k == this) {
            known.swap_remove(at);
        } else if history.has(event.id) || number.is_some_and(|n| n > 1 << 32 && history.comment_number(n)) {
            // It stands here in other words, or its words were redacted.
            plan.skipped.push(Finding::of(theirs.line, bead.id.as_str(), "a comment that is known here, not taken"));
        } else {
            out.push(event);
        }
    }
    Ok(out)
}
