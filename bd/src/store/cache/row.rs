//! A row in the cache: a record of fixed width that the ready rules and the lists look at, and the row in full.

use super::lean::dep_type;
use super::wire::{Broken, Read, Take, put_int, put_opt_int, put_opt_str, put_str, put_var};
use crate::model::{Category, Outcome, Status};
use crate::query::{Lease, Node, Row, RowClaim, RowEdge, StatusClass, Wait};

const CATEGORIES: [Category; 4] = [Category::Active, Category::Wip, Category::Done, Category::Frozen];

/// Appends a row.
pub fn put_row(out: &mut Vec<u8>, row: &Row) {
    // Named one by one, so that a new field cannot be forgotten here.
    let Row {
        id,
        title,
        status,
        category,
        class,
        priority,
        issue_type,
        assignee,
        owner,
        created_at,
        updated_at,
        closed_at,
        defer_until,
        due_at,
        outcome,
        failed,
        deleted,
        shadow,
        pinned,
        ephemeral,
        template,
        conflict,
        contested,
        undecided,
        claim,
        parent,
        labels,
        edges,
        comments,
    } = row;
    put_str(out, id);
    put_str(out, title);
    put_str(out, status.as_str());
    out.push(CATEGORIES.iter().position(|c| c == category).unwrap_or(0) as u8);
    out.push(*class as u8);
    put_int(out, *priority);
    put_str(out, issue_type);
    put_opt_str(out, assignee.as_deref());
    put_opt_str(out, owner.as_deref());
    put_int(out, *created_at);
    put_int(out, *updated_at);
    put_opt_int(out, *closed_at);
    put_opt_int(out, *defer_until);
    put_opt_int(out, *due_at);
    out.push(outcome.and_then(|o| Outcome::ALL.iter().position(|a| *a == o)).map_or(0, |at| at as u8 + 1));
    let flags = [failed, deleted, shadow, pinned, ephemeral, template, conflict, contested];
    out.push(flags.iter().enumerate().fold(0, |byte, (at, flag)| byte | u8::from(**flag) << at));
    out.push(u8::from(*undecided));
    out.push(u8::from(claim.is_some()));
    if let Some(RowClaim { holder, epoch, until }) = claim {
        put_opt_str(out, holder.as_deref());
        put_var(out, *epoch);
        put_opt_int(out, *until);
    }
    put_opt_str(out, parent.as_deref());
    put_var(out, labels.len() as u64);
    for label in labels {
        put_str(out, label);
    }
    put_var(out, edges.len() as u64);
    for RowEdge { kind, to, wait } in edges {
        put_str(out, kind.as_str());
        put_str(out, to);
        out.push(u8::from(wait.is_some()));
        if let Some(Wait { spawner, any }) = wait {
            put_opt_str(out, spawner.as_deref());
            out.push(u8::from(*any));
        }
    }
    put_var(out, *comments as u64);
}

/// Reads a row.
pub fn take_row(take: &mut Take<'_>) -> Read<Row> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let (id, title) = (take.str()?.to_owned(), take.str()?.to_owned());
    let status = Status::new(take.str()?);
    let category = *CATEGORIES.get(usize::from(take.u8()?)).ok_or(Broken)?;
    let class = *StatusClass::ALL.get(usize::from(take.u8()?)).ok_or(Broken)?;
    let priority = take.int()?;
    let issue_type = take.str()?.to_owned();
    let (assignee, owner) = (owned(take.opt_str()?), owned(take.opt_str()?));
    let (created_at, updated_at) = (take.int()?, take.int()?);
    let (closed_at, defer_until, due_at) = (take.opt_int()?, take.opt_int()?, take.opt_int()?);
    let outcome = match take.u8()? {
        0 => None,
        n => Some(*Outcome::ALL.get(usize::from(n) - 1).ok_or(Broken)?),
    };
    let flags = take.u8()?;
    let flag = |at: u8| flags & 1 << at != 0;
    let undecided = take.bool()?;
    let claim = match take.bool()? {
        true => Some(RowClaim { holder: owned(take.opt_str()?), epoch: take.var()?, until: take.opt_int()? }),
        false => None,
    };
    let parent = owned(take.opt_str()?);
    let labels = (0..take.count(1)?).map(|_| Ok(take.str()?.to_owned())).collect::<Read<_>>()?;
    let edges = (0..take.count(3)?)
        .map(|_| {
            let (kind, to) = (dep_type(take.str()?), take.str()?.to_owned());
            let wait = match take.bool()? {
                true => Some(Wait { spawner: owned(take.opt_str()?), any: take.bool()? }),
                false => None,
            };
            Ok(RowEdge { kind, to, wait })
        })
        .collect::<Read<_>>()?;
    Ok(Row {
        id,
        title,
        status,
        category,
        class,
        priority,
        issue_type,
        assignee,
        owner,
        created_at,
        updated_at,
        closed_at,
        defer_until,
        due_at,
        outcome,
        failed: flag(0),
        deleted: flag(1),
        shadow: flag(2),
        pinned: flag(3),
        ephemeral: flag(4),
        template: flag(5),
        conflict: flag(6),
        contested: flag(7),
        undecided,
        claim,
        parent,
        labels,
        edges,
        comments: usize::try_from(take.var()?).map_err(|_| Broken)?,
    })
}

/// What the graph knows of a bead besides its row: the outcome of the ready rules that no clock changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the rules look at.
    pub node: Node,
    /// A dependency holds it back, its own or an inherited one (nothing external counts as shipped).
    pub blocked: bool,
    /// The bead or an ancestor is put off until then: [`NEVER`] = not at all, [`FOREVER`] = without a date.
    pub deferred_until: i64,
    /// Most urgent first.
    pub priority: i64,
    /// Then oldest.
    pub created_at: i64,
    /// Shown by a plain `list`.
    pub listed: bool,
}

/// Before every time.
pub const NEVER: i64 = i64::MIN;
/// After every time.
pub const FOREVER: i64 = i64::MAX;

impl Standing {
    /// The bytes that [`Standing::put`] appends.
    pub const LEN: usize = 43;

    /// Appends it.
    pub fn put(&self, out: &mut Vec<u8>) {
        let n = &self.node;
        let lease = match n.lease {
            Lease::Free => 0u16,
            Lease::Held(_) => 1,
            Lease::Contested => 2,
        };
        let flags = [
            n.deleted,
            n.shadow,
            n.failed,
            n.pinned,
            n.ephemeral,
            n.template,
            n.not_work,
            n.conflict,
            n.defer_until.is_some(),
            matches!(n.lease, Lease::Held(Some(_))),
            self.blocked,
            self.listed,
            n.undecided,
        ];
        let flags = flags.iter().enumerate().fold(lease << 14, |bits, (at, flag)| bits | u16::from(*flag) << at);
        out.push(n.class as u8);
        out.extend_from_slice(&flags.to_le_bytes());
        let until = if let Lease::Held(Some(until)) = n.lease { until } else { 0 };
        for value in [n.defer_until.unwrap_or(0), until, self.deferred_until, self.priority, self.created_at] {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }

    /// Reads it.
    pub fn take(take: &mut Take<'_>) -> Read<Self> {
        let class = *StatusClass::ALL.get(usize::from(take.u8()?)).ok_or(Broken)?;
        let flags = take.u16()?;
        let flag = |at: u16| flags & 1 << at != 0;
        let (defer, until) = (take.i64()?, take.i64()?);
        let node = Node {
            class,
            deleted: flag(0),
            shadow: flag(1),
            failed: flag(2),
            pinned: flag(3),
            ephemeral: flag(4),
            template: flag(5),
            not_work: flag(6),
            conflict: flag(7),
            undecided: flag(12),
            defer_until: flag(8).then_some(defer),
            lease: match flags >> 14 {
                0 => Lease::Free,
                1 => Lease::Held(flag(9).then_some(until)),
                _ => Lease::Contested,
            },
        };
        let (deferred_until, priority, created_at) = (take.i64()?, take.i64()?, take.i64()?);
        Ok(Self { node, blocked: flag(10), listed: flag(11), deferred_until, priority, created_at })
    }

    /// True if some passing of time can make the bead ready, types and ephemeral ones included.
    pub fn is_candidate(&self) -> bool {
        self.node.is_candidate() && !self.blocked && self.deferred_until != FOREVER
    }

    /// The end of the lease that holds it; [`NEVER`] if none does.
    pub fn leased_until(&self) -> i64 {
        match self.node.lease {
            Lease::Held(Some(until)) => until,
            Lease::Held(None) | Lease::Contested => FOREVER,
            Lease::Free => NEVER,
        }
    }

    /// True if no clock decides over the candidate.
    pub fn is_timeless(&self) -> bool {
        self.deferred_until == NEVER && self.leased_until() == NEVER
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold_bead;
    use crate::model::Event;
    use crate::query::Categories;
    use crate::store::cache::testing::World;

    #[test]
    fn rows_come_back_as_they_were() {
        let categories = Categories::with_custom([("review", Category::Wip), ("shipped", Category::Done)]);
        let mut world = World::new(3, 2, true);
        for step in 0..400 {
            world.step(step % 2);
        }
        for (bead, lines) in world.by_bead() {
            let events: Vec<Event> = lines.iter().map(|l| Event::parse(l).unwrap()).collect();
            let row = Row::of(&fold_bead(&bead, &events.iter().collect::<Vec<_>>()), &categories);
            let mut out = Vec::new();
            put_row(&mut out, &row);
            let mut take = Take::new(&out);
            assert_eq!(take_row(&mut take).unwrap(), row);
            assert!(take.rest().is_empty());
            assert!(take_row(&mut Take::new(&out[..out.len() - 1])).is_err(), "a cut row is no row");
            let standing = Standing {
                node: row.node(),
                blocked: row.pinned,
                deferred_until: row.defer_until.unwrap_or(NEVER),
                priority: row.priority,
                created_at: row.created_at,
                listed: !row.pinned,
            };
            let mut out = Vec::new();
            standing.put(&mut out);
            assert_eq!(out.len(), Standing::LEN);
            assert_eq!(Standing::take(&mut Take::new(&out)), Ok(standing));
        }
    }
}
