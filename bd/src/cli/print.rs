//! What several verbs print alike.

use super::Ctx;
use crate::error::{Error, Result};
use crate::interchange::json;
use crate::model::{BeadId, Fields};
use crate::ops::Done;
use crate::ops::list::Page;
use crate::store::Snapshot;
use crate::ui::{Style, Table, Text, bead_line, more_line};

/// One line about a change.
pub fn done_line(done: &Done) -> Text {
    let mut line = Text::new().plain(&done.what).plain(" ").with(Style::Id, &done.short).plain(": ").plain(done.bead.title());
    if !done.detail.is_empty() {
        line.push(Style::Dim, format!(" ({})", done.detail));
    }
    line
}

/// Says what was noted on the way.
pub fn notes(ctx: &mut Ctx<'_, '_>, notes: &[String]) {
    for note in notes {
        ctx.ui.warn(note);
    }
}

/// The results of one verb on several beads: each judged by itself. JSON is an array of the issues that were changed.
pub fn many(ctx: &mut Ctx<'_, '_>, results: Vec<(String, Result<Done>)>) -> Result<()> {
    let mut objects: Vec<Fields> = Vec::new();
    let single = results.len() == 1;
    for (about, result) in results {
        match result {
            Ok(done) => {
                notes(ctx, &done.notes);
                if ctx.ui.is_json() {
                    objects.push(json::issue_object(&done.bead));
                } else {
                    ctx.ui.line(done_line(&done))?;
                }
            }
            // One that fails alone needs no name in front.
            Err(error) if single => return Err(error),
            Err(error) => ctx.fail(&about, &error),
        }
    }
    if ctx.ui.is_json() {
        ctx.ui.json(&objects)?;
    }
    Ok(())
}

/// Runs a mutation of one bead on each of several in one commit; one that is refused stops none of the others.
pub fn each(
    ctx: &mut Ctx<'_, '_>,
    ids: &[String],
    mut f: impl FnMut(&mut crate::store::Tx<'_>, &str) -> Result<Done>,
) -> Result<()> {
    let results = ctx.write(|tx| Ok(ids.iter().map(|id| (id.clone(), f(tx, id))).collect::<Vec<(String, Result<Done>)>>()))?;
    many(ctx, results)
}

/// A page of a list.
pub fn page(ctx: &mut Ctx<'_, '_>, snapshot: &Snapshot, page: &Page, empty: &str) -> Result<()> {
    if ctx.ui.is_json() {
        let mut objects = Vec::with_capacity(page.rows.len());
        for listed in &page.rows {
            let bead = snapshot.must(&BeadId::new(&listed.row.id)?)?;
            objects.push(json::counted_object(&bead, listed.counters));
        }
        if page.more() > 0 {
            ctx.ui.talk(more_line(page.more()));
        }
        return ctx.ui.json(&objects);
    }
    if page.rows.is_empty() {
        ctx.ui.talk(empty);
        return Ok(());
    }
    ctx.ui.page();
    let mut table = Table::new();
    for listed in &page.rows {
        table.row(bead_line(&listed.row, &crate::ops::graph::short(snapshot, &listed.row.id)));
    }
    let width = ctx.ui.width();
    ctx.ui.lines(table.lines(width))?;
    if page.more() > 0 {
        ctx.ui.line(more_line(page.more()))?;
    }
    Ok(())
}

/// The ids of a verb that must have some.
///
/// # Errors
/// There are none (exit 2).
pub fn some(ids: Vec<String>, what: &str) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Err(Error::usage(format!("which bead? Name at least one to {what}")));
    }
    Ok(ids)
}
